"""What every format owes: it is there, it is the same each time, it needs no rich, and it hides nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace as altered

from registry_lint.findings import Finding, Fix, Outcome, Span, Unexamined
from registry_lint.report import FORMATS, MACHINE_FORMATS, STATISTICS, step_summary, summary_line
from tests.report_samples import CLEAN, CONSTRUCTION, KEY, OUTCOME, PRESENTATION, REGISTRATION

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

ALL = {
    **FORMATS,
    "statistics": STATISTICS["text"],
    "statistics json": STATISTICS["json"],
    "step summary": step_summary,
}


def report(name: str, outcome: Outcome = OUTCOME) -> str:
    return "\n".join(ALL[name](outcome, PRESENTATION))


def test_the_formats_of_the_conventions() -> None:
    assert list(FORMATS) == [
        *("text", "concise", "grouped", "json", "json-lines", "sarif"),
        *("github", "gitlab", "junit", "checkstyle", "markdown"),
    ]
    assert FORMATS.keys() >= MACHINE_FORMATS


@pytest.mark.parametrize("name", ALL)
def test_bytes_of_a_report(name: str, snapshot: SnapshotAssertion) -> None:
    assert report(name) == snapshot


@pytest.mark.parametrize("name", ALL)
def test_bytes_of_a_clean_report(name: str, snapshot: SnapshotAssertion) -> None:
    assert report(name, CLEAN) == snapshot


@pytest.mark.parametrize("name", ALL)
def test_no_line_holds_a_line_end(name: str) -> None:
    assert not [line for line in ALL[name](OUTCOME, PRESENTATION) if "\n" in line or "\r" in line]


@pytest.mark.parametrize("name", sorted(ALL.keys() - {"statistics json"}))  # counts alone; stderr has the summary
def test_what_was_not_examined_is_in_every_format(name: str) -> None:
    outcome = Outcome((), 9, (Unexamined("some/lost.py", "vanished"),), ("a budget of 7 nodes",))
    for said in ("some/lost.py", "vanished", "a budget of 7 nodes"):
        assert said in report(name, outcome)


@pytest.mark.parametrize("name", [*sorted(MACHINE_FORMATS), "text", "concise", "grouped", "markdown"])
def test_a_format_imports_neither_rich_nor_libcst_nor_the_others(name: str) -> None:
    code = (
        "import sys\n"
        "from registry_lint.report import FORMATS\n"
        "from registry_lint.findings import Outcome\n"
        "from registry_lint.report import Presentation\n"
        "before = {m for m in sys.modules if m.startswith('registry_lint.report.')}\n"
        "assert before == {'registry_lint.report.' + m for m in ('presentation', 'summary', 'visible')}, before\n"
        f"list(FORMATS[{name!r}](Outcome((), 1), Presentation(lambda path: b'')))\n"
        "heavy = {'rich', 'libcst', 'pydantic', 'click', 'jinja2'} & sys.modules.keys()\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("name", sorted(MACHINE_FORMATS - {"github"}))
def test_machine_formats_are_ascii(name: str) -> None:
    finding = altered(KEY, message="日本語 \ud800", span=KEY.span._replace(path="\udcff/ü.py"))
    assert report(name, Outcome((finding,), 1)).isascii()


@pytest.mark.parametrize("name", sorted(MACHINE_FORMATS))
def test_machine_formats_know_no_terminal(name: str) -> None:
    terminal = replace(PRESENTATION, colour=True, hyperlinks=True, width=40, footer=False)
    plain = replace(PRESENTATION, width=None)
    colourless = [line for line in FORMATS[name](OUTCOME, terminal) if "\x1b" not in line]
    assert colourless == list(FORMATS[name](OUTCOME, plain))


def test_concise_lines_are_never_wrapped() -> None:
    narrow = replace(PRESENTATION, width=20)
    assert list(FORMATS["concise"](OUTCOME, narrow)) == list(FORMATS["concise"](OUTCOME, PRESENTATION))


@pytest.mark.parametrize(
    ("finding", "unsafe", "marked"),
    [(CONSTRUCTION, False, True), (REGISTRATION, False, False), (REGISTRATION, True, True), (KEY, True, False)],
)
def test_mark_of_what_fix_would_mend(finding: Finding, unsafe: bool, marked: bool) -> None:
    presentation = replace(PRESENTATION, unsafe_fixes=unsafe, footer=False)
    for name in ("text", "concise", "grouped"):
        assert ("[*]" in "\n".join(FORMATS[name](Outcome((finding,), 1), presentation))) is marked


def test_a_fix_without_edits_is_no_fix() -> None:
    finding = altered(CONSTRUCTION, fix=Fix("safe", "see the page", ()))
    assert "fixable" not in report("concise", Outcome((finding,), 1))


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (CLEAN, "Nothing to report in 5 files."),
        (Outcome((KEY,), 1), "Found 1 error in 1 file."),
        (Outcome((REGISTRATION, REGISTRATION), 2, fixed=3), "Found 2 infos in 2 files (3 fixed)."),
        (
            OUTCOME,
            "Found 1 error, 2 warnings, 1 info in 123 files (2 suppressed, 3 in the baseline); "
            "incomplete: 1 file not examined, 1 bound met.",
        ),
    ],
)
def test_summary_line(outcome: Outcome, expected: str) -> None:
    assert summary_line(outcome) == expected


def test_json_has_the_keys_of_ruff_and_ours() -> None:
    first, *_ = json.loads(report("json"))
    ruff = {"code", "name", "message", "severity", "filename", "location", "end_location", "fix", "url"}
    ours = {"confidence", "symbol", "fingerprint", "related", "trace", "help"}
    assert first.keys() == ruff | ours
    assert first["location"] == {"row": 8, "column": 20}
    assert first["fix"]["edits"][0].keys() == {"content", "filename", "location", "end_location"}


def test_json_and_json_lines_say_the_same() -> None:
    assert [json.loads(line) for line in report("json-lines").split("\n")] == json.loads(report("json"))


def test_json_ends_with_one_entry_without_a_code_where_the_run_is_incomplete() -> None:
    *findings, last = json.loads(report("json"))
    assert all(finding["code"] for finding in findings)
    assert (last["code"], last["name"], last["complete"]) == (None, "incomplete", False)
    assert [unexamined["filename"] for unexamined in last["unexamined"]] == ["app/lost.py"]
    assert last["bounds"] == list(OUTCOME.bounds)
    assert findings[0].keys() & last.keys() >= {"message", "severity", "filename", "location", "end_location", "fix"}
    assert all(entry["code"] for entry in json.loads(report("json", Outcome((KEY,), 1))))


def test_same_bytes_for_any_hash_seed() -> None:
    code = "import json; from tests.test_report_formats import ALL, report; print(json.dumps(list(map(report, ALL))))"
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=environment)
        assert json.loads(done.stdout) == list(map(report, ALL))


def test_gitlab_fingerprints_differ_where_findings_are_equal() -> None:
    issues = json.loads(report("gitlab", Outcome((KEY, KEY, KEY), 1)))
    assert len({issue["fingerprint"] for issue in issues}) == 3


def test_gitlab_fingerprint_survives_a_moved_line() -> None:
    moved = altered(KEY, span=Span(KEY.span.path, 99, 1, 99, 2))
    one, other = (json.loads(report("gitlab", Outcome((f,), 1)))[0]["fingerprint"] for f in (KEY, moved))
    assert one == other


def annotations(outcome: Outcome) -> list[str]:
    return [line.partition(" ")[0] for line in FORMATS["github"](outcome, PRESENTATION) if line.startswith("::")]


def test_github_worst_first_and_ten_a_level() -> None:
    many = [altered(f, message=str(n)) for f in (REGISTRATION, CONSTRUCTION, KEY) for n in range(12)]
    outcome = Outcome(tuple(many), 1)
    # Nine notices are findings, the tenth tells of the rest: an eleventh would never be seen.
    expected = ["::error"] * 10 + ["::warning"] * 10 + ["::notice"] * 10
    assert annotations(outcome) == [*expected, "::group::registry-lint:", "::endgroup::"]
    assert "7 more findings (2 error, 2 warning, 3 info)" in report("github", outcome)


def test_github_exactly_ten_need_no_notice() -> None:
    assert annotations(Outcome((KEY,) * 10, 1)) == ["::error"] * 10


def test_github_incompleteness_takes_one_of_ten() -> None:
    lost = annotations(Outcome((CONSTRUCTION,) * 10, 1, unexamined=(Unexamined("a.py", "gone"),)))
    assert (lost.count("::warning"), lost.count("::notice")) == (10, 1)
    bounded = annotations(Outcome((CONSTRUCTION,) * 10, 1, bounds=("x",)))
    assert (bounded.count("::warning"), bounded.count("::notice")) == (10, 1)  # met by every run: no warning
    assert annotations(Outcome((), 1, bounds=("x",))) == ["::notice"]


def test_forges_get_paths_from_the_root_of_the_repository() -> None:
    inside = replace(PRESENTATION, prefix="backend/")
    for name in ("github", "gitlab", "sarif"):
        assert "backend/app/dispatch.py" in "\n".join(FORMATS[name](OUTCOME, inside))


def test_step_summary_stays_below_what_github_takes() -> None:
    many = tuple(altered(KEY, message="x" * 400) for _ in range(2000))
    said = report("step summary", Outcome(many, 1))
    assert len(said.encode()) < 2**20
    assert "... and 1800 more." in said


def test_statistics_sort_by_count_then_code() -> None:
    for order in permutations((KEY, CONSTRUCTION, CONSTRUCTION, REGISTRATION)):
        rows = [line.split()[:2] for line in STATISTICS["text"](Outcome(order, 1), replace(PRESENTATION, footer=False))]
        assert rows[1:4] == [["2", "REG101"], ["1", "REG202"], ["1", "REG301"]]


def test_statistics_of_both_forms_say_the_same() -> None:
    order = Outcome((KEY, CONSTRUCTION, CONSTRUCTION, REGISTRATION), 1)
    records = json.loads("\n".join(STATISTICS["json"](order, PRESENTATION)))
    assert records[0] == {
        "code": "REG101", "name": "direct-registry-construction", "count": 2, "fixable": True, "fixable_count": 2,
        "severity": "warning",
    }  # fmt: skip
    counts = [[record["code"], record["fixable_count"]] for record in records]
    assert counts == [["REG101", 2], ["REG202", 0], ["REG301", 0]]
    unsafe = json.loads("\n".join(STATISTICS["json"](order, replace(PRESENTATION, unsafe_fixes=True))))
    assert [record["fixable"] for record in unsafe] == [True, True, False]
    rows = [line.split()[:2] for line in STATISTICS["text"](order, replace(PRESENTATION, footer=False))]
    assert rows[1:] == [[str(record["count"]), record["code"]] for record in records]
