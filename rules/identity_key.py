"""REG303 identity-key: a registry that is asked by name is given `id()`, `hash()`, `repr()`, a counter or a timestamp.

Why is this bad?
    Nobody can ask for what was registered: the key exists in this process only, or only until the next run. Two
    registrations of one thing take two keys, so that no duplicate is ever noticed. As a fallback it hides that a name
    is missing, where it is missing.

What to do instead
    Ask for the name and say what lacks it.

When not to use it
    Where things have no names and are told apart by what they are, such as connections: let the parameter say so
    (`connection_id`), not `name`.

What it cannot see
    Whether a name is expected is read from the parameter (`name`, `key`, `tool_name`), or from how the registry's
    table is asked elsewhere. A key in which anything else takes part (`f"{tool.name}_{id(tool)}"`) is nobody's
    business here, and a text with a counter (`f"agent_{number}"`) that the function returns is a name.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from registry_lint import LIKELY, Finding, Found, Invalid, Rule, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import Fix, IdentityKey, Project, Span, Workshop


class IdentityAsKey(Rule):
    """Reports identities that become keys, one finding a source."""

    code = "REG303"

    VALID = (
        Valid("""
--- app/registry.py
class ConnectionRegistry:
    def register(self, key, connection):
        self._connections[key] = connection

class SocketTable:
    def register(self, socket_id, socket):
        self._sockets[socket_id] = socket

class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def add(connections: ConnectionRegistry, sockets: SocketTable, tools: ToolRegistry, one, number):
    connections.register(id(one), one)
    sockets.register(id(one), one)
    tools.register(f"{one.name}_{id(one)}", one)
    tools.register(f"{one.name}_{number}", one)
    for position in range(number):
        tools.register(f"tool_{position:03}", one)  # a name that anybody can tell
"""),
        Valid("""
--- app/registry.py
class ToolRegistry:
    def __init__(self):
        self._tools = {}
        self._seen = {}

    def register(self, name, tool):
        self._tools[name] = tool
        self._seen[id(tool)] = tool

    def get(self, name):
        return self._tools[name]
"""),
        # Who registers is told the name that was made for him.
        Valid("""
--- app/server.py
class AgentServer:
    def __init__(self):
        self.agents = {}

    def add_agent(self, agent, agent_name=None):
        if agent_name is None:
            agent_name = agent.name or f"agent_{len(self.agents)}"
        self.agents[agent_name] = agent
        return agent_name

    def run(self, agent_name, task):
        return self.agents[agent_name].run(task)
"""),
        Valid("""
--- app/registry.py
class ToolRegistry:
    def __init__(self):
        self._watching = {}

    def register(self, tool_name, watcher):
        self._watching.setdefault(tool_name, {})
        self._watching[tool_name][id(watcher)] = watcher  # asked by the tool's name, and by nobody for a watcher

    def watching(self, tool_name):
        return list(self._watching[tool_name].values())
"""),
        Valid("""
--- app/states.py
class States:
    def register_param(self, name, group):
        self._groups[name] = group  # a table of what has no name of its own

states = States()

def follow(params):
    for param in params:
        states.register_param(f"p_{id(param)}", 0)
"""),
    )
    INVALID = (
        # Past the methods of the one object, in a file that names no class.
        Invalid("""
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self.tools[name] = tool

    def get(self, name):
        return self.tools[name]

registry = ToolRegistry()

--- app/adopt.py
from app.registry import registry

def adopt(tool):
    key = str(id(tool))
          ^^^^^^^^^^^^^ REG303 id() becomes a key in ToolRegistry, which is asked by name
    registry.tools[key] = tool
    return key
"""),
        Invalid(
            """
--- app/registry.py
import itertools
import time

class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

tools = ToolRegistry()
numbers = itertools.count()

def add(one, others):
    tools.register(id(one), one)
                   ^^^^^^^ REG303 id() becomes a key in ToolRegistry, which is asked by name
    tools.register(str(hash(one)), one)
                   ^^^^^^^^^^^^^^ REG303 hash() becomes a key in ToolRegistry, which is asked by name
    tools.register(repr(one), one)
                   ^^^^^^^^^ REG303 repr() becomes a key in ToolRegistry, which is asked by name
    tools.register(f"tool_{time.time()}", one)
                   ^^^^^^^^^^^^^^^^^^^^^ REG303 a timestamp becomes a key in ToolRegistry, which is asked by name
    tools.register(next(numbers), one)
                   ^^^^^^^^^^^^^ REG303 a counter becomes a key in ToolRegistry, which is asked by name
    for number, other in enumerate(others):
        tools.register(str(number), other)
                       ^^^^^^^^^^^ REG303 a position in a loop becomes a key in ToolRegistry, which is asked by name
    if hasattr(one, "name"):
        name = one.name
    else:
        name = f"tool_{id(one)}"
               ^^^^^^^^^^^^^^^^^ REG303 id() becomes a key in ToolRegistry, which is asked by name
    tools.register(name, one)
