"""Real file systems: one that may only be read, one that becomes so in the middle of a run, one that is full.

Each command has mounts of its own, which nobody else sees and which end with it. Where that is not permitted (a
container without the right to mount), these tests are skipped; `test_faults` gives the same errors from inside.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests import warm

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="mounts of one process alone")

OUTAGE = Path(__file__).parent / "projects" / "outage"
REFUSED = 99

# What a command's process does first. Mounts need the right to, or a user's namespace in which one has it.
MOUNTS = f"""
import atexit, ctypes, os, shutil, sys
libc = ctypes.CDLL(None, use_errno=True)
BIND, REMOUNT, READ_ONLY, PRIVATE = 4096, 32, 1, (1 << 18) | (1 << 14)

def mount(source, target, kind, flags, options=None):
    encoded = [None if text is None else os.fsencode(text) for text in (source, target, kind)]
    return libc.mount(*encoded, ctypes.c_ulong(flags), None if options is None else options.encode()) == 0

def alone():
    user, group = os.getuid(), os.getgid()
    if libc.unshare(0x00020000) != 0:
        if libc.unshare(0x10020000) != 0:
            return False
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {{user}} 1"), ("gid_map", f"0 {{group}} 1")):
            with open(f"/proc/self/{{name}}", "w") as file:
                file.write(text)
    return mount(None, "/", None, PRIVATE)

def read_only(place):
    return mount(place, place, None, BIND) and mount(None, place, None, BIND | REMOUNT | READ_ONLY)

def refused():
    os._exit({REFUSED})

alone() or refused()
"""


def mounted(what: str) -> str:
    """The first of a command: its mounts, then `what`."""
    return f"{MOUNTS}\n{what}\n"


READ_ONLY = mounted("here = os.getcwd()\nread_only(here) or refused()\nos.chdir(here)")
READ_ONLY_CACHE = mounted("read_only(os.path.abspath('.registry_lint_cache')) or refused()")


def run(project: Path, *arguments: str, before: str = "") -> warm.Done:
    done = warm.run(project, *arguments, before=before)
    if done.code == REFUSED:
        pytest.skip("no mounts of one's own are permitted here")
    assert done.code in (0, 1, 2), done
    assert "Traceback" not in done.err
    return done


def contents(project: Path) -> dict[str, bytes]:
    """Every file, the cache's too."""
    return {str(path.relative_to(project)): path.read_bytes() for path in project.rglob("*") if path.is_file()}


def sources(project: Path) -> dict[str, bytes]:
    return {path: content for path, content in contents(project).items() if path.endswith((".py", ".toml", ".md"))}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    place = tmp_path / "project"
    shutil.copytree(OUTAGE, place, ignore=shutil.ignore_patterns(".registry_lint_cache", "__pycache__"))
    for path in place.rglob("*.py"):
        os.utime(path, (1_700_000_000, 1_700_000_000))  # old enough for the cache to believe it
    return place


def test_the_mount_is_read_only(project: Path) -> None:
    """The tests below rest on it."""
    said = "try:\n    open('x', 'w')\nexcept OSError as error:\n    print(error.strerror)\nsys.exit(0)"
    assert run(project, before=f"{READ_ONLY}{said}").out == b"Read-only file system\n"


@pytest.mark.parametrize("filled", [False, True])
def test_a_tree_that_may_only_be_read(project: Path, tmp_path: Path, filled: bool) -> None:
    """With a cache from before, which is read, and without one."""
    whole = run(project, "check", "--output-format", "json", *[] if filled else ["--no-cache"])
    audit = run(project, "audit", "--no-cache", "--output-format", "json")
    assert (project / ".registry_lint_cache").is_dir() is filled
    before = contents(project)
    for _ in range(2):
        done = run(project, "check", "--output-format", "json", before=READ_ONLY)
        assert (done.code, done.out) == (whole.code, whole.out), done.err
    done = run(project, "check", "--output-format", "json", "--cache-dir", str(tmp_path / "cache"), before=READ_ONLY)
    assert (done.code, done.out) == (whole.code, whole.out), done.err
    assert list((tmp_path / "cache").iterdir())
    assert run(project, "audit", "--output-format", "json", before=READ_ONLY).out == audit.out
    assert run(project, "check", "--diff", "--unsafe-fixes", before=READ_ONLY).out.count(b"\n+++ ") > 2
    for arguments in (
        ("check", "--fix", "--unsafe-fixes"),
        ("check", "-o", "report"),
        ("check", "--output", "sarif=report"),
        ("baseline", "write"),
        ("init",),
    ):
        done = run(project, *arguments, before=READ_ONLY)
        assert done.code == 2, arguments
        assert "ead-only" in done.err or "may not be written" in done.err, (arguments, done)
    done = run(project, "clean", before=READ_ONLY)
    assert done.code == (2 if filled else 0), done
    assert contents(project) == before


def test_a_cache_that_may_only_be_read(project: Path) -> None:
    """It is read, and what changed since is seen; fixes are written beside it."""
    run(project, "check")
    kept = contents(project / ".registry_lint_cache")
    (project / "chat" / "broken.py").write_text("x = (\n")
    done = run(project, "check", "--output-format", "json", before=READ_ONLY_CACHE)
    assert done.out == run(project, "check", "--output-format", "json", "--no-cache").out
    assert b"REG900" in done.out
    assert run(project, "check", "--fix", "--unsafe-fixes", before=READ_ONLY_CACHE).code == 1
    assert contents(project / ".registry_lint_cache") == kept
    assert run(project, "check", "--fix", "--unsafe-fixes", "--no-cache", "--fix-only").code == 0
    assert sources(project)["chat/session.py"] != sources(OUTAGE)["chat/session.py"]


