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
    that hold them count as one. Constructions in tests do not count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint import LIKELY, Finding, Found, Invalid, Rule, Step, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from registry_lint import EntryPoint, Project, Reach


class RegistryProliferation(Rule):
    """Reports each such entry point once, with the way to every place."""

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
        """Yield each entry point that leads to too many constructions of one family."""
        allowed = project.settings.max_registries
        for entry, reaches in project.reachability.all.items():
            kinds: dict[object, list[Reach]] = {}
            for reach in reaches:
                kinds.setdefault(project.reachability.kind(reach.site), []).append(reach)
            too_many = [
                together for kind in kinds.values() if len(together := project.reachability.together(kind)) > allowed
            ]
            if too_many:
                yield Found(self._finding(project, entry, too_many, allowed))

    def _finding(self, project: Project, entry: EntryPoint, kinds: Sequence[Sequence[Reach]], allowed: int) -> Finding:
        counted = " and ".join(f"{len(reaches)} places that build {_name(project, reaches)}" for reaches in kinds)
        likely = entry.level == LIKELY or any(reach.level == LIKELY for reaches in kinds for reach in reaches)
        verb = "is" if allowed == 1 else "are"
        return Finding(
            self.code,
            entry.span,
            f"{entry.label} leads to {counted}; {allowed} {verb} allowed",
            confidence="likely" if likely else "certain",
            trace=_trace(project, entry, max(kinds[0], key=lambda reach: len(reach.way))),
            related=tuple(_place(project, reach) for reaches in kinds for reach in reaches),
            help="get the registry once, from its factory, and hand it down",
        )


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
