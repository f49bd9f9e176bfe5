"""Names, re-exports, star imports and class hierarchies, held against two oracles on installed packages.

astroid infers what a module's names are; the running interpreter knows every class's `__mro__`. Each difference must
have one of the reasons that are written here, and be what that reason says; anything else is a failure.
"""

from __future__ import annotations

import importlib
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import astroid
import pytest
from astroid import nodes

from registry_lint.config.settings import Settings
from registry_lint.project.domain import ClassRef, ClassValue, FunctionValue, ModuleValue
from registry_lint.project.model import Project
from registry_lint.source.corpus import DiskCorpus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.names import Targets


class Package(NamedTuple):
    """One installed package as a project."""

    name: str
    folder: Path  # that holds it
    project: Project

    def modules(self) -> Iterator[tuple[str, str]]:
        """Yield (path, dotted name)."""
        for path in self.project.paths:
            yield path, ".".join(Path(path).with_suffix("").parts).removesuffix(".__init__")


@cache
def installed(name: str) -> Package:
    found = importlib.import_module(name).__file__
    assert found is not None
    folder = Path(found).parent.parent
    files = (path for path in (folder / name).rglob("*.py") if not {"tests", "benchmarks"} & set(path.parts))
    paths = tuple(sorted(path.relative_to(folder).as_posix() for path in files))
    return Package(name, folder, Project(DiskCorpus(folder, paths), Settings(tests=())))


# --- classes, against the interpreter ----------------------------------------------------------------------------

# What the interpreter replaces when the class is made: neither is a base of it afterwards.
_REPLACED = {"typing.TypedDict", "typing_extensions.TypedDict", "typing.NamedTuple"}


