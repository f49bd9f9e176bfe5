"""REG101 direct-registry-construction: a registry is built past the factories that the project has for it.

Why is this bad?
    A factory is where a registry gets its scope, its defaults and its clean-up. An instance that is built
    beside it has none of them: what is registered there is not found elsewhere, and what one request
    registers may meet what another one did.

What to do instead
    Call the factory or the accessor. Where a place is a factory itself, make it a public function that returns the
    registry and is called so (`get_…`, `create_…`), or name it in the configuration:

        [[tool.registry-lint.registries]]
        class = "app.registry.ToolRegistry"
        factories = ["app.wiring.tools_for"]

When not to use it
    Where registries are plain values that anybody may build, delete the factory instead of obeying it. A test may build
    as many as it likes, and so may a script that checks: a function called `test_…`, `validate_…`, `verify_…` or
    `check_…` in a module that is run by itself and that nobody imports.

What it cannot see
    Classes that are looked up by a computed name. A class without any factory is nobody's mistake to build
    (see REG108), and the module that defines a registry may build it as it likes. A constructor that hands out one
    object for all is an accessor itself. Where nothing but the one object of a module can be had, an object that makes
    a registry of its own (`self._tools = ToolRegistry()`) is meant to. The default of a field
    (`default_factory=ToolRegistry`) is meant to be empty where the factories fill what they make.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from registry_lint import LIKELY, Finding, Found, Invalid, Rule, Step, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import Construction, Fix, FunctionRef, Project, Span, Workshop


class DirectRegistryConstruction(Rule):
    """Reports constructions outside the factories."""

    code = "REG101"
    severity = "error"

    VALID = (
        # What an example of a library has for itself is no factory for the library, nor for other examples.
        Valid("""
--- src/toolkit/__init__.py
--- src/toolkit/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

--- src/toolkit/agent.py
from toolkit.registry import ToolRegistry

class Agent:
    def __init__(self):
        self.tools = ToolRegistry()

--- cookbook/weather.py
from toolkit.registry import ToolRegistry

def create_tools():
    return ToolRegistry()

tools = create_tools()

--- cookbook/travel.py
from toolkit.registry import ToolRegistry

tools = ToolRegistry()
"""),
        # What a factory has from another function, beside other things, and what its own object builds.
        Valid("""
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def get_tool_registry(secure=False):
    if secure:
        from app.security import create_secure_registry

        registry, manager = create_secure_registry()
        return registry
    return ToolRegistry()

--- app/security.py
from app.registry import ToolRegistry

def create_secure_registry():
    registry = ToolRegistry()
    return registry, object()
"""),
        Valid("""
--- app/registry.py
class SessionRegistry:
    def register(self, name, session):
        self._sessions[name] = session

--- app/factory.py
from app.registry import SessionRegistry

class AgentFactory:
    def __init__(self, store):
        self._store = store
        self._registries = {}

    def get_registry(self, parent):
        if parent not in self._registries:
            self._registries[parent] = SessionRegistry()
        return self._registries[parent]

    def restore(self, parent):
        registry = SessionRegistry()
        for session in self._store.load(parent):
            registry.register(session, session)
        self._registries[parent] = registry
"""),
        # The module's one is for all; an adapter has its own, and an example shows how.
        Valid("""
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

_registry = ToolRegistry()

def get_tool_registry():
    return _registry

--- app/adapter.py
from app.registry import ToolRegistry

class Adapter:
    def __init__(self):
        self._tools = ToolRegistry()

--- examples/own_registry.py
from app.registry import ToolRegistry

registry = ToolRegistry()
"""),
        Valid("""
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def get_tool_registry():
    return ToolRegistry()

--- app/main.py
from app.registry import get_tool_registry

registry = get_tool_registry()
"""),
        Valid("""
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

--- app/main.py
from app.registry import ToolRegistry

registry = ToolRegistry()  # there is no factory that it could have called
"""),
        # What is built at start-up becomes the one that the accessor hands out; a part of what a builder builds.
        Valid("""
--- app/registry.py
import threading

class ToolRegistry:
    def __init__(self, store=None):
        self._store = store

    def register(self, name, tool):
        self._tools[name] = tool

class AgentRegistry:
    _instance = None

    @classmethod
    def get_instance(cls):
        return cls._instance or cls()

    @classmethod
    def set_instance(cls, instance):
        cls._instance = instance

    def register(self, name, agent):
        self._agents[name] = agent

class NodeRegistry:
    def register(self, name, node):
        self._nodes[name] = node

_registry = None
_lock = threading.Lock()

