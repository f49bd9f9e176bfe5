"""One run, read from top to bottom: the program's table of contents.

    discover → project → rules → select → comments → baseline → confirm and suggest → sort

Every step is a function of what the step before gave; nothing here prints, and nothing stops at the first bad file.
Only findings that are about to be shown are confirmed and get their suggestion, since that opens the concrete tree.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import os
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from registry_lint import aside, depth, housekeeping, suppress
from registry_lint.aside import Judged
from registry_lint.errors import DamagedError, Mistake, UserError
from registry_lint.findings import Finding, Fix, Found, Outcome, Span, Suggestion, Unexamined
from registry_lint.packs import BUILT_IN, load_questions
from registry_lint.report.presentation import RuleCard
from registry_lint.report.sources import Sources
from registry_lint.request import Gathered, Request, Seen, files_to_parse, gather, identity, states_of
from registry_lint.select import Rulebook, Selection

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from registry_lint.answers import Answers
    from registry_lint.baseline import Baseline
    from registry_lint.project.model import Project
    from registry_lint.rule import Rule
    from registry_lint.source.states import States
    from registry_lint.suggest.workshop import Workshop


class Examination(NamedTuple):
    """An outcome, and what a baseline, a comparison or a report needs beside it."""

    outcome: Outcome
    findings: tuple[Judged, ...]  # those that are reported, sorted as in the outcome
    gathered: Gathered
    rulebook: Rulebook
    active: frozenset[str]  # the codes of the rules that were on, housekeeping included

    def card(self, code: str) -> RuleCard:
        """What a report says of a rule."""
        card = self.rulebook.cards[code]
        severity = "warning" if card.severity == "off" else card.severity
        return RuleCard(card.code, card.name, card.sentence, card.documentation, severity)


# Below this number of files rules take less time than it takes to tell which answers hold.
_WORTH_KEEPING = 100
_FEW = 20  # files that are read in less time than an index


def check(request: Request) -> Outcome:
    """Lint a project. Raises UserError for what the user must mend; anything else that raises is our bug."""
    return examine(request).outcome


def examine(request: Request) -> Examination:
    """Lint a project and keep the identities of what was found; or remember what an unchanged one was found to be."""
    return _remembered(request)[0]


def survey(request: Request) -> tuple[Examination, Project]:
    """Lint a project, and hand out what its code was found to hold: an audit asks more than the rules do."""
    examination, project = _remembered(request)
    if project is None:
        project = _opened(request, examination.gathered, states_of(request, examination.gathered))
    return examination, project


@depth.frames(depth.WHOLE_RUN)
def _remembered(request: Request) -> tuple[Examination, Project | None]:
    selection = Selection(Rulebook(housekeeping.cards(request.rules)), request.settings)

    request.stage("looking for files")
    gathered = gather(request)
    request.saw(Seen(len(gathered.corpus.paths)))
    memory, at = request.memory, states_of(request, gathered)
    key = identity(request, gathered, at) if at is not None else None
    known = memory.recall(key) if memory is not None and key is not None else None
    if known is not None:
        pairs = zip(known.outcome.findings, known.identities, strict=True)
        findings = tuple(Judged(finding, identity, None) for finding, identity in pairs)
        return Examination(known.outcome, findings, gathered, selection.rulebook, selection.codes), None

    try:
        examination, project = _examine(request, gathered, selection, at)
    except DamagedError:
        if memory is None:
            raise
        memory.cache.start_anew()
        examination, project = _examine(request, gathered, selection, at)
    if memory is not None and key is not None:
        memory.keep(key, examination.outcome, (one.identity for one in examination.findings))
    return examination, project


def _opened(request: Request, gathered: Gathered, at: States | None) -> Project:
    from registry_lint.facts.extract import extract
    from registry_lint.project.model import Project

    request.stage("preparing")
    read_facts = request.memory.facts(extract) if request.memory else extract
    reported = None if gathered.everything else frozenset(gathered.reported)
    project = Project(gathered.corpus, request.settings, read_facts, reported)
    _set_up_sieves(project, request, at)
    return project


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """An analysis makes millions of small objects and keeps most of them: walking them took 60 % of a run."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@_uncollected()
def _examine(
    request: Request, gathered: Gathered, selection: Selection, at: States | None
) -> tuple[Examination, Project]:
    corpus, reported = gathered.corpus, gathered.reported
    sources = Sources(corpus.read)

    project = _opened(request, gathered, at)
    if request.positions is not None:
        from registry_lint.project.contracts_check import check_contracts

        check_contracts(project)
    wanted_codes = selection.codes | _judged_codes(request, gathered, selection)
    rules = [rule for rule in request.rules if rule.code in wanted_codes]
    found, bounds = _run_rules(rules, project, request)
    for path in sorted(files_to_parse(request, gathered)):
        project.files.facts(path)
    found += _unparsable(project)
    bounds = tuple(sorted({*bounds, *project.bounds}))

    request.stage("sorting out")
    request.saw(Seen(len(reported)))
    selected = aside.select(found, selection)
    wanted = [one for one in selected.found if one.finding.span.path in reported]
    judged = aside.completed(wanted, selection, project.symbol_at, sources.lines)
    commented = aside.comment(
        judged,
        reported,
        _suppressing_texts(project, reported, sources, suppress.noqa_of(selection.rulebook.cards)),
        selection,
        request.settings,
        whole=not bounds,
        unparsable=project.unparsable,
    )
    complaints = aside.completed(commented.complaints, selection, project.symbol_at, sources.lines)
    compared = aside.compare([*commented.kept, *complaints], request.baseline, corpus.paths)

    shown = list(compared.fresh)
    doubtful: tuple[Unexamined, ...] = ()
    if request.suggest:
        request.stage("making suggestions")
        request.saw(Seen(len({one.finding.span.path for one in compared.fresh})))
        shown, doubtful = _suggested(compared.fresh, project)
    told = _told_of_settings(request, gathered, selected, compared, selection, whole=not bounds)
    beside = aside.elsewhere(told, selection)
    shown = sorted([*shown, *beside], key=lambda one: one.finding.sort_key)
    outcome = Outcome(
        findings=tuple(one.finding for one in shown),
        files=len(reported),
        unexamined=tuple(sorted({*gathered.problems, *_unread(project), *doubtful})),
        bounds=bounds,
        suppressed=commented.suppressed,
        baselined=len(compared.held),
        excluded=gathered.excluded,
    )
    return Examination(outcome, tuple(shown), gathered, selection.rulebook, selection.codes), project


