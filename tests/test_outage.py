"""The outage in small: it fails as the real one did, registry-lint shows the way, and the mended twin is clean."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import warm

PROJECTS = Path(__file__).parent / "projects"
ENVIRONMENT = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(PROJECTS.parent.parent)}

# Rules about construction, registration and keys. Later groups may find more in the outage (the router with two
# classes, the cleanup that nobody calls); in the mended twin no rule may find anything.
HEADLINES = ("REG101", "REG103", "REG104", "REG108", "REG2", "REG3")

# code, file, a piece of the line that must be reported
EXPECTED = [
    ("REG101", "chat/dispatch.py", "self.registry = ToolRegistry()"),
    ("REG101", "chat/request_tools.py", "registry = ToolRegistry()"),
    ("REG103", "chat/tracking.py", "class ExecutionTracker:"),
    ("REG104", "chat/request_tools.py", "tracker = ExecutionTracker()"),
    ("REG202", "chat/session.py", 'tools=components["tool_classes"]'),
    ("REG301", "chat/dispatch.py", 'getattr(tool, "__class__", type(tool)).__name__.lower()'),
]

# The way of the classes, from the mistake to where it hurts. Other steps may stand between these.
MAIN_FLOW = [
    ("chat/startup.py", "app.state.tool_classes = [SearchTool, CostTool, ReportTool]"),
    ("chat/session.py", 'components["tool_classes"] = app_state.tool_classes'),
    ("chat/session.py", 'tools=components["tool_classes"]'),
    ("chat/dispatch.py", "self.register_tool(tool)"),
    ("chat/dispatch.py", "self.registry.register(tool_name, tool)"),
]


def row_of(project: Path, path: str, piece: str) -> int:
    rows = [row for row, line in enumerate((project / path).read_text().splitlines(), 1) if piece in line]
    assert len(rows) == 1, f"{piece!r} stands in {len(rows)} lines of {path}"
    return rows[0]


@pytest.fixture(params=["outage", "outage_repaired"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy outside of any git checkout: nothing above it may count as its root."""
    return Path(shutil.copytree(PROJECTS / request.param, tmp_path / request.param))


def run(project: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "chat"]
    return subprocess.run(command, cwd=project, env=ENVIRONMENT, capture_output=True, text=True, timeout=60)


def lint(project: Path, *options: str) -> tuple[int, list[dict[str, Any]]]:
    done = warm.run(project, "check", "--output-format", "json", "--isolated", *options, ".")
    assert done.code in (0, 1), done.err
    return done.code, json.loads(done.out)


outage = pytest.mark.parametrize("project", ["outage"], indirect=True)
repaired = pytest.mark.parametrize("project", ["outage_repaired"], indirect=True)


@outage
def test_the_outage_fails_as_the_real_one_did(project: Path) -> None:
    done = run(project)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "ValueError: modelmetaclass already registered in ToolRegistry"


@repaired
def test_the_mended_service_runs(project: Path) -> None:
    done = run(project)
    assert (done.returncode, done.stderr) == (0, "")
    assert "nothing about lovelace" in done.stdout


@outage
def test_every_headline_finding_of_the_outage_and_no_other(project: Path) -> None:
    status, findings = lint(project)
    assert status == 1
    found = sorted(
        (each["code"], each["filename"], each["location"]["row"])
        for each in findings
        if each["code"].startswith(HEADLINES)
    )
    assert found == sorted((code, path, row_of(project, path, piece)) for code, path, piece in EXPECTED)


@outage
def test_one_trace_leads_from_the_list_at_startup_to_the_registration(project: Path) -> None:
    _, findings = lint(project, "--select", "REG202")
    (finding,) = findings
    assert finding["confidence"] == "likely", "two steps go by a name alone: the attribute, and the entry it fills"
    way = [(step["filename"], step["location"]["row"]) for step in finding["trace"]]
    expected = [(path, row_of(project, path, piece)) for path, piece in MAIN_FLOW]
    rest = iter(way)
    assert all(place in rest for place in expected), f"{expected} is not a way along {way}"
    assert all(step["message"] for step in finding["trace"])


@outage
def test_the_key_is_traced_to_the_registration(project: Path) -> None:
    _, findings = lint(project, "--select", "REG301")
    (finding,) = findings
    sink = ("chat/dispatch.py", row_of(project, "chat/dispatch.py", "self.registry.register(tool_name, tool)"))
    assert sink in [(step["filename"], step["location"]["row"]) for step in finding["trace"]]


@repaired
def test_the_mended_service_is_clean_under_all_rules(project: Path) -> None:
    assert lint(project) == (0, [])


@outage
def test_linting_leaves_no_mark_of_running_the_code(project: Path) -> None:
    (project / "chat" / "__init__.py").write_text("import pathlib\npathlib.Path('imported').touch()\n")
    lint(project)
    assert not (project / "imported").exists()


@outage
def test_the_outage_mended_by_its_fixes_runs(project: Path) -> None:
    """What a person would do by hand, done by the linter: where the program failed, it answers."""
    lint(project, "--fix", "--unsafe-fixes")
    done = run(project)
    assert (done.returncode, done.stderr) == (0, "")
    assert "nothing about lovelace" in done.stdout
    mended = {path: path.read_bytes() for path in project.rglob("*.py")}
    _, left = lint(project, "--fix", "--unsafe-fixes")
    assert {path: path.read_bytes() for path in project.rglob("*.py")} == mended, "a second run changes nothing"
    assert not [each for each in left if each["code"] in ("REG202", "REG301")]
