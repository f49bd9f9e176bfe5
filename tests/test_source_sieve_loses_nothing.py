"""Findings with and without the sieve are the same: over the sample projects and over real packages.

"Without" is a sieve that lets every file through; whatever asks it then looks into all of them.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from registry_lint.config.settings import Settings
from registry_lint.packs import load_rules
from registry_lint.request import Gathered, Request
from registry_lint.run import check
from registry_lint.source.corpus import MemoryCorpus
from registry_lint.source.sieve import Sieve

PROJECTS = Path(__file__).parent / "projects"
# Packages that the tests need anyway; `referencing` has registries, `astroid` and `click` register functions.
PACKAGES = ("referencing", "jsonschema", "click", "astroid")


def sources_of(folder: Path) -> dict[str, bytes]:
    """Every Python file below a folder."""
    return {path.relative_to(folder.parent).as_posix(): path.read_bytes() for path in folder.rglob("*.py")}


def package(name: str) -> Path:
    """The folder of an installed package."""
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        pytest.skip(f"{name} is not installed")
    return Path(found.origin).parent


def findings(sources: dict[str, bytes]) -> list[tuple[object, ...]]:
    """What a run reports. Not the bounds that it met: without a sieve more files count towards them."""
    settings = Settings.default()
    rules = load_rules(settings, isolated=True)
    corpus = MemoryCorpus(sources)
    gathered = Gathered(corpus, frozenset(corpus.paths))
    outcome = check(Request(Path("/nowhere"), settings, rules, gathered=gathered, suggest=False))
    return [(found.code, found.span, found.message, found.trace) for found in outcome.findings]


def compared(sources: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """The findings with the sieve, after they were found equal to those without it."""
    sieved = findings(sources)
    with monkeypatch.context() as patched:
        patched.setattr(Sieve, "mentioning", lambda sieve, _: sieve._paths)
        patched.setattr(Sieve, "containing", lambda sieve, _: sieve._paths)
        patched.setattr(Sieve, "count", lambda sieve, _: len(sieve._paths))
        assert findings(sources) == sieved
    return sieved


def test_over_the_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample project, which has findings."""
    assert len(compared(sources_of(PROJECTS / "outage"), monkeypatch)) > 2


FLOWS = sorted(path.name for path in (PROJECTS / "flows").iterdir() if path.is_dir())


@pytest.mark.parametrize("name", FLOWS)
def test_over_every_flow(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The small projects, one for each way that a value takes."""
    compared(sources_of(PROJECTS / "flows" / name), monkeypatch)


@pytest.mark.parametrize("name", PACKAGES)
def test_over_real_packages(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Code that nobody wrote for us."""
    compared(sources_of(package(name)), monkeypatch)
