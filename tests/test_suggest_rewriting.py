"""What changes make of a file, told from the statements that they touch: the same as from the whole file."""

from __future__ import annotations

import ast
import random

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


def test_what_is_told_parses_in_the_whole_file_too() -> None:
    """Characters taken out anywhere: wherever an answer is given, the whole file gives the same."""
    random.seed(7)
    document = Document("a.py", _TEXT.encode())
    told = 0
    for _ in range(400):
        start = random.randrange(len(_TEXT))
        changes = merged([Change(start, min(start + random.randrange(1, 12), len(_TEXT)), random.choice(["", "os"]))])
        found = rewritten(document, changes)
        if found is not None:
            told += 1
            whole = ast.parse(applied(_TEXT, changes))
            assert uses(document.syntax) - uses(*found.gone) + uses(*found.made) == uses(whole)
    assert told > 100
