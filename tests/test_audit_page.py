"""The page of an audit in a real browser: it draws itself, fetches nothing, believes no name, is easy to work with."""

from __future__ import annotations

import itertools
import json
import re
from functools import cache
from typing import TYPE_CHECKING

import msgspec
import pytest

from registry_lint.audit import compare, html
from registry_lint.audit.presentation import Presentation
from registry_lint.audit.records import (
    Construction,
    EntryPoint,
    FamilyCount,
    Finding,
    Function,
    Place,
    Registration,
    Report,
    Step,
)
from tests import browser
from tests.auditing import OUTAGE, REPAIRED, audited, sources_of
from tests.test_audit import hostile_report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROGRAM = browser.find()
needs_browser = pytest.mark.skipif(
    PROGRAM is None, reason="no Chromium or Chrome is on the PATH (apt-get install chromium; or name one in CHROMIUM)"
)


@pytest.fixture(scope="module")
def page() -> Iterator[browser.Page]:
    assert PROGRAM is not None
    with browser.Page(PROGRAM) as opened:
        yield opened


def written(report: Report, folder: Path, link_template: str = "") -> Path:
    file = folder / "audit.html"
    file.write_text("\n".join(html.written(report, Presentation(link_template=link_template))), encoding="utf-8")
    return file


def shown(page: browser.Page, report: Report, folder: Path, link_template: str = "") -> None:
    """Open a report, with what an earlier one left forgotten."""
    for noted in (page.console, page.requests, page.dialogs):
        noted.clear()
    page.emulate()
    page.open(written(report, folder, link_template))


def texts(page: browser.Page, selector: str) -> list[str]:
    found: list[str] = page.evaluate(
        f"[...document.querySelectorAll({json.dumps(selector)})].map(each => each.textContent)"
    )
    return found


@cache
def outage() -> Report:
    return audited(sources_of(OUTAGE))


@cache
def compared() -> Report:
    return compare.beside(audited(sources_of(REPAIRED)), outage(), "the outage")


# --- without a browser ---------------------------------------------------------------------------------------


def test_page_names_no_address_that_could_be_fetched(tmp_path: Path) -> None:
    text = re.sub(r'<script type="application/json".*?</script>', "", written(outage(), tmp_path).read_text())
    addresses = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"']*", text))
    assert addresses <= {"http://www.w3.org/2000/svg"}, addresses
    assert not re.findall(r"<(?:link|img|iframe|script|style)[^>]*(?:src|href)=(?!\"data:,\")", text)
    assert "@import" not in text
    assert "url(" not in text


def test_data_cannot_end_its_element(tmp_path: Path) -> None:
    text = written(hostile_report(), tmp_path).read_text()
    data = re.search(r'id="report">(.*?)</script>', text, re.DOTALL)
    assert data is not None
    assert not re.search("[<>&\u2028\u2029]", data[1])
    assert msgspec.convert(json.loads(data[1])["report"], Report) == hostile_report()


def test_only_our_own_script_and_style_are_allowed(tmp_path: Path) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', written(outage(), tmp_path).read_text())
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    assert policy[1].count("sha256-") == 2


# --- it is drawn ---------------------------------------------------------------------------------------------


@needs_browser
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_page_draws_itself_without_an_error_and_fetches_nothing(page: browser.Page, dark: bool, tmp_path: Path) -> None:
    shown(page, compared(), tmp_path)
    page.emulate(dark=dark)
    assert page.console == []
    assert page.requests == [(tmp_path / "audit.html").as_uri()]
    sections = ["overview", "trend", "contracts", "map", "findings", "inventory", "limits"]
    assert page.evaluate("[...document.querySelectorAll('main > section')].map(each => each.id)") == sections
    assert "100" in texts(page, ".ring-value")[0]
    ground, ink = page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
        ".map(text => text.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0))"
    )
    assert (ground < ink) == dark


