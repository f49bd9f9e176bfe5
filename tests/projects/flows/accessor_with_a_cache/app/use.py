"""`lru_cache` keeps the one that an accessor makes."""

from app import usage
def go():
    return usage.UsageTracker()  # expect: REG104 certain
