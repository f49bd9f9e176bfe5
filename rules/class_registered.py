"""REG202 class-registered: a class object reaches a registry that wants instances.

Why is this bad?
    A class has none of the attributes that its instances have, so a registry that asks it for a `name` falls
    back to something else: to the name of its *metaclass*, in the outage that this linter exists for. The second
    class then takes the same key. Even where the key is right, whoever fetches the entry calls methods on a class.

What to do instead
    Register instances: `Tool()` instead of `Tool`, `[tool() for tool in tools]` where a list of classes is passed
    on. The finding stands where the class enters (the argument where an instance belongs), and its trace shows the
    whole way from the place where the class was taken.

When not to use it
    Where a registry is meant to hold classes. It says so by an annotation (`Type[Tool]`), by its name, by calling
    what it holds, or in the configuration:

        [[tool.registry-lint.registries]]
        class = "app.registry.PluginRegistry"
        holds = "classes"

What it cannot see
    Registries that say nothing of what they want. That instances are wanted is read from the annotation of a
    parameter on the way or of the table, from the element type of a generic base or of the object (`Registry[Tool]()`),
    from what the registry calls or reads of what it holds, or from what it is given elsewhere (then a key such as
    `"client_factory"` says that a class is meant). A class that nothing but an annotation (`type[Tool]`) or an
    `issubclass` tells is reported as likely.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from registry_lint import LIKELY, ClassValue, Finding, Found, Invalid, Rule, Span, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import Arrival, Fix, Project, TableArrival, Workshop


class ClassRegistered(Rule):
    """Reports classes where instances belong, one finding a place."""

    code = "REG202"
    severity = "error"

    VALID = (
        # A table of tables is updated, and not what is put there.
        Valid("""
--- app/store.py
class PlotStore:
    plots = {}

    @classmethod
    def register(cls, plots, backend):
        if backend not in cls.plots:
            cls.plots[backend] = {}
        cls.plots[backend].update(plots)

--- app/plots.py
from app.store import PlotStore

class Curve:
    def update(self, key): ...

class Area:
    def update(self, key): ...

PlotStore.register({"curve": Curve, "area": Area}, "svg")
"""),
        # A base that keeps its subclasses, as if they were instances of it.
        Valid("""
--- app/interface.py
from __future__ import annotations
from typing import ClassVar

class Interface:
    known: ClassVar[dict[str, Interface]] = {}
    kind = ""

    @classmethod
    def register(cls, interface):
        cls.known[interface.kind] = interface

--- app/kinds.py
from app.interface import Interface

class Table(Interface):
    kind = "table"

class Grid(Interface):
    kind = "grid"

Interface.register(Table)
Interface.register(Grid)
"""),
        Valid("""
--- app/registry.py
class Tool:
    name = "tool"

class ToolRegistry:
    def register(self, key: str, tool: Tool) -> None:
        self._tools[key] = tool

registry = ToolRegistry()
registry.register("search", Tool())

--- scripts/check_registry.py
from app.registry import Tool, registry

def check_that_classes_are_refused():
    try:
        registry.register("wrong", Tool)
    except TypeError:
        return True

if __name__ == "__main__":
    check_that_classes_are_refused()
"""),
        # A container that makes what it was given, and one that holds whatever it is given.
        Valid("""
--- app/container.py
from typing import Any, TypeVar

T = TypeVar("T")

class Vault:
    def open(self): ...

class ServiceRegistry:
    def __init__(self):
        self._made: dict[type[Any], Any] = {}

    def register(self, interface: type[T], implementation: T) -> None:
        self._made[interface] = implementation

    def resolve(self, interface: type[T]) -> T:
        return self._made[interface]()

class AnyRegistry:
    def __init__(self):
        self._held: dict[type[Any], Any] = {}

    def register(self, interface: type, held: Any) -> None:
        self._held[interface] = held

ServiceRegistry().register(Vault, Vault)
AnyRegistry().register(Vault, Vault)
"""),
        Valid("""
--- app/registry.py
class Tool:
    name = "tool"