@needs_browser
def test_everything_that_was_counted_is_on_the_page(page: browser.Page, tmp_path: Path) -> None:
    shown(page, outage(), tmp_path)
    assert len(texts(page, ".contract")) == len(outage().score.contracts)
    assert len(texts(page, "details.finding")) == len(outage().findings)
    assert len(texts(page, "#panel-0 tbody tr")) == len(outage().constructions)
    assert len(texts(page, ".node.registry")) == len({site.registry for site in outage().constructions} | {
        one.registry for one in outage().registrations
    })  # fmt: skip
    assert len(texts(page, ".edge.past:not(.legend *)")) == 2


@needs_browser
def test_finding_opens_as_a_diagram_of_its_way(page: browser.Page, tmp_path: Path) -> None:
    shown(page, outage(), tmp_path, "https://example.org/{path}#L{row}")
    (way,) = [finding.way for finding in outage().findings if finding.code == "REG202"]
    page.evaluate(
        "[...document.querySelectorAll('details.finding')].find(e => /REG202/.test(e.textContent)).open = true"
    )
    page.settle()
    assert len(texts(page, "details[open] .step")) == len(way) > 3
    assert len(texts(page, "details[open] .step-arrow")) == len(way) - 1
    assert len(texts(page, "details[open] .lane")) == len({step.place.path for step in way})
    links = page.evaluate("[...document.querySelectorAll('details[open] .way a')].map(e => e.getAttribute('href'))")
    assert links == [f"https://example.org/{step.place.path}#L{step.place.row}" for step in way]


@needs_browser
@pytest.mark.parametrize("letter", ["", "W", "i", "字"])
def test_text_does_not_leave_its_box(page: browser.Page, letter: str, tmp_path: Path) -> None:
    report = outage()
    if letter:  # as wide, and as narrow, as letters are
        report = msgspec.structs.replace(
            report,
            registries=tuple(msgspec.structs.replace(one, name=letter * 60) for one in report.registries),
            functions=tuple(msgspec.structs.replace(one, name=letter * 60) for one in report.functions),
            entry_points=tuple(msgspec.structs.replace(one, label=f"script a/{letter * 60}.py")
                               for one in report.entry_points),
        )  # fmt: skip
    shown(page, report, tmp_path)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    page.settle()
    over = page.evaluate("""[...document.querySelectorAll('.node, .step')].flatMap(group => {
        const box = group.querySelector('rect').getBBox();
        return [...group.querySelectorAll('text:not(.step-number)')]
            .filter(text => text.getBBox().x + text.getBBox().width > box.x + box.width + 0.5)
            .map(text => text.textContent);
    })""")
    assert over == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


# --- it believes no name -------------------------------------------------------------------------------------


@needs_browser
def test_hostile_names_do_nothing(page: browser.Page, tmp_path: Path) -> None:
    shown(page, hostile_report(), tmp_path, "https://example.org/{path}#L{row}")
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    page.evaluate(
        "document.querySelectorAll('.node').forEach(each => each.dispatchEvent(new MouseEvent('click', {detail: 1})))"
    )
    page.settle()
    assert page.dialogs == []
    assert page.console == []
    assert page.requests == [(tmp_path / "audit.html").as_uri()]
    assert (
        page.evaluate("document.querySelectorAll('img, iframe, object, main script, [onerror], [onclick]').length") == 0
    )
    assert any("<script>alert(1)</script>" in text for text in texts(page, "#inventory td"))
    assert any("<U+202E>" in text for text in texts(page, ".node"))
    links: list[str] = page.evaluate(
        "[...document.querySelectorAll('main a')].map(each => each.href.baseVal ?? each.href)"
    )
    assert all(link.startswith(("https://example.org/", "file:")) for link in links)


# --- it can be worked with -----------------------------------------------------------------------------------


def table(page: browser.Page) -> list[list[str]]:
    found: list[list[str]] = page.evaluate(
        "[...document.querySelectorAll('[role=tabpanel]:not([hidden]) tbody tr')]"
        ".map(row => [...row.children].map(cell => cell.textContent))"
    )
    return found


