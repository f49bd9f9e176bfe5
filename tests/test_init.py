"""`registry-lint init`: what it infers, what it writes, and that it keeps what stands there."""

from __future__ import annotations

import os
import tomllib
from typing import TYPE_CHECKING

import pytest

from registry_lint import cli
from registry_lint.config.contracts import (
    Contracts,
    Origin,
    RegisteringMethod,
    RegistryContract,
    ToolContract,
    TrackerContract,
)
from registry_lint.config.load import settings_from
from registry_lint.config.write import with_baseline, with_contracts

if TYPE_CHECKING:
    from pathlib import Path

CONTRACTS = Contracts(
    registries=(
        RegistryContract(
            path="app.registry.ToolRegistry",
            methods=(RegisteringMethod("register", "name", "tool"), RegisteringMethod("add")),
            factories=("app.registry.get_registry",),
            scope="user_id",
            holds="tools",
            origin=Origin("app/registry.py", 3, 7),
        ),
        RegistryContract(path="app.other.Registry", origin=Origin("app/other.py", 1, 7)),
    ),
    trackers=(TrackerContract(path="app.T", accessor="app.get_t", origin=Origin("app/__init__.py", 9, 7)),),
    tools=ToolContract(bases=("app.BaseTool",)),
)
REMARKS = {"app.registry.ToolRegistry": "built 3 times"}

PYPROJECT = """\
# a project
[project]
name = "x"   # spaced   oddly

[tool.registry-lint]
ignore = ["REG1"]  # why

[tool.other]
line-length=120
"""


def test_new_file() -> None:
    text, added = with_contracts("", CONTRACTS, REMARKS, pyproject=False)
    assert text.startswith("[[registries]]\n# app/registry.py:3; built 3 times\nclass = ")
    assert added == ("app.registry.ToolRegistry", "app.other.Registry", "app.T", "app.BaseTool")
    read = settings_from(text).contracts
    assert [contract.path for contract in read.registries] == ["app.registry.ToolRegistry", "app.other.Registry"]
    assert read.registries[0].methods == CONTRACTS.registries[0].methods
    assert read.registries[0].scope == "user_id"
    assert read.trackers[0].accessor == "app.get_t"
    assert read.tools.bases == ("app.BaseTool",)


def test_what_stands_there_stays() -> None:
    text, _ = with_contracts(PYPROJECT, CONTRACTS, {}, pyproject=True)
    assert [line for line in text.splitlines() if line in PYPROJECT.splitlines() and line] == [
        line for line in PYPROJECT.splitlines() if line
    ]
    ours = tomllib.loads(text)["tool"]["registry-lint"]
    assert ours["ignore"] == ["REG1"]
    assert len(ours["registries"]) == 2
    assert tomllib.loads(text)["tool"]["other"] == {"line-length": 120}


@pytest.mark.parametrize("before", ["", PYPROJECT, PYPROJECT.replace("\n", "\r\n"), '[project]\nname = "x"\n'])
def test_second_time_adds_nothing(before: str) -> None:
    once, _ = with_contracts(before, CONTRACTS, REMARKS, pyproject=True)
    assert with_contracts(once, CONTRACTS, REMARKS, pyproject=True) == (once, ())
    assert ("\r\n" in once) == ("\r\n" in before)
    assert once.count("\n") == once.count("\r\n") or "\r\n" not in before


def test_lists_that_are_written_inline_are_lengthened() -> None:
    before = 'registries = [{ class = "a.B" }]  # ours\n[tools]\nbases = ["a.T"]\n'
    text, added = with_contracts(before, CONTRACTS, {}, pyproject=False)
    read = settings_from(text).contracts
    assert [contract.path for contract in read.registries] == ["a.B", *added[:2]]
    assert read.tools.bases == ("a.T", "app.BaseTool")
    assert "# ours" in text


def test_odd_names_cannot_break_out_of_a_comment() -> None:
    contract = RegistryContract(path="a.B", origin=Origin('x\nselect = []\n".py', 1, 1))
    text, _ = with_contracts("", Contracts(registries=(contract,)), {}, pyproject=False)
    assert "select" not in tomllib.loads(text)


