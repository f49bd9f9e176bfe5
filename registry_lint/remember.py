"""What one run leaves for the next: outcomes, facts, and which configurations were valid.

An outcome is kept under everything that it depends on: the files' states (see source/kept.py), the settings, what was
asked for, and the program itself (the cache's own version). It is not kept where any of that cannot be named: sources
that are not on disk, a file that changed a moment ago, rules of somebody else. Facts are kept by content.
"""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING

import msgspec

from registry_lint.findings import Outcome
from registry_lint.fingerprint import Identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from registry_lint.facts.records import FileFacts, Unparsable
    from registry_lint.run import Gathered, Request
    from registry_lint.source.cache import Cache

_BUILT_IN = "registry_lint.rules."
_DIGEST_SIZE = 20


class Remembered(msgspec.Struct, frozen=True):
    """An outcome, and the identities of its findings in their order."""

    outcome: Outcome
    identities: tuple[Identity, ...]


class Memory:
    """A project's cache, as a run uses it. Nothing here raises because of what the cache holds."""

    def __init__(self, cache: Cache) -> None:
        self.cache = cache

    # --- outcomes ---

    def key(self, request: Request, gathered: Gathered) -> bytes | None:
        """Names everything that a request's outcome depends on; None where something cannot be named."""
        from registry_lint.source.kept import states

        if request.unsaved or request.gathered is not None or gathered.corpus.root is None:
            return None
        if not all(rule.__module__.startswith(_BUILT_IN) for rule in request.rules):
            return None
        files = states(gathered.corpus.root, gathered.corpus.paths).fingerprint()
        if files is None:
            return None
        baseline = request.baseline
        documents = request.positions.documents if request.positions is not None else None
        parts = (
            str(gathered.corpus.root),
            files,
            request.settings.digest(),
            sorted(gathered.reported),
            gathered.excluded,
            gathered.problems,
            request.suggest,
            (baseline.path, baseline.entries) if baseline is not None else None,
            [(document.name, document.text) for document in documents] if documents is not None else None,
        )
        try:
            return _digest(b"outcome", msgspec.msgpack.encode(parts))
        except UnicodeEncodeError:  # a file's name that is no text
            return None

    def recall(self, key: bytes) -> Remembered | None:
        """What was kept under a key."""
        body = self.cache.get("findings", [key]).get(key)
        try:
            return msgspec.msgpack.decode(body, type=Remembered) if body is not None else None
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return None

    def keep(self, key: bytes, outcome: Outcome, identities: Iterable[Identity]) -> None:
        """Keep an outcome under a key."""
        try:
            body = msgspec.msgpack.encode(Remembered(outcome, tuple(identities)))
        except UnicodeEncodeError:
            return
        self.cache.put("findings", {key: body})

    # --- facts ---

    def facts(self, extract: Callable[[bytes], FileFacts | Unparsable]) -> Callable[[bytes], FileFacts | Unparsable]:
        """`extract`, asked once for each content. What does not parse is not kept: that is soon said."""
        from registry_lint.facts.records import FileFacts

        decode = msgspec.msgpack.Decoder(FileFacts).decode
        encode = msgspec.msgpack.Encoder().encode

        def remembered(content: bytes) -> FileFacts | Unparsable:
            key = _digest(b"facts", content)
            body = self.cache.get("facts", [key]).get(key)
            if body is not None:
                try:
                    return decode(body)
                except (msgspec.MsgspecError, UnicodeDecodeError):
                    pass
            found = extract(content)
            if isinstance(found, FileFacts):
                with contextlib.suppress(UnicodeEncodeError, OverflowError):  # lone surrogates, huge numbers
                    self.cache.put("facts", {key: encode(found)})
            return found

        return remembered


class Validated:
    """Which configuration texts were found valid, so that an unchanged one costs no pydantic (0.1 s)."""

    def __init__(self, open_memory: Callable[[Path], Memory | None]) -> None:
        self._open = open_memory

    def knows(self, root: Path, text: str) -> bool:
        """Whether a text was valid for this version of the program."""
        memory = self._open(root)
        key = _digest(b"configuration", text.encode("utf-8", "surrogatepass"))
        return memory is not None and bool(memory.cache.get("findings", [key]))

    def learn(self, root: Path, texts: Iterable[str]) -> None:
        """Remember that texts are valid."""
        memory = self._open(root)
        if memory is not None:
            keys = [_digest(b"configuration", text.encode("utf-8", "surrogatepass")) for text in texts]
            memory.cache.put("findings", dict.fromkeys(keys, b"valid"))


def _digest(what: bytes, content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_DIGEST_SIZE, person=what).digest()
