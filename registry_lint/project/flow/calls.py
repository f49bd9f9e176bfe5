"""Calls: what they yield, and what a function returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import (
    LIKELY,
    ClassRef,
    ClassValue,
    DisplayValue,
    ExternalValue,
    FunctionValue,
    InstanceValue,
    Level,
    MemberOf,
    StoredValue,
    SuperValue,
    Value,
)
from registry_lint.project.flow import externals, guards
from registry_lint.project.flow.graph import Node, Note
from registry_lint.project.flow.keys import AttributeAt, ReturnAt
from registry_lint.project.flow.mappings import entry_node, is_namespace
from registry_lint.project.flow.metaclasses import is_metaclass, seed_made
from registry_lint.project.flow.named_tuples import is_named_tuple
from registry_lint.project.flow.overrides import filling_in
from registry_lint.project.flow.plain import hands_out_a_class_name, is_plain

if TYPE_CHECKING:
    from registry_lint.project.flow.keys import ExprAt
    from registry_lint.project.flow.operations import Operation
    from registry_lint.project.flow.solver import Flow

RECASING = frozenset(
    {"lower", "upper", "strip", "lstrip", "rstrip", "replace", "title", "capitalize", "removesuffix"}
    | {"removeprefix", "casefold", "format", "join", "ljust", "zfill", "encode", "decode"}
)

# Methods of pydantic's models that make an instance of the class, or another one like it.
_MAKING_MODELS = frozenset(
    {"model_validate", "model_validate_json", "model_construct", "parse_obj", "parse_raw", "construct", "from_orm"}
)
_COPYING_MODELS = frozenset({"model_copy", "copy"})

_ENTERING = ("enter_context", "enter_async_context")  # of an ExitStack: what `with` would hand out

# Methods of containers → what they hand out.
_CONTAINER_METHODS: dict[str, Operation] = {
    "items": ("mapping-items",),
    "values": ("mapping-values",),
    "keys": ("mapping-keys",),
    "copy": ("same",),
    "union": ("same",),
    "intersection": ("same",),
    "difference": ("same",),
    "popitem": ("mapping-items",),
    "popleft": ("element",),
}


def expand_call(flow: Flow, node: Node, key: ExprAt, call: facts.Call) -> None:
    """A call: what the function returns, the instance of a class, the member of a container."""
    file = flow.facts(key.path)
    func = file.expressions[call.func]
    if isinstance(func, facts.Name) and func.id == "super" and func.bindings is None:
        _super(flow, node, key)
        return

    def arrive(value: Value, level: Level) -> None:
        if isinstance(value, ExternalValue):
            externals.call(flow, node, key, call, value.dotted, level)
            return
        if isinstance(value, ClassValue) and "typing.TypedDict" in flow.classes.order(value.of):
            flow.graph.seed(node, DisplayValue(key.path, key.expr), level)  # `Components(tools=…)` is a dict
        flow_result(flow, value, node, key.typed, level)

    flow.graph.watch(flow.type_node(key.path, call.func), arrive)
    if not key.typed and not isinstance(func, facts.Attribute):
        _called_class(flow, node, key, call)
    if isinstance(func, facts.Attribute):
        _method_of_value(flow, node, key, call, func)
        for of in filling_in(flow, key.path, func.base, func.name) if not key.typed else ():
            method = flow.graph.node(AttributeAt(of.path, of.id, func.name, False, True))
            flow.graph.watch(method, lambda value, _: flow_result(flow, value, node, False, LIKELY))


def _called_class(flow: Flow, node: Node, key: ExprAt, call: facts.Call) -> None:
    """`tool_class()`: an annotation (`Type[Tool]`) says what the callee is, the classes that arrive say more."""

    def declared(value: Value, _level: Level) -> None:
        if isinstance(value, ClassValue) and value.declared:
            flow.graph.watch(flow.value_node(key.path, call.func), arrive)

    def arrive(value: Value, level: Level) -> None:
        if isinstance(value, ClassValue) and not value.declared:
            flow.graph.seed(node, InstanceValue(value.of), level)

    flow.graph.watch(flow.type_node(key.path, call.func), declared)


def flow_result(flow: Flow, value: Value, node: Node, typed: bool, level: Level) -> None:
    """Let what calling a value yields arrive at a node."""
    result = result_node(flow, value, typed)
    if isinstance(result, Node):
        flow.graph.flow(result, node, level=level)
    elif result is not None:
        flow.graph.seed(node, result, level)


def result_node(flow: Flow, value: Value, typed: bool) -> Node | Value | None:
    """What calling a value yields: a node to flow from, or a value."""
    match value:
        case FunctionValue(of=of):
            return flow.graph.node(ReturnAt(of.path, of.id, typed))
        case ClassValue(of=of, declared=declared):
            return InstanceValue(of, declared)
        case ExternalValue(dotted=dotted) if dotted.rpartition(".")[2][:1].isupper():
            return InstanceValue(dotted)
        case InstanceValue(of=ClassRef() as of):
            for method in flow.classes.find_method(of, "__call__"):
                return flow.graph.node(ReturnAt(method.path, method.id, typed))
        case StoredValue():
            return value
    return None


def _super(flow: Flow, node: Node, key: ExprAt) -> None:
    file = flow.facts(key.path)
    scope = file.blocks[file.expression_blocks[key.expr]].scope
    while scope > 0:
        record = file.scopes[scope]
        if record.kind == "class":
            flow.graph.seed(node, SuperValue(ClassRef(key.path, record.owner)))
            return
        scope = record.parent


def _method_of_value(flow: Flow, node: Node, key: ExprAt, call: facts.Call, func: facts.Attribute) -> None:
    """`x.method()` where `x` is a text, a container, a class (`cls.__new__(cls)`), or comes from a registry."""
    base = flow.node(key.path, func.base, key.typed)
    name = func.name
    if name == "__subclasses__":
        flow.graph.watch(base, lambda value, level: _deriving(flow, node, value, level))
    elif name in _MAKING_MODELS or name in _COPYING_MODELS:
        flow.graph.watch(base, lambda value, level: _modelled(flow, node, name, value, level))
        if name == "copy":
            flow.graph.flow(base, node, _CONTAINER_METHODS[name])
    elif name == "_replace":
        flow.graph.watch(base, lambda value, level: _with_other_fields(flow, node, key, value, level))
    elif name == "__new__" and call.arguments:
        made = flow.node(key.path, call.arguments[0].value, key.typed)
        flow.graph.watch(made, lambda value, level: _instantiate(flow, node, value, level, typed=key.typed))
    elif name in _ENTERING and call.arguments:
        flow.graph.flow(flow.node(key.path, call.arguments[0].value, key.typed), node, ("enter",))
    elif name in RECASING:
        flow.graph.flow(base, node, ("recased", name))
        if name in ("format", "join"):
            for argument in call.arguments:
                _into_text(flow, node, key, argument.value)
    elif name in ("get", "pop", "setdefault", "__getitem__", "get_nowait"):
        _lookup(flow, node, key, call, base)
    elif name in _CONTAINER_METHODS:
        flow.graph.flow(base, node, _CONTAINER_METHODS[name])
        if name in ("items", "values"):
            flow.graph.watch(base, lambda value, level: _displayed(flow, node, key, name, value, level))

    def arrive(value: Value, level: Level) -> None:
        if isinstance(value, StoredValue):
            flow.graph.seed(node, value, level)

    flow.graph.watch(base, arrive)


def _into_text(flow: Flow, node: Node, key: ExprAt, argument: facts.ExprId) -> None:
    """`"{}".format(x)`, `"_".join([x, y])`: what the text is made of."""
    record = flow.facts(key.path).expressions[argument]
    for part in record.items if isinstance(record, facts.Sequence) else (argument,):
        flow.graph.flow(flow.node(key.path, part, key.typed), node, ("text",))


def _instantiate(flow: Flow, node: Node, value: Value, level: Level, *, typed: bool) -> None:
    if not isinstance(value, ClassValue):
        return
    if isinstance(value.of, ClassRef) and not typed and is_metaclass(flow, value.of):
        seed_made(flow, node, value.of, level)
    else:
        flow.graph.seed(node, InstanceValue(value.of, value.declared), level)


def _deriving(flow: Flow, node: Node, value: Value, level: Level) -> None:
    """`Tool.__subclasses__()`: the classes that derive from it directly."""
    if isinstance(value, ClassValue) and isinstance(value.of, ClassRef):
        for ref in flow.classes.subclasses(value.of):
            if value.of in flow.classes.bases(ref):
                flow.graph.seed(node, MemberOf(ClassValue(ref)), level)


def _modelled(flow: Flow, node: Node, name: str, value: Value, level: Level) -> None:
    """`Model.model_validate(…)`, `model.model_copy()`: what pydantic's own methods make."""
    if isinstance(value, ClassValue) and name in _MAKING_MODELS and _has_by_pydantic(flow, value, name):
        flow.graph.seed(node, InstanceValue(value.of, value.declared), level)
    elif isinstance(value, InstanceValue) and name in _COPYING_MODELS and _has_by_pydantic(flow, value, name):
        flow.graph.seed(node, value, level)


