"""Which parameters an expression is made of, through variables, attributes, calls and what is put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.files import Files

_DEEPEST = 12


class Origin(NamedTuple):
    """A parameter that an expression is made of: its index, and the attributes read on the way (`.name`)."""

    parameter: int
    attributes: str


class Origins:
    """Follows expressions to parameters, inside one file."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def of(
        self, path: str, expr: facts.ExprId, holder: facts.FunctionId = facts.NONE, depth: int = 0
    ) -> Iterator[Origin]:
        """The parameters (of the function around, or of the function `holder`) that an expression is made of."""
        if expr == facts.NONE or depth > _DEEPEST:
            return
        file = self._files.parsed(path)
        match file.expressions[expr]:
            case facts.Name(id=name, bindings=bindings):
                for binding in file.bindings_around(expr, name) if bindings is None else bindings:
                    yield from self._binding_origins(path, file, binding, holder, depth)
            case facts.Attribute(base=base, name=name):
                for origin in self.of(path, base, holder, depth + 1):
                    yield Origin(origin.parameter, f"{origin.attributes}.{name}")
            case facts.Call(func=func, arguments=arguments):
                called = file.expressions[func]
                if isinstance(called, facts.Attribute):
                    for origin in self.of(path, called.base, holder, depth + 1):
                        if origin.attributes or origin.parameter > 0:
                            yield origin
                for argument in arguments:
                    yield from self.of(path, argument.value, holder, depth + 1)
            case facts.Choice(options=parts) | facts.Joined(parts=parts) | facts.Sequence(items=parts):
                for part in parts:
                    yield from self.of(path, part, holder, depth + 1)
            case facts.Binary(left=left, right=right):
                yield from self.of(path, left, holder, depth + 1)
                yield from self.of(path, right, holder, depth + 1)
            case facts.Mapping(items=items):
                for _, value in items:
                    yield from self.of(path, value, holder, depth + 1)
            case facts.Subscript(base=base):
                yield from self.of(path, base, holder, depth + 1)

    def _binding_origins(
        self, path: str, file: facts.FileFacts, binding: facts.BindingId, holder: facts.FunctionId, depth: int
    ) -> Iterator[Origin]:
        match file.bindings[binding]:
            case facts.ParameterBinding(function=function, index=index) if holder in (facts.NONE, function):
                yield Origin(index, "")
            case facts.ValueBinding(expr=expr, name=name):
                if expr != facts.NONE and not _names_itself(file, expr, name):
                    yield from self.of(path, expr, holder, depth + 1)
            case facts.MergedBinding(options=options) | facts.NarrowedBinding(options=options):
                for option in options:
                    if option < binding:
                        yield from self._binding_origins(path, file, option, holder, depth + 1)


def _names_itself(file: facts.FileFacts, expr: facts.ExprId, name: str) -> bool:
    record = file.expressions[expr]
    return isinstance(record, facts.Name) and record.id == name and not record.bindings
