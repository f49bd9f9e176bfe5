_tracker = None


class CallTracker:  # expect: REG103 certain
    def __init__(self):
        self.calls = 0


def get_tracker() -> CallTracker:
    global _tracker
    if not _tracker:
        _tracker = CallTracker()
    return _tracker
