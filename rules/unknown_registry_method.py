"""REG206 unknown-registry-method: a registry is asked for a method or attribute that it does not have.

Why is this bad?
    The call ends in an AttributeError when it is reached, and it is often reached late: the registry was exchanged for
    another class with other method names, and nothing ran the path since. Where the caller catches everything, the
    error is read as "no such tool".

What to do instead
    Call what the class has; where there is a name like it, the finding says which (`get` for `get_tool`). Or add the
    method to the class.

When not to use it
    Registries that answer for any name in a way that the code does not show (an extension module, a patched class).

What it cannot see
    Receivers whose class is not found. The rule is silent where a class has `__getattr__`, a metaclass or a base
    outside of the project, where it sets attributes by computed names, where any code sets the attribute from outside
    or a subclass has it, and where the code asks first (`hasattr`, `except AttributeError`).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from registry_lint import LIKELY, Finding, Found, Invalid, Rule, Step, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import Absence, Fix, Project, Span, Workshop


class UnknownRegistryMethod(Rule):
    """Reports what registries are asked for in vain."""

    code = "REG206"
    severity = "error"

    VALID = (
        Valid("""
--- app/registry.py
class Base:
    def __init__(self):
        self._items = {}
        self.created = 0

    def register(self, name, item):
        self._items[name] = item

class ToolRegistry(Base):
    kind = "tools"

    @property
    def size(self):
        return len(self._items)

class AgentRegistry(ToolRegistry):
    def spawn(self):
        return None

registry = ToolRegistry()
registry.owner = "main"

def use(tools: ToolRegistry):
    registry.register("size", tools.size)
    tools.spawn()  # what is declared as the base may be an AgentRegistry
    return registry.kind, registry.created, registry.owner
"""),
        Valid("""
--- app/registry.py
class LazyRegistry:
    def register(self, name, item):
        self._items[name] = item

    def __getattr__(self, name):
        return self._items[name]

class PluginRegistry:
    def __init__(self, **options):
        for name, value in options.items():
            setattr(self, name, value)

    def register(self, name, item):
        self._items[name] = item

LazyRegistry().search
PluginRegistry(strict=True).strict
"""),
        Valid("""
--- app/registry.py
from vendor.registries import BaseRegistry

class ToolRegistry(BaseRegistry):
    def register(self, name, tool):
        self._tools[name] = tool

ToolRegistry().get_tool("search")  # the base may have it
"""),
        Valid("""
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def names(registry: ToolRegistry):
    if hasattr(registry, "list_tools"):
        return registry.list_tools()
    try:
        return registry.names
    except AttributeError:
        return registry.keys() if hasattr(registry, "keys") else []
"""),
    )
    INVALID = (
        Invalid(
            """
--- app/registry.py
class Registry:
    def __init__(self):
        self._items = {}

    def register(self, name, item):
        self._items[name] = item

    def get(self, name):
        return self._items.get(name)

class ToolRegistry(Registry):
    pass

--- app/dispatch.py
from app.registry import ToolRegistry

class Dispatcher:
    def __init__(self):
        self.registry = ToolRegistry()

    def run(self, name):
        return self.registry.get_tool(name)
               ^^^^^^^^^^^^^^^^^^^^^^ REG206 ToolRegistry has no method get_tool; it has get
""",
            fixed="""
--- app/dispatch.py
from app.registry import ToolRegistry

class Dispatcher:
    def __init__(self):
        self.registry = ToolRegistry()

    def run(self, name):
        return self.registry.get(name)
""",
        ),
        # What stands in for a module that cannot be imported has more than the real one.
        Invalid("""
--- app/recovery.py
class RecoveryRegistry:
    def __init__(self):
        self._strategies = {}

    def register(self, name, strategy):
        self._strategies[name] = strategy

registry = RecoveryRegistry()

def get_recovery_registry():
    return registry

--- app/health.py
try:
    from app.recovery import get_recovery_registry
except ImportError:
    class RecoveryRegistry:
        def get_status(self):
            return "unavailable"

    def get_recovery_registry():
        return RecoveryRegistry()

def health():
    return get_recovery_registry().get_status()
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG206 RecoveryRegistry has no method get_status
"""),
        # Neither the class nor its stand-in has it.
        Invalid("""
--- app/registry.py
class ToolRegistry:
    def __init__(self):
        self._tools = {}

    def register(self, name, tool):
        self._tools[name] = tool

--- app/routes.py
try:
    from app.registry import ToolRegistry
except ImportError:
    class ToolRegistry:
        def register(self, name, tool):
            pass

def spend(amount):
    return ToolRegistry().modify_budget(amount)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG206 ToolRegistry has no method modify_budget (nor has another ToolRegistry)
"""),
        Invalid("""
--- app/registry.py
from typing import Optional

class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

    def dump(self):
        return self.describe()
               ^^^^^^^^^^^^^ REG206 ToolRegistry has no method describe

tools = ToolRegistry()

def get_registry() -> ToolRegistry:
    return tools

def add(registry: Optional[ToolRegistry], tool):
    registry.register_tool(tool)
    ^^^^^^^^^^^^^^^^^^^^^^ REG206 ToolRegistry has no method register_tool; it has register
    get_registry().flush_everything()
    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG206 ToolRegistry has no method flush_everything
    return tools.entries
           ^^^^^^^^^^^^^ REG206 ToolRegistry has no attribute entries
"""),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield every read of a name that the receiver's classes lack."""
        for absence in project.absences.all:
            yield self._found(project, absence)

    def _found(self, project: Project, absence: Absence) -> Found:
        of = absence.classes[0]
        nearest = project.members.nearest(of, absence.name, method=absence.called)
        noun = "method" if absence.called else "attribute"
        has = f"; it has {nearest}" if nearest else ""
        record = project.classes.record(of)
        names = dict.fromkeys(map(project.classes.name, absence.classes[1:]))
        others = f" (nor has {', '.join(_another(name, record.name) for name in names)})" if names else ""
        span = project.span(absence.path, absence.expr)
        finding = Finding(
            self.code,
            span,
            f"{record.name} has no {noun} {absence.name}{others}{has}",
            confidence="likely" if absence.level == LIKELY else "certain",
            related=(Step(project.place(of.path, record.position), f"the class {record.name}"),),
            help=f"call {nearest}" if nearest and absence.called else "ask for what the class has",
        )
        if nearest is None or not project.absences.fits(absence, nearest):
            return Found(finding)
        return Found(finding, partial(_rename, span, project.absences.receiver(absence), nearest))


def _another(name: str, first: str) -> str:
    return f"another {name}" if name == first else name


def _rename(span: Span, receiver: Span, nearest: str, workshop: Workshop) -> Fix | None:
    tree = workshop.open(span.path)
    tree.replace(span, f"{tree.text(receiver)}.{nearest}")
    return tree.fix("unsafe", f"Call {nearest}, which the class has")
