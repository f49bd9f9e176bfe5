"""Named tuples that are made by a call: `namedtuple("Entry", "name tool")`, `NamedTuple("Entry", [("name", str)])`.

No class statement defines such a class, so that an object of one is a display whose entries are its fields, as with
`SimpleNamespace(name=…)`; each field is also what stands at its position.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassRef

if TYPE_CHECKING:
    from registry_lint.project.flow.solver import Flow

MAKERS = ("collections.namedtuple", "typing.NamedTuple")
MADE = "collections.namedtuple()"  # such a class, as a third-party value


def fields_of_call(flow: Flow, path: str, expr: facts.ExprId) -> tuple[str, ...]:
    """The fields of the object that a call makes, where it calls such a class by its name; () for any other."""
    file = flow.facts(path)
    call = file.expressions[expr]
    home = _home(flow, path, call.func) if isinstance(call, facts.Call) else None
    if home is None:
        return ()
    path, name = home
    file = flow.facts(path)
    bindings = [file.bindings[index] for index in file.scopes[0].names.get(name, ())]
    binding = bindings[0] if len(bindings) == 1 else None
    made = binding.expr if isinstance(binding, facts.ValueBinding) and not binding.path else facts.NONE
    return _fields_of_making(flow, path, made)


def fields_of_base(flow: Flow, of: ClassRef) -> tuple[str, ...]:
    """The fields that a class has from a call in its header: `class Entry(namedtuple("Entry", "name tool"))`."""
    bases = flow.facts(of.path).classes[of.id].bases
    return next((found for base in bases if (found := _fields_of_making(flow, of.path, base))), ())


def is_named_tuple(flow: Flow, of: ClassRef) -> bool:
    """Whether a class is a named tuple, whichever way it is made."""
    order = flow.classes.order(of)
    return "typing.NamedTuple" in order or any(
        isinstance(base, ClassRef) and fields_of_base(flow, base) for base in order
    )


def _home(flow: Flow, path: str, expr: facts.ExprId) -> tuple[str, str] | None:
    """The module that binds what an expression names, and the name there; None where it is no module's."""
    file = flow.facts(path)
    dotted = file.dotted(expr)
    if dotted is None:
        return None
    owner, _, name = dotted.rpartition(".")
    if not owner:
        return flow.names.home(path, name) if name in file.scopes[0].names else None
    for target in flow.names.resolve(path, flow.names.scope_of(path, expr), owner):
        home = getattr(target, "path", None)
        if home is not None:
            return flow.names.home(home, name)
    return None


def _fields_of_making(flow: Flow, path: str, expr: facts.ExprId) -> tuple[str, ...]:
    """The fields that a call of `namedtuple` or `NamedTuple` names; () for anything else."""
    file = flow.facts(path)
    call = file.expressions[expr] if expr != facts.NONE else None
    if not isinstance(call, facts.Call) or len(call.arguments) < 2 or call.arguments[1].name not in ("", "field_names"):
        return ()
    dotted = file.dotted(call.func)
    if dotted is None or dotted.rpartition(".")[2] not in ("namedtuple", "NamedTuple"):
        return ()
    match file.expressions[call.arguments[1].value]:
        case facts.Literal(value=str() as text):
            return tuple(text.replace(",", " ").split())
        case facts.Sequence(items=items):
            names = [_field(file, item) for item in items]
            return tuple(names) if all(names) else ()
    return ()


def _field(file: facts.FileFacts, expr: facts.ExprId) -> str:
    """`"name"`, or `("name", str)`."""
    record = file.expressions[expr]
    if isinstance(record, facts.Sequence) and record.items:
        record = file.expressions[record.items[0]]
    return record.value if isinstance(record, facts.Literal) and isinstance(record.value, str) else ""
