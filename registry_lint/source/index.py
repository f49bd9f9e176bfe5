"""An inverted index: which contents hold a word, and which class headers they have. By bytes; nothing is parsed.

A word is a run of ASCII letters, digits, underscores and bytes above 127: every identifier of a source is one, and so
is much that stands in strings and comments. An answer is therefore never too small; facts confirm it.

Why an index and not one scan a question: names to look for come one after the other, hundreds of them, each found by
following the one before. On 33 MB (3,159 production files of a large project) the index takes 0.41 s and a question
some microseconds; splitting the same bytes again for each round of names takes 0.25 s a round, and a third-party
automaton 0.06 s (google-re2's Set), so that from the second or sixth round on the index is ahead, and it can be kept.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from array import array
from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Sequence  # noqa: TC003 - msgspec reads the annotations of a Segment
from functools import partial
from itertools import accumulate, repeat
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_BUCKETS = 512
_WIDTHS = {"H": 2, "I": 4}  # bytes
_FEW = 1 << 16  # contents, whose numbers two bytes can say
_FIRST_LETTER = ord("A")  # a word that begins with a digit is a number; quotes and signs are no part of words
_NO_WORD = bytes(byte if byte >= 128 or chr(byte).isalnum() or byte == ord("_") else ord(" ") for byte in range(256))
# A literal first: `re` looks for it with memchr, and 200 MB take 0.2 s. White space and continued lines may follow,
# then the type parameters of PEP 695.
_HEADER = re.compile(rb"class(?:[ \t\f]|\\\r?\n)+([A-Za-z_\x80-\xff][\w\x80-\xff]*)(?:[ \t\f]|\\\r?\n)*([\[(:])")
_WORD = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*")
_CLOSING = {ord("("): 1, ord("["): 1, ord("{"): 1, ord(")"): -1, ord("]"): -1, ord("}"): -1}
_BRACKET_OR_COLON = re.compile(rb"[()\[\]{}:]")
_LONGEST_HEADER = 4000  # bytes; a header with more bases than that counts as deriving from every word up to there


class Header(NamedTuple):
    """A class header: `names` are all words between its brackets, the bases' among them."""

    content: int
    name: str
    names: tuple[str, ...]


class Bucket(NamedTuple):
    """The words whose checksum is the same, modulo their number, and the contents that hold each.

    `words` is b"\\none\\ntwo\\n"; `ends[i]` is where the numbers of the i-th word end in `numbers`.
    """

    words: bytes
    ends: bytes  # array("I")
    numbers: bytes  # an array of the segment's numbers


