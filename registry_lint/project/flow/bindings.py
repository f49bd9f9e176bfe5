"""What a name is: its bindings, seen from its own scope, from an inner one, and from another module."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.findings import Span
from registry_lint.project.domain import (
    CERTAIN,
    LIKELY,
    ClassRef,
    ClassValue,
    ExternalValue,
    FunctionRef,
    FunctionValue,
    InstanceValue,
    ModuleValue,
)
from registry_lint.project.flow import guards
from registry_lint.project.flow.graph import Note
from registry_lint.project.flow.keys import BindingAt, MemberAt, NameAt, ParameterAt, PutInAt
from registry_lint.project.flow.outside import is_container, put_in_by_others
from registry_lint.project.flow.parts import flow_parts
from registry_lint.project.flow.plain import is_plain

if TYPE_CHECKING:
    from registry_lint.project.flow.graph import Node
    from registry_lint.project.flow.keys import ExprAt
    from registry_lint.project.flow.solver import Flow

_BUILTINS = frozenset(dir(builtins))

# Decorators that hand back an object where a function was: what `@tool def f` binds is a tool, no function.
_OBJECT_DECORATORS = frozenset({"tool", "function_tool", "beta_tool", "kernel_function"})


def expand_name_load(flow: Flow, node: Node, key: ExprAt, name: facts.Name) -> None:
    """A name that is read: the bindings that reach it, as far as the guards in force let them through."""
    operation = guards.operation(flow, key.path, name.guards)
    if name.bindings is not None:
        for binding in name.bindings:
            flow.graph.flow(flow.graph.node(BindingAt(key.path, binding, key.typed)), node, operation)
        return
    file = flow.facts(key.path)
    scope = file.blocks[file.expression_blocks[key.expr]].scope
    flow.graph.flow(flow.graph.node(NameAt(key.path, scope, name.id, key.typed)), node, operation)


def expand_name(flow: Flow, node: Node, key: NameAt) -> None:
    """A name that is not local: the nearest scope that binds it decides (class scopes are seen from inside only)."""
    file = flow.facts(key.path)
    scope = key.scope
    while scope > 0:
        record = file.scopes[scope]
        hidden = record.kind == "class" and scope != key.scope
        if not hidden and key.name in record.names:
            for binding in record.names[key.name]:
                flow.graph.flow(flow.graph.node(BindingAt(key.path, binding, key.typed)), node)
            _put_in_by_inner_scopes(flow, node, key.path, key.name, key.typed)
            return
        scope = record.parent
    if key.name in file.scopes[0].names or file.star_imports or key.name not in _BUILTINS:
        flow.graph.flow(flow.graph.node(MemberAt(key.path, key.name, key.typed)), node)
    if key.name in _BUILTINS and key.name not in file.scopes[0].names:
        flow.graph.seed(node, ExternalValue(f"builtins.{key.name}"))


def _put_in_by_inner_scopes(flow: Flow, node: Node, path: str, name: str, typed: bool) -> None:
    for mutation in flow.indexes.outer_mutations(path, name):
        note = Note(f"put into {name}", flow.span(path, mutation.value))
        flow.graph.flow(flow.node(path, mutation.value, typed), node, mutation.operation, note=note)


def expand_member(flow: Flow, node: Node, key: MemberAt) -> None:
    """A module's name: every binding of it there, else what a star import brings, else a submodule."""
    file = flow.files.facts(key.path)
    if file is None:
        flow.unknown(node, "unparsable file")
        return
    bindings = file.scopes[0].names.get(key.name, ())
    for binding in bindings:
        flow.graph.flow(flow.graph.node(BindingAt(key.path, binding, key.typed)), node)
    if bindings:
        _put_in_by_inner_scopes(flow, node, key.path, key.name, key.typed)
        put_in_by_others(flow, node, key, bindings)
        return
    home = flow.names.lazily(key.path, key.name)
    if home is not None:
        flow.graph.flow(flow.graph.node(MemberAt(*home, key.typed)), node)
        return
    stars = (flow.names.module(flow.names.absolute(key.path, star.module), key.path) for star in file.star_imports)
    modules = (module.path for module in stars if isinstance(module, ModuleValue))
    brought = [path for path in modules if path != key.path and _brings(flow, path, key.name, {key.path})]
    for target, level in flow.names.member(ModuleValue(key.path), key.name).items():
        # What no module of the project has is taken for a library's: not what an `import *` brings.
        if isinstance(target, ClassValue | FunctionValue | ModuleValue) or (
            isinstance(target, ExternalValue) and not brought
        ):
            flow.graph.seed(node, target, level)
    for path in brought:
        flow.graph.flow(flow.graph.node(MemberAt(path, key.name, key.typed)), node)


def _brings(flow: Flow, path: str, name: str, seen: set[str]) -> bool:
    """Whether `import *` of a module may bring a name: where several are imported so, most have no such name."""
    file = flow.files.facts(path)
    if file is None:
        return True
    if name in file.scopes[0].names or flow.names.lazily(path, name) is not None:
        return True
    seen.add(path)
    modules = (flow.names.module(flow.names.absolute(path, star.module), path) for star in file.star_imports)
    onward = (module.path for module in modules if isinstance(module, ModuleValue))
    return any(other not in seen and _brings(flow, other, name, seen) for other in onward)