def get_tool_registry():
    global _registry
    with _lock:
        if _registry is None:
            _registry = ToolRegistry()
        return _registry

def set_tool_registry(registry: ToolRegistry) -> None:
    global _registry
    with _lock:
        _registry = registry

--- app/builder.py
from app.registry import NodeRegistry

class AgentBuilder:
    def get_registry(self):
        registry = NodeRegistry()
        registry.register("agent", object)
        return registry

class Graph:
    def __init__(self, registry=None):
        self.registry = registry or NodeRegistry()

--- app/main.py
from app.registry import AgentRegistry, ToolRegistry, set_tool_registry

def start(store, tools):
    try:
        registry = ToolRegistry(store)
        for tool in tools:
            registry.register(tool.name, tool)
        set_tool_registry(registry)
    except ValueError:
        raise
    AgentRegistry.set_instance(instance=AgentRegistry())
"""),
        # A message that is given no tools has none, and the factory is for those who want the usual ones.
        Valid("""
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

--- app/tools.py
from app.registry import ToolRegistry

def create_tool_registry(root):
    registry = ToolRegistry()
    registry.register("read", root.read)
    return registry

--- app/messages.py
from dataclasses import dataclass, field
from app.registry import ToolRegistry

@dataclass
class Request:
    tools: ToolRegistry = field(default_factory=ToolRegistry)
"""),
        # What derives from a registry of its subclasses is an entry.
        Valid("""
--- app/objects.py
class ObjectRegistry:
    _known = {}

    def __init_subclass__(cls):
        cls.register(cls.__name__, cls)

    @classmethod
    def register(cls, name, kind):
        cls._known[name] = kind

class Action(ObjectRegistry):
    pass

def make_action():
    return Action()

--- app/main.py
from app.objects import Action

action = Action()
"""),
        # A script that checks does what a test does.
        Valid("""
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def get_tool_registry():
    return ToolRegistry()

--- scripts/prove_registry.py
from app.registry import ToolRegistry

class Proof:
    def validate_registering(self):
        registry = ToolRegistry()
        registry.register("print", print)
        return registry

def test_that_it_is_built():
    return ToolRegistry() is not None

if __name__ == "__main__":
    Proof().validate_registering()
    test_that_it_is_built()
"""),
        Valid("""
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

--- app/wiring.py
import threading
from app.registry import ToolRegistry

_lock = threading.Lock()
_registry = None

def _default_registry():
    registry = ToolRegistry()  # a part of the factory below
    registry.register("print", print)
    return registry

def get_registry():
    global _registry
    with _lock:
        if _registry is None:
            _registry = _default_registry()
        return _registry

def new_registry():
    return ToolRegistry()
"""),
    )
    INVALID = (
        # What a coroutine makes is awaited, and only where that can be done.
        Invalid(
            """
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

async def get_tool_registry():
    registry = ToolRegistry()
    return registry

--- app/main.py
from app.registry import ToolRegistry

async def start():
    return ToolRegistry()
           ^^^^^^^^^^^^^^ REG101 ToolRegistry is built directly; get_tool_registry() is its factory

async def names():
    return list(ToolRegistry()._tools)
                ^^^^^^^^^^^^^^ REG101 ToolRegistry is built directly; get_tool_registry() is its factory

def run():
    return ToolRegistry()
           ^^^^^^^^^^^^^^ REG101 ToolRegistry is built directly; get_tool_registry() is its factory
""",
            fixed="""
--- app/main.py
from app.registry import ToolRegistry, get_tool_registry

async def start():
    return await get_tool_registry()

async def names():
    return list((await get_tool_registry())._tools)

def run():
    return ToolRegistry()
""",
        ),
        # What is imported begins like what the file imports.
        Invalid(
            """
--- backend/app/__init__.py

--- backend/app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

--- backend/app/providers.py
from app.registry import ToolRegistry

def get_tool_registry():
    return ToolRegistry()

--- backend/app/runner.py
from app.registry import ToolRegistry

class Runner:
    def __init__(self, tools=None):
        self.tools = tools or ToolRegistry()
                              ^^^^^^^^^^^^^^ REG101 ToolRegistry is built directly; get_tool_registry() is its factory
""",
            fixed="""
--- backend/app/runner.py
from app.providers import get_tool_registry

class Runner:
    def __init__(self, tools=None):
        self.tools = tools or get_tool_registry()
""",
        ),
        # The factories of a base make none of these.
        Invalid("""
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def get_tool_registry():
    return ToolRegistry()

--- app/cached.py
from app.registry import ToolRegistry

