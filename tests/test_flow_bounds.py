"""Circles, crowds and large literals: an answer within the bounds, the same for any order, and the bounds are told."""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from registry_lint.config.settings import Settings
from registry_lint.facts import records as facts
from registry_lint.packs import load_rules
from registry_lint.project.domain import NumberValue
from registry_lint.project.flow import solver
from registry_lint.project.flow.graph import Graph, Node
from registry_lint.project.flow.keys import FieldAt
from registry_lint.project.flow.solver import Limits
from registry_lint.project.model import Project
from registry_lint.request import Gathered, Request
from registry_lint.run import check
from registry_lint.source.corpus import MemoryCorpus

ROOT = Path(__file__).parent.parent
SECONDS = 30  # of processor time, for the slowest of these on a slow machine; idle, none takes over five

REGISTRY = """
class ToolRegistry:
    def __init__(self):
        self._tools = {}
    def register(self, name, tool):
        if name in self._tools:
            raise ValueError(name)
        self._tools[name] = tool
    def get(self, name):
        return self._tools[name]

class Tool:
    name = "tool"
    def run(self): ...

class Search(Tool):
    name = "search"

registry = ToolRegistry()
registry.register("first", Search())
registry.register("second", Tool())
"""


class Crowd(NamedTuple):
    """A project, the findings that it must have, and whether a bound is met."""

    files: dict[str, str]
    expected: set[tuple[str, int, str]]  # of REG202, the class that is registered
    bounded: bool


def many_callers() -> Crowd:
    calls = "".join(f"hand({'Search' if number == 7_000 else 'Search()'})\n" for number in range(10_000))
    body = "def hand(tool):\n    registry.register('x', tool)\n"
    return Crowd({"reg.py": REGISTRY, "main.py": f"from reg import registry, Search\n{body}{calls}"}, set(), True)


def many_callers_say_who_makes_it() -> Crowd:
    """What is registered is known only by an object that a crowd hands in: nothing of it flows to the registration."""
    calls = "".join(f"pick({'Maker()' if number == 7_000 else 'Other()'})\n" for number in range(10_000))
    makers = "class Maker:\n    def make(self):\n        return Search\n"
    makers += "class Other:\n    def make(self):\n        return 1\n"
    body = f"{makers}def pick(maker):\n    registry.register('x', maker.make())\n"
    return Crowd({"reg.py": REGISTRY, "main.py": f"from reg import registry, Search\n{body}{calls}"}, set(), True)


def many_callers_of_others() -> Crowd:
    """A function that is called at home only has the name of a crowd; what it is handed is known."""
    others = "".join("things.append(1)\n" for _ in range(10_000))
    body = "def outer():\n    def append(tool):\n        registry.register('x', tool)\n    append(Search)\n"
    files = {"reg.py": REGISTRY, "main.py": f"from reg import registry, Search\n{body}things = []\n{others}"}
    return Crowd(files, {("main.py", 5, "REG202")}, False)


def few_callers() -> Crowd:
    calls = "".join(f"hand({'Search' if number == 40 else 'Search()'})\n" for number in range(60))
    body = "def hand(tool):\n    registry.register('x', tool)\n"
    files = {"reg.py": REGISTRY, "main.py": f"from reg import registry, Search\n{body}{calls}"}
    return Crowd(files, {("main.py", 44, "REG202")}, False)


