"""Module names: every place that an import can start from, the most trusted first."""

from __future__ import annotations

import time

import pytest

from registry_lint.source.modules import module_names

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
    found = module_names(paths, roots)[path]
    if names is None:
        assert "email.message" not in found
        assert found[0] == "vendored.email.message"
    else:
        assert found[: len(names)] == names
        if not roots:
            assert found == names


def test_order_of_files_does_not_matter() -> None:
    """The same names for the paths in any order."""
    paths = [path for case in CASES.values() for path in case[0]]
    forwards = module_names(paths)
    assert module_names(paths[::-1]) == forwards


def test_twenty_five_thousand_files_are_named_quickly() -> None:
    """A bound a long way above the measured 0.04 s for 11,000 files: it catches a step that looks at all pairs."""
    paths = [f"packages/p{i % 40}/src/p{i % 40}/m{i % 7}/deep/x{i}.py" for i in range(25_000)]
    begun = time.perf_counter()
    names = module_names(paths)
    assert time.perf_counter() - begun < 3
    assert names[paths[41]][0] == "p1.m6.deep.x41"
