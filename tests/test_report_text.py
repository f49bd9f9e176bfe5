"""The report for people: frames, marks, widths, colour."""

from __future__ import annotations

import re
from dataclasses import replace
from textwrap import dedent

import pytest
from msgspec.structs import replace as altered

from registry_lint.findings import Edit, Finding, Fix, Outcome, Span, Step
from registry_lint.report import FORMATS, Presentation, trace_frames
from registry_lint.report.text import _folded
from registry_lint.report.visible import visible, width_of, wrapped
from tests.report_samples import CONSTRUCTION, KEY, OUTCOME, PRESENTATION

ESCAPES = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;;[^\x1b]*\x1b\\")


def shown(source: str | bytes, span: tuple[int, int, int, int], width: int | None = None) -> list[str]:
    """The frame of a finding in a file of that source, without headline and place."""
    data = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
    outcome = Outcome((Finding("REG101", Span("a.py", *span), "m"),), 1)
    lines = list(FORMATS["text"](outcome, Presentation(lambda _: data, width=width, footer=False)))
    return lines[3:-1]


FRAMES = [
    ("plain", "x = A()\n", (1, 5, 1, 8), ["1 | x = A()", "  |     ^^^"]),
    ("an empty span gets one mark", "x = A()\n", (1, 5, 1, 5), ["1 | x = A()", "  |     ^"]),
    ("at the end of a line", "x\n", (1, 2, 1, 2), ["1 | x", "  |  ^"]),
    ("past the end of a line", "x\n", (1, 9, 1, 12), ["1 | x", "  |  ^"]),
    ("tabs go to the next stop of four", "\tx\ty\n", (1, 4, 1, 5), ["1 |     x   y", "  |         ^"]),
    ("a tab is meant", "\tx\n", (1, 1, 1, 2), ["1 |     x", "  | ^^^^"]),
    ("wide characters take two cells", "日本 = A()\n", (1, 6, 1, 9), ["1 | 日本 = A()", "  |        ^^^"]),
    ("a wide character is meant", "日本\n", (1, 2, 1, 3), ["1 | 日本", "  |   ^^"]),
    ("combining marks take none", "e\u0301 = A\n", (1, 6, 1, 7), ["1 | e\u0301 = A", "  |     ^"]),
    ("an escape is named", "\x1b[31mA\n", (1, 6, 1, 7), ["1 | <U+001B>[31mA", "  |             ^"]),
    ("a direction override is named", "\u202eA\n", (1, 2, 1, 3), ["1 | <U+202E>A", "  |         ^"]),
    (
        "nothing invisible stays so",
        "\u200b\u2028\x85A\n",
        (1, 4, 1, 5),
        ["1 | <U+200B><U+2028><U+0085>A", f"  | {' ' * 24}^"],
    ),
    ("a form feed begins no line", "\fx\ny\n", (2, 1, 2, 2), ["2 | y", "  | ^"]),
    ("CR and CR LF end lines", "a\rb\r\nc", (3, 1, 3, 2), ["3 | c", "  | ^"]),
    ("a byte order mark has no column", "\ufeffA\n", (1, 1, 1, 2), ["1 | A", "  | ^"]),
    ("Latin-1 where it is declared", b"# coding: latin-1\n\xe9 = A\n", (2, 5, 2, 6), ["2 | é = A", "  |     ^"]),
    ("bytes that are no text", b"\xff = A\n", (1, 5, 1, 6), ["1 | \ufffd = A", "  |     ^"]),
    ("Rich's markup is text", "[red]A[/red]\n", (1, 6, 1, 7), ["1 | [red]A[/red]", "  |      ^"]),
    ("a runner's command is broken up", "##[group]A\n", (1, 10, 1, 11), ["1 | <U+0023>#[group]A", f"  | {' ' * 16}^"]),
    ("a row that is not there", "x\n", (7, 1, 7, 2), []),
    (
        "several lines",
        "f(\n    a,\n)\n",
        (1, 1, 3, 2),
        ["1 | f(", "  | ^^", "2 |     a,", "  |     ^^", "3 | )", "  | ^"],
    ),
    ("an end before the first column", "f()\ng()\n", (1, 1, 2, 1), ["1 | f()", "  | ^^^"]),
    (
        "many lines are cut in the middle",
        "".join(f"{n}\n" for n in range(1, 21)),
        (1, 1, 20, 3),
        [" 1 | 1", "   | ^", " 2 | 2", "   | ^", " 3 | 3", "   | ^", "...", "20 | 20", "   | ^^"],
    ),
]


