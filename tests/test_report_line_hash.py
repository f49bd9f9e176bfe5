"""GitHub's line hash: vectors derived by hand, and the rolling form that GitHub's description gives as an oracle."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry_lint.report.line_hash import line_hashes

MODULUS = 2**64


def power(exponent: int) -> int:
    return pow(37, exponent, MODULUS)


def hexadecimal(value: int) -> str:
    return f"{value % MODULUS:x}"


END = 0xFFFF  # stands after the last character; the rest of the block of 100 is 0
# A character at place i of the block counts 37 ** (99 - i).
EMPTY = hexadecimal(END * power(99))
A_END = hexadecimal(ord("a") * power(99) + END * power(98))
LF_END = hexadecimal(10 * power(99) + END * power(98))
A_LF_END = hexadecimal(ord("a") * power(99) + 10 * power(98) + END * power(97))
A_LF_A_END = hexadecimal(97 * power(99) + 10 * power(98) + 97 * power(97) + END * power(96))
HUNDRED = hexadecimal(sum(97 * power(99 - place) for place in range(100)))
EMOJI = hexadecimal(0xD83D * power(99) + 0xDE00 * power(98) + END * power(97))
MARK = hexadecimal(0xFEFF * power(99) + 97 * power(98) + END * power(97))
# In bytes U+0A05 ends in 0A and U+0100 begins with 00: no LF, though it reads like one between the two.
NO_LF = hexadecimal(0x0A05 * power(99) + 0x0100 * power(98) + END * power(97))
BROKEN = hexadecimal(0xFFFD * power(99) + END * power(98))


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("an empty file has one line", b"", [EMPTY]),
        ("one letter", b"a", [A_END]),
        ("blanks and tabs do not count", b" \t a\t ", [A_END]),
        ("the end of a file that ends in LF is a line", b"a\n", [A_LF_END, EMPTY]),
        ("CR LF is one LF", b"a\r\n", [A_LF_END, EMPTY]),
        ("CR is an LF", b"a\r", [A_LF_END, EMPTY]),
        ("a line of blanks is its LF", b"  \n", [LF_END, EMPTY]),
        ("a hash reads on into the lines below", b"a\n a", [A_LF_A_END, A_END]),
        ("characters past the hundredth do not count", b"a" * 100 + b"bcd", [HUNDRED]),
        ("a character past U+FFFF is two units", "😀".encode(), [EMOJI]),
        ("a byte order mark counts", b"\xef\xbb\xbfa", [MARK]),
        ("a byte that is no UTF-8 is U+FFFD", b"\xff", [BROKEN]),
        ("a line feed is a whole unit", "\u0a05\u0100".encode(), [NO_LF]),
    ],
)
def test_vectors_derived_by_hand(name: str, data: bytes, expected: list[str]) -> None:
    rows = range(1, len(expected) + 2)
    assert line_hashes(data, rows) == {row: f"{value}:1" for row, value in enumerate(expected, 1)}, name


def test_the_vector_of_the_empty_rest_as_a_number() -> None:
    # 65535 * 37**99 modulo 2**64, by a calculator: guards against one mistake in both formulas.
    assert EMPTY == "c129715d7a2bc9a3"


def test_equal_lines_are_counted() -> None:
    line = b"x" * 99 + b"\n"
    hashes = line_hashes(line * 3, {1, 2, 3})
    assert [value.partition(":")[2] for value in hashes.values()] == ["1", "2", "3"]
    assert len({value.partition(":")[0] for value in hashes.values()}) == 1


def test_occurrences_count_rows_that_were_not_asked_for() -> None:
    line = b"x" * 99 + b"\n"
    assert line_hashes(line * 3, {3})[3].endswith(":3")


def rolled(text: str) -> list[str]:
    """The hash as GitHub describes it, rolled character by character."""
    units = [int.from_bytes(pair, "little") for pair in _pairs(text.encode("utf-16-le", "surrogatepass"))]
    window, starts, value, at, line, fresh, carriage = [0] * 100, [0] * 100, 0, 0, 0, True, False
    seen: dict[str, int] = {}
    said: dict[int, str] = {}

    def step(unit: int) -> None:
        nonlocal value, at
        value = (37 * value + unit - power(100) * window[at]) % MODULUS
        window[at] = unit
        at = (at + 1) % 100

    def say() -> None:
        if starts[at]:
            seen[f"{value:x}"] = seen.get(f"{value:x}", 0) + 1
            said[starts[at]] = f"{value:x}:{seen[f'{value:x}']}"
            starts[at] = 0

    for unit in [*units, END]:
        if unit in (9, 32) or (carriage and unit == 10):
            carriage = False
            continue
        carriage = unit == 13
        unit = 10 if carriage else unit
        say()
        if fresh:
            line += 1
            starts[at] = line
        fresh = unit == 10
        step(unit)
    for _ in range(100):
        say()
        step(0)
    return [said[row] for row in sorted(said)]


def _pairs(data: bytes) -> list[bytes]:
    return [data[place : place + 2] for place in range(0, len(data), 2)]


@given(
    st.text(
        st.one_of(
            st.sampled_from("a \t\n\r\nb\u0a00\u000a\u0100😀\ufeff\u0a05"), st.characters(exclude_categories=["Cs"])
        ),
        max_size=400,
    )
)
def test_same_as_the_rolling_form(text: str) -> None:
    expected = rolled(text)
    assert list(line_hashes(text.encode(), range(1, len(expected) + 1)).values()) == expected
