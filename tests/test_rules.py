"""Every rule keeps what its own file says: its examples, its documentation, and silence on the others' VALID ones."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from registry_lint import examples
from registry_lint.config.load import settings_from
from registry_lint.config.settings import Settings
from registry_lint.packs import load_rules

if TYPE_CHECKING:
    from registry_lint.rule import Rule

RULES = load_rules(Settings.default(), isolated=True)
BY_CODE = {rule.code: rule for rule in RULES}


@cache
def settings(text: str) -> Settings:
    return settings_from(text)


@pytest.mark.parametrize("code", BY_CODE)
def test_examples_are_found_and_mended_exactly_as_drawn(code: str) -> None:
    assert list(examples.failures(BY_CODE[code], settings)) == []


@pytest.mark.parametrize("code", BY_CODE)
def test_a_rule_has_examples_of_both_kinds(code: str) -> None:
    rule = BY_CODE[code]
    assert rule.VALID
    assert rule.INVALID


@pytest.mark.parametrize("code", BY_CODE)
def test_the_documentation_has_its_sections(code: str) -> None:
    documentation = BY_CODE[code].documentation()
    assert BY_CODE[code].headline()[0] == code
    for section in ("Why is this bad?", "What to do instead", "When not to use it", "What it cannot see"):
        assert f"\n{section}\n" in documentation, section


@pytest.mark.parametrize("code", BY_CODE)
def test_what_one_rule_calls_valid_is_clean_under_all(code: str) -> None:
    complaints = [
        f"{number}: {examples.draw(found.finding, examples.parse(example.text).sources)}"
        for number, example in enumerate(BY_CODE[code].VALID, 1)
        for rule in RULES
        if rule.severity != "off"
        for found in run(rule, example)
    ]
    assert complaints == []


def run(rule: type[Rule], example: examples.Valid) -> list[examples.Found]:
    return examples.run(rule, example, settings)
