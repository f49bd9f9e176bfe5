"""The measure itself, and our call graph on code that we did not write: `python -m tests.callgraph` in small."""

from __future__ import annotations

import os
import sys
import textwrap
from pathlib import Path

import pluggy
import pytest

from . import contenders, measure

_FORMS = """
    import functools
    from contextlib import contextmanager

    def plain(): return 1

    @contextmanager
    def opened():
        yield plain()

    def counted():
        yield plain()

    def traced(function):
        return function

    class Base:
        def __init__(self): self.prepare()
        def prepare(self): ...
        @property
        def size(self): return plain()
        def __len__(self): return self.size

    class Derived(Base):
        def __init__(self):
            super().__init__()
        def prepare(self): plain()

    @traced
    def main():
        made = Derived()
        with opened():
            pass
        list(counted())
        (lambda: plain())()
        return len(made), functools.partial(plain)()

    main()
"""

# every (caller, callee) of it, by reading
_BY_READING = {
    ("", "traced"),
    ("", "main"),
    ("main", "Derived.__init__"),
    ("main", "opened"),
    ("main", "counted"),
    ("main", "plain"),
    ("main", "Base.__len__"),
    ("Derived.__init__", "Base.__init__"),
    ("Base.__init__", "Derived.prepare"),
    ("Derived.prepare", "plain"),
    ("Base.__len__", "Base.size"),
    ("Base.size", "plain"),
    ("opened", "plain"),
    ("counted", "plain"),
}
_GENERATORS = {("main", "counted")}  # whose callers only the newer interpreters tell


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, measure.Traced]:
    """The package of these forms, and what ran."""
    folder = tmp_path_factory.mktemp("forms")
    package = folder / "package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "forms.py").write_text(textwrap.dedent(_FORMS))
    traced, _ = measure.trace(
        package, ["-m", "package.forms"], folder, folder / "out.json", sys.executable, {"PYTHONPATH": str(folder)}
    )
    return package, traced


def test_tracer_sees_every_form_of_a_call(forms: tuple[Path, measure.Traced]) -> None:
    _, traced = forms
    unseen = _GENERATORS if sys.version_info < (3, 12) else set()
    assert {(caller, callee) for (_, caller), (_, callee) in traced.kinds} == _BY_READING - unseen
    assert {path for pair in traced.kinds for path, _ in pair} == {"forms.py"}
    assert bool(traced.sites) == (sys.version_info >= (3, 12))


def test_our_edges_are_those_that_a_person_reads(forms: tuple[Path, measure.Traced]) -> None:
    package, traced = forms
    own = measure.Own(package)
    told = {(caller, callee) for (_, caller), (_, callee) in own.pairs()}
    may_run = {("Base.__init__", "Base.prepare")}  # if a Base were made
    assert told == _BY_READING | may_run
    assert own.pairs_backward() == own.pairs()
    assert measure.score(own.pairs(), traced).recall == 1
    assert own.unresolved == ()


def test_positions_are_those_of_the_interpreter(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("def f(x): ...\né = 'ü'; f(\n  'ä'), f('ö')\n", encoding="utf-8")
    (edge, second) = (edge for _, edge in measure.Own(package).edges)
    own = measure.Own(package)
    assert own.place(edge.path, edge.expr) == ("__init__.py", 2, 11, 3, 7)
    assert own.place(second.path, second.expr) == ("__init__.py", 3, 9, 3, 16)


def test_most_of_what_runs_in_pluggy_is_found(tmp_path: Path) -> None:
    """pytest drives pluggy; both were written by others. The figures of whole test suites are in the notes."""
    package = Path(pluggy.__file__).parent
    (tmp_path / "test_nothing.py").write_text("def test_nothing(capsys): pass\n")
    command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), "test_nothing.py"]
    traced, said = measure.trace(
        package, command, tmp_path, tmp_path / "out.json", sys.executable, {"PATH": os.environ["PATH"]}
    )
    assert said.startswith("1 passed")
    own = measure.Own(package)
    assert len(traced.pairs) > 40
    assert measure.score(own.pairs(), traced).recall > 0.85
    assert measure.score(own.pairs_backward(), traced).recall > 0.8
    assert len(own.unresolved) < 0.1 * own.calls


def test_names_of_other_tools_are_functions_of_the_package(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "app.py").write_text("class C:\n    def __init__(self): ...\ndef f():\n    def g(): ...\n")
    said = {
        "package.app": ["package.app.C", "package.app.f", "os.getcwd"],
        "package.app.f.<lambda1>": ["package.app.f.g", "package.app.name"],
        "elsewhere.h": ["package.app.f"],
    }
    assert set(contenders.named(said, package, ["package/__init__.py", "package/app.py"])) == {
        (("app.py", ""), ("app.py", "C.__init__")),
        (("app.py", ""), ("app.py", "f")),
        (("app.py", "f"), ("app.py", "f.g")),
    }
