"""The sources that a report quotes: read once a file, decoded as Python would, or else as well as can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.source.text import SourceError, decode, lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from registry_lint.findings import Span


class Sources:
    """Lines of files. A file that cannot be read has none, and the report goes without them."""

    def __init__(self, read: Callable[[str], bytes]) -> None:
        self._read = read
        self._bytes: dict[str, bytes | None] = {}
        self._lines: dict[str, Sequence[str]] = {}

    def content(self, path: str) -> bytes | None:
        """The bytes of a file, or None where it cannot be read any more."""
        if path not in self._bytes:
            try:
                self._bytes[path] = self._read(path)
            except OSError:
                self._bytes[path] = None
        return self._bytes[path]

    def lines(self, path: str) -> Sequence[str]:
        """The lines of a file, without their ends."""
        if path not in self._lines:
            data = self.content(path)
            if data is None:
                self._lines[path] = ()
            else:
                try:
                    text = decode(data)
                except SourceError:  # REG900 shows the line that it speaks of all the same
                    text = data.decode("utf-8", "replace")
                self._lines[path] = lines(text)
        return self._lines[path]

    def line(self, path: str, row: int) -> str | None:
        """One line, or None where the file has no such row."""
        rows = self.lines(path)
        return rows[row - 1] if 0 < row <= len(rows) else None

    def within_line(self, span: Span) -> tuple[int, int]:
        """First and end column of a span cut down to its first row, for formats that show one line only."""
        start = max(span.column, 1)
        if span.end_row <= span.row:
            return start, max(span.end_column, start)
        line = self.line(span.path, span.row)
        return start, start + 1 if line is None else max(len(line) + 1, start)
