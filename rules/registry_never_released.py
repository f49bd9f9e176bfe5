"""REG401 registry-never-released: a registry or dispatcher is made for one user or connection, kept, and never let go.

Why is this bad?
    Every connection leaves one behind. Memory grows with the number of users who ever came; and who comes back may meet
    what was registered for the connection before.

What to do instead
    Release it where the connection ends: in the handler of the disconnect, in a `finally`, by a `with`. Or take it out
    of the table that keeps it, or let the table keep weak references. To write down that it exists is not to release it.

When not to use it
    Where what keeps it lives exactly as long as the user does, and is let go as a whole. Where the code shows that (it
    is made in a call, and only a local name ever holds it), nothing is said.

What it cannot see
    Registries that are kept by objects outside of the project. The rule asks for a class that offers a release
    (`cleanup`, `close`, `dispose` …), for a function that serves one user (a parameter such as `user_id`, or whatever
    the configuration lists), and for a place that keeps the object: an attribute, a table. A table whose key is called
    `session_id` or the like holds one for each, whether the class offers a release or not. It follows what is returned
    to the callers, and what is passed on to a function that keeps it. A release that nothing calls (REG402) is none.
    Nor is a `pop` of another table that is called the same, one that is stored again, or a loop that only counts: what
    is read out of the table is followed, through names, three calls deep, to where it is closed. An object whose class
    is unknown may be any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint import LIKELY, Finding, Found, Invalid, Rule, Step, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import Project, Unreleased


class RegistryNeverReleased(Rule):
    """Reports what is kept, where it enters what keeps it."""

    code = "REG401"

    VALID = (
        Valid("""
--- app/dispatch.py
import weakref
from contextlib import ExitStack

class ToolDispatcher:
    def dispatch(self, name):
        return name

    def close(self):
        return None

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

_kept = weakref.WeakValueDictionary()
_open = {}

def within(user_id):
    with ToolDispatcher() as dispatcher:
        return dispatcher.dispatch(user_id)

def at_last(user_id):
    dispatcher = ToolDispatcher()
    try:
        return dispatcher.dispatch(user_id)
    finally:
        dispatcher.close()

def on_a_stack(user_id, stack: ExitStack):
    return stack.enter_context(ToolDispatcher()).dispatch(user_id)

def weakly(user_id):
    _kept[user_id] = ToolDispatcher()

def opened(connection_id):
    _open[connection_id] = ToolDispatcher()

def closed(connection_id):
    _open.pop(connection_id, None)

def short(user_id):
    return ToolDispatcher().dispatch(user_id)

class Session:
    def __init__(self, user_id):
        self.dispatcher = ToolDispatcher()

    def end(self):
        self.dispatcher.close()

class Application:
    def __init__(self):
        self.dispatcher = ToolDispatcher()  # one for the process
        self.spare = None

    def dispatch(self, user_id, enabled):
        if not self.spare and enabled:
            self.spare = ToolDispatcher()  # the first user makes it for all
        return self.spare.dispatch(user_id)
"""),
        Valid("""
--- app/hubs.py
import asyncio

class ToolDispatcher:
    def close(self):
        return None

class Looping:
    def __init__(self):
        self.looped = {}

    def enter(self, user_id):
        self.looped[user_id] = ToolDispatcher()

    def end(self):
        for user_id, dispatcher in list(self.looped.items()):
            dispatcher.close()

class AllAtOnce:
    def __init__(self):
        self.gathered = []

    def enter(self, user_id):
        self.gathered.append(ToolDispatcher())

    async def end(self):
        await asyncio.gather(*(dispatcher.close() for dispatcher in self.gathered))

class Renaming:
    def __init__(self):
        self.renamed = {}

    def enter(self, user_id):
        self.renamed[user_id] = ToolDispatcher()

    def leave(self, user_id):
        open_now = self.renamed
        open_now.pop(user_id, None)

class Lending:
    def __init__(self):
        self.lent = {}

    def enter(self, user_id):
        self.lent[user_id] = ToolDispatcher()

    def of(self, user_id):
        return self.lent[user_id]

    def all(self):
        return list(self.lent.values())

class Passing:
    def __init__(self):
        self.passed = {}

    def enter(self, user_id):
        self.passed[user_id] = ToolDispatcher()

    def leave(self, user_id):
        finish(self.passed.get(user_id))

def finish(dispatcher):
    dispatcher.close()

class Replacing:
    def __init__(self):
        self.current = []

    def enter(self, user_id):
        self.current.append((user_id, ToolDispatcher()))

    def leave(self, user_id):
        self.current = [one for one in self.current if one[0] != user_id]

class Unknown:
    def __init__(self):
        self.guests = {}

    def enter(self, user_id):
        self.guests[user_id] = ToolDispatcher()

def leave(hub, user_id):
    hub.guests.pop(user_id)  # of which class, nothing says

