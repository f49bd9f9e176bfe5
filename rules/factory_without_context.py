"""REG105 factory-without-context: an accessor for one user's registry takes no context, or is called without one.

Why is this bad?
    An accessor that promises a registry for each user can keep the promise only where it is told which user.
    Without that it hands everybody the same, or a new one each time.

What to do instead
    Give the accessor a parameter without a default, and hand the context on at each call. Which accessors are
    per-user is said by a contract with a scope, or by a name such as `get_registry_for_user`:

        [[tool.registry-lint.registries]]
        class = "app.registry.ToolRegistry"
        factories = ["app.registry.get_tools"]
        scope = "user_id"

    One that is told and keeps what it made for the first in a global hands that to everybody.

When not to use it
    Where the context travels in a way that the accessor's code does not show: delete the contract's scope. (A context
    variable that it reads, or a call such as `current_user()`, is seen.)

What it cannot see
    Contexts that are set on the accessor's object beforehand: methods of a factory object that holds its user are left
    alone. A parameter counts as a context by its name, or where it becomes a key, or part of what is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint import LIKELY, Finding, Found, Invalid, Rule, Step, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import ClassRef, FunctionRef, Project, Unscoped

_CONTRACT = """
registries = [{ class = "app.registry.ToolRegistry", factories = ["app.registry.get_tools"], scope = "user_id" }]
"""


class FactoryWithoutContext(Rule):
    """Reports the accessor's name, or the call."""

    code = "REG105"

    VALID = (
        Valid(
            """
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def get_tools(user_id):
    return ToolRegistry()

--- app/main.py
from app.registry import get_tools

def handle(user_id):
    return get_tools(user_id)
""",
            configuration=_CONTRACT,
        ),
        Valid("""
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def get_tools():
    return ToolRegistry()

class UserTools:
    def __init__(self, user):
        self.user = user

    def get_registry_for_user(self):
        return ToolRegistry()
"""),
        Valid("""
--- app/registry.py
import threading
from contextvars import ContextVar

class AgentRegistry:
    def __init__(self, of=None):
        self.of = of

    def register(self, name, agent):
        self._agents[name] = agent

_user = ContextVar("user")
_registries = {}
_latest = None
_lock = threading.Lock()

def get_registry_for_user(who):
    with _lock:
        if who not in _registries:
            _registries[who] = AgentRegistry()
        return _registries[who]

def get_registry_per_user(person):
    return AgentRegistry(person)

def registry_for_request():
    return _registries.setdefault(_user.get(), AgentRegistry())

def registry_for_session():
    return AgentRegistry(current_session())

def current_session():
    return "one"

def make_registry_for_user(user_id):
    global _latest
    _latest = AgentRegistry(user_id)  # another one each time
    return _latest
"""),
    )
    INVALID = (
        Invalid(
            """
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def get_tools(verbose=False):
    ^^^^^^^^^ REG105 get_tools() hands out one ToolRegistry for each user_id, but takes none
    return ToolRegistry()
""",
            configuration=_CONTRACT,
        ),
        Invalid(
            """
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def get_tools(user_id=None):
    return ToolRegistry()

--- app/main.py
from app.registry import get_tools

def handle(request):
    return get_tools()
           ^^^^^^^^^^^ REG105 get_tools() is called without user_id=, though request is at hand

def start():
    return get_tools()
""",
            configuration=_CONTRACT,
        ),
        Invalid("""
--- app/registry.py
class AgentRegistry:
    def register(self, name, agent):
        self._agents[name] = agent

def get_registry_for_user():
    ^^^^^^^^^^^^^^^^^^^^^ REG105 get_registry_for_user() hands out one AgentRegistry for each user, but takes none
    return AgentRegistry()
"""),
        Invalid("""
--- app/registry.py
import threading

class AgentRegistry:
    def register(self, name, agent):
        self._agents[name] = agent

_registry = None
_lock = threading.Lock()

def get_registry_for_user(user_id):
    ^^^^^^^^^^^^^^^^^^^^^ REG105 get_registry_for_user() is told whose AgentRegistry is wanted, and hands everybody the same: _registry
    global _registry
    with _lock:
        if _registry is None:
            _registry = AgentRegistry()
    return _registry

def get_registry_per_user(validate=True):
    ^^^^^^^^^^^^^^^^^^^^^ REG105 get_registry_per_user() hands out one AgentRegistry for each user, but takes none
    return AgentRegistry()
"""),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield accessors that take no context, and calls that give none."""
        per_user = project.contexts.per_user
        for accessor, (ref, level) in per_user.all.items():
            if not per_user.knows_its_user(accessor):
                yield Found(self._of_accessor(project, accessor, ref, level))
            elif shared := per_user.shared(accessor):
                yield Found(self._of_shared(project, accessor, ref, shared, level))
        for found in project.contexts.unscoped:
            if found.callee in per_user.all and found.parameter:
                yield Found(self._of_call(project, found))

    def _of_shared(self, project: Project, accessor: FunctionRef, ref: ClassRef, shared: str, level: int) -> Finding:
        return Finding(
            self.code,
            project.place(accessor.path, project.function(accessor).position),
            f"{project.called(accessor)} is told whose {project.classes.name(ref)} is wanted, "
            f"and hands everybody the same: {shared}",
            confidence="likely" if level == LIKELY else "certain",
            help="keep one for each, under what tells them apart",
        )

    def _of_accessor(self, project: Project, accessor: FunctionRef, ref: ClassRef, level: int) -> Finding:
        scope = project.contexts.told_scope(ref) or "user"
        name = project.classes.name(ref)
        return Finding(
            self.code,
            project.place(accessor.path, project.function(accessor).position),
            f"{project.called(accessor)} hands out one {name} for each {scope}, but takes none",
            confidence="likely" if level == LIKELY else "certain",
            help=f"take a parameter {scope}",
        )

    def _of_call(self, project: Project, found: Unscoped) -> Finding:
        assert found.callee is not None
        context = project.place(found.context.path, found.context.position)
        return Finding(
            self.code,
            project.span(found.path, found.call),
            f"{project.called(found.callee)} is called without {found.parameter}=, "
            f"though {found.context.name} is at hand",
            confidence="likely" if found.level == LIKELY else "certain",
            related=(Step(context, f"{found.context.name} is at hand here"),),
            help=f"hand it on: `{found.parameter}=...`",
        )
