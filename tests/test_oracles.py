"""Names and class hierarchies, compared with what the running interpreter says of installed packages.

The interpreter imports the packages here, in the test; registry-lint only reads them. Every difference that is
tolerated stands in a table with its reason.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
import typing
from functools import cache
from pathlib import Path

import astroid
import pytest
from astroid.manager import AstroidManager

from registry_lint import ClassRef, ClassValue, FunctionRef, FunctionValue, Project
from registry_lint.config.settings import Settings
from registry_lint.source.corpus import DiskCorpus

if typing.TYPE_CHECKING:
    from types import ModuleType

PACKAGES = ("click", "rich", "pydantic")

# Names whose definition the interpreter tells otherwise, and why that is no mistake of ours.
TOLERATED = {
    "pydantic.plugin": "its names are bound by a module-level __getattr__",
}

# Where astroid infers less than the interpreter knows (the first test here holds ours to the interpreter).
ASTROID_MISSES = {
    "click.types.Path": "its base is subscripted with a union, which astroid does not infer",
}


@cache
def project(package: str) -> Project:
    root = Path(importlib.import_module(package).__file__ or "").parent.parent
    paths = [path.relative_to(root).as_posix() for path in sorted((root / package).rglob("*.py"))]
    return Project(DiskCorpus(root, paths), Settings.default())


def modules(package: str) -> list[ModuleType]:
    """The package and its modules, those that cannot be imported here left out."""
    top = importlib.import_module(package)
    found = [top]
    for entry in pkgutil.walk_packages(top.__path__, f"{package}."):
        if ".mypy" in entry.name or ".v1" in entry.name or entry.name.endswith("__main__"):
            continue
        try:
            found.append(importlib.import_module(entry.name))
        except Exception:
            continue
    return found


def path_of(package: str, module: ModuleType) -> str | None:
    root = project(package).files.corpus.root
    file = inspect.getsourcefile(module)
    return Path(file).relative_to(root).as_posix() if file and root else None


@pytest.mark.parametrize("package", PACKAGES)
def test_class_hierarchies_are_those_of_the_interpreter(package: str) -> None:
    ours = project(package)
    compared, differences = 0, []
    for module in modules(package):
        path = path_of(package, module)
        file = ours.files.facts(path) if path else None
        for index, record in enumerate(file.classes if file else ()):
            real = vars(module).get(record.name)
            if "." in record.qualname or not inspect.isclass(real) or real.__module__ != module.__name__:
                continue
            if typing.is_typeddict(real):
                continue  # a TypedDict forgets its bases: the interpreter makes each a plain dict
            if file and [other.qualname for other in file.classes].count(record.qualname) > 1:
                continue  # defined in two branches: the interpreter took one of them
            wanted = [c.__qualname__ for c in real.__mro__ if c.__module__.partition(".")[0] == package]
            found = [
                ours.classes.record(of).qualname
                for of in ours.classes.order(ClassRef(path or "", index))
                if isinstance(of, ClassRef)
            ]
            compared += 1
            if found != wanted:
                differences.append((f"{module.__name__}.{record.qualname}", found, wanted))
    assert compared > 30
    assert differences == []


@pytest.mark.parametrize("package", PACKAGES)
def test_names_lead_to_the_definitions_that_the_interpreter_finds(package: str) -> None:
    """Imports, re-exports, aliases and star imports: each module's names lead to the class or function they are."""
    ours = project(package)
    compared, differences = 0, []
    for module in modules(package):
        path = path_of(package, module)
        if path is None or module.__name__ in TOLERATED:
            continue
        for name, real in sorted(vars(module).items()):
            if not (inspect.isclass(real) or inspect.isfunction(real)) or hasattr(real, "__wrapped__"):
                continue
            if real.__module__.partition(".")[0] != package or "<locals>" in real.__qualname__:
                continue
            targets = ours.names.in_module(path, name)
            told = {
                (ours.names.module_of(target.of.path), qualname(ours, target.of))
                for target in targets
                if isinstance(target, ClassValue | FunctionValue) and not isinstance(target.of, str)
            }
            if not told:
                continue  # made by a call or a subscript: no definition to lead to
            compared += 1
            if (real.__module__, real.__qualname__) not in told:
                differences.append((f"{module.__name__}.{name}", sorted(told), (real.__module__, real.__qualname__)))
    assert compared > 100
    assert differences == []


@pytest.mark.parametrize("package", ["click", "rich"])
def test_ancestors_are_those_that_astroid_infers(package: str) -> None:
    ours = project(package)
    root = ours.files.corpus.root or Path()
    manager = AstroidManager()
    compared, differences = 0, []
    for path in ours.paths:
        name = ours.names.module_of(path)
        tree = manager.ast_from_file(str(root / path), name)
        file = ours.facts_of(path)
        for node in tree.body:
            numbers = [i for i, record in enumerate(file.classes) if record.qualname == getattr(node, "name", "")]
            if not isinstance(node, astroid.nodes.ClassDef) or len(numbers) != 1:
                continue
            theirs = {base.qname() for base in node.ancestors() if base.qname().startswith(f"{package}.")}
            order = ours.classes.order(ClassRef(path, numbers[0]))
            told = {ours.dotted(of) for of in order[1:] if isinstance(of, ClassRef)}
            compared += 1
            if told != theirs and f"{name}.{node.name}" not in ASTROID_MISSES:
                differences.append((f"{name}.{node.name}", sorted(told ^ theirs)))
    assert compared > 50
    assert differences == []


def qualname(ours: Project, of: ClassRef | FunctionRef) -> str:
    file = ours.facts_of(of.path)
    return file.classes[of.id].qualname if type(of) is ClassRef else file.functions[of.id].qualname


def test_the_packages_are_not_ours() -> None:
    """The comparison means something only where the interpreter's modules are the files that were read."""
    for package in PACKAGES:
        file = sys.modules.get(package, importlib.import_module(package)).__file__
        assert file is not None
        assert (project(package).files.corpus.root or Path()) == Path(file).parent.parent
