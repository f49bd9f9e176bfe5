"""Fixes over a whole project: which go together, which wait, which are refused, and what the files hold at the end."""

from __future__ import annotations

import ast
import subprocess
from typing import TYPE_CHECKING

import pytest

from registry_lint.findings import Edit, Finding, Fix, Span
from registry_lint.source.corpus import MemoryCorpus
from registry_lint.suggest.apply import Settled, fix_until_settled, plan, unified_diff
from registry_lint.suggest.plan import Changed
from registry_lint.suggest.surroundings import Answers
from registry_lint.suggest.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from registry_lint.findings import Applicability
    from registry_lint.source.corpus import Corpus


def finding(*edits: tuple[str, int, int, int, str], code: str = "REG101", how: Applicability = "safe") -> Finding:
    """A finding with a fix whose edits are path, row, column, end column and content."""
    spans = [Edit(Span(path, row, start, row, end), content) for path, row, start, end, content in edits]
    return Finding(code=code, span=spans[0].span, message="m", fix=Fix(how, "mend", tuple(spans)))


def planned(sources: dict[str, str], *findings: Finding) -> tuple[dict[str, str], list[tuple[str, bool]]]:
    """The changed files after one round, and the reasons of what was left out."""
    corpus = MemoryCorpus(sources)
    made = plan(findings, corpus.read, {"safe", "unsafe"})
    return {path: change.new.decode() for path, change in made.changes.items()}, [
        (skipped.reason, skipped.waits) for skipped in made.skipped
    ]


def test_disjoint_fixes_of_one_file_are_applied_together() -> None:
    changed, skipped = planned({"a.py": "f(a, b)\n"}, finding(("a.py", 1, 3, 4, "x")), finding(("a.py", 1, 6, 7, "y")))
    assert changed == {"a.py": "f(x, y)\n"}
    assert skipped == []


OVERLAPS = {
    "one in the other": (("a.py", 1, 1, 9, "g()"), ("a.py", 1, 3, 4, "x")),
    "touching": (("a.py", 1, 1, 2, "g"), ("a.py", 1, 2, 9, "()")),
    "an insertion at its edge": (("a.py", 1, 3, 4, "x"), ("a.py", 1, 4, 4, " + 1")),
    "two insertions at one place": (("a.py", 1, 3, 3, "x, "), ("a.py", 1, 3, 3, "y, ")),
    "two removals from one statement": (("a.py", 1, 3, 6, ""), ("a.py", 1, 7, 8, "")),
}


@pytest.mark.parametrize(("first", "second"), OVERLAPS.values(), ids=OVERLAPS.keys())
def test_of_two_fixes_that_meet_one_waits(
    first: tuple[str, int, int, int, str], second: tuple[str, int, int, int, str]
) -> None:
    changed, skipped = planned({"a.py": "f(a, b )\n"}, finding(first), finding(second))
    assert len(changed) == 1
    assert skipped == [("it overlaps another fix", True)]


def test_the_same_edit_of_two_fixes_is_made_once() -> None:
    first = finding(("a.py", 1, 1, 1, "import x\n"), ("a.py", 1, 3, 4, "x.a"))
    second = finding(("a.py", 1, 1, 1, "import x\n"), ("a.py", 1, 6, 7, "x.b"))
    assert planned({"a.py": "f(a, b)\n"}, first, second) == ({"a.py": "import x\nf(x.a, x.b)\n"}, [])


def test_two_imports_at_one_place_stand_side_by_side() -> None:
    first = finding(("a.py", 1, 1, 1, "import x\n"), ("a.py", 1, 3, 4, "x.a"))
    second = finding(("a.py", 1, 1, 1, "import y\n"), ("a.py", 1, 6, 7, "y.b"))
    assert planned({"a.py": "f(a, b)\n"}, first, second) == ({"a.py": "import x\nimport y\nf(x.a, y.b)\n"}, [])


REFUSED = {
    "no Python": (("a.py", 1, 3, 4, "(("), "would not parse"),
    "a form that libcst does not know": (("f.py", 1, 1, 2, "(b): int"), "libcst cannot read it"),
    "a place that is not there": (("a.py", 9, 1, 2, "x"), "no such place"),
    "a file that is not there": (("b.py", 1, 1, 2, "x"), "cannot be read"),
    "nothing changed": (("a.py", 1, 3, 4, "a"), "changes nothing"),
    "an import taken from its use": (("c.py", 1, 1, 9, "pass"), "`os` would be used without its import"),
    "an encoding that cannot say it": (("d.py", 2, 1, 2, "'\N{SNOWMAN}'"), "can't encode"),
    "a broken file": (("e.py", 1, 1, 2, "x"), "was never closed"),
}


