"""Decorating functions that fill a table of their module."""

from knots import Knot

TOOLS: dict[str, Knot] = {}


def register(name):
    def wrap(knot):
        TOOLS[name] = knot
        return knot

    return wrap


def register_knot(knot):
    TOOLS[knot.name] = knot
    return knot
