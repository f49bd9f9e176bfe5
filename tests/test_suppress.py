"""Suppressing comments: what they cover, and what is said of those that cover nothing."""

from __future__ import annotations

import textwrap

import pytest

from registry_lint.findings import Edit, Finding, Span
from registry_lint.ledger import Ledger
from registry_lint.select import Card, Rulebook
from registry_lint.suppress import above, comments, may_suppress, noqa_of

BOOK = Rulebook(
    [
        Card("REG101", "direct-registry-construction", "", "", "error"),
        Card("REG201", "schema-registered", "", "", "error"),
    ]
)


def ledger(text: str) -> Ledger:
    return Ledger("x.py", comments(text), BOOK)


def at(row: int, end_row: int = 0, code: str = "REG101") -> Finding:
    return Finding(code=code, span=Span("x.py", row, 1, end_row or row, 5), message="m")


def covered(text: str, rows: int | None = None) -> list[int]:
    """The rows on which a finding of REG101 is suppressed."""
    book = ledger(text)
    return [row for row in range(1, (rows or text.count("\n") + 1) + 1) if book.suppresses(at(row))]


COVERED = [
    ("trailing", "a()\nb()  # registry-lint: ignore[REG101] -- why\nc()\n", [2]),
    ("by name", "a()  # registry-lint: ignore[direct-registry-construction]\nb()\n", [1]),
    ("several", "a()  # registry-lint: ignore[REG201, REG101]\n", [1]),
    ("another rule", "a()  # registry-lint: ignore[REG201]\n", []),
    ("no space", "a()  #registry-lint:ignore[REG101]\n", [1]),
    ("beside another comment", "a()  # type: ignore  # registry-lint: ignore[REG101] -- x\n", [1]),
    ("before another comment", "a()  # registry-lint: ignore[REG101] -- see #12  # type: ignore\n", [1]),
    ("alone above", "# registry-lint: ignore[REG101]\na(\n  b,\n)\nc()\n", [1, 2, 3, 4]),
    ("alone above, blank line between", "# registry-lint: ignore[REG101]\n\n# text\na()\nb()\n", [1, 2, 3, 4]),
    ("above a decorator", "# registry-lint: ignore[REG101]\n@d(\n)\n@e\nclass A:\n    x = 1\n", [1, 2, 3, 4, 5]),
    ("two alone above", "# registry-lint: ignore[REG201]\n# registry-lint: ignore[REG101]\na()\n", [2, 3]),
    ("inside a call", "f(\n    a(),  # registry-lint: ignore[REG101]\n    b(),\n)\n", [2]),
    ("alone inside a call", "f(\n    # registry-lint: ignore[REG101]\n    a(),\n)\n", [2]),
    ("indented", "if x:\n    # registry-lint: ignore[REG101]\n    a()\n    b()\n", [2, 3]),
    ("range", "a()\n# registry-lint: disable[REG101]\nb()\n# registry-lint: enable[REG101]\nc()\n", [2, 3, 4]),
    ("range of another", "# registry-lint: disable[REG101]\n# registry-lint: enable[REG201]\nb()\n", [1, 2, 3, 4]),
    ("open range", "a()\n# registry-lint: disable[REG101]\nb()\nc()\n", [2, 3, 4, 5]),
    ("file", "a()\n# registry-lint: file-ignore[REG101] -- generated\nb()", [1, 2, 3]),
    ("noqa", "a()  # noqa: REG101\nb()\n", [1]),
    ("noqa with others", "a()  # NOQA : E501,REG101 F401\n", [1]),
    ("noqa of others", "a()  # noqa: E501\n", []),
    ("noqa blanket", "a()  # noqa\n", []),
    ("noqa prefix", "a()  # noqa: REG1\n", []),
    ("no code", "a()  # registry-lint: ignore\n", []),
    ("empty", "a()  # registry-lint: ignore[]\n", []),
    ("ALL", "a()  # registry-lint: ignore[ALL]\n", []),
    ("prefix", "a()  # registry-lint: ignore[REG1]\n", []),
    ("stray space", "a()  # registry-lint : ignore[REG101]\n", []),
    ("quoted in a comment", "a()  # write `# registry-lint: ignore[REG101]` or `# noqa: REG101` here\n", []),
    ("in a string", "a('# registry-lint: ignore[REG101]')\n", []),
    ("in a docstring", '"""\n# registry-lint: file-ignore[REG101]\n"""\na()\n', []),
    ("after a form feed", "a()\n\x0cb()  # registry-lint: ignore[REG101]\n", [2]),
    ("tabs and wide characters", "\tif x:\n", []),
    ("before a broken place", "a()  # registry-lint: ignore[REG101]\n'''", [1]),
]


