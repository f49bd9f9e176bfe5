"""Homes: where classes and accessors of one name are defined, who imports them, and which of them is meant.

"One name, one home" is asked for by a contract, or inferred for names that say a role (registry, router, …) of
which a program has one. What stands in a branch of a module (`TYPE_CHECKING`, `except ImportError`, a version's
`else`), a test double, a protocol or a schema is no second home.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.findings import Span
from registry_lint.project.domain import ClassRef, ClassValue, FunctionRef, FunctionValue
from registry_lint.project.looks import may_import

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from registry_lint.config.contracts import CanonicalContract
    from registry_lint.project.model import Project

ROLES = ("Registry", "Registrar", "Router", "Tracker", "Manager", "Factory", "Dispatcher")
_ROLE = re.compile(rf"_*\w*(?:{'|'.join(ROLES)})")
_ROLES_OF_NAMES = re.compile(rf"^_+|(?:{'|'.join(ROLES)})$")
_DOUBLE = re.compile(r"\b(?:mock|stub|fake|dummy|test double|placeholder|for testing)s?\b|no-op", re.IGNORECASE)
_DOUBLE_PATH = re.compile(r"(?:^|[/_])(?:mock|stub|fake|double|dummy|dummie|example|sample|demo)s?(?:[/_.])")
_NO_HOME = ("Protocol", "Exception", "BaseException", "Error", "Enum", "IntEnum", "StrEnum", "TypedDict", "NamedTuple")

_SHARED_METHODS = 2  # public methods of one name that make two classes two of one role; of registries one is enough,
_SHARED_PART = 0.25  # and this part of the smaller one's: two limiters that share `check` alone are no rivals
# Methods that say nothing of what a class is for; so many of them in common do.
_OF_EVERYTHING = frozenset(
    {
        "get",
        "set",
        "delete",
        "clear",
        "add",
        "remove",
        "update",
        "start",
        "stop",
        "close",
        "run",
        "reset",
        "size",
        "keys",
    }
)
_SHARED_OF_EVERYTHING = 4
_SITES = 1_000  # calls of a class's name that are looked at


class Meaning(NamedTuple):
    """A name that stands for a class."""

    name: str
    of: ClassRef
    span: Span


class Homes:
    """Definitions by name. Answers are memoised."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._importers: dict[tuple[str, str], dict[ClassRef | FunctionRef, tuple[str, ...]]] = {}

    # --- classes ---

    @cached_property
    def canonical(self) -> dict[ClassRef, CanonicalContract]:
        """The classes that contracts call canonical."""
        found = {}
        for contract in self._project.contracts.canonical:
            ref = self._project.registries.find_class(contract.path)
            if ref is not None:
                found[ref] = contract
        return found

    @cached_property
    def by_role(self) -> dict[str, tuple[ClassRef, ...]]:
        """The definitions of each class name that says a role and is defined more than once in one program."""
        found = {}
        for name, headers in sorted(self._project.files.production_sieve.classes_like(_ROLE).items()):
            if len(headers) > 1:
                refs = tuple(self.definitions(name))
                if len(refs) > 1:
                    found[name] = refs
        return found

    def says_role(self, name: str) -> bool:
        """Whether a class's name says a role of which a program has one."""
        return _ROLE.fullmatch(name) is not None

    @property
    def named_by_role(self) -> frozenset[str]:
        """The names of classes in production code that say a role of which a program has one."""
        return frozenset(self._project.files.production_sieve.classes_like(_ROLE))

    def definitions(self, name: str) -> Iterator[ClassRef]:
        """Every definition of a class name in production code that could be a home."""
        files = self._project.files
        for path in sorted({header.path for header in files.production_sieve.classes_named(name)}):
            file = files.facts(path)
            for index, record in enumerate(file.classes if file else ()):
                ref = ClassRef(path, index)
                if record.name == name and self._may_be_home(ref):
                    yield ref

    def _may_be_home(self, ref: ClassRef) -> bool:
        project = self._project
        file = project.facts_of(ref.path)
        record = file.classes[ref.id]
        if file.blocks[file.blocks[record.block].parent].kind != "module":
            return False
        if file.scopes[0].names[record.name][-1] != record.binding:
            return False  # defined, and replaced further down
        if any(isinstance(base, str) and base.rpartition(".")[2] in _NO_HOME for base in project.classes.order(ref)):
            return False
        return not project.kinds.has_schema_base(ref) and not self.is_double(ref)

    def is_double(self, ref: ClassRef) -> bool:
        """Whether a class in production code says that it only stands in for another one."""
        docstring = self.docstring(ref).partition("\n\n")[0]
        return self.is_double_path(ref.path) or bool(_DOUBLE.search(docstring))

    def is_double_path(self, path: str) -> bool:
        """Whether a file holds stand-ins or examples, by its name or folder."""
        return bool(_DOUBLE_PATH.search(path))

    def docstring(self, ref: ClassRef) -> str:
        """The docstring of a class; "" where it has none."""
        file = self._project.facts_of(ref.path)
        block = file.classes[ref.id].block
        for statement in file.statements:
            if statement.block == block:
                record = file.expressions[statement.expr] if statement.expr != facts.NONE else None
                if statement.kind == "expr" and isinstance(record, facts.Literal) and isinstance(record.value, str):
                    return record.value
                break
        return ""

    def public_methods(self, ref: ClassRef, without: Collection[ClassRef] = ()) -> frozenset[str]:
        """The public methods that a class has, inherited ones of the project included, but for those of some bases."""
        return frozenset(
            name
            for base in self._project.classes.order(ref)
            if isinstance(base, ClassRef) and base not in without
            for name in self._project.classes.record(base).methods
            if not name.startswith("_")
        )

    def have_one_role(self, first: ClassRef, second: ClassRef) -> bool:
        """Whether two classes of one name do the same work, as far as their methods say."""
        registries = self._project.registries.all
        are_registries = all(ref in registries and registries[ref].methods for ref in (first, second))
        if are_registries and self._briefly(first) & self._briefly(second):
            return True
        common = {base for base in self._project.classes.order(first) if isinstance(base, ClassRef)}
        common.intersection_update(base for base in self._project.classes.order(second) if isinstance(base, ClassRef))
        ours = self.public_methods(first, common)  # what both inherit from one base says what the base is for
        theirs = self.public_methods(second, common)
        shared = ours & theirs
        if shared <= _OF_EVERYTHING and len(shared) < _SHARED_OF_EVERYTHING:
            return False
        return len(shared) >= _SHARED_METHODS and len(shared) >= _SHARED_PART * min(len(ours), len(theirs))

    def _briefly(self, ref: ClassRef) -> frozenset[str]:
        """The public methods of a registry without what its own name says: `register_tool` of a ToolRegistry."""
        entry = _ROLES_OF_NAMES.sub("", self._project.classes.name(ref)).lower()
        return frozenset(
            name.removesuffix(f"_{entry}").removesuffix(f"_{entry}s") if entry else name
            for name in self.public_methods(ref)
        )

    def are_independent(self, first: ClassRef, second: ClassRef) -> bool:
        """Whether neither of two classes is made from the other."""
        classes = self._project.classes
        return not (classes.derives(first, second) or classes.derives(second, first))

    def are_alternatives(self, first: ClassRef | FunctionRef, second: ClassRef | FunctionRef) -> bool:
        """Whether one is imported where the other one cannot be: `try: … except ImportError: …`."""
        for path in sorted({*self.importers(first)} & {*self.importers(second)}):
            file = self._project.facts_of(path)
            arms: dict[tuple[int, str], set[ClassRef | FunctionRef]] = {}
            for index, binding in enumerate(file.bindings):
                if isinstance(binding, facts.ImportBinding) and binding.member:
                    block = file.blocks[binding.block]
                    targets = self._project.names.bound(path, index)
                    found = (getattr(target, "of", None) for target in targets)
                    meant = {of for of in found if type(of) is type(first)}  # a class equals the function of its number
                    arms.setdefault((block.compound, block.kind), set()).update({first, second} & meant)
            tried = [compound for (compound, kind), ones in arms.items() if kind == "try" and ones]
            if any(arms.get((compound, "except")) for compound in tried):
                return True
        return False

    # --- rivals ---

    @cached_property
    def rivals(self) -> tuple[tuple[ClassRef, ClassRef], ...]:
        """Pairs (second home, home) that were inferred: two classes of one name, role and program, both in use.

        The home is the one that most files import; of several, the first by path.
        """
        found = []
        for refs in self.by_role.values():
            if not any(self._project.is_reported(ref.path) for ref in refs):
                continue
            used = [ref for ref in refs if self.is_used(ref)]
            ranked = sorted(used, key=lambda ref: (-len(self.importers(ref)), ref))
            for index, ref in enumerate(ranked):
                for home in ranked[:index]:
                    if (
                        self._project.programs.are_one(ref.path, home.path)
                        and self.are_independent(ref, home)
                        and self.have_one_role(ref, home)
                        and not self.are_alternatives(ref, home)
                    ):
                        found.append((ref, home))
                        break
        return tuple(sorted(found))

    # --- what contracts forbid ---

    def second_homes(self, home: ClassRef) -> Iterator[ClassRef]:
        """Definitions of a canonical class's name that neither are it nor derive from it."""
        for ref in self.definitions(self._project.classes.name(home)):
            if ref != home and self.are_independent(ref, home):
                yield ref

    def false_aliases(self, home: ClassRef, aliases: tuple[str, ...]) -> Iterator[ClassRef]:
        """Classes of other names that stand where a contract says an alias is."""
        for dotted in aliases:
            ref = self._project.registries.find_class(dotted)
            if ref is not None and ref != home and self._project.classes.name(ref) != self._project.classes.name(home):
                yield ref

    def other_meanings(self, home: ClassRef) -> Iterator[Meaning]:
        """Module-level names of production code that are called like a canonical class and mean another one."""
        project = self._project
        name = project.classes.name(home)
        word = re.escape(name.encode())
        pattern = re.compile(rb"\bas\s+" + word + rb"\b|^" + word + rb"\s*(?::[^=\n]{0,300})?=", re.MULTILINE)
        for path, _ in project.files.matching(name, pattern):
            file = project.files.facts(path)
            if file is None or project.settings.is_test(path):
                continue
            for index in file.scopes[0].names.get(name, ()):
                binding = file.bindings[index]
                if not isinstance(binding, facts.ImportBinding | facts.ValueBinding):
                    continue
                for target in project.names.bound(path, index):
                    if (
                        isinstance(target, ClassValue)
                        and isinstance(target.of, ClassRef)
                        and project.classes.name(target.of) != name
                        and self.are_independent(target.of, home)
                    ):
                        yield Meaning(name, target.of, Span(path, *binding.position))

    # --- importers ---

    def importers(self, of: ClassRef | FunctionRef) -> tuple[str, ...]:
        """The production files that import a class or function of a module, sorted; its own file is not among them."""
        name = self._project.classes.name(of) if isinstance(of, ClassRef) else self._project.function(of).name
        return tuple(path for path in self._imports(name).get(of, ()) if path != of.path)

    def _imports(self, name: str) -> dict[ClassRef | FunctionRef, tuple[str, ...]]:
        project = self._project
        key = (name, "")
        known = self._importers.get(key)
        if known is not None:
            return known
        found: dict[ClassRef | FunctionRef, list[str]] = {}
        word = name.encode()
        for path in project.files.mentioning(name):
            file = project.files.facts(path) if project.files.look(path, may_import, word) else None
            for index, binding in enumerate(file.bindings if file else ()):
                if isinstance(binding, facts.ImportBinding) and binding.member == name:
                    for target in project.names.bound(path, index):
                        if isinstance(target, ClassValue | FunctionValue) and not isinstance(target.of, str):
                            found.setdefault(target.of, []).append(path)
        self._importers[key] = {of: tuple(dict.fromkeys(paths)) for of, paths in found.items()}
        return self._importers[key]

    def is_used(self, ref: ClassRef) -> bool:
        """Whether production code imports a class, or its own module makes something of it."""
        if any(not self._only_hands_on(path) for path in self.importers(ref)):
            return True
        file = self._project.facts_of(ref.path)
        name = file.classes[ref.id].name
        extent = file.classes[ref.id].extent
        return (
            self._is_built_by_its_module(ref, name)
            or any(not extent[0] <= file.position(call)[0] <= extent[2] for call in file.calls.get(name, ()))
            or any(ref in self._project.classes.bases(ClassRef(ref.path, other)) for other in range(len(file.classes)))
        )

    def _is_built_by_its_module(self, ref: ClassRef, name: str) -> bool:
        """`routers.MessageRouter()`, where the module is imported and not the class."""
        flow = self._project.production_flow
        for site in flow.indexes.call_sites(name, _SITES) or ():
            func = self._project.call_at(site.path, site.call).func
            dotted = isinstance(flow.facts(site.path).expressions[func], facts.Attribute)
            if site.path != ref.path and dotted and ClassValue(ref) in flow.types(site.path, func):
                return True
        return False

    def _only_hands_on(self, path: str) -> bool:
        """Whether a file is a package's front, which imports what others use."""
        return path.endswith("__init__.py")
