"""From bytes to text as Python reads its sources: byte order mark, `coding` line (PEP 263), else UTF-8.

The text is otherwise untouched: line ends, form feeds and invisible characters stay, so that what is written back
differs only where it was changed.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

_BOM = codecs.BOM_UTF8
# CPython's own rule (Parser/tokenizer.c, get_coding_spec): in a comment that stands alone on one of the first two
# lines, the second only where the first is blank or a comment too.
_CODING = re.compile(rb"[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|\Z)")
_LINE_END = re.compile(r"\r\n|\r|\n")
_WIDE_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
# Both need time that grows with the square of the length; nobody writes programs in them.
_REFUSED = frozenset({"idna", "punycode"})


class SourceError(ValueError):
    """Bytes that are no Python source text. `row` and `column` count from 1, `column` in characters."""

    def __init__(self, message: str, row: int, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.row = row
        self.column = column


class Coding(NamedTuple):
    """How a source's text is written as bytes: `name` is Python's name of the encoding."""

    name: str
    has_mark: bool  # begins with the UTF-8 byte order mark

    def encode(self, text: str) -> bytes:
        """The bytes of a text in this form. Raises UnicodeEncodeError where the encoding cannot say it."""
        return (_BOM if self.has_mark else b"") + text.encode(self.name)


def decode(data: bytes) -> str:
    """The text of a source, without byte order mark. Raises SourceError where Python would refuse the bytes."""
    return data.decode() if _is_plain(data) else decode_with(data, coding(data))


def _is_plain(data: bytes) -> bool:
    """Whether the bytes are ASCII without anything that needs a closer look: most files, told in microseconds."""
    return data.isascii() and b"\0" not in data and not declares_coding(data)


def as_utf8(data: bytes) -> bytes:
    """The bytes of the same text in UTF-8: most often the bytes themselves. What cannot be decoded stays as it is."""
    if not declares_coding(data):
        return data
    try:
        return decode(data).encode("utf-8", "surrogatepass")
    except SourceError:
        return data


def declares_coding(data: bytes) -> bool:
    """Whether one of the first two lines may say that the bytes are not UTF-8."""
    second = data.find(b"\n", data.find(b"\n") + 1)  # a file with fewer line ends is searched whole
    return data.find(b"coding", 0, second if second > 0 else len(data)) >= 0


def coding(data: bytes) -> Coding:
    """The encoding that a source declares. Raises SourceError where it is unknown or contradicts the mark."""
    for mark, name in _WIDE_MARKS.items():
        if data.startswith(mark):
            raise SourceError(f"the file is {name}, which Python does not read", 1, 1)
    has_mark = data.startswith(_BOM)
    start = len(_BOM) if has_mark else 0
    row = 1
    found = _CODING.match(data, start)
    if found is None and (blank := _BLANK.match(data, start)):
        row = 2
        found = _CODING.match(data, blank.end())
    if found is None:
        return Coding("utf-8", has_mark)
    declared = found[1].decode("ascii", "replace")
    column = found.start(1) - max(data.rfind(b"\n", 0, found.start(1)), data.rfind(b"\r", 0, found.start(1)), start - 1)
    try:
        name = codecs.lookup(declared).name
        "".encode(name)  # refuses the codecs that are not between text and bytes, rot13 among them
    except (LookupError, UnicodeError, ValueError):
        raise SourceError(f"unknown encoding {declared!r}", row, column) from None
    if name in _REFUSED:
        raise SourceError(f"encoding {declared!r} is not read", row, column)
    if has_mark and name != "utf-8":
        raise SourceError(f"a UTF-8 byte order mark, but the encoding is declared as {declared!r}", row, column)
    return Coding("utf-8" if name == "utf-8-sig" else name, has_mark)


def decode_with(data: bytes, form: Coding) -> str:
    """The text of bytes whose encoding is known. Raises SourceError at the first byte that is not in it."""
    if form.has_mark:
        data = data[len(_BOM) :]
    try:
        text = data.decode(form.name)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(form.name, "replace")
        raise SourceError(_complaint(data, error, form), *position(before, len(before))) from None
    except (UnicodeError, LookupError, ValueError) as error:
        raise SourceError(f"not readable as {form.name}: {error}", 1, 1) from None
    if (at := text.find("\0")) >= 0:
        wide = text.count("\0", 0, 4096) * 3 > min(len(text), 4096)
        raise SourceError("a NUL character" + (" (is the file UTF-16?)" if wide else ""), *position(text, at))
    return text


def _complaint(data: bytes, error: UnicodeDecodeError, form: Coding) -> str:
    byte = f"byte 0x{data[error.start]:02x}" if error.start < len(data) else "the end of the file"
    if form.name != "utf-8":
        return f"{byte} is not valid {form.name}"
    return f"{byte} is not valid UTF-8; a file in another encoding must declare it in a `coding` line"


def position(text: str, offset: int) -> tuple[int, int]:
    """Row and column, both from 1, of a character; lines end as in Python: LF, CR LF or CR."""
    row, start = 1, 0
    for end in _LINE_END.finditer(text, 0, offset):
        if end.end() <= offset:
            row += 1
            start = end.end()
    return row, offset - start + 1


def lines(text: str) -> list[str]:
    """The lines without their ends, as Python counts them (`str.splitlines` also splits at form feeds and others)."""
    return _LINE_END.split(text) if "\r" in text else text.split("\n")
