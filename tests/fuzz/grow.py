"""Whole invented projects: modules that import each other in circles, classes that derive from each other, values
that go from anywhere to anywhere, and registries at the end of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

_HEADS = ("", "from __future__ import annotations\n", "# -*- coding: utf-8 -*-\n", '"""A module."""\n', "\ufeff")
_BASES = ("", "", "ABC", "BaseModel", "BaseTool", "Generic[T]", "Registry", "Protocol", "Exception", "type", "dict")

_HOLE = re.compile("<([envm012])>")
_IMPORTS = (
    "import <m>",
    "import <m> as <n>",
    "from <m> import <n>",
    "from <m> import <n> as <n>",
    "from <m> import *",
    "from . import <n>",
    "from ..<m> import <n>",
    "try:\n    from <m> import <n> as Tool0\nexcept ImportError:\n    Tool0 = <1>",
    "if TYPE_CHECKING:\n    from <m> import <n>",
    "from pydantic import BaseModel",
    "from langchain_core.tools import BaseTool",
    "__all__ = ['<n>', '<n>']",
)
_MODULE_STATEMENTS = (
    "<v> = <0>",
    *(f"<v>.{name} = <0>" for name in ("tools", "name", "state", "_items")),
    "<v>[<2>] = <0>",
    "registry.register(<1>, <1>)",
    "self.register(<1>, <1>)",
    "Registry0().register(<1>, <1>)",
    "<2>.register(<1>, <1>)",
    "<v>.append(<1>)",
    "<v> += <1>",
    "x, *y = <0>",
    "<0>",
    "raise <1>",
    "del <v>",
    "# registry-lint: ignore[REG101]\npass",
    "# registry-lint: disable[REG101]\npass",
    "# registry-lint: enable[]\npass",
    "# registry-lint: x[REG101]\npass",
)
_STATEMENTS = (*_MODULE_STATEMENTS, "global tools", "global _instance", *["return <0>"] * 3, "yield <1>")
_TESTS = (
    "isinstance(<2>, <n>)",
    "hasattr(<2>, 'name')",
    "<2> is None",
    "callable(<2>)",
    "inspect.isclass(<2>)",
    "<2> not in <2>",
    "<2>",
)
_SIMPLE = (*["<n>"] * 4, "'a'", "None", "(1)", "[]", "{}", "self.tools", "self", "cls", "...")
_EXPRESSIONS = (
    "<n>()",
    "<n>(<e>)",
    "<n>(<e>, tool=<e>)",
    *(f"<e>.{name}" for name in ("tools", "name", "state", "get", "__name__", "__class__", "lower()", "x()")),
    "type(<e>).__name__.lower()",
    "getattr(<e>, '__class__', <e>).__name__",
    "[<e>, <e>]",
    "(<e>, *<e>)",
    "{'tools': <e>, <e>: <n>}",
    "[<n>(t) for t in <e> if <e>]",
    "{t.name: t for t in <e>}",
    "(<e> or <e>)",
    "(<e> if <e> else <n>)",
    "(lambda tool=<e>: <e>)",
    "partial(<e>, <e>)",
    "f'{<n>}-{<n>.__name__}'",
    "<e>[<e>]",
    "<n>[<e>](<e>)",
    "(y := <e>)",
    "super().register(<e>, <e>)",
    "sorted(<e>, key=<e>)",
    "(<e> + <e>)",
    "dict(tools=<e>, **<e>)",
    "(not <e>)",
)


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
        return self.filled(self.random.choice(_IMPORTS), 1)

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

        def suite() -> str:
            return "\n".join(self.statement(depth + 1, nested + 1) for _ in range(self.random.randint(1, 3)))

        if not nested < 3 or self.random.random() < 0.65:
            form = self.random.choice(_STATEMENTS if depth else _MODULE_STATEMENTS)
            return pad + self.filled(form, 1).replace("\n", f"\n{pad}")
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
        return self.filled(self.random.choice(_TESTS), 1)

    def expr(self, depth: int) -> str:
        """An expression; `depth` bounds how much stands in it."""
        simple = depth > 2 or self.random.random() < 0.25
        return self.filled(self.random.choice(_SIMPLE if simple else _EXPRESSIONS), depth)

    def filled(self, form: str, depth: int) -> str:
        """A form with its holes filled: `<e>` an expression that is deeper, `<0>` to `<2>` one of that depth."""

        def fill(hole: re.Match[str]) -> str:
            match hole[1]:
                case "e":
                    return self.expr(depth + 1)
                case "n":
                    return self.name()
                case "v":
                    return self.random.choice(self.variables)
                case "m":
                    return self.random.choice(self.modules).removesuffix(".__init__")
                case number:
                    return self.expr(int(number))

        return _HOLE.sub(fill, form)


def grown(random: random.Random) -> dict[str, bytes]:
    """The files of an invented project."""
    return Project(random).files()