--- app/main.py
from app.hubs import Lending

lending = Lending()

def leave():
    for dispatcher in lending.all():
        dispatcher.close()
"""),
        # What keeps it is gone when the call is over.
        Valid("""
--- app/session.py
class ToolDispatcher:
    def __init__(self, user_id):
        self.user_id = user_id

    def dispatch(self, name):
        return name

    def close(self):
        self.user_id = None

class Session:
    def __init__(self, user_id):
        self.dispatcher = ToolDispatcher(user_id)

    def run(self, name):
        return self.dispatcher.dispatch(name)

def session_for(user_id):
    return Session(user_id)

def handle(user_id, name):
    session = session_for(user_id)
    return session.run(name)

def handle_at_once(user_id, name):
    return Session(user_id).run(name)
"""),
    )
    INVALID = (
        # The key says for whom it is kept; nothing but the table can let it go.
        Invalid("""
--- app/registry.py
class AgentRegistry:
    def register(self, name, agent):
        self._agents[name] = agent

_registries = {}
_by_kind = {}

def get_registry(session_id="default"):
    if session_id not in _registries:
        _registries[session_id] = AgentRegistry()
                                  ^^^^^^^^^^^^^^^ REG401 this AgentRegistry is made for one session_id and kept in _registries: nothing releases it
    return _registries[session_id]

def get_registry_of(kind):
    return _by_kind.setdefault(kind, AgentRegistry())  # as many as there are kinds

--- app/hub.py
from app.registry import AgentRegistry

class Hub:
    def __init__(self):
        self.open = {}
        self.ended = {}

    def enter(self, session):
        return self.open.setdefault(session.session_id, AgentRegistry())
                                                        ^^^^^^^^^^^^^^^ REG401 this AgentRegistry is made for one session_id and kept in Hub.open: nothing releases it

    def enter_until_end(self, session):
        return self.ended.setdefault(session.session_id, AgentRegistry())

    def end(self, session):
        self.ended.pop(session.session_id, None)
"""),
        Invalid("""
--- app/hub.py
class ToolDispatcher:
    def close(self):
        return None

_entered = {}
_known = {}

class Hub:
    def __init__(self):
        self.rooms = {}
        self.guests = []
        self.recent = {}

    def enter(self, room, user_id):
        self.rooms[room] = ToolDispatcher()
                           ^^^^^^^^^^^^^^^^ REG401 this ToolDispatcher is made for one user_id and kept in Hub.rooms: nothing releases it
        self.guests.append(ToolDispatcher())
                           ^^^^^^^^^^^^^^^^ REG401 this ToolDispatcher is made for one user_id and kept in Hub.guests: nothing releases it
        self.recent[user_id] = ToolDispatcher()
                               ^^^^^^^^^^^^^^^^ REG401 this ToolDispatcher is made for one user_id and kept in Hub.recent: nothing releases it

    def count(self):
        return sum(1 for room, dispatcher in self.rooms.items() if dispatcher)

    def names(self):
        for guest in self.guests:
            print(guest)
        guests = ["by", "name"]
        guests.pop()

    def touch(self, user_id):
        dispatcher = self.recent.pop(user_id)
        self.recent[user_id] = dispatcher  # the last one now, and kept
        return dispatcher

class Other:
    def __init__(self):
        self.rooms = {}

    def leave(self, room):
        self.rooms.pop(room)  # other rooms

def leave(other: Other, room):
    other.rooms.pop(room)

def enter(user_id):
    _entered[user_id] = ToolDispatcher()
                        ^^^^^^^^^^^^^^^^ REG401 this ToolDispatcher is made for one user_id and kept in _entered: nothing releases it
    _known[user_id] = ToolDispatcher()
                      ^^^^^^^^^^^^^^^^ REG401 this ToolDispatcher is made for one user_id and kept in _known: nothing releases it

class Log:
    def __init__(self):
        self._entered = {}

    def left(self, user_id):
        self._entered.pop(user_id)  # of the log

def forget(user_id):
    _known = {}
    _known.pop(user_id, None)  # a local one

--- app/other.py
_known = {}

def forget(user_id):
    _known.pop(user_id, None)  # of this module
"""),
        Invalid("""
--- app/hub.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

    def cleanup(self):
        self._tools.clear()

class Hub:
    def __init__(self):
        self.rooms = {}
        self.guests = []

    def enter(self, room, user_id):
        self.rooms[room] = (user_id, ToolRegistry())
                                     ^^^^^^^^^^^^^^ REG401 this ToolRegistry is made for one user_id and kept in Hub.rooms: nothing releases it

    def visit(self, user_id):
        registry = ToolRegistry()
                   ^^^^^^^^^^^^^^ REG401 this ToolRegistry is made for one user_id and kept in Hub.guests: nothing releases it
        self.guests.append(registry)

