"""Whole projects that mean harm or are merely odd: pipes and links in wait, names of any bytes, files that are none."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import stat
import sys
import time
import xml.dom.minidom
from pathlib import Path

import pytest

from registry_lint.audit.formats import FORMATS as AUDITS
from registry_lint.config.load import CommandLine, load
from registry_lint.errors import UserError
from registry_lint.project.scripts import declared
from registry_lint.report import FORMATS
from registry_lint.source.corpus import MemoryCorpus
from tests import warm

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pipes, links and modes of files")

ROOT = Path(__file__).parent.parent
OUTAGE = ROOT / "tests" / "projects" / "outage"
PATIENCE = 90  # seconds of a clock for one command, on a machine that is busy with others
SECRET = "hunter2"


def run(project: Path, *arguments: str, file_size: int | None = None, **variables: str) -> warm.Done:
    """A command in a project; with a bound on what a file may hold, as on a full disk."""
    answer = warm.run(project, *arguments, file_size=file_size, timeout=PATIENCE, **variables)
    assert answer.code in (0, 1, 2), answer.err
    assert "Traceback" not in answer.err
    return answer


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The outage, in a repository of its own kind: none."""
    place = tmp_path / "project"
    shutil.copytree(OUTAGE, place, ignore=shutil.ignore_patterns(".registry_lint_cache", "__pycache__"))
    return place


# --- what waits where we read and write --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["registry-lint.toml", "pyproject.toml", ".gitignore", ".git", "base", "chat/x.py"])
@pytest.mark.parametrize("kind", ["pipe", "endless"])
def test_nothing_that_we_read_holds_a_run_up(project: Path, name: str, kind: str) -> None:
    """A pipe without a writer, and a link to a device without an end."""
    (project / name).unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(project / name)
    else:
        (project / name).symlink_to("/dev/zero")
    if name == "base":
        (project / "registry-lint.toml").write_text('baseline = "base"\n')
    assert run(project, "check", "--select", "REG900").code == (2 if name == "base" else 0)


def test_no_configuration_goes_through_a_link_out_of_the_project(project: Path, tmp_path: Path) -> None:
    """Neither the configuration itself, nor the draft that `init` writes beside it."""
    victim = tmp_path / "victim"
    victim.write_text(f"# {SECRET}\n")
    for name in ("registry-lint.toml", "pyproject.toml"):
        (project / name).unlink(missing_ok=True)
        (project / f".{name}.new").symlink_to(victim)
    assert run(project, "init").code == 0
    assert victim.read_text() == f"# {SECRET}\n"
    assert (project / "registry-lint.toml").is_file()
    assert not (project / "registry-lint.toml").is_symlink()
    assert "class" in (project / "registry-lint.toml").read_text()
    (project / "registry-lint.toml").unlink()
    (project / "registry-lint.toml").symlink_to(victim)
    answer = run(project, "init")
    assert answer.code == 2
    assert "lies outside of the project" in answer.err
    assert victim.read_text() == f"# {SECRET}\n"


def test_a_link_in_wait_is_no_draft(tmp_path: Path) -> None:
    """The name of a draft can be guessed: a checkout may hold links of a thousand names."""
    from registry_lint.source.whole import write_whole

    victim, file, draft = (tmp_path / name for name in ("victim", "file", "draft"))
    victim.write_text(SECRET)
    draft.symlink_to(victim)
    write_whole(file, b"new", draft)
    assert victim.read_text() == SECRET
    assert file.read_bytes() == b"new"
    assert not os.path.lexists(draft)
    file.chmod(0o640)
    write_whole(file, b"newer", draft)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    draft.mkdir()
    with pytest.raises(OSError, match="draft"):
        write_whole(file, b"newest", draft)
    assert file.read_bytes() == b"newer"


def test_what_a_configuration_extends_elsewhere_is_not_shown(project: Path, tmp_path: Path) -> None:
    """A change to a project could otherwise have any file printed into a public log, line by line."""
    (tmp_path / "secret").write_text(f"machine example.org password {SECRET}\n")
    (project / "registry-lint.toml").write_text('extend = "../secret"\n')
    answer = run(project, "check")
    assert answer.code == 2
    assert "not TOML" in answer.err
    assert SECRET not in answer.err
    (project / "registry-lint.toml").unlink()
    (project / "registry-lint.toml").symlink_to(tmp_path / "secret")
    answer = run(project, "check")
    assert answer.code == 2
    assert SECRET not in answer.err
    (project / "registry-lint.toml").unlink()
    (project / "inside.toml").write_text(f"a {SECRET}\n")
    (project / "registry-lint.toml").write_text('extend = "inside.toml"\n')
    assert SECRET in run(project, "check").err, "what belongs to the project is shown"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give a folder away")
