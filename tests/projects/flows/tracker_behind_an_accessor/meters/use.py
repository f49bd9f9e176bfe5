from meters.tracker import ClosedTracker, NewTracker, OpenTracker, get_closed_tracker, get_open_tracker

first = get_open_tracker()
second = OpenTracker(limit=3)  # expect: REG104 certain
third = get_closed_tracker()
fourth = ClosedTracker.__new__(ClosedTracker)  # expect: REG104 certain
fifth = NewTracker.get_instance()


def knows(value) -> bool:
    return isinstance(value, OpenTracker)
