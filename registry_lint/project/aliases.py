"""Empty subclasses that are meant as aliases of their base."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.findings import Span
from registry_lint.project.domain import AnyClass, ClassRef
from registry_lint.project.looks import SAYS_ALIAS, empty_subclasses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project

_WORDS = (
    "alias", "Alias", "compat", "Compat", "enamed", "legacy", "Legacy", "ormer", "revious", "eprecated", "Old", "old",
)  # fmt: skip
# "Not an alias", and "it is a subclass of FileError for backward compatibility": what code catches, it catches still.
_DENIES = re.compile(r"\b(?:not|no|never)\b[^.]*\balias|\bis\s+an?\s+subclass\b", re.IGNORECASE)
_SHORT = 4  # lines of a paragraph; a longer one lists what a class has, and an alias may be among that

_EXCEPTION = re.compile(r"\w+(?:Error|Exception|Warning)")


class EmptySubclass(NamedTuple):
    """A class with one base and nothing of its own, where an alias is meant."""

    ref: ClassRef
    base: AnyClass
    written: str  # the base as the header writes it
    docstring: Span | None
    inferred: bool  # from its docstring or the base's name; False: a contract says so


class Aliases:
    """All of them, in production code."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def all(self) -> tuple[EmptySubclass, ...]:
        """Every empty subclass that is meant as an alias, sorted."""
        return tuple(sorted(self._found(), key=lambda empty: empty.ref))

    def _found(self) -> Iterator[EmptySubclass]:
        for path in self.paths:
            file = self._project.files.facts(path)
            for index, record in enumerate(file.classes if file else ()):
                if len(record.bases) == 1 and not record.keywords and not record.decorators and not record.methods:
                    empty = self._examine(ClassRef(path, index))
                    if empty is not None:
                        yield empty

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The files with a class that has bases, and a reason to read them: what makes an alias leaves a word."""
        files = self._project.files
        sieve = files.production_sieve
        saying = {path for word in _WORDS for path in files.containing(word)}
        canonical = {self._project.classes.name(ref) for ref in self._project.homes.canonical}
        found = sorted(
            {
                header.path
                for header in sieve.class_headers
                if header.names
                and (
                    header.path in saying
                    or header.name == header.names[-1]
                    or len(sieve.classes_named(header.name)) > 1  # its base may be another class of that name
                    or canonical & {header.name, *header.names}
                )
            }
        )
        return tuple(
            path
            for path in found
            if self._project.is_reported(path)
            and any(
                says
                or not name.isascii()
                or len(sieve.classes_named(name)) > 1
                or not canonical.isdisjoint((name, *base.split(".")))
                for name, base, says in files.look(path, empty_subclasses)
            )
        )

    def _examine(self, ref: ClassRef) -> EmptySubclass | None:
        project = self._project
        file = project.facts_of(ref.path)
        record = file.classes[ref.id]
        if file.blocks[file.blocks[record.block].parent].kind != "module" or file.scopes[record.scope].names:
            return None  # fallbacks in branches are no aliases
        if ref.path.endswith(".pyi"):
            return None  # its body stands elsewhere
        expr = record.bases[0]
        if isinstance(file.expressions[expr], facts.Subscript):
            return None  # `Registry[Tool]` says more than `Registry`
        written = file.dotted(expr)
        bases = project.classes.bases(ref)
        body = self._body(file, record)
        if written is None or len(bases) != 1 or body is None:
            return None
        text, docstring = body
        base = bases[0]
        if isinstance(base, str) and base.startswith(("?", "builtins.", "typing.", "abc.", "enum.")):
            return None
        by_contract = self._by_contract(ref, base)
        if by_contract or self._is_meant(ref, base, text):
            span = Span(ref.path, *file.position(docstring)) if docstring != facts.NONE else None
            return EmptySubclass(ref, base, written, span, inferred=not by_contract)
        return None

    def _by_contract(self, ref: ClassRef, base: AnyClass) -> bool:
        canonical = self._project.homes.canonical
        if not isinstance(base, ClassRef):
            return False
        named = {dotted for contract in canonical.values() for dotted in contract.aliases}
        return base in canonical or self._project.dotted(ref) in named

    def _is_meant(self, ref: ClassRef, base: AnyClass, docstring: str) -> bool:
        """Whether a class has its base's name or says that it is an alias. An exception is caught by its own name, and
        may be raised about an alias: it says so where it names its base."""
        name, called = self._project.classes.record(ref).name, self._project.classes.name(base)
        if _EXCEPTION.fullmatch(name) or _EXCEPTION.fullmatch(called):
            return called in docstring and self._says_alias(docstring)
        if self._says_alias(docstring):
            return True
        return called == name and not self._is_documented(docstring) and not self._is_one_of_several(ref, base)

    def _says_alias(self, docstring: str) -> bool:
        paragraphs = docstring.strip().split("\n\n")
        told = any(SAYS_ALIAS.search(one) for one in paragraphs if one.count("\n") < _SHORT)
        return told and not _DENIES.search(docstring)

    def _is_documented(self, docstring: str) -> bool:
        """Whether a class is described at length: one to be extended, or whose text is read where it runs."""
        return "\n\n" in docstring.strip()

    def _is_one_of_several(self, ref: ClassRef, base: AnyClass) -> bool:
        """Whether another class of the name has the base, too, and something of its own: each module has its
        `Listener`, and that of this one adds nothing yet."""
        project = self._project
        name = project.classes.record(ref).name
        for path in sorted({header.path for header in project.files.production_sieve.classes_named(name)} - {ref.path}):
            file = project.files.facts(path)
            for index, record in enumerate(file.classes if file else ()):
                other = ClassRef(path, index)
                own = file is not None and bool(file.scopes[record.scope].names)
                if record.name == name and other != base and own and project.classes.derives(other, base):
                    return True
        return False

    def _body(self, file: facts.FileFacts, record: facts.Class) -> tuple[str, facts.ExprId] | None:
        """The docstring of a body without anything else (text, expression); None where there is more."""
        text, docstring = "", facts.NONE
        for statement in file.statements:
            if statement.block != record.block or statement.kind == "pass":
                continue
            expression = file.expressions[statement.expr] if statement.expr != facts.NONE else None
            if statement.kind != "expr" or not isinstance(expression, facts.Literal):
                return None
            if isinstance(expression.value, str):
                text, docstring = expression.value, statement.expr
            elif expression.kind != "other":
                return None
        return text, docstring
