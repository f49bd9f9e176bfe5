"""REG302 nameless-tool: a class is used as a tool, and neither it nor a base of it has the name that becomes its key.

Why is this bad?
    A registry that reads its keys from `tool.name` fails on this tool, or falls back to something else: to the name of
    its class (see REG301) or to an identity (see REG303). Then two tools of one class take one key, or nobody can ask
    for the tool.

What to do instead
    Give the class a name: a class attribute, a property, or an attribute that its constructor sets.

When not to use it
    Where tools get their names from whoever registers them. The rule asks for that: it is silent where no key is read
    from the tool.

What it cannot see
    Classes with a base outside of the project, with `__getattr__` or with attributes under computed names. A name that
    is set on the object from outside counts as one if it is set in production code.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from registry_lint import LIKELY, Finding, Found, Invalid, Rule, Step, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import Fix, Nameless, Project, Span, Workshop


class NamelessTool(Rule):
    """Reports classes of tools without a name, one finding a class."""

    code = "REG302"

    VALID = (
        Valid("""
--- app/tools.py
class Named:
    name = "named"

class Inherits(Named):
    def run(self):
        return None

class Sets:
    def __init__(self, name):
        self.name = name

    def run(self):
        return None

class Computes:
    @property
    def name(self):
        return "computes"

    def run(self):
        return None

class Unnamed:
    def run(self):
        return None

class ToolRegistry:
    def register(self, tool):
        self._tools[tool.name] = tool

    def register_as(self, name, tool):
        self._tools[name] = tool

registry = ToolRegistry()
for tool in (Inherits(), Sets("sets"), Computes()):
    registry.register(tool)
registry.register_as("unnamed", Unnamed())  # whoever registers it names it
"""),
    )
    INVALID = (
        Invalid(
            '''
--- app/tools.py
class Base:
    """What tools share."""

    description = ""

class SearchTool(Base):
      ^^^^^^^^^^ REG302 SearchTool is registered as a tool in ToolRegistry, which reads its key from name: it has none
    """Finds."""

    def run(self, query):
        return query

class CostTool:
      ^^^^^^^^ REG302 CostTool is registered as a tool in ToolRegistry, which reads its key from name: it has none
    currency = "EUR"

    def execute(self):
        return 0

class ReportTool:
      ^^^^^^^^^^ REG302 ReportTool is registered as a tool in ToolRegistry, which reads its key from name: it has none
    @staticmethod
    def execute():
        return 0

--- app/registry.py
from app.tools import CostTool, ReportTool, SearchTool

class ToolRegistry:
    def register(self, tool):
        self._tools[tool.name] = tool

    def add(self, key, tool):
        self._tools[key] = tool

registry = ToolRegistry()
registry.register(SearchTool())

def fill(tools=(CostTool(), ReportTool())):
    for tool in tools:
        key = getattr(tool, "name", None) or str(tool)
        registry.add(key, tool)
''',
            fixed='''
--- app/tools.py
class Base:
    """What tools share."""

    description = ""

class SearchTool(Base):
    """Finds."""
    name = "search"

    def run(self, query):
        return query

class CostTool:
    name = "cost"
    currency = "EUR"

    def execute(self):
        return 0

class ReportTool:
    name = "report"
    @staticmethod
    def execute():
        return 0
''',
        ),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield every class that is asked for a name in vain."""
        for nameless in project.toolness.nameless:
            yield self._found(project, nameless)

    def _found(self, project: Project, nameless: Nameless) -> Found:
        first = nameless.arrivals[0]
        record = project.classes.record(nameless.ref)
        registry = project.classes.name(first.registration.registry)
        call = project.span(first.registration.path, first.registration.call)
        finding = Finding(
            self.code,
            project.place(nameless.ref.path, record.position),
            f"{record.name} is registered as a tool in {registry}, which reads its key from {nameless.asked}: it has none",
            confidence="likely" if all(arrival.level == LIKELY for arrival in nameless.arrivals) else "certain",
            related=(Step(call, f"registered in {registry} here"),),
            help=f"give the class a {nameless.asked}",
        )
        place = project.toolness.first_statement(nameless.ref)
        if place is None:
            return Found(finding)
        annotation = ": str" if project.kinds.is_pydantic(nameless.ref) else ""
        line = f'{nameless.asked}{annotation} = "{_stable_name(record.name)}"'
        return Found(finding, partial(_name, *place, line))


def _stable_name(class_name: str) -> str:
    """`SearchTool` → `search`, `HTTPFetch` → `http_fetch`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", class_name.strip("_")).lower()
    return words.removesuffix("_tool") or words


def _name(statement: Span, before: bool, line: str, workshop: Workshop) -> Fix | None:
    tree = workshop.open(statement.path)
    if before:
        tree.insert_before(statement, line)
    else:
        tree.insert_after(statement, line)
    return tree.fix("unsafe", "Give the class a name")
