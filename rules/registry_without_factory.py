"""REG108 registry-without-factory: a registry class is built in several modules, and no factory exists for it.

Why is this bad?
    Every module that builds a registry has its own: what is registered in one is not found in the other. With
    no factory there is nothing that these modules could have called instead, so nobody made a mistake yet.

What to do instead
    Write one function that hands the registry out (one for the process, or one for each scope), and call it.
    One that loads a registry (`load_tools(path)`) or makes one with the defaults counts, too; one that copies or merges
    registries does not.

When not to use it
    Where each of these modules is meant to have a registry of its own, as with registries that are created by
    name (`HOOKS = Registry("hooks")`): then turn the rule off.

What it cannot see
    Whether the instances are meant to be one. It counts modules, tests apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint import Finding, Found, Invalid, Rule, Step, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import Project


class RegistryWithoutFactory(Rule):
    """Reports such a class once, where it is defined."""

    code = "REG108"
    severity = "info"

    VALID = (
        Valid("""
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

--- app/main.py
from app.registry import ToolRegistry

registry = ToolRegistry()
"""),
        Valid("""
--- app/registry.py
class HookRegistry:
    def __init__(self, name):
        self.name = name

    def register(self, name, hook):
        self._hooks[name] = hook

--- app/before.py
from app.registry import HookRegistry

BEFORE = HookRegistry("before")

--- app/after.py
from app.registry import HookRegistry

AFTER = HookRegistry("after")  # another registry by another name: they are not meant to be one
"""),
        # Functions that hand one out, be it for those who need none of their own, or out of a file.
        Valid("""
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

class AgentRegistry:
    def register(self, name, agent):
        self._agents[name] = agent

def default_tool_registry():
    registry = ToolRegistry()
    registry.register("search", object())
    return registry

--- app/loading.py
from app.registry import AgentRegistry

def load_agents(path):
    registry = AgentRegistry()
    registry.register(path, object())
    return registry

--- app/dispatch.py
from app.registry import AgentRegistry, ToolRegistry

tools = ToolRegistry()
agents = AgentRegistry()
"""),
    )
    INVALID = (
        # A copy, or one made of another one's entries, is none for who has no registry yet.
        Invalid("""
--- app/registry.py
class ToolRegistry:
      ^^^^^^^^^^^^ REG108 ToolRegistry is built in 2 modules (app.dispatch, app.registry) and has no factory
    def register(self, name, tool):
        self._tools[name] = tool

    @classmethod
    def from_tools(cls, tools):
        registry = cls()
        for name, tool in tools.items():
            registry.register(name, tool)
        return registry

def merge_registries(one, other):
    merged = ToolRegistry()
    merged.register("both", (one, other))
    return merged

--- app/dispatch.py
from app.registry import ToolRegistry

registry = ToolRegistry()
"""),
        Invalid("""
--- app/registry.py
class ToolRegistry:
      ^^^^^^^^^^^^ REG108 ToolRegistry is built in 2 modules (app.dispatch, app.main) and has no factory
    def register(self, name, tool):
        self._tools[name] = tool

--- app/dispatch.py
from app.registry import ToolRegistry

registry = ToolRegistry()

--- app/main.py
from app.registry import ToolRegistry

def main():
    return {"tools": ToolRegistry()}
"""),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield registry classes without a factory that more than one module builds."""
        for ref, registry in project.registries.all.items():
            if not registry.named or registry.contract or project.settings.is_test(ref.path):
                continue
            if project.constructions.is_handed_out(ref) or project.trackers.hands_out_one(ref):
                continue
            sites = [site for site in project.constructions.of(ref) if not project.constructions.is_own(site)]
            if any(project.constructions.is_named_instance(site) for site in sites):
                continue
            modules = sorted({project.names.module_of(site.path) or site.path for site in sites})
            if len(modules) < 2:
                continue
            record = project.classes.record(ref)
            shown = ", ".join(modules[:3]) + (", …" if len(modules) > 3 else "")
            message = f"{record.name} is built in {len(modules)} modules ({shown}) and has no factory"
            finding = Finding(
                self.code,
                project.place(ref.path, record.position),
                message,
                related=tuple(
                    Step(project.span(site.path, site.expr), f"{record.name} is built here") for site in sites
                ),
                help=f"write one function that hands {record.name} out, and call it there",
            )
            yield Found(finding)
