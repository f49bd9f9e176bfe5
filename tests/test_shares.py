"""A large project is looked at by several processes: the report is the same to the byte, the cache is filled."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from registry_lint import shares

ROOT = Path(__file__).parent.parent

REGISTRY = """
class Tool:
    name = "tool"

class ToolRegistry:
    def register(self, name: str, tool: Tool) -> None:
        self._tools[name] = tool

def get_tool_registry():
    return ToolRegistry()
"""

USER = """
from app.registry import Tool, ToolRegistry

class Tool{number}(Tool):
    name = "tool{number}"

def fill():
    registry = ToolRegistry()
    registry.register(type(Tool{number}).__name__, Tool{number})

_cache = None

def get_cache():
    global _cache
    if _cache is None:
        _cache = ToolRegistry()
    return _cache
"""

TEST = """
from unittest.mock import Mock
from app.registry import ToolRegistry

def test_fill{number}():
    tool_registry = Mock()
    assert tool_registry
"""

TESTS = 50  # enough for several processes to read them


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that is just large enough to be shared out."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "registry.py").write_text(REGISTRY)
    for number in range(shares.WORTH_A_FORK):
        text = USER.format(number=number) if number % 50 == 0 else "x = 1\n"
        (tmp_path / "app" / f"part{number}.py").write_text(text)
    for folder in ("app/copies", "tests/copies", "tests/others"):
        (tmp_path / folder).mkdir(parents=True)
        for number in range(TESTS):
            (tmp_path / folder / f"check{number}.py").write_text(TEST.format(number=number))
    return tmp_path


def check(project: Path, *options: str) -> tuple[int, bytes]:
    done = subprocess.run(
        [sys.executable, "-m", "registry_lint", "check", "--isolated", "--output-format", "json", *options, "."],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_any_number_of_processes_gives_the_same_bytes(project: Path) -> None:
    alone = check(project, "--no-cache", "-j1")
    assert alone[0] == 1
    assert alone[1].count(b'"code": "REG101"') == shares.WORTH_A_FORK // 50
    assert alone[1].count(b'"code": "REG601"') == 2 * TESTS  # what stands in `app` is a copy, and no test
    assert check(project, "--no-cache", "-j2") == alone
    assert check(project, "--no-cache", "-j4") == alone


def test_what_other_processes_read_is_kept(project: Path) -> None:
    first = check(project, "-j2")
    (project / "app" / "part1.py").write_text("x = 2\n")
    assert check(project, "-j2") == first
