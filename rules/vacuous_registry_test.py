"""REG602 vacuous-registry-test: a test touches a registry and cannot fail.

Why is this bad?
    A test that is green whatever happens counts as coverage, and hides that nothing holds the registry to anything.

What to do instead
    Assert what the registry holds afterwards; use `pytest.raises` where an error is expected; let any other error
    fail the test.

When not to use it
    A test that only has to run through needs no assertion, and is not reported, as long as its errors are seen.

What it cannot see
    Checks in helpers of other packages, unless they are called like checks (`assert_…`, `verify_…`, `expect_…`).
    Tests that a script in the same file calls are left alone: it looks at what they return.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint import Finding, Found, Invalid, Rule, Step, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import Project, VacuousTest

_PRODUCTION = """
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool
"""
_WHY = {
    "constant": ("it asserts only what is always true", "always true"),
    "swallowed": ("an except swallows its assertions", "swallowed here"),
    "handler": ("it asserts only after an exception that it does not insist on", "only after an exception"),
    "act": ("an except swallows whatever it does", "swallowed here"),
    "prints": ("it only prints", "printed, not checked"),
}


class VacuousRegistryTest(Rule):
    """Reports the test's name."""

    code = "REG602"
    scope = "tests"

    VALID = (
        Valid(f"""{_PRODUCTION}
--- tests/test_registry.py
import pytest
from app.registry import ToolRegistry

def test_runs_through():
    ToolRegistry().register("search", object())

def test_is_checked():
    registry = ToolRegistry()
    print(registry)
    assert registry.names() == []

def test_raises():
    with pytest.raises(ValueError):
        ToolRegistry().register("", None)

def test_insists():
    try:
        ToolRegistry().register("", None)
        pytest.fail("no error")
    except ValueError as error:
        assert "name" in str(error)

def test_other_errors_are_seen():
    try:
        assert ToolRegistry().names() == []
    except KeyError:
        pass

def test_error_is_kept():
    caught = None
    try:
        ToolRegistry().register("", None)
    except Exception as error:
        caught = error
    assert caught

def test_clean_up_may_fail():
    registry = ToolRegistry()
    registry.register("search", object())
    try:
        registry.close()
    except Exception:
        pass

def test_by_a_helper():
    holds(ToolRegistry(), "search")
    print("held")

def holds(registry, name):
    assert name in registry.names()

def test_nothing_of_ours():
    print("hello")
    assert True

def test_as_a_script() -> bool:
    try:
        return ToolRegistry().register("search", object()) is None
    except Exception:
        return False

if __name__ == "__main__":
    print(all(test() for test in (test_as_a_script,)))
"""),
    )
    INVALID = (
        Invalid(f"""{_PRODUCTION}
--- tests/test_registry.py
from app.registry import ToolRegistry

def test_true():
    ^^^^^^^^^ REG602 test_true cannot fail: it asserts only what is always true
    ToolRegistry().register("search", object())
    assert True

class TestRegistry:
    async def test_or_true(self, tool_registry):
              ^^^^^^^^^^^^ REG602 test_or_true cannot fail: it asserts only what is always true
        assert tool_registry.names() or True

class TestOldToolRegistry(unittest.TestCase):
    def test_always(self):
        ^^^^^^^^^^^ REG602 test_always cannot fail: it asserts only what is always true
        ToolRegistry()
        self.assertTrue(True)

class TestToolRegistryKeys:
    def test_placeholder(self):
        ^^^^^^^^^^^^^^^^ REG602 test_placeholder cannot fail: it asserts only what is always true
        assert True

def test_prints():
    ^^^^^^^^^^^ REG602 test_prints cannot fail: it only prints
    registry = ToolRegistry()
    print(registry.names())
"""),
        Invalid(f"""{_PRODUCTION}
--- tests/test_registry.py
import logging
from app.registry import ToolRegistry

def test_swallowed_assertion():
    ^^^^^^^^^^^^^^^^^^^^^^^^ REG602 test_swallowed_assertion cannot fail: an except swallows its assertions
    registry = ToolRegistry()
    try:
        registry.register("search", object())
        assert registry.names() == ["search"]
    except Exception as error:
        logging.warning("failed: %s", error)

def test_asserts_after_an_error():
    ^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG602 test_asserts_after_an_error cannot fail: it asserts only after an exception that it does not insist on
    try:
        ToolRegistry().register("", None)
    except ValueError as error:
        assert "name" in str(error)

def test_swallowed_act():
    ^^^^^^^^^^^^^^^^^^ REG602 test_swallowed_act cannot fail: an except swallows whatever it does
    registry = ToolRegistry()
    try:
        registry.register("search", object())
    except:
        pass

def test_by_its_name_alone(registry):
    ^^^^^^^^^^^^^^^^^^^^^^ REG602 test_by_its_name_alone cannot fail: an except swallows whatever it does
    try:
        registry.register("search", object())
    except Exception:
        return
"""),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield one finding for each test."""
        for test in project.vacuous_tests.all:
            yield Found(self._finding(test))

    def _finding(self, test: VacuousTest) -> Finding:
        why, there = _WHY[test.why]
        return Finding(
            self.code,
            test.span,
            f"{test.name} cannot fail: {why}",
            confidence="likely",  # that it touches a registry may be known by a name alone
            related=(Step(test.place, there),) if test.place else (),
            help="assert what the registry holds, and let errors fail the test",
        )
