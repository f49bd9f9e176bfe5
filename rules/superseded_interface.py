"""REG503 superseded-interface: a name is used that the project has declared superseded.

Why is this bad?
    As long as the old name is offered and called, there are two ways to one thing, and every reader has to learn
    both. `hasattr(registry, "get_tool")` keeps an interface alive that nobody may implement any more.

What to do instead
    Call what the contract names as the replacement, and delete the old definition with its last caller.

When not to use it
    In the module that keeps the old name for users outside of the project: suppress the definition there, with the
    version in which it goes.

What it cannot see
    Names that are put together at run time, and receivers of unknown classes where the contract gives a whole path.
    Nothing is reported without a contract: which of two names is the old one is never guessed.

        [[tool.registry-lint.superseded]]
        name = "app.registry.ToolRegistry.get_tool"   # or just "get_tool", whoever has it
        replacement = "get"
        reason = "one lookup for every registry"
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from registry_lint import Finding, Found, Invalid, Rule, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import Fix, OldUse, Project, Span, Workshop

_BY_WORD = '[[superseded]]\nname = "get_tool"\nreplacement = "get"\n'
_BY_PATH = '[[superseded]]\nname = "app.registry.ToolRegistry.get_tool"\nreplacement = "get"\nreason = "one lookup"\n'
_FUNCTION = '[[superseded]]\nname = "app.registry.make_registry"\nreplacement = "app.registry.registry_for"\n'
_CLASS = '[[superseded]]\nname = "app.registry.OldRegistry"\nreplacement = "ToolRegistry"\n'


class SupersededInterface(Rule):
    """Reports definitions, calls, probes and texts."""

    code = "REG503"

    VALID = (
        Valid("""
--- app/registry.py
class ToolRegistry:
    def get_tool(self, name): ...
    def get(self, name): ...

ToolRegistry().get_tool("search")  # no contract says which of the two is the old one
"""),
        Valid(
            """
--- app/registry.py
import logging
import thirdparty

class ToolRegistry:
    def get(self, name):
        "Was once called get_tool."
        logging.debug("get_tool")
        return self.get_tools(name)

    def get_tools(self, name): ...

client = thirdparty.Client()
client.get_tool("search")
# registry.get_tool("search")
""",
            configuration=_BY_WORD,
        ),
        Valid(
            """
--- app/registry.py
class ToolRegistry:
    def get(self, name): ...

class Toolbox:
    def get_tool(self, name): ...

def first(box: Toolbox, unknown):
    unknown.get_tool("first")
    return box.get_tool("first") if hasattr(box, "get_tool") else {"get_tool": box}
""",
            configuration=_BY_PATH,
        ),
    )
    INVALID = (
        Invalid(
            """
--- app/registry.py
class ToolRegistry:
      ^^^^^^^^^^^^ REG503 ToolRegistry offers get_tool beside get, which supersedes it
    def get_tool(self, name):
        return self.get(name)

    def get(self, name): ...

class Toolbox:
    def get_tool(self, name): ...
        ^^^^^^^^ REG503 get_tool is defined, though get supersedes it

--- app/use.py
from app.registry import ToolRegistry

def use(registry: ToolRegistry, other):
    if hasattr(other, "get_tool"):
       ^^^^^^^^^^^^^^^^^^^^^^^^^^ REG503 get_tool is asked for by name, though get supersedes it
        other.get_tool("search")
        ^^^^^^^^^^^^^^^^^^^^^^^^ REG503 get_tool is called, though get supersedes it
    lookup = getattr(other, "get_tool", None)
             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG503 get_tool is asked for by name, though get supersedes it
    handlers = {"get_tool": lookup, "path": "app.registry.ToolRegistry.get_tool"}
                ^^^^^^^^^^ REG503 get_tool is named in a text, though get supersedes it
                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG503 get_tool is named in a text, though get supersedes it
    return registry.get_tool("search"), handlers
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG503 get_tool is called, though get supersedes it
""",
            fixed="""
--- app/use.py
from app.registry import ToolRegistry

