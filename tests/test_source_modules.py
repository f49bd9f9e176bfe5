"""Module names: every place that an import can start from, the most trusted first."""

from __future__ import annotations

import time

import pytest

from registry_lint.config.settings import Settings
from registry_lint.project.import_roots import run_from_within
from registry_lint.project.model import Project
from registry_lint.source.corpus import MemoryCorpus
from registry_lint.source.modules import modules

# project's files, source roots, file, its names
CASES = {
    "a plain package": (["app/__init__.py", "app/x.py"], [], "app/x.py", ("app.x",)),
    "a package is its __init__": (["app/__init__.py"], [], "app/__init__.py", ("app",)),
    "a namespace package": (["app/core/x.py"], [], "app/core/x.py", ("app.core.x", "core.x", "x")),
    "src layout": (["src/app/__init__.py", "src/app/x.py"], [], "src/app/x.py", ("app.x", "src.app.x")),
    "src as a package": (["src/__init__.py", "src/x.py"], [], "src/x.py", ("src.x",)),
    "below a src that is a package": (
        ["agent/src/__init__.py", "agent/src/core/x.py"],
        [],
        "agent/src/core/x.py",
        ("agent.src.core.x", "src.core.x", "x", "core.x"),
    ),
    "below several of them": (
        ["a/src/__init__.py", "a/src/core/x.py", "b/src/__init__.py", "b/src/core/x.py"],
        [],
        "a/src/core/x.py",
        ("a.src.core.x",),
    ),
    "src inside a package": (["app/__init__.py", "app/src/x.py"], [], "app/src/x.py", ("app.src.x", "x")),
    "a distribution in a folder": (
        ["openhands-sdk/openhands/sdk/__init__.py", "openhands-sdk/openhands/sdk/x.py"],
        [],
        "openhands-sdk/openhands/sdk/x.py",
        ("openhands.sdk.x", "sdk.x"),
    ),
    "several distributions with src": (
        ["packages/one/src/one/__init__.py", "packages/one/src/one/x.py"],
        [],
        "packages/one/src/one/x.py",
        ("one.x", "packages.one.src.one.x", "one.src.one.x", "src.one.x"),
    ),
    "a folder called like its package": (
        ["black/black/__init__.py", "black/black/x.py"],
        [],
        "black/black/x.py",
        ("black.x", "black.black.x"),
    ),
    "a configured root": (["services/api/app/x.py"], ["services/api"], "services/api/app/x.py", ("app.x",)),
    "the deeper of two configured roots": (["a/b/c.py"], ["a", "a/b"], "a/b/c.py", ("c", "b.c", "a.b.c")),
    "a guess that two files share is nobody's": (
        ["one/common/x.py", "two/common/x.py"],
        [],
        "one/common/x.py",
        ("one.common.x",),
    ),
    "a guess that is another's proper name": (["x.py", "tools/x.py"], [], "tools/x.py", ("tools.x",)),
    "no guess hides the standard library": (["tools/json.py"], [], "tools/json.py", ("tools.json",)),
    "nor a package of it": (["vendored/email/message.py"], [], "vendored/email/message.py", None),
    "no guess starts inside a package": (
        ["app/__init__.py", "app/sub/__init__.py", "app/sub/x.py"],
        [],
        "app/sub/x.py",
        ("app.sub.x",),
    ),
    "a stub has its module's names": (["app/__init__.py", "app/x.py", "app/x.pyi"], [], "app/x.pyi", ("app.x",)),
    "a script that no import can name": (["scripts/my-tool.py"], [], "scripts/my-tool.py", ()),
    "a keyword": (["app/class.py"], [], "app/class.py", ()),
    "an identifier that is not ASCII": (["größe/x.py"], ["größe"], "größe/x.py", ("x", "größe.x")),
}


@pytest.mark.parametrize(("paths", "roots", "path", "names"), CASES.values(), ids=CASES)
def test_names(paths: list[str], roots: list[str], path: str, names: tuple[str, ...] | None) -> None:
    """The names of one file of a small project."""
    found = modules(paths, roots).names[path]
    if names is None:
        assert "email.message" not in found
        assert found[0] == "vendored.email.message"
    else:
        assert found[: len(names)] == names
        if not roots:
            assert found == names


def test_names_below_a_package_that_programs_are_run_in() -> None:
    """They begin at the package as well, but where that would hide a module of the standard library."""
    paths = [f"svc/agent/{name}.py" for name in ("__init__", "store", "logging", "email/sender", "core/tools")]
    assert modules(paths, (), ["svc/agent"]).names == {
        "svc/agent/__init__.py": ("svc.agent", "agent"),
        "svc/agent/store.py": ("store", "svc.agent.store", "agent.store"),
        "svc/agent/logging.py": ("svc.agent.logging", "agent.logging"),
        "svc/agent/email/sender.py": ("svc.agent.email.sender", "agent.email.sender", "sender"),
        "svc/agent/core/tools.py": ("core.tools", "svc.agent.core.tools", "agent.core.tools", "tools"),
    }
    assert modules(paths, ["svc"], ["svc/agent"]).names["svc/agent/store.py"][:2] == ("agent.store", "store")


