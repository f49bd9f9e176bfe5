"""Whether what is registered as a tool meets what makes a tool, and has the name that its registry asks for."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import AnyClass, ClassRef, ClassValue, InstanceValue
from registry_lint.project.registries import OF_A_RUN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.findings import Span
    from registry_lint.project.arrivals import Arrival
    from registry_lint.project.model import Project
    from registry_lint.project.registrations import Registration

# What descriptions and wrappers of tools have, beside the contract's attributes: they are meant to be there.
_TELLING = ("name", "tool_name", "description", "parameters", "handler", "callback", "func", "function", "tool", "spec")
# What methods are called by that store whatever it is.
_ANY_NOUN = ("item", "items", "instance", "entry", "object", "class", "all", "many", "one", "new", "by_name", "as")
_NO_TOOL = re.compile(r"resolver|handler|factory|callback|validator|hook|listener|observer|policy|backend|provider")
_OF_A_RUN = re.compile(OF_A_RUN)
_DEEPEST = 8


class Nameless(NamedTuple):
    """A class of tools without the name that a registry asks it for."""

    ref: ClassRef
    asked: str  # the attribute that a key is read from
    arrivals: tuple[Arrival, ...]  # at least one


class Toolness:
    """Answers over everything that arrives at registries of tools."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def impostors(self) -> tuple[Arrival, ...]:
        """What is registered as a tool and has neither the attributes nor the methods of one."""
        return tuple(
            arrival
            for arrival in self._project.arrivals.values
            if self._fits_its_registry(arrival)
            and self._project.wants.holds_tools(arrival.registration)
            and self._asks_for_tools(arrival.registration)
            and self._is_none(arrival)
        )

    def _asks_for_tools(self, registration: Registration) -> bool:
        """Whether the method means tools: `register`, `add_tool`; not `set_resolver`, be it of a registry of tools."""
        function = self._project.function(registration.storing.function)
        noun = function.name.strip("_").partition("_")[2].lower()
        if noun and noun not in _ANY_NOUN and ("tool" not in noun or _OF_A_RUN.search(noun)):
            return False
        value = registration.storing.value
        return value == facts.NONE or not _NO_TOOL.search(function.parameters[value].name)

    def _fits_its_registry(self, arrival: Arrival) -> bool:
        """A class where an instance belongs is another rule's business."""
        if arrival.value.declared:
            return False
        return isinstance(arrival.value, InstanceValue) or arrival.want.what == "classes"

    def _is_none(self, arrival: Arrival) -> bool:
        project = self._project
        of = arrival.of
        if not isinstance(of, ClassRef) or not project.members.of(of).complete or project.kinds.has_schema_base(of):
            return False
        if project.kinds.is_tool(of) or self._meets_declaration(arrival.registration, of):
            return False
        if project.wants.runs(arrival.registration, of):
            return False
        names = (*project.contracts.tools.attributes, *_TELLING)
        return not any(name in project.members.of(of).names for name in names)

    def _meets_declaration(self, registration: Registration, of: ClassRef) -> bool:
        """Whether the registering method, or else the table, declares a class that this one derives from."""
        if registration.storing.value == facts.NONE:
            return self._project.wants.is_asked_for(registration, of)
        function = registration.storing.function
        annotation = self._project.function(function).parameters[registration.storing.value].annotation
        if annotation == facts.NONE:
            return False
        return any(
            isinstance(value, InstanceValue | ClassValue) and self._project.classes.derives(of, value.of)
            for value in self._project.annotations.declared(function.path, annotation)
        )

    # --- names ---

    @cached_property
    def nameless(self) -> tuple[Nameless, ...]:
        """Every class of tools that lacks the name which a key is read from, sorted by place."""
        found: dict[tuple[ClassRef, str], list[Arrival]] = {}
        for arrival in self._project.arrivals.values:
            asked = self._lacking(arrival)
            if asked and isinstance(arrival.of, ClassRef):
                found.setdefault((arrival.of, asked), []).append(arrival)
        return tuple(Nameless(*key, tuple(found[key])) for key in sorted(found))

    def _lacking(self, arrival: Arrival) -> str:
        """The name that is asked of a tool and that its class has nowhere; "" where it has it, or nobody asks."""
        project = self._project
        of: AnyClass = arrival.of
        if arrival.value.declared or not isinstance(of, ClassRef) or not project.kinds.is_tool(of):
            return ""
        if not project.wants.holds_tools(arrival.registration) or not project.members.of(of).complete:
            return ""
        asked = [name for name in self.asked(arrival.registration) if not name.startswith("__")]
        names = [name for name in asked if name in (*project.contracts.tools.attributes, "name", "tool_name", "id")]
        if not names or any(project.kinds.has_attribute(of, name, on_class=False) is not False for name in asked):
            return ""
        return names[0]

    def asked(self, registration: Registration) -> list[str]:
        """The attributes of what is registered that its key is read from, at the registration or in its method."""
        found: dict[str, None] = {}
        if registration.storing.key_attribute:
            found[registration.storing.key_attribute.partition(".")[0]] = None
        if registration.key != facts.NONE:
            found.update(dict.fromkeys(self._read(registration.path, registration.key, 0)))
        elif registration.storing.key == facts.NONE and registration.storing.table:
            function = registration.storing.function
            file = self._project.facts_of(function.path)
            scope = file.functions[function.id].scope
            for store in file.subscript_stores:
                table = file.expressions[store.base]
                if (
                    file.blocks[store.block].scope == scope
                    and isinstance(table, facts.Attribute)
                    and table.name == registration.storing.table.rpartition(".")[2]
                ):
                    found.update(dict.fromkeys(self._read(function.path, store.key, 0)))
        return list(found)

    def read(self, path: str, expr: facts.ExprId) -> list[str]:
        """The attributes that an expression is made of, in the order of its code."""
        return list(dict.fromkeys(self._read(path, expr, 0)))

    def _read(self, path: str, expr: facts.ExprId, depth: int) -> Iterator[str]:
        """The attributes that an expression is made of, through local names."""
        if expr == facts.NONE or depth > _DEEPEST:
            return
        file = self._project.facts_of(path)
        match file.expressions[expr]:
            case facts.Name(bindings=bindings):
                for index in bindings or ():
                    binding = file.bindings[index]
                    if isinstance(binding, facts.ValueBinding) and not binding.path:
                        yield from self._read(path, binding.expr, depth + 1)
                    elif isinstance(binding, facts.MergedBinding | facts.NarrowedBinding):
                        for option in binding.options:
                            inner = file.bindings[option]
                            if isinstance(inner, facts.ValueBinding) and not inner.path:
                                yield from self._read(path, inner.expr, depth + 1)
            case facts.Attribute(name=name, base=base):
                yield name
                yield from self._read(path, base, depth + 1)
            case facts.Choice(options=parts) | facts.Joined(parts=parts):
                for part in parts:
                    yield from self._read(path, part, depth + 1)
            case facts.Call(func=func, arguments=arguments):
                called = file.expressions[func]
                if isinstance(called, facts.Name) and called.id == "getattr" and len(arguments) > 1:
                    asked = file.expressions[arguments[1].value]
                    if isinstance(asked, facts.Literal) and isinstance(asked.value, str):
                        yield asked.value
                elif isinstance(called, facts.Attribute):
                    yield from self._read(path, called.base, depth + 1)

    def first_statement(self, ref: ClassRef) -> tuple[Span, bool] | None:
        """A statement of a class's body, and whether a new one goes before it (else behind: it is the docstring)."""
        file = self._project.facts_of(ref.path)
        block = file.classes[ref.id].block
        own = [statement for statement in file.statements if statement.block == block]
        for statement in own:
            text = file.expressions[statement.expr] if statement.expr != facts.NONE else None
            if statement.kind == "expr" and isinstance(text, facts.Literal):
                continue
            if statement is not own[0]:
                return self._project.place(ref.path, own[0].position), False
            return self._project.place(ref.path, statement.position), True
        return (self._project.place(ref.path, own[-1].position), False) if own else None