class ToolClassRegistry:
    def register(self, key: str, tool_class: type[Tool]) -> None:
        self._classes[key] = tool_class

registry = ToolClassRegistry()
registry.register("search", Tool)
"""),
        Valid("""
--- app/registry.py
class Search: ...
class Report: ...
class Archive: ...
class Client: ...

# the last two keys say that a class is meant
SERVICE_REGISTRY = {"search": Search(), "report": Report(), "archive": Archive(), "client_factory": Client}
SERVICE_REGISTRY["client_type"] = Client

class ServiceRegistry:
    def register(self, key, service):
        self._services[key] = service

services = ServiceRegistry()
services.register("search", Search())
services.register("report", Report())
services.register("client_factory", Client)
"""),
    )
    INVALID = (
        # What holds prompts, resources or skills need not be called a registry.
        Invalid(
            """
--- app/prompts.py
class Prompt:
    name = "prompt"

class PromptKeeper:
    def __init__(self):
        self._prompts: dict[str, Prompt] = {}

    def add_prompt(self, prompt: Prompt) -> None:
        if prompt.name not in self._prompts:
            self._prompts[prompt.name] = prompt

def fill(keeper: PromptKeeper):
    keeper.add_prompt(Prompt)
                      ^^^^^^ REG202 the class Prompt is registered in PromptKeeper, where an instance of Prompt is declared
""",
            fixed="""
--- app/prompts.py
class Prompt:
    name = "prompt"

class PromptKeeper:
    def __init__(self):
        self._prompts: dict[str, Prompt] = {}

    def add_prompt(self, prompt: Prompt) -> None:
        if prompt.name not in self._prompts:
            self._prompts[prompt.name] = prompt

def fill(keeper: PromptKeeper):
    keeper.add_prompt(Prompt())
""",
        ),
        # What is found at run time: which class it is, nothing says.
        Invalid(
            """
--- app/registry.py
import importlib

class Tool:
    name = "tool"

class ToolRegistry:
    def register(self, tool: Tool) -> None:
        self._tools[tool.name] = tool

def load(registry: ToolRegistry, name):
    module = importlib.import_module(name)
    for each in dir(module):
        found = getattr(module, each)
        if isinstance(found, type) and issubclass(found, Tool) and found is not Tool:
            registry.register(found)
                              ^^^^^ REG202 a subclass of Tool is registered in ToolRegistry, where an instance of Tool is declared
""",
            fixed="""
--- app/registry.py
import importlib

class Tool:
    name = "tool"

class ToolRegistry:
    def register(self, tool: Tool) -> None:
        self._tools[tool.name] = tool

def load(registry: ToolRegistry, name):
    module = importlib.import_module(name)
    for each in dir(module):
        found = getattr(module, each)
        if isinstance(found, type) and issubclass(found, Tool) and found is not Tool:
            registry.register(found())
""",
        ),
        # A table of a module that says nothing itself: the function that fills it does.
        Invalid(
            """
--- app/filters.py
class Plugin:
    name = "plugin"

FILTER_REGISTRY = {}
KIND_REGISTRY = {}

def register_filter(plugin: Plugin):
    FILTER_REGISTRY[plugin.name] = plugin

def register_kind(plugin: type[Plugin]):
    KIND_REGISTRY[plugin.name] = plugin

--- app/spam.py
from app.filters import Plugin, register_filter, register_kind

class Spam(Plugin):
    name = "spam"

register_kind(Spam)
register_filter(Spam)
                ^^^^ REG202 the class Spam is registered in FILTER_REGISTRY, where an instance of Plugin is declared
""",
            fixed="""
--- app/spam.py
from app.filters import Plugin, register_filter, register_kind

class Spam(Plugin):
    name = "spam"

register_kind(Spam)
register_filter(Spam())
""",
        ),
        # A container's keys are classes, what it holds are none.
        Invalid(
            """
--- app/container.py
from typing import Any, TypeVar

T = TypeVar("T")

class Vault:
    def open(self): ...

class ServiceRegistry:
    def __init__(self):
        self._services: dict[type[Any], Any] = {}

    def register(self, interface: type[T], implementation: T) -> None:
        self._services[interface] = implementation

