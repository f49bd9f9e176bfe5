"""Whole small projects, one for each way that a value takes: findings exactly where the comments expect them.

What the comments mean is written in projects/README.md.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FLOWS = Path(__file__).parent / "projects" / "flows"
RULES = "REG101,REG103,REG104,REG201,REG202,REG301"
NAMES = sorted(folder.name for folder in FLOWS.iterdir() if folder.is_dir())

_EXPECT = re.compile(r"# expect: (?P<findings>.+)")
_FINDING = re.compile(r"(?P<code>REG\d{3}) (?P<confidence>certain|likely)")


class Expected(NamedTuple):
    path: str
    row: int
    code: str
    confidence: str


def expected_in(project: Path) -> Iterator[Expected]:
    """Every finding that a comment of the project asks for. A comment that is not understood is an error."""
    for path in sorted(project.rglob("*.py")):
        with tokenize.open(path) as source:
            for token in tokenize.generate_tokens(source.readline):
                if token.type != tokenize.COMMENT or "expect" not in token.string:
                    continue
                comment = _EXPECT.fullmatch(token.string)
                assert comment, f"{path}:{token.start[0]}: {token.string}"
                for one in comment["findings"].split(", "):
                    finding = _FINDING.fullmatch(one)
                    assert finding, f"{path}:{token.start[0]}: {one!r}"
                    where = path.relative_to(project).as_posix()
                    yield Expected(where, token.start[0], finding["code"], finding["confidence"])


def lint(project: Path, report: Path) -> list[dict[str, Any]]:
    """The findings of the public command, run in this process: a hundred processes would take a minute."""
    from registry_lint.cli import main

    options = ["--isolated", "--select", RULES, "--output-format", "json", "-o", str(report)]
    with contextlib.chdir(project):
        status = main(["check", *options, "."])
    assert status in (0, 1), f"registry-lint ended with {status}"
    found: list[dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))
    assert bool(found) == (status == 1)
    return found


def described(findings: list[dict[str, Any]]) -> list[Expected]:
    return sorted(
        Expected(each["filename"], each["location"]["row"], each["code"], each["confidence"]) for each in findings
    )


@pytest.mark.parametrize("name", NAMES)
def test_findings_are_exactly_those_that_the_comments_expect(name: str, tmp_path: Path) -> None:
    project = Path(shutil.copytree(FLOWS / name, tmp_path / name))
    findings = lint(project, tmp_path / "report.json")
    assert described(findings) == sorted(expected_in(project))
    for finding in findings:
        for step in finding["trace"]:
            assert (project / step["filename"]).is_file()
            assert step["message"]


@pytest.mark.parametrize("name", ["attribute_and_entry_classes", "tuple_positions", "guard_helpers"])
def test_report_is_the_same_for_any_hash_seed(name: str, tmp_path: Path) -> None:
    """Sets and dictionaries iterate in another order under another seed: form 25, traces included."""
    command = [sys.executable, "-m", "registry_lint", "check", "--isolated"]
    command += ["--select", RULES, "--output-format", "json", "."]
    reports = []
    for seed in ("0", "1", "4242"):
        project = shutil.copytree(FLOWS / name, tmp_path / seed / name)  # nothing is cached from the run before
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parent.parent)}
        done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 1, done.stderr
        reports.append(done.stdout)
    assert len(set(reports)) == 1


@pytest.mark.parametrize("name", ["attribute_and_entry_classes", "super_forwarder", "fallback_key_after_join"])
def test_renamed_files_change_the_order_of_reading_and_nothing_else(name: str, tmp_path: Path) -> None:
    """Files are read in the order of their paths; under other names they come the other way round."""
    project = Path(shutil.copytree(FLOWS / name, tmp_path / name))
    before = described(lint(project, tmp_path / "before.json"))
    modules = sorted(path.stem for path in project.rglob("*.py") if path.stem != "__init__")
    renamed = {stem: f"{'zyxwvutsrq'[at]}_{stem}" for at, stem in enumerate(modules)}
    for path in list(project.rglob("*.py")):
        text = path.read_text()
        for stem, new in renamed.items():
            text = re.sub(rf"((?:from|import) (?:\w+\.)?){stem}\b", rf"\g<1>{new}", text)
        path.write_text(text)
        path.rename(path.with_stem(renamed.get(path.stem, path.stem)))
    after = described(lint(project, tmp_path / "after.json"))
    original = {new: stem for stem, new in renamed.items()}
    back = [each._replace(path=str(Path(each.path).with_stem(original[Path(each.path).stem]))) for each in after]
    assert before
    assert sorted(back) == before


def with_detours(project: Path) -> None:
    """Let each `from m import names` of the project's own modules go through a new module that re-exports them.

    A line stays a line, so rows stay what they are.
    """
    modules = {".".join(path.relative_to(project).with_suffix("").parts) for path in project.rglob("*.py")}
    for path in list(project.rglob("*.py")):
        text = path.read_text()
        lines = text.splitlines(keepends=True)
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.ImportFrom) or node.level or node.module not in modules:
                continue
            if node.lineno != node.end_lineno or node.names[0].name == "*":
                continue
            target = project.joinpath(*node.module.split("."))
            detour = target.with_name(f"detour_{target.name}.py")
            bindings = "".join(f"from {node.module} import {alias.name}\n" for alias in node.names)
            written = detour.read_text() if detour.exists() else ""
            detour.write_text(written + bindings)
            package = node.module.rpartition(".")[0]
            new = f"{package}.{detour.stem}" if package else detour.stem
            lines[node.lineno - 1] = lines[node.lineno - 1].replace(f"from {node.module} import", f"from {new} import")
        path.write_text("".join(lines))


def with_renamed_locals(project: Path) -> None:
    """Give each local variable of each function another name, where that is only a matter of names."""
    for path in project.rglob("*.py"):
        text = path.read_text()
        lines = text.splitlines(keepends=True)
        places: set[tuple[int, int, str]] = set()
        for function in ast.walk(ast.parse(text)):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            inside = list(ast.walk(function))
            if any(isinstance(node, ast.JoinedStr | ast.Global | ast.Nonlocal | ast.Import) for node in inside):
                continue
            names = [node for node in inside if isinstance(node, ast.Name)]
            taken = {node.arg for node in inside if isinstance(node, ast.arg)}
            taken |= {
                node.name for node in inside if isinstance(node, ast.ExceptHandler | ast.FunctionDef) and node.name
            }
            taken |= {node.name for node in inside if isinstance(node, ast.MatchAs | ast.MatchStar) and node.name}
            taken |= {node.rest for node in inside if isinstance(node, ast.MatchMapping) and node.rest}
            local = {node.id for node in names if isinstance(node.ctx, ast.Store)} - taken
            places |= {(node.lineno, node.col_offset, node.id) for node in names if node.id in local}
        for row, column, name in sorted(places, reverse=True):
            line = lines[row - 1]
            assert line[column:].startswith(name)
            lines[row - 1] = f"{line[:column]}{name}_renamed{line[column + len(name) :]}"
        path.write_text("".join(lines))
        ast.parse("".join(lines))


@pytest.mark.parametrize("change", [with_detours, with_renamed_locals])
@pytest.mark.parametrize("name", NAMES)
def test_what_means_the_same_is_judged_the_same(name: str, change: Callable[[Path], None], tmp_path: Path) -> None:
    """Compared with what was found before the change: one mistake of ours is one failure, above, and not three."""
    project = Path(shutil.copytree(FLOWS / name, tmp_path / name))
    before = described(lint(project, tmp_path / "before.json"))
    change(project)
    assert described(lint(project, tmp_path / "after.json")) == before


def test_projects_say_what_they_are_for() -> None:
    """Each has a docstring in one of its files, and about half of them are to be silent or nearly so."""
    for name in NAMES:
        texts = [path.read_text() for path in (FLOWS / name).rglob("*.py")]
        assert sum(text.startswith('"""') for text in texts) >= 1, name
    silent = [name for name in NAMES if not list(expected_in(FLOWS / name))]
    assert len(silent) >= 15
