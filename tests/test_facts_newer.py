"""Grammar newer than the interpreter gives the facts that older grammar gives, on the same rows and columns."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from registry_lint import cli
from registry_lint.facts import records as facts
from registry_lint.facts.extract import extract
from tests.fuzz import newer

OUTAGE = Path(__file__).parent / "projects" / "outage"

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
    "exceptions before a blank": ("try: f()\nexcept A, B : g(x)\n", "try: f()\nexcept(A, B): g(x)\n"),
    "exceptions before blanks": ("try: f()\nexcept A, B, \t : g(x)\n", "try: f()\nexcept(A, B,)\t : g(x)\n"),
    "exceptions before a line end": ("try: f()\nexcept A, B \\\n  : g(x)\n", "try: f()\nexcept(A, B)\\\n  : g(x)\n"),
    "exceptions before a comment": (
        "try: f()\nexcept A, B : # :\n    g(x)\n",
        "try: f()\nexcept(A, B): # :\n    g(x)\n",
    ),
    "exceptions over lines": ("try: f()\nexcept A, \\\n  B: g(x)\n", "try: f()\nexcept(A, \\\n  B):g(x)\n"),
    "exceptions in brackets": ("try: f()\nexcept(A), B :g(x)\n", ""),
    "groups of exceptions in brackets": ("try: f()\nexcept (A, B), C :g(x)\n", "try: f()\nexcept((A, B), C):g(x)\n"),
    "groups behind a blank": ("try: f()\nexcept *A, B : g(x)\n", "try: f()\nexcept*(A, B): g(x)\n"),
    "groups behind none": ("try: f()\nexcept*A, B:g(x)\n", ""),
    "two handlers": (
        "try: f()\nexcept A, B : g()\nexcept C, D : h()\n",
        "try: f()\nexcept(A, B): g()\nexcept(C, D): h()\n",
    ),
    "the same quotes": ('f(f"{d["k"]}", x)\n', "f(f\"{d['k']}\", x)\n"),
    "quotes in quotes in quotes": ('x = f"{f"{f"{a}"}"}"\n', ""),
    "backslash": ('x = f"{"\\n".join(a)}b"\n', ""),
    "line end and comment": ('x = f"{a # why\n}", b\n', ""),
    "letters beyond ASCII": ('é = f"é{d["é"]}é", b\n', "é = f\"é{d['é']}é\", b\n"),
    "chain of strings": ('x = "a" f"b{d["k"]}" "c", y\n', 'x = "a" f"b{d[\'k\']}" "c", y\n'),
    "conversion and width": ('x = f"{d["k"]!r:>{w}}", y\n', "x = f\"{d['k']!r:>{w}}\", y\n"),
    "in a default": ('def f(x=f"{d["k"]}", *, y=A): pass\n', "def f(x=f\"{d['k']}\", *, y=A): pass\n"),
    "template": ('x = t"{a} b {c}"\n', 'x = f"{a} b {c}"\n'),
    "line ends everywhere": ('f"{\na\n!r\n}", b\n', ""),
    "blank behind a conversion": ('f"{d["k"]!r }", b\n', ""),
    "no blank behind exceptions": ("try: f()\nexcept A, B:g(x)\n", ""),
    "string in parentheses": ('x = (\n  f"{d["k"]}"\n), y\n', "x = (\n  f\"{d['k']}\"\n), y\n"),
    "lazy import": ("lazy import a.b as c\n", ""),
    "lazy import of names": ("lazy from a import (b,\n c)\n", ""),
    "stars in a list": ("x = [*ys for ys in yss if y]\n", ""),
    "stars in a call": ("f(*ys for ys in yss)\n", ""),
    "stars in a dictionary": ("x = {**ys for ys in yss}\n", ""),
    "chain of templates": ('x = t"a" t"b{c}" t"d"; y\n', 'x = f"a" f"b{c}" f"d"; y\n'),
    "chain of templates with the same quotes": ('x = t"a" rt"{d["k"]}", y\n', 'x = f"a" rf"{d[\'k\']}", y\n'),
    "template first, raw second": ('x = tr"d{a}" TR"{b}"\n', 'x = fr"d{a}" FR"{b}"\n'),
    "tuple in a string": ('x = f"{a, *d["k"]}{b}", y\n', "x = f\"{a, *d['k']}{b}\", y\n"),
    "name of what is shown": ('x = f"{a["k"] = !r:>{w}}", y\n', ""),
    "raw template": ('x = rt"d{a}"\n', 'x = rf"d{a}"\n'),
}


@pytest.mark.parametrize("name", FORMS)
def test_newer_forms_are_read(name: str) -> None:
    source, older = FORMS[name]
    found = extract(source.encode())
    assert isinstance(found, facts.FileFacts), found
    if older:
        expected = extract(older.replace("·", " ").encode())
        assert isinstance(expected, facts.FileFacts)
        assert newer.placed(found, aliases="alias" in name) == newer.placed(expected, aliases="alias" in name)


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


# What `ast` of Python 3.13 makes of forms that came with 3.12 and 3.13: every expression, and where it stands.
# `python3.13 -m tests.fuzz newer --write tests/newer_nodes.json` writes it again, for the sources that are in it.
NODES: dict[str, list[str]] = json.loads(Path(__file__).with_name("newer_nodes.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("source", NODES)
def test_later_interpreters_see_the_same_names_on_the_same_places(source: str) -> None:
    assert newer.nodes(source) == NODES[source]


def test_lazy_imports_are_imports() -> None:
    found = extract(b"lazy import a.b as c\nlazy from e import f\n")
    assert isinstance(found, facts.FileFacts)
    assert [(one.name, one.position[:2]) for one in found.bindings] == [("c", (1, 13)), ("f", (2, 20))]
    assert not found.expressions


def test_what_is_unpacked_in_a_comprehension_is_its_element() -> None:
    found, longer = (extract(f"register({source})\n".encode()) for source in (
        "[*tools for tools in given]", "[t for tools in given for t in tools]",
    ))  # fmt: skip
    assert isinstance(found, facts.FileFacts)
    assert isinstance(longer, facts.FileFacts)
    shapes = [[type(expression).__name__ for expression in one.expressions] for one in (found, longer)]
    assert shapes[0] == shapes[1]


MISTAKES = {
    "no newer grammar": ("x = (\n", 1, 5),
    "an f-string's": ("x = f'{a b}'\n", 1, 2),
    "behind an alias": ("type X = int\ny = = 1\n", 2, 5),
    "in a function with parameters": ("def f[T](\n  x: T):\nreturn x\n", 3, 1),
    "behind many": ("class A[T]:\n    def f[U](self): pass\n    type X = int\n\n\nx = f'{d['k']}'\nx y\n", 7, 3),
    "behind exceptions": ("try:\n    f()\nexcept A, B:\n    x = f'{f'{a}'}'\nx y\n", 5, 3),
    "never closed": ("type X = (\nA\nB = 1\n", 1, 6),
}


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="places that this interpreter's parser tells")
@pytest.mark.parametrize("name", MISTAKES)
def test_true_mistakes_are_told_where_they_are(name: str) -> None:
    """Newer grammar is no mistake: what is wrong stands behind it."""
    source, row, column = MISTAKES[name]
    found = extract(source.encode())
    assert isinstance(found, facts.Unparsable)
    assert (found.row, found.column) == (row, column), found.message


HOSTILE = {
    "brackets": "type X = " + "(" * 3_000 + ")" * 3_000,
    "operators": "type X = " + "not " * 30_000 + "a",
    "operators over lines": "type X = (" + "not\n" * 30_000 + "a)",
    "brackets behind texts": "type X = int\nx = " + '(")" + ' * 3_000 + "a" + ")" * 3_000,
    "hidden from the tokeniser": "type X = int\nx = f'{'\"'}' " + "+ (" * 3_000 + '"' + "a" + ")" * 3_000,
    "hidden behind lines": 'x = f\'{\'"""\'}\'\ny = """a\nb""" + ' + "(" * 3_000 + "a" + ")" * 3_000 + ' + """"""\n',
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


