"""One run, read from top to bottom: the program's table of contents.

    discover → project → rules → complete → suppress → baseline → suggest → sort

Every step is a function of what the step before gave; nothing here prints, and nothing stops at the first bad
file. Only findings that are about to be shown get their suggestion, since that opens the concrete tree.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from registry_lint import housekeeping, suppress
from registry_lint.errors import Mistake, UserError
from registry_lint.findings import Finding, Found, Outcome, Unexamined
from registry_lint.fingerprint import Identity, identities
from registry_lint.report.presentation import RuleCard
from registry_lint.report.sources import Sources
from registry_lint.select import Rulebook, Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from registry_lint.baseline import Baseline
    from registry_lint.config.load import Positions
    from registry_lint.config.settings import Settings
    from registry_lint.findings import Suggestion
    from registry_lint.project.model import Project
    from registry_lint.rule import Rule
    from registry_lint.source.corpus import Corpus


def _quiet(_stage: str) -> None:
    pass


@dataclasses.dataclass(frozen=True)
class Request:
    """What one run is asked. Paths are as the command line has them, or relative to `root`."""

    root: Path
    settings: Settings
    rules: Sequence[type[Rule]]
    paths: Sequence[Path | str] = ()  # what findings are wanted for; the analysis sees the whole project
    force_exclude: bool = False
    corpus: Corpus | None = None  # given: nothing is discovered, and `paths` are relative to its root
    unsaved: Mapping[str, bytes] = dataclasses.field(default_factory=dict)  # instead of what is on disk
    baseline: Baseline | None = None
    positions: Positions | None = None  # where the configuration's entries stand
    suggest: bool = True
    stage: Callable[[str], None] = _quiet  # told what begins, for a progress display


class Gathered(NamedTuple):
    """The sources of a run."""

    corpus: Corpus
    reported: frozenset[str]
    excluded: tuple[str, ...]
    problems: tuple[Unexamined, ...]


class Judged(NamedTuple):
    """A finding with its identity and the function that makes its suggestion."""

    finding: Finding
    identity: Identity
    suggest: Suggestion | None


def check(request: Request) -> Outcome:
    """Lint a project. Raises UserError for what the user must mend; anything else that raises is our bug."""
    return examine(request).outcome


class Examination(NamedTuple):
    """An outcome, and what a baseline or a comparison needs beside it."""

    outcome: Outcome
    findings: tuple[Judged, ...]  # those that are reported, sorted as in the outcome
    held: tuple[Judged, ...]  # those that the baseline takes away
    stale: tuple[Identity, ...]  # entries of the baseline that match nothing, whatever paths were asked for
    corpus: Corpus
    rulebook: Rulebook
    active: frozenset[str]  # the codes of the rules that were on, housekeeping included

    def card(self, code: str) -> RuleCard:
        """What a report says of a rule."""
        card = self.rulebook.cards[code]
        severity = "warning" if card.severity == "off" else card.severity
        return RuleCard(card.code, card.name, card.sentence, card.documentation, severity)


def sift(examination: Examination, known: Baseline) -> Examination:
    """An examination without the findings that are known from elsewhere."""
    parted = known.part([judged.identity for judged in examination.findings], examination.corpus.paths)
    fresh = tuple(examination.findings[index] for index in parted.fresh)
    outcome = msgspec.structs.replace(examination.outcome, findings=tuple(judged.finding for judged in fresh))
    return examination._replace(outcome=outcome, findings=fresh)


def examine(request: Request) -> Examination:
    """Lint a project and keep the identities of what was found."""
    from registry_lint.project.model import Project

    rulebook = Rulebook(housekeeping.cards(request.rules))
    selection = Selection(rulebook, request.settings)

    request.stage("looking for files")
    gathered = gather(request)
    sources = Sources(gathered.corpus.read)
    request.stage(f"reading {len(gathered.corpus.paths):,} files")
    project = Project(gathered.corpus, request.settings)

    ran = [rule for rule in request.rules if rule.code in selection.codes]
    found = list(_found(ran, project, request.stage))
    request.stage("sorting out")
    wanted, silenced = _selected(found, selection)
    completed = _completed(wanted, selection, project, sources)
    kept, suppressed, complaints = _suppressed(completed, request, gathered, selection, project, sources)
    reported = [judged for judged in (*kept, *complaints) if judged.finding.span.path in gathered.reported]
    fresh, held, stale = _baselined(reported, request, gathered)
    elsewhere = [
        *_idle_ignores(silenced, request, gathered, selection),
        *_stale_entries(stale, request, gathered, selection),
    ]
    fresh = sorted([*fresh, *_named(elsewhere, selection)], key=lambda judged: judged.finding.sort_key)
    if request.suggest:
        request.stage("making suggestions")
        fresh = list(_suggested(fresh, gathered.corpus, project))
    outcome = Outcome(
        findings=tuple(judged.finding for judged in fresh),
        files=len(gathered.reported),
        unexamined=tuple(sorted({*gathered.problems, *project.unexamined})),
        bounds=tuple(sorted(set(project.bounds))),
        suppressed=suppressed,
        baselined=len(held),
        excluded=gathered.excluded,
    )
    return Examination(outcome, tuple(fresh), tuple(held), stale, gathered.corpus, rulebook, selection.codes)


# --- sources -------------------------------------------------------------------------------------------------


class Overlaid:
    """A corpus in which some sources are replaced: what an editor holds and has not saved."""

    def __init__(self, below: Corpus, unsaved: Mapping[str, bytes]) -> None:
        self._below = below
        self._unsaved = unsaved
        self.root = below.root
        self.paths = tuple(sorted({*below.paths, *unsaved}))

    def read(self, path: str) -> bytes:
        """The bytes of one source. Raises OSError."""
        return self._unsaved[path] if path in self._unsaved else self._below.read(path)


def gather(request: Request) -> Gathered:
    """Find the sources, and those of them that findings are wanted for."""
    if request.corpus is not None:
        corpus = request.corpus
        named = tuple(str(path).rstrip("/") for path in request.paths)
        reported = frozenset(
            path for path in corpus.paths if not named or any(_is_in(path, folder) for folder in named)
        )
        gathered = Gathered(corpus, reported, (), ())
    else:
        from registry_lint.source.corpus import DiskCorpus
        from registry_lint.source.discover import discover

        discovery = discover(request.root, request.settings, request.paths, force_exclude=request.force_exclude)
        corpus = DiskCorpus(discovery.root, discovery.paths)
        gathered = Gathered(corpus, frozenset(discovery.reported), discovery.excluded_folders, discovery.problems)
    if request.unsaved:
        reported = gathered.reported if request.paths else frozenset()
        gathered = gathered._replace(
            corpus=Overlaid(gathered.corpus, request.unsaved), reported=reported | request.unsaved.keys()
        )
    return gathered


def _is_in(path: str, folder: str) -> bool:
    return folder in ("", ".", path) or path.startswith(f"{folder}/")


# --- findings ------------------------------------------------------------------------------------------------


def _found(rules: Iterable[type[Rule]], project: Project, stage: Callable[[str], None]) -> Iterator[Found]:
    """What the rules find. A rule of somebody else's that raises is theirs to mend; one of ours is a bug."""
    for rule in rules:
        stage(f"{rule.code} {rule.headline()[1]}")
        try:
            yield from rule().check(project)
        except UserError:
            raise
        except Exception as error:
            if rule.__module__.startswith("registry_lint.rules."):
                raise
            where = Mistake(f"{rule.code} failed: {type(error).__name__}: {error}", path=rule.__module__)
            raise UserError(where) from error


