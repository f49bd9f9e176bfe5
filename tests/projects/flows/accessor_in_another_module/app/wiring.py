"""The accessor does not stand beside its class."""

from app.tracker import JobTracker
_tracker = None
def get_job_tracker():
    global _tracker
    if _tracker is None:
        _tracker = JobTracker()
    return _tracker