class CachedToolRegistry(ToolRegistry):
    def forget(self): ...

--- app/main.py
from app.cached import CachedToolRegistry

registry = CachedToolRegistry()
           ^^^^^^^^^^^^^^^^^^^^ REG101 CachedToolRegistry is built directly; get_tool_registry() is the factory of ToolRegistry
"""),
        # It is kept, and nobody is handed what is kept there.
        Invalid(
            """
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

_registry = None
_spare = None

def get_tool_registry():
    global _registry
    if _registry is None:
        _registry = ToolRegistry()
    return _registry

def set_spare(registry):
    global _spare
    _spare = registry

--- app/main.py
from app.registry import ToolRegistry, set_spare

set_spare(ToolRegistry())
          ^^^^^^^^^^^^^^ REG101 ToolRegistry is built directly; get_tool_registry() is its factory
""",
            fixed="""
--- app/main.py
from app.registry import get_tool_registry, set_spare

set_spare(get_tool_registry())
""",
        ),
        # What puts another one in the place of the one is no factory.
        Invalid(
            """
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

_tools = None

def reset_registry(tools=None):
    global _tools
    _tools = tools or ToolRegistry()
    return _tools

def scoped_registry():
    return ToolRegistry()

--- app/main.py
from app.registry import ToolRegistry

registry = ToolRegistry()
           ^^^^^^^^^^^^^^ REG101 ToolRegistry is built directly; scoped_registry() is its factory
""",
            fixed="""
--- app/main.py
from app.registry import scoped_registry

registry = scoped_registry()
""",
        ),
        # A service that validates is no check of the registry: others import it, or nothing runs it by itself.
        Invalid(
            """
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def get_tool_registry():
    return ToolRegistry()

--- app/validation.py
from app.registry import ToolRegistry

def validate_tool(tool):
    tools = ToolRegistry()
            ^^^^^^^^^^^^^^ REG101 ToolRegistry is built directly; get_tool_registry() is its factory
    tools.register("tool", tool)

if __name__ == "__main__":
    validate_tool(print)

--- app/main.py
from app.validation import validate_tool

validate_tool(len)

--- app/health.py
from app.registry import ToolRegistry

def check_tools():
    return ToolRegistry()._tools
           ^^^^^^^^^^^^^^ REG101 ToolRegistry is built directly; get_tool_registry() is its factory
""",
            fixed="""
--- app/validation.py
from app.registry import get_tool_registry

def validate_tool(tool):
    tools = get_tool_registry()
    tools.register("tool", tool)

if __name__ == "__main__":
    validate_tool(print)

--- app/health.py
from app.registry import get_tool_registry

def check_tools():
    return get_tool_registry()._tools
""",
        ),
        Invalid(
            """
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def get_tool_registry():
    return ToolRegistry()

--- app/dispatch.py
from app.registry import ToolRegistry

class Dispatcher:
    def __init__(self):
        self.registry = ToolRegistry()
                        ^^^^^^^^^^^^^^ REG101 ToolRegistry is built directly; get_tool_registry() is its factory
""",
            fixed="""
--- app/dispatch.py
from app.registry import get_tool_registry

class Dispatcher:
    def __init__(self):
        self.registry = get_tool_registry()
""",
        ),
        Invalid("""
--- app/registry.py
from typing import Generic, TypeVar

T = TypeVar("T")

class Registry(Generic[T]):
    def register(self, key: str, item: T) -> None:
        self._items[key] = item

class AgentRegistry(Registry["Agent"]):
    pass

def registry_for(scope: str) -> AgentRegistry:
    return AgentRegistry()

--- app/session.py
from dataclasses import dataclass, field
from app import registry as registries
from app.registry import AgentRegistry as Agents

@dataclass
class Session:
    agents: Agents = field(default_factory=Agents)
                                           ^^^^^^ REG101 AgentRegistry is built directly; registry_for() is its factory

def start(agents=None):
    return agents or registries.AgentRegistry()
                     ^^^^^^^^^^^^^^^^^^^^^^^^^^ REG101 AgentRegistry is built directly; registry_for() is its factory
"""),
        # It is made elsewhere: by what it is handed to, later, or past its own constructor.
        Invalid("""
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def get_tool_registry():
    return ToolRegistry()

--- app/lazy.py
def once(factory):
    def made():
        return factory()
               ^^^^^^^^^ REG101 ToolRegistry is built directly; get_tool_registry() is its factory
    return made

--- app/session.py
import asyncio
from dataclasses import dataclass, field
from functools import partial
from app.lazy import once
from app.registry import ToolRegistry

