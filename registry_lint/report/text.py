"""The default report, for people: code frames, the way of a value step by step, help, and what a fix would change.

error[REG301] metaclass-name-key [*]: the name of a metaclass becomes the registry key
  --> app/dispatch.py:20:16, in Dispatcher.load
   |
20 |         name = type(tool).__name__.lower()
   |                ^^^^^^^^^^^^^^^^^^^^^^^^^^^
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.report.difference import difference
from registry_lint.report.frames import Frame, frame, gutter_width
from registry_lint.report.paint import Paint, Role
from registry_lint.report.presentation import Presentation, is_fixable
from registry_lint.report.sources import Sources
from registry_lint.report.summary import SEVERITIES, footer
from registry_lint.report.visible import cell_width, guarded, visible, width_of, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from registry_lint.findings import Finding, Outcome, Step

_SUGGESTION = 60  # lines of a suggestion's diff that are shown
_LONG = 400  # characters of a diff line that are shown
_MARKS = {"removed": "-", "added": "+"}


def text(outcome: Outcome, presentation: Presentation) -> Iterator[str]:
    """The lines of the report."""
    yield from guarded(_lines(outcome, presentation))


def _lines(outcome: Outcome, presentation: Presentation) -> Iterator[str]:
    paint = Paint.of(presentation)
    sources = Sources(presentation.read)
    urls = {card.code: card.url for card in presentation.rules}
    for finding in outcome.findings:
        yield from _finding(finding, presentation, sources, urls.get(finding.code, ""))
        yield ""
    if presentation.footer:
        first, *rest = footer(outcome, presentation, presentation.width)
        worst = next((level for level in SEVERITIES if any(f.severity == level for f in outcome.findings)), None)
        yield paint(worst or ("help" if outcome.complete else "warning"), first)
        yield from rest


def trace_frames(steps: Sequence[Step], presentation: Presentation) -> Iterator[str]:
    """Steps as numbered frames, source first: how `text` shows a trace, for whoever has one without a finding."""
    width = gutter_width([step.span for step in steps])
    look = Frame(Sources(presentation.read), Paint.of(presentation), width, presentation.width)
    yield from guarded(_trace(steps, look))


def _finding(finding: Finding, presentation: Presentation, sources: Sources, url: str) -> Iterator[str]:
    paint = Paint.of(presentation)
    steps = [*finding.trace, *finding.related]
    look = Frame(sources, paint, gutter_width([finding.span, *(step.span for step in steps)]), presentation.width)
    blank = " " * look.gutter
    yield from _headline(finding, presentation, url)
    where = f"{_place(finding)}{f', in {visible(finding.symbol)}' if finding.symbol else ''}"
    yield f"{blank}{paint('gutter', '-->')} {where}"
    yield from _framed(frame(look, finding.span, finding.severity, "^"), look)
    if finding.trace:
        count = len(finding.trace)
        yield from _note(look, "trace", f"how it gets there, in {count} steps" if count > 1 else "where it comes from")
        yield from _trace(finding.trace, look)
    for step in finding.related:
        yield from _note(look, "see", visible(step.message))
        yield f"{blank}{paint('gutter', '-->')} {_place(step)}"
        yield from _framed(frame(look, step.span, "info", "-"), look)
    if finding.confidence == "likely":
        yield from _note(look, "note", "likely, not certain: a step went by a name alone")
    if finding.help:
        yield from _note(look, "help", visible(finding.help))
    if presentation.suggestions:
        yield from _suggestion(finding, look)


def _headline(finding: Finding, presentation: Presentation, url: str) -> Iterator[str]:
    paint = Paint.of(presentation)
    level, code = finding.severity, visible(finding.code)
    name = f" {visible(finding.name)}" if finding.name else ""
    mark = " [*]" if is_fixable(finding, presentation) else ""
    before = f"{level}[{code}]{name}{mark}: "
    first, *rest = wrapped(visible(finding.message), presentation.width, len(before), 2)
    head = paint(level, f"{level}[") + paint.link(paint(level, code), url) + paint(level, "]")
    yield f"{head}{name}{paint('help', mark)}:{' ' * bool(first)}{paint('strong', first)}"
    for line in rest:
        yield f"  {paint('strong', line)}"


def _trace(trace: Sequence[Step], look: Frame) -> Iterator[str]:
    """Every step as a numbered frame, source first, its message at the marks."""
    blank = " " * look.gutter
    for place, step in enumerate(trace, 1):
        role: Role = "info"
        number = f"{blank} {look.paint('help', f'{place}.')}"  # in the bar's place: no row number looks like it
        message = visible(step.message)
        shown = list(frame(look, step.span, role, "-", message))
        # A file that cannot be shown keeps its step.
        yield f"{number} {_place(step)}{'' if shown else f': {message}'}"
        yield from shown
        if place < len(trace):
            yield look.paint("gutter", f"{blank} |")


def _suggestion(finding: Finding, look: Frame) -> Iterator[str]:
    fix = finding.fix
    if fix is None:
        return
    paint = look.paint
    said = {"safe": "fix", "unsafe": "unsafe fix", "display": "suggestion"}[fix.applicability]
    yield from _note(look, said, visible(fix.message))
    lines = list(difference(fix, look.sources))
    bar = f"{' ' * look.gutter} {paint('gutter', '|')}"
    room = None if look.width is None else max(look.width - look.gutter - 4, 20)
    for kind, line in lines[:_SUGGESTION]:
        match kind:
            case "file":
                yield f"{bar} {paint('strong', f'--- {visible(line)}')}"
                yield f"{bar} {paint('strong', f'+++ {visible(line)}')}"
            case "hunk":
                yield f"{bar} {paint('gutter', line)}"
            case "same":
                first, *rest = _folded(_source(line), room)
                yield f"{bar}  {first}" if first else bar
                yield from (f"{bar}  {part}" for part in rest)
            case "removed" | "added":
                first, *rest = _folded(_source(line), room)
                yield f"{bar} {paint(kind, f'{_MARKS[kind]}{first}')}"
                yield from (f"{bar}  {paint(kind, part)}" for part in rest)
    if len(lines) > _SUGGESTION:
        yield f"{bar} ... {len(lines) - _SUGGESTION} more lines (`--diff` shows them)"


def _source(line: str) -> str:
    """A line of source in a diff: tabs stay, so that it can be copied."""
    cut = f"{line[:_LONG]}..." if len(line) > _LONG else line
    return "\t".join(visible(part) for part in cut.split("\t"))


def _folded(line: str, room: int | None) -> list[str]:
    """A diff's line in parts that fit, each begun after a blank where there is one, four cells deeper than the line.

    What a terminal breaks by itself stands left of the bar and looks like something else.
    """
    parts: list[str] = []
    indent = line[: len(line) - len(line.lstrip())]
    deeper = f"{indent}    " if room and width_of(indent.expandtabs(8)) < room // 2 else "    "
    while room is not None and width_of(line.expandtabs(8)) > room:
        end = used = 0
        while end < len(line) and used + (step := 8 if line[end] == "\t" else cell_width(line[end])) <= room:
            used += step
            end += 1
        blank = line.rfind(" ", end // 2, end) + 1
        if line[:blank].strip():
            end = blank
        parts.append(line[:end].rstrip())
        line = deeper + line[end:].lstrip()
    return [*parts, line.rstrip()] if line.strip() or not parts else parts


def _note(look: Frame, word: str, said: str) -> Iterator[str]:
    """`= help: …`, in line with the gutter's bar."""
    before = look.gutter + 3 + len(word) + 2
    first, *rest = wrapped(said, look.width, before, before)
    yield f"{' ' * look.gutter} {look.paint('gutter', '=')} {look.paint('help', word)}: {first}"
    for line in rest:
        yield f"{' ' * before}{line}"


def _framed(lines: Iterator[str], look: Frame) -> Iterator[str]:
    """The frame below a bar, if there is one to show."""
    shown = list(lines)
    if shown:
        yield look.paint("gutter", f"{' ' * look.gutter} |")
        yield from shown


def _place(placed: Finding | Step) -> str:
    span = placed.span
    return f"{visible(span.path)}:{span.row}:{span.column}"
