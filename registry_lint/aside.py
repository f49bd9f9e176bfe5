"""What is set aside of a run's findings, by whom, and what was set aside for nothing.

In this order: the settings (selection, confidence, per-file-ignores), comments, the baseline. Each keeps account of
what it took away, so that suppressions, ignores and entries that take nothing away can be told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from registry_lint import housekeeping, suppress
from registry_lint.findings import Finding, Found
from registry_lint.fingerprint import Identity, identities
from registry_lint.ledger import Ledger
from registry_lint.select import Entry, Ignore

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from registry_lint.baseline import Baseline
    from registry_lint.config.load import Positions
    from registry_lint.config.settings import Settings
    from registry_lint.findings import Span, Suggestion
    from registry_lint.select import Selection


class Judged(NamedTuple):
    """A finding with its identity and the function that makes its suggestion."""

    finding: Finding
    identity: Identity
    suggest: Suggestion | None


class Selected(NamedTuple):
    """What the settings leave, sorted; and which entries of per-file-ignores and ignore took something away."""

    found: tuple[Found, ...]
    silencing: frozenset[Entry | Ignore]


def select(found: Iterable[Found], selection: Selection) -> Selected:
    """Leave out what the settings do not want, and what two rules' ways of asking found twice."""
    wanted: dict[tuple[object, ...], Found] = {}
    silencing: set[Entry | Ignore] = set()
    for one in sorted(found, key=lambda one: one.finding.sort_key):
        code, path = one.finding.code, one.finding.span.path
        if not selection.confident(one.finding.confidence, path):
            continue
        entry = selection.silenced_by(code, path)
        if selection.level(code, path) == "off":
            if entry is None and selection.unignored.level(code, path) != "off":
                silencing.update(selection.ignores_of(code, path))
        elif entry is not None:
            silencing.add(entry)
        else:
            wanted.setdefault(one.finding.sort_key, one)
    return Selected(tuple(wanted.values()), frozenset(silencing))


def completed(
    found: Sequence[Found],
    selection: Selection,
    symbol_at: Callable[[Span], str],
    lines: Callable[[str], Sequence[str]],
) -> list[Judged]:
    """Findings with name, severity, symbol and fingerprint. Give them sorted: ordinals count in their order."""
    findings = [
        msgspec.structs.replace(
            titled(one.finding, selection), symbol=one.finding.symbol or symbol_at(one.finding.span)
        )
        for one in found
    ]
    return [
        Judged(msgspec.structs.replace(finding, fingerprint=identity.fingerprint), identity, one.suggest)
        for finding, identity, one in zip(findings, identities(findings, lines), found, strict=True)
    ]


def titled(finding: Finding, selection: Selection) -> Finding:
    """A finding with its rule's name and the severity that holds in its file."""
    level = selection.level(finding.code, finding.span.path)
    assert level != "off"
    card = selection.rulebook.cards[finding.code]
    if finding.severity == "info" and level == card.severity:
        level = "info"  # the rule itself says less of this one; a severity that a user sets holds for all
    return msgspec.structs.replace(finding, name=card.name, severity=level)


# --- comments ------------------------------------------------------------------------------------------------


class Commented(NamedTuple):
    """What the comments leave, how many findings they took away, and what is wrong with them."""

    kept: tuple[Judged, ...]
    suppressed: int
    complaints: tuple[Found, ...]


def comment(
    judged: Sequence[Judged],
    paths: Collection[str],
    text_of: Callable[[str], str | None],
    selection: Selection,
    settings: Settings,
    *,
    whole: bool,
    unparsable: Collection[str],
) -> Commented:
    """Let the comments of the files of `paths` speak.

    `text_of` gives the text of a file that may hold a suppression, and None of the others. `whole` says that the
    analysis was not cut short anywhere; only then can a suppression be unused.
    """
    by_path: dict[str, list[Judged]] = {path: [] for path in paths}
    for one in judged:
        by_path.setdefault(one.finding.span.path, []).append(one)
    own = {card.code for card in housekeeping.CARDS}
    kept: list[Judged] = []
    complaints: list[Found] = []
    suppressed = 0
    for path, here in sorted(by_path.items()):
        text = text_of(path)
        if text is None:
            kept += here
            continue
        ledger = Ledger(path, suppress.comments(text), selection.rulebook)
        left = [one for one in here if not ledger.suppresses(one.finding)]
        suppressed += len(here) - len(left)
        kept += left
        if path in unparsable:
            continue  # nothing was looked for in it

        def on(code: str, path: str = path) -> bool:
            return selection.level(code, path) != "off" and selection.silenced_by(code, path) is None

        judgeable = {code for code in selection.codes - own if whole and on(code)}
        for finding in ledger.complaints(judgeable.__contains__, require_reason=settings.require_reason):
            if not on(finding.code):
                continue
            if ledger.suppresses(finding):
                suppressed += 1
            else:
                complaints.append(Found(finding))
    complaints.sort(key=lambda one: one.finding.sort_key)
    return Commented(tuple(kept), suppressed, tuple(complaints))


