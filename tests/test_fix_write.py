"""Writing: every file is old or new, whatever happens, and nobody's work is lost."""

from __future__ import annotations

import json
import signal
import stat
import threading
import time
from pathlib import Path

import pytest

from registry_lint.suggest import write as writing
from registry_lint.suggest.apply import Changed, Written, recover, write
from registry_lint.suggest.journal import JOURNAL
from tests import warm


def changed(root: Path, files: dict[str, tuple[bytes, bytes]]) -> dict[str, Changed]:
    """Put the old contents on disk and return the changes."""
    for name, (old, _) in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(old)
    return {name: Changed(name, old, new) for name, (old, new) in files.items()}


def everything(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_bytes_are_written_as_they_are_and_nothing_stays_behind(tmp_path: Path) -> None:
    files = {"a.py": (b"x\r\n", b"y\r\n"), "p/b.py": (b"\xef\xbb\xbfx", b"\xef\xbb\xbfy"), "p/c.py": (b"x\r", b"\xe9")}
    written = write(changed(tmp_path, files), [{"a.py", "p/b.py"}], tmp_path)
    assert written == Written(("a.py", "p/b.py", "p/c.py"), ())
    assert everything(tmp_path) == {name: new for name, (_, new) in files.items()}


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o755, 0o664])
def test_the_mode_is_kept(tmp_path: Path, mode: int) -> None:
    changes = changed(tmp_path, {"a.py": (b"x", b"y")})
    (tmp_path / "a.py").chmod(mode)
    write(changes, [], tmp_path)
    assert stat.S_IMODE((tmp_path / "a.py").stat().st_mode) == mode
    assert (tmp_path / "a.py").read_bytes() == b"y"


def test_a_file_that_changed_meanwhile_is_left_with_its_group(tmp_path: Path) -> None:
    changes = changed(tmp_path, {"a.py": (b"x", b"y"), "b.py": (b"x", b"y"), "c.py": (b"x", b"y")})
    (tmp_path / "b.py").write_bytes(b"someone's work")
    written = write(changes, [{"a.py", "b.py"}, {"c.py"}], tmp_path)
    assert written.paths == ("c.py",)
    assert [path for path, _ in written.skipped] == ["a.py", "b.py"]
    assert "b.py has changed since it was analysed" in written.skipped[0].reason
    assert everything(tmp_path) == {"a.py": b"x", "b.py": b"someone's work", "c.py": b"y"}


def test_a_file_that_changes_while_the_new_one_is_staged_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = changed(tmp_path, {"a.py": (b"x", b"y"), "b.py": (b"x", b"y")})
    stage_file = writing.stage

    def slow(target: Path, content: bytes) -> Path:
        staged = stage_file(target, content)
        (tmp_path / "a.py").write_bytes(b"typed just now")
        return staged

    monkeypatch.setattr(writing, "stage", slow)
    written = write(changes, [{"a.py", "b.py"}], tmp_path)
    assert written.paths == ()
    assert everything(tmp_path) == {"a.py": b"typed just now", "b.py": b"x"}


def test_a_link_in_the_project_is_written_through(tmp_path: Path) -> None:
    changes = changed(tmp_path, {"real.py": (b"x", b"y")})
    (tmp_path / "link.py").symlink_to("real.py")
    write({"link.py": changes["real.py"]._replace(path="link.py")}, [], tmp_path)
    assert (tmp_path / "link.py").is_symlink()
    assert (tmp_path / "real.py").read_bytes() == b"y"


OUTSIDE = {"a link": "link.py", "a path above": "../outside.py", "a linked folder": "folder/outside.py"}


@pytest.mark.parametrize("path", OUTSIDE.values(), ids=OUTSIDE.keys())
def test_nothing_is_written_outside_the_project(tmp_path: Path, path: str) -> None:
    project = tmp_path / "project"
    project.mkdir()
    outside = tmp_path / "outside.py"
    outside.write_bytes(b"x")
    (project / "link.py").symlink_to(outside)
    (project / "folder").symlink_to(tmp_path)
    written = write({path: Changed(path, b"x", b"y")}, [], project)
    assert written.paths == ()
    assert outside.read_bytes() == b"x"


