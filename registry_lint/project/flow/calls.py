"""Calls: what they yield, and back from a parameter to the arguments of every caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import (
    ClassRef,
    ClassValue,
    DisplayValue,
    EntryOf,
    ExternalValue,
    FunctionRef,
    FunctionValue,
    InstanceValue,
    Level,
    MemberOf,
    StoredValue,
    SuperValue,
    Value,
)
from registry_lint.project.flow import externals, guards
from registry_lint.project.flow.attributes import decorated_as
from registry_lint.project.flow.graph import Node, Note
from registry_lint.project.flow.indexes import CallSite
from registry_lint.project.flow.injection import injected
from registry_lint.project.flow.keys import ParameterAt, ReturnAt
from registry_lint.project.flow.mappings import entry_node
from registry_lint.project.flow.references import called_as

if TYPE_CHECKING:
    from collections.abc import Iterator

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


# --- what a call yields -------------------------------------------------------------------------------------


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
        flow_result(flow, value, node, key.typed, level)

    flow.graph.watch(flow.type_node(key.path, call.func), arrive)
    if not key.typed and not isinstance(func, facts.Attribute):
        _called_class(flow, node, key, call)
    if isinstance(func, facts.Attribute):
        _method_of_value(flow, node, key, call, func)


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
    elif name == "__new__" and call.arguments:
        made = flow.node(key.path, call.arguments[0].value, key.typed)
        flow.graph.watch(made, lambda value, level: _instantiate(flow, node, value, level))
    elif name in RECASING:
        flow.graph.flow(base, node, ("recased", name))
        if name in ("format", "join"):
            for argument in call.arguments:
                _into_text(flow, node, key, argument.value)
    elif name in ("get", "pop", "setdefault", "__getitem__"):
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


def _instantiate(flow: Flow, node: Node, value: Value, level: Level) -> None:
    if isinstance(value, ClassValue):
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


# --- what a function returns --------------------------------------------------------------------------------


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
    if guards.is_plain(declared, function.name):
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
        last = (flow.names.dotted(file, target) or "").rpartition(".")[2]
        if last in ("contextmanager", "asynccontextmanager", "fixture"):
            return True
    return False


# --- parameters ---------------------------------------------------------------------------------------------


class Caller(NamedTuple):
    """A call that was resolved to a function. `skipped` parameters are filled by the object or by `partial`."""

    path: str
    call: facts.ExprId
    skipped: int
    first_argument: int  # arguments before this one are not for the function (`partial(f, x)`)
    level: Level


class Callers:
    """The resolved callers of one function, told to every parameter that asks, those to come included."""

    def __init__(self) -> None:
        self.known: dict[Caller, None] = {}
        self.parameters: list[Node] = []


def expand_parameter(flow: Flow, node: Node, key: ParameterAt) -> None:
    """A parameter: the object itself, what its annotation declares, its default, the arguments of all callers."""
    file = flow.facts(key.path)
    function = file.functions[key.function]
    parameter = function.parameters[key.index]
    ref = FunctionRef(key.path, key.function)
    declared = flow.annotations.declared(key.path, parameter.annotation)
    if key.index == 0 and _is_receiver(flow, node, ref, function, declared):
        return
    for value in declared:
        flow.graph.seed(node, _packed(parameter, value))
    if not declared and not key.typed:
        flow.unknown(node, "a parameter: not every caller may be known")
    if guards.is_plain(declared, parameter.name):
        return
    if key.typed and any(guards.says_a_class(value) for value in declared):
        return
    _default(flow, node, key, parameter)
    if function.name == "<lambda>":
        return
    callers = callers_of(flow, ref, typed=key.typed)
    callers.parameters.append(node)
    for caller in list(callers.known):
        bind(flow, node, key, caller)
    _from_fixture(flow, node, key, function, parameter)


def _packed(parameter: facts.Parameter, value: Value) -> Value:
    if parameter.kind == "args":
        return MemberOf(value)
    return EntryOf(value) if parameter.kind == "kwargs" else value


def _is_receiver(
    flow: Flow, node: Node, ref: FunctionRef, function: facts.Function, declared: tuple[Value, ...]
) -> bool:
    """`self` or `cls`: an object of the class that holds the method, unless an annotation says which (a mixin)."""
    if function.class_ == facts.NONE:
        return False
    kind = decorated_as(flow, ref)
    if kind == "static":
        return False
    told = [value for value in declared if isinstance(value, InstanceValue | ClassValue)]
    if told:
        for value in told:
            actual = InstanceValue(value.of) if isinstance(value, InstanceValue) else ClassValue(value.of)
            flow.graph.seed(node, actual)
        return True
    owner = ClassRef(ref.path, function.class_)
    flow.graph.seed(node, ClassValue(owner) if kind == "class" else InstanceValue(owner))
    return True


def _default(flow: Flow, node: Node, key: ParameterAt, parameter: facts.Parameter) -> None:
    """A default; `Depends(f)`, as default or in the annotation, stands for what `f` returns."""
    factories = list(injected(flow, key.path, parameter))
    for path, factory in factories:

        def arrive(value: Value, level: Level) -> None:
            flow_result(flow, value, node, key.typed, level)

        flow.graph.watch(flow.node(path, factory, key.typed), arrive)
    if factories or parameter.default == facts.NONE:
        return
    note = Note(f"default of {parameter.name}", flow.span(key.path, parameter.default))
    flow.graph.flow(flow.node(key.path, parameter.default, key.typed), node, note=note)


def _from_fixture(
    flow: Flow, node: Node, key: ParameterAt, function: facts.Function, parameter: facts.Parameter
) -> None:
    """A parameter of a pytest test or fixture: the fixture of that name in the file or in a conftest above."""
    is_fixture = _fixture_named(flow, key.path, function) is not None
    if not (function.name.startswith("test") or is_fixture):
        return
    folder = key.path.rpartition("/")[0]
    candidates = [key.path]
    while True:
        candidates.append(f"{folder}/conftest.py" if folder else "conftest.py")
        if not folder:
            break
        folder = folder.rpartition("/")[0]
    for path in candidates:
        file = flow.files.facts(path) if path in flow.world else None
        for index, record in enumerate(file.functions if file else ()):
            if record.decorators and _fixture_named(flow, path, record) == parameter.name and record is not function:
                flow.graph.flow(flow.graph.node(ReturnAt(path, index, key.typed)), node)
                return


def _fixture_named(flow: Flow, path: str, function: facts.Function) -> str | None:
    file = flow.facts(path)
    for decorator in function.decorators:
        expr = file.expressions[decorator]
        target = expr.func if isinstance(expr, facts.Call) else decorator
        if (flow.names.dotted(file, target) or "").rpartition(".")[2] == "fixture":
            for argument in expr.arguments if isinstance(expr, facts.Call) else ():
                name = file.expressions[argument.value]
                if argument.name == "name" and isinstance(name, facts.Literal) and isinstance(name.value, str):
                    return name.value
            return function.name
    return None


# --- callers ------------------------------------------------------------------------------------------------


def callers_of(flow: Flow, function: FunctionRef, *, typed: bool) -> Callers:
    """The callers of a function: calls of its name, each resolved by what its callee is."""
    known = flow.callers.get(function)
    if known is not None:
        return known
    callers = flow.callers[function] = Callers()
    limit = flow.limits.callers_typed if typed else flow.limits.callers
    record = flow.facts(function.path).functions[function.id]
    names = _callee_names(flow, function, record)
    names += [name for name in called_as(flow, record.name) if name not in names]
    sites: list[CallSite] = []
    for name in names:
        found = flow.indexes.call_sites(name, flow.limits.callers)
        if found is None or len(found) > flow.limits.callers:
            flow.bounds[flow.limits.crowd()] += 1
            continue
        sites.extend(found)
    if typed and len(sites) > limit:
        del flow.callers[function]  # too many for a type; a later question for values may still ask
        flow.bounds[flow.limits.crowd(typed=True)] += 1
        return callers
    if record.name == "__init__" and record.class_ != facts.NONE:
        sites.extend(_inside_family(flow, ClassRef(function.path, record.class_)))
    for site in dict.fromkeys(sites):
        _watch_site(flow, function, callers, site.path, site.call)
    return callers


def _inside_family(flow: Flow, owner: ClassRef) -> Iterator[CallSite]:
    """`cls(…)` and `super().__init__(…)` in the files of a class and of those that derive from it."""
    for path in dict.fromkeys((owner.path, *(ref.path for ref in flow.classes.subclasses(owner)))):
        calls = flow.facts(path).calls
        for call in (*calls.get("cls", ()), *calls.get("__init__", ())):
            yield CallSite(path, call)


def _callee_names(flow: Flow, function: FunctionRef, record: facts.Function) -> list[str]:
    """The names under which a function may be called: its own; for a constructor, its class's family."""
    if record.name != "__init__" or record.class_ == facts.NONE:
        return [record.name]
    owner = ClassRef(function.path, record.class_)
    family = [owner, *flow.classes.subclasses(owner)]
    return list(dict.fromkeys(flow.classes.name(member) for member in family))