def sift(examination: Examination, known: Baseline) -> Examination:
    """An examination without the findings that are known from elsewhere."""
    compared = aside.compare(examination.findings, known, examination.gathered.corpus.paths)
    findings = tuple(one.finding for one in compared.fresh)
    outcome = msgspec.structs.replace(examination.outcome, findings=findings)
    return examination._replace(outcome=outcome, findings=compared.fresh)


# --- sources ---------------------------------------------------------------------------------------------------


def _set_up_sieves(project: Project, request: Request, at: States | None) -> None:
    """Let the project's sieves share their work, and use and keep the indexes of files that did not change."""
    from registry_lint.source.kept import KeptIndexes
    from registry_lint.source.sieve import Sieve

    files, root, library = project.files, project.files.corpus.root, None
    if at is not None and request.memory is not None and root is not None:
        library = KeptIndexes(request.memory.cache, root, at, files.corpus.read)
    files.production_sieve = Sieve(files.corpus, project.production, jobs=request.jobs, library=library)
    files.test_sieve = Sieve(files.corpus, project.tests, jobs=request.jobs, library=library)


def _suppressing_texts(
    project: Project, reported: Collection[str], sources: Sources, noqa: re.Pattern[bytes]
) -> Callable[[str], str | None]:
    """The text of a file that may hold a suppression, None for the others, whose bytes are not kept.

    Of production files the index knows which; a few files, and tests that are not indexed, are looked through.
    """
    corpus, left_out = project.files.corpus, set[str]()
    if len(reported) > _FEW:
        tests = project.files.test_sieve.is_at_hand
        left_out = {*project.production, *project.tests} if tests else set(project.production)
        for word in suppress.WORDS:
            left_out.difference_update(project.files.mentioning(word, tests=tests))

    def text_of(path: str) -> str | None:
        if path in left_out:
            return None
        try:
            content = corpus.read(path)
        except OSError:
            return None
        return "\n".join(sources.lines(path)) if suppress.may_suppress(content, noqa) else None

    return text_of


def _unread(project: Project) -> Iterator[Unexamined]:
    """Files that gave no facts: a finding says so of each (REG900), and the counts of every report do."""
    for path, why in project.unparsable.items():
        yield Unexamined(path, why.message)


# --- findings ------------------------------------------------------------------------------------------------


def _run_rules(rules: Sequence[type[Rule]], project: Project, request: Request) -> tuple[list[Found], tuple[str, ...]]:
    """What the rules find, and the bounds that other processes met. A large project is shared among processes."""
    from registry_lint import shares

    memory = request.memory
    answers = _answers(rules, project, request)
    if answers is None and not shares.pays(project, request.jobs):
        return list(_found(rules, project, request)), ()
    request.stage(f"running {len(rules)} rules")
    workshop, reported = _workshop(project), project.reported

    def propose(one: Found) -> tuple[Fix | None, str | None]:
        if not request.suggest or (reported is not None and one.finding.span.path not in reported):
            return None, None  # it is not going to be shown
        return _confirmed(one.finding, one.suggest, workshop, project)

    @functools.cache
    def set_up() -> None:
        load_questions()
        if request.suggest:
            workshop().set_up()

    doing = shares.Doing(lambda some: _found(some, project), propose, set_up, request.jobs, memory)
    shared = shares.run(rules, project, doing, answers)
    for part in shared.parts:
        request.saw(part)
    return shared.found, shared.bounds


