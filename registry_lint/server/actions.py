"""What an editor offers to do: each finding's fix, a comment that suppresses it, all safe fixes of a file at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lsprotocol import types

from registry_lint import housekeeping
from registry_lint.findings import Edit, Span
from registry_lint.server.places import overlap
from registry_lint.server.shown import diagnostic
from registry_lint.source.text import decode, position
from registry_lint.suppress import above

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from registry_lint.findings import Finding
    from registry_lint.server.analysis import Analysis
    from registry_lint.server.places import Places

FIX_ALL: Final = f"{types.CodeActionKind.SourceFixAll.value}.registry-lint"
_HOUSEKEEPING: Final = frozenset(card.code for card in housekeeping.CARDS)
KINDS: Final = (types.CodeActionKind.QuickFix.value, FIX_ALL)


def actions(
    analysis: Analysis,
    path: str,
    parameters: types.CodeActionParams,
    places: Places,
    is_present: Callable[[str], bool],
) -> list[types.CodeAction]:
    """What can be done at a place. Only fixes whose files are still as they were looked at are offered."""
    found: list[types.CodeAction] = []
    if _wanted(types.CodeActionKind.QuickFix.value, parameters.context.only):
        for finding in analysis.of(path):
            if overlap(places.range(finding.span), parameters.range):
                for offer in (_quick_fix, _suppression):
                    action = offer(finding, analysis, places, is_present)
                    found += [action] if action else []
    if _wanted(FIX_ALL, parameters.context.only):
        action = _fix_all(analysis, path, places, is_present)
        found += [action] if action else []
    return found


def _wanted(kind: str, only: Sequence[types.CodeActionKind | str] | None) -> bool:
    """Whether an editor asks for a kind: `source.fixAll` asks for `source.fixAll.registry-lint` as well."""
    asked = [str(getattr(each, "value", each)) for each in only or ()]
    return not asked or any(kind == each or kind.startswith(f"{each}.") or not each for each in asked)


def _quick_fix(
    finding: Finding, analysis: Analysis, places: Places, is_present: Callable[[str], bool]
) -> types.CodeAction | None:
    fix = finding.fix
    if fix is None or not fix.edits or fix.applicability == "display":
        return None  # what needs a person's thought is shown with the finding and never written
    if not all(is_present(edit.span.path) for edit in fix.edits):
        return None
    safe = fix.applicability == "safe"
    return types.CodeAction(
        title=f"{fix.message} ({finding.code}{'' if safe else ', unsafe: may change what the code does'})",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[diagnostic(finding, analysis, places)],
        is_preferred=safe,
        edit=_workspace_edit(fix.edits, places),
    )


def _suppression(
    finding: Finding, analysis: Analysis, places: Places, is_present: Callable[[str], bool]
) -> types.CodeAction | None:
    """A comment above the statement; its reason is for its author to write."""
    path = finding.span.path
    if finding.code in _HOUSEKEEPING or not is_present(path):
        return None
    edit = above(decode(analysis.read(path)), finding.span.row, finding.code)
    if edit is None:
        return None
    return types.CodeAction(
        title=f"Suppress {finding.code} here, with a reason",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[diagnostic(finding, analysis, places)],
        is_preferred=False,
        edit=_workspace_edit([Edit(edit.span._replace(path=path), edit.content)], places),
    )


def _fix_all(
    analysis: Analysis, path: str, places: Places, is_present: Callable[[str], bool]
) -> types.CodeAction | None:
    """All safe fixes of one file that go together, as one round of `--fix` makes them."""
    from registry_lint.suggest.plan import plan

    offered = [
        finding
        for finding in analysis.of(path)
        if finding.fix is not None and all(is_present(edit.span.path) for edit in finding.fix.edits)
    ]
    planned = plan(offered, analysis.read, {"safe"})
    if not planned.changes:
        return None
    edits = [_difference(changed.path, changed.old, changed.new) for changed in planned.changes.values()]
    count = len(planned.applied)
    return types.CodeAction(
        title=f"registry-lint: make {count} safe fix{'es' if count > 1 else ''}",
        kind=FIX_ALL,
        edit=_workspace_edit(edits, places),
    )


def _difference(path: str, old: bytes, new: bytes) -> Edit:
    """From the first line that differs to the last one, so that an editor keeps its cursor."""
    before, after = decode(old), decode(new)
    shorter = min(len(before), len(after))
    start = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    start = before.rfind("\n", 0, start) + 1
    same = next((n for n in range(shorter - start) if before[-1 - n] != after[-1 - n]), shorter - start)
    last = before.find("\n", max(len(before) - same - 1, start))  # never between CR and LF
    stop = last + 1 if last >= 0 else len(before)
    return Edit(
        Span(path, *position(before, start), *position(before, stop)), after[start : len(after) - len(before) + stop]
    )


def _workspace_edit(edits: Iterable[Edit], places: Places) -> types.WorkspaceEdit:
    changes: dict[str, list[types.TextEdit]] = {}
    for edit in edits:
        changes.setdefault(places.uri(edit.span.path), []).append(types.TextEdit(places.range(edit.span), edit.content))
    return types.WorkspaceEdit(changes=changes)
