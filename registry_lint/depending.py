"""What the findings of a group of rules rest on: which answers to which questions, and whether these are the same after
some files have changed.

They are if the changed files hold the same of the words that were asked for, have the same of the class headers, and
say the same to every look (see project/questions.py); and none of them was read as a whole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

import registry_lint.project.loaded
import registry_lint.project.sys_path  # noqa: F401 - looks that kept answers rest on, as the one before
from registry_lint.project.looks import occurrences
from registry_lint.project.questions import LOOKS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeAlias

    from registry_lint.source.sieve import Questions

    # By their names, and by what they know (None: all that the project says now); None: one of no name.
    Tests: TypeAlias = Callable[[str, bytes | None], Callable[[str, bytes], bool] | None]

_encode = msgspec.msgpack.Encoder().encode


class OfIndex(msgspec.Struct, frozen=True, array_like=True):
    """What an index was asked (see `sieve.Questions`)."""

    words: tuple[str, ...] = ()
    fragments: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    forms: tuple[tuple[str, int], ...] = ()

    def without(self, other: OfIndex) -> OfIndex:
        """What the other one was not asked."""
        pairs = zip(msgspec.structs.astuple(self), msgspec.structs.astuple(other), strict=True)
        return OfIndex(*(tuple(sorted(set(own) - set(others))) for own, others in pairs))

    @classmethod
    def of(cls, *asked: Questions) -> OfIndex:
        """What several sieves were asked together."""
        return cls(
            tuple(sorted(set().union(*(one.words for one in asked)))),
            tuple(sorted(set().union(*(one.fragments for one in asked)))),
            tuple(sorted(set().union(*(one.classes for one in asked)))),
            tuple(sorted(set().union(*(one.bases for one in asked)))),
            tuple(sorted(set().union(*(one.forms for one in asked)))),
        )


class Mark(NamedTuple):
    """What had been asked at one moment: what is asked behind it is known by what is not among this."""

    whole: frozenset[str]
    production: OfIndex
    tests: OfIndex
    matching: frozenset[tuple[str, bytes, int, bool]]
    looks: Mapping[str, int]  # how many a file was given; later ones come behind them
    passing: frozenset[str]


NOTHING = Mark(frozenset(), OfIndex(), OfIndex(), frozenset(), {}, frozenset())


class OfTest(msgspec.Struct, frozen=True, array_like=True):
    """Which files pass a test of their bytes (see `questions.Passing`)."""

    candidates: tuple[int, ...]
    passing: tuple[int, ...]
    basis: bytes | None


class Depending(msgspec.Struct, frozen=True, array_like=True):
    """What an answer rests on; files by their number among all paths."""

    whole: tuple[int, ...]
    production: OfIndex
    tests: OfIndex
    matching: tuple[tuple[str, bytes, int, bool], ...]
    looks: dict[int, bytes]  # encoded: name, arguments, answer
    passing: dict[str, OfTest]  # by the name of the test


class Look(NamedTuple):
    """What a look said of a file."""

    name: str
    arguments: tuple[Any, ...]
    answer: msgspec.Raw


Header = tuple[str, tuple[str, ...]]  # the name of a class, and the words between its brackets


class Change(NamedTuple):
    """A file whose content is another one than it was."""

    path: str
    number: int
    in_tests: bool
    data: bytes  # as it is
    words: frozenset[bytes]  # that it holds now and did not, or held and does not
    headers: frozenset[Header]  # of classes, that it has now more or less often than it had them


def holds(depending: Depending, changes: Sequence[Change], tests: Tests, before: Depending | None = None) -> bool:
    """Whether an answer rests on nothing that is another one now. What was asked `before` was not asked again; whether
    that holds is another question."""
    try:
        whole = set(depending.whole)
        return all(
            change.number not in whole
            and _has_the_same(change, depending.tests if change.in_tests else depending.production)
            and _says_the_same(change.data, depending.looks.get(change.number))
            and all(_matches_the_same(change, (depending, before), *each) for each in depending.matching)
            and _passes_the_same(change, depending.passing, tests)
            for change in changes
        )
    except (msgspec.MsgspecError, UnicodeDecodeError, LookupError, TypeError, ValueError, re.error):
        return False  # not what we wrote


def _has_the_same(change: Change, asked: OfIndex) -> bool:
    """Whether a file holds the same of what its index was asked."""
    words = frozenset(word.encode("utf-8", "surrogateescape") for word in asked.words)
    fragments = [fragment.encode("utf-8", "surrogateescape") for fragment in asked.fragments]
    return (
        words.isdisjoint(change.words)
        and not any(fragment in word for word in change.words for fragment in fragments)
        and not any(_asks_about(asked, name, names) for name, names in change.headers)
    )


def _asks_about(asked: OfIndex, name: str, names: tuple[str, ...]) -> bool:
    """Whether a class header that came or went may be part of the answer to what was asked of headers."""
    return (
        name in asked.classes
        or not set(names).isdisjoint(asked.bases)
        or any(re.compile(form, flags).fullmatch(name) for form, flags in asked.forms)
    )


def _says_the_same(data: bytes, told: bytes | None) -> bool:
    if told is None:
        return True
    seen = msgspec.msgpack.decode(told, type=list[Look])
    return all(_encode(LOOKS[look.name](data, *look.arguments)) == bytes(look.answer) for look in seen)


def _matches_the_same(
    change: Change, asked: tuple[Depending | None, ...], text: str, pattern: bytes, flags: int, tests: bool
) -> bool:
    """Whether a pattern occurs as often in a file that came to hold the text beside it, or ceased to."""
    part = text.encode("utf-8", "surrogateescape")
    if (change.in_tests and not tests) or not any(part in word for word in change.words):
        return True
    told = [depending.looks.get(change.number) for depending in asked if depending is not None]
    seen = [look for some in told if some is not None for look in msgspec.msgpack.decode(some, type=list[Look])]
    counted = [look.answer for look in seen if (look.name, look.arguments) == ("occurrences", (pattern, flags))]
    before = msgspec.msgpack.decode(counted[0], type=int) if counted else 0
    return (occurrences(change.data, pattern, flags) if part in change.data else 0) == before


def _passes_the_same(change: Change, passing: Mapping[str, OfTest], tests: Tests) -> bool:
    """Whether a changed file passes each test as it did. What a test knew comes of questions that were asked as well:
    where it would know something else now, one of these has another answer, and is compared beside this."""
    for what, before in passing.items():
        if change.number in before.candidates:
            test = tests(what, before.basis)
            if test is None or test(change.path, change.data) != (change.number in before.passing):
                return False
    return True
