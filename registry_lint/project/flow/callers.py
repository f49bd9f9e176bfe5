"""The callers of a function: every call that may run it, and which of its arguments a parameter is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassRef, ClassValue, DisplayValue, FunctionValue, InstanceValue
from registry_lint.project.flow.deferred import deferred
from registry_lint.project.flow.graph import Note
from registry_lint.project.flow.indexes import CallSite
from registry_lint.project.flow.keys import ParameterAt
from registry_lint.project.flow.mappings import entry_node
from registry_lint.project.flow.references import called_as, handed_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.domain import FunctionRef, Level, Value
    from registry_lint.project.flow.graph import Node
    from registry_lint.project.flow.operations import Operation
    from registry_lint.project.flow.solver import Flow


class Caller(NamedTuple):
    """A call that was resolved to a function, or one that defers a call of it (`partial(f, x)`). `skipped` parameters
    are filled by the object or by an earlier `partial`."""

    path: str
    call: facts.ExprId
    skipped: int
    defers: bool
    level: Level


class Callers:
    """The resolved callers of one function, told to every parameter that asks, those to come included."""

    def __init__(self) -> None:
        self.known: dict[Caller, None] = {}
        self.parameters: list[Node] = []
        self.watching: tuple[Node, ...] = ()  # what the calls were resolved by
        self.cuts: list[str] = []  # bounds that were met, in words


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
    at_home = _calls_at_home(flow.facts(function.path), record)
    if at_home is not None:
        sites.extend(CallSite(function.path, call) for call in at_home)
        names = []
    for name in names:
        found = flow.indexes.call_sites(name, flow.limits.callers)
        if found is None or len(found) > flow.limits.callers:
            callers.cuts.append(flow.limits.crowd())
            continue
        sites.extend(found)
    if typed and len(sites) > limit:
        del flow.callers[function]  # too many for a type; a later question for values may still ask
        callers.cuts.append(flow.limits.crowd(typed=True))
        return callers
    if record.name == "__init__" and record.class_ != facts.NONE:
        sites.extend(_inside_family(flow, ClassRef(function.path, record.class_)))
    asking = flow.graph.asking
    known_before = len(asking.watching) if asking is not None else 0
    for site in dict.fromkeys(sites):
        _watch_site(flow, function, callers, site.path, site.call)
    for site in handed_on(flow, record.name).deferrals:
        _watch_deferral(flow, function, callers, site)
    if asking is not None:
        callers.watching = asking.watching[known_before:]
    return callers


def _calls_at_home(file: facts.FileFacts, record: facts.Function) -> tuple[facts.ExprId, ...] | None:
    """The calls of a function that is defined in another one's body and only ever called there; None for any other,
    or where it is handed out. Its name may be a crowd's (`append`), its calls are not."""
    if record.class_ != facts.NONE or "<locals>" not in record.qualname or record.decorators:
        return None
    calls = {
        file.position(call.func): number
        for number in file.calls.get(record.name, ())
        if isinstance(call := file.expressions[number], facts.Call)
        and isinstance(file.expressions[call.func], facts.Name)
    }
    named = (n for n, expr in enumerate(file.expressions) if isinstance(expr, facts.Name) and expr.id == record.name)
    return tuple(calls.values()) if all(file.position(number) in calls for number in named) else None


def deferring_call(flow: Flow, function: FunctionRef) -> Caller | None:
    """The call that a lambda is written into, where it is one that has it called: `map(lambda x: …, xs)`."""
    known = flow.lambdas.get(function.path)
    if known is None:
        file = flow.facts(function.path)
        known = flow.lambdas[function.path] = {}
        for call, record in enumerate(file.expressions):
            if isinstance(record, facts.Call):
                for argument in record.arguments:
                    given = file.expressions[argument.value]
                    if isinstance(given, facts.Lambda):
                        later = deferred(file, record)
                        if later is not None and later.function == argument.value:
                            known[given.function] = Caller(function.path, call, 0, True, later.level)
    return known.get(function.id)


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
                _add(flow, callers, Caller(path, call, int(bound) + given, False, level))
            case ClassValue(of=of):
                if function in flow.classes.find_method(of, "__init__"):
                    _add(flow, callers, Caller(path, call, 1, False, level))
            case InstanceValue(of=of):
                if function in flow.classes.find_method(of, "__call__"):
                    _add(flow, callers, Caller(path, call, 1, False, level))

    flow.graph.watch(flow.type_node(path, record.func), arrive)


def _watch_deferral(flow: Flow, function: FunctionRef, callers: Callers, site: CallSite) -> None:
    file = flow.facts(site.path)
    record = file.expressions[site.call]
    later = deferred(file, record) if isinstance(record, facts.Call) else None
    if later is None:
        return
    least = later.level

    def arrive(value: Value, level: Level) -> None:
        if isinstance(value, FunctionValue) and value.of == function:
            skipped = int(value.bound) + value.given
            _add(flow, callers, Caller(site.path, site.call, skipped, True, max(level, least)))

    flow.graph.watch(flow.type_node(site.path, later.function), arrive)


def _add(flow: Flow, callers: Callers, caller: Caller) -> None:
    if caller in callers.known:
        return
    callers.known[caller] = None
    for node in callers.parameters:
        key = node.key
        assert isinstance(key, ParameterAt)
        with flow.graph.working_for(node):
            bind(flow, node, key, caller)


def bind(flow: Flow, node: Node, key: ParameterAt, caller: Caller) -> None:
    """Let the argument of one call flow into a parameter."""
    function = flow.facts(key.path).functions[key.function]
    file = flow.facts(caller.path)
    call = file.expressions[caller.call]
    assert isinstance(call, facts.Call)
    each: frozenset[facts.ExprId] = frozenset()
    if caller.defers:
        later = deferred(file, call)
        assert later is not None
        call, each = later.call, later.each
    for value, operation, phrase in _arguments_for(function, key.index, call, caller):
        note = Note(phrase, flow.span(caller.path, value))
        if value in each:
            operation = ("path", "element", 0, *(operation if len(operation) > 1 else (operation[0], 0)))
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
    plain = [i for i, p in enumerate(function.parameters) if p.kind in ("positional", "plain")]
    position = plain.index(index) - caller.skipped if index in plain else -1
    taken = {function.parameters[i].name for i in range(len(function.parameters))}
    count = 0
    for argument in call.arguments:
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