class Segment(NamedTuple):
    """The index of some contents, which are numbered from 0. It never changes, so that it can be kept as it is."""

    size: int
    code: Literal["H", "I"]  # how `array` names what its numbers are written as: in two bytes, where that will do
    buckets: Sequence[Bucket]  # always as many, so that a word's place follows from its checksum
    headers: tuple[Header, ...]

    def holding(self, word: str) -> Sequence[int]:
        """The numbers of the contents that hold a word, ascending."""
        encoded = word.encode("utf-8", "surrogateescape")
        bucket = self.buckets[zlib.crc32(encoded) % _BUCKETS]
        at = bucket.words.find(b"\n%b\n" % encoded)
        if at < 0:
            return ()
        return self._numbers(bucket, at)

    def words_of(self, number: int) -> frozenset[bytes]:
        """All words of one content; slower than any other question (a hundredth of a second on 100 MB)."""
        sought = array(self.code, [number]).tobytes()
        found: set[bytes] = set()
        for bucket in self.buckets:
            at = bucket.numbers.find(sought)
            words: list[bytes] = []
            while at >= 0:
                if at % len(sought) == 0:
                    words = words or bucket.words[1:-1].split(b"\n")
                    found.add(words[bisect_right(memoryview(bucket.ends).cast("I"), at // len(sought))])
                at = bucket.numbers.find(sought, at + 1)
        return frozenset(found)

    def headers_of(self, number: int) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Names and words of the class headers of one content."""
        return tuple((header.name, header.names) for header in self.headers if header.content == number)

    def holding_part(self, fragment: str) -> Sequence[int]:
        """The numbers of the contents that hold a word with `fragment` (some characters of a word) in it, ascending."""
        encoded = fragment.encode("utf-8", "surrogateescape")
        found: set[int] = set()
        for bucket in self.buckets:
            at = bucket.words.find(encoded)
            while at >= 0:
                found.update(self._numbers(bucket, bucket.words.rfind(b"\n", 0, at)))
                at = bucket.words.find(encoded, bucket.words.find(b"\n", at))
        return sorted(found)

    def _numbers(self, bucket: Bucket, at: int) -> Sequence[int]:
        """The numbers of the word that stands behind the line end at `at`."""
        place = bucket.words.count(b"\n", 0, at)
        ends = memoryview(bucket.ends).cast("I")
        return memoryview(bucket.numbers).cast(self.code)[ends[place - 1] if place else 0 : ends[place]]


def build(contents: Iterable[bytes], most: int) -> Segment:
    """Index contents, `most` at most, each of which is held only while it is looked at."""
    # Millions of steps, so that none of them is a statement here: an array is made for a word that is new, a number is
    # appended for each that is known.
    code: Literal["H", "I"] = "H" if most <= _FEW else "I"  # nearly all of an index are numbers of contents
    postings: defaultdict[bytes, array[int]] = defaultdict(partial(array, code))
    headers: list[Header] = []
    number = -1
    for number, content in enumerate(contents):
        _exhaust(map(array.append, map(postings.__getitem__, words_in(content)), repeat(number)))
        headers.extend(Header(number, name, names) for name, names in class_headers(content))
    return Segment(number + 1, code, tuple(_buckets(postings)), tuple(headers))


def is_sound(segment: Segment) -> bool:
    """Whether a segment from elsewhere has the form of one, so that asking it cannot fail.

    The numbers that it answers with may still be too large: looking at all of them would take longer than asking.
    """
    return (
        segment.code in _WIDTHS
        and (segment.code == "I" or segment.size <= _FEW)
        and len(segment.buckets) == _BUCKETS
        and all(len(bucket.ends) % 4 == len(bucket.numbers) % _WIDTHS[segment.code] == 0 for bucket in segment.buckets)
        and all(bucket.words.count(b"\n") <= len(bucket.ends) // 4 + 1 for bucket in segment.buckets)
        and all(0 <= header.content < segment.size for header in segment.headers)
    )


def words_in(content: bytes) -> set[bytes]:
    """The words of a source in UTF-8."""
    words = set(content.translate(_NO_WORD).split())
    if not content.isascii():
        # Python compares identifiers in their compatibility form (NFKC): `ﬁt` is a mention of `fit`.
        for word in [word for word in words if not word.isascii()]:
            text = word.decode("utf-8", "surrogateescape")
            normal = unicodedata.normalize("NFKC", text)
            if normal != text:
                words.add(normal.encode("utf-8", "surrogateescape"))
    return words


def _buckets(postings: Mapping[bytes, array[int]]) -> Iterator[Bucket]:
    words = [word for word in postings if word[0] >= _FIRST_LETTER]
    places = [checksum % _BUCKETS for checksum in map(zlib.crc32, words)]
    grouped: list[list[bytes]] = [[] for _ in range(_BUCKETS)]
    numbers: list[list[array[int]]] = [[] for _ in range(_BUCKETS)]
    _exhaust(map(list.append, map(grouped.__getitem__, places), words))
    _exhaust(map(list.append, map(numbers.__getitem__, places), map(postings.__getitem__, words)))
    for some, held in zip(grouped, numbers, strict=True):
        yield Bucket(
            b"\n%b\n" % b"\n".join(some) if some else b"",
            array("I", accumulate(map(len, held))).tobytes(),
            b"".join(held),
        )


def _exhaust(steps: Iterator[None]) -> None:
    """Do what an iterator does on its way, at the speed of C."""
    deque(steps, maxlen=0)


def class_headers(content: bytes) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Name and words between the brackets of everything that looks like the header of a class, comments included."""
    for found in _HEADER.finditer(content):
        before = content[found.start() - 1 : found.start()]
        if before.isalnum() or before == b"_":  # `subclass X(`
            continue
        names: tuple[str, ...] = ()
        if found[2] != b":":
            names = tuple(dict.fromkeys(map(_text, _WORD.findall(_brackets(content, found.start(2))))))
        yield _text(found[1]), names


def _brackets(content: bytes, start: int) -> bytes:
    """From a bracket to the colon that ends the header: type parameters and bases, nested brackets included.

    Signs in comments and strings are not told from code. Where one may have ended the header too early, more is given.
    """
    depth = 0
    for sign in _BRACKET_OR_COLON.finditer(content, start, start + _LONGEST_HEADER):
        step = _CLOSING.get(sign[0][0], 0)
        depth += step
        if depth <= 0 and not step:
            header = content[start : sign.start()]
            if b"#" not in header and header.count(b'"') % 2 == 0 and header.count(b"'") % 2 == 0:
                return header
            break
    return content[start : start + _LONGEST_HEADER]


def words(text: str) -> tuple[str, ...]:
    """The words of a text, each once, as the index holds them."""
    return tuple(dict.fromkeys(map(_text, _WORD.findall(text.encode("utf-8", "surrogateescape")))))


def _text(word: bytes) -> str:
    text = word.decode("utf-8", "surrogateescape")
    return text if text.isascii() else unicodedata.normalize("NFKC", text)
