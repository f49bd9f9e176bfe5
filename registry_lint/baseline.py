"""Known findings: a team takes on registry-lint today and mends the old ones in its own time.

A baseline is a text file, sorted, one entry a line, without line numbers: moving code, reformatting it or renaming
its file changes nothing. Counts only fall: an entry that matches nothing any more is told (REG905).
"""

from __future__ import annotations

import contextlib
import glob
import json
import os
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.errors import Mistake, UserError
from registry_lint.findings import Finding, Span
from registry_lint.fingerprint import Identity
from registry_lint.housekeeping import STALE_BASELINE
from registry_lint.source.corpus import read_regular
from registry_lint.source.whole import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

DEFAULT_NAME = ".registry-lint-baseline"
_HEADER = {"registry-lint": "baseline", "version": 1}
_KEYS = ("code", "path", "symbol", "snippet", "ordinal")


class Parted(NamedTuple):
    """What a baseline says of findings: indexes of the new ones and of the known ones, and what it has left."""

    fresh: tuple[int, ...]
    held: tuple[int, ...]
    stale: tuple[Identity, ...]


class Baseline:
    """The entries of one file. `path` is relative to the project's root where it lies inside."""

    def __init__(self, path: str, entries: Iterable[Identity], rows: dict[Identity, int] | None = None) -> None:
        self.path = path
        self.entries = tuple(sorted(entries))
        self._rows = rows or {}

    @classmethod
    def read(cls, file: Path, root: Path) -> Baseline:
        """Read a baseline. Raises UserError with every line that is wrong."""
        name = _relative(file, root)
        try:
            # The project's configuration may name it: a pipe or a device there must not hang a run.
            lines = read_regular(str(file.resolve())).decode("utf-8").splitlines()
        except FileNotFoundError:
            hint = "`registry-lint baseline write` makes one"
            raise UserError(Mistake("there is no such baseline", path=name, hint=hint)) from None
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(Mistake(f"the baseline cannot be read: {error}", path=name)) from error
        mistakes: list[Mistake] = []
        rows: dict[Identity, int] = {}
        for row, line in enumerate(lines, 1):
            try:
                record = json.loads(line) if line.strip() else None
                if row == 1:
                    if record != _HEADER:
                        raise ValueError("is no baseline of registry-lint, or one of another version")
                elif record is not None:
                    rows[_entry(record)] = row
            except (ValueError, RecursionError) as error:
                said = "is no entry" if isinstance(error, json.JSONDecodeError) else str(error)
                mistakes.append(Mistake(f"this line {said}", path=name, row=row, column=1))
                if row == 1:
                    break
        if not lines:
            mistakes.append(Mistake("the baseline is empty", path=name))
        if mistakes:
            raise UserError(*mistakes)
        return cls(name, rows, rows)

    def part(self, identities: Sequence[Identity], paths: Iterable[str]) -> Parted:
        """Hold findings against the entries; each entry takes one. `paths` are the files that the project has.

        Exact matches come first, then those with another ordinal (one of several that are alike went), then those of
        an entry whose file is gone: it was renamed, most likely to the path that is most like its own.
        """
        left = set(self.entries)
        held: set[int] = set()
        by_code: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for index, identity in enumerate(identities):
            if identity in left:
                left.discard(identity)
                held.add(index)
            else:
                by_code[identity.anywhere].append(index)
        present = set(paths)
        gone = {entry.path for entry in left} - present
        for renamed in (False, True):
            for entry in sorted(left):
                candidates = [
                    index
                    for index in by_code[entry.anywhere]
                    if index not in held and (entry.path in gone if renamed else identities[index].path == entry.path)
                ]
                if candidates:
                    held.add(max(candidates, key=lambda index: (_likeness(entry.path, identities[index].path), -index)))
                    left.discard(entry)
        fresh = tuple(index for index in range(len(identities)) if index not in held)
        return Parted(fresh, tuple(sorted(held)), tuple(sorted(left)))

    def complaint(self, entry: Identity) -> Finding:
        """What is said of an entry that matches nothing any more."""
        row = self._rows.get(entry, 1)
        where = f"{entry.path} ({entry.symbol})" if entry.symbol else entry.path
        return Finding(
            code=STALE_BASELINE,
            span=Span(self.path, row, 1, row, 1),
            message=f"the baseline still holds {entry.code} in {where}, which is no longer there",
            help="run `registry-lint baseline prune`",
        )


def write(file: Path, entries: Iterable[Identity]) -> None:
    """Write a baseline, whole or not at all. Raises UserError where it cannot."""
    lines = [json.dumps(_HEADER), *(json.dumps(dict(zip(_KEYS, entry, strict=True))) for entry in sorted(set(entries)))]
    content = "".join(f"{line}\n" for line in lines).encode()
    try:
        write_whole(file, content, file.with_name(f"{file.name}.{os.getpid()}.tmp"))
    except OSError as error:
        raise UserError(Mistake(f"the baseline cannot be written: {error.strerror}", path=str(file))) from error
    _sweep(file)


def _sweep(file: Path) -> None:
    """Remove the drafts of runs that were killed."""
    for draft in file.parent.glob(f"{glob.escape(file.name)}.*.tmp") if os.name != "nt" else ():
        process = draft.name.split(".")[-2]
        with contextlib.suppress(PermissionError):  # it is somebody else's, and alive
            try:
                if process.isdecimal() and len(process) < 10:
                    os.kill(int(process), 0)  # on POSIX, whether there is such a process; it gets no signal
            except ProcessLookupError:
                with contextlib.suppress(OSError):
                    draft.unlink(missing_ok=True)


def _likeness(old: str, new: str) -> tuple[bool, float]:
    """How likely it is that a file was moved from one path to another."""
    import difflib

    return old.rpartition("/")[2] == new.rpartition("/")[2], difflib.SequenceMatcher(None, old, new).ratio()


def _entry(record: object) -> Identity:
    if not isinstance(record, dict) or set(record) != set(_KEYS):
        raise ValueError(f"is no entry: it needs {', '.join(_KEYS)}")
    if not all(type(record[key]) is (int if key == "ordinal" else str) for key in _KEYS):
        raise ValueError("is no entry: one of its values has the wrong type")
    return Identity(**record)


def _relative(file: Path, root: Path) -> str:
    place = file.resolve()
    return place.relative_to(root).as_posix() if place.is_relative_to(root) else str(file)
