"""What stands where: stores, mutations and calls of a world, by name."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project import looks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from registry_lint.project.files import Files

# Methods of containers that put something into them → (operation on the argument, position of the argument).
MUTATIONS: dict[str, tuple[str, int]] = {
    "append": ("member", 0),
    "appendleft": ("member", 0),
    "add": ("member", 0),
    "insert": ("member", 1),
    "extend": ("collection", 0),
    "extendleft": ("collection", 0),
    "update": ("same", 0),
    "setdefault": ("entry-of", 1),
    "set": ("entry-of", 0),  # of a context variable: what its `get()` yields
    "put": ("entry-of", 0),  # of a queue: as above
    "put_nowait": ("entry-of", 0),
}


_DEEPEST_ENTRY = 2  # keys between a container and the one that is filled: values are not told apart any deeper


class Mutation(NamedTuple):
    """`target.append(value)` or `target[key] = value`: a value that enters a container where it stands."""

    target: facts.ExprId  # the container, as an expression that is read
    operation: tuple[str | int, ...]
    value: facts.ExprId
    block: facts.BlockId


class CallSite(NamedTuple):
    """A call."""

    path: str
    call: facts.ExprId


class Indexes:
    """Built a file at a time, when first asked for."""

    def __init__(self, files: Files, *, with_tests: bool) -> None:
        self._files = files
        self._with_tests = with_tests
        self._mutations: dict[str, dict[facts.BindingId, list[Mutation]]] = {}
        self._outer_mutations: dict[str, dict[str, list[Mutation]]] = {}
        self._attribute_mutations: dict[str, dict[str, list[Mutation]]] = {}
        self._handed: dict[str, dict[facts.BindingId, list[tuple[facts.ExprId, facts.ExprId]]]] = {}
        self._attribute_stores: dict[str, dict[str, list[facts.AttributeStore]]] = {}
        self._stored_by_path: dict[str, dict[bytes, int]] = {}
        self._keys_by_path: dict[str, frozenset[bytes]] = {}
        self._sites: dict[str, tuple[CallSite, ...]] = {}

    # --- calls ---

    def call_sites(self, name: str, limit: int) -> tuple[CallSite, ...] | None:
        """Every call whose callee's last name is `name`, or an alias that an import gives it; None if too many.

        Occurrences are counted in the bytes first, so that a common name costs no parsing.
        """
        known = self._sites.get(name)
        if known is None:
            paths = self._paths_calling(name, 4 * limit)
            if paths is None:
                return None
            known = self._sites[name] = tuple(site for path in paths for site in self._sites_in(path, name))
        return known if len(known) <= limit else None

    def paths_naming(self, name: str, most: int) -> tuple[str, ...] | None:
        """The files of this world that name a function without calling or defining it; None for more than `most`."""
        word = name.encode()
        paths = []
        for path in self._files.mentioning(name, tests=self._with_tests):
            if self._files.look(path, looks.hands_on, word):
                paths.append(path)
                if len(paths) > most:
                    return None
        return tuple(paths)

    def _paths_calling(self, name: str, most: int) -> tuple[str, ...] | None:
        """The files of this world in which a name may be called or renamed; None for more than `most` such places."""
        word = name.encode()
        return self._paths_with(name, most, lambda path: self._files.look(path, looks.times_called, word))

    def _sites_in(self, path: str, name: str) -> Iterator[CallSite]:
        file = self._files.facts(path)
        if file is None:
            return
        for alias in {name, *aliases_of(file, name)}:
            for call in file.calls.get(alias, ()):
                yield CallSite(path, call)

    def _paths_with(self, name: str, most: int, times: Callable[[str], int]) -> tuple[str, ...] | None:
        """The files of this world with places for a name, which `times` counts; None for more than `most` places."""
        seen, paths = 0, []
        for path in self._files.mentioning(name, tests=self._with_tests):
            count = times(path)
            if count:
                seen += count
                paths.append(path)
                if seen > most:
                    return None
        return tuple(paths)

    # --- stores on attributes ---

    def attribute_stores(self, path: str, name: str) -> list[facts.AttributeStore]:
        """The stores of an attribute name in a file."""
        known = self._attribute_stores.get(path)
        if known is None:
            file = self._files.facts(path)
            known = defaultdict(list)
            for store in file.attribute_stores if file else ():
                known[store.name].append(store)
            self._attribute_stores[path] = known
        return known.get(name, [])

    def outside_stores(self, name: str, limit: int) -> tuple[tuple[str, facts.AttributeStore], ...] | None:
        """The stores of an attribute name whose object is not `self` or `cls`, over this world; None if too many."""
        paths = self._paths_with_store(name, 8 * limit)
        if paths is None:
            return None
        stores = tuple(
            (path, store)
            for path in paths
            for store in self.attribute_stores(path, name)
            if store.expr != facts.NONE and not _on_self(self._files.parsed(path), store.base)
        )
        return stores if len(stores) <= 4 * limit else None

    def _paths_with_store(self, name: str, most: int) -> tuple[str, ...] | None:
        """The files that store an attribute of something other than `self` or `cls`; None for more than `most`."""
        word = name.encode()

        def times(path: str) -> int:
            return self._files.told(path, looks.times_stored, partial(self._times_stored, path, word), word)

        return self._paths_with(name, most, times)

    def _times_stored(self, path: str, attribute: bytes) -> int:
        """How often a file stores an attribute, by its bytes. All are counted at once: thousands are asked for."""
        known = self._stored_by_path.get(path)
        if known is None:
            known = self._stored_by_path[path] = self._files.counts(path, looks.attributes_stored)
        return known.get(attribute, 0)

    def paths_storing_key(self, key: str) -> tuple[str, ...]:
        """The files of this world that may store under a literal key: `x["key"] = …`, `x.setdefault("key", …)`."""
        word = key.encode()
        return tuple(
            path
            for path in self._files.mentioning(key, tests=self._with_tests)
            if self._files.told(path, looks.stores_key, partial(self._stores_key, path, word), word)
        )

    def _stores_key(self, path: str, key: bytes) -> bool:
        """Whether a file stores under a literal key, by its bytes. All are found at once: hundreds are asked for."""
        known = self._keys_by_path.get(path)
        if known is None:
            known = self._keys_by_path[path] = looks.keys_stored(self._files.read_for_looks(path))
        return key in known

    # --- mutations ---

    def paths_filling(self, name: str, module: str) -> tuple[str, ...]:
        """The files of this world that may put something into a container of another module: one that they import by
        its name, or an attribute of what they call like the module."""
        word = name.encode()
        naming = frozenset(self._files.mentioning(module, tests=self._with_tests))
        return tuple(
            path
            for path in self._files.mentioning(name, tests=self._with_tests)
            if self._files.look(path, looks.fills_imported, word)
            or (path in naming and self._files.look(path, looks.fills_attribute, word))
        )

    def paths_filling_attribute(self, name: str) -> tuple[str, ...]:
        """The files of this world that may put something into a container that is an attribute of this name."""
        word = name.encode()
        mentioning = self._files.mentioning(name, tests=self._with_tests)
        return tuple(path for path in mentioning if self._files.look(path, looks.fills_of_another, word))

    def mutations(self, path: str, binding: facts.BindingId) -> list[Mutation]:
        """What is put into the container that one binding holds."""
        self._index_mutations(path)
        return self._mutations[path].get(binding, [])

    def outer_mutations(self, path: str, name: str) -> list[Mutation]:
        """What is put into a container that is named from an inner scope."""
        self._index_mutations(path)
        return self._outer_mutations[path].get(name, [])

    def attribute_mutations(self, path: str, attribute: str) -> list[Mutation]:
        """What is put into containers that are attributes of this name."""
        self._index_mutations(path)
        return self._attribute_mutations[path].get(attribute, [])

    def handed(self, path: str, binding: facts.BindingId) -> list[tuple[facts.ExprId, facts.ExprId]]:
        """The calls in a file that are handed what one binding holds, each with that argument."""
        known = self._handed.get(path)
        if known is None:
            file = self._files.parsed(path)
            known = self._handed[path] = defaultdict(list)
            for call, record in enumerate(file.expressions):
                for argument in record.arguments if isinstance(record, facts.Call) else ():
                    given = file.expressions[argument.value]
                    for index in (given.bindings or ()) if isinstance(given, facts.Name) else ():
                        known[index].append((call, argument.value))
        return known.get(binding, [])

    def _index_mutations(self, path: str) -> None:
        if path in self._mutations:
            return
        by_binding: defaultdict[int, list[Mutation]] = defaultdict(list)
        by_name: defaultdict[str, list[Mutation]] = defaultdict(list)
        by_attribute: defaultdict[str, list[Mutation]] = defaultdict(list)
        file = self._files.parsed(path)
        for mutation in map(partial(_into_outermost, file), _mutations(file)):
            match file.expressions[mutation.target]:
                case facts.Name(bindings=tuple() as bindings):
                    for binding in bindings:
                        by_binding[binding].append(mutation)
                case facts.Name(id=name):
                    by_name[name].append(mutation)
                case facts.Attribute(name=name):
                    by_attribute[name].append(mutation)
        self._mutations[path] = by_binding
        self._outer_mutations[path] = by_name
        self._attribute_mutations[path] = by_attribute


def _mutations(file: facts.FileFacts) -> Iterator[Mutation]:
    for method, (operation, position) in MUTATIONS.items():
        for call in file.calls.get(method, ()):
            record = file.expressions[call]
            assert isinstance(record, facts.Call)
            func = file.expressions[record.func]
            positional = [argument.value for argument in record.arguments if argument.name == ""]
            if method in ("set", "put") and (len(positional) != 1 or (method == "set" and len(record.arguments) != 1)):
                continue  # `cache.set(key, value)`
            if isinstance(func, facts.Attribute) and len(positional) > position:
                into: tuple[str | int, ...] = (operation,)
                if method == "setdefault":
                    key = file.expressions[positional[0]]
                    if isinstance(key, facts.Literal) and key.kind in ("str", "int") and key.value is not None:
                        into = ("as-item", key.value)
                yield Mutation(func.base, into, positional[position], file.expression_blocks[call])
    for store in file.subscript_stores:
        if store.expr != facts.NONE and not store.path:
            literal = store.literal
            operation_there = ("entry-of",) if literal is None else ("as-item", literal)
            yield Mutation(store.base, operation_there, store.expr, store.block)


def _into_outermost(file: facts.FileFacts, mutation: Mutation) -> Mutation:
    """`groups[key].append(x)`, `groups.setdefault(key, []).append(x)`: a mutation of `groups`."""
    for _ in range(_DEEPEST_ENTRY):
        match file.expressions[mutation.target]:
            case facts.Subscript(base=base, sliced=False):
                pass
            case facts.Call(func=func) if (
                isinstance(method := file.expressions[func], facts.Attribute) and method.name == "setdefault"
            ):
                base = method.base
            case _:
                break
        name = mutation.operation[0]
        inner = mutation.operation[1:] if name == "path" else ("entry-of" if name == "as-item" else name, 0)
        mutation = mutation._replace(target=base, operation=("path", *inner, "entry-of", 0))
    return mutation


def _on_self(file: facts.FileFacts, base: facts.ExprId) -> bool:
    expr = file.expressions[base]
    return isinstance(expr, facts.Name) and expr.id in ("self", "cls")


def aliases_of(file: facts.FileFacts, name: str) -> tuple[str, ...]:
    """The other names that imports of a file give to a name."""
    return tuple(
        dict.fromkeys(
            binding.name
            for binding in file.bindings
            if isinstance(binding, facts.ImportBinding) and binding.member == name and binding.name != name
        )
    )
