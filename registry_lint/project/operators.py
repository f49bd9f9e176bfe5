"""Methods that run without being called by name: `with x`, `for … in x`, `x[key]`, `len(x)`, `x + y`, `f"{x}"`.

Indexed a file at a time, by the name of the special method; which object it is, and so whose method, is asked later.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts

if TYPE_CHECKING:
    from collections.abc import Iterator

# what a statement or built-in function runs; the first of each line is what its argument must have
_WITH = ("__enter__", "__exit__")
_ASYNC_WITH = ("__aenter__", "__aexit__")
_FOR = ("__iter__", "__next__")
_ASYNC_FOR = ("__aiter__", "__anext__")
_BUILTINS: dict[str, tuple[str, ...]] = {
    "next": ("__next__",),
    "anext": ("__anext__",),
    "iter": ("__iter__",),
    "aiter": ("__aiter__",),
    "len": ("__len__",),
    "str": ("__str__",),
    "repr": ("__repr__",),
    "format": ("__format__",),
    "bool": ("__bool__",),
    "hash": ("__hash__",),
    "int": ("__int__",),
    "float": ("__float__",),
    "abs": ("__abs__",),
    "reversed": ("__reversed__",),
    **dict.fromkeys(("list", "tuple", "set", "frozenset", "sorted", "sum", "any", "all", "min", "max", "dict"), _FOR),
    **dict.fromkeys(("enumerate", "zip"), _FOR),
}
_BINARY = {
    "+": "__add__",
    "-": "__sub__",
    "*": "__mul__",
    "/": "__truediv__",
    "//": "__floordiv__",
    "%": "__mod__",
    "@": "__matmul__",
    "|": "__or__",
    "&": "__and__",
    "^": "__xor__",
    "<<": "__lshift__",
    ">>": "__rshift__",
    "**": "__pow__",
}
_COMPARISONS = {
    "Eq": "__eq__",
    "NotEq": "__ne__",
    "Lt": "__lt__",
    "LtE": "__le__",
    "Gt": "__gt__",
    "GtE": "__ge__",
}

RUN_BY_OPERATORS = frozenset(
    {*_WITH, *_ASYNC_WITH, *_FOR, *_ASYNC_FOR, "__getitem__", "__setitem__", "__contains__"}
    | {*_BINARY.values(), *_COMPARISONS.values()}
    | {name for names in _BUILTINS.values() for name in names}
)


class Use(NamedTuple):
    """One place that may run a special method of an object."""

    method: str
    object: facts.ExprId
    at: facts.ExprId  # the expression that stands for the place


def uses(file: facts.FileFacts) -> dict[str, tuple[Use, ...]]:
    """Every such place of a file by the method that it runs, in the order of the file."""
    found: defaultdict[str, dict[Use, None]] = defaultdict(dict)
    for use in (*_of_expressions(file), *_of_statements(file)):
        record = file.expressions[use.object]
        if isinstance(record, facts.Name | facts.Attribute | facts.Call | facts.Subscript):  # a literal has no class
            found[use.method][use] = None
    return {method: tuple(sorted(places)) for method, places in found.items()}


def _of_expressions(file: facts.FileFacts) -> Iterator[Use]:
    for index, record in enumerate(file.expressions):
        match record:
            case facts.Call(func=func, arguments=arguments):
                name = file.expressions[func]
                if isinstance(name, facts.Name) and name.bindings is None:
                    for method in _BUILTINS.get(name.id, ()):
                        for argument in arguments[:1] if name.id != "zip" else arguments:
                            yield Use(method, argument.value, index)
            case facts.Subscript(base=base):
                yield Use("__getitem__", base, index)
            case facts.Binary(operator=operator, left=left) if operator in _BINARY:
                yield Use(_BINARY[operator], left, index)
            case facts.Opaque(kind=kind, parts=parts) if kind.startswith("compare "):
                for number, operator in enumerate(kind.split()[1:]):
                    if operator in ("In", "NotIn") and number + 1 < len(parts):
                        yield Use("__contains__", parts[number + 1], index)
                    elif operator in _COMPARISONS and number < len(parts):
                        yield Use(_COMPARISONS[operator], parts[number], index)
            case facts.Joined(parts=parts):
                for part in parts:
                    yield Use("__str__", part, part)


def _of_statements(file: facts.FileFacts) -> Iterator[Use]:
    for block in file.blocks:
        if block.kind in ("with", "for"):
            plain, awaited = (_WITH, _ASYNC_WITH) if block.kind == "with" else (_FOR, _ASYNC_FOR)
            for header in block.headers:
                for method in awaited if block.is_async else plain:
                    yield Use(method, header, header)
    for binding in file.bindings:
        if isinstance(binding, facts.ValueBinding) and binding.path[:1] == (("element", 0),):
            for method in _FOR:
                yield Use(method, binding.expr, binding.expr)
    for store in file.subscript_stores:
        yield Use("__setitem__", store.base, store.base)
