"""Who may import whom: the rooms from top to bottom, the libraries and their rooms, and what a run may load."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent

# A module imports its own room, and rooms further down. `rules` is the folder of that name.
ROOMS = (
    "__main__",
    "cli",
    "server",
    "audit",
    "api",
    "mend",
    "since",
    "examples",
    "inference",
    "run",
    "aside",
    "report",
    "shares",
    "beforehand",
    "request",
    "answers",
    "depending",
    "remember",
    "baseline",
    "ledger",
    "housekeeping",
    "suppress",
    "packs",
    "rules",
    "select",
    "fingerprint",
    "suggest",
    "project",
    "facts",
    "source",
    "config",
    "rule",
    "findings",
    "errors",
    "depth",
    "version",
)

# For the type checker only, and upwards: a rule is a function of a project, a suggestion of a workshop.
UPWARDS_FOR_TYPES = {("findings", "suggest"), ("rule", "project")}

# Third-party libraries, and the rooms that may use them. Records of every room are msgspec's.
LIBRARIES = {
    "click": {"cli"},
    "libcst": {"facts", "suggest"},
    "lsprotocol": {"server"},
    "pydantic": {"config"},
    "pygls": {"server"},
    "rich": {"cli"},
    "tomlkit": {"cli", "config"},
}

# Each of these could run what is analysed, or turn an untrusted file into objects.
FORBIDDEN = {"cloudpickle", "dill", "http", "marshal", "pickle", "runpy", "shelve", "socket", "urllib.request"}
LOADERS_OF_CODE = {"importlib": {"", "cli", "packs", "report", "version"}, "subprocess": {"source"}}


class Import(NamedTuple):
    """One import of one module; `typing_only` below `if TYPE_CHECKING`."""

    path: str
    row: int
    importer: str
    imported: str
    names: tuple[str, ...]
    typing_only: bool

    @property
    def room(self) -> str:
        return room_of(self.importer)

    def __str__(self) -> str:
        return f"{self.path}:{self.row}: {self.importer} imports {self.imported}"


def room_of(module: str) -> str:
    """`registry_lint.facts.records` is in `facts`; the package itself is "", its public face."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    parts = ("registry_lint", *parts) if parts[0] == "rules" else parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, Path]:
    paths = [*(ROOT / "registry_lint").rglob("*.py"), *(ROOT / "rules").rglob("*.py")]
    return {module_of(path): path for path in sorted(paths)}


