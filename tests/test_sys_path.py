"""Which folders a file puts on `sys.path`, as its text says, and what bare names mean below them."""

from __future__ import annotations

import pytest

from registry_lint.config.settings import Settings
from registry_lint.project.model import Project
from registry_lint.project.sys_path import folders_added
from registry_lint.source.corpus import MemoryCorpus

# what a file says → the folders, relative to its own
ADDED = {
    "sys.path.insert(0, os.path.dirname(__file__))": ("",),
    "sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))": ("",),
    "sys.path.append(os.path.dirname(os.path.dirname(__file__)))": ("..",),
    "sys.path.insert(0, str(Path(__file__).parent))": ("",),
    "sys.path.insert(0, str(Path(__file__).resolve().parent.parent))": ("..",),
    "sys.path.insert(0, str(Path(__file__).resolve().parents[2]))": ("../..",),
    'sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))': ("lib",),
    'sys.path.append(str(Path(__file__).parent / "lib" / "inner"))': ("lib/inner",),
    "HERE = os.path.dirname(__file__)\nsys.path.insert(0, HERE)": ("",),
    "here = Path(__file__).parent\nroot = here.parent\nsys.path.insert(0, str(root))": ("..",),
    "sys.path.insert(0, os.getcwd())": (),
    'sys.path.insert(0, "/usr/lib/tools")': (),
    "sys.path.insert(0, folder)": (),
    "print(__file__)": (),
    "sys.path.insert(0, __file__)": (),
    "sys.path.insert(0, os.path.dirname(__file__)": (),  # it does not parse
}


@pytest.mark.parametrize(("text", "folders"), ADDED.items())
def test_folders_are_read_relative_to_the_file(text: str, folders: tuple[str, ...]) -> None:
    assert folders_added(text.encode()) == folders


@pytest.mark.parametrize("text", ["sys.path.append(" + "(" * 10**6, "x = a\na = x\nsys.path.append(x)\n" * 10**4])
def test_hostile_texts_take_no_time(text: str) -> None:
    """A bound is on each step; else they would take minutes."""
    assert folders_added(text.encode()) == ()


def test_bare_names_begin_at_a_folder_that_is_put_on_the_path() -> None:
    adding = "import os, sys\nsys.path.insert(0, os.path.dirname(__file__))\nimport redis\nimport lens\n"
    sources = {
        "app/__init__.py": "from app.eyes.lens import Lens\n",
        "app/eyes/__init__.py": "",
        "app/eyes/main.py": adding,
        "app/eyes/lens.py": "class Lens: ...\n",
        "app/eyes/redis.py": "import redis\n",
        "app/eyes/json.py": "",
        "other.py": "import lens\n",
    }
    project = Project(MemoryCorpus(sources), Settings.default())
    path_of = project.names.path_of
    assert path_of("lens", "app/eyes/main.py") == "app/eyes/lens.py"
    assert path_of("redis", "app/eyes/main.py") == "app/eyes/redis.py"
    assert path_of("redis", "app/eyes/redis.py") is None  # it wraps the library of its name
    assert path_of("json", "app/eyes/main.py") is None
    assert path_of("lens", "other.py") is None
