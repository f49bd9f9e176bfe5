"""REG601 permissive-mock: a mock without a specification stands in for a registry, a tracker or a canonical class.

Why is this bad?
    `MagicMock()` has every method with every signature. A test that calls `registry.get_tool(...)` on it passes,
    whether the registry has such a method or not: the outage happens in production only.

What to do instead
    `create_autospec(ToolRegistry, instance=True)`, `MagicMock(spec=ToolRegistry)`, `patch(..., autospec=True)`; or the
    registry itself, which is seldom slow to build.

When not to use it
    Where a mock only has to be passed through, and nothing is ever called on it.

What it cannot see
    Mocks that a helper makes. Certain is what fills a parameter or variable with an annotation, or the target of a
    patch; what fills a variable, attribute, argument or fixture that is called like the class is likely.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from registry_lint import LIKELY, Finding, Found, Invalid, Rule, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import Fix, PermissiveMock, Project, Span, Workshop

_PRODUCTION = """
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def get_tools() -> ToolRegistry:
    return ToolRegistry()

def get_settings():
    return {}

--- app/dispatch.py
from app.registry import ToolRegistry

class Dispatcher:
    def __init__(self, tools: ToolRegistry, log=None):
        self.tools = tools

def run(source: "ToolRegistry"): ...
"""


class PermissiveMockRule(Rule):
    """Reports the call that makes the mock; the specification is the suggestion."""

    code = "REG601"
    severity = "info"
    scope = "tests"

    VALID = (
        Valid(f"""{_PRODUCTION}
--- tests/test_dispatch.py
from unittest.mock import MagicMock, Mock, create_autospec, patch
from app.dispatch import Dispatcher
from app.registry import ToolRegistry

class Mock2: ...

def test_dispatcher():
    tool_registry = MagicMock(spec=ToolRegistry)
    mock_tool_registry = create_autospec(ToolRegistry, instance=True)
    registry = Mock(ToolRegistry)
    wrapped_registry = Mock(wraps=ToolRegistry())
    logger = MagicMock()
    tool = MagicMock()
    dispatcher = Dispatcher(tool_registry, log=MagicMock())
    dispatcher.log = MagicMock()
    with patch("app.dispatch.ToolRegistry", autospec=True):
        assert dispatcher.tools is tool_registry
    with patch("app.dispatch.logger"):
        assert mock_tool_registry is not registry
    mock_registry = MagicMock()  # of settings, as its target says
    with patch("app.registry.get_settings", return_value=mock_registry):
        assert dispatcher
"""),
        # Another library's Mock, a name that only looks like one, a registry of which nobody knows.
        Valid(f"""{_PRODUCTION}
--- tests/test_other.py
from hardware import Mock
from unittest.mock import MagicMock

def test_other():
    tool_registry = Mock()
    tool_registry_path = MagicMock()
    model_registry = MagicMock()
    model_registry.registry = MagicMock()
    assert tool_registry.path == tool_registry_path
"""),
    )
    INVALID = (
        # A parameter, by its annotation: of a constructor, of a function, through a variable.
        Invalid(
            f"""{_PRODUCTION}
--- tests/test_dispatch.py
from unittest.mock import MagicMock, Mock
from app import dispatch
from app.dispatch import Dispatcher

def test_dispatcher():
    dispatcher = Dispatcher(MagicMock())
                            ^^^^^^^^^^^ REG601 MagicMock() stands in for ToolRegistry (the parameter tools) and accepts anything
    things = Mock(name="things")
             ^^^^^^^^^^^^^^^^^^^ REG601 Mock() stands in for ToolRegistry (the parameter source) and accepts anything
    dispatch.run(source=things)
    dispatcher.tools = MagicMock()
                       ^^^^^^^^^^^ REG601 MagicMock() stands in for ToolRegistry (the attribute tools) and accepts anything
    assert dispatcher.tools
""",
            fixed="""
--- tests/test_dispatch.py
from unittest.mock import MagicMock, Mock
from app import dispatch
from app.dispatch import Dispatcher
from app.registry import ToolRegistry

def test_dispatcher():
    dispatcher = Dispatcher(MagicMock(spec=ToolRegistry))
    things = Mock(name="things", spec=ToolRegistry)
    dispatch.run(source=things)
    dispatcher.tools = MagicMock(spec=ToolRegistry)
    assert dispatcher.tools
""",
        ),
        # A role is that of the class whose name the function around has, whatever the file imports.
        Invalid(
            f"""{_PRODUCTION}
--- app/skills.py
class SkillRegistry:
    def register(self, name, skill):
        self._skills[name] = skill

--- tests/test_roles.py
from unittest import mock
import pytest
from app.registry import ToolRegistry

@pytest.fixture
def mock_skill_registry():
    registry = mock.MagicMock()
               ^^^^^^^^^^^^^^^^ REG601 MagicMock() stands in for SkillRegistry (the fixture mock_skill_registry) and accepts anything
    return registry