def _answers(rules: Sequence[type[Rule]], project: Project, request: Request) -> Answers | None:
    """What earlier runs found; None without a cache, and where a rule of somebody else may read what it likes."""
    from registry_lint import shares

    library = project.files.production_sieve.library
    if len(project.paths) < _WORTH_KEEPING:
        return None
    if request.baseline is not None and not shares.pays(project, request.jobs):
        return None  # suggestions would be made, and kept, for all that the baseline holds
    if request.memory is None or library is None or not all(rule.__module__.startswith(BUILT_IN) for rule in rules):
        return None
    from registry_lint.answers import Answers

    codes = sorted(rule.code for rule in rules)
    key = (os.fsencode(project.files.corpus.root or ""), request.settings.digest(), codes, request.suggest)
    return Answers(project, request.memory, library, key)


def _found(rules: Iterable[type[Rule]], project: Project, request: Request | None = None) -> Iterator[Found]:
    """What the rules find. A rule of somebody else's that raises is theirs to mend; one of ours is a bug."""
    for rule in rules:
        if request is not None:
            request.stage(f"{rule.code} {rule.headline()[1]}")
        before = project.files.asked.count
        try:
            yield from rule().check(project)
        except UserError:
            raise
        except Exception as error:
            if rule.__module__.startswith(BUILT_IN):
                raise
            where = Mistake(f"{rule.code} failed: {type(error).__name__}: {error}", path=rule.__module__)
            raise UserError(where) from error
        if request is not None:
            request.saw(Seen(project.files.asked.count - before))


def _judged_codes(request: Request, gathered: Gathered, selection: Selection) -> frozenset[str]:
    """Rules that an `ignore` of the configuration turned off, and that run to tell whether it takes anything away."""
    judges = request.positions is not None and gathered.everything and housekeeping.UNUSED_IGNORE in selection.codes
    return selection.unignored.codes if judges else frozenset()


def _unparsable(project: Project) -> Iterator[Found]:
    """A finding for each file that was wanted and gave no facts."""
    for path, why in project.unparsable.items():
        row, column = max(why.row, 1), max(why.column, 1)
        span = Span(path, row, column, row, column + 1)
        yield Found(
            Finding(code=housekeeping.UNPARSABLE, span=span, message=f"nothing here is examined: {why.message}")
        )


def _told_of_settings(
    request: Request,
    gathered: Gathered,
    selected: aside.Selected,
    compared: aside.Compared,
    selection: Selection,
    *,
    whole: bool,
) -> Iterator[Finding]:
    """What is said of the baseline and the configuration: entries that take nothing away."""
    reported = None if gathered.everything else gathered.reported
    yield from aside.stale_entries(compared.stale, request.baseline, selection, reported)
    if request.positions is not None and gathered.everything and whole:
        yield from aside.idle_ignores(selected.silencing, request.settings, request.positions, selection)


def _suggested(findings: Sequence[Judged], project: Project) -> tuple[list[Judged], tuple[Unexamined, ...]]:
    """Findings that the concrete tree confirms, with the fixes that their rules can make; and what it does not.

    Two parsers must agree before a user is told anything. Where they do not, that is our bug, and it is said.
    """
    from registry_lint.shares import Proposal

    workshop = _workshop(project)
    shown: list[Judged] = []
    doubtful: list[Unexamined] = []
    for one in findings:
        if isinstance(one.suggest, Proposal):
            fix, doubt = one.suggest.fix, one.suggest.doubt
        else:
            fix, doubt = _confirmed(one.finding, one.suggest, workshop, project)
        if doubt is not None:
            doubtful.append(Unexamined(one.finding.span.path, doubt))
        else:
            shown.append(one._replace(finding=msgspec.structs.replace(one.finding, fix=fix)) if fix else one)
    return shown, tuple(doubtful)


def _workshop(project: Project) -> Callable[[], Workshop]:
    """Opens one workshop, when it is first asked for: a run that finds nothing needs none."""

    @functools.cache
    def opened() -> Workshop:
        from registry_lint.suggest.neighbours import Neighbours
        from registry_lint.suggest.workshop import Workshop

        return Workshop(project.files.read_anew, Neighbours(project))

    return opened


def _confirmed(
    finding: Finding, suggest: Suggestion | None, workshop: Callable[[], Workshop], project: Project
) -> tuple[Fix | None, str | None]:
    """A finding's fix, and why the finding is in doubt: the concrete tree does not hold what it speaks of."""
    span = finding.span
    if finding.fix is not None or span.path in project.unparsable:
        return None, None  # of a comment, or of a file that does not parse
    if suggest is None and not _is_code(finding):
        return None, None
    if not workshop().holds(span):
        reason = f"a bug of registry-lint: its parsers disagree at row {span.row}, column {span.column}"
        return None, f"{reason} ({finding.code}: {finding.message})"
    return (workshop().suggest(suggest) if suggest else None), None


def _is_code(finding: Finding) -> bool:
    return not finding.code.startswith("REG9")