class OtherHub:
    def __init__(self, user_id):
        self.user_id = user_id
        self.rooms = {}
        self.tools = ToolRegistry()

    def close(self):
        self.rooms.clear()
        self.tools._tools.clear()
"""),
        Invalid("""
--- app/dispatch.py
class ToolDispatcher:
    def close(self):
        return None

class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

    async def cleanup(self):
        self._tools.clear()

_tracked = {}

def track(key, dispatcher):
    _tracked[key] = dispatcher

def connect(connection_id):
    dispatcher = ToolDispatcher()
                 ^^^^^^^^^^^^^^^^ REG401 this ToolDispatcher is made for one connection_id and kept in _tracked: nothing releases it
    track(connection_id, dispatcher)
    return connection_id

def cleanup_dispatchers(connection_id):
    _tracked.pop(connection_id).close()  # nothing calls it

class Guest:
    def __init__(self, user_id):
        self.user_id = user_id
        self._dispatcher = None

    def dispatch(self, name):
        if self._dispatcher is None:
            self._dispatcher = ToolDispatcher()
                               ^^^^^^^^^^^^^^^^ REG401 this ToolDispatcher is made for one self.user_id and kept in Guest._dispatcher: nothing releases it
        return self._dispatcher.dispatch(name)

class Names:
    def register(self, name):
        self._names[name] = name

    def clear(self):
        self._names.clear()

class NameRegistry(Names):
    pass

class Session:
    def __init__(self, user_id):
        self.user_id = user_id
        self.registry = ToolRegistry()
                        ^^^^^^^^^^^^^^ REG401 this ToolRegistry is made for one user_id and kept in Session.registry: nothing releases it
        self.names = NameRegistry()
        self.other = ToolRegistry()

    async def end(self):
        await self.other.cleanup()

class Chat:
    def __init__(self, websocket):
        self.names = NameRegistry()
                     ^^^^^^^^^^^^^^ REG401 this NameRegistry is made for one websocket and kept in Chat.names: nothing releases it
        self.websocket = websocket

    async def close(self):
        await self.websocket.close()  # and the names?

class Sessions:
    def __init__(self):
        self._registries = {}

    def registry_for(self, user_id):
        if user_id not in self._registries:
            self._registries[user_id] = make(user_id)
                                        ^^^^^^^^^^^^^ REG401 this ToolRegistry is made for one user_id and kept in Sessions._registries: nothing releases it
        return self._registries[user_id]

def make(user_id):
    return ToolRegistry()
"""),
        # Somebody else may hold what keeps it; it holds itself; a function that is handed out holds it.
        Invalid("""
--- app/session.py
SESSIONS = []

class ToolDispatcher:
    def __init__(self, user_id):
        self.user_id = user_id

    def close(self):
        self.user_id = None

class AgentDispatcher:
    _active = []

    def __init__(self, user_id):
        AgentDispatcher._active.append(self)

    def close(self):
        AgentDispatcher._active.remove(self)

class Session:
    def __init__(self, user_id):
        self.dispatcher = ToolDispatcher(user_id)
                          ^^^^^^^^^^^^^^^^^^^^^^^ REG401 this ToolDispatcher is made for one user_id and kept in Session.dispatcher: nothing releases it

class Task:
    def __init__(self, user_id):
        self.agents = AgentDispatcher(user_id)
                      ^^^^^^^^^^^^^^^^^^^^^^^^ REG401 this AgentDispatcher is made for one user_id and kept in Task.agents: nothing releases it

    def run(self):
        return None

class Call:
    def __init__(self, user_id):
        self.tools = ToolDispatcher(user_id)
                     ^^^^^^^^^^^^^^^^^^^^^^^ REG401 this ToolDispatcher is made for one user_id and kept in Call.tools: nothing releases it

    def run(self):
        return None

def handle(user_id):
    session = Session(user_id)
    SESSIONS.append(session)
    return Task(user_id).run()

def later(user_id):
    call = Call(user_id)

    def run():
        return call.run()

    return run
"""),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield every construction that is kept with no end."""
        for one in project.lifetimes.unreleased:
            yield self._found(project, one)

    def _found(self, project: Project, one: Unreleased) -> Found:
        name = project.classes.name(one.of)
        keeping = one.keeping
        owner = f"{project.classes.name(keeping.owner)}." if keeping.owner is not None else ""
        span = project.span(one.path, one.expr)
        release = f"call {one.offered} where the {one.served} leaves, or " if one.offered else ""
        finding = Finding(
            self.code,
            span,
            f"this {name} is made for one {one.served} and kept in {owner}{keeping.name}: nothing releases it",
            confidence="likely" if one.level == LIKELY else "certain",
            trace=(Step(one.made, "made here"), *one.steps),
            help=f"{release}take it out of {keeping.name}{'' if release else f' where the {one.served} leaves'}",
        )
        return Found(finding)
