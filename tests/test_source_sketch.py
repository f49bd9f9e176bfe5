"""Sketches: what stands in one is what stands in its source, and what is left out is function bodies alone."""

from __future__ import annotations

import sysconfig
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry_lint.facts import records as facts
from registry_lint.facts.extract import extract
from registry_lint.source.sketch import sketch

if TYPE_CHECKING:
    from collections.abc import Iterator

LIBRARIES = [Path(sysconfig.get_path(name)) for name in ("stdlib", "purelib")]


def nothing(_before: bytes, _function: bytes) -> bool:
    """Empty every function."""
    return False


def some(_before: bytes, function: bytes) -> bool:
    """Keep a third of the functions."""
    return zlib.crc32(function) % 3 == 0


CASES = {
    "a function": ("def f(a):\n    x = 1\n\n    return x\ny = 2\n", "def f(a):\n ...\n\n\ny = 2\n"),
    "the last one": ("def f():\n    return 1", "def f():\n ..."),
    "on one row": ("def f(): return 1\nx = 1\n", "def f(): return 1\nx = 1\n"),
    "a stub": ("def f(): ...\ndef g():\n    g()\n", "def f(): ...\ndef g():\n ...\n"),
    "methods": (
        "class A:\n    @d\n    def f(self):\n        return 1\n    x: A\n    async  def g(self): #\n        pass\n",
        "class A:\n    @d\n    def f(self):\n     ...\n    x: A\n    async  def g(self): #\n     ...\n",
    ),
    "with tabs": ("class A:\n\tdef f(self):\n\t\treturn 1\n\tx = 1\n", "class A:\n\tdef f(self):\n\t ...\n\tx = 1\n"),
    "functions in functions": ("def f():\n    def g():\n        pass\n    return g\n", "def f():\n ...\n\n\n"),
    "behind an if": (
        "if x:\n    def f():\n        pass\nf = 1\n",
        "if x:\n    def f():\n     ...\nf = 1\n",
    ),
    "over several rows": (
        "def f(\n    a: str = ')',  # :\n    b=g(h(1)),\n) -> dict[str, int]:\n    return {}\nx = 1\n",
        "def f(\n    a: str = ')',  # :\n    b=g(h(1)),\n) -> dict[str, int]:\n ...\nx = 1\n",
    ),
    "type parameters": ("def f[T: int](a: T):\n    pass\n", "def f[T: int](a: T):\n ...\n"),
    "a text at the left": (
        'def f():\n    x = """\ndef g():\n    pass\n"""\n    return x\ny = 1\n',
        "def f():\n ...\n\n\n\n\ny = 1\n",
    ),
    "a function in a text": ('x = """\ndef f():\n    pass\n"""\n', 'x = """\ndef f():\n    pass\n"""\n'),
    "quotes in comments and strings": (
        'def f():\n    # """\n    return \'"""\'\nx = 1  # \'\'\'\ndef g():\n    pass\n',
        "def f():\n ...\n\nx = 1  # '''\ndef g():\n ...\n",
    ),
    "an escaped quote": (
        'x = """\\"""\ndef f():\n    pass\n"""\ndef g():\n    pass\n',
        'x = """\\"""\ndef f():\n    pass\n"""\ndef g():\n ...\n',
    ),
    "a row that goes on": (
        "def f():\n    x = 1 + \\\n2\n    return x\ny = 1\n",
        "def f():\n ...\n\n\ny = 1\n",
    ),
    "a comment at the left": ("def f():\n    x = 1\n# why\n    return x\ny = 1\n", "def f():\n ...\n\n\ny = 1\n"),
    "no body": ("def f():\nx = 1\n", "def f():\nx = 1\n"),
    "a text without an end": ('def f():\n    pass\nx = """\n', 'def f():\n    pass\nx = """\n'),
    "windows": ("def f():\r\n    pass\r\nx = 1\r\n", "def f():\n ...\nx = 1\n"),
    "a form feed": ("\f\ndef f():\n    pass\n", "\f\ndef f():\n    pass\n"),
    "old rows": ("def f():\r    pass\n", "def f():\r    pass\n"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_emptied(name: str) -> None:
    """Bodies, and nothing but bodies."""
    source, sketched = CASES[name]
    assert sketch(source.encode(), nothing).decode() == sketched


def test_what_is_asked() -> None:
    """What stands before a function, and the function, without long strings."""
    asked: list[tuple[bytes, bytes]] = []
    source = b'x = 1\n@decorated\ndef f():\n    """A\n."""\n    return 1\n\nclass A:\n    def g(self):\n        pass\n'

    def keep(before: bytes, function: bytes) -> bool:
        asked.append((before, function))
        return True

    assert sketch(source, keep) == source
    assert asked == [
        (b"\nx = 1\n@decorated", b'\ndef f():\n    ""\n    return 1\n'),
        (b"\nclass A:", b"\n    def g(self):\n        pass"),
    ]


def sources() -> Iterator[Path]:
    """Files of the standard library and of what is installed: one in 37, hundreds in all."""
    for folder in LIBRARIES:
        for path in sorted(folder.rglob("*.py")):
            if zlib.crc32(path.name.encode()) % 37 == 0:
                yield path


def test_says_what_real_files_say() -> None:
    """Rows stay, and what is kept gives the same facts."""
    compared = shrunk = 0
    for path in sources():
        source = path.read_bytes()
        if len(source) > 200_000:
            continue
        sketched = sketch(source, some)
        if compare(source, sketched, str(path)):
            compared += 1
            shrunk += len(sketched) < len(source)
    assert compared > 100
    assert shrunk > compared / 2


# Statements; `|` begins a row that stays at the left, whatever the statement is in.
STATEMENTS = (
    "x = 1", "return x", "yield x", "global x", "def h(): return 1", "x = '\"'  # '''", "# \"\"\"", "", "x = f'{x}'",
    'x = """\n|def f(a):\n|    return a\n|"""', "'''\n|\"\"\"\n|# '''", "x = 1 + \\\n|2", "x = 'a\\\n|\"b'",
    "# why\n|# so", 'x = """\\"""\n| def g():\n|"""', "x = (\n|1,\n|)",
)  # fmt: skip
HEADERS = (
    "def f(a):", "async def g(a='(', *, b=f(g(h(1)))) -> None:", "def f(\n    a,  # )\n|):", "class A:", "if x:",
    "@d(\n|)\ndef f():",
)  # fmt: skip
CODE = st.recursive(
    st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=3).map("\n".join),
    lambda code: st.lists(
        st.one_of(code, st.tuples(st.sampled_from(HEADERS), code).map(lambda both: suite(*both))),
        min_size=1,
        max_size=4,
    ).map("\n".join),
    max_leaves=8,
)


def suite(header: str, body: str) -> str:
    """A header and what is in it, to the right but for rows that stay at the left."""
    rows = [f"{header}", *("|" + row[1:] if row[:1] == "|" else f"    {row}" for row in f"{body}\npass".split("\n"))]
    return "\n".join(rows)


@settings(max_examples=600, deadline=None)
@given(CODE)
def test_says_what_made_up_files_say(code: str) -> None:
    """The same of what nobody would write."""
    source = "\n".join(row.removeprefix("|") for row in code.split("\n")).encode()
    for keep in (nothing, some):
        sketched = sketch(source, keep)
        assert sketched.count(b"\n") == source.count(b"\n")
        compare(source, sketched, source.decode())


def compare(source: bytes, sketched: bytes, name: str) -> bool:
    """Hold a sketch to its source, where both parse."""
    whole, part = extract(source), extract(sketched)
    rows = source.replace(b"\r\n", b"\n").split(b"\n"), sketched.split(b"\n")
    assert len(rows[0]) == len(rows[1]), name
    if not isinstance(whole, facts.FileFacts) or not isinstance(part, facts.FileFacts):
        return False
    kept = {row for row, (one, other) in enumerate(zip(*rows, strict=True), 1) if one == other and one.strip()}
    assert set(said(whole, kept)) == set(said(part, kept)), name
    return True


def said(file: facts.FileFacts, kept: set[int]) -> Iterator[tuple[object, ...]]:
    """What facts say of some rows, without the numbers of records."""

    def places(*exprs: facts.ExprId) -> tuple[object, ...]:
        return tuple(file.position(expr) if expr != facts.NONE else None for expr in exprs)

    for expr, record in enumerate(file.expressions):
        place = file.position(expr)
        if place[0] not in kept or place[2] not in kept:
            continue
        match record:
            case facts.Name(id=name, bindings=bindings):
                reaching = [
                    (type(one), one.name, one.position) for one in map(file.bindings.__getitem__, bindings or ())
                ]
                yield place, name, bindings is None, tuple(reaching)
            case facts.Call(func=func, arguments=arguments):
                yield place, "call", places(func, *(one.value for one in arguments))
            case facts.Attribute(base=base, name=name):
                yield place, name, places(base)
            case facts.Literal(value=value):
                yield place, "literal", value
            case _:
                yield place, type(record)
    for function in file.functions:
        if set(range(function.extent[0], function.extent[2] + 1)) <= kept:
            yield "function", function.qualname, function.extent, places(*function.returns), places(*function.yields)
    for class_ in file.classes:
        if class_.position[0] in kept:
            yield "class", class_.qualname, class_.position, tuple(class_.methods), places(*class_.bases)
    for statement in file.statements:
        if statement.position[0] in kept and statement.position[2] in kept:
            yield "statement", statement.kind, statement.position, places(statement.expr)
    for store in (*file.attribute_stores, *file.subscript_stores):
        if store.position[0] in kept:
            yield "store", store.position, places(store.base, store.expr), store.path
