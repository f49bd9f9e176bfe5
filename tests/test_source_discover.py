"""Discovery: what git tracks or would track, else what the ignore rules leave; no link is followed."""

from __future__ import annotations

import os
import random
import re
import shutil
import stat
import subprocess
import time
import unicodedata
from typing import TYPE_CHECKING

import msgspec
import pytest

from registry_lint.config.settings import Settings
from registry_lint.errors import UserError
from registry_lint.source import gitignore
from registry_lint.source.discover import Discovery, discover
from registry_lint.source.excludes import left_out, packages_among, packages_on_disk

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SETTINGS = Settings.default()

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
posix = pytest.mark.skipif(os.name == "nt", reason="needs a POSIX file system")


def make(root: Path, *paths: str, **texts: str) -> None:
    """Make empty files, and files with texts."""
    for path in paths:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(texts.get(path, ""))


def run_git(root: Path, *arguments: str) -> None:
    """Git as a user calls it."""
    environment = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"]}
    named = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "protocol.file.allow=always")
    subprocess.run(["git", *named, *arguments], cwd=root, env=environment, check=True, capture_output=True)


def both_ways(root: Path, settings: Settings = SETTINGS) -> Discovery:
    """Discover by walking, then through git; both must find the same. The answer is git's."""
    walked = discover(root, settings)
    assert walked.method == "walk"
    run_git(root, "init", "-q")
    asked = discover(root, settings)
    assert asked.method == "git"
    assert asked.paths == walked.paths
    assert asked.excluded_folders == walked.excluded_folders
    return asked


@needs_git
def test_walking_and_git_find_the_same(tmp_path: Path) -> None:
    """Stubs and namespace packages are found; other files, ignored files and default excludes are not."""
    make(tmp_path, "a.py", "pkg/b.pyi", "pkg/deep/c.py", "notes.txt", "gen/x.py", "pkg/gen/y.py", "pkg/old_b.py")
    make(tmp_path, "backup/a.py", "pkg/backups/a.py", "build/lib/a.py", "node_modules/x/a.py", "__pycache__/a.py")
    make(tmp_path, ".venv/lib/a.py", "env/pyvenv.cfg", "env/lib/a.py", "cache/CACHEDIR.TAG", "cache/a.py")
    (tmp_path / ".gitignore").write_text("/gen/\nold_*\n")
    found = both_ways(tmp_path)
    assert found.paths == ("a.py", "pkg/b.pyi", "pkg/deep/c.py", "pkg/gen/y.py")
    assert found.excluded_folders == ("backup", "build", "cache", "env", "pkg/backups")
    assert found.problems == ()
    assert found.reported == found.paths


@needs_git
@pytest.mark.parametrize("taken_back", [False, True])
def test_a_package_that_makes_backups_is_no_copy(tmp_path: Path, taken_back: bool) -> None:
    """By its own `__init__.py`, not by one further down; whoever writes the pattern means every such folder."""
    make(tmp_path, "app/backup/__init__.py", "app/backup/deep/a.py", "app/backup/backups/a.py", "app/backup/build/a.py")
    make(tmp_path, "backups/app/backup/__init__.py", "tests/backups/__init__.py", "stub/backup/__init__.pyi", "run.py")
    packages = ("app/backup/__init__.py", "app/backup/deep/a.py", "run.py", "tests/backups/__init__.py")
    copies = ("app/backup/backups", "app/backup/build", "backups", "stub/backup")
    extended = ("gen/", "!made/") if taken_back else ()
    settings = msgspec.structs.replace(SETTINGS, extend_exclude=extended)
    found = both_ways(tmp_path, settings)
    assert (found.paths, found.excluded_folders) == (packages, copies)
    run_git(tmp_path, "add", ".")
    everything = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.py*")]
    for is_package in (packages_on_disk(tmp_path), packages_among(everything)):
        is_left_out = left_out(settings, is_package)
        assert tuple(sorted(path for path in everything if not is_left_out(path))) == packages
    assert reported(tmp_path, ["app/backup"]) == packages[:2]
    assert reported(tmp_path, ["stub/backup"]) == ("stub/backup/__init__.pyi",)
    for own in (
        msgspec.structs.replace(SETTINGS, exclude=("backup/", "backups/", "build/")),
        msgspec.structs.replace(settings, extend_exclude=(*extended, "backup/", "backups/")),
    ):
        assert discover(tmp_path, own).paths == ("run.py",)


