"""REG102, REG105, REG106, REG107: what their examples cannot show, such as severities, traces and counts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from registry_lint import examples
from registry_lint.config.load import settings_from
from registry_lint.config.settings import Settings
from registry_lint.packs import load_rules
from registry_lint.project.model import Project
from registry_lint.request import Request, whole
from registry_lint.run import check
from registry_lint.source.corpus import MemoryCorpus

if TYPE_CHECKING:
    from registry_lint.findings import Finding

RULES = {rule.code: rule for rule in load_rules(Settings.default(), isolated=True)}


def findings(code: str, text: str, configuration: str = "") -> list[Finding]:
    project = Project(MemoryCorpus(examples.parse(text).sources), settings_from(configuration))
    return [found.finding for found in RULES[code]().check(project)]


SINGLETON = """
--- app/thing.py
class {name}:
    def register(self, name, tool):
        self._tools[name] = tool
    def work(self):
        pass

_thing = None

def get_thing():
    global _thing
    if _thing is None:
        _thing = {name}()
    return _thing
"""


@pytest.mark.parametrize(
    ("name", "configuration", "severity"),
    [
        ("ToolRegistry", "", "warning"),
        ("RunTracker", "", "warning"),
        ("Client", "", "info"),
        ("Client", '[[registries]]\nclass = "app.thing.Client"', "warning"),
        ("Client", '[[canonical]]\nclass = "app.thing.Client"', "warning"),
        ("Client", '[severity]\nREG106 = "error"', "error"),
        ("ToolRegistry", '[severity]\nREG106 = "info"', "info"),
    ],
)
def test_an_unlocked_registry_or_tracker_weighs_more_than_another_object(
    name: str, configuration: str, severity: str
) -> None:
    corpus = MemoryCorpus(examples.parse(SINGLETON.format(name=name)).sources)
    request = Request(Path(), settings_from(configuration), [RULES["REG106"]], gathered=whole(corpus), suggest=False)
    outcome = check(request)
    assert [finding.severity for finding in outcome.findings] == [severity]


LOCKED = {
    "with around": "    with {lock}:\n        if _x is None:\n            _x = C()",
    "with inside": "    if _x is None:\n        with {lock}:\n            if _x is None:\n                _x = C()",
    "with, one check": "    if _x is None:\n        with {lock}:\n            _x = C()",
    "several managers": "    with open('a'), {lock}:\n        if _x is None:\n            _x = C()",
    "acquired": "    {lock}.acquire()\n    if _x is None:\n        _x = C()\n    {lock}.release()",
}


@pytest.mark.parametrize("form", LOCKED)
@pytest.mark.parametrize("lock", ["_lock", "Owner.guard", "turnstile", "locks['x']"])
def test_every_form_of_a_lock_is_understood(form: str, lock: str) -> None:
    text = (
        "import threading\nclass C:\n    def work(self): ...\n_lock = object()\nturnstile = threading.Lock()\n"
        "locks = {'x': threading.RLock()}\nclass Owner:\n    guard = threading.Lock()\n_x = None\n"
        f"def get():\n    global _x\n{LOCKED[form].format(lock=lock)}\n    return _x\n"
    )
    assert findings("REG106", f"--- app.py\n{text}") == []


NOT_LOCKED = {
    "another context manager": "    with open('a'):\n        if _x is None:\n            _x = C()",
    "a lock elsewhere": "    with _lock:\n        pass\n    if _x is None:\n        _x = C()",
    "or": "    _x = _x or C()",
    "while": "    while _x is None:\n        _x = C()",
    "by way of a variable": "    made = C()\n    if not _x:\n        _x = made",
    "hasattr": "    if not globals().get('_x'):\n        globals()['_x'] = C()",
}


@pytest.mark.parametrize("form", NOT_LOCKED)
def test_what_is_no_lock_guards_nothing(form: str) -> None:
    text = (
        "import threading\nclass C:\n    def work(self): ...\n_lock = threading.Lock()\n_x = None\n"
        f"def get():\n    global _x\n{NOT_LOCKED[form]}\n    return _x\n"
    )
    assert len(findings("REG106", f"--- app.py\n{text}")) == 1


REGISTRY = """
--- app/registry.py
from typing import Generic, TypeVar
T = TypeVar("T")
class UniversalRegistry(Generic[T]):
    def register(self, name, tool):
        self._tools[name] = tool
class ToolRegistry(UniversalRegistry["Tool"]):
    pass
class SpecialToolRegistry(ToolRegistry):
    pass
class AgentRegistry(UniversalRegistry["Agent"]):
    pass
"""


def places(body: str, allowed: int = 1) -> list[int]:
    """How many places each entry point is said to lead to."""
    text = f"{REGISTRY}--- app/main.py\nfrom app.registry import *\n{body}\nif __name__ == '__main__':\n    main()\n"
    return [len(finding.related) for finding in findings("REG107", text, f"max-registries = {allowed}")]


def test_a_family_counts_together_and_two_families_apart() -> None:
    assert places("def main():\n    ToolRegistry()\n    SpecialToolRegistry()") == [2]
    assert places("def main():\n    ToolRegistry()\n    AgentRegistry()") == []


def test_instances_that_are_told_apart_by_name_count_apart() -> None:
    assert places("def main():\n    ToolRegistry('a')\n    ToolRegistry('b')") == []
    assert places("def main():\n    ToolRegistry('a')\n    ToolRegistry('a')") == [2]


@pytest.mark.parametrize(
    "body",
    [
        "def main(x=1):\n    if x:\n        ToolRegistry()\n    else:\n        ToolRegistry()",
        "def main(x=1):\n    if x:\n        return ToolRegistry()\n    return ToolRegistry()",
        "def main():\n    try:\n        ToolRegistry()\n    except KeyError:\n        ToolRegistry()",
        "def a():\n    ToolRegistry()\ndef b():\n    ToolRegistry()\ndef main(x=1):\n    a() if x else None\n",
        "class B:\n    def go(self): ...\nclass C(B):\n    def go(self): ToolRegistry()\nclass D(B):\n"
        "    def go(self): ToolRegistry()\ndef run(b: B): b.go()\ndef main():\n    run(C())",
        "def a():\n    ToolRegistry()\ndef b():\n    ToolRegistry()\ndef main(x=1):\n    if x:\n        a()\n"
        "    else:\n        b()",
    ],
)
def test_places_of_which_one_run_takes_one_count_once(body: str) -> None:
    assert places(body) == []


def test_one_cause_behind_several_entry_points_is_told_once_and_the_trace_leads_there() -> None:
    text = (
        f"{REGISTRY}--- app/main.py\nimport click\nfrom app.registry import ToolRegistry\n"
        "def make():\n    return ToolRegistry(), ToolRegistry()\n"
        "@click.command()\ndef one():\n    make()\n@click.command()\ndef two():\n    make()\n"
    )
    found = findings("REG107", text, "max-registries = 1")
    assert [finding.span.row for finding in found] == [6]
    assert [step.span.row for step in found[0].related] == [4, 4, 9]
    assert [step.span.row for step in found[0].trace] == [6, 7, 4]
