"""Git, asked so that none of a repository's own programs run: no hooks, monitors, filters, pagers, fetches.

The repository is as untrusted as its sources. Its configuration can name programs; each way to one that the commands
used here have is closed on the command line, which outranks every configuration file.
"""

from __future__ import annotations

import errno
import os
import re
import subprocess
from typing import TYPE_CHECKING

from registry_lint.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

_SAFE = (
    "git",
    "--no-pager",
    "--no-replace-objects",
    "--literal-pathspecs",
    "-c", "core.fsmonitor=false",
    "-c", f"core.hooksPath={os.devnull}",
    "-c", "core.untrackedCache=false",
    "-c", "core.sshCommand=false",
    "-c", "core.quotePath=false",
    "-c", "credential.helper=",
    "-c", "protocol.allow=never",
    "-c", "safe.bareRepository=explicit",
    "-c", "submodule.recurse=false",
)  # fmt: skip

_IDENTITY = re.compile(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?")

# Seconds after which git is given up: a repository on a dead network mount must not hang a commit.
_PATIENCE = 60


def _environment() -> dict[str, str]:
    """Ours without git's variables: inside a hook they name another index or work tree, or a program."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_PAGER": "cat",
        "LC_ALL": "C",
    }


def _ask(folder: Path, *arguments: str) -> bytes | None:
    """What git prints, or None where there is no git, no repository, or it fails or hangs."""
    try:
        done = subprocess.run(
            [*_SAFE, *arguments],
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None


def listed(folder: Path) -> list[str] | None:
    """Files below `folder` that git tracks or would track, relative to it; None where git does not answer.

    A name may stand there twice (a conflict) or be gone from the disk; one that ends in `/` is another repository.
    """
    answer = _ask(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return None if answer is None else os.fsdecode(answer).split("\0")[:-1]


def commit(folder: Path, revision: str) -> str:
    """The commit that a revision names. Raises UserError."""
    answer = _ask(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}")
    if answer is None:
        raise UserError(f"git knows no revision {revision!r} in {folder}")
    return _identity(answer, folder)


def merge_base(folder: Path, revision: str, other: str = "HEAD") -> str:
    """The best common ancestor of two revisions; `revision` itself where they have none. Raises UserError."""
    first, second = commit(folder, revision), commit(folder, other)
    answer = _ask(folder, "merge-base", first, second)
    return _identity(answer.split(b"\n")[0], folder) if answer else first


def _identity(answer: bytes, folder: Path) -> str:
    """The name of an object. Raises UserError where it is none: a broken git, or another program of that name."""
    name = answer.strip()
    if not _IDENTITY.fullmatch(name):
        raise UserError(f"`git` does not answer as git does in {folder}: {name[:40]!r} names no commit")
    return name.decode("ascii")


def tree(folder: Path, commit_identity: str) -> dict[str, str]:
    """Python files of a commit below `folder`: path relative to it → object name. Links are left out."""
    answer = _ask(folder, "ls-tree", "-r", "-z", commit_identity)
    if answer is None:
        raise UserError(f"git cannot list {commit_identity} in {folder}")
    found = {}
    *entries, rest = os.fsdecode(answer).split("\0")
    for entry in [*entries, rest] if rest else entries:
        meta, _, path = entry.partition("\t")
        mode, kind, identity = (*meta.split(" "), "", "", "")[:3]
        if not _IDENTITY.fullmatch(os.fsencode(identity)):
            raise UserError(f"`git` does not answer as git does in {folder}: {meta[:40]!r} is no entry of a tree")
        if kind == "blob" and mode != "120000" and path.endswith((".py", ".pyi")):
            found[path] = identity
    return found


def start_reader(folder: Path) -> subprocess.Popen[bytes]:
    """A process that answers `read_object`. Raises OSError."""
    return subprocess.Popen(
        [*_SAFE, "cat-file", "--batch"],
        cwd=folder,
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def read_object(reader: subprocess.Popen[bytes], identity: str, path: str) -> bytes:
    """One object by name, through a process of `start_reader`. Raises OSError, with `path` in it."""
    assert reader.stdin is not None
    assert reader.stdout is not None
    reader.stdin.write(identity.encode("ascii") + b"\n")
    reader.stdin.flush()
    header = reader.stdout.readline().split()
    if len(header) != 3 or header[1] != b"blob" or not header[2].isdigit():
        raise OSError(errno.EIO, "git cannot read the object", path)
    size = int(header[2])
    content = reader.stdout.read(size + 1)
    if len(content) != size + 1:
        raise OSError(errno.EIO, "git ended in the middle of the object", path)
    return content[:-1]