def test_long_texts_are_no_depth() -> None:
    """A page is as shallow as a name."""
    page = "<script>f({a: [(1)]})</script>\n" * 500
    source = f'title = f"a {{b}}"\nPAGE = """{page}"""\nx = f"{{d["k"]}}"\n'
    assert isinstance(extract(source.encode()), facts.FileFacts)


# --- old files, written newer ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", newer.CHANGES)
def test_files_written_newer_give_the_same_facts(name: str) -> None:
    """The long run: `python -m tests.fuzz newer --count 5000`."""
    told = newer.compared(newer.CHANGES[name], newer.files_of([newer.LIBRARY], 3), 6, largest=16_000)
    assert told == newer.Compared(6, ())


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="what this interpreter reads may be newer than others'")
def test_old_files_have_nothing_newer() -> None:
    told = newer.nothing_newer(newer.files_of([newer.LIBRARY], 4), 6, largest=12_000)
    assert told == newer.Compared(6, ())


def test_a_difference_is_told(tmp_path: Path) -> None:
    """The comparison itself: an older form that is another program."""
    file = tmp_path / "a.py"
    file.write_text("def f(): pass\n")
    wrong = newer.Change(lambda source: newer.Written(f"type X = int\n{source}", f"\n{source}"), re.compile(b"def"))
    assert newer.compared(wrong, [file], 5) == newer.Compared(1, (f"{file}: other facts",))


