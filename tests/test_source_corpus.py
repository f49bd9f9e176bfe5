"""Corpora: memory, disk and git give the same bytes; nothing but regular files is opened."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from registry_lint.errors import UserError
from registry_lint.source import corpus as corpora
from registry_lint.source import git
from registry_lint.source.corpus import DiskCorpus, GitCorpus, MemoryCorpus

if TYPE_CHECKING:
    from collections.abc import Mapping

SOURCES = {
    "b.py": "x = 1\n",
    "a/__init__.py": "",
    "a/é ü.py": "# ü\n",
    "a/new\nline.py": "pass",
    "big.py": "#" * 300_000,
}

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def write(root: Path, sources: Mapping[str, str | bytes]) -> None:
    """Write files below a folder."""
    for path, source in sources.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.encode() if isinstance(source, str) else source)


def run_git(root: Path, *arguments: str) -> str:
    """Git as a user calls it."""
    environment = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"]}
    named = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *named, *arguments], cwd=root, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@needs_git
def test_three_corpora_hold_the_same(tmp_path: Path) -> None:
    """Paths and bytes are equal, odd names included."""
    write(tmp_path, SOURCES)
    run_git(tmp_path, "init", "-q")
    run_git(tmp_path, "add", ".")
    run_git(tmp_path, "commit", "-qm", "x")
    memory, disk = MemoryCorpus(SOURCES), DiskCorpus(tmp_path, SOURCES)
    with GitCorpus(tmp_path, "HEAD") as revision:
        assert memory.paths == disk.paths == revision.paths == tuple(sorted(SOURCES))
        for path, source in SOURCES.items():
            assert memory.read(path) == disk.read(path) == revision.read(path) == source.encode()


@needs_git
def test_a_revision_is_read_as_it_was(tmp_path: Path) -> None:
    """Changed, deleted, unstaged and ignored files of the work tree do not show, from a folder inside either."""
    write(tmp_path, {"sub/a.py": "old", "sub/gone.py": "gone", "other.py": "", "sub/notes.txt": ""})
    (tmp_path / "sub/link.py").symlink_to("a.py")
    run_git(tmp_path, "init", "-q")
    run_git(tmp_path, "add", ".")
    run_git(tmp_path, "commit", "-qm", "x")
    write(tmp_path, {"sub/a.py": "new", "sub/more.py": ""})
    (tmp_path / "sub/gone.py").unlink()
    before = {path: path.stat() for path in tmp_path.rglob("*") if ".git" not in path.parts}
    with GitCorpus(tmp_path / "sub", "HEAD") as revision:
        assert revision.paths == ("a.py", "gone.py")
        assert [revision.read(path) for path in revision.paths] == [b"old", b"gone"]
        with pytest.raises(FileNotFoundError):
            revision.read("more.py")
    assert before == {path: path.stat() for path in tmp_path.rglob("*") if ".git" not in path.parts}


@needs_git
def test_a_revision_that_is_none_is_the_users_to_mend(tmp_path: Path) -> None:
    """An unknown revision, an option in its place, and no repository at all."""
    with pytest.raises(UserError):
        GitCorpus(tmp_path, "HEAD")
    write(tmp_path, {"a.py": ""})
    run_git(tmp_path, "init", "-q")
    run_git(tmp_path, "add", ".")
    run_git(tmp_path, "commit", "-qm", "x")
    for revision in ("nowhere", "--all", "--output=stolen", ""):
        with pytest.raises(UserError):
            GitCorpus(tmp_path, revision)
    assert not (tmp_path / "stolen").exists()


@needs_git
def test_the_merge_base_is_where_two_branches_parted(tmp_path: Path) -> None:
    """The common ancestor, not the tip of the other branch."""
    run_git(tmp_path, "init", "-q", "-b", "main")
    run_git(tmp_path, "commit", "-qm", "base", "--allow-empty")
    base = run_git(tmp_path, "rev-parse", "HEAD")
    run_git(tmp_path, "checkout", "-qb", "side")
    run_git(tmp_path, "commit", "-qm", "side", "--allow-empty")
    run_git(tmp_path, "checkout", "-q", "main")
    run_git(tmp_path, "commit", "-qm", "main", "--allow-empty")
    assert git.merge_base(tmp_path, "side") == base


@pytest.mark.skipif(os.name == "nt", reason="needs FIFOs")
def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    """A FIFO without a writer must not hang the run; links are not followed; folders and devices are no sources."""
    (tmp_path / "target.py").write_text("secret")
    (tmp_path / "link.py").symlink_to("target.py")
    os.mkfifo(tmp_path / "fifo.py")
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "null.py").symlink_to(os.devnull)
    disk = DiskCorpus(tmp_path, ["link.py", "fifo.py", "folder.py", "null.py", "gone.py"])
    for path in disk.paths:
        with pytest.raises(OSError):  # noqa: PT011 - which error depends on what stands there
            disk.read(path)


@pytest.mark.skipif(os.name == "nt", reason="needs sockets in the file system")
def test_a_socket_is_refused() -> None:
    """A socket, in a folder with a short name, as its address may have 100 bytes only."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder, socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{folder}/s.py")
        with pytest.raises(OSError):  # noqa: PT011
            DiskCorpus(Path(folder), ["s.py"]).read("s.py")


def test_a_file_beyond_the_bound_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exactly the bound is read, one byte more is not."""
    monkeypatch.setattr(corpora, "LARGEST_SOURCE", 1000)
    write(tmp_path, {"fits.py": b"x" * 1000, "large.py": b"x" * 1001})
    disk = DiskCorpus(tmp_path, ["fits.py", "large.py"])
    assert len(disk.read("fits.py")) == 1000
    with pytest.raises(OSError, match="larger than"):
        disk.read("large.py")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_a_file_that_says_a_wrong_size_is_read_to_its_end() -> None:
    """Files of /proc say that they have no byte; so does one that grows while it is read."""
    assert corpora.read_regular("/proc/self/status").startswith(b"Name:")


def test_names_that_are_no_text_are_read(tmp_path: Path) -> None:
    """A file name of bytes that are no UTF-8 goes through as Python holds it."""
    try:
        with open(os.fsencode(tmp_path) + b"/\xff.py", "wb") as file:  # noqa: PTH123
            file.write(b"odd")
    except OSError:
        pytest.skip("the file system refuses such names")
    assert DiskCorpus(tmp_path, ["\udcff.py"]).read("\udcff.py") == b"odd"
