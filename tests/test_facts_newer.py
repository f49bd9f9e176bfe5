"""Grammar newer than the interpreter gives the facts that older grammar gives, on the same rows and columns."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from registry_lint.facts import records as facts
from registry_lint.facts.extract import extract
from tests.fuzz import newer

if TYPE_CHECKING:
    from pathlib import Path

# Newer, and the older form with everything on its place ("·" stands for a blank that is easily overlooked); "" where
# no older form has everything there.
FORMS: dict[str, tuple[str, str]] = {
    "type alias": ("type X = list[Tool]\n", "X······= list[Tool]\n"),
    "type alias with parameters": ("type Xs[T: int, *Ts, **P] = list[T]\n", "Xs························= list[T]\n"),
    "type alias in a class": ("class A:\n    type X = B\n", "class A:\n    X······= B\n"),
    "function": ("def f[T](x: T) -> T: pass\n", "def f···(x: T) -> T: pass\n"),
    "async function with a default": ("async def f[T = int](x): pass\n", "async def f·········(x): pass\n"),
    "class": ("class A[T: (int, str)](B, C): pass\n", "class A···············(B, C): pass\n"),
    "class without bases": ("class A[T]: pass\n", "class A···: pass\n"),
    "parameters over lines": ("class A[T,\n  U](B): pass\n", "class A··\\\n····(B): pass\n"),
    "exceptions": ("try: f()\nexcept A, B: g(x)\n", "try: f()\nexcept(A, B):g(x)\n"),
    "exceptions of groups": ("try: f()\nexcept* A, B:\n    g(x)\n", "try: f()\nexcept*(A, B):\n    g(x)\n"),
    "the same quotes": ('f(f"{d["k"]}", x)\n', "f(f\"{d['k']}\", x)\n"),
    "quotes in quotes in quotes": ('x = f"{f"{f"{a}"}"}"\n', ""),
    "backslash": ('x = f"{"\\n".join(a)}b"\n', ""),
    "line end and comment": ('x = f"{a # why\n}", b\n', ""),
    "letters beyond ASCII": ('é = f"é{d["é"]}é", b\n', "é = f\"é{d['é']}é\", b\n"),
    "chain of strings": ('x = "a" f"b{d["k"]}" "c", y\n', 'x = "a" f"b{d[\'k\']}" "c", y\n'),
    "conversion and width": ('x = f"{d["k"]!r:>{w}}", y\n', "x = f\"{d['k']!r:>{w}}\", y\n"),
    "in a default": ('def f(x=f"{d["k"]}", *, y=A): pass\n', "def f(x=f\"{d['k']}\", *, y=A): pass\n"),
    "template": ('x = t"{a} b {c}"\n', 'x = f"{a} b {c}"\n'),
    "raw template": ('x = rt"d{a}"\n', 'x = rf"d{a}"\n'),
}


@pytest.mark.parametrize("name", FORMS)
def test_newer_forms_are_read(name: str) -> None:
    source, older = FORMS[name]
    found = extract(source.encode())
    assert isinstance(found, facts.FileFacts), found
    if older:
        assert found == extract(older.replace("·", " ").encode())


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this interpreter knows these forms")
@pytest.mark.parametrize("name", FORMS)
def test_the_forms_are_newer(name: str) -> None:
    with pytest.raises(SyntaxError):
        ast.parse(FORMS[name][0])


def test_what_stands_in_newer_strings_is_read() -> None:
    found = extract(b'register(f"{make(d["k"])!r:>{width}} {Tool.name}")\n')
    assert isinstance(found, facts.FileFacts)
    assert set(found.calls) == {"register", "make"}
    joined = [expr for expr in found.expressions if isinstance(expr, facts.Joined)]
    parts = [found.expressions[part] for part in joined[-1].parts]
    assert [type(part).__name__ for part in parts] == ["Call", "Literal", "Attribute"]
    names = [(expr.id, index) for index, expr in enumerate(found.expressions) if isinstance(expr, facts.Name)]
    assert {name: found.position(index)[:2] for name, index in names} == {
        "register": (1, 1), "make": (1, 13), "d": (1, 18), "width": (1, 30), "Tool": (1, 39),
    }  # fmt: skip


@pytest.mark.parametrize("source", ["x = (\n", "type X = int\ny = = 1\n", "def f[T](x):\nreturn x\n", "x = f'{a b}'\n"])
def test_true_mistakes_are_told_as_ast_tells_them(source: str) -> None:
    found = extract(source.encode())
    assert isinstance(found, facts.Unparsable)
    with pytest.raises(SyntaxError) as told:
        ast.parse(source)
    assert (found.message, found.row, found.column) == (told.value.msg, told.value.lineno, told.value.offset)


HOSTILE = {
    "brackets": "type X = " + "(" * 3_000 + ")" * 3_000,
    "operators": "type X = " + "not " * 30_000 + "a",
    "operators over lines": "type X = (" + "not\n" * 30_000 + "a)",
    "brackets behind texts": "type X = int\nx = " + '(")" + ' * 3_000 + "a" + ")" * 3_000,
    "hidden from the tokeniser": "type X = int\nx = f'{'\"'}' " + "+ (" * 3_000 + '"' + "a" + ")" * 3_000,
    "arms": "type X = int\nif a: pass\n" + "elif a: pass\n" * 30_000,
    "lambdas": "type X = int\nx = " + "lambda: " * 30_000 + "a",
    "attributes": "type X = a" + ".b" * 30_000,
    "strings": "type X = int\nx = " + 'f"{' * 3_000 + "a" + '}"' * 3_000,
    "comparisons": "type X = " + "a < " * 30_000 + "a",
    "many": "type X = int\n" * 3_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_end_neither_the_process_nor_the_day(name: str) -> None:
    """libcst's parser calls itself on the C stack, so the process would be gone without an exception."""
    script = "import sys; from registry_lint.facts.extract import extract; extract(sys.stdin.buffer.read())"
    source = HOSTILE[name].encode()
    done = subprocess.run([sys.executable, "-c", script], input=source, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr[-500:]


# --- old files, written newer ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", newer.CHANGES)
def test_files_written_newer_give_the_same_facts(name: str) -> None:
    """The long run: `python -m tests.fuzz newer --count 5000`."""
    told = newer.compared(newer.CHANGES[name], newer.files_of([newer.LIBRARY], 3), 8, largest=16_000)
    assert told == newer.Compared(8, ())


def test_old_files_have_nothing_newer() -> None:
    told = newer.nothing_newer(newer.files_of([newer.LIBRARY], 4), 8, largest=12_000)
    assert told == newer.Compared(8, ())


def test_a_difference_is_told(tmp_path: Path) -> None:
    """The comparison itself: an older form that is another program."""
    file = tmp_path / "a.py"
    file.write_text("def f(): pass\n")
    wrong = newer.Change(lambda source: newer.Written(f"type X = int\n{source}", f"\n{source}"), re.compile(b"def"))
    assert newer.compared(wrong, [file], 5) == newer.Compared(1, (f"{file}: other facts",))
