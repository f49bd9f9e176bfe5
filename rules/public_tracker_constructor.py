"""REG103 public-tracker-constructor: a tracker has an accessor, and a constructor that anybody may call past it.

Why is this bad?
    An accessor keeps the one instance in which everything is tracked. A constructor that accepts direct calls
    makes a second instance without a word, and what is tracked there is lost.

What to do instead
    Let the constructor refuse: give it a guard parameter that only the accessor passes, and raise an error that
    names the accessor. A `raise` that checks a value (`if timeout <= 0: raise ValueError`) is no such guard.

When not to use it
    Where several instances are meant to exist beside the shared one.

What it cannot see
    Trackers by another name. Classes called `…Tracker` are found where an accessor (`get_…`) keeps the instance in a
    global, in a class attribute or in `lru_cache`, or hands out the one that its module made; others are named in the
    configuration:

        [[tool.registry-lint.trackers]]
        class = "app.sessions.SessionLedger"
        accessor = "app.sessions.get_ledger"
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from registry_lint import Finding, Found, Invalid, Rule, Step, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import Fix, Project, Span, Tracker, Workshop

GUARD = "_from_accessor"


class PublicTrackerConstructor(Rule):
    """Reports the class, where its constructor does not refuse."""

    code = "REG103"

    VALID = (
        Valid("""
--- app/tracking.py
import threading

class RunTracker:
    def __init__(self, *, _from_accessor=False):
        if not _from_accessor:
            raise RuntimeError("use get_run_tracker()")

_lock = threading.Lock()
_tracker = None

def get_run_tracker():
    global _tracker
    with _lock:
        if _tracker is None:
            _tracker = RunTracker(_from_accessor=True)
    return _tracker
"""),
        Valid("""
--- app/tracking.py
import threading

class RunTracker:
    _instance = None

    def __new__(cls):
        with _lock:
            if cls._instance is None:
                cls._instance = super().__new__(cls)
        return cls._instance

_lock = threading.Lock()
_tracker = None

def get_run_tracker():
    global _tracker
    with _lock:
        if _tracker is None:
            _tracker = RunTracker()
    return _tracker
"""),
    )
    INVALID = (
        Invalid(
            """
--- app/tracking.py
class RunTracker:
      ^^^^^^^^^^ REG103 RunTracker can be built past its accessor get_run_tracker()
    def __init__(self, timeout=10):
        if timeout <= 0:
            raise ValueError(timeout)
        self.timeout = timeout

_tracker = None

def get_run_tracker():
    global _tracker
    if _tracker is None:
        _tracker = RunTracker()
    return _tracker
""",
            fixed="""
--- app/tracking.py
class RunTracker:
    def __init__(self, timeout=10, *, _from_accessor=False):
        if not _from_accessor:
            raise RuntimeError("RunTracker is built by get_run_tracker() only")
        if timeout <= 0:
            raise ValueError(timeout)
        self.timeout = timeout

_tracker = None

def get_run_tracker():
    global _tracker
    if _tracker is None:
        _tracker = RunTracker(_from_accessor=True)
    return _tracker
""",
        ),
        Invalid("""
--- app/tracking.py
class RunTracker:
      ^^^^^^^^^^ REG103 RunTracker can be built past its accessor get_run_tracker()
    def __init__(self):
        self.runs = []

_tracker = None

def get_run_tracker():
    global _tracker
    if _tracker is None:
        _tracker = RunTracker()
    return _tracker

--- tests/test_tracking.py
from app.tracking import RunTracker

def test_it_begins_empty():
    assert RunTracker().runs == []
"""),
        Invalid("""
--- app/tracking.py
class JobTracker:
      ^^^^^^^^^^ REG103 JobTracker can be built past its accessor JobTracker.instance()
    _instance = None

    @classmethod
    def instance(cls):
        if cls._instance is None:
            cls._instance = cls()
        return cls._instance
"""),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield trackers without a guard."""
        for tracker in project.trackers.all.values():
            if tracker.guarded:
                continue
            record = project.classes.record(tracker.ref)
            accessor = project.function(tracker.accessor)
            called = project.called(tracker.accessor)
            finding = Finding(
                self.code,
                project.place(tracker.ref.path, record.position),
                f"{record.name} can be built past its accessor {called}",
                related=(Step(project.place(tracker.accessor.path, accessor.position), f"the accessor {called}"),),
                help=f"let the constructor refuse calls that do not come from {called}",
            )
            yield Found(finding, _suggestion(project, tracker))


def _suggestion(project: Project, tracker: Tracker) -> partial[Fix | None] | None:
    """A guard in the class's own constructor, passed by every call in the accessor; shown only, where others build one
    as well, who would be refused."""
    constructors = project.classes.methods(tracker.ref, "__init__")
    if len(constructors) != 1 or project.classes.subclasses(tracker.ref):
        return None
    if tracker.accessor.path != constructors[0].path:
        return None
    constructor = project.function(constructors[0])
    calls = tuple(
        project.span(path, call)
        for path, call in project.trackers.constructions(tracker)
        if project.function_of(path, call) == tracker.accessor and call in project.calls_in(path)
    )
    name = project.classes.name(tracker.ref)
    init = project.place(tracker.ref.path, constructor.position)
    shown: Literal["unsafe", "display"] = "display" if project.trackers.is_built_elsewhere(tracker) else "unsafe"
    return partial(_add_guard, init, calls, name, project.called(tracker.accessor), shown) if calls else None


def _add_guard(
    init: Span,
    calls: tuple[Span, ...],
    name: str,
    accessor: str,
    applicability: Literal["unsafe", "display"],
    workshop: Workshop,
) -> Fix | None:
    tree = workshop.open(init.path)
    tree.insert_parameter(init, f"{GUARD}=False", keyword_only=True)
    tree.insert_into(init, f'if not {GUARD}:\n    raise RuntimeError("{name} is built by {accessor} only")')
    for call in calls:
        tree.add_argument(call, f"{GUARD}=True")
    return tree.fix(applicability, f"Let the constructor refuse calls that do not come from {accessor}")
