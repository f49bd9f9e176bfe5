"""Which files can matter, by their bytes: those that mention a word, those that have a certain class header.

A sieve reads every file once, when it is first asked, and keeps the index (about a seventh of the sources), not the
sources. Make one for each world that is asked about apart, such as production code and tests: the second is then
only read where something asks about it. An answer is a superset of the files that *use* a name; it is never too small.
"""

from __future__ import annotations

import functools
import gc
import hashlib
import zlib
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from registry_lint.findings import Unexamined
from registry_lint.source import index, text, workers
from registry_lint.source.corpus import DiskCorpus

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from registry_lint.source.corpus import Corpus

# Below this number of files (some 100,000 lines) a fork gains less than it costs.
_WORTH_A_FORK = 600
_FEW = 200

_ANY = (r"[\s\S]*", 0)  # the form of any name


def digest(content: bytes) -> bytes:
    """The name of a content: 16 bytes, equal for equal contents and, in practice, for no others."""
    return hashlib.blake2b(content, digest_size=16).digest()


class ClassHeader(NamedTuple):
    """A class by its header: `names` are the words between its brackets, in their order, bases among them."""

    path: str
    name: str
    names: tuple[str, ...]


class Questions:
    """What a sieve was asked: a file matters to the answers by what it holds of it."""

    def __init__(self) -> None:
        self.words: set[str] = set()
        self.fragments: set[str] = set()  # of words
        self.classes: set[str] = set()  # names of classes
        self.bases: set[str] = set()  # words between the brackets of class headers
        self.forms: set[tuple[str, int]] = set()  # regular expressions, with flags, that match whole names of classes


class Indexed(msgspec.Struct, frozen=True):
    """What one pass over some files gave."""

    segment: index.Segment
    digests: tuple[bytes, ...]  # of the segment's contents, by number
    contents: dict[bytes, int]  # path (as bytes: it may be no text) → number
    problems: tuple[tuple[bytes, str], ...]


class Library(Protocol):
    """Where indexes are kept between runs."""

    def known(self, paths: Sequence[str]) -> Mapping[str, bytes]:
        """The digests of those files that did not change since they were last read."""

    def segments(self, digests: frozenset[bytes]) -> Sequence[tuple[index.Segment, tuple[bytes, ...]]]:
        """Kept segments that hold any of the contents, each with the digests of its contents by number."""

    def content(self, digest: bytes, /) -> tuple[index.Segment, int] | None:
        """A segment that holds a content, and its number there."""

    def keep(self, segment: index.Segment, digests: tuple[bytes, ...], files: Mapping[str, bytes]) -> None:
        """Keep a segment, and which file had which content."""