""",
            fixed="""
--- app/registry.py
import itertools
import time

class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

tools = ToolRegistry()
numbers = itertools.count()

def add(one, others):
    tools.register(id(one), one)
    tools.register(str(hash(one)), one)
    tools.register(repr(one), one)
    tools.register(f"tool_{time.time()}", one)
    tools.register(next(numbers), one)
    for number, other in enumerate(others):
        tools.register(str(number), other)
    if hasattr(one, "name"):
        name = one.name
    else:
        raise ValueError("what is registered in ToolRegistry needs a name")
    tools.register(name, one)
""",
        ),
        Invalid("""
--- app/registry.py
from datetime import datetime

class ToolRegistry:
    def __init__(self):
        self._tools = {}
        self._added = 0

    def register(self, tool):
        key = getattr(tool, "name", None) or str(id(tool))
                                             ^^^^^^^^^^^^^ REG303 id() becomes a key in ToolRegistry, which is asked by name
        self._tools[key] = tool

    def append(self, tool):
        self._tools[len(self._tools)] = tool
                    ^^^^^^^^^^^^^^^^ REG303 a counter becomes a key in ToolRegistry, which is asked by name

    def count(self, tool):
        self._added += 1
        self._tools[f"tool{self._added}"] = tool
                    ^^^^^^^^^^^^^^^^^^^^ REG303 a counter becomes a key in ToolRegistry, which is asked by name

    def get(self, name):
        return self._tools.get(name)

class AgentRegistry:
    def register(self, agent_name, agent):
        self._agents[agent_name] = agent

registry = AgentRegistry()

def now():
    return datetime.now().isoformat()
           ^^^^^^^^^^^^^^^^^^^^^^^^^^ REG303 a timestamp becomes a key in AgentRegistry, which is asked by name

def put(name, agent):
    registry.register(name, agent)

put(repr(registry), registry)
    ^^^^^^^^^^^^^^ REG303 repr() becomes a key in AgentRegistry, which is asked by name
registry.register(now(), registry)
"""),
        Invalid("""
--- app/registry.py
class ToolRegistry:
    def __init__(self):
        self._tools = {}

    def register(self, tool, name=None, space="default"):
        key = name or getattr(tool, "__name__", None) or repr(tool)
                                                         ^^^^^^^^^^ REG303 repr() becomes a key in ToolRegistry, which is asked by name
        self._tools.setdefault(space, {})
        self._tools[space][key] = tool

    def get(self, name, space="default"):
        return self._tools.get(space, {}).get(name)
"""),
        Invalid("""
--- app/adapter.py
class ModelAdapter:
    def __init__(self):
        self._tools = {}

    def register_tool(self, tool):
        key = getattr(tool, "name", str(id(tool)))
                                    ^^^^^^^^^^^^^ REG303 id() becomes a key in ModelAdapter, which is asked by name
        self._tools[key] = tool

    def call(self, tool_name, arguments):
        return self._tools[tool_name](**arguments)
"""),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield one finding for each identity that becomes a key."""
        for key in project.identity_keys.all:
            yield self._found(project, key)

    def _found(self, project: Project, key: IdentityKey) -> Found:
        registry = project.classes.name(key.registry)
        finding = Finding(
            self.code,
            key.source,
            f"{key.how} becomes a key in {registry}, which is asked by name",
            confidence="likely" if key.level == LIKELY else "certain",
            trace=key.steps,
            help="ask for a name, and say what lacks it",
        )
        if not project.is_fallback_assignment(key.source):
            return Found(finding)
        return Found(finding, partial(_refuse, key.source, registry))


def _refuse(span: Span, registry: str, workshop: Workshop) -> Fix | None:
    tree = workshop.open(span.path)
    error = f'raise ValueError("what is registered in {registry} needs a name")'
    tree.replace_statement(tree.statement(span), error)
    return tree.fix("unsafe", "Say that a name is missing")