def test_what_is_written_newer_is_mended_as_what_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Findings, their ways and the bytes that `--fix` writes; in the older form blanks stand for the parameters."""
    said, left = {}, {}
    for form in newer.Written._fields:
        project = tmp_path / form
        for file in sorted(OUTAGE.rglob("*.py")):
            place = project / file.relative_to(OUTAGE)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(getattr(newer.with_type_parameters(file.read_text()), form))
        (project / "registry-lint.toml").touch()
        monkeypatch.chdir(project)
        assert cli.main(["check", "--output-format", "json", "--no-cache"]) == cli.FINDINGS
        said[form] = capsys.readouterr().out
        cli.main(["check", "--fix", "--unsafe-fixes", "--no-cache"])
        capsys.readouterr()
        left[form] = {path: path.read_text() for path in project.rglob("*.py")}
        assert any("    tracker = get_execution_tracker()" in text for text in left[form].values()), (
            "something was mended"
        )
    assert "[T: int]" in "".join(left["newer"].values())
    assert json.loads(said["newer"].replace("[T: int]", "        ")) == json.loads(said["older"])
    written = {path.relative_to(tmp_path / "newer"): text for path, text in left["newer"].items()}
    expected = {path.relative_to(tmp_path / "older"): text for path, text in left["older"].items()}
    assert {path: text.replace("[T: int]", "        ") for path, text in written.items()} == expected


WHAT_LIBCST_LOSES = """from pydantic import BaseModel

class Registry:
    def register(self, key, tool): self._tools[key] = tool

class Schema(BaseModel): pass

registry = Registry()
registry.register(f"{Schema!r }", Schema)
registry.register(t"a" t"b{Schema}", Schema)
try: registry.register("c", Schema)
except A, B : registry.register(f"{a, Schema}", Schema)
"""


def test_what_libcst_loses_is_no_doubt_about_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The concrete tree's places are others then; it is not asked."""
    (tmp_path / "registry-lint.toml").touch()
    (tmp_path / "a.py").write_text(WHAT_LIBCST_LOSES)
    monkeypatch.chdir(tmp_path)
    assert cli.main(["check", "--output-format", "concise", "--no-cache", "--select", "REG2", "-q"]) == cli.FINDINGS
    said = capsys.readouterr()
    assert [line.split()[0] for line in said.out.splitlines()] == [
        "a.py:9:35:",
        "a.py:10:38:",
        "a.py:11:29:",
        "a.py:12:49:",
    ]
    assert not said.err
