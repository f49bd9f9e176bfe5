"""A tracker that a package hands on, and that somebody imports under another name."""

from __future__ import annotations
class UsageTracker:  # expect: REG103 certain
    _instance: UsageTracker | None = None
    def __init__(self, limit: int = 10):
        if limit < 0:
            raise ValueError("limit")
        self.limit = limit
def get_usage_tracker() -> UsageTracker:
    if UsageTracker._instance is None:
        UsageTracker._instance = UsageTracker()
    return UsageTracker._instance
