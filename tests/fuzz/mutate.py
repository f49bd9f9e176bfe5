"""Mutations of real files: of bytes, of tokens, of lines, and of pieces of two files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

_TOKEN = re.compile(rb"\s+|\w+|[^\w\s]")

# What breaks readers: odd bytes, line ends, marks, brackets that do not match, words that rules look for.
_ODD = (
    *(
        b"\0",
        b"\r",
        b"\r\n",
        b"\f",
        b"\v",
        b"\t",
        b"\x1a",
        b"\x1b[31m",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xe9",
        b"\xed\xa0\x80",
    ),
    *(b";", b"#", b"f'{", b"::error::", b"\\\n", b"'" * 3, b'"' * 3, b"# coding: latin-1\n", b"# coding: utf-7\n"),
    *(b"# registry-lint: ignore[REG101]", b"# noqa: REG101", "\u202e".encode(), "\u2028".encode(), "é𝐀".encode()),
)
_WORDS = (
    *b"""ToolRegistry register registry tool name __name__ .lower() type(x).__name__ self cls class def async await
    yield lambda: return raise import from * ** as in not is None super() __class__ getattr isinstance match case try:
    except* finally: global nonlocal del with assert ( ) [ ] { } : := = @ ... 0x_ 1e999 -> ~ get_execution_tracker
    BaseModel ExecutionTracker type""".split(),
    b"9" * 5_000,
    b"type X = int",
)


def mutated(random: random.Random, sources: Sequence[bytes]) -> bytes:
    """One of the sources, changed in one to eight places."""
    data = random.choice(sources)
    for _ in range(random.choice((1, 1, 2, 3, 5, 8))):
        data = random.choice(_WAYS)(random, data, sources)
    return data[:200_000]


def _flip(random: random.Random, data: bytes, _sources: Sequence[bytes]) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + bytes([random.randrange(256)]) + data[at + random.randrange(2) :]


def _odd(random: random.Random, data: bytes, _sources: Sequence[bytes]) -> bytes:
    at = random.choice((0, len(data), random.randrange(len(data) + 1)))
    return data[:at] + random.choice(_ODD) + data[at:]


def _cut(random: random.Random, data: bytes, _sources: Sequence[bytes]) -> bytes:
    first, last = sorted(random.randrange(len(data) + 1) for _ in "ab")
    return data[:first] + data[min(last, first + random.choice((1, 10, 100, 10_000))) :]


def _repeat(random: random.Random, data: bytes, _sources: Sequence[bytes]) -> bytes:
    first = random.randrange(len(data) + 1)
    return (
        data[:first] + data[first : first + random.choice((1, 5, 60))] * random.choice((2, 3, 40, 400)) + data[first:]
    )


def _of_tokens(change: Callable[[random.Random, list[bytes]], None]) -> Callable[..., bytes]:
    def way(random: random.Random, data: bytes, _sources: Sequence[bytes]) -> bytes:
        tokens = _TOKEN.findall(data)
        if tokens:
            change(random, tokens)
        return b"".join(tokens)

    return way


def _drop(random: random.Random, tokens: list[bytes]) -> None:
    del tokens[random.randrange(len(tokens))]


def _swap(random: random.Random, tokens: list[bytes]) -> None:
    one, other = random.randrange(len(tokens)), random.randrange(len(tokens))
    tokens[one], tokens[other] = tokens[other], tokens[one]


def _put(random: random.Random, tokens: list[bytes]) -> None:
    at = random.randrange(len(tokens))
    tokens[at : at + random.randrange(2)] = [b" ", random.choice(_WORDS), b" "]


def _rename(random: random.Random, tokens: list[bytes]) -> None:
    names = sorted({token for token in tokens if token[:1].isalpha()})
    if len(names) > 1:
        old, new = random.sample(names, 2)
        tokens[:] = [new if token == old else token for token in tokens]


def _lines(random: random.Random, data: bytes, _sources: Sequence[bytes]) -> bytes:
    lines = data.split(b"\n")
    at = random.randrange(len(lines))
    match random.randrange(4):
        case 0:
            del lines[at]
        case 1:
            lines.insert(random.randrange(len(lines) + 1), lines[at])
        case 2:
            lines[at] = b" " * random.randrange(9) + lines[at].lstrip()
        case _:
            lines[at:] = [random.choice((b"", b"    ", b"\t", b"#")) + line for line in lines[at:]]
    return random.choice((b"\n", b"\n", b"\n", b"\r\n", b"\r")).join(lines)


def _splice(random: random.Random, data: bytes, sources: Sequence[bytes]) -> bytes:
    other = random.choice(sources)
    at, start = random.randrange(len(data) + 1), random.randrange(len(other) + 1)
    return data[:at] + other[start : start + random.choice((20, 200, 2_000))] + data[at:]


def _encode(random: random.Random, data: bytes, _sources: Sequence[bytes]) -> bytes:
    text = data.decode("utf-8", "replace")
    name = random.choice(("utf-16", "utf-8-sig", "latin-1", "utf-7", "cp1252"))
    return (
        text.encode(name, "replace") if random.random() < 0.5 else f"# coding: {name}\n{text}".encode(name, "replace")
    )


_WAYS: tuple[Callable[[random.Random, bytes, Sequence[bytes]], bytes], ...] = (
    _flip, _odd, _odd, _cut, _repeat, _lines, _lines, _splice, _splice, _encode,
    *(_of_tokens(change) for change in (_drop, _drop, _swap, _put, _put, _put, _rename, _rename)),
)  # fmt: skip
