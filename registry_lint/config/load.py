"""From configuration files and the command line to settings, or to all mistakes at once.

The nearest file wins: going up from where the run starts, not above the top of the repository, the first folder
with `.registry-lint.toml`, `registry-lint.toml` or a pyproject.toml with `[tool.registry-lint]`. That folder is the
project's root, unless the file says `root = false`: then the next one above holds too, under what this one says,
and the root is there. `extend` names one more file to stand on. Patterns count from the folder of their file;
those of a file that was reached by `extend`, from the folder of the file that extends it.

Merging: a later value replaces an earlier one; `severity` and `per-file-ignores` are merged key by key; lists of
tables (contracts, overrides) are joined.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from registry_lint.config.contracts import Contracts, Origin
from registry_lint.config.globs import rebased
from registry_lint.config.mistakes import mistakes_in, positioned
from registry_lint.config.positions import KeyPath, Place, places
from registry_lint.config.settings import Override, PerFileIgnore, Settings
from registry_lint.errors import ConfigurationError, Mistake
from registry_lint.findings import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

NAMES = (".registry-lint.toml", "registry-lint.toml", "pyproject.toml")  # in one folder, the first one wins
_TABLE = ("tool", "registry-lint")
_LARGEST = 4 * 1024 * 1024
_JOINED = ("registries", "trackers", "canonical", "superseded", "forbid", "overrides")
_MERGED = ("severity", "per-file-ignores")
_CONTRACTS = ("registries", "tools", "schemas", "trackers", "canonical", "superseded", "contexts", "forbid")
COMMAND_LINE = "command line"


@dataclasses.dataclass(frozen=True)
class CommandLine:
    """What a command line says of the settings. `config` holds paths and `KEY = VALUE` texts, in order."""

    config: Sequence[str] = ()
    isolated: bool = False
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)  # by key, as a file would say them


@dataclasses.dataclass(frozen=True)
class Document:
    """One configuration file (or text) that was read."""

    name: str  # to print: a path, or "--config"
    folder: Path  # that its patterns and paths count from
    text: str
    prefix: KeyPath  # () or ("tool", "registry-lint")
    table: Mapping[str, Any]
    places: Mapping[KeyPath, Place]

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


class Positions(NamedTuple):
    """Where the entries of a configuration stand."""

    root: Path
    documents: tuple[Document, ...]

    def of_ignore(self, written: str) -> Span | None:
        """Where a pattern of per-file-ignores stands."""
        for document in reversed(self.documents):
            for pattern in document.table.get("per-file-ignores", {}):
                if rebased(pattern, _below(document.folder, self.root)) == written:
                    return document.span(self.root, ("per-file-ignores", pattern))
        return None


class Configuration(NamedTuple):
    """Settings, and where they came from."""

    settings: Settings
    root: Path  # the project's
    path: Path | None  # the nearest configuration file
    documents: tuple[Document, ...]  # the weakest first
    origins: Mapping[str, str]  # by key, the name of the file (or "command line") that said it

    @property
    def positions(self) -> Positions:
        """Where the entries stand."""
        return Positions(self.root, self.documents)


class Known(Protocol):
    """Remembers which texts were valid, so that validating them again, and loading pydantic, can be left out."""

    def knows(self, root: Path, text: str, /) -> bool:
        """Whether a text was valid."""

    def learn(self, root: Path, texts: Iterable[str], /) -> None:
        """Remember that texts are valid."""


def load(start: Path, command_line: CommandLine, known: Known | None = None) -> Configuration:
    """The configuration of a run that starts at a folder (or file). Raises ConfigurationError with all mistakes."""
    reader = _Reader()
    start = start if start.is_dir() else start.parent
    start = start.resolve()
    top = _repository(start)
    paths, inline = _sorted_out(command_line.config, reader.mistakes)
    chain: list[Document] = []
    root = top or _outermost(start)
    path: Path | None = None
    if paths and not command_line.isolated:
        path = paths[-1]
        nearest = _nearest_file(start, top)
        root = nearest.parent if nearest else root
        chain = reader.extended(path, root)
    elif not command_line.isolated:
        found = list(_chain(start, top, reader))
        if found:
            path, root = found[0], found[-1].parent
            chain = [document for file in reversed(found) for document in reader.extended(file, file.parent)]
    for text in inline:
        document = reader.text("--config", text, root)
        chain += [document] if document else []
    fresh = [document for document in chain if known is None or not known.knows(root, document.identity)]
    mistakes = [*reader.mistakes, *(mistake for document in fresh for mistake in mistakes_in(document))]
    if mistakes:
        raise ConfigurationError(*mistakes)
    if known is not None and fresh:
        known.learn(root, [document.identity for document in fresh])
    merged, origins = _merged(chain, root)
    for key, value in command_line.values.items():
        merged[key] = {**merged.get(key, {}), **value} if isinstance(value, Mapping) else value
        origins[key] = COMMAND_LINE
    return Configuration(_settings(merged), root, path, tuple(chain), origins)


def project_root(start: Path) -> Path:
    """The root of the project that a folder is in, whatever is wrong with its configuration."""
    start = start.resolve()
    top = _repository(start)
    found = list(_chain(start, top, _Reader()))
    return found[-1].parent if found else top or _outermost(start)


def settings_from(text: str) -> Settings:
    """The settings that a TOML text spells, as below `[tool.registry-lint]`. Raises ConfigurationError."""
    reader = _Reader()
    document = reader.text("configuration", text, Path())
    mistakes = [*reader.mistakes, *(mistakes_in(document) if document else ())]
    if mistakes or document is None:
        raise ConfigurationError(*mistakes)
    return _settings(_merged([document], Path())[0])


# --- finding files -------------------------------------------------------------------------------------------


def _repository(start: Path) -> Path | None:
    """The folder at the top of the repository that holds `start`."""
    return next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), None)


def _outermost(start: Path) -> Path:
    """The root where there is neither repository nor configuration: the working folder, if it is above."""
    here = Path.cwd()
    return here if start.is_relative_to(here) else start


def _files(start: Path, top: Path | None) -> Iterator[Path]:
    for folder in (start, *start.parents):
        for name in NAMES:
            file = folder / name
            if file.is_file() and (name != "pyproject.toml" or _mentions_us(file)):
                yield file
                break
        if folder == top:
            return


def _mentions_us(file: Path) -> bool:
    try:
        content = file.read_bytes() if file.stat().st_size <= _LARGEST else b""
    except OSError:
        return True  # reading it properly tells why
    if b"registry-lint" not in content:
        return False
    try:
        return "registry-lint" in tomllib.loads(content.decode()).get("tool", {})
    except (ValueError, RecursionError, AttributeError, TypeError):
        return True


def _nearest_file(start: Path, top: Path | None) -> Path | None:
    return next(_files(start, top), None)


def _chain(start: Path, top: Path | None, reader: _Reader) -> Iterator[Path]:
    """The files that hold, the nearest first: more than one only where `root = false`."""
    for file in _files(start, top):
        yield file
        document = reader.file(file, file.parent)
        if document is None or document.table.get("root", True) is not False:
            return


def _sorted_out(config: Sequence[str], mistakes: list[Mistake]) -> tuple[list[Path], list[str]]:
    """The paths and the texts among the values of --config."""
    paths, texts = [], []
    for value in config:
        if _is_file(value):
            paths.append(Path(value).resolve())
        elif "=" in value:
            texts.append(value)
        else:
            mistakes.append(Mistake(f"--config: there is no file {value!r}", hint="or is it meant as KEY = VALUE?"))
    if len(paths) > 1:
        mistakes.append(Mistake("--config takes one file; join several with `extend`"))
    return paths, texts


def _is_file(value: str) -> bool:
    try:
        return Path(value).is_file()
    except (OSError, ValueError):  # a text that is too long for a name
        return False


# --- reading them --------------------------------------------------------------------------------------------


class _Reader:
    """Reads each file once and keeps what is wrong with them."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []
        self._documents: dict[tuple[Path, Path], Document | None] = {}

    def extended(self, path: Path, folder: Path) -> list[Document]:
        """A file after the files that it extends, the weakest first."""
        chain: list[Document] = []
        seen: list[Path] = []
        while True:
            document = self.file(path, folder)
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

    def file(self, path: Path, folder: Path) -> Document | None:
        """One file, whose patterns count from `folder`; None, with the mistake kept, where it cannot be read."""
        if (path, folder) not in self._documents:
            self._documents[path, folder] = self._read(path, folder)
        return self._documents[path, folder]

    def _read(self, path: Path, folder: Path) -> Document | None:
        name = _shown(path)
        try:
            if path.stat().st_size > _LARGEST:
                self.mistakes.append(Mistake(f"larger than {_LARGEST} bytes", path=name))
                return None
            text = path.read_bytes().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            self.mistakes.append(Mistake(f"cannot be read: {reason}", path=name))
            return None
        return self.text(name, text, folder, pyproject=path.name == "pyproject.toml")

    def text(self, name: str, text: str, folder: Path, *, pyproject: bool = False) -> Document | None:
        """A TOML text; None, with the mistake kept, where it is none."""
        text = text.replace("\r\n", "\n")
        prefix: KeyPath = _TABLE if pyproject else ()
        empty = Document(name, folder, text, prefix, {}, {})
        try:
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