def use(registry: ToolRegistry, other):
    if hasattr(other, "get_tool"):
        other.get_tool("search")
    lookup = getattr(other, "get_tool", None)
    handlers = {"get_tool": lookup, "path": "app.registry.ToolRegistry.get_tool"}
    return registry.get("search"), handlers
""",
            configuration=_BY_WORD,
        ),
        # By path: the class, what derives from it, and nothing else.
        Invalid(
            """
--- app/registry.py
class ToolRegistry:
    def get_tool(self, name): ...
        ^^^^^^^^ REG503 get_tool is defined, though get supersedes it (one lookup)

class LoudRegistry(ToolRegistry):
    def get_tool(self, name):
        ^^^^^^^^ REG503 get_tool is defined, though get supersedes it (one lookup)
        return super().get_tool(name)
               ^^^^^^^^^^^^^^^^^^^^^^ REG503 get_tool is called, though get supersedes it (one lookup)

class Toolbox:
    def get_tool(self, name): ...

def use(loud: LoudRegistry, box: Toolbox):
    box.get_tool("search")
    return loud.get_tool("search") if hasattr(loud, "get_tool") else None
           ^^^^^^^^^^^^^^^^^^^^^^^ REG503 get_tool is called, though get supersedes it (one lookup)
                                      ^^^^^^^^^^^^^^^^^^^^^^^^^ REG503 get_tool is asked for by name, though get supersedes it (one lookup)
""",
            configuration=_BY_PATH,
        ),
        Invalid(
            """
--- app/registry.py
def make_registry(): ...
    ^^^^^^^^^^^^^ REG503 make_registry is defined, though app.registry.registry_for supersedes it

def registry_for(user): ...

--- app/other.py
def make_registry(): ...

make_registry()

--- app/use.py
from app import registry
from app.registry import make_registry as make

first = make()
        ^^^^^^ REG503 make_registry is called, though app.registry.registry_for supersedes it
second = registry.make_registry()
         ^^^^^^^^^^^^^^^^^^^^^^^^ REG503 make_registry is called, though app.registry.registry_for supersedes it
target = "app.registry.make_registry"
         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG503 make_registry is named in a text, though app.registry.registry_for supersedes it
""",
            configuration=_FUNCTION,
        ),
        Invalid(
            """
--- app/registry.py
class OldRegistry: ...
      ^^^^^^^^^^^ REG503 OldRegistry is defined, though ToolRegistry supersedes it

--- app/use.py
import app.registry

registry = app.registry.OldRegistry()
           ^^^^^^^^^^^^^^^^^^^^^^^^^^ REG503 OldRegistry is called, though ToolRegistry supersedes it
""",
            configuration=_CLASS,
        ),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield one finding for each use."""
        for use in project.superseded.all:
            yield self._found(use)

    def _found(self, use: OldUse) -> Found:
        contract = use.contract
        what = {
            "definition": f"{use.old} is defined",
            "call": f"{use.old} is called",
            "probe": f"{use.old} is asked for by name",
            "text": f"{use.old} is named in a text",
        }
        reason = f" ({contract.reason})" if contract.reason else ""
        if use.how == "both":
            beside = contract.replacement
            message = f"{use.owner} offers {use.old} beside {beside}, which supersedes it{reason}"
        else:
            message = f"{what[use.how]}, though {contract.replacement} supersedes it{reason}"
        finding = Finding(
            self.code,
            use.span,
            message,
            confidence="certain" if use.sure else "likely",
            help=f"use {contract.replacement}",
        )
        renames = use.offered and re.fullmatch(r"[a-z_]\w*", contract.replacement)
        return Found(finding, partial(_rename, use.span, use.old, contract.replacement) if renames else None)


def _rename(call: Span, old: str, new: str, workshop: Workshop) -> Fix | None:
    """Call the method by its new name, on the same object and with the same arguments."""
    tree = workshop.open(call.path)
    receiver, dot, name = tree.text(tree.callee(call)).rpartition(".")
    if not dot or name != old:
        return None
    tree.replace_callee(call, f"{receiver}.{new}")
    return tree.fix("unsafe", f"Call {new}")
