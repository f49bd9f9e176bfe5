"""REG205 swallowed-registration-error: the error of a registration is caught, and nobody is told.

Why is this bad?
    What was refused is missing from the registry, and nothing says so. It is noticed where the entry is asked for, by
    another caller, with another message: "unknown tool". A key that two parts of a program claim stays undiscovered.

What to do instead
    Let the error through, or log it with the key. Where a second registration is no error, say that: by the registry's
    own flag (`override=True`), by asking first, or by catching an exception that is called so (`AlreadyRegistered`; and
    `PlayerUnavailable`, where what is not there need not be registered).

When not to use it
    Registrations that are tried for the sake of it, when nobody misses what was not registered.

What it cannot see
    Handlers that log through something whose call is not written in the handler, such as a decorator around the
    function. A handler counts as silent if it holds `pass`, `...`, `continue`, `break` or a bare `return` only. The
    rule says nothing of exceptions that the registering method does not raise: `except ImportError` is another matter.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from registry_lint import LIKELY, Finding, Found, Invalid, Rule, Step, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import Fix, Project, Span, Swallowed, Workshop


class SwallowedRegistrationError(Rule):
    """Reports silent handlers around registrations, one finding a handler."""

    code = "REG205"

    VALID = (
        # What is not there is not registered, and the exception says so.
        Valid("""
--- app/players.py
from contextlib import suppress

class PlayerUnavailableError(Exception):
    pass

class PlayerRegistry:
    def __init__(self):
        self._players = {}

    def register(self, name, player):
        if not player.members:
            raise PlayerUnavailableError(name)
        self._players[name] = player

registry = PlayerRegistry()

def register_all(players):
    for player in players:
        with suppress(PlayerUnavailableError):
            registry.register(player.name, player)
"""),
        # A line of a log is no entry.
        Valid("""
--- app/plugins.py
class PluginManager:
    def __init__(self):
        self._logs = {}
        self._plugins = {}

    def register(self, name, plugin):
        self._plugins[name] = plugin

    def add_log(self, name, text):
        self._logs[name] = text

manager = PluginManager()

def note(text):
    try:
        manager.add_log("hook", text)
    except Exception:
        pass
"""),
        Valid("""
--- app/registry.py
import logging

logger = logging.getLogger(__name__)

class AlreadyRegistered(ValueError):
    pass

class ToolRegistry:
    def register(self, name, tool):
        if name in self._tools:
            raise AlreadyRegistered(name)
        self._tools[name] = tool

registry = ToolRegistry()

def load(tools, refused):
    for tool in tools:
        try:
            registry.register(tool.name, tool)
        except AlreadyRegistered:
            pass
        try:
            registry.register(tool.name, tool)
        except ValueError as error:
            refused.append(error)
        try:
            registry.register(tool.name, tool)
        except Exception:
            logger.exception("cannot register %r", tool)
        try:
            registry.register(tool.name, tool)
        except Exception:
            raise
"""),
        Valid("""
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        if name in self._tools:
            raise ValueError(name)
        self._tools[name] = tool

registry = ToolRegistry()

try:
    from app.extra import ExtraTool
    registry.register("extra", ExtraTool())
except ImportError:
    pass  # an optional dependency

def register(name, tool):
    try:
        registry.register(name, tool)
        return True
    except ValueError:
        pass
    return False

def start(name, tool):
    registered = False
    try:
        registry.register(name, tool)
        registered = True
    except ValueError:
        pass  # what follows does without
    return tool.start(registered)
"""),
    )
    INVALID = (
        Invalid(
            """
--- app/registry.py
import logging

logger = logging.getLogger(__name__)

class ToolRegistry:
    def register(self, name, tool):
        if name in self._tools:
            raise ValueError(name)
        self._tools[name] = tool

registry = ToolRegistry()

def load(tools):
    for tool in tools:
        try:
            registry.register(tool.name, tool)
        except ValueError:
            continue
            ^^^^^^^^ REG205 an error of registering in ToolRegistry is swallowed
    try:
        registry.register("last", tools[-1])
    except Exception:
        pass
        ^^^^ REG205 an error of registering in ToolRegistry is swallowed
""",
            fixed="""
--- app/registry.py
import logging

logger = logging.getLogger(__name__)

class ToolRegistry:
    def register(self, name, tool):
        if name in self._tools:
            raise ValueError(name)
        self._tools[name] = tool

registry = ToolRegistry()

def load(tools):
    for tool in tools:
        try:
            registry.register(tool.name, tool)
        except ValueError:
            logger.exception("registering in ToolRegistry failed")
            continue
    try:
        registry.register("last", tools[-1])
    except Exception:
        logger.exception("registering in ToolRegistry failed")
""",
        ),
        Invalid("""
--- app/registry.py
from contextlib import suppress

class Registry:
    def register(self, name, item):
        self._check(name)
        self._items[name] = item

    def _check(self, name):
        if name in self._items:
            raise KeyError(name)

registry = Registry()

def one(item):
    try:
        registry.register("one", item)
    except LookupError:
        return
        ^^^^^^ REG205 an error of registering in Registry is swallowed

def two(item):
    with suppress(KeyError):
         ^^^^^^^^^^^^^^^^^^ REG205 an error of registering in Registry is swallowed
        registry.register("two", item)

def three(item):
    try:
        if item:
            registry.register("three", item)
    except:
        \"\"\"Never mind.\"\"\"
        ...
        ^^^ REG205 an error of registering in Registry is swallowed
"""),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield every handler that swallows."""
        for swallowed in project.handlers.swallowed:
            yield self._found(project, swallowed)

    def _found(self, project: Project, swallowed: Swallowed) -> Found:
        names = sorted({project.classes.name(one.registry) for one in swallowed.registrations})
        registries = " and ".join(names)
        finding = Finding(
            self.code,
            swallowed.span,
            f"an error of registering in {registries} is swallowed",
            confidence="likely" if all(one.level == LIKELY for one in swallowed.registrations) else "certain",
            related=tuple(
                Step(project.span(one.path, one.call), f"registered in {project.classes.name(one.registry)} here")
                for one in swallowed.registrations
            ),
            help="log the error, or let it through",
        )
        logger = project.logger_of(swallowed.path)
        if swallowed.how == "suppress" or not logger:
            return Found(finding)
        return Found(finding, partial(_log, swallowed.span, swallowed.how, logger, registries))


def _log(span: Span, how: str, logger: str, registries: str, workshop: Workshop) -> Fix | None:
    tree = workshop.open(span.path)
    call = f'{logger}.exception("registering in {registries} failed")'
    if how in ("pass", "..."):
        tree.replace_statement(tree.statement(span), call)
    else:
        tree.insert_before(span, call)
    return tree.fix("unsafe", "Log the error")
