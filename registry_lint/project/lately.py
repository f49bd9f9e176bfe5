"""What was asked for lately stays at hand; what nobody asks for any more is let go, and made again if need be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Lately(Generic[_Key, _Value]):
    """Values by key: at least those of the last `capacity` (by weight) that were asked for, at most twice as many.

    Two generations, and no order within one: what is at hand costs one look into a dictionary, millions of times.
    """

    __slots__ = ("_capacity", "_earlier", "_let_go", "_weigh", "_weight", "_weights", "young")

    def __init__(
        self,
        capacity: int,
        let_go: Callable[[_Key, _Value], None] | None = None,
        weigh: Callable[[_Value], int] | None = None,
    ) -> None:
        """`let_go` is told of each value that is no longer kept. `weigh` tells what a value weighs by now, where that
        may be less than what it was put with: before others are let go, all are weighed."""
        self.young: dict[_Key, _Value] = {}  # to be looked into first; behind it, `get`
        self._earlier: dict[_Key, _Value] = {}
        self._weights: dict[_Key, int] = {}
        self._weight = 0
        self._capacity = capacity
        self._let_go = let_go
        self._weigh = weigh

    def get(self, key: _Key) -> _Value | None:
        """A value that is still at hand; None where it is not, or is None itself."""
        found = self.young.get(key)
        if found is None and (found := self._earlier.pop(key, None)) is not None:
            self.put(key, found, self._weights[key])
        return found

    def put(self, key: _Key, value: _Value, weight: int = 1) -> None:
        """Keep a value, and let others go."""
        self._weight += weight
        if self._weight > self._capacity and self._weigh is not None:
            self._weight = weight + sum(map(self._weigh, self.young.values()))
        if self._weight > self._capacity:
            for gone, value_gone in self._earlier.items():
                if gone not in self.young:
                    del self._weights[gone]
                    if self._let_go is not None:
                        self._let_go(gone, value_gone)
            self._earlier, self.young, self._weight = self.young, {}, weight
        self._weights[key] = weight
        self.young[key] = value
