"""Faults put into the middle of commands: signals, refused writes, full disks, clocks, several runs at once.

A child process counts what it is about to do to files (Python's audit events) and is struck at the n-th. The points
are spread over the whole run, so that the same places are hit every time. FAULTS=200 makes the long run.
"""

from __future__ import annotations

import ast
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from registry_lint.baseline import DEFAULT_NAME
from tests import warm

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and modes of files")

ROOT = Path(__file__).parent.parent
OUTAGE = ROOT / "tests" / "projects" / "outage"
POINTS = int(os.environ.get("FAULTS", "5"))

# Strikes at the n-th event: a signal to itself, or an error in the place of the call. Point 0 counts, into a file.
STRUCK = """
import atexit, os, sys
point, strike, kind, report = {point}, {strike}, {kind!r}, {report!r}
project = os.getcwd() + os.sep
seen = 0

def watch(event, arguments):
    global seen
    if event == "open":
        path, _, flags = arguments
        writes = bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
    elif event in ("os.rename", "os.remove", "os.mkdir", "os.truncate", "os.chmod", "sqlite3.connect", "os.link"):
        path, writes = arguments[0], True
    else:
        return
    if not isinstance(path, (str, bytes)) or not os.path.abspath(os.fsdecode(path)).startswith(project):
        return
    if kind == "write" and not writes:
        return
    if kind == "read" and (writes or event != "open" or not str(path).endswith(".py")):
        return
    seen += 1
    if kind != "signal" and seen >= point > 0:
        raise OSError(strike, os.strerror(strike), path)
    if kind == "signal" and seen == point:
        os.kill(os.getpid(), strike)

def tell():
    with open(report, "w") as file:
        file.write(str(seen))

sys.addaudithook(watch)
if not point:
    atexit.register(tell)
"""

COMMANDS: dict[str, tuple[str, ...]] = {
    "check": ("check", "--output-format", "json"),
    "fix": ("check", "--fix", "--unsafe-fixes"),
    "baseline": ("baseline", "write"),
}


class Done(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


def run(
    project: Path, *arguments: str, point: int = -1, strike: int = 0, kind: str = "signal", **variables: str
) -> Done:
    """Run a command in a project, struck at a point (none by default)."""
    before = STRUCK.format(point=point, strike=strike, kind=kind, report=str(project.parent / "events"))
    done = warm.run(project, *arguments, before=before, **variables)
    return Done(done.code, done.out.decode(), done.err)


def points(name: str, kind: str, tmp: Path) -> int:
    """How many events a command has when nothing strikes it."""
    project = fresh(tmp / f"whole {name} {kind}")
    run(project, *COMMANDS[name], point=0, kind=kind)
    return int((tmp / "events").read_text())


@cache
def settled() -> float:
    return time.time() - 3_600


def fresh(place: Path) -> Path:
    """A copy of the outage, an hour old, so that its states are kept in the cache."""
    shutil.copytree(OUTAGE, place, ignore=shutil.ignore_patterns(".registry_lint_cache", "__pycache__"))
    for path in place.rglob("*"):
        os.utime(path, (settled(), settled()))
    return place


def contents(project: Path) -> dict[str, bytes]:
    """Every file but those of the cache."""
    return {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in sorted(project.rglob("*"))
        if path.is_file() and ".registry_lint_cache" not in path.parts and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Done, dict[str, bytes]]]:
    """What each command says and leaves when nothing happens to it."""
    found = {}
    for name, arguments in COMMANDS.items():
        project = fresh(tmp_path_factory.mktemp("whole") / "project")
        found[name] = (run(project, *arguments), contents(project))
    assert found["fix"][1] != contents(OUTAGE)
    assert json.loads(found["check"][0].out)
    return found


@pytest.fixture(scope="module")
def lengths(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], int]:
    """The number of points of each command, by kind."""
    tmp = tmp_path_factory.mktemp("lengths")
    found = {(name, kind): points(name, kind, tmp) for name in COMMANDS for kind in ("signal", "write")}
    assert min(found.values()) >= 2, found
    return found


