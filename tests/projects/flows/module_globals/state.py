"""A module's global, set by a function, read by another module."""

from rules import Rule, Strict

chosen = None
made: "Rule | None" = None
DEFAULTS = [Strict()]


def choose():
    global chosen, made
    chosen = Strict
    made = Strict()