tools = once(ToolRegistry)

@dataclass
class Session:
    tools: ToolRegistry = field(default_factory=partial(ToolRegistry))
                                                        ^^^^^^^^^^^^ REG101 ToolRegistry is built directly; get_tool_registry() is its factory

class Dispatcher:
    def __init__(self, kind=ToolRegistry):
        self.kind = kind

    async def start(self):
        self.tools = self.kind()
                     ^^^^^^^^^^^ REG101 ToolRegistry is built directly; get_tool_registry() is its factory
        self.others = await asyncio.to_thread(ToolRegistry)
                                              ^^^^^^^^^^^^ REG101 ToolRegistry is built directly; get_tool_registry() is its factory
        self.empty = object.__new__(ToolRegistry)
                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG101 ToolRegistry is built directly; get_tool_registry() is its factory
        self.again = self.tools.__class__()
                     ^^^^^^^^^^^^^^^^^^^^^^ REG101 ToolRegistry is built directly; get_tool_registry() is its factory
"""),
        Invalid(
            """
--- app/registry.py
class ToolRegistry:
    def __init__(self, scope_id=None):
        self._tools = {}

    def register(self, name, tool):
        self._tools[name] = tool

--- app/scoped.py
from app.registry import ToolRegistry

def registry_for(scope_id):
    return ToolRegistry(scope_id)

--- app/session.py
from app.registry import ToolRegistry

def open_session(user_id):
    return {"tools": ToolRegistry()}
                     ^^^^^^^^^^^^^^ REG101 ToolRegistry is built directly; write app.scoped.registry_for({scope})
""",
            fixed="""
--- app/session.py
from app.scoped import registry_for

def open_session(user_id):
    return {"tools": registry_for(user_id)}
""",
            configuration="""
[[registries]]
class = "app.registry.ToolRegistry"
factories = ["app.scoped.registry_for"]
replacement = "app.scoped.registry_for({scope})"
""",
        ),
        Invalid(
            """
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

--- app/wiring.py
import functools
from app.registry import ToolRegistry

def _filled_registry():
    registry = ToolRegistry()
    registry.register("print", print)
    return registry

@functools.cache
def get_registry():
    return _filled_registry()

--- app/main.py
from app.registry import ToolRegistry

def main():
    return ToolRegistry().run("print")
           ^^^^^^^^^^^^^^ REG101 ToolRegistry is built directly; get_registry() is its factory
""",
            fixed="""
--- app/main.py
from app.wiring import get_registry

def main():
    return get_registry().run("print")
""",
        ),
        Invalid("""
--- app/simple.py
class AgentRegistry:
    def register(self, name, agent):
        self._agents[name] = agent

def get_agent_registry():
    return AgentRegistry()

--- app/full.py
class AgentRegistry:
    def register(self, name, agent):
        self._agents[name] = agent

def get_agent_registry():
    return AgentRegistry()

--- app/registry.py
try:
    from app.full import AgentRegistry
except ImportError:
    from app.simple import AgentRegistry

--- app/main.py
from app.registry import AgentRegistry

def main():
    return AgentRegistry().run()
           ^^^^^^^^^^^^^^^ REG101 AgentRegistry is built directly; get_agent_registry() is its factory
"""),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield every construction that is neither at home nor in a factory; one where a name may be two classes."""
        found: dict[Span, Found] = {}
        for one in self._all(project):
            known = found.get(one.finding.span)
            found[one.finding.span] = one if known is None else Found(known.finding)  # whose factory is for a person
        yield from found.values()

    def _all(self, project: Project) -> Iterator[Found]:
        for ref, registry in project.registries.all.items():
            if not registry.named or project.settings.is_test(ref.path):
                continue
            factories = project.constructions.factories(ref)
            if not factories and not (registry.contract and registry.contract.replacement):
                continue
            if registry.contract is None and project.trackers.hands_out_one(ref):
                continue  # its constructor is the accessor
            for site in project.constructions.of(ref):
                if project.constructions.is_allowed(site, factories):
                    continue
                if registry.contract is None and project.constructions.is_beside_the_one(site, factories):
                    continue
                if registry.contract is None and project.constructions.is_installed(site, factories):
                    continue
                if registry.contract is None and project.constructions.is_empty_default(site, factories):
                    continue
                if project.checks.is_check(site.path, site.expr):
                    continue
                in_reach = project.programs.in_reach(factories, ref.path, site.path)
                if registry.contract is not None or in_reach:
                    yield self._found(project, site, factories if registry.contract is not None else in_reach)

    def _found(self, project: Project, site: Construction, factories: tuple[FunctionRef, ...]) -> Found:
        span = project.span(site.path, site.expr)
        name = project.classes.name(site.of)
        contract = project.registries.contract_of(site.of)
        calls = list(dict.fromkeys(project.called(factory) for factory in factories))
        of_base = project.constructions.base_of_factories(site.of, factories)
        whose = f" of {project.classes.name(of_base)}" if of_base is not None else ""
        its = "the" if whose else "its"
        if contract is not None and contract.replacement:
            instead = f"write {contract.replacement}"
        elif len(calls) == 1:
            instead = f"{calls[0]} is {its} factory{whose}"
        else:
            instead = f"{', '.join(calls[:-1])} and {calls[-1]} are {its} factories{whose}"
        related = tuple(
            Step(project.place(factory.path, project.function(factory).position), f"factory {project.called(factory)}")
            for factory in factories
        )
        finding = Finding(
            self.code,
            span,
            f"{name} is built directly; {instead}",
            confidence="likely" if site.level == LIKELY else "certain",
            related=related,
            help=f"give {name} a factory, or let that of {project.classes.name(of_base)} hand it out"
            if of_base is not None and not (contract and contract.replacement)
            else _help(project, factories, contract.replacement if contract else ""),
        )
        return Found(finding, _suggestion(project, site, span, factories))


