"""Any text in any field: every report stays parseable, and nothing in it steers who reads it.

FUZZ_EXAMPLES=2000 makes the long run.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from markdown_it import MarkdownIt

from registry_lint.findings import Edit, Finding, Fix, Outcome, Span, Step, Unexamined
from registry_lint.report import FORMATS, STATISTICS, Format, Presentation, RuleCard, step_summary, summary_line
from registry_lint.report.markdown import worst_first
from registry_lint.report.visible import visible

SCHEMAS = Path(__file__).parent / "schemas"
SARIF = jsonschema.Draft7Validator(json.loads((SCHEMAS / "sarif-schema-2.1.0.json").read_bytes()))
GITLAB = jsonschema.Draft7Validator(json.loads((SCHEMAS / "gitlab-code-quality.json").read_bytes()))
JUNIT = etree.XMLSchema(etree.parse(SCHEMAS / "junit-10.xsd"))
CHECKSTYLE = etree.XMLSchema(etree.parse(SCHEMAS / "checkstyle.xsd"))

PEOPLE: dict[str, Format] = {
    **{name: FORMATS[name] for name in ("text", "concise", "grouped", "markdown")},
    "statistics": STATISTICS["text"],
    "step summary": step_summary,
}

EVIL = [
    *("", " ", "::error::x", "\n::set-output name=a::b", "##[add-mask]x", "###[error]", "##vso[task.complete]"),
    *(
        "\x1b[31m",
        "\x1b]8;;http://x\x07",
        "\x9b2J",
        "[red]x[/red]",
        "\x00",
        "\x7f",
        "\x85",
        "\u2028",
        "\u202e",
        "\ufeff",
    ),
    *("]]>", "<!--", "&lt;", "<script>", "'\"", "\ufffe", "`", "``|", "|", "[a](1)", "[a](javascript:x)", "@everyone"),
    *(
        "\ud800",
        "\udcff",
        "\U0010ffff",
        "%0A::error::",
        "a,b:c",
        "\r",
        "\r\n",
        "\t",
        "\\",
        "\\`",
        "#1",
        "日本語",
        "e\u0301",
    ),
    *("\r\x1b[0Ksection_start:1:x\r\x1b[0K", "http://x.example/", "www.x.example", "!1", "~x", "- x", "1. x", "# x"),
]
texts = st.lists(
    st.one_of(st.sampled_from(EVIL), st.text(st.characters(exclude_categories=()), max_size=8)), max_size=4
).map("".join)
paths = st.one_of(st.sampled_from(["a.py", "b.py"]), texts)
places = st.integers(0, 12)
spans = st.builds(Span, paths, places, places, places, places)
steps = st.lists(st.builds(Step, spans, texts), max_size=3).map(tuple)
edits = st.lists(st.builds(Edit, spans, texts), max_size=3).map(tuple)
fixes = st.none() | st.builds(Fix, st.sampled_from(["safe", "unsafe", "display"]), texts, edits)
findings = st.builds(
    Finding,
    st.sampled_from(["REG101", "REG999"]) | texts,
    spans,
    texts,
    st.sampled_from(["certain", "likely"]),
    steps,
    steps,
    st.none() | texts,
    texts,
    st.sampled_from(["error", "warning", "info"]),
    texts,
    fixes,
    texts,
)
outcomes = st.builds(
    Outcome,
    st.lists(findings, max_size=4).map(tuple),
    st.integers(0, 9),
    st.lists(st.builds(Unexamined, paths, texts), max_size=2).map(tuple),
    st.lists(texts, max_size=2).map(tuple),
    excluded=st.lists(texts, max_size=2).map(tuple),
)
cards = st.lists(
    st.builds(
        RuleCard,
        st.sampled_from(["REG101", "REG102"]),
        texts,
        texts,
        texts,
        url=st.sampled_from(["", "https://x.example/a"]),
    ),
    max_size=2,
)
sources = st.one_of(st.binary(max_size=60), texts.map(lambda text: text.encode("utf-8", "surrogatepass")))


@st.composite
def presentations(draw: st.DrawFn) -> Presentation:
    source = draw(sources)

    def read(path: str) -> bytes:
        if path == "b.py":
            raise FileNotFoundError(path)
        return source

    return Presentation(read, width=draw(st.sampled_from([None, 1, 40, 80])), rules=draw(cards))


any_report = given(outcomes, presentations())
once = settings(deadline=None, max_examples=int(os.environ.get("FUZZ_EXAMPLES", "25")))


def loaded(lines: list[str]) -> Any:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    text = "\n".join(lines)
    assert text.isascii()
    assert "##" not in text
    value = json.loads(text, parse_constant=refuse)
    json.dumps(value, ensure_ascii=False).encode()  # no half of a surrogate pair
    return value


@once
@any_report
def test_json(outcome: Outcome, presentation: Presentation) -> None:
    records = loaded(list(FORMATS["json"](outcome, presentation)))
    lines = list(FORMATS["json-lines"](outcome, presentation))
    assert [loaded([line]) for line in lines] == records
    assert len(records) == len(outcome.findings) + (not outcome.complete)


@once
@any_report
def test_sarif(outcome: Outcome, presentation: Presentation) -> None:
    log = loaded(list(FORMATS["sarif"](outcome, presentation)))
    SARIF.validate(log)
    run = log["runs"][0]
    assert len(run["results"]) == len(outcome.findings)
    for result in run["results"]:
        related = {place["id"] for place in result.get("relatedLocations", ())}
        message = re.sub(r"\\.", "", result["message"]["text"])
        assert {int(number) for number in re.findall(r"\]\((\d+)\)", message)} <= related
        assert not re.search(r"\]\((?!\d+\))", message)
    for uri in re.findall(r'"uri": "([^"]*)"', json.dumps(log)):
        assert re.fullmatch(r"(?:[\w.~/-]|%[0-9A-F]{2})*", uri, re.ASCII)


@once
@any_report
def test_gitlab(outcome: Outcome, presentation: Presentation) -> None:
    issues = loaded(list(FORMATS["gitlab"](outcome, presentation)))
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    assert len(issues) == len(outcome.findings) + len(outcome.unexamined) + len(outcome.bounds)
    GITLAB.validate([issue for issue in issues if issue["check_name"]])


@pytest.mark.parametrize(("name", "schema"), [("junit", JUNIT), ("checkstyle", CHECKSTYLE)])
@once
@any_report
def test_xml(name: str, schema: etree.XMLSchema, outcome: Outcome, presentation: Presentation) -> None:
    text = "\n".join(FORMATS[name](outcome, presentation))
    assert text.isascii()
    assert "##" not in text
    assert not re.search(r"^\s*::", text, re.MULTILINE)
    document = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    schema.assertValid(document)
    messages = [node.get("message") for node in document.iter("failure", "error", "skipped")]
    assert len(messages) == len(outcome.findings) + len(outcome.unexamined) + len(outcome.bounds)


COMMAND = re.compile(r"::(error|warning|notice) ((?:\w+=[^,:]*)(?:,\w+=[^,:]*)*)::(.*)")


@once
@any_report
def test_github(outcome: Outcome, presentation: Presentation) -> None:
    inside = False
    for line in FORMATS["github"](outcome, presentation):
        assert "\n" not in line
        assert not set(line) - {character for character in line if character.isprintable()}
        assert "##[" not in line
        if line.startswith("::group::"):
            inside = True
        elif line == "::endgroup::":
            inside = False
        elif inside:
            assert not line.lstrip().startswith("::")
        else:
            match = COMMAND.fullmatch(line)
            assert match, line
            keys = [part.partition("=")[0] for part in match[2].split(",")]
            assert keys in (
                ["title"],
                ["title", "file", "line", "endLine", "col"],
                ["title", "file", "line", "endLine", "col", "endColumn"],
            )
            assert not re.search(r"%(?!0A|25|3A|2C)", line)


@pytest.mark.parametrize("name", PEOPLE)
@once
@any_report
def test_reports_for_people(name: str, outcome: Outcome, presentation: Presentation) -> None:
    for line in PEOPLE[name](outcome, presentation):
        assert line.replace("\t", "").isprintable(), line  # a tab stands in diffs only
        assert not line.lstrip().startswith("::"), line
        assert not re.search(r"##[\w.-]*\[", line), line
        line.encode()  # no half of a surrogate pair


@once
@any_report
def test_colour_is_all_that_escapes(outcome: Outcome, presentation: Presentation) -> None:
    for name in ("text", "concise", "grouped"):
        for line in FORMATS[name](outcome, replace(presentation, colour=True, hyperlinks=True)):
            plain = re.sub(r"\x1b\[(?:0|[1-9][0-9;]*)m|\x1b\]8;;(?:https://x\.example/a)?\x1b\\", "", line)
            assert plain.replace("\t", "").isprintable(), line


@once
@given(outcomes)
def test_summary_line_is_one_line(outcome: Outcome) -> None:
    assert summary_line(outcome).isprintable()


class Reader(HTMLParser):
    """Rendered Markdown as a reader meets it: its elements, its links, and the text of each table cell."""

    def __init__(self, markdown: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.links: set[str | None] = set()
        self.cells: list[str] = []
        self.in_cell = False
        self.feed(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.links |= {value for key, value in attrs if key in ("href", "src")}
        if tag == "td":
            self.cells.append("")
            self.in_cell = True

    def handle_endtag(self, tag: str) -> None:
        self.in_cell = self.in_cell and tag != "td"

    def handle_data(self, data: str) -> None:
        if self.in_cell:
            self.cells[-1] += data


def outside_code(line: str) -> str:
    """A line of Markdown without its code spans and escapes, read from left to right as CommonMark says."""
    return re.sub(r"\\[!-/:-@\[-`{-~]|(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", " ", line)


def bare(text: str) -> str:
    """Without what Markdown takes for itself: blanks at the ends and backticks; and without our zero-width spaces."""
    return re.sub(r"[\s`\u200b]", "", text)


@pytest.mark.parametrize("name", ["markdown", "step summary"])
@once
@any_report
def test_markdown_has_no_markup_but_ours(name: str, outcome: Outcome, presentation: Presentation) -> None:
    lines = list(PEOPLE[name](outcome, presentation))
    page = Reader("\n".join(lines))
    assert page.tags.keys() <= {"h2", "p", "ul", "ol", "li", "code", "table", "thead", "tbody", "tr", "th", "td", "a"}
    assert page.tags["h2"] == 1
    assert page.links <= {"https://x.example/a"}
    assert page.tags["tr"] == (len(outcome.findings) + 1 if outcome.findings else 0)
    said = [bare(cell) for cell in page.cells[3::4]]
    assert said == [bare(visible(finding.message)) for finding in worst_first(outcome)]
    # What a forge makes live after rendering: people, issues, bare addresses.
    text = "\n".join(map(outside_code, lines)).replace("(https://x.example/a)", "")
    assert not re.search(r"[@#]\w|://|www\.", re.sub(r"&#\d+;", "\u200b", text)), text
