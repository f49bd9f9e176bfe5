"""What groups of rules found in an earlier run, kept with every question that it rests on.

When some files have changed, a group's answer is taken again if each of its questions has the answer that it had (see
depending.py). A file that came or went asks everything anew, since it may change what any import means.
"""

from __future__ import annotations

import functools
import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from registry_lint.depending import NOTHING, Change, Depending, Look, Mark, OfIndex, OfTest, holds
from registry_lint.project import scripts
from registry_lint.remember import digest as named
from registry_lint.source import index, text
from registry_lint.source.sieve import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from registry_lint.depending import Tests
    from registry_lint.project.model import Project
    from registry_lint.remember import Memory

_DIGEST_SIZE = 16
_UNREAD = bytes(_DIGEST_SIZE)  # of a file that nobody asked about
# Files whose states are unknown are read, to tell whether their contents changed; more of them than that are no small
# change, and it's quicker to begin at once.
_MOST_UNKNOWN = 200
_MOST_CHANGED = 40

_encode = msgspec.msgpack.Encoder().encode
Codes = tuple[str, ...]


class _Group(msgspec.Struct, frozen=True, array_like=True):
    """A group's answer, and what it rests on: what was asked before groups parted, and what it asked beyond that.

    All of it is encoded: what is not asked for is not decoded.
    """

    codes: Codes
    common: bytes
    depending: bytes
    answer: bytes


class _KeptGroup(msgspec.Struct, frozen=True, array_like=True):
    """The same; `common` by its number in `_Kept.common`: it is most of all, and most groups have the same."""

    codes: Codes
    common: int
    depending: bytes
    answer: bytes


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    paths: bytes  # names all files, and the scripts that are declared beside them
    contents: bytes  # the digests of all files, in the order of their paths
    common: tuple[bytes, ...]
    groups: tuple[_KeptGroup, ...]


class _Row:
    """What an earlier run kept: its groups, the content of each file (see `_Kept.contents`), and what changed since."""

    def __init__(self, groups: tuple[_Group, ...], contents: bytes, changes: Sequence[Change]) -> None:
        self.groups = groups
        self._contents = contents
        self._changed = {change.number for change in changes}

    @functools.cached_property
    def depending(self) -> tuple[Depending | None, ...]:
        """What each group rests on beyond what is common; None where that is not what we wrote."""
        return tuple(_depending(group.depending) for group in self.groups)

    @functools.cached_property
    def common(self) -> Mapping[bytes, Depending | None]:
        """What several groups rest on, by its encoded form."""
        return {body: _depending(body) for body in {group.common for group in self.groups}}

    def holding(self, changes: Sequence[Change], tests: Tests) -> Iterator[_Group]:
        """The groups that rest on nothing that is another one now."""
        common = {
            body: depending
            for body, depending in self.common.items()
            if depending is not None and holds(depending, changes, tests)
        }
        for group, depending in zip(self.groups, self.depending, strict=True):
            before = common.get(group.common)
            if before is not None and depending is not None and holds(depending, changes, tests, before):
                yield group

    @functools.cached_property
    def _every(self) -> tuple[Depending, ...]:
        """All that anything rests on."""
        return tuple(each for each in (*self.common.values(), *self.depending) if each is not None)

    def passing(self, what: str, basis: bytes) -> Iterator[tuple[int, bool]]:
        """Whether files that are as they were passed a test."""
        for depending in self._every:
            before = depending.passing.get(what)
            if before is not None and before.basis == basis:
                passing = set(before.passing)
                yield from ((number, number in passing) for number in before.candidates if self._is_as_it_was(number))

    def _is_as_it_was(self, number: int) -> bool:
        return number not in self._changed and not self._contents.startswith(_UNREAD, _DIGEST_SIZE * number)

    def looks(self, number: int) -> Iterator[Look]:
        """What looks said of a file that is as it was; nothing of any other."""
        if not self._is_as_it_was(number):
            return
        for depending in self._every:
            told = depending.looks.get(number)
            if told is not None:
                yield from msgspec.msgpack.decode(told, type=list[Look])


class Library(Protocol):
    """What is known of files from earlier runs (see source/kept.py)."""

    def known(self, paths: Sequence[str]) -> Mapping[str, bytes]: ...

    def content(self, digest: bytes, /) -> tuple[index.Segment, int] | None: ...


