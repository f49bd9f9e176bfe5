"""Parameters: what one may be given, by its annotation, its default, the arguments of all callers, or as a fixture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.findings import Span
from registry_lint.project.domain import CERTAIN, ClassRef, ClassValue, EntryOf, FunctionRef, InstanceValue, MemberOf
from registry_lint.project.flow import guards
from registry_lint.project.flow.attributes import decorated_as
from registry_lint.project.flow.callers import bind, callers_of, deferring_call
from registry_lint.project.flow.calls import flow_result
from registry_lint.project.flow.decorated import bind_decorated
from registry_lint.project.flow.graph import Note
from registry_lint.project.flow.injection import injected
from registry_lint.project.flow.keys import ReturnAt
from registry_lint.project.flow.metaclasses import is_metaclass, seed_deriving, seed_made
from registry_lint.project.flow.parts import flow_parts
from registry_lint.project.flow.plain import is_plain

if TYPE_CHECKING:
    from registry_lint.project.domain import Level, Value
    from registry_lint.project.flow.graph import Node
    from registry_lint.project.flow.keys import ParameterAt
    from registry_lint.project.flow.solver import Flow

ANY_CALLER = "a parameter: not every caller may be known"  # said of every parameter that no annotation declares


def expand_parameter(flow: Flow, node: Node, key: ParameterAt) -> None:
    """A parameter: the object itself, what its annotation declares, its default, the arguments of all callers."""
    file = flow.facts(key.path)
    function = file.functions[key.function]
    parameter = function.parameters[key.index]
    ref = FunctionRef(key.path, key.function)
    declared = flow.annotations.declared(key.path, parameter.annotation)
    if key.index == 0 and _is_receiver(flow, node, ref, function, declared, typed=key.typed):
        return
    for value in declared:
        flow.graph.seed(node, _packed(parameter, value))
    if not declared and not key.typed:
        flow.unknown(node, ANY_CALLER)
    if is_plain(declared, parameter.name):
        return
    if key.typed and any(guards.says_a_class(value) for value in declared):
        return
    _default(flow, node, key, parameter)
    if function.name == "<lambda>":
        caller = deferring_call(flow, ref)
        if caller is not None:
            bind(flow, node, key, caller)
        return
    callers = callers_of(flow, ref, typed=key.typed)
    callers.parameters.append(node)
    node.watching += callers.watching
    for bound in callers.cuts:
        flow.graph.cut(bound)
    for caller in list(callers.known):
        bind(flow, node, key, caller)
    if not key.typed:
        bind_decorated(flow, node, key)
        _from_stores(flow, node, key, function)
    _from_fixture(flow, node, key, function, parameter)


def _packed(parameter: facts.Parameter, value: Value) -> Value:
    if parameter.kind == "args":
        return MemberOf(value)
    return EntryOf(value) if parameter.kind == "kwargs" else value


def _is_receiver(
    flow: Flow, node: Node, ref: FunctionRef, function: facts.Function, declared: tuple[Value, ...], *, typed: bool
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
    if not typed and function.name == "__init_subclass__":
        seed_deriving(flow, node, owner)
    elif not typed and kind != "class" and is_metaclass(flow, owner):
        seed_made(flow, node, owner, CERTAIN)
    else:
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


def _from_stores(flow: Flow, node: Node, key: ParameterAt, function: facts.Function) -> None:
    """What a property's setter is given: `agent.tools = [Search]`."""
    file = flow.facts(key.path)
    decorators = [file.expressions[one] for one in function.decorators]
    if key.index != 1 or not any(isinstance(one, facts.Attribute) and one.name == "setter" for one in decorators):
        return
    owner = ClassRef(key.path, function.class_)
    stores = [(key.path, store) for store in flow.indexes.attribute_stores(key.path, function.name)]
    stores += flow.indexes.outside_stores(function.name, flow.limits.outside_stores) or ()
    for path, store in dict.fromkeys(stores):
        if store.expr != facts.NONE:
            _watch_store(flow, node, owner, path, store)


def _watch_store(flow: Flow, node: Node, owner: ClassRef, path: str, store: facts.AttributeStore) -> None:
    note = Note(f"stored as attribute {store.name}", Span(path, *store.position))

    def arrive(value: Value, level: Level) -> None:
        if (
            isinstance(value, InstanceValue)
            and isinstance(value.of, ClassRef)
            and flow.classes.derives(value.of, owner)
        ):
            flow_parts(flow, flow.value_node(path, store.expr), node, path, store.path, level, note)

    flow.graph.watch(flow.type_node(path, store.base), arrive)


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
        if (file.dotted(target) or "").rpartition(".")[2] == "fixture":
            for argument in expr.arguments if isinstance(expr, facts.Call) else ():
                name = file.expressions[argument.value]
                if argument.name == "name" and isinstance(name, facts.Literal) and isinstance(name.value, str):
                    return name.value
            return function.name
    return None
