"""Packages that a program is started in: their files import one another by names that begin there.

`python app.py`, run in the folder `agent/`, puts that folder on `sys.path`: `agent/app.py` says `from store import
Store`, though `agent/__init__.py` makes `agent.store` of it. The folder says so in its imports alone, so some are read;
a package in another one counts where a file says it outright: `sys.path.insert(0, os.path.dirname(__file__))`.
"""

from __future__ import annotations

import sys
from posixpath import join, normpath
from typing import TYPE_CHECKING

from registry_lint.project.sys_path import ADDING, folders_added

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from registry_lint.project.files import Files

_READ_OF_EACH = 16  # files of a package
_CLEAR_LEAD = 4  # files: what a package imports by is one custom, and the rest would only confirm it


def run_from_within(
    paths: Sequence[str], names: Mapping[str, Sequence[str]], imported_by: Callable[[str], Sequence[str]]
) -> tuple[str, ...]:
    """The topmost packages, as folders, of whose files more import one another by bare names than by the package's name
    or relatively; sorted.

    `paths` are files of code that no test is, `names` the dotted names of all files, under which such an import means
    another module; `imported_by` says what a file imports (see `looks.first_parts_imported`).
    """
    modules, below = _by_folder(paths)
    packages = {folder for folder, stems in modules.items() if "__init__" in stems}
    known = {dotted.partition(".")[0] for some in names.values() for dotted in some} | sys.stdlib_module_names
    found = []
    for folder in sorted(packages):
        above, _, own = folder.rpartition("/")
        inside = (modules[folder].keys() | below.get(folder, set())) - known - {own, "__init__"}
        if folder and above not in packages and inside and _imports_bare(modules[folder], own, inside, imported_by):
            found.append(folder)
    return tuple(found)


def put_on_path(
    files: Files, production: Collection[str], names: Mapping[str, Sequence[str]], known: Collection[str]
) -> tuple[str, ...]:
    """The packages, as folders, that a file puts on `sys.path` relative to itself, so that bare names begin there;
    those `known` to be import roots and those in whose modules nothing is left to be named are not among them. The
    innermost first."""
    packages = {path.rpartition("/")[0] for path in names if path.endswith("/__init__.py")} - set(known)
    found: set[str] = set()
    for path, _ in files.matching("__file__", ADDING) if packages else ():
        if path in production:
            own = path.rpartition("/")[0]
            found.update(normpath(join(own, folder)) for folder in files.look(path, folders_added))
    return tuple(sorted(found & packages, key=lambda folder: (-len(folder), folder)))


def _by_folder(paths: Sequence[str]) -> tuple[dict[str, dict[str, str]], dict[str, set[str]]]:
    """The modules of each folder (by their names, the paths), and the folders in it that hold modules."""
    modules: dict[str, dict[str, str]] = {}
    below: dict[str, set[str]] = {}
    for path in paths:
        folder, _, file = path.rpartition("/")
        stem, _, suffix = file.rpartition(".")
        if suffix == "py":
            modules.setdefault(folder, {})[stem] = path
    for folder in modules:
        above, _, name = folder.rpartition("/")
        below.setdefault(above, set()).add(name)
    return modules, below


def _imports_bare(
    modules: Mapping[str, str], own: str, inside: Collection[str], imported_by: Callable[[str], Sequence[str]]
) -> bool:
    names: set[str] = set()
    lead = against = 0
    for stem, parts in _some(modules, imported_by):
        bare = {
            part
            for part in parts
            if part in inside
            and part != stem
            and (part not in modules or part not in imported_by(modules[part]))  # it is called like what it wraps
        }
        names |= bare
        against += (by_package := own in parts or "." in parts)
        lead += bool(bare) - by_package
        if abs(lead) >= _CLEAR_LEAD:
            break
    return lead > 0 and (
        len(names) > 1 or not against
    )  # one name may be a library's that something here is called like


def _some(
    modules: Mapping[str, str], imported_by: Callable[[str], Sequence[str]]
) -> Iterator[tuple[str, Sequence[str]]]:
    for stem, path in sorted(modules.items())[:_READ_OF_EACH]:
        yield stem, imported_by(path)