class Answers:
    """The kept answers of one project, configuration and set of rules."""

    def __init__(self, project: Project, memory: Memory, library: Library, key: tuple[object, ...]) -> None:
        self._project = project
        self._cache = memory.cache
        self._library = library
        self._whole_key = named(b"answers", _encode(key))
        self._given_key = named(b"answers given", _encode(key))
        self._paths = project.files.corpus.paths
        self._numbers = {path: number for number, path in enumerate(self._paths)}
        self._read: dict[int, bytes] = {}
        self._rows: list[_Row] = []
        self._mark = NOTHING
        self._common: bytes | None = None
        self._kept: dict[Codes, _Group] = {}

    # --- taking ---

    def recall(self, tests: Tests) -> dict[Codes, bytes]:
        """The answers that still hold, by the codes of their group. `tests` gives what `Files.passing` was given.

        Where findings are asked for some files only, what was found over all files serves as well; behind it, what was
        found for the same files.
        """
        held = self._holding(self._whole_key, self._named(None), tests)
        if self._project.reported is not None:
            self._kept = self._holding(self._given_key, self._named(self._project.reported), tests)
        else:
            self._kept = held
        return {codes: group.answer for codes, group in (self._kept | held).items()}

    def _holding(self, key: bytes, named_paths: bytes, tests: Tests) -> dict[Codes, _Group]:
        body = self._cache.get("answers", [key]).get(key)
        try:
            kept = msgspec.msgpack.decode(body, type=_Kept) if body is not None else None
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return {}
        if kept is None or kept.paths != named_paths or len(kept.contents) != _DIGEST_SIZE * len(self._paths):
            return {}
        changes = self._changes(_split(kept.contents))
        if changes is None:
            return {}
        groups = tuple(
            _Group(group.codes, kept.common[group.common], group.depending, group.answer)
            for group in kept.groups
            if 0 <= group.common < len(kept.common)
        )
        row = _Row(groups, kept.contents, changes)
        self._rows.append(row)
        return {group.codes: group for group in (row.holding(changes, tests) if changes else groups)}

    def looks(self, path: str) -> Mapping[tuple[str, tuple[Any, ...]], Any]:
        """What looks said of a file in earlier runs, where it is what it was; by the look's name and arguments."""
        looks = (look for row in self._rows for look in row.looks(self._numbers[path]))
        try:
            return {(look.name, look.arguments): _as_told(msgspec.msgpack.decode(look.answer)) for look in looks}
        except (msgspec.MsgspecError, UnicodeDecodeError, TypeError):
            return {}  # not what we wrote

    def passing(self, what: str, basis: bytes) -> Mapping[str, bool]:
        """Whether files passed a test in an earlier run, where they are what they were and the test knew the same."""
        told = (each for row in self._rows for each in row.passing(what, basis))
        return {self._paths[number]: passed for number, passed in told if number < len(self._paths)}

    def _named(self, reported: frozenset[str] | None) -> bytes:
        """Names all files, the scripts that are declared beside them, and the files that findings are asked for."""
        name = self._named_project.copy()
        asked_for = ["\1all"] if reported is None else sorted(reported)
        name.update("\0".join(asked_for).encode("utf-8", "surrogateescape"))
        return name.digest()

    @functools.cached_property
    def _named_project(self) -> hashlib.blake2b:
        declared = map("\1".join, scripts.declared(self._project.files.corpus))
        text = "\0".join([*self._paths, *declared, ""])
        return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=_DIGEST_SIZE)

    def _contents(self, before: Sequence[bytes]) -> Sequence[bytes] | None:
        """The digests of all files as they are, but for those that nobody had read; None where too many are unknown,
        or one cannot be read."""
        now = self._now
        unknown = [number for number, then in enumerate(before) if then != _UNREAD and number not in now]
        if len(unknown) > _MOST_UNKNOWN:
            return None
        for number in unknown:
            if not self._reads(number):
                return None
            now[number] = digest(self._read[number])
        return [_UNREAD if then == _UNREAD else now[number] for number, then in enumerate(before)]

    def _reads(self, number: int) -> bool:
        """Read a file; whether it could be."""
        try:
            self._read[number] = self._project.files.corpus.read(self._paths[number])
        except OSError:
            return False
        return True

    @functools.cached_property
    def _now(self) -> dict[int, bytes]:
        """The digests of files as they are, by number: those whose states say so, and more as they are read."""
        known = self._library.known(self._paths)
        return {number: known[path] for number, path in enumerate(self._paths) if path in known}

    def _changes(self, before: Sequence[bytes]) -> list[Change] | None:
        """The files that have changed; None where there are too many, or where it cannot be told how."""
        now = self._contents(before)
        if now is None:
            return None
        numbers = [number for number, then in enumerate(before) if now[number] != then]
        if len(numbers) > _MOST_CHANGED:
            return None
        changes = []
        for number in numbers:
            path = self._paths[number]
            if number not in self._read and not self._reads(number):
                return None
            data = self._read[number]
            old = self._library.content(before[number])
            new = index.build([text.as_utf8(data)], 1)
            if old is None:
                return None
            before_it, now_it = Counter(old[0].headers_of(old[1])), Counter(new.headers_of(0))
            headers = frozenset((before_it - now_it) + (now_it - before_it))
            in_tests = self._project.settings.is_test(path)
            changes.append(Change(path, number, in_tests, data, old[0].words_of(old[1]) ^ new.words_of(0), headers))
        return changes

    # --- keeping ---

    def part(self) -> None:
        """What was asked up to now is common to all groups that are run from here on."""
        self._common = self.depending()
        asked = self._project.files.asked
        production, *tests = (sieve.asked for sieve in self._project.sieves)
        looks = {path: len(told) for path, told in asked.looks.items()}
        of_index = OfIndex.of(production), OfIndex.of(*tests)
        self._mark = Mark(frozenset(asked.whole), *of_index, frozenset(asked.matching), looks, frozenset(asked.passing))

    def depending(self) -> bytes | None:
        """What everything rests on that was asked since groups parted, encoded; None where it cannot be said."""
        files, number, mark = self._project.files, self._numbers, self._mark
        asked = files.asked
        production, *tests = (sieve.asked for sieve in self._project.sieves)
        if not files.saw_one_content(asked.whole):
            return None
        looks = {path: tuple(told.items())[mark.looks.get(path, 0) :] for path, told in asked.looks.items()}
        try:
            return _encode(
                Depending(
                    tuple(sorted(number[path] for path in asked.whole - mark.whole)),
                    OfIndex.of(production).without(mark.production),
                    OfIndex.of(*tests).without(mark.tests),
                    tuple(sorted(asked.matching - mark.matching)),
                    {
                        number[path]: _encode([(name, arguments, said) for (name, arguments), said in told])
                        for path, told in looks.items()
                        if told
                    },
                    {
                        what: OfTest(
                            tuple(number[path] for path in one.candidates),
                            tuple(number[path] for path in one.passing),
                            one.basis,
                        )
                        for what, one in asked.passing.items()
                        if what not in mark.passing
                    },
                )
            )
        except (KeyError, UnicodeEncodeError):  # a file of somewhere else, a word that is no text
            return None

    def keep(self, found: Iterable[tuple[Codes, bytes | None, bytes]]) -> None:
        """Keep what groups found now (their codes, what it rests on, and the answer) beside what still holds."""
        contents, common = self._seen(), self._common
        if contents is None:
            return
        groups = self._kept | {
            codes: _Group(codes, common, depending, answer)
            for codes, depending, answer in found
            if depending is not None and common is not None
        }
        numbers = {body: number for number, body in enumerate(dict.fromkeys(one.common for one in groups.values()))}
        reported = self._project.reported
        key = self._whole_key if reported is None else self._given_key
        kept = _Kept(
            self._named(reported),
            b"".join(contents),
            tuple(numbers),
            tuple(_KeptGroup(one.codes, numbers[one.common], one.depending, one.answer) for one in groups.values()),
        )
        self._cache.put("answers", {key: _encode(kept)})

    def _seen(self) -> list[bytes] | None:
        """The contents that this run has seen; None where a file could not be read."""
        seen: dict[str, bytes] = {}
        for sieve in self._project.sieves:
            if sieve.is_read:
                seen.update(sieve.digests)
                if sieve.problems:
                    return None
        return [seen.get(path) or self._now.get(number, _UNREAD) for number, path in enumerate(self._paths)]


def _split(contents: bytes) -> list[bytes]:
    return [contents[at : at + _DIGEST_SIZE] for at in range(0, len(contents), _DIGEST_SIZE)]


def _depending(body: bytes) -> Depending | None:
    try:
        return msgspec.msgpack.decode(body, type=Depending)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None  # not what we wrote


def _as_told(answer: Any) -> Any:
    """The answer to a look, whose tuples are lists when they are decoded."""
    return tuple(map(_as_told, answer)) if isinstance(answer, list) else answer
