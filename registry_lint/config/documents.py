"""Configuration files as they stand: text, table, and where everything is in them."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry_lint.config.mistakes import positioned
from registry_lint.config.positions import KeyPath, Place, is_bounded, places
from registry_lint.errors import Mistake
from registry_lint.findings import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TABLE = ("tool", "registry-lint")
LARGEST = 1024 * 1024  # bytes; nobody writes a longer one


@dataclasses.dataclass(frozen=True)
class Document:
    """One configuration file (or text) that was read."""

    name: str  # to print: a path, or "--config"
    folder: Path  # that its patterns and paths count from
    text: str
    prefix: KeyPath  # () or ("tool", "registry-lint")
    table: Mapping[str, Any]
    places: Mapping[KeyPath, Place]
    # A project's configuration can extend any file that may be read: what stands there is not shown in a CI's log.
    is_foreign: bool = False

    @property
    def identity(self) -> str:
        """All that its being valid depends on."""
        return f"{'.'.join(map(str, self.prefix))}\n{self.text}"

    def mistake(self, location: KeyPath, message: str, hint: str = "") -> Mistake:
        """A mistake at a key, or at the nearest key around it."""
        return positioned(self, location, message, hint)

    def span(self, root: Path, location: KeyPath) -> Span | None:
        """Where a key stands, for findings; None where it does not or where the file is outside of the root."""
        place = self.places.get((*self.prefix, *location))
        try:
            path = (self.folder / Path(self.name).name).relative_to(root).as_posix()
        except ValueError:
            return None
        return Span(path, place.row, place.column, place.row, place.end_column) if place else None


class Reader:
    """Reads each file once and keeps what is wrong with them."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []
        self._documents: dict[tuple[Path, Path], Document | None] = {}

    def extended(self, path: Path, folder: Path) -> list[Document]:
        """A file after the files that it extends, the weakest first."""
        chain: list[Document] = []
        seen: list[Path] = []
        while True:
            document = self.file(path, folder, named_by_a_file=bool(seen))
            if document is None:
                break
            chain.append(document)
            seen.append(path)
            extend = document.table.get("extend")
            if not isinstance(extend, str) or not extend:
                break
            above = (path.parent / extend).resolve()
            if not above.is_file():
                self.mistakes.append(document.mistake(("extend",), f"there is no file {extend!r}"))
                break
            if above in seen:
                self.mistakes.append(document.mistake(("extend",), "these files extend each other in a circle"))
                break
            path = above
        return chain[::-1]

    def file(self, path: Path, folder: Path, *, named_by_a_file: bool = False) -> Document | None:
        """One file, whose patterns count from `folder`; None, with the mistake kept, where it cannot be read."""
        if (path, folder) not in self._documents:
            led = named_by_a_file or path.is_symlink()  # else a person has named it, or it lies where it is looked for
            is_foreign = led and not path.resolve().is_relative_to(folder.resolve())
            self._documents[path, folder] = self._read(path, folder, is_foreign)
        return self._documents[path, folder]

    def _read(self, path: Path, folder: Path, is_foreign: bool) -> Document | None:
        name = _shown(path)
        try:
            if path.stat().st_size > LARGEST:
                self.mistakes.append(Mistake(f"larger than {LARGEST} bytes", path=name))
                return None
            text = path.read_bytes().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            self.mistakes.append(Mistake(f"cannot be read: {reason}", path=name))
            return None
        return self.text(name, text, folder, pyproject=path.name == "pyproject.toml", is_foreign=is_foreign)

    def text(
        self, name: str, text: str, folder: Path, *, pyproject: bool = False, is_foreign: bool = False
    ) -> Document | None:
        """A TOML text; None, with the mistake kept, where it is none."""
        text = text.replace("\r\n", "\n")
        prefix: KeyPath = _TABLE if pyproject else ()
        empty = Document(name, folder, text, prefix, {}, {}, is_foreign)
        try:
            if not is_bounded(text):
                raise ValueError("a key has more than a hundred parts")
            table: Any = tomllib.loads(text)
            found = places(text)
        except tomllib.TOMLDecodeError as error:
            self.mistakes.append(_syntax(empty, error))
            return None
        except (RecursionError, ValueError) as error:
            said = "nested too deeply" if isinstance(error, RecursionError) else str(error)
            self.mistakes.append(Mistake(f"not read: {said}", path=name))
            return None
        for key in prefix:
            table = table.get(key, {}) if isinstance(table, dict) else table
        document = dataclasses.replace(empty, places=found)
        if not isinstance(table, dict):
            self.mistakes.append(document.mistake((), "must be a table"))
            return None
        return dataclasses.replace(document, table=table)


def _syntax(document: Document, error: tomllib.TOMLDecodeError) -> Mistake:
    """A mistake of TOML's own, with the place that its message names."""
    message, _, place = str(error).removesuffix(")").rpartition(" (at ")
    if place == "end of document":
        row = document.text.count("\n") + 1
        column = len(document.text) - document.text.rfind("\n")
    else:
        numbers = [int(word) for word in place.replace(",", "").split() if word.isdigit()]
        row, column = numbers if len(numbers) == 2 else (0, 0)
    document = dataclasses.replace(document, places={document.prefix: Place(row, column, column + 1)})
    return document.mistake((), f"not TOML: {message[:1].lower()}{message[1:]}")


def _shown(path: Path) -> str:
    """A path as a reader in the working folder would write it."""
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return str(path)


# --- selectors -------------------------------------------------------------------------------------------------


def selectors_in(document: Document) -> Iterator[tuple[KeyPath, str]]:
    """Every selector in a valid document, with where it stands: only the rules can tell which of them exist."""
    yield from _selectors((), document.table)
    for pattern, selectors in document.table.get("per-file-ignores", {}).items():
        yield from ((("per-file-ignores", pattern, index), selector) for index, selector in enumerate(selectors))
    for number, override in enumerate(document.table.get("overrides", ())):
        yield from _selectors(("overrides", number), override)


def _selectors(location: KeyPath, table: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    for key in ("select", "ignore", "extend-select"):
        yield from (((*location, key, index), selector) for index, selector in enumerate(table.get(key, ())))
    yield from (((*location, "severity", label), label) for label in table.get("severity", {}))
