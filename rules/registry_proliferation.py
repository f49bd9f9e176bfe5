"""REG107 registry-proliferation: one entry point leads to more places that build kind of registry than are allowed.

Why is this bad?
    A request, a task or a command that runs into a third registry of a kind has two that know the same tools, and
    one that somebody fills and nobody asks. Which of them a lookup meets depends on the way that the call took.

What to do instead
    Let the entry point get the registry once, from its factory, and hand it down as an argument. One registry for
    the process and one for the request are the usual two:

        [tool.registry-lint]
        max-registries = 2

When not to use it
    Where an entry point compares implementations, as a benchmark does.

What it cannot see
    Calls whose callee it could not resolve: handlers that are looked up by a computed name, and the insides of
    libraries. Places in exclusive branches, behind methods that override one another, that fill one attribute while it
    is empty, and instances that are told apart by a literal name (`Registry("hooks")`) or by the names of the globals
    that hold them count as one. Constructions in tests do not count, nor does what a registry derives from itself.
    Entry points that lead to the same places, or to few others, have one cause: it is told at one of them, and the
    others are named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from registry_lint import LIKELY, Finding, Found, Invalid, Rule, Step, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from registry_lint import Construction, EntryPoint, Project, Reach


class RegistryProliferation(Rule):
    """Reports each cause once, with the ways from one entry point to every place."""

    code = "REG107"

    VALID = (
        Valid("""
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

TOOLS = ToolRegistry()

def tools_of(user, base=None):
    return ToolRegistry(base) if base is not None else ToolRegistry()

--- app/routes.py
from fastapi import APIRouter
from app.registry import TOOLS, tools_of

router = APIRouter()

@router.post("/chat")
def chat(user):
    return TOOLS, tools_of(user)
"""),
        # What a registry makes out of itself is a part of it.
        Valid("""
--- app/registry.py
class ToolRegistry:
    def __init__(self, tools=()):
        self._tools = dict(tools)

    def register(self, name, tool):
        self._tools[name] = tool

    def only(self, names):
        return ToolRegistry((name, self._tools[name]) for name in names)

    def of_group(self, group):
        return ToolRegistry((name, tool) for name, tool in self._tools.items() if tool.group == group)

TOOLS = ToolRegistry()

--- app/routes.py
from fastapi import APIRouter
from app.registry import TOOLS

router = APIRouter()

@router.post("/chat")
def chat(names, group):
    return TOOLS.only(names), TOOLS.of_group(group)
"""),
        # Globals under names of their own are told apart by them.
        Valid("""
--- app/registry.py
class FieldRegistry:
    def register(self, name, field):
        self._fields[name] = field

FORM_FIELDS = FieldRegistry()
COLUMNS = FieldRegistry()
FILTERS = FieldRegistry()

--- app/main.py
from app.registry import COLUMNS, FILTERS, FORM_FIELDS

def setup():
    for registry in (FORM_FIELDS, COLUMNS, FILTERS):
        registry.register("text", str)

if __name__ == "__main__":
    setup()
"""),
        Valid("""
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def built(kind):
    if kind == "web":
        return ToolRegistry()
    elif kind == "shell":
        return ToolRegistry()
    return ToolRegistry()

class Runner:
    def __init__(self, tools=None):
        self.tools = tools or ToolRegistry()

def given(tools=None):
    if tools is None:
        tools = ToolRegistry()
    return tools

--- app/__main__.py
from app.registry import Runner, built, given

def unused():
    return built("a")

if __name__ == "__main__":
    tools = built("web")
    Runner(tools)
    given(tools=tools)
"""),
        Valid("""
--- app/server.py
import threading

class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

_shared = None
_lock = threading.Lock()

class Server:
    def __init__(self, tools=None):
        self.tools = tools
        self._register_agents()
        self._register_models()
        self._register_hooks()

    def _register_agents(self):
        if self.tools is None:
            self.tools = ToolRegistry()  # whichever of the three comes first makes the one

    def _register_models(self):
        if not self.tools:
            self.tools = ToolRegistry()

    def _register_hooks(self):
        global _shared
        if self.tools is None:
            self.tools = ToolRegistry()
        with _lock:
            if _shared is None:
                _shared = ToolRegistry()

--- app/__main__.py
from app.server import Server

if __name__ == "__main__":
    Server()
"""),
    )
    INVALID = (
        Invalid("""
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

TOOLS = ToolRegistry()

--- app/dispatch.py
from app.registry import ToolRegistry

class Dispatcher:
    def __init__(self):
        self.registry = ToolRegistry()

    def dispatch(self):
        return Runner().run()

class Runner:
    def run(self):
        return ToolRegistry()

--- app/sockets.py
from fastapi import FastAPI, WebSocket
from app.dispatch import Dispatcher
from app.registry import TOOLS

app = FastAPI()

@app.websocket("/ws")
async def talk(websocket: WebSocket):
          ^^^^ REG107 websocket /ws leads to 3 places that build ToolRegistry; 2 are allowed
    TOOLS.register("a", 1)
    await serve(websocket)

async def serve(websocket):
    dispatcher = Dispatcher()
    dispatcher.dispatch()
"""),
        # One cause, three routes; a fourth has one of its own.
        Invalid("""
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

--- app/chat.py
from app.registry import ToolRegistry

def answer(question):
    first = ToolRegistry()
    second = ToolRegistry()
    third = ToolRegistry()
    return first, second, third

--- app/routes.py
from fastapi import APIRouter
from app.chat import answer
from app.registry import ToolRegistry

router = APIRouter()

