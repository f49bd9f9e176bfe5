"""Findings of given files are those that a run over the whole project has for them: all of them, and no others."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from registry_lint import examples
from registry_lint.config.load import settings_from
from registry_lint.config.settings import Settings
from registry_lint.packs import load_rules
from registry_lint.project.model import Project
from registry_lint.source.corpus import MemoryCorpus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from registry_lint.rule import Rule

RULES = {rule.code: rule for rule in load_rules(Settings.default(), isolated=True)}
PROJECTS = Path(__file__).parent / "projects"
FOLDERS = sorted((*(PROJECTS / "flows").iterdir(), PROJECTS / "outage", PROJECTS / "outage_repaired"))


@cache
def settings(text: str) -> Settings:
    return settings_from(text)


def findings(
    rules: Iterable[type[Rule]], sources: Mapping[str, bytes], configuration: Settings, reported: frozenset[str] | None
) -> list[Any]:
    """What orders findings (place, code and message), sorted."""
    project = Project(MemoryCorpus(sources), configuration, reported=reported)
    return sorted(
        one.finding.sort_key
        for rule in rules
        for one in rule().check(project)
        if reported is None or one.finding.span.path in reported
    )


def differences(rules: Iterable[type[Rule]], sources: Mapping[str, bytes], configuration: Settings) -> list[Any]:
    """(paths, alone, in the whole) of each choice of files for which they differ."""
    rules = tuple(rules)
    whole = findings(rules, sources, configuration, None)
    paths = sorted(sources)
    asked = [*(frozenset({path}) for path in paths), frozenset(paths[1:]), frozenset(paths[::2])]
    return [
        (sorted(reported), alone, there)
        for reported in asked
        if (alone := findings(rules, sources, configuration, reported))
        != (there := [key for key in whole if key[0].path in reported])
    ]


@pytest.mark.parametrize("code", RULES)
def test_in_the_examples_of_a_rule(code: str) -> None:
    rule = RULES[code]
    for example in (*rule.VALID, *rule.INVALID):
        sources = {path: text.encode() for path, text in examples.parse(example.text).sources.items()}
        assert differences([rule], sources, settings(example.configuration)) == [], example.text


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_in_small_projects(folder: Path) -> None:
    sources = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.py"))}
    assert differences(RULES.values(), sources, Settings.default()) == []