@pytest.mark.parametrize(("text", "rows"), [case[1:] for case in COVERED], ids=[case[0] for case in COVERED])
def test_covers(text: str, rows: list[int]) -> None:
    assert [row for row in covered(text) if row <= text.count("\n") + 1] == rows


def test_trailing_comment_covers_a_finding_that_runs_over_its_line() -> None:
    book = ledger("f(\n    x,  # registry-lint: ignore[REG101]\n)\n")
    assert book.suppresses(at(1, 3))
    assert not book.suppresses(at(3))


def test_range_covers_what_begins_in_it() -> None:
    book = ledger("a(\n# registry-lint: disable[REG101]\n)\n# registry-lint: enable[REG101]\n")
    assert not book.suppresses(at(1, 3))


def said(
    text: str, *findings: Finding, require_reason: bool = False, judged: bool = True
) -> list[tuple[str, int, int]]:
    book = ledger(text)
    for finding in findings:
        book.suppresses(finding)
    found = book.complaints(lambda _code: judged, require_reason=require_reason)
    return sorted((finding.code, finding.span.row, finding.span.column) for finding in found)


COMPLAINTS = [
    ("used", "a()  # registry-lint: ignore[REG101]\n", [at(1)], []),
    ("unused", "a()  # registry-lint: ignore[REG101]\n", [], [("REG901", 1, 6)]),
    ("one of two unused", "a()  # registry-lint: ignore[REG101, REG201]\n", [at(1)], [("REG901", 1, 6)]),
    ("unknown", "a()  # registry-lint: ignore[REG999]\n", [], [("REG902", 1, 30)]),
    ("unknown in noqa", "a()  # noqa: E501, REG999\n", [], [("REG902", 1, 20)]),
    ("foreign noqa", "a()  # noqa: E501\n", [], []),
    ("no code", "a()  # registry-lint: ignore\n", [], [("REG902", 1, 6)]),
    ("misspelt", "a()  # registry-lint: ingore[REG101]\n", [], [("REG902", 1, 6)]),
    ("wrong brackets", "a()  # registry-lint: ignore(REG101)\n", [], [("REG902", 1, 6)]),
    ("prefix", "a()  # registry-lint: ignore[REG1]\n", [], [("REG902", 1, 30)]),
    ("enable without disable", "# registry-lint: enable[REG101]\n", [], [("REG901", 1, 1)]),
    ("enable after disable", "# registry-lint: disable[REG101]\na()\n# registry-lint: enable[REG101]\n", [at(2)], []),
    ("unused range", "# registry-lint: disable[REG101]\n# registry-lint: enable[REG101]\n", [], [("REG901", 1, 1)]),
    ("unused file", "# registry-lint: file-ignore[REG101]\n", [], [("REG901", 1, 1)]),
]


@pytest.mark.parametrize(
    ("text", "findings", "expected"), [case[1:] for case in COMPLAINTS], ids=[case[0] for case in COMPLAINTS]
)
def test_complaints(text: str, findings: list[Finding], expected: list[tuple[str, int, int]]) -> None:
    assert said(text, *findings) == expected


def test_unused_is_judged_only_where_the_rule_ran() -> None:
    assert said("a()  # registry-lint: ignore[REG101]\n", judged=False) == []
    assert said("a()  # registry-lint: ignore[REG999]\n", judged=False) == [("REG902", 1, 30)]


def test_reason_is_asked_for_where_the_project_wants_it() -> None:
    for text, wanted in (
        ("a()  # registry-lint: ignore[REG101]\n", [("REG903", 1, 6)]),
        ("a()  # registry-lint: ignore[REG101] --\n", [("REG903", 1, 6)]),
        ("a()  # registry-lint: ignore[REG101] -- why\n", []),
        ("a()  # noqa: REG101\n", [("REG903", 1, 6)]),
        ("a()  # noqa: REG101 -- why\n", []),
    ):
        assert said(text, at(1), require_reason=True) == wanted
        assert said(text, at(1)) == []