# --- from tables to settings ---------------------------------------------------------------------------------


def _below(folder: Path, root: Path) -> str:
    return folder.relative_to(root).as_posix().removeprefix(".") if folder.is_relative_to(root) else ""


def _merged(chain: Sequence[Document], root: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """One table of all documents, the weakest first, and which of them said what."""
    merged: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for document in chain:
        for key, value in _rebased(document, root).items():
            if key in _JOINED:
                merged[key] = [*merged.get(key, ()), *value]
                origins[key] = f"{origins[key]}, {document.name}" if key in origins else document.name
            elif key in _MERGED:
                merged[key] = {**merged.get(key, {}), **value}
                origins[key] = f"{origins[key]}, {document.name}" if key in origins else document.name
            else:
                merged[key] = value
                origins[key] = document.name
    return merged, origins


def _rebased(document: Document, root: Path) -> dict[str, Any]:
    """A document's table with its patterns and paths as seen from the root, and contracts that know their origin."""
    folder = _below(document.folder, root)
    table = dict(document.table)
    for key in ("exclude", "extend-exclude", "tests"):
        if key in table:
            table[key] = [rebased(pattern, folder) for pattern in table[key]]
    if "per-file-ignores" in table:
        table["per-file-ignores"] = {rebased(p, folder): value for p, value in table["per-file-ignores"].items()}
    if "overrides" in table:
        table["overrides"] = [
            {**override, "paths": [rebased(pattern, folder) for pattern in override["paths"]]}
            for override in table["overrides"]
        ]
    for key in ("source-roots", "packs"):
        if key in table and folder:
            table[key] = [f"{folder}/{path}".removesuffix("/.") for path in table[key]]
    if folder and table.get("baseline"):
        table["baseline"] = f"{folder}/{table['baseline']}"
    for key in _CONTRACTS:
        if isinstance(table.get(key), list):
            table[key] = [{**entry, "origin": _origin(document, (key, i))} for i, entry in enumerate(table[key])]
        elif key in table:
            table[key] = {**table[key], "origin": _origin(document, (key,))}
    return table


def _origin(document: Document, location: KeyPath) -> Origin | None:
    place = document.places.get((*document.prefix, *location))
    return Origin(document.name, place.row, place.column) if place else None


def _settings(merged: Mapping[str, Any]) -> Settings:
    """Settings from a valid table. What it does not say keeps its default."""
    import msgspec

    values: dict[str, Any] = {key.replace("-", "_"): value for key, value in merged.items()}
    for key in ("extend", "root", "required_version"):
        values.pop(key, None)
    contracts = {name: values.pop(name) for name in (*_CONTRACTS, "entry_points", "release_names") if name in values}
    if "per_file_ignores" in values:
        values["per_file_ignores"] = tuple(
            PerFileIgnore(pattern, tuple(selectors)) for pattern, selectors in values["per_file_ignores"].items()
        )
    if "overrides" in values:
        values["overrides"] = tuple(msgspec.convert(_plain(override), Override) for override in values["overrides"])
    values["contracts"] = msgspec.convert({key: _plain(value) for key, value in contracts.items()}, Contracts)
    return msgspec.convert(values, Settings)


def _plain(value: Any) -> Any:
    """A table with Python's names for its keys."""
    if isinstance(value, Mapping):
        renamed = {"class": "path"}
        return {renamed.get(key, key.replace("-", "_")): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value


# --- selectors -----------------------------------------------------------------------------------------------


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
