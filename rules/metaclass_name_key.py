"""REG301 metaclass-name-key: the name of an object's class becomes its key in a registry.

Why is this bad?
    Two objects of one class take one key, and the second is refused or replaces the first. If a *class* arrives
    where an instance was expected, `type(x)` is its metaclass, and every class of that kind takes one key: the
    outage `modelmetaclass already registered in ToolRegistry` was that. As a fallback it hides that a name is
    missing, where it is missing.

What to do instead
    Ask for the name and say what lacks it. A project may name a helper for it in the configuration:

        [[tool.registry-lint.registries]]
        class = "app.registry.ToolRegistry"
        name-helper = "app.names.stable_name"

When not to use it
    Registries in which each class is meant to have at most one instance, keyed by its class. (The whole path of an
    object's class, with its `__module__`, is taken for that, and not reported.)

    A dict that is no registry is reported only where a class is put there under its metaclass's name.

What it cannot see
    Names that travel through text formats or a database. The same expression in a log, a metric or a message is
    nobody's business, also where it stands between the source and the key. An object that gives itself a name
    (`self.name = type(self).__name__`, or by a property) is not reported either.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from registry_lint import LIKELY, ClassValue, Finding, Found, Invalid, MetaclassValue, Rule, Span, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import Fix, NamedKey, Project, Workshop


class MetaclassNameKey(Rule):
    """Reports class-name expressions that reach a key, one finding a place."""

    code = "REG301"

    VALID = (
        Valid("""
--- app/registry.py
import logging

class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def add(registry: ToolRegistry, tool):
    logging.info("adding %s", type(tool).__name__)
    registry.register(tool.name, tool)
"""),
        Valid("""
--- app/registry.py
class HandlerRegistry:
    def register(self, name, handler_class):
        self._classes[name] = handler_class

class Handler:
    pass

HandlerRegistry().register(Handler.__name__, Handler)  # a class under its own name
"""),
        # The path that its class is imported by.
        Valid("""
--- app/destinations.py
class DestinationRegistry:
    def register(self, path, destination):
        self._destinations[path] = destination

class Destination:
    @property
    def type_path(self):
        return type(self).__module__ + "." + type(self).__qualname__

def add(registry: DestinationRegistry, destination):
    registry.register(f"{destination.__class__.__module__}.{destination.__class__.__qualname__}", destination)
    registry.register(Destination().type_path, destination)
"""),
        # A class that has a name of its own is asked for it, and the fallback is not for it.
        Valid("""
--- app/tools.py
class Search:
    name = "search"

    def run(self): ...

def by_name(tools):
    found = {}
    for tool in tools:
        found[getattr(tool, "name", type(tool).__name__)] = tool
    return found

def by_name_at_last(tools):
    found = {}
    for tool in tools:
        try:
            key = tool.name
        except AttributeError:
            key = type(tool).__name__
        found[key] = tool
    return found

by_name([Search])
by_name_at_last([Search])
"""),
        # A base that names its objects by their classes, until they say otherwise.
        Valid("""
--- app/views.py
class View:
    @property
    def name(self):
        return type(self).__name__.removesuffix("View")

class TreeView(View):
    pass

class ViewRegistry:
    def __init__(self):
        self._views = {}

    def register(self, view: View):
        self._views[view.name.lower()] = view

ViewRegistry().register(TreeView())
"""),
        # A record of a class, under the name of the class.
        Valid("""
--- app/resources.py
from dataclasses import dataclass

class Resource:
    pass

@dataclass
class Entry:
    resource_class: type[Resource]
    name: str | None = None

    @property
    def key(self):
        return self.name or self.resource_class.__qualname__

class ResourceRegistry:
    def __init__(self):
        self._entries = {}

    def register(self, resource_class=None, resource=None):
        if resource is not None:
            resource_class = type(resource)
        entry = Entry(resource_class, name=resource.name if resource else None)
        self._entries[entry.key] = entry

ResourceRegistry().register(resource=Resource())
"""),
        # A registry that is asked by the names of classes, and says so.
        Valid("""
--- app/toolkits.py
import importlib

class ToolkitManager:
    def __init__(self):
        self._classes = {}

    def register_class(self, class_name, module):
        self._classes[class_name] = getattr(importlib.import_module(module), class_name)

    def reload(self, toolkit):
        self.register_class(type(toolkit).__name__, type(toolkit).__module__)
"""),
        # A list for each class: the second object of a class is added to the first.
        Valid("""
--- app/registry.py
class HandlerRegistry:
    def __init__(self):
        self._handlers = {}

    def register(self, handler):
        kind = type(handler).__name__
        if kind not in self._handlers:
            self._handlers[kind] = []
        self._handlers[kind].append(handler)