# From the n-th time that a file of the project is opened to be written, renamed or removed, nothing there can be.
TURNS_READ_ONLY = """
here, turned, seen = os.getcwd(), False, 0
mount(here, here, None, BIND) or refused()
os.chdir(here)

def turn(event, arguments):
    global turned, seen
    if event not in ("open", "os.rename", "os.remove", "os.mkdir") or turned:
        return
    if event == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        return
    if os.path.abspath(os.fsdecode(arguments[0])).startswith(here) if isinstance(arguments[0], (str, bytes)) else False:
        seen += 1
        if seen >= %d:
            turned = mount(None, here, None, BIND | REMOUNT | READ_ONLY)  # busy while a file is open to be written

sys.addaudithook(turn)
"""


@pytest.mark.parametrize("point", [1, 3, 6, 9, 12, 15, 18])
def test_a_tree_that_becomes_read_only_while_fixes_are_written(project: Path, tmp_path: Path, point: int) -> None:
    old = sources(project)
    shutil.copytree(project, tmp_path / "other")
    run(tmp_path / "other", "check", "--fix", "--unsafe-fixes", "--no-cache")
    new = sources(tmp_path / "other")
    done = run(project, "check", "--fix", "--unsafe-fixes", "--no-cache", before=mounted(TURNS_READ_ONLY % point))
    left = sources(project)
    assert all(left[path] in (old[path], new[path]) for path in old)
    if left != new:
        assert done.code == 2
        assert "not written" in done.err
    again = run(project, "check", "--fix", "--unsafe-fixes", "--no-cache")
    assert again.code == 1
    assert sources(project) == new
    assert not [path for path in contents(project) if "registry-lint-" in path], "nothing staged is left behind"


Wholes = Callable[[tuple[str, ...]], tuple[warm.Done, dict[str, bytes]]]


@pytest.fixture(scope="module")
def wholes(tmp_path_factory: pytest.TempPathFactory) -> Wholes:
    """How a command ends, and what it leaves, where there is room."""

    @cache
    def made(arguments: tuple[str, ...]) -> tuple[warm.Done, dict[str, bytes]]:
        place = tmp_path_factory.mktemp("whole") / "tree"
        shutil.copytree(OUTAGE, place, ignore=shutil.ignore_patterns(".registry_lint_cache", "__pycache__"))
        return run(place, *arguments), contents(place)

    return made


# The project on a disk of its own, with so much room left; what is there in the end comes back.
FULL = """
place = os.path.abspath("disk")
os.mkdir(place)
mount("tmpfs", place, "tmpfs", 0, "size=2m") or refused()
shutil.copytree("tree", place + "/tree")
os.chdir(place + "/tree")
import errno
with open(place + "/ballast", "wb", 0) as file:
    try:
        while True:
            file.write(bytes(4096))
    except OSError as error:
        assert error.errno == errno.ENOSPC
    file.truncate(max(0, file.tell() - {room}))

def bring_back():
    os.remove(place + "/ballast")
    shutil.copytree(place + "/tree", os.path.dirname(place) + "/left")

atexit.register(bring_back)
"""


@pytest.mark.parametrize("room", [0, 12_288, 131_072])
@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--output-format", "json"),
        ("check", "--fix", "--unsafe-fixes", "--no-cache"),
        ("check", "--output", "json=report"),
        ("baseline", "write"),
        ("init",),
    ],
    ids=" ".join,
)
def test_a_disk_that_is_full(
    project: Path, tmp_path: Path, room: int, arguments: tuple[str, ...], wholes: Wholes
) -> None:
    whole, meant = wholes(arguments)
    old = contents(project)
    (tmp_path / "full").mkdir()
    shutil.copytree(project, tmp_path / "full" / "tree")
    done = run(tmp_path / "full", *arguments, before=mounted(FULL.format(room=room)))
    left = contents(tmp_path / "full" / "left")
    for path, content in left.items():
        assert ".registry_lint_cache" in path or content in (old.get(path), meant.get(path)), path
    assert old.keys() <= left.keys()
    if arguments[:2] == ("check", "--output-format"):
        assert (done.code, done.out) == (whole.code, whole.out), "a cache that cannot be written changes no answer"
        again = run(tmp_path / "full" / "left", *arguments)
        assert again.out == whole.out, "what there is of it is not believed"
    elif {path: left.get(path) for path in meant if ".registry_lint_cache" not in path} != {
        path: content for path, content in meant.items() if ".registry_lint_cache" not in path
    }:
        assert done.code == 2
        assert "No space left on device" in done.err, done
        assert not room or room < 131_072
    else:
        assert done.code == whole.code, done
    if not room and arguments[0] != "check":
        assert done.code == 2


def test_what_a_report_says_of_a_full_disk_is_no_half_of_it(project: Path, tmp_path: Path) -> None:
    """A report is whole or not there."""
    (tmp_path / "full").mkdir()
    shutil.copytree(project, tmp_path / "full" / "tree")
    done = run(
        tmp_path / "full", "check", "-o", "report", "--output-format", "json", before=mounted(FULL.format(room=4_096))
    )
    report = tmp_path / "full" / "left" / "report"
    assert done.code == 2
    assert not report.exists() or json.loads(report.read_text())
