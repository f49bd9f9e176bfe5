"""Guards: what a test lets through, and what it keeps out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import (
    AnyClass,
    ClassRef,
    ClassValue,
    DisplayValue,
    EntryOf,
    ExternalValue,
    FunctionRef,
    FunctionValue,
    InstanceValue,
    ItemOf,
    KeyOf,
    MemberOf,
    MetaclassValue,
    NameOfValue,
    NoneValue,
    NumberValue,
    TextValue,
    UnknownValue,
    Value,
)
from registry_lint.project.flow.graph import Filter
from registry_lint.project.flow.operations import SAME, Operation

if TYPE_CHECKING:
    from registry_lint.project.flow.solver import Flow

# Which of our values are instances of which built-in classes.
_TEXTS = ("builtins.str", "builtins.bytes")
_SEQUENCES = ("list", "tuple", "set", "frozenset", "Sequence", "Iterable", "Collection")
_MAPPINGS = ("dict", "Mapping", "MutableMapping")
_ANY_CLASS = ClassValue("builtins.object", declared=True)
_CLASSES_OF_CLASSES = ("builtins.type", "abc.ABCMeta")


def operation(flow: Flow, path: str, guards: tuple[int, ...]) -> Operation | Filter:
    """The operation of an edge on which these guards are in force."""
    if not guards:
        return SAME

    def test(value: Value) -> tuple[Value, ...]:
        if not all(_passes(flow, path, guard, value) for guard in guards):
            return ()
        return _told_by(flow, path, guards) or (value,) if isinstance(value, UnknownValue) else (value,)

    return Filter("guard", test, ("guard", path, guards))


def _told_by(flow: Flow, path: str, guards: tuple[int, ...]) -> tuple[Value, ...]:
    """What `issubclass(found, Tool)` tells of something unknown: a class, and of which base."""
    for index in guards:
        guard = flow.facts(path).guards[index]
        if guard.kind == "issubclass" and guard.holds:
            return tuple(ClassValue(of, declared=True) for of in _classes(flow, path, guard.argument) or ())
    return ()


def _passes(flow: Flow, path: str, index: int, value: Value) -> bool:
    guard = flow.facts(path).guards[index]
    verdict = _holds(flow, path, guard, value)
    return verdict is None or verdict == guard.holds


def _holds(flow: Flow, path: str, guard: facts.Guard, value: Value) -> bool | None:
    """Whether the test is true for a value; None where that is not known."""
    match guard.kind:
        case "isinstance":
            return _is_instance(flow, value, _classes(flow, path, guard.argument))
        case "issubclass":
            return _is_subclass(flow, value, _classes(flow, path, guard.argument))
        case "isclass":
            return _is_class(value)
        case "callable":
            return _is_callable(flow, value)
        case "hasattr":
            return _has_attribute(flow, value, guard.text)
        case "none":
            return _is_none(value)
        case "truthy":
            return _is_true(flow, value)
        case "call":
            return _is_accepted(flow, path, guard.argument, value)
        case "checked":
            return _is_let_through(flow, path, guard.argument, value)
    return None


def _classes(flow: Flow, path: str, expr: facts.ExprId) -> tuple[AnyClass, ...] | None:
    """The classes that a test names; None where one of them is not known."""
    if expr == facts.NONE:
        return None
    file = flow.facts(path)
    record = file.expressions[expr]
    if isinstance(record, facts.Sequence):
        parts = [_classes(flow, path, item) for item in record.items]
        return None if any(part is None for part in parts) else tuple(c for part in parts if part for c in part)
    if isinstance(record, facts.Binary) and record.operator == "|":
        left, right = _classes(flow, path, record.left), _classes(flow, path, record.right)
        return None if left is None or right is None else left + right
    dotted = file.dotted(expr)
    if dotted is None:
        return None
    found: list[AnyClass] = []
    for target in flow.names.resolve(path, flow.names.scope_of(path, expr), dotted):
        match target:
            case ClassValue(of=of):
                found.append(of)
            case ExternalValue(dotted=name):
                found.append(name)
            case _:
                return None
    return tuple(found) or None


def _is_instance(flow: Flow, value: Value, classes: tuple[AnyClass, ...] | None) -> bool | None:
    if classes is None:
        return None
    match value:
        case InstanceValue(of=of):
            return _derives(flow, of, classes)
        case ClassValue() | MetaclassValue():
            if any(c in _CLASSES_OF_CLASSES for c in classes):
                return True
            if any(isinstance(c, str) and c.rpartition(".")[2] in ("Callable", "Hashable", "object") for c in classes):
                return None
            return False
        case TextValue() | NameOfValue():
            return any(c in _TEXTS for c in classes)
        case NumberValue():
            return any(c in ("builtins.int", "builtins.float", "builtins.bool") for c in classes) or None
        case NoneValue():
            return any(isinstance(c, str) and c.endswith("NoneType") for c in classes)
        case MemberOf() | ItemOf():
            return any(isinstance(c, str) and c.rpartition(".")[2] in _SEQUENCES for c in classes)
        case EntryOf() | KeyOf() | DisplayValue():
            return any(isinstance(c, str) and c.rpartition(".")[2] in _MAPPINGS for c in classes)
        case FunctionValue():
            lasts = [c.rpartition(".")[2] for c in classes if isinstance(c, str)]
            return any(last in ("Callable", "FunctionType", "MethodType", "object") for last in lasts)
    return None


def _derives(flow: Flow, of: AnyClass, classes: tuple[AnyClass, ...]) -> bool | None:
    order = flow.classes.order(of)
    if any(c in order for c in classes):
        return True
    # The same class may be known by two dotted names (a re-export): compare last parts before saying no.
    names = {flow.classes.name(c) for c in classes}
    if isinstance(of, ClassRef) and flow.classes.fully_known(of):
        return False
    return None if any(flow.classes.name(base) in names or isinstance(base, str) for base in order) else False


def _is_subclass(flow: Flow, value: Value, classes: tuple[AnyClass, ...] | None) -> bool | None:
    match value:
        case ClassValue(of=of):
            return None if classes is None else _derives(flow, of, classes)
        case InstanceValue() | FunctionValue() | TextValue() | NoneValue() | NumberValue():
            return False  # the test raises: nothing passes
    return None


def _is_class(value: Value) -> bool | None:
    match value:
        case ClassValue() | MetaclassValue():
            return True
        case (
            InstanceValue()
            | FunctionValue()
            | TextValue()
            | NameOfValue()
            | NumberValue()
            | NoneValue()
            | MemberOf()
            | ItemOf()
            | EntryOf()
            | DisplayValue()
        ):
            return False
    return None


def _is_callable(flow: Flow, value: Value) -> bool | None:
    match value:
        case ClassValue() | FunctionValue() | MetaclassValue():
            return True
        case InstanceValue(of=of):
            if flow.classes.find_method(of, "__call__"):
                return True
            return False if isinstance(of, ClassRef) and flow.classes.fully_known(of) else None
        case TextValue() | NameOfValue() | NumberValue() | NoneValue() | MemberOf() | EntryOf() | DisplayValue():
            return False
    return None


def _has_attribute(flow: Flow, value: Value, name: str) -> bool | None:
    match value:
        case ClassValue(of=of):
            return flow.kinds.has_attribute(of, name, on_class=True)
        case InstanceValue(of=of, declared=False):
            return flow.kinds.has_attribute(of, name, on_class=False)
        case InstanceValue(of=of):
            return True if flow.kinds.has_attribute(of, name, on_class=False) else None
        case NoneValue() | NumberValue() | TextValue() | MemberOf() | EntryOf() | DisplayValue():
            return hasattr(_EXAMPLES.get(type(value)), name)
    return None


_EXAMPLES: dict[type, object] = {TextValue: "", NumberValue: 0, MemberOf: [], EntryOf: {}, DisplayValue: {}}


def _is_none(value: Value) -> bool | None:
    match value:
        case NoneValue():
            return True
        case (
            InstanceValue() | ClassValue() | FunctionValue() | TextValue() | NameOfValue() | NumberValue()
            | MemberOf() | ItemOf() | EntryOf() | KeyOf() | DisplayValue() | MetaclassValue()
        ):  # fmt: skip
            return False
    return None


def _is_true(flow: Flow, value: Value) -> bool | None:
    match value:
        case NoneValue():
            return False
        case ClassValue() | FunctionValue() | NameOfValue() | MetaclassValue():
            return True
        case InstanceValue(of=of, declared=False):
            sized = flow.classes.find_method(of, "__len__") or flow.classes.find_method(of, "__bool__")
            return None if sized or isinstance(of, str) else True
    return None


def accepts(flow: Flow, path: str, test: facts.ExprId, value: Value) -> bool | None:
    """Whether what is handed to `filter` is true for a value: a lambda, a function, `isclass`, None."""
    file = flow.facts(path)
    match file.expressions[test]:
        case facts.Literal(kind="none"):
            return _is_true(flow, value)
        case facts.Lambda(function=function):
            record = file.functions[function]
            return _evaluate(flow, path, record.returns[0], _subject(record), value) if record.returns else None
        case facts.Name(id="callable" | "isclass") | facts.Attribute(name="isclass"):
            guard = _test_of(file, test, [])
            return None if guard is None else _holds(flow, path, guard, value)
    return _is_accepted(flow, path, test, value)


def _is_accepted(flow: Flow, path: str, func: facts.ExprId, value: Value) -> bool | None:
    """A function of the project whose body is one test of its first parameter: `return isinstance(x, Tool)`."""
    function = _function_named(flow, path, func)
    if function is None:
        return None
    record = flow.facts(function.path).functions[function.id]
    if len(record.returns) != 1 or not record.parameters:
        return None
    return _evaluate(flow, function.path, record.returns[0], _subject(record), value)


def _is_let_through(flow: Flow, path: str, func: facts.ExprId, value: Value) -> bool | None:
    """A function of the project that raises where a test of its first parameter holds; False where it raises."""
    function = _function_named(flow, path, func)
    if function is None:
        return None
    file = flow.facts(function.path)
    record = file.functions[function.id]
    raising = {statement.block for statement in file.statements if statement.kind == "raise"}
    for index, block in enumerate(file.blocks):
        if index in raising and block.kind in ("if", "else") and block.parent == record.block:
            holds = _evaluate(flow, function.path, block.headers[0], _subject(record), value)
            if holds == (block.kind == "if"):
                return False
    return None


def _function_named(flow: Flow, path: str, func: facts.ExprId) -> FunctionRef | None:
    file = flow.facts(path)
    dotted = file.dotted(func) if func != facts.NONE else None
    if dotted is None:
        return None
    for target in flow.names.resolve(path, flow.names.scope_of(path, func), dotted):
        if isinstance(target, FunctionValue):
            return target.of
    return None


def _subject(function: facts.Function) -> str:
    first = function.parameters[1:2] if function.class_ != facts.NONE else function.parameters[:1]
    return first[0].name if first else ""


def _evaluate(flow: Flow, path: str, expr: facts.ExprId, subject: str, value: Value) -> bool | None:
    """Whether a test of `subject` is true for a value; None where that is not known."""
    file = flow.facts(path)
    match file.expressions[expr]:
        case facts.Opaque(kind="not", parts=[operand]):
            verdict = _evaluate(flow, path, operand, subject, value)
            return None if verdict is None else not verdict
        case facts.Choice(kind="and" | "or" as kind, options=options):
            verdicts = [_evaluate(flow, path, option, subject, value) for option in options]
            decisive = kind == "or"
            if decisive in verdicts:
                return decisive
            return None if None in verdicts else not decisive
        case facts.Name(id=name) if name == subject:
            return _is_true(flow, value)
        case facts.Opaque(kind="compare Is" | "compare IsNot" as kind, parts=[left, right]):
            if _is_literal_none(file, right) and _is_subject(file, left, subject):
                verdict = _is_none(value)
                return verdict if verdict is None or kind == "compare Is" else not verdict
        case facts.Call(func=func, arguments=[first, *others]) if _is_subject(file, first.value, subject):
            guard = _test_of(file, func, [argument.value for argument in others])
            return None if guard is None else _holds(flow, path, guard, value)
    return None


def _is_subject(file: facts.FileFacts, expr: facts.ExprId, subject: str) -> bool:
    record = file.expressions[expr]
    return isinstance(record, facts.Name) and record.id == subject


def _is_literal_none(file: facts.FileFacts, expr: facts.ExprId) -> bool:
    record = file.expressions[expr]
    return isinstance(record, facts.Literal) and record.kind == "none"


def _test_of(file: facts.FileFacts, func: facts.ExprId, others: list[facts.ExprId]) -> facts.Guard | None:
    called = file.expressions[func]
    name = called.id if isinstance(called, facts.Name) else called.name if isinstance(called, facts.Attribute) else ""
    if name in ("isinstance", "issubclass") and len(others) == 1:
        return facts.Guard(name, True, others[0], "")
    if name in ("isclass", "callable") and not others:
        return facts.Guard(name, True, facts.NONE, "")
    if name == "hasattr" and len(others) == 1:
        attribute = file.expressions[others[0]]
        if isinstance(attribute, facts.Literal) and isinstance(attribute.value, str):
            return facts.Guard("hasattr", True, facts.NONE, attribute.value)
    return None


def says_a_class(value: Value) -> bool:
    """Whether a declared value tells what a receiver is; `type` alone says no word of it."""
    while isinstance(value, MemberOf | ItemOf | EntryOf | KeyOf):
        value = value.value
    return isinstance(value, InstanceValue | ClassValue) and value != _ANY_CLASS
