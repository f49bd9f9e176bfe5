"""The benchmarks: generated projects are what they say, measurements and promises add up."""

from __future__ import annotations

import ast
import json
import sys
from typing import TYPE_CHECKING

import pytest

from tests.benchmarks import __main__ as program
from tests.benchmarks import bounds, synthetic
from tests.benchmarks.measure import FailedRunError, Sample, Summary, run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, synthetic.Made]:
    """A generated project."""
    folder = tmp_path_factory.mktemp("project")
    return folder, synthetic.generate(folder, 1200, seed=3)


def test_a_generated_project_is_what_it_says(project: tuple[Path, synthetic.Made]) -> None:
    """As many files as asked for, all of them Python, with copies, registries and mistakes."""
    folder, made = project
    texts = [path.read_text() for path in folder.rglob("*.py")]
    assert len(texts) == made.files == 1200
    assert sum(text.count("\n") for text in texts) == made.lines
    for text in texts:
        ast.parse(text)
    assert 0.1 < 1 - len(set(texts)) / len(texts) < 0.35  # copies
    assert made.registries >= 2
    assert made.direct >= 1
    assert made.metaclass_keys >= 1


def test_the_same_seed_gives_the_same_project(project: tuple[Path, synthetic.Made], tmp_path: Path) -> None:
    """Byte for byte; another seed another one."""
    folder, made = project
    assert synthetic.generate(tmp_path / "again", 1200, seed=3) == made
    for path in folder.rglob("*.py"):
        assert (tmp_path / "again" / path.relative_to(folder)).read_bytes() == path.read_bytes()
    assert synthetic.generate(tmp_path / "other", 1200, seed=4) != made


def test_a_run_is_measured(tmp_path: Path) -> None:
    """Wall time, processor time and memory of a process that uses some of each."""
    sample = run([sys.executable, "-c", "x = bytearray(80_000_000); sum(range(2_000_000))"], tmp_path)
    assert sample.wall > 0
    assert 0.005 < sample.cpu < 60
    assert sample.memory > 80


@pytest.mark.parametrize(("code", "message"), [("raise SystemExit(2)", "exit code 2"), ("input()", "EOFError")])
def test_a_run_that_fails_is_no_measurement(tmp_path: Path, code: str, message: str) -> None:
    """A tool that stops at once must not win."""
    with pytest.raises(FailedRunError, match=message):
        run([sys.executable, "-c", code], tmp_path, codes=(0,))
    with pytest.raises(FailedRunError, match="too long"):
        run([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path, patience=0.3)


def test_promises_are_ratios_of_medians() -> None:
    """The bound for the larger corpus holds where the corpus is that large; what was not measured is not judged."""
    summaries = {
        "registry-lint cold": Summary.of([Sample(4, 6, 100), Sample(2, 3, 90), Sample(3, 5, 300)]),
        "ruff --no-cache": Summary.of([Sample(2.5, 5, 30)]),
    }
    small, memory = bounds.verdicts(summaries, 6_000)
    assert (small.measured, small.most, small.is_met) == (1.2, 1.5, True)
    assert (memory.measured, memory.is_met) == (100, True)
    large, _ = bounds.verdicts(summaries, 25_000)
    assert (large.most, large.is_met) == (1.0, False)
    assert [verdict.what for verdict in bounds.verdicts(summaries, 10)] == ["peak memory of registry-lint, MiB"]


def test_one_command_measures_and_records(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table, the promises, what is missing, and the same as JSON; the corpus is not written to."""
    corpus = tmp_path / "corpus"
    synthetic.generate(corpus, 30, seed=1)
    before = {path: path.read_bytes() for path in corpus.rglob("*.py")}
    record = tmp_path / "out.json"
    monkeypatch.setattr("tests.benchmarks.contenders._found", lambda _: None)
    only = "version,pass,ripgrep"
    assert program.main([str(corpus), "--rounds", "1", "--only", only, "--json", str(record)]) in (0, 1)
    said = capsys.readouterr().out
    assert "registry-lint version" in said
    assert "ripgrep: missing here" in said
    written = json.loads(record.read_text())
    assert written["corpus"]["files"] == 30
    assert written["missing"] == ["ripgrep"]
    assert written["results"]["python -c pass"]["runs"] == 1
    assert {path: path.read_bytes() for path in corpus.rglob("*") if path.suffix == ".py"} == before
