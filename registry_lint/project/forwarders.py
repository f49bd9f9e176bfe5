"""Functions that hand a key on to the registration in them: `def add_tool(name, tool): registry.register(name, tool)`,
and decorators: `def tool(name): def wrap(f): registry.register(name, f); return f; return wrap`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import FunctionRef, FunctionValue, Level
from registry_lint.project.signatures import argument_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project

_SITES = 200  # calls of one such function that are looked at
_DEEPEST = 4  # local names between a parameter and a key


class Handed(NamedTuple):
    """A call that hands a key to such a function."""

    path: str
    call: facts.ExprId
    key: facts.ExprId
    skipped: int  # parameters at the front that are given otherwise
    level: Level


class KeyParameter(NamedTuple):
    """A parameter of a function that becomes a key."""

    function: FunctionRef
    position: int


class Forwarders:
    """Answers for production code."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def parameter(self, path: str, place: facts.ExprId, key: facts.ExprId) -> KeyParameter | None:
        """The parameter that a key is, at a registration which runs whenever the function is called, or whenever a
        decorator is used that the function returns; None for any other key."""
        index = self._bound(path, key, 0)
        file = self._project.facts_of(path)
        binding = file.bindings[index] if index != facts.NONE else None
        inner = self._project.function_of(path, place)
        if not isinstance(binding, facts.ParameterBinding) or inner is None:
            return None
        functions = {inner.id, binding.function}
        if len(functions) > 1:
            around = self._project.enclosing(inner)
            if around is None or around.id != binding.function or not self._hands_out(file, around.id, inner.id):
                return None
        if self._is_asked_for(path, place, functions, binding.name):
            return None  # that it may come again is expected
        return KeyParameter(FunctionRef(path, binding.function), binding.index)

    def handed(self, key: KeyParameter) -> Iterator[Handed]:
        """The calls that hand something to the parameter."""
        project = self._project
        function = project.function(key.function)
        for site in project.production_flow.indexes.call_sites(function.name, _SITES) or ():
            call = project.call_at(site.path, site.call)
            callees = project.production_flow.types(site.path, call.func)
            for value, level in callees.items():
                if isinstance(value, FunctionValue) and value.of == key.function and len(callees) == 1:
                    skipped = int(value.bound) + value.given
                    argument = argument_for(call, function.parameters, key.position, skipped)
                    if argument != facts.NONE:
                        yield Handed(site.path, site.call, argument, skipped, level)

    def _bound(self, path: str, expr: facts.ExprId, depth: int) -> facts.BindingId:
        """The binding of the parameter that an expression is where one is given: `name`, `name or f.__name__`."""
        file = self._project.facts_of(path)
        match file.expressions[expr]:
            case facts.Name(id=name, bindings=bindings):
                known = file.bindings_around(expr, name) if bindings is None else bindings
                if len(known) != 1:
                    return facts.NONE
                match file.bindings[known[0]]:
                    case facts.ParameterBinding():
                        return known[0]
                    case facts.ValueBinding(expr=made, path=()) if made != facts.NONE and depth < _DEEPEST:
                        return self._bound(path, made, depth + 1)
            case facts.Choice(kind="or", options=(first, *_)) if depth < _DEEPEST:
                return self._bound(path, first, depth + 1)
            case facts.Choice(kind="if", options=options) if depth < _DEEPEST:
                found = [self._bound(path, option, depth + 1) for option in options]
                told = [index for index in found if index != facts.NONE]
                others = [option for option, index in zip(options, found, strict=True) if index == facts.NONE]
                if len(told) == 1 and not any(self._is_made_of(path, other, told[0]) for other in others):
                    return told[0]
        return facts.NONE

    def _is_made_of(self, path: str, expr: facts.ExprId, index: facts.BindingId) -> bool:
        binding = self._project.facts_of(path).bindings[index]
        assert isinstance(binding, facts.ParameterBinding)
        origins = self._project.storing.origins.of(path, expr, binding.function)
        return any(origin.parameter == binding.index for origin in origins)

    def _hands_out(self, file: facts.FileFacts, outer: facts.FunctionId, inner: facts.FunctionId) -> bool:
        """Whether a function returns one that is defined in it, or what that returns."""
        name = file.functions[inner].name
        return any(self._is_called(file, expr, name) for expr in file.functions[outer].returns)

    def _is_called(self, file: facts.FileFacts, expr: facts.ExprId, name: str) -> bool:
        match file.expressions[expr]:
            case facts.Name(id=known):
                return known == name
            case facts.Choice(options=options):
                return any(self._is_called(file, option, name) for option in options)
            case facts.Call(func=func):
                return self._is_called(file, func, name)
        return False

    def _is_asked_for(self, path: str, place: facts.ExprId, functions: set[facts.FunctionId], key: str) -> bool:
        """Whether a test for a key, `if name in …:`, stands around a registration, or ends the function before it."""
        file = self._project.facts_of(path)
        scopes = {file.functions[function].scope for function in functions}
        row = file.row(place)
        deciding = {one.block for one in file.statements if one.kind == "return" and one.position[0] < row}
        deciding.update(self._project.branches.around(path, file.expression_blocks[place]))
        blocks = (file.blocks[index] for index in deciding)
        return any(
            block.kind in ("if", "else") and block.scope in scopes and self._asks(file, header, key)
            for block in blocks
            for header in block.headers
        )

    def _asks(self, file: facts.FileFacts, header: facts.ExprId, key: str) -> bool:
        record = file.expressions[header]
        match record:
            case facts.Opaque(kind=kind, parts=parts) if kind.startswith("compare") and "In" in kind:
                return any(self._names(file, part, key) for part in parts)
            case facts.Opaque(parts=parts) | facts.Choice(options=parts):
                return any(self._asks(file, part, key) for part in parts)
            case facts.Call(arguments=arguments):  # `registry.get(name)`, `registry.has(name)`
                return any(self._names(file, argument.value, key) for argument in arguments)
        return False

    def _names(self, file: facts.FileFacts, expr: facts.ExprId, name: str) -> bool:
        record = file.expressions[expr]
        return isinstance(record, facts.Name) and record.id == name