@pytest.mark.parametrize(("name", "source", "span", "expected"), FRAMES, ids=[frame[0] for frame in FRAMES])
def test_frame(name: str, source: str | bytes, span: tuple[int, int, int, int], expected: list[str]) -> None:
    assert shown(source, span) == expected, name


@pytest.mark.parametrize("width", [20, 40, 80, 200])
@pytest.mark.parametrize("start", [1, 30, 150, 395])
def test_a_long_line_is_cut_around_what_is_meant(width: int, start: int) -> None:
    source = "".join(f"{n:03}," for n in range(100))
    code, marks = shown(source, (1, start, 1, start + 5), width)
    room = max(width, 24)
    assert width_of(code) <= room
    assert width_of(marks) <= room
    at, end = marks.index("^"), marks.rindex("^") + 1
    assert source[start - 1 : start + 4] == code[at:end]


@pytest.mark.parametrize("width", [40, 80])
def test_a_long_line_of_wide_characters_fits(width: int) -> None:
    code, marks = shown("日" * 300 + "本" + "語" * 300, (1, 301, 1, 302), width)
    assert width_of(code) <= width
    assert width_of(code[: code.index("本")]) == marks.index("^")


def test_a_line_of_ten_million_characters_is_cut() -> None:
    source = b"x" * 5_000_000 + b"A()" + b"y" * 5_000_000
    code, marks = shown(source, (1, 5_000_001, 1, 5_000_004))
    assert len(code) < 300
    assert code[marks.index("^") : marks.rindex("^") + 1] == "A()"


def test_report_at_80_columns() -> None:
    said = FORMATS["text"](Outcome((KEY,), 1), replace(PRESENTATION, width=80, footer=False))
    assert "\n".join(said) == dedent(
        """\
        error[REG301] metaclass-name-key: the class name of `tool` becomes a registry
          key; where `tool` is a class, that is `modelmetaclass` for all
          --> app/dispatch.py:10:20, in app.dispatch.Dispatcher.load
           |
        10 |             name = type(tool).__name__.lower()
           |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^
           = trace: how it gets there, in 4 steps
           1. app/startup.py:5:30
         5 |     app.state.tool_classes = [Alpha, Beta]
           |                              ------------- list of classes built here
           |
           2. app/startup.py:5:5
         5 |     app.state.tool_classes = [Alpha, Beta]
           |     ---------------------- stored as attribute tool_classes
           |
           3. app/gone.py:7:1: passed as tools=
           |
           4. app/dispatch.py:12:17
        12 |                 name,
           |                 ---- the name becomes the key
           = see: the registry is built here
          --> app/dispatch.py:8:20
           |
         8 |         registry = ToolRegistry()
           |                    --------------
           = note: likely, not certain: a step went by a name alone
        """
    )


def test_a_trace_by_itself() -> None:
    assert "\n".join(trace_frames(KEY.trace[:2], PRESENTATION)) == dedent(
        """\
          1. app/startup.py:5:30
        5 |     app.state.tool_classes = [Alpha, Beta]
          |                              ------------- list of classes built here
          |
          2. app/startup.py:5:5
        5 |     app.state.tool_classes = [Alpha, Beta]
          |     ---------------------- stored as attribute tool_classes"""
    )


@pytest.mark.parametrize("width", [60, 80, 200])
@pytest.mark.parametrize("name", ["text", "grouped"])
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    presentation = replace(PRESENTATION, width=width)
    assert max(width_of(line) for line in FORMATS[name](OUTCOME, presentation)) <= width


@pytest.mark.parametrize("name", ["text", "concise", "grouped"])
def test_colour_changes_nothing_but_colour(name: str) -> None:
    plain = list(FORMATS[name](OUTCOME, PRESENTATION))
    painted = list(FORMATS[name](OUTCOME, replace(PRESENTATION, colour=True, hyperlinks=True)))
    assert [ESCAPES.sub("", line) for line in painted] == plain
    assert painted != plain


def test_every_painted_line_ends_unpainted() -> None:
    for line in FORMATS["text"](OUTCOME, replace(PRESENTATION, colour=True)):
        assert line.count("\x1b[0m") * 2 == line.count("\x1b[")


