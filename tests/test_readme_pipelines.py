"""The README's pipelines, each tried: valid for who reads them, and their commands run on the sample."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.test_readme import ROOT, blocks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SOURCE = "git+URL-OF-THIS-REPOSITORY"


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """The sample that fails, as a project of its own, and `registry-lint` on the path."""
    shutil.copytree(ROOT / "tests" / "projects" / "outage", tmp_path / "sample")
    command = tmp_path / "bin" / "registry-lint"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m registry_lint "$@"\n')
    command.chmod(0o755)
    return tmp_path / "sample"


def run(script: str, sample: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a step as a runner does: bash, which ends at the first command that fails."""
    path = f"{sample.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, **variables}
    return subprocess.run(
        ["bash", "-e", "-c", script], cwd=sample, env=environment, capture_output=True, text=True, timeout=120
    )


def pipeline(key: str) -> tuple[str, dict[str, Any]]:
    """The block of YAML that has a key at its top: its text, and what it says."""
    ((text, value),) = [(text, value) for text in blocks("yaml") if key in (value := yaml.safe_load(text))]
    return text, value


def is_valid(text: str, name: str, schema: str, folder: Path) -> None:
    """Hold a file against the schema that its reader publishes, as check-jsonschema has it."""
    pytest.importorskip("check_jsonschema")
    (folder / name).write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, name],
        cwd=folder, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_workflow_of_github_is_valid_and_its_steps_do_what_is_said(sample: Path, tmp_path: Path) -> None:
    text, workflow = pipeline("jobs")
    is_valid(text, "workflow.yml", "vendor.github-workflows", tmp_path)
    steps = workflow["jobs"]["registry-lint"]["steps"]
    install, check = (step["run"] for step in steps if "run" in step)
    assert install == f"pip install {SOURCE}"
    done = run(check, sample, GITHUB_STEP_SUMMARY=str(tmp_path / "summary.md"))
    assert done.returncode == 1, done.stderr
    assert "::error title=REG202 class-registered,file=chat/" in done.stdout
    assert "| error | REG202 class-registered |" in (tmp_path / "summary.md").read_text()
    (upload,) = (step for step in steps if "upload-sarif" in step.get("uses", ""))
    assert upload["if"] == "success() || failure()"  # findings fail the step before it
    log = json.loads((sample / upload["with"]["sarif_file"]).read_text())
    assert "REG202" in {result["ruleId"] for result in log["runs"][0]["results"]}


def test_the_pipeline_of_gitlab_is_valid_and_its_script_does_what_is_said(sample: Path, tmp_path: Path) -> None:
    text, value = pipeline("registry-lint")
    is_valid(text, ".gitlab-ci.yml", "vendor.gitlab-ci", tmp_path)
    job = value["registry-lint"]
    install, check = job["script"]
    assert install == f"pip install {SOURCE}"
    assert run(check, sample).returncode == 1
    issues = json.loads((sample / job["artifacts"]["reports"]["codequality"]).read_text())
    assert "REG202" in {issue["check_name"] for issue in issues}
    assert job["artifacts"]["when"] == "always"  # findings fail the job before its artifacts are kept


def ini() -> str:
    (text,) = blocks("ini")
    return text


def noxfile() -> str:
    (text,) = (text for text in blocks("python") if "nox" in text)
    return text


@pytest.mark.parametrize(
    ("name", "text", "command"),
    [
        ("tox.ini", ini(), ["tox", "run", "-e", "registry-lint", "--", "--output-format", "concise"]),
        ("noxfile.py", noxfile(), ["nox", "-s", "registry-lint", "--", "--output-format", "concise"]),
    ],
    ids=["tox", "nox"],
)
def test_an_environment_of_its_own(sample: Path, wheel: Path, name: str, text: str, command: Sequence[str]) -> None:
    """It is installed into an environment as a user would, but from the wheel that was built of this checkout."""
    pytest.importorskip(command[0])
    (sample / name).write_text(text.replace(SOURCE, wheel.as_uri()))
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=sample, env=environment, capture_output=True, text=True, timeout=900
    )
    assert done.returncode != 0, done.stdout + done.stderr
    assert re.search(r"^chat/.*REG202", done.stdout, re.MULTILINE), done.stdout + done.stderr