def _watch_site(flow: Flow, function: FunctionRef, callers: Callers, path: str, call: facts.ExprId) -> None:
    record = flow.facts(path).expressions[call]
    assert isinstance(record, facts.Call)

    def arrive(value: Value, level: Level) -> None:
        match value:
            case FunctionValue(of=of, bound=bound, given=given) if of == function:
                _add(flow, callers, Caller(path, call, int(bound) + given, 0, level))
            case ClassValue(of=of):
                if function in flow.classes.find_method(of, "__init__"):
                    _add(flow, callers, Caller(path, call, 1, 0, level))
            case InstanceValue(of=of):
                if function in flow.classes.find_method(of, "__call__"):
                    _add(flow, callers, Caller(path, call, 1, 0, level))

    flow.graph.watch(flow.type_node(path, record.func), arrive)


def _add(flow: Flow, callers: Callers, caller: Caller) -> None:
    if caller in callers.known:
        return
    callers.known[caller] = None
    for node in callers.parameters:
        key = node.key
        assert isinstance(key, ParameterAt)
        bind(flow, node, key, caller)


def bind(flow: Flow, node: Node, key: ParameterAt, caller: Caller) -> None:
    """Let the argument of one call flow into a parameter."""
    function = flow.facts(key.path).functions[key.function]
    call = flow.facts(caller.path).expressions[caller.call]
    assert isinstance(call, facts.Call)
    for value, operation, phrase in _arguments_for(function, key.index, call, caller):
        note = Note(phrase, flow.span(caller.path, value))
        source = flow.node(caller.path, value, key.typed)
        if operation == ("keyword-of",):
            _from_keywords(flow, node, key, source, function.parameters[key.index].name, caller.level, note)
        else:
            flow.graph.flow(source, node, operation, caller.level, note)


