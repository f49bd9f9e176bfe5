"""What other files put into the containers of a module, and into those that are attributes of objects.

`startup.TOOLS.append(Search)`, `startup.TOOLS = [Search]`, `from startup import TOOLS as T` and then `T += [Search]`;
`hub.tools.append(Search)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.findings import Span
from registry_lint.project.domain import ClassRef, ClassValue, InstanceValue, ModuleValue
from registry_lint.project.flow.graph import Note
from registry_lint.project.flow.operations import path_operation

if TYPE_CHECKING:
    from registry_lint.project.domain import Level, Value
    from registry_lint.project.flow.graph import Node
    from registry_lint.project.flow.indexes import Mutation
    from registry_lint.project.flow.keys import AttributeAt, MemberAt
    from registry_lint.project.flow.operations import Operation
    from registry_lint.project.flow.solver import Flow

_MAKING = frozenset({"list", "dict", "set", "deque", "defaultdict", "OrderedDict"})
_FILES_READ = 40  # files that may fill one container


def put_in_by_others(flow: Flow, node: Node, key: MemberAt, bindings: tuple[facts.BindingId, ...]) -> None:
    """Let what other files put into a container of a module, or store in its place, flow into it."""
    file = flow.facts(key.path)
    if key.typed or key.name.startswith("__") or not any(_holds(file, file.bindings[index]) for index in bindings):
        return
    module = flow.names.module_of(key.path).rpartition(".")[2]
    asked = 0
    for path in flow.indexes.paths_filling(key.name, module):
        if path != key.path and path in flow.world:
            asked += 1
            if asked > _FILES_READ:
                flow.graph.cut(f"a module's container that more than {_FILES_READ} files may fill: others are not seen")
                return
            _under_its_name(flow, node, key, path)
            _as_attribute(flow, node, key, path)


def _holds(file: facts.FileFacts, binding: facts.Binding) -> bool:
    """Whether a binding makes a container, or stands for one that is stored later."""
    if not isinstance(binding, facts.ValueBinding) or binding.path or binding.expr == facts.NONE:
        return False
    record = file.expressions[binding.expr]
    if isinstance(record, facts.Literal) and record.kind == "none":
        return not binding.name.startswith("_")
    return is_container(file, binding.expr)


def is_container(file: facts.FileFacts, expr: facts.ExprId) -> bool:
    """Whether an expression makes a list, a dict or a set, or a field that holds one."""
    if expr == facts.NONE:
        return False
    match file.expressions[expr]:
        case facts.Sequence(kind="list" | "set") | facts.Mapping() | facts.Comprehension(kind="list" | "set" | "dict"):
            return True
        case facts.Call(func=func, arguments=arguments):
            factories = [argument.value for argument in arguments if argument.name in ("default_factory", "factory")]
            return any(file.last_name(one) in _MAKING for one in (func, *factories))
    return False


def put_in_attribute_by_others(flow: Flow, node: Node, key: AttributeAt, name: str) -> None:
    """Let what other files than that of a class put into a container that its objects have flow into it."""
    owners = [owner for owner in flow.classes.order(key.owner) if isinstance(owner, ClassRef)]
    if key.typed or name.startswith("__") or not any(_keeps_container(flow, owner, name) for owner in owners):
        return
    at_home = {owner.path for owner in owners}
    paths = [path for path in flow.indexes.paths_filling_attribute(name) if path not in at_home and path in flow.world]
    if len(paths) > _FILES_READ:
        flow.graph.cut(f"a container of objects that more than {_FILES_READ} files may fill: they are not seen")
        return
    for path in paths:
        file = flow.facts(path)
        for mutation in flow.indexes.attribute_mutations(path, name):
            target = file.expressions[mutation.target]
            assert isinstance(target, facts.Attribute)
            _where_object(flow, node, key, path, target.base, mutation, name)


def _keeps_container(flow: Flow, owner: ClassRef, name: str) -> bool:
    """`self.tools = []`, `tools: list = field(default_factory=list)`."""
    file = flow.facts(owner.path)
    bound = [file.bindings[index] for index in flow.classes.members(owner, name)]
    made = [one.expr for one in bound if isinstance(one, facts.ValueBinding) and not one.path]
    made += [store.expr for store in flow.indexes.attribute_stores(owner.path, name) if not store.path]
    return any(is_container(file, expr) for expr in made)


def _where_object(
    flow: Flow, node: Node, key: AttributeAt, path: str, base: facts.ExprId, mutation: Mutation, name: str
) -> None:
    def arrive(found: Value, level: Level) -> None:
        of = found.of if isinstance(found, InstanceValue | ClassValue) else None
        if isinstance(of, ClassRef) and (flow.classes.derives(of, key.owner) or flow.classes.derives(key.owner, of)):
            note = Note(f"put into {name} here", flow.span(path, mutation.value))
            flow.graph.flow(flow.value_node(path, mutation.value), node, mutation.operation, level, note)

    flow.graph.watch(flow.type_node(path, base), arrive)


def _under_its_name(flow: Flow, node: Node, key: MemberAt, path: str) -> None:
    """`from startup import TOOLS`, and then `TOOLS.append(x)`, `TOOLS += [x]`."""
    file = flow.facts(path)
    for index, binding in enumerate(file.bindings):
        if not isinstance(binding, facts.ImportBinding) or binding.member != key.name:
            continue
        module = flow.names.module(flow.names.absolute(path, binding.module), path)
        if not isinstance(module, ModuleValue) or flow.names.home(module.path, key.name) != (key.path, key.name):
            continue
        outer = flow.indexes.outer_mutations(path, binding.name) if binding.scope == 0 else []
        for mutation in (*flow.indexes.mutations(path, index), *outer):
            note = Note(f"put into {key.name} here", flow.span(path, mutation.value))
            flow.graph.flow(flow.value_node(path, mutation.value), node, mutation.operation, note=note)
        for other in file.scopes[binding.scope].names.get(binding.name, ()):
            added = file.bindings[other]
            if isinstance(added, facts.ValueBinding) and added.path == (("augment", 0),):
                note = Note(f"put into {key.name} here", Span(path, *added.position))
                flow.graph.flow(flow.value_node(path, added.expr), node, path_operation(added.path), note=note)


def _as_attribute(flow: Flow, node: Node, key: MemberAt, path: str) -> None:
    """`startup.TOOLS.append(x)`, `startup.TOOLS += [x]`, `startup.TOOLS = [x]`."""
    file = flow.facts(path)
    for mutation in flow.indexes.attribute_mutations(path, key.name):
        target = file.expressions[mutation.target]
        assert isinstance(target, facts.Attribute)
        note = Note(f"put into {key.name} here", flow.span(path, mutation.value))
        _where_module(flow, node, key, path, target.base, mutation.value, mutation.operation, note)
    for store in flow.indexes.attribute_stores(path, key.name):
        if store.expr != facts.NONE:
            note = Note(f"stored as {key.name} here", Span(path, *store.position))
            _where_module(flow, node, key, path, store.base, store.expr, path_operation(store.path), note)


def _where_module(
    flow: Flow,
    node: Node,
    key: MemberAt,
    path: str,
    base: facts.ExprId,
    value: facts.ExprId,
    operation: Operation,
    note: Note,
) -> None:
    def arrive(found: Value, level: Level) -> None:
        if isinstance(found, ModuleValue) and flow.names.home(found.path, key.name) == (key.path, key.name):
            flow.graph.flow(flow.value_node(path, value), node, operation, level, note)

    flow.graph.watch(flow.type_node(path, base), arrive)