@needs_git
@posix
def test_a_link_makes_no_package(tmp_path: Path) -> None:
    """Nothing is read through one, so nothing is known of what it leads to."""
    make(tmp_path, "a.py", "backup/b.py")
    (tmp_path / "backup/__init__.py").symlink_to("b.py")
    assert both_ways(tmp_path).paths == ("a.py",)


IGNORES = {
    "a name at any depth": ("x.py", ["x.py", "a/x.py"], ["ax.py"]),
    "a folder": ("x/", ["x/a.py", "a/x/b.py"], ["y.py"]),
    "from the folder of the file": ("/x.py", ["x.py"], ["a/x.py"]),
    "a slash inside": ("a/x.py", ["a/x.py"], ["b/a/x.py"]),
    "taken back": ("*.py\n!keep.py", ["a.py"], ["keep.py", "a/keep.py"]),
    "the last rule decides": ("!keep.py\n*.py", ["keep.py"], []),
    "nothing is taken back below an ignored folder": ("a/\n!a/keep.py", ["a/keep.py"], ["b.py"]),
    "folders named, file kept": ("/*\n!/a/", ["x.py", "b/x.py"], ["a/x.py"]),
    "two stars": ("a/**/x.py", ["a/x.py", "a/b/c/x.py"], ["x.py", "b/x.py"]),
    "two stars at the end": ("a/**", ["a/x.py", "a/b/x.py"], ["b/x.py"]),
    "two stars in front": ("**/x.py", ["x.py", "a/x.py"], ["y.py"]),
    "a star stays in its component": ("a/*.py", ["a/x.py"], ["a/b/x.py"]),
    "suffix of a folder": ("*.egg", ["x.egg/a.py"], ["egg/a.py"]),
    "suffix and a folder's name": ("*.d/", ["x.d/a.py"], ["x.py"]),
    "character class": ("[ab].py", ["a.py", "x/b.py"], ["c.py"]),
    "question mark": ("a?.py", ["ab.py"], ["a.py", "abc.py"]),
    "comment and blank lines": ("# x.py\n\n   \ny.py", ["y.py"], ["x.py"]),
    "escaped hash": ("\\#x.py", ["#x.py"], ["x.py"]),
    "escaped exclamation mark": ("\\!x.py", ["!x.py"], ["x.py"]),
    "trailing blanks": ("x.py   ", ["x.py"], ["y.py"]),
    "escaped trailing blank": ("x\\ /", ["x /a.py"], ["x/a.py"]),
    "carriage returns": ("x.py\r\ny.py\r\n", ["x.py", "y.py"], ["z.py"]),
    "an impossible rule is passed over": ("x[.py\n//\n!\ny.py", ["y.py"], ["z.py"]),
    "stars in a row": ("a**b.py", ["ab.py", "axxb.py"], ["a/b.py"]),
    "several stars": ("a*b*c*.py", ["abc.py", "aXbXbcX.py", "d/aabbcc.py"], ["acb.py", "abc.pyi"]),
    "a star between two others": ("x/*a*b", ["x/ab/f.py", "x/acbab/f.py"], ["x/abc/f.py"]),
    "characters that are not meant": ("[!a-c]x.py", ["dx.py", "-x.py"], ["ax.py", "cx.py"]),
    "a bracket and a hyphen in a class": ("[]-]x.py", ["]x.py", "-x.py"], ["ax.py"]),
    "a named class": ("[[:digit:]_]*.py", ["1.py", "_x.py"], ["x1.py"]),
    "a name that no class has": ("[[:odd:]].py\ny.py", ["y.py"], ["o.py", ":.py"]),
    "escaped star": ("\\*.py", ["*.py"], ["a.py"]),
    "two stars twice": ("**/a/**/b.py", ["a/b.py", "x/a/y/z/b.py"], ["b.py", "x/b.py"]),
    "an escape at the end": ("x.py\\\ny.py", ["y.py"], ["x.py"]),
    "one name by several rules": ("x.py\n!x.py\nx/", ["x/a.py"], ["a/x.py"]),
}


