"""Files of which it is known that rules will ask for them, read in several processes before the rules begin."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from registry_lint.facts.encoded import encode
from registry_lint.facts.extract import extract
from registry_lint.source import workers
from registry_lint.source.sieve import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from registry_lint.facts.records import FileFacts, Unparsable
    from registry_lint.project.model import Project
    from registry_lint.source.spool import Spool

# Rules that ask for the registries where they found something only, or never: the others begin with them.
_WITHOUT_REGISTRIES = frozenset({"REG106", "REG502"})

# Rules whose files are read beforehand, among those that findings are asked for.
RULES = frozenset({"REG106", "REG402", "REG601", "REG602"})

_WORTH_READING_TOGETHER = 40  # files; a fork takes as long as reading a few
_SHARES_OF_READING = 4  # for each process: who is done first takes more
_ENCODE = msgspec.msgpack.Encoder().encode


class _LookedThrough(Protocol):
    """What goes through files, one by one: those of its candidates whose bytes look so.

    What `may_hold` needs to know of other files, `candidates` has asked already: its own questions are noted nowhere.
    """

    @property
    def candidates(self) -> Collection[str]: ...

    @property
    def basis(self) -> bytes | None: ...

    def may_hold(self, path: str, data: bytes, /) -> bool: ...


class _Reading(NamedTuple):
    """Files of which it is known that rules will ask for them."""

    surely: frozenset[str]
    if_passing: dict[str, _LookedThrough]  # by the name under which the project keeps which files pass


def read(
    project: Project,
    codes: Collection[str],
    processes: int,
    knows_facts: Callable[[bytes], bool] | None,
    meanwhile: Callable[[], None] | None,
) -> None:
    """Read what the rules of these codes are known to ask for, and find the registries. `knows_facts` tells the
    contents whose facts an earlier run left; `meanwhile` is done here while other processes read."""
    codes, asked = frozenset(codes), project.files.asked
    _read_together(project, _told_by_bytes(project, codes), processes, knows_facts, meanwhile)
    asked.by_reported = False
    if codes <= _WITHOUT_REGISTRIES:
        return
    _ = project.registries.all
    by_reported = asked.by_reported
    _read_together(project, _told_by_registries(project, codes), processes, knows_facts)
    asked.by_reported = by_reported  # of what all rules share; see RULES


def sharing(
    fresh: Spool, known_facts: Callable[[bytes], FileFacts | Unparsable | None] | None
) -> Callable[[bytes], FileFacts | Unparsable]:
    """Takes the facts that an earlier run left, or reads them anew, for all processes and the cache."""

    def taken(content: bytes) -> FileFacts | Unparsable:
        key = digest(content)
        known = known_facts(key) if known_facts is not None else None
        if known is not None:
            return known
        found = extract(content)
        _share(fresh, key, found)
        return found

    return taken


def _share(fresh: Spool, content: bytes, found: FileFacts | Unparsable) -> None:
    encoded = encode(found)
    if encoded is not None:
        fresh.put(content, encoded)


def _told_by_bytes(project: Project, codes: frozenset[str]) -> _Reading:
    """What is looked through without knowing anything."""
    surely = set() if codes <= _WITHOUT_REGISTRIES else set(project.registries.paths)
    if "REG402" in codes:
        surely.update(project.releases.paths)
    return _Reading(frozenset(surely), {"singletons": project.singletons} if "REG106" in codes else {})


def _told_by_registries(project: Project, codes: frozenset[str]) -> _Reading:
    """What is looked through once the registries are known."""
    passing: dict[str, _LookedThrough] = {}
    if "REG601" in codes:
        passing["mocks"] = project.mocks
    if "REG602" in codes:
        passing["vacuous tests"] = project.vacuous_tests
    return _Reading(frozenset(), passing)


class _Read(msgspec.Struct, frozen=True, array_like=True):
    """What one process read: which files pass which test, and facts where they are not shared (see Files.fresh)."""

    passing: dict[str, list[int]]  # by the number of a content
    facts: tuple[tuple[bytes, bytes], ...]


def _read_together(
    project: Project,
    reading: _Reading,
    processes: int,
    knows_facts: Callable[[bytes], bool] | None,
    meanwhile: Callable[[], None] | None = None,
) -> None:
    """Read files in several processes."""
    fresh = project.files.fresh
    every = {what: frozenset(looked.candidates) for what, looked in reading.if_passing.items()}
    known = {what: project.files.known_passing(what, looked.basis) for what, looked in reading.if_passing.items()}
    candidates = {what: paths.difference(known[what]) for what, paths in every.items()}
    several = project.files.by_content(reading.surely.union(*candidates.values()))
    shares = processes * _SHARES_OF_READING
    if len(several) < _WORTH_READING_TOGETHER:
        return

    def work(share: int) -> bytes:
        passing: dict[str, list[int]] = {what: [] for what in candidates}
        mark = fresh.mark()
        for number in range(share, len(several), shares):
            copies = several[number]
            content = project.files.read_for_looks(copies[0])  # what comes of it is told when somebody asks
            wanted = not reading.surely.isdisjoint(copies)
            for what, paths in candidates.items():
                asked = next((path for path in copies if path in paths), None)
                if asked is not None and reading.if_passing[what].may_hold(asked, content):
                    passing[what].append(number)
                    wanted = True
            if wanted:
                key = digest(content)
                if key not in fresh and not (knows_facts is not None and knows_facts(key)):
                    _share(fresh, key, extract(content))
        return _ENCODE(_Read(passing, () if fresh.is_shared else tuple(fresh.since(mark))))

    decode = msgspec.msgpack.Decoder(_Read).decode
    answers = [decode(answer) for answer in workers.share_out(work, shares, processes, meanwhile=meanwhile)]
    for what in candidates:
        passing = {path for answer in answers for number in answer.passing[what] for path in several[number]}
        passing.update(path for path, passed in known[what].items() if passed)
        project.files.adopt_passing(what, passing & every[what])
    for answer in answers:
        for content, encoded in answer.facts:
            fresh.put(content, encoded)