def test_role_of_tool_registry_in_use():
    registry = mock.MagicMock()
               ^^^^^^^^^^^^^^^^ REG601 MagicMock() stands in for ToolRegistry (the variable registry) and accepts anything
    assert registry.anything()
""",
            fixed="""
--- tests/test_roles.py
from unittest import mock
import pytest
from app.registry import ToolRegistry
from app.skills import SkillRegistry

@pytest.fixture
def mock_skill_registry():
    registry = mock.MagicMock(spec=SkillRegistry)
    return registry

def test_role_of_tool_registry_in_use():
    registry = mock.MagicMock(spec=ToolRegistry)
    assert registry.anything()
""",
        ),
        # A variable, an attribute, an argument, a fixture: by their names.
        Invalid(
            f"""{_PRODUCTION}
--- tests/test_names.py
from unittest import mock
import pytest
from app.registry import ToolRegistry

@pytest.fixture
def mock_tool_registry():
    registry = mock.AsyncMock()
               ^^^^^^^^^^^^^^^^ REG601 AsyncMock() stands in for ToolRegistry (the variable registry) and accepts anything
    return registry

@pytest.fixture()
def tool_registry():
    return mock.Mock()
           ^^^^^^^^^^^ REG601 Mock() stands in for ToolRegistry (the fixture tool_registry) and accepts anything

def test_names(app, mocker):
    app.state.tool_registry = mocker.MagicMock()
                              ^^^^^^^^^^^^^^^^^^ REG601 MagicMock() stands in for ToolRegistry (the attribute tool_registry) and accepts anything
    app.start(tool_registry=mock.MagicMock())
                            ^^^^^^^^^^^^^^^^ REG601 MagicMock() stands in for ToolRegistry (the argument tool_registry) and accepts anything
    annotated: ToolRegistry = mock.MagicMock()
                              ^^^^^^^^^^^^^^^^ REG601 MagicMock() stands in for ToolRegistry (the variable annotated) and accepts anything
    assert annotated.anything()
""",
            fixed="""
--- tests/test_names.py
from unittest import mock
import pytest
from app.registry import ToolRegistry

@pytest.fixture
def mock_tool_registry():
    registry = mock.AsyncMock(spec=ToolRegistry)
    return registry

@pytest.fixture()
def tool_registry():
    return mock.Mock(spec=ToolRegistry)

def test_names(app, mocker):
    app.state.tool_registry = mocker.MagicMock(spec=ToolRegistry)
    app.start(tool_registry=mock.MagicMock(spec=ToolRegistry))
    annotated: ToolRegistry = mock.MagicMock(spec=ToolRegistry)
    assert annotated.anything()
""",
        ),
        # An accessor that only its annotation tells, in a test that names nothing else.
        Invalid(
            """
--- app/store.py
class ToolRegistry:
    def __init__(self):
        self._tools = {}

    def register(self, name, tool):
        self._tools[name] = tool

_all = ToolRegistry()

def everything() -> ToolRegistry:
    return _all

--- tests/test_run.py
from unittest.mock import MagicMock, patch

def test_run():
    with patch("app.store.everything") as made:
        made.return_value = MagicMock()
                            ^^^^^^^^^^^ REG601 MagicMock() stands in for ToolRegistry (what a patched function returns) and accepts anything
""",
            fixed="""
--- tests/test_run.py
from unittest.mock import MagicMock, patch

from app.store import ToolRegistry

def test_run():
    with patch("app.store.everything") as made:
        made.return_value = MagicMock(spec=ToolRegistry)
""",
        ),
        # What a patched accessor returns, wherever the patch is made; not what another function returns.
        Invalid(
            f"""{_PRODUCTION}
--- tests/test_returned.py
from unittest.mock import MagicMock, patch
import pytest
from app import dispatch

@pytest.fixture
def accessor():
    with patch("app.registry.get_tools") as tools_of_the_registry:
        yield tools_of_the_registry

def test_entered():
    with patch("app.registry.get_tools") as patched, patch("app.registry.get_settings") as other:
        patched.return_value = MagicMock()
                               ^^^^^^^^^^^ REG601 MagicMock() stands in for ToolRegistry (what a patched function returns) and accepts anything
        other.return_value = MagicMock()

@patch("app.registry.get_settings")
@patch("app.registry.get_settings", new=None)
@patch("app.registry.get_tools")
def test_decorated(patched, other):
    things = MagicMock()
             ^^^^^^^^^^^ REG601 MagicMock() stands in for ToolRegistry (what a patched function returns) and accepts anything
    patched.return_value = things
    other.return_value = MagicMock()

def test_fixture(accessor, elsewhere):
    accessor.return_value = MagicMock()
                            ^^^^^^^^^^^ REG601 MagicMock() stands in for ToolRegistry (what a patched function returns) and accepts anything
    elsewhere.return_value = MagicMock()

