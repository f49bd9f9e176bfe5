"""The short run of the fuzz: the same seeds every time, so that a failure is everybody's."""

from __future__ import annotations

import ast
import random
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from registry_lint import cli
from registry_lint.report import FORMATS
from tests.fuzz import drive
from tests.fuzz.grow import grown
from tests.fuzz.mutate import mutated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CASES = 25  # some 220 inputs; 5 s on two cores


def test_no_promise_is_broken() -> None:
    """The long run: `python -m tests.fuzz --count 12000 --sources FOLDER…`."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", "--count", str(CASES), "--jobs", "2"],
        cwd=drive.ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5_000:] + done.stderr[-2_000:]
    assert f" in {CASES} cases from seed 0, 0 broken" in done.stdout


def test_a_seed_is_a_case() -> None:
    known = drive.sources()
    first, again = (drive.project_of(11, known) for _ in "ab")
    assert first == again
    assert len({tuple(drive.project_of(seed, known).files.items()) for seed in range(40)}) == 40


def test_invented_projects_are_python_and_hold_what_rules_look_for() -> None:
    texts = [data for seed in range(60) for data in grown(random.Random(seed)).values()]
    for text in texts:
        ast.parse(text)
    together = b"".join(texts)
    for word in (b"class Registry0", b"import *", b".register(", b"metaclass=", b"super()", b"__class__", b"match "):
        assert word in together, word


def test_mutations_leave_some_files_whole() -> None:
    """A fuzz whose every input is refused by the parser tries nothing but the parser."""
    known = drive.sources()
    chance = random.Random(5)
    parsed = 0
    for _ in range(300):
        try:
            ast.parse(mutated(chance, known))
            parsed += 1
        except (SyntaxError, ValueError):
            pass
    assert 40 < parsed < 280


@pytest.mark.parametrize("said", ["crash", "lie", "silence"])
def test_what_is_broken_is_told(
    said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The harness itself: a bug of ours (101) and an output that does not parse are seen."""

    def writes(text: str) -> Callable[[object, object], Iterator[str]]:
        return lambda _outcome, _presentation: iter([text])

    if said == "crash":
        monkeypatch.setattr(cli, "main", lambda _: cli.OUR_BUG)
    else:
        monkeypatch.setitem(FORMATS, "sarif", writes("[{" if said == "lie" else ""))  # type: ignore[arg-type]
    monkeypatch.chdir(tmp_path)
    with pytest.raises(drive.Broken, match=r"seed 3: .*(exit 101|sarif does not parse)"):
        drive.case(3, drive.sources()[:5], tmp_path / "project")
    capsys.readouterr()