@cache
def imports() -> tuple[Import, ...]:
    found: list[Import] = []
    for module, path in modules().items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        where = path.relative_to(ROOT).as_posix()
        for_types = {
            inner
            for node in ast.walk(tree)
            if isinstance(node, ast.If)
            and "TYPE_CHECKING" in (getattr(node.test, "id", ""), getattr(node.test, "attr", ""))
            for statement in node.body
            for inner in ast.walk(statement)
        }
        for node in ast.walk(tree):
            targets: list[tuple[str, tuple[str, ...]]] = []
            if isinstance(node, ast.Import):
                targets = [(alias.name, ()) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                package = module if path.name == "__init__.py" else module.rpartition(".")[0]
                for _ in range(node.level - 1):
                    package = package.rpartition(".")[0]
                base = ".".join(part for part in (package if node.level else "", node.module) if part)
                for alias in node.names:
                    inner = f"{base}.{alias.name}"
                    targets.append((inner, ()) if inner in modules() else (base, (alias.name,)))
            for target, names in targets:
                found.append(Import(where, getattr(node, "lineno", 0), module, target, names, node in for_types))
    return tuple(found)


def ours() -> list[Import]:
    return [each for each in imports() if each.imported.split(".")[0] == "registry_lint"]


def lines(found: list[Import]) -> str:
    return "\n".join(str(each) for each in found)


def test_every_module_stands_in_a_room_of_the_table() -> None:
    unknown = sorted({room_of(module) for module in modules()} - set(ROOMS) - {""})
    assert not unknown, f"say where these belong: {unknown}"


def test_rooms_import_rooms_further_down_only() -> None:
    assert ours()
    height = {room: -position for position, room in enumerate(ROOMS)}
    wrong = []
    for each in ours():
        below = room_of(each.imported)
        if each.room == below or not below:
            continue
        if each.typing_only and (each.room, below) in UPWARDS_FOR_TYPES:
            continue
        if each.room == "":  # the public face imports whatever it offers
            continue
        if height[below] >= height[each.room]:
            wrong.append(each)
    assert not wrong, lines(wrong)


def test_only_a_rule_and_the_command_line_use_the_public_face() -> None:
    wrong = [each for each in ours() if each.imported == "registry_lint" and each.room not in ("rules", "cli", "audit")]
    assert not wrong, lines(wrong)


def test_rules_import_public_names_and_no_other_rule() -> None:
    wrong = [each for each in ours() if each.room == "rules" and each.imported != "registry_lint"]
    assert not wrong, lines(wrong)
    public: set[str] = set()
    for node in ast.parse((ROOT / "registry_lint" / "__init__.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            public = set(ast.literal_eval(node.value))
    hidden = [each for each in ours() if each.room == "rules" and not set(each.names) <= public]
    assert not hidden, lines(hidden)


def test_nothing_imports_a_bare_rules_package() -> None:
    wrong = [each for each in imports() if each.imported.split(".")[0] == "rules"]
    assert not wrong, lines(wrong)


@pytest.mark.parametrize("library", sorted(LIBRARIES))
def test_library_is_used_in_its_rooms_only(library: str) -> None:
    users = [each for each in imports() if each.imported.split(".")[0] == library and not each.typing_only]
    wrong = [each for each in users if each.room not in LIBRARIES[library]]
    assert not wrong, lines(wrong)


def test_every_library_is_in_the_table() -> None:
    known = {*sys.stdlib_module_names, *LIBRARIES, "registry_lint", "msgspec"}
    wrong = [each for each in imports() if each.imported.split(".")[0] not in known]
    assert not wrong, lines(wrong)


def test_nothing_that_could_run_or_unpickle_what_it_reads_is_imported() -> None:
    wrong = [each for each in imports() if {each.imported, each.imported.split(".")[0]} & FORBIDDEN]
    wrong += [
        each
        for each in imports()
        if each.room not in LOADERS_OF_CODE.get(each.imported.split(".")[0], {each.room}) and not each.typing_only
    ]
    assert not wrong, lines(wrong)


def test_nothing_calls_eval_exec_or_import_by_hand() -> None:
    wrong = [
        f"{path}:{node.lineno}: {ast.unparse(node)}"
        for path in modules().values()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("eval", "exec", "compile", "__import__")
    ]
    assert not wrong, "\n".join(wrong)


def loaded_by(*arguments: str, cwd: Path) -> set[str]:
    """The top-level modules that a command line loads, in a process of its own."""
    return {name.partition(".")[0] for name in modules_loaded_by(*arguments, cwd=cwd)}


def modules_loaded_by(*arguments: str, cwd: Path) -> set[str]:
    """All modules that a command line loads, in a process of its own."""
    program = (
        "import json, sys\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from registry_lint.cli import main\n"
        f"code = main({list(arguments)!r})\n"
        "print(json.dumps([code, sorted(sys.modules)]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=cwd, capture_output=True, text=True, timeout=120, check=True
    )
    code, names = json.loads(done.stdout.splitlines()[-1])
    assert code == 0, done.stdout + done.stderr
    return set(names)


HEAVY = {"jinja2", "libcst", "pydantic", "rich", "tomlkit"}


@pytest.mark.parametrize("arguments", [["--help"], ["version"], ["check", "--help"]])
def test_help_and_version_load_no_heavy_library(arguments: list[str], tmp_path: Path) -> None:
    assert not loaded_by(*arguments, cwd=tmp_path) & {*HEAVY, "subprocess", "sqlite3"}


def test_an_unchanged_project_is_not_analysed(tmp_path: Path) -> None:
    """Nor are the modules loaded that would do it: to load them takes as long as all else does."""
    (tmp_path / "clean.py").write_text("x = 1\n")
    time.sleep(2.1)  # a state is remembered when it is some seconds old
    loads = "check", "--isolated", "--output-format", "concise", "--cache-dir", str(tmp_path.parent / "cache"), "."
    first, second = (modules_loaded_by(*loads, cwd=tmp_path) for _ in range(2))
    analysis = {"registry_lint.project.model", "registry_lint.facts.extract", "registry_lint.source.index"}
    assert first >= analysis
    assert not {name for name in second if name.startswith(tuple(analysis))}


def test_a_clean_run_loads_no_heavy_library(tmp_path: Path) -> None:
    (tmp_path / "clean.py").write_text("from tools import registry\n")
    (tmp_path / "tools.py").write_text("class ToolRegistry: ...\n\n\nregistry = ToolRegistry()\n")
    loaded = loaded_by("check", "--isolated", "--output-format", "concise", ".", cwd=tmp_path)
    assert not loaded & HEAVY
