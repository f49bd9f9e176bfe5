"""Known findings: what makes two findings the same, and what a baseline does with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from registry_lint import baseline
from registry_lint.baseline import Baseline
from registry_lint.errors import UserError
from registry_lint.findings import Finding, Span
from registry_lint.fingerprint import Identity, excerpt, identities, normalised

if TYPE_CHECKING:
    from pathlib import Path

# --- identities ----------------------------------------------------------------------------------------------

SAME = [
    ("f(a, b)", "f(\n    a,\n    b,\n)"),
    ("f('a')", 'f("a")'),
    ("f(a)", "f(a)  # comment"),
    ("x = [1,2]", "x = [\n  1,  # one\n  2\n]"),
    ("f( a )", "f(a)"),
    ("x.y (z)", "x.y(z)"),
]
DIFFERENT = [("f(a)", "f(b)"), ("f('a b')", "f('ab')"), ("a b", "ab"), ("f((a,))", "f((a))"), ("'a'", "a")]


@pytest.mark.parametrize(("left", "right"), SAME)
def test_layout_does_not_matter(left: str, right: str) -> None:
    assert normalised(left) == normalised(right)


@pytest.mark.parametrize(("left", "right"), DIFFERENT[:3] + DIFFERENT[4:])
def test_content_matters(left: str, right: str) -> None:
    assert normalised(left) != normalised(right)


@pytest.mark.parametrize("snippet", ["", "'''", "f(", ")", "  else:\n", "\x00", "\\", "f'{", "a\n  b\n c"])
def test_any_text_has_a_form(snippet: str) -> None:
    assert isinstance(normalised(snippet), str)


def test_excerpt() -> None:
    lines = ["abc", "def", "ghi"]
    assert excerpt(lines, Span("", 1, 2, 1, 3)) == "b"
    assert excerpt(lines, Span("", 1, 2, 3, 2)) == "bc\ndef\ng"
    assert excerpt(lines, Span("", 9, 1, 9, 5)) == ""
    assert excerpt(["x"] * 1000, Span("", 1, 1, 900, 2)).count("\n") == 50


def found(row: int, path: str = "a.py", code: str = "REG101", symbol: str = "f", width: int = 5) -> Finding:
    return Finding(code=code, span=Span(path, row, 1, row, width), message="m", symbol=symbol)


def known(*findings: Finding, text: str = "aaaa\nbbbb\naaaa\n") -> list[Identity]:
    return identities(findings, lambda _path: text.split("\n"))


def test_ordinals_tell_apart_what_is_alike() -> None:
    first, second, third = known(found(1), found(2), found(3))
    assert (first.ordinal, second.ordinal, third.ordinal) == (0, 0, 1)
    assert first.snippet == third.snippet != second.snippet
    assert len({identity.fingerprint for identity in (first, second, third)}) == 3


def test_lines_may_move() -> None:
    assert known(found(1)) == known(found(4), text="x\ny\nz\n aaaa".replace(" a", "a"))


# --- files ---------------------------------------------------------------------------------------------------

A, B, C = (Identity("REG101", path, "f", "0" * 16, 0) for path in ("a.py", "b.py", "c.py"))


def test_write_and_read(tmp_path: Path) -> None:
    file = tmp_path / "base"
    odd = Identity("REG101", "a\udcff\n.py", "f", "0" * 16, 0)
    baseline.write(file, [B, A, A, odd])
    assert Baseline.read(file, tmp_path).entries == tuple(sorted([A, B, odd]))
    lines = file.read_text().splitlines()
    assert len(lines) == 4  # the header and one an entry
    assert lines[1:] == sorted(lines[1:])
    again = file.read_bytes()
    baseline.write(file, [odd, A, B])
    assert file.read_bytes() == again
    assert [path.name for path in tmp_path.iterdir()] == ["base"]


WRONG = [
    ("", 0, "empty"),
    ("{}", 1, "no baseline"),
    ("[" * 100_000, 1, "this line"),
    ('{"registry-lint": "baseline", "version": 2}', 1, "another version"),
    ('{"registry-lint": "baseline", "version": 1}\nx', 2, "no entry"),
    ('{"registry-lint": "baseline", "version": 1}\n{"code": 1}', 2, "needs code"),
    (
        '{"registry-lint": "baseline", "version": 1}\n'
        '{"code": "A", "path": "b", "symbol": "", "snippet": "x", "ordinal": true}',
        2,
        "wrong type",
    ),
]


@pytest.mark.parametrize(("text", "row", "message"), WRONG)
def test_what_is_no_baseline(tmp_path: Path, text: str, row: int, message: str) -> None:
    (tmp_path / "base").write_text(text)
    with pytest.raises(UserError, match=message) as caught:
        Baseline.read(tmp_path / "base", tmp_path)
    assert caught.value.mistakes[0].row == row


def test_missing_baseline_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="baseline write"):
        Baseline.read(tmp_path / "base", tmp_path)


def test_unwritable_folder_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be written"):
        baseline.write(tmp_path / "none" / "base", [A])


# --- parting -------------------------------------------------------------------------------------------------


def part(
    entries: list[Identity], identities: list[Identity], paths: tuple[str, ...] = ("a.py", "b.py", "c.py")
) -> object:
    parted = Baseline("base", entries).part(identities, paths)
    return parted.fresh, parted.held, parted.stale


D = Identity("REG101", "a.py", "f", "0" * 16, 1)
PARTED = [
    ("exact", [A, B], [A, B], ((), (0, 1), ())),
    ("new", [A], [A, B], ((1,), (0,), ())),
    ("stale", [A, B], [A], ((), (0,), (B,))),
    ("one of two alike is gone", [A, D], [A], ((), (0,), (D,))),
    ("one of two alike is new", [A], [A, D], ((1,), (0,), ())),
    ("the later ordinal stands for the earlier one", [D], [A], ((), (0,), ())),
    ("another symbol is new", [A], [A._replace(symbol="g")], ((0,), (), (A,))),
    ("another rule is new", [A], [A._replace(code="REG102")], ((0,), (), (A,))),
]


@pytest.mark.parametrize(
    ("entries", "identities", "expected"), [case[1:] for case in PARTED], ids=[case[0] for case in PARTED]
)
def test_part(entries: list[Identity], identities: list[Identity], expected: object) -> None:
    assert part(entries, identities) == expected


def test_renamed_file_is_known_again_only_where_the_old_one_is_gone() -> None:
    assert part([A], [B], paths=("b.py",)) == ((), (0,), ())
    assert part([A], [B], paths=("a.py", "b.py")) == ((0,), (), (A,))  # copied, not renamed
    assert part([A], [B, C], paths=("b.py", "c.py")) == ((1,), (0,), ())  # one entry takes one finding


def test_renamed_file_is_the_one_with_the_most_similar_path() -> None:
    old, moved, other = (A._replace(path=path) for path in ("app/tools.py", "lib/tools.py", "app/other.py"))
    assert part([old], [other, moved], paths=("app/other.py", "lib/tools.py")) == ((0,), (1,), ())
    old, moved, other = (A._replace(path=path) for path in ("app/tools.py", "app/tooling.py", "app/about.py"))
    assert part([old], [other, moved], paths=("app/tooling.py", "app/about.py")) == ((0,), (1,), ())


def test_stale_entry_is_told_at_its_line(tmp_path: Path) -> None:
    baseline.write(tmp_path / "base", [A, B])
    complaint = Baseline.read(tmp_path / "base", tmp_path).complaint(B)
    assert (complaint.code, complaint.span[:2]) == ("REG905", ("base", 3))
    assert "b.py" in complaint.message