def _with_other_fields(flow: Flow, node: Node, key: ExprAt, value: Value, level: Level) -> None:
    """`entry._replace(tool=Find)`, of a named tuple."""
    if isinstance(value, DisplayValue) and is_namespace(flow, value):
        flow.graph.seed(node, DisplayValue(key.path, key.expr), level)
    elif isinstance(value, InstanceValue) and isinstance(value.of, ClassRef) and is_named_tuple(flow, value.of):
        flow.graph.seed(node, value, level)


def _has_by_pydantic(flow: Flow, value: ClassValue | InstanceValue, name: str) -> bool:
    return flow.kinds.is_pydantic(value.of) and not (
        isinstance(value.of, ClassRef) and flow.classes.find_method(value.of, name)
    )


def _lookup(flow: Flow, node: Node, key: ExprAt, call: facts.Call, base: Node) -> None:
    """`d.get(key, default)` and kin."""
    positional = [argument.value for argument in call.arguments if argument.name == ""]
    literal: str | int | None = None
    if positional:
        record = flow.facts(key.path).expressions[positional[0]]
        if isinstance(record, facts.Literal) and record.kind in ("str", "int"):
            literal = record.value
    flow.graph.flow(base, node, ("entry",) if literal is None else ("item", literal))
    if len(positional) > 1:
        flow.graph.flow(flow.node(key.path, positional[1], key.typed), node)

    def arrive(value: Value, level: Level) -> None:
        if isinstance(value, DisplayValue):
            flow.graph.flow(entry_node(flow, value, literal, key.typed), node, level=level)

    flow.graph.watch(base, arrive)


