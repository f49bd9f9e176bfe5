"""Which files a project has: what git tracks or would track, else what the .gitignore files leave.

Links are never followed: a target inside the project is found under its own name, one outside is nobody's business
here. FIFOs, sockets, devices and folders that cannot be read are problems to tell, not reasons to stop.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from registry_lint.errors import Mistake, UserError
from registry_lint.findings import Unexamined
from registry_lint.source.excludes import Excludes, excludes_of, packages_on_disk
from registry_lint.source.spelt import Folders, folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from registry_lint.config.settings import Settings
    from registry_lint.source.gitignore import Ignores

SUFFIXES = (".py", ".pyi")

# A folder that holds one of these is a virtual environment or a tool's cache, whatever its name.
_MARKERS = frozenset({"pyvenv.cfg", "CACHEDIR.TAG"})
# Left out without a word: no reader expects findings there. Names that begin with a dot are silent too.
_SILENT = frozenset({"__pycache__", "__pypackages__", "node_modules", "site-packages", "venv"})


class Discovery(NamedTuple):
    """The files of a project. Paths are relative to `root`, POSIX, sorted."""

    root: Path
    paths: tuple[str, ...]  # everything that the analysis sees
    reported: tuple[str, ...]  # those that findings are wanted for: all, or what the given paths name
    excluded_folders: tuple[str, ...]  # folders that the excludes left out and a reader might miss
    problems: tuple[Unexamined, ...]  # what is there and could not be looked at
    method: Literal["git", "walk"]


def discover(
    root: Path, settings: Settings, paths: Sequence[Path | str] = (), *, force_exclude: bool = False
) -> Discovery:
    """Find the Python files below `root`, and which of them `paths` (files or folders; none: all) name.

    A path that is given outright is taken although the excludes name it, unless `force_exclude`. Raises UserError
    for paths that do not exist or lie outside of `root`, all of them at once.
    """
    root = Path(os.path.realpath(root))
    given = _given(root, paths)
    search = _Search(root, excludes_of(settings, packages_on_disk(root)))
    method: Literal["git", "walk"] = "git" if search.ask_git() else "walk"
    if method == "walk":
        search.walk("")
    named: set[str] = set()
    for path, is_folder in given:
        named |= _named(search, path, is_folder, force_exclude)
    found = tuple(sorted(search.found))
    return Discovery(
        root,
        found,
        tuple(sorted(named)) if given else found,
        tuple(sorted(search.excluded)),
        tuple(sorted(search.problems)),
        method,
    )


def _given(root: Path, paths: Sequence[Path | str]) -> list[tuple[str, bool]]:
    """The given paths relative to the root, each with whether it is a folder."""
    found = []
    mistakes = []
    folders = Folders(root)
    for path in paths:
        real = os.path.realpath(path)
        if not os.path.exists(real):  # noqa: PTH110 - a path with odd bytes stays a plain string
            mistakes.append(Mistake(f"no such file or folder: {os.fspath(path)}"))
        elif real != str(root) and not real.startswith(os.path.join(str(root), "")):  # noqa: PTH118
            mistakes.append(Mistake(f"outside of the project {root}: {os.fspath(path)}"))
        else:
            found.append((folders.relative(real), os.path.isdir(real)))  # noqa: PTH112
    if mistakes:
        raise UserError(*mistakes)
    return found


def _named(search: _Search, path: str, is_folder: bool, force_exclude: bool) -> set[str]:
    """The files that one given path names; those that were excluded are added to what was found."""
    if not is_folder:
        if path not in search.found and not force_exclude:
            search.found.add(path)
        return {path} & search.found
    prefix = f"{path}/" if path else ""
    inside = {known for known in search.found if known.startswith(prefix)}
    if not inside and path and not force_exclude:
        search.excluded.discard(path)
        search.walk(path)
        inside = {known for known in search.found if known.startswith(prefix)}
    return inside


class _Content(NamedTuple):
    """What stands in one folder, by name; links are in none of the lists."""

    sources: list[str]
    irregular: list[str]  # named like sources, and no files: FIFOs, sockets, devices
    folders: list[str]
    has_ignores: bool
    is_marked: bool


class _Search:
    """One search: where it looks, and what it met."""

    def __init__(self, root: Path, excludes: Excludes) -> None:
        self._prefix = os.path.join(str(root), "")  # noqa: PTH118 - Path drops the trailing separator
        self._root = root
        self._excludes = excludes
        self.found: set[str] = set()
        self.excluded: set[str] = set()
        self.problems: set[Unexamined] = set()

    def walk(self, start: str) -> None:
        """Find the files below a folder ("" is the root), obeying the .gitignore files from the root on."""
        waiting: list[tuple[str, tuple[Ignores, ...]]] = [(start, tuple(self._ignores_above(start)) if start else ())]
        while waiting:
            folder, ignores = waiting.pop()
            content = self._look_into(folder)
            if content.is_marked and folder != start:
                self._leave_out(folder)
                continue
            if content.has_ignores and (rules := self._ignores(folder)) is not None:
                ignores = (*ignores, rules)
            prefix = f"{folder}/" if folder else ""
            self._take(prefix, content, ignores)
            for path in [prefix + name for name in content.folders if name != ".git"]:
                if ignores and _ignored(ignores, path, True):
                    continue
                if self._excludes.folder(path):
                    self._leave_out(path)
                else:
                    waiting.append((path, ignores))

    def ask_git(self) -> bool:
        """Find the files through git. False where git does not answer, or knows nothing of this folder."""
        if not _below_git(self._root):
            return False
        from registry_lint.source import git  # here: outside of a checkout nobody needs subprocess

        listed = git.listed(self._root)
        # A folder that the repository around it ignores (a build's, a test's) is still a project to who asks.
        if listed is None or not any(path.endswith(SUFFIXES) for path in listed):
            return False
        marked = {path.rpartition("/")[0] for path in listed if path.rpartition("/")[2] in _MARKERS} - {""}
        self.excluded.update(path.rstrip("/") for path in listed if path.endswith("/"))
        if ".gitmodules" in listed:
            self.excluded.update(self._submodules())
        by_folder: dict[str, set[str]] = {}
        for path in listed:
            if path.endswith(SUFFIXES):
                folder, _, name = path.rpartition("/")
                by_folder.setdefault(folder, set()).add(name)
        open_folders: dict[str, bool] = {"": True}
        for folder in sorted(by_folder):
            if self._is_open(folder, open_folders, marked):
                self._take_listed(folder, by_folder[folder])
        return True

    def _submodules(self) -> Iterator[str]:
        """The folders of submodules: other repositories, which git lists by their names only."""
        from registry_lint.source import corpus

        try:
            text = corpus.read_regular(self._prefix + ".gitmodules").decode("utf-8", "surrogateescape")
        except OSError as error:
            self.problems.add(Unexamined(".gitmodules", _reason(error)))
            return
        for line in text.splitlines():
            key, _, value = line.partition("=")
            path = value.strip().strip('"')
            if key.strip() == "path" and os.path.isdir(self._prefix + path):  # noqa: PTH112
                yield path

    def _is_open(self, folder: str, known: dict[str, bool], marked: set[str]) -> bool:
        """Whether no folder on the way is excluded or a link; remembers the answer for each."""
        if (answer := known.get(folder)) is not None:
            return answer
        answer = self._is_open(folder.rpartition("/")[0], known, marked)
        if answer and (folder in marked or self._excludes.folder(folder)):
            self._leave_out(folder)
            answer = False
        # Git's index may name files below a folder that has become a link since.
        answer = answer and not os.path.islink(self._prefix + folder)  # noqa: PTH114
        known[folder] = answer
        return answer

    def _take_listed(self, folder: str, names: set[str]) -> None:
        """Take those files of one folder that are still there: one look a folder is cheaper than one a file."""
        content = self._look_into(folder, may_be_gone=True)
        names = names | self._otherwise_spelt(folder, names, content)
        listed = content._replace(
            sources=[name for name in content.sources if name in names],
            irregular=[name for name in content.irregular if name in names],
        )
        self._take(f"{folder}/" if folder else "", listed, ())

    def _otherwise_spelt(self, folder: str, names: set[str], content: _Content) -> set[str]:
        """Names as the folder has them, of files that git lists otherwise: where case or composition makes no
        difference to a file system, `Tools.py` is tracked and `tools.py` is there.
        """
        there = {*content.sources, *content.irregular}
        prefix = self._prefix + (f"{folder}/" if folder else "")
        meant = {folded(name) for name in names - there if os.path.lexists(prefix + name)}
        return {name for name in there if folded(name) in meant}

    def _take(self, prefix: str, content: _Content, ignores: Sequence[Ignores]) -> None:
        paths = [prefix + name for name in content.sources]
        odd = [prefix + name for name in content.irregular]
        if ignores or self._excludes.file is not None:
            paths = [path for path in paths if self._is_wanted(path, ignores)]
            odd = [path for path in odd if self._is_wanted(path, ignores)]
        self.found.update(paths)
        self.problems.update(Unexamined(path, "not a regular file") for path in odd)

    def _is_wanted(self, path: str, ignores: Sequence[Ignores]) -> bool:
        if self._excludes.file is not None and self._excludes.file(path):
            return False
        return not _ignored(ignores, path, False)

    def _look_into(self, folder: str, *, may_be_gone: bool = False) -> _Content:
        sources, irregular, folders = [], [], []
        has_ignores = is_marked = False
        for entry in self._entries(folder, may_be_gone=may_be_gone):
            name = entry.name
            try:
                if name.endswith(SUFFIXES) and entry.is_file(follow_symlinks=False):
                    sources.append(name)
                elif entry.is_dir(follow_symlinks=False):
                    folders.append(name)
                elif name == ".gitignore":
                    has_ignores = True
                elif name in _MARKERS:
                    is_marked = True
                elif name.endswith(SUFFIXES) and not entry.is_symlink():
                    irregular.append(name)
            except OSError as error:  # a file system that does not tell kinds, and then not this one's
                self.problems.add(Unexamined(f"{folder}/{name}" if folder else name, _reason(error)))
        return _Content(sources, irregular, folders, has_ignores, is_marked)

    def _entries(self, folder: str, *, may_be_gone: bool = False) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self._prefix + folder) as entries:
                return list(entries)
        except (FileNotFoundError, NotADirectoryError) as error:
            if not may_be_gone:
                self.problems.add(Unexamined(folder or ".", _reason(error)))
        except OSError as error:
            self.problems.add(Unexamined(folder or ".", _reason(error)))
        return []

    def _leave_out(self, folder: str) -> None:
        name = folder.rpartition("/")[2]
        if name not in _SILENT and not name.startswith("."):
            self.excluded.add(folder)

    def _ignores_above(self, folder: str) -> Iterator[Ignores]:
        """The rules of the .gitignore files between the root and a folder, the root's first."""
        parts = folder.split("/")
        for depth in range(len(parts)):
            above = "/".join(parts[:depth])
            if os.path.lexists(f"{self._prefix}{above}/.gitignore") and (rules := self._ignores(above)):
                yield rules

    def _ignores(self, folder: str) -> Ignores | None:
        from registry_lint.source import corpus, gitignore  # here: most folders have no such file

        path = f"{folder}/.gitignore" if folder else ".gitignore"
        try:
            text = corpus.read_regular(self._prefix + path).decode("utf-8", "surrogateescape")
        except OSError as error:
            self.problems.add(Unexamined(path, _reason(error)))
            return None
        return gitignore.parse(text, folder)


def _ignored(ignores: Sequence[Ignores], path: str, is_folder: bool) -> bool:
    """Whether .gitignore files ignore a path; the deepest file that says anything of it decides."""
    for rules in reversed(ignores):
        if (verdict := rules.verdict(path, is_folder)) is not None:
            return verdict
    return False


def _below_git(root: Path) -> bool:
    """Whether a `.git` stands in the folder or above it: starting git to hear "no" costs 3 ms."""
    return any(os.path.lexists(os.path.join(folder, ".git")) for folder in _upwards(str(root)))  # noqa: PTH118


def _upwards(folder: str) -> Iterable[str]:
    while True:
        yield folder
        above = os.path.dirname(folder)  # noqa: PTH120
        if above == folder:
            return
        folder = above


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