class Silenced(NamedTuple):
    """What per-file-ignores took away, to know which of its entries are used."""

    pattern: str
    selector: str


def _selected(found: Iterable[Found], selection: Selection) -> tuple[list[Found], set[Silenced]]:
    """The findings that the settings want, and which entries of per-file-ignores took some away."""
    wanted, silenced = [], set()
    seen: set[tuple[object, ...]] = set()
    for one in sorted(found, key=lambda one: one.finding.sort_key):
        finding = one.finding
        path = finding.span.path
        if selection.level(finding.code, path) == "off" or not selection.confident(finding.confidence, path):
            continue
        entry = selection.silenced_by(finding.code, path)
        if entry is not None:
            silenced.add(Silenced(*entry))
        elif finding.sort_key not in seen:
            seen.add(finding.sort_key)
            wanted.append(one)
    return wanted, silenced


def _completed(found: Sequence[Found], selection: Selection, project: Project, sources: Sources) -> list[Judged]:
    """Findings with name, severity, symbol and fingerprint. `found` is sorted: ordinals count in that order."""
    findings = []
    for one in found:
        finding = one.finding
        symbol = finding.symbol or project.symbol_at(finding.span)
        findings.append(_titled(msgspec.structs.replace(finding, symbol=symbol), selection))
    return [
        Judged(msgspec.structs.replace(finding, fingerprint=identity.fingerprint), identity, one.suggest)
        for finding, identity, one in zip(findings, identities(findings, sources.lines), found, strict=True)
    ]


def _titled(finding: Finding, selection: Selection) -> Finding:
    """A finding with its rule's name and the severity that holds in its file."""
    level = selection.level(finding.code, finding.span.path)
    assert level != "off"
    return msgspec.structs.replace(finding, name=selection.rulebook.cards[finding.code].name, severity=level)


# --- what is taken away --------------------------------------------------------------------------------------


