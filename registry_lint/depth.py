"""Room for deep code: expressions are read by functions that call themselves, one or more frames a level."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Enough for whatever is asked of the deepest expression that `facts.extract` lets through, libcst included.
WHOLE_RUN = 20_000


@contextlib.contextmanager
def frames(number: int) -> Iterator[None]:
    """Allow so many frames above the caller's, neither more nor less: the answer does not depend on who asks.

    Frames of Python functions take no C stack since Python 3.11; those of Python's parser and of libcst do, and are
    bounded by what `facts.extract` lets through.
    """
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(_depth() + number)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def _depth() -> int:
    """How many frames there are above this function's."""
    frame, depth = sys._getframe(), 0
    while frame.f_back is not None:
        frame, depth = frame.f_back, depth + 1
    return depth
