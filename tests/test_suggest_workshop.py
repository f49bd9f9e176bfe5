"""The workshop keeps the files open that it opened last, and of a file that it closed nothing."""

from __future__ import annotations

import ast
import gc
from collections import Counter

from registry_lint.suggest.workshop import Workshop

_SOURCE = b"import os\n\ndef f(x):\n    return os.path.join(x)\n" + b"# filler\n" * 5_000  # 45,000 characters


def test_files_that_were_opened_last_stay_open() -> None:
    read: Counter[str] = Counter()

    def content(path: str) -> bytes:
        read[path] += 1
        return _SOURCE

    workshop = Workshop(content)
    for path in ("a.py", "b.py", "a.py", "b.py"):
        workshop.open(path)
    assert read == {"a.py": 1, "b.py": 1}
    for number in range(20):
        workshop.open(f"{number}.py")
        workshop.open("b.py")
    workshop.open("a.py")
    assert (read["a.py"], read["b.py"]) == (2, 1)


def test_one_file_stays_open_however_large() -> None:
    workshop = Workshop(lambda _: _SOURCE * 12)
    assert workshop.open("a.py")._source is workshop.open("a.py")._source


def test_a_file_that_was_closed_does_not_wait_for_a_garbage_collection() -> None:
    def suggest() -> None:
        tree = Workshop(lambda _: _SOURCE).open("a.py")
        span = tree._document.span_of(tree._document.syntax.body[1])
        assert tree.import_name("sys", at=span) == "sys"
        tree.insert_into(span, "sys.exit()")
        assert tree.fix("safe", "m")

    def trees() -> int:
        """Nodes that are alive and were made here."""
        return sum(issubclass(type(one), ast.AST) and hasattr(one, "lineno") for one in gc.get_objects())

    suggest()
    gc.collect()
    gc.freeze()  # what other tests and pytest itself keep
    gc.disable()
    try:
        before = trees()
        suggest()
        assert trees() <= before
    finally:
        gc.enable()
        gc.unfreeze()