def test_which_guesses_hold_below_their_folder_alone() -> None:
    """Those that begin in a package, and those that do not begin with one."""
    found = modules(
        [
            *("app/__init__.py", "app/types/mcp.py"),
            *("backend/chat/__init__.py", "backend/chat/server.py"),
            *("scripts/bench/runner.py", "tools/lib/x.py"),
        ]
    )
    assert found.guessed == {
        "mcp": "app/types",
        "chat": "backend",
        "chat.server": "backend",
        "bench.runner": "scripts",
        "runner": "scripts/bench",
        "lib.x": "tools",
        "x": "tools/lib",
    }
    assert found.local == found.guessed.keys() - {"chat", "chat.server"}


# file → whether it may mean the library's name by the stand-in, which a test keeps
@pytest.mark.parametrize(
    ("path", "means"), {"app/x.py": False, "tests/stubs/y.py": True, "tests/test_x.py": True}.items()
)
def test_a_program_means_no_stand_in_of_its_tests(path: str, means: bool) -> None:
    sources = {"tests/stubs/lib/__init__.py": "class Model: ...\n", path: "from lib import Model\n"}
    project = Project(MemoryCorpus(sources), Settings.default())
    found = project.names.path_of("lib", path)
    assert (found is not None) == means


# what each file of a project imports first; the folders that programs are run in
RUN_WITHIN = {
    "by bare names": ({"agent/__init__": [], "agent/app": ["store"], "agent/store": ["sqlite3"]}, ["agent"]),
    "by bare names of folders": ({"agent/__init__": [], "agent/app": ["core"], "agent/core/x": []}, ["agent"]),
    "by the package's name": ({"agent/__init__": [], "agent/app": ["agent"], "agent/store": []}, []),
    "relatively": ({"agent/__init__": ["."], "agent/app": ["."], "agent/store": []}, []),
    "by both, one as often as the other": (
        {"agent/__init__": [], "agent/app": ["store"], "agent/main": ["agent"], "agent/store": []},
        [],
    ),
    "by bare names rather": (
        {"a/__init__": ["."], "a/app": ["x", "y"], "a/main": ["x"], "a/x": [], "a/y": []},
        ["a"],
    ),
    "one name, which may be a library's": (
        {"a/__init__": ["."], "a/app": ["openai"], "a/main": ["openai"], "a/openai": []},
        [],
    ),
    "a library by a module of its name": ({"a/__init__": [], "a/redis": ["redis"]}, []),
    "a library, beside the module that wraps it": ({"a/__init__": [], "a/redis": ["redis"], "a/app": ["redis"]}, []),
    "a module of the library": ({"a/__init__": [], "a/app": ["json"], "a/json": []}, []),
    "a module that is somewhere else": ({"a/__init__": [], "a/app": ["common"], "a/common": [], "common": []}, []),
    "a package in a package": ({"a/__init__": [], "a/b/__init__": [], "a/b/app": ["x"], "a/b/x": []}, []),
    "a folder that is no package": ({"a/app": ["x"], "a/x": []}, []),  # its names begin there anyhow
    "several": (
        {"a/__init__": [], "a/app": ["x"], "a/x": [], "b/c/__init__": [], "b/c/app": ["y"], "b/c/y": []},
        ["a", "b/c"],
    ),
}


@pytest.mark.parametrize(("imports", "folders"), RUN_WITHIN.values(), ids=RUN_WITHIN)
def test_what_a_package_imports_says_where_its_program_runs(imports: dict[str, list[str]], folders: list[str]) -> None:
    """The folders that `run_from_within` takes for such ones."""
    paths = [f"{module}.py" for module in imports]
    assert list(run_from_within(paths, modules(paths).names, lambda path: imports[path[:-3]])) == folders


def test_few_files_say_where_a_program_runs() -> None:
    """A package of any size costs little: it is asked until the answer is clear."""
    asked = []

    def imported_by(path: str) -> list[str]:
        asked.append(path)
        return ["big"]

    paths = [f"big/x{number}.py" for number in range(1_000)] + ["big/__init__.py"]
    assert run_from_within(paths, modules(paths).names, imported_by) == ()
    assert len(asked) < 10


def test_order_of_files_does_not_matter() -> None:
    """The same names for the paths in any order."""
    paths = [path for case in CASES.values() for path in case[0]]
    forwards = modules(paths).names
    assert modules(paths[::-1]).names == forwards


def test_twenty_five_thousand_files_are_named_quickly() -> None:
    """A bound a long way above the measured 0.04 s for 11,000 files: it catches a step that looks at all pairs."""
    paths = [f"packages/p{i % 40}/src/p{i % 40}/m{i % 7}/deep/x{i}.py" for i in range(25_000)]
    begun = time.perf_counter()
    names = modules(paths).names
    assert time.perf_counter() - begun < 3
    assert names[paths[41]][0] == "p1.m6.deep.x41"
