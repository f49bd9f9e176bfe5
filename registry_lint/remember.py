"""What one run leaves for the next: outcomes, facts, and which configurations were valid.

An outcome is kept under everything that it depends on (see request.py), facts are kept by content.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from registry_lint.findings import Outcome
from registry_lint.fingerprint import Identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from registry_lint.facts.records import FileFacts, Unparsable
    from registry_lint.source.cache import Cache

_DIGEST_SIZE = 20


class Remembered(msgspec.Struct, frozen=True):
    """An outcome, and the identities of its findings in their order."""

    outcome: Outcome
    identities: tuple[Identity, ...]


class Memory:
    """A project's cache, as a run uses it. Nothing here raises because of what the cache holds; kept facts may, when
    they are asked for something (see DamagedError)."""

    def __init__(self, cache: Cache) -> None:
        self.cache = cache

    # --- outcomes ---

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

    def keep_facts(self, facts: Mapping[bytes, bytes]) -> None:
        """Keep encoded facts that another process made, by the digests of their contents."""
        self.cache.put("facts", facts)

    def knows_facts(self) -> Callable[[bytes], bool]:
        """Whether facts are kept, by the digest of their content, for forked processes: they may be damaged yet."""
        row = self.cache.reader()
        return lambda content: row("facts", content) is not None

    def kept_facts(self) -> Callable[[bytes], FileFacts | Unparsable | None]:
        """What is kept of a content, by its digest, for forked processes."""
        from registry_lint.facts.encoded import decode

        row = self.cache.reader()

        def facts_of(content: bytes) -> FileFacts | Unparsable | None:
            body = row("facts", content)
            return decode(body) if body is not None else None

        return facts_of

    def facts(self, extract: Callable[[bytes], FileFacts | Unparsable]) -> Callable[[bytes], FileFacts | Unparsable]:
        """`extract`, asked once for each content."""
        from registry_lint.facts.encoded import decode, encode
        from registry_lint.source.sieve import digest as digest_of

        def remembered(content: bytes) -> FileFacts | Unparsable:
            key = digest_of(content)
            body = self.cache.get("facts", [key]).get(key)
            found = decode(body) if body is not None else None
            if found is None:
                found = extract(content)
                encoded = encode(found)
                if encoded is not None:
                    self.cache.put("facts", {key: encoded})
            return found

        return remembered


class Validated:
    """Which configuration texts were found valid, so that an unchanged one costs no pydantic (0.1 s)."""

    def __init__(self, open_memory: Callable[[Path], Memory | None]) -> None:
        self._open = open_memory

    def knows(self, root: Path, text: str) -> bool:
        """Whether a text was valid for this version of the program."""
        memory = self._open(root)
        key = digest(b"configuration", text.encode("utf-8", "surrogatepass"))
        return memory is not None and bool(memory.cache.get("findings", [key]))

    def learn(self, root: Path, texts: Iterable[str]) -> None:
        """Remember that texts are valid."""
        memory = self._open(root)
        if memory is not None:
            keys = [digest(b"configuration", text.encode("utf-8", "surrogatepass")) for text in texts]
            memory.cache.put("findings", dict.fromkeys(keys, b"valid"))


def digest(what: bytes, content: bytes) -> bytes:
    """A name for a content (20 bytes); `what` (at most 16 bytes) keeps kinds apart."""
    return hashlib.blake2b(content, digest_size=_DIGEST_SIZE, person=what).digest()
