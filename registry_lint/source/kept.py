"""Indexes kept between runs: a file that did not change (see states.py) is not read again.

Where its state does not tell (it was written a moment before the last run, or a checkout wrote it anew), it is read,
and its content tells: that takes a hundredth of the time that a run takes to find the same out once more.
"""

from __future__ import annotations

import functools
import hashlib
import os
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from registry_lint.source import index
from registry_lint.source.sieve import digest
from registry_lint.source.states import State  # noqa: TC001 - msgspec reads the annotations of a _Listed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from registry_lint.source.cache import Cache
    from registry_lint.source.states import States

_DIGEST_SIZE = 16
# Segments below this size come from runs after small changes. When there are more than a few, they are dropped and
# their files indexed again, together.
_SMALL = 256
_MOST_SMALL = 8


class _Kept(msgspec.Struct, frozen=True):
    """A segment as it is kept."""

    segment: index.Segment
    # Headers that hold bytes that are no UTF-8, by their place: lone surrogates in the index, and no text for msgpack.
    odd: dict[int, tuple[bytes, tuple[bytes, ...]]] = {}

    @classmethod
    def of(cls, segment: index.Segment) -> _Kept:
        """The form that can be encoded."""
        headers = list(segment.headers)
        odd = {}
        for place, header in enumerate(headers):
            text = " ".join((header.name, *header.names))
            if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
                odd[place] = (_bytes(header.name), tuple(map(_bytes, header.names)))
                headers[place] = index.Header(header.content, "", ())
        return cls(segment._replace(headers=tuple(headers)), odd) if odd else cls(segment)

    def whole(self) -> index.Segment:
        """The segment that was kept. Raises IndexError where it was not made by us."""
        if not self.odd:
            return self.segment
        headers = list(self.segment.headers)
        for place, (name, names) in self.odd.items():
            headers[place] = index.Header(
                headers[place].content, _surrogates(name), tuple(_surrogates(one) for one in names)
            )
        return self.segment._replace(headers=tuple(headers))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _surrogates(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")


class _Listed(NamedTuple):
    """A file as it was last seen."""

    state: State
    digest: bytes
    is_settled: bool  # whether a later change must show in the state


class KeptIndexes:
    """A sieve's library in a cache (see `sieve.Library`); `at` are the states of all files that will be asked for."""

    def __init__(self, cache: Cache, root: Path, at: States, read: Callable[[str], bytes]) -> None:
        """`read` gives a file's bytes, and raises OSError."""
        self._cache = cache
        self._read = read
        self._key = hashlib.blake2b(os.fsencode(root), digest_size=_DIGEST_SIZE).digest()
        self._at = at
        self._at_hand: dict[bytes, index.Segment] = {}
        self._compared: set[str] = set()  # files whose content is known to be the listed one

    def known(self, paths: Sequence[str]) -> Mapping[str, bytes]:
        """The digests of those files that were read before: as they were then where their state tells, else read."""
        found, is_news = {}, False
        for path in paths:
            listed, state = self._listed.get(os.fsencode(path)), self._at.files.get(path)
            if listed is None or state is None:
                continue
            if listed.state != state or not (listed.is_settled or path in self._compared):
                try:
                    self._list(path, digest(self._read(path)))
                except OSError:
                    continue
                self._compared.add(path)
                is_news = True
            found[path] = self._listed[os.fsencode(path)].digest
        if is_news:
            self._keep_list()
        return found

    def _list(self, path: str, content: bytes) -> None:
        state = self._at.files.get(path)
        if state is not None:
            self._listed[os.fsencode(path)] = _Listed(state, content, self._at.is_settled(state))
        else:
            self._listed.pop(os.fsencode(path), None)

    def _keep_list(self) -> None:
        self._cache.put("files", {self._key: msgspec.msgpack.encode(self._listed)})

    def segments(self, digests: frozenset[bytes]) -> Sequence[tuple[index.Segment, tuple[bytes, ...]]]:
        """Segments that together hold as many of the contents as are kept, each with its contents by number."""
        self._drop_small()
        missing = set(digests)
        chosen = []
        by_use = sorted(self._contents.items(), key=lambda item: (-len(digests.intersection(item[1])), item[0]))
        for key, contents in by_use:
            if missing.isdisjoint(contents):  # every project has copies of the empty file
                continue
            segment = self._segment(key, len(contents))
            if segment is not None:
                missing.difference_update(contents)
                chosen.append((segment, contents))
        return chosen

    def content(self, digest: bytes) -> tuple[index.Segment, int] | None:
        """A segment that holds a content, and its number there."""
        for key, contents in self._contents.items():
            if digest in contents:
                segment = self._segment(key, len(contents))
                return (segment, contents.index(digest)) if segment is not None else None
        return None

    def keep(self, segment: index.Segment, digests: tuple[bytes, ...], files: Mapping[str, bytes]) -> None:
        """Keep a segment, and the states of the files that it was made from."""
        key = hashlib.blake2b(b"".join(digests), digest_size=_DIGEST_SIZE).digest()
        self._contents[key] = digests
        self._cache.put("contents", {key: b"".join(digests)})
        self._cache.put("segment", {key: msgspec.msgpack.encode(_Kept.of(segment))})
        for path, value in files.items():
            self._list(path, value)
        self._keep_list()

    @functools.cached_property
    def _listed(self) -> dict[bytes, _Listed]:
        body = self._cache.get("files", [self._key]).get(self._key)
        if body is None:
            return {}
        try:
            listed = msgspec.msgpack.decode(body, type=dict[bytes, _Listed])
        except msgspec.MsgspecError:
            return {}
        gone = [path for path in listed if os.fsdecode(path) not in self._at.files]
        for path in gone:
            del listed[path]
        return listed

    @functools.cached_property
    def _contents(self) -> dict[bytes, tuple[bytes, ...]]:
        return {
            key: tuple(body[at : at + _DIGEST_SIZE] for at in range(0, len(body), _DIGEST_SIZE))
            for key, body in self._cache.all("contents").items()
        }

    def _segment(self, key: bytes, size: int) -> index.Segment | None:
        if key in self._at_hand:
            return self._at_hand[key]
        body = self._cache.get("segment", [key]).get(key)
        if body is not None:
            try:
                segment = msgspec.msgpack.decode(body, type=_Kept).whole()
            except (msgspec.MsgspecError, IndexError):
                return None
            if segment.size == size and index.is_sound(segment):
                self._at_hand[key] = segment
                return segment
        return None

    def _drop_small(self) -> None:
        small = [key for key, contents in self._contents.items() if len(contents) < _SMALL]
        if len(small) > _MOST_SMALL:
            self._cache.remove("contents", small)
            self._cache.remove("segment", small)
            for key in small:
                del self._contents[key]