class OpenRegistry:
    def __init__(self):
        self._services: dict[type[Any], Any] = {}

    def register(self, interface, implementation):
        self._services[interface] = implementation

services = ServiceRegistry()
services.register(Vault, Vault())
loose = OpenRegistry()
loose.register(Vault, Vault())
loose.register(str, Vault())

--- app/worker.py
from app.container import Vault, loose, services

for interface, implementation in {Vault: Vault}.items():
    services.register(interface, implementation)
                                 ^^^^^^^^^^^^^^ REG202 the class Vault is registered in ServiceRegistry, where an instance of what interface names is declared
loose.register(Vault, Vault)
                      ^^^^^ REG202 the class Vault is registered in OpenRegistry, where it is given instances in 2 other places
""",
            fixed="""
--- app/worker.py
from app.container import Vault, loose, services

for interface, implementation in {Vault: Vault}.items():
    services.register(interface, implementation())
loose.register(Vault, Vault())
""",
        ),
        # Joined to what is there: to a module's dict, and to a registry that is a dict itself.
        Invalid(
            """
--- app/registry.py
class Tool:
    name = "tool"

TOOL_REGISTRY: dict[str, Tool] = {}
TOOL_REGISTRY |= {"tool": Tool}
                          ^^^^ REG202 the class Tool is registered in TOOL_REGISTRY, where an instance of Tool is declared

class ToolRegistry(dict[str, Tool]):
    pass

def fill(name):
    global TOOL_REGISTRY
    TOOL_REGISTRY |= {name: Tool}
                            ^^^^ REG202 the class Tool is registered in TOOL_REGISTRY, where an instance of Tool is declared
    registry = ToolRegistry()
    registry |= {name: Tool}
                       ^^^^ REG202 the class Tool is registered in ToolRegistry, where an instance of Tool is declared
    mine = {}
    mine |= {name: Tool}
""",
            fixed="""
--- app/registry.py
class Tool:
    name = "tool"

TOOL_REGISTRY: dict[str, Tool] = {}
TOOL_REGISTRY |= {"tool": Tool()}

class ToolRegistry(dict[str, Tool]):
    pass

def fill(name):
    global TOOL_REGISTRY
    TOOL_REGISTRY |= {name: Tool()}
    registry = ToolRegistry()
    registry |= {name: Tool()}
    mine = {}
    mine |= {name: Tool}
""",
        ),
        Invalid(
            """
--- app/registry.py
class Tool:
    name = "tool"

class ToolRegistry:
    def register(self, key: str, tool: Tool) -> None:
        self._tools[key] = tool

registry = ToolRegistry()
registry.register("search", Tool)
                            ^^^^ REG202 the class Tool is registered in ToolRegistry, where an instance of Tool is declared
""",
            fixed="""
--- app/registry.py
class Tool:
    name = "tool"

class ToolRegistry:
    def register(self, key: str, tool: Tool) -> None:
        self._tools[key] = tool

registry = ToolRegistry()
registry.register("search", Tool())
""",
        ),
        Invalid(
            """
--- app/handlers.py
class Handler:
    pass

class Opened(Handler):
    pass

HANDLERS: dict[str, Handler] = {}

def register_handler(name, handler):
    HANDLERS[name] = handler

register_handler("opened", Opened)
                           ^^^^^^ REG202 the class Opened is registered in HANDLERS, where an instance of Handler is declared
""",
            fixed="""
--- app/handlers.py
class Handler:
    pass

class Opened(Handler):
    pass

HANDLERS: dict[str, Handler] = {}

def register_handler(name, handler):
    HANDLERS[name] = handler

register_handler("opened", Opened())
""",
        ),
        Invalid(
            """
--- app/tools.py
class Tool:
    pass

class Search(Tool):
    name = "search"

class Report(Tool):
    name = "report"

--- app/dispatch.py
from app.tools import Tool

class ToolRegistry:
    def register(self, key, item):
        self._items[key] = item

class Dispatcher:
    def __init__(self, tools: list[Tool]):
        self.registry = ToolRegistry()
        for tool in tools:
            self.registry.register(tool.name, tool)

