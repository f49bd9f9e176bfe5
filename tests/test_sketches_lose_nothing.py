"""What is found where files are sketched first is what is found where all are read whole."""

from __future__ import annotations

import sysconfig
import zlib
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry_lint.config.contracts import CanonicalContract, Contracts
from registry_lint.config.settings import Settings
from registry_lint.project import aliases
from registry_lint.project.likely_mocks import LikelyMocks
from registry_lint.project.model import Project
from registry_lint.project.vacuous import VacuousTests
from registry_lint.source.corpus import MemoryCorpus

if TYPE_CHECKING:
    from registry_lint.project.aliases import EmptySubclass
    from registry_lint.project.mock_forms import PermissiveMock
    from registry_lint.project.vacuity import VacuousTest

# Names that tests of all kinds of libraries use, as if they were registries.
APP = """
class Result: ...
class Module: ...
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool
class Dispatcher:
    def __init__(self, tools: ToolRegistry, log=None):
        self.tools = tools
class Holder:
    def __init__(self):
        self.kept = ToolRegistry()
def run(source: "ToolRegistry"): ...
def get_tools() -> ToolRegistry:
    return ToolRegistry()
def hand_out():
    return get_tools()
"""
NAMED = Contracts(canonical=(CanonicalContract("app.Result"), CanonicalContract("app.Module")))


def project_of(tests: dict[str, bytes]) -> Project:
    """A project with these tests."""
    corpus = MemoryCorpus({"app.py": APP.encode(), **tests})
    return Project(corpus, msgspec.structs.replace(Settings.default(), contracts=NAMED))


def compared(tests: dict[str, bytes]) -> tuple[tuple[VacuousTest, ...], tuple[PermissiveMock, ...]]:
    """The vacuous tests and the mocks, after they were found equal to those without sketches."""
    project = project_of(tests)
    found = project.vacuous_tests.all, project.mocks.all
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(VacuousTests, "may_hold", lambda *_: True)
        patched.setattr(LikelyMocks, "in_functions", lambda *_: True)
        whole = project_of(tests)
        assert (whole.vacuous_tests.all, whole.mocks.all) == found
    return found


def test_over_real_tests() -> None:
    """Tests that are installed: of the standard library, of packages."""
    tests: dict[str, bytes] = {}
    for folder in (Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_path("purelib"))):
        for path in sorted(folder.rglob("test*.py")):
            if zlib.crc32(path.name.encode()) % 11 == 0 and path.stat().st_size < 100_000:
                tests[f"tests/{path.relative_to(folder).as_posix().replace('/', '_')}"] = path.read_bytes()
    if len(tests) < 50:
        pytest.skip("no tests are installed")
    assert compared(tests)[0]


BY_ITS_CLASS = b"""
from app import ToolRegistry
class TestToolRegistry:
    def test_a(self):
        pass
    def test_b(self):
        assert True
"""


def test_by_the_class_alone() -> None:
    """A test that says nothing of what it tests."""
    assert [test.name for test in compared({"tests/test_a.py": BY_ITS_CLASS})[0]] == ["test_b"]


SIMPLE = (
    "assert True", "assert registry.get(1)", "assert registry.names() == []", "assert registry or True",
    "assert True or x", "assert (registry, 'm')", "assert 'x'", "assert not registry, 'x or 1'",
    "assert (\n    registry.x()\n    or 1\n)", "assert x(\n    1) or True", "assert x \\\n    or 'x'", "assert (x)",
    "raise ValueError", "registry.register(1)", "print(1)", "print (registry)", "x = '''\n    assert registry\n'''",
    "'''assert x\n    assert registry.x\n    '''", "self.assertTrue(True)", "self.assertEqual(1, x)",
    "helper(registry)", "check_it()", "pass", "x = registry.get", "'''registry'''", "return", "assert x.y",
    "# assert registry", "assert  True", "assert None or 0", "assert f'{registry}'", "assert \\\n    True",
    "assert lambda: 1", "self.fail()", "def inner():\n    assert registry", "x = '(' \\\n    'assert x'",
    "assert x('(') == ')'", "assert 'x' in registry", "assert 'x' not in registry or 1", "assert f'{x}' in x",
    "assert 'x' 'in'", "check_it(\n    registry\n)", "await self.verify(x)", "assertTrue (1)", "# check_it()",
    "x = '''\n    check_it()\n'''", "retry(registry)", "x = expected_exception()",
)  # fmt: skip
COMPOUND = (
    "try:\n{}\nexcept:\n{}", "try:\n{}\nexcept Exception as error:\n{}", "try:\n{}\nexcept KeyError:\n{}",
    "try:\n{}\nfinally:\n{}", "if x:\n{}\nelse:\n{}", "with pytest.raises(KeyError):\n{}\nif x:\n{}",
)  # fmt: skip


