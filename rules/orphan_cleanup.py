"""REG402 orphan-cleanup: a function is there to release registries or connections, and nothing calls it.

Why is this bad?
    Whoever reads the function takes it for granted that what it releases is released. It is not: every connection
    leaves its registry behind, and the next one meets what the last one registered. A repair that adds the function
    and forgets the call repairs nothing.

What to do instead
    Call it where the life of what it releases ends: in the handler of the disconnect, in a `finally`, at shutdown.
    Or delete it.

When not to use it
    In a library whose users are meant to call the function. A finding on a public method, or on what `__all__` names,
    is `likely` only for that reason.

What it cannot see
    Calls through names of which no begin is written out (`getattr(module, prefix + name)`; `f"cleanup_{name}"` is
    understood), from templates, other languages or configuration files. The rule is silent where a call of that name
    goes to a receiver that was not resolved, where a decorator may hand the function to somebody, where a base outside
    of the project may call the method, where nothing makes an object of the class, and where the twin for the other
    kind of caller is called (`aclose_pool` beside `close_pool`). It knows functions by their names (`cleanup_…`,
    `close_…`, `release_…`, `unregister_…`) and by what their bodies release. What a function opened itself (`session =
    SessionLocal()`) and closes again is no release; where the call that opens it is not resolved, its name decides
    (`open…`, `connect…`, `create…`, `acquire…`). Others can be named in the configuration:

        [tool.registry-lint]
        release-names = ["forget"]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint import LIKELY, Finding, Found, Invalid, Rule, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import Orphan, Project


class OrphanCleanup(Rule):
    """Reports the function, where nothing calls it."""

    code = "REG402"

    VALID = (
        # Who can wait calls the one, who cannot the other: what they release is released.
        Valid("""
--- app/pool.py
class Pool:
    def __init__(self):
        self.connections = []

    async def aclose_connections(self):
        for connection in self.connections:
            await connection.close()

    def close_connections(self):
        self.connections.clear()

    def cleanup_sessions_sync(self):
        self.connections.clear()

    async def cleanup_sessions(self):
        self.connections.clear()

pool = Pool()

async def stop():
    await pool.aclose_connections()
    await pool.cleanup_sessions()
"""),
        Valid("""
--- app/cleanup.py
import atexit

_registries = {}

def cleanup_registries(connection_id):
    _registries.pop(connection_id, None)

def close_connections():
    _registries.clear()

def release_connection(connection_id):
    del _registries[connection_id]

def shutdown_sessions():
    _registries.clear()

def purge_registries():
    _registries.clear()

def evict_connections(connections):
    for connection in connections:
        connection.close()

HANDLERS = {"purge": purge_registries}

atexit.register(close_connections)

class Pool:
    def __init__(self):
        self.connections = []

    def close_connections(self):
        self.connections.clear()

    def __exit__(self, *exception):
        self.close_connections()

pool = Pool()

--- app/main.py
from fastapi import BackgroundTasks, FastAPI, WebSocket
from app import cleanup
from app.cleanup import cleanup_registries, release_connection as release

app = FastAPI()

@app.websocket("/chat")
async def chat(websocket: WebSocket, connection_id: str, later: BackgroundTasks):
    try:
        await websocket.accept()
    finally:
        cleanup_registries(connection_id)
        later.add_task(release, connection_id)

@app.on_event("shutdown")
def close_connections_at_shutdown():
    for connection in cleanup._registries:
        connection.close()

def stop(name):
    getattr(cleanup, "shutdown_sessions")()
    cleanup.evict_connections([])
"""),
        Valid("""
--- app/pool.py
from vendor import BasePool

class Pool(BasePool):
    def close_connections(self):
        self.connections.clear()  # the base may call it

pool = Pool()

class Never:
    def close_connections(self):
        self.connections.clear()  # nothing makes an object of the class

def release_lock(lock):
    lock.release()

def cleanup_credentials(session, credentials):
    for credential in credentials:
        session.delete(credential)  # deletes a row, and releases no session

def close_connection_form():
    return "a description of a form"

def unregister_handler(connection):
    connection.close()

def anything(somebody):
    somebody.unregister_handler()  # it may be that one
"""),
        Valid("""
--- app/sessions.py
class Session:
    def __init__(self):
        self.registries = {}

    def __len__(self):
        return self.drop_registries()

    def handle(self, event):
        getattr(self, f"cleanup_{event}", None)()

    def cleanup_registries(self):
        self.registries.clear()

    def drop_registries(self):
        self.registries.clear()
        return 0

print(len(Session()))
"""),
        Valid("""
--- app/closing.py
class Closing:
    def _close_session(self):
        self.session.close()

--- app/dispatch.py
async def finish(talk):
    talk._close_session()

--- app/engine.py
from app.closing import Closing
from app.dispatch import finish

class Dispatching:
    async def dispatch(self):
        await finish(self)  # an Engine, and so one that closes

class Engine(Closing, Dispatching):
    def __init__(self, session):
        self.session = session

def start(session):
    return Engine(session).dispatch()
"""),
        Valid("""
--- app/database.py
import os
from contextlib import asynccontextmanager, closing
from sqlalchemy.ext.asyncio import async_sessionmaker

AsyncSessionLocal = async_sessionmaker()

class Session:
    def close(self):
        return None

@asynccontextmanager
async def session_scope():
    async with AsyncSessionLocal() as session:
        yield session

def new_sessions():
    session = Session()
    try:
        yield session
    finally:
        session.close()

--- app/tidying.py
import os
from app.database import AsyncSessionLocal, Session, new_sessions, session_scope

async def cleanup_orphaned_data():
    session = None
    try:
        session = AsyncSessionLocal()
        await session.execute("DELETE FROM orphans")
    finally:
        if session is not None:
            await session.close()  # its own: nobody else's is let go

