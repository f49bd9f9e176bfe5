"""Names: which module is which file, and what a name means there, through imports, re-exports and aliases.

This is resolution without values: it follows `import`, `class`, `def` and plain aliases (`A = B`), which is
what annotations, base classes and decorators are written in. What flows through variables is for
project/flow to say.
"""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import (
    CERTAIN,
    LIKELY,
    ClassRef,
    ClassValue,
    ExternalValue,
    FunctionRef,
    FunctionValue,
    Level,
    ModuleValue,
    PackageValue,
)
from registry_lint.project.import_roots import put_on_path, run_from_within
from registry_lint.project.lazy_exports import LazyExports
from registry_lint.project.looks import first_parts_imported
from registry_lint.source.modules import modules, names_below

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry_lint.project.files import Files

Target = ClassValue | FunctionValue | ModuleValue | PackageValue | ExternalValue
Targets = dict[Target, Level]

_BUILTINS = frozenset(dir(builtins))
_AUGMENTED = (("augment", 0),)
_DEEPEST_CHAIN = 24  # imports, aliases and stars that one name may lead through


class Names:
    """Resolves modules and names. All answers are memoised."""

    def __init__(self, files: Files, production: Sequence[str], source_roots: Sequence[str] = ()) -> None:
        self._files = files
        self._production = frozenset(production)
        named = modules(files.corpus.paths, source_roots)
        self._run_within = run_from_within(production, named.names, lambda path: files.look(path, first_parts_imported))
        if self._run_within:
            named = modules(files.corpus.paths, source_roots, self._run_within)
        self.modules_of, self._guessed, self._local = named
        self._on_path = {
            folder: names_below(folder, self.modules_of)
            for folder in put_on_path(files, self._production, self.modules_of, self._run_within)
        }
        self._paths: dict[str, list[str]] = {}
        self._packages: set[str] = set()
        for path in sorted(self.modules_of, key=_rank):
            for rank, dotted in enumerate(self.modules_of[path]):
                self._paths.setdefault(dotted, []).append(path)
                if rank == 0 or self.run_within(path):
                    package = dotted
                    while "." in package:
                        package = package.rpartition(".")[0]
                        self._packages.add(package)
        self.roots = {package.partition(".")[0] for package in self._packages} | {
            dotted.partition(".")[0] for dotted in self._paths
        }
        self._members: dict[tuple[str, str], Targets] = {}
        self._lazy_exports = LazyExports(files, self)
        self._resolving: set[tuple[str, str]] = set()

    # --- modules ---

    def module_of(self, path: str) -> str:
        """The best dotted name of a file; "" where it has none."""
        names = self.modules_of.get(path, ())
        return names[0] if names else ""

    def run_within(self, path: str) -> str:
        """The folder of the package that a file's program is run in (see import_roots.py); "" for most. Such a file has
        names that begin there, and one that begins with the package."""
        return next((folder for folder in self._run_within if path.startswith(f"{folder}/")), "")

    def program(self, path: str) -> str:
        """The package that a file belongs to, with the folder that it lies in: what is in another one is another
        program (but see programs.py). `app` and `copy/app` are two, whose modules bear the same names."""
        module = self.module_of(path)
        depth = module.count(".") + (2 if path.endswith("/__init__.py") else 1)
        return self.run_within(path) or "/".join((*path.split("/")[:-depth], module.partition(".")[0]))

    def path_of(self, dotted: str, near: str = "") -> str | None:
        """The file of a module; of several under one name, the one nearest to the file that imports it."""
        if own := self._below_own_folder(dotted, near) if near else "":
            return own
        paths = self._paths.get(dotted)
        if not paths or (near and dotted in self._guessed and not self._is_guessed_from(near, dotted, paths[0])):
            return None
        if len(paths) == 1 or not near:
            return paths[0]
        return min(paths, key=lambda path: (-_shared_folders(path, near), paths.index(path)))

    def _is_guessed_from(self, near: str, dotted: str, path: str) -> bool:
        """Whether a file may mean another one by a name that is a guess: code of the program means no test by it, which
        stands in for the library of that name."""
        if near.startswith(f"{self._guessed[dotted]}/"):
            return True
        return dotted not in self._local and not (near in self._production and path not in self._production)

    def _below_own_folder(self, dotted: str, near: str) -> str:
        """The module that a name means in a file below a folder that is put on `sys.path`; "" for none there, and for
        a folder without an `__init__.py`. A module that is called like what it wraps does not import itself."""
        below = (names for folder, names in self._on_path.items() if near.startswith(f"{folder}/"))
        found = next((names[dotted] for names in below if dotted in names), "")
        return found if found != near else ""

    def absolute(self, path: str, module: str) -> str:
        """The absolute dotted name of a module as an import in `path` writes it (`..core.registry`)."""
        if not module.startswith("."):
            return module
        level = len(module) - len(module.lstrip("."))
        above = level - (path.rpartition("/")[2] in ("__init__.py", "__init__.pyi"))
        # Of several names, one that has as many parts as the import goes up: `from . import x` beside `import x`.
        names = [name.split(".") for name in self.modules_of.get(path, ())] or [[""]]
        own = next((name for name in names if len(name) > above), names[0])
        base = own[: max(len(own) - above, 0)]
        rest = module[level:]
        return ".".join([*base, *([rest] if rest else [])])

    def module(self, dotted: str, near: str = "") -> Target:
        """What a dotted module name stands for."""
        path = self.path_of(dotted, near)
        if path is not None:
            return ModuleValue(path)
        return PackageValue(dotted) if dotted in self._packages else ExternalValue(dotted)

    # --- names in a file ---

    def home(self, path: str, name: str) -> tuple[str, str] | None:
        """The module, and the name there, under which a value is bound that a module has as `name`: its own, or what it
        imports."""
        for _ in range(_DEEPEST_CHAIN):
            file = self._files.facts(path)
            bindings = [file.bindings[index] for index in file.scopes[0].names.get(name, ())] if file else []
            if any(isinstance(binding, facts.ValueBinding) and binding.path != _AUGMENTED for binding in bindings):
                return path, name
            imported = next((one for one in bindings if isinstance(one, facts.ImportBinding) and one.member), None)
            if imported is None:
                lent_by = self.lazily(path, name) if not bindings else None
                if lent_by is None:
                    return None
                path, name = lent_by
                continue
            module = self.module(self.absolute(path, imported.module), path)
            if not isinstance(module, ModuleValue):
                return None
            path, name = module.path, imported.member
        return None

    def imported(self, path: str, binding: facts.ImportBinding) -> Targets:
        """What an import binds."""
        module = self.absolute(path, binding.module)
        if not binding.member:
            return {self.module(module, path): CERTAIN}
        return self.member(self.module(module, path), binding.member, path)

    def member(self, owner: Target, name: str, near: str = "") -> Targets:
        """What `owner.name` is, for a module or package; a class's attributes are not for here."""
        match owner:
            case ModuleValue(path=path):
                found = self.in_module(path, name)
                if found:
                    return found
                for dotted in self.modules_of.get(path, ()):
                    inner = self.module(f"{dotted}.{name}", path)
                    if not isinstance(inner, ExternalValue):
                        return {inner: CERTAIN}
                return {ExternalValue(f"{self.module_of(path)}.{name}"): LIKELY}
            case PackageValue(dotted=dotted):
                return {self.module(f"{dotted}.{name}", near): CERTAIN}
            case ExternalValue(dotted=dotted):
                return {ExternalValue(f"{dotted}.{name}"): CERTAIN}
        return {}

    def in_module(self, path: str, name: str) -> Targets:
        """What a module's name means, over all of its bindings there; empty where it has none."""
        key = (path, name)
        known = self._members.get(key)
        if known is not None:
            return known
        if key in self._resolving or len(self._resolving) > _DEEPEST_CHAIN:
            return {}
        self._resolving.add(key)
        try:
            found = self._in_scope(path, 0, name) or self._starred(path, name)
            if not found and (home := self.lazily(path, name)) is not None:
                found = self.in_module(*home)
        finally:
            self._resolving.discard(key)
        if not self._resolving:  # an answer found inside a cycle may be a part of the whole
            self._members[key] = found
        return found

    def lazily(self, path: str, name: str) -> tuple[str, str] | None:
        """The module, and the name there, of what a module hands out by its `__getattr__`; None where it does not."""
        return self._lazy_exports.home(path, name)

    def _in_scope(self, path: str, scope: int, name: str) -> Targets:
        file = self._files.facts(path)
        found: Targets = {}
        if file is None:
            return found
        for index in file.scopes[scope].names.get(name, ()):
            for target, level in self.bound(path, index).items():
                found[target] = min(level, found.get(target, LIKELY))
        return found

    def _starred(self, path: str, name: str) -> Targets:
        file = self._files.facts(path)
        if file is None:
            return {}
        for star in file.star_imports:
            module = self.module(self.absolute(path, star.module), path)
            if isinstance(module, ModuleValue) and module.path != path and self._exports(module.path, name):
                found = self.in_module(module.path, name)
                if found:
                    return found
        return {}

    def _exports(self, path: str, name: str) -> bool:
        file = self._files.facts(path)
        if file is None:
            return False
        return name in file.exports if file.exports is not None else not name.startswith("_")

    def bound(self, path: str, index: facts.BindingId) -> Targets:
        """What one binding means without following values: imports, classes, functions, aliases."""
        file = self._files.parsed(path)
        match file.bindings[index]:
            case facts.ImportBinding() as binding:
                return self.imported(path, binding)
            case facts.ClassBinding(class_=class_):
                return {ClassValue(ClassRef(path, class_)): CERTAIN}
            case facts.FunctionBinding(function=function):
                return {FunctionValue(FunctionRef(path, function)): CERTAIN}
            case facts.ValueBinding(expr=expr, path=()) if expr != facts.NONE:
                dotted = file.dotted(expr)
                if dotted is not None and dotted.partition(".")[0] != file.bindings[index].name:
                    return self._guarded_resolve(path, expr, dotted)
        return {}

    def _guarded_resolve(self, path: str, expr: facts.ExprId, dotted: str) -> Targets:
        key = (path, f"={expr}")
        if key in self._resolving:
            return {}
        self._resolving.add(key)
        try:
            return self.resolve(path, self.scope_of(path, expr), dotted)
        finally:
            self._resolving.discard(key)

    def scope_of(self, path: str, expr: facts.ExprId) -> facts.ScopeId:
        """The scope in which an expression stands."""
        file = self._files.parsed(path)
        return file.blocks[file.expression_blocks[expr]].scope

    def resolve(self, path: str, scope: facts.ScopeId, dotted: str) -> Targets:
        """What a dotted name means in a scope of a file: the nearest scope that binds its first part decides."""
        first, *rest = dotted.split(".")
        targets = self._first(path, scope, first)
        for name in rest:
            onward: Targets = {}
            for target, level in targets.items():
                found = (
                    self._nested_class(target.of, name)
                    if isinstance(target, ClassValue)
                    else self.member(target, name, path)
                )
                for value, further in found.items():
                    onward[value] = min(max(level, further), onward.get(value, LIKELY))
            targets = onward
        return targets

    def _first(self, path: str, scope: facts.ScopeId, name: str) -> Targets:
        file = self._files.facts(path)
        if file is None:
            return {}
        start = scope
        while scope > 0:
            record = file.scopes[scope]
            hidden = record.kind == "class" and scope != start
            if not hidden and name in record.names:
                return self._in_scope(path, scope, name)
            scope = record.parent
        if name in file.scopes[0].names or file.star_imports:
            found = self.in_module(path, name)
            if found or name in file.scopes[0].names:
                return found
        return {ExternalValue(f"builtins.{name}"): CERTAIN} if name in _BUILTINS else {}

    def _nested_class(self, of: ClassRef | str, name: str) -> Targets:
        if isinstance(of, str):
            return {ExternalValue(f"{of}.{name}"): CERTAIN}
        file = self._files.parsed(of.path)
        return self._in_scope(of.path, file.classes[of.id].scope, name)


def _rank(path: str) -> tuple[bool, str, bool]:
    """Stubs last, and a package before the module beside it (`x/__init__.py`, `x.py`), as an import finds them."""
    stem = path.rpartition(".")[0]
    package = stem.removesuffix("/__init__")
    return path.endswith(".pyi"), package, stem == package


def _shared_folders(first: str, second: str) -> int:
    shared = 0
    for one, other in zip(first.split("/"), second.split("/"), strict=False):
        if one != other:
            break
        shared += 1
    return shared