def test_another_users_cache_is_left_alone(project: Path) -> None:
    """Neither believed nor written."""
    first = run(project, "check", "--output-format", "json")
    cache = project / ".registry_lint_cache"
    before = {path: path.read_bytes() for path in cache.iterdir()}
    assert before
    os.chown(cache, 65534, 65534)
    (project / "chat" / "new.py").write_text("x = (\n")
    answer = run(project, "check", "--output-format", "json")
    assert len(json.loads(answer.out)) > len(json.loads(first.out))
    assert {path: path.read_bytes() for path in cache.iterdir()} == before


HOSTILE_TABLES = {
    "a key of many parts": "a." * 100_000 + "b = 1\n",
    "a key of many parts in a table": "x = {" + "a." * 100_000 + "b = 1}\n",
    "a key of many quoted parts": "'a'." * 50_000 + "b = 1\n",
    "a header of many parts": "[" + "a." * 50_000 + "b]\n",
    "a list of many elements": "x = [" + "1," * 60_000 + "]\n",
    "lists in lists": "x = " + "[" * 100_000 + "]" * 100_000 + "\n",
    "many tables": "".join(f"[a.b{number}]\n" for number in range(8_000)),
    "a text that never ends": 'x = "' + '\\"' * 300_000,
    "a number of many digits": "x = " + "9" * 5_000 + "\n",
    "larger than anybody writes": "#" * 3_000_000,
}


@pytest.mark.parametrize("name", HOSTILE_TABLES)
def test_no_table_of_a_project_holds_a_run_up(tmp_path: Path, name: str) -> None:
    """Its configuration, and what it declares for others: both are read by parsers with times of their own."""
    source = HOSTILE_TABLES[name]
    begun = time.process_time()
    scripts = declared(MemoryCorpus({"pyproject.toml": source, "setup.cfg": "[a]\nb" + " " * 200_000 + "c\n"}))
    assert scripts == ()
    for file in ("registry-lint.toml", "pyproject.toml"):
        (tmp_path / file).write_text(f"# registry-lint\n{source}")
        with contextlib.suppress(UserError):
            load(tmp_path, CommandLine())
        (tmp_path / file).unlink()
    assert time.process_time() - begun < 5


BROKEN_GITS = {
    "bytes": r"printf '\377\376\0x.py\0../../etc/passwd\0/etc/x.py\0\n'",
    "nothing": "exit 0",
    "killed": "kill -9 $$",
    "no tree": r"echo 0123456789012345678901234567890123456789; printf '100644 blob\tx\0'",
    "half a tree": "test $# -gt 5 && echo 0123456789012345678901234567890123456789",
    "what it is asked": "echo $*; cat",
}


@pytest.mark.parametrize("name", BROKEN_GITS)
def test_a_git_that_is_broken_is_no_bug_of_ours(project: Path, tmp_path: Path, name: str) -> None:
    """Or another program of that name, in front of it on the path."""
    (project / ".git").mkdir()
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    git.write_text(f"#!/bin/sh\n{BROKEN_GITS[name]}\n")
    git.chmod(0o755)
    path = f"{git.parent}{os.pathsep}{os.environ['PATH']}"
    assert run(project, "check", "--since", "HEAD", "--no-cache", PATH=path).code == 2
    answer = run(project, "check", "--no-cache", "--output-format", "json", PATH=path)
    assert {finding["filename"] for finding in json.loads(answer.out)} <= {
        file.relative_to(project).as_posix() for file in project.rglob("*.py")
    }


# --- what a folder can hold ----------------------------------------------------------------------------------------

