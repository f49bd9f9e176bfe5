"""What happens to an error that a registration raises: which handler takes it, and whether that says anything."""

from __future__ import annotations

import builtins
import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import AnyClass, ClassRef, ClassValue, ExternalValue, FunctionRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.findings import Span
    from registry_lint.project.model import Project
    from registry_lint.project.registrations import Registration

_LEAVING = ("return", "break", "continue")
_EVERYTHING = ("Exception", "BaseException")
# `except AlreadyRegistered: pass` says in words that a second registration is no error here, `except Unavailable` that
# there need not be a first.
_SAID_SO = re.compile(r"\w*(?:Already|Duplicate|Exists|Conflict|Unavailable|NotAvailable|Unsupported|NotSupported)\w*")
_DEEPEST = 3  # methods of a registry that hand on to each other


class Swallowed(NamedTuple):
    """A handler that takes a registration's error and does nothing with it."""

    path: str
    span: Span  # what stands in the handler: `pass`, `continue`, `return`; or the call of `suppress`
    how: str  # "pass", "continue", "break", "return", "..." or "suppress"
    registrations: tuple[Registration, ...]  # at least one


class Handlers:
    """Computed once, over production code."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._raises: dict[FunctionRef, frozenset[AnyClass]] = {}

    @cached_property
    def swallowed(self) -> tuple[Swallowed, ...]:
        """Every handler that swallows the error of a registration, sorted by place."""
        found: dict[tuple[str, Span, str], list[Registration]] = {}
        for registration in self._project.registrations.all:
            taken = self._taken(registration)
            if taken is not None:
                found.setdefault((registration.path, *taken), []).append(registration)
        return tuple(sorted(Swallowed(*where, tuple(held)) for where, held in found.items()))

    def _taken(self, registration: Registration) -> tuple[Span, str] | None:
        """The swallowing statement of the handler that takes an error of this registration first."""
        path = registration.path
        file = self._project.facts_of(path)
        block = file.expression_blocks[registration.call]
        while block != facts.NONE:
            inside = file.blocks[block]
            if inside.kind in ("function", "class", "module"):
                return None
            if inside.kind == "with":
                for header in inside.headers:
                    if self._suppresses(path, file, header, registration):
                        return file.span(path, header), "suppress"
            if inside.kind == "try":
                handler = self._handler(path, file, inside.compound, registration)
                if handler is not None:
                    return self._silence(path, file, handler) if not self._goes_on(file, block) else None
            block = inside.parent
        return None

    def _handler(
        self, path: str, file: facts.FileFacts, compound: int, registration: Registration
    ) -> facts.BlockId | None:
        for index, block in enumerate(file.blocks):
            if block.compound == compound and block.kind == "except":
                caught = list(self._caught(path, file, block.headers))
                if any(_SAID_SO.fullmatch(self._project.classes.name(of)) for of in caught):
                    return None
                if not block.headers or any(self._catches(of, registration) for of in caught):
                    return index
        return None

    def _caught(self, path: str, file: facts.FileFacts, headers: tuple[facts.ExprId, ...]) -> Iterator[AnyClass]:
        """The classes of exceptions that a handler names."""
        for header in headers:
            record = file.expressions[header]
            for expr in record.items if isinstance(record, facts.Sequence) else (header,):
                dotted = file.dotted(expr)
                scope = self._project.names.scope_of(path, expr)
                for target in self._project.names.resolve(path, scope, dotted) if dotted else ():
                    if isinstance(target, ClassValue):
                        yield target.of
                    elif isinstance(target, ExternalValue):
                        yield target.dotted

    def _catches(self, caught: AnyClass, registration: Registration) -> bool:
        """Whether a class of exceptions takes what a registering method raises, or everything."""
        if self._project.classes.name(caught) in _EVERYTHING:
            return True
        return any(self._is_a(raised, caught) for raised in self._raised(registration.storing.function, 0))

    def _is_a(self, raised: AnyClass, caught: AnyClass) -> bool:
        for base in self._project.classes.order(raised):
            if base == caught:
                return True
            if isinstance(base, str) and isinstance(caught, str):
                own, other = (getattr(builtins, of.removeprefix("builtins."), None) for of in (base, caught))
                if isinstance(own, type) and isinstance(other, type) and issubclass(own, other):
                    return True
        return False

    def _raised(self, function: FunctionRef, depth: int) -> frozenset[AnyClass]:
        """The exceptions that a registering method raises itself, or in a method that it hands on to."""
        known = self._raises.get(function)
        if known is not None:
            return known
        self._raises[function] = frozenset()
        project = self._project
        file = project.facts_of(function.path)
        record = file.functions[function.id]
        found: set[AnyClass] = set()
        for statement in file.statements:
            if statement.kind == "raise" and file.blocks[statement.block].scope == record.scope and statement.expr >= 0:
                raised = file.expressions[statement.expr]
                target = raised.func if isinstance(raised, facts.Call) else statement.expr
                found.update(self._caught(function.path, file, (target,)))
        if record.class_ != facts.NONE and depth < _DEEPEST:
            owner = ClassRef(function.path, record.class_)
            for expr in file.expressions:
                func = file.expressions[expr.func] if isinstance(expr, facts.Call) else None
                if isinstance(func, facts.Attribute) and isinstance(expr, facts.Call):
                    base = file.expressions[func.base]
                    own = isinstance(base, facts.Name) and base.id in ("self", "cls")
                    if own and file.blocks[file.expression_blocks[expr.func]].scope == record.scope:
                        for method in project.classes.find_method(owner, func.name):
                            found |= self._raised(method, depth + 1)
        self._raises[function] = frozenset(found)
        return self._raises[function]

    def _suppresses(self, path: str, file: facts.FileFacts, header: facts.ExprId, registration: Registration) -> bool:
        """`with suppress(ValueError):`."""
        call = file.expressions[header]
        if not isinstance(call, facts.Call):
            return False
        if (file.dotted(call.func) or "").rpartition(".")[2] != "suppress":
            return False
        caught = list(self._caught(path, file, tuple(argument.value for argument in call.arguments)))
        if any(_SAID_SO.fullmatch(self._project.classes.name(of)) for of in caught):
            return False
        return any(self._catches(of, registration) for of in caught)

    def _goes_on(self, file: facts.FileFacts, block: facts.BlockId) -> bool:
        """Whether success takes another way than failure, so that what follows tells them apart.

        `try: register(); return True` with `return False` behind it, a retrying loop, a `try … else`, a flag that is
        set behind the registration.
        """
        compound = file.blocks[block].compound
        if any(other.compound == compound and other.kind == "try-else" for other in file.blocks):
            return True
        return any(s.block == block and (s.kind in _LEAVING or _sets_flag(file, s)) for s in file.statements)

    def _silence(self, path: str, file: facts.FileFacts, handler: facts.BlockId) -> tuple[Span, str] | None:
        """The statement of a handler that does nothing; None where it does anything."""
        told: tuple[Span, str] | None = None
        for statement in file.statements:
            if statement.block != handler:
                continue
            how = _nothing(file, statement)
            if how is None:
                return None
            if how != "text":
                told = self._project.place(path, statement.position), how
        return told


def _sets_flag(file: facts.FileFacts, statement: facts.Statement) -> bool:
    """`registered = True`."""
    record = file.expressions[statement.expr] if statement.kind == "assign" and statement.expr != facts.NONE else None
    return isinstance(record, facts.Literal) and record.kind == "bool"


def _nothing(file: facts.FileFacts, statement: facts.Statement) -> str | None:
    """How a statement does nothing: "pass", "continue", …; "text" for a docstring; None where it does something."""
    record = file.expressions[statement.expr] if statement.expr != facts.NONE else None
    match statement.kind, record:
        case "pass" | "continue" | "break", _:
            return statement.kind
        case "return", None | facts.Literal(kind="none"):
            return "return"
        case "expr", facts.Literal(kind="str"):
            return "text"
        case "expr", facts.Literal(kind="other"):
            return "..."
    return None
