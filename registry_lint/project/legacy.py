"""Fallbacks to legacy objects: code that goes back to what was replaced where the new object is missing or fails."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassValue
from registry_lint.project.flow.enums import is_enumeration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.findings import Span
    from registry_lint.project.model import Project

_LEGACY = re.compile(r"(?:[a-z0-9_]*_)?legacy(?:_[a-z0-9_]*)?")
_PRIVATE = re.compile(r"_(?:[a-z0-9_]*_)?legacy(?:_[a-z0-9_]*)?")
_SIEVE = re.compile(rb"legacy")
# An optional dependency, or a version of one, has its own ways to be missing.
_COMPATIBILITY = frozenset({"ImportError", "ModuleNotFoundError"})
# `type(getattr(self, "_legacy_registry", None))` asks about the object, for a report, and does not go back to it.
_ASKING = ("type", "bool", "repr", "str", "id", "isinstance", "callable")
_GOES_BACK = ("return", "assign")
# `_migrate_legacy_name()`, `_load_history_from_legacy()` bring what is old to where the new one finds it: the way
# forward.
_GOES_FORWARD = re.compile(
    r"_*(?:migrate|convert|upgrade|rename|remove|delete|drop|clean|cleanup|purge|port|transform|replace)_\w*legacy\w*"
    r"|_*(?:load|read|import)_\w*from_legacy\w*"
)
# Where old data lie is no object to go back to: `self._legacy_positions_file`.
_PLACE = re.compile(r"\w*legacy_(?:\w+_)?(?:(?:file|filename|path|dir|folder|url)s?|director(?:y|ies))")
_ABOUT_ERROR = re.compile(r"\w*legacy_\w*(?:error|exception|failure|warning)s?")  # `_handle_legacy_error(error)`


class LegacyFallback(NamedTuple):
    """A place that goes back to a legacy object. `how`: "preferred", "spare", "getattr", "except"."""

    span: Span
    how: str
    legacy: str  # as written
    instead: str  # what it stands beside, as written; "" where that is not one expression


class LegacyFallbacks:
    """All of them, in production code."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def all(self) -> tuple[LegacyFallback, ...]:
        """Every fallback, sorted by place; one a place."""
        found: dict[Span, LegacyFallback] = {}
        for path, _ in self._project.files.matching("legacy", _SIEVE):
            wanted = self._project.is_reported(path) and not self._project.settings.is_test(path)
            file = self._project.files.facts(path) if wanted else None
            if file is not None:
                for one in (*self._choices(path, file), *self._lookups(path, file), *self._handlers(path, file)):
                    found.setdefault(one.span, one)
        return tuple(found[span] for span in sorted(found))

    # --- self._legacy_x if self._legacy_x else self.x ---

    def _choices(self, path: str, file: facts.FileFacts) -> Iterator[LegacyFallback]:
        for expr, record in enumerate(file.expressions):
            if not isinstance(record, facts.Choice) or record.kind == "and" or len(record.options) != 2:
                continue
            written = [self._object(file, option) for option in record.options]
            legacy = [text for text in written if text is not None and self._names_legacy(text)]
            if len(legacy) == 1 and None not in written and not self._is_only_asked(file, expr):
                other = next(text for text in written if text != legacy[0])
                how = "preferred" if written[0] == legacy[0] else "spare"
                yield LegacyFallback(file.span(path, expr), how, legacy[0], other or "")

    def _is_only_asked(self, file: facts.FileFacts, expr: facts.ExprId) -> bool:
        """Whether nobody is given the object: `"up" if self.server or self._legacy_server else "down"`."""
        if any(expr in block.headers for block in file.blocks if block.kind in ("if", "while")):
            return True
        inside = file.position(expr)
        around = [other for other in range(len(file.expressions)) if _encloses(file.position(other), inside)]
        if not around:
            return False
        next_around = max(
            around, key=lambda other: (file.position(other)[:2], [-end for end in file.position(other)[2:]])
        )
        match file.expressions[next_around]:
            case facts.Opaque(kind="not"):
                return True
            case facts.Choice(kind="if", options=options):
                return not any(option == expr for option in options)
            case facts.Choice():
                return self._is_only_asked(file, next_around)
        return False

    def _object(self, file: facts.FileFacts, expr: facts.ExprId) -> str | None:
        """An attribute as it is written: `self._legacy_x`. Parameters and local names hold data as often as not."""
        if not isinstance(file.expressions[expr], facts.Attribute):
            return None
        return file.dotted(expr)

    def _names_legacy(self, written: str) -> bool:
        name = written.rpartition(".")[2]
        return _PRIVATE.fullmatch(name) is not None and not _PLACE.fullmatch(name)

    # --- getattr(self, "_legacy_x") ---

    def _lookups(self, path: str, file: facts.FileFacts) -> Iterator[LegacyFallback]:
        asked = {
            argument.value
            for name in _ASKING
            for call in file.calls.get(name, ())
            for argument in getattr(file.expressions[call], "arguments", ())
        }
        for call in file.calls.get("getattr", ()):
            record = file.expressions[call]
            assert isinstance(record, facts.Call)
            if len(record.arguments) < 2:
                continue
            named = file.expressions[record.arguments[1].value]
            if isinstance(named, facts.Literal) and isinstance(named.value, str) and _PRIVATE.fullmatch(named.value):
                base = file.dotted(record.arguments[0].value) or "…"
                filled = self._is_filled_here(file, call, named.value)
                if (
                    not filled
                    and call not in asked
                    and not _is_flag(file, record)
                    and not self._is_only_tested(file, call, named.value)
                ):
                    yield LegacyFallback(file.span(path, call), "getattr", f"{base}.{named.value}", "")

    def _is_only_tested(self, file: facts.FileFacts, call: facts.ExprId, name: str) -> bool:
        """Whether nothing is done with it: `if getattr(option, "_legacy_required", None) is not None: raise …`."""
        if not _decides(file, call):
            return False
        scope = file.blocks[file.expression_blocks[call]].scope
        for expr, record in enumerate(file.expressions):
            if isinstance(record, facts.Attribute):
                read = record.name == name
            else:
                read = isinstance(record, facts.Literal) and record.value == name and not _is_second(file, call, expr)
            if read and file.blocks[file.expression_blocks[expr]].scope == scope:
                return False
        return True

    def _is_filled_here(self, file: facts.FileFacts, call: facts.ExprId, name: str) -> bool:
        """Whether the same function stores the attribute: a cache that is made when it is first asked for."""
        scope = file.blocks[file.expression_blocks[call]].scope
        return any(store.name == name and file.blocks[store.block].scope == scope for store in file.attribute_stores)

    # --- except …: return self._legacy_x.run() ---

    def _handlers(self, path: str, file: facts.FileFacts) -> Iterator[LegacyFallback]:
        for statement in file.statements:
            if statement.kind not in _GOES_BACK or statement.expr == facts.NONE:
                continue
            if not self._is_in_handler(file, statement.block):
                continue
            for target in self._leading(file, statement.expr):
                written = file.dotted(target)
                if (
                    written is not None
                    and self._is_legacy_object(file, target, written)
                    and not self._is_member(path, target, written)
                ):
                    yield LegacyFallback(file.span(path, statement.expr), "except", written, "")

    def _is_in_handler(self, file: facts.FileFacts, block: facts.BlockId) -> bool:
        scope = file.blocks[block].scope
        while block != facts.NONE and file.blocks[block].scope == scope:
            record = file.blocks[block]
            if record.kind == "except":
                names = {name for header in record.headers for name in self._exceptions(file, header)}
                return not names & _COMPATIBILITY
            block = record.parent
        return False

    def _exceptions(self, file: facts.FileFacts, header: facts.ExprId) -> Iterator[str]:
        record = file.expressions[header]
        for expr in record.items if isinstance(record, facts.Sequence) else (header,):
            yield (file.dotted(expr) or "").rpartition(".")[2]

    def _leading(self, file: facts.FileFacts, expr: facts.ExprId) -> Iterator[facts.ExprId]:
        """What a returned or assigned expression is about: the object itself, or that of the outermost call."""
        match file.expressions[expr]:
            case facts.Call(func=func):
                yield from self._leading(file, func)
            case facts.Opaque(kind="await", parts=parts):
                for part in parts:
                    yield from self._leading(file, part)
            case facts.Choice(options=options):
                for option in options:
                    yield from self._leading(file, option)
            case facts.Attribute() | facts.Name():
                yield expr

    def _is_legacy_object(self, file: facts.FileFacts, expr: facts.ExprId, written: str) -> bool:
        parts = written.split(".")
        if _GOES_FORWARD.fullmatch(parts[-1]) or _ABOUT_ERROR.fullmatch(parts[-1]):
            return False
        if _PLACE.fullmatch(parts[-1]) and not _is_called(file, expr, parts[-1]):
            return False
        if parts[0] in ("self", "cls"):
            return any(_LEGACY.fullmatch(part) for part in parts[1:])
        record = file.expressions[expr]
        while isinstance(record, facts.Attribute):
            record = file.expressions[record.base]
        bound = [file.bindings[index] for index in record.bindings or ()] if isinstance(record, facts.Name) else []
        if any(isinstance(each, facts.OpaqueBinding) or _is_data(file, each) for each in bound):
            return False
        return any(_LEGACY.fullmatch(part) for part in parts)

    def _is_member(self, path: str, expr: facts.ExprId, written: str) -> bool:
        """Whether an enumeration has it: `Mode.legacy` is one value among others, wherever it is chosen."""
        names, parts = self._project.names, written.split(".")
        scope = names.scope_of(path, expr)
        owners = (names.resolve(path, scope, ".".join(parts[:end])) for end in range(1, len(parts)))
        return any(
            isinstance(owner, ClassValue) and is_enumeration(self._project.production_flow, owner.of)
            for targets in owners
            for owner in targets
        )


