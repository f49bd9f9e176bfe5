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

When not to use it
    Where the context travels in a context variable that the accessor reads: delete the contract's scope.

What it cannot see
    Contexts that are set on the accessor's object beforehand: methods of a factory object that holds its user are left
    alone.
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
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield accessors that take no context, and calls that give none."""
        for accessor, (ref, level) in project.contexts.per_user_accessors.items():
            if not project.contexts.takes_any_context(accessor) and not project.contexts.knows_its_user(accessor):
                yield Found(self._of_accessor(project, accessor, ref, level))
        for found in project.contexts.unscoped:
            if found.callee in project.contexts.per_user_accessors and found.parameter:
                yield Found(self._of_call(project, found))

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