_REGISTRY = {}

def register(handler):
    key = type(handler).__name__
    if key in _REGISTRY:
        _REGISTRY[key].add(handler)
    else:
        _REGISTRY[key] = {handler}
"""),
        # Something else in the text tells two objects of one class apart.
        Valid("""
--- app/registry.py
from uuid import uuid4

class SkillRegistry:
    def __init__(self):
        self._skills = {}

    def register(self, key, skill):
        self._skills[key] = skill

    def add(self, skill):
        kind = type(skill).__qualname__
        self._skills[f"{skill.name}:{kind}"] = skill
        self._skills[f"{type(skill).__name__}-{uuid4()}"] = skill
        self.register(f"{kind}_{id(skill)}", skill)
        config_hash = hash(skill.config)
        self.register(f"{kind}:{config_hash}", skill)
"""),
    )
    INVALID = (
        # Past the methods of the one object, by a helper whose name and annotation say only that it is a text.
        Invalid("""
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self.tools[name] = tool

registry = ToolRegistry()

--- app/adopt.py
from app.registry import registry

def _identify(tool) -> str:
    return getattr(tool, "name", None) or tool.__class__.__name__
                                          ^^^^^^^^^^^^^^^^^^^^^^^ REG301 the name of an object's class becomes its key in ToolRegistry

def adopt(tool):
    registry.tools[_identify(tool)] = tool

def adopt_all(tools: list, more: dict):
    registry.tools.update({tool.__class__.__name__: tool for tool in tools})
                           ^^^^^^^^^^^^^^^^^^^^^^^ REG301 the name of an object's class becomes its key in ToolRegistry
    for tool in more.values():
        registry.register(type(tool).__name__.lower(), tool)
                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG301 the name of an object's class becomes its key in ToolRegistry
    first = more["first"]
    registry.register(type(first).__name__, first)
                      ^^^^^^^^^^^^^^^^^^^^ REG301 the name of an object's class becomes its key in ToolRegistry
"""),
        Invalid(
            """
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def add(registry: ToolRegistry, tool):
    if hasattr(tool, "name") and tool.name:
        name = tool.name
    else:
        name = getattr(tool, "__class__", type(tool)).__name__.lower()
               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG301 the name of an object's class becomes its key in ToolRegistry
    registry.register(name, tool)
""",
            fixed="""
--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def add(registry: ToolRegistry, tool):
    if hasattr(tool, "name") and tool.name:
        name = tool.name
    else:
        raise ValueError(f"{tool!r} has no name to be registered under")
    registry.register(name, tool)
""",
        ),
        Invalid(
            """
--- app/names.py
def stable_name(thing):
    return thing.name

--- app/registry.py
class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def add(registry: ToolRegistry, tool):
    registry.register(type(tool).__name__, tool)
                      ^^^^^^^^^^^^^^^^^^^ REG301 the name of an object's class becomes its key in ToolRegistry
""",
            fixed="""
--- app/registry.py
from app.names import stable_name

class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

def add(registry: ToolRegistry, tool):
    registry.register(stable_name(tool), tool)
""",
            configuration="""
[[registries]]
class = "app.registry.ToolRegistry"
name-helper = "app.names.stable_name"
""",
        ),
        Invalid("""
--- app/plugins.py
_REGISTRY = {}

def register(plugin):
    _REGISTRY[type(plugin).__name__] = plugin
              ^^^^^^^^^^^^^^^^^^^^^ REG301 the name of an object's class becomes its key in _REGISTRY
    return plugin

def register_class(plugin_class):
    _REGISTRY[plugin_class.__name__] = plugin_class
"""),
        Invalid("""
--- app/tools.py
class Tool:
    pass

class Meta(type):
    pass

class Search(Tool, metaclass=Meta):
    pass

class ToolRegistry:
    def register(self, name: str, tool: Tool) -> None:
        self._tools[name] = tool

    def add(self, tool: Tool, user_id):
        self._tools[f"tool-{tool.__class__.__qualname__}"] = tool
                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG301 the name of an object's class becomes its key in ToolRegistry
        self._tools[f"{user_id}-{type(tool).__name__}"] = tool
                                 ^^^^^^^^^^^^^^^^^^^ REG301 the name of an object's class becomes its key in ToolRegistry

def fill(registry: ToolRegistry):
    for tool in (Search,):
        registry.register(type(tool).__name__, tool)
                          ^^^^^^^^^^^^^^^^^^^ REG301 the name of the metaclass (Meta) becomes the key of the class Search in ToolRegistry
"""),
        Invalid("""
--- app/tools.py
class Search:
    def run(self): ...

