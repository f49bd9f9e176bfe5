"""REG203 not-a-tool: what is registered as a tool has neither the attributes nor the methods of one.

Why is this bad?
    The registry takes it without a word, and the first call of the tool fails far from here: there is nothing to run.
    Often another object was meant: the client behind the tool, its configuration, the registry itself.

What to do instead
    Register the tool. Or give the class what makes one: a `name`, and a method to run (`execute`, `run`, `_run`,
    `arun`, `__call__`). A project whose tools look otherwise says so in the configuration:

        [tool.registry-lint.tools]
        bases = ["app.tools.Capability"]
        methods = ["perform"]
        attributes = ["label"]

When not to use it
    Where a registry that is called one of tools holds other things on purpose. Say what it holds in its contract.

What it cannot see
    Classes with a base outside of the project, with `__getattr__` or with attributes under computed names: they may
    have anything. Data schemas are the business of REG201, classes where instances belong that of REG202. A class
    that derives from what the registering method declares is taken for what it wants, and one with a method that the
    registry itself calls of what it holds (`self._tools[name].process(data)`) for something to run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint import LIKELY, Finding, Found, Invalid, Rule, Span, Step, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import Arrival, Project


class NotATool(Rule):
    """Reports what is no tool where tools are registered, one finding a place."""

    code = "REG203"
    severity = "error"

    VALID = (
        Valid("""
--- app/registry.py
from vendor.tools import RemoteTool

class Searcher:
    def run(self, query):
        return query

class Described:
    def __init__(self, name):
        self.name = name

class Remote(RemoteTool):
    pass

class Declared:
    def perform(self):
        return None

class Special(Declared):
    pass

class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

    def register_special_tool(self, name, tool: Declared):
        self._tools[name] = tool

    def register_resolver(self, name, resolver):
        self._resolvers[name] = resolver

class Resolver:
    def resolve(self, name):
        return name

def search(query):
    return query

tools = ToolRegistry()
tools.register("searcher", Searcher())
tools.register("described", Described("described"))
tools.register("remote", Remote())
tools.register("function", search)
tools.register_special_tool("special", Special())
tools.register_resolver("first", Resolver())
"""),
        Valid("""
--- app/registry.py
class Loader:
    def process(self, data):
        return data

class Framework:
    def __init__(self):
        self._tools = {}

    def register_tool(self, tool, capabilities):
        self._tools[capabilities.id] = tool

    def run(self, names, data):
        for name in names:
            tool = self._tools[name]
            data = tool.process(data)  # what it runs
        return data

Framework().register_tool(Loader(), None)

class Message:
    def __init__(self, text):
        self.text = text

class Conversation:
    def __init__(self):
        self._messages = []

    def add_tool_result(self, text):
        self._messages.append(Message(text))

    def add_user_message(self, text):
        message = Message(text)
        self._messages.append(message)
"""),
        Valid(
            """
--- app/registry.py
class Capability:
    def perform(self):
        return None

class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

ToolRegistry().register("capability", Capability())
""",
            configuration='tools = { methods = ["perform"] }',
        ),
    )
    INVALID = (
        Invalid("""
--- app/client.py
class Base:
    timeout = 10

class Client(Base):
    def connect(self):
        return None

--- app/registry.py
from app.client import Client

class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def fill(registry: ToolRegistry):
    client = Client()
    registry.register("client", client)
                                ^^^^^^ REG203 a Client is registered as a tool in ToolRegistry: it has no name and nothing to run
"""),
        Invalid("""
--- app/registry.py
class Settings:
    def __init__(self, path):
        self.path = path

class Hub:
    def register_tool(self, name, tool):
        self._tools[name] = tool

class ToolClassRegistry:
    def register(self, tool_class):
        self._classes[tool_class.__name__] = tool_class

hub = Hub()
for name, item in [("settings", Settings("app.toml"))]:
    hub.register_tool(name, item)
                            ^^^^ REG203 a Settings is registered as a tool in Hub: it has no name and nothing to run
ToolClassRegistry().register(Settings)
                             ^^^^^^^^ REG203 the class Settings is registered as a tool in ToolClassRegistry: it has no name and nothing to run
"""),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield, for every place where something enters that is no tool, one finding."""
        entering: dict[Span, list[Arrival]] = {}
        for arrival in project.toolness.impostors:
            entering.setdefault(arrival.entry, []).append(arrival)
        for span, arrivals in entering.items():
            yield self._found(project, span, arrivals)

    def _found(self, project: Project, span: Span, arrivals: list[Arrival]) -> Found:
        first = arrivals[0]
        registry = project.classes.name(first.registration.registry)
        article = "the class" if first.want.what == "classes" else "a"
        names = sorted({project.classes.name(arrival.of) for arrival in arrivals})
        more = f" (and {', '.join(names[1:])})" if names[1:] else ""
        attributes = " or ".join(project.contracts.tools.attributes)
        finding = Finding(
            self.code,
            span,
            f"{article} {names[0]}{more} is registered as a tool in {registry}: it has no {attributes} and nothing to run",
            confidence="likely" if all(arrival.level == LIKELY for arrival in arrivals) else "certain",
            trace=first.steps,
            related=tuple(
                Step(
                    project.place(of.path, project.classes.record(of).position), f"the class {project.classes.name(of)}"
                )
                for of in dict.fromkeys(arrival.of for arrival in arrivals)
                if not isinstance(of, str)
            ),
            help=f"register the tool, or give {names[0]} a name and something to run",
        )
        return Found(finding)
