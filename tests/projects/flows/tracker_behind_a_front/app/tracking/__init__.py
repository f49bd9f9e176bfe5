from app.tracking.core import UsageTracker, get_usage_tracker
__all__ = ["UsageTracker", "get_usage_tracker"]
