"""REG001 forbidden-use: the project forbids this use of a class, a function or a module.

Why is this bad?
    The project says so, in a contract of its own; the message gives its reason.

What to do instead
    Use what the contract names as the replacement, or move the code to where the contract allows it.

        [[tool.registry-lint.forbid]]
        path = "app.registry.ToolRegistry"   # a class, a function, a module; third-party ones, too
        kind = "construct"                   # or "subclass", "import", "register"
        except-in = ["app.factory"]          # packages, modules, classes, functions
        reason = "registries are made for a user"
        replacement = "app.factory.make_registry"

When not to use it
    Without a contract this rule is silent.

What it cannot see
    Names that are put together at run time. Names are followed through re-exports and aliases, classes to those that
    derive from them, values through variables, containers and parameters; texts and comments are no uses. `construct`
    of a function means its call; `register` means what is registered under the name, and what is registered in it
    where it is a registry.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from registry_lint import LIKELY, Finding, Found, Invalid, Rule, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import Fix, ForbiddenUse, Project, Span, Workshop

_REGISTRY = """
--- app/__init__.py
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool
"""
_CONSTRUCT = """
[[forbid]]
path = "app.registry.ToolRegistry"
except-in = ["app.factory", "app.tools.make_tools"]
reason = "registries are made for a user"
replacement = "app.factory.make_registry"
"""
_SUBCLASS = '[[forbid]]\npath = "app.registry.ToolRegistry"\nkind = "subclass"\nexcept-in = ["app.registries"]\n'
_IMPORT = '[[forbid]]\npath = "app.registry.ToolRegistry"\nkind = "import"\nexcept-in = ["app.api"]\n'
_MODULE = '[[forbid]]\npath = "app.registry"\nkind = "import"\nreason = "it is private"\n'
_REGISTER = '[[forbid]]\npath = "app.tools.Debugger"\nkind = "register"\nexcept-in = ["app.development"]\n'
_THIRD_PARTY = '[[forbid]]\npath = "thirdparty.Client"\n[[forbid]]\npath = "pickle.loads"\n'


class ForbiddenUseRule(Rule):
    """Reports what contracts forbid."""

    code = "REG001"
    severity = "error"

    VALID = (
        Valid(
            f"""{_REGISTRY}
--- app/factory.py
from app.registry import ToolRegistry

def make_registry():
    return ToolRegistry()

--- app/tools.py
from app import registry

def make_tools():
    def make():
        return registry.ToolRegistry()
    return make()

--- app/other.py
class ToolRegistry:  # another one
    def open(self): ...

# registry = app.registry.ToolRegistry()
registry = ToolRegistry()
target = "app.registry.ToolRegistry()"

class ToolRegistryView: ...

view = ToolRegistryView()

def is_registry(thing):
    from app.registry import ToolRegistry
    return isinstance(thing, ToolRegistry)
""",
            configuration=_CONSTRUCT,
        ),
        Valid(f"""{_REGISTRY}
--- app/main.py
from app.registry import ToolRegistry

registry = ToolRegistry()
"""),
        Valid(
            f"""{_REGISTRY}
--- app/registries.py
from app.registry import ToolRegistry

class SafeRegistry(ToolRegistry): ...

--- app/main.py
from app.other import ToolRegistry

class LoudRegistry(ToolRegistry): ...

--- app/other.py
class ToolRegistry: ...
""",
            configuration=_SUBCLASS,
        ),
    )
    INVALID = (
        # Names: an alias, a re-export, a module's alias, a subscripted call.
        Invalid(
            f"""{_REGISTRY}
--- app/factory.py
from app.registry import ToolRegistry

def make_registry():
    return ToolRegistry()

--- app/tools.py
def make_tools(): ...

--- app/api.py
from app.registry import ToolRegistry as Registry

--- app/main.py
from app import registry as registries
from app.api import Registry as Tools

first = Tools()
        ^^^^^^^ REG001 ToolRegistry must not be constructed here: registries are made for a user
second = registries.ToolRegistry()
         ^^^^^^^^^^^^^^^^^^^^^^^^^ REG001 ToolRegistry must not be constructed here: registries are made for a user
third = Tools["Tool"]()
        ^^^^^^^^^^^^^^^ REG001 ToolRegistry must not be constructed here: registries are made for a user
""",
            fixed="""
--- app/main.py
from app.factory import make_registry

first = make_registry()
second = make_registry()
third = make_registry()
""",
            configuration=_CONSTRUCT,
        ),
        # Hierarchy and values: a class that derives from it, a variable, a table, a parameter, a default factory.
        Invalid(
            f"""{_REGISTRY}
--- app/factory.py
from app.registry import ToolRegistry

def make_registry(user): ...

def make(kind):
    return kind()

--- app/tools.py
def make_tools(): ...

--- app/main.py
from dataclasses import dataclass, field
from app import factory
from app.registry import ToolRegistry

class LoudRegistry(ToolRegistry):
    pass

loud = LoudRegistry()
       ^^^^^^^^^^^^^^ REG001 LoudRegistry, a ToolRegistry, must not be constructed here: registries are made for a user
kind = ToolRegistry

def start():
    local = ToolRegistry
    return local()
           ^^^^^^^ REG001 ToolRegistry must not be constructed here: registries are made for a user

KINDS = {{"tools": ToolRegistry}}
tools = KINDS["tools"]()
        ^^^^^^^^^^^^^^^^ REG001 ToolRegistry must not be constructed here: registries are made for a user
made = make_here(ToolRegistry)

def make_here(kind):
    return kind()
           ^^^^^^ REG001 ToolRegistry must not be constructed here: registries are made for a user

