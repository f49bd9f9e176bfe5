"""Under which literal keys a function registers, and in which registry: itself, or through what it calls.

A registry is told apart by the place that holds it (`Holder`), since two objects of one class share no keys: a local
name, a module's name wherever it is imported, an attribute of `self`, a parameter (that becomes the caller's argument).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassRef, FunctionRef, FunctionValue, InstanceValue, Level, ModuleValue, TextValue
from registry_lint.project.flow.keys import AttributeAt
from registry_lint.project.storing import argument_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project
    from registry_lint.project.registrations import Registration

_DEEPEST_CALLS = 3
_SITES = 100  # calls of a function that registers; one with more is a helper for everybody


class Holder(NamedTuple):
    """Where a registry is held. `kind`: local, module, self, parameter, class; the rest says which."""

    kind: str
    path: str
    id: int  # binding, parameter index or class; 0 where the name says it
    name: str  # of the module's name or of the attribute chain
    function: int = facts.NONE  # the function of a parameter


class Keyed(NamedTuple):
    """One registration under one key in one run of a function."""

    holder: Holder
    signature: tuple[str, ...]  # the key first, then what else tells entries apart
    registration: Registration
    key: facts.ExprId  # what shows the key: its expression, an element of a loop's display, or the call
    places: tuple[tuple[str, facts.ExprId], ...]  # (path, call): from the run's own call down to the registration


class RegisteredKeys:
    """Answers by function, memoised. Only keys with one literal value count."""

    def __init__(self, project: Project) -> None:
        self._project = project
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
    def runs(self) -> tuple[tuple[FunctionRef | str, ClassRef | None], ...]:
        """Every function (with the class whose object runs it) and module with registrations in its runs; sorted."""
        project = self._project
        found: dict[FunctionRef | str, None] = dict.fromkeys(self._direct)
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

    # --- what a run registers ---

    def of(self, run: FunctionRef | str, owner: ClassRef | None, depth: int = 0) -> tuple[Keyed, ...]:
        """What one run of a function (called on an object of `owner`) or module registers, in the order of its code."""
        key = (run, owner)
        known = self._known.get(key)
        if known is None:
            self._known[key] = ()  # a function that calls itself adds nothing by that
            found = [keyed for registration in self._direct.get(run, ()) for keyed in self._registered(registration)]
            if depth < _DEEPEST_CALLS:
                found += self._through_calls(run, owner, depth)
            found.sort(key=lambda one: (self._project.span(*one.places[0]), one.signature))
            known = self._known[key] = tuple(found)
        return known

    def _registered(self, registration: Registration) -> Iterator[Keyed]:
        holder = self._holder_of(registration)
        if holder is None:
            return
        place = ((registration.path, registration.call),)
        for key, text in self._keys(registration):
            signature = self._signature(registration, text)
            if signature is not None:
                yield Keyed(holder, signature, registration, key, place)

    def _through_calls(self, run: FunctionRef | str, owner: ClassRef | None, depth: int) -> Iterator[Keyed]:
        project = self._project
        path = run if isinstance(run, str) else run.path
        file = project.facts_of(path)
        names = {project.function(of).name for of, _ in self.runs if isinstance(of, FunctionRef)}
        for name in sorted(names & set(file.calls)):
            for call in file.calls[name]:
                if (project.function_of(path, call) or path) != run:
                    continue
                for callee, bound in self._callees(path, call, owner):
                    if callee != run:
                        for keyed in self.of(callee, bound, depth + 1):
                            yield from self._passed_on(path, call, callee, bound is not None, keyed)

    def _callees(self, path: str, call: facts.ExprId, owner: ClassRef | None) -> Iterator[tuple[FunctionRef, ClassRef | None]]:
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

    def _passed_on(self, path: str, call: facts.ExprId, callee: FunctionRef, own: bool, keyed: Keyed) -> Iterator[Keyed]:
        """What a callee registers, as its caller sees it: parameters become arguments, its own locals are gone."""
        holder: Holder | None = keyed.holder
        if keyed.holder.kind == "parameter":
            parameters = self._project.function(callee).parameters
            skipped = int(self._project.function(callee).class_ != facts.NONE)
            argument = argument_for(self._project.call_at(path, call), parameters, keyed.holder.id, skipped)
            holder = self._holder(path, argument) if argument != facts.NONE else None
        elif keyed.holder.kind == "local" or (keyed.holder.kind == "self" and not own):
            holder = None
        if holder is not None:
            yield keyed._replace(holder=holder, places=((path, call), *keyed.places))

    # --- which registry ---

    def _holder_of(self, registration: Registration) -> Holder | None:
        file = self._project.facts_of(registration.path)
        record = file.expressions[registration.call]
        func = file.expressions[record.func] if isinstance(record, facts.Call) else record
        return self._holder(registration.path, func.base) if isinstance(func, facts.Attribute) else None

    def _holder(self, path: str, expr: facts.ExprId, depth: int = 0) -> Holder | None:
        file = self._project.facts_of(path)
        match file.expressions[expr]:
            case facts.Name(id=name, bindings=bindings) if depth < 6:
                return self._named(path, file, expr, name, bindings, depth)
            case facts.Attribute(base=base, name=name):
                module = next(
                    (v for v in self._project.production_flow.types(path, base) if isinstance(v, ModuleValue)), None
                )
                if module is not None:
                    return self._module_name(module.path, name)
                below = self._holder(path, base, depth + 1)
                if below is None or below.kind not in ("self", "class"):
                    return None
                return below._replace(name=f"{below.name}.{name}")
        return None

    def _named(
        self, path: str, file: facts.FileFacts, expr: facts.ExprId, name: str, bindings: tuple[int, ...] | None, depth: int
    ) -> Holder | None:
        if bindings is None:
            scope = self._project.names.scope_of(path, expr)
            while scope > 0:
                if file.scopes[scope].kind != "class" and name in file.scopes[scope].names:
                    bindings = file.scopes[scope].names[name]
                    break
                scope = file.scopes[scope].parent
            if bindings is None:
                return self._module_name(path, name)
        if len(bindings) != 1:
            return None
        match file.bindings[bindings[0]]:
            case facts.ParameterBinding(function=function, index=0) if file.functions[function].class_ != facts.NONE:
                return Holder("self", "", 0, "")
            case facts.ParameterBinding(function=function, index=index):
                return Holder("parameter", path, index, "", function)
            case facts.ValueBinding(expr=value, path=(), scope=scope) if value != facts.NONE:
                aliased = file.expressions[value]
                if isinstance(aliased, facts.Name | facts.Attribute):
                    return self._holder(path, value, depth + 1)
                return self._module_name(path, name) if scope == 0 else Holder("local", path, bindings[0], name)
            case facts.ImportBinding() | facts.ClassBinding():
                return self._module_name(path, name)
        return None

    def _module_name(self, path: str, name: str) -> Holder | None:
        """A module's name, at home: the module that binds it to something other than an import."""
        seen = set()
        while (path, name) not in seen:
            seen.add((path, name))
            file = self._project.files.facts(path)
            bindings = [file.bindings[index] for index in file.scopes[0].names.get(name, ())] if file else []
            if len(bindings) != 1:
                return None
            match bindings[0]:
                case facts.ImportBinding(module=module, member=member) if member:
                    home = self._project.names.path_of(self._project.names.absolute(path, module), path)
                    if home is None:
                        return None
                    path, name = home, member
                case facts.ValueBinding() | facts.ClassBinding():
                    return Holder("module", path, 0, name)
                case _:
                    return None
        return None

    # --- which key ---

    def _keys(self, registration: Registration) -> Iterator[tuple[facts.ExprId, str]]:
        """The literal keys of a registration, each with the expression that shows it."""
        project = self._project
        path, key = registration.path, registration.key
        if key != facts.NONE:
            looped = list(self._looped(path, key))
            if looped:
                yield from looped
                return
            text = self._text(path, key)
            if text is not None:
                yield key, text
        elif registration.storing.key_attribute == "__name__" and registration.value == facts.NONE:
            decorated = self._decorated(registration)
            if decorated:
                yield registration.call, decorated
        elif registration.storing.key_attribute and registration.value != facts.NONE:
            text = self._attribute_text(path, registration.value, registration.storing.key_attribute)
            if text is not None:
                yield registration.value, text
        elif registration.storing.by_decorator and project.function(registration.storing.function).parameters[1:]:
            return

    def _text(self, path: str, expr: facts.ExprId) -> str | None:
        values = list(self._project.production_flow.values(path, expr))
        if len(values) == 1 and isinstance(values[0], TextValue):
            return values[0].text
        return None

    def _attribute_text(self, path: str, value: facts.ExprId, attribute: str) -> str | None:
        """The only text that an attribute of the only class of an expression can be."""
        if "." in attribute:
            return None
        flow = self._project.production_flow
        values = list(flow.values(path, value))
        if len(values) != 1 or not isinstance(values[0], InstanceValue) or not isinstance(values[0].of, ClassRef):
            return None
        of = values[0].of
        node = flow.solve(flow.graph.node(AttributeAt(of.path, of.id, attribute, False, typed=False)))
        texts = list(node.values)
        return texts[0].text if len(texts) == 1 and isinstance(texts[0], TextValue) else None

    def _decorated(self, registration: Registration) -> str:
        """The name of the class or function that a registration decorates; "" where it decorates none."""
        file = self._project.facts_of(registration.path)
        if registration.decorated != facts.NONE:
            return file.bindings[registration.decorated].name
        records: tuple[facts.Function | facts.Class, ...] = (*file.functions, *file.classes)
        return next((record.name for record in records if registration.call in record.decorators), "")

    def _looped(self, path: str, key: facts.ExprId) -> Iterator[tuple[facts.ExprId, str]]:
        """The literal keys that a loop over a display gives to a name: pairs, texts, the keys of a mapping, objects."""
        file = self._project.facts_of(path)
        record = file.expressions[key]
        attribute = ""
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
                if step != "item" or not isinstance(inside, facts.Sequence) or index >= len(inside.items):
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
        """The elements of a display, written where it is looped over or bound to one name; keys of a mapping's items."""
        file = self._project.facts_of(path)
        match file.expressions[expr]:
            case facts.Sequence(items=items):
                yield from items
            case facts.Name(id=name, bindings=bindings):
                found = bindings if bindings is not None else file.scopes[0].names.get(name, ())
                binding = file.bindings[found[0]] if len(found) == 1 else None
                if isinstance(binding, facts.ValueBinding) and not binding.path and binding.expr != facts.NONE:
                    if isinstance(file.expressions[binding.expr], facts.Sequence):
                        yield from self._elements(path, binding.expr)

    def _signature(self, registration: Registration, text: str) -> tuple[str, ...] | None:
        """The key with what else tells entries apart: the table, and literal arguments that are part of the key.

        None where something takes part that is not literal, and where a key may hold several values.
        """
        project = self._project
        storing = registration.storing
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
                    origins = project.storing.origins(storing.function.path, expr)
                    parts.update(o.parameter for o in origins if not o.attributes)
            if isinstance(base, facts.Call):
                for argument in base.arguments[:1]:
                    origins = project.storing.origins(storing.function.path, argument.value)
                    parts.update(o.parameter for o in origins if not o.attributes)
        return self._with_parts(registration, function, text, parts)

    def _with_parts(
        self, registration: Registration, function: facts.Function, text: str, parts: set[int]
    ) -> tuple[str, ...] | None:
        call = self._project.facts_of(registration.path).expressions[registration.call]
        storing = registration.storing
        told = [storing.table or function.name]
        for index, parameter in enumerate(function.parameters):
            if index in (0, storing.key, storing.value) or not isinstance(call, facts.Call):
                continue
            argument = argument_for(call, function.parameters, index, 1)
            literal = self._text(registration.path, argument) if argument != facts.NONE else ""
            if index in parts and literal is None:
                return None
            if index in parts or (storing.forwards and literal):
                told.append(f"{parameter.name}={literal}")
        return (text, *told)

    def level(self, keyed: Keyed) -> Level:
        """How sure it is that this registers there."""
        return keyed.registration.level
