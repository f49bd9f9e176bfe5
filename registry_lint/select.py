"""Which rules are on, for which file, at which severity.

A selector is a code (`REG101`), a name (`direct-registry-construction`), a prefix of codes (`REG1`) or `ALL`.
The more exact selector wins over the less exact one; between equals, ignoring wins.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from registry_lint.config.settings import Level, Override, Settings
    from registry_lint.findings import Severity
    from registry_lint.rule import Scope

_PREFIX = re.compile(r"[A-Z]+\d{0,2}")

_EXACT = 1000  # exactness of a code or name; a prefix counts its characters, ALL counts nothing


class Card(NamedTuple):
    """What a run must know of a rule without its code."""

    code: str
    name: str
    sentence: str
    documentation: str
    severity: Severity | Literal["off"]
    scope: Scope = "both"


class Entry(NamedTuple):
    """One selector of per-file-ignores."""

    pattern: str
    selector: str


class Ignore(NamedTuple):
    """One selector of `ignore`, or of the `ignore` of an override (its place in their list, from 0)."""

    override: int | None
    selector: str


class Rulebook:
    """The rules of a run by code and name."""

    def __init__(self, cards: Iterable[Card]) -> None:
        self.cards: Mapping[str, Card] = {card.code: card for card in sorted(cards)}
        self._codes = {card.name: card.code for card in self.cards.values()}

    def code_of(self, label: str) -> str | None:
        """The code of a rule by its code or name, whatever the case of its letters; None where there is none."""
        if label.upper() in self.cards:
            return label.upper()
        return self._codes.get(label.lower())

    def codes_of(self, selector: str) -> frozenset[str]:
        """The codes that a selector means; empty where it means none."""
        return frozenset(code for code in self.cards if self.exactness(selector, code) is not None)

    def exactness(self, selector: str, code: str) -> int | None:
        """How exactly a selector means a rule (more is more exact); None where it does not."""
        if selector == "ALL":
            return 0
        if self.code_of(selector) == code:
            return _EXACT
        if _PREFIX.fullmatch(selector) and code.startswith(selector):
            return len(selector)
        return None

    def nearest(self, selector: str) -> str:
        """The code or name that is most like a selector which means nothing; "" where none is."""
        import difflib

        labels = [*self.cards, *self._codes]
        close = difflib.get_close_matches(selector, labels, 1, 0.6)
        close = close or difflib.get_close_matches(selector.upper(), labels, 1, 0.6)
        return close[0] if close else ""


class Selection:
    """What the settings say of every rule and file."""

    def __init__(self, rulebook: Rulebook, settings: Settings) -> None:
        self.rulebook = rulebook
        self._settings = settings
        self._severity = severities(rulebook, settings.severity)

    @functools.cached_property
    def codes(self) -> frozenset[str]:
        """The rules that are on in any file: those that must run."""
        return frozenset(code for code in self.rulebook.cards if self._on_anywhere(code))

    @functools.cached_property
    def unignored(self) -> Selection:
        """What would be on, did no `ignore` say otherwise."""
        overrides = tuple(msgspec.structs.replace(override, ignore=()) for override in self._settings.overrides)
        return Selection(self.rulebook, msgspec.structs.replace(self._settings, ignore=(), overrides=overrides))

    def ignores_of(self, code: str, path: str) -> Iterator[Ignore]:
        """The entries of `ignore` that mean a rule in a file."""
        lists: list[tuple[int | None, Sequence[str]]] = [(None, self._settings.ignore)]
        lists += [(n, override.ignore) for n, override in enumerate(self._settings.overrides) if override.covers(path)]
        for place, selectors in lists:
            yield from (Ignore(place, s) for s in selectors if self.rulebook.exactness(s, code) is not None)

    def level(self, code: str, path: str) -> Level:
        """The severity of a rule's findings in a file; "off" where the rule is not on there."""
        if not self._in_scope(code, path) or not self._on(code, path):
            return "off"
        return self._level(code, path)

    def confident(self, confidence: str, path: str) -> bool:
        """Whether a finding of this confidence is wanted in a file."""
        wanted = self._settings.min_confidence
        for override in self._settings.overrides:
            if override.min_confidence is not None and override.covers(path):
                wanted = override.min_confidence
        return wanted == "likely" or confidence == "certain"

    def silenced_by(self, code: str, path: str) -> Entry | None:
        """The entry of per-file-ignores that takes a rule's findings away in a file."""
        for ignore in self._settings.per_file_ignores:
            if ignore.covers(path):
                for selector in ignore.selectors:
                    if self.rulebook.exactness(selector, code) is not None:
                        return Entry(ignore.pattern, selector)
        return None

    def _on_anywhere(self, code: str) -> bool:
        settings = self._settings
        # `""` is a path that no pattern matches: what holds for files that nothing is said of.
        if self._on(code, "") and self._level(code, "") != "off":
            return True
        # An override that raises a rule somewhere: it has to run.
        for override in settings.overrides:
            raised = any(self.rulebook.exactness(s, code) is not None for s in override.extend_select)
            level = severities(self.rulebook, override.severity).get(code, "off")
            if raised or (level != "off" and self._on(code, "")):
                return True
        return False

    def _on(self, code: str, path: str) -> bool:
        settings, book = self._settings, self.rulebook
        chosen = _most_exact(book, (*settings.select, *settings.extend_select), code)
        on = chosen > _most_exact(book, settings.ignore, code)
        for override in self._overrides(path):
            chosen = _most_exact(book, override.extend_select, code)
            refused = _most_exact(book, override.ignore, code)
            if chosen != refused:  # else neither of them means this rule, or ignoring wins
                on = chosen > refused
            elif refused >= 0:
                on = False
        return on

    def _level(self, code: str, path: str) -> Level:
        settings, book = self._settings, self.rulebook
        # A rule that is off by default is turned on by naming it, not by ALL or by a prefix in `select`.
        raised = _most_exact(book, settings.extend_select, code) >= 0
        raised = raised or _most_exact(book, settings.select, code) == _EXACT
        level = self._severity.get(code)
        for override in self._overrides(path):
            level = severities(book, override.severity).get(code, level)
            raised = raised or _most_exact(book, override.extend_select, code) >= 0
        if level is not None:
            return level
        usual = book.cards[code].severity
        return "warning" if usual == "off" and raised else usual

    def _overrides(self, path: str) -> list[Override]:
        return [override for override in self._settings.overrides if path and override.covers(path)]

    def _in_scope(self, code: str, path: str) -> bool:
        scope = self.rulebook.cards[code].scope
        return scope == "both" or (scope == "tests") == self._settings.is_test(path)


def unknown_selectors(rulebook: Rulebook, selectors: Iterable[str]) -> list[str]:
    """Those selectors that mean no rule, in order, once each."""
    return [s for s in dict.fromkeys(selectors) if s != "ALL" and not rulebook.codes_of(s)]


def _most_exact(rulebook: Rulebook, selectors: Sequence[str], code: str) -> int:
    """The exactness of the selector that means a rule most exactly; -1 where none does."""
    return max((e for s in selectors if (e := rulebook.exactness(s, code)) is not None), default=-1)


def severities(rulebook: Rulebook, severity: Mapping[str, Level]) -> dict[str, Level]:
    """Severities by code; the keys may be names."""
    return {code: level for label, level in severity.items() if (code := rulebook.code_of(label))}