--- app/main.py
from app.dispatch import Dispatcher
from app.tools import Report, Search

TOOLS = [Search, Report]

def main():
    return Dispatcher(tools=TOOLS)
                            ^^^^^ REG202 the classes Report and Search are registered in ToolRegistry, where an instance of Tool is declared
""",
            fixed="""
--- app/main.py
from app.dispatch import Dispatcher
from app.tools import Report, Search

TOOLS = [Search, Report]

def main():
    return Dispatcher(tools=[tool() for tool in TOOLS])
""",
        ),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield, for every place where classes enter, one finding with all of them."""
        entering: dict[Span, list[Arrival | TableArrival]] = {}
        called: dict[Span, str] = {}  # the registry, or the dict, that the first of them enters
        for arrival in project.arrivals.values:
            if not isinstance(arrival.value, ClassValue) or not project.arrivals.is_evidence(arrival):
                continue
            if arrival.want.what != "instances" or project.kinds.is_schema(arrival.of):
                continue  # a schema is no tool as an instance either: REG201 says so
            entering.setdefault(arrival.entry, []).append(arrival)
            called.setdefault(arrival.entry, project.classes.name(arrival.registration.registry))
        for put in project.module_tables.arrivals:
            if (
                isinstance(put.value, ClassValue)
                and put.want.what == "instances"
                and not project.kinds.is_schema(put.of)
            ):
                entering.setdefault(put.entry, []).append(put)
                called.setdefault(put.entry, put.called)
        for span, arrivals in entering.items():
            yield self._found(project, span, arrivals, called[span])

    def _found(self, project: Project, span: Span, arrivals: list[Arrival | TableArrival], registry: str) -> Found:
        first = arrivals[0]
        names = sorted({project.classes.name(arrival.of) for arrival in arrivals})
        alone = len(names) == 1
        told = alone and all(arrival.value.declared for arrival in arrivals)  # which one it is, nothing says
        finding = Finding(
            self.code,
            span,
            f"{f'a subclass of {names[0]} is' if told else _listed(names)} registered in {registry}, "
            f"where {first.want.reason}",
            confidence="likely" if all(_is_likely(arrival) for arrival in arrivals) else "certain",
            trace=first.steps,
            help=f"register an instance: {names[0]}()" if alone and not told else "register instances",
        )
        return Found(finding, _suggestion(project, span, arrivals))


def _is_likely(arrival: Arrival | TableArrival) -> bool:
    return arrival.level == LIKELY or arrival.value.declared


def _listed(names: list[str]) -> str:
    if len(names) == 1:
        return f"the class {names[0]} is"
    shown = names if len(names) <= 4 else [*names[:3], f"{len(names) - 3} more"]
    return f"the classes {', '.join(shown[:-1])} and {shown[-1]} are"


def _suggestion(project: Project, span: Span, arrivals: list[Arrival | TableArrival]) -> partial[Fix | None] | None:
    """Instances instead of classes: a call, or a comprehension over a collection of classes. None for what holds the
    class in some other way (`@registry.register`, pairs, a dictionary)."""
    free = all(project.kinds.can_be_built_without_arguments(arrival.of) for arrival in arrivals)
    applicability = "unsafe" if free else "display"
    if any(project.holds_collection(span, arrival.value) for arrival in arrivals):
        return partial(_instantiate_each, span, applicability)
    if any(project.holds(span, arrival.value) for arrival in arrivals):
        return partial(_instantiate, span, applicability)
    return None


def _instantiate(span: Span, applicability: str, workshop: Workshop) -> Fix | None:
    tree = workshop.open(span.path)
    tree.replace(span, f"{tree.text(span)}()")
    return tree.fix("unsafe" if applicability == "unsafe" else "display", "Register an instance")


def _instantiate_each(span: Span, applicability: str, workshop: Workshop) -> Fix | None:
    tree = workshop.open(span.path)
    tree.wrap_in_comprehension(span, "tool()", "tool")
    return tree.fix("unsafe" if applicability == "unsafe" else "display", "Register an instance of each")
