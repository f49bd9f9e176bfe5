"""From configuration files and the command line to settings, or to all mistakes at once.

The nearest file wins: going up from where the run starts, not above the top of the repository, the first folder
with `.registry-lint.toml`, `registry-lint.toml` or a pyproject.toml with `[tool.registry-lint]`. That folder is the
project's root, unless the file says `root = false`: then the next one above holds too, under what this one says,
and the root is there. `extend` names one more file to stand on. Patterns count from the folder of their file;
those of a file that was reached by `extend`, from the folder of the file that extends it.

How several files are merged is said in merge.py.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from registry_lint.config.documents import LARGEST, Document, Reader
from registry_lint.config.globs import rebased
from registry_lint.config.merge import below, merged, settings_of
from registry_lint.config.mistakes import mistakes_in
from registry_lint.config.positions import is_bounded
from registry_lint.errors import ConfigurationError, Mistake

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from registry_lint.config.positions import KeyPath
    from registry_lint.config.settings import Settings
    from registry_lint.findings import Span

NAMES = (".registry-lint.toml", "registry-lint.toml", "pyproject.toml")  # in one folder, the first one wins
COMMAND_LINE = "command line"
INLINE = "--config"  # the name of a text that the command line gives


@dataclasses.dataclass(frozen=True)
class CommandLine:
    """What a command line says of the settings. `config` holds paths and `KEY = VALUE` texts, in order."""

    config: Sequence[str] = ()
    isolated: bool = False
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)  # by key, as a file would say them


class Positions(NamedTuple):
    """Where the entries of a configuration stand."""

    root: Path
    documents: tuple[Document, ...]

    def of_selector(self, override: int | None, selector: str, among: Sequence[str]) -> Span | None:
        """Where a selector of `ignore`, or of an override's, stands; None where the command line said it.

        `override` counts the overrides of all documents from 0; `among` is the whole list as the settings have it.
        """
        lists = list(self._overrides() if override is not None else self._ignores())
        place = len(lists) - 1 if override is None else override  # of several files, the last one's `ignore` holds
        if not 0 <= place < len(lists):
            return None
        document, key, selectors = lists[place]
        if document.name == INLINE or tuple(selectors) != tuple(among):
            return None
        return document.span(self.root, (*key, selectors.index(selector)))

    def _ignores(self) -> Iterator[tuple[Document, KeyPath, Sequence[str]]]:
        for document in self.documents:
            if "ignore" in document.table:
                yield document, ("ignore",), document.table["ignore"]

    def _overrides(self) -> Iterator[tuple[Document, KeyPath, Sequence[str]]]:
        for document in self.documents:
            for number, table in enumerate(document.table.get("overrides", ())):
                yield document, ("overrides", number, "ignore"), table.get("ignore", ())

    def of_ignore(self, written: str) -> Span | None:
        """Where a pattern of per-file-ignores stands."""
        for document in reversed(self.documents):
            if document.name == INLINE:
                continue
            for pattern in document.table.get("per-file-ignores", {}):
                if rebased(pattern, below(document.folder, self.root)) == written:
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
    reader = Reader()
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
        document = reader.text(INLINE, text, root)
        chain += [document] if document else []
    fresh = [document for document in chain if known is None or not known.knows(root, document.identity)]
    mistakes = [*reader.mistakes, *(mistake for document in fresh for mistake in mistakes_in(document))]
    if mistakes:
        raise ConfigurationError(*mistakes)
    if known is not None and fresh:
        known.learn(root, [document.identity for document in fresh])
    table, origins = merged(chain, root)
    for key, value in command_line.values.items():
        table[key] = {**table.get(key, {}), **value} if isinstance(value, Mapping) else value
        origins[key] = COMMAND_LINE
    return Configuration(settings_of(table), root, path, tuple(chain), origins)


def project_root(start: Path) -> Path:
    """The root of the project that a folder is in, whatever is wrong with its configuration."""
    start = start.resolve()
    top = _repository(start)
    found = list(_chain(start, top, Reader()))
    return found[-1].parent if found else top or _outermost(start)


def settings_from(text: str) -> Settings:
    """The settings that a TOML text spells, as below `[tool.registry-lint]`. Raises ConfigurationError."""
    reader = Reader()
    document = reader.text("configuration", text, Path())
    mistakes = [*reader.mistakes, *(mistakes_in(document) if document else ())]
    if mistakes or document is None:
        raise ConfigurationError(*mistakes)
    return settings_of(merged([document], Path())[0])


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
        content = file.read_bytes() if file.stat().st_size <= LARGEST else b""
    except OSError:
        return True  # reading it properly tells why
    if b"registry-lint" not in content:
        return False
    try:
        text = content.decode()
        return not is_bounded(text) or "registry-lint" in tomllib.loads(text).get("tool", {})
    except (ValueError, RecursionError, AttributeError, TypeError):
        return True


def _nearest_file(start: Path, top: Path | None) -> Path | None:
    return next(_files(start, top), None)


def _chain(start: Path, top: Path | None, reader: Reader) -> Iterator[Path]:
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
