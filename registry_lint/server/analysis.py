"""One look at a project, with what an editor holds and has not saved."""

from __future__ import annotations

import codecs
import contextlib
from typing import TYPE_CHECKING, NamedTuple

from registry_lint import depth
from registry_lint.source.excludes import left_out, packages_on_disk
from registry_lint.source.text import SourceError, coding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from registry_lint.api import Start
    from registry_lint.config.settings import Settings
    from registry_lint.findings import Finding
    from registry_lint.remember import Memory
    from registry_lint.report.presentation import RuleCard


class Options(NamedTuple):
    """What the command line says for every project that is opened."""

    config: tuple[str, ...] = ()
    isolated: bool = False
    trust_packs: bool = False
    cache: bool = True


class SupersededError(Exception):
    """What is being looked at has changed meanwhile: nobody wants the answer any more."""


class Analysis(NamedTuple):
    """What was found in the open files of one project. Paths are relative to `root`."""

    root: Path
    findings: tuple[Finding, ...]
    cards: Mapping[str, RuleCard]  # by code; `url` is the rule's page
    sources: Mapping[str, bytes]  # as they were looked at: the files that a finding, its way or its fix speaks of

    def read(self, path: str) -> bytes:
        """A source as it was looked at. Raises OSError where no finding speaks of it."""
        if path not in self.sources:
            raise FileNotFoundError(path)
        return self.sources[path]

    def of(self, path: str) -> list[Finding]:
        """The findings in one file."""
        return [finding for finding in self.findings if finding.span.path == path]


def analyse(root: Path, texts: Mapping[Path, str], options: Options, interrupted: Callable[[], bool]) -> Analysis:
    """Look at a whole project and report on some of its files, which hold these texts at present.

    Raises UserError for what the user must mend, and SupersededError soon after `interrupted` turns true.
    """
    from registry_lint.api import begin
    from registry_lint.remember import Memory
    from registry_lint.source.cache_folder import open_cache

    def stage(_name: str) -> None:
        if interrupted():
            raise SupersededError

    start = begin([str(root)], config=options.config, isolated=options.isolated, trust_packs=options.trust_packs)
    root = start.configuration.root
    cache = open_cache(root) if options.cache else None
    with contextlib.closing(cache) if cache is not None else contextlib.nullcontext():
        return _examined(start, texts, Memory(cache) if cache is not None else None, stage)


def _examined(start: Start, texts: Mapping[Path, str], memory: Memory | None, stage: Callable[[str], None]) -> Analysis:
    from registry_lint.baseline import Baseline
    from registry_lint.packs import page_of
    from registry_lint.request import Request
    from registry_lint.run import examine

    root, settings = start.configuration.root, start.configuration.settings
    request = Request(
        root,
        settings,
        start.rules,
        paths=[str(path) for path in texts if path.is_file()],
        force_exclude=True,
        unsaved=_unsaved(root, settings, texts),
        baseline=Baseline.read(root / settings.baseline, root) if settings.baseline else None,
        positions=start.configuration.positions,
        memory=memory,
        stage=stage,
    )
    with depth.frames(depth.WHOLE_RUN):
        examination = examine(request)
    pages = {rule.code: page_of(rule) for rule in start.rules}
    cards = (examination.card(code) for code in examination.active)
    return Analysis(
        root,
        examination.outcome.findings,
        {card.code: card._replace(url=card.url or pages.get(card.code, "")) for card in cards},
        _sources(examination.outcome.findings, examination.gathered.corpus.read),
    )


def _sources(findings: Iterable[Finding], read: Callable[[str], bytes]) -> dict[str, bytes]:
    paths: set[str] = set()
    for finding in findings:
        paths.add(finding.span.path)
        paths.update(step.span.path for step in (*finding.trace, *finding.related))
        paths.update(edit.span.path for edit in (finding.fix.edits if finding.fix is not None else ()))
    sources = {}
    for path in paths:
        with contextlib.suppress(OSError):  # gone since: shown without columns
            sources[path] = read(path)
    return sources


def _unsaved(root: Path, settings: Settings, texts: Mapping[Path, str]) -> dict[str, bytes]:
    """The texts that differ from what is on disk, by path; those of excluded files are left out."""
    unsaved = {}
    is_left_out = left_out(settings, packages_on_disk(root))
    for path, text in texts.items():
        try:
            on_disk = path.read_bytes()
        except OSError:
            on_disk = None
        content = as_bytes(text, on_disk)
        name = path.relative_to(root).as_posix()
        if content != on_disk and not is_left_out(name):
            unsaved[name] = content
    return unsaved


def as_bytes(text: str, on_disk: bytes | None) -> bytes:
    """A text as its editor would write it: in the encoding that it declares, with the byte order mark of the file."""
    plain = text.encode("utf-8", "surrogatepass")
    try:
        content = coding(plain).encode(text)
    except (SourceError, UnicodeEncodeError):
        content = plain  # what is wrong with it is told when it is read
    marked = on_disk is not None and on_disk.startswith(codecs.BOM_UTF8)
    return codecs.BOM_UTF8 + content if marked else content