def right(code: str) -> str:
    """A suite."""
    return "\n".join(f"    {row}" for row in (code or "pass").split("\n"))


BODY = st.recursive(
    st.lists(st.sampled_from(SIMPLE), min_size=1, max_size=3).map("\n".join),
    lambda body: st.tuples(st.sampled_from(COMPOUND), body, body, st.sampled_from(SIMPLE)).map(
        lambda parts: parts[0].format(right(parts[1]), right(parts[2])) + "\n" + parts[3]
    ),
    max_leaves=4,
)
HEADS = (
    "def test_x(registry):\n{}", "class TestToolRegistry:\n    async def test_x(self):\n{}",
    "@patch(registry)\ndef test_y():\n{}",
    "class TestX:\n    def test_module(self, a=f(g(h(1)))):\n{}\n    def test_last(self): assert registry or 1",
    "def helper(x):\n{}\ndef test_z():\n    helper(registry)\n    print(1)",
    "def testing():\n    '''\n{}\n    '''\n    print(registry)",
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(HEADS), BODY), min_size=1, max_size=3))
def test_over_made_up_tests(functions: list[tuple[str, str]]) -> None:
    """Functions of all that decides whether a test can fail."""
    tests = {}
    for number, (head, body) in enumerate(functions):
        code = right(right(body)) if head.startswith("class") else right(body)
        tests[f"tests/test_{number}.py"] = head.format(code).encode()
    tests["tests/test_all.py"] = b"\n\n".join(tests.values())
    compared(tests)


MOCKING = (
    "tool_registry = {}", "registry: ToolRegistry = {}", "x = {}", "x, registry = 1, {}", "registry = (\n    {}\n)",
    "x = y = {}", "x = {}\nrun(x)", "x = {}\nself.attach(x)", "run(source={})", "Dispatcher({})",
    "app.Dispatcher(\n    log=1, tools={},\n)", "Other({})", "make({})",
    "local = Dispatcher if y else None\nlocal({})", "x = {}\nwith patch('app.hand_out', return_value=x): ...",
    "helper({})", "imported({})", "elsewhere.attach({})", "Dispatcher(1).tools = {}", "app.start(tool_registry={})",
    "dispatcher.tools = {}", "self.dispatcher.tools = {}", "dispatcher.tools, y = {}, 1", "holder.kept = {}",
    "Holder().kept = (\n{})", "x.registry.return_value = {}", "self.registry = {}", "x.start(return_value={})",
    "made = [{}]", "local = Dispatcher\nlocal({})", "with patch('app.ToolRegistry', {}): ...",
    "with patch('app.get_tools', return_value={}): ...", "with patch('app.ToolRegistry'): ...",
    "with patch('app.hand_out', return_value={}): ...", "with patch.object(app, 'ToolRegistry', new={}): ...",
    "registry = {}\nwith patch('app.get_tools', return_value=registry): ...",
    "patch(\n    'app.ToolRegistry',\n).start()", "registry = {}\nreturn registry", "x = {}\nreturn x", "yield {}",
    "return {}", "if (registry := {}): ...", "x = {} if y else 1",
)  # fmt: skip
MADE = (
    "MagicMock()",
    "mock.Mock(name='x')",
    "AsyncMock()",
    "MagicMock(spec=ToolRegistry)",
    "Mock(return_value=MagicMock())",
)
PLACES = (
    "{}", "from app import Dispatcher as Other\ndef test_a():\n{}", "def test_b(make):\n{}",
    "def test_x(dispatcher, holder):\n{}", "@pytest.fixture\ndef tool_registry():\n{}",
    "@pytest.fixture()\nasync def made() -> ToolRegistry:\n{}", "@patch('app.ToolRegistry')\ndef test_y(self):\n{}",
    "class T:\n    def setUp(self):\n        self.dispatcher = Dispatcher(1)\n    def test_z(self, a=f(g(h(1)))):\n{}",
    "def helper(kept: ToolRegistry):\n{}", "class A:\n    def attach(self, kept: 'ToolRegistry'):\n{}",
    "def make_tool_registry():\n{}", "def test_w(x: Holder):\n{}",
    "@patch('app.get_tools', return_value={})\ndef test_v(self): ...",
)  # fmt: skip
IMPORTS = """
from unittest import mock
from unittest.mock import AsyncMock, MagicMock, Mock, patch
import pytest
import app
from app import Dispatcher, Holder, ToolRegistry, run
from tests.helpers import imported, elsewhere
@pytest.fixture
def dispatcher():
    return Dispatcher(1)
@pytest.fixture
def holder():
    return Holder()
@pytest.fixture
def make():
    return Dispatcher
"""
HELPERS = b"""
from app import ToolRegistry
def imported(kept: ToolRegistry): ...
class Elsewhere:
    def attach(self, kept: ToolRegistry): ...
elsewhere = Elsewhere()
"""


