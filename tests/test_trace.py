"""`registry-lint trace`: what an expression can be, by the public command, on the outage in small."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from registry_lint.cli import main

PROJECTS = Path(__file__).parent / "projects"


@pytest.fixture
def outage(tmp_path: Path) -> Path:
    """A copy outside of any checkout: nothing above it may count as its root."""
    return Path(shutil.copytree(PROJECTS / "outage", tmp_path / "outage"))


def place(project: Path, path: str, piece: str, at: str) -> str:
    """FILE:LINE:COLUMN of `at` in the one line that holds `piece`."""
    lines = (project / path).read_text().splitlines()
    rows = [row for row, line in enumerate(lines, 1) if piece in line]
    assert len(rows) == 1, rows
    return f"{project / path}:{rows[0]}:{lines[rows[0] - 1].rindex(at) + 1}"


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Run the command: its exit code, and all that it wrote."""

    def call(*arguments: str) -> tuple[int, str]:
        code = main(["trace", *arguments])
        written = capfd.readouterr()
        return code, written.out + written.err

    return call


def test_the_registered_tool_can_be_a_class_and_the_way_is_told(outage: Path, run: Run) -> None:
    where = place(outage, "chat/dispatch.py", "self.registry.register(tool_name, tool)", "tool)")
    code, output = run(where, "--output-format", "json")
    assert code == 0
    values = {value["description"]: value for value in json.loads(output)["values"]}
    cost = values["the class chat.tools.CostTool"]
    assert cost["confidence"] == "likely"
    assert cost["trace"][0]["filename"] == "chat/startup.py"
    assert cost["trace"][1]["message"] == "stored as attribute tool_classes"
    assert not any("instance of chat.tools" in description for description in values)


def test_a_name_is_not_looked_for_in_every_module_that_is_imported_whole(tmp_path: Path, run: Run) -> None:
    sources = {
        "kit/__init__.py": "from .clients import *\nfrom .memory import *\nfrom .tools import *\n",
        "kit/clients.py": "import os\nclass Client: ...\n",
        "kit/memory.py": "from .clients import *\nLIMIT = len('long')\n",
        "kit/tools.py": "class Tool: ...\n",
        "main.py": "from kit import Client, LIMIT\nprint(Client(), LIMIT)\n",
    }
    for path, source in sources.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(source)

    def told(column: int) -> list[str]:
        code, output = run(f"{tmp_path}/main.py:2:{column}", "--output-format", "json")
        assert code == 0
        return [value["description"] for value in json.loads(output)["values"]]

    assert told(7) == ["the class kit.clients.Client"]
    assert not any("third-party name kit" in description for description in told(17))


def test_text_shows_numbered_frames(outage: Path, run: Run) -> None:
    where = place(outage, "chat/dispatch.py", "self.registry.register(tool_name, tool)", "tool)")
    code, output = run(where)
    assert code == 0
    assert "it can be 4 things" in output
    assert "the class chat.tools.SearchTool [likely]" in output
    assert "list built here, with the class SearchTool in it" in output


def test_a_line_alone_means_its_widest_expression(tmp_path: Path, run: Run) -> None:
    (tmp_path / "one.py").write_text("class Tool: ...\n\ntools = [Tool()]\n")
    code, output = run(f"{tmp_path / 'one.py'}:3", "--output-format", "json")
    assert code == 0
    assert [value["description"] for value in json.loads(output)["values"]] == [
        "a collection with an instance of one.Tool in it"
    ]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("one.py", "not a place"),
        ("one.py:0", "not a place"),
        ("gone.py:1", "there is no file"),
        ("one.py:2", "no expression stands at"),
        ("broken.py:1", "broken.py"),
    ],
)
def test_what_cannot_be_answered_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, written: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.py").write_text("x = 1\n\n")
    (tmp_path / "broken.py").write_text("def (:\n")
    code, output = run(written)
    assert code == 2
    assert said in output


def test_strict_is_not_content_where_something_could_not_be_read(outage: Path, run: Run) -> None:
    where = place(outage, "chat/dispatch.py", "self.registry.register(tool_name, tool)", "tool)")
    assert run(where, "--strict")[0] == 0
    (outage / "chat" / "broken.py").write_text("app.state.tool_classes = [Unknown\nself.register_tools(x\n")
    assert run(where)[0] == 0
    assert run(where, "--strict")[0] == 2
