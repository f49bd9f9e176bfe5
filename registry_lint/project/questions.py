"""What was asked of a project's files while something was found out: if the answers hold still, so does what was found.

Every question goes through `Files` or a `Sieve`. Some are about words and class headers, as the index knows them: the
sieve notes which. Some are about a whole file, its facts or its text; and some are *looks*: pure functions of the bytes
of one file and a few arguments, registered here by name, so that a later run can ask a changed file the same again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Concatenate, NamedTuple, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_Arguments = ParamSpec("_Arguments")
_Answer = TypeVar("_Answer")

LOOKS: dict[str, Callable[..., Any]] = {}


def look(
    function: Callable[Concatenate[bytes, _Arguments], _Answer],
) -> Callable[Concatenate[bytes, _Arguments], _Answer]:
    """Register a pure function of bytes. Its arguments and answers are texts, bytes, numbers, and tuples of these."""
    LOOKS[function.__name__] = function
    return function


class Passing(NamedTuple):
    """Which files pass a test of their bytes. `basis` is all that the test knows beside them; None where it asks on."""

    candidates: tuple[str, ...]
    passing: tuple[str, ...]
    basis: bytes | None


class Asked:
    """Questions, and the answers to looks. Later ones are added to earlier ones, whoever asked."""

    def __init__(self) -> None:
        self.whole: set[str] = set()  # files whose facts or whole text somebody saw
        self.looks: dict[str, dict[tuple[str, tuple[Any, ...]], Any]] = {}  # path → (look, arguments) → answer
        self.passing: dict[str, Passing] = {}  # by the name of the test
        # Texts, the patterns (with flags) that were looked for where they stand, and whether in tests, too.
        self.matching: set[tuple[str, bytes, int, bool]] = set()
        self.by_reported = False  # whether somebody asked which files findings are wanted for

    @property
    def count(self) -> int:
        """How many files somebody looked into."""
        return len(self.whole.union(self.looks))

    def saw(self, path: str, name: str, arguments: tuple[Any, ...], answer: object) -> None:
        """Note the answer to a look."""
        known = self.looks.get(path)
        if known is None:
            known = self.looks[path] = {}
        known[name, arguments] = answer