def by_name(tools):
    found = {}
    for tool in tools:
        found[getattr(tool, "name", type(tool).__name__)] = tool
                                    ^^^^^^^^^^^^^^^^^^^ REG301 the name of the metaclass (type) becomes the key of the class Search in found
    return found

def by_kind(tools):
    return {type(tool).__name__: tool for tool in tools}

by_name([Search])
by_kind([Search()])
"""),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield one finding for each class-name expression that reaches a key."""
        reaching: dict[Span, list[NamedKey]] = {}
        for named in project.named_keys.all:
            meant = _is_own_name(project, named) or _names_itself(project, named) or _is_asked_for(project, named)
            meant = meant or _is_import_path(project, named)
            if not meant and not _has_a_name(project, named):
                reaching.setdefault(named.source, []).append(named)
        for span, keys in reaching.items():
            yield self._found(project, span, keys)

    def _found(self, project: Project, span: Span, keys: list[NamedKey]) -> Found:
        worst = next((named for named in keys if isinstance(named.value.of, MetaclassValue)), keys[0])
        registry = worst.called
        if isinstance(worst.value.of, MetaclassValue):
            of = worst.value.of.of
            metaclass, name = project.kinds.metaclass_name(of), project.classes.name(of)
            message = f"the name of the metaclass ({metaclass}) becomes the key of the class {name} in {registry}"
        else:
            message = f"the name of an object's class becomes its key in {registry}"
        finding = Finding(
            self.code,
            span,
            message,
            confidence="likely" if min(named.level for named in keys) == LIKELY else "certain",
            trace=worst.steps,
            help="ask for a name, and say what lacks it",
        )
        return Found(finding, _suggestion(project, span, worst))


def _has_a_name(project: Project, named: NamedKey) -> bool:
    """A class that has what it is asked for first: `getattr(tool, "name", type(tool).__name__)` ends there."""
    of = named.value.of
    return isinstance(of, MetaclassValue) and any(
        project.kinds.has_attribute(of.of, name, on_class=True) for name in project.asked_first(named.source)
    )


def _names_itself(project: Project, named: NamedKey) -> bool:
    """`self.name = type(self).__name__`, or a property that says so: an object that gives itself a name, which then is
    its name."""
    subject = project.named_object(named.source)
    if subject is None or not project.is_receiver(subject):
        return False
    return any(step.message.startswith(("stored as attribute", "handed out by property")) for step in named.steps)


def _is_import_path(project: Project, named: NamedKey) -> bool:
    """`f"{type(tool).__module__}.{type(tool).__qualname__}"`: the class itself, told by its whole path. That of a
    metaclass is as good as none."""
    return not isinstance(named.value.of, MetaclassValue) and project.is_in_import_path(named.source)


def _is_asked_for(project: Project, named: NamedKey) -> bool:
    """A key that is called a class's name where it is handed in: `def register(self, class_name, …)`."""
    if named.registration is None:
        return False
    storing = named.registration.storing
    parameter = project.function(storing.function).parameters[storing.key].name
    return re.fullmatch(r"_*(?:\w+_)?(?:class|cls|type)_?name_*", parameter) is not None


def _is_own_name(project: Project, named: NamedKey) -> bool:
    """A class that is registered under its own name: `register(Handler.__name__, Handler)`."""
    if project.named_keys.is_of_declared_class(named):
        return True
    return isinstance(named.value.of, ClassValue) and project.named_keys.registers_the_class(named)


def _suggestion(project: Project, span: Span, named: NamedKey) -> partial[Fix | None] | None:
    """The contract's helper in the place of the expression; else an error in the place of the fallback."""
    subject = project.named_object(span)
    if subject is None:
        return None
    contract = project.registries.contract_of(named.registry) if named.registry is not None else None
    if contract is not None and contract.name_helper:
        module, _, name = contract.name_helper.rpartition(".")
        return partial(_call_helper, span, subject, module, name)
    if project.is_fallback_assignment(span):
        return partial(_refuse, span, subject)
    return None


def _call_helper(span: Span, subject: Span, module: str, name: str, workshop: Workshop) -> Fix | None:
    tree = workshop.open(span.path)
    tree.replace(span, f"{tree.import_name(module, name, at=span)}({tree.text(subject)})")
    return tree.fix("unsafe", f"Ask {name} for a stable name")


def _refuse(span: Span, subject: Span, workshop: Workshop) -> Fix | None:
    tree = workshop.open(span.path)
    error = f'raise ValueError(f"{{{tree.text(subject)}!r}} has no name to be registered under")'
    tree.replace_statement(tree.statement(span), error, and_rest=True)
    return tree.fix("unsafe", "Say what lacks a name")
