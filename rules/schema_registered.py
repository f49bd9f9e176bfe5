"""REG201 schema-registered: a data schema is registered where tools belong.

Why is this bad?
    A schema describes data: it has nothing to run. Registered as a tool it is found, listed and offered like one,
    and fails when somebody calls it; as a class it also brings its metaclass's name where a name is missing.

What to do instead
    Register the tool that the schema describes, or something that can be run and carries the schema. A registry
    that is meant to hold descriptions says so: the method that stores them, or its table, is annotated with their
    class (`tool: ToolSpec`), or the configuration has `holds = "anything"`.

When not to use it
    Where tools are described by models and executed elsewhere, for the whole project.

What it cannot see
    Classes whose bases are not known. A class that meets the tool contract is a tool, though it derives from
    pydantic's BaseModel: LangChain's BaseTool, or a model with an `execute`, a `run`, an executor, a field that must be
    given a function. A `handler` that may be left out does not make a tool.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from registry_lint import LIKELY, ClassValue, Finding, Found, Invalid, Rule, Span, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import Arrival, ClassRef, Fix, Project, TableArrival, Workshop


class SchemaRegistered(Rule):
    """Reports schemas (classes and instances) that reach registries of tools."""

    code = "REG201"
    severity = "error"

    VALID = (
        # Declared as the base of whatever the project registers: which of them it is, nobody says.
        Valid("""
--- app/components.py
from pydantic import BaseModel

class Component(BaseModel):
    name: str = ""

class Tool(Component):
    def execute(self, query): ...

class Prompt(Component):
    text: str = ""

class ToolManager:
    def __init__(self):
        self._components = {}

    def register(self, code, component):
        self._components[code] = component

def load(classes):
    for component_class in classes:
        component: Component = component_class().initialised()
        ToolManager().register(component.name, component)
"""),
        Valid("""
--- app/tools.py
from pydantic import BaseModel

class SearchTool(BaseModel):
    name: str = "search"

    def execute(self, query: str) -> str:
        return query

class SearchArguments(BaseModel):
    query: str
    handler: object = None

class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

registry = ToolRegistry()
registry.register("search", SearchTool())
registry.register("handler", SearchArguments(query="").handler)
"""),
        Valid("""
--- app/entries.py
from pydantic import BaseModel

class ToolEntry(BaseModel):
    name: str
    path: str

class ToolRegistry:
    def register_tool(self, name, path):
        entry = ToolEntry(name=name, path=path)  # the form in which the registry itself notes its tools
        self._tools[name] = entry
"""),
        Valid("""
--- app/schemas.py
from pydantic import BaseModel

class Order(BaseModel):
    number: int

class SchemaRegistry:
    def register(self, name, schema):
        self._schemas[name] = schema

SchemaRegistry().register("order", Order)
"""),
        Valid("""
--- app/functions.py
from collections.abc import Callable
from typing import Any, Optional
from pydantic import BaseModel, Field

class Function(BaseModel):
    name: str
    entrypoint: Optional[Callable] = None

class Command(BaseModel):
    name: str
    handler: Callable[..., Any] = Field(..., exclude=True)

class Shortcut(BaseModel):
    name: str
    action: "Callable[[str], str] | Callable[[], str]"

class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def fill(registry: ToolRegistry):
    for tool in (Function(name="a"), Command(name="b", handler=print), Shortcut(name="c", action=repr)):
        registry.register(tool.name, tool)
"""),
    )
    INVALID = (
        Invalid(
            """
--- app/tools.py
from pydantic import BaseModel

class SearchArguments(BaseModel):
    query: str = ""

class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def fill(registry: ToolRegistry):
    registry.register("search", SearchArguments)
                                ^^^^^^^^^^^^^^^ REG201 SearchArguments is a data schema, registered as a tool in ToolRegistry
    registry.register("arguments", SearchArguments())
                                   ^^^^^^^^^^^^^^^^^ REG201 an instance of SearchArguments, a data schema, is registered as a tool in ToolRegistry
    registry.freeze()
""",
            fixed="""
--- app/tools.py
from pydantic import BaseModel

class SearchArguments(BaseModel):
    query: str = ""

class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def fill(registry: ToolRegistry):
    registry.freeze()
""",
        ),
        Invalid(
            """
--- app/tools.py
from pydantic import BaseModel

class Search:
    name = "search"

    def execute(self, query):
        return query

class SearchResult(BaseModel):
    name: str = "result"

class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def fill(registry: ToolRegistry, tools):
    for tool in tools:
        registry.register(tool.name, tool)

def main():
    fill(ToolRegistry(), [Search(), SearchResult()])
                         ^^^^^^^^^^^^^^^^^^^^^^^^^^ REG201 an instance of SearchResult, a data schema, is registered as a tool in ToolRegistry
""",
            fixed="""
--- app/tools.py
from pydantic import BaseModel

class Search:
    name = "search"

    def execute(self, query):
        return query

