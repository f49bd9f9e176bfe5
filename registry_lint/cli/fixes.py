"""What `check` does with fixes: write them, show them as a diff, list them."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

from registry_lint.cli import terminal
from registry_lint.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from registry_lint.cli.options import Options
    from registry_lint.findings import Finding
    from registry_lint.request import Request
    from registry_lint.suggest.apply import Settled


def carry_out(settled: Settled, request: Request, options: Options) -> bool:
    """Write the fixes, or show what would be written. False where a file could not be written (told on stderr)."""
    terminal.tell(_untouched(settled), sys.stderr)
    if options.diff:
        diff = settled.diff()
        if terminal.is_terminal(sys.stdout):  # a person: escapes in the code are named; elsewhere the very bytes go out
            terminal.tell([diff.decode("utf-8", "backslashreplace").removesuffix("\n").expandtabs(4)] if diff else [])
        else:
            terminal.write_bytes([diff])
    elif options.from_stdin:
        (path,) = request.unsaved
        changed = settled.changes.get(path)
        terminal.write_bytes([changed.new if changed else request.unsaved[path]])
    elif settled.changes:
        from registry_lint.suggest.apply import write

        written = write(settled.changes, settled.together, request.root)
        terminal.tell((f"not written: {visible(path)}: {reason}" for path, reason in written.skipped), sys.stderr)
        return not written.skipped
    return True


def tell_finished(paths: Iterable[str]) -> None:
    """Say which files were finished that a killed run had begun to write."""
    said = "an earlier run was ended while it wrote its fixes; written now"
    terminal.tell((f"{said}: {visible(path)}" for path in paths), sys.stderr)


def listed(applied: Iterable[Finding]) -> Iterator[str]:
    """What was mended, by file and rule."""
    counts = Counter((finding.span.path, finding.code, finding.name) for finding in applied)
    yield f"Fixed {counts.total()}:" if counts else "Fixed nothing."
    for (path, code, name), count in sorted(counts.items()):
        yield f"  {visible(path)}: {count} × {code} ({name})"


def _untouched(settled: Settled) -> Iterator[str]:
    for path, codes in settled.unsettled:
        yield f"not fixed: {visible(path)}: the fixes of {', '.join(codes)} undo each other; it stays as it was"
    for skipped in settled.skipped:
        if not skipped.waits:
            span = skipped.finding.span
            yield f"not fixed: {visible(span.path)}:{span.row}: {skipped.finding.code}: {skipped.reason}"
