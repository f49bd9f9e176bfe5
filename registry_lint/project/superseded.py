"""Uses of names that a contract declares superseded.

A contract names a bare word (`get_tool`: whatever is called so) or a path (`app.registry.ToolRegistry.get_tool`:
that very thing, in its class and the classes that derive from it). Which of two names is the old one is never guessed.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.findings import Span
from registry_lint.project.domain import (
    ClassRef,
    ClassValue,
    ExternalValue,
    FunctionRef,
    FunctionValue,
    InstanceValue,
    SuperValue,
    UnknownValue,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.config.contracts import SupersededContract
    from registry_lint.project.model import Project

_PROBES = ("hasattr", "getattr", "setattr", "delattr")
_LOGGING = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print"})
_SITES = 4_000


class OldUse(NamedTuple):
    """A place that uses a superseded name. `how`: "definition", "both", "call", "probe", "text"."""

    span: Span
    how: str
    contract: SupersededContract
    old: str  # the name without its path
    owner: str  # "both": the class that offers both forms
    sure: bool  # False: the name alone tells
    offered: bool  # "call": the receiver has a method of the new name


class Superseded:
    """All uses, in production code."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def all(self) -> tuple[OldUse, ...]:
        """Every use, sorted by place; one a place."""
        found: dict[Span, OldUse] = {}
        for contract in self._project.contracts.superseded:
            for use in _Search(self._project, contract).uses():
                found.setdefault(use.span, use)
        return tuple(found[span] for span in sorted(found))


