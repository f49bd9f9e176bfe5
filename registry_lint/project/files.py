"""The files of a project as facts, read when they are first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from registry_lint.facts.encoded import RECORD, decode, encode, weight
from registry_lint.facts.extract import extract
from registry_lint.facts.records import FileFacts, Unparsable
from registry_lint.project.lately import Lately
from registry_lint.project.looks import occurrences
from registry_lint.project.questions import Asked, Passing
from registry_lint.source.sieve import Sieve, digest
from registry_lint.source.spool import Spool

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any, TypeAlias, TypeVar, TypeVarTuple

    from registry_lint.source.corpus import Corpus

    _Arguments = TypeVarTuple("_Arguments")
    _Answer = TypeVar("_Answer")
    Looks: TypeAlias = Mapping[tuple[str, tuple[Any, ...]], Any]  # a look's name and arguments → its answer

# Facts are kept as long as somebody asks for them, and encoded then. With 40 MB instead of 5, a run over 6,557 files
# decodes half as much, and takes a tenth less time and 50 MB more; of many files the index takes as much.
_FACTS_AT_HAND = 40_000_000  # bytes, and up to twice as much in two generations
_FACTS_OF_MANY = 5_000_000
MANY = 10_000  # files, from which on memory is short

_encode_counts = msgspec.msgpack.Encoder().encode
_decode_counts = msgspec.msgpack.Decoder(dict[bytes, int]).decode

# Sources that are kept after they were read, since a sieve and the facts often ask for the same one in turn.
_BYTES_KEPT = 4_000_000


class Matched(NamedTuple):
    """A file in which a pattern occurs, and how often."""

    path: str
    times: int


class Files:
    """Facts by path, and which files mention a word. Tests are looked at only where somebody asks for them."""

    def __init__(
        self,
        corpus: Corpus,
        production: Sequence[str],
        tests: Sequence[str],
        read_facts: Callable[[bytes], FileFacts | Unparsable] = extract,
        sieves: tuple[Sieve, Sieve] | None = None,
    ) -> None:
        self.corpus = corpus
        self.unparsable: dict[str, Unparsable] = {}
        self.production_sieve, self.test_sieve = sieves or (Sieve(corpus, production), Sieve(corpus, tests))
        self._read_facts = read_facts
        most = _FACTS_AT_HAND if len(production) + len(tests) < MANY else _FACTS_OF_MANY
        self._lately: Lately[str, FileFacts] = Lately(most, self._keep_encoded, weight)
        self._at_hand: dict[bytes, str] = {}  # the digest of a content → a file whose facts are at hand
        self._encoded: dict[bytes, bytes] = {}  # by the digest of a content: copies are common
        self.fresh = Spool()  # the same, of contents that were read anew by any of several processes
        self.counted = Spool()  # what was counted in a content, likewise
        self._digests: dict[str, bytes] = {}
        self._passing: dict[str, tuple[str, ...]] = {}
        self._for_good: dict[str, FileFacts | None] = {}  # None: unparsable
        self._bytes: dict[str, bytes] = {}
        self._kept = 0
        self.asked = Asked()
        self._earlier_looks: Callable[[str], Looks] | None = None
        self._known_looks: dict[str, Looks] = {}
        self._earlier_passing: Callable[[str, bytes], Mapping[str, bool]] | None = None
        self._matches: dict[tuple[str, re.Pattern[bytes], bool], tuple[Matched, ...]] = {}

    def saw_one_content(self, paths: Iterable[str]) -> bool:
        """Whether each file held, when its facts were read, what it held when it was indexed."""
        seen = self._digests
        indexed = [sieve.digests for sieve in (self.production_sieve, self.test_sieve) if sieve.is_read]
        return all(
            digests[path] == seen[path] for path in paths if path in seen for digests in indexed if path in digests
        )

    def read_facts_with(self, read_facts: Callable[[bytes], FileFacts | Unparsable]) -> None:
        """From here on, turn contents into facts by another function."""
        self._read_facts = read_facts

    # --- one file ---

    def read(self, path: str) -> bytes:
        """The bytes of a file; empty where it cannot be read (which is said as unparsable)."""
        self.asked.whole.add(path)
        return self._read(path)

    def read_anew(self, path: str) -> bytes:
        """The bytes of a file as they are now, whole. Raises OSError."""
        self.asked.whole.add(path)
        return self.corpus.read(path)

    def look(self, path: str, what: Callable[[bytes, *_Arguments], _Answer], *arguments: *_Arguments) -> _Answer:
        """What the bytes of a file say: the answer of one of the looks of looks.py."""
        return self.told(path, what, lambda: what(self._read(path), *arguments), *arguments)

    def _looks_of(self, path: str) -> Looks:
        """What looks said of a file in earlier runs."""
        if self._earlier_looks is None:
            return {}
        known = self._known_looks.get(path)
        if known is None:
            known = self._known_looks[path] = self._earlier_looks(path)
        return known

    def adopt_answers(self, looks: Callable[[str], Looks], passing: Callable[[str, bytes], Mapping[str, bool]]) -> None:
        """Take what looks said of a file in an earlier run, where the file is what it was, and which passed a test (by
        the test's name and basis)."""
        self._earlier_looks, self._earlier_passing = looks, passing

    def told(
        self,
        path: str,
        what: Callable[[bytes, *_Arguments], _Answer],
        find: Callable[[], _Answer],
        *arguments: *_Arguments,
    ) -> _Answer:
        """The answer of a look that is found in another way, such as all answers about a file at once."""
        known = self._looks_of(path)
        asked = (what.__name__, arguments)
        answer: _Answer = known[asked] if asked in known else find()
        self.asked.saw(path, what.__name__, arguments, answer)
        return answer

    def read_for_looks(self, path: str) -> bytes:
        """The bytes of a file for somebody who tells each answer that is taken from them (see `told`)."""
        return self._read(path)

    def counts(self, path: str, count: Callable[[bytes], dict[bytes, int]]) -> dict[bytes, int]:
        """What is counted in the bytes of a file, for somebody who tells each answer that is taken from it: once for
        all processes, since that takes five times as long as reading the file."""
        indexed = self.production_sieve.digests if self.production_sieve.is_read else {}
        content = indexed.get(path) or digest(self._read(path))
        key = digest(content + count.__name__.encode())
        body = self.counted.get(key)
        if body is not None:
            return _decode_counts(body)
        counts = count(self._read(path))
        self.counted.put(key, _encode_counts(counts))
        return counts

    def _read(self, path: str) -> bytes:
        data = self._bytes.get(path)
        if data is None:
            try:
                data = self.corpus.read(path)
            except OSError as error:
                self.unparsable[path] = Unparsable(f"cannot be read: {error.strerror or error}", 0, 0)
                data = b""
            self._kept += len(data)
            if self._kept > _BYTES_KEPT:
                self._bytes.clear()
                self._kept = len(data)
            self._bytes[path] = data
        return data

    def facts(self, path: str) -> FileFacts | None:
        """The facts of a file; None where it does not parse."""
        found = self._lately.young.get(path)
        return found if found is not None else self._facts_again(path)

    def at_hand(self, path: str) -> FileFacts | None:
        """The facts of a file where somebody asked for them lately: nothing is read."""
        return self._lately.get(path)

    def _facts_again(self, path: str) -> FileFacts | None:
        """Facts that are not at hand: asked for the first time, or not for long."""
        self.asked.whole.add(path)
        if path in self._for_good:
            return self._for_good[path]
        known = self._lately.get(path)
        if known is not None:
            return known
        content = self._digests.get(path)
        if content is None:
            content = self._digests[path] = digest(self._read(path))
        encoded = self._encoded.get(content) or self.fresh.get(content)
        found = decode(encoded) if encoded is not None else None
        if found is None:
            copy = self._at_hand.get(content)
            found = (self._lately.get(copy) if copy is not None else None) or self._read_facts(self._read(path))
        if isinstance(found, Unparsable):
            self.unparsable.setdefault(path, found)
            self._for_good[path] = None
            return None
        self._lately.put(path, found, RECORD * len(found.expressions))
        self._at_hand[content] = path
        return found

    def _keep_encoded(self, path: str, found: FileFacts) -> None:
        """Keep facts that nobody asked for lately as bytes; where they cannot be encoded, as they are."""
        content = self._digests[path]
        if self._at_hand.get(content) == path:
            del self._at_hand[content]
        if content not in self._encoded and content not in self.fresh:
            encoded = encode(found)
            if encoded is not None:
                self._encoded[content] = encoded
            else:
                self._for_good[path] = found

    def passing(
        self, what: str, paths: Iterable[str], test: Callable[[str, bytes], bool], basis: bytes | None
    ) -> tuple[str, ...]:
        """The files whose bytes pass a test, sorted; `what` is its name, under which the answer is kept, and `basis`
        names all that it knows beside the bytes (None where that cannot be named).

        What the test says of a file, it says of each copy.
        """
        known = self._passing.get(what)
        if known is None:
            told = self.known_passing(what, basis)
            copies = (
                files
                for files in self.by_content(paths)
                if (told[files[0]] if files[0] in told else test(files[0], self._read(files[0])))
            )
            known = self._passing[what] = tuple(sorted(path for files in copies for path in files))
        self.asked.passing[what] = Passing(tuple(paths), known, basis)
        return known

    def adopt_passing(self, what: str, paths: Iterable[str]) -> None:
        """Take the answer to `passing` that other processes gave."""
        self._passing[what] = tuple(sorted(paths))

    def known_passing(self, what: str, basis: bytes | None) -> Mapping[str, bool]:
        """Whether files passed a test in an earlier run, those that are what they were."""
        return self._earlier_passing(what, basis) if self._earlier_passing is not None and basis is not None else {}

    def by_content(self, paths: Iterable[str]) -> tuple[tuple[str, ...], ...]:
        """Files, sorted; those together that were copies of one another when they were indexed."""
        indexed = [sieve.digests for sieve in (self.production_sieve, self.test_sieve) if sieve.is_read]
        copies: dict[bytes | str, list[str]] = {}
        for path in sorted(paths):
            content = next((digests[path] for digests in indexed if path in digests), None)
            copies.setdefault(path if content is None else content, []).append(path)
        return tuple(map(tuple, copies.values()))

    def parsed(self, path: str) -> FileFacts:
        """The facts of a file that is known to parse, since something in it was found."""
        facts = self.facts(path)
        assert facts is not None, path
        return facts

    # --- which files ---

    def mentioning(self, word: str, *, tests: bool = False) -> tuple[str, ...]:
        """The production files (and tests) that hold a word, sorted; a superset of those that use it as a name."""
        found = self.production_sieve.mentioning(word)
        return tuple(sorted((*found, *self.test_sieve.mentioning(word)))) if tests else found

    def containing(self, text: str, *, tests: bool = False) -> tuple[str, ...]:
        """The production files (and tests) that hold a word which holds a text: `egist` finds `register`."""
        found = self.production_sieve.containing(text)
        return tuple(sorted((*found, *self.test_sieve.containing(text)))) if tests else found

    def matching(self, text: str, pattern: re.Pattern[bytes], *, tests: bool = False) -> tuple[Matched, ...]:
        """The files that contain a text, and in them a pattern, with the number of places; sorted.

        The pattern is a sieve over bytes: it may find too much (comments, texts), the facts decide. One that begins
        with literal characters is found at the speed of memory, any other costs a second on some tens of megabytes.
        """
        key = (text, pattern, tests)
        known = self._matches.get(key)
        if known is None:
            self.asked.matching.add((text, pattern.pattern, pattern.flags, tests))
            sieves = (self.production_sieve, self.test_sieve) if tests else (self.production_sieve,)
            counted = (
                Matched(path, self.look(path, occurrences, pattern.pattern, pattern.flags))
                for path in sorted(path for sieve in sieves for path in sieve.may_match(text))
            )
            known = self._matches[key] = tuple(matched for matched in counted if matched.times)
        return known

    def deriving(self, name: str, *, tests: bool = False) -> tuple[str, ...]:
        """The files with a class header that names something between its brackets."""
        headers = self.production_sieve.classes_deriving(name)
        if tests:
            headers += self.test_sieve.classes_deriving(name)
        return tuple(sorted({header.path for header in headers}))
