"""The names by which tests know the classes that contracts speak of: all that a look at a test's bytes must know.

They are kept with what an earlier run found, so that a test that changed is looked at again without asking which
classes these are.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

_PREFIXES = re.compile(r"^(?:_|mock(?:ed)?_|fake_|stub(?:bed)?_|dummy_|test_|new_|my_|the_|get_)+")
_SUFFIXES = re.compile(r"(?:_mock|_fake|_stub|_double|_instance|_\d+|\d+)+$")

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[list[str], list[str], list[str], list[str]]).decode


class KnownNames:
    """Names of classes; of the functions and classes that take an object of one as a parameter: `consumers` in
    production code, `takers` anywhere; and of functions that are declared to hand one out, `accessors`."""

    def __init__(
        self,
        classes: Iterable[str],
        consumers: Iterable[str] = (),
        takers: Iterable[str] = (),
        accessors: Iterable[str] = (),
    ) -> None:
        self.classes = frozenset(classes)
        self.consumers = frozenset(consumers)
        self.takers = frozenset(takers)
        self.accessors = frozenset(accessors)

    @cached_property
    def variables(self) -> frozenset[str]:
        """The names that variables would have which hold one: `tool_registry`."""
        return frozenset(map(snake, self.classes))

    @cached_property
    def roles(self) -> frozenset[str]:
        """The last words of their names: `registry`. `ToolRegistry_2` has none: a number is no word."""
        last = (name.rpartition("_")[2] for name in self.variables)
        return frozenset(word for word in last if word and not word[0].isdigit())

    def encoded(self) -> bytes:
        """All names as bytes; the same for the same names. Raises UnicodeEncodeError where one is no text."""
        return _encode([sorted(names) for names in (self.classes, self.consumers, self.takers, self.accessors)])

    @classmethod
    def decoded(cls, body: bytes) -> KnownNames:
        """Raises MsgspecError where the bytes are not what was encoded."""
        return cls(*_decode(body))


@lru_cache(maxsize=20_000)  # asked of every name in every test
def snake(name: str) -> str:
    """A class's name as a variable has it: `ToolRegistry` becomes `tool_registry`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name.lstrip("_")).lower()


@lru_cache(maxsize=20_000)
def plain(name: str) -> str:
    """A name without what says that it holds a mock or is an accessor: `tool_registry` of `get_tool_registry`."""
    return _SUFFIXES.sub("", _PREFIXES.sub("", snake(name)))
