class StateTracker:  # expect: REG103 certain
    def __init__(self):
        self.state = {}
    def set(self, key, value):
        self.state[key] = value
_default_tracker = StateTracker()
def get_state_tracker() -> StateTracker:
    return _default_tracker
