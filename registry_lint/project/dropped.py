"""Objects that are gone when the call that made them is over: nobody but a local name ever held them.

What such an object keeps in an attribute goes with it. Said only where every use of it is seen: a call of one of its
methods, a test, a `with`; and being returned, where the same holds for every caller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassRef, FunctionRef
from registry_lint.project.flow.receivers import class_of_receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.endings import Keeping
    from registry_lint.project.model import Project

_DEEPEST = 4  # calls that an object is returned through


class Dropped:
    """Answers for classes of production code, memoised."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[ClassRef, bool] = {}

    def goes_with_its_holder(self, keeping: Keeping, of: ClassRef) -> bool:
        """Whether what is kept goes when the object does that keeps it, and that one when its maker returns."""
        holder = keeping.owner
        if holder is None or self._is_of_class(keeping, holder) or self._gives_itself_away(of):
            return False
        if holder not in self._known:
            self._known[holder] = self._is_dropped(holder)
        return self._known[holder] and not self._is_read_elsewhere(keeping)

    def _is_of_class(self, keeping: Keeping, holder: ClassRef) -> bool:
        """Whether all objects of a class share what is kept: `cls._active`, a table in the body of the class."""
        file = self._project.facts_of(keeping.path)
        on_class = any(
            isinstance(record, facts.Attribute)
            and record.name == keeping.name
            and isinstance(base := file.expressions[record.base], facts.Name)
            and base.id == "cls"
            for record in file.expressions
        )
        on_class = on_class or any(
            store.name == keeping.name
            and isinstance(base := file.expressions[store.base], facts.Name)
            and base.id == "cls"
            for store in file.attribute_stores
        )
        in_body = keeping.kind == "table" and bool(self._project.classes.members(holder, keeping.name))
        return on_class or in_body

    def _gives_itself_away(self, of: ClassRef) -> bool:
        """Whether an object may hand itself to somebody: `self` in a method, but to read or call something of it; or a
        base that is not of the project."""
        if not self._project.classes.fully_known(of):
            return True
        for base in self._project.classes.order(of):
            if not isinstance(base, ClassRef):
                continue
            file = self._project.facts_of(base.path)
            read = {record.base for record in file.expressions if isinstance(record, facts.Attribute)}
            read.update(store.base for store in file.attribute_stores)
            for number, record in enumerate(file.expressions):
                bare = isinstance(record, facts.Name) and record.id != "cls" and number not in read
                if bare and class_of_receiver(file, number) == base.id:
                    return True
        return False

    def _is_dropped(self, holder: ClassRef) -> bool:
        if self._gives_itself_away(holder):
            return False
        classes = (holder, *self._project.classes.subclasses(holder))
        made = [edge for of in classes for edge in self._project.calls.callers_of_class(of)]
        if not made or any(self._gives_itself_away(of) for of in classes[1:]):
            return False
        return all(self._ends_with_call(edge.path, edge.expr, holder, 0) for edge in made)

    # --- one object ---

    def _ends_with_call(self, path: str, expr: facts.ExprId, of: ClassRef, depth: int) -> bool:
        """Whether the object that an expression makes or hands out is held by local names alone, up to the end."""
        function = self._project.function_of(path, expr)
        if function is None or depth > _DEEPEST:
            return False
        file = self._project.facts_of(path)
        uses = self._uses(path, file, expr, function)
        return uses is not None and all(self._is_harmless(file, use, function, of, depth) for use in uses)

    def _uses(
        self, path: str, file: facts.FileFacts, expr: facts.ExprId, function: FunctionRef
    ) -> list[facts.ExprId] | None:
        """The expression, and the local names that stand for it; None where an inner function may read one."""
        names, indexes = {""}, set()
        for index, binding in enumerate(file.bindings):
            if isinstance(binding, facts.ValueBinding) and binding.expr == expr:
                if binding.scope != file.functions[function.id].scope:
                    return None
                names.add(binding.name)
                indexes.add(index)
            elif isinstance(binding, facts.MergedBinding | facts.NarrowedBinding) and indexes & {*binding.options}:
                indexes.add(index)
        uses = [expr]
        for number, record in enumerate(file.expressions):
            if isinstance(record, facts.Name) and record.id in names:
                if record.bindings is None and self._project.function_of(path, number) != function:
                    return None
                if indexes & {*(record.bindings or ())}:
                    uses.append(number)
        return uses

    def _is_harmless(
        self, file: facts.FileFacts, use: facts.ExprId, function: FunctionRef, of: ClassRef, depth: int
    ) -> bool:
        stored = (*(one.expr for one in file.attribute_stores), *(one.expr for one in file.subscript_stores))
        if use in stored:
            return False
        record = file.functions[function.id]
        if use in record.yields or any(use in one.returns for one in file.functions if one is not record):
            return False
        if use in record.returns:
            callers = self._project.calls.callers(function)
            if not callers or not all(
                edge.how == "call" and self._ends_with_call(edge.path, edge.expr, of, depth + 1) for edge in callers
            ):
                return False
        called = {one.func for one in file.expressions if isinstance(one, facts.Call)}
        for number, around in enumerate(file.expressions):
            match around:
                case facts.Attribute(base=base, name=name) if base == use:
                    if number not in called and self._project.classes.find_method(of, name):
                        return False  # a bound method that goes somewhere holds the object, too
                case facts.Call(arguments=arguments) if any(one.value == use for one in arguments):
                    return False
                case facts.Opaque(kind=kind, parts=parts) if use in parts and not kind.startswith(("compare", "not")):
                    return False
                case _ if use in _held(around):
                    return False
        return not (
            isinstance(file.expressions[use], facts.Name)
            and any(isinstance(one, facts.ValueBinding) and one.expr == use for one in file.bindings)
        )

    def _is_read_elsewhere(self, keeping: Keeping) -> bool:
        """Whether somebody takes what is kept out of its holder, and not only something of it."""
        for path in dict.fromkeys((keeping.path, *self._project.files.mentioning(keeping.name))):
            file = self._project.files.facts(path)
            if file is None:
                continue
            read = {one.base for one in file.expressions if isinstance(one, facts.Attribute | facts.Subscript)}
            for number, record in enumerate(file.expressions):
                if isinstance(record, facts.Attribute) and record.name == keeping.name and number not in read:
                    return True
        return False


def _held(record: facts.Expr) -> Iterator[facts.ExprId]:
    """The expressions that an expression may hold, or be."""
    match record:
        case facts.Sequence(items=items) | facts.Choice(options=items):
            yield from items
        case facts.Mapping(items=pairs):
            yield from (value for _, value in pairs)
        case facts.Comprehension(key=key, value=value):
            yield from (key, value)
        case facts.Starred(value=value):
            yield value
        case facts.Binary(left=left, right=right):
            yield from (left, right)