def mocking(place: str, simple: str, made: str) -> str:
    """A function that makes a mock."""
    if place.startswith("@patch('app.get"):
        return place.format(made)
    code = simple.format(made)
    return place.format(code if place == "{}" else right(right(code)) if place.startswith("class") else right(code))


def test_over_made_up_mocks() -> None:
    """Each form of all that decides what a mock stands in for, in a file of its own."""
    tests = {"tests/helpers.py": HELPERS}
    for number, (place, simple, made) in enumerate(product(PLACES, MOCKING, MADE)):
        if made == MADE[0] or place == PLACES[3]:
            tests[f"tests/test_{number}.py"] = f"{IMPORTS}{mocking(place, simple, made)}\n".encode()
    filled = {mock.span.path for mock in compared(tests)[1]}
    assert len(tests) / 4 < len(filled) < len(tests) * 3 / 4


HEADERS = (
    "class Base(lib.Base):", "class A(Base):", "class A(lib.B):", "class A(\n    Base\n):", "class A(Base,):",
    "class A(Exception):", "from lib import A as _A\nclass A(_A):", "import lib\n_A = lib.A\nclass A(_A):",
    "from lib import Exception\nclass A(Exception):",
    "from lib import (\n    B,\n    Exception,\n)\nclass A(Exception):", "class A(B[int]):", "class A(B, C):",
    "class A:", "class Result(Base):", "class A(Result):", "if Base:\n  class A(Base):",
    "from app import Result as Base\nclass Result(Base):",
)  # fmt: skip
EMPTY = (
    " pass", " ...", " x = 1", "\n    pass", "\n    # old name of Base\n    pass", "\n    'An alias of Base.'",
    "\n    'Not an alias.'", "\n    '''Base.\n\nRenamed to Base.\n    '''",
    "\n    r\"\"\"For \\\"\"\"compatibility\"\"\"\n    ...", "\n    'alias'\n    x = 1",
    "\n    'alias'\n    def f(self): ...", "\n    pass; 'alias'", "\n    pass\n    'A deprecated ' 'name.'",
    "\n    ('alias')", "\n    'alias'\n(x, y) = 1, 2", "\n    'alias'\n'text'.strip()", "\n    'alias'.strip()",
    " 'alias'", "\n    f'alias'", "\n    b'x'\n    'alias'",
)  # fmt: skip


def aliases_of(sources: dict[str, bytes]) -> list[EmptySubclass]:
    """The aliases of a project, after they were found equal to those where every class may be one."""

    def every_class(_data: bytes) -> tuple[tuple[str, str, bool], ...]:
        return (("", "", True),)

    project = project_of(sources)
    found = project.aliases.all
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(aliases, "empty_subclasses", every_class)
        whole = project_of(sources)
        assert whole.aliases.all == found
    assert len(project.aliases.paths) < len(whole.aliases.paths)
    return list(found)


def test_over_made_up_aliases() -> None:
    """Each form of header and body, in a module of its own; a word brings all of them in."""
    sources = {"lib.py": b"class Base: ...\n", "odd.py": b"class Exception: ...\n"}
    for number, (header, body, star) in enumerate(product(HEADERS, EMPTY, ("from lib import *\n", ""))):
        code = header.replace("A", f"A{number}") + body
        sources[f"lib_{number}.py"] = f"{star}from lib import Base\n# old\n{code}\n".encode()
    assert len(aliases_of(sources)) > 50


def test_over_real_aliases() -> None:
    """Code of others."""
    sources: dict[str, bytes] = {}
    for folder in (Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_path("purelib"))):
        for path in sorted(folder.rglob("[a-m]*.py")):
            if zlib.crc32(path.name.encode()) % 11 == 0 and path.stat().st_size < 100_000:
                name = path.relative_to(folder).as_posix().replace("/", "_").replace("test", "tried")
                sources[f"lib/{name}"] = path.read_bytes()
    aliases_of(sources)


@pytest.mark.parametrize("name", ["ToolRegistry_2", "ToolRegistry_", "_Registry__725488"])
def test_classes_whose_names_end_in_no_word_have_no_role(name: str) -> None:
    """Looked for as a word, a number once ended the run."""
    source = f"class {name}:\n    def register(self, key, tool):\n        self._tools[key] = tool\n"
    test = f"from unittest.mock import Mock\nfrom app import {name}\n\ndef test_it():\n    print({name}(Mock()))\n"
    settings = msgspec.structs.replace(
        Settings.default(), contracts=Contracts(canonical=(CanonicalContract(f"app.{name}"),))
    )
    project = Project(MemoryCorpus({"app.py": source.encode(), "test_app.py": test.encode()}), settings)
    assert name in project.contract_classes.by_name
    assert (project.mocks.all, project.vacuous_tests.all) == ((), ())  # nothing in a test tells of such a role
