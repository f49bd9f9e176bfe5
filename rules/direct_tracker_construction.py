"""REG104 direct-tracker-construction: a tracker is built directly, though an accessor hands out the one instance.

Why is this bad?
    What the second instance tracks is invisible to everything that asks the first one. Nothing fails; the
    numbers are wrong, and a stuck run is never found.

What to do instead
    Call the accessor.

When not to use it
    In code that needs a tracker of its own on purpose. A test may build as many as it likes, and so may a script that
    checks (`verify_…`, run by itself), or the tracker's own module below `if __name__ == "__main__"`.

What it cannot see
    Classes that are looked up by a computed name. `Tracker.__new__(Tracker)` is a construction, too.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from registry_lint import Finding, Found, Invalid, Rule, Step, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import Fix, Project, Span, Tracker, Workshop


class DirectTrackerConstruction(Rule):
    """Reports constructions outside the accessor."""

    code = "REG104"
    severity = "error"

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

--- app/main.py
from app.tracking import get_run_tracker

get_run_tracker().start()

--- scripts/verify_tracking.py
from app.tracking import RunTracker

def verify_refusal():
    try:
        RunTracker()
    except RuntimeError:
        return True

if __name__ == "__main__":
    verify_refusal()
"""),
        Valid("""
--- app/tracking.py
class UsageTracker:
    def __init__(self, *, limit=None, _from_module=False):
        if not _from_module:
            raise RuntimeError("use get_usage_tracker()")
        self.limit = limit

_tracker = UsageTracker(_from_module=True)

def start_tracking(limit):
    global _tracker
    _tracker = UsageTracker(limit=limit, _from_module=True)  # what the accessor hands out from now on
    return _tracker

def get_usage_tracker():
    return _tracker

if __name__ == "__main__":
    def test():
        UsageTracker(limit=1, _from_module=True)

    test()
"""),
    )
    INVALID = (
        Invalid(
            """
--- app/tracking.py
class RunTracker:
    def __init__(self):
        raise RuntimeError("use get_run_tracker()")

_tracker = None

def get_run_tracker():
    global _tracker
    if _tracker is None:
        _tracker = RunTracker.__new__(RunTracker)
    return _tracker

--- app/main.py
from app.tracking import RunTracker

tracker = RunTracker()
          ^^^^^^^^^^^^ REG104 RunTracker is built past its accessor get_run_tracker()

def other():
    return RunTracker.__new__(RunTracker)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG104 RunTracker is built past its accessor get_run_tracker()
""",
            fixed="""
--- app/main.py
from app.tracking import get_run_tracker

tracker = get_run_tracker()

def other():
    return get_run_tracker()
""",
        ),
        # An accessor that is a coroutine is awaited, where that can be done.
        Invalid(
            """
--- app/tracking.py
class RunTracker:
    def __init__(self):
        raise RuntimeError("use get_run_tracker()")

_tracker = None

async def get_run_tracker():
    global _tracker
    if _tracker is None:
        _tracker = RunTracker.__new__(RunTracker)
    return _tracker

--- app/main.py
from app.tracking import RunTracker

async def start():
    RunTracker().start()
    ^^^^^^^^^^^^ REG104 RunTracker is built past its accessor get_run_tracker()

def stop():
    return RunTracker()
           ^^^^^^^^^^^^ REG104 RunTracker is built past its accessor get_run_tracker()
""",
            fixed="""
--- app/main.py
from app.tracking import RunTracker, get_run_tracker

async def start():
    (await get_run_tracker()).start()

def stop():
    return RunTracker()
""",
        ),
        # It is handed on, for somebody else to make one.
        Invalid("""
--- app/tracking.py
class RunTracker:
    def __init__(self):
        raise RuntimeError("use get_run_tracker()")

_tracker = None

def get_run_tracker():
    global _tracker
    if _tracker is None:
        _tracker = RunTracker.__new__(RunTracker)
    return _tracker

--- app/__init__.py
from app.tracking import RunTracker

--- app/report.py
from collections import defaultdict
from dataclasses import dataclass, field
from app import RunTracker

@dataclass
class Report:
    tracker: RunTracker = field(default_factory=RunTracker)
                                                ^^^^^^^^^^ REG104 RunTracker is built past its accessor get_run_tracker()

by_name = defaultdict(RunTracker)
                      ^^^^^^^^^^ REG104 RunTracker is built past its accessor get_run_tracker()
"""),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield constructions that stand neither in the accessor nor in the class itself."""
        for tracker in project.trackers.all.values():
            for path, call in sorted(project.trackers.constructions(tracker)):
                if project.settings.is_test(path) or self._is_allowed(project, tracker, path, call):
                    continue
                if project.checks.is_check(path, call):
                    continue
                called = project.called(tracker.accessor)
                accessor = project.function(tracker.accessor)
                span = project.span(path, call)
                finding = Finding(
                    self.code,
                    span,
                    f"{project.classes.name(tracker.ref)} is built past its accessor {called}",
                    related=(Step(project.place(tracker.accessor.path, accessor.position), f"the accessor {called}"),),
                    help=f"call `{called}`",
                )
                if call not in project.calls_in(path):  # the class itself, for somebody else to call
                    yield Found(finding, _suggestion(project, tracker, span, "{}", "display"))
                    continue
                allocations = project.facts_of(path).calls.get("__new__", ())
                loses = bool(project.call_at(path, call).arguments) and call not in allocations
                pattern = project.written_call(tracker.accessor, path, call)
                written = f"{pattern}()" if pattern else None
                yield Found(finding, _suggestion(project, tracker, span, written, "display" if loses else "unsafe"))

    def _is_allowed(self, project: Project, tracker: Tracker, path: str, call: int) -> bool:
        function = project.function_of(path, call)
        if path == tracker.ref.path and (function is None or project.checks.is_trial(path, call)):
            return True  # the instance that the module itself keeps; one with which it tries itself
        if function is None:
            return False
        owner = project.classes.owner(function)
        if project.trackers.is_kept_for_accessor(tracker, path, call):
            return True
        return function == tracker.accessor or (owner is not None and project.classes.derives(owner, tracker.ref))


def _suggestion(
    project: Project, tracker: Tracker, span: Span, pattern: str | None, applicability: Literal["unsafe", "display"]
) -> partial[Fix | None] | None:
    """The accessor, or its call; shown only, where the constructor is given arguments that the accessor does not take."""
    if pattern is None or project.required_parameters(tracker.accessor):
        return None
    owner = project.classes.owner(tracker.accessor)
    name = project.function(tracker.accessor).name
    module = project.names.module_of(tracker.accessor.path)
    if owner is not None:
        return partial(_call_accessor, span, module, project.classes.name(owner), f".{name}", pattern, applicability)
    return partial(_call_accessor, span, module, name, "", pattern, applicability)


def _call_accessor(
    span: Span,
    module: str,
    name: str,
    rest: str,
    pattern: str,
    applicability: Literal["unsafe", "display"],
    workshop: Workshop,
) -> Fix | None:
    tree = workshop.open(span.path)
    tree.replace(span, pattern.format(f"{tree.import_name(module, name, at=span)}{rest}"))
    return tree.fix(applicability, "Call the accessor")