def _help(project: Project, factories: tuple[FunctionRef, ...], replacement: str) -> str:
    if replacement:
        return f"write `{replacement}`"
    if not factories:
        return "build it in its factory"
    return f"call `{project.signature(factories[0])}` from {project.names.module_of(factories[0].path)}"


def _suggestion(
    project: Project, site: Construction, span: Span, factories: tuple[FunctionRef, ...]
) -> partial[Fix | None] | None:
    """The call of the only factory, where it builds this very class; with arguments to fill in, for display."""
    contract = project.registries.contract_of(site.of)
    if site.how == "call" and contract is not None and contract.replacement:
        return _replacement(project, site, span, contract.replacement, contract.scope, factories)
    if site.how != "call" or not factories:
        return None
    fitting = [factory for factory in factories if project.constructions.builds_only(factory, site.of)]
    if len(fitting) != 1:
        return None
    function = project.function(fitting[0])
    owner = project.classes.owner(fitting[0])
    if owner is not None:
        return None
    needed = [parameter.name for parameter in project.required_parameters(fitting[0])]
    arguments = ", ".join(f"{name}=..." for name in needed)
    if not needed and project.call_at(site.path, site.expr).arguments:
        return None  # what is passed to the constructor has no place in the factory's call
    pattern = project.written_call(fitting[0], site.path, site.expr)
    if pattern is None:
        return None
    module = project.names.module_of(fitting[0].path)
    return partial(_call_factory, span, module, function.name, pattern, arguments)


def _replacement(
    project: Project,
    site: Construction,
    span: Span,
    template: str,
    scope: str,
    factories: tuple[FunctionRef, ...],
) -> partial[Fix | None]:
    """The contract's own code; `{scope}` is filled by a parameter at hand, else it is for a person to fill."""
    called, bracket, arguments = template.partition("(")
    module, _, name = called.rpartition(".")
    if not module:
        homes = [factory.path for factory in factories if project.function(factory).name == name]
        module = project.names.module_of(homes[0]) if homes else ""
    function = project.function_of(site.path, site.expr)
    at_hand = [parameter.name for parameter in project.function(function).parameters] if function else []
    wanted = [each for each in (scope, *project.contracts.contexts.names) if each in at_hand]
    filled = f"{bracket}{arguments}".replace("{scope}", wanted[0] if wanted else "...")
    needs_a_person = "{scope}" in template and not wanted
    return partial(_write_replacement, span, module, name, filled, "display" if needs_a_person else "unsafe")


def _write_replacement(
    span: Span, module: str, name: str, rest: str, applicability: Literal["unsafe", "display"], workshop: Workshop
) -> Fix | None:
    tree = workshop.open(span.path)
    local = tree.import_name(module, name, at=span) if module else name
    tree.replace(span, f"{local}{rest or '()'}")
    return tree.fix(applicability if module else "display", f"Call {name}")


def _call_factory(span: Span, module: str, name: str, pattern: str, arguments: str, workshop: Workshop) -> Fix | None:
    tree = workshop.open(span.path)
    local = tree.import_name(module, name, at=span)
    tree.replace(span, pattern.format(f"{local}({arguments})"))
    return tree.fix("display" if arguments else "unsafe", f"Call the factory {name}")
