"""Synthetic projects of any size, alike for the same seed, so that growth can be measured anywhere.

The shares are those of a large application with registries: half of the files are tests, one in six is a copy of
another, one module in 250 is a registry with its factory, one in 40 gets a registry through the factory, one in 300
builds it directly, one in 500 registers under the name of a metaclass. A module has imports of earlier modules,
docstrings, classes with methods, functions with branches and loops, 110 lines on average.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

_NOUNS = (
    "agent", "asset", "batch", "budget", "channel", "client", "cluster", "context", "cursor", "digest", "engine",
    "event", "export", "filter", "gateway", "handler", "invoice", "job", "ledger", "lookup", "message", "metric",
    "model", "notice", "order", "parser", "payload", "plan", "policy", "portal", "profile", "queue", "quota",
    "record", "report", "request", "result", "route", "schema", "session", "signal", "source", "state", "stream",
    "target", "task", "tenant", "ticket", "token", "trace", "update", "upload", "user", "vendor", "worker",
)  # fmt: skip
_VERBS = (
    "apply", "bind", "build", "check", "close", "collect", "commit", "compute", "convert", "create", "delete",
    "dispatch", "emit", "encode", "expand", "fetch", "find", "flush", "format", "handle", "index", "join", "load",
    "merge", "open", "order", "parse", "prepare", "publish", "read", "render", "resolve", "route", "save", "select",
    "send", "split", "start", "store", "sync", "track", "update", "validate", "verify", "walk", "write",
)  # fmt: skip
_WORDS = _NOUNS + _VERBS + ("the", "of", "and", "with", "for", "before", "after", "when", "each", "is", "are", "not")
_FILES_A_FOLDER = 25


class Made(NamedTuple):
    """What was generated."""

    files: int
    lines: int
    bytes: int
    registries: int
    direct: int  # modules that build a registry past its factory
    metaclass_keys: int


class _Module(NamedTuple):
    name: str  # dotted
    classes: tuple[str, ...]
    functions: tuple[str, ...]
    registry: str  # the registry class that it defines, or ""


def generate(folder: Path, files: int, seed: int = 0) -> Made:
    """Write a project of `files` Python files into an empty folder."""
    chance = random.Random(seed)
    copies = files // 6
    modules = max(1, (files - copies) // 2)
    tests = files - copies - modules
    known: list[_Module] = []
    registries: list[_Module] = []
    texts: dict[str, str] = {}
    direct = keys = 0
    for number in range(modules):
        package = f"app/{_NOUNS[number // _FILES_A_FOLDER % len(_NOUNS)]}_{number // _FILES_A_FOLDER}"
        name = f"{package.replace('/', '.')}.{chance.choice(_NOUNS)}_{number}"
        writer = _Writer(chance, known)
        module = writer.module(name, is_registry=number % 250 == 0)
        if module.registry:
            registries.append(module)
        else:
            if number % 40 == 1:
                writer.use_factory(chance.choice(registries))
            if number % 300 == 2:
                writer.build_directly(chance.choice(registries))
                direct += 1
            if number % 500 == 3:
                writer.register_under_metaclass_name(chance.choice(registries))
                keys += 1
        known.append(module)
        texts[name.replace(".", "/") + ".py"] = writer.text()
        texts.setdefault(f"{package}/__init__.py", "")
    texts.setdefault("app/__init__.py", "")
    # The packages' own files count, too: modules make room for them.
    for path in [path for path in texts if not path.endswith("__init__.py")][: max(0, len(texts) - modules)]:
        del texts[path]
    for number in range(tests):
        writer = _Writer(chance, known)
        writer.test(number)
        texts[f"tests/part_{number // _FILES_A_FOLDER}/test_{number}.py"] = writer.text()
    originals = sorted(texts)
    for number in range(files - len(texts)):
        original = originals[number * 7 % len(originals)]
        texts[f"snapshot_{number // len(originals)}_{number % 3}/{original}"] = texts[original]
    for path, text in texts.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    lines = sum(text.count("\n") for text in texts.values())
    size = sum(len(text.encode()) for text in texts.values())
    return Made(len(texts), lines, size, len(registries), direct, keys)


class _Writer:
    """The text of one module."""

    def __init__(self, chance: random.Random, known: list[_Module]) -> None:
        self._chance = chance
        self._known = known
        self._head: list[str] = []
        self._body: list[str] = []
        self._callable: list[str] = []

    def text(self) -> str:
        """The whole module."""
        return "\n".join([*self._head, "", "", *self._body, ""])

    def module(self, name: str, *, is_registry: bool) -> _Module:
        """A module of the application."""
        stem = name.rpartition(".")[2]
        self._head += [
            f'"""{self._prose(12)}"""',
            "from __future__ import annotations",
            "",
            "import logging",
            "import os",
        ]
        self._imports(self._chance.randrange(2, 6))
        self._head.append("logger = logging.getLogger(__name__)")
        camel = "".join(part.title() for part in stem.split("_"))
        registry = ""
        if is_registry:
            registry = f"{camel}Registry"
            self._registry(registry, stem)
        classes = tuple(
            f"{camel}{suffix}" for suffix in ("Service", "Record", "Policy")[: self._chance.randrange(1, 4)]
        )
        for class_name in classes:
            self._class(class_name)
        functions = tuple(f"{self._chance.choice(_VERBS)}_{stem}_{at}" for at in range(self._chance.randrange(1, 5)))
        for function in functions:
            self._function(function, "")
        return _Module(name, classes, functions, registry)

    def test(self, number: int) -> None:
        """A module of tests."""
        self._head += [f'"""{self._prose(9)}"""', "import pytest", "from unittest.mock import MagicMock"]
        self._imports(self._chance.randrange(1, 4))
        for at in range(self._chance.randrange(3, 9)):
            self._function(f"test_{self._chance.choice(_VERBS)}_{number}_{at}", "")

    def use_factory(self, module: _Module) -> None:
        """Get a registry as one should."""
        self._head.append(f"from {module.name} import get_{module.registry.lower()}")
        self._body += [
            "def attach(user, tool):",
            f"    registry = get_{module.registry.lower()}(user)",
            "    registry.register(tool.name, tool)",
            "    return registry",
            "",
        ]

    def build_directly(self, module: _Module) -> None:
        """Build a registry past its factory."""
        self._head.append(f"from {module.name} import {module.registry}")
        self._body += ["class DirectUser:", "    def __init__(self):", f"        self.own = {module.registry}()", ""]

    def register_under_metaclass_name(self, module: _Module) -> None:
        """The outage: classes where instances belong, under the name of their metaclass."""
        self._head += [f"from {module.name} import get_{module.registry.lower()}", "from pydantic import BaseModel"]
        self._body += [
            "class LateTool(BaseModel):",
            "    name: str",
            "",
            "def fill(user):",
            f"    registry = get_{module.registry.lower()}(user)",
            "    for tool in [LateTool]:",
            "        key = getattr(tool, '__class__', type(tool)).__name__.lower()",
            "        registry.register(key, tool)",
            "",
        ]

    def _imports(self, count: int) -> None:
        for module in self._chance.sample(self._known, min(count, len(self._known))):
            names = [*module.functions[:2], *module.classes[:1]]
            self._head.append(f"from {module.name} import {', '.join(names)}")
            self._callable += names

    def _registry(self, name: str, stem: str) -> None:
        self._body += [
            f"class {name}:",
            f'    """{self._prose(8)}"""',
            "    def __init__(self):",
            "        self._items = {}",
            "",
            "    def register(self, key, tool):",
            "        if key in self._items:",
            f"            raise ValueError(f'{{key}} already registered in {name}')",
            "        self._items[key] = tool",
            "",
            f"_shared_{stem} = {{}}",
            "",
            f"def get_{name.lower()}(user):",
            f"    if user not in _shared_{stem}:",
            f"        _shared_{stem}[user] = {name}()",
            f"    return _shared_{stem}[user]",
            "",
        ]

    def _class(self, name: str) -> None:
        base = self._chance.choice([called for called in self._callable if called[0].isupper()] or ["object"])
        self._body += [f"class {name}({base}):", f'    """{self._prose(14)}"""', ""]
        attributes = self._chance.sample(_NOUNS, 3)
        self._body.append(f"    def __init__(self, {', '.join(attributes)}=None):")
        self._body += [f"        self.{attribute} = {attribute}" for attribute in attributes]
        self._body.append("")
        for _ in range(self._chance.randrange(2, 6)):
            self._function(f"{self._chance.choice(_VERBS)}_{self._chance.choice(_NOUNS)}", "    ", attributes)

    def _function(self, name: str, indent: str, attributes: list[str] | None = None) -> None:
        one, two = self._chance.sample(_NOUNS, 2)
        parameters = ["self", one, two] if indent else [one, f"{two}=None"]
        if name.startswith("test_"):
            parameters = []
        self._body += [f"{indent}def {name}({', '.join(parameters)}):", f'{indent}    """{self._prose(10)}"""']
        if not parameters:
            self._body += [f"{indent}    {one} = MagicMock()", f"{indent}    {two} = {{'{one}': [1, 2, 3]}}"]
        called = self._chance.choice(self._callable or ["len"])
        held = f"self.{self._chance.choice(attributes)}" if attributes else two
        self._body += [
            f"{indent}    found = []",
            f"{indent}    for item in {held} or ():  # {self._prose(5)}",
            f"{indent}        if item is None or not hasattr(item, '{self._chance.choice(_NOUNS)}'):",
            f"{indent}            continue",
            f"{indent}        found.append({called}(item, {one}))",
            f"{indent}    logger.info('{self._prose(4)} %s', len(found))"
            if parameters
            else f"{indent}    assert {two}",
            f"{indent}    return {{'{one}': found, '{two}': {two}}}" if parameters else f"{indent}    assert not found",
            "",
        ]

    def _prose(self, words: int) -> str:
        return " ".join(self._chance.choices(_WORDS, k=words)).capitalize()
