"""REG102 unscoped-registry: where one user, request or connection is served, a registry is had without its scope.

Why is this bad?
    A registry that knows its user keeps what one user registers from the others. Built or fetched without the
    scope, it is everybody's: the tools of one request answer in another one.

What to do instead
    Hand the context on: `create_scoped_registry(user_id)`, `ToolRegistry(scope=user_id)`. What names a context can be
    listed in the configuration:

        [tool.registry-lint.contexts]
        names = ["user_id", "session"]
        types = ["app.context.RequestContext"]

When not to use it
    Where a handler means to ask the registry of the whole process, suppress it there.

What it cannot see
    A scope that is set later by a method. Without a contract a parameter scopes a registry by its name (scope, user,
    user_id, session_id and their like), and a class is a context by its name (`UserContext`, `RequestContext`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint import LIKELY, Finding, Found, Invalid, Rule, Step, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import Project, Unscoped


class UnscopedRegistry(Rule):
    """Reports the call that builds or fetches the registry."""

    code = "REG102"

    VALID = (
        Valid("""
--- app/registry.py
class ToolRegistry:
    def __init__(self, scope=None):
        self.scope = scope
        self._tools = {}

    def register(self, name, tool):
        self._tools[name] = tool

def registry_for(user_id):
    return ToolRegistry(scope=user_id)

--- app/main.py
from app.registry import registry_for

def handle(user_id, message):
    return registry_for(user_id)

def start(options):
    return registry_for("everybody"), registry_for(*options)
"""),
        Valid("""
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def get_registry():
    return ToolRegistry()

--- app/main.py
from app.registry import get_registry

def handle(request):
    user_id = request.user
    return get_registry()  # no registry of the project takes a scope
"""),
    )
    INVALID = (
        Invalid("""
--- app/registry.py
class ToolRegistry:
    def __init__(self, name="tools", scope=None):
        self.scope = scope
        self._tools = {}

    def register(self, name, tool):
        self._tools[name] = tool

--- app/handlers.py
from fastapi import WebSocket
from app.registry import ToolRegistry

def handle(user_id, message):
    return ToolRegistry("tools")
           ^^^^^^^^^^^^^^^^^^^^^ REG102 ToolRegistry is built without scope=, though user_id is at hand

def answer(message):
    user_context = message.user
    def inner():
        return ToolRegistry()
               ^^^^^^^^^^^^^^ REG102 ToolRegistry is built without scope=, though user_context is at hand
    return inner

async def talk(socket: WebSocket):
    return ToolRegistry(name="a")
           ^^^^^^^^^^^^^^^^^^^^^^ REG102 ToolRegistry is built without scope=, though socket is at hand

def scoped(user_id):
    return ToolRegistry("tools", user_id)
"""),
        # The name under which a registry asks for its scope tells a context, too; `user` is anybody's.
        Invalid("""
--- app/registry.py
class ToolRegistry:
    def __init__(self, session_id=None):
        self.session_id = session_id
        self._tools = {}

    def register(self, name, tool):
        self._tools[name] = tool

class PageRegistry:
    def __init__(self, user=None):
        self.user = user
        self._pages = {}

    def register(self, name, page):
        self._pages[name] = page

_registries = {}

def get_tool_registry(session_id="default"):
    if session_id not in _registries:
        _registries[session_id] = ToolRegistry(session_id)
    return _registries[session_id]

--- app/handlers.py
from app.registry import PageRegistry, get_tool_registry

def handle(session_id, message):
    return get_tool_registry()
           ^^^^^^^^^^^^^^^^^^^ REG102 ToolRegistry is fetched from get_tool_registry() without session_id=, though session_id is at hand

class Agent:
    def __init__(self, session_id):
        self.session_id = session_id

    def answer(self, message):
        return get_tool_registry()
               ^^^^^^^^^^^^^^^^^^^ REG102 ToolRegistry is fetched from get_tool_registry() without session_id=, though self.session_id is at hand

def scoped(session_id):
    return get_tool_registry(session_id)

def count(users):
    return [PageRegistry() for user in users]
"""),
        Invalid("""
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

_registry = ToolRegistry()

def get_global_registry():
    return _registry

def create_scoped_registry(scope_id=None):
    return ToolRegistry()

--- app/handlers.py
from app.registry import ToolRegistry, create_scoped_registry, get_global_registry

def handle(connection_id):
    create_scoped_registry()
    ^^^^^^^^^^^^^^^^^^^^^^^^ REG102 ToolRegistry is fetched from create_scoped_registry() without scope_id=, though connection_id is at hand
    return get_global_registry()
           ^^^^^^^^^^^^^^^^^^^^^ REG102 ToolRegistry is fetched from get_global_registry(), though connection_id is at hand and create_scoped_registry() takes it

def build(request):
    return ToolRegistry()
           ^^^^^^^^^^^^^^ REG102 ToolRegistry is built without a scope, though request is at hand and create_scoped_registry() takes it

class UserContext:
    pass

class Dispatcher:
    def __init__(self, context: UserContext):
        self.context = context
        self._start()

    def _start(self):
        self.registry = ToolRegistry()
                        ^^^^^^^^^^^^^^ REG102 ToolRegistry is built without a scope, though self.context is at hand and create_scoped_registry() takes it
"""),
        Invalid(
            """
--- app/registry.py
class ToolRegistry:
    def __init__(self, owner=None):
        self._tools = {}

    def register(self, name, tool):
        self._tools[name] = tool

--- app/context.py
class Turn:
    pass

--- app/handlers.py
from app.context import Turn
from app.registry import ToolRegistry

def handle(turn: Turn):
    return ToolRegistry()
           ^^^^^^^^^^^^^^ REG102 ToolRegistry is built without owner=, though turn is at hand

def other(user_id):
    return ToolRegistry()
""",
            configuration="""
registries = [{ class = "app.registry.ToolRegistry", scope = "owner" }]
contexts = { types = ["app.context.Turn"], names = ["turn_id"] }
""",
        ),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield each registry that is had without a scope; calls of per-user accessors are for REG105 to say."""
        for found in project.contexts.unscoped:
            if found.callee is None or found.callee not in project.contexts.per_user.all:
                yield Found(self._finding(project, found))

    def _finding(self, project: Project, found: Unscoped) -> Finding:
        name = project.classes.name(found.registry)
        had = f"{name} is built" if found.callee is None else f"{name} is fetched from {project.called(found.callee)}"
        if found.parameter:
            message = f"{had} without {found.parameter}=, though {found.context.name} is at hand"
        else:
            assert found.scoped is not None
            without = " without a scope" if found.callee is None else ""
            other = project.called(found.scoped)
            message = f"{had}{without}, though {found.context.name} is at hand and {other} takes it"
        context = project.place(found.context.path, found.context.position)
        instead = project.signature(found.scoped) if found.scoped else f"{found.parameter}={found.context.name}"
        return Finding(
            self.code,
            project.span(found.path, found.call),
            message,
            confidence="likely" if found.level == LIKELY else "certain",
            related=(Step(context, f"{found.context.name} is at hand here"),),
            help=f"{'call' if found.scoped else 'hand it on:'} `{instead}`",
        )
