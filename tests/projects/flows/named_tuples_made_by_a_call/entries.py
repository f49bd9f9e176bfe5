"""Named tuples of `namedtuple(…)`: each field is what was passed for it, by name and by position."""

import collections
from collections import namedtuple
from typing import Any, NamedTuple

Entry = namedtuple("Entry", "name, bell")
Ready = collections.namedtuple("Ready", ["name", "bell"])
Typed = NamedTuple("Typed", [("name", str), ("bell", Any)])


class Made(namedtuple("Made", ("name", "bell"))):
    __slots__ = ()