class Sieve:
    """The files of a corpus (or those of `paths`), asked by word and by class header."""

    def __init__(
        self,
        corpus: Corpus,
        paths: Iterable[str] | None = None,
        *,
        jobs: int = 1,
        library: Library | None = None,
    ) -> None:
        self._corpus = corpus
        self._paths = corpus.paths if paths is None else tuple(sorted(paths))
        self._jobs = jobs
        self._library = library
        self._problems: list[Unexamined] = []
        self.asked = Questions()

    def mentions(self, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """For each name, the files whose bytes hold it as a word, sorted; `()` where there is none."""
        return {name: self.mentioning(name) for name in names}

    def mentioning(self, name: str) -> tuple[str, ...]:
        """The files that hold a word, sorted. A text of several words (`my-tool`) must be held with all of them."""
        parts = index.words(name)
        self.asked.words.update(parts)
        if len(parts) == 1 and parts[0] == name:
            return tuple(sorted(self._holding(name)))
        return tuple(sorted(set.intersection(*(set(self._holding(part)) for part in parts)))) if parts else ()

    def containing(self, fragment: str) -> tuple[str, ...]:
        """The files that hold a word with `fragment` in it, sorted; slower than a whole word (milliseconds)."""
        self.asked.fragments.add(fragment)
        return self.may_match(fragment)

    def may_match(self, fragment: str) -> tuple[str, ...]:
        """The same for somebody who looks for a pattern in these files, and notes that instead (see Files.matching)."""
        if not fragment or index.words(fragment) != (fragment,):
            raise ValueError(f"not a part of a word: {fragment!r}")
        return tuple(
            sorted(
                {
                    path
                    for segment, owners in self._indexes
                    for number in segment.holding_part(fragment)
                    if number < len(owners)
                    for path in owners[number]
                }
            )
        )

    def count(self, name: str) -> int:
        """How many files hold a word: tells a name that is everywhere before anything is read."""
        self.asked.words.add(name)
        return sum(1 for _ in self._holding(name))

    @property
    def class_headers(self) -> tuple[ClassHeader, ...]:
        """Every class header of every file, by path; those in comments and strings too."""
        self.asked.forms.add(_ANY)
        return self._headers

    def classes_like(self, form: re.Pattern[str]) -> dict[str, tuple[ClassHeader, ...]]:
        """The class headers of all names that a pattern matches whole, by name."""
        self.asked.forms.add((form.pattern, form.flags))
        return {name: headers for name, headers in self._by_name.items() if form.fullmatch(name)}

    def classes_named(self, name: str) -> tuple[ClassHeader, ...]:
        """The headers of the classes of a name, by path."""
        self.asked.classes.add(name)
        return self._by_name.get(name, ())

    def classes_deriving(self, name: str) -> tuple[ClassHeader, ...]:
        """The class headers with a word between their brackets, by path: who may derive from a class of that name."""
        self.asked.bases.add(name)
        return self._by_base.get(name, ())

    @functools.cached_property
    def _headers(self) -> tuple[ClassHeader, ...]:
        return tuple(
            ClassHeader(path, header.name, header.names)
            for path, header in sorted(
                (path, header)
                for segment, owners in self._indexes
                for header in segment.headers
                for path in owners[header.content]
            )
        )

    @functools.cached_property
    def _by_name(self) -> Mapping[str, tuple[ClassHeader, ...]]:
        return _grouped((header.name, header) for header in self._headers)

    @functools.cached_property
    def _by_base(self) -> Mapping[str, tuple[ClassHeader, ...]]:
        return _grouped((name, header) for header in self._headers for name in header.names)

    @functools.cached_property
    def digests(self) -> Mapping[str, bytes]:
        """The name of each file's content; a file that could not be read has none."""
        return dict(self._digests)

    @property
    def is_read(self) -> bool:
        """Whether somebody asked, so that the files were read."""
        return "_indexes" in self.__dict__

    @property
    def is_at_hand(self) -> bool:
        """Whether asking means to read a few files at most."""
        if self.is_read:
            return True
        return self._library is not None and len(self._paths) - len(self._library.known(self._paths)) <= _FEW

    @property
    def library(self) -> Library | None:
        """Where this sieve's index is kept."""
        return self._library

    @property
    def problems(self) -> tuple[Unexamined, ...]:
        """Files that could not be read."""
        _ = self._indexes
        return tuple(sorted(self._problems))

    def _holding(self, word: str) -> Iterator[str]:
        for segment, owners in self._indexes:
            for number in segment.holding(word):
                if number < len(owners):  # a damaged or forged segment must not end the run
                    yield from owners[number]

    @property
    def _digests(self) -> dict[str, bytes]:
        _ = self._indexes
        return self._found

    @functools.cached_property
    def _indexes(self) -> list[tuple[index.Segment, list[tuple[str, ...]]]]:
        """Segments, and for each the files that have its contents, by number."""
        self._found: dict[str, bytes] = {}
        indexes = []
        unread: Sequence[str] = self._paths
        if self._library is not None:
            known = self._library.known(self._paths)
            held: set[bytes] = set()
            for segment, digests in self._library.segments(frozenset(known.values())):
                # A content that two segments hold counts once.
                indexes.append((segment, [value if value not in held else b"" for value in digests]))
                held.update(digests)
            self._found = {path: value for path, value in known.items() if value in held}
            unread = [path for path in self._paths if path not in self._found]
        for indexed in self._read(unread):
            new = list(indexed.digests)
            files = {path: new[number] for path, number in _decoded(indexed.contents)}
            self._found.update(files)
            self._problems += [Unexamined(_path(path), reason) for path, reason in indexed.problems]
            if self._library is not None:
                self._library.keep(indexed.segment, indexed.digests, files)
            earlier = {value for _, digests in indexes for value in digests}
            indexes.append((indexed.segment, [value if value not in earlier else b"" for value in new]))
        owners: dict[bytes, list[str]] = {}
        for path, value in self._found.items():
            owners.setdefault(value, []).append(path)
        return [(segment, [tuple(owners.get(value, ())) for value in digests]) for segment, digests in indexes]

    def _read(self, paths: Sequence[str]) -> list[Indexed]:
        """Index files, in several processes where that pays."""
        if not paths:
            return []
        shares = workers.usable(self._jobs) if isinstance(self._corpus, DiskCorpus) else 1
        if shares <= 1 or len(paths) < _WORTH_A_FORK:
            return [index_files(self._corpus, paths)]
        # Copies of a file have its name as a rule: they meet in one share and are looked at once.
        split: list[list[str]] = [[] for _ in range(shares)]
        for path in paths:
            split[zlib.crc32(path.rpartition("/")[2].encode("utf-8", "surrogateescape")) % shares].append(path)
        encode = msgspec.msgpack.Encoder().encode
        answers = workers.share_out(lambda share: encode(index_files(self._corpus, split[share])), shares)
        decode = msgspec.msgpack.Decoder(Indexed).decode
        return [decode(answer) for answer in answers]


def index_files(corpus: Corpus, paths: Sequence[str]) -> Indexed:
    """Read and index files, each distinct content once."""
    numbers: dict[tuple[int, int], int] = {}
    digests: list[bytes] = []
    contents: dict[bytes, int] = {}
    problems: list[tuple[bytes, str]] = []

    def distinct() -> Iterator[bytes]:
        for path in paths:
            try:
                content = corpus.read(path)
            except OSError as error:
                problems.append((_encoded(path), (error.strerror or type(error).__name__).lower()))
                continue
            # Python's own hash tells copies three times faster than a digest; it is keyed anew in each process.
            identity = (len(content), hash(content))
            number = numbers.setdefault(identity, len(digests))
            contents[_encoded(path)] = number
            if number == len(digests):
                digests.append(digest(content))
                yield text.as_utf8(content)

    collecting = gc.isenabled()
    gc.disable()  # millions of small objects and no cycle among them
    try:
        segment = index.build(distinct(), len(paths))
    finally:
        if collecting:
            gc.enable()
    return Indexed(segment, tuple(digests), contents, tuple(problems))


def _decoded(contents: dict[bytes, int]) -> Iterator[tuple[str, int]]:
    return ((_path(path), number) for path, number in contents.items())


def _encoded(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def _path(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")


def _grouped(pairs: Iterable[tuple[str, ClassHeader]]) -> dict[str, tuple[ClassHeader, ...]]:
    groups: dict[str, list[ClassHeader]] = {}
    for key, header in pairs:
        groups.setdefault(key, []).append(header)
    return {key: tuple(headers) for key, headers in groups.items()}