@needs_git
@pytest.mark.parametrize(("rules", "ignored", "kept"), IGNORES.values(), ids=IGNORES)
def test_ignore_rules_mean_what_they_mean_to_git(
    tmp_path: Path, rules: str, ignored: list[str], kept: list[str]
) -> None:
    """Each rule, through our own reading and through git's."""
    make(tmp_path, *ignored, *kept, "always.pyi")
    (tmp_path / ".gitignore").write_bytes(f"{rules}\n!/always.pyi\n".encode())
    assert set(both_ways(tmp_path).paths) == {*kept, "always.pyi"}


@needs_git
def test_invented_rules_mean_what_they_mean_to_git(tmp_path: Path) -> None:
    """Rules of a few signs, each asked of many paths."""
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    chance = random.Random(56)
    pieces = ("a", "b", "a", "*", "?", "/", "/", "**", "[ab]", "[!a]", "**/", "/**", "\\a", ".")
    paths = {"/".join(chance.choice(("a", "b", "ab", "ba", "aab", "abab", "a.b")) for _ in range(length)) for length in
             (1, 1, 2, 2, 2, 3, 3, 3, 4, 4) for _ in range(4)}  # fmt: skip
    for _ in range(80):
        rule = "".join(chance.choice(pieces) for _ in range(chance.randint(1, 5)))
        if re.search(r"[^/]\*\*+/", rule):
            continue  # stars in a row that are no component: git compares what is behind the last plain letter only
        (tmp_path / "rules").write_text(f"{rule}\n")
        said = subprocess.run(
            ["git", "-c", "core.excludesFile=rules", "check-ignore", "--no-index", "-z", "--stdin"],
            cwd=tmp_path, input="\0".join(sorted(paths)), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert said.returncode in (0, 1), said.stderr
        rules = gitignore.parse(rule, "")
        ours = set()
        for path in paths:
            parts = path.split("/")
            steps = ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
            if any(rules.verdict(step, step != path) for step in steps):
                ours.add(path)
        assert ours == set(said.stdout.split("\0")) - {""}, rule


@pytest.mark.parametrize("rule", ["x/" + "a*" * 100 + "b", "a*" * 100 + "b", "**/a/" * 60 + "b", "?*" * 100 + "b"])
def test_no_ignore_rule_hangs(rule: str) -> None:
    """The file belongs to the project that is analysed."""
    rules = gitignore.parse(rule, "")
    begun = time.process_time()
    assert rules.verdict("x/" + "a" * 250, False) is None
    assert rules.verdict("a/" * 2_000 + "a", False) is None
    assert time.process_time() - begun < 2


@needs_git
def test_deeper_ignore_files_decide(tmp_path: Path) -> None:
    """A rule is relative to its file's folder and wins over those above."""
    make(tmp_path, "a/x.py", "a/b/x.py", "a/b/y.py", "z.py")
    (tmp_path / ".gitignore").write_text("x.py\n")
    (tmp_path / "a/b/.gitignore").write_text("!x.py\n/y.py\n")
    assert both_ways(tmp_path).paths == ("a/b/x.py", "z.py")


def test_many_rules_stay_quick_to_ask() -> None:
    """Simple rules are looked up; expressions are only tried where their union matches."""
    rules = gitignore.parse("\n".join(f"name{i}\n*.s{i}\nf{i}*/x" for i in range(300)), "")
    assert rules.verdict("name7", False) is True
    assert rules.verdict("a/b.s7", True) is True
    assert rules.verdict("f12b/x", True) is True
    assert rules.verdict("a/b.py", False) is None


@needs_git
def test_git_decides_what_belongs_to_the_project(tmp_path: Path) -> None:
    """Tracked although ignored: in. Staged and gone: out. Untracked: in. Other repositories inside: out, and said."""
    make(tmp_path, "tracked.py", "gone.py", "untracked.py", "nested/x.py", "module/y.py")
    (tmp_path / ".gitignore").write_text("tracked.py\n")
    run_git(tmp_path, "init", "-q")
    run_git(tmp_path, "add", "-f", "tracked.py", "gone.py")
    (tmp_path / "gone.py").unlink()
    run_git(tmp_path / "nested", "init", "-q")
    run_git(tmp_path / "nested", "commit", "-qm", "x", "--allow-empty")
    found = discover(tmp_path, SETTINGS)
    assert found.method == "git"
    assert found.paths == ("module/y.py", "tracked.py", "untracked.py")
    assert found.excluded_folders == ("nested",)


def makes_no_difference(folder: Path) -> bool:
    """Whether the file system of a folder takes `a` and `A` for one name."""
    (folder / "case").touch()
    return (folder / "CASE").exists()


@needs_git
def test_names_of_another_case_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a file system makes no difference between them, git lists a name that the folder has otherwise."""
    if makes_no_difference(tmp_path):
        pytest.skip("the next test but one is for such a file system")
    make(tmp_path, "Tools.py", "caf\u00e9.py", "gone.py", "same.py", "Same.py")
    run_git(tmp_path, "init", "-q")
    run_git(tmp_path, "add", ".")
    (tmp_path / "gone.py").unlink()
    (tmp_path / "Tools.py").rename(tmp_path / "tools.py")
    (tmp_path / "caf\u00e9.py").rename(tmp_path / "cafe\u0301.py")
    (tmp_path / ".gitignore").write_text("tools.py\ncafe\u0301.py\n")  # else they are listed as new files
    assert discover(tmp_path, SETTINGS).paths == ("Same.py", "same.py")
    known = ("Tools.py", "caf\u00e9.py")
    exists = os.path.lexists
    monkeypatch.setattr(os.path, "lexists", lambda path: str(path).endswith(known) or exists(path))
    assert discover(tmp_path, SETTINGS).paths == ("Same.py", "cafe\u0301.py", "same.py", "tools.py")


def test_given_names_of_another_case_are_the_files_that_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`Src/A.py` for `src/a.py`, where a file system makes no difference; where both are there, each is itself."""
    if makes_no_difference(tmp_path):
        pytest.skip("the next test is for such a file system")
    make(tmp_path, "src/a.py", "src/caf\u00e9.py", "src/b.py", "src/B.py", "src/vendor/c.py")
    exists, is_folder = os.path.exists, os.path.isdir

    def there(path: Path | str) -> str:
        """Where such a file system finds it."""
        relative = unicodedata.normalize("NFC", os.path.relpath(path, tmp_path))
        return str(path) if exists(path) else str(tmp_path / relative.lower())

    monkeypatch.setattr(os.path, "exists", lambda path: exists(there(path)))
    monkeypatch.setattr(os.path, "isdir", lambda path: is_folder(there(path)))
    for name, reported in {
        "src/A.py": ["src/a.py"], "SRC/a.py": ["src/a.py"], "Src/cafe\u0301.py": ["src/caf\u00e9.py"],
        "src/b.py": ["src/b.py"], "SRC/B.py": ["src/B.py"], "SRC/Vendor/C.py": ["src/vendor/c.py"],
        "SRC": ["src/B.py", "src/a.py", "src/b.py", "src/caf\u00e9.py"],
    }.items():  # fmt: skip
        found = discover(tmp_path, SETTINGS, [tmp_path / name])
        assert list(found.reported) == reported, name
        assert set(found.paths) <= {"src/B.py", "src/a.py", "src/b.py", "src/caf\u00e9.py", "src/vendor/c.py"}


@needs_git
def test_on_a_file_system_that_makes_no_difference(tmp_path: Path) -> None:
    """A real one: of the machine, or a mounted one with `--basetemp=FOLDER/tests`."""
    if not makes_no_difference(tmp_path):
        pytest.skip("names of another case are other files here")
    make(tmp_path, "Src/Tools.py", "Src/vendor/c.py")
    for method in ("walk", "git"):
        if method == "git":
            run_git(tmp_path, "init", "-q")
            run_git(tmp_path, "add", ".")
            (tmp_path / "Src" / "Tools.py").rename(tmp_path / "Src" / "tools.py")
        name = "Src/tools.py" if method == "git" else "Src/Tools.py"
        for given in ((), ("SRC",), ("src/TOOLS.py", "Src/tools.py"), ("src/Vendor/C.py",)):
            found = discover(tmp_path, SETTINGS, [tmp_path / path for path in given])
            reported = ("Src/vendor/c.py",) if "src/Vendor/C.py" in given else (name,)
            assert (found.reported, found.method) == (reported, method), given
            assert found.paths == tuple(sorted({name, *reported}))


@needs_git
def test_a_submodule_is_another_repository(tmp_path: Path) -> None:
    """Its files are not taken, and that is said; walking takes them, as nothing tells it of submodules."""
    make(tmp_path, "library/lib.py", "project/a.py")
    run_git(tmp_path / "library", "init", "-q")
    run_git(tmp_path / "library", "add", ".")
    run_git(tmp_path / "library", "commit", "-qm", "x")
    run_git(tmp_path / "project", "init", "-q")
    run_git(tmp_path / "project", "submodule", "add", "-q", str(tmp_path / "library"), "deps/lib")
    found = discover(tmp_path / "project", SETTINGS)
    assert (found.paths, found.excluded_folders, found.method) == (("a.py",), ("deps/lib",), "git")


@needs_git
def test_a_folder_of_a_checkout_is_a_project_too(tmp_path: Path) -> None:
    """Paths are relative to the root asked for; where git ignores all of it, it is walked."""
    make(tmp_path, "a.py", "sub/b.py", "out/c.py")
    (tmp_path / ".gitignore").write_text("/out/\n")
    run_git(tmp_path, "init", "-q")
    assert discover(tmp_path / "sub", SETTINGS).paths == ("b.py",)
    ignored = discover(tmp_path / "out", SETTINGS)
    assert (ignored.paths, ignored.method) == (("c.py",), "walk")


@needs_git
def test_a_hook_of_git_sees_the_work_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside a hook git's variables name another index and another repository: they are not obeyed."""
    make(tmp_path, "project/a.py", "other/b.py")
    run_git(tmp_path / "project", "init", "-q")
    run_git(tmp_path / "other", "init", "-q")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other/.git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "other"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "nowhere"))
    found = discover(tmp_path / "project", SETTINGS)
    assert (found.paths, found.method) == (("a.py",), "git")


