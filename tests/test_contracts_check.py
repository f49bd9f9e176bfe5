"""A contract that names what is not there is told when the project is read, with its place; one that does is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from registry_lint.config.load import settings_from
from registry_lint.errors import ConfigurationError, Mistake
from registry_lint.project.contracts_check import check_contracts
from registry_lint.project.model import Project
from registry_lint.source.corpus import MemoryCorpus

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = {
    "app/__init__.py": "",
    "app/registry.py": (
        "import fastapi\n"
        "class ToolRegistry:\n"
        "    default = None\n"
        "    class Entry: ...\n"
        "    def register(self, key, value): ...\n"
        "class Known(fastapi.APIRouter): ...\n"
        "def get_registry(): ...\n"
    ),
    "app/api.py": "from app.registry import ToolRegistry as Registry\nfrom app.registry import *\n",
    "app/wiring/tools.py": "def build(): ...\n",
    "app/broken.py": "def (:\n",
}


def mistakes(toml: str) -> tuple[Mistake, ...]:
    try:
        check_contracts(Project(MemoryCorpus(SOURCES), settings_from(toml)))
    except ConfigurationError as error:
        return error.mistakes
    return ()


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("app.registry.ToolRegistry", id="a class"),
        pytest.param("app.registry.get_registry", id="a function"),
        pytest.param("app.registry.ToolRegistry.register", id="a method"),
        pytest.param("app.registry.ToolRegistry.default", id="a class attribute"),
        pytest.param("app.registry.ToolRegistry.Entry", id="a nested class"),
        pytest.param("app.registry.Known.get", id="a member that a third-party base may have"),
        pytest.param("app.api.Registry", id="a re-export under another name"),
        pytest.param("app.api.ToolRegistry", id="a re-export by a star"),
        pytest.param("app.registry", id="a module"),
        pytest.param("app", id="a package"),
        pytest.param("app.wiring", id="a namespace package"),
        pytest.param("app.broken.Anything", id="a module that does not parse may have it"),
        pytest.param("pickle.loads", id="the standard library"),
        pytest.param("fastapi.FastAPI", id="a third-party class"),
        pytest.param("applib.Thing", id="a third-party package that nobody uses yet"),
    ],
)
def test_paths_that_lead_somewhere(path: str) -> None:
    assert mistakes(f'[[forbid]]\npath = "{path}"\n') == ()


@pytest.mark.parametrize(
    ("toml", "message", "hint"),
    [
        ('[[forbid]]\npath = "app.registry.ToolRegistri"', "forbid: path names `app.registry.ToolRegistri`",
         "app.registry.ToolRegistry"),
        ('[[forbid]]\npath = "app.registri.ToolRegistry"', "forbid: path names `app.registri.ToolRegistry`",
         "app.registry.ToolRegistry"),
        ('[[forbid]]\npath = "app.registry.ToolRegistry.registr"', "`app.registry.ToolRegistry.registr`",
         "app.registry.ToolRegistry.register"),
        ('[[forbid]]\npath = "ap.registry.ToolRegistry"', "`ap.registry.ToolRegistry`", "app.registry.ToolRegistry"),
        ('[[forbid]]\npath = "app.build"', "`app.build`", "app.wiring.tools.build"),
        ('[[forbid]]\npath = "pickle.loads"\nexcept-in = ["app.store"]', "forbid: except-in names `app.store`", ""),
        ('[[registries]]\nclass = "app.registry.Registry"', "registries: class names `app.registry.Registry`", ""),
        ('[[registries]]\nclass = "app.registry.ToolRegistry"\nfactories = ["app.registry.make"]',
         "registries: factories names `app.registry.make`", ""),
        ('[[registries]]\nclass = "app.registry.ToolRegistry"\nallowed-in = ["app.startup"]',
         "registries: allowed-in names `app.startup`", ""),
        ('[[registries]]\nclass = "app.registry.ToolRegistry"\nname-helper = "app.registry.name_of"',
         "registries: name-helper names `app.registry.name_of`", ""),
        ('[[trackers]]\nclass = "app.registry.Tracker"', "trackers: class names `app.registry.Tracker`", ""),
        ('[[trackers]]\nclass = "app.registry.Known"\naccessor = "app.registry.get_tracker"',
         "trackers: accessor names `app.registry.get_tracker`", ""),
        ('[[canonical]]\nclass = "elsewhere.Router"', "canonical: class names `elsewhere.Router`", ""),
        ('[[canonical]]\nclass = "app.registry.Known"\naliases = ["app.api.Gone"]',
         "canonical: aliases names `app.api.Gone`", ""),
        ('[tools]\nbases = ["app.registry.Tool"]', "tools: bases names `app.registry.Tool`", ""),
        ('[schemas]\nbases = ["app.registry.Schema"]', "schemas: bases names `app.registry.Schema`", ""),
        ('[contexts]\ntypes = ["app.registry.Context"]', "contexts: types names `app.registry.Context`", ""),
        ('entry-points = ["app.main.run"]', "entry-points names `app.main.run`", ""),
    ],
)  # fmt: skip
def test_paths_that_lead_nowhere(toml: str, message: str, hint: str) -> None:
    (mistake,) = mistakes(toml)
    assert message in mistake.message
    if hint:
        assert mistake.hint == f"did you mean `{hint}`?"


def test_all_are_told_at_once_where_they_stand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from registry_lint.cli import main

    (tmp_path / "pyproject.toml").write_text(
        '[tool.registry-lint]\nroot = true\n\n[[tool.registry-lint.forbid]]\npath = "app.registry.Gone"\n\n'
        '  [[tool.registry-lint.canonical]]\n  class = "app.registry.Lost"\n'
    )
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "registry.py").write_text("class ToolRegistry: ...\n")
    assert main(["check", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert "pyproject.toml:4:" in said.err + said.out
    assert "pyproject.toml:7:" in said.err + said.out