def test_codes_link_to_their_pages_only_where_links_are_known() -> None:
    link = "\x1b]8;;https://example.org/rules#REG101\x1b\\"
    assert link in "\n".join(FORMATS["text"](OUTCOME, replace(PRESENTATION, hyperlinks=True)))
    assert link not in "\n".join(FORMATS["text"](OUTCOME, replace(PRESENTATION, colour=True)))


def test_a_file_that_is_gone_costs_the_frame_only() -> None:
    def read(path: str) -> bytes:
        raise PermissionError(path)

    said = list(FORMATS["text"](OUTCOME, Presentation(read)))
    assert sum(" --> " in line or line.lstrip().startswith("-->") for line in said) == 5
    assert not [line for line in said if "ToolRegistry()" in line and "|" in line]


def suggestion(source: str, *edits: tuple[int, int, int, int, str]) -> list[str]:
    fix = Fix("safe", "do it", tuple(Edit(Span("a.py", *place), content) for *place, content in edits))
    finding = Finding("REG101", Span("a.py", 1, 1, 1, 2), "m", fix=fix)
    lines = list(FORMATS["text"](Outcome((finding,), 1), Presentation(lambda _: source.encode(), footer=False)))
    start = next(number for number, line in enumerate(lines) if "= fix: do it" in line)
    return [line.partition("| ")[2] for line in lines[start + 3 : -1]]


DIFFS = [
    ("a change", "a\nb\nc\n", [(2, 1, 2, 2, "B")], ["@@ -1,3 +1,3 @@", " a", "-b", "+B", " c"]),
    ("an insertion of a line", "a\nb\n", [(2, 1, 2, 1, "x\n")], ["@@ -1,2 +1,3 @@", " a", "+x", " b"]),
    ("a deletion of a line", "a\nb\nc\n", [(2, 1, 3, 1, "")], ["@@ -1,3 +1,2 @@", " a", "-b", " c"]),
    ("an insertion at the very end", "a\n", [(2, 1, 2, 1, "b\n")], ["@@ -1,1 +1,2 @@", " a", "+b"]),
    ("no line end at the end", "a", [(1, 2, 1, 2, "b")], ["@@ -1,1 +1,1 @@", "-a", "+ab"]),
    (
        "two edits in a line",
        "f(a, b)\n",
        [(1, 3, 1, 4, "x"), (1, 6, 1, 7, "y")],
        ["@@ -1,1 +1,1 @@", "-f(a, b)", "+f(x, y)"],
    ),
    ("CR LF is no change", "a\r\nb\r\n", [(1, 1, 1, 2, "x")], ["@@ -1,2 +1,2 @@", "-a", "+x", " b"]),
    (
        "an overlapping edit is left out",
        "abc\n",
        [(1, 1, 1, 3, "x"), (1, 2, 1, 4, "y")],
        ["@@ -1,1 +1,1 @@", "-abc", "+xc"],
    ),
    (
        "far edits are two hunks, the second shifted",
        "".join(f"{n}\n" for n in range(1, 21)),
        [(1, 1, 1, 1, "x\n"), (20, 1, 20, 3, "y")],
        ["@@ -1,3 +1,4 @@", "+x", " 1", " 2", " 3", "@@ -18,3 +19,3 @@", " 18", " 19", "-20", "+y"],
    ),
    ("a place outside of the file", "a\n", [(9, 9, 9, 9, "x")], ["@@ -1,1 +1,2 @@", " a", "+x"]),
    (
        "tabs stay, the rest is named",
        "\ta\x1b\n",
        [(1, 2, 1, 3, "b")],
        ["@@ -1,1 +1,1 @@", "-\ta<U+001B>", "+\tb<U+001B>"],
    ),
]


@pytest.mark.parametrize(("name", "source", "edits", "expected"), DIFFS, ids=[diff[0] for diff in DIFFS])
def test_suggestion(name: str, source: str, edits: list[tuple[int, int, int, int, str]], expected: list[str]) -> None:
    assert suggestion(source, *edits) == expected, name


