"""A source with most of its functions emptied: what a question needs is parsed in a tenth of the time.

A sketch has the same rows as its source. The bodies of functions that nobody asks about are `...`, and blank lines take
the place of the rest; everything else stands as it was, to the byte: module and class level, decorators, signatures,
one-line functions (`def f(): return x`), and each function that is kept, with all that is in it.

What follows from that, and what does not:
- A sketch that parses says of its kept functions, and of module and class level, what the source says. Nothing else
  is said: a name that an emptied function declares `global` is missing, an emptied generator is none, and an emptied
  function ends earlier.
- A sketch may parse where its source does not, and the other way round: a row within brackets may stand further left
  than the function around it. Who asks a sketch whether a file is worth reading reads it where the sketch does not
  parse.

Linear in the length of the source: strings over several rows are found first, then functions one after the other.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

# All quantifiers are possessive where they could give back: no input makes them slow.
_PLAIN = rb"[^()#\"']++|\"[^\"\\\n]*+\"|'[^'\\\n]*+'|#[^\n]*+"
_IN_BRACKETS = rb"\((?:" + _PLAIN + rb"|\((?:" + _PLAIN + rb")*+\))*+\)"  # two levels: `Depends(of())`
_FUNCTION = re.compile(
    rb"\n([ \t]*+)(?:async[ \t]++)?def[ \t]++[\w\x80-\xff]++[ \t]*+(?:\[[^\]\n()\"'#]*+\])?"
    rb"\((?:" + _PLAIN + rb"|" + _IN_BRACKETS + rb")*+\)"
    rb"[ \t]*+(?:->[^:#\\]{0,500}?)?:[ \t]*+(?:#[^\n]*+)?\n"
)
_TRIPLE = (b'"""', b"'''")
_QUOTE_OR_COMMENT = re.compile(rb"[\"'#]")
_SHORT = {
    quote: re.compile(quote + rb"(?:[^\\\n" + quote + rb"]++|\\[\s\S])*+" + quote) for quote in (b'"', b"'")
}  # on one row, or continued by a backslash


class _Strings(NamedTuple):
    """Where strings over several rows begin and end, in order."""

    starts: list[int]
    ends: list[int]

    def end_around(self, at: int) -> int:
        """Where the string ends that a place is in; -1 where it is in none."""
        number = bisect_right(self.starts, at) - 1
        return self.ends[number] if number >= 0 and at < self.ends[number] else -1


def sketch(source: bytes, keep: Callable[[bytes, bytes], object]) -> bytes:
    """A source in which those functions are emptied that `keep` does not keep.

    It is given what stands between the function before and this one (decorators, perhaps the header of a class), and
    the function from the end of the row before its `def`; strings over several rows are `""` in both. Functions in
    functions are kept or emptied with the outermost one. The source itself comes back where rows and
    their indentation cannot be told by line feeds, blanks and tabs alone; pairs of a carriage return and a line feed
    become line feeds.
    """
    if b"\r" in source:
        source = source.replace(b"\r\n", b"\n")
    if b"\f" in source or b"\r" in source:
        return source
    text = b"\n" + source
    strings = _strings(text)
    if strings is None:
        return source
    parts: list[bytes] = []
    copied = at = before = 0
    while (function := _FUNCTION.search(text, at)) is not None:
        start, body = function.start(), function.end()
        within = strings.end_around(start)
        if within >= 0:
            at = within
            continue
        end = at = _end(text, body - 1, len(function[1]), strings)
        if end > body and not keep(_short(strings, text, before, start), _short(strings, text, start, end)):
            parts += text[copied:body], function[1], b" ...", b"\n" * text.count(b"\n", body, end)
            copied = end
        before = end
    return b"".join((*parts, text[copied:]))[1:]


def _end(text: bytes, at: int, indentation: int, strings: _Strings) -> int:
    """Where a function ends: at the line feed before the first row that stands as far left as its `def`."""
    while (row := _dedented(indentation).search(text, at)) is not None:
        within = strings.end_around(row.start())
        if within >= 0:
            at = within
        elif text[row.start() - 1] == ord("\\"):
            at = row.end()
        else:
            return row.start()
    return len(text)


def _short(strings: _Strings, text: bytes, start: int, end: int) -> bytes:
    """A part of a text with empty strings for those over several rows; it neither begins nor ends in one."""
    first, last = bisect_left(strings.starts, start), bisect_left(strings.starts, end)
    if first == last:
        return text[start:end]
    starts, ends = (*strings.starts[first:last], end), (start, *strings.ends[first:last])
    return b'""'.join(text[behind:before] for behind, before in zip(ends, starts, strict=True))


@cache
def _dedented(indentation: int) -> re.Pattern[bytes]:
    """A row that is neither empty nor a comment and stands at most so far to the right, or the end of the text."""
    return re.compile(rb"\n[ \t]{0,%d}+(?![ \t\n#])" % indentation)


def _strings(text: bytes) -> _Strings | None:
    """The strings over several rows; None where one of them does not end."""
    found = _Strings([], [])
    following = {quotes: text.find(quotes) for quotes in _TRIPLE}
    at = 0
    while True:
        start, quotes = min((place if place >= 0 else len(text), quotes) for quotes, place in following.items())
        if start == len(text):
            return found
        behind = _behind_other(text, _code_before(text, at, start), start)
        if behind == start:
            behind = _closing(text, quotes, start + 3)
            if text.find(b"\n", start, behind) >= 0:
                found.starts.append(start)
                found.ends.append(behind)
        if behind < 0:
            return None
        at = behind
        for quotes, place in following.items():
            if 0 <= place < at:
                following[quotes] = text.find(quotes, at)


def _code_before(text: bytes, earliest: int, at: int) -> int:
    """The begin of the row that a place is in, or of those that a backslash continues; not before `earliest`, where
    no string and no comment is open."""
    begin = text.rfind(b"\n", earliest, at) + 1
    while begin > earliest + 1 and text[begin - 2] == ord("\\"):
        begin = text.rfind(b"\n", earliest, begin - 1) + 1
    return max(begin, earliest)


def _behind_other(text: bytes, at: int, quotes: int) -> int:
    """Where three quotes stand in a comment or a string of one row, the end of that; else where they stand.

    `at` is a place in code before them. -1 where a string does not end.
    """
    while at < quotes:
        sign = _QUOTE_OR_COMMENT.search(text, at, quotes)
        if sign is None:
            return quotes
        if sign[0] == b"#":
            end = text.find(b"\n", sign.start())
            at = end if end >= 0 else len(text)
        else:
            short = _SHORT[sign[0]].match(text, sign.start())
            if short is None:
                return -1
            at = short.end()
    return at


def _closing(text: bytes, quotes: bytes, at: int) -> int:
    """The end of a string that is open at a place; -1 where it does not end."""
    while (found := text.find(quotes, at)) >= 0:
        backslashes = found
        while backslashes > at and text[backslashes - 1] == ord("\\"):
            backslashes -= 1
        if (found - backslashes) % 2 == 0:
            return found + 3
        at = found + 1
    return -1
