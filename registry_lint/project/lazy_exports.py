"""What a module hands out by its `__getattr__` (PEP 562), and imports only then; and modules that put another one in
their own place.

`_EXPORTS = {"ToolRegistry": ".registry"}`, `{"registry": ["ToolRegistry", "get_tools"]}`, `if name == "ToolRegistry":
from .registry import ToolRegistry`. Which of its tables are meant is not asked: a name counts where the module that
stands beside it has it. `sys.modules[__name__] = importlib.import_module("app.registry")` has all that is in the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.files import Files
    from registry_lint.project.names import Names


class Lent(NamedTuple):
    """Where a name may come from: a module as it is written, and what it is called there."""

    module: str
    member: str


class LazyExports:
    """Answers for all modules, memoised."""

    def __init__(self, files: Files, names: Names) -> None:
        self._files = files
        self._names = names
        self._known: dict[str, dict[str, tuple[Lent, ...]]] = {}
        self._in_its_place: dict[str, tuple[str, ...]] = {}

    def home(self, path: str, name: str) -> tuple[str, str] | None:
        """The file, and the name there, of what a module hands out by its `__getattr__`; None where it does not."""
        places = [
            (dotted, one.member) for one in self._of(path).get(name, ()) for dotted in self._written(path, one.module)
        ]
        for dotted, member in (*places, *((module, name) for module in self._in_place_of(path))):
            home = self._names.path_of(dotted, path)
            if home is not None and home != path and self._may_have(home, member):
                return home, member
        return None

    def _in_place_of(self, path: str) -> tuple[str, ...]:
        known = self._in_its_place.get(path)
        if known is None:
            file = self._files.facts(path)
            found = tuple(_replacing(file)) if file is not None else ()
            known = self._in_its_place[path] = tuple(self._names.absolute(path, module) for module in found)
        return known

    def _of(self, path: str) -> dict[str, tuple[Lent, ...]]:
        known = self._known.get(path)
        if known is None:
            file = self._files.facts(path)
            known = self._known[path] = _lent(file) if file is not None else {}
        return known

    def _written(self, path: str, module: str) -> tuple[str, ...]:
        """The dotted names that a module's name may stand for: what does not begin with a dot may lie below, too."""
        if module.startswith("."):
            return (self._names.absolute(path, module),)
        own = self._names.module_of(path)
        package = own if path.rpartition("/")[2].startswith("__init__.") else own.rpartition(".")[0]
        return (f"{package}.{module}", module)

    def _may_have(self, path: str, name: str) -> bool:
        file = self._files.facts(path)
        if file is None:
            return False
        return name in file.scopes[0].names or bool(file.star_imports) or name in self._of(path)


def _replacing(file: facts.FileFacts) -> Iterator[str]:
    """The modules, as they are written, that a module puts in its own place."""
    for store in file.subscript_stores:
        base = file.expressions[store.base]
        key = file.expressions[store.key] if store.key != facts.NONE else None
        its_own = isinstance(key, facts.Name) and key.id == "__name__"
        if its_own and isinstance(base, facts.Attribute) and base.name == "modules" and store.expr != facts.NONE:
            yield from _modules(file, store.expr)


def _modules(file: facts.FileFacts, expr: facts.ExprId) -> Iterator[str]:
    """The modules that an expression can be: one that is loaded by its name, one that is imported."""
    match file.expressions[expr]:
        case facts.Call(func=func, arguments=[first]) if file.last_name(func) == "import_module":
            if module := _text(file, first.value):
                yield module
        case facts.Name(bindings=bindings):
            for index in bindings or ():
                match file.bindings[index]:
                    case facts.ValueBinding(expr=bound, path=()) if bound not in (facts.NONE, expr):
                        yield from _modules(file, bound)
                    case facts.ImportBinding(module=module, member=member):
                        yield f"{module}.{member}" if member else module


def _lent(file: facts.FileFacts) -> dict[str, tuple[Lent, ...]]:
    """The names that a module may hand out without binding them, each with its places; empty where it has no
    `__getattr__`."""
    found: dict[str, list[Lent]] = {}
    if "__getattr__" in file.scopes[0].names:
        for name, place in (*_imported(file), *_listed(file)):
            found.setdefault(name, []).append(place)
    return {name: tuple(dict.fromkeys(places)) for name, places in found.items()}


def _imported(file: facts.FileFacts) -> Iterator[tuple[str, Lent]]:
    """What `__getattr__` imports under its own name."""
    inside = {function.scope for function in file.functions if function.qualname == "__getattr__"}
    for binding in file.bindings:
        if isinstance(binding, facts.ImportBinding) and binding.scope in inside and binding.member:
            yield binding.name, Lent(binding.module, binding.member)


def _listed(file: facts.FileFacts) -> Iterator[tuple[str, Lent]]:
    """What a table says: a name and its module, a name and its module with its name there, a module and its names."""
    for record in file.expressions:
        for key, value in record.items if isinstance(record, facts.Mapping) else ():
            name = _text(file, key)
            held = file.expressions[value]
            if not name:
                continue
            if module := _text(file, value):
                yield name, _place(module, name)
            elif isinstance(held, facts.Sequence):
                texts = [_text(file, item) for item in held.items]
                if len(texts) == 2 and texts[0] and texts[1].isidentifier():
                    yield name, Lent(texts[0], texts[1])
                yield from ((text, Lent(name, text)) for text in texts if text.isidentifier())


def _place(module: str, name: str) -> Lent:
    """`.registry`, `app.registry:ToolRegistry`, `app.registry.ToolRegistry`."""
    if ":" in module:
        return Lent(*module.split(":", 1))
    above, _, last = module.rpartition(".")
    return Lent(above, last) if last == name and above.strip(".") else Lent(module, name)


def _text(file: facts.FileFacts, expr: facts.ExprId) -> str:
    record = file.expressions[expr] if expr != facts.NONE else None
    return record.value if isinstance(record, facts.Literal) and isinstance(record.value, str) else ""
