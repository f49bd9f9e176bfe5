"""Plain texts and numbers: what is declared as one is not followed, but where it may be the name of a class."""

from __future__ import annotations

from registry_lint.facts import records as facts
from registry_lint.project.domain import InstanceValue, NoneValue, Value

_PLAIN = ("str", "int", "float", "bool", "bytes", "datetime", "date", "timedelta", "UUID", "Decimal", "Path")
_NAMING = ("name", "key", "kind", "type", "label", "alias", "slug", "identifier", "named")
_CLASS_NAMES = ("__name__", "__qualname__")
_DEEPEST = 8


def is_plain(declared: tuple[Value, ...], name: str) -> bool:
    """Whether something is declared to be a plain text or number, and is not called like what names things.

    Identifiers of users and texts of messages flow through half of a program and never carry an object: following
    them cost 20,000 nodes and 20 seconds at one sink.
    """
    if not declared or name.lower().endswith(_NAMING):
        return False
    return all(
        isinstance(value, NoneValue)
        or (isinstance(value, InstanceValue) and isinstance(value.of, str) and value.of.rpartition(".")[2] in _PLAIN)
        for value in declared
    )


def hands_out_a_class_name(file: facts.FileFacts, function: facts.Function) -> bool:
    """Whether what a function returns is written with the name of a class in it: whatever it is called and declared
    (`def _ident(tool) -> str: return getattr(tool, "name", None) or type(tool).__name__`)."""
    pending = [(returned, 0) for returned in function.returns]
    while pending:
        expr, depth = pending.pop()
        if expr == facts.NONE or depth > _DEEPEST:
            continue
        parts: tuple[facts.ExprId, ...] = ()
        match file.expressions[expr]:
            case facts.Attribute(name=name, base=base):
                if name in _CLASS_NAMES:
                    return True
                parts = (base,)
            case facts.Call(func=func, arguments=arguments):
                parts = (func, *(argument.value for argument in arguments))
            case facts.Choice(options=options) | facts.Joined(parts=options):
                parts = options
            case facts.Binary(left=left, right=right):
                parts = (left, right)
            case facts.Name(bindings=bindings):
                parts = tuple(_bound(file, bindings or ()))
        pending.extend((part, depth + 1) for part in parts)
    return False


def _bound(file: facts.FileFacts, bindings: tuple[facts.BindingId, ...]) -> list[facts.ExprId]:
    """What local names are bound to, behind a join as well."""
    found: list[facts.ExprId] = []
    for index in bindings:
        binding = file.bindings[index]
        if isinstance(binding, facts.ValueBinding) and not binding.path:
            found.append(binding.expr)
        elif isinstance(binding, facts.NarrowedBinding):
            found += _bound(file, binding.options)
    return found
