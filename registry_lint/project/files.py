"""The files of a project as facts, read when they are first asked for."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from registry_lint.facts.extract import extract
from registry_lint.facts.records import FileFacts, Unparsable

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable

    from registry_lint.source.corpus import Corpus


class Files:
    """Facts by path, and which files mention a word."""

    def __init__(self, corpus: Corpus, read_facts: Callable[[bytes], FileFacts | Unparsable] = extract) -> None:
        self.corpus = corpus
        self.unparsable: dict[str, Unparsable] = {}
        self._read_facts = read_facts
        self._facts: dict[str, FileFacts | None] = {}
        self._bytes: dict[str, bytes] = {}
        self._mentions: dict[str, tuple[str, ...]] = {}
        self._matches: dict[re.Pattern[bytes], tuple[tuple[str, int], ...]] = {}

    def read(self, path: str) -> bytes:
        """The bytes of a file; empty where it cannot be read (which is said as unparsable)."""
        data = self._bytes.get(path)
        if data is None:
            try:
                data = self.corpus.read(path)
            except OSError as error:
                self.unparsable[path] = Unparsable(f"cannot be read: {error.strerror or error}", 0, 0)
                data = b""
            self._bytes[path] = data
        return data

    def facts(self, path: str) -> FileFacts | None:
        """The facts of a file; None where it does not parse."""
        if path in self._facts:
            return self._facts[path]
        found = self._read_facts(self.read(path))
        if isinstance(found, Unparsable):
            self.unparsable.setdefault(path, found)
            self._facts[path] = None
            return None
        self._facts[path] = found
        return found

    def parsed(self, path: str) -> FileFacts:
        """The facts of a file that is known to parse, since something in it was found."""
        facts = self.facts(path)
        assert facts is not None, path
        return facts

    def mentioning(self, word: str) -> tuple[str, ...]:
        """The files whose bytes hold a word, sorted; a superset of those that use it as a name."""
        known = self._mentions.get(word)
        if known is None:
            needle = word.encode()
            known = tuple(path for path in self.corpus.paths if needle in self.read(path))
            self._mentions[word] = known
        return known

    def matching(self, word: str, pattern: re.Pattern[bytes]) -> tuple[tuple[str, int], ...]:
        """The files that mention a word in a certain position, with the number of places.

        The pattern is a sieve over bytes: it may find too much (comments, texts), the facts decide.
        """
        known = self._matches.get(pattern)
        if known is None:
            counted = ((path, len(pattern.findall(self.read(path)))) for path in self.mentioning(word))
            known = self._matches[pattern] = tuple((path, count) for path, count in counted if count)
        return known

    def mentioning_any(self, words: Iterable[str]) -> tuple[str, ...]:
        """The files that mention at least one of the words, sorted."""
        found: defaultdict[str, bool] = defaultdict(bool)
        for word in words:
            for path in self.mentioning(word):
                found[path] = True
        return tuple(sorted(found))
