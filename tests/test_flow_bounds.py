"""Programs without end, and programs of enormous width: an answer within the bounds, and word of what was cut."""

from __future__ import annotations

import time

import pytest

from registry_lint import ClassValue, InstanceValue, Project
from registry_lint.config.settings import Settings
from registry_lint.source.corpus import MemoryCorpus

REGISTRY = """
class Tool:
    name = "tool"

class ToolRegistry:
    def register(self, name: str, tool: Tool) -> None:
        self._tools[name] = tool

registry = ToolRegistry()
"""
SECONDS = 20.0  # far above what any of these takes (at most two): only an endless search is meant

ENDLESS = {
    "modules that import each other": {
        "a.py": "from b import *\nfrom b import y as x\n",
        "b.py": "from a import *\nfrom a import x as y\n",
        "main.py": "from a import x\nfrom registry import registry\nregistry.register('x', x)\n",
    },
    "functions that call each other": {
        "main.py": "from registry import registry\n"
        "def f(x):\n    return g(x)\ndef g(x):\n    return f(x) or x\nregistry.register('x', f(f))\n"
    },
    "a list in itself": {
        "main.py": "from registry import registry\nxs = []\nxs.append(xs)\n"
        "for x in xs:\n    registry.register('x', x)\n"
    },
    "a dict made of itself": {
        "main.py": "from registry import registry\nd = {}\nwhile True:\n    d = {**d, 'a': d}\n"
        "    registry.register('a', d['a'])\n"
    },
    "a class that derives from itself": {
        "main.py": "from registry import registry\nclass A(A): pass\nregistry.register('a', A)\n"
    },
    "classes that derive from each other": {
        "a.py": "from b import B\nclass A(B): pass\n",
        "b.py": "from a import A\nclass B(A): pass\n",
        "main.py": "from a import A\nfrom registry import registry\nregistry.register('a', A().name)\n",
    },
    "an attribute that is stored from itself": {
        "main.py": "from registry import registry\nclass A:\n    def f(self):\n        self.x = self.x or self.y\n"
        "        self.y = self.x\n        registry.register('x', self.x)\n"
    },
}


def project(sources: dict[str, str]) -> Project:
    return Project(MemoryCorpus({"registry.py": REGISTRY, **sources}), Settings.default())


@pytest.mark.parametrize("name", ENDLESS)
def test_what_has_no_end_is_ended(name: str) -> None:
    begun = time.monotonic()
    one = project(ENDLESS[name])
    assert len(one.registrations.all) == 1
    _ = one.arrivals.values, one.arrivals.keys
    assert time.monotonic() - begun < SECONDS


def test_ten_thousand_callers_are_too_many_and_it_is_said() -> None:
    calls = "\n".join(f"add('t{number}', Tool)" for number in range(10_000))
    source = f"from registry import Tool, registry\ndef add(name, tool):\n    registry.register(name, tool)\n{calls}\n"
    begun = time.monotonic()
    one = project({"main.py": source})
    assert [a for a in one.arrivals.values if isinstance(a.value, ClassValue)] == []
    assert "callers of one function" in one.bounds
    assert time.monotonic() - begun < SECONDS


def test_a_display_of_two_thousand_is_read_in_part_and_it_is_said() -> None:
    items = ", ".join(["Tool()"] * 1_000 + ["Tool"] * 1_000)
    source = f"from registry import Tool, registry\nfor tool in [{items}]:\n    registry.register(tool.name, tool)\n"
    one = project({"main.py": source})
    assert any(isinstance(a.value, InstanceValue) and not a.value.declared for a in one.arrivals.values)
    assert "items of one display" in one.bounds


def test_the_same_answers_for_any_order_of_questions() -> None:
    source = "".join(
        f"class T{n}(Tool): pass\ndef add{n}(tool):\n    registry.register('t{n}', tool)\n"
        f"add{n}(T{n})\nadd{n}(T{n}())\n"
        for n in range(12)
    )
    sources = {"main.py": f"from registry import Tool, registry\n{source}"}

    def answers(backward: bool) -> dict[tuple[str, int], object]:
        one = project(sources)
        asked = list(one.registrations.all)
        if backward:
            asked.reverse()
        flow = one.production_flow
        found = {(r.path, r.value): dict(flow.values(r.path, r.value)) for r in asked}
        return {place: found[place] for place in sorted(found)}

    assert answers(backward=False) == answers(backward=True)