def test_an_absolute_path_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"x")
    path = str(tmp_path / "a.py")
    assert write({path: Changed(path, b"x", b"y")}, [], tmp_path).paths == ()
    assert (tmp_path / "a.py").read_bytes() == b"x"


def test_vanished_files_and_folders_are_said(tmp_path: Path) -> None:
    changes = changed(tmp_path, {"a.py": (b"x", b"y"), "b.py": (b"x", b"y"), "c.py": (b"x", b"y")})
    (tmp_path / "a.py").unlink()
    (tmp_path / "b.py").unlink()
    (tmp_path / "b.py").mkdir()
    written = write(changes, [], tmp_path)
    assert written.paths == ("c.py",)
    assert [one.path for one in written.skipped] == ["a.py", "b.py"]


def test_a_rename_that_fails_takes_back_those_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = changed(tmp_path, {"a.py": (b"x", b"y"), "b.py": (b"x", b"y"), "c.py": (b"x", b"y")})
    replace = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if Path(target).name == "b.py":
            raise OSError(28, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    written = write(changes, [{"a.py", "b.py", "c.py"}], tmp_path)
    assert written.paths == ()
    assert "No space left" in written.skipped[0].reason
    assert everything(tmp_path) == {"a.py": b"x", "b.py": b"x", "c.py": b"x"}


# -- the journal


def stage(root: Path, groups: list[list[dict[str, str]]]) -> None:
    (root / JOURNAL).write_text(json.dumps(groups))


def digest(content: bytes) -> str:
    import hashlib

    return hashlib.sha256(content).hexdigest()


def test_what_a_killed_run_began_is_finished(tmp_path: Path) -> None:
    """As it is after a kill between two renames."""
    (tmp_path / "a.py").write_bytes(b"new")
    (tmp_path / "b.py").write_bytes(b"old")
    (tmp_path / ".1.registry-lint-new").write_bytes(b"new")
    entry = {"old": digest(b"old"), "new": digest(b"new")}
    stage(
        tmp_path,
        [
            [
                {"target": "a.py", "staged": ".0.registry-lint-new", **entry},
                {"target": "b.py", "staged": ".1.registry-lint-new", **entry},
            ],
        ],
    )
    assert recover(tmp_path) == ("b.py",)
    assert everything(tmp_path) == {"a.py": b"new", "b.py": b"new"}
    assert recover(tmp_path) == ()


JOURNALS = {
    "no JSON": "{",
    "another shape": "[1]",
    "nested too deep": "[" * 100_000,
    "a file outside": json.dumps(
        [[{"target": "../out.py", "staged": ".x.registry-lint-new", "old": digest(b"old"), "new": digest(b"new")}]]
    ),
    "staged elsewhere": json.dumps(
        [[{"target": "a.py", "staged": "../x.registry-lint-new", "old": digest(b"old"), "new": digest(b"new")}]]
    ),
    "staged under another name": json.dumps(
        [[{"target": "a.py", "staged": "secret", "old": digest(b"old"), "new": digest(b"new")}]]
    ),
    "another content": json.dumps(
        [[{"target": "a.py", "staged": ".x.registry-lint-new", "old": digest(b"old"), "new": digest(b"else")}]]
    ),
    "a file worked on since": json.dumps(
        [[{"target": "a.py", "staged": ".x.registry-lint-new", "old": digest(b"older"), "new": digest(b"new")}]]
    ),
}


def test_what_is_finished_is_told(tmp_path: Path) -> None:
    """By the next `--fix`, and by no other command: a check writes nothing."""
    (tmp_path / "registry-lint.toml").touch()
    (tmp_path / "a.py").write_bytes(b"x = 1\n")
    (tmp_path / ".1.registry-lint-new").write_bytes(b"x = 2\n")
    entry = {"old": digest(b"x = 1\n"), "new": digest(b"x = 2\n")}
    stage(tmp_path, [[{"target": "a.py", "staged": ".1.registry-lint-new", **entry}]])
    for arguments in (["check"], ["check", "--diff"], ["baseline", "write"]):
        assert warm.run(tmp_path, *arguments).code == 0
        assert (tmp_path / "a.py").read_bytes() == b"x = 1\n"
    done = warm.run(tmp_path, "check", "--fix")
    assert (done.code, done.err) == (0, "an earlier run was ended while it wrote its fixes; written now: a.py\n")
    assert (tmp_path / "a.py").read_bytes() == b"x = 2\n"
    assert warm.run(tmp_path, "check", "--fix").err == ""


def test_a_group_of_which_something_is_lost_is_left_and_another_is_finished(tmp_path: Path) -> None:
    """As it is after a failed rename that was being taken back."""
    for name in "abc":
        (tmp_path / f"{name}.py").write_bytes(b"old")
        (tmp_path / f".{name}.registry-lint-new").write_bytes(b"new")
    entry = {"old": digest(b"old"), "new": digest(b"new")}
    first, second, third = ({"target": f"{name}.py", "staged": f".{name}.registry-lint-new", **entry} for name in "abc")
    (tmp_path / ".b.registry-lint-new").unlink()
    stage(tmp_path, [[first, second], [third]])
    assert recover(tmp_path) == ("c.py",)
    assert [(tmp_path / f"{name}.py").read_bytes() for name in "abc"] == [b"old", b"old", b"new"]
    assert not (tmp_path / JOURNAL).exists()


def test_where_somebody_worked_on_a_file_since_none_is_finished(tmp_path: Path) -> None:
    entry = {"old": digest(b"old"), "new": digest(b"new")}
    for name, content in {"a": b"old", "b": b"edited"}.items():
        (tmp_path / f"{name}.py").write_bytes(content)
        (tmp_path / f".{name}.registry-lint-new").write_bytes(b"new")
    stage(tmp_path, [[{"target": f"{name}.py", "staged": f".{name}.registry-lint-new", **entry}] for name in "ab"])
    assert recover(tmp_path) == ()
    assert (tmp_path / "a.py").read_bytes() == b"old"


@pytest.mark.parametrize("journal", JOURNALS.values(), ids=JOURNALS.keys())
def test_a_journal_that_came_with_the_checkout_does_no_harm(tmp_path: Path, journal: str) -> None:
    project = tmp_path / "project"
    project.mkdir()
    for path in (project / "a.py", tmp_path / "out.py"):
        path.write_bytes(b"old")
    for path in (project / "secret", project / ".x.registry-lint-new", tmp_path / "x.registry-lint-new"):
        path.write_bytes(b"new")
    (project / JOURNAL).write_text(journal)
    assert recover(project) == ()
    assert (project / "a.py").read_bytes() == b"old"
    assert (tmp_path / "out.py").read_bytes() == b"old"


# -- kills

KILLED = """
import os, signal, sys
from pathlib import Path
from registry_lint.suggest.apply import Changed, write

countdown = {countdown}
names = [f"{{name}}.py" for name in "abcd"]
changes = {{name: Changed(name, b"old " * 500, b"new " * 700) for name in names}}

def trace(frame, event, argument):
    # Every line of the writer, and every call that it makes into the system, is a point to be killed at.
    global countdown
    if frame.f_code.co_filename.endswith(("suggest/write.py", "pathlib.py", "tempfile.py")):
        countdown -= 1
        if countdown == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    return trace

sys.settrace(trace)
write(changes, [set(names[:2])], Path.cwd())
sys.settrace(None)
print(countdown)
sys.exit()
"""

POINTS = 24


def run_killed(root: Path, countdown: int) -> warm.Done:
    return warm.run(root, before=KILLED.format(countdown=countdown), timeout=60)


@pytest.fixture(scope="module")
def length(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many lines the writer runs through when nobody kills it."""
    root = tmp_path_factory.mktemp("whole")
    changed(root, {f"{name}.py": (b"old " * 500, b"") for name in "abcd"})
    result = run_killed(root, 10**9)
    assert result.code == 0, result.err
    assert set(everything(root).values()) == {b"new " * 700}
    return 10**9 - int(result.out)


@pytest.mark.parametrize("point", range(POINTS))
def test_a_kill_leaves_every_file_old_or_new_and_the_next_run_finishes(tmp_path: Path, length: int, point: int) -> None:
    names = [f"{name}.py" for name in "abcd"]
    changed(tmp_path, dict.fromkeys(names, (b"old " * 500, b"")))
    result = run_killed(tmp_path, 1 + point * (length - 2) // (POINTS - 1))
    assert result.code == -signal.SIGKILL
    contents = {name: (tmp_path / name).read_bytes() for name in names}
    assert set(contents.values()) <= {b"old " * 500, b"new " * 700}
    recover(tmp_path)
    recovered = {(tmp_path / name).read_bytes() for name in names}
    assert len(recovered) == 1, "files of one run are all old or all new after recovery"
    assert not (tmp_path / JOURNAL).exists()
    rest = run_killed(tmp_path, 10**9)
    assert rest.code == 0, rest.err
    assert everything(tmp_path) == dict.fromkeys(names, b"new " * 700), "nothing staged is left behind"


@pytest.mark.parametrize("name", "abcd")
def test_ctrl_c_between_renames_finishes_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    changes = changed(tmp_path, {f"{one}.py": (b"old", b"new") for one in "abcd"})
    replace = Path.replace
    interrupted = []

    def interrupting(self: Path, target: Path) -> Path:
        if Path(target).name == f"{name}.py" and not interrupted:
            interrupted.append(target)
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", interrupting)
    with pytest.raises(KeyboardInterrupt):
        write(changes, [{"a.py", "b.py"}], tmp_path)
    assert everything(tmp_path) == {f"{one}.py": b"new" for one in "abcd"}


def test_ctrl_c_before_the_journal_leaves_everything_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = changed(tmp_path, {f"{one}.py": (b"old", b"new") for one in "abcd"})

    def interrupting(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(writing, "note", interrupting)
    with pytest.raises(KeyboardInterrupt):
        write(changes, [{"a.py", "b.py"}], tmp_path)
    assert everything(tmp_path) == {f"{one}.py": b"old" for one in "abcd"}


def test_without_a_journal_only_files_that_go_alone_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A root that may not be written, with folders that may."""
    changes = changed(tmp_path, {f"{one}.py": (b"old", b"new") for one in "abc"})

    def refusing(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(writing, "note", refusing)
    written = write(changes, [{"a.py", "b.py"}], tmp_path)
    assert written.paths == ("c.py",)
    assert [one.path for one in written.skipped] == ["a.py", "b.py"]
    assert everything(tmp_path) == {"a.py": b"old", "b.py": b"old", "c.py": b"new"}


# -- several runs at once


def test_two_runs_at_once_lose_nothing(tmp_path: Path) -> None:
    """Both analysed the same contents; each file is written by exactly one, the other says so."""
    names = [f"{number}.py" for number in range(20)]
    changed(tmp_path, dict.fromkeys(names, (b"old", b"")))
    plans = [{name: Changed(name, b"old", word) for name in names} for word in (b"first", b"second")]
    results: list[Written] = []
    threads = [threading.Thread(target=lambda p=p: results.append(write(p, [set(names[:5])], tmp_path))) for p in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first, second = results
    assert sorted([*first.paths, *second.paths]) == sorted(names)
    assert {one.path for one in first.skipped} == set(second.paths)
    assert set(everything(tmp_path).values()) <= {b"first", b"second"}
    assert len({(tmp_path / name).read_bytes() for name in names[:5]}) == 1


def test_writers_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second comes while the first has staged nothing yet, and must wait until the first is through."""
    changes = changed(tmp_path, {"a.py": (b"old", b"first"), "b.py": (b"old", b"first")})
    begun = threading.Event()
    stage_file = writing.stage

    def slow(target: Path, content: bytes) -> Path:
        if content == b"first":
            begun.set()
            time.sleep(0.2)
        return stage_file(target, content)

    monkeypatch.setattr(writing, "stage", slow)
    results: list[Written] = []
    first = threading.Thread(target=lambda: results.append(write(changes, [set(changes)], tmp_path)))
    first.start()
    assert begun.wait(10)
    second = write({name: change._replace(new=b"second") for name, change in changes.items()}, [], tmp_path)
    first.join()
    assert results[0].paths == ("a.py", "b.py")
    assert second.paths == ()
    assert everything(tmp_path) == {"a.py": b"first", "b.py": b"first"}
