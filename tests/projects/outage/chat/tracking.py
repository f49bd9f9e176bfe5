"""Counts executions for the whole process."""

_tracker = None


class ExecutionTracker:
    """How many executions each scope had. One for the process: see `get_execution_tracker`."""

    def __init__(self, limit: int = 1000) -> None:
        if limit < 1:
            raise ValueError("limit must be positive")
        self.limit = limit
        self.executions: dict[str, int] = {}

    def record(self, scope: str, count: int) -> None:
        self.executions[scope] = min(self.limit, self.executions.get(scope, 0) + count)


def get_execution_tracker() -> ExecutionTracker:
    global _tracker
    if _tracker is None:
        _tracker = ExecutionTracker()
    return _tracker
