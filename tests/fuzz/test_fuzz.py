"""The short run of the fuzz: the same seeds every time, so that a failure is everybody's."""

from __future__ import annotations

import ast
import random
import subprocess
import sys

import pytest

from tests.fuzz import drive
from tests.fuzz.grow import grown
from tests.fuzz.mutate import mutated

CASES = 160  # some 25 s on two cores


def test_no_promise_is_broken() -> None:
    """The long run: `python -m tests.fuzz --count 100000 --sources FOLDER…`."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", "--count", str(CASES), "--jobs", "2"],
        cwd=drive.ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5_000:] + done.stderr[-2_000:]
    assert f"{CASES} cases from seed 0, 0 broken" in done.stdout


def test_a_seed_is_a_case() -> None:
    known = drive.sources()
    first, again = (drive.project_of(11, known) for _ in "ab")
    assert first == again
    assert len({tuple(drive.project_of(seed, known).items()) for seed in range(40)}) == 40


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
def test_what_is_broken_is_told(said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """The harness itself: a bug of ours (101) and an output that does not parse are seen."""
    answers = {"crash": (101, b"[]"), "lie": (1, b"[{"), "silence": (0, b"")}
    code, out = answers[said]
    monkeypatch.setattr(drive, "run", lambda *_: drive.Answer(code, out, "a bug of ours"))
    monkeypatch.setattr(drive.os, "chdir", lambda _: None)
    with pytest.raises(drive.Broken, match="seed 3"):
        drive.case(3, drive.sources()[:5], tmp_path / "project")  # type: ignore[operator]