class TestStarted:
    def setup_method(self):
        self.patcher = patch("app.registry.get_tools")
        self.accessor = self.patcher.start()
        self.accessor.return_value = MagicMock()
                                     ^^^^^^^^^^^ REG601 MagicMock() stands in for ToolRegistry (what a patched function returns) and accepts anything

    @patch("app.registry.get_tools")
    def test_method(self, patched):
        patched.return_value = MagicMock(spec=dispatch.ToolRegistry)
""",
            fixed="""
--- tests/test_returned.py
from unittest.mock import MagicMock, patch
import pytest
from app import dispatch
from app.registry import ToolRegistry

@pytest.fixture
def accessor():
    with patch("app.registry.get_tools") as tools_of_the_registry:
        yield tools_of_the_registry

def test_entered():
    with patch("app.registry.get_tools") as patched, patch("app.registry.get_settings") as other:
        patched.return_value = MagicMock(spec=ToolRegistry)
        other.return_value = MagicMock()

@patch("app.registry.get_settings")
@patch("app.registry.get_settings", new=None)
@patch("app.registry.get_tools")
def test_decorated(patched, other):
    things = MagicMock(spec=ToolRegistry)
    patched.return_value = things
    other.return_value = MagicMock()

def test_fixture(accessor, elsewhere):
    accessor.return_value = MagicMock(spec=ToolRegistry)
    elsewhere.return_value = MagicMock()

class TestStarted:
    def setup_method(self):
        self.patcher = patch("app.registry.get_tools")
        self.accessor = self.patcher.start()
        self.accessor.return_value = MagicMock(spec=ToolRegistry)

    @patch("app.registry.get_tools")
    def test_method(self, patched):
        patched.return_value = MagicMock(spec=dispatch.ToolRegistry)
""",
        ),
        # The target of a patch, resolved: `app.dispatch.ToolRegistry` is the class of app.registry.
        Invalid(
            f"""{_PRODUCTION}
--- tests/test_patches.py
from unittest.mock import MagicMock, patch
from app import dispatch
from app.registry import ToolRegistry

@patch("app.dispatch.ToolRegistry")
 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG601 patch() stands in for ToolRegistry (the target of the patch) and accepts anything
def test_patched(patched):
    with patch("app.registry.ToolRegistry", MagicMock()):
                                            ^^^^^^^^^^^ REG601 MagicMock() stands in for ToolRegistry (the target of a patch) and accepts anything
        assert patched
    with patch.object(dispatch, "ToolRegistry", new=MagicMock()):
                                                    ^^^^^^^^^^^ REG601 MagicMock() stands in for ToolRegistry (the target of a patch) and accepts anything
        assert patched
    with patch("app.registry.get_tools", return_value=MagicMock()):
                                                      ^^^^^^^^^^^ REG601 MagicMock() stands in for ToolRegistry (the target of a patch) and accepts anything
        assert patched
""",
            fixed="""
--- tests/test_patches.py
from unittest.mock import MagicMock, patch
from app import dispatch
from app.registry import ToolRegistry

@patch("app.dispatch.ToolRegistry", autospec=True)
def test_patched(patched):
    with patch("app.registry.ToolRegistry", MagicMock(spec=ToolRegistry)):
        assert patched
    with patch.object(dispatch, "ToolRegistry", new=MagicMock(spec=ToolRegistry)):
        assert patched
    with patch("app.registry.get_tools", return_value=MagicMock(spec=ToolRegistry)):
        assert patched
""",
        ),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield one finding for each call that makes such a mock."""
        for mock in project.mocks.all:
            name = project.classes.name(mock.of)
            finding = Finding(
                self.code,
                mock.span,
                f"{mock.made}() stands in for {name} ({mock.by}) and accepts anything",
                confidence="likely" if mock.level == LIKELY else "certain",
                help="pass `autospec=True`" if mock.made == "patch" else f"pass `spec={name}`, or use create_autospec",
            )
            yield Found(finding, _suggestion(project, mock))


def _suggestion(project: Project, mock: PermissiveMock) -> partial[Fix | None]:
    if mock.made == "patch":
        return partial(_specify_patch, mock.span)
    module = project.names.module_of(mock.of.path)
    return partial(_specify, mock.span, module, project.classes.record(mock.of).qualname)


def _specify(call: Span, module: str, name: str, workshop: Workshop) -> Fix | None:
    tree = workshop.open(call.path)
    local = tree.import_name(module, name, at=call)
    tree.add_argument(call, f"spec={local}")
    return tree.fix("unsafe", f"Let the mock accept only what {name} has")


def _specify_patch(call: Span, workshop: Workshop) -> Fix | None:
    tree = workshop.open(call.path)
    tree.add_argument(call, "autospec=True")
    return tree.fix("unsafe", "Let the patch accept only what its target has")
