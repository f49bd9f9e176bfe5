"""What `import registry_lint` offers: whole, documented, and enough for a script."""

from __future__ import annotations

import dataclasses
import inspect
import os
import shutil
import subprocess
import sys
import typing
from pathlib import Path

import pytest

import registry_lint
from registry_lint import findings
from registry_lint.api import check_paths
from tests.test_readme import ROOT, blocks

CONSTANTS = {"CERTAIN", "LIKELY", "Value"}  # two numbers and a union of the classes beside them


def test_everything_that_is_listed_is_there_and_the_type_checker_knows_it() -> None:
    assert sorted(registry_lint.__all__) == sorted(set(registry_lint.__all__))
    assert set(registry_lint.__all__) == set(registry_lint._HOME_OF)
    for name in registry_lint.__all__:
        assert getattr(registry_lint, name) is not None
    text = Path(registry_lint.__file__).read_text()
    typed = text.partition("if TYPE_CHECKING:")[2].partition("__all__")[0]
    assert [name for name in registry_lint.__all__ if name not in typed] == []
    with pytest.raises(AttributeError):
        registry_lint.nothing_of_the_kind  # type: ignore[attr-defined]  # noqa: B018 - asking is the point


@pytest.mark.parametrize("name", sorted(set(registry_lint.__all__) - CONSTANTS))
def test_everything_that_is_listed_says_what_it_is(name: str) -> None:
    value = getattr(registry_lint, name)
    said = inspect.getdoc(value) or ""
    assert len(said.split()) > 2
    assert not said.startswith(f"{name}(")  # what Python writes where nobody did


def test_what_a_script_gets_is_made_of_what_it_can_import() -> None:
    """Every class that can be reached from an outcome."""
    seen: set[type] = set()

    def visit(hint: object) -> None:
        for part in typing.get_args(hint):
            visit(part)
        if inspect.isclass(hint) and hint.__module__.startswith("registry_lint") and hint not in seen:
            seen.add(hint)
            assert getattr(registry_lint, hint.__name__) is hint
            for inner in typing.get_type_hints(hint, vars(findings)).values():
                visit(inner)

    visit(findings.Outcome)
    assert inspect.signature(check_paths).return_annotation == "Outcome"
    names = {"Outcome", "Finding", "Span", "Step", "Fix", "Edit", "Unexamined"}
    assert {each.__name__ for each in seen} == names


def test_every_argument_is_documented() -> None:
    said = inspect.getdoc(check_paths) or ""
    parameters = inspect.signature(check_paths).parameters
    assert [name for name in parameters if name != "paths" and f"`{name}`" not in said] == []
    assert "Raises UserError" in said


def test_the_script_of_the_readme_runs(tmp_path: Path) -> None:
    (text,) = (text for text in blocks("python") if "check_paths" in text)
    shutil.copytree(ROOT / "tests" / "projects" / "outage", tmp_path / "src")
    (tmp_path / "script.py").write_text(text)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "script.py"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "REG202" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("everything was examined: True")
    shutil.rmtree(tmp_path / "src")
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr.strip()) == (1, "no such file or folder: src")


def test_a_fix_can_be_carried_out_by_a_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("app.py").write_text("x = 1  # registry-lint: ignore[REG101]\n")
    (finding,) = check_paths("app.py").findings
    assert finding.fix is not None
    (edit,) = finding.fix.edits
    line = Path(edit.span.path).read_text().splitlines()[edit.span.row - 1]
    assert line[: edit.span.column - 1] + edit.content + line[edit.span.end_column - 1 :] == "x = 1"
    assert not dataclasses.is_dataclass(finding)  # frozen records of msgspec: `msgspec.to_builtins` makes JSON of them
