"""Methods and attributes that are asked of registries which have none such."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import (
    CERTAIN,
    LIKELY,
    ClassRef,
    ClassValue,
    FunctionRef,
    InstanceValue,
    Level,
    NoneValue,
    StoredValue,
    SuperValue,
    UnknownValue,
    Value,
)
from registry_lint.project.flow.attributes import decorated_as
from registry_lint.project.flow.receivers import class_of_receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.findings import Span
    from registry_lint.project.model import Project

_SAYS_REGISTRY = re.compile(rb"[Rr]egistr(?:y|ies|ar)")
_EVERYTHING_HAS = frozenset(dir(object)) | {"__dict__", "__name__", "__orig_class__"}


class Absence(NamedTuple):
    """`receiver.name`, read, where no class that the receiver can be has the name."""

    path: str
    expr: facts.ExprId  # the whole of `receiver.name`
    name: str
    called: bool
    classes: tuple[ClassRef, ...]  # sorted; at least one
    level: Level


class Absences:
    """Computed once, over production code."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def all(self) -> tuple[Absence, ...]:
        """Every read of a name that a registry lacks, sorted by place."""
        project = self._project
        receivers = self._receiver_names
        found: list[Absence] = []
        for path, _ in project.files.matching("egistr", _SAYS_REGISTRY):
            wanted = project.is_reported(path) and not project.settings.is_test(path)
            file = project.files.facts(path) if wanted else None
            if file is not None:
                found.extend(self._in_file(path, file, receivers))
        # some expressions are read twice by the facts, once as what is called and once for what it says: one is enough
        found.sort(key=lambda absence: absence.called)
        return tuple(sorted({project.span(absence.path, absence.expr): absence for absence in found}.values()))

    @cached_property
    def _receiver_names(self) -> frozenset[str]:
        """The names that variables and attributes with a registry in them have, where they do not say so."""
        project = self._project
        names: set[str] = set()
        for ref, registry in project.registries.all.items():
            if not registry.named:
                continue
            for site in project.constructions.of(ref):
                file = project.facts_of(site.path)
                names.update(b.name for b in file.bindings if isinstance(b, facts.ValueBinding) and b.expr == site.expr)
                names.update(store.name for store in file.attribute_stores if store.expr == site.expr)
        return frozenset(names)

    def _in_file(self, path: str, file: facts.FileFacts, receivers: frozenset[str]) -> Iterator[Absence]:
        called = {record.func for record in file.expressions if isinstance(record, facts.Call)}
        for expr, record in enumerate(file.expressions):
            if not isinstance(record, facts.Attribute) or record.name in _EVERYTHING_HAS:
                continue
            if self._may_be_registry(path, file, record.base, receivers):
                absence = self._examined(path, file, expr, record, expr in called)
                if absence is not None:
                    yield absence

    def _may_be_registry(self, path: str, file: facts.FileFacts, base: facts.ExprId, receivers: frozenset[str]) -> bool:
        match file.expressions[base]:
            case facts.Name(id="self" | "cls"):
                registry = self._project.registries.all.get(ClassRef(path, class_of_receiver(file, base)))
                return registry is not None and registry.named
            case facts.Name(id=name) | facts.Attribute(name=name):
                return name in receivers or "regist" in name.lower()
            case facts.Call(func=func):
                dotted = file.dotted(func) or ""
                return "regist" in dotted.rpartition(".")[2].lower()
        return False

    def _examined(
        self, path: str, file: facts.FileFacts, expr: facts.ExprId, record: facts.Attribute, called: bool
    ) -> Absence | None:
        project = self._project
        classes: dict[ClassRef, None] = {}
        level: Level = CERTAIN
        built = class_of_receiver(file, record.base) == facts.NONE  # `self` may be an object of any subclass
        for value, reached in project.production_flow.types(path, record.base).items():
            if isinstance(value, UnknownValue):
                level = LIKELY
                continue
            if isinstance(value, NoneValue | StoredValue):
                continue
            ref = _class_of(value)
            if ref is None:
                return None
            if not project.members.lacks(ref, record.name, exactly=built and not _is_declared(value)):
                if not self._stands_in(ref):
                    return None
                level = LIKELY  # whether the import fails is not known
                continue
            classes[ref] = None
            level = max(level, reached)
        if not built and not called and record.name.startswith("_"):
            return None  # a table of its own that is made where nobody looks, or by a subclass: not worth a word
        if not any(ref in project.registries.all for ref in classes) or self._is_probed(file, expr, record):
            return None
        return Absence(path, expr, record.name, called, tuple(sorted(classes)), level)

    def _stands_in(self, ref: ClassRef) -> bool:
        """Whether a class is there for a module that cannot be imported: what it has, the real one need not have."""
        file = self._project.facts_of(ref.path)
        around = file.blocks[file.blocks[file.classes[ref.id].block].parent]
        if around.kind != "except":
            return False
        caught = {(file.dotted(header) or "").rpartition(".")[2] for header in around.headers}
        return bool(caught & {"ImportError", "ModuleNotFoundError"})

    def receiver(self, absence: Absence) -> Span:
        """Where the receiver stands."""
        record = self._project.facts_of(absence.path).expressions[absence.expr]
        assert isinstance(record, facts.Attribute)
        return self._project.span(absence.path, record.base)

    def fits(self, absence: Absence, name: str) -> bool:
        """Whether the same call would do for a method that every class of the receiver has: `get` for `get_tool`.

        The words that the method's name lacks must stand in the class's name (`tool` in `ToolRegistry`); `get_tools`
        asks for something else.
        """
        noun = absence.name.removeprefix(f"{name}_")
        said = self._project.classes.name(absence.classes[0]).lower()
        if not absence.called or noun == absence.name or noun.endswith("s") or noun.replace("_", "") not in said:
            return False
        file = self._project.facts_of(absence.path)
        calls = [r for r in file.expressions if isinstance(r, facts.Call) and r.func == absence.expr]
        for ref in absence.classes:
            methods = self._project.classes.find_method(ref, name)
            if not methods or not all(self._takes(method, calls[0]) for method in methods):
                return False
        return True

    def _takes(self, method: FunctionRef, call: facts.Call) -> bool:
        """Whether a method can be called with a call's arguments, by their number and their keywords."""
        given = [argument.name for argument in call.arguments]
        if "*" in given or "**" in given:
            return False
        if decorated_as(self._project.production_flow, method) == "property":
            return False
        parameters = self._project.function(method).parameters[1:]
        plain = [p for p in parameters if p.kind in ("positional", "plain")]
        names = {p.name for p in parameters if p.kind in ("plain", "keyword")}
        positional, keywords = given.count(""), {name for name in given if name}
        filled = {p.name for p in plain[:positional]} | keywords
        return (
            positional <= len(plain)
            and keywords <= names
            and all(p.name in filled for p in self._project.required_parameters(method))
        )

    # --- what asks before it reads ---

    def _is_probed(self, file: facts.FileFacts, expr: facts.ExprId, record: facts.Attribute) -> bool:
        """Whether the code asks first: `hasattr` around it or before it, or an AttributeError that is caught."""
        base = file.expressions[record.base]
        for guard in getattr(base, "guards", ()):
            if file.guards[guard].kind == "hasattr" and file.guards[guard].text == record.name:
                return True
        block = file.expression_blocks[expr]
        while block != facts.NONE:
            inside = file.blocks[block]
            if inside.kind == "try" and self._catches_attribute_error(file, inside.compound):
                return True
            if inside.kind in ("if", "else", "while") and any(
                self._asks_for(file, header, record.name) for header in inside.headers
            ):
                return True
            block = inside.parent
        return self._asked_in_statement(file, expr, record.name)

    def _catches_attribute_error(self, file: facts.FileFacts, compound: int) -> bool:
        for block in file.blocks:
            if block.compound == compound and block.kind == "except":
                for header in block.headers:
                    caught = file.expressions[header]
                    names = caught.items if isinstance(caught, facts.Sequence) else (header,)
                    if any(file.dotted(name) == "AttributeError" for name in names):
                        return True
        return False

    def _asks_for(self, file: facts.FileFacts, header: facts.ExprId, name: str) -> bool:
        """Whether a `hasattr` or `getattr` with this name stands in an expression."""
        row, column, end_row, end_column = file.position(header)
        for function in ("hasattr", "getattr"):
            for call in file.calls.get(function, ()):
                place = file.position(call)
                if (row, column) <= place[:2] and place[2:] <= (end_row, end_column):
                    arguments = file.expressions[call].arguments  # type: ignore[union-attr]  # a Call
                    asked = file.expressions[arguments[1].value] if len(arguments) > 1 else None
                    if isinstance(asked, facts.Literal) and asked.value == name:
                        return True
        return False

    def _asked_in_statement(self, file: facts.FileFacts, expr: facts.ExprId, name: str) -> bool:
        """`r.tools if hasattr(r, "tools") else {}`: asked within the same statement."""
        row, column, end_row, end_column = file.position(expr)
        for statement in file.statements:
            place = statement.position
            if place[:2] <= (row, column) and (end_row, end_column) <= place[2:] and statement.expr != facts.NONE:
                whole = file.position(statement.expr)
                if whole[:2] <= (row, column) and (end_row, end_column) <= whole[2:]:
                    return self._asks_for(file, statement.expr, name)
        return False


def _is_declared(value: Value) -> bool:
    return not isinstance(value, InstanceValue | ClassValue) or value.declared


def _class_of(value: Value) -> ClassRef | None:
    match value:
        case InstanceValue(of=ClassRef() as ref) | ClassValue(of=ClassRef() as ref) | SuperValue(of=ref):
            return ref
    return None
