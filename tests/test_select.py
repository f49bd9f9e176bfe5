"""Which rules are on, where, and how severe."""

from __future__ import annotations

import pytest

from registry_lint.config.settings import Override, PerFileIgnore, Settings
from registry_lint.select import Card, Rulebook, Selection, unknown_selectors

BOOK = Rulebook(
    [
        Card("REG101", "direct-registry-construction", "", "", "error"),
        Card("REG102", "unscoped-registry", "", "", "off"),
        Card("REG201", "schema-registered", "", "", "warning", "production"),
        Card("REG601", "permissive-mock", "", "", "info", "tests"),
    ]
)

# settings, and the codes that are on in `app/x.py`
SELECTIONS = [
    (Settings(), {"REG101", "REG201"}),
    (Settings(select=("REG2",)), {"REG201"}),
    (Settings(select=("REG",)), {"REG101", "REG201"}),
    (Settings(select=()), set()),
    (Settings(select=("schema-registered",)), {"REG201"}),
    (Settings(ignore=("REG1",)), {"REG201"}),
    (Settings(ignore=("ALL",)), set()),
    (Settings(select=("REG101",), ignore=("REG1",)), {"REG101"}),  # the more exact one wins
    (Settings(select=("REG1",), ignore=("REG101",)), set()),
    (Settings(select=("REG101",), ignore=("REG101",)), set()),  # between equals, ignoring wins
    (Settings(extend_select=("REG102",)), {"REG101", "REG102", "REG201"}),  # off by default, named
    (Settings(select=("REG102",)), {"REG102"}),
    (Settings(select=("REG1",)), {"REG101"}),  # a prefix does not name it
    (Settings(extend_select=("REG102",), severity={"REG102": "off"}), {"REG101", "REG201"}),
    (Settings(severity={"REG102": "info"}), {"REG101", "REG102", "REG201"}),
    (Settings(severity={"unscoped-registry": "info"}), {"REG101", "REG102", "REG201"}),
    (Settings(severity={"REG101": "off"}), {"REG201"}),
    (Settings(overrides=(Override(("app/",), ignore=("REG1",)),)), {"REG201"}),
    (Settings(overrides=(Override(("other/",), ignore=("REG1",)),)), {"REG101", "REG201"}),
    (Settings(select=(), overrides=(Override(("app/",), extend_select=("REG102",)),)), {"REG102"}),
    (Settings(overrides=(Override(("app/",), severity={"REG101": "off"}),)), {"REG201"}),
    # a later override wins
    (
        Settings(overrides=(Override(("app/",), ignore=("ALL",)), Override(("app/",), extend_select=("REG2",)))),
        {"REG201"},
    ),
]


@pytest.mark.parametrize(("settings", "on"), SELECTIONS)
def test_selection(settings: Settings, on: set[str]) -> None:
    selection = Selection(BOOK, settings)
    assert {code for code in BOOK.cards if selection.level(code, "app/x.py") != "off"} == on
    assert on <= selection.codes  # what is on somewhere is run


def test_rule_that_is_off_everywhere_is_not_run() -> None:
    assert Selection(BOOK, Settings(ignore=("REG101",))).codes == {"REG201", "REG601"}
    raised = Settings(select=(), overrides=(Override(("x/",), extend_select=("REG102",)),))
    assert Selection(BOOK, raised).codes == {"REG102"}


def test_scope() -> None:
    selection = Selection(BOOK, Settings())
    assert selection.level("REG201", "tests/x.py") == "off"
    assert selection.level("REG601", "tests/x.py") == "info"
    assert selection.level("REG601", "app/x.py") == "off"
    assert selection.level("REG101", "tests/x.py") == "error"


def test_severity_of_an_override_wins_in_its_files() -> None:
    settings = Settings(severity={"REG101": "warning"}, overrides=(Override(("a/",), severity={"REG101": "info"}),))
    selection = Selection(BOOK, settings)
    assert selection.level("REG101", "a/x.py") == "info"
    assert selection.level("REG101", "b/x.py") == "warning"


def test_confidence() -> None:
    selection = Selection(BOOK, Settings(overrides=(Override(("a/",), min_confidence="certain"),)))
    assert selection.confident("likely", "b.py")
    assert not selection.confident("likely", "a/b.py")
    assert selection.confident("certain", "a/b.py")


@pytest.mark.parametrize(
    ("pattern", "path", "silent"),
    [("tests/", "tests/a.py", True), ("tests/", "a.py", False), ("!src/", "a.py", True), ("!src/", "src/a.py", False)],
)
def test_per_file_ignores(pattern: str, path: str, silent: bool) -> None:
    selection = Selection(BOOK, Settings(per_file_ignores=(PerFileIgnore(pattern, ("REG1",)),)))
    assert (selection.silenced_by("REG101", path) is not None) is silent
    assert selection.silenced_by("REG201", path) is None


def test_unknown_selectors_and_their_nearest() -> None:
    assert unknown_selectors(BOOK, ["REG1", "ALL", "REG9", "REG1O1", "shema-registered", "REG9"]) == [
        "REG9",
        "REG1O1",
        "shema-registered",
    ]
    assert BOOK.nearest("shema-registered") == "schema-registered"
    assert BOOK.nearest("REG1O1") == "REG101"
    assert BOOK.nearest("entirely-different") == ""
    assert BOOK.code_of("reg101") == "REG101"
    assert BOOK.code_of("REG1") is None
