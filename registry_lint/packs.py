"""Where rules come from: those that ship with registry-lint, installed packs, and a project's own folder.

A rule that does not load stops the run: a linter that lost a rule must never say "clean". A folder of the
analysed project holds code that would run, so it is loaded only where someone said so for this run
(`--trust-packs`, or REGISTRY_LINT_TRUST_PACKS=1), whatever the project's configuration says.
"""

from __future__ import annotations

import glob
import importlib
import importlib.util
import inspect
import os
import pkgutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from registry_lint.errors import Mistake, UserError
from registry_lint.rule import Rule

if TYPE_CHECKING:
    from registry_lint.config.settings import Settings

ENTRY_POINTS = "registry_lint.packs"
TRUST_VARIABLE = "REGISTRY_LINT_TRUST_PACKS"
BUILT_IN = "registry_lint.rules."  # what the names of the built-in rules' modules begin with
_BUILT_IN = BUILT_IN.rstrip(".")


def load_rules(
    settings: Settings, *, root: Path | None = None, isolated: bool = False, trusted: bool = False
) -> tuple[type[Rule], ...]:
    """Every rule that this run can use, sorted by code.

    `isolated` leaves out everything but the built-in rules; `trusted` allows the folders that
    `settings.packs` names below `root`. Raises UserError with every rule that does not load.
    """
    rules = list(_rules_of(_built_in_modules()))
    if not rules:
        raise UserError("no rules were found: this installation of registry-lint is damaged; install it again")
    mistakes: list[Mistake] = []
    if not isolated:
        rules += _tolerant(_installed_modules(), mistakes)
        if settings.packs and not trusted:
            named = ", ".join(settings.packs)
            mistakes.append(
                Mistake(
                    f"the configuration names rules of the project's own ({named}), and loading them runs their code",
                    hint=f"say --trust-packs (or {TRUST_VARIABLE}=1) if you trust this project, or --isolated",
                )
            )
        elif settings.packs:
            for folder in settings.packs:
                rules += _tolerant(_folder_modules(root or Path(), folder), mistakes)
    mistakes += _collisions(rules)
    if mistakes:
        raise UserError(*mistakes)
    return tuple(sorted(rules, key=lambda rule: rule.code))


def load_folder(folder: Path) -> tuple[type[Rule], ...]:
    """The rules of one folder (for `registry-lint test`), sorted by code. Runs their code."""
    mistakes: list[Mistake] = []
    rules = _tolerant(_folder_modules(folder.parent, folder.name), mistakes)
    mistakes += _collisions(rules)
    if not rules and not mistakes:
        mistakes.append(Mistake("no rule is in this folder", path=str(folder)))
    if mistakes:
        raise UserError(*mistakes)
    return tuple(sorted(rules, key=lambda rule: rule.code))