def _from_keywords(flow: Flow, node: Node, key: ParameterAt, source: Node, name: str, level: Level, note: Note) -> None:
    """`f(**options)`: the entry under the parameter's name."""

    def arrive(value: Value, reached: Level) -> None:
        if isinstance(value, DisplayValue):
            flow.graph.flow(entry_node(flow, value, name, key.typed), node, level=max(level, reached), note=note)

    flow.graph.watch(source, arrive)
    flow.graph.flow(source, node, ("item", name), level, note)


def _arguments_for(
    function: facts.Function, index: int, call: facts.Call, caller: Caller
) -> Iterator[tuple[facts.ExprId, Operation, str]]:
    """(argument, what happens to it, how a trace says it) for each argument that may reach a parameter."""
    parameter = function.parameters[index]
    arguments = call.arguments[caller.first_argument :]
    plain = [i for i, p in enumerate(function.parameters) if p.kind in ("positional", "plain")]
    position = plain.index(index) - caller.skipped if index in plain else -1
    taken = {function.parameters[i].name for i in range(len(function.parameters))}
    count = 0
    for argument in arguments:
        if argument.name == "":
            if parameter.kind == "args":
                if count >= len(plain) - caller.skipped:
                    yield argument.value, ("member",), f"passed as one of *{parameter.name}"
            elif count == position:
                yield argument.value, ("same",), f"passed as {parameter.name}"
            count += 1
        elif argument.name == "*":
            if parameter.kind == "args":
                yield argument.value, ("collection",), f"passed on as *{parameter.name}"
            elif position >= count:
                yield argument.value, ("item", position - count), f"unpacked into {parameter.name}"
        elif argument.name == "**":
            if parameter.kind == "kwargs":
                yield argument.value, ("same",), f"passed on as **{parameter.name}"
            elif parameter.kind != "args":
                yield argument.value, ("keyword-of",), f"passed as {parameter.name}= by **"
        elif argument.name == parameter.name and parameter.kind in ("plain", "keyword"):
            yield argument.value, ("same",), f"passed as {parameter.name}="
        elif parameter.kind == "kwargs" and argument.name not in taken:
            yield argument.value, ("as-item", argument.name), f"passed as {argument.name}="
