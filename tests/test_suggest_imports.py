"""Names at a place: reused, imported where they resolve, refused where they would not; and imports left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from registry_lint.suggest.surroundings import Answers
from tests.mending import mend

if TYPE_CHECKING:
    from registry_lint.findings import Span
    from registry_lint.suggest.tree import SourceTree

HEADER = "from app.registry import Registry\n"


def use_factory(tree: SourceTree, span: Span) -> None:
    """The suggestion that nearly every rule makes."""
    name = tree.import_name("app.registry", "get_registry", at=span)
    tree.replace(span, f"{name}()")


REUSED = {
    "from": ("from app.registry import get_registry\nx = «Old()»\n", "get_registry"),
    "from, under an alias": ("from app.registry import get_registry as get\nx = «Old()»\n", "get"),
    "the module": ("import app.registry\nx = «Old()»\n", "app.registry.get_registry"),
    "the module under an alias": ("import app.registry as r\nx = «Old()»\n", "r.get_registry"),
    "the module from its package": ("from app import registry\nx = «Old()»\n", "registry.get_registry"),
    "relative": ("from .registry import get_registry\nx = «Old()»\n", "get_registry"),
    "relative, the module": ("from . import registry as r\nx = «Old()»\n", "r.get_registry"),
    "one of two packages": ("import app.other\nimport app.registry\nx = «Old()»\n", "app.registry.get_registry"),
    "in the function": ("def f():\n    from app.registry import get_registry\n    return «Old()»\n", "get_registry"),
    "in the function around": (
        "def f():\n    from app.registry import get_registry as g\n    def h():\n        return «Old()»\n",
        "g",
    ),
    "below the use, which runs later": (
        "def f():\n    return «Old()»\nfrom app.registry import get_registry as g\n",
        "g",
    ),
    "in a try": (
        "try:\n    from app.registry import get_registry as g\nexcept ImportError:\n    g = None\nx = «Old()»\n",
        "g",
    ),
    "in the same branch": ("if a:\n    from app.registry import get_registry as g\n    x = «Old()»\n", "g"),
}


@pytest.mark.parametrize(("text", "name"), REUSED.values(), ids=REUSED.keys())
def test_an_existing_binding_is_reused(text: str, name: str) -> None:
    expected = text.replace("«Old()»", f"{name}()")
    assert mend(text, use_factory) == expected


NOT_REUSED = {
    "below the use at module level": (
        "x = «Old()»\nfrom app.registry import get_registry as g\n",
        "from app.registry import get_registry\n\nx = get_registry()\nfrom app.registry import get_registry as g\n",
    ),
    "in another function": (
        "import os\ndef g():\n    from app.registry import get_registry\ndef f():\n    return «Old()»\n",
        "import os\n\nfrom app.registry import get_registry\ndef g():\n    from app.registry import get_registry\n"
        "def f():\n    return get_registry()\n",
    ),
    "in another branch": (
        "if a:\n    from app.registry import get_registry as g\nx = «Old()»\n",
        "from app.registry import get_registry\n\nif a:\n    from app.registry import get_registry as g\n"
        "x = get_registry()\n",
    ),
    "shadowed by a parameter": (
        "from app.registry import get_registry as g\ndef f(g):\n    return «Old()»\n",
        "from app.registry import get_registry as g, get_registry\ndef f(g):\n    return get_registry()\n",
    ),
    "rebound": (
        "from app.registry import get_registry as g\ng = cached(g)\nx = «Old()»\n",
        "from app.registry import get_registry as g, get_registry\ng = cached(g)\nx = get_registry()\n",
    ),
    "for types only": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from app.registry import A, get_registry\n"
        "def f(a: A):\n    return «Old()»\n",
        "from typing import TYPE_CHECKING\n\nfrom app.registry import get_registry\nif TYPE_CHECKING:\n"
        "    from app.registry import A\ndef f(a: A):\n    return get_registry()\n",
    ),
    "for types only, alone there": (
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from app.registry import get_registry\n\n"
        "x = «Old()»\n",
        "from app.registry import get_registry\n\n\nx = get_registry()\n",
    ),
    "a near name": (
        "from app.registry import get_registry_class\nx = «Old()»\n",
        "from app.registry import get_registry, get_registry_class\nx = get_registry()\n",
    ),
}


@pytest.mark.parametrize(("text", "expected"), NOT_REUSED.values(), ids=NOT_REUSED.keys())
def test_a_binding_that_does_not_hold_here_is_not_reused(text: str, expected: str) -> None:
    assert mend(text, use_factory) == expected


INSERTED = {
    "an empty head": ("x = «Old()»\n", "from app.registry import get_registry\n\nx = get_registry()\n"),
    "behind the docstring": (
        '"""Doc."""\nx = «Old()»\n',
        '"""Doc."""\n\nfrom app.registry import get_registry\n\nx = get_registry()\n',
    ),
    "behind the docstring and a blank line": (
        '"""Doc."""\n\nx = «Old()»\n',
        '"""Doc."""\n\nfrom app.registry import get_registry\n\nx = get_registry()\n',
    ),
    "behind __future__": (
        '"""Doc."""\nfrom __future__ import annotations\n\nx = «Old()»\n',
        '"""Doc."""\nfrom __future__ import annotations\n\nfrom app.registry import get_registry\n\n'
        "x = get_registry()\n",
    ),
    "below the licence": (
        "#!/usr/bin/env python\n# coding: utf-8\n# (c) someone\n\nx = «Old()»\n",
        "#!/usr/bin/env python\n# coding: utf-8\n# (c) someone\n\nfrom app.registry import get_registry\n\n"
        "x = get_registry()\n",
    ),
    "below the interpreter line": (
        "#!/usr/bin/env python\nx = «Old()»\n",
        "#!/usr/bin/env python\n\nfrom app.registry import get_registry\n\nx = get_registry()\n",
    ),
    "sorted among its package's": (
        "import os\n\nfrom app.models import M\nfrom app.tools import T\n\nx = «Old()»\n",
        "import os\n\nfrom app.models import M\nfrom app.registry import get_registry\nfrom app.tools import T\n\n"
        "x = get_registry()\n",
    ),
    "before its package's": (
        "import os\n\nfrom app.tools import T\n\nx = «Old()»\n",
        "import os\n\nfrom app.registry import get_registry\nfrom app.tools import T\n\nx = get_registry()\n",
    ),
    "a group of its own": (
        "import os\nimport requests\n\nx = «Old()»\n",
        "import os\nimport requests\n\nfrom app.registry import get_registry\n\nx = get_registry()\n",
    ),
    "before relative ones of another file": (
        "import os\nfrom .x import y\nx = «Old()»\n",
        "import os\nfrom .registry import get_registry\nfrom .x import y\nx = get_registry()\n",
    ),
    "merged": (
        "from app.registry import Alpha, zeta\nx = «Old()»\n",
        "from app.registry import Alpha, get_registry, zeta\nx = get_registry()\n",
    ),
    "merged first": (
        "from app.registry import zeta\nx = «Old()»\n",
        "from app.registry import get_registry, zeta\nx = get_registry()\n",
    ),
    "merged into an unsorted one": (
        "from app.registry import zeta, alpha  # c\nx = «Old()»\n",
        "from app.registry import zeta, alpha, get_registry  # c\nx = get_registry()\n",
    ),
    "merged on a line of its own": (
        "from app.registry import (\n    alpha,  # a\n    zeta,  # z\n)\nx = «Old()»\n",
        "from app.registry import (\n    alpha,  # a\n    get_registry,\n    zeta,  # z\n)\nx = get_registry()\n",
    ),
    "merged as the last line": (
        "from app.registry import (\n    alpha,\n    beta  # b\n)\nx = «Old()»\n",
        "from app.registry import (\n    alpha,\n    beta,  # b\n    get_registry\n)\nx = get_registry()\n",
    ),
    "merged with parentheses on one line": (
        "from app.registry import (alpha, beta)\nx = «Old()»\n",
        "from app.registry import (alpha, beta, get_registry)\nx = get_registry()\n",
    ),
    "merged behind a backslash": (
        "from app.registry import alpha, \\\n    beta\nx = «Old()»\n",
        "from app.registry import alpha, \\\n    beta, get_registry\nx = get_registry()\n",
    ),
    "not merged into a star": (
        "from app.registry import *\nx = «Old()»\n",
        "from app.registry import *\nfrom app.registry import get_registry\nx = get_registry()\n",
    ),
    "behind several on one line": (
        "import os; import sys\nx = «Old()»\n",
        "import os; import sys\n\nfrom app.registry import get_registry\nx = get_registry()\n",
    ),
    "behind a statement that shares its line and goes on": (
        "import os; y = [\n]\nx = «Old()»\n",
        "import os; y = [\n]\n\nfrom app.registry import get_registry\nx = get_registry()\n",
    ),
    "CR LF": (
        "import os\r\nx = «Old()»\r\n",
        "import os\r\n\r\nfrom app.registry import get_registry\r\nx = get_registry()\r\n",
    ),
    "used in a default": (
        "import os\ndef f(a=«Old()»):\n    pass\n",
        "import os\n\nfrom app.registry import get_registry\ndef f(a=get_registry()):\n    pass\n",
    ),
    "used on the import's own line": (
        "import os; x = «Old()»\n",
        None,
    ),
}


@pytest.mark.parametrize(("text", "expected"), INSERTED.values(), ids=INSERTED.keys())
def test_an_import_goes_where_a_person_would_put_it(text: str, expected: str | None) -> None:
    assert mend(text, use_factory) == expected


OF_THE_LIBRARY = {
    "among sorted ones": (
        "import os\nfrom enum import Enum\nfrom typing import Any\n\nimport requests\n\nx = «Old()»\n",
        "import os\nfrom enum import Enum\nfrom threading import Lock\nfrom typing import Any\n\nimport requests\n\n"
        "x = Lock()\n",
    ),
    "first of its form": (
        "import os\nimport sys\nfrom typing import Any\n\nx = «Old()»\n",
        "import os\nimport sys\nfrom threading import Lock\nfrom typing import Any\n\nx = Lock()\n",
    ),
    "among all that are sorted by their modules": (
        "from importlib import util\nimport os\nfrom typing import Any\nimport uuid\n\nx = «Old()»\n",
        "from importlib import util\nimport os\nfrom threading import Lock\nfrom typing import Any\nimport uuid\n\n"
        "x = Lock()\n",
    ),
    "before the first": (
        "from typing import Any\nfrom uuid import UUID\n\nx = «Old()»\n",
        "from threading import Lock\nfrom typing import Any\nfrom uuid import UUID\n\nx = Lock()\n",
    ),
    "behind unsorted ones": (
        "import sys\nfrom typing import Any\nimport os\n\nimport requests\n\nx = «Old()»\n",
        "import sys\nfrom typing import Any\nimport os\nfrom threading import Lock\n\nimport requests\n\nx = Lock()\n",
    ),
    "a group of its own before others": (
        '"""Text."""\n\nimport requests\n\nx = «Old()»\n',
        '"""Text."""\n\nfrom threading import Lock\n\nimport requests\n\nx = Lock()\n',
    ),
    "a group of its own before relative ones": (
        "from __future__ import annotations\n\nfrom .x import y\n\nx = «Old()»\n",
        "from __future__ import annotations\n\nfrom threading import Lock\n\nfrom .x import y\n\nx = Lock()\n",
    ),
}


@pytest.mark.parametrize(("text", "expected"), OF_THE_LIBRARY.values(), ids=OF_THE_LIBRARY.keys())
def test_an_import_of_the_standard_library_keeps_the_order_that_is_there(text: str, expected: str) -> None:
    def use_lock(tree: SourceTree, span: Span) -> None:
        tree.replace(span, f"{tree.import_name('threading', 'Lock', at=span)}()")

    assert mend(text, use_lock) == expected


REFUSED = {
    "a parameter": "def f(get_registry):\n    return «Old()»\n",
    "a local": "def f():\n    get_registry = 1\n    return «Old()»\n",
    "a local of the function around": "def f():\n    get_registry = 1\n    def g():\n        return «Old()»\n",
    "a module's function": "def get_registry(): pass\nx = «Old()»\n",
    "another import": "from other import get_registry\nx = «Old()»\n",
    "a loop": "for get_registry in a:\n    x = «Old()»\n",
    "a comprehension": "x = [«Old()» for get_registry in y]\n",
    "a lambda": "x = lambda get_registry: «Old()»\n",
    "an except": "def f():\n    try:\n        pass\n    except E as get_registry:\n        «Old()»\n",
    "a with": "with a as get_registry:\n    «Old()»\n",
    "a match": "match a:\n    case {'x': get_registry}:\n        «Old()»\n",
    "a walrus": "def f():\n    if (get_registry := 1):\n        return «Old()»\n",
    "a global elsewhere": "def g():\n    global get_registry\n    get_registry = 1\ndef f():\n    return «Old()»\n",
    "a class's own": "class A:\n    get_registry = 1\n    x = «Old()»\n",
    "a del": "def f():\n    del get_registry\n    return «Old()»\n",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_a_name_that_is_taken_is_refused(text: str) -> None:
    assert mend(text, use_factory) is None


def test_a_name_of_a_class_around_is_not_seen_from_its_methods() -> None:
    text = "class A:\n    get_registry = 1\n    def f(self):\n        return «Old()»\n"
    assert (
        mend(text, use_factory)
        == f"from app.registry import get_registry\n\n{text.replace('«Old()»', 'get_registry()')}"
    )


def test_a_builtins_name_is_refused_where_the_file_uses_it() -> None:
    def do(tree: SourceTree, span: Span) -> None:
        tree.replace(span, f"{tree.import_name('app.filters', 'filter', at=span)}()")

    assert mend("x = filter(a, b)\ny = «Old()»\n", do) is None
    assert mend("y = «Old()»\n", do) == "from app.filters import filter\n\ny = filter()\n"


def test_a_name_of_the_file_itself_needs_no_import() -> None:
    text = "def get_registry():\n    pass\n\n\ndef f():\n    return «Old()»\n"
    assert mend(text, use_factory, path="app/registry.py") == text.replace("«Old()»", "get_registry()")
    assert mend("x = «Old()»\ndef get_registry(): pass\n", use_factory, path="app/registry.py") is None
    assert mend("x = «Old()»\n", use_factory, path="app/registry.py") is None


CYCLE = Answers(would_cycle=lambda _path, _module: True)

IN_FUNCTION = {
    "first in the body": (
        "def f():\n    return «Old()»\n",
        "def f():\n    from app.registry import get_registry\n    return get_registry()\n",
    ),
    "behind the docstring": (
        'def f():\n    """Doc."""\n    return «Old()»\n',
        'def f():\n    """Doc."""\n    from app.registry import get_registry\n    return get_registry()\n',
    ),
    "behind other imports": (
        "def f():\n    import os\n    return «Old()»\n",
        "def f():\n    import os\n    from app.registry import get_registry\n    return get_registry()\n",
    ),
    "merged": (
        "def f():\n    from app.registry import a\n    return «Old()», a\n",
        "def f():\n    from app.registry import a, get_registry\n    return get_registry(), a\n",
    ),
    "on one line": (
        "def f(): return «Old()»\n",
        "def f(): from app.registry import get_registry; return get_registry()\n",
    ),
    "in a method": (
        "class A:\n    async def f(self):\n        return «Old()»\n",
        "class A:\n    async def f(self):\n        from app.registry import get_registry\n"
        "        return get_registry()\n",
    ),
    "in a lambda in a function": (
        "def f():\n    return lambda: «Old()»\n",
        "def f():\n    from app.registry import get_registry\n    return lambda: get_registry()\n",
    ),
    "two in one function": (
        "def f():\n    a = «Old()»\n    b = «Old()»\n",
        "def f():\n    from app.registry import get_registry\n    a = get_registry()\n    b = get_registry()\n",
    ),
    "two in two functions": (
        "def f():\n    a = «Old()»\ndef g():\n    b = «Old()»\n",
        "def f():\n    from app.registry import get_registry\n    a = get_registry()\n"
        "def g():\n    from app.registry import get_registry\n    b = get_registry()\n",
    ),
    "at module level": ("x = «Old()»\n", None),
    "in a default": ("def f(a=«Old()»):\n    pass\n", None),
    "in a class body": ("class A:\n    x = «Old()»\n", None),
}


@pytest.mark.parametrize(("text", "expected"), IN_FUNCTION.values(), ids=IN_FUNCTION.keys())
def test_an_import_that_would_make_a_cycle_goes_into_the_function(text: str, expected: str | None) -> None:
    assert mend(text, use_factory, surroundings=CYCLE) == expected


def test_an_import_of_the_function_itself_makes_room_in_its_place() -> None:
    text = "import os\n\n\ndef f():\n    from app.registry import Registry\n\n    return «Registry()»\n"
    assert mend(text, use_factory) == (
        "import os\n\n\ndef f():\n    from app.registry import get_registry\n\n    return get_registry()\n"
    )
    both = HEADER + text.replace("import os\n", "y = Registry\n")
    assert mend(both, use_factory) == (
        "from app.registry import Registry, get_registry\ny = Registry\n\n\ndef f():\n"
        "    from app.registry import Registry\n\n    return get_registry()\n"
    )


def test_re_exports_are_followed() -> None:
    known = {"app.get_registry": "app.registry.get_registry"}
    surroundings = Answers(resolve=lambda dotted: known.get(dotted, dotted))
    text = "from app import get_registry as g\nx = «Old()»\n"
    assert mend(text, use_factory, surroundings=surroundings) == text.replace("«Old()»", "g()")


def test_a_module_is_imported_from_its_package() -> None:
    def do(tree: SourceTree, span: Span) -> None:
        tree.replace(span, f"{tree.import_name('app.tools.registry', at=span)}.get()")

    assert mend("x = «Old()»\n", do) == "from app.tools import registry\n\nx = registry.get()\n"
    assert mend("import app.tools.registry as r\nx = «Old()»\n", do) == "import app.tools.registry as r\nx = r.get()\n"


def test_two_names_from_one_module_make_one_import() -> None:
    def do(tree: SourceTree, span: Span) -> None:
        names = [tree.import_name("app.registry", name, at=span) for name in ("get_b", "get_a", "get_b")]
        tree.replace(span, f"({', '.join(map(str, names))})")

    assert mend("import os\nx = «Old()»\n", do) == (
        "import os\n\nfrom app.registry import get_a, get_b\nx = (get_b, get_a, get_b)\n"
    )
    multiline = "from app.registry import (\n    a,\n    z  # z\n)\nx = «Old()»\n"
    assert mend(multiline, do) == (
        "from app.registry import (\n    a,\n    get_a,\n    get_b,\n    z  # z\n)\nx = (get_b, get_a, get_b)\n"
    )


LEFT_BEHIND = {
    "the only name": ("import os\nfrom app.old import Old\nx = «Old()»\n", "import os\nx = new()\n"),
    "one of several": (
        "from app.old import A, Old, B\nx = «Old()», A, B\n",
        "from app.old import A, B\nx = new(), A, B\n",
    ),
    "the last of several": ("from app.old import A, Old\nx = «Old()», A\n", "from app.old import A\nx = new(), A\n"),
    "its line": (
        "from app.old import (\n    A,\n    Old,  # old\n)\nx = «Old()», A\n",
        "from app.old import (\n    A,\n)\nx = new(), A\n",
    ),
    "behind a backslash": (
        "from app.old import A, \\\n    Old\nx = «Old()», A\n",
        "from app.old import A\nx = new(), A\n",
    ),
    "before a backslash": (
        "from app.old import Old, \\\n    A\nx = «Old()», A\n",
        "from app.old import  \\\n    A\nx = new(), A\n",
    ),
    "an alias": ("from app.old import Older as Old\nx = «Old()»\n", "x = new()\n"),
    "a dotted module": ("import app.old\nimport os\nx = «app.old.Old()»\n", "import os\nx = new()\n"),
    "one dotted module of two": ("import app.old\nimport app.new\nx = «app.old.Old()», app.new.y\n", None),
    "in a function": ("def f():\n    from app.old import Old\n    return «Old()»\n", "def f():\n    return new()\n"),
    "for types": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from app.old import Old\nx: «Old» = 1\n",
        "x: new() = 1\n",
    ),
    "on a shared line": (
        "import os; from app.old import Old; import sys\nx = «Old()»\n",
        "import os; import sys\nx = new()\n",
    ),
}


@pytest.mark.parametrize(("text", "expected"), LEFT_BEHIND.values(), ids=LEFT_BEHIND.keys())
def test_an_import_that_nothing_else_uses_goes_with_its_use(text: str, expected: str | None) -> None:
    expected = expected or text.replace("«app.old.Old()»", "new()")
    assert mend(text, lambda tree, span: tree.replace(span, "new()")) == expected


KEPT = {
    "used elsewhere": "from app.old import Old\nx = «Old()»\ny = Old\n",
    "used in an annotation": "from app.old import Old\nx = «Old()»\ndef f(a: Old): pass\n",
    "used in a quoted annotation": "from app.old import Old\nx = «Old()»\ndef f(a: 'list[Old]'): pass\n",
    "exported": "from app.old import Old\n__all__ = ['Old']\nx = «Old()»\n",
    "re-exported by its form": "from app.old import Old as Old\nx = «Old()»\n",
    "under a try": "try:\n    from app.old import Old\nexcept ImportError:\n    raise\nx = «Old()»\n",
    "marked": "from app.old import Old  # noqa: F401\nx = «Old()»\n",
    "never used before": "from app.old import Other\nx = «Old()»\n",
}


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT.keys())
def test_an_import_that_may_be_wanted_stays(text: str) -> None:
    assert mend(text, lambda tree, span: tree.replace(span, "new()")) == text.replace("«Old()»", "new()")


def test_an_import_that_other_files_take_from_here_stays() -> None:
    text = "from app.old import Old\nx = «Old()»\n"
    taken = Answers(is_imported_from=lambda path, name: (path, name) == ("app/module.py", "Old"))
    assert mend(text, lambda tree, span: tree.replace(span, "new()"), surroundings=taken) == text.replace(
        "«Old()»", "new()"
    )
    assert mend(text, lambda tree, span: tree.replace(span, "new()"), path="app/__init__.py") == text.replace(
        "«Old()»", "new()"
    )


def test_the_import_of_the_class_makes_room_for_that_of_its_factory() -> None:
    text = HEADER + "\n\ndef f():\n    return «Registry()»\n"
    assert mend(text, use_factory) == (
        "from app.registry import get_registry\n\n\ndef f():\n    return get_registry()\n"
    )
    several = "from app.registry import (\n    A,\n    Registry,  # the registry\n)\n\nx = «Registry()», A\n"
    assert mend(several, use_factory) == (
        "from app.registry import (\n    A,\n    get_registry,\n)\n\nx = get_registry(), A\n"
    )
