"""Under which names something is known, and where a class is called that stands behind no name of its own.

`from core import BaseRegistry as Registry`, in a package's front and imported from there by others; `KINDS["tools"]()`,
`make = partial(ToolRegistry)`, `kind = getattr(module, "ToolRegistry")`: a call by any other name is the same call.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import AnyClass, ClassValue, ExternalValue, FunctionRef, FunctionValue, Level, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project

# Calls that are handed a class and make nothing of it.
_ASKING = frozenset(
    {"isinstance", "issubclass", "cast", "TypeVar", "Mock", "MagicMock", "AsyncMock", "create_autospec", "super"}
    | {"get_type_hints", "NewType", "fields", "hasattr", "type", "id", "print", "repr", "str"}
)

_SITES = 40  # calls of a function that returns a class


class _Passed(NamedTuple):
    """An argument of a call, and what is called."""

    argument: facts.ExprId
    function: facts.ExprId


class Spellings:
    """Answers for classes and functions, memoised."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._names: dict[AnyClass | FunctionRef, tuple[str, ...]] = {}
        # By file, since the same ones are asked for every class of a project.
        self._handed: dict[str, frozenset[str]] = {}
        self._variable_calls: dict[str, tuple[facts.ExprId, ...]] = {}
        self._passed: dict[str, dict[str, list[_Passed]]] = {}

    def names(self, of: AnyClass | FunctionRef) -> tuple[str, ...]:
        """Every name under which something is known somewhere: its own, those of imports and of module aliases."""
        known = self._names.get(of)
        if known is None:
            known = self._names[of] = tuple(self._found(of))
        return known

    def _found(self, of: AnyClass | FunctionRef) -> dict[str, None]:
        project = self._project
        own = project.function(of).name if isinstance(of, FunctionRef) else project.classes.name(of)
        known = {own: None}
        pending = [own]
        while pending:
            name = pending.pop()
            word = re.escape(name.encode())
            renamed = re.compile(word + rb"\s+as\s+\w|" + word + rb"[ \t]*(?:$|[#;\[])", re.MULTILINE)
            for path, _ in project.files.matching(name, renamed):
                file = project.files.facts(path)
                for index, binding in enumerate(file.bindings if file else ()):
                    if file is None or binding.name in known or not self._renames(file, binding, name):
                        continue
                    if any(is_meant(value, of) for value in project.names.bound(path, index)):
                        known[binding.name] = None
                        pending.append(binding.name)
        return known

    def _renames(self, file: facts.FileFacts, binding: facts.Binding, name: str) -> bool:
        """Whether a binding gives another name to what is called so: `import x as y`, `y = x`."""
        if isinstance(binding, facts.ImportBinding):
            return binding.member == name
        if not isinstance(binding, facts.ValueBinding) or binding.expr == facts.NONE or binding.path:
            return False
        return (file.dotted(binding.expr) or "").rpartition(".")[2] == name

    # --- calls through values ---

    def calls_through_values(self, of: AnyClass) -> Iterator[tuple[str, facts.ExprId, Level]]:
        """`kind = C; kind()`, `KINDS["c"]()`, `make(C)` where `make` calls its parameter, in production code.

        Only in files that take the class as a value, and in those of the functions that it is passed to, or where a
        function is called that returns it.
        """
        flow = self._project.production_flow
        called: dict[tuple[str, facts.ExprId], None] = {}
        for path in self._taking(of):
            for other in (path, *self._passing(path, of), *self._returned_to(path, of)):
                called.update(dict.fromkeys((other, call) for call in self._calls_of_variables(other)))
        for path, call in called:
            for value, level in flow.values(path, self._project.call_at(path, call).func).items():
                if is_meant(value, of) and not self._is_own(path, call, of):
                    yield path, call, level

    def _taking(self, of: AnyClass) -> Iterator[str]:
        """The files in which a class is taken as a value: assigned, returned, passed on, put into a container."""
        project = self._project
        for name in self.names(of):
            word = re.escape(name.encode())
            # Behind the name: what ends an expression. A comma or a bracket ends an annotation, too: the facts decide.
            taken = re.compile(word + rb"[\"']?[ \t]*(?:[,)\]}#]|$|(?:if|for|or|else)\b)", re.MULTILINE)
            for path, _ in project.files.matching(name, taken):
                if not project.settings.is_test(path) and name in self._handed_in(path):
                    yield path

    def _handed_in(self, path: str) -> frozenset[str]:
        """The last names, and the texts, whose value goes on in a file: `getattr(module, "ToolRegistry")`."""
        known = self._handed.get(path)
        if known is None:
            file = self._project.files.facts(path)
            known = self._handed[path] = frozenset(_names_handed(file) if file is not None else ())
        return known

    def _calls_of_variables(self, path: str) -> tuple[facts.ExprId, ...]:
        known = self._variable_calls.get(path)
        if known is None:
            known = self._variable_calls[path] = tuple(_calls_of_variables(self._project.facts_of(path)))
        return known

    def _passing(self, path: str, of: AnyClass) -> Iterator[str]:
        """The files of the functions that a class is passed to as an argument."""
        flow = self._project.production_flow
        passed = self._passed_in(path)
        for one in sorted({one for name in self.names(of) for one in passed.get(name, ())}):
            if any(is_meant(value, of) for value in flow.types(path, one.argument)):
                for value in flow.types(path, one.function):
                    if isinstance(value, FunctionValue | ClassValue) and not isinstance(value.of, str):
                        yield value.of.path

    def _returned_to(self, path: str, of: AnyClass) -> Iterator[str]:
        """The files that call a function of a file which returns a class: `registry_class()()`."""
        file = self._project.facts_of(path)
        names = self.names(of)
        for function in file.functions:
            returned = ((file.dotted(one) or "").rpartition(".")[2] for one in function.returns)
            if any(one in names for one in returned):
                sites = self._project.production_flow.indexes.call_sites(function.name, _SITES) or ()
                yield from (site.path for site in sites)

    def _passed_in(self, path: str) -> dict[str, list[_Passed]]:
        """The arguments of a file's calls that are names, by the last of their parts."""
        known = self._passed.get(path)
        if known is None:
            file, known = self._project.facts_of(path), {}
            for record in file.expressions:
                if isinstance(record, facts.Call) and file.last_name(record.func) not in _ASKING:
                    for argument in record.arguments:
                        dotted = file.dotted(argument.value)
                        if dotted is not None:
                            passed = _Passed(argument.value, record.func)
                            known.setdefault(dotted.rpartition(".")[2], []).append(passed)
            self._passed[path] = known
        return known

    def _is_own(self, path: str, call: facts.ExprId, of: AnyClass) -> bool:
        """`cls()` in a method of the class itself: what its callers get is told at their calls, if anybody asks."""
        function = self._project.function_of(path, call)
        owner = self._project.classes.owner(function) if function is not None else None
        return owner is not None and self._project.classes.derives(owner, of)