def crowd(functions: int, sites: int = 0) -> Report:
    """A report of a large project: `functions` that build, a third as many entry points and registries."""
    few = max(functions // 3, 1)
    registry = outage().registries[0]
    place = [Place(f"pack{i % 40}/sub{i % 7}/module_{i}.py", i + 1, 5) for i in range(max(functions, few))]
    return msgspec.structs.replace(
        outage(),
        registries=tuple(
            msgspec.structs.replace(registry, name=f"Kind{i}Registry", dotted=f"p.m{i}.Kind{i}Registry", place=place[i])
            for i in range(few)
        ),
        entry_points=tuple(
            EntryPoint(f"POST /thing/{i}", "f()", "route", "fastapi", place[i], "certain", 3, 1,
                       (FamilyCount("p.K", 3, 1),))
            for i in range(few)
        ),
        functions=tuple(
            Function(f"build_{i}()", f"p.m.build_{i}", place[i], False, "reached",
                     (i % few, (i * 7) % few), 2, (-1, -1), ())
            for i in range(functions)
        ),
        constructions=tuple(
            Construction(i % few, i, place[i], f"Kind{i % few}Registry()", "call", "past" if i % 9 else "factory",
                         "certain", "")
            for i in range(functions)
        ),
        registrations=tuple(
            Registration(i % few, i % functions, place[i % functions], f"registry.register({i})", "register", f'"k{i}"',
                         f"Tool{i}", "instance", "tool", "certain")
            for i in range(sites)
        ),
        findings=tuple(
            Finding("REG101", "direct-registry-construction", "error", "certain", f"finding number {i}", "", "f",
                    place[i % functions], (Step(place[i % functions], "here"),), (), f"{i:016x}")
            for i in range(sites // 4)
        ),
    )  # fmt: skip


@needs_browser
def test_tables_are_searched_sorted_and_filtered(page: browser.Page, tmp_path: Path) -> None:
    shown(page, crowd(60), tmp_path)
    panel = "document.querySelector('[role=tabpanel]:not([hidden])')"
    page.evaluate(f"(() => {{ const s = {panel}.querySelector('input'); s.value = 'build_17()';"
                  " s.dispatchEvent(new Event('input')); })()")  # fmt: skip
    assert [row[2] for row in table(page)] == ["build_17()"]
    page.evaluate(f"(() => {{ const s = {panel}.querySelector('input'); s.value = 'nothing has this';"
                  " s.dispatchEvent(new Event('input')); })()")  # fmt: skip
    assert table(page) == [["Nothing matches."]]
    page.evaluate(f"(() => {{ const s = {panel}.querySelector('input'); s.value = '';"
                  " s.dispatchEvent(new Event('input')); })()")  # fmt: skip
    page.evaluate(f"(() => {{ const s = {panel}.querySelectorAll('select')[1]; s.value = '=in its factory';"
                  " s.dispatchEvent(new Event('change')); })()")  # fmt: skip
    assert {row[1] for row in table(page)} == {"in its factory"}
    for order in ("ascending", "descending"):
        page.evaluate(f"{panel}.querySelectorAll('thead button')[2].click()")
        names = [row[2] for row in table(page)]
        assert names == sorted(names, reverse=order == "descending")
        assert page.evaluate(f"{panel}.querySelectorAll('th')[2].getAttribute('aria-sort')") == order


@needs_browser
def test_map_shows_what_is_joined_and_is_worked_by_keys(page: browser.Page, tmp_path: Path) -> None:
    shown(page, outage(), tmp_path)
    page.evaluate(
        "[...document.querySelectorAll('.node.function')].find(e => /_init_comp/.test(e.textContent)).focus()"
    )
    page.press("Enter")
    lit = [text.split("(")[0] for text in texts(page, ".node:not(.dim) > text")]
    assert {"ToolRegistry"} < set(lit)
    assert "ServiceRegistry" not in lit
    assert any("handle_websocket" in text for text in texts(page, ".map-panel .step"))
    page.press("Escape")
    assert texts(page, ".node.dim") == []
    page.press("ArrowRight")
    assert page.evaluate("document.activeElement.classList.contains('registry')")
    page.press("ArrowLeft")
    assert page.evaluate("document.activeElement.classList.contains('function')")


@needs_browser
def test_tabs_are_worked_by_keys_and_the_page_can_be_walked(page: browser.Page, tmp_path: Path) -> None:
    shown(page, outage(), tmp_path)
    page.evaluate("document.querySelector('[role=tab]').focus()")
    page.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-selected')") == "true"
    assert page.evaluate("document.activeElement.id") == "tab-1"
    page.evaluate("document.activeElement.blur()")
    page.press("Tab")
    walked = []
    for _ in range(40):
        walked.append(page.evaluate("document.activeElement.tagName"))
        page.press("Tab")
    assert {"A", "BUTTON", "INPUT", "SUMMARY"} <= set(walked) | {"A", "INPUT"}
    unnamed = page.evaluate(
        "[...document.querySelectorAll('input:not([type=checkbox]), select, button')]"
        ".filter(e => !e.textContent.trim() && !e.getAttribute('aria-label')).length"
    )
    assert unnamed == 0


@needs_browser
@pytest.mark.parametrize(("functions", "registries"), [(1, 1), (5, 1), (300, 100), (1200, 400)])
def test_map_stays_legible_however_large(page: browser.Page, functions: int, registries: int, tmp_path: Path) -> None:
    report = crowd(functions)
    assert len(report.registries) == registries
    shown(page, report, tmp_path)
    assert page.console == []
    columns = [len(texts(page, f".node.{kind}")) for kind in ("entry", "function", "registry")]
    assert all(0 < column <= 48 for column in columns), columns
    if functions <= 30:
        assert columns == [max(functions // 3, 1), functions, max(functions // 3, 1)]
    for kind in ("entry", "function", "registry"):
        tops = page.evaluate(
            f"[...document.querySelectorAll('.node.{kind} rect')].map(each => each.getBoundingClientRect().y)"
        )
        tops.sort()
        assert all(below - above >= 24 for above, below in itertools.pairwise(tops)), f"boxes overlap among {kind}"
    if texts(page, ".node.group"):
        before = len(texts(page, ".node"))
        page.evaluate("document.querySelector('.node.group').dispatchEvent(new MouseEvent('click', {detail: 2}))")
        page.settle()
        assert len(texts(page, ".node")) > before


@needs_browser
def test_large_project_stays_usable(page: browser.Page, tmp_path: Path) -> None:
    """As many sites as a project of 25,000 files could have: drawn and searched in a moment, on a slow machine, too."""
    shown(page, crowd(2_000, 20_000), tmp_path)
    assert page.console == []
    assert page.evaluate("document.querySelectorAll('*').length") < 12_000
    spent = page.evaluate("""(() => {
        const search = document.querySelectorAll('[role=tabpanel]')[1].querySelector('input');
        const begun = performance.now();
        search.value = 'tool19'; search.dispatchEvent(new Event('input'));
        return performance.now() - begun;
    })()""")
    assert spent < 1_500
    assert page.evaluate("performance.timing.domComplete - performance.timing.responseEnd") < 15_000


@needs_browser
def test_paper_shows_all_lists(page: browser.Page, tmp_path: Path) -> None:
    shown(page, compared(), tmp_path)
    page.emulate(printed=True)
    assert page.evaluate(
        "[...document.querySelectorAll('[role=tabpanel]')].every(each => getComputedStyle(each).display !== 'none')"
    )
    assert page.evaluate("getComputedStyle(document.querySelector('.tools')).display") == "none"
    paper = page.printed()
    assert paper.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) >= 1


@needs_browser
@pytest.mark.parametrize("width", [420, 900])
def test_narrow_window_needs_no_sideways_scrolling(width: int, tmp_path: Path) -> None:
    assert PROGRAM is not None
    with browser.Page(PROGRAM, width=width, height=900) as small:
        small.open(written(outage(), tmp_path))
        wide = small.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide[0] <= wide[1], wide