ODD = (
    b"two\nlines.py", b"blank s .py", b"caf\xe9.py", b"\xff\xfe.py", b"Same.py", b"same.py", b"SAME.PY", b"tab\t.py",
    "é.py".encode(), "e\u0301.py".encode(), b"a" * 247 + b".py", b"-x.py", b"--fix.py", b"$(touch mark).py", b"nul.py",
    b"quo'te\".py", b"back\\slash.py", b"%n%s{0}.py", b"\xed\xa0\x80.py", b".hidden.py", b"x.py.py", b"..py",
)  # fmt: skip
SINGLETON = """
class ExecutionTracker:
    def __init__(self): self.items = {}
_tracker = None
def get_execution_tracker():
    global _tracker
    if _tracker is None:
        _tracker = ExecutionTracker()
    return _tracker
"""


def test_names_of_any_bytes_come_through_every_command(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "tracking.py").write_text(SINGLETON)
    use = b"from tracking import ExecutionTracker\ndef use():\n    tracker = ExecutionTracker()\n    return tracker\n"
    made = []
    for name in ODD:
        try:
            Path(os.fsdecode(os.fsencode(project) + b"/" + name)).write_bytes(use)
        except OSError:  # a file system that has no such names
            continue
        made.append(name)
    sources = {name for name in made if name.endswith(b".py")}
    outputs = [part for name in FORMATS for part in ("--output", f"{name}={tmp_path / name}")]
    answer = run(project, "check", "--select", "REG104", "--output-format", "json", *outputs)
    assert answer.code == 1
    found = json.loads(answer.out)
    names = {os.fsencode(finding["filename"].encode("utf-8", "surrogateescape")) for finding in found}
    assert len(found) >= len(sources) - 3, (len(found), sources - names)
    for name in ("junit", "checkstyle"):
        xml.dom.minidom.parse(str(tmp_path / name))
    for name in ("sarif", "gitlab"):
        json.loads((tmp_path / name).read_bytes())
    for name in FORMATS:
        (tmp_path / name).read_bytes().decode("utf-8")
    assert run(project, "baseline", "write").code == 0
    left = run(project, "check", "--baseline", ".registry-lint-baseline", "--output-format", "json")
    assert json.loads(left.out) == []
    assert run(project, "audit", "--output-format", "json").code == 0
    assert b"+++" in run(project, "check", "--diff", "--unsafe-fixes", "--select", "REG104").out
    run(project, "check", "--fix", "--unsafe-fixes", "--select", "REG104")
    fixed = [name for name in sources if b"ExecutionTracker()" not in (os.fsencode(project) + b"/" + name and
             Path(os.fsdecode(os.fsencode(project) + b"/" + name)).read_bytes())]  # fmt: skip
    assert len(fixed) >= len(sources) - 3
    assert not (project / "mark").exists()


def test_names_that_are_no_text_in_a_project_that_is_shared_out(tmp_path: Path) -> None:
    """Findings in such files are made in one process, and the others' are kept."""
    project = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    project.mkdir()
    for number in range(620):
        (project / f"module{number}.py").write_text(f"x = {number}\n")
    tracker = "class ToolRegistry:\n    def __init__(self):\n        self.tools = {}\n"
    factory = "    def register(self, name, tool):\n        self.tools[name] = tool\n\n\ndef get_tools():\n"
    (project / "tools.py").write_text(f"{tracker}{factory}    return ToolRegistry()\n")
    for name in (b"odd\xff.py", b"plain.py"):
        path = Path(os.fsdecode(os.fsencode(project) + b"/" + name))
        path.write_text("from tools import ToolRegistry\n\nmade = ToolRegistry()\n")
    options = ("check", "--isolated", "-j2", "--output-format", "concise", ".")
    first = run(project, *options)
    assert first.out.count(b":3:8: REG101 ") == 2
    assert run(project, *options, "--no-cache").out == first.out
    (project / "module7.py").write_text("y = 7\n")
    assert run(project, *options).out == first.out