@dataclass
class Session:
    tools: ToolRegistry = field(default_factory=ToolRegistry)
                                                ^^^^^^^^^^^^ REG001 ToolRegistry must not be constructed here: registries are made for a user

bare = ToolRegistry.__new__(ToolRegistry)
       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG001 ToolRegistry must not be constructed here: registries are made for a user
""",
            configuration=_CONSTRUCT,
        ),
        Invalid(
            f"""{_REGISTRY}
--- app/registries.py
from app.registry import ToolRegistry

class SafeRegistry(ToolRegistry): ...

--- app/main.py
from app import registry
from app.registries import SafeRegistry

class LoudRegistry(registry.ToolRegistry): ...
                   ^^^^^^^^^^^^^^^^^^^^^ REG001 ToolRegistry must not be subclassed here

class SaferRegistry(SafeRegistry): ...
      ^^^^^^^^^^^^^ REG001 ToolRegistry must not be subclassed here, through SafeRegistry
""",
            configuration=_SUBCLASS,
        ),
        Invalid(
            f"""{_REGISTRY}
--- app/api.py
from app.registry import ToolRegistry as Registry

--- app/main.py
import app.registry
from typing import TYPE_CHECKING
from app.api import Registry
                    ^^^^^^^^ REG001 ToolRegistry must not be imported here
from app.registry import *
                         ^ REG001 ToolRegistry must not be imported here

if TYPE_CHECKING:
    from .registry import ToolRegistry
                          ^^^^^^^^^^^^ REG001 ToolRegistry must not be imported here

kind = app.registry.ToolRegistry
       ^^^^^^^^^^^^^^^^^^^^^^^^^ REG001 ToolRegistry must not be imported here
""",
            configuration=_IMPORT,
        ),
        Invalid(
            f"""{_REGISTRY}
--- app/main.py
import importlib
import app.registry as private
       ^^^^^^^^^^^^^^^^^^^^^^^ REG001 registry must not be imported here: it is private
from . import registry
              ^^^^^^^^ REG001 registry must not be imported here: it is private
from app.registry import ToolRegistry
                         ^^^^^^^^^^^^ REG001 registry must not be imported here: it is private

loaded = importlib.import_module("app.registry")
         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG001 registry must not be imported here: it is private
""",
            configuration=_MODULE,
        ),
        Invalid(
            f"""{_REGISTRY}
--- app/tools.py
class Debugger:
    name = "debugger"

    def run(self): ...

class Tracer(Debugger): ...

--- app/development.py
from app.registry import ToolRegistry
from app.tools import Debugger

ToolRegistry().register("debugger", Debugger())

--- app/main.py
from app.registry import ToolRegistry
from app.tools import Debugger, Tracer

def fill(registry: ToolRegistry, tool=None):
    tool = tool or Debugger()
    registry.register("debugger", tool)
                                  ^^^^ REG001 Debugger must not be registered here
    registry.register("tracer", Tracer())
                                ^^^^^^^^ REG001 Tracer, a Debugger, must not be registered here
""",
            configuration=_REGISTER,
        ),
        Invalid(
            f"""{_REGISTRY}
--- app/main.py
from app.registry import ToolRegistry

def fill(registry: ToolRegistry):
    registry.register("search", object())
    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG001 ToolRegistry must not be registered in here
""",
            configuration='[[forbid]]\npath = "app.registry.ToolRegistry"\nkind = "register"\n',
        ),
        Invalid(
            """
--- app/main.py
import pickle
import thirdparty
from pickle import loads as load

class Client(thirdparty.Client): ...

first = thirdparty.Client()
        ^^^^^^^^^^^^^^^^^^^ REG001 Client must not be constructed here
second = load(b"")
         ^^^^^^^^^ REG001 loads must not be called here
third = Client()
        ^^^^^^^^ REG001 Client, a Client, must not be constructed here
""",
            configuration=_THIRD_PARTY,
        ),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield one finding for each use and contract."""
        for use in project.forbidden.all:
            yield self._found(project, use)

    def _found(self, project: Project, use: ForbiddenUse) -> Found:
        contract = use.contract
        reason = f": {contract.reason}" if contract.reason else ""
        finding = Finding(
            self.code,
            use.span,
            f"{_what(use)}{reason}",
            confidence="likely" if use.level == LIKELY else "certain",
            help=f"use {contract.replacement}" if contract.replacement else None,
        )
        return Found(finding, _suggestion(project, use))


def _what(use: ForbiddenUse) -> str:
    named = use.contract.path.rpartition(".")[2]
    if use.how == "subclass":
        through = f", through {use.through}" if use.through else ""
        return f"{named} must not be subclassed here{through}"
    done = {"construct": "constructed", "call": "called", "import": "imported", "register": "registered"}
    if use.how == "register-in":
        return f"{named} must not be registered in here"
    name = f"{use.name}, a {use.through}," if use.through else use.name
    return f"{name} must not be {done[use.how]} here"


def _suggestion(project: Project, use: ForbiddenUse) -> partial[Fix | None] | None:
    """The replacement's call, where it is a function or a class of a module that can be called as it stands."""
    if use.how not in ("construct", "call") or use.through or not use.is_call:
        return None
    replacement = project.forbidden.replacement(use)
    if replacement is None:
        return None
    return partial(_replace, use.span, *replacement)


def _replace(call: Span, module: str, name: str, workshop: Workshop) -> Fix | None:
    tree = workshop.open(call.path)
    local = tree.import_name(module, name, at=call)
    tree.replace(call, f"{local}()")
    return tree.fix("unsafe", f"Call {name}")