class SearchResult(BaseModel):
    name: str = "result"

class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def fill(registry: ToolRegistry, tools):
    for tool in tools:
        registry.register(tool.name, tool)

def main():
    fill(ToolRegistry(), [Search()])
""",
        ),
        Invalid("""
--- app/models.py
from typing import Callable, Optional
from pydantic import BaseModel, Field

class ToolDescription(BaseModel):
    id: str
    handler: Optional[Callable] = Field(default=None, exclude=True)

--- app/registry.py
from app.models import ToolDescription

class ToolRegistry:
    def register(self, key, item):
        self._items[key] = item

class DescribedRegistry(ToolRegistry):
    def register_tool(self, tool: ToolDescription) -> None:
        super().register(tool.id, tool)
                                  ^^^^ REG201 an instance of ToolDescription, a data schema, is registered as a tool in DescribedRegistry
"""),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield one finding for each place and schema."""
        entering: dict[tuple[Span, str], Arrival] = {}
        for arrival in project.arrivals.values:
            if not project.kinds.is_schema(arrival.of) or arrival.want.what == "classes":
                continue
            if not project.wants.holds_tools(arrival.registration) or project.arrivals.is_own_entry(arrival):
                continue
            if project.wants.is_asked_for(arrival.registration, arrival.of):
                continue  # a registry of descriptions, which says so
            if arrival.value.declared and _is_base_of_tools(project, arrival.of):
                continue  # which of the many things that derive from it arrives, nobody says
            key = (arrival.entry, project.classes.name(arrival.of))
            if key not in entering or entering[key].level > arrival.level:
                entering[key] = arrival
        yield from self._in_tables(project)
        for (span, name), arrival in entering.items():
            if not _is_told_better(project, span, name, arrival, entering):
                yield self._found(project, span, arrival)

    def _in_tables(self, project: Project) -> Iterator[Found]:
        """What is put into a module's dict of tools, beside tools."""
        told: dict[tuple[Span, str], TableArrival] = {}
        for put in project.module_tables.arrivals:
            if put.beside_tools and "tool" in put.called.lower() and project.kinds.is_schema(put.of):
                told.setdefault((put.entry, project.classes.name(put.of)), put)
        for (span, _), put in told.items():
            yield Found(self._finding(project, span, put, put.called))

    def _found(self, project: Project, span: Span, arrival: Arrival) -> Found:
        registry = project.classes.name(arrival.registration.registry)
        return Found(self._finding(project, span, arrival, registry), _suggestion(project, span, arrival))

    def _finding(self, project: Project, span: Span, arrival: Arrival | TableArrival, registry: str) -> Finding:
        name = project.classes.name(arrival.of)
        what = (
            f"{name} is a data schema,"
            if isinstance(arrival.value, ClassValue)
            else f"an instance of {name}, a data schema, is"
        )
        return Finding(
            self.code,
            span,
            f"{what} registered as a tool in {registry}",
            confidence="likely" if arrival.level == LIKELY else "certain",
            trace=arrival.steps,
            help="register something that can be run",
        )


def _is_base_of_tools(project: Project, of: ClassRef | str) -> bool:
    derived = project.classes.subclasses(of) if not isinstance(of, str) else ()
    return any(project.kinds.is_tool(one) for one in derived)


def _is_told_better(
    project: Project, span: Span, name: str, arrival: Arrival, entering: dict[tuple[Span, str], Arrival]
) -> bool:
    """A base that is only declared, beside what really arrives there; a store into an own table, beside a call of a
    registering method in the same function."""
    if arrival.value.declared and any(
        span == there and name != other_name and project.classes.derives(other.of, arrival.of)
        for (there, other_name), other in entering.items()
    ):
        return True
    function = project.function_of(arrival.registration.path, arrival.registration.call)
    return arrival.registration.is_store and any(
        other_name == name
        and not other.registration.is_store
        and span.path == other.registration.path
        and function == project.function_of(other.registration.path, other.registration.call)
        for (_, other_name), other in entering.items()
    )


def _suggestion(project: Project, span: Span, arrival: Arrival) -> partial[Fix | None] | None:
    """Remove the registration, where the schema is written in its call; else the element of the list of tools."""
    registration = arrival.registration
    if arrival.value.declared:
        return None
    if span == project.span(registration.path, registration.value):
        return partial(_remove, project.span(registration.path, registration.call))
    if arrival.origin is not None and project.is_element(arrival.origin):
        return partial(_remove_element, arrival.origin)
    return None


def _remove_element(element: Span, workshop: Workshop) -> Fix | None:
    tree = workshop.open(element.path)
    tree.remove_element(element)
    return tree.fix("unsafe", "Take it out of the tools")


def _remove(call: Span, workshop: Workshop) -> Fix | None:
    tree = workshop.open(call.path)
    if not tree.is_statement(call):
        return None
    tree.remove_statement(call)
    return tree.fix("unsafe", "Remove the registration")
