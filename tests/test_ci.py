"""`.ci/run`: each stage runs, each failure counts, and pytest's closing line is said last."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
STAGES = ("ruff check", "ruff format", "mypy", "registry_lint check", "pytest")

# Stands for the environment's interpreter: notes what it is asked for, and fails where the test says so.
INTERPRETER = """\
#!/bin/sh
echo "$*" >> "$ASKED"
case "$*" in
    *pytest*) echo "F."; echo "1 failed, 2 passed in 0.12s" ;;
esac
case "$*" in
    *"$FAILING"*) exit 1 ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / ".ci").mkdir()
    shutil.copy2(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    interpreter = tmp_path / "venv" / "bin" / "python"
    interpreter.parent.mkdir(parents=True)
    interpreter.write_text(INTERPRETER)
    interpreter.chmod(0o755)
    return tmp_path


def run(checkout: Path, failing: str, *arguments: str) -> tuple[int, list[str], list[str]]:
    """The exit code, what was said, and what the interpreter was asked for."""
    asked = checkout / "asked"
    environment = {
        **os.environ,
        "VENV": str(checkout / "venv"),
        "ASKED": str(asked),
        "FAILING": failing,
        "CHROMIUM": "-",
    }
    done = subprocess.run(
        [str(checkout / ".ci" / "run"), *arguments],
        cwd=checkout.parent,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout.splitlines(), asked.read_text().splitlines()


def test_all_stages_run_and_the_closing_line_ends_it(checkout: Path) -> None:
    code, said, asked = run(checkout, "nothing fails")
    assert code == 0
    assert said[-1] == "1 failed, 2 passed in 0.12s"
    assert all(any(stage in line for line in asked) for stage in STAGES)
    assert any("pip install" in line and "--group dev" in line for line in asked)


@pytest.mark.parametrize("failing", STAGES)
def test_any_failing_stage_fails_it_and_stops_no_other(checkout: Path, failing: str) -> None:
    code, said, asked = run(checkout, failing)
    assert code == 1
    assert said[-1].startswith("failed: ")
    assert said[-2] == "1 failed, 2 passed in 0.12s"
    assert all(any(stage in line for line in asked) for stage in STAGES)


def test_nothing_runs_where_the_installation_failed(checkout: Path) -> None:
    code, _, asked = run(checkout, "pip install")
    assert code == 1
    assert not any("pytest" in line for line in asked)


def test_arguments_go_to_pytest(checkout: Path) -> None:
    _, _, asked = run(checkout, "nothing fails", "-k", "layers")
    assert any("pytest" in line and line.endswith("-k layers") for line in asked)


def test_it_names_no_machine() -> None:
    text = (ROOT / ".ci" / "run").read_text()
    assert not [word for word in ("/tmp/", "/work", "/root", "/home", "http", "index-url", "file:") if word in text]
