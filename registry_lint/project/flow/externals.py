"""Calls of built-in and third-party functions whose result is known from their arguments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import (
    LIKELY,
    ClassRef,
    ClassValue,
    DisplayValue,
    ExternalValue,
    FunctionValue,
    IdentityValue,
    InstanceValue,
    Level,
    ModuleValue,
    NumberValue,
    TextValue,
    UnknownValue,
    Value,
)
from registry_lint.project.flow.iterables import LIBRARY, filtered, mapped, reduced
from registry_lint.project.flow.named_tuples import MADE, MAKERS, fields_of_call

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry_lint.project.flow.graph import Node
    from registry_lint.project.flow.keys import ExprAt
    from registry_lint.project.flow.operations import Operation
    from registry_lint.project.flow.solver import Flow

# dotted name → (position of the argument that flows into the result, what happens to it)
_PASS_ON: dict[str, tuple[int, Operation]] = {
    **LIBRARY,
    "builtins.str": (0, ("text",)),
    "builtins.format": (0, ("text",)),
    "builtins.type": (0, ("class-of",)),
    "copy.copy": (0, ("same",)),
    "copy.deepcopy": (0, ("same",)),
    "copy.replace": (0, ("same",)),
    "dataclasses.replace": (0, ("same",)),
    "attr.evolve": (0, ("same",)),
    "attrs.evolve": (0, ("same",)),
    "msgspec.structs.replace": (0, ("same",)),
    "typing.cast": (1, ("same",)),
    "types.MappingProxyType": (0, ("same",)),
    "asyncio.create_task": (0, ("same",)),
    "asyncio.wait_for": (0, ("same",)),
    "asyncio.shield": (0, ("same",)),
    "asyncio.run": (0, ("same",)),
    "weakref.proxy": (0, ("same",)),
}

# What tells objects apart but names none of them.
_IDENTITIES = {
    "builtins.id": "id()",
    "builtins.hash": "hash()",
    "builtins.repr": "repr()",
    "time.time": "a timestamp",
    "time.time_ns": "a timestamp",
    "time.monotonic": "a timestamp",
    "time.perf_counter": "a timestamp",
    "datetime.datetime.now": "a timestamp",
    "datetime.datetime.utcnow": "a timestamp",
}

_VERB = re.compile(r"_*[a-z]{2,}\w*_")  # what a name made at run time begins with to mean methods: `visit_`, `on_`
_MOST_DISPATCHED = 2_000  # methods, over all subclasses

_NUMBERS = frozenset(
    f"builtins.{name}" for name in ("len", "int", "float", "bool", "isinstance", "callable", "hasattr")
)
_ZIPPING = ("builtins.zip", "itertools.zip_longest", "itertools.product")
_MAPPINGS = ("builtins.dict", "collections.OrderedDict", "collections.defaultdict")
NAMESPACES = ("types.SimpleNamespace", "argparse.Namespace")
_FIELD_MARKERS = frozenset(
    {"Field", "Query", "Form", "Body", "Header", "Path", "Cookie", "Column", "mapped_column", "PrivateAttr"}
    | {"field", "attrib", "ib", "Security", "File", "Option", "Argument"}
)


def call(flow: Flow, node: Node, key: ExprAt, record: facts.Call, dotted: str, level: Level) -> None:
    """What a call of something third-party yields."""
    positional = [argument.value for argument in record.arguments if argument.name == ""]
    last = dotted.rpartition(".")[2]
    if dotted == "builtins.type" and len(positional) == 3:
        flow.unknown(node, "a class made at run time")
    elif dotted in MAKERS:
        flow.graph.seed(node, ExternalValue(MADE), level)
    elif dotted == MADE:
        if fields_of_call(flow, key.path, key.expr):
            flow.graph.seed(node, DisplayValue(key.path, key.expr), level)
        else:
            flow.unknown(node, "a named tuple whose fields are not known")
    elif dotted in _PASS_ON:
        position, operation = _PASS_ON[dotted]
        if len(positional) > position:
            flow.graph.flow(flow.node(key.path, positional[position], key.typed), node, operation, level)
        if dotted in ("builtins.str", "builtins.format"):
            flow.graph.seed(node, TextValue(None), level)
        elif dotted in _MAPPINGS and any(argument.name for argument in record.arguments):
            flow.graph.seed(node, DisplayValue(key.path, key.expr), level)
    elif dotted in _IDENTITIES:
        flow.graph.seed(node, IdentityValue(_IDENTITIES[dotted]), level)
    elif dotted in _NUMBERS:
        flow.graph.seed(node, NumberValue(), level)
    elif dotted == "builtins.dict":
        _dict(flow, node, key, record, positional, level)
    elif dotted in _ZIPPING:
        for index, value in enumerate(positional):
            flow.graph.flow(flow.node(key.path, value, key.typed), node, ("zipped", index), level)
    elif dotted == "builtins.map":
        mapped(flow, node, key, positional)
    elif dotted in ("builtins.filter", "itertools.filterfalse"):
        filtered(flow, node, key, positional, holds=dotted == "builtins.filter")
    elif dotted == "functools.reduce":
        reduced(flow, node, key, positional)
    elif dotted in NAMESPACES:
        flow.graph.seed(node, DisplayValue(key.path, key.expr), level)  # its attributes are its entries
        flow.graph.seed(node, InstanceValue(dotted), level)
    elif dotted == "importlib.import_module":
        _import_module(flow, node, key, positional, level)
    elif dotted == "re.sub":
        for value in positional[2:3]:
            flow.graph.flow(flow.node(key.path, value, key.typed), node, ("text",), level)
    elif dotted == "builtins.getattr":
        _getattr(flow, node, key, positional, level)
    elif dotted in ("itertools.chain", "collections.ChainMap"):
        into = ("collection",) if dotted == "itertools.chain" else ("same",)
        for value in positional:
            flow.graph.flow(flow.node(key.path, value, key.typed), node, into, level)
    elif dotted == "asyncio.gather":
        for index, value in enumerate(positional):
            flow.graph.flow(flow.node(key.path, value, key.typed), node, ("as-item", index), level)
    elif dotted in ("functools.partial", "functools.partialmethod"):
        _partial(flow, node, key, positional)
    elif dotted == "contextvars.ContextVar":
        flow.graph.seed(node, InstanceValue(dotted), level)
        for argument in record.arguments:
            if argument.name == "default":
                flow.graph.flow(flow.node(key.path, argument.value, key.typed), node, ("entry-of",), level)
    elif last in _FIELD_MARKERS:
        _field(flow, node, key, record)
    elif last[:1].isupper():
        flow.graph.seed(node, InstanceValue(dotted), level)
    else:
        flow.graph.seed(node, UnknownValue("result of a third-party function"), level)


def _import_module(flow: Flow, node: Node, key: ExprAt, positional: list[int], level: Level) -> None:
    """`import_module("app.registry")`: a module of the project, where its name is written out."""
    name = flow.facts(key.path).expressions[positional[0]] if len(positional) == 1 else None
    if isinstance(name, facts.Literal) and isinstance(name.value, str) and not name.value.startswith("."):
        module = flow.names.path_of(name.value, key.path)
        if module is not None:
            flow.graph.seed(node, ModuleValue(module), level)
            return
    flow.unknown(node, "a module that is loaded by its name")


def _dict(flow: Flow, node: Node, key: ExprAt, record: facts.Call, positional: list[int], level: Level) -> None:
    if any(argument.name for argument in record.arguments) or not positional:
        flow.graph.seed(node, DisplayValue(key.path, key.expr), level)
    if positional:
        flow.graph.flow(flow.node(key.path, positional[0], key.typed), node, ("from-pairs",), level)


def _getattr(flow: Flow, node: Node, key: ExprAt, positional: list[int], level: Level) -> None:
    """`getattr(x, "name", default)`: the attribute, or the default."""
    from registry_lint.project.flow.attributes import member_node, member_value

    file = flow.facts(key.path)
    name = file.expressions[positional[1]] if len(positional) > 1 else None
    if len(positional) > 2:
        flow.graph.flow(flow.node(key.path, positional[2], key.typed), node, level=level)
    if not isinstance(name, facts.Literal) or not isinstance(name.value, str):
        flow.unknown(node, "an attribute whose name is not literal")
        prefix = dispatch_prefix(file, positional)
        if prefix:
            _dispatch(flow, node, key, positional[0], prefix)
        return
    base = flow.node(key.path, positional[0], key.typed)
    if name.value == "__class__":
        flow.graph.flow(base, node, ("class-of",), level)
        return
    if name.value in ("__name__", "__qualname__"):
        flow.graph.flow(base, node, ("name-of",), level)
        return
    attribute = name.value

    def arrive(value: Value, reached: Level) -> None:
        source = member_node(flow, value, attribute, key.typed)
        found = member_value(value, attribute)
        if source is not None:
            flow.graph.flow(source, node, level=reached)
        elif found is not None:
            flow.graph.seed(node, found, reached)

    flow.graph.watch(flow.type_node(key.path, positional[0]), arrive)
    from registry_lint.project.flow.attributes import ask_by_name
    from registry_lint.project.flow.lifespans import is_of_a_state

    if not key.typed or is_of_a_state(file, positional[0]):
        record = facts.Attribute(positional[0], attribute, ())
        flow.unresolved.append((node, lambda: ask_by_name(flow, node, key, record)))


def dispatch_prefix(file: facts.FileFacts, positional: Sequence[facts.ExprId]) -> str:
    """What the attribute names begin with that a `getattr` of a name made at run time means; "" for anything else."""
    prefix = _literal_begin(file, positional[1]) if len(positional) > 1 else ""
    return prefix if _VERB.fullmatch(prefix) else ""


def _literal_begin(file: facts.FileFacts, expr: facts.ExprId) -> str:
    """The text that a made name begins with: `f"visit_{x}"`, `"visit_%s" % x`, `"visit_" + x`; "" where none does.

    A local name stands for the one expression that it is bound to.
    """
    match file.expressions[expr]:
        case facts.Name(bindings=[binding]):
            bound = file.bindings[binding]
            if isinstance(bound, facts.ValueBinding) and not bound.path and bound.expr not in (facts.NONE, expr):
                record = file.expressions[bound.expr]
                return "" if isinstance(record, facts.Name) else _literal_begin(file, bound.expr)
        case facts.Joined(parts=[first, *_]) | facts.Binary(operator="+", left=first):
            return _literal_begin(file, first)
        case facts.Literal(value=str() as text):
            return text.partition("%")[0]
    return ""


def _dispatch(flow: Flow, node: Node, key: ExprAt, base: facts.ExprId, prefix: str) -> None:
    """`getattr(self, f"visit_{kind}")`: one of the methods of the object's class and its subclasses so called."""
    from registry_lint.project.flow.attributes import member_node

    def arrive(value: Value, level: Level) -> None:
        if not isinstance(value, InstanceValue | ClassValue) or not isinstance(value.of, ClassRef):
            return
        classes = (value.of, *flow.classes.subclasses(value.of))
        named = [
            (of, name)
            for of in classes
            for base in flow.classes.order(of)
            if isinstance(base, ClassRef)
            for name in flow.classes.record(base).methods
            if name.startswith(prefix)
        ]
        if len(named) > _MOST_DISPATCHED:
            flow.graph.cut(
                f"a name made at run time that more than {_MOST_DISPATCHED:,} methods may have: none is followed"
            )
            return
        for of, name in dict.fromkeys(named):
            source = member_node(flow, type(value)(of), name, key.typed)
            if source is not None:
                flow.graph.flow(source, node, level=max(level, LIKELY))

    flow.graph.watch(flow.type_node(key.path, base), arrive)


def _partial(flow: Flow, node: Node, key: ExprAt, positional: list[int]) -> None:
    """`partial(f, a)` is `f`, with its first arguments given."""
    if not positional:
        return

    def arrive(value: Value, level: Level) -> None:
        if isinstance(value, FunctionValue):
            given = value.given + len(positional) - 1
            flow.graph.seed(node, FunctionValue(value.of, value.bound, given), level)
        else:
            flow.graph.seed(node, value, level)

    flow.graph.watch(flow.node(key.path, positional[0], key.typed), arrive)


def _field(flow: Flow, node: Node, key: ExprAt, record: facts.Call) -> None:
    """`field(default_factory=C)`, `Field(default=x)`: what the field holds when nothing is passed."""
    from registry_lint.project.flow.calls import flow_result

    for argument in record.arguments:
        if argument.name in ("default", "factory", "default_factory"):
            source = flow.node(key.path, argument.value, key.typed)
            if argument.name == "default":
                flow.graph.flow(source, node)
                continue

            def arrive(value: Value, level: Level) -> None:
                flow_result(flow, value, node, key.typed, level)

            flow.graph.watch(source, arrive)
