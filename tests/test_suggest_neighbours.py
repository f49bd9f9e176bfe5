"""What suggestions know of the rest of a project: re-exports, import cycles, names that others take."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest

from registry_lint.config.settings import Settings
from registry_lint.facts.extract import extract
from registry_lint.facts.records import FileFacts
from registry_lint.project.loaded import loaded_by, modules_loaded
from registry_lint.project.model import Project
from registry_lint.source.corpus import MemoryCorpus
from registry_lint.suggest.neighbours import Neighbours


def neighbours(sources: dict[str, str]) -> Neighbours:
    return Neighbours(Project(MemoryCorpus(sources), Settings.default()))


CYCLES = {
    "apart": ({"a.py": "", "b.py": "import os\n"}, False),
    "straight back": ({"a.py": "", "b.py": "import a\n"}, True),
    "back by a name": ({"a.py": "", "b.py": "from a import x\n"}, True),
    "back through others": (
        {"a.py": "", "b.py": "import c\n", "c.py": "from d import *\n", "d.py": "import a\n"},
        True,
    ),
    "back, but later": ({"a.py": "", "b.py": "def f():\n    import a\n"}, False),
    "back, but for types": (
        {"a.py": "", "b.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a\n"},
        False,
    ),
    "back in the else of types": (
        {"a.py": "", "b.py": "import typing\nif typing.TYPE_CHECKING:\n    pass\nelse:\n    import a\n"},
        True,
    ),
    "back in a try": ({"a.py": "", "b.py": "try:\n    import a\nexcept ImportError:\n    a = None\n"}, True),
    "back in a class": ({"a.py": "", "b.py": "class A:\n    import a\n"}, True),
    "loaded already": ({"a.py": "import b\n", "b.py": "import a\n"}, False),
    "loaded already, but later": ({"a.py": "def f():\n    import b\n", "b.py": "import a\n"}, True),
    "no file": ({"a.py": ""}, False),
    "another cycle": ({"a.py": "", "b.py": "import c\n", "c.py": "import b\n"}, False),
}


@pytest.mark.parametrize(("sources", "expected"), CYCLES.values(), ids=CYCLES.keys())
def test_an_import_that_leads_back_is_a_cycle(sources: dict[str, str], expected: bool) -> None:
    assert neighbours(sources).would_cycle("a.py", "b") is expected


def test_a_package_around_a_file_is_loaded_before_it() -> None:
    sources = {
        "p/__init__.py": "from p import tools\n",
        "p/tools.py": "",
        "p/registry.py": "",
        "q/__init__.py": "import p.tools\n",
        "q/x.py": "",
    }
    around = neighbours(sources)
    assert not around.would_cycle("p/tools.py", "p.registry")
    assert around.would_cycle("p/tools.py", "p"), "the package's own names are not there yet"
    assert around.would_cycle("p/tools.py", "q.x"), "importing q.x loads q, which loads p.tools"


def test_re_exports_are_the_same_thing() -> None:
    around = neighbours(
        {
            "app/__init__.py": "from app.registry import get_registry, Registry as R\n",
            "app/registry.py": "class Registry: ...\ndef get_registry(): ...\nif x:\n    def twice(): ...\nelse:\n"
            "    def twice(): ...\n",
            "other.py": "def get_registry(): ...\n",
        }
    )
    assert around.resolve("app.get_registry") == around.resolve("app.registry.get_registry")
    assert around.resolve("app.R") == around.resolve("app.registry.Registry")
    assert around.resolve("app.get_registry") != around.resolve("other.get_registry")
    assert around.resolve("app.registry.twice") == "app.registry.twice"
    assert around.resolve("os.path.join") == "os.path.join"


TAKEN = {
    "by nobody": ("import app.module\n", False),
    "by an import": ("from app.module import Old\n", True),
    "by a relative import": ("from .module import Old\n", True),
    "by a star": ("from app.module import *\nOld\n", True),
    "as an attribute": ("from app import module\nmodule.Old\n", True),
    "by a patch": ("from unittest import mock\nmock.patch('app.module.Old')\n", True),
    "from elsewhere": ("from app.old import Old\nimport app.module\n", False),
    "by a file that does not parse": ("from app.module import (Old\n", True),
}


@pytest.mark.parametrize(("text", "expected"), TAKEN.values(), ids=TAKEN.keys())
def test_a_name_that_others_take_from_a_file_is_known(text: str, expected: bool) -> None:
    around = neighbours(
        {
            "app/__init__.py": "",
            "app/old.py": "class Old: ...\n",
            "app/module.py": "from app.old import Old\n",
            "app/user.py": text,
        }
    )
    assert around.is_imported_from("app/module.py", "Old") is expected


@pytest.mark.parametrize(
    ("source", "modules"),
    [
        ("import a.b\nfrom c import d, e as f\n", ("a", "a.b", "c.d", "c.e")),
        ("from . import a\nfrom ..b import c\nfrom .d import *\n", (".a", "..b.c", ".d")),
        ("def f():\n    import a\n\nclass C:\n    import b\n\n    def m(self):\n        import c\n", ("b",)),
        ("if TYPE_CHECKING:\n    import a\nelse:\n    import b\n", ("b",)),
        ("try:\n    import a\nexcept ImportError:\n    a = None\n", ("a",)),
        ("import a\nimport a\n", ("a",)),
        ("import (\n", ()),
        ("def f(x):\n  return (\n1 +\nx)\nimport a\n", ("a",)),  # rows further left than the function around them
    ],
)
def test_modules_loaded_are_those_of_the_module_level(source: str, modules: tuple[str, ...]) -> None:
    assert modules_loaded(source.encode()) == modules
    found = extract(source.encode())
    if isinstance(found, FileFacts):
        assert tuple(dict.fromkeys(loaded_by(found))) == modules


def test_modules_loaded_are_the_same_by_sketch_and_by_facts() -> None:
    """Over the installed packages: what a sketch says of the module level is what the whole file says."""
    checked = 0
    for path in sorted(Path(sysconfig.get_paths()["purelib"]).rglob("*.py"))[::40]:
        found = extract(path.read_bytes())
        if isinstance(found, FileFacts):
            assert modules_loaded(path.read_bytes()) == tuple(dict.fromkeys(loaded_by(found))), path
            checked += 1
    assert checked > 20


def test_a_module_is_called_as_the_file_calls_others() -> None:
    root, whole = "service/src", "service.src.core.tools"
    around = neighbours(
        {
            "service/__init__.py": "",
            "service/src/__init__.py": "",
            f"{root}/core/__init__.py": "",
            f"{root}/core/tools.py": "class ToolRegistry: ...\n",
            f"{root}/core/skills.py": "from core.tools import ToolRegistry\n",
            f"{root}/bare.py": "from core import skills\nimport core.tools\n",
            f"{root}/whole.py": "from service.src.core.skills import ToolRegistry\n",
            f"{root}/relative.py": "from .core.skills import ToolRegistry\n",
            "other.py": "import os\n",
        }
    )
    assert around.as_imported(f"{root}/bare.py", whole) == "core.tools"
    assert around.as_imported(f"{root}/core/skills.py", whole) == "core.tools"
    for path in (f"{root}/whole.py", f"{root}/relative.py", "other.py"):
        assert around.as_imported(path, whole) == whole
    assert around.as_imported("other.py", "collections.abc") == "collections.abc"
