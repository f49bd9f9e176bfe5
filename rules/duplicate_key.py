"""REG204 duplicate-key: one key is registered twice in one registry, and nothing says that this is meant.

Why is this bad?
    The second registration is refused at run time, or it replaces the first without a word, or it is dropped. Which of
    them it is depends on the registry; what nobody gets is two entries. Where the two stand in different modules, the
    order of imports decides.

What to do instead
    Give one of them another name. Where the second is meant to replace the first, say so: `override=True`, or take the
    first one out before.

When not to use it
    Registries that keep several values under one key, where the rule does not see it (it does for lists).

What it cannot see
    Keys that are computed. Registries are told apart by what holds them: a name, a module's name, an attribute of
    `self`, a parameter that is followed to the callers. Registrations in different modules meet in one program only if
    both are imported: such a finding is `likely`. The rule is silent in branches that exclude each other (a fallback in
    `except ImportError` too), behind a test that asks the registry, and where a refusal is expected (`pytest.raises`,
    `except ValueError`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint import LIKELY, Finding, Found, Invalid, Rule, Valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint import Duplicate, Project


class DuplicateKey(Rule):
    """Reports the second registration."""

    code = "REG204"

    VALID = (
        # A key of two parts, that another method puts together.
        Valid("""
--- app/shortcuts.py
class ShortcutRegistry:
    def register(self, name, run, context):
        self._register(f"ctrl+{name[0]}", name, run, context)

    def _register(self, keys, name, run, context):
        self._shortcuts[(context, name)] = Shortcut(keys)

class Tabs(ShortcutRegistry):
    def register_all(self):
        for name, run, context in (("next", print, "editor"), ("previous", repr, "editor")):
            self.register(name=name, run=run, context=context)
"""),
        Valid("""
--- app/registry.py
class Entry:
    def __init__(self, part, kind, path): ...

class Registry:
    def __init__(self, allow_override=False):
        self._items = {}
        self._by_kind = {}
        self._handlers = {}
        self._parts = {}

    def register(self, name, item, force=False):
        self._items[name] = item

    def register_kind(self, kind, name, item):
        self._by_kind[kind][name] = item

    def register_handler(self, event, handler):
        self._handlers.setdefault(event, []).append(handler)

    def register_part(self, part, kind, path):
        if part not in self._parts:
            self._parts[part] = {}
        self._parts[part][kind] = Entry(part, kind, path)

    def unregister(self, name):
        del self._items[name]

    def get(self, name):
        return self._items.get(name)

tools = Registry()
agents = Registry()
loose = Registry(allow_override=True)

tools.register("search", 1)
agents.register("search", 2)
loose.register("search", 1)
loose.register("search", 2)
tools.register_kind("a", "x", 1)
tools.register_kind("b", "x", 2)
tools.register_handler("start", print)
tools.register_handler("start", repr)
tools.register_part("pool", "rust", "native.pool")
tools.register_part("filter", "rust", "native.filter")

def fill(fast, registry):
    if fast:
        tools.register("rank", 1)
    else:
        tools.register("rank", 2)
    try:
        from vendor import Better
        tools.register("better", Better())
    except ImportError:
        tools.register("better", None)
    tools.register("cost", 1)
    tools.register("cost", 2, force=True)
    tools.register("late", 1)
    tools.unregister("late")
    tools.register("late", 2)
    if tools.get("maybe") is None:
        tools.register("maybe", 1)
    tools.register("maybe", 2)
    tools.register("asked", 1)
    if "asked" not in tools:
        tools.register("asked", 2)

def reload():
    tools.register("search", 3)  # a hot reload runs another time

def early(fast):
    local = Registry()
    if fast:
        local.register("one", 1)
        return local
    local.register("one", 2)
    return local
"""),
        Valid("""
--- app/registry.py
class Registry:
    def register(self, name, item):
        if name in self._items:
            raise ValueError(name)
        self._items[name] = item

--- tests/test_registry.py
import pytest
from app.registry import Registry

def test_refuses_a_second_one():
    registry = Registry()
    registry.register("one", 1)
    with pytest.raises(ValueError):
        registry.register("one", 2)

def test_takes_one():
    Registry().register("one", 1)

--- app/check.py
import pytest
from app.registry import Registry

def check():
    registry = Registry()
    registry.register("one", 1)
    with pytest.raises(ValueError):
        registry.register("one", 2)
    try:
        registry.register("one", 3)
    except ValueError as error:
        return error