def test_a_long_line_of_a_suggestion_is_folded_beside_the_bar() -> None:
    fix = Fix("safe", "x", (Edit(Span("a.py", 1, 1, 1, 2), "b"),))
    outcome = Outcome((Finding("REG101", Span("a.py", 1, 1, 1, 2), "m", fix=fix),), 1)
    source = b"a = call(first, second, third, fourth)\n    deep = call(first, second)\n"
    said = list(FORMATS["text"](outcome, Presentation(lambda _: source, width=30, footer=False)))
    assert said[-7:-1] == [
        "  | -a = call(first, second,",
        "  |      third, fourth)",
        "  | +b = call(first, second,",
        "  |      third, fourth)",
        "  |      deep = call(first,",
        "  |          second)",
    ]


@pytest.mark.parametrize(
    "line", ["x" * 90, "\t" * 30 + "x", "日" * 40, " " * 80 + "x y", "a " * 60, "(" + " " * 70 + "b"]
)
def test_folding_ends_and_loses_nothing(line: str) -> None:
    for room in (20, 33):
        parts = _folded(line, room)
        assert "".join("".join(parts).split()) == "".join(line.split())
        assert max(width_of(part.expandtabs(8)) for part in parts) <= room


def test_indentation_is_cut_before_code() -> None:
    code, marks = shown(" " * 20 + "name = value.attribute", (1, 28, 1, 33), 36)
    assert code == "1 | ...name = value.attribute"
    assert marks == "  |           ^^^^^"


def test_a_fix_of_two_files_shows_both() -> None:
    fix = Fix("safe", "x", (Edit(Span("b.py", 1, 1, 1, 2), "c"), Edit(Span("a.py", 1, 1, 1, 2), "c")))
    outcome = Outcome((altered(CONSTRUCTION, fix=fix),), 1)
    said = "\n".join(FORMATS["text"](outcome, Presentation(lambda _: b"a\n")))
    assert said.index("+++ a.py") < said.index("+++ b.py")


def test_suggestions_can_be_left_out() -> None:
    assert "+++" not in "\n".join(FORMATS["text"](OUTCOME, replace(PRESENTATION, suggestions=False)))


def test_a_label_that_does_not_fit_stands_below() -> None:
    step = Step(Span("a.py", 1, 1, 1, 31), "twelve words that do not fit beside the marks of this very line")
    outcome = Outcome((Finding("REG101", Span("a.py", 1, 1, 1, 2), "m", trace=(step,)),), 1)
    said = list(FORMATS["text"](outcome, Presentation(lambda _: b"x" * 30, width=50, footer=False)))
    assert said[-4:-1] == [
        "  | " + "-" * 30,
        "  |     twelve words that do not fit beside the",
        "  |     marks of this very line",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain [red]text[/red]", "plain [red]text[/red]"),
        ("a\x1b]0;title\x07b", "a<U+001B>]0;title<U+0007>b"),
        ("one\r\ntwo\tthree", "one<U+000D><U+000A>two<U+0009>three"),
        ("\ud800\udcff", "<U+D800><U+DCFF>"),
        ("##vso[task.setvariable]", "<U+0023>#vso[task.setvariable]"),
        ("###[error]", "#<U+0023>#[error]"),
        ("## heading", "## heading"),
        ("日本語", "日本語"),
    ],
)
def test_visible(text: str, expected: str) -> None:
    assert visible(text) == expected


@pytest.mark.parametrize("message", ["::error::x", "  ::add-mask::x", ":: x", "x ::stop-commands::y"])
@pytest.mark.parametrize("name", ["text", "concise", "grouped", "markdown"])
@pytest.mark.parametrize("width", [None, 20])
def test_no_line_is_a_workflow_command(name: str, message: str, width: int | None) -> None:
    finding = Finding(message, Span(message, 1, 1, 1, 2), message, name=message, help=message, symbol=message)
    outcome = Outcome((finding,), 1, bounds=(message,), excluded=(message,))
    for line in FORMATS[name](outcome, Presentation(lambda _: message.encode(), width=width)):
        assert not line.lstrip().startswith("::"), line


def test_wrapping_keeps_words_whole_and_loses_none() -> None:
    text = "a dotted.name.that.is.longer.than.a.line 日本語 日本語 end"
    lines = wrapped(text, 12, 2, 4)
    assert " ".join(lines) == text
    assert [line for line in lines if width_of(line) + 4 > 12] == ["dotted.name.that.is.longer.than.a.line"]
