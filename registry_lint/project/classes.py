"""Classes: who derives from whom, across files, and what a class has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import AnyClass, ClassRef, ClassValue, ExternalValue, FunctionRef
from registry_lint.project.looks import renamed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from registry_lint.project.files import Files
    from registry_lint.project.names import Names


class Classes:
    """The class hierarchy, on demand."""

    def __init__(self, files: Files, names: Names, production: Sequence[str]) -> None:
        self._files = files
        self._names = names
        self._production = frozenset(production)
        self._bases: dict[ClassRef, tuple[AnyClass, ...]] = {}
        self._orders: dict[ClassRef, tuple[AnyClass, ...]] = {}
        self._subclasses: dict[ClassRef, tuple[ClassRef, ...]] = {}

    def record(self, ref: ClassRef) -> facts.Class:
        """The facts of a class."""
        return self._files.parsed(ref.path).classes[ref.id]

    def name(self, of: AnyClass) -> str:
        """The bare name of a class."""
        return of.rpartition(".")[2] if isinstance(of, str) else self.record(of).name

    def dotted(self, of: AnyClass) -> str:
        """The dotted name by which a class can be imported."""
        if isinstance(of, str):
            return of
        module = self._names.module_of(of.path)
        return f"{module}.{self.record(of).qualname}" if module else self.record(of).qualname

    def bases(self, ref: ClassRef) -> tuple[AnyClass, ...]:
        """The direct bases: classes of the project, dotted names of others; what is unresolved, by its name."""
        known = self._bases.get(ref)
        if known is not None:
            return known
        self._bases[ref] = ()  # a class that derives from itself derives from nothing
        file = self._files.parsed(ref.path)
        found: list[AnyClass] = []
        for expr in file.classes[ref.id].bases:
            dotted = file.dotted(expr)
            if dotted is None:
                found.append("?")
                continue
            own = [base for base in self._base_targets(ref, expr, dotted) if base != ref]
            found.extend(own or [f"?.{dotted}"])
        self._bases[ref] = tuple(dict.fromkeys(found))
        return self._bases[ref]

    def _base_targets(self, ref: ClassRef, expr: facts.ExprId, dotted: str) -> Iterator[AnyClass]:
        scope = self._names.scope_of(ref.path, expr)
        for target in self._names.resolve(ref.path, scope, dotted):
            if isinstance(target, ClassValue):
                yield target.of
            elif isinstance(target, ExternalValue):
                yield target.dotted

    def order(self, of: AnyClass) -> tuple[AnyClass, ...]:
        """The method resolution order, the class itself first; third-party classes end a branch."""
        if isinstance(of, str):
            return (of,)
        known = self._orders.get(of)
        if known is not None:
            return known
        self._orders[of] = (of,)
        bases = self.bases(of)
        merged = _merge([list(self.order(base)) for base in bases] + [list(bases)])
        self._orders[of] = (of, *merged)
        return self._orders[of]

    def derives(self, of: AnyClass, base: AnyClass) -> bool:
        """Whether a class is, or derives from, another."""
        return base in self.order(of)

    def fully_known(self, of: AnyClass) -> bool:
        """Whether every base in the order is a class of the project (or `object`, `Generic`, `ABC`, …)."""
        return all(isinstance(base, ClassRef) or base in TRANSPARENT_BASES for base in self.order(of))

    def subclasses(self, ref: ClassRef) -> tuple[ClassRef, ...]:
        """Every class of the project that derives from one, itself not included; sorted."""
        known = self._subclasses.get(ref)
        if known is not None:
            return known
        found: set[ClassRef] = set()
        pending = [ref]
        while pending:
            base = pending.pop()
            for candidate in self._mentioning_as_base(base):
                if candidate not in found and candidate != ref and base in self.bases(candidate):
                    found.add(candidate)
                    pending.append(candidate)
        self._subclasses[ref] = tuple(sorted(found))
        return self._subclasses[ref]

    def _mentioning_as_base(self, base: ClassRef) -> Iterator[ClassRef]:
        name = self.record(base).name
        tests = base.path not in self._production
        spelled = {name, *self._aliases(name, tests)}
        for path in sorted({path for one in spelled for path in self._files.deriving(one, tests=tests)}):
            file = self._files.facts(path)
            if file is not None:
                for index, record in enumerate(file.classes):
                    if record.bases:
                        yield ClassRef(path, index)

    def _aliases(self, name: str, tests: bool) -> Iterator[str]:
        """The other names that imports give to a name: `from x import Registry as Base`."""
        word = name.encode()
        for path in self._files.mentioning(name, tests=tests):
            for alias in self._files.look(path, renamed, word):
                yield alias.decode("utf-8", "replace")

    def is_container(self, of: AnyClass) -> bool:
        """Whether objects of a class are dicts or lists themselves: `class ToolRegistry(dict)`."""
        return any(base in CONTAINERS for base in self.order(of))

    def methods(self, of: AnyClass, name: str) -> tuple[FunctionRef, ...]:
        """The definitions of a method that a class has itself (several where they stand in branches)."""
        if isinstance(of, str):
            return ()
        return tuple(FunctionRef(of.path, index) for index in self.record(of).methods.get(name, ()))

    def find_method(self, of: AnyClass, name: str) -> tuple[FunctionRef, ...]:
        """The definitions of a method in the first class of the order that has it."""
        for owner in self.order(of):
            found = self.methods(owner, name)
            if found:
                return found
        return ()

    def members(self, ref: ClassRef, name: str) -> tuple[facts.BindingId, ...]:
        """The bindings of a name in the body of a class."""
        file = self._files.parsed(ref.path)
        return file.scopes[file.classes[ref.id].scope].names.get(name, ())

    def owner(self, function: FunctionRef) -> ClassRef | None:
        """The class whose body holds a function."""
        record = self._files.parsed(function.path).functions[function.id]
        return ClassRef(function.path, record.class_) if record.class_ != facts.NONE else None


CONTAINERS = frozenset(
    {"builtins.dict", "builtins.list", "builtins.set", "typing.Dict", "typing.List"}
    | {f"collections.{name}" for name in ("UserDict", "UserList", "OrderedDict", "defaultdict", "deque")}
)
# Bases that add nothing a rule would need to know.
TRANSPARENT_BASES = frozenset(
    {
        "abc.ABC",
        "builtins.object",
        "typing.Generic",
        "typing.Protocol",
        "typing_extensions.Generic",
        "typing_extensions.Protocol",
    }
)


def _merge(sequences: list[list[AnyClass]]) -> list[AnyClass]:
    """C3 linearisation; where none exists, the order of first appearance (Python would refuse the class)."""
    merged: list[AnyClass] = []
    pending = [sequence for sequence in sequences if sequence]
    while pending:
        for sequence in pending:
            head = sequence[0]
            if not any(head in other[1:] for other in pending):
                break
        else:
            head = pending[0][0]
        merged.append(head)
        pending = [rest for s in pending if (rest := [base for base in s if base != head])]
    return merged