"""),
        # A package that hands on what its modules have registers the same object under its own name.
        Valid("""
--- app/registry.py
class EntityRegistry:
    def __init__(self):
        self._entities = {}

    def register(self, name, entity):
        self._entities[name] = entity

entities = EntityRegistry()

--- app/losses/__init__.py
from app.losses.text import TextLoss
from app.registry import entities

__all__ = ["TextLoss"]

for name in __all__:
    entities.register(name, globals()[name])

--- app/losses/text.py
from app.registry import entities

class TextLoss:
    pass

__all__ = ["TextLoss"]

for name in __all__:
    entities.register(name, globals()[name])
"""),
        # Functions that hand a key on: one that asks first, one that is told to replace, other registries, other keys.
        Valid("""
--- app/registry.py
class ToolRegistry:
    def __init__(self):
        self._tools = {}

    def register(self, name, tool, override=False):
        self._tools[name] = tool

    def get(self, name):
        return self._tools.get(name)

    def names(self):
        return list(self._tools)

tools = ToolRegistry()
more_tools = ToolRegistry()

def add_once(name, tool):
    if name in tools.names():
        return
    tools.register(name, tool)

def add_missing(name, tool):
    if tools.get(name) is None:
        tools.register(name, tool)

def add(name, tool, override=False):
    tools.register(name, tool, override=override)

def add_to(registry, name, tool):
    registry.register(name, tool)

def add_below(prefix, name, tool):
    tools.register(f"{prefix}.{name}", tool)

def tool(name):
    def wrap(function):
        tools.register(f"fn.{name}" if function else name, function)
        return function
    return wrap

class Bench:
    def __init__(self, registry: ToolRegistry):
        self.registry = registry

    def add(self, name, tool):
        self.registry.register(name, tool)

--- app/main.py
from app.registry import Bench, add, add_below, add_missing, add_once, add_to, more_tools, tool, tools

def fill(one: Bench, other: Bench, fast):
    add_once("once", 1)
    add_once("once", 2)
    add_missing("missing", 1)
    add_missing("missing", 2)
    add("again", 1)
    add("again", 2, override=True)
    add_to(tools, "to", 1)
    add_to(more_tools, "to", 2)
    add_below("a", "below", 1)
    add_below("b", "below", 2)
    one.add("bench", 1)
    other.add("bench", 2)
    if fast:
        add("branch", 1)
    else:
        add("branch", 2)
    if "asked" not in tools:
        add("asked", 1)
    add("asked", 2)

@tool("fn")
def first(): ...

@tool("fn")
def second(): ...
"""),
    )
    INVALID = (
        # Through functions that hand the key on, and decorators that do.
        Invalid("""
--- app/registry.py
class ToolRegistry:
    def __init__(self):
        self._tools = {}

    def register(self, name, tool, override=False):
        self._tools[name] = tool

tools = ToolRegistry()

def add(name, tool, override=False):
    tools.register(name, tool, override=override)

def add_to(registry, tool, *, key):
    if key in tools:
        raise ValueError(key)
    registry.register(key, tool)

def tool(name=None):
    def wrap(function):
        tools.register(name or function.__name__, function)
        return function
    return wrap

def search_tool(name, **options):
    return tool(name)

class Bench:
    def __init__(self, registry: ToolRegistry):
        self.registry = registry

    def add(self, name, tool):
        self.registry.register(name, tool)

    def fill(self):
        self.add("bench", 1)
        self.add("bench", 2)
                 ^^^^^^^ REG204 the key 'bench' is registered twice in ToolRegistry

def fill(registry: ToolRegistry):
    def put(key, tool):
        registry.register(key, tool)

    put("put", 1)
    put("put", 2)
        ^^^^^ REG204 the key 'put' is registered twice in ToolRegistry

--- app/one.py
from app.registry import Bench, ToolRegistry, add, add_to, search_tool, tool

add("twice", 1)

@tool("find")
def find(): ...

@search_tool("search")
def search(): ...

def main(bench: Bench):
    registry = ToolRegistry()
    add_to(registry, 1, key="key")
    add_to(registry, 2, key="key")
                            ^^^^^ REG204 the key 'key' is registered twice in ToolRegistry
    bench.add("main", 1)
    bench.add("main", 2)
              ^^^^^^ REG204 the key 'main' is registered twice in ToolRegistry

