"""Whole invented projects: modules that import each other in circles, classes that derive from each other, values
that go from anywhere to anywhere, and registries at the end of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

_HEADS = ("", "from __future__ import annotations\n", "# -*- coding: utf-8 -*-\n", '"""A module."""\n', "\ufeff")
_BASES = ("", "", "ABC", "BaseModel", "BaseTool", "Generic[T]", "Registry", "Protocol", "Exception", "type", "dict")


class Project:
    """One project being invented. Everything is a function of the random source."""

    def __init__(self, random: random.Random) -> None:
        self.random = random
        self.modules = [f"m{number}" for number in range(random.randint(1, 7))]
        if random.random() < 0.4:
            self.modules += [f"pkg.{name}" for name in ("a", "b", "__init__")]
        self.classes = [
            f"{word}{number}" for number in range(3) for word in ("Registry", "Tool", "Agent", "Tracker", "Model")
        ]
        self.functions = ["make", "get_tool_registry", "get_tracker", "register_tool", "run", "create_agent", "f", "g"]
        self.variables = ["tools", "registry", "x", "y", "state", "components", "_instance", "self"]

    def files(self) -> dict[str, bytes]:
        """The files by path."""
        found = {}
        for module in self.modules:
            path = module.replace(".", "/") + self.random.choice(
                (".py", ".py", ".py", ".pyi" if "." in module else ".py")
            )
            found[path] = self.module().encode("utf-8", "replace")
        if self.random.random() < 0.3:
            found[f"tests/test_{self.random.choice(self.modules).replace('.', '_')}.py"] = self.module().encode()
        return found

    def module(self) -> str:
        """The text of one module."""
        lines = [self.import_() for _ in range(self.random.randint(0, 5))]
        lines += [self.definition(0) for _ in range(self.random.randint(1, 7))]
        lines += [self.statement(0, 0) for _ in range(self.random.randint(0, 8))]
        return self.random.choice(_HEADS) + "\n".join(lines) + self.random.choice(("\n", "", "\n\n"))

    def pick(self, *words: str) -> str:
        return self.random.choice(words)

    def name(self) -> str:
        return self.random.choice(self.random.choice((self.classes, self.functions, self.variables)))

    def import_(self) -> str:
        module = self.random.choice(self.modules).removesuffix(".__init__")
        return self.pick(
            f"import {module}",
            f"import {module} as {self.name()}",
            f"from {module} import {self.name()}",
            f"from {module} import {self.name()} as {self.name()}",
            f"from {module} import *",
            f"from . import {self.name()}",
            f"from ..{module} import {self.name()}",
            f"try:\n    from {module} import {self.name()} as Tool0\nexcept ImportError:\n    Tool0 = {self.expr(1)}",
            f"if TYPE_CHECKING:\n    from {module} import {self.name()}",
            "from pydantic import BaseModel",
            "from langchain_core.tools import BaseTool",
            f"__all__ = [{self.name()!r}, {self.name()!r}]",
        )

    def definition(self, depth: int) -> str:
        return self.class_(depth) if self.random.random() < 0.55 else self.function(depth)

    def class_(self, depth: int) -> str:
        pad = "    " * depth
        name = self.random.choice(self.classes)
        bases = [base for base in (self.pick(*_BASES), self.pick(*_BASES, *self.classes)) if base]
        if self.random.random() < 0.1:
            bases.append(name)  # itself
        if self.random.random() < 0.1:
            bases.append(f"metaclass={self.name()}")
        lines = [f"{pad}@{self.expr(2)}"] if self.random.random() < 0.15 else []
        lines.append(f"{pad}class {name}{'(' + ', '.join(dict.fromkeys(bases)) + ')' if bases else ''}:")
        lines.append(f"{pad}    name = {self.pick(chr(34) + 'n' + chr(34), self.expr(2))}")
        if "Registry" in name or self.random.random() < 0.2:
            lines += [
                f"{pad}    def __init__(self, scope=None):",
                f"{pad}        self._items = {self.pick('{}', 'dict()', self.expr(2))}",
                f"{pad}    def register(self, name, tool{self.pick('', ': Tool0', '=None', ', *args', ', **kwargs')}):",
                f"{pad}        if name in self._items:",
                f"{pad}            raise ValueError(name)",
                f"{pad}        self._items[{self.pick('name', 'tool.name', self.expr(2))}] = tool",
            ]
        lines += [self.function(depth + 1, method=True) for _ in range(self.random.randint(0, 3))]
        return "\n".join(lines)

    def function(self, depth: int, *, method: bool = False) -> str:
        pad = "    " * depth
        name = self.pick(*self.functions, "__init__", "register", "run", "__init_subclass__", "__call__", "test_it")
        parameters = [self.pick("self", "cls")] if method else []
        parameters += list(dict.fromkeys(self.pick("tool", "tools", "registry", "x", "name") for _ in range(2)))
        parameters = [
            parameter + (f": {self.expr(2)}" if self.random.random() < 0.3 and parameter not in ("self", "cls") else "")
            for parameter in parameters
        ]
        decorators = [
            self.pick("property", "classmethod", "staticmethod", "registry.register", "contextmanager", "lru_cache")
        ]
        lines = [f"{pad}@{decorators[0]}"] if self.random.random() < 0.25 else []
        asynchronous = "async " if self.random.random() < 0.2 else ""
        lines.append(
            f"{pad}{asynchronous}def {name}({', '.join(parameters)}){self.pick('', ' -> Tool1', ' -> list[Tool0]')}:"
        )
        lines += [self.statement(depth + 1, 0) for _ in range(self.random.randint(1, 5))]
        if asynchronous:
            lines.append(f"{pad}    await {self.expr(1)}")
        return "\n".join(lines)

    def statement(self, depth: int, nested: int) -> str:
        pad = "    " * depth
        deeper = nested < 3

        def suite() -> str:
            return "\n".join(self.statement(depth + 1, nested + 1) for _ in range(self.random.randint(1, 3)))

        simple = self.pick(
            f"{self.random.choice(self.variables)} = {self.expr(0)}",
            f"{self.random.choice(self.variables)}.{self.pick('tools', 'name', 'state', '_items')} = {self.expr(0)}",
            f"{self.random.choice(self.variables)}[{self.expr(2)}] = {self.expr(0)}",
            f"{self.pick('registry', 'self', 'Registry0()', self.expr(2))}.register({self.expr(1)}, {self.expr(1)})",
            f"{self.random.choice(self.variables)}.append({self.expr(1)})",
            f"{self.random.choice(self.variables)} += {self.expr(1)}",
            f"x, *y = {self.expr(0)}",
            self.expr(0),
            f"raise {self.expr(1)}",
            f"global {self.pick('tools', 'registry', '_instance')}" if depth else "pass",
            f"return {self.expr(0)}" if depth else "pass",
            f"yield {self.expr(1)}" if depth else "pass",
            f"del {self.random.choice(self.variables)}",
            f"# registry-lint: {self.pick('ignore', 'disable', 'enable', 'x')}[{self.pick('REG101', '')}]\n{pad}pass",
        )
        if not deeper or self.random.random() < 0.65:
            return pad + simple
        compounds = (
            lambda: f"if {self.test()}:\n{suite()}\n{pad}else:\n{suite()}",
            lambda: f"if not {self.test()}:\n{pad}    {self.pick('return', 'raise', 'pass') if depth else 'pass'}",
            lambda: f"for {self.pick('tool', 'x, y', 'name, tool', 'self.x')} in {self.expr(0)}:\n{suite()}",
            lambda: f"while {self.test()}:\n{suite()}",
            lambda: (
                f"try:\n{suite()}\n{pad}except {self.pick('Exception', 'ValueError as e', '(KeyError, E)')}:\n{suite()}"
            ),
            lambda: f"with {self.expr(1)} as {self.random.choice(self.variables)}:\n{suite()}",
            lambda: f"match {self.expr(1)}:\n{pad}    case {self.pick('Tool0()', '[x, *_]', 'x')}:\n{pad}        pass",
            lambda: self.definition(depth).lstrip() if depth < 3 else "pass",
        )
        return pad + self.random.choice(compounds)()

    def test(self) -> str:
        return self.pick(
            f"isinstance({self.expr(2)}, {self.name()})",
            f"hasattr({self.expr(2)}, 'name')",
            f"{self.expr(2)} is None",
            f"callable({self.expr(2)})",
            f"inspect.isclass({self.expr(2)})",
            f"{self.expr(2)} not in {self.expr(2)}",
            self.expr(2),
        )

    def expr(self, depth: int) -> str:
        """An expression; `depth` bounds how much stands in it."""
        if depth > 2 or self.random.random() < 0.25:
            return self.pick(
                self.name(), self.name(), "'a'", "None", "(1)", "[]", "{}", "self.tools", "self", "cls", "..."
            )
        inner = [self.expr(depth + 1) for _ in range(2)]
        return self.pick(
            f"{self.name()}()",
            f"{self.name()}({inner[0]})",
            f"{self.name()}({inner[0]}, tool={inner[1]})",
            f"{inner[0]}.{self.pick('tools', 'name', 'state', 'get', '__name__', '__class__', 'lower()', 'x()')}",
            f"type({inner[0]}).__name__.lower()",
            f"getattr({inner[0]}, '__class__', {inner[1]}).__name__",
            f"[{inner[0]}, {inner[1]}]",
            f"({inner[0]}, *{inner[1]})",
            f"{{'tools': {inner[0]}, {inner[1]}: {self.name()}}}",
            f"[{self.name()}(t) for t in {inner[0]} if {inner[1]}]",
            f"{{t.name: t for t in {inner[0]}}}",
            f"({inner[0]} or {inner[1]})",
            f"({inner[0]} if {inner[1]} else {self.name()})",
            f"(lambda tool={inner[0]}: {inner[1]})",
            f"partial({inner[0]}, {inner[1]})",
            f"f'{{{self.name()}}}-{{{self.name()}.__name__}}'",
            f"{inner[0]}[{inner[1]}]",
            f"{self.name()}[{inner[0]}]({inner[1]})",
            f"(y := {inner[0]})",
            f"super().register({inner[0]}, {inner[1]})",
            f"sorted({inner[0]}, key={inner[1]})",
            f"({inner[0]} + {inner[1]})",
            f"dict({self.pick('tools', 'x')}={inner[0]}, **{inner[1]})",
            f"(not {inner[0]})",
        )


def grown(random: random.Random) -> dict[str, bytes]:
    """The files of an invented project."""
    return Project(random).files()
