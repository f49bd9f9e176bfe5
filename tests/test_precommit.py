"""The hooks under a real pre-commit, in real git repositories that the tests make."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}

REGISTRY = """\
class Tool:
    name = "tool"

    def run(self): ...


class Saw(Tool):
    name = "saw"


class ToolRegistry:
    def __init__(self) -> None:
        self._tools: dict[str, Tool] = {}

    def register(self, name: str, tool: Tool) -> None:
        self._tools[name] = tool


registry = ToolRegistry()
"""
CHOICE = "from shed import Saw\n\n\ndef choose():\n    return {}\n"
GOOD = 'from shed import Saw, registry\n\nregistry.register("saw", Saw())\n'
BAD = 'from shed import Saw, registry\n\nregistry.register("saw", Saw)\n'
BY_NEIGHBOUR = 'from choice import choose\nfrom shed import registry\n\nregistry.register("saw", choose())\n'


class Repository:
    """A git repository with registry-lint's hooks, which run this checkout in this environment."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        self.log = home / "processes.log"
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "PRE_COMMIT"))}
        self.environment = {
            **inherited,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            **{f"GIT_{who}_{what}": "t@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
            "PRE_COMMIT_HOME": str(home / "pre-commit"),
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self.git("init", "-q")
        (folder / ".gitignore").write_text(".registry_lint_cache/\n")

    def hook(self, identity: str, **changes: Any) -> None:
        """Use one hook of the hooks file as it is, but for the interpreter: this one, through a logging wrapper."""
        hook = {**HOOKS[identity], **changes}
        del hook["minimum_pre_commit_version"]
        program, _, rest = hook["entry"].partition(" ")
        assert program == "registry-lint"
        wrapper = self.log.with_name("registry-lint.sh")
        wrapper.write_text(
            f'#!/bin/sh\necho "$#" >> {shlex.quote(str(self.log))}\n'
            f'exec {shlex.quote(sys.executable)} -m registry_lint "$@"\n'
        )
        wrapper.chmod(0o755)
        hook |= {"language": "system", "entry": f"{shlex.quote(str(wrapper))} {rest}"}
        configuration = {"repos": [{"repo": "local", "hooks": [hook]}]}
        (self.folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(configuration))

    def git(self, *arguments: str) -> str:
        command = ["git", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=60, check=True
        )
        return done.stdout

    def write(self, **files: str) -> None:
        """Write modules, by name without the suffix."""
        for name, text in files.items():
            (self.folder / f"{name}.py").write_text(text)

    def commit_all(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "all")

    def run(self, *arguments: str) -> tuple[bool, str]:
        """Run pre-commit. Returns whether it passed, and all that it said."""
        command = [sys.executable, "-m", "pre_commit", "run", "--verbose", "--color=never", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=300
        )
        said = done.stdout + done.stderr
        assert done.returncode in (0, 1), said
        assert "a bug of ours" not in said
        return done.returncode == 0, said

    @property
    def processes(self) -> int:
        """How many times registry-lint was started."""
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    (tmp_path / "repository").mkdir()
    made = Repository(tmp_path / "repository", tmp_path)
    made.hook("registry-lint")
    made.write(shed=REGISTRY, good=GOOD)
    made.commit_all()
    return made


def test_a_clean_commit_passes(repository: Repository) -> None:
    repository.write(more=GOOD)
    repository.git("add", "more.py")
    passed, said = repository.run()
    assert passed, said
    assert repository.processes == 1
    assert repository.run("--all-files")[0]


def test_nothing_staged_starts_nothing(repository: Repository) -> None:
    passed, _ = repository.run()
    assert passed
    assert repository.processes == 0


def test_only_the_staged_file_is_reported(repository: Repository) -> None:
    repository.write(old=BAD)
    repository.commit_all()
    repository.write(new=BAD)
    repository.git("add", "new.py")
    passed, said = repository.run()
    assert not passed
    assert "new.py:3" in said
    assert "old.py" not in said


def test_several_staged_files_are_each_reported_once(repository: Repository) -> None:
    repository.hook("registry-lint", args=["--output-format", "concise"])
    repository.git("add", ".pre-commit-config.yaml")
    repository.write(one=BAD, two=BAD, three=GOOD)
    repository.git("add", "one.py", "two.py", "three.py")
    passed, said = repository.run()
    assert not passed
    assert [said.count(f"{name}.py:3") for name in ("one", "two", "three")] == [1, 1, 0]


def test_a_file_that_is_no_python_is_not_handed_over(repository: Repository) -> None:
    (repository.folder / "notes.md").write_text("registry.register('saw', Saw)\n")
    repository.git("add", "notes.md")
    assert repository.run()[0]
    assert repository.processes == 0


@pytest.mark.parametrize(("committed", "unstaged", "passes"), [("Saw", "Saw()", False), ("Saw()", "Saw", True)])
def test_a_neighbour_counts_as_it_is_in_the_index(
    repository: Repository, committed: str, unstaged: str, passes: bool
) -> None:
    """pre-commit puts unstaged changes aside: the neighbour's committed text decides, and comes back afterwards."""
    repository.write(choice=CHOICE.format(committed))
    repository.commit_all()
    repository.write(main=BY_NEIGHBOUR)
    repository.git("add", "main.py")
    repository.write(choice=CHOICE.format(unstaged))
    passed, said = repository.run()
    assert passed == passes, said
    assert ("main.py:4" in said) == (not passes)
    assert (repository.folder / "choice.py").read_text() == CHOICE.format(unstaged)


def test_excluded_files_stay_excluded_when_named(repository: Repository) -> None:
    (repository.folder / "registry-lint.toml").write_text('extend-exclude = ["generated.py"]\n')
    repository.write(generated=BAD)
    repository.git("add", "-A")
    passed, said = repository.run()
    assert passed, said
    assert repository.processes == 1


def test_many_files_are_one_process_and_no_finding_is_lost(repository: Repository) -> None:
    repository.write(**{f"part_{number}": BAD if number % 30 == 0 else GOOD for number in range(70)})
    repository.git("add", "-A")
    passed, said = repository.run()
    assert not passed
    assert repository.processes == 1, "the hook is to be serial"
    found = [number for number in range(70) if f"part_{number}.py:3" in said]
    assert found == [0, 30, 60]


def test_batches_find_what_one_process_finds(repository: Repository) -> None:
    """Somebody may take `require_serial` away: each batch still sees the whole project."""
    repository.hook("registry-lint", require_serial=False)
    repository.write(choice=CHOICE.format("Saw"))
    repository.write(**{f"part_{number}": BY_NEIGHBOUR if number % 30 == 0 else GOOD for number in range(70)})
    repository.git("add", "-A")
    _, said = repository.run()
    assert [number for number in range(70) if f"part_{number}.py:4" in said] == [0, 30, 60]
    if len(os.sched_getaffinity(0)) > 1:
        assert repository.processes > 1


def test_a_hook_that_fixes_fails_once_and_passes_then(repository: Repository) -> None:
    repository.hook("registry-lint", args=["--fix", "--unsafe-fixes"])
    repository.write(main=BAD)
    repository.git("add", "main.py", ".pre-commit-config.yaml")
    passed, said = repository.run()
    assert not passed
    assert "files were modified by this hook" in said
    assert (repository.folder / "main.py").read_text() == GOOD
    repository.git("add", "main.py")
    assert repository.run()[0]


def test_the_full_hook_reports_the_whole_project_before_a_push(repository: Repository) -> None:
    repository.hook("registry-lint-full")
    repository.write(old=BAD)
    repository.commit_all()
    assert repository.run()[0], "it is no hook of the commit"
    passed, said = repository.run("--hook-stage", "pre-push", "--all-files")
    assert not passed
    assert "old.py:3" in said
    assert repository.processes == 1


def test_the_hooks_file_itself_builds_and_runs(repository: Repository, tmp_path: Path) -> None:
    """As a user has it: pre-commit clones this repository, builds the environment and runs what it installed."""
    source = tmp_path / "registry-lint"
    source.mkdir()
    for name in ("registry_lint", "rules"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy2(ROOT / name, source / name)
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "all"]):
        subprocess.run(["git", *arguments], cwd=source, env=repository.environment, check=True, timeout=60)
    repository.write(main=BAD)
    repository.git("add", "main.py")
    command = [sys.executable, "-m", "pre_commit", "try-repo", "--color=never", str(source), "registry-lint"]
    environment = {key: value for key, value in repository.environment.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [*command, "--files", "main.py", "good.py"],
        cwd=repository.folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "main.py:3" in done.stdout
    assert "good.py" not in done.stdout.partition("Failed")[2]
