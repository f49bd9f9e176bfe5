"""What the objects of a class have: methods, attributes, properties, over all bases, and whether that is all."""

from __future__ import annotations

import builtins
import difflib
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.classes import TRANSPARENT_BASES
from registry_lint.project.domain import ClassRef, ClassValue, InstanceValue
from registry_lint.project.flow.receivers import class_of_receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project

# Methods of a class that answer for names which stand nowhere.
_ANSWERING = ("__getattr__", "__getattribute__")
_OUTSIDE_STORES = 50  # stores of one attribute name from outside that are looked at; more: it may well be set


class Members(NamedTuple):
    """The names that an object of a class has. `complete` is False where it may have others, too."""

    names: frozenset[str]
    methods: frozenset[str]
    complete: bool


class ClassMembers:
    """Answers for every class, memoised."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[ClassRef, Members] = {}
        self._set_outside: dict[tuple[ClassRef, str], bool] = {}

    def of(self, ref: ClassRef) -> Members:
        """What objects of a class have by its own body, its methods and its bases."""
        known = self._known.get(ref)
        if known is None:
            known = self._known[ref] = self._collected(ref)
        return known

    def lacks(self, ref: ClassRef, name: str, *, exactly: bool) -> bool:
        """Whether it is sure that neither a class nor code around it gives its objects a name.

        Unless the object is `exactly` of this class, a subclass that has the name is enough for a doubt: what is
        declared as the base may be an object of it.
        """
        if name.startswith("__") and name.endswith("__"):
            return False
        for of in (ref,) if exactly else (ref, *self._project.classes.subclasses(ref)):
            members = self.of(of)
            if name in members.names or not members.complete or self._is_set_outside(of, name):
                return False
        return True

    def nearest(self, ref: ClassRef, name: str, *, method: bool) -> str | None:
        """The public name of a class that is most like one it lacks: `get` for `get_tool`; None where none is."""
        members = self.of(ref)
        candidates = sorted(c for c in (members.methods if method else members.names) if not c.startswith("_"))
        words = name.strip("_").split("_")
        inside = [c for c in candidates if _is_within(c.split("_"), words) or _is_within(words, c.split("_"))]
        same_verb = [c for c in inside if c.split("_")[0] == words[0]]
        for group in (same_verb, inside):
            if group:
                return max(group, key=lambda c: (difflib.SequenceMatcher(None, c, name).ratio(), c))
        close = difflib.get_close_matches(name, candidates, n=1, cutoff=0.75)
        return close[0] if close else None

    def _collected(self, ref: ClassRef) -> Members:
        names: set[str] = set()
        methods: set[str] = set()
        complete = True
        registry = self._project.registries.all.get(ref)
        if registry is not None:
            names.update(registry.tables)  # it stores into them, so they are made somewhere
        for base in self._project.classes.order(ref):
            if isinstance(base, str):
                builtin = getattr(builtins, base.removeprefix("builtins."), None)
                if base.startswith("builtins.") and isinstance(builtin, type):
                    names.update(dir(builtin))
                    methods.update(name for name in dir(builtin) if callable(getattr(builtin, name, None)))
                elif base not in TRANSPARENT_BASES:
                    complete = False
                continue
            record = self._project.classes.record(base)
            file = self._project.facts_of(base.path)
            methods.update(record.methods)
            names.update(record.methods)
            names.update(file.scopes[record.scope].names)
            names.update(self._stored(file, base.id))
            complete = complete and not any(name in record.methods for name in _ANSWERING)
            complete = complete and not any(keyword.name == "metaclass" for keyword in record.keywords)
            complete = complete and not self._stores_by_computed_names(file, record)
        return Members(frozenset(names), frozenset(methods), complete)

    def _stored(self, file: facts.FileFacts, class_: facts.ClassId) -> Iterator[str]:
        name = file.classes[class_].name
        for store in file.attribute_stores:
            base = file.expressions[store.base]
            if class_of_receiver(file, store.base) == class_ or (isinstance(base, facts.Name) and base.id == name):
                yield store.name

    def _stores_by_computed_names(self, file: facts.FileFacts, record: facts.Class) -> bool:
        """`setattr(self, name, …)`, `self.__dict__.update(…)`, `vars(self)`: whatever names that may be."""
        row, _, end_row, _ = record.extent
        for name in ("setattr", "vars"):
            for call in file.calls.get(name, ()):
                if row <= file.position(call)[0] <= end_row:
                    arguments = file.expressions[call].arguments  # type: ignore[union-attr]  # a Call
                    key = file.expressions[arguments[1].value] if len(arguments) > 1 else None
                    if not (isinstance(key, facts.Literal) and isinstance(key.value, str)):
                        return True
        return any(
            isinstance(expr, facts.Attribute) and expr.name == "__dict__" and row <= file.position(index)[0] <= end_row
            for index, expr in enumerate(file.expressions)
        )

    def _is_set_outside(self, ref: ClassRef, name: str) -> bool:
        """Whether code outside of the class may give its objects the attribute: `registry.name = …`."""
        key = (ref, name)
        if key not in self._set_outside:
            self._set_outside[key] = self._looked_up(ref, name)
        return self._set_outside[key]

    def _looked_up(self, ref: ClassRef, name: str) -> bool:
        flow = self._project.production_flow
        stores = flow.indexes.outside_stores(name, _OUTSIDE_STORES)
        if stores is None:
            return True
        for path, store in stores:
            values = flow.types(path, store.base)
            known = [v for v in values if isinstance(v, InstanceValue | ClassValue)]
            if any(isinstance(v.of, ClassRef) and self._akin(v.of, ref) for v in known):
                return True
            if not known and "regist" in (flow.facts(path).dotted(store.base) or "").lower():
                return True
        return False

    def _akin(self, one: ClassRef, other: ClassRef) -> bool:
        return self._project.classes.derives(one, other) or self._project.classes.derives(other, one)


def _is_within(short: list[str], long: list[str]) -> bool:
    """Whether one name's words are the other's first or last ones."""
    return bool(short) and (long[: len(short)] == short or long[-len(short) :] == short)
