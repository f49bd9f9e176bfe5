"""Two modules, two classes, two accessors of one name."""

_tracker = None
_PERMIT = object()


class RunTracker:
    def __init__(self, permit=None):
        if permit is not _PERMIT:
            raise RuntimeError("use get_tracker()")
        self.runs = 0


def get_tracker() -> RunTracker:
    global _tracker
    if _tracker is None:
        _tracker = RunTracker(_PERMIT)
    return _tracker