def listed(number: int) -> dict[str, str]:
    items = ", ".join("Search" if index == number * 3 // 4 else "Search()" for index in range(number))
    text = f"from reg import registry, Search\ntools = [\n{items}\n]\n"
    text += "for tool in tools:\n    registry.register('x', tool)\n"
    return {"reg.py": REGISTRY, "main.py": text}


def large_list() -> Crowd:
    return Crowd(listed(2_000), set(), True)


def usual_list() -> Crowd:
    return Crowd(listed(50), {("main.py", 6, "REG202")}, False)


def cyclic_imports() -> Crowd:
    files = {"reg.py": REGISTRY}
    for number in range(40):
        after = (number + 1) % 40
        files[f"m{number}.py"] = f"from m{after} import *\nfrom m{after} import deep as deeper\nimport m{after}\n"
    files["m20.py"] += "from reg import Search as deep\n"
    files["main.py"] = "from m0 import deep\nfrom reg import registry\nregistry.register('x', deep)\n"
    return Crowd(files, {("main.py", 3, "REG202")}, False)


def mutual_recursion() -> Crowd:
    text = "from reg import registry, Search\n"
    for number in range(60):
        text += f"def f{number}(x, n=0):\n    return f{(number + 1) % 60}(x) if n else x\n"
    text += "registry.register('x', f0(Search))\n"
    return Crowd({"reg.py": REGISTRY, "main.py": text}, {("main.py", 122, "REG202")}, False)


def containers_in_themselves() -> Crowd:
    text = """from reg import registry, Search
tools = []
tools.append(tools)
tools.extend(tools)
table = {"a": Search}
table["b"] = table
table.update(table)
table["c"] = {**table, "d": [table, tools]}
tools.append(table["b"]["b"]["b"]["a"])
x = tools
for _ in range(9):
    x = [x, *x]
for tool in tools:
    registry.register("x", tool)
"""
    return Crowd({"reg.py": REGISTRY, "main.py": text}, {("main.py", 14, "REG202")}, False)


def classes_of_themselves() -> Crowd:
    text = """from reg import registry, Search, Tool
class Own(Own): ...
class Left(Right): ...
class Right(Left): ...
class Third(Third.Inner, metaclass=Third):
    class Inner(Third): ...
class Broken(Tool, Search): ...
class Twice(Search, Search): ...
for number, one in enumerate([Own, Left, Third, Broken, Twice]):
    registry.register(number, one())
registry.register("x", Search)
"""
    return Crowd({"reg.py": REGISTRY, "main.py": text}, {("main.py", 11, "REG202")}, False)


def a_long_hierarchy() -> Crowd:
    text = "from reg import registry, Search\nclass C0(Search): ...\n"
    text += "".join(f"class C{number}(C{number - 1}): ...\n" for number in range(1, 400))
    text += "registry.register('x', C399)\n"
    return Crowd({"reg.py": REGISTRY, "main.py": text}, {("main.py", 402, "REG202")}, False)


def a_long_chain() -> Crowd:
    files = {"reg.py": REGISTRY, "m0.py": "from reg import Search as tool\n"}
    for number in range(1, 120):
        files[f"m{number}.py"] = f"from m{number - 1} import tool as other\ntool = other\n"
    files["main.py"] = "from m119 import tool\nfrom reg import registry\nregistry.register('x', tool)\n"
    return Crowd(files, {("main.py", 3, "REG202")}, False)


CROWDS = {
    make.__name__: make
    for make in (
        many_callers, many_callers_say_who_makes_it, many_callers_of_others, few_callers, large_list, usual_list,
        cyclic_imports, mutual_recursion, containers_in_themselves, classes_of_themselves,
        a_long_hierarchy, a_long_chain,
    )
}  # fmt: skip


def found(files: dict[str, str], settings: Settings | None = None) -> tuple[set[tuple[str, int, str]], tuple[str, ...]]:
    settings = settings or Settings(select=("REG202",))
    gathered = Gathered(MemoryCorpus(files), frozenset(files))
    outcome = check(Request(Path("nowhere"), settings, load_rules(settings), gathered=gathered))
    places = {(finding.span.path, finding.span.row, finding.code) for finding in outcome.findings}
    return places, outcome.bounds


@pytest.mark.parametrize("name", CROWDS)
def test_answers_come_within_bounds_and_bounds_are_told(name: str) -> None:
    crowd = CROWDS[name]()
    begun = time.process_time()
    places, bounds = found(crowd.files)
    assert time.process_time() - begun < SECONDS
    assert places == crowd.expected
    assert bool(bounds) is crowd.bounded, bounds


def everything_asked(files: dict[str, str], order: random.Random) -> dict[tuple[str, int], str]:
    """What flows into every expression, asked in some order."""
    project = Project(MemoryCorpus(dict(order.sample(sorted(files.items()), len(files)))), Settings())
    places = [(path, expr) for path in sorted(files) for expr in range(len(project.facts_of(path).expressions))]
    order.shuffle(places)
    flow = project.production_flow
    answers = {}
    for path, expr in places:
        by_type, by_value = flow.types(path, expr), flow.values(path, expr)
        answers[path, expr] = " ".join(
            sorted(f"{value}:{level}" for value, level in (*by_value.items(), *by_type.items()))
        )
    return answers


SMALL = {
    "cyclic_imports": cyclic_imports,
    "containers_in_themselves": containers_in_themselves,
    "classes_of_themselves": classes_of_themselves,
    "few_callers": few_callers,
}


@pytest.mark.parametrize("name", [*SMALL, "the outage"])
def test_answers_do_not_depend_on_the_order_of_files_and_questions(name: str) -> None:
    if name == "the outage":
        folder = ROOT / "tests" / "projects" / "outage"
        files = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.py")}
    else:
        files = SMALL[name]().files
    first = everything_asked(files, random.Random(0))
    assert any(first.values())
    for seed in range(1, 3):
        other = everything_asked(files, random.Random(seed))
        different = {place: (answer, other[place]) for place, answer in first.items() if answer != other[place]}
        assert not different, dict(itertools.islice(different.items(), 3))


@pytest.mark.parametrize("name", SMALL)
def test_answers_do_not_depend_on_what_is_left_behind(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A graph that has grown large is left behind between two questions."""
    files = SMALL[name]().files
    kept = everything_asked(files, random.Random(0))
    monkeypatch.setattr(solver, "_NODES_AT_HAND", 0)
    assert everything_asked(files, random.Random(0)) == kept


def test_questions_that_met_the_bound_are_answered_alike_when_they_are_asked_again() -> None:
    """Also those whose graph is not kept any more."""
    files = SMALL["few_callers"]().files
    project = Project(MemoryCorpus(files), Settings())
    flow = project.production_flow
    flow.limits = Limits(nodes=10)
    asked = [(path, expr) for path in sorted(files) for expr in range(len(project.facts_of(path).expressions))]
    answers = []
    for _ in range(2):
        told = []
        for path, expr in asked:
            node = flow.solve(flow.value_node(path, expr))
            told.append((dict(node.values), flow.gaps(node)))
        answers.append(told)
    assert answers[0] == answers[1]
    assert sum(bool(gaps) for _, gaps in answers[0]) > 4  # graphs that are kept


def test_hash_seeds_change_no_byte(tmp_path: Path) -> None:
    """Sets are everywhere: the report is the same bytes for any seed of Python's hashes."""
    crowd = containers_in_themselves()
    for path, text in crowd.files.items():
        (tmp_path / path).write_text(text)
    command = [
        sys.executable,
        "-m",
        "registry_lint",
        "check",
        "--no-cache",
        "--select",
        "ALL",
        "--output-format",
        "json",
    ]
    reports = set()
    for seed in "0123":
        environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PATH": ""}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False, timeout=60)
        assert done.returncode == 1, done.stderr
        reports.add(done.stdout)
    assert len(reports) == 1
    assert json.loads(reports.pop())


def test_a_bound_is_told_by_each_question_that_rests_on_it_and_by_no_other() -> None:
    """Whoever met it first, and whatever else was worked on meanwhile."""
    files = many_callers_say_who_makes_it().files
    files["main.py"] += "near = 1\nlater = near\n"
    project = Project(MemoryCorpus(files), Settings())
    flow, file = project.production_flow, project.facts_of("main.py")
    registered = file.expressions[file.calls["register"][0]]
    assert isinstance(registered, facts.Call)
    made = registered.arguments[1].value
    later = next(b.expr for b in file.bindings if isinstance(b, facts.ValueBinding) and b.name == "later")
    for expr, told in ((made, True), (later, False), (made, True)):
        flow.bounds.clear()
        flow.values("main.py", expr)
        assert bool(flow.bounds) is told
        assert bool(flow.gaps(flow.value_node("main.py", expr))) is told


def test_a_node_rests_on_the_work_in_which_it_is_given_something() -> None:
    """Whoever adds edges to another node than the one that is worked for: the bounds of that work are told of both."""

    def expand(node: Node) -> None:
        if node is worker:
            graph.watch(graph.node(FieldAt("", "waited for")), lambda *_: graph.flow(source, other))
        elif node is hurt:
            graph.cut("a bound")

    graph = Graph(expand)
    whole, other, source, worker = (graph.node(FieldAt("", name)) for name in ("whole", "other", "source", "worker"))
    hurt = graph.node(FieldAt("", "waited for"))
    graph.flow(other, whole)
    assert graph.settle(100)
    assert not graph.cuts_behind(whole)
    graph.seed(hurt, NumberValue())
    assert graph.settle(100)
    assert graph.cuts_behind(other) == {"a bound"}
    assert graph.cuts_behind(whole) == {"a bound"}


def test_a_bound_is_told_of_every_parameter_that_one_call_fills() -> None:
    """The calls of a function are looked for by the parameter that asks first, and fill the others as well."""
    crowd = "".join(f"options({number})\n" for number in range(200))
    text = "from reg import registry, Search\nclass Hand:\n    def give(self, name, tool):\n"
    text += "        registry.register(name, tool)\ndef options(tool):\n    return {'name': 'x', 'tool': tool}\n"
    text += f"hand = Hand()\ndef late():\n    return hand\nlate().give(**options(Search))\n{crowd}"
    project = Project(MemoryCorpus({"reg.py": REGISTRY, "main.py": text}), Settings())
    flow, file = project.production_flow, project.facts_of("main.py")
    registered = file.expressions[file.calls["register"][0]]
    assert isinstance(registered, facts.Call)
    for argument in registered.arguments:
        flow.values("main.py", argument.value)
    assert flow.gaps(flow.value_node("main.py", registered.arguments[1].value))


def test_a_bound_is_not_told_where_the_question_is_decided() -> None:
    """A key that anybody may give is no literal one, whoever else gives it; told again where it's asked otherwise."""
    text = "from reg import registry\ndef hand(key):\n    registry.register(key, 1)\n"
    text += "".join(f"hand('key {number}')\n" for number in range(200))
    project = Project(MemoryCorpus({"reg.py": REGISTRY, "main.py": text}), Settings())
    flow, file = project.production_flow, project.facts_of("main.py")
    registered = file.expressions[file.calls["register"][0]]
    assert isinstance(registered, facts.Call)
    key = registered.arguments[0].value
    assert list(project.duplicates.all) == []
    flow.solve(flow.value_node("main.py", key), is_decided=lambda values: len(values) > 0)
    assert not flow.bounds
    flow.values("main.py", key)
    assert flow.bounds


def test_the_summary_says_that_a_bound_was_met(tmp_path: Path) -> None:
    for path, text in many_callers().files.items():
        (tmp_path / path).write_text(text)
    command = [sys.executable, "-m", "registry_lint", "check", "--no-cache", "--select", "REG202"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    for more, code in (([], 0), (["--strict"], 2)):
        done = subprocess.run(
            [*command, *more], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == code, done.stderr
        assert "bound" in done.stdout + done.stderr


def test_one_question_takes_no_second() -> None:
    """Each question of a large and tangled project, alone."""
    crowd = many_callers()
    project = Project(
        MemoryCorpus(crowd.files | mutual_recursion().files | {"m.py": large_list().files["main.py"]}), Settings()
    )
    flow = project.production_flow
    slowest = 0.0
    for path in ("main.py", "m.py"):
        file = project.facts_of(path)
        for expr in range(0, len(file.expressions), max(1, len(file.expressions) // 150)):
            if isinstance(file.expressions[expr], facts.Literal):
                continue
            begun = time.process_time()
            flow.values(path, expr)
            slowest = max(slowest, time.process_time() - begun)
    assert slowest < 3  # a third of that on an idle machine
