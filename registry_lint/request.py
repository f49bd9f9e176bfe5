"""What one run is asked, and the sources that it is about."""

from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from registry_lint.packs import BUILT_IN
from registry_lint.remember import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from registry_lint.baseline import Baseline
    from registry_lint.config.load import Positions
    from registry_lint.config.settings import Settings
    from registry_lint.findings import Unexamined
    from registry_lint.remember import Memory
    from registry_lint.rule import Rule
    from registry_lint.source.corpus import Corpus
    from registry_lint.source.states import States


class Seen(NamedTuple):
    """How many files a stage looked into that none before it had; with a name, a part of a stage and its time."""

    files: int
    part: str = ""
    seconds: float = 0.0


def _quiet(_told: object) -> None:
    pass


@dataclasses.dataclass(frozen=True)
class Request:
    """What one run is asked."""

    root: Path
    settings: Settings
    rules: Sequence[type[Rule]]
    paths: Sequence[Path | str] = ()  # what findings are wanted for; the analysis sees the whole project
    force_exclude: bool = False
    gathered: Gathered | None = None  # given: nothing is discovered
    unsaved: Mapping[str, bytes] = dataclasses.field(default_factory=dict)  # instead of what is on disk
    baseline: Baseline | None = None
    positions: Positions | None = None  # where the configuration's entries stand; given: its names must exist
    suggest: bool = True
    every_file: bool = False  # parse also the files that no rule asks for, to tell those that are broken
    jobs: int = 1  # processes to read many files with; 0: as many as there are processors
    memory: Memory | None = None  # what earlier runs left
    stage: Callable[[str], None] = _quiet  # told what begins, for a progress display
    saw: Callable[[Seen], None] = _quiet  # told what the stage that goes on has seen


class Gathered(NamedTuple):
    """The sources of a run."""

    corpus: Corpus
    reported: frozenset[str]  # the files that findings are wanted for
    excluded: tuple[str, ...] = ()
    problems: tuple[Unexamined, ...] = ()

    @property
    def everything(self) -> bool:
        """Whether findings are wanted for all files."""
        return self.reported == frozenset(self.corpus.paths)


def states_of(request: Request, gathered: Gathered) -> States | None:
    """What the file system says of all files that are read from it; None where there is no memory to compare with."""
    from registry_lint.source.states import states

    root = gathered.corpus.root
    if request.memory is None or request.gathered is not None or root is None:
        return None
    return states(root, [path for path in gathered.corpus.paths if path not in request.unsaved])


def identity(request: Request, gathered: Gathered, at: States) -> bytes | None:
    """Names everything that a request's outcome depends on, but for the program itself.

    That is the files' states (see source/states.py), the settings, and what was asked for. None where any of it cannot
    be named: a file that changed a moment ago, a text that is not on disk, rules of somebody else.
    """
    baseline, positions = request.baseline, request.positions
    if request.unsaved or not all(rule.__module__.startswith(BUILT_IN) for rule in request.rules):
        return None
    files = at.fingerprint()
    if files is None:
        return None
    parts = (
        str(gathered.corpus.root),
        files,
        request.settings.digest(),
        sorted(gathered.reported),
        sorted(files_to_parse(request, gathered)),
        gathered.excluded,
        gathered.problems,
        request.suggest,
        (baseline.path, baseline.entries) if baseline is not None else None,
        [(document.name, document.text) for document in positions.documents] if positions is not None else None,
    )
    try:
        return digest(b"outcome", msgspec.msgpack.encode(parts))
    except UnicodeEncodeError:  # a file's name that is no text
        return None


# Up to this number of files a run reads every one, to tell those that cannot be parsed (some 60,000 lines, a second).
# Of a larger project only the files are read that can hold a finding, unless `--strict` asks for all.
EVERY_FILE_UP_TO = 400


def files_to_parse(request: Request, gathered: Gathered) -> frozenset[str]:
    """The files that are parsed whether or not a rule asks for them, so that a broken one is told."""
    if request.every_file or len(gathered.reported) <= EVERY_FILE_UP_TO:
        return gathered.reported
    return named_files(request, gathered)


def named_files(request: Request, gathered: Gathered) -> frozenset[str]:
    """The files that were asked for one by one, and not as part of a folder."""
    root = gathered.corpus.root
    if request.gathered is not None or root is None:
        return frozenset()
    from registry_lint.source.spelt import Folders

    folders = Folders(root)
    paths = {folders.relative(path) for path in request.paths if os.path.isfile(path)}  # noqa: PTH113 - odd bytes
    return gathered.reported & (paths | request.unsaved.keys())


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
    if request.gathered is not None:
        return request.gathered
    from registry_lint.source.corpus import DiskCorpus
    from registry_lint.source.discover import discover

    found = discover(request.root, request.settings, request.paths, force_exclude=request.force_exclude)
    gathered = Gathered(
        DiskCorpus(found.root, found.paths), frozenset(found.reported), found.excluded_folders, found.problems
    )
    if not request.unsaved:
        return gathered
    overlaid = Overlaid(gathered.corpus, request.unsaved)
    reported = frozenset(request.unsaved)
    if request.paths:  # an editor's: the files that are open, and those of them that were never saved
        reported = gathered.reported | (reported - set(gathered.corpus.paths))
    return gathered._replace(corpus=overlaid, reported=reported)


def whole(corpus: Corpus) -> Gathered:
    """All files of a corpus."""
    return Gathered(corpus, frozenset(corpus.paths))