def spread(length: int, step: int, of: int) -> int:
    return 1 + step * (length - 1) // max(1, of - 1)


@pytest.mark.parametrize("struck", ["SIGKILL", "SIGTERM", "SIGINT"])
@pytest.mark.parametrize("name", COMMANDS)
def test_a_signal_leaves_every_file_old_or_new_and_the_next_run_goes_on(
    tmp_path: Path,
    whole: dict[str, tuple[Done, dict[str, bytes]]],
    lengths: dict[tuple[str, str], int],
    name: str,
    struck: str,
) -> None:
    old, new = contents(OUTAGE), whole[name][1]
    number = POINTS if struck == "SIGKILL" else max(2, POINTS // 2)
    for step in range(number):
        project = fresh(tmp_path / str(step))
        point = spread(lengths[name, "signal"], step, number)
        done = run(project, *COMMANDS[name], point=point, strike=getattr(signal, struck))
        assert done.code in (-getattr(signal, struck), 130, whole[name][0].code), (point, done)
        assert "Traceback" not in done.err, (point, done.err)
        left = contents(project)
        for path, content in old.items():
            assert left[path] in (content, new[path]), (point, path)
            if path.endswith(".py"):
                ast.parse(left[path])
        if DEFAULT_NAME in left:
            assert left[DEFAULT_NAME] == new[DEFAULT_NAME]
        again = run(project, *COMMANDS[name])
        assert again.code == whole[name][0].code, (point, again)
        assert contents(project) == new, (point, "nothing staged is left behind")
        if name == "check":
            assert again.out == whole[name][0].out, point


@pytest.mark.parametrize("error", ["EACCES", "ENOSPC", "EROFS", "EIO", "EDQUOT"])
@pytest.mark.parametrize("name", COMMANDS)
def test_a_write_that_fails_costs_no_file_and_is_said(
    tmp_path: Path,
    whole: dict[str, tuple[Done, dict[str, bytes]]],
    lengths: dict[tuple[str, str], int],
    name: str,
    error: str,
) -> None:
    """From the n-th write on, none succeeds: a full disk, a lost permission, a file system that became read-only."""
    old, new = contents(OUTAGE), whole[name][1]
    number = max(2, POINTS // 2)
    for step in range(number):
        project = fresh(tmp_path / str(step))
        point = spread(lengths[name, "write"], step, number)
        done = run(project, *COMMANDS[name], point=point, strike=getattr(errno, error), kind="write")
        assert done.code in (0, 1, 2), (point, done)
        assert "Traceback" not in done.err, (point, done.err)
        left = contents(project)
        for path, content in old.items():
            assert left[path] in (content, new[path]), (point, path)
        if name == "check":
            assert done.out == whole[name][0].out, "a cache that cannot be written changes no answer"
        elif done.code != 2:
            assert {path: left.get(path) for path in new} == new, (point, done)
        else:
            assert done.err.strip(), "what was not written is said"


@pytest.mark.parametrize("error", ["EACCES", "EIO", "ESTALE"])
def test_files_that_cannot_be_read_from_some_moment_on_are_said(tmp_path: Path, error: str) -> None:
    """A lost permission, a broken disk, a network file system that went away, in the middle of a run."""
    arguments = ("check", "--output-format", "json", "--strict", "--no-cache", "--jobs", "1")
    whole = run(fresh(tmp_path / "whole"), *arguments)
    assert whole.code == 1
    said = 0
    for point in (1, 9, 25):
        project = fresh(tmp_path / str(point))
        done = run(project, *arguments, point=point, strike=getattr(errno, error), kind="read")
        assert "a bug of ours" not in done.err, (point, done)
        if done.out != whole.out:
            assert done.code == 2, (point, done)
            assert json.loads(done.out)[-1]["unexamined"], point
            said += 1
    assert said


@pytest.mark.parametrize(
    "arguments", [("check", "--output-format", "json"), ("check", "--diff"), ("rules",), ("config",)]
)
@pytest.mark.parametrize("missing", [{"HOME": "", "PATH": "/nowhere"}, {"TMPDIR": "/nowhere", "HOME": "/dev/null"}])
def test_nothing_around_is_needed(tmp_path: Path, missing: dict[str, str], arguments: tuple[str, ...]) -> None:
    """No home, no git, no place for temporary files: the same bytes."""
    project = fresh(tmp_path / "project")
    with_all, without = run(project, *arguments), run(project, *arguments, **missing)
    assert without.code == with_all.code, without.err
    assert without.out == with_all.out
    assert "Traceback" not in without.err


@pytest.mark.parametrize("number", [2, 8])
def test_several_runs_share_a_cache(
    tmp_path: Path, whole: dict[str, tuple[Done, dict[str, bytes]]], number: int
) -> None:
    project = fresh(tmp_path / "project")
    for one in [warm.start(project, *COMMANDS["check"]) for _ in range(number)]:
        done = one.done()
        assert done.out.decode() == whole["check"][0].out, done.err
        assert done.code == whole["check"][0].code
    assert run(project, *COMMANDS["check"]).out == whole["check"][0].out


def test_several_fixes_at_once_lose_nothing(tmp_path: Path, whole: dict[str, tuple[Done, dict[str, bytes]]]) -> None:
    project = fresh(tmp_path / "project")
    for one in [warm.start(project, *COMMANDS["fix"]) for _ in range(3)]:
        done = one.done()
        assert done.code in (0, 1, 2), done.err
        assert "Traceback" not in done.err
    assert contents(project) == whole["fix"][1]


def test_a_clock_that_goes_back_hides_no_change(
    tmp_path: Path, whole: dict[str, tuple[Done, dict[str, bytes]]]
) -> None:
    """A file of the same size, changed, with a time before the last run's, or one in the future."""
    project = fresh(tmp_path / "project")
    first = run(project, *COMMANDS["check"])
    assert first.out == whole["check"][0].out
    file = project / json.loads(first.out)[0]["filename"]
    text = file.read_bytes()
    for moment in (settled() - 86_400, time.time() + 86_400, settled()):
        file.write_bytes(b"#" * (len(text) - 1) + b"\n")
        os.utime(file, (moment, moment))
        changed = run(project, *COMMANDS["check"])
        assert changed.out == run(project, *COMMANDS["check"], "--no-cache").out, moment
        file.write_bytes(text)
        os.utime(file, (moment + 5, moment + 5))
        assert run(project, *COMMANDS["check"]).out == first.out, moment


@pytest.mark.parametrize("kept", [0, 17, 9_000])
def test_a_cache_cut_short_changes_no_answer(
    tmp_path: Path, whole: dict[str, tuple[Done, dict[str, bytes]]], kept: int
) -> None:
    project = fresh(tmp_path / "project")
    run(project, *COMMANDS["check"])
    files = [path for path in (project / ".registry_lint_cache").iterdir() if path.stat().st_size > 1_000]
    assert files
    for path in files:
        path.write_bytes(path.read_bytes()[:kept])
    assert run(project, *COMMANDS["check"]).out == whole["check"][0].out


def test_files_that_come_and_go_are_said_or_read(tmp_path: Path) -> None:
    """A tree that somebody else is writing to while it is read."""
    project = fresh(tmp_path / "project")
    script = """
import itertools, os, sys
for number in itertools.count():
    path = f"chat/moving{number % 7}.py"
    try:
        if number % 3:
            with open(path, "w") as file:
                file.write("class Tool:\\n    name = 'x'\\n" * (number % 400) + "registry.register('a', Tool)\\n")
        else:
            os.remove(path)
        with open("chat/growing.py", "a" if number % 400 else "w") as file:  # it grows while it is read
            file.write("registry.register('a', Tool)\\n" * 20)
    except OSError:
        pass
"""
    noise = subprocess.Popen([sys.executable, "-c", script], cwd=project)
    try:
        for _ in range(3):
            done = run(project, *COMMANDS["check"], "--strict")
            assert done.code in (1, 2), done.err
            assert "a bug of ours" not in done.err, done.err
            json.loads(done.out)
    finally:
        noise.kill()
        noise.wait()