class _Search:
    """The uses of one name."""

    def __init__(self, project: Project, contract: SupersededContract) -> None:
        self._project = project
        self._contract = contract
        owner, _, self._old = contract.name.rpartition(".")
        self._new = new_name(contract)
        registries = project.registries
        self._class = registries.find_class(contract.name) if owner else None
        self._function = registries.find_function(contract.name) if owner and self._class is None else None
        self._owner = registries.find_class(owner) if owner and self._class is None else None
        self._bare = not owner

    def uses(self) -> Iterator[OldUse]:
        project = self._project
        if not self._bare and self._class is None and self._function is None and self._owner is None:
            yield from self._texts()  # gone already; what still names it is a text or a broken import
            return
        said = list(self._definitions())
        yield from said
        yield from self._calls()
        for path in project.files.mentioning(self._old):
            if not project.settings.is_test(path):
                yield from self._probes(path)
        yield from self._texts()

    def _use(self, span: Span, how: str, *, owner: str = "", sure: bool = True, offered: bool = False) -> OldUse:
        return OldUse(span, how, self._contract, self._old, owner, sure, offered)

    # --- definitions ---

    def _definitions(self) -> Iterator[OldUse]:
        project = self._project
        header = re.compile(rb"(?:def|class)\s+" + re.escape(self._old.encode()) + rb"\b")
        for path, _ in project.files.matching(self._old, header):
            file = project.files.facts(path)
            if file is None or project.settings.is_test(path):
                continue
            offering: set[facts.ClassId] = set()
            for index, function in enumerate(file.functions):
                if function.name != self._old or "<locals>" in function.qualname:
                    continue
                ref = FunctionRef(path, index)
                if not self._defines(ref):
                    continue
                if function.class_ != facts.NONE and self._offers_new(ClassRef(path, function.class_)):
                    if function.class_ not in offering:
                        offering.add(function.class_)
                        owner = file.classes[function.class_]
                        yield self._use(Span(path, *owner.position), "both", owner=owner.name)
                else:
                    yield self._use(Span(path, *function.position), "definition")
            for index, record in enumerate(file.classes):
                if record.name == self._old and (self._bare or ClassRef(path, index) == self._class):
                    yield self._use(Span(path, *record.position), "definition")

    def _defines(self, ref: FunctionRef) -> bool:
        if self._bare or ref == self._function:
            return True
        owner = self._project.classes.owner(ref)
        return self._owner is not None and owner is not None and self._project.classes.derives(owner, self._owner)

    def _offers_new(self, ref: ClassRef) -> bool:
        return bool(self._new) and bool(self._project.classes.find_method(ref, self._new))

    # --- calls ---

    def _calls(self) -> Iterator[OldUse]:
        flow = self._project.production_flow
        for site in flow.indexes.call_sites(self._old, _SITES) or ():
            file = self._project.facts_of(site.path)
            call = file.expressions[site.call]
            assert isinstance(call, facts.Call)
            func = file.expressions[call.func]
            sure: bool | None = None
            if isinstance(func, facts.Attribute) and func.name == self._old:
                sure = self._called_on(site.path, call.func, func)
            elif isinstance(func, facts.Name):
                sure = self._called_by_name(site.path, call.func)
            if sure is not None:
                offered = isinstance(func, facts.Attribute) and self._offers_new_here(site.path, func.base)
                yield self._use(file.span(site.path, site.call), "call", sure=sure, offered=offered)

    def _offers_new_here(self, path: str, receiver: facts.ExprId) -> bool:
        owners = [_class_of(value) for value in self._project.production_flow.types(path, receiver)]
        return bool(owners) and all(isinstance(of, ClassRef) and self._offers_new(of) for of in owners)

    def _called_by_name(self, path: str, func: facts.ExprId) -> bool | None:
        values = self._project.production_flow.types(path, func)
        if self._bare:
            if any(self._is_named_so(value) for value in values):
                return True
            return False if not values or all(isinstance(value, UnknownValue) for value in values) else None
        return True if any(self._is_target(value) for value in values) else None

    def _called_on(self, path: str, func: facts.ExprId, attribute: facts.Attribute) -> bool | None:
        """How sure a call `x.old()` is; None where x is something else."""
        flow = self._project.production_flow
        if any(self._is_target(value) for value in flow.types(path, func)):
            return True
        receivers = [value for value in flow.types(path, attribute.base) if not isinstance(value, UnknownValue)]
        if self._bare:
            if any(self._is_named_so(value) for value in flow.types(path, func)):
                return True
            return None if receivers and all(_is_foreign(value) for value in receivers) else False
        if self._owner is not None:
            owners = [_class_of(value) for value in receivers]
            derive = self._project.classes.derives
            if any(isinstance(of, ClassRef) and derive(of, self._owner) for of in owners):
                return True
        return None

    def _is_named_so(self, value: Value) -> bool:
        match value:
            case FunctionValue(of=of):
                return self._project.function(of).name == self._old
            case ClassValue(of=ClassRef() as ref):
                return self._project.classes.name(ref) == self._old
        return False

    def _is_target(self, value: Value) -> bool:
        match value:
            case FunctionValue(of=of):
                return of == self._function
            case ClassValue(of=of):
                return of == self._class
        return False

    # --- hasattr(x, "old") ---

    def _probes(self, path: str) -> Iterator[OldUse]:
        file = self._project.files.facts(path)
        if file is None or self._class is not None:
            return
        for probe in _PROBES:
            for call in file.calls.get(probe, ()):
                record = file.expressions[call]
                assert isinstance(record, facts.Call)
                if len(record.arguments) < 2:
                    continue
                named = file.expressions[record.arguments[1].value]
                if isinstance(named, facts.Literal) and named.value == self._old:
                    sure = self._is_probed(path, record.arguments[0].value)
                    if sure is not None:
                        yield self._use(file.span(path, call), "probe", sure=sure)

    def _is_probed(self, path: str, receiver: facts.ExprId) -> bool | None:
        values = self._project.production_flow.types(path, receiver)
        known = [value for value in values if not isinstance(value, UnknownValue)]
        if self._owner is None:
            return False if self._bare and not (known and all(_is_foreign(value) for value in known)) else None
        of = [_class_of(value) for value in known]
        if any(isinstance(one, ClassRef) and self._project.classes.derives(one, self._owner) for one in of):
            return True
        return False if not known else None

    # --- "old" as a text ---

    def _texts(self) -> Iterator[OldUse]:
        project = self._project
        pattern = re.compile(rb"[\"'.]" + re.escape(self._old.encode()) + rb"[\"']")
        for path, _ in project.files.matching(self._old, pattern):
            file = project.files.facts(path)
            if file is None or project.settings.is_test(path):
                continue
            silent = set(self._silent(file))
            for expr, record in enumerate(file.expressions):
                text = record.value if isinstance(record, facts.Literal) and expr not in silent else None
                if isinstance(text, str) and self._names_it(text):
                    yield self._use(file.span(path, expr), "text", sure=not self._bare)

    def _names_it(self, text: str) -> bool:
        if not self._bare:
            return text == self._contract.name
        return text == self._old or (text.endswith(f".{self._old}") and re.fullmatch(r"[\w.]+", text) is not None)

    def _silent(self, file: facts.FileFacts) -> Iterator[facts.ExprId]:
        """Texts that use nothing: docstrings, log messages, what a probe asks for, `__all__` beside the definition."""
        for statement in file.statements:
            if statement.kind == "expr" and statement.expr != facts.NONE:
                yield statement.expr
        for names in (_LOGGING, _PROBES):
            for name in names:
                for call in file.calls.get(name, ()):
                    record = file.expressions[call]
                    assert isinstance(record, facts.Call)
                    yield from (argument.value for argument in record.arguments)
        defined = any(
            isinstance(file.bindings[index], facts.FunctionBinding | facts.ClassBinding)
            for index in file.scopes[0].names.get(self._old, ())
        )
        for index in file.scopes[0].names.get("__all__", ()) if defined else ():
            binding = file.bindings[index]
            exported = file.expressions[binding.expr] if isinstance(binding, facts.ValueBinding) else None
            if isinstance(exported, facts.Sequence):
                yield from exported.items


def new_name(contract: SupersededContract) -> str:
    """The last name of a replacement: `get` in `registry.get(name)`; "" where it is no code."""
    match = re.match(r"(?:\w+\.)*(\w+)(?:\(.*)?$", contract.replacement)
    return match[1] if match else ""


def _class_of(value: Value) -> ClassRef | str | None:
    match value:
        case InstanceValue(of=of) | ClassValue(of=of):
            return of
        case SuperValue(of=of):
            return of
    return None


def _is_foreign(value: Value) -> bool:
    """Something third-party, or a value that has no methods of the project's."""
    match value:
        case InstanceValue(of=of) | ClassValue(of=of):
            return isinstance(of, str)
        case ExternalValue():
            return True
    return False
