"""A function that makes a tracker anew for each call keeps none: it is no accessor."""

from app.tracker import RequestTracker
def go():
    return RequestTracker("a")
