"""REG501 duplicate-canonical-class: a class that should have one home is defined a second time.

Why is this bad?
    Two registries, routers or trackers of one name are two sources of truth. What is put into one is not found in
    the other, an import decides which of them a module talks to, and a repair of one leaves the other as it was.

What to do instead
    Keep one definition and import it everywhere; leave an alias (`Router = core.Router`) where an old path must go
    on working. Two classes with different work get different names.

When not to use it
    Where parts of a repository are shipped apart and must not import each other.

What it cannot see
    Rivals by different names, unless the configuration tells them. Without a contract, classes are compared whose
    names say a role (Registry, Router, Tracker, Manager, Factory, Dispatcher), in one top-level package, both in use,
    with public methods in common. A contract says more, and more surely:

        [[tool.registry-lint.canonical]]
        class = "app.routing.MessageRouter"
        aliases = ["app.legacy.router.MessageRouter"]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint import Finding, Found, Invalid, Rule, Step, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import ClassRef, Project

_CONTRACT = '[[canonical]]\nclass = "app.routing.MessageRouter"\n'
_ALIASED = f'{_CONTRACT}aliases = ["app.quality.QualityRouter"]\n'


class DuplicateCanonicalClass(Rule):
    """Reports every definition but the home's."""

    code = "REG501"

    VALID = (
        # One is there where the other one cannot be had.
        Valid("""
--- app/fast.py
class EventRouter:
    def add_route(self, event, handler): ...
    def route(self, event): ...
--- app/plain.py
class EventRouter:
    def add_route(self, event, handler): ...
    def route(self, event): ...
--- app/main.py
try:
    from app.fast import EventRouter
except ImportError:
    from app.plain import EventRouter

router = EventRouter()
"""),
        # Two programs in one repository.
        Valid("""
--- app/__init__.py
--- app/router.py
class EventRouter:
    def add_route(self, event, handler): ...
    def route(self, event): ...
--- app/main.py
from app.router import EventRouter

router = EventRouter()
--- dashboard/app/__init__.py
--- dashboard/app/router.py
class EventRouter:
    def add_route(self, event, handler): ...
    def route(self, event): ...
--- dashboard/app/main.py
from app.router import EventRouter

router = EventRouter()
"""),
        # Two distributions below folders that are no packages.
        Valid("""
--- hub/agents/chat/chat_agent/__init__.py
--- hub/agents/chat/chat_agent/sessions.py
class ChatRegistry:
    def open(self, name): ...
    def find(self, name): ...
--- hub/agents/chat/chat_agent/server.py
from chat_agent.sessions import ChatRegistry

chats = ChatRegistry()
--- hub/agents/mail/mail_agent/__init__.py
--- hub/agents/mail/mail_agent/sessions.py
class ChatRegistry:
    def open(self, name): ...
    def find(self, name): ...

chats = ChatRegistry()
"""),
        # Every cache can get and set.
        Valid("""
--- app/pages.py
class CacheManager:
    def get(self, key): ...
    def set(self, key, value): ...
    def warm(self): ...

pages = CacheManager()
--- app/sessions.py
class CacheManager:
    def get(self, key): ...
    def set(self, key, value): ...
    def forget_user(self, user): ...

sessions = CacheManager()
"""),
        Valid("""
--- app/core/router.py
class EventRouter:
    def add_route(self, event, handler): ...
    def route(self, event): ...

--- app/api.py
from app.core.router import EventRouter

router = EventRouter()

--- app/legacy.py
from app.core.router import EventRouter

OldRouter = EventRouter

class LoudRouter(EventRouter):
    def route(self, event):
        print(event)
"""),
        # One name for unrelated things, one of them a schema; a protocol; branches; a double; another program.
        Valid("""
--- app/core/router.py
class EventRouter:
    def add_route(self, event, handler): ...
    def route(self, event): ...

router = EventRouter()

--- app/network.py
class EventRouter:
    def connect(self, host): ...
    def ping(self): ...

probe = EventRouter()

--- app/schemas.py
from pydantic import BaseModel

class EventRouter(BaseModel):
    def add_route(self, event, handler): ...
    def route(self, event): ...

example = EventRouter()

--- app/interfaces.py
from typing import Protocol

class EventRouter(Protocol):
    def add_route(self, event, handler): ...
    def route(self, event): ...

--- app/optional.py
try:
    from app.core.router import EventRouter
except ImportError:
    class EventRouter:
        def add_route(self, event, handler): ...
        def route(self, event): ...

router = EventRouter()

--- app/typed.py
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    class EventRouter:
        def add_route(self, event, handler): ...
        def route(self, event): ...
else:
    from app.core.router import EventRouter

router = EventRouter()

--- app/doubles.py
class EventRouter:
    \"\"\"A stub that routes nothing, for local runs.\"\"\"

    def add_route(self, event, handler): ...
    def route(self, event): ...

router = EventRouter()

--- app/unused.py
class EventRouter:
    def add_route(self, event, handler): ...
    def route(self, event): ...

--- other_service/router.py
class EventRouter:
    def add_route(self, event, handler): ...
    def route(self, event): ...

router = EventRouter()

--- tests/test_router.py
class EventRouter:
    def add_route(self, event, handler): ...
    def route(self, event): ...

router = EventRouter()
"""),
        # What both inherit from one base says what the base is for.
        Valid("""
--- app/wiring.py
class Wired:
    def settings(self): ...
    def host(self): ...
    def loop(self): ...

--- app/units.py
from app.wiring import Wired

class ServiceManager(Wired):
    def restart(self, unit): ...

--- app/discovery.py
from app.wiring import Wired

class ServiceManager(Wired):
    def announced(self): ...

--- app/main.py
from app import discovery, units

SERVICES = (discovery.ServiceManager(), units.ServiceManager())
"""),
        # A subclass of another class of the same name, and an alias that leads home.
        Valid(
            """
--- app/routing.py
class MessageRouter:
    def route(self, message): ...

--- app/sessions.py
from app.routing import MessageRouter as BaseMessageRouter

class MessageRouter(BaseMessageRouter):
    def route(self, message):
        return super().route(message)

--- app/quality.py
from app.routing import MessageRouter

QualityRouter = MessageRouter
""",
            configuration=_ALIASED,
        ),
    )
    INVALID = (
        # Packages below folders that are none, and imported from above.
        Invalid("""
--- app/core/events/__init__.py
--- app/core/events/router.py
class EventRouter:
    def add_route(self, event, handler): ...
    def route(self, event): ...
--- app/core/events/main.py
from app.core.events.router import EventRouter

router = EventRouter()
--- app/web/routes/__init__.py
--- app/web/routes/router.py
class EventRouter:
      ^^^^^^^^^^^ REG501 EventRouter is defined a second time; app.core.events.router.EventRouter has the same role
    def add_route(self, event, handler): ...
    def route(self, event): ...

router = EventRouter()
"""),
        Invalid("""
--- app/core/router.py
class EventRouter:
    def add_route(self, event, handler): ...
    def route(self, event): ...

--- app/services/router.py
class EventRouter:
      ^^^^^^^^^^^ REG501 EventRouter is defined a second time; app.core.router.EventRouter has the same role
    def add_route(self, event, handler): ...
    def route(self, event, retries=0): ...
    def stop(self): ...

default = EventRouter()

--- app/api.py
from app.core.router import EventRouter

router = EventRouter()
"""),
        # Registries need one method in common: what they are for is known.
        Invalid("""
--- app/core/registry.py
class ServiceRegistry:
    def __init__(self):
        self._services = {}

    def register(self, name, service):
        self._services[name] = service

    def get(self, name): ...
    def names(self): ...

registry = ServiceRegistry()

--- app/discovery.py
class ServiceRegistry:
      ^^^^^^^^^^^^^^^ REG501 ServiceRegistry is defined a second time; app.core.registry.ServiceRegistry has the same role
    def __init__(self):
        self._found = {}

    def register(self, name, service):
        self._found[name] = service

    def heartbeat(self): ...
    def forget(self): ...
    def locate(self): ...

registry = ServiceRegistry()
"""),
        # `register` and `register_tool` of a ToolRegistry are one.
        Invalid("""
--- app/agents/tools.py
class ToolRegistry:
    def __init__(self):
        self._tools = {}

    def register(self, tool):
        self._tools[tool.name] = tool

    def list_names(self): ...

registry = ToolRegistry()

--- app/governance/tools.py
class ToolRegistry:
      ^^^^^^^^^^^^ REG501 ToolRegistry is defined a second time; app.agents.tools.ToolRegistry has the same role
    def __init__(self, path):
        self._definitions = {}

    def register_tool(self, definition):
        self._definitions[definition.name] = definition

    def save(self): ...

registry = ToolRegistry("tools.yaml")
"""),
        # A contract needs no methods in common and nobody who uses the second one.
        Invalid(
            """
--- app/routing.py
class MessageRouter:
    def route(self, message): ...

--- app/socket/router.py
class MessageRouter:
      ^^^^^^^^^^^^^ REG501 MessageRouter is defined a second time; its home is app.routing.MessageRouter
    def dispatch(self, message): ...

--- app/quality.py
class QualityRouter:
      ^^^^^^^^^^^^^ REG501 QualityRouter should be an alias of app.routing.MessageRouter and is a class of its own
    def dispatch(self, message): ...

--- app/public.py
from app.quality import QualityRouter

MessageRouter = QualityRouter
^^^^^^^^^^^^^ REG501 MessageRouter means app.quality.QualityRouter here, not app.routing.MessageRouter

--- app/names.py
from app.quality import QualityRouter as MessageRouter
                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG501 MessageRouter means app.quality.QualityRouter here, not app.routing.MessageRouter
""",
            configuration=_ALIASED,
        ),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield what contracts tell, and what was inferred of classes that no contract speaks of."""
        told = set()
        for home, contract in project.homes.canonical.items():
            told.add(project.classes.name(home))
            for ref in project.homes.second_homes(home):
                yield self._defined(project, ref, home, "its home is {}", likely=False)
            for ref in project.homes.false_aliases(home, contract.aliases):
                yield self._aliased(project, ref, home)
            for other in project.homes.other_meanings(home):
                message = f"{other.name} means {project.dotted(other.of)} here, not {project.dotted(home)}"
                yield Found(
                    Finding(
                        self.code,
                        other.span,
                        message,
                        related=(_home_step(project, home),),
                        help="use another name for another class",
                    )
                )
        for ref, home in project.homes.rivals:
            if project.classes.name(ref) not in told:
                yield self._defined(project, ref, home, "{} has the same role", likely=True)

    def _defined(self, project: Project, ref: ClassRef, home: ClassRef, why: str, *, likely: bool) -> Found:
        record = project.classes.record(ref)
        finding = Finding(
            self.code,
            project.place(ref.path, record.position),
            f"{record.name} is defined a second time; {why.format(project.dotted(home))}",
            confidence="likely" if likely else "certain",
            related=(_home_step(project, home),),
            help=f"import {record.name} from {project.names.module_of(home.path)}, or give this class another name",
        )
        return Found(finding)

    def _aliased(self, project: Project, ref: ClassRef, home: ClassRef) -> Found:
        record = project.classes.record(ref)
        finding = Finding(
            self.code,
            project.place(ref.path, record.position),
            f"{record.name} should be an alias of {project.dotted(home)} and is a class of its own",
            related=(_home_step(project, home),),
            help=f"write `{record.name} = {project.classes.name(home)}`",
        )
        return Found(finding)


def _home_step(project: Project, home: ClassRef) -> Step:
    record = project.classes.record(home)
    return Step(project.place(home.path, record.position), f"{record.name} at home")
