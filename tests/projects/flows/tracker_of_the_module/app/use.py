"""The module makes a tracker at once, and its accessor hands out that one."""

from app.state import StateTracker
t = StateTracker()  # expect: REG104 certain