@pytest.mark.parametrize(("edit", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_a_fix_that_would_do_harm_is_refused(edit: tuple[str, int, int, int, str], reason: str) -> None:
    sources = {
        "a.py": "f(a)\n",
        "c.py": "import os\nos.x\n",
        "d.py": "# coding: latin-1\nx\n",
        "e.py": "f(\n",
        "f.py": "b\n",
    }
    changed, skipped = planned(sources, finding(edit), finding(("a.py", 1, 1, 2, "g")))
    assert changed == {"a.py": "g(a)\n"}
    assert len(skipped) == 1
    assert reason in skipped[0][0]
    assert not skipped[0][1]


def test_a_fix_that_fails_in_one_file_changes_no_other() -> None:
    both = finding(("a.py", 1, 1, 2, "y"), ("b.py", 1, 1, 2, "(("))
    assert planned({"a.py": "x\n", "b.py": "x\n"}, both)[0] == {}


def test_files_of_one_fix_belong_together() -> None:
    corpus = MemoryCorpus({"a.py": "x\n", "b.py": "x\n", "c.py": "x\n"})
    made = plan(
        [finding(("a.py", 1, 1, 2, "y"), ("b.py", 1, 1, 2, "y")), finding(("c.py", 1, 1, 2, "y"))],
        corpus.read,
        {"safe"},
    )
    assert set(made.together) == {frozenset({"a.py", "b.py"}), frozenset({"c.py"})}


def test_two_statements_that_would_empty_a_suite_do_not_go_at_once() -> None:
    """Each alone leaves the other, so neither writes a `pass`."""
    first = Finding(
        code="R",
        span=Span("a.py", 2, 1, 2, 2),
        message="m",
        fix=Fix("safe", "m", (Edit(Span("a.py", 2, 1, 3, 1), ""),)),
    )
    second = Finding(
        code="R",
        span=Span("a.py", 4, 1, 4, 2),
        message="m",
        fix=Fix("safe", "m", (Edit(Span("a.py", 4, 1, 5, 1), ""),)),
    )
    changed, skipped = planned({"a.py": "if x:\n    a()\n    # between\n    b()\n"}, first, second)
    assert changed == {"a.py": "if x:\n    # between\n    b()\n"}
    assert [waits for _, waits in skipped] == [True]


def test_only_the_asked_applicabilities_are_applied() -> None:
    corpus = MemoryCorpus({"a.py": "x\ny\nz\n"})
    findings = [
        finding(("a.py", 1, 1, 2, "a"), how="safe"),
        finding(("a.py", 2, 1, 2, "b"), how="unsafe"),
        finding(("a.py", 3, 1, 2, "c"), how="display"),
    ]
    for asked, expected in (({"safe"}, b"a\ny\nz\n"), ({"safe", "unsafe"}, b"a\nb\nz\n")):
        assert plan(findings, corpus.read, asked).changes["a.py"].new == expected  # type: ignore[arg-type]


def test_an_import_that_two_fixes_leave_behind_together_goes() -> None:
    findings = [finding(("a.py", 2, 5, 8, "g()")), finding(("a.py", 3, 5, 8, "g()"))]
    source = "from m import Old\nx = Old\ny = Old\n"
    assert planned({"a.py": source}, *findings)[0] == {"a.py": "x = g()\ny = g()\n"}
    assert planned({"a.py": source}, findings[0])[0] == {"a.py": "from m import Old\nx = g()\ny = Old\n"}


def test_an_import_that_others_take_is_not_dropped() -> None:
    corpus = MemoryCorpus({"a.py": "from m import Old\nx = Old\n"})
    kept = Answers(is_imported_from=lambda _path, name: name == "Old")
    made = plan([finding(("a.py", 2, 5, 8, "g()"))], corpus.read, {"safe"}, surroundings=kept)
    assert made.changes["a.py"].new == b"from m import Old\nx = g()\n"


# -- rounds


def old_calls(corpus: Corpus) -> list[Finding]:
    """A small linter: every call of `Old` should be one of `new` from `app.factory`."""
    workshop = Workshop(corpus.read)
    found = []
    for path in corpus.paths:
        for node in ast.walk(ast.parse(corpus.read(path))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Old":
                tree = workshop.open(path)
                span = Span(
                    path, node.lineno, node.col_offset + 1, node.end_lineno or 0, (node.end_col_offset or 0) + 1
                )
                tree.replace_callee(span, str(tree.import_name("app.factory", "new", at=span)))
                found.append(Finding(code="REG101", span=span, message="m", fix=tree.fix("safe", "mend")))
    return found


def settled(
    sources: dict[str, str], analyse: Callable[[Corpus], list[Finding]] = old_calls
) -> tuple[Settled, dict[str, str]]:
    corpus = MemoryCorpus(sources)
    result = fix_until_settled(analyse, corpus, {"safe"})
    texts = {path: corpus.read(path).decode() for path in corpus.paths}
    return result, texts | {path: change.new.decode() for path, change in result.changes.items()}


def test_rounds_go_on_until_nothing_is_left() -> None:
    result, after = settled({"a.py": "from app.old import Old\nx = Old(Old(Old()))\n", "b.py": "y = 1\n"})
    assert after == {"a.py": "from app.factory import new\nx = new(new(new()))\n", "b.py": "y = 1\n"}
    assert result.remaining == ()
    assert len(result.applied) == 3
    assert result.unsettled == ()


def test_a_second_run_changes_nothing() -> None:
    _, after = settled({"a.py": "from app.old import Old\nx = [Old(), Old(Old())]\n"})
    result, again = settled(after)
    assert again == after
    assert result.changes == {}
    assert result.rounds == 0


def _flip(corpus: Corpus, analyses: list[int]) -> list[Finding]:
    """Two rules that undo each other in a.py, and one that mends b.py."""
    analyses.append(1)
    found = []
    text = corpus.read("a.py")
    code, content = ("REG901", "b") if text.startswith(b"a") else ("REG902", "a")
    found.append(finding(("a.py", 1, 1, 2, content), code=code))
    if corpus.read("b.py").startswith(b"x"):
        found.append(finding(("b.py", 1, 1, 2, "y"), code="REG903"))
    return found


def test_a_file_that_goes_in_a_circle_stays_and_the_rules_are_named() -> None:
    analyses: list[int] = []
    result, after = settled({"a.py": "a\n", "b.py": "x\n"}, lambda corpus: _flip(corpus, analyses))
    assert len(analyses) == 4, "the circle is seen when it closes, not when the rounds run out"
    assert after == {"a.py": "a\n", "b.py": "y\n"}
    assert [(one.path, one.codes) for one in result.unsettled] == [("a.py", ("REG901", "REG902"))]
    assert any("does not settle" in skipped.reason for skipped in result.skipped)


def _grow(_corpus: Corpus) -> list[Finding]:
    return [finding(("a.py", 1, 1, 1, "x;"), ("b.py", 1, 1, 1, "x;"), code="REG999")]


def test_a_file_that_always_changes_stays_with_those_it_belongs_to() -> None:
    result, after = settled({"a.py": "a\n", "b.py": "b\n"}, _grow)
    assert after == {"a.py": "a\n", "b.py": "b\n"}
    assert [one.path for one in result.unsettled] == ["a.py", "b.py"]
    assert {code for one in result.unsettled for code in one.codes} == {"REG999"}


# -- the diff

CONTENTS = {
    "a line": (b"a\nb\nc\n", b"a\nx\nc\n"),
    "the last line without an end": (b"a\nb", b"a\nx"),
    "an end gained": (b"a", b"a\n"),
    "an end lost": (b"a\nb\n", b"a\nb"),
    "CR LF": (b"a\r\nb\r\n", b"a\r\nx\r\n"),
    "CR alone": (b"a\rb\r", b"a\rx\r"),
    "latin-1": (b"# coding: latin-1\n'\xe9'\n", b"# coding: latin-1\n'\xe8'\n"),
    "a byte order mark": (b"\xef\xbb\xbfa\n", b"\xef\xbb\xbfb\n"),
    "far apart": (b"1\n" * 20 + b"a\n" + b"2\n" * 20 + b"b\n", b"1\n" * 20 + b"x\n" + b"2\n" * 20 + b"y\n"),
    "repeated lines": (b"a\na\na\na\na\na\na\na\n", b"a\na\na\na\n"),
    "a form feed": (b"a\n\x0c\nb\n", b"a\n\x0c\nc\n"),
}


@pytest.mark.parametrize("name", ["a.py", "with blank.py", "with\ttab.py", "ü.py", 'quo"te.py', "sub/deep/a.py"])
@pytest.mark.parametrize(("old", "new"), CONTENTS.values(), ids=CONTENTS.keys())
def test_git_makes_the_new_bytes_from_the_diff(tmp_path: Path, name: str, old: bytes, new: bytes) -> None:
    target = tmp_path / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(old)
    subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"],
        cwd=tmp_path,
        input=unified_diff(Changed(name, old, new)),
        check=True,
        env={"GIT_CEILING_DIRECTORIES": str(tmp_path.parent), "PATH": "/usr/bin:/bin:/usr/local/bin"},
    )
    assert target.read_bytes() == new


def test_the_diff_reads_as_git_writes_it() -> None:
    old, new = CONTENTS["the last line without an end"]
    assert unified_diff(Changed("a.py", old, new)) == (
        b"--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n a\n"
        b"-b\n\\ No newline at end of file\n+x\n\\ No newline at end of file\n"
    )
    assert unified_diff(Changed("a.py", old, old)) == b""
    assert unified_diff(Changed("a.py", b"a\n", b"")) == b"--- a/a.py\n+++ b/a.py\n@@ -1 +0,0 @@\n-a\n"
    assert unified_diff(Changed("a.py", b"", b"a\n")) == b"--- a/a.py\n+++ b/a.py\n@@ -0,0 +1 @@\n+a\n"