def _suppressed(
    completed: Sequence[Judged],
    request: Request,
    gathered: Gathered,
    selection: Selection,
    project: Project,
    sources: Sources,
) -> tuple[list[Judged], int, list[Judged]]:
    """What the comments leave, how many findings they took away, and what is wrong with the comments."""
    by_path: dict[str, list[Judged]] = {path: [] for path in gathered.reported}
    for judged in completed:
        by_path.setdefault(judged.finding.span.path, []).append(judged)
    kept: list[Judged] = []
    complaints: list[Found] = []
    suppressed = 0
    for path, here in sorted(by_path.items()):
        content = sources.content(path) if here or _may_suppress(gathered.corpus, path) else None
        if content is None or not suppress.may_suppress(content):
            kept += here
            continue
        ledger = suppress.Ledger(path, suppress.comments("\n".join(sources.lines(path))), selection.rulebook)
        left = [judged for judged in here if not ledger.suppresses(judged.finding)]
        suppressed += (len(here) - len(left)) if path in gathered.reported else 0
        kept += left
        if path in project.unparsable:
            continue  # nothing was looked for here
        whole = not project.bounds

        def judged_here(code: str, path: str = path, whole: bool = whole) -> bool:
            on = code in selection.codes and selection.level(code, path) != "off"
            own = code in {card.code for card in housekeeping.CARDS}
            return whole and on and not own and selection.silenced_by(code, path) is None

        said = ledger.complaints(judged_here, require_reason=request.settings.require_reason)
        for finding in said:
            if selection.level(finding.code, path) != "off" and not selection.silenced_by(finding.code, path):
                if ledger.suppresses(finding):
                    suppressed += 1
                else:
                    complaints.append(Found(finding))
    complaints.sort(key=lambda one: one.finding.sort_key)
    return kept, suppressed, _completed(complaints, selection, project, sources)


def _may_suppress(corpus: Corpus, path: str) -> bool:
    try:
        return suppress.may_suppress(corpus.read(path))
    except OSError:
        return False


def _baselined(
    reported: Sequence[Judged], request: Request, gathered: Gathered
) -> tuple[list[Judged], list[Judged], tuple[Identity, ...]]:
    """New findings, known ones, and the baseline's entries that match nothing."""
    if request.baseline is None:
        return list(reported), [], ()
    parted = request.baseline.part([judged.identity for judged in reported], gathered.corpus.paths)
    return [reported[index] for index in parted.fresh], [reported[index] for index in parted.held], parted.stale


def _stale_entries(
    stale: Sequence[Identity], request: Request, gathered: Gathered, selection: Selection
) -> Iterator[Finding]:
    """Complaints of entries that match nothing, of rules that ran and files that were asked for.

    A file that is gone cannot be asked for: its entries are told by a run over everything.
    """
    everything = gathered.reported == frozenset(gathered.corpus.paths)
    for entry in stale:
        if request.baseline and entry.code in selection.codes and (everything or entry.path in gathered.reported):
            yield request.baseline.complaint(entry)


def _idle_ignores(
    silenced: set[Silenced], request: Request, gathered: Gathered, selection: Selection
) -> Iterator[Finding]:
    """Entries of per-file-ignores that took nothing away, where all their rules ran over everything."""
    if request.positions is None or gathered.reported != frozenset(gathered.corpus.paths):
        return
    for ignore in request.settings.per_file_ignores:
        span = request.positions.of_ignore(ignore.pattern)
        for selector in ignore.selectors:
            codes = selection.rulebook.codes_of(selector)
            if span and codes and codes <= selection.codes and (ignore.pattern, selector) not in silenced:
                yield Finding(
                    code=housekeeping.UNUSED_IGNORE,
                    span=span,
                    message=f"per-file-ignores: `{selector}` takes nothing away in {ignore.pattern!r}",
                    help="remove it",
                )


def _named(findings: Iterable[Finding], selection: Selection) -> Iterator[Judged]:
    """Findings that speak of the configuration or the baseline, and not of a source."""
    for finding in findings:
        if finding.code in selection.codes and selection.level(finding.code, finding.span.path) != "off":
            identity = Identity(finding.code, finding.span.path, "", finding.message, 0)
            whole = msgspec.structs.replace(_titled(finding, selection), fingerprint=identity.fingerprint)
            yield Judged(whole, identity, None)


# --- suggestions ---------------------------------------------------------------------------------------------


def _suggested(findings: Sequence[Judged], corpus: Corpus, project: Project) -> Iterator[Judged]:
    """Findings with the fixes that their rules can make."""
    if not any(judged.suggest for judged in findings):
        yield from findings
        return
    from registry_lint.suggest.workshop import Workshop

    workshop = Workshop(corpus.read, project)
    for judged in findings:
        fix = judged.suggest(workshop) if judged.suggest else None
        yield judged._replace(finding=msgspec.structs.replace(judged.finding, fix=fix)) if fix else judged