def loaded(dotted: str) -> object:
    """An object by its dotted name; None where there is none."""
    parts = dotted.split(".")
    for length in range(len(parts) - 1, 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
            for part in parts[length:]:
                found = getattr(found, part)
        except (ImportError, AttributeError):
            continue
        return found
    return None


@pytest.mark.parametrize(("name", "least"), [("click", 70), ("rich", 150), ("pydantic", 350), ("libcst", 600)])
def test_class_orders_are_the_interpreters(name: str, least: int) -> None:
    package = installed(name)
    compared = 0
    for path, module in package.modules():
        if module.endswith("__main__"):
            continue
        try:
            real = importlib.import_module(module)
        except Exception:  # of another system, for a library that is not here, or broken (a plugin of pydantic.v1)
            continue
        file = package.project.facts_of(path)
        for index, record in enumerate(file.classes):
            found: object = real
            for part in record.qualname.split("."):
                found = getattr(found, part, None)
            # Of two classes of one name (in the arms of an `if`) the interpreter shows one, and not which.
            if not isinstance(found, type) or found.__qualname__ != record.qualname or found.__module__ != module:
                continue
            if sum(other.qualname == record.qualname for other in file.classes) > 1:
                continue
            order = [package.project.classes.dotted(of) for of in package.project.classes.order(ClassRef(path, index))]
            compared += 1
            compare_order(name, order, found)
    assert compared >= least


def compare_order(package: str, order: list[str], found: type) -> None:
    mro = [f"{base.__module__}.{base.__qualname__}" for base in found.__mro__]
    own, real = ([base for base in bases if base.split(".")[0] == package] for bases in (order, mro))
    if _REPLACED & set(order) and "NamedTuple" not in str(order):
        assert set(real) <= set(own), found  # a TypedDict is a dict and nothing else when the program runs
    elif "?" in order:
        assert set(own) <= set(real), found  # a base that a call makes is said to be unknown
    else:
        assert own == real, found
    for base in order:
        if base.split(".")[0] != package and base not in {*_REPLACED, "?"}:
            outside = loaded(base)
            assert getattr(outside, "__origin__", outside) in found.__mro__, (found, base)


def test_a_wrong_order_would_be_seen() -> None:
    """The comparison itself: another base, another order, a base too few."""

    class First: ...

    class Second(First): ...

    here = __name__
    names = [f"{here}.{of.__qualname__}" for of in (Second, First)]
    compare_order(here.split(".")[0], names, Second)
    for wrong in (names[::-1], names[:1], [*names, "collections.OrderedDict"]):
        with pytest.raises(AssertionError):
            compare_order(here.split(".")[0], wrong, Second)


# --- names, against astroid ----------------------------------------------------------------------------------------


class Difference(NamedTuple):
    """A name of which astroid says something else."""

    module: str
    name: str
    ours: frozenset[str]
    theirs: frozenset[str]
    inferred: tuple[nodes.NodeNG, ...]


def _same_class_under_astroids_own_name(difference: Difference) -> bool:
    """astroid puts a class of its own, in no module, in the place of a NamedTuple."""
    made = {name.rpartition(".")[2] for name in difference.theirs if name.startswith("__astroid_synthetic.")}
    rest = {name for name in difference.theirs if not name.startswith("__astroid_synthetic.")}
    return bool(made) and {name for name in difference.ours if name.rpartition(".")[2] not in made} == rest


def _made_by_a_call(difference: Difference) -> bool:
    """A function or class that another function defines and returns: names follow no calls, flow does."""
    return not difference.ours and all(
        isinstance(node.parent.scope(), nodes.FunctionDef) for node in difference.inferred
    )


def _not_exported(difference: Difference) -> bool:
    """astroid lets a star import bring what `__all__` leaves out; the interpreter does not."""
    return not difference.ours and not hasattr(importlib.import_module(difference.module), difference.name)


def _put_there_from_elsewhere(difference: Difference) -> bool:
    """Another module assigns to this one's name when a function of it is called: astroid counts that as well."""
    more = difference.theirs - difference.ours
    return (
        bool(difference.ours)
        and difference.ours < difference.theirs
        and all(
            isinstance(node.parent.scope(), nodes.FunctionDef) for node in difference.inferred if node.qname() in more
        )
    )


def _one_of_several(difference: Difference) -> bool:
    """Two bindings in arms that exclude each other: we keep both, astroid drops what its guards rule out."""
    return difference.theirs < difference.ours


def _of_another_system(difference: Difference) -> bool:
    """A module that cannot be imported here: nobody can say."""
    try:
        importlib.import_module(difference.module)
    except (ImportError, AssertionError):  # click._winconsole asserts it
        return True
    return False


REASONS = (
    _same_class_under_astroids_own_name,
    _made_by_a_call,
    _not_exported,
    _put_there_from_elsewhere,
    _one_of_several,
    _of_another_system,
)


def named(project: Project, targets: Targets) -> frozenset[str]:
    found = set()
    for target in targets:
        if isinstance(target, ClassValue | FunctionValue) and not isinstance(target.of, str):
            found.add(re.sub(r"\.<locals>", "", project.dotted(target.of)))
        elif isinstance(target, ModuleValue):
            found.add(project.names.module_of(target.path))
    return frozenset(found)


def differences(package: Package) -> Iterator[Difference | None]:
    """Each name of each module that either knows: None where both say the same."""
    for path, module in package.modules():
        tree = astroid.MANAGER.ast_from_file(str(package.folder / path), module)
        for name in sorted(tree.globals):
            if name.startswith("__"):
                continue
            try:
                inferred = list(tree.igetattr(name))
            except astroid.AstroidError:
                continue
            wanted = tuple(
                node for node in inferred if isinstance(node, nodes.ClassDef | nodes.FunctionDef | nodes.Module)
            )
            names = {node: node.name if isinstance(node, nodes.Module) else node.qname() for node in wanted}
            inside = (package.name, "__astroid_synthetic")
            theirs = frozenset(name for name in names.values() if name.split(".")[0] in inside)
            ours = named(package.project, package.project.names.in_module(path, name))
            if theirs or ours:
                own = tuple(node for node in wanted if names[node] in theirs)
                yield None if theirs == ours else Difference(module, name, ours, theirs, own)


# How many names there are at the least, and how many differences at the most, whatever their reason.
PACKAGES = {"click": (350, 10), "tomlkit": (200, 0), "pathspec": (130, 0), "yaml": (250, 130), "rich": (700, 120)}


@pytest.mark.parametrize("name", PACKAGES)
def test_names_are_what_astroid_infers(name: str) -> None:
    least, most = PACKAGES[name]
    compared, reasons, unexplained = 0, Counter[str](), []
    for difference in differences(installed(name)):
        compared += 1
        if difference is None:
            continue
        reason = next((reason.__name__ for reason in REASONS if reason(difference)), None)
        if reason is None:
            unexplained.append(difference[:4])
        reasons[reason or "none"] += 1
    assert not unexplained
    assert compared >= least
    assert reasons.total() <= most, reasons


@pytest.mark.parametrize("name", ["click", "tomlkit", "yaml"])
def test_ancestors_are_those_that_astroid_finds(name: str) -> None:
    package = installed(name)
    compared = 0
    for path, module in package.modules():
        tree = astroid.MANAGER.ast_from_file(str(package.folder / path), module)
        by_name = {node.qname(): node for node in tree.nodes_of_class(nodes.ClassDef)}
        file = package.project.facts_of(path)
        for index, record in enumerate(file.classes):
            node = by_name.get(f"{module}.{record.qualname}")
            if node is None or "<locals>" in record.qualname:
                continue
            order = package.project.classes.order(ClassRef(path, index))
            ours = {package.project.classes.dotted(of) for of in order[1:] if isinstance(of, ClassRef)}
            theirs = {found.qname() for found in node.ancestors() if found.qname().split(".")[0] == name}
            if ours != theirs:  # astroid does not see through each subscript: the interpreter decides
                found = loaded(f"{module}.{record.qualname}")
                assert isinstance(found, type)
                theirs = {f"{base.__module__}.{base.__qualname__}" for base in found.__mro__[1:]}
                theirs = {base for base in theirs if base.split(".")[0] == name}
            assert ours == theirs, (module, record.qualname)
            compared += 1
    assert compared > 40


def test_reasons_are_not_excuses() -> None:
    """A difference that is a mistake of ours has none of the reasons."""
    missed = Difference("click.core", "Command", frozenset(), frozenset({"click.core.Command"}), ())
    wrong = Difference("click.core", "Command", frozenset({"click.core.Group"}), frozenset({"click.core.Command"}), ())
    node = astroid.extract_node("class Command: ...")
    for difference in (missed, wrong):
        assert not any(reason(difference._replace(inferred=(node,))) for reason in REASONS)
