"""Under which literal keys a function registers, and in which registry: itself, or through what it calls.

A registry is told apart by what holds it (holders.py), since two objects of one class share no keys.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import (
    CERTAIN,
    ClassRef,
    FunctionRef,
    FunctionValue,
    InstanceValue,
    TextValue,
    UnknownValue,
)
from registry_lint.project.flow.keys import AttributeAt
from registry_lint.project.flow.parameters import ANY_CALLER
from registry_lint.project.forwarders import Forwarders
from registry_lint.project.holders import Holder, Holders
from registry_lint.project.signatures import argument_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.domain import Level, Value
    from registry_lint.project.flow.solver import Values
    from registry_lint.project.model import Project
    from registry_lint.project.registrations import Registration

_DEEPEST_CALLS = 3
_SITES = 100  # calls of a function that registers; one with more is a helper for everybody


class Keyed(NamedTuple):
    """One registration under one key in one run of a function."""

    holder: Holder
    signature: tuple[str, ...]  # the key first, then what else tells entries apart
    registration: Registration
    path: str  # of what shows the key: the registration's, or that of a call which hands the key on to it
    key: facts.ExprId  # what shows the key: its expression, an element of a loop's display, or the call
    level: Level
    places: tuple[tuple[str, facts.ExprId], ...]  # (path, call): from the run's own call down to the registration
    handing: int = 0  # how many of the places, before the last, are calls that hand the key on


class RegisteredKeys:
    """Answers by function, memoised. Only keys with one literal value count."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._holders = Holders(project)
        self._forwarders = Forwarders(project)
        self._known: dict[tuple[FunctionRef | str, ClassRef | None], tuple[Keyed, ...]] = {}

    # --- where registrations stand ---

    @cached_property
    def _direct(self) -> dict[FunctionRef | str, list[Registration]]:
        """Registrations by the function, or by the module, whose run makes them."""
        found: dict[FunctionRef | str, list[Registration]] = {}
        for registration in (*self._project.registrations.all, *self._project.registrations.decorations):
            function = self._project.function_of(registration.path, registration.call)
            found.setdefault(function or registration.path, []).append(registration)
        return found

    @cached_property
    def _repeated(self) -> dict[FunctionRef | str, list[Keyed]]:
        """What each function or module registers itself, under signatures that more than one expression shows: only
        under these can a key be registered twice."""
        registered: dict[FunctionRef | str, list[Keyed]] = {}
        shown: dict[tuple[str, ...], set[tuple[str, facts.ExprId]]] = {}
        for of, registrations in self._direct.items():
            for registration in registrations:
                keys = self._handed_on(registration) if self._is_handed_on(registration) else None
                for run, keyed in keys or ((of, keyed) for keyed in self._registered(registration)):
                    registered.setdefault(run, []).append(keyed)
        for several in registered.values():
            for keyed in several:
                shown.setdefault(keyed.signature, set()).add((keyed.path, keyed.key))
        repeated = {
            of: [keyed for keyed in several if len(shown[keyed.signature]) > 1] for of, several in registered.items()
        }
        return {of: several for of, several in repeated.items() if several}

    @cached_property
    def runs(self) -> tuple[tuple[FunctionRef | str, ClassRef | None], ...]:
        """Functions (with the class whose object runs each) and modules in whose runs a key may come twice; sorted."""
        project = self._project
        found: dict[FunctionRef | str, None] = dict.fromkeys(self._repeated)
        fresh = [of for of in found if isinstance(of, FunctionRef)]
        for _ in range(_DEEPEST_CALLS - 1):
            callers: dict[FunctionRef | str, None] = {}
            for function in fresh:
                name = project.function(function).name
                for site in project.production_flow.indexes.call_sites(name, _SITES) or ():
                    caller = project.function_of(site.path, site.call)
                    callers[caller or site.path] = None
            fresh = [of for of in callers if of not in found and isinstance(of, FunctionRef)]
            found.update(callers)
        runs: dict[tuple[FunctionRef | str, ClassRef | None], None] = {}
        for of in found:
            owner = project.classes.owner(of) if isinstance(of, FunctionRef) else None
            owners = (owner, *project.classes.subclasses(owner)) if owner is not None else (None,)
            runs.update(dict.fromkeys((of, one) for one in owners))
        return tuple(sorted(runs, key=lambda run: (str(run[0]), str(run[1]))))

    @cached_property
    def _registering_names(self) -> frozenset[str]:
        return frozenset(self._project.function(of).name for of, _ in self.runs if isinstance(of, FunctionRef))

    # --- what a run registers ---

    def of(self, run: FunctionRef | str, owner: ClassRef | None, depth: int = 0) -> tuple[Keyed, ...]:
        """What one run of a function (called on an object of `owner`) or module registers under keys that come more
        than once in the program, in the order of its code."""
        key = (run, owner)
        known = self._known.get(key)
        if known is None:
            self._known[key] = ()  # a function that calls itself adds nothing by that
            found = list(self._repeated.get(run, ()))
            if depth < _DEEPEST_CALLS:
                found += self._through_calls(run, owner, depth)
            found.sort(key=lambda one: (self._project.span(*one.places[0]), one.signature))
            known = self._known[key] = tuple(found)
        return known

    def _registered(self, registration: Registration) -> Iterator[Keyed]:
        holder = self._holders.of_registration(registration)
        if holder is None:
            return
        path, place = registration.path, ((registration.path, registration.call),)
        for key, text in self._keys(registration):
            signature = self._signature(registration, text)
            if signature is not None:
                yield Keyed(holder, signature, registration, path, key, registration.level, place)

    # --- keys that are handed on to a registration ---

    def _handed_on(self, registration: Registration) -> Iterator[tuple[FunctionRef | str, Keyed]]:
        """What the calls register of a function that hands its key on: `add_tool("search", Search())`, `@tool("find")`;
        with the function or module in whose run each stands."""
        path, key = registration.path, registration.key
        holder = self._holders.of_registration(registration)
        signature = self._signature(registration, "") if holder is not None else None
        if holder is not None and signature is not None:
            place = ((path, registration.call),)
            keyed = Keyed(holder, signature, registration, path, key, registration.level, place)
            yield from self._of_callers(keyed)

    def _is_handed_on(self, registration: Registration) -> bool:
        """Whether who calls the function around gives the key; a call of a registering method is a registration."""
        path, call, key = registration.path, registration.call, registration.key
        return (
            key != facts.NONE
            and not self._is_registering(path, call)
            and self._forwarders.parameter(path, call, key) is not None
        )

    def _is_registering(self, path: str, call: facts.ExprId) -> bool:
        """Whether a registration stands in a registering method: a call of that is a registration itself."""
        function = self._project.function_of(path, call)
        owner = self._project.classes.owner(function) if function is not None else None
        registry = self._project.registries.all.get(owner) if owner is not None else None
        return (
            registry is not None and function is not None and self._project.function(function).name in registry.methods
        )

    def _of_callers(self, keyed: Keyed) -> Iterator[tuple[FunctionRef | str, Keyed]]:
        parameter = self._forwarders.parameter(keyed.path, keyed.places[0][1], keyed.key)
        if parameter is None or keyed.handing >= _DEEPEST_CALLS:
            return
        for handed in self._forwarders.handed(parameter):
            holder = self._holders.seen_by_caller(
                handed.path, handed.call, parameter.function, keyed.holder, handed.skipped
            )
            if holder is None:
                continue
            onward = keyed._replace(
                holder=holder,
                path=handed.path,
                key=handed.key,
                level=max(keyed.level, handed.level),
                places=((handed.path, handed.call), *keyed.places),
                handing=keyed.handing + 1,
            )
            shown = list(self._texts(handed.path, handed.key))
            run = self._project.function_of(handed.path, handed.call) or handed.path
            for key, text in shown:
                if text:
                    yield run, onward._replace(key=key, signature=(text, *keyed.signature[1:]))
            if not shown:
                yield from self._of_callers(onward)

    def _texts(self, path: str, key: facts.ExprId) -> list[tuple[facts.ExprId, str]]:
        """The literal texts that a key can be, one after the other, each with the expression that shows it."""
        looped = list(self._looped(path, key))
        text = self._text(path, key) if not looped else None
        return looped or ([(key, text)] if text is not None else [])

    def _through_calls(self, run: FunctionRef | str, owner: ClassRef | None, depth: int) -> Iterator[Keyed]:
        project = self._project
        path = run if isinstance(run, str) else run.path
        file = project.facts_of(path)
        for name in sorted(self._registering_names & set(file.calls)):
            for call in file.calls[name]:
                if (project.function_of(path, call) or path) != run:
                    continue
                for callee, bound in self._callees(path, call, owner):
                    if callee != run:
                        for keyed in self.of(callee, bound, depth + 1):
                            yield from self._passed_on(path, call, callee, bound is not None, keyed)

    def _callees(
        self, path: str, call: facts.ExprId, owner: ClassRef | None
    ) -> Iterator[tuple[FunctionRef, ClassRef | None]]:
        """The functions that a call runs; with the object's class where they are methods of the same object."""
        project = self._project
        file = project.facts_of(path)
        func = file.expressions[project.call_at(path, call).func]
        if isinstance(func, facts.Attribute) and owner is not None:
            base = file.expressions[func.base]
            if isinstance(base, facts.Name) and base.id in ("self", "cls"):
                yield from ((method, owner) for method in project.classes.find_method(owner, func.name))
                return
        for value in project.production_flow.types(path, project.call_at(path, call).func):
            if isinstance(value, FunctionValue):
                yield value.of, None

    def _passed_on(
        self, path: str, call: facts.ExprId, callee: FunctionRef, own: bool, keyed: Keyed
    ) -> Iterator[Keyed]:
        """What a callee registers, as its caller sees it: parameters become arguments, its own locals are gone."""
        holder: Holder | None = keyed.holder
        if keyed.holder.kind == "parameter":
            parameters = self._project.function(callee).parameters
            skipped = int(self._project.function(callee).class_ != facts.NONE)
            argument = argument_for(self._project.call_at(path, call), parameters, keyed.holder.id, skipped)
            holder = self._holders.of(path, argument) if argument != facts.NONE else None
        elif keyed.holder.kind == "local" or (keyed.holder.kind == "self" and not own):
            holder = None
        if holder is not None:
            yield keyed._replace(holder=holder, places=((path, call), *keyed.places))

    # --- which key ---

    def _keys(self, registration: Registration) -> Iterator[tuple[facts.ExprId, str]]:
        """The literal keys of a registration, each with the expression that shows it."""
        path, key = registration.path, registration.key
        if key != facts.NONE:
            yield from self._texts(path, key)
        elif registration.storing.key_attribute == "__name__" and registration.value == facts.NONE:
            decorated = self._decorated(registration)
            if decorated:
                yield registration.call, decorated
        elif registration.storing.key_attribute and registration.value != facts.NONE:
            attribute = registration.storing.key_attribute
            looped = list(self._looped(path, registration.value, attribute))
            if looped:
                yield from looped
                return
            text = self._attribute_text(path, registration.value, attribute)
            if text is not None:
                yield registration.value, text

    def _text(self, path: str, expr: facts.ExprId) -> str | None:
        flow = self._project.production_flow
        values = list(flow.solve(flow.value_node(path, expr), is_decided=_is_no_text).values)
        if len(values) == 1 and isinstance(values[0], TextValue):
            return values[0].text
        return None

    def _attribute_text(self, path: str, value: facts.ExprId, attribute: str) -> str | None:
        """The only text that an attribute of the only class of an expression can be."""
        if "." in attribute:
            return None
        flow = self._project.production_flow
        values = list(flow.solve(flow.value_node(path, value), is_decided=_is_no_instance).values)
        if len(values) != 1 or not isinstance(values[0], InstanceValue) or not isinstance(values[0].of, ClassRef):
            return None
        of = values[0].of
        attribute_node = flow.graph.node(AttributeAt(of.path, of.id, attribute, False, typed=False))
        node = flow.solve(attribute_node, is_decided=_is_no_text)
        texts = [v for v in node.values if not (isinstance(v, InstanceValue) and v.declared)]
        return texts[0].text if len(texts) == 1 and isinstance(texts[0], TextValue) else None

    def _decorated(self, registration: Registration) -> str:
        """The name of the class or function that a registration decorates; "" where it decorates none."""
        file = self._project.facts_of(registration.path)
        if registration.decorated != facts.NONE:
            return file.bindings[registration.decorated].name
        records: tuple[facts.Function | facts.Class, ...] = (*file.functions, *file.classes)
        return next((record.name for record in records if registration.call in record.decorators), "")

    def _looped(self, path: str, key: facts.ExprId, attribute: str = "") -> Iterator[tuple[facts.ExprId, str]]:
        """The literal keys that a loop over a display gives to a name: pairs, texts, objects with a name (whose
        `attribute` is read, if not by the expression itself)."""
        file = self._project.facts_of(path)
        record = file.expressions[key]
        if isinstance(record, facts.Attribute):
            attribute, record = record.name, file.expressions[record.base]
        if not isinstance(record, facts.Name) or len(record.bindings or ()) != 1:
            return
        binding = file.bindings[(record.bindings or (0,))[0]]
        if not isinstance(binding, facts.ValueBinding) or not binding.path or binding.path[0] != ("element", 0):
            return
        rest = binding.path[1:]
        for element in self._elements(path, binding.expr):
            item = element
            for step, index in rest:
                inside = file.expressions[item]
                if step != "item" or not isinstance(inside, facts.Sequence) or not isinstance(index, int):
                    break
                if index >= len(inside.items):
                    break
                item = inside.items[index]
            else:
                text = self._attribute_text(path, item, attribute) if attribute else self._literal(path, item)
                if text is not None:
                    yield item, text

    def _literal(self, path: str, expr: facts.ExprId) -> str | None:
        record = self._project.facts_of(path).expressions[expr]
        return record.value if isinstance(record, facts.Literal) and isinstance(record.value, str) else None

    def _elements(self, path: str, expr: facts.ExprId) -> Iterator[facts.ExprId]:
        """The elements of a display, written where it is looped over or bound to one name."""
        file = self._project.facts_of(path)
        match file.expressions[expr]:
            case facts.Sequence(items=items):
                yield from items
            case facts.Name(id=name, bindings=bindings):
                found = bindings if bindings is not None else file.scopes[0].names.get(name, ())
                binding = file.bindings[found[0]] if len(found) == 1 else None
                made = binding.expr if isinstance(binding, facts.ValueBinding) and not binding.path else facts.NONE
                if made != facts.NONE and isinstance(file.expressions[made], facts.Sequence):
                    yield from self._elements(path, made)

    def _signature(self, registration: Registration, text: str) -> tuple[str, ...] | None:
        """The key with what else tells entries apart: the table, and literal arguments that are part of the key.

        None where something takes part that is not literal, and where a key may hold several values.
        """
        project = self._project
        storing = registration.storing
        if storing.forwards and storing.joined:
            return None  # with what, another method says
        file = project.facts_of(storing.function.path)
        function = file.functions[storing.function.id]
        parts: set[int] = set()
        for store in file.subscript_stores:
            base = file.expressions[store.base]
            if file.blocks[store.block].scope != function.scope or store.expr == facts.NONE:
                continue
            if isinstance(file.expressions[store.expr], facts.Sequence | facts.Binary | facts.Comprehension):
                return None  # a list that grows: the key may be registered as often as one likes
            for expr in (store.key, *([base.key] if isinstance(base, facts.Subscript) else ())):
                if expr != facts.NONE:
                    origins = project.storing.origins.of(storing.function.path, expr)
                    parts.update(o.parameter for o in origins if not o.attributes)
            if isinstance(base, facts.Call):
                for argument in base.arguments[:1]:
                    origins = project.storing.origins.of(storing.function.path, argument.value)
                    parts.update(o.parameter for o in origins if not o.attributes)
        return self._with_parts(registration, function, text, parts)

    def _with_parts(
        self, registration: Registration, function: facts.Function, text: str, parts: set[int]
    ) -> tuple[str, ...] | None:
        call = self._project.facts_of(registration.path).expressions[registration.call]
        storing = registration.storing
        told = [storing.table or function.name]
        for index, parameter in enumerate(function.parameters):
            if index in (0, storing.key) or not isinstance(call, facts.Call):
                continue
            if index == storing.value and index not in parts:
                continue  # what is stored; part of the key as well in `self._parts[kind][name] = Entry(kind, path)`
            argument = argument_for(call, function.parameters, index, 1)
            literal = self._text(registration.path, argument) if argument != facts.NONE else ""
            if index in parts and literal is None:
                return None
            if index in parts or (storing.forwards and literal):
                told.append(f"{parameter.name}={literal}")
        return (text, *told)


def _is_no_text(values: Values) -> bool:
    """Whether it's certain that an expression is no one text that is known, or not that alone; more values change
    nothing about it."""
    found = _certain(values)
    return len(found) > 1 or any(not isinstance(value, TextValue) or value.text is None for value in found)


def _is_no_instance(values: Values) -> bool:
    """The same of an instance of one class of the project."""
    found = _certain(values)
    return len(found) > 1 or any(
        not isinstance(value, InstanceValue) or not isinstance(value.of, ClassRef) for value in found
    )


def _certain(values: Values) -> list[Value]:
    """The values that stay, whatever a search would find behind its bound. What is unknown may become known there,
    but for a parameter that anybody may fill; and a declared value counts as none, where an attribute is read."""
    return [
        value
        for value, level in values.items()
        if level == CERTAIN
        and not (isinstance(value, UnknownValue) and value.reason != ANY_CALLER)
        and not (isinstance(value, InstanceValue) and value.declared)
    ]