def is_meant(value: Value, of: AnyClass | FunctionRef | None) -> bool:
    """Whether a value is a class or a function, itself and not by a declaration."""
    if isinstance(of, FunctionRef):  # a tuple like any other: it would equal the class of the same number
        return isinstance(value, FunctionValue) and value.of == of
    match value:
        case ClassValue(of=found, declared=False):
            return found == of
        case ExternalValue(dotted=dotted):
            return dotted == of
    return False


# Three of four expressions are one of these, and hand on nothing: one question passes them over.
_MOST = (facts.Name, facts.Attribute, facts.Literal)


def _names_handed(file: facts.FileFacts) -> Iterator[str]:
    for expr in _handed(file):
        match file.expressions[expr]:
            case facts.Name(id=name) | facts.Attribute(name=name):
                yield name
            case facts.Literal(value=str() as text):
                yield text


def _handed(file: facts.FileFacts) -> Iterator[facts.ExprId]:
    """The expressions whose value goes on: assigned, returned, an argument, an item of a container."""
    for binding in file.bindings:
        if isinstance(binding, facts.ValueBinding) and binding.expr != facts.NONE:
            yield binding.expr
    yield from (store.expr for store in file.attribute_stores if store.expr != facts.NONE)
    yield from (store.expr for store in file.subscript_stores if store.expr != facts.NONE)
    for function in file.functions:
        yield from function.returns
        yield from (parameter.default for parameter in function.parameters if parameter.default != facts.NONE)
    for record in file.expressions:
        if isinstance(record, _MOST):
            continue
        match record:
            case facts.Call(func=func, arguments=arguments):
                if file.last_name(func) not in _ASKING:
                    yield from (argument.value for argument in arguments)
            case facts.Sequence(items=items) | facts.Choice(options=items):
                yield from items
            case facts.Mapping(items=pairs):
                yield from (value for _, value in pairs)
            case facts.Comprehension(value=value):
                yield value


def _calls_of_variables(file: facts.FileFacts) -> Iterator[facts.ExprId]:
    """Calls of what a variable, a parameter, a container or an own attribute holds."""
    stored = {store.name for store in file.attribute_stores}
    for expr, record in enumerate(file.expressions):
        if not isinstance(record, facts.Call):
            continue
        match file.expressions[record.func]:
            case facts.Name(bindings=tuple() as bindings) if any(
                isinstance(file.bindings[index], facts.ValueBinding | facts.ParameterBinding | facts.MergedBinding)
                for index in bindings
            ):
                yield expr
            case facts.Name(id=name, bindings=None) if _is_outer_variable(file, record.func, name):
                yield expr
            case facts.Attribute(name="__class__"):
                yield expr
            case facts.Subscript() | facts.Call():
                yield expr  # `KINDS["tools"]()`, `partial(ToolRegistry)()`
            case facts.Attribute(base=base, name=name) if name in stored and isinstance(
                file.expressions[base], facts.Name
            ):
                yield expr


def _is_outer_variable(file: facts.FileFacts, expr: facts.ExprId, name: str) -> bool:
    """Whether a name of the module or of a function around, read in a function, stands for what may be a class: `make =
    partial(C)`, `def made_by(factory): def inner(): return factory()`."""
    scope = file.blocks[file.expression_blocks[expr]].scope
    while scope > 0 and (file.scopes[scope].kind == "class" or name not in file.scopes[scope].names):
        scope = file.scopes[scope].parent
    return any(
        isinstance(file.bindings[index], facts.ValueBinding | facts.MergedBinding | facts.ParameterBinding)
        for index in file.scopes[scope].names.get(name, ())
    )
