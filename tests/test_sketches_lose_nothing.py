"""What is found where files are sketched first is what is found where all are read whole."""

from __future__ import annotations

import sysconfig
import zlib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry_lint.config.contracts import CanonicalContract, Contracts
from registry_lint.config.settings import Settings
from registry_lint.project.model import Project
from registry_lint.project.vacuous import VacuousTest, VacuousTests
from registry_lint.source.corpus import MemoryCorpus

# Names that tests of all kinds of libraries use, as if they were registries.
APP = """
class Result: ...
class Module: ...
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool
"""
NAMED = Contracts(canonical=(CanonicalContract("app.Result"), CanonicalContract("app.Module")))


def project_of(tests: dict[str, bytes]) -> Project:
    """A project with these tests."""
    corpus = MemoryCorpus({"app.py": APP.encode(), **tests})
    return Project(corpus, msgspec.structs.replace(Settings.default(), contracts=NAMED))


def compared(tests: dict[str, bytes]) -> tuple[VacuousTest, ...]:
    """The vacuous tests, after they were found equal to those without sketches."""
    found = project_of(tests).vacuous_tests.all
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(VacuousTests, "may_hold", lambda *_: True)
        assert project_of(tests).vacuous_tests.all == found
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
    assert compared(tests)


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
    assert [test.name for test in compared({"tests/test_a.py": BY_ITS_CLASS})] == ["test_b"]


SIMPLE = (
    "assert True", "assert registry.get(1)", "assert registry.names() == []", "assert registry or True",
    "assert True or x", "assert (registry, 'm')", "assert 'x'", "assert not registry, 'x or 1'",
    "assert (\n    registry.x()\n    or 1\n)", "assert x(\n    1) or True", "assert x \\\n    or 'x'", "assert (x)",
    "raise ValueError", "registry.register(1)", "print(1)", "print (registry)", "x = '''\n    assert registry\n'''",
    "'''assert x\n    assert registry.x\n    '''", "self.assertTrue(True)", "self.assertEqual(1, x)",
    "helper(registry)", "check_it()", "pass", "x = registry.get", "'''registry'''", "return", "assert x.y",
    "# assert registry", "assert  True", "assert None or 0", "assert f'{registry}'", "assert \\\n    True",
    "assert lambda: 1", "self.fail()", "def inner():\n    assert registry", "x = '(' \\\n    'assert x'",
    "assert x('(') == ')'",
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
