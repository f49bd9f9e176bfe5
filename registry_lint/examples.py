"""Examples of rules: small projects in one text, with the findings drawn below the code.

    --- app/main.py
    registry = ToolRegistry()
               ^^^^^^^^^^^^^^ REG101 ToolRegistry is built directly

`explain` shows these texts, the tests compare them exactly, `registry-lint test` does so for anybody's rules.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from registry_lint.config.settings import Settings
    from registry_lint.findings import Finding, Found
    from registry_lint.rule import Invalid, Rule, Valid

_ROUNDS = 5  # of fixes; edits that touch each other wait for the next one
_FILE = re.compile(r"--- (?P<path>\S.*)")
_CARETS = re.compile(r"(?P<indent> *)(?P<carets>\^+) (?P<code>[A-Z]+\d{3}) (?P<message>.*)")


class Drawn(NamedTuple):
    """A finding as an example draws it: its first line only, `end_column` exclusive."""

    path: str
    row: int
    column: int
    end_column: int
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.row}:{self.column}-{self.end_column}: {self.code} {self.message}"


class Example(NamedTuple):
    """An example, taken apart: the sources without the drawing, and what is drawn."""

    sources: dict[str, str]
    drawn: tuple[Drawn, ...]


def parse(text: str) -> Example:
    """Take an example apart. A text without a `--- path` line is one file, `example.py`."""
    sources: dict[str, list[str]] = {}
    drawn: list[Drawn] = []
    path = "example.py"
    for line in text.strip("\n").split("\n"):
        if header := _FILE.fullmatch(line):
            path = header["path"].strip()
            sources[path] = []
        elif (carets := _CARETS.fullmatch(line)) and sources.get(path):
            column = len(carets["indent"]) + 1
            end = column + len(carets["carets"])
            drawn.append(Drawn(path, len(sources[path]), column, end, carets["code"], carets["message"]))
        else:
            sources.setdefault(path, []).append(line)
    texts = {name: "\n".join(lines).rstrip("\n") + "\n" for name, lines in sources.items()}
    return Example(texts, tuple(sorted(drawn)))


def draw(finding: Finding, sources: dict[str, str]) -> Drawn:
    """A finding in the form of an example: one of several lines ends where its first line ends."""
    span = finding.span
    end = span.end_column
    if span.end_row != span.row:
        end = len(sources[span.path].split("\n")[span.row - 1]) + 1
    return Drawn(span.path, span.row, span.column, end, finding.code, finding.message)


def failures(rule: type[Rule], configure: Callable[[str], Settings]) -> Iterator[str]:
    """Run all examples of a rule; one text for each thing that is not as drawn.

    `configure` turns the TOML of an example into settings.
    """
    for number, valid in enumerate(rule.VALID, 1):
        found = run(rule, valid, configure)
        drawn = sorted(draw(one.finding, parse(valid.text).sources) for one in found)
        yield from (f"VALID example {number}: found {one}" for one in drawn)
    for number, invalid in enumerate(rule.INVALID, 1):
        yield from (f"INVALID example {number}: {failure}" for failure in _compare(rule, invalid, configure))


def run(rule: type[Rule], example: Valid | Invalid, configure: Callable[[str], Settings]) -> list[Found]:
    """What a rule finds in an example."""
    return _found(rule, parse(example.text).sources, configure(example.configuration))


def _found(rule: type[Rule], sources: dict[str, str], settings: Settings) -> list[Found]:
    from registry_lint.project.model import Project
    from registry_lint.source.corpus import MemoryCorpus

    project = Project(MemoryCorpus(sources), settings)
    return sorted(rule().check(project), key=lambda found: found.finding.sort_key)


def _compare(rule: type[Rule], example: Invalid, configure: Callable[[str], Settings]) -> Iterator[str]:
    sources, expected = parse(example.text)
    found = run(rule, example, configure)
    drawn = sorted(draw(one.finding, sources) for one in found)
    yield from (f"missing {one}" for one in expected if one not in drawn)
    yield from (f"unexpected {one}" for one in drawn if one not in expected)
    if not expected:
        yield "no finding is drawn"
    yield from _compare_fix(rule, example, sources, configure)


def _compare_fix(
    rule: type[Rule], example: Invalid, sources: dict[str, str], configure: Callable[[str], Settings]
) -> Iterator[str]:
    """Compare what the suggestions write, in as many rounds as it takes, with `fixed`; without it, with nothing."""
    mended = dict(sources)
    for _ in range(_ROUNDS):
        changed = _round(rule, mended, configure(example.configuration))
        if not changed:
            break
        mended.update(changed)
    written = {path: text for path, text in mended.items() if text != sources[path]}
    wanted = parse(example.fixed).sources if example.fixed is not None else {}
    for path in sorted({*written, *wanted}):
        if written.get(path) != wanted.get(path):
            yield f"the fix of {path} is\n{written.get(path, '(none)')}\ninstead of\n{wanted.get(path, '(none)')}"


def _round(rule: type[Rule], sources: dict[str, str], settings: Settings) -> dict[str, str]:
    """One round of fixes: the files that it changes, as they are afterwards."""
    from registry_lint.project.model import Project
    from registry_lint.source.corpus import MemoryCorpus
    from registry_lint.suggest.neighbours import Neighbours
    from registry_lint.suggest.plan import plan
    from registry_lint.suggest.workshop import Workshop

    corpus = MemoryCorpus(sources)
    around = Neighbours(Project(corpus, settings))
    workshop = Workshop(corpus.read, around)
    findings = []
    for one in _found(rule, sources, settings):
        fix = workshop.suggest(one.suggest) if one.suggest else one.finding.fix
        if fix is not None:
            findings.append(msgspec.structs.replace(one.finding, fix=fix))
    planned = plan(findings, corpus.read, ("safe", "unsafe"), surroundings=around)
    return {path: change.new.decode() for path, change in planned.changes.items()}