def _encloses(outer: facts.Position, inner: facts.Position) -> bool:
    return outer != inner and outer[:2] <= inner[:2] and outer[2:] >= inner[2:]


def _is_called(file: facts.FileFacts, expr: facts.ExprId, name: str) -> bool:
    """Whether an expression is a function that is called: `self._validate_by_legacy_path(token)` is a way, no place."""
    calls = (file.expressions[call] for call in file.calls.get(name, ()))
    return any(isinstance(call, facts.Call) and call.func == expr for call in calls)


def _decides(file: facts.FileFacts, expr: facts.ExprId) -> bool:
    """Whether an expression is a test, or compared in one, and has no name by which it is used behind it."""
    if any(isinstance(one, facts.ValueBinding) and one.expr == expr for one in file.bindings):
        return False  # if (legacy := getattr(self, "_legacy_registry", None)) is not None:
    if any(expr in block.headers for block in file.blocks if block.kind in ("if", "while")):
        return True
    for index, record in enumerate(file.expressions):
        match record:
            case facts.Opaque(kind=kind, parts=parts) if expr in parts:
                return (kind == "not" or kind.startswith("compare")) and _decides(file, index)
            case facts.Choice(options=options) if expr in options:
                return _decides(file, index)
    return False


def _is_second(file: facts.FileFacts, call: facts.ExprId, expr: facts.ExprId) -> bool:
    record = file.expressions[call]
    return isinstance(record, facts.Call) and record.arguments[1].value == expr


def _is_flag(file: facts.FileFacts, lookup: facts.Call) -> bool:
    """`getattr(thread, "_legacy_format", False)`: what is looked up says yes or no."""
    default = file.expressions[lookup.arguments[2].value] if len(lookup.arguments) > 2 else None
    return isinstance(default, facts.Literal) and isinstance(default.value, bool)


def _is_data(file: facts.FileFacts, binding: facts.Binding) -> bool:
    """Whether a name is bound to a text, a number, a path, a table of these: `legacy = folder / "old.md"`."""
    if not isinstance(binding, facts.ValueBinding) or binding.expr == facts.NONE or binding.path:
        return False
    return _holds_data(file, binding.expr)


def _holds_data(file: facts.FileFacts, expr: facts.ExprId) -> bool:
    match file.expressions[expr]:
        case facts.Sequence(items=items):
            return all(_holds_data(file, item) for item in items)
        case facts.Mapping(items=pairs):
            return all(value != facts.NONE and _holds_data(file, value) for _, value in pairs)
        case facts.Binary() | facts.Joined() | facts.Literal():
            return True
    return False
