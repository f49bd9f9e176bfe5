from app.tracking import UsageTracker as Tracker
def count():
    return Tracker(limit=3)  # expect: REG104 certain
