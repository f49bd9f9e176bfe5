"""One round of fixes: which of them go together, and what the files hold afterwards.

Nothing is written here. A fix whose edits meet those of another waits for the next round; a fix after which a file
would not parse, or would use a name that it no longer imports, is refused and said.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.suggest.concrete import enclosing, parses
from registry_lint.suggest.document import Change, Document, Extent, UnmendableError, applied, merged
from registry_lint.suggest.imports import Imports
from registry_lint.suggest.scopes import Names, bound_names, uses
from registry_lint.suggest.surroundings import ALONE, Surroundings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from registry_lint.findings import Applicability, Finding, Fix


class Changed(NamedTuple):
    """One file's bytes before and after."""

    path: str
    old: bytes
    new: bytes


class Skipped(NamedTuple):
    """A fix that was not applied; `waits` where the next round may take it."""

    finding: Finding
    reason: str
    waits: bool


class Plan(NamedTuple):
    """What one round changes. `together` are the groups of files that change together or not at all."""

    changes: Mapping[str, Changed]
    applied: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    together: tuple[frozenset[str], ...]


class _Accepted(NamedTuple):
    finding: Finding
    changes: Mapping[str, tuple[Change, ...]]


class _RejectedError(Exception):
    """A fix that is not applied."""


def plan(
    findings: Iterable[Finding],
    read: Callable[[str], bytes],
    applicabilities: Collection[Applicability],
    *,
    surroundings: Surroundings = ALONE,
    untouchable: Collection[str] = (),
) -> Plan:
    """Choose the fixes of one round, in the order of the findings, and compute the files after them.

    `untouchable` files are left as they are, and so is every fix that would change one.
    """
    return _Planner(read, surroundings, untouchable).plan(
        [
            (finding, finding.fix)
            for finding in sorted(findings, key=lambda finding: finding.sort_key)
            if finding.fix is not None and finding.fix.applicability in applicabilities
        ]
    )