@router.post("/ask")
def ask(question):
    ^^^ REG107 POST /ask and 2 other entry points lead to 3 places that build ToolRegistry; 2 are allowed
    return answer(question)

@router.post("/chat")
def chat(question):
    return answer(question)

@router.post("/both")
def both(question):
    return answer(question), ToolRegistry()

@router.post("/apart")
def apart():
    ^^^^^ REG107 POST /apart leads to 3 places that build ToolRegistry; 2 are allowed
    first = ToolRegistry()
    second = ToolRegistry()
    third = ToolRegistry()
"""),
        Invalid(
            """
--- app/registry.py
class AgentRegistry:
    def register(self, name, agent):
        self._agents[name] = agent

--- app/tasks.py
from celery import shared_task
from app.registry import AgentRegistry

@shared_task
def nightly():
    ^^^^^^^ REG107 task nightly leads to 2 places that build AgentRegistry; 1 is allowed
    first = AgentRegistry()
    second = AgentRegistry()
""",
            configuration="max-registries = 1",
        ),
        Invalid(
            """
--- app/registry.py
class AgentRegistry:
    def register(self, name, agent):
        self._agents[name] = agent

--- tool.py
import argparse
from app.registry import AgentRegistry

def main():
    argparse.ArgumentParser().parse_args()
    run(AgentRegistry(), None)

def run(agents, others=None):
    return others or AgentRegistry()

if __name__ == "__main__":
   ^^^^^^^^^^^^^^^^^^^^^^ REG107 script tool.py leads to 2 places that build AgentRegistry; 1 is allowed
    main()
""",
            configuration="max-registries = 1",
        ),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield each cause: the constructions of one family that are too many, with all entry points that lead there."""
        allowed = project.settings.max_registries
        crowds = []
        for entry, reaches in project.reachability.all.items():
            kinds: dict[object, list[Reach]] = {}
            for reach in reaches:
                kinds.setdefault(project.reachability.kind(reach.site), []).append(reach)
            too_many = [
                together for kind in kinds.values() if len(together := project.reachability.together(kind)) > allowed
            ]
            if too_many:
                crowds.append(_Crowd(entry, tuple(too_many)))
        for crowd, others in _by_cause(crowds, allowed):
            yield Found(self._finding(project, crowd, others, allowed))

    def _finding(self, project: Project, crowd: _Crowd, others: Sequence[EntryPoint], allowed: int) -> Finding:
        entry, kinds = crowd
        counted = " and ".join(f"{len(reaches)} places that build {_name(project, reaches)}" for reaches in kinds)
        who = entry.label
        if others:
            more = others[0].label if len(others) == 1 else f"{len(others)} other entry points"
            who = f"{who} and {more}"
        places = tuple(_place(project, reach) for reaches in kinds for reach in reaches)
        return Finding(
            self.code,
            entry.span,
            f"{who} {'lead' if others else 'leads'} to {counted}; {allowed} {'is' if allowed == 1 else 'are'} allowed",
            confidence="likely" if crowd.is_likely else "certain",
            trace=_trace(project, entry, max(kinds[0], key=lambda reach: len(reach.way))),
            related=(*places, *(Step(other.span, f"{other.label} leads there, too") for other in others)),
            help="get the registry once, from its factory, and hand it down",
        )


class _Crowd(NamedTuple):
    """An entry point, and the constructions of each family that are too many."""

    entry: EntryPoint
    kinds: tuple[tuple[Reach, ...], ...]

    @property
    def sites(self) -> frozenset[Construction]:
        return frozenset(reach.site for reaches in self.kinds for reach in reaches)

    @property
    def is_likely(self) -> bool:
        return self.entry.level == LIKELY or any(reach.level == LIKELY for kind in self.kinds for reach in kind)


def _by_cause(crowds: Sequence[_Crowd], allowed: int) -> Iterator[tuple[_Crowd, tuple[EntryPoint, ...]]]:
    """Each cause once, with the other entry points that it concerns: those that lead to the same places, or to so few
    others that these alone would not be too many."""
    told: dict[_Crowd, tuple[EntryPoint, ...]] = {}
    for crowd in sorted(crowds, key=lambda one: (len(one.sites), one.is_likely, one.entry.span, one.entry.label)):
        same = [one for one in told if one.sites <= crowd.sites and len(crowd.sites - one.sites) <= allowed]
        if same:
            told[same[0]] = (*told[same[0]], crowd.entry)
        else:
            told[crowd] = ()
    for crowd, others in told.items():
        yield crowd, tuple(sorted(others, key=lambda other: (other.span, other.label)))


def _name(project: Project, reaches: Sequence[Reach]) -> str:
    return project.classes.name(project.families.root(reaches[0].site.of))


def _trace(project: Project, entry: EntryPoint, reach: Reach) -> tuple[Step, ...]:
    """The longest of the ways, step by step."""
    steps = [Step(entry.span, f"{entry.label} begins here")]
    steps += [
        Step(project.calls.span(edge), f"{project.calls.called(edge.target)} is called here") for edge in reach.way
    ]
    built = project.span(reach.site.path, reach.site.expr)
    return (*steps, Step(built, f"{project.classes.name(reach.site.of)} is built here"))


def _place(project: Project, reach: Reach) -> Step:
    way = " > ".join(project.calls.called(edge.target) for edge in reach.way)
    name = project.classes.name(reach.site.of)
    span = project.span(reach.site.path, reach.site.expr)
    return Step(span, f"{name} is built here, by way of {way}" if way else f"{name} is built here")