# --- the baseline --------------------------------------------------------------------------------------------


class Compared(NamedTuple):
    """New findings, known ones, and the entries of the baseline that match nothing."""

    fresh: tuple[Judged, ...]
    held: tuple[Judged, ...]
    stale: tuple[Identity, ...]


def compare(judged: Sequence[Judged], baseline: Baseline | None, paths: Iterable[str]) -> Compared:
    """Hold findings against a baseline. `paths` are all files of the project: others were renamed or removed."""
    if baseline is None:
        return Compared(tuple(judged), (), ())
    parted = baseline.part([one.identity for one in judged], paths)
    return Compared(tuple(judged[i] for i in parted.fresh), tuple(judged[i] for i in parted.held), parted.stale)


# --- what was set aside for nothing --------------------------------------------------------------------------


def stale_entries(
    stale: Sequence[Identity], baseline: Baseline | None, selection: Selection, reported: Collection[str] | None
) -> Iterator[Finding]:
    """Complaints of entries that match nothing, of rules that ran and files that were asked for (None: all).

    A file that is gone cannot be asked for: its entries are told by a run over everything.
    """
    for entry in stale:
        if baseline and entry.code in selection.codes and (reported is None or entry.path in reported):
            yield baseline.complaint(entry)


def idle_ignores(
    silencing: Collection[Entry | Ignore], settings: Settings, positions: Positions, selection: Selection
) -> Iterator[Finding]:
    """Entries of ignore and per-file-ignores that took nothing away in a run over everything where their rules ran.

    An entry that means a rule of our own housekeeping is not judged: what it takes away was never there to count.
    """
    uncounted = {card.code for card in housekeeping.CARDS} - {housekeeping.UNPARSABLE}

    def idle(entry: Entry | Ignore, ran: frozenset[str]) -> bool:
        codes = selection.rulebook.codes_of(entry.selector)
        return bool(codes) and codes.isdisjoint(uncounted) and codes <= ran and entry not in silencing

    for ignore in settings.per_file_ignores:
        span = positions.of_ignore(ignore.pattern)
        for selector in ignore.selectors:
            if span and idle(Entry(ignore.pattern, selector), selection.codes):
                said = f"per-file-ignores: `{selector}` takes nothing away in {ignore.pattern!r}"
                yield Finding(code=housekeeping.UNUSED_IGNORE, span=span, message=said, help="remove it")
    lists: list[tuple[int | None, Sequence[str], str]] = [(None, settings.ignore, "")]
    for number, override in enumerate(settings.overrides):
        lists.append((number, override.ignore, f" in {', '.join(map(repr, override.paths))}"))
    for place, selectors, where in lists:
        for selector in selectors:
            span = positions.of_selector(place, selector, selectors)
            if span and idle(Ignore(place, selector), selection.unignored.codes):
                yield Finding(
                    code=housekeeping.UNUSED_IGNORE,
                    span=span,
                    message=f"ignore: `{selector}` takes nothing away{where}",
                    help='remove it; a rule that is unwanted whatever it finds has the severity "off"',
                )


def elsewhere(findings: Iterable[Finding], selection: Selection) -> Iterator[Judged]:
    """Findings that speak of the configuration or the baseline and not of a source, made complete."""
    for finding in findings:
        if finding.code in selection.codes and selection.level(finding.code, finding.span.path) != "off":
            identity = Identity(finding.code, finding.span.path, "", finding.message, 0)
            whole = msgspec.structs.replace(titled(finding, selection), fingerprint=identity.fingerprint)
            yield Judged(whole, identity, None)