--- app/two.py
from app.registry import add, search_tool, tool

add("twice", 2)
    ^^^^^^^ REG204 the key 'twice' is registered twice in ToolRegistry

@tool("find")
      ^^^^^^ REG204 the key 'find' is registered twice in ToolRegistry
def find_more(): ...

@search_tool("search")
             ^^^^^^^^ REG204 the key 'search' is registered twice in ToolRegistry
def search_more(): ...
"""),
        Invalid("""
--- app/tools.py
from pydantic import BaseModel

class Search(BaseModel):
    name: str = "search"

    def run(self): ...

class WebSearch(BaseModel):
    name: str = "search"

    def run(self): ...

class ToolRegistry:
    def register(self, tool):
        self._tools[tool.name] = tool

def fill():
    registry = ToolRegistry()
    for tool in (Search(), WebSearch()):
                           ^^^^^^^^^^^ REG204 the key 'search' is registered twice in ToolRegistry
        registry.register(tool)
"""),
        Invalid("""
--- app/registry.py
class Search:
    name = "search"

class Find:
    name = "search"

class Cost:
    name = "cost"

class ToolRegistry:
    def register(self, name, tool):
        self._tools[name] = tool

    def add_tool(self, tool):
        self._tools[tool.name] = tool

def fill():
    registry = ToolRegistry()
    registry.register("a", Search())
    registry.register("b", Find())
    registry.register("a", Find())
                      ^^^ REG204 the key 'a' is registered twice in ToolRegistry
    return registry

def loop():
    registry = ToolRegistry()
    for name, tool in [("a", Search()), ("b", Find()), ("a", Find())]:
                                                        ^^^ REG204 the key 'a' is registered twice in ToolRegistry
        registry.register(name, tool)

def by_name():
    registry = ToolRegistry()
    for tool in (Search(), Cost(), Find()):
                                   ^^^^^^ REG204 the key 'search' is registered twice in ToolRegistry
        registry.register(tool.name, tool)

def by_attribute():
    registry = ToolRegistry()
    registry.add_tool(Search())
    registry.add_tool(Find())
                      ^^^^^^ REG204 the key 'search' is registered twice in ToolRegistry
"""),
        Invalid("""
--- app/registry.py
class Registry:
    def register(self, name):
        def wrap(item):
            self._items[name] = item
            return item
        return wrap

    def register_class(self, cls):
        self._items[cls.__name__] = cls
        return cls

MODELS = Registry()

--- app/one.py
from app.registry import MODELS

@MODELS.register("net")
class Net:
    pass

@MODELS.register_class
class Plain:
    pass

--- app/two.py
from app import registry

@registry.MODELS.register("net")
                          ^^^^^ REG204 the key 'net' is registered twice in Registry
def net():
    return None

@registry.MODELS.register_class
 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ REG204 the key 'Plain' is registered twice in Registry
class Plain:
    pass
"""),
        Invalid("""
--- app/hub.py
class Registry:
    def register(self, name, item):
        self._items[name] = item

class SearchMixin:
    def _register_search(self):
        self.registry.register("search", 1)
        self.registry.register("find", 2)

class ReportMixin:
    def _register_report(self):
        self.registry.register("report", 3)
        self.registry.register("find", 4)
                               ^^^^^^ REG204 the key 'find' is registered twice in Registry

class Hub(SearchMixin, ReportMixin):
    def __init__(self):
        self.registry = Registry()
        self._register_search()
        self._register_report()

def add_one(registry):
    registry.register("one", 1)

def add_more(registry):
    registry.register("one", 2)
                      ^^^^^ REG204 the key 'one' is registered twice in Registry

def main():
    registry = Registry()
    add_one(registry)
    add_more(registry)
"""),
    )

    def check(self, project: Project) -> Iterator[Found]:
        """Yield every second registration."""
        for duplicate in project.duplicates.all:
            yield self._found(project, duplicate)

    def _found(self, project: Project, duplicate: Duplicate) -> Found:
        registry = project.classes.name(duplicate.registry)
        finding = Finding(
            self.code,
            duplicate.span,
            f"the key {duplicate.key!r} is registered twice in {registry}",
            confidence="likely" if duplicate.level == LIKELY else "certain",
            related=(duplicate.first, *duplicate.steps),
            help="give one of them another key, or say that the second replaces the first",
        )
        return Found(finding)
