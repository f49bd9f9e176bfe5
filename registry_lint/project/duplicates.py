"""Keys that are registered twice in one registry, where nothing says that the second is meant to replace the first."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.findings import Span, Step
from registry_lint.project.domain import CERTAIN, LIKELY, ClassRef, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project
    from registry_lint.project.registered_keys import Keyed

_OVERRIDING = ("override", "force", "replace", "overwrite", "allow_override", "exist_ok", "update", "clobber", "upsert")
_TAKING_OUT = ("unregister", "deregister", "remove", "pop", "clear", "discard", "delete", "reset", "unset")
_EXPECTING = ("raises", "suppress", "assertRaises", "assertRaisesRegex", "assert_raises", "warns")


class Duplicate(NamedTuple):
    """One key, registered twice."""

    span: Span  # what shows the key the second time
    key: str
    registry: ClassRef
    first: Step
    steps: tuple[Step, ...]  # where both are called from, for those that meet in a caller
    level: Level


class Duplicates:
    """Computed once, over production code."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def all(self) -> tuple[Duplicate, ...]:
        """Every second registration, one a place, sorted."""
        found: dict[Span, Duplicate] = {}
        for run, owner in self._project.registered_keys.runs:
            for duplicate in self._among(self._project.registered_keys.of(run, owner), CERTAIN):
                known = found.get(duplicate.span)
                if known is None or len(duplicate.steps) < len(known.steps):
                    found[duplicate.span] = duplicate
        for duplicate in self._among(self._of_the_program(), LIKELY):
            found.setdefault(duplicate.span, duplicate)
        return tuple(found[span] for span in sorted(found))

    def _of_the_program(self) -> tuple[Keyed, ...]:
        """What module bodies register in registries of modules: all of it, if the program imports them all."""
        keys = self._project.registered_keys
        return tuple(
            keyed
            for run, owner in keys.runs
            if isinstance(run, str)
            for keyed in keys.of(run, owner)
            if keyed.holder.kind == "module" and self._belongs(run, keyed.holder.path)
        )

    def _belongs(self, path: str, home: str) -> bool:
        """Whether a module is of the registry's program: examples beside it are others."""
        return self._project.programs.are_one(path, home)

    def _among(self, keyed: tuple[Keyed, ...], worst: Level) -> Iterator[Duplicate]:
        first: dict[tuple[object, ...], list[Keyed]] = {}
        for one in keyed:
            place = (one.holder, one.registration.registry if one.holder.kind == "parameter" else "", *one.signature)
            before = first.setdefault(place, [])
            clash = next((other for other in before if self._clash(other, one)), None)
            if clash is not None:
                yield self._told(clash, one, worst)
            before.append(one)

    def _told(self, first: Keyed, second: Keyed, worst: Level) -> Duplicate:
        project = self._project
        place = project.span(first.path, first.key)
        level = max(first.level, second.level)
        if first.path != second.path and len(second.places) == 1 + second.handing:
            level = max(level, worst)  # both modules are imported, as far as is known
        steps = [
            Step(project.span(path, call), "registered through this call")
            for one in (first, second)
            for path, call in one.places[: -1 - one.handing]
        ]
        steps += [
            Step(project.span(*one.places[-1]), "the key is handed on to this registration")
            for one in (first, second)
            if one.handing
        ]
        return Duplicate(
            project.span(second.path, second.key),
            second.signature[0],
            second.registration.registry,
            Step(place, "registered here first"),
            tuple(dict.fromkeys(steps)),
            level,
        )

    # --- what is no clash ---

    def _clash(self, first: Keyed, second: Keyed) -> bool:
        if (first.path, first.key) == (second.path, second.key):
            return False  # one registration that is reached by two ways
        if self._means_its_name(first) and self._means_its_name(second):
            return False  # a package hands on what its modules have: one object under its own name
        if any(self._is_overriding(one) or self._is_guarded(one) or self._is_tried(one) for one in (first, second)):
            return False
        for (path, one), (other_path, other) in zip(first.places, second.places, strict=False):
            if path != other_path:
                return True
            if one != other:
                exclusive = self._project.branches.exclusive(path, one, other)
                return not exclusive and not self._taken_out_between(path, one, other, first, second)
        return True

    def _means_its_name(self, keyed: Keyed) -> bool:
        """`for name in __all__: registry.register(name, globals()[name])`."""
        registration = keyed.registration
        file = self._project.facts_of(registration.path)
        record = file.expressions[registration.value] if registration.value != facts.NONE else None
        if not isinstance(record, facts.Subscript) or record.key == facts.NONE:
            return False
        base = file.expressions[record.base]
        key = file.dotted(registration.key) if registration.key != facts.NONE else None
        return (
            isinstance(base, facts.Call)
            and file.dotted(base.func) in ("globals", "vars", "locals")
            and key is not None
            and file.dotted(record.key) == key
        )

    def _is_overriding(self, keyed: Keyed) -> bool:
        """`force=True` at the registration, or `allow_override=True` where the registry was made."""
        if any(self._says_override(*place) for place in keyed.places[-1 - keyed.handing :]):
            return True
        return any(self._says_override(*made) for made in self._makings(keyed))

    def _says_override(self, path: str, call: facts.ExprId) -> bool:
        file = self._project.facts_of(path)
        record = file.expressions[call]
        for argument in record.arguments if isinstance(record, facts.Call) else ():
            if argument.name in _OVERRIDING and not self._says_no(file, argument.value):
                return True
        return False

    def _says_no(self, file: facts.FileFacts, expr: facts.ExprId) -> bool:
        """`False`, `None`, and a parameter that is so where nobody says otherwise: who calls is asked himself."""
        record = file.expressions[expr]
        for index in (record.bindings or ()) if isinstance(record, facts.Name) else ():
            binding = file.bindings[index]
            if isinstance(binding, facts.ParameterBinding):
                default = file.functions[binding.function].parameters[binding.index].default
                return default != facts.NONE and self._says_no(file, default)
        return isinstance(record, facts.Literal) and (record.value is False or record.kind == "none")

    def _makings(self, keyed: Keyed) -> Iterator[tuple[str, facts.ExprId]]:
        """The calls that make the registry, where the holder tells them."""
        holder = keyed.holder
        if holder.kind == "local":
            binding = self._project.facts_of(holder.path).bindings[holder.id]
            if isinstance(binding, facts.ValueBinding):
                yield holder.path, binding.expr
        elif holder.kind == "module":
            file = self._project.facts_of(holder.path)
            for index in file.scopes[0].names.get(holder.name, ()):
                binding = file.bindings[index]
                if isinstance(binding, facts.ValueBinding) and binding.expr != facts.NONE:
                    yield holder.path, binding.expr
        elif holder.kind == "self" and holder.name:
            attribute = holder.name.rpartition(".")[2]
            path = keyed.places[0][0]
            for store in self._project.facts_of(path).attribute_stores:
                if store.name == attribute and store.expr != facts.NONE:
                    yield path, store.expr

    def _receiver(self, path: str, call: facts.ExprId) -> str:
        file = self._project.facts_of(path)
        record = file.expressions[call]
        func = file.expressions[record.func] if isinstance(record, facts.Call) else record
        base = func.base if isinstance(func, facts.Attribute) else facts.NONE
        return (file.dotted(base) or "") if base != facts.NONE else ""

    def _is_guarded(self, keyed: Keyed) -> bool:
        """`if "x" not in registry:`, `if registry.get("x") is None:`: any test around it that asks the registry."""
        for path, call in keyed.places[-1 - keyed.handing :]:
            file = self._project.facts_of(path)
            receivers = (self._receiver(path, call), keyed.holder.name.strip("."))
            for block in self._project.branches.around(path, file.expression_blocks[call]):
                record = file.blocks[block]
                for header in record.headers if record.kind in ("if", "else", "while") else ():
                    if any(self._mentions(file, header, receiver) for receiver in receivers):
                        return True
        return False

    def _mentions(self, file: facts.FileFacts, header: facts.ExprId, receiver: str) -> bool:
        row, column, end_row, end_column = file.position(header)
        for expr, record in enumerate(file.expressions):
            if isinstance(record, facts.Name | facts.Attribute) and receiver:
                place = file.position(expr)
                inside = (row, column) <= place[:2] and place[2:] <= (end_row, end_column)
                if inside and file.dotted(expr) == receiver:
                    return True
        return False

    def _is_tried(self, keyed: Keyed) -> bool:
        """In a `try` with handlers, or under `pytest.raises`: that it may be refused is expected."""
        for path, call in keyed.places:
            file = self._project.facts_of(path)
            for block in self._project.branches.around(path, file.expression_blocks[call]):
                record = file.blocks[block]
                if record.kind == "with":
                    for header in record.headers:
                        called = file.expressions[header]
                        target = called.func if isinstance(called, facts.Call) else header
                        if (file.dotted(target) or "").rpartition(".")[2] in _EXPECTING:
                            return True
                if record.kind == "try" and self._expects_refusal(file, record.compound):
                    return True
        return False

    def _expects_refusal(self, file: facts.FileFacts, compound: int) -> bool:
        """A handler for something narrower than everything: `except ValueError`."""
        for block in file.blocks:
            if block.compound == compound and block.kind == "except" and block.headers:
                names = {file.dotted(header) or "" for header in block.headers}
                if not names & {"Exception", "BaseException", "ImportError", "ModuleNotFoundError"}:
                    return True
        return False

    def _taken_out_between(
        self, path: str, one: facts.ExprId, other: facts.ExprId, first: Keyed, second: Keyed
    ) -> bool:
        """Whether something is taken out of a registry, or the registry is made anew, between two places of a file."""
        file = self._project.facts_of(path)
        begin, end = sorted((file.position(one)[:2], file.position(other)[:2]))
        receivers = {self._receiver(path, one), self._receiver(path, other)} | {
            keyed.holder.name.strip(".") for keyed in (first, second)
        }
        for name in _TAKING_OUT:
            for method, calls in file.calls.items():
                if method == name or method.startswith(f"{name}_"):
                    for call in calls:
                        if begin < file.position(call)[:2] < end and self._receiver(path, call) in receivers:
                            return True
        return any(statement.kind == "delete" and begin < statement.position[:2] < end for statement in file.statements)
