from first.tracking import get_tracker as get_run_tracker
from second.tracking import CallTracker, get_tracker

runs = get_run_tracker()
calls = get_tracker()
more = CallTracker()  # expect: REG104 certain
