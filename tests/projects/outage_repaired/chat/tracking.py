"""Counts executions for the whole process."""

import threading

_GUARD = object()
_tracker = None
_tracker_lock = threading.Lock()


class ExecutionTracker:
    """How many executions each scope had. One for the process: see `get_execution_tracker`."""

    def __init__(self, limit: int = 1000, *, guard: object = None) -> None:
        if guard is not _GUARD:
            raise RuntimeError("use get_execution_tracker()")
        if limit < 1:
            raise ValueError("limit must be positive")
        self.limit = limit
        self.executions: dict[str, int] = {}

    def record(self, scope: str, count: int) -> None:
        self.executions[scope] = min(self.limit, self.executions.get(scope, 0) + count)


def get_execution_tracker() -> ExecutionTracker:
    global _tracker
    with _tracker_lock:
        if _tracker is None:
            _tracker = ExecutionTracker(guard=_GUARD)
        return _tracker
