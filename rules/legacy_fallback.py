"""REG504 legacy-fallback: code goes back to the legacy object where the new one is missing or fails.

Why is this bad?
    As long as a way back exists, two objects are true at once. Which of them answers depends on what happened before,
    errors of the new one are hidden by the old one, and what was put into the one is missing in the other.

What to do instead
    Take the new object, and let it fail where it fails. While both must live, decide once, at start-up, by a setting
    that is logged, and not call by call.

When not to use it
    During a migration whose end is planned: suppress the place with a reason that names the end.

What it cannot see
    Legacy objects by other names. A fallback is known by a name with the word `legacy` in it: an attribute that is
    chosen beside another one, a private attribute that is looked up by `getattr`, and what a handler returns or
    assigns (handlers of ImportError aside, which stand for an optional dependency).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint import Finding, Found, Invalid, Rule, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import Project

_WHY = {
    "preferred": "{legacy} is preferred to {instead}",
    "spare": "{legacy} stands in for {instead}",
    "getattr": "{legacy} is looked up by name, in case it is still there",
    "except": "after an error this goes back to {legacy}",
}


class LegacyFallback(Rule):
    """Reports the choice, the lookup, or what the handler goes back to."""

    code = "REG504"
    needs_callers = False

    VALID = (
        # Who has it still is told so.
        Valid("""
def check(options):
    for option in options:
        if getattr(option, "_legacy_required", None) is not None:
            raise TypeError("'required' is no longer supported")
"""),
        # One value of an enumeration among others.
        Valid("""
--- app/modes.py
from enum import Enum

class Mode(Enum):
    default = "default"
    legacy = "legacy"

--- app/complete.py
from app import modes
from app.modes import Mode

def complete(text, model):
    try:
        mode = Mode(text)
    except ValueError:
        mode = Mode.legacy if model == "old" else Mode.default
    return mode

def named(text):
    try:
        return Mode(text).value
    except ValueError:
        return modes.Mode.legacy.value
"""),
        # Data that are given where there are no others.
        Valid("""
--- app/options.py
import logging

def options(read):
    legacy = [{"value": "classic", "label": "Classic"}, {"value": "premier", "label": "Premier"}]
    try:
        return read() or legacy
    except OSError:
        logging.exception("the options could not be read")
        return legacy
"""),
        # Nobody is given the one or the other: it is asked whether either is there.
        Valid("""
--- app/bridge.py
class Bridge:
    def status(self):
        if self.server or self._legacy_server:
            return {"bridge": "up", "idle": not (self.server or self._legacy_server)}
        return {"bridge": "running" if (self.server or self._legacy_server) and self.port else "stopped"}
"""),
        Valid("""
--- app/dispatch.py
import logging

LEGACY_FORMATS = ("csv",)

class Dispatcher:
    def __init__(self, config, legacy_path=None):
        self._legacy_dispatcher = None  # kept so that old pickles load
        self.path = legacy_path or config.path
        self.mode = config.legacy_mode if config.strict else config.mode

    def histories(self):
        cached = getattr(self, "_legacy_histories", None)
        if cached is None:
            cached = self._legacy_histories = {}
        return cached

    def status(self):
        return {"legacy": type(getattr(self, "_legacy_registry", None)).__name__}

def preset(thread):
    if getattr(thread, "_legacy_missing_preset", False):
        return None
    return thread.preset

    def run(self, state):
        try:
            return self.dispatcher.run(state)
        except ValueError:
            logging.exception("no legacy dispatcher any more")
            raise

    def attach(self, name):
        try:
            found = self.find(name)
        except KeyError:
            found = self._migrate_legacy_name(name)  # from here on it has the new one
        return found

    def load(self):
        place = self.file if self.file.exists() else self._legacy_history_file
        try:
            self.history = self.read(place)
        except ValueError:
            self.history = self._load_history_from_legacy()
        self.save()

    def reply(self, text):
        try:
            return self.client.ask(text)
        except ValueError as error:
            return self._handle_legacy_error(error)

def renamed(folder):
    legacy = folder / "OLD.md"
    try:
        legacy.rename(folder / "NEW.md")
    except OSError:
        return legacy

try:
    from fast import parse
except ImportError:
    from slow import legacy_parse
    parse = legacy_parse
"""),
    )
    INVALID = (
        Invalid("""
--- app/dispatch.py
class Registry:
    def dispatcher(self):
        return self._legacy_dispatcher if self._legacy_dispatcher else self.tool_dispatcher
               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG504 self._legacy_dispatcher is preferred to self.tool_dispatcher

    def manager(self):
        return self._legacy_manager or self.manager
               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG504 self._legacy_manager is preferred to self.manager

    def engine(self):
        return self.engine if self.engine is not None else self._legacy_engine
               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG504 self._legacy_engine stands in for self.engine
"""),
        Invalid("""
--- app/dispatch.py
def router_of(self):
    return getattr(self, "_legacy_router", None)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG504 self._legacy_router is looked up by name, in case it is still there
"""),
        Invalid("""
--- app/adapter.py
from app.old import legacy_registry

class Adapter:
    async def engine(self, name):
        try:
            return await self.factory.create(name)
        except Exception as error:
            if self.config.fallback:
                return await self._get_legacy_engine(name)
                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG504 after an error this goes back to self._get_legacy_engine
            raise

    def run(self, name):
        try:
            tool = self.registry.get(name)
        except KeyError:
            tool = legacy_registry.get(name)
                   ^^^^^^^^^^^^^^^^^^^^^^^^^ REG504 after an error this goes back to legacy_registry.get
        try:
            return tool.run()
        except (TypeError, ValueError):
            return self._legacy_runner
                   ^^^^^^^^^^^^^^^^^^^ REG504 after an error this goes back to self._legacy_runner

    def user(self, token):
        try:
            return self.service.validate(token)
        except OSError:
            return self._validate_by_legacy_path(token)
                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG504 after an error this goes back to self._validate_by_legacy_path
"""),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield one finding for each fallback."""
        for fallback in project.legacy.all:
            why = _WHY[fallback.how].format(legacy=fallback.legacy, instead=fallback.instead)
            yield Found(
                Finding(
                    self.code,
                    fallback.span,
                    why,
                    confidence="likely",  # what is legacy is known by its name
                    help=f"take {fallback.instead} and nothing else" if fallback.instead else "let the error be seen",
                )
            )