def rules_package() -> ModuleType:
    """The package of the built-in rules; in a checkout it is loaded from the `rules` folder at the top."""
    if importlib.util.find_spec(_BUILT_IN) is None:
        folder = Path(__file__).resolve().parent.parent / "rules"
        specification = importlib.util.spec_from_file_location(
            _BUILT_IN, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        if specification is None or specification.loader is None or not (folder / "__init__.py").is_file():
            raise UserError("no rules were found: this installation of registry-lint is damaged; install it again")
        package = importlib.util.module_from_spec(specification)
        sys.modules[_BUILT_IN] = package
        specification.loader.exec_module(package)
    return importlib.import_module(_BUILT_IN)


def load_questions() -> None:
    """Load the modules of all that rules may ask a project, which are loaded one by one else: for processes that are
    going to part."""
    from registry_lint import project

    for module in pkgutil.walk_packages(project.__path__, f"{project.__name__}."):
        importlib.import_module(module.name)


def page_of(rule: type[Rule]) -> str:
    """Where a rule's page can be opened: the address of its own file, whose docstring `explain` prints; "" if none."""
    file = sys.modules[rule.__module__].__file__
    return Path(file).resolve().as_uri() if file else ""


Loading = Iterator[ModuleType | Mistake]


def _built_in_modules() -> Loading:
    package = rules_package()
    for name in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        # A built-in rule that does not load is a bug of ours: let it raise.
        yield importlib.import_module(f"{_BUILT_IN}.{name}")


def _installed_modules() -> Loading:
    # The working folder may be a hostile project with an .egg-info of its own: never look there.
    here = str(Path.cwd())
    path = [entry for entry in sys.path if entry and entry != here]
    if not any(_has_packs(entry) for entry in path):
        return
    from importlib import metadata

    points = [
        (distribution.metadata["Name"], point)
        for distribution in metadata.distributions(path=path)
        for point in distribution.entry_points
        if point.group == ENTRY_POINTS
    ]
    for name, point in sorted(set(points), key=lambda pair: (pair[0], pair[1].name)):
        try:
            loaded = point.load()
            modules = list(_submodules(loaded)) if isinstance(loaded, ModuleType) else []
        except Exception as error:
            yield Mistake(f"the pack {point.name!r} of {name} does not load: {_said(error)}")
            continue
        if not modules:
            yield Mistake(f"the pack {point.name!r} of {name} holds no module with rules")
        yield from modules


def _has_packs(folder: str) -> bool:
    """Whether a folder on the import path may hold packs: 5 ms, where importlib.metadata takes 50."""
    if not os.path.isdir(folder):  # noqa: PTH112 - a zip file, perhaps
        return os.path.exists(folder)  # noqa: PTH110
    needle = f"[{ENTRY_POINTS}]".encode()
    for pattern in ("*.dist-info", "*.egg-info"):
        for entry in glob.iglob(f"{glob.escape(folder)}/{pattern}/entry_points.txt"):  # noqa: PTH207
            try:
                with open(entry, "rb") as file:  # noqa: PTH123
                    if needle in file.read():
                        return True
            except OSError:
                continue
    return False


def _submodules(package: ModuleType) -> Iterator[ModuleType]:
    if not hasattr(package, "__path__"):
        yield package
        return
    for name in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        yield importlib.import_module(f"{package.__name__}.{name}")


def _folder_modules(root: Path, folder: str) -> Loading:
    place = (root / folder).resolve()
    if not place.is_relative_to(root.resolve()):
        yield Mistake(f"packs: {folder!r} lies outside the project")
        return
    if not place.is_dir():
        yield Mistake(f"packs: there is no folder {folder!r}")
        return
    for file in sorted(place.glob("*.py")):
        if file.name.startswith("_"):
            continue
        name = f"registry_lint_pack_{place.name}_{file.stem}"
        specification = importlib.util.spec_from_file_location(name, file)
        assert specification is not None
        assert specification.loader is not None
        module = importlib.util.module_from_spec(specification)
        sys.modules[name] = module  # Rule.documentation() looks for the module there
        try:
            specification.loader.exec_module(module)
        except Exception as error:
            del sys.modules[name]
            row = _row_in(error, file)
            yield Mistake(f"this rule does not load: {_said(error)}", path=f"{folder}/{file.name}", row=row)
        else:
            yield module


def _tolerant(modules: Loading, mistakes: list[Mistake]) -> list[type[Rule]]:
    """The rules of modules that load; what does not goes to `mistakes`."""
    rules: list[type[Rule]] = []
    for module in modules:
        if isinstance(module, Mistake):
            mistakes.append(module)
            continue
        try:
            rules += _rules_of([module])
        except TypeError as error:
            mistakes.append(Mistake(str(error), path=module.__file__ or module.__name__))
    return rules


def _rules_of(modules: Sequence[ModuleType] | Loading) -> Iterator[type[Rule]]:
    """The rules that modules define. Raises TypeError where a rule has not the form of one."""
    for module in modules:
        assert isinstance(module, ModuleType)
        own = [
            value
            for value in vars(module).values()
            if inspect.isclass(value) and issubclass(value, Rule) and value.__module__ == module.__name__
        ]
        rules = [rule for rule in own if not inspect.isabstract(rule)]
        if own and not rules:
            raise TypeError(f"{own[0].__qualname__} has no check method")
        if len(rules) > 1:
            raise TypeError(f"{module.__name__}: one rule a file, please; here are {len(rules)}")
        for rule in rules:
            rule.headline()
            parameters = list(inspect.signature(rule.check).parameters)
            if len(parameters) != 2:
                raise TypeError(f"{rule.__qualname__}.check takes (self, project), not ({', '.join(parameters)})")
            yield rule


def _collisions(rules: Sequence[type[Rule]]) -> Iterator[Mistake]:
    taken: dict[str, type[Rule]] = {}
    for rule in rules:
        for label in rule.headline()[:2]:
            other = taken.setdefault(label, rule)
            if other is not rule:
                yield Mistake(f"two rules are called {label}: {other.__module__} and {rule.__module__}")


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _row_in(error: Exception, file: Path) -> int:
    """The last line of `file` in an error's traceback; 0 where it has none."""
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return error.lineno or 0
    row, traceback = 0, error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == str(file):
            row = traceback.tb_lineno
        traceback = traceback.tb_next
    return row