def expand_binding(flow: Flow, node: Node, key: BindingAt) -> None:
    """A name as one binding leaves it."""
    path, typed = key.path, key.typed
    match flow.facts(path).bindings[key.binding]:
        case facts.ValueBinding() as binding:
            _expand_value(flow, node, key, binding)
        case facts.ParameterBinding(function=function, index=index):
            flow.graph.flow(flow.graph.node(ParameterAt(path, function, index, typed)), node)
            _put_in(flow, node, key)
        case facts.ImportBinding() as binding:
            _expand_import(flow, node, key, binding)
        case facts.FunctionBinding(function=function):
            _expand_function(flow, node, path, function)
        case facts.ClassBinding(class_=class_):
            flow.graph.seed(node, ClassValue(ClassRef(path, class_)))
        case facts.MergedBinding(options=options):
            for option in options:
                flow.graph.flow(flow.graph.node(BindingAt(path, option, typed)), node)
        case facts.NarrowedBinding(options=options, guards=known):
            operation = guards.operation(flow, path, known)
            for option in options:
                flow.graph.flow(flow.graph.node(BindingAt(path, option, typed)), node, operation)
        case facts.OpaqueBinding(reason=reason):
            flow.unknown(node, reason)


def _expand_value(flow: Flow, node: Node, key: BindingAt, binding: facts.ValueBinding) -> None:
    declared = flow.annotations.declared(key.path, binding.annotation)
    for value in declared:
        flow.graph.seed(node, value)
    if is_plain(declared, binding.name):
        return
    if key.typed and any(guards.says_a_class(value) for value in declared):
        return
    if binding.expr != facts.NONE:
        source = flow.node(key.path, binding.expr, key.typed)
        note = None
        if ("element", 0) in binding.path:
            note = Note(f"each of them is {binding.name} here", Span(key.path, *binding.position))
        flow_parts(flow, source, node, key.path, binding.path, note=note)
    _put_in(flow, node, key)
    if not key.typed and is_container(flow.facts(key.path), binding.expr):
        flow.graph.flow(flow.graph.node(PutInAt(key.path, key.binding)), node)


def _put_in(flow: Flow, node: Node, key: BindingAt) -> None:
    """What is put into the container that this binding holds."""
    for mutation in flow.indexes.mutations(key.path, key.binding):
        note = Note("put into it here", flow.span(key.path, mutation.value))
        flow.graph.flow(flow.node(key.path, mutation.value, key.typed), node, mutation.operation, note=note)


def _expand_import(flow: Flow, node: Node, key: BindingAt, binding: facts.ImportBinding) -> None:
    module = flow.names.module(flow.names.absolute(key.path, binding.module), key.path)
    if not binding.member:
        flow.graph.seed(node, module)
    elif isinstance(module, ModuleValue):
        if module.path != key.path:
            flow.graph.flow(flow.graph.node(MemberAt(module.path, binding.member, key.typed)), node)
    else:
        for target, level in flow.names.member(module, binding.member, key.path).items():
            own = isinstance(target, ExternalValue) and target.dotted.partition(".")[0] in flow.names.roots
            by_name = _only_class_named(flow, binding.member) if own else None
            flow.graph.seed(node, by_name or target, LIKELY if own else level)


def _only_class_named(flow: Flow, name: str) -> ClassValue | None:
    """The class of a name that only one file of this world defines: all that is known where an import leads nowhere."""
    if not name[:1].isupper():
        return None
    headers = flow.files.production_sieve.classes_named(name)
    if len(headers) != 1 or headers[0].path not in flow.world:
        return None
    file = flow.files.facts(headers[0].path)
    found = [index for index, record in enumerate(file.classes if file else ()) if record.name == name]
    return ClassValue(ClassRef(headers[0].path, found[0])) if len(found) == 1 else None


def _expand_function(flow: Flow, node: Node, path: str, function: int) -> None:
    record = flow.facts(path).functions[function]
    value = FunctionValue(FunctionRef(path, function))
    for decorator in record.decorators:
        if _makes_an_object(flow, node, path, decorator):
            return
    flow.graph.seed(node, value, CERTAIN)


def _makes_an_object(flow: Flow, node: Node, path: str, decorator: int) -> bool:
    """Whether a decorator puts an object in the place of the function; it is then seeded."""
    file = flow.facts(path)
    expr = file.expressions[decorator]
    target = expr.func if isinstance(expr, facts.Call) else decorator
    dotted = file.dotted(target)
    if dotted is None:
        return False
    for found in flow.names.resolve(path, flow.names.scope_of(path, decorator), dotted):
        match found:
            case ClassValue(of=of):
                flow.graph.seed(node, InstanceValue(of))
                return True
            case ExternalValue(dotted=name) if name.rpartition(".")[2] in _OBJECT_DECORATORS:
                flow.unknown(node, "made by a decorator")
                return True
    return False
