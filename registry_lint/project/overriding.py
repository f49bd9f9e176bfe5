"""Which methods may run in place of the one that a call names: those of subclasses, and of what meets a protocol."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassRef, FunctionRef, Level
from registry_lint.project.signatures import stands_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project

CONSTRUCTORS = ("__new__", "__init__", "__post_init__", "__attrs_post_init__")
PROTOCOLS = frozenset({"typing.Protocol", "typing_extensions.Protocol"})


class Target(NamedTuple):
    """A function that a call runs.

    The object that it is called on may be of a subclass of one of `receivers`, whose own method then runs in its place.
    """

    of: FunctionRef
    how: Literal["call", "construct", "name"]
    level: Level
    receivers: tuple[ClassRef, ...] = ()


class Overriding:
    """Answers for production code. All answers are memoised."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._found: dict[tuple[ClassRef, str], tuple[FunctionRef, ...]] = {}

    def overrides(self, method: FunctionRef, target: Target) -> bool:
        """Whether a method may run where another one is called: an object of one of the receivers may be of a class
        that has it, or that has all methods of the protocol which declares the other."""
        own, other = self._project.function(method), self._project.function(target.of)
        if not target.receivers or method == target.of or own.name != other.name or own.name in CONSTRUCTORS:
            return False
        if facts.NONE in (own.class_, other.class_):
            return False
        classes = self._project.classes
        owner = ClassRef(method.path, own.class_)
        for receiver in self._having(target):
            if self._implements(owner, receiver):
                return True
            for one in (owner,) if classes.derives(owner, receiver) else classes.subclasses(owner):
                if classes.derives(one, receiver) and method in classes.find_method(one, own.name):
                    return True
        return False

    def _having(self, target: Target) -> Iterator[ClassRef]:
        """Those of the receivers whose objects run the target, unless they are of a subclass."""
        name = self._project.function(target.of).name
        for receiver in target.receivers:
            if target.of in self._project.classes.find_method(receiver, name):
                yield receiver

    def _implements(self, of: ClassRef, protocol: ClassRef) -> bool:
        """Whether a class has every method of a protocol (`typing.Protocol`), without deriving from it."""
        if of == protocol or not PROTOCOLS.intersection(self._project.classes.bases(protocol)):
            return False
        wanted = [
            (name, FunctionRef(protocol.path, found[0]))
            for name, found in self._project.classes.record(protocol).methods.items()
            if name not in CONSTRUCTORS
        ]
        return bool(wanted) and all(
            any(self._stands_in(method, declared) for method in self._project.classes.find_method(of, name))
            for name, declared in wanted
        )

    def _stands_in(self, method: FunctionRef, declared: FunctionRef) -> bool:
        return stands_in(self._project.function(method).parameters, self._project.function(declared).parameters)

    def overriding(self, target: Target) -> tuple[FunctionRef, ...]:
        """The methods that may run in place of a target; none for constructors."""
        record = self._project.function(target.of)
        if not target.receivers or record.class_ == facts.NONE or record.name in CONSTRUCTORS:
            return ()
        found: dict[FunctionRef, None] = {}
        for receiver in self._having(target):
            key = (receiver, record.name)
            if key not in self._found:
                self._found[key] = tuple(dict.fromkeys(self._find_overriding(receiver, record.name)))
            found.update(dict.fromkeys(self._found[key]))
        found.pop(target.of, None)
        return tuple(found)

    def _find_overriding(self, receiver: ClassRef, name: str) -> Iterator[FunctionRef]:
        for subclass in self._project.classes.subclasses(receiver):
            if not self._project.settings.is_test(subclass.path):
                yield from self._project.classes.find_method(subclass, name)
        if PROTOCOLS.intersection(self._project.classes.bases(receiver)):
            yield from self._implementations(receiver, name)

    def _implementations(self, protocol: ClassRef, name: str) -> Iterator[FunctionRef]:
        header = re.compile(rb"def\s+" + re.escape(name.encode()) + rb"\s*\(")
        for path, _ in self._project.files.matching(name, header):
            file = self._project.files.facts(path) if not self._project.settings.is_test(path) else None
            for index, function in enumerate(file.functions if file else ()):
                owner = ClassRef(path, function.class_)
                if function.name == name and function.class_ != facts.NONE and self._implements(owner, protocol):
                    yield FunctionRef(path, index)