def _displayed(flow: Flow, node: Node, key: ExprAt, method: str, value: Value, level: Level) -> None:
    if isinstance(value, DisplayValue):
        entries = entry_node(flow, value, None, key.typed)
        if method == "values":
            flow.graph.flow(entries, node, ("member",), level)
        else:
            flow.graph.flow(entries, node, ("paired",), level)


def expand_return(flow: Flow, node: Node, key: ReturnAt) -> None:
    """What a call of a function yields: its returns, its yields wrapped or handed out, its annotation."""
    file = flow.facts(key.path)
    function = file.functions[key.function]
    generates = bool(function.yields or function.delegates)
    manager = generates and _is_context_manager(flow, key.path, function)
    declared = flow.annotations.declared(key.path, function.return_annotation)
    for value in declared:
        if manager and isinstance(value, MemberOf):
            value = value.value
        flow.graph.seed(node, value)
    if is_plain(declared, function.name) and (key.typed or not hands_out_a_class_name(file, function)):
        return
    if key.typed and any(guards.says_a_class(value) for value in declared):
        return
    for returned in function.returns:
        note = Note(f"returned by {function.name}", flow.span(key.path, returned))
        flow.graph.flow(flow.node(key.path, returned, key.typed), node, note=note)
    for delegate in function.delegates:
        note = Note(f"yielded by {function.name}", flow.span(key.path, delegate))
        flow.graph.flow(flow.node(key.path, delegate, key.typed), node, ("collection",), note=note)
    for yielded in function.yields:
        note = Note(f"yielded by {function.name}", flow.span(key.path, yielded))
        operation: Operation = ("same",) if manager else ("member",)
        flow.graph.flow(flow.node(key.path, yielded, key.typed), node, operation, note=note)


def _is_context_manager(flow: Flow, path: str, function: facts.Function) -> bool:
    """Whether what a generator yields is handed out as it is: a context manager, a pytest fixture."""
    file = flow.facts(path)
    for decorator in function.decorators:
        expr = file.expressions[decorator]
        target = expr.func if isinstance(expr, facts.Call) else decorator
        last = (file.dotted(target) or "").rpartition(".")[2]
        if last in ("contextmanager", "asynccontextmanager", "fixture"):
            return True
    return False