# text, findings, text after the fix
REMOVALS = [
    ("a()  # registry-lint: ignore[REG101] -- why\nb()\n", [], "a()\nb()\n"),
    ("a()\n    # registry-lint: ignore[REG101]\nb()\n", [], "a()\nb()\n"),
    ("a()  # registry-lint: ignore[REG101]  # type: ignore\n", [], "a()  # type: ignore\n"),
    ("a()  # type: ignore  # registry-lint: ignore[REG101]\n", [], "a()  # type: ignore\n"),
    ("a()  # registry-lint: ignore[REG101, REG201] -- why\n", [at(1)], "a()  # registry-lint: ignore[REG101] -- why\n"),
    ("a()  # registry-lint: ignore[REG201,REG101]\n", [at(1)], "a()  # registry-lint: ignore[REG101]\n"),
    ("a()  # noqa: REG101\n", [], "a()\n"),
    ("a()  # noqa: E501, REG101 -- x\n", [], "a()  # noqa: E501 -- x\n"),
    ("a()  # noqa: REG101 E501\n", [], "a()  # noqa: E501\n"),
    ("# registry-lint: enable[REG101]\n", [], ""),
    ("a()  # registry-lint: ignore[REG101]", [], "a()"),
]


@pytest.mark.parametrize(("text", "findings", "expected"), REMOVALS)
def test_safe_fix_removes_our_part_only(text: str, findings: list[Finding], expected: str) -> None:
    book = ledger(text)
    for finding in findings:
        book.suppresses(finding)
    (complaint,) = book.complaints(lambda _code: True, require_reason=False)
    assert complaint.fix is not None
    assert complaint.fix.applicability == "safe"
    (edit,) = complaint.fix.edits
    assert applied(text, edit) == expected


def applied(text: str, edit: Edit) -> str:
    """A text after an edit, by the definition of spans."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    start = starts[edit.span.row - 1] + edit.span.column - 1
    end = starts[edit.span.end_row - 1] + edit.span.end_column - 1
    return text[:start] + edit.content + text[end:]


def test_hint_names_the_nearest_rule() -> None:
    (complaint,) = ledger("a()  # registry-lint: ignore[shema-registered]\n").complaints(
        lambda _code: True, require_reason=False
    )
    assert complaint.help == "did you mean `schema-registered`?"


def test_files_that_mention_neither_are_not_tokenised() -> None:
    own = noqa_of(["REG101", "ABC001"])
    assert not may_suppress(b"a()  # type: ignore\n", own)
    assert not may_suppress(b"a()  # noqa: E402, F401\n", own)
    assert may_suppress(b"a()  # noqa: E402, ABC001\n", own)
    assert may_suppress(b"a()  # registry-lint: ignore[REG101]\n", own)
    assert may_suppress(b"a()  # NoQA: REG101\n", own)


def test_hostile_comment_does_not_hang() -> None:
    text = "# registry-lint:" + " # " * 20_000 + "\n#" + "noqa:" * 20_000 + "\n# noqa: " + "A1 " * 20_000 + "\n"
    assert ledger(textwrap.dedent(text)) is not None


@pytest.mark.parametrize(
    ("text", "row", "expected"),
    [
        ("x = 1\n", 1, (1, "")),
        ("def f():\n    return (\n        1,\n    )\n", 3, (2, "    ")),
        ('x = 1\ny = """\na\nb"""\n', 4, (2, "")),
        ("if x:\n\n    # a comment\n    y = 1\n", 4, (4, "    ")),
        ("@one\n@two\ndef f(): ...\n", 3, (3, "")),
        ("x = 1 + \\\n    2\n", 2, (1, "")),
        ("# a comment\nx = 1\n", 1, None),
        ("x = (\n", 1, None),
    ],
    ids=["first", "brackets", "text", "suite", "decorated", "backslash", "no statement", "broken"],
)
def test_a_comment_above_the_statement(text: str, row: int, expected: tuple[int, str] | None) -> None:
    edit = above(text, row, "REG101")
    assert (edit and (edit.span.row, edit.content.partition("#")[0])) == expected
    if edit is None:
        return
    rows = text.split("\n")
    rows.insert(edit.span.row - 1, edit.content.removesuffix("\n"))
    (suppression,) = comments("\n".join(rows)).suppressions
    assert suppression.first <= row + 1 <= suppression.last