async def cleanup_expired_connections(rows):
    async with session_scope() as session:
        for row in rows:
            await session.delete(row)

def purge_registries(rows):
    for session in new_sessions():
        session.delete(rows)
        session.close()

def purge_sessions(pool):
    connection = pool.acquire()
    try:
        connection.execute("DELETE FROM sessions")
    finally:
        pool.release(connection)

def cleanup_session_files(paths):
    for path in paths:
        os.remove(path)

def close_connections_of_today():
    connections = [Session()]
    connections.clear()
"""),
        Valid("""
--- server/__init__.py
--- server/auth.py
class Auth:
    def __init__(self, sessions):
        self.sessions = sessions

    def close_sessions(self):
        self.sessions.clear()

nobody = Auth([])

--- server/endpoints/routes.py
from auth import Auth  # the program is started in the folder `server`

def leave(sessions):
    auth = Auth(sessions)
    auth.close_sessions()
"""),
    )

    INVALID = (
        # Who says only which ones it releases releases what its class keeps.
        Invalid("""
--- app/database.py
class RedisConnectionManager:
    def __init__(self, client):
        self._client = client

    def close_all(self):
        ^^^^^^^^^ REG402 RedisConnectionManager.close_all() releases connections, and nothing calls it
        self._client.close()
        self._client = None

class SessionStore:
    def __init__(self):
        self._rows = {}

    def purge_expired(self):
        ^^^^^^^^^^^^^ REG402 SessionStore.purge_expired() releases sessions, and nothing calls it
        self._rows.clear()

    def purge_rows_of(self, name):
        self._rows.pop(name)

class ToolRegistry:
    def __init__(self):
        self._tools = {}

    def evict_unused(self):  # tools
        self._tools.clear()

class SessionReport:
    def __init__(self):
        self._lines = []

    def cleanup_all(self):  # a report's lines
        self._lines.clear()

made = RedisConnectionManager(None), SessionStore(), ToolRegistry(), SessionReport()
"""),
        Invalid("""
--- app/connections.py
import threading
import weakref

_registries = {}
_of_thread = threading.local()

def track(connection_id, registry):
    _registries.setdefault(connection_id, set()).add(weakref.ref(registry))

def cleanup_websocket_registries(connection_id):
    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG402 cleanup_websocket_registries() releases registries, and nothing calls it
    for reference in _registries[connection_id]:
        registry = reference()
        if registry is not None:
            registry.clear()
    del _registries[connection_id]

def close_own_connection():
    ^^^^^^^^^^^^^^^^^^^^ REG402 close_own_connection() releases connections, and nothing calls it
    connection = getattr(_of_thread, "connection", None)
    if connection is not None:
        connection.close()

class Sessions:
    def __init__(self):
        self._open = {}

    async def close_session(self, session_id):
              ^^^^^^^^^^^^^ REG402 Sessions.close_session() releases sessions, and only tests call it
        await self._open.pop(session_id).close()

    def _evict_idle(self):
        ^^^^^^^^^^^ REG402 Sessions._evict_idle() releases connections, and nothing calls it
        for session in self._open.values():
            session.connection.close()

sessions = Sessions()

--- app/main.py
from app.connections import track

def connect(connection_id, registry):
    track(connection_id, registry)

--- tests/test_sessions.py
from app.connections import sessions

async def test_close():
    await sessions.close_session("one")
"""),
        Invalid("""
--- app/sessions.py
from contextlib import contextmanager

_sessions = {}
_latest = None

class Session:
    def close(self):
        return None

def open_session(user_id):
    session = Session()
    _sessions[user_id] = session  # it's kept: more than who opens it live by it
    return session

def latest_session():
    return _latest

@contextmanager
def borrowed(user_id):
    yield _sessions[user_id]

def close_session(user_id):
    ^^^^^^^^^^^^^ REG402 close_session() releases sessions, and nothing calls it
    _sessions.pop(user_id).close()

def close_latest_session():
    ^^^^^^^^^^^^^^^^^^^^ REG402 close_latest_session() releases sessions, and nothing calls it
    session = latest_session()
    session.close()

def close_kept_session(user_id):
    ^^^^^^^^^^^^^^^^^^ REG402 close_kept_session() releases sessions, and nothing calls it
    session = open_session(user_id)
    session.close()

def close_borrowed_session(user_id):
    ^^^^^^^^^^^^^^^^^^^^^^ REG402 close_borrowed_session() releases sessions, and nothing calls it
    with borrowed(user_id) as session:
        session.close()

def close_given_session(session=None):
    ^^^^^^^^^^^^^^^^^^^ REG402 close_given_session() releases sessions, and nothing calls it
    session = session or Session()
    session.close()

def close_all_sessions():
    ^^^^^^^^^^^^^^^^^^ REG402 close_all_sessions() releases sessions, and nothing calls it
    for session in list(_sessions.values()):
        session.close()
"""),
        Invalid(
            """
--- app/sessions.py
_sessions = {}

def forget(session_id):
    ^^^^^^ REG402 forget() releases sessions, and nothing calls it
    del _sessions[session_id]
""",
            configuration='release-names = ["forget"]',
        ),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield every function that nothing calls."""
        for orphan in project.releases.orphans:
            yield self._found(project, orphan)

    def _found(self, project: Project, orphan: Orphan) -> Found:
        function = project.function(orphan.function)
        callers = "only tests call it" if orphan.in_tests else "nothing calls it"
        finding = Finding(
            self.code,
            project.place(orphan.function.path, function.position),
            f"{project.called(orphan.function)} releases {orphan.releases}, and {callers}",
            confidence="likely" if orphan.level == LIKELY else "certain",
            help="call it where the life of what it releases ends, or delete it",
        )
        return Found(finding)
