"""REG502 subclass-for-alias: an empty subclass stands where an alias is meant.

Why is this bad?
    `class OldRouter(Router): pass` is another class than Router. An instance of Router is no OldRouter, so that
    `isinstance`, `except`, singletons, and registries that are keyed by class part into two worlds.

What to do instead
    Write `OldRouter = Router`: one object under two names.

When not to use it
    Where the subclass is a marker of its own: siblings that are told apart by `isinstance`, an exception that is
    caught by its own name. Such classes do not call themselves aliases.

What it cannot see
    Subclasses that do not say so. An empty subclass is reported where its base is canonical by contract, where the
    base has the same name (imported under another one), or where its docstring or a contract's `aliases` calls it an
    alias, a name for compatibility or an old name. One of its base's name that has a docstring of several paragraphs is
    there to be extended, and one of several of the name, some of which add something, is that of its module.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from registry_lint import Finding, Found, Invalid, Rule, Step, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import EmptySubclass, Fix, Project, Span, Workshop


class SubclassForAlias(Rule):
    """Reports the class; the alias is the suggestion."""

    code = "REG502"
    needs_callers = False

    VALID = (
        Valid('''
--- app/registry.py
from typing import Generic, TypeVar

T = TypeVar("T")

class Registry(Generic[T]):
    def register(self, key, item): ...

class ReadRegistry(Registry):
    """Hooks that read."""

class WriteRegistry(Registry):
    """Hooks that write."""

class TextRegistry(Registry[str]):
    """For compatibility with readers of text."""

class NotFoundError(LookupError):
    pass

OldRegistry = Registry

class LoudRegistry(Registry):
    """Alias of Registry that prints."""

    def register(self, key, item):
        print(key)
        super().register(key, item)

class Counting(Registry):
    """Kept for backward compatibility."""

    count = 0
'''),
        # Every transport has its listener, and one of them adds nothing yet; a template that is there to be extended.
        Valid('''
--- app/transports/base.py
class Listener:
    """Waits for connections."""

--- app/transports/socket.py
from app.transports import base

class Listener(base.Listener):
    port = 80

--- app/transports/null.py
from app.transports import base

class Listener(base.Listener):
    pass

--- template/listening.py
from app.transports.base import Listener as BaseListener

class Listener(BaseListener):
    """
    Waits for connections in your program.

    Each class implements these methods:
        - on_connect()
    """

class DefaultListener(BaseListener):
    """
    Waits for connections in your program.

    What it has:
    - port: where it listens
    - aliases: other names
    - alias: one of them
    - pattern: how an alias looks
    """
'''),
        # Exceptions are caught by their own names; a stub's body stands elsewhere.
        Valid('''
--- app/errors.py
import asyncio

class CancelledError(asyncio.CancelledError):
    # tells which of the two it was
    pass

class AliasPermissionError(PermissionError):
    """Raised when an alias cannot be made."""

class DriverUnavailable(AliasPermissionError):
    """Raised where neither the driver's name nor its alias is known."""

class _Filtered(AliasPermissionError):
    """Raised where a request is filtered.

    It is a subclass of AliasPermissionError for backward compatibility.
    """

--- stubs/driver.pyi
from base.driver import Driver as BaseDriver

class Driver(BaseDriver): ...
'''),
        Valid(
            """
--- app/routing.py
class MessageRouter:
    def route(self, message): ...

class SlowRouter(MessageRouter):
    delay = 1

OldRouter = MessageRouter
""",
            configuration='[[canonical]]\nclass = "app.routing.MessageRouter"\n',
        ),
    )
    INVALID = (
        Invalid(
            '''
--- app/state.py
class AgentStateKeeper:
    def save(self): ...

class StateKeeper(AgentStateKeeper):
      ^^^^^^^^^^^ REG502 StateKeeper is another class than AgentStateKeeper, where an alias is meant
    """Alias for AgentStateKeeper for backward compatibility."""
    pass

keeper = StateKeeper()
''',
            fixed='''
--- app/state.py
class AgentStateKeeper:
    def save(self): ...

StateKeeper = AgentStateKeeper
"""Alias for AgentStateKeeper for backward compatibility."""

keeper = StateKeeper()
''',
        ),
        Invalid(
            """
--- app/core.py
class AgentRegistry:
    def register(self, name, agent): ...

--- app/agents.py
from app import core
from app.core import AgentRegistry as UniversalAgentRegistry

class AgentRegistry(UniversalAgentRegistry): ...
      ^^^^^^^^^^^^^ REG502 AgentRegistry is another class than app.core.AgentRegistry, where an alias is meant

--- app/old.py
from app import core

class AgentRegistry(core.AgentRegistry):
      ^^^^^^^^^^^^^ REG502 AgentRegistry is another class than app.core.AgentRegistry, where an alias is meant
    # the old path
    pass
""",
            fixed="""
--- app/agents.py
from app import core
from app.core import AgentRegistry as UniversalAgentRegistry

AgentRegistry = UniversalAgentRegistry
""",
        ),
        Invalid(
            """
--- app/routing.py
class MessageRouter:
    def route(self, message): ...

--- app/socket.py
from app.routing import MessageRouter

class SocketRouter(MessageRouter):
      ^^^^^^^^^^^^ REG502 SocketRouter is another class than MessageRouter, where an alias is meant
    pass
""",
            fixed="""
--- app/socket.py
from app.routing import MessageRouter

SocketRouter = MessageRouter
""",
            configuration='[[canonical]]\nclass = "app.routing.MessageRouter"\n',
        ),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield empty subclasses that are meant as aliases."""
        for empty in project.aliases.all:
            yield self._found(project, empty)

    def _found(self, project: Project, empty: EmptySubclass) -> Found:
        record = project.classes.record(empty.ref)
        base = project.classes.name(empty.base)
        named = project.dotted(empty.base) if base == record.name else base
        related: tuple[Step, ...] = ()
        if not isinstance(empty.base, str):
            home = project.classes.record(empty.base)
            related = (Step(project.place(empty.base.path, home.position), f"{home.name} itself"),)
        finding = Finding(
            self.code,
            project.place(empty.ref.path, record.position),
            f"{record.name} is another class than {named}, where an alias is meant",
            confidence="likely" if empty.inferred else "certain",
            related=related,
            help=f"write `{record.name} = {empty.written}`",
        )
        whole = project.place(empty.ref.path, record.extent)
        return Found(finding, partial(_make_alias, whole, record.name, empty.written, empty.docstring))


def _make_alias(whole: Span, name: str, base: str, docstring: Span | None, workshop: Workshop) -> Fix | None:
    """The alias, with the docstring behind it; None where the body holds comments, which would be lost."""
    tree = workshop.open(whole.path)
    text = tree.text(whole)
    said = tree.text(docstring) if docstring else ""
    if "#" in text.replace(said, "") or "\n" in said:
        return None
    tree.replace_statement(whole, f"{name} = {base}\n{said}" if said else f"{name} = {base}")
    return tree.fix("unsafe", f"Make {name} an alias of {base}")
