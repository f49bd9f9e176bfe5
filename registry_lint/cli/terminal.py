"""Terminal manners: when to use colour, how wide, how to write, and a progress display."""

from __future__ import annotations

import os
import sys
import time
from typing import IO, TYPE_CHECKING, Literal, Self

from registry_lint.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

Colour = Literal["auto", "always", "never"]


def wants_colour(colour: Colour, stream: IO[str] | None) -> bool:
    """Whether to colour a stream: `--color` decides, then NO_COLOR, then FORCE_COLOR, then the stream."""
    if colour != "auto":
        return colour == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return os.environ["FORCE_COLOR"] != "0"
    return is_terminal(stream) and os.environ.get("TERM") != "dumb"


def is_terminal(stream: IO[str] | None) -> bool:
    """Whether a person looks at a stream."""
    return stream is not None and not stream.closed and stream.isatty()


def width(stream: IO[str] | None) -> int | None:
    """The cells of a terminal's line; None where lines are never to be cut."""
    return _columns() if is_terminal(stream) else None


def _columns() -> int:
    import shutil  # loads three compressors

    return shutil.get_terminal_size().columns


def shows_links(colour: bool) -> bool:
    """Whether the terminal is known to show hyperlinks (OSC 8); the others print them as rubbish."""
    if not colour:
        return False
    known = ("WT_SESSION", "KITTY_WINDOW_ID", "WEZTERM_PANE", "KONSOLE_VERSION")
    program = os.environ.get("TERM_PROGRAM", "")
    return (
        any(os.environ.get(name) for name in known)
        or program in ("iTerm.app", "vscode", "ghostty", "Hyper")
        or int(os.environ.get("VTE_VERSION", "0") or "0") >= 5000
    )


def write(lines: Iterable[str], stream: IO[str] | None = None) -> None:
    """Write lines to stdout (or another stream) as UTF-8 with line feeds, whatever the locale says.

    Raises BrokenPipeError where the reader has gone, and UserError where the disk is full or the like; a closed
    stdout takes nothing and says nothing.
    """
    write_bytes((f"{line}\n".encode("utf-8", "backslashreplace") for line in lines), stream)


def tell(lines: Iterable[str], stream: IO[str] | None = None) -> None:
    """Write lines that hold names or texts from elsewhere, so that they steer neither a terminal nor a CI runner."""
    from registry_lint.report.visible import guarded, visible

    write(guarded(visible(part) for line in lines for part in line.split("\n")), stream)


def write_bytes(parts: Iterable[bytes], stream: IO[str] | None = None) -> None:
    """Write bytes to stdout (or another stream) as they are. Raises what `write` raises."""
    stream = sys.stdout if stream is None else stream
    if stream is None or stream.closed:
        return
    buffer = getattr(stream, "buffer", None)
    try:
        stream.flush()
        if buffer is None:  # a test's StringIO
            stream.writelines(part.decode("utf-8", "replace") for part in parts)
            return
        buffer.writelines(parts)
        buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UserError(f"the output cannot be written: {error.strerror}") from error


class Progress:
    """What is being done, on stderr, from one second on, and only on a terminal."""

    def __init__(self, quiet: bool) -> None:
        self._stage = ""
        self._shown = False
        self._wanted = not quiet and is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb"
        self._start = time.monotonic()

    def stage(self, name: str) -> None:
        """Say what begins. No thread shows it: a process with two of them must not fork."""
        self._stage = name
        if self._wanted and time.monotonic() - self._start > 1.0:
            self._show()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._wanted = False  # from here on, stdout has the terminal
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _show(self) -> None:
        text = f"{self._stage} … {time.monotonic() - self._start:.0f} s"
        cells = _columns() - 1
        try:
            sys.stderr.write(f"\r\x1b[K{text[:cells]}")
            sys.stderr.flush()
        except (OSError, ValueError):
            self._wanted = False
            return
        self._shown = True
