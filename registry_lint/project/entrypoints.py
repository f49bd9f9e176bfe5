"""Where a program begins: what frameworks, schedulers, shells and the interpreter run by themselves.

Routes and web sockets, tasks, commands, startup and shutdown hooks, scripts, and what the configuration names. Found
by decorators and registering calls whose object is one of a known framework (`certain`), or is called like one
(`likely`). Tests and their fixtures are no entry points.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project import frameworks, scripts
from registry_lint.project.domain import (
    CERTAIN,
    LIKELY,
    ClassRef,
    ClassValue,
    ExternalValue,
    FunctionRef,
    FunctionValue,
    InstanceValue,
    Level,
    UnknownValue,
)
from registry_lint.project.looks import has_match, holds, times_called
from registry_lint.project.runs_in import ModuleBody, Node

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from registry_lint.findings import Span
    from registry_lint.project.frameworks import Kind, Registering
    from registry_lint.project.model import Project

_DECORATED = re.compile(rb"@[ \t]*(?:\w+\.)*(?:" + "|".join(sorted(frameworks.DECORATORS)).encode() + rb")\b")
_APPLICATION = re.compile(frameworks.APPLICATION_NAMES)
_MAINS = ("main", "amain", "async_main")
_DEFINES_MAIN = rb"^(?:async )?def a?(?:sync_)?main\b"


class EntryPoint(NamedTuple):
    """A function (or the body of a module) that something outside of the program runs."""

    node: Node
    kind: Kind
    framework: str  # "fastapi", "click", "argparse", "python", "pyproject.toml" …; "" where only the form tells
    label: str  # for a person: `POST /chat`, `command serve`, `script tools/run.py`
    span: Span  # the name of the function, or the test `__name__ == "__main__"`
    level: Level


class EntryPoints:
    """All entry points of production code."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def all(self) -> tuple[EntryPoint, ...]:
        """Every entry point, sorted by place; a function that is several has one for each kind.

        Parses every file with a decorator of a framework or a main test: ask `among` where only some nodes matter.
        """
        return self._collect(self._project.production, None)

    def among(self, nodes: Collection[Node]) -> tuple[EntryPoint, ...]:
        """The entry points that run one of these nodes, sorted; little more than their files is parsed."""
        return self._collect(tuple(sorted({node.path for node in nodes})), nodes)

    def within(self, paths: Collection[str]) -> tuple[EntryPoint, ...]:
        """The entry points that run something in one of these files, sorted."""
        return tuple(entry for entry in self._collect(tuple(sorted(paths)), None) if entry.node.path in paths)

    def _collect(self, paths: tuple[str, ...], nodes: Collection[Node] | None) -> tuple[EntryPoint, ...]:
        found: dict[tuple[Node, Kind], EntryPoint] = {}
        for entry in (
            *self._decorated(paths),
            *self._registered,
            *self._handlers(paths),
            *self._mains(paths),
            *self._scripts,
            *self._contracted,
        ):
            if nodes is None or entry.node in nodes:
                known = found.get((entry.node, entry.kind))
                if known is None or entry.level < known.level:
                    found[entry.node, entry.kind] = entry
        return tuple(sorted(found.values(), key=lambda entry: (entry.span, entry.kind, entry.label)))

    def _of_function(self, ref: FunctionRef, kind: Kind, framework: str, label: str, level: Level) -> EntryPoint:
        place = self._project.place(ref.path, self._project.function(ref).position)
        return EntryPoint(ref, kind, framework, label, place, level)

    # --- decorators ---

    def _decorated(self, paths: Iterable[str]) -> Iterator[EntryPoint]:
        for path in paths:
            is_decorated = self._project.files.look(path, has_match, _DECORATED.pattern, 0)
            file = self._project.files.facts(path) if is_decorated else None
            for index, function in enumerate(file.functions if file else ()):
                for decorator in function.decorators:
                    yield from self._by_decorator(FunctionRef(path, index), decorator)

    def _by_decorator(self, ref: FunctionRef, decorator: facts.ExprId) -> Iterator[EntryPoint]:
        file = self._project.facts_of(ref.path)
        record = file.expressions[decorator]
        target = record.func if isinstance(record, facts.Call) else decorator
        dotted = file.dotted(target) or ""
        last = dotted.rpartition(".")[2]
        known = frameworks.DECORATORS.get(last)
        if known is None:
            imported = self._imported_decorator(ref.path, target)
            known = frameworks.DECORATORS.get(imported.rpartition(".")[2]) if imported else None
            last = imported.rpartition(".")[2]
        if known is None:
            return
        kind, owners = known
        first = _first_text(file, record)
        whose = self._whose(ref.path, target, owners, kind, first)
        if whose is None:
            return
        framework, level = whose
        if last == "on_event":
            kind = "shutdown" if first == "shutdown" else "startup"
        yield self._of_function(ref, kind, framework, self._label(ref, kind, last, first), level)

    def _imported_decorator(self, path: str, target: facts.ExprId) -> str:
        """The dotted name of a third-party decorator that is imported under another name."""
        file = self._project.facts_of(path)
        dotted = file.dotted(target)
        if dotted is None or "." in dotted:
            return ""
        for value in self._project.names.resolve(path, self._project.names.scope_of(path, target), dotted):
            if isinstance(value, ExternalValue):
                return value.dotted
        return ""

    def _label(self, ref: FunctionRef, kind: Kind, last: str, first: str | None) -> str:
        name = self._project.function(ref).name
        if kind == "route" and first is not None:
            return f"{last.upper() if last in frameworks.VERBS else 'route'} {first}"
        if kind == "websocket" and first is not None:
            return f"websocket {first}"
        return f"{kind} {first or name}" if kind in ("command", "task") else f"{kind} {name}"

    def _whose(
        self, path: str, target: facts.ExprId, owners: dict[str, str], kind: Kind, first: str | None
    ) -> tuple[str, Level] | None:
        """The framework that a decorator or registering call belongs to, and how sure that is."""
        file = self._project.facts_of(path)
        record = file.expressions[target]
        flow = self._project.production_flow
        if not isinstance(record, facts.Attribute):
            for value in flow.types(path, target):
                framework = self._framework(value, owners)
                if framework is not None:
                    return framework, CERTAIN
            return None
        values = flow.types(path, record.base)
        for value in values:
            framework = self._framework(value, owners) or self._command_group(value, owners, kind)
            if framework is not None:
                return framework, CERTAIN
        if any(not isinstance(value, UnknownValue) for value in values):
            return None
        name = (file.dotted(record.base) or "").rpartition(".")[2].lower()
        if kind in ("route", "websocket") and (first or "").startswith("/") and _APPLICATION.fullmatch(name):
            return "", LIKELY
        if kind == "task" and "celery" in name:
            return "celery", LIKELY
        return None

    def _framework(self, value: object, owners: dict[str, str]) -> str | None:
        match value:
            case ExternalValue(dotted=dotted) | InstanceValue(of=str() as dotted) | ClassValue(of=str() as dotted):
                return owners.get(dotted.partition(".")[0])
            case InstanceValue(of=ClassRef() as of):
                for base in self._project.classes.order(of):
                    if isinstance(base, str) and base.partition(".")[0] in owners:
                        return owners[base.partition(".")[0]]
        return None

    def _command_group(self, value: object, owners: dict[str, str], kind: Kind) -> str | None:
        """`@cli.command()` where `cli` is a function that `@click.group()` decorates."""
        if kind != "command" or not isinstance(value, FunctionValue):
            return None
        ref = value.of
        file = self._project.facts_of(ref.path)
        for decorator in self._project.function(ref).decorators:
            record = file.expressions[decorator]
            target = record.func if isinstance(record, facts.Call) else decorator
            for found in self._project.production_flow.types(ref.path, target):
                if self._framework(found, owners):
                    return self._framework(found, owners)
            base = file.expressions[target]
            if isinstance(base, facts.Attribute) and base.name == "group":
                return "click"
        return None

    # --- calls that register ---

    @cached_property
    def _registered(self) -> tuple[EntryPoint, ...]:
        return tuple(self._by_calls())

    def _by_calls(self) -> Iterator[EntryPoint]:
        for name, registering in frameworks.CALLS.items():
            for path, call in self._calls(name, self._project.files.mentioning(name)):
                yield from self._by_call(path, call, registering, name)
        for dotted, registering in frameworks.FUNCTIONS.items():
            package, _, name = dotted.rpartition(".")
            for path, call in self._calls(name, self._project.files.mentioning(package.partition(".")[0])):
                if self._calls_function(path, call, dotted):
                    yield from self._by_call(path, call, registering, name, (package, CERTAIN))
        for hook, kind in frameworks.HOOKS.items():
            yield from self._hooks(hook, kind)

    def _calls(self, name: str, paths: Iterable[str]) -> Iterator[tuple[str, facts.ExprId]]:
        for path in paths:
            if self._project.settings.is_test(path) or path not in self._holding(name):
                continue
            if not self._project.files.look(path, times_called, name.encode()):
                continue
            file = self._project.files.facts(path)
            for call in file.calls.get(name, ()) if file else ():
                yield path, call

    def _holding(self, word: str) -> frozenset[str]:
        return self._project.calls.sieve.mentioning(word)

    def _calls_function(self, path: str, call: facts.ExprId, dotted: str) -> bool:
        func = self._project.call_at(path, call).func
        written = self._project.facts_of(path).dotted(func)
        if written is None:
            return False
        return ExternalValue(dotted) in self._project.names.resolve(
            path, self._project.names.scope_of(path, func), written
        )

    def _by_call(
        self,
        path: str,
        call: facts.ExprId,
        registering: Registering,
        name: str,
        known: tuple[str, Level] | None = None,
    ) -> Iterator[EntryPoint]:
        file = self._project.facts_of(path)
        record = self._project.call_at(path, call)
        positional = [argument.value for argument in record.arguments if argument.name == ""]
        handlers = [argument.value for argument in record.arguments if argument.name in registering.keywords]
        handlers = handlers or positional[registering.position : registering.position + 1]
        first = _first_text(file, record)
        kind = "shutdown" if registering.kind == "startup" and first == "shutdown" else registering.kind
        whose = known or self._whose(path, record.func, frameworks.FRAMEWORKS, kind, first)
        framework, level = whose or ("", LIKELY)
        framework = framework.partition(".")[0]
        for handler in handlers:
            for ref in self._handled(path, handler):
                label = self._label(ref, kind, name.removeprefix("add_"), first)
                yield self._of_function(ref, kind, framework, label, level)

    def _handled(self, path: str, handler: facts.ExprId) -> Iterator[FunctionRef]:
        """The functions that a handler argument stands for; those in a list, too."""
        file = self._project.facts_of(path)
        record = file.expressions[handler]
        if isinstance(record, facts.Sequence):
            for item in record.items:
                yield from self._handled(path, item)
            return
        for value in self._project.production_flow.types(path, handler):
            if isinstance(value, FunctionValue) and not self._project.settings.is_test(value.of.path):
                yield value.of

    def _hooks(self, name: str, kind: Kind) -> Iterator[EntryPoint]:
        """`app.on_startup.append(f)`, `FastAPI(lifespan=f)`, `Starlette(on_startup=[f])`."""
        for path in sorted(self._holding(name)):
            file = self._project.files.facts(path)
            for record in file.expressions if file else ():
                if not isinstance(record, facts.Call):
                    continue
                func = file.expressions[record.func] if file else None
                values = [argument.value for argument in record.arguments if argument.name == name]
                if isinstance(func, facts.Attribute) and func.name in ("append", "extend"):
                    base = file.expressions[func.base] if file else None
                    if isinstance(base, facts.Attribute) and base.name == name:
                        values += [argument.value for argument in record.arguments]
                for value in values:
                    for ref in self._handled(path, value):
                        yield self._of_function(ref, kind, "", f"{kind} {self._project.function(ref).name}", CERTAIN)

    # --- classes that handle ---

    def _handlers(self, paths: Iterable[str]) -> Iterator[EntryPoint]:
        for path, index in dict.fromkeys(self._handler_classes(frozenset(paths))):
            of = ClassRef(path, index)
            for base in self._project.classes.order(of):
                if isinstance(base, str):
                    for handling in frameworks.HANDLERS:
                        if base.partition(".")[0] == handling.package and base.endswith(handling.name):
                            yield from self._handling(of, handling)

    def _handler_classes(self, paths: frozenset[str]) -> Iterator[tuple[str, int]]:
        for package, name in dict.fromkeys((handling.package, handling.name) for handling in frameworks.HANDLERS):
            header = rb"class\s+\w+\s*\([^)]{0,999}" + name.encode()
            for path in sorted(self._holding(package) & paths):
                if self._project.files.look(path, has_match, header, 0):
                    file = self._project.files.facts(path)
                    for index, _ in enumerate(file.classes if file else ()):
                        yield path, index

    def _handling(self, of: ClassRef, handling: frameworks.Handling) -> Iterator[EntryPoint]:
        name = self._project.classes.name(of)
        for method in handling.methods:
            for ref in self._project.classes.methods(of, method):
                framework = frameworks.FRAMEWORKS.get(handling.package, "python")
                yield self._of_function(ref, handling.kind, framework, f"{handling.kind} {name}.{method}", CERTAIN)

    # --- scripts ---

    def _mains(self, paths: Iterable[str]) -> Iterator[EntryPoint]:
        """`if __name__ == "__main__":`, and functions called main in modules without one."""
        holding = self._holding("__main__").union(*(self._holding(name) for name in _MAINS))
        for path in sorted(holding.intersection(paths)):
            look = self._project.files.look
            if not look(path, holds, b"__main__") and not look(path, has_match, _DEFINES_MAIN, re.MULTILINE.value):
                continue
            file = self._project.files.facts(path)
            if file is None:
                continue
            framework = "argparse" if look(path, holds, b"ArgumentParser") else "python"
            test = main_test(file)
            if test != facts.NONE:
                yield EntryPoint(
                    ModuleBody(path), "main", framework, f"script {path}", self._project.span(path, test), CERTAIN
                )
                continue
            for index, function in enumerate(file.functions):
                if function.qualname in _MAINS:
                    yield self._of_function(FunctionRef(path, index), "main", framework, f"main of {path}", LIKELY)

    @cached_property
    def _scripts(self) -> tuple[EntryPoint, ...]:
        return tuple(self._declared_scripts())

    def _declared_scripts(self) -> Iterator[EntryPoint]:
        for script in scripts.declared(self._project.files.corpus):
            ref = self._project.registries.find_function(script.target)
            if ref is not None:
                yield self._of_function(ref, "script", script.declared_in, f"console script {script.name}", CERTAIN)

    @cached_property
    def _contracted(self) -> tuple[EntryPoint, ...]:
        return tuple(self._named_by_contract())

    def _named_by_contract(self) -> Iterator[EntryPoint]:
        for dotted in self._project.contracts.entry_points:
            ref = self._project.registries.find_function(dotted)
            if ref is not None:
                yield self._of_function(ref, "contract", "", dotted, CERTAIN)


def _first_text(file: facts.FileFacts, record: facts.Expr) -> str | None:
    """The first argument of a call, where it is a literal text."""
    if isinstance(record, facts.Call):
        for argument in record.arguments:
            if argument.name in ("", "path", "name", "rule"):
                value = file.expressions[argument.value]
                return value.value if isinstance(value, facts.Literal) and isinstance(value.value, str) else None
    return None


def main_test(file: facts.FileFacts) -> facts.ExprId:
    """The test `__name__ == "__main__"` of an `if` at module level; NONE where there is none."""
    for statement in file.statements:
        if statement.kind == "if" and statement.block == 0:
            record = file.expressions[statement.expr]
            if isinstance(record, facts.Opaque) and record.kind.startswith("compare"):
                parts = [file.expressions[part] for part in record.parts]
                names = any(isinstance(part, facts.Name) and part.id == "__name__" for part in parts)
                if names and any(isinstance(part, facts.Literal) and part.value == "__main__" for part in parts):
                    return statement.expr
    return facts.NONE
