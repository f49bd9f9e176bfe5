"""Decoding: what Python reads is read the same, what it refuses is refused at a place."""

from __future__ import annotations

import ast
import codecs
import contextlib
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registry_lint.source import text
from registry_lint.source.text import SourceError, decode


def complaint(data: bytes) -> SourceError | None:
    """The error of bytes that are no source."""
    try:
        decode(data)
    except SourceError as error:
        return error
    return None


READABLE = {
    "empty": (b"", ""),
    "ascii": (b"x = 1\n", "x = 1\n"),
    "utf-8": ("naïve = '✓'\n".encode(), "naïve = '✓'\n"),
    "byte order mark": (codecs.BOM_UTF8 + b"x\n", "x\n"),
    "byte order mark and a fitting declaration": (codecs.BOM_UTF8 + b"# coding: utf-8\n", "# coding: utf-8\n"),
    "latin-1": (b"# -*- coding: latin-1 -*-\ns = '\xe9'\n", "# -*- coding: latin-1 -*-\ns = 'é'\n"),
    "vim style on the second line": (b"#!/x\n# vim: set fileencoding=cp1252 :\n'\x80'", None),
    "second line after a form feed": (b"\x0c\n# coding: latin-1\n'\xe9'", "\x0c\n# coding: latin-1\n'é'"),
    "carriage returns only": (b"# a\r# coding: latin-1\r'\xe9'", "# a\r# coding: latin-1\r'é'"),
    "declaration after code is none": (b"x = 1\n# coding: rot13\n", "x = 1\n# coding: rot13\n"),
    "declaration on the third line is none": (b"\n\n# coding: rot13\n", "\n\n# coding: rot13\n"),
    "declaration in a text is none": (b"x = '# coding: rot13'\n", "x = '# coding: rot13'\n"),
    "line ends stay": (b"a\r\nb\rc\n\x0c\n", "a\r\nb\rc\n\x0c\n"),
    "utf-7 is ASCII bytes that mean something else": (b"# coding: utf-7\ns = '+AOk-'", "# coding: utf-7\ns = 'é'"),
}

REFUSED = {
    "latin-1 undeclared": (b"a\nb = '\xe9'\n", "byte 0xe9 is not valid UTF-8", 2, 6),
    "column in characters": ("é = '".encode() + b"\xff'", "byte 0xff", 1, 6),
    "after carriage returns": (b"a\rb\r\n\xff", "byte 0xff", 3, 1),
    "truncated character": (b"'\xe2\x9c", "not valid UTF-8", 1, 2),
    "surrogate": (b"'\xed\xa0\x80'", "not valid UTF-8", 1, 2),
    "utf-16": (codecs.BOM_UTF16_LE + "x".encode("utf-16-le"), "the file is UTF-16", 1, 1),
    "utf-32": (codecs.BOM_UTF32_LE + "x".encode("utf-32-le"), "the file is UTF-32", 1, 1),
    "utf-16 without mark": ("import os\n".encode("utf-16-le"), "is the file UTF-16?", 1, 2),
    "nul": (b"a = 1\nb = '\0'\n", "a NUL character", 2, 6),
    "unknown encoding": (b"# coding: klingon\n", "unknown encoding 'klingon'", 1, 11),
    "encoding that is none": (b"# coding: rot13\n", "unknown encoding 'rot13'", 1, 11),
    "compression as an encoding": (b"# coding: zlib\n", "unknown encoding 'zlib'", 1, 11),
    "mark against declaration": (codecs.BOM_UTF8 + b"# coding: latin-1\n", "byte order mark", 1, 11),
    "unmappable": (b"# coding: cp1252\n'\x81'", "is not valid cp1252", 2, 2),
    "slow encoding": (b"# coding: punycode\n", "is not read", 1, 11),
}


@pytest.mark.parametrize(("data", "expected"), READABLE.values(), ids=READABLE)
def test_reads_what_python_reads(data: bytes, expected: str | None) -> None:
    """The text is the one that the bytes mean, otherwise untouched."""
    assert decode(data) == (data.decode("cp1252") if expected is None else expected)


@pytest.mark.parametrize(("data", "message", "row", "column"), REFUSED.values(), ids=REFUSED)
def test_refuses_with_a_place(data: bytes, message: str, row: int, column: int) -> None:
    """An error says what is wrong and where."""
    with pytest.raises(SourceError) as caught:
        decode(data)
    assert message in caught.value.message
    assert (caught.value.row, caught.value.column) == (row, column)


@given(st.binary(max_size=60) | st.text(max_size=40).map(str.encode))
@example(b"#coding=\xff")
@example(b"#coding:-\n")
@example(b"# coding: utf-8-sig\nx")
@example(b"# coding: idna\nx")
@example(b"# coding: undefined\nx")
@example(b"# coding: unicode_escape\n\\x")
def test_any_bytes_give_a_text_or_an_error_with_a_place(data: bytes) -> None:
    """Nothing but SourceError comes out, and its place lies in the file."""
    error = complaint(data)
    if error is not None:
        assert 1 <= error.row <= data.count(b"\n") + data.count(b"\r") + 1
        assert 1 <= error.column <= len(data) + 1


@given(st.sampled_from(["latin-1", "utf-8", "cp1252", "koi8-r", "shift_jis", "rot13", ""]), st.binary(max_size=12))
def test_python_agrees(name: str, body: bytes) -> None:
    """Where Python compiles the bytes, they are decoded, and to the same string constant."""
    data = b"# coding: " + name.encode() + b"\ns = r'''" + body.replace(b"'", b"").replace(b"\\", b"") + b"'''\n"
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError):
        return
    again = ast.parse(decode(data))
    assert ast.dump(tree) == ast.dump(again)


@given(st.text(st.sampled_from("ab\r\n\x0c\u2028é"), max_size=30), st.integers(0, 30))
def test_positions_count_lines_as_python_does(source: str, offset: int) -> None:
    """Rows are the lines of `lines`, whatever the line ends."""
    offset = min(offset, len(source))
    if source[offset - 1 : offset] == "\r" and source[offset : offset + 1] == "\n":
        offset += 1  # no character stands between the two halves of a line end
    row, column = text.position(source, offset)
    before = text.lines(source[:offset])
    assert row == len(before)
    assert column == len(before[-1]) + 1


def test_a_form_is_written_as_it_was_read() -> None:
    """Mark and encoding come back."""
    for data in (codecs.BOM_UTF8 + b"x", "# coding: latin-1\né".encode("latin-1"), "é".encode()):
        form = text.coding(data)
        assert form.encode(text.decode_with(data, form)) == data


def test_one_line_of_ten_megabytes_is_read_at_once() -> None:
    """No step of decoding needs time that grows faster than the file."""
    begun = time.perf_counter()
    for data in (b"#" + b"coding " * 1_500_000, b"x = '" + b"a" * 10_000_000 + b"\xff'", b" " * 10_000_000):
        with contextlib.suppress(SourceError):
            decode(data)
    assert time.perf_counter() - begun < 5
