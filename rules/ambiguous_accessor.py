"""REG505 ambiguous-accessor: two accessors of one name return objects of different classes.

Why is this bad?
    Which object a module talks to is decided by the line that imports the accessor, and nothing at the call says so.
    What is started with the one tracker is not known to the other; both look right in a review.

What to do instead
    Keep one of them, or give each a name that says what it returns.

When not to use it
    Where the two belong to programs that never meet in one process.

What it cannot see
    Accessors whose return value is not known by its annotation or its code, and methods. Names without a meaning of
    their own (`get_registry`, `get_default_manager`) are told apart by their modules: they are reported only where
    one file imports both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint import Finding, Found, Invalid, Rule, Step, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import Accessor, Project


class AmbiguousAccessor(Rule):
    """Reports the accessor that fewer files import."""

    code = "REG505"

    VALID = (
        # One class by two ways, a subclass, a schema, an endpoint, a name that says nothing, another program.
        Valid("""
--- app/core/tracker.py
class RunTracker:
    pass

def get_run_tracker() -> RunTracker:
    return RunTracker()

def get_default_manager():
    return CoreManager()

class CoreManager:
    pass

--- app/dependencies.py
from fastapi import APIRouter
from app.core import tracker
from app.core.tracker import RunTracker

router = APIRouter()

class RequestTracker(RunTracker):
    pass

def get_run_tracker(request) -> RequestTracker:
    tracker.get_run_tracker()
    return RequestTracker()

--- app/api.py
from fastapi import APIRouter
from app.core.tracker import get_default_manager
from app.dependencies import get_run_tracker, router

@router.get("/tracker")
def show():
    return get_run_tracker(None), get_default_manager()

class ViewTracker:
    pass

@router.get("/run-tracker")
def get_run_tracker() -> ViewTracker:
    return ViewTracker()

--- app/hooks.py
class HookManager:
    pass

def get_default_manager() -> HookManager:
    return HookManager()

--- app/main.py
from app.hooks import get_default_manager

get_default_manager()

--- other/tracker.py
class OtherTracker:
    pass

def get_run_tracker():
    return OtherTracker()

get_run_tracker()
"""),
    )
    INVALID = (
        Invalid("""
--- app/core/agent_tracker.py
class AgentRunTracker:
    pass

_tracker = None

def get_run_tracker():
    ^^^^^^^^^^^^^^^ REG505 get_run_tracker() returns AgentRunTracker here and RunTracker in app.core.tracker
    global _tracker
    if _tracker is None:
        _tracker = AgentRunTracker()
    return _tracker

--- app/core/tracker.py
class RunTracker:
    pass

def get_run_tracker() -> RunTracker:
    return RunTracker()

--- app/agents.py
from app.core import agent_tracker

tracker = agent_tracker.get_run_tracker()

--- app/jobs.py
from app.core.tracker import get_run_tracker

tracker = get_run_tracker()

--- app/reports.py
from app.core.tracker import get_run_tracker as tracker_of_runs

tracker = tracker_of_runs()
"""),
        # Two classes of one name.
        Invalid("""
--- app/execution.py
class EngineFactory:
    def make(self): ...

def get_engine_factory() -> EngineFactory:
    return EngineFactory()

--- app/supervisor.py
from app import execution

class EngineFactory:
    def build(self): ...

def get_engine_factory() -> "EngineFactory":
    ^^^^^^^^^^^^^^^^^^ REG505 get_engine_factory() returns another EngineFactory here than in app.execution
    return EngineFactory()

engines = [get_engine_factory(), execution.get_engine_factory()]
"""),
        # A name that says nothing, imported twice by one file.
        Invalid("""
--- app/hooks.py
class HookRegistry:
    def register(self, name, hook):
        self._hooks[name] = hook

def get_registry():
    return HookRegistry()

--- app/tools.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

async def get_registry():
          ^^^^^^^^^^^^ REG505 get_registry() returns ToolRegistry here and HookRegistry in app.hooks
    return ToolRegistry()

--- app/main.py
from app.hooks import get_registry

def start():
    from app.tools import get_registry
    return get_registry()
"""),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield one finding for each accessor but the first."""
        for second, first in project.accessors.ambiguous:
            yield Found(self._finding(project, second, first))

    def _finding(self, project: Project, second: Accessor, first: Accessor) -> Finding:
        called = project.called(second.function)
        ours, theirs = project.classes.name(second.of), project.classes.name(first.of)
        there = project.names.module_of(first.function.path)
        differ = (
            f"returns {ours} here and {theirs} in {there}"
            if ours != theirs
            else f"returns another {ours} here than in {there}"
        )
        other = project.place(first.function.path, project.function(first.function).position)
        return Finding(
            self.code,
            project.place(second.function.path, project.function(second.function).position),
            f"{called} {differ}",
            related=(Step(other, f"{called} returns {theirs}"),),
            help="keep one of them, or name each after what it returns",
        )