def test_files_that_are_none_are_counted_in_every_format(tmp_path: Path) -> None:
    """A pipe, a socket, a device, a file that does not parse, links in a circle and out of the project."""
    project = Path("/tmp") if sys.platform == "darwin" else tmp_path
    project = project / "p"
    project.mkdir()
    shutil.copy(OUTAGE / "chat" / "tools.py", project / "tools.py")
    os.mkfifo(project / "pipe.py")
    listening = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    os.chdir(project)  # an address may have 100 bytes only
    try:
        listening.bind("socket.py")
    finally:
        os.chdir(here)
    named = {"pipe.py", "socket.py", "broken.py"}
    try:
        os.mknod(project / "device.py", stat.S_IFCHR | 0o600, os.makedev(1, 5))  # /dev/zero
        named.add("device.py")
    except PermissionError:
        pass
    (project / "broken.py").write_text("x = (\n")
    (project / "circle").symlink_to(".")
    (project / "around.py").symlink_to("around.py")
    (project / "out.py").symlink_to("/etc/hostname")
    before = {path.name for path in project.iterdir()}
    outputs = [part for name in FORMATS for part in ("--output", f"{name}={tmp_path / name}.out")]
    answer = run(project, "check", "--no-cache", *outputs)
    assert answer.code == 1
    assert f"incomplete: {len(named)} files not examined".encode() in answer.out
    for name in FORMATS:
        report = (tmp_path / f"{name}.out").read_text()
        assert named <= {path for path in named if path in report}, (name, report)
    assert run(project, "check", "--no-cache", "--exit-zero", "--strict").code == 2
    for arguments in (["-q"], ["-q", "--statistics"], ["-q", "--diff"]):
        answer = run(project, "check", "--no-cache", *arguments)
        assert f"incomplete: {len(named)} files not examined" in answer.err, arguments
    assert run(project, "check", "tools.py", "--no-cache", "--strict").code == 2, "what it derives from may lie there"
    for name in AUDITS:
        report = run(project, "audit", "--no-cache", "--output-format", name, *["--strict"] * (name == "dot"))
        assert report.code == (2 if name == "dot" else 0)
        assert named <= {path for path in named if path in report.out.decode()}, (name, report)
    for arguments in (("baseline", "write"), ("init",)):
        answer = run(project, *arguments, "--strict")
        assert answer.code == 2
        assert "not" in answer.err
    assert {path.name for path in project.iterdir()} == before
    listening.close()


# --- a disk that is full in the middle of a file -----------------------------------------------------------------


@pytest.mark.parametrize("room", [0, 5_000])
def test_a_disk_that_fills_up_in_the_middle_of_a_file(project: Path, tmp_path: Path, room: int) -> None:
    """Files of at most so many bytes: what does not fit is said, nothing is cut, and a cache may be missing."""
    whole = run(project, "check", "--output-format", "json", "--no-cache")
    before = {path: path.read_bytes() for path in project.rglob("*.py")}
    assert run(project, "check", "--output-format", "json", file_size=room).out == whole.out
    assert run(project, "check", "--output-format", "json").out == whole.out, "the cache that is left is not believed"
    report = tmp_path / "report.json"
    answer = run(project, "check", "--output-format", "json", "-o", str(report), file_size=room)
    assert (answer.code == 2) is (len(whole.out) > room)
    assert not report.exists() or report.read_bytes() == whole.out
    for arguments in (("baseline", "write"), ("init",), ("check", "--fix", "--unsafe-fixes")):
        answer = run(project, *arguments, file_size=room)
        assert answer.code == 2 or room
        assert (answer.code != 2) or answer.err.strip() or b"not written" in answer.out
    kept = {path: path.read_bytes() for path in project.rglob("*.py")}
    fixed = run(project, "check", "--fix", "--unsafe-fixes")
    assert fixed.code in (0, 1)
    settled = {path: path.read_bytes() for path in project.rglob("*.py")}
    for path, content in kept.items():
        assert content in (before[path], settled[path]), path
    left = {path.name for path in project.iterdir()} - {"chat", "README.md", "pyproject.toml", ".registry_lint_cache"}
    assert left <= {".registry-lint-baseline", "registry-lint.toml"}, left


def test_megabytes_on_one_line_are_looked_through_once(project: Path) -> None:
    """Every word of a rule's interest, often, on one line: nothing looks back to that line's beginning each time."""
    words = "import Tool, ToolRegistry; _kept[k] = ToolRegistry(); made = Mock(spec=Tool); register(Tool, made); "
    text = words * 30_000
    (project / "long.py").write_text(f"from unittest.mock import Mock\n_kept = {{}}\nx = '{text}'\n", encoding="utf-8")
    begun = time.monotonic()
    done = run(project, "check", "--no-cache", "-j1", "--output-format", "concise", ".")
    assert done.code in {0, 1}, done.err
    assert time.monotonic() - begun < PATIENCE / 3
