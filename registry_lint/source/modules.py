"""Under which dotted names a file may be imported.

One name a file is not enough: `src` layouts, several distributions in one checkout, folders that a program or a test
runner puts on `sys.path`. So a file has all names that its place allows, the most trusted first.
"""

from __future__ import annotations

import keyword
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Folders that hold packages and are none themselves, unless an `__init__.py` says otherwise. (`lib` and `python` are
# packages as often as not: the names below them are guessed.)
_LAYOUT_FOLDERS = frozenset({"src"})


class Modules(NamedTuple):
    """What imports call files."""

    names: dict[str, tuple[str, ...]]  # of each file, best first
    guessed: dict[str, str]  # the names that are guesses, and the folders that they begin in
    local: frozenset[str]  # the guesses that only files below that folder are taken to mean


def modules(paths: Sequence[str], source_roots: Sequence[str] = (), run_within: Sequence[str] = ()) -> Modules:
    """Every dotted name under which each file may be imported, best first; `()` for one that no import can name.

    In this order: relative to a source root of the configuration; relative to a package that programs are run in
    (`run_within`, folders), where that does not hide a module of the standard library; relative to a `src` folder, or
    to a distribution's folder that is called like its package (`black/black/__init__.py`); relative to the last folder
    whose name is no identifier (`openhands-sdk/openhands/sdk/x.py` is `openhands.sdk.x`), else to the project's root;
    relative to any folder in between that is in no package, where that name is one file's alone and does not hide a
    module of the standard library; relative to a `src` folder that is a package by mistake, under the same condition
    and where the name has several parts (`mcp` is rather the library than `src/mcp`). A package is named by its
    `__init__` file. A folder without one is a namespace package. `x.py` and its stub `x.pyi` have the same names.

    The last two kinds are guesses. Such a name is likely to be another's where a file elsewhere says it, unless it
    begins with a package that lies in none: `mcp` is `types/mcp.py` beside that file alone.
    """
    split = [_split(path) for path in paths]
    packages = {folder for folder, stem in split if stem == "__init__"}
    roots = sorted({root.strip("/").removeprefix("./") for root in source_roots} - {"", "."}, key=len, reverse=True)
    within = sorted(run_within, key=len, reverse=True)
    prefixes: dict[str, _Prefixes] = {}
    trusted: dict[str, tuple[str, ...]] = {}
    guessed: dict[str, tuple[str, ...]] = {}
    begin: dict[str, str] = {}
    local: set[str] = set()
    owners: dict[str, str] = {}  # name → the module (its path without suffix) that has it; "" for several
    for path, (folder, stem) in zip(paths, split, strict=True):
        known = prefixes.get(folder)
        if known is None:
            known = prefixes[folder] = _prefixes(folder, packages, roots, within)
        names = _named(known.trusted, stem)
        if known.within:
            bare = _not_of_the_library(_named(known.within, stem))
            names = tuple(dict.fromkeys((*_named(known.configured, stem), *bare, *names)))
        trusted[path] = names
        module = f"{folder}/{stem}"
        for name in names:
            if owners.setdefault(name, module) != module:
                owners[name] = ""
        if (known.guessed or known.local or known.below_src) and (more := _guesses(known, stem)):
            guessed[path] = more
            local.update(_named(known.local, stem))
            for name in more:
                if owners.setdefault(name, module) != module:
                    owners[name] = ""
    for path, more in guessed.items():
        if own := tuple(name for name in more if owners[name]):
            trusted[path] += own
            for name in own:
                depth = name.count(".") + (2 if path.rpartition("/")[2].startswith("__init__.") else 1)
                begin[name] = "/".join(path.split("/")[:-depth])
    return Modules(trusted, begin, frozenset(local & begin.keys()))


def names_below(folder: str, paths: Iterable[str]) -> dict[str, str]:
    """The modules below a folder by the dotted names that begin there, but for those of the standard library."""
    found: dict[str, str] = {}
    for path in paths:
        if path.startswith(f"{folder}/") and path.endswith(".py"):
            around, stem = _split(path[len(folder) + 1 :])
            parts = around.split("/") if around else []
            if all(map(is_importable, parts)) and (parts or [stem])[0] not in sys.stdlib_module_names:
                found.update(dict.fromkeys(_named([_dotted(parts)], stem), path))
    return found


def _split(path: str) -> tuple[str, str]:
    folder, _, name = path.rpartition("/")
    return folder, name.rpartition(".")[0] or name


def _named(prefixes: Iterable[str], stem: str) -> tuple[str, ...]:
    """The names of a file below the given dotted prefixes (each "" or ending in a dot)."""
    if stem == "__init__":
        return tuple(prefix[:-1] for prefix in prefixes if prefix)
    if not is_importable(stem):
        return ()
    return tuple(prefix + stem for prefix in prefixes)


def _guesses(prefixes: _Prefixes, stem: str) -> tuple[str, ...]:
    """As `_named`, without names that the standard library has: those that could mean it are not guessed."""
    names = _not_of_the_library((*_named(prefixes.guessed, stem), *_named(prefixes.local, stem)))
    return names + tuple(name for name in _named(prefixes.below_src, stem) if "." in name)


def _not_of_the_library(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in sys.stdlib_module_names)


class _Prefixes(NamedTuple):
    """The dotted prefixes of a folder's modules, each "" or ending in a dot."""

    configured: list[str]  # below a source root of the configuration
    within: list[str]  # below a package that programs are run in
    trusted: list[str]  # those of the configuration among them
    guessed: list[str]  # to take where nobody else has the name
    local: list[str]  # likewise, below the folder where they begin
    below_src: list[str]  # likewise, below a `src` that has an `__init__.py`


def _prefixes(folder: str, packages: set[str], roots: Sequence[str], within: Sequence[str]) -> _Prefixes:
    parts = folder.split("/") if folder else []
    first = 0  # names may begin here: a part before it cannot stand in an import
    for index, part in enumerate(parts):
        if not is_importable(part):
            first = index + 1
    configured = [start for start in _starts(folder, roots) if start >= first]
    starts = [*configured]
    starts += [index + 1 for index in range(len(parts) - 1, first - 1, -1) if _holds_packages(parts, index, packages)]
    starts.append(first)
    trusted = [start for start in dict.fromkeys(starts) if start >= first]
    guessed = [
        start
        for start in range(first + 1, len(parts) + 1)
        if start not in trusted
        and "/".join(parts[:start]) not in packages
        and (start == len(parts) or parts[start] not in sys.stdlib_module_names)
    ]
    packaged = next((end for end in range(1, len(parts) + 1) if "/".join(parts[:end]) in packages), len(parts) + 1)
    local = [start for start in guessed if start > packaged or "/".join(parts[: start + 1]) not in packages]
    below_src = [
        start
        for start in range(first + 1, len(parts))
        if start not in trusted
        and parts[start - 1] in _LAYOUT_FOLDERS
        and "/".join(parts[:start]) in packages
        and parts[start] not in sys.stdlib_module_names
    ]
    run_within = [
        start
        for start in _starts(folder, within)
        if start >= first and (start == len(parts) or parts[start] not in sys.stdlib_module_names)
    ]
    guessed = [start for start in guessed if start not in local]
    kinds = (configured, run_within, trusted, guessed, local, below_src)
    return _Prefixes(*([_dotted(parts[start:]) for start in some] for some in kinds))


def _starts(folder: str, roots: Sequence[str]) -> list[int]:
    """Where names begin that are relative to one of some folders."""
    return [root.count("/") + 1 for root in roots if folder == root or folder.startswith(root + "/")]


def _holds_packages(parts: Sequence[str], index: int, packages: set[str]) -> bool:
    """Whether the folder `parts[index]` is a place to import from and no package."""
    above, folder = "/".join(parts[:index]), "/".join(parts[: index + 1])
    if folder in packages or above in packages:
        return False
    return parts[index] in _LAYOUT_FOLDERS or f"{folder}/{parts[index]}" in packages


def _dotted(parts: Sequence[str]) -> str:
    return "".join(part + "." for part in parts)


def is_importable(part: str) -> bool:
    """Whether an import statement can name it."""
    return part.isidentifier() and not keyword.iskeyword(part)
