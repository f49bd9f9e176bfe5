"""A file's tree without the bodies of functions: what is filled is what was left out, and all else stands as it did."""

from __future__ import annotations

import ast
import contextlib
from pathlib import Path

import pytest

from registry_lint.facts.extract import extract
from registry_lint.facts.records import Unparsable
from registry_lint.suggest.document import Document, UnmendableError
from registry_lint.suggest.neighbours import bodies

ROOT = Path(__file__).parents[1]
OURS = sorted((ROOT / "registry_lint" / "suggest").glob("*.py")) + sorted((ROOT / "tests").glob("test_suggest_*.py"))

LEFT = {
    "a method": "class A:\n    def f(self):\n        x = 1\n        return x\n",
    "wide characters before its end": "def f():\n    x = 1\n    return 'Grüße'\n",
    "a bracket that ends left of its indentation": "def f():\n    x = 1\n    return [\n]\n",
    "a text that spans rows": 'def f():\n    """One\ntwo."""\n    return 1\n',
    "a comment behind its end": "def f():\n    x = 1\n    return x  # done; or not\nx = f()\n",
    "a decorator before the function": "@a\n@b(\n    c\n)\ndef f():\n    x = 1\n    return x\n",
    "tabs": "class A:\n\tasync def f(self):\n\t\tx = 1\n\t\treturn x\n",
    "a function in one that stays": "def f():\n    import os\n    def g():\n        x = 1\n        return x\n",
    "a header of several rows": "def f(\n    a=(1,\n       2),\n):\n    x = a\n    return x\n",
}
KEPT = {
    "an import": "def f():\n    x = 1\n    import os\n",
    "a global": "def f():\n    global x\n    x = 1\n",
    "a row": "def f():\n    return 1\n",
    "a body on its header's row": "def f(): x = (1,\n  2)\n",
    "a decorator in front of its first statement": "def f():\n    @a\n    def g():\n        pass\n    import os\n",
    "carriage returns": "def f():\r\n    x = 1\r\n    return x\r\n",
    "the end of the file without a line end": "def f():\n    x = 1\n    return x",
}


def opened(source: str) -> Document:
    """A document whose bodies are known."""
    found = extract(source.encode())
    assert not isinstance(found, Unparsable)
    return Document("a.py", source.encode(), bodies(found))


def is_left_out(document: Document) -> bool:
    return ast.dump(document.syntax) != ast.dump(document.whole)


def filled(document: Document) -> ast.Module:
    for node in ast.walk(document.syntax):
        document.fill(node)
    return document.syntax


@pytest.mark.parametrize("source", LEFT.values(), ids=LEFT.keys())
def test_a_body_is_left_out_and_filled_in(source: str) -> None:
    document = opened(source)
    assert is_left_out(document)
    assert ast.dump(filled(document), include_attributes=True) == ast.dump(document.whole, include_attributes=True)


@pytest.mark.parametrize("source", KEPT.values(), ids=KEPT.keys())
def test_a_body_that_others_see_or_that_shares_its_rows_stays(source: str) -> None:
    assert not is_left_out(opened(source))


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_functions_end_where_they_ended(path: Path) -> None:
    document = opened(path.read_text(encoding="utf-8"))
    assert extents(document.syntax) <= extents(document.whole)
    assert ast.dump(filled(document), include_attributes=True) == ast.dump(document.whole, include_attributes=True)


def extents(tree: ast.Module) -> set[tuple[object, ...]]:
    """Where everything stands that has a suite."""
    return {
        (type(node).__name__, node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and hasattr(node, "body")
    }


def test_what_only_newer_interpreters_read_is_taken_from_the_whole_file() -> None:
    source = "def f():\n    x = 1\n    return f'{x['a']}' f'{'b'}'\n"
    document = opened(source)
    assert is_left_out(document)
    assert ast.dump(filled(document), include_attributes=True) == ast.dump(document.whole, include_attributes=True)


def test_bodies_of_another_text_do_no_harm() -> None:
    """A file may change after it was read: what is filled in is of the file, or nothing is."""
    known = extract(b"class A:\n    def f(self):\n        x = 1\n        return x\n    def g(self):\n        pass\n")
    assert not isinstance(known, Unparsable)
    for source in (b"", b"x = 1\n", b"class A:\n    def g(self):\n        if 1:\n            y = 1\n        z = 2\n"):
        document = Document("a.py", source, bodies(known))
        with contextlib.suppress(UnmendableError):
            assert ast.dump(filled(document)) == ast.dump(document.whole)
