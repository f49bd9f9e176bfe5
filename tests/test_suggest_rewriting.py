"""What changes make of a file, told from the statements that they touch: the same as from the whole file."""

from __future__ import annotations

import ast
import random
from collections import Counter

import pytest

from registry_lint.suggest.document import Change, Document, applied, merged
from registry_lint.suggest.rewriting import rewritten
from registry_lint.suggest.scopes import uses

_TEXT = '''\
"""Tools."""
import os; import re
from app.tools import Search

# of the whole program
NAMES = """
import sys
"""

@registered(
    Search
)
class Registry:
    def add(self, tool: "Search | None") -> None:
        if tool: os.environ["TOOL"] = re.escape(tool.name); self.tools.append(tool)

registry = Registry(); registry.add(Search())
'''


_NESTED = '''\
class Registry(
    Base):
    """All of it."""
    kinds = {}; names = []

    @property
    def add(self, tool,
            other): return os

    def one(self):
        """One
  thing."""
        if tool:
            return [
    1]
        else: x = 2

        class Inner:
            def run(self):
                x = 1
                # the end
            y = """
z = 1
"""
    def last(self): pass
def run():
  a = 1; b = os
  return a
'''
_PIECES = (
    *("", "os", "\n", "    ", "  ", "\t", "\n\f", "\nelse:\n", "(", ")", '"""', "#", "\\\n", "\nx = os\n", ":"),
    *("        y = 1\n", "if 1:\n    ", "\n        pass\nclass X:\n    def run(self):\n        pass\n"),
)


def changed(old: str, new: str) -> Change:
    start = _TEXT.index(old)
    return Change(start, start + len(old), new)


TOLD = {
    "nothing": [],
    "an import before all others": [changed("import os", "import sys\nimport os")],
    "one of two statements on a row": [changed("import os; ", "")],
    "a whole row": [changed("import os; import re\n", "")],
    "a decorator": [changed("Search\n)", "Search, re\n)")],
    "a statement in a method": [changed("self.tools.append(tool)", "self.tools[tool.name] = tool")],
    "two statements of one class": [changed("(self", "(cls"), changed("self.tools", "cls.tools")],
    "the first and the last statement": [changed("Tools", "Search"), changed("Search())\n", "os)\n")],
    "the end of the file without its line end": [changed("Search())\n", "re)")],
    "a text that spans rows": [changed('"""\nimport sys\n"""', "os.sep")],
}
NOT_TOLD = {
    "the next row is drawn onto this one": [changed("re\nfrom", "re from")],
    "a statement that is none": [changed("Registry()", "Registry(")],
    "a bracket that another change closes": [changed("re\n", "re; x = (\n"), changed("registry = ", ")\nregistry = ")],
}


@pytest.mark.parametrize("changes", TOLD.values(), ids=TOLD.keys())
def test_uses_are_counted_as_in_the_whole_file(changes: list[Change]) -> None:
    document = Document("a.py", _TEXT.encode())
    found = rewritten(document, merged(changes))
    assert found is not None
    whole = ast.parse(applied(_TEXT, changes))
    assert uses(document.syntax) - uses(*found.gone) + uses(*found.made) == uses(whole)
    kept = len(document.syntax.body) - len(found.gone)
    assert kept + len(found.made) == len(whole.body)


@pytest.mark.parametrize("changes", NOT_TOLD.values(), ids=NOT_TOLD.keys())
def test_what_may_reach_further_is_left_to_the_whole_file(changes: list[Change]) -> None:
    assert rewritten(Document("a.py", _TEXT.encode()), merged(changes)) is None


@pytest.mark.parametrize("text", [_TEXT, _NESTED], ids=["statements", "suites"])
def test_what_is_told_parses_in_the_whole_file_too(text: str) -> None:
    """Characters taken out and put in anywhere: wherever an answer is given, the whole file gives the same."""
    chosen = random.Random(7)
    document = Document("a.py", text.encode())
    told = 0
    for _ in range(3_000):
        starts = sorted(chosen.randrange(len(text)) for _ in range(chosen.choice([1, 1, 2])))
        ends = [start + chosen.choice([0, 0, 1, 2, 5, 12, 60]) for start in starts]
        if any(end > start for end, start in zip(ends, starts[1:], strict=False)):
            continue
        pieces = [chosen.choice(_PIECES) for _ in starts]
        changes = merged([Change(s, min(e, len(text)), p) for s, e, p in zip(starts, ends, pieces, strict=True)])
        found = rewritten(document, changes)
        if found is not None:
            told += 1
            whole = ast.parse(applied(text, changes))
            assert uses(document.syntax) - uses(*found.gone) + uses(*found.made) == uses(whole)
            assert nodes(document.syntax) - nodes(*found.gone) + nodes(*found.made) == nodes(whole)
    assert told > 200


def test_of_a_long_class_only_a_method_is_read() -> None:
    text = "class Long:\n" + "".join(f"    def m{number}(self):\n        return {number}\n" for number in range(100))
    start = text.index("return 50")
    found = rewritten(Document("a.py", text.encode()), [Change(start, start + 9, "return os")])
    assert found is not None
    assert [type(statement) for statement in (*found.gone, *found.made)] == [ast.Return, ast.Return]


def nodes(*statements: ast.AST) -> Counter[str]:
    """How many nodes of each kind there are."""
    return Counter(type(node).__name__ for statement in statements for node in ast.walk(statement))