@needs_git
@posix
def test_no_program_of_the_repository_runs(tmp_path: Path) -> None:
    """Monitors, hooks, filters, pagers, helpers and aliases of a hostile repository leave no mark."""
    from registry_lint.source.corpus import GitCorpus

    project = tmp_path / "project"
    make(project, "a.py", "sub/b.py")
    run_git(project, "init", "-q")
    (project / ".gitattributes").write_text("*.py filter=evil diff=evil merge=evil\n")
    run_git(project, "add", ".")
    run_git(project, "commit", "-qm", "x")
    mark = tmp_path / "mark"
    evil = tmp_path / "evil.sh"
    evil.write_text(f"#!/bin/sh\necho run >> '{mark}'\n")
    evil.chmod(0o755)
    for hook in ("post-index-change", "fsmonitor-watchman", "reference-transaction", "post-checkout", "pre-auto-gc"):
        shutil.copy(evil, project / ".git/hooks" / hook)
    for key in (
        "core.fsmonitor",
        "core.pager",
        "core.editor",
        "core.sshCommand",
        "core.gitProxy",
        "core.askPass",
        "credential.helper",
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "diff.external",
        "diff.evil.textconv",
        "diff.evil.command",
        "gpg.program",
        "pager.ls-files",
        "pager.cat-file",
        "uploadpack.packObjectsHook",
        "remote.origin.uploadpack",
        "trace2.normalTarget",
    ):
        run_git(project, "config", key, str(evil))
    run_git(project, "config", "alias.ls-files", f"!{evil}")
    run_git(project, "config", "remote.origin.url", f"ext::{evil}")
    run_git(project, "config", "remote.origin.promisor", "true")
    run_git(project, "config", "extensions.partialClone", "origin")
    mark.unlink(missing_ok=True)
    (project / "a.py").write_text("changed = True\n")
    assert discover(project, SETTINGS).paths == ("a.py", "sub/b.py")
    with GitCorpus(project, "HEAD") as revision:
        assert revision.read("sub/b.py") == b""
    assert not mark.exists()


