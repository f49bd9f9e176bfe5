from functools import lru_cache
class UsageTracker:  # expect: REG103 certain
    def __init__(self):
        self.uses = {}
@lru_cache(maxsize=1)
def get_usage_tracker() -> UsageTracker:
    return UsageTracker()
