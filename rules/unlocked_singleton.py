"""REG106 unlocked-singleton: an object for the whole process is made between a check and a store, without a lock.

Why is this bad?
    Two threads that pass the check together make two objects, and the second replaces the first: what was
    registered in the first is lost, and whoever fetched it goes on using it.

What to do instead
    Check again with a lock held, or make the object when the module is imported:

        _lock = threading.Lock()

        def get_registry():
            global _registry
            if _registry is None:
                with _lock:
                    if _registry is None:
                        _registry = ToolRegistry()
            return _registry

When not to use it
    In a program of one thread and one event loop whose function never awaits between check and store.

What it cannot see
    That a function only runs before other threads are started. A lock counts by its type, or where its name says
    so; one that is taken in a helper, by a decorator or by all callers counts, too. Lazy imports, flags, plain data,
    third-party plumbing and what is exchanged as often as what it is made of changes are left alone. A registry, a
    tracker or a class that a contract names is a warning, any other object is told as info.
"""

from __future__ import annotations

import re
import textwrap
from functools import partial
from typing import TYPE_CHECKING

from registry_lint import Finding, Found, Invalid, Rule, Step, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import Fix, Project, Span, UnlockedCreation, Workshop


class UnlockedSingleton(Rule):
    """Reports the expression that makes the object."""

    code = "REG106"

    VALID = (
        # What a function is given has the name of what it stores.
        Valid("""
--- app/element.py
class Component:
    def __init__(self, path):
        self.path = path

class Element:
    component = None

    @classmethod
    def use(cls, component=None):
        if component:
            cls.component = Component(component)
"""),
        # A field is a table of the object, though it stands in the body of the class.
        Valid("""
--- app/board.py
from dataclasses import dataclass, field

class Mark:
    def more(self): ...

@dataclass
class Board:
    named: dict[str, Mark]
    marks: dict[str, Mark] = field(default_factory=dict)

    def mark(self, name):
        if name not in self.marks:
            self.marks[name] = Mark()
        if name not in self.named:
            self.named[name] = Mark()
        return self.marks[name]
"""),
        Valid("""
--- app/registry.py
import asyncio
import threading
from contextlib import contextmanager

class ToolRegistry:
    _instance = None
    _lock = threading.Lock()

    def register(self, name, tool):
        self._tools[name] = tool

    @classmethod
    def shared(cls):
        if cls._instance is None:
            with cls._lock:
                if cls._instance is None:
                    cls._instance = ToolRegistry()
        return cls._instance

_registry = None
_mutex = threading.RLock()

def outside():
    global _registry
    with _mutex:
        if _registry is None:
            _registry = ToolRegistry()
    return _registry

def inside():
    global _registry
    if not _registry:
        with _mutex:
            _registry = ToolRegistry()
    return _registry

def acquired():
    global _registry
    _mutex.acquire()
    try:
        if _registry is None:
            _registry = ToolRegistry()
    finally:
        _mutex.release()
    return _registry

@contextmanager
def exclusively():
    with _mutex:
        yield

def helped():
    global _registry
    with exclusively():
        if _registry is None:
            _registry = ToolRegistry()
    return _registry

def synchronized(function):
    return function

@synchronized
def decorated():
    global _registry
    if _registry is None:
        _registry = ToolRegistry()
    return _registry

def calling():
    with _mutex:
        return _make()

def _make():
    global _registry
    if _registry is None:
        _registry = ToolRegistry()
    return _registry

turn = asyncio.Lock()

async def in_turn():
    global _registry
    async with turn:
        if _registry is None:
            await asyncio.sleep(0)
            _registry = ToolRegistry()
    return _registry

async def without_a_pause():
    global _registry
    if _registry is None:
        _registry = ToolRegistry()
    return _registry
"""),
        Valid("""
--- app/lazy.py
from pydantic import BaseModel

class Settings(BaseModel):
    name: str = ""

_numpy = None
_available = None
_settings = None
_table = {}

def numpy():
    global _numpy
    if _numpy is None:
        import numpy as loaded
        _numpy = loaded
    return _numpy

def available():
    global _available
    if _available is None:
        _available = bool(numpy())
    return _available

def settings():
    global _settings
    if _settings is None:
        _settings = Settings()
    return _settings

def squared(number):
    if number not in _table:
        _table[number] = number * number
    return _table[number]

def define(name):
    if name in _table:
        raise KeyError(name)
    _table[name] = ToolRegistry()

def connect(path):
    handles = {}
    if path not in handles:
        handles[path] = ToolRegistry()
    return handles

class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool
"""),
        # Exchanged for another one where it does not fit; what a library keeps; a logger.
        Valid("""
--- app/exchanged.py
import logging
from flask import session

class Serial:
    def run(self): ...

class Sampler:
    def __init__(self, rate):
        self.rate = rate

    def read(self): ...

class Logger(logging.Logger):
    def network(self, text): ...

_model = Serial()
_table = {"sampler": Sampler(16)}
_engine = None
_built_for = None
_logger = None

def device():
    global _model
    if isinstance(_model, Serial):
        _model = Serial()
    return _model

def sample(rate):
    if rate != _table["sampler"].rate:
        _table["sampler"] = Sampler(rate)
    return _table["sampler"].read()

def engine(config):
    global _engine, _built_for
    if _engine is None or _built_for != config:
        _engine = Sampler(config)
        _built_for = config
    return _engine

def chat(user):
    if user not in session:
        session[user] = Sampler(user)
    return session[user]

def logger():
    global _logger
    if _logger is None:
        _logger = Logger(__name__)
    return _logger
"""),
    )
    INVALID = (
        # What a decorator of classes keeps lives as long as they do.
        Invalid("""
--- app/single.py
import threading

def singleton(cls):
    instances = {}

    def get_instance(*args, **kwargs):
        if cls not in instances:
            instances[cls] = cls(*args, **kwargs)
                             ^^^^^^^^^^^^^^^^^^^^ REG106 two threads may each make their own ToolRegistry: instances[...] is tested and stored without a lock
        return instances[cls]

    return get_instance

def one(cls):
    instance = None

    def get_instance():
        nonlocal instance
        if instance is None:
            instance = cls()
                       ^^^^^ REG106 two threads may each make their own ToolDispatcher: instance is tested and stored without a lock
        return instance

    return get_instance

def in_turn(cls):
    instances = {}
    lock = threading.Lock()

    def get_instance():
        with lock:
            if cls not in instances:
                instances[cls] = cls()
        return instances[cls]

    return get_instance

def of_nobody(cls):
    instances = {}

    def get_instance():
        if cls not in instances:
            instances[cls] = cls()
        return instances[cls]

    return get_instance

def fresh(cls):
    def get_instance():
        instance = cls()
        if instance is not None:
            instance = cls()
        return instance

    return get_instance

--- app/registry.py
from app import single
from app.single import fresh, in_turn, singleton

@singleton
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

@single.one
class ToolDispatcher:
    def dispatch(self, name): ...

@in_turn
class AgentRegistry:
    def register(self, name, agent):
        self._agents[name] = agent

@fresh
class PromptRegistry:
    def register(self, name, prompt):
        self._prompts[name] = prompt
"""),
        Invalid("""
--- app/single.py
class Singleton(type):
    _instances = {}

    def __call__(cls, *args, **kwargs):
        if cls not in cls._instances:
            cls._instances[cls] = super().__call__(*args, **kwargs)
                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG106 two threads may each make their own ToolRegistry: _instances[...] is tested and stored without a lock
        return cls._instances[cls]

--- app/registry.py
from app.single import Singleton

class ToolRegistry(metaclass=Singleton):
    def register(self, name, tool):
        self._tools[name] = tool
"""),
        Invalid(
            """
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

_registry = None

def get_registry():
    global _registry
    if _registry is None:
        # made when it is first asked for
        _registry = ToolRegistry()
                    ^^^^^^^^^^^^^^ REG106 two threads may each make their own ToolRegistry: _registry is tested and stored without a lock
    return _registry
""",
            fixed="""
--- app/registry.py
from threading import Lock

class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

_registry = None
_registry_lock = Lock()

def get_registry():
    global _registry
    if _registry is None:
        with _registry_lock:
            if _registry is None:
                # made when it is first asked for
                _registry = ToolRegistry()
    return _registry
""",
        ),
        Invalid(
            """
--- app/registry.py
class ToolRegistry:
    _instance = None

    def __new__(cls):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
                            ^^^^^^^^^^^^^^^^^^^^ REG106 two threads may each make their own ToolRegistry: _instance is tested and stored without a lock
            cls._instance.ready = False
        return cls._instance

    def register(self, name, tool):
        self._tools[name] = tool

class AgentRegistry:
    _instance = None

    @classmethod
    def shared(cls):
        if cls._instance:
            return cls._instance
        cls._instance = cls()
                        ^^^^^ REG106 two threads may each make their own AgentRegistry: _instance is tested and stored without a lock
        return cls._instance

    def register(self, name, agent):
        self._agents[name] = agent
""",
            fixed="""
--- app/registry.py
from threading import Lock

class ToolRegistry:
    _instance = None
    _instance_lock = Lock()

    def __new__(cls):
        if cls._instance is None:
            with cls._instance_lock:
                if cls._instance is None:
                    cls._instance = super().__new__(cls)
                    cls._instance.ready = False
        return cls._instance

    def register(self, name, tool):
        self._tools[name] = tool

class AgentRegistry:
    _instance = None

    @classmethod
    def shared(cls):
        if cls._instance:
            return cls._instance
        cls._instance = cls()
        return cls._instance

    def register(self, name, agent):
        self._agents[name] = agent
""",
        ),
        Invalid("""
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

_one = None
_two = None
_three = None
_four = None
_by_user = {}

def two_arms():
    global _one
    if _one is not None:
        return _one
    else:
        _one = ToolRegistry()
               ^^^^^^^^^^^^^^ REG106 two threads may each make their own ToolRegistry: _one is tested and stored without a lock
        return _one

def early_return():
    global _two
    if _two:
        return _two
    _two = ToolRegistry()
           ^^^^^^^^^^^^^^ REG106 two threads may each make their own ToolRegistry: _two is tested and stored without a lock
    return _two

def of(user):
    if user not in _by_user:
        made = ToolRegistry()
        _by_user[user] = made
                         ^^^^ REG106 two threads may each make their own ToolRegistry: _by_user[...] is tested and stored without a lock
    return _by_user[user]

def split():
    if _three is None:
        _start()
    return _three

def _start():
    global _three
    _three = ToolRegistry()
             ^^^^^^^^^^^^^^ REG106 two threads may each make their own ToolRegistry: _three is tested and stored without a lock

async def after_a_pause(ready):
    global _four
    if _four is None:
        await ready()
        _four = ToolRegistry()
                ^^^^^^^^^^^^^^ REG106 two tasks may each make their own ToolRegistry: _four is tested and stored without a lock
    return _four

def __getattr__(name):
    if name == "registry":
        globals()[name] = ToolRegistry()
                          ^^^^^^^^^^^^^^ REG106 two threads may each make their own ToolRegistry: globals()[...] is tested and stored without a lock
        return globals()[name]
    raise AttributeError(name)
"""),
        Invalid(
            """
--- app/detector.py
import logging
import os

class Detector:
    def run(self, picture): ...

DETECTOR = None
_other = None

def detector():
    global DETECTOR
    if DETECTOR is None:
        logging.info(
            f"{os.getpid()} makes "
            f"{Detector.__name__}"
        )
        DETECTOR = Detector()
                   ^^^^^^^^^^ REG106 two threads may each make their own Detector: DETECTOR is tested and stored without a lock
    return DETECTOR

def another():
    global _other
    if _other is None:
        logging.info("the other is \\
            made")
        _other = Detector()
                 ^^^^^^^^^^ REG106 two threads may each make their own Detector: _other is tested and stored without a lock
    return _other
""",
            fixed="""
--- app/detector.py
import logging
import os
from threading import Lock

class Detector:
    def run(self, picture): ...

DETECTOR = None
_DETECTOR_LOCK = Lock()
_other = None

def detector():
    global DETECTOR
    if DETECTOR is None:
        with _DETECTOR_LOCK:
            if DETECTOR is None:
                logging.info(
                    f"{os.getpid()} makes "
                    f"{Detector.__name__}"
                )
                DETECTOR = Detector()
    return DETECTOR

def another():
    global _other
    if _other is None:
        logging.info("the other is \\
            made")
        _other = Detector()
    return _other
""",
        ),
        Invalid("""
--- app/tables.py
class Table:
    def run(self):
        return 1

_tables = {}

def table_of(key):
    if key not in _tables:
        made = _tables[key] = Table()
                              ^^^^^^^ REG106 two threads may each make their own Table: _tables[...] is tested and stored without a lock
        return made
    return _tables[key]

--- app/seats.py
from app.tables import Table

_seats = {}

def table_of(guest):
    if guest not in _seats: _seats[guest]=Table()
                                          ^^^^^^^ REG106 two threads may each make their own Table: _seats[...] is tested and stored without a lock
    return _seats[guest]
"""),
        Invalid(
            """
class Desk:
    def __init__(self): self.seats = {}

_desk = None

def open_desk(keep=False):
    global _desk
    desk = Desk()
    if keep:
        _desk = desk
    return desk

def current_desk():
    global _desk
    if _desk is None:
        _desk = open_desk()
                ^^^^^^^^^^^ REG106 two threads may each make their own Desk: _desk is tested and stored without a lock
    return _desk
""",
            fixed="""
from threading import Lock

class Desk:
    def __init__(self): self.seats = {}

_desk = None
_desk_lock = Lock()

def open_desk(keep=False):
    global _desk
    desk = Desk()
    if keep:
        _desk = desk
    return desk

def current_desk():
    global _desk
    if _desk is None:
        with _desk_lock:
            if _desk is None:
                _desk = open_desk()
    return _desk
""",
        ),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield each creation of a process-wide object between a check and a store."""
        for found in project.singletons.unlocked:
            yield Found(self._finding(project, found), _suggestion(project, found))

    def _finding(self, project: Project, found: UnlockedCreation) -> Finding:
        name = project.classes.name(found.made)
        place = f"{found.place.name}[...]" if found.place.kind == "entry" else found.place.name
        who = "tasks" if project.function(found.checked_in).is_async else "threads"
        related: tuple[Step, ...] = ()
        if found.check >= 0:
            related = (Step(project.span(found.path, found.check), f"{place} is tested here"),)
        return Finding(
            self.code,
            project.span(found.path, found.creation),
            f"two {who} may each make their own {name}: {place} is tested and stored without a lock",
            severity="warning" if project.singletons.matters(found.made) else "info",
            related=related,
            help=f"test {place} again with a lock held, and store it there",
        )


def _suggestion(project: Project, found: UnlockedCreation) -> partial[Fix | None] | None:
    """A lock beside the place and a second check, where the check is an `if` around the store without an `else`."""
    test, bound = project.singletons.simple_check(found)
    name = found.place.name.strip("_")
    lock = f"_{name}_LOCK" if name.isupper() else f"_{name}_lock"
    if test is None or bound is None or any(lock in scope.names for scope in project.facts_of(found.path).scopes):
        return None
    return partial(_lock, test, bound, found.place.name, lock)


def _lock(test: Span, bound: Span, place: str, lock: str, workshop: Workshop) -> Fix | None:
    tree = workshop.open(test.path)
    statement = tree.statement(test)
    code = tree.text(statement)
    first, _, rest = code.partition("\n")
    if '"""' in code or "'''" in code or "\\\n" in code or "\t" in code or not re.fullmatch(r"if\b.*:\s*", first):
        return None
    made = tree.import_name("threading", "Lock", at=bound)
    owner = re.search(rf"\w+\.(?={place}\b)", first)
    again = textwrap.indent(f"{first}\n{textwrap.indent(textwrap.dedent(rest), ' ' * 4)}", " " * 8)
    tree.replace_statement(statement, f"{first}\n    with {owner.group() if owner else ''}{lock}:\n{again}")
    tree.insert_after(bound, f"{lock} = {made}()")
    return tree.fix("unsafe", f"Check again with {lock} held")
