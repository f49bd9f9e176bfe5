"""Contracts of users meet odd code: what is a use of the forbidden thing, and what only looks like one."""

from __future__ import annotations

import pytest

from registry_lint.config.load import settings_from
from registry_lint.project.model import Project
from registry_lint.source.corpus import MemoryCorpus

REGISTRY = """\
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

    def register_as(self, name):
        def keep(tool):
            self._tools[name] = tool
            return tool
        return keep

    @classmethod
    def create(cls):
        return cls()

class Other:
    pass

def make():
    return ToolRegistry()
"""


def rows(kind: str, path: str, main: str, *, except_in: str = "", **more: str) -> list[tuple[str, int]]:
    """Where uses are found outside of app/registry.py: (path, row)."""
    sources = {"app/__init__.py": "", "app/registry.py": REGISTRY, "app/main.py": main}
    sources |= {f"app/{name}.py": text for name, text in more.items()}
    allowed = f'except-in = ["{except_in}"]\n' if except_in else ""
    settings = settings_from(f'[[forbid]]\npath = "{path}"\nkind = "{kind}"\n{allowed}')
    found = Project(MemoryCorpus(sources), settings).forbidden.all
    return [(use.span.path.removeprefix("app/"), use.span.row) for use in found if use.span.path != "app/registry.py"]


CLASS = "app.registry.ToolRegistry"


@pytest.mark.parametrize(
    ("main", "found"),
    [
        pytest.param("from app.registry import Other as ToolRegistry\nToolRegistry()\n", [], id="another by its name"),
        pytest.param("from app.registry import ToolRegistry as Other\nOther()\n", [2], id="it by another's name"),
        pytest.param("from app.gone import ToolRegistry\nToolRegistry()\n", [2], id="from a module that is not there"),
        pytest.param("class ToolRegistry: ...\nToolRegistry()\n", [], id="a namesake"),
        pytest.param("from app.registry import *\nToolRegistry()\n", [2], id="by a star"),
        pytest.param("from app import registry as r\nr.ToolRegistry()\n", [2], id="by its module"),
        pytest.param("from .registry import ToolRegistry\nToolRegistry()\n", [2], id="by a relative import"),
        pytest.param(
            "try:\n    from app.registry import ToolRegistry\nexcept ImportError:\n    from fast import ToolRegistry\n"
            "ToolRegistry()\n",
            [5],
            id="one of two imports",
        ),
        pytest.param("def f():\n    from app.registry import ToolRegistry as T\n    T()\n", [3], id="in a function"),
        pytest.param("from app.registry import ToolRegistry\n'ToolRegistry()'\n# ToolRegistry()\n", [], id="a text"),
        pytest.param("from app.registry import ToolRegistry\nx: ToolRegistry = None\n", [], id="an annotation"),
        pytest.param("from app.registry import ToolRegistry\nToolRegistry.create()\n", [], id="its own factory"),
        pytest.param("from app.registry import ToolRegistry\nT = ToolRegistry\nT()\n", [3], id="a module's alias"),
        pytest.param(
            "from app.registry import ToolRegistry\ndef f(kind: type[ToolRegistry]):\n    return kind()\n",
            [],
            id="declared only: nobody passes it",
        ),
        pytest.param(
            "from app.registry import ToolRegistry\nclass A:\n    kind = ToolRegistry\n    def f(self):\n"
            "        self.other = ToolRegistry\n        return self.other()\n",
            [6],
            id="an attribute",
        ),
        pytest.param(
            "from collections import defaultdict\nfrom app.registry import ToolRegistry\ndefaultdict(ToolRegistry)\n",
            [3],
            id="a factory of defaults",
        ),
        pytest.param(
            "from functools import partial\nfrom app.registry import ToolRegistry\npartial(ToolRegistry)()\n",
            [3],
            id="partial",
        ),
    ],
)
def test_constructions(main: str, found: list[int]) -> None:
    assert rows("construct", CLASS, main) == [("main.py", row) for row in found]


def test_a_name_goes_through_several_files() -> None:
    front = "from app.registry import ToolRegistry as Registry\n"
    alias = "from app.front import Registry\nTools = Registry\n"
    main = "from app.alias import Tools as Final\nFinal()\n"
    assert rows("construct", CLASS, main, front=front, alias=alias) == [("main.py", 2)]


@pytest.mark.parametrize(
    ("except_in", "found"),
    [
        ("app", []),
        ("app.main", []),
        ("app.main.Factory", [("main.py", 6)]),
        ("app.main.Factory.build", [("main.py", 6)]),
        ("app.main.build", [("main.py", 4)]),
        ("app.mai", [("main.py", 4), ("main.py", 6)]),
        ("app.main.Fac", [("main.py", 4), ("main.py", 6)]),
    ],
)
def test_exceptions_are_packages_modules_classes_and_functions(except_in: str, found: list[tuple[str, int]]) -> None:
    main = (
        "from app.registry import ToolRegistry\nclass Factory:\n    def build(self):\n        return ToolRegistry()\n"
        "def build():\n    return [ToolRegistry() for _ in ()]\n"
    )
    assert rows("construct", CLASS, main, except_in=except_in) == found


def test_the_call_of_a_function_and_of_a_method() -> None:
    main = (
        "from app import registry\nfrom app.registry import ToolRegistry, make as build\nbuild()\nregistry.make()\n"
        "def make(): ...\nmake()\ndef f(tools: ToolRegistry, other):\n    tools.register('a', 1)\n"
        "    other.register('a')\n"
    )
    assert rows("construct", "app.registry.make", main) == [("main.py", 3), ("main.py", 4)]
    assert rows("construct", f"{CLASS}.register", main) == [("main.py", 8)]


def test_subclasses_by_subscript_and_through_others() -> None:
    main = (
        "from app.registry import ToolRegistry\nclass A(ToolRegistry[int]): ...\nclass B(A): ...\n"
        "class C(object): ...\nclass ToolRegistryView: ...\n"
    )
    assert rows("subclass", CLASS, main) == [("main.py", 2), ("main.py", 3)]


def test_imports_of_a_package_mean_what_it_holds() -> None:
    main = "import app.old\nfrom app.old.parts import x\nfrom app import old as o\nfrom app import older\n"
    more = {"old/__init__": "", "old/parts": "x = 1\n", "older": ""}
    assert rows("import", "app.old", main, **more) == [("main.py", 1), ("main.py", 2), ("main.py", 3)]


def test_registrations_by_call_decorator_and_of_functions() -> None:
    main = (
        "from app.registry import ToolRegistry\nfrom app.tools import Secret, helper\ntools = ToolRegistry()\n"
        "tools.register('secret', Secret())\ntools.register('class', Secret)\ntools.register('helper', helper)\n"
        "tools.register('open', object())\n@tools.register_as('more')\nclass More(Secret): ...\n"
    )
    more = {"tools": "class Secret:\n    def run(self): ...\ndef helper(): ...\n"}
    assert rows("register", "app.tools.Secret", main, **more) == [("main.py", 4), ("main.py", 5), ("main.py", 8)]
    assert rows("register", "app.tools.helper", main, **more) == [("main.py", 6)]


def test_a_third_party_class_and_what_derives_from_it() -> None:
    main = "import lib\nclass Mine(lib.Base): ...\nlib.Base()\nMine()\nlib.Bases()\n"
    assert rows("construct", "lib.Base", main) == [("main.py", 3), ("main.py", 4)]
    assert rows("subclass", "lib.Base", main) == [("main.py", 2)]
    assert rows("import", "lib.Base", main) == [("main.py", 2), ("main.py", 3)]