@needs_git
def test_git_that_fails_leaves_walking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged repository, a git that is none, and no git at all."""
    make(tmp_path, "a.py")
    (tmp_path / ".git").write_text("gitdir: /nowhere\n")
    assert discover(tmp_path, SETTINGS)[1:] == (("a.py",), ("a.py",), (), (), "walk")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert discover(tmp_path, SETTINGS).paths == ("a.py",)


@posix
@pytest.mark.parametrize("with_git", [False, pytest.param(True, marks=needs_git)])
def test_links_are_not_followed(tmp_path: Path, with_git: bool) -> None:
    """Not out of the project, not in circles, not where a tracked folder has become a link."""
    make(tmp_path, "outside/secret.py", "project/a.py", "project/sub/b.py", "project/was/c.py")
    project = tmp_path / "project"
    if with_git:
        run_git(project, "init", "-q")
        run_git(project, "add", ".")
    shutil.rmtree(project / "was")
    (project / "was").symlink_to(tmp_path / "outside", target_is_directory=True)
    (tmp_path / "outside/c.py").touch()
    (project / "link.py").symlink_to(tmp_path / "outside/secret.py")
    (project / "sub/up").symlink_to(project, target_is_directory=True)
    (project / "sub/self").symlink_to("self")
    (project / "dangling.py").symlink_to("nowhere.py")
    found = discover(project, SETTINGS)
    assert found.paths == ("a.py", "sub/b.py")
    assert found.problems == ()


@posix
def test_what_is_no_file_is_a_problem_to_tell(tmp_path: Path) -> None:
    """FIFOs and folders that cannot be read are said; a folder called like a source is a folder."""
    make(tmp_path, "a.py", "folder.py/b.py", "closed/c.py")
    os.mkfifo(tmp_path / "fifo.py")
    (tmp_path / "closed").chmod(0)
    try:
        found = discover(tmp_path, SETTINGS)
    finally:
        (tmp_path / "closed").chmod(0o755)
    assert set(found.paths) - {"closed/c.py"} == {"a.py", "folder.py/b.py"}
    assert ("fifo.py", "not a regular file") in found.problems
    if os.geteuid() != 0:  # root reads everything
        assert ("closed", "permission denied") in found.problems


@posix
def test_odd_names(tmp_path: Path) -> None:
    """New lines, blanks, bytes that are no UTF-8, very long names; also through git."""
    names = ["new\nline.py", " blank .py", "tab\t.py", "-rf.py", "x" * 250 + ".py", "üñí.py", "q'\"`$.py"]
    make(tmp_path, *names)
    try:
        with open(os.fsencode(tmp_path) + b"/\xff\xfe.py", "wb"):  # noqa: PTH123
            names.append(os.fsdecode(b"\xff\xfe.py"))
    except OSError:
        pass
    assert both_ways(tmp_path).paths == tuple(sorted(names))


def reported(root: Path, paths: Iterable[str], **how: bool) -> tuple[str, ...]:
    """What findings are wanted for, when these paths are given."""
    return discover(root, SETTINGS, [root / path for path in paths], **how).reported


def test_paths_limit_what_is_reported(tmp_path: Path) -> None:
    """Files and folders, overlapping or excluded; the analysis sees the whole project all the same."""
    make(tmp_path, "a.py", "p/b.py", "p/q/c.py", "pq/d.py", "backup/e.py", "backup/build/f.py", "script")
    everything = ("a.py", "p/b.py", "p/q/c.py", "pq/d.py")
    assert discover(tmp_path, SETTINGS, [tmp_path / "a.py"]).paths == everything
    assert reported(tmp_path, ["p", "p/b.py"]) == ("p/b.py", "p/q/c.py")
    assert reported(tmp_path, ["."]) == everything
    assert reported(tmp_path, ["script"]) == ("script",)  # given outright, whatever its name
    assert reported(tmp_path, ["backup/e.py"]) == ("backup/e.py",)
    assert reported(tmp_path, ["backup"]) == ("backup/e.py",)  # what it holds is excluded still
    assert reported(tmp_path, ["backup", "backup/e.py", "a.py"], force_exclude=True) == ("a.py",)


def test_paths_that_cannot_be_are_told_together(tmp_path: Path) -> None:
    """Missing paths and paths outside of the project, in one error."""
    make(tmp_path, "project/a.py", "other.py")
    with pytest.raises(UserError) as caught:
        reported(tmp_path / "project", ["a.py", "gone.py", "../other.py", "nowhere/"])
    assert [mistake.message.split(":")[0].split(" ")[0] for mistake in caught.value.mistakes] == ["no", "outside", "no"]


@posix
def test_a_given_link_means_its_target(tmp_path: Path) -> None:
    """A link to a file of the project is that file; one out of it is refused; so is a root that is a link fine."""
    make(tmp_path, "project/a.py", "secret.py")
    (tmp_path / "project/inside.py").symlink_to("a.py")
    (tmp_path / "project/outside.py").symlink_to("../secret.py")
    (tmp_path / "entry").symlink_to("project", target_is_directory=True)
    assert reported(tmp_path / "entry", ["inside.py"]) == ("a.py",)
    with pytest.raises(UserError):
        reported(tmp_path / "entry", ["outside.py"])


def test_excludes_of_the_settings(tmp_path: Path) -> None:
    """They replace or extend the default; patterns with slashes and exceptions mean what `Settings` says."""
    make(tmp_path, "a.py", "build/b.py", "gen/c.py", "src/gen/d.py", "src/x_pb2.py", "src/gen/keep.py")
    for settings in (
        msgspec.structs.replace(SETTINGS, exclude=()),
        msgspec.structs.replace(SETTINGS, extend_exclude=("gen/", "*_pb2.py")),
        msgspec.structs.replace(SETTINGS, extend_exclude=("src/gen/", "/a.py")),
        msgspec.structs.replace(SETTINGS, exclude=("src/gen/*.py", "!keep.py")),
    ):
        everything = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.py")]
        assert discover(tmp_path, settings).paths == tuple(
            sorted(path for path in everything if not settings.is_excluded(path))
        )


def test_nothing_is_written_or_changed(tmp_path: Path) -> None:
    """Discovery leaves times, modes and the list of files as they were."""
    make(tmp_path, "a.py", "p/b.py", ".gitignore")
    before = {path: path.lstat() for path in tmp_path.rglob("*")}
    discover(tmp_path, SETTINGS)
    after = {path: path.lstat() for path in tmp_path.rglob("*")}
    for path, status in before.items():
        assert (status.st_mtime_ns, stat.S_IMODE(status.st_mode)) == (
            after[path].st_mtime_ns,
            stat.S_IMODE(after[path].st_mode),
        )
    assert before.keys() == after.keys()