SOURCES = {
    "app/__init__.py": "",
    "app/registry.py": """\
class ToolRegistry:
    def __init__(self, user_id=None):
        self._tools = {}

    def register(self, name, tool):
        self._tools[name] = tool


_registry = None


def get_tool_registry():
    global _registry
    if _registry is None:
        _registry = ToolRegistry()
    return _registry
""",
    "app/use.py": "from app.registry import ToolRegistry\n\nregistry = ToolRegistry()\n",
    "tests/test_x.py": "class FakeRegistry:\n    def register(self, a, b):\n        self.x[a] = b\n",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for path, text in SOURCES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_init_from_first_to_last(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["init", "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert "app.registry.ToolRegistry  (app/registry.py:1; " in shown
    assert "through app.registry.get_tool_registry" in shown
    assert "+[[registries]]" in shown
    assert "Fake" not in shown
    assert not list(project.glob("*.toml"))

    assert cli.main(["init"]) == 0
    assert "baseline write" in capsys.readouterr().out  # there is a finding, and a way to live with it
    written = settings_from((project / "registry-lint.toml").read_text()).contracts.registries
    assert [(contract.path, contract.scope, contract.holds) for contract in written] == [
        ("app.registry.ToolRegistry", "user_id", "tools")
    ]
    assert written[0].methods == (RegisteringMethod("register", "name", "tool"),)

    assert cli.main(["init", "--baseline"]) == 0
    said = capsys.readouterr().out
    assert "says all of it already" in said
    assert "registry-lint.toml names it" in said
    assert cli.main(["check"]) == 0
    assert "3 in the baseline" in capsys.readouterr().out


def test_init_takes_no_baseline_of_half_a_project(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(project / "app" / "pipe.py")
    assert cli.main(["init", "--baseline"]) == 2
    assert "app/pipe.py: not a regular file" in capsys.readouterr().err
    assert not (project / ".registry-lint-baseline").exists()


@pytest.mark.parametrize(
    ("text", "pyproject"),
    [
        ("", False),
        ("", True),
        ('[[registries]]\nclass = "a"\n', False),
        ("ignore = []  # why\n\n[tools]\nbases = []\n", False),
        ('[project]\nname = "x"\n', True),
        ('[[tool.registry-lint.registries]]\n# seen\nclass = "a"\n\n[tool.other]\nx = 1\n', True),
        ("[tool.registry-lint]\nignore = []\r\n\r\n[tool.other]\r\nx = 1\r\n", True),
    ],
)
def test_baseline_is_named_and_what_stands_there_stays(text: str, pyproject: bool) -> None:
    new = with_baseline(text, "known.txt", pyproject=pyproject)
    table = tomllib.loads(new)
    assert (table["tool"]["registry-lint"] if pyproject else table)["baseline"] == "known.txt"
    old, lines = [line for line in text.splitlines() if line], new.splitlines()
    assert [line for line in lines if line in old] == old
    following = lines[lines.index('baseline = "known.txt"') + 1 :]
    assert following[:1] in ([], [""])  # a blank line before the next table
    assert new.count("\r\n") == (new.count("\n") if "\r\n" in text else 0)


def test_init_writes_into_a_pyproject_that_is_there(project: Path) -> None:
    (project / "pyproject.toml").write_text(PYPROJECT.replace("[tool.registry-lint]\n", "[tool.another]\n"))
    assert cli.main(["init"]) == 0
    assert "registries" in tomllib.loads((project / "pyproject.toml").read_text())["tool"]["registry-lint"]
    assert not (project / "registry-lint.toml").exists()


def test_init_of_a_broken_file_is_a_mistake(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "pyproject.toml").write_text("[project\n")
    assert cli.main(["init"]) == 2
    assert "pyproject.toml" in capsys.readouterr().err
    assert (project / "pyproject.toml").read_text() == "[project\n"


def test_init_of_a_project_without_registries(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.py").write_text("x = 1\n")
    (tmp_path / "registry-lint.toml").touch()
    assert cli.main(["init", str(tmp_path)]) == 0
    assert "Nothing to write down." in capsys.readouterr().out