class _Planner:
    def __init__(self, read: Callable[[str], bytes], surroundings: Surroundings, untouchable: Collection[str]) -> None:
        self._read = read
        self._surroundings = surroundings
        self._untouchable = untouchable
        self._documents: dict[str, Document] = {}
        self._skipped: list[Skipped] = []

    def plan(self, offered: Sequence[tuple[Finding, Fix]]) -> Plan:
        accepted: list[_Accepted] = []
        taken: dict[str, list[Change]] = defaultdict(list)
        for finding, fix in offered:
            try:
                changes = self._located(fix)
            except _RejectedError as error:
                self._skipped.append(Skipped(finding, str(error), waits=False))
                continue
            if any(self._meet(path, new, old) for path in changes for new in changes[path] for old in taken[path]):
                self._skipped.append(Skipped(finding, "it overlaps another fix", waits=True))
                continue
            accepted.append(_Accepted(finding, changes))
            for path, found in changes.items():
                taken[path].extend(found)
        results: dict[str, Changed] = {}
        mended: list[Finding] = []
        groups: list[frozenset[str]] = []
        for group in _connected(accepted):
            written, done = self._carried_out(group)
            if written:
                results.update(written)
                groups.append(frozenset(written))
            mended.extend(one.finding for one in done)
        mended.sort(key=lambda finding: finding.sort_key)
        return Plan(dict(sorted(results.items())), tuple(mended), tuple(self._skipped), tuple(groups))

    def _located(self, fix: Fix) -> dict[str, tuple[Change, ...]]:
        """A fix's edits as changes of the texts. Raises _RejectedError."""
        found: dict[str, list[Change]] = defaultdict(list)
        for edit in fix.edits:
            path = edit.span.path
            if path in self._untouchable:
                raise _RejectedError(f"{path} does not settle")
            try:
                found[path].append(Change(*self._document(path).extent(edit.span), edit.content))
            except OSError as error:
                raise _RejectedError(f"{path} cannot be read: {error.strerror or error}") from None
            except UnmendableError as error:
                raise _RejectedError(str(error)) from None
            except IndexError:
                raise _RejectedError(f"{path} has no such place any more") from None
        if all(self._document(path).text[c.start : c.end] == c.content for path in found for c in found[path]):
            raise _RejectedError("it changes nothing")
        return {path: tuple(changes) for path, changes in found.items()}

    def _document(self, path: str) -> Document:
        if path not in self._documents:
            document = Document(path, self._read(path))
            _ = document.syntax
            self._documents[path] = document
        return self._documents[path]

    def _meet(self, path: str, new: Change, old: Change) -> bool:
        """Whether two fixes' edits get in each other's way."""
        if new == old:
            return False  # both insert the same import, both add the same parameter
        document = self._document(path)
        inserted = [change for change in (new, old) if change.start == change.end]
        if inserted and all(_is_import(document, change) for change in inserted):
            if len(inserted) == 2:
                return False
            other = old if inserted[0] is new else new
            return other.start < inserted[0].start < other.end
        if new.start <= old.end and old.start <= new.end:
            return True
        if new.content or old.content:
            return False
        # Two elements removed from one tuple may leave a single one without its comma: the second looks again.
        around = [enclosing(document, Extent(change.start, change.start)) for change in (new, old)]
        return around[0] is not None and around[1] is not None and around[0].statement is around[1].statement

    # -- carrying out

    def _carried_out(self, group: Sequence[_Accepted]) -> tuple[dict[str, Changed], Sequence[_Accepted]]:
        """The files after a group of fixes that share files; those that do not get on with the others are left out."""
        try:
            return self._together(group), group
        except _RejectedError as error:
            if len(group) == 1:
                self._skipped.append(Skipped(group[0].finding, str(error), waits=False))
                return {}, ()
        done: list[_Accepted] = []
        written: dict[str, Changed] = {}
        for one in group:
            try:
                written = self._together([*done, one])
            except _RejectedError as error:
                self._skipped.append(Skipped(one.finding, str(error), waits=self._is_sound(one)))
            else:
                done.append(one)
        return written, done

    def _is_sound(self, one: _Accepted) -> bool:
        try:
            self._together([one])
        except _RejectedError:
            return False
        return True

    def _together(self, group: Sequence[_Accepted]) -> dict[str, Changed]:
        changes: dict[str, list[Change]] = defaultdict(list)
        for one in group:
            for path, found in one.changes.items():
                changes[path].extend(found)
        written = {}
        for path, gathered in changes.items():
            document = self._document(path)
            new = self._after(document, gathered)
            if new != document.data:
                written[path] = Changed(path, document.data, new)
        if not written:
            raise _RejectedError("it changes nothing")
        return written

    def _after(self, document: Document, changes: Sequence[Change]) -> bytes:
        """A file's bytes after changes, without the imports that they leave behind. Raises _RejectedError."""
        try:
            after = _written(document, document, merged(changes))
            counts = uses(document.syntax)
            while True:
                names = Names(after, self._surroundings.module_of(after.path))
                imports = Imports(names, self._surroundings)
                gone = imports.left_behind(counts, names.uses)
                if not gone:
                    break
                after = _written(document, after, merged(imports.changes(gone)))
        except ValueError as error:
            raise _RejectedError(f"{document.path}: {error}") from None
        except UnmendableError as error:
            raise _RejectedError(f"the file would not parse: {error}") from None
        lost = _imported(document.syntax) - {name for name, _ in bound_names(after.syntax)}
        if missing := sorted(name for name in lost if uses(after.syntax)[name]):
            raise _RejectedError(f"{document.path}: `{missing[0]}` would be used without its import")
        if not parses(after.text):
            raise _RejectedError(f"the file would not parse, or libcst cannot read it: {document.path}")
        return after.data


def _written(origin: Document, document: Document, changes: Iterable[Change]) -> Document:
    """The document after changes, in the encoding that the original declares. Raises ValueError, UnmendableError."""
    text = applied(document.text, changes)
    after = Document(origin.path, origin.coding.encode(text))
    if after.text != text or after.coding != origin.coding:
        raise ValueError("the file's encoding would change")
    _ = after.syntax
    return after


def _imported(syntax: ast.Module) -> set[str]:
    return {name for name, node in bound_names(syntax) if isinstance(node, (ast.Import, ast.ImportFrom))}


def _is_import(document: Document, inserted: Change) -> bool:
    """Whether a text is import statements, or names added to one; several of those may stand side by side."""
    around = enclosing(document, Extent(inserted.start, inserted.start))
    stripped = inserted.content.strip()
    if around is not None and isinstance(around.statement, (ast.Import, ast.ImportFrom)):
        names = stripped.removeprefix(",").removesuffix(",").split(",")
        return "," in stripped and all(name.strip().isidentifier() for name in names)
    try:
        body = ast.parse(stripped).body
    except SyntaxError:
        return False
    return bool(body) and all(isinstance(statement, (ast.Import, ast.ImportFrom)) for statement in body)


def _connected(accepted: Sequence[_Accepted]) -> list[list[_Accepted]]:
    """Fixes in groups that share no file with each other."""
    groups: list[tuple[set[str], list[_Accepted]]] = []
    for one in accepted:
        paths, members = set(one.changes), [one]
        rest = []
        for group in groups:
            if group[0] & paths:
                paths |= group[0]
                members = [*group[1], *members]
            else:
                rest.append(group)
        groups = [*rest, (paths, members)]
    return [members for _, members in groups]
