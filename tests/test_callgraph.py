"""Who calls whom: every form of a call, both directions alike, and nothing parsed that cannot matter."""

from __future__ import annotations

import pytest

from registry_lint import examples
from registry_lint.config.settings import Settings
from registry_lint.facts import records as facts
from registry_lint.facts.extract import extract
from registry_lint.project import signatures
from registry_lint.project.domain import ClassRef, FunctionRef
from registry_lint.project.edges import DIRECT, EVERYTHING, Edge
from registry_lint.project.model import Project
from registry_lint.project.runs_in import ModuleBody, Node
from registry_lint.source.corpus import MemoryCorpus


def project(text: str) -> Project:
    return Project(MemoryCorpus(examples.parse(text).sources), Settings.default())


def function(of: Project, qualname: str) -> FunctionRef:
    found = [
        FunctionRef(path, index)
        for path in of.paths
        for index, record in enumerate(of.facts_of(path).functions)
        if record.qualname == qualname
    ]
    assert len(found) == 1, qualname
    return found[0]


def name(of: Project, node: Node) -> str:
    return node.path if isinstance(node, ModuleBody) else of.function(node).qualname


def told(of: Project, edges: tuple[Edge, ...]) -> set[tuple[str, str, str]]:
    return {(name(of, edge.source), edge.how, name(of, edge.target)) for edge in edges}


FORMS = {
    "plain": ("def f(): ...\ndef g(): f()", ("g", "call", "f")),
    "module body": ("def f(): ...\nf()", ("app.py", "call", "f")),
    "in a lambda": ("def f(): ...\ndef g(): return lambda: f()", ("g", "call", "f")),
    "in a comprehension": ("def f(): ...\ndef g(): return [f() for _ in 'ab']", ("g", "call", "f")),
    "awaited": ("async def f(): ...\nasync def g(): await f()", ("g", "call", "f")),
    "by an alias": ("def f(): ...\nh = f\ndef g(): h()", ("g", "call", "f")),
    "constructor": ("class C:\n    def __init__(self): ...\ndef g(): C()", ("g", "construct", "C.__init__")),
    "inherited constructor": (
        "class B:\n    def __init__(self): ...\nclass C(B): ...\ndef g(): C()",
        ("g", "construct", "B.__init__"),
    ),
    "super": (
        "class B:\n    def __init__(self): ...\nclass C(B):\n    def __init__(self): super().__init__()",
        ("C.__init__", "call", "B.__init__"),
    ),
    "cls": (
        "class C:\n    def __init__(self): ...\n    @classmethod\n    def make(cls): return cls()",
        ("C.make", "construct", "C.__init__"),
    ),
    "post init": (
        "from dataclasses import dataclass\n@dataclass\nclass C:\n    def __post_init__(self): ...\ndef g(): C()",
        ("g", "construct", "C.__post_init__"),
    ),
    "method": ("class C:\n    def f(self): ...\ndef g():\n    c = C()\n    c.f()", ("g", "call", "C.f")),
    "self": ("class C:\n    def f(self): ...\n    def g(self): self.f()", ("C.g", "call", "C.f")),
    "static": ("class C:\n    @staticmethod\n    def f(): ...\ndef g(): C.f()", ("g", "call", "C.f")),
    "annotated parameter": ("class C:\n    def f(self): ...\ndef g(c: 'C'): c.f()", ("g", "call", "C.f")),
    "attribute": (
        "class C:\n    def f(self): ...\nclass D:\n    def __init__(self): self.c = C()\n    def g(self): self.c.f()",
        ("D.g", "call", "C.f"),
    ),
    "returned": ("class C:\n    def f(self): ...\ndef m(): return C()\ndef g(): m().f()", ("g", "call", "C.f")),
    "property": (
        "class C:\n    @property\n    def f(self): ...\ndef g(c: C): return c.f",
        ("g", "property", "C.f"),
    ),
    "dependency": (
        "from fastapi import Depends\ndef f(): ...\ndef g(x=Depends(f)): ...",
        ("g", "dependency", "f"),
    ),
    "annotated dependency": (
        "from typing import Annotated\nfrom fastapi import Depends\ndef f(): ...\n"
        "def g(x: Annotated[int, Depends(f)]): ...",
        ("g", "dependency", "f"),
    ),
    "override": (
        "class B:\n    def f(self): ...\nclass C(B):\n    def f(self): ...\ndef g(b: B): b.f()",
        ("g", "override", "C.f"),
    ),
    "template method": (
        "class B:\n    def run(self): self.f()\n    def f(self): ...\nclass C(B):\n    def f(self): ...",
        ("B.run", "override", "C.f"),
    ),
    "protocol": (
        "from typing import Protocol\nclass P(Protocol):\n    def f(self): ...\nclass C:\n    def f(self): ...\n"
        "def g(p: P): p.f()",
        ("g", "override", "C.f"),
    ),
    "override in a mixin": (
        "class B:\n    def f(self): ...\n    def g(self): self.f()\nclass M:\n    def f(self): ...\nclass C(M, B): ...",
        ("B.g", "override", "M.f"),
    ),
    "super of a mixin": (
        "class M:\n    def f(self): super().f()\nclass B:\n    def f(self): ...\nclass C(M, B): ...",
        ("M.f", "call", "B.f"),
    ),
    "property that is called": (
        "class C:\n    @property\n    def f(self): return print\ndef g(c: C): c.f()",
        ("g", "property", "C.f"),
    ),
    "overriding property": (
        "class B:\n    f = 1\nclass C(B):\n    @property\n    def f(self): ...\ndef g(b: B): return b.f",
        ("g", "property", "C.f"),
    ),
    "called object": (
        "class C:\n    def __call__(self): ...\nrun = C()\ndef g(): run()",
        ("g", "call", "C.__call__"),
    ),
    "with": (
        "class C:\n    def __exit__(self, *e): ...\ndef g():\n    with C() as c: ...",
        ("g", "operator", "C.__exit__"),
    ),
    "async with": (
        "class C:\n    async def __aenter__(self): ...\nasync def g(c: C):\n    async with c: ...",
        ("g", "operator", "C.__aenter__"),
    ),
    "for": (
        "class C:\n    def __iter__(self): ...\ndef g(c: C):\n    for x in c: ...",
        ("g", "operator", "C.__iter__"),
    ),
    "comprehension over it": (
        "class C:\n    def __iter__(self): ...\ndef g(c: C): return [x for x in c]",
        ("g", "operator", "C.__iter__"),
    ),
    "item": (
        "class C:\n    def __getitem__(self, key): ...\ndef g(c: C): return c['x']",
        ("g", "operator", "C.__getitem__"),
    ),
    "item set": (
        "class C:\n    def __setitem__(self, key, value): ...\ndef g(c: C): c['x'] = 1",
        ("g", "operator", "C.__setitem__"),
    ),
    "in": (
        "class C:\n    def __contains__(self, key): ...\ndef g(c: C): return 'x' in c",
        ("g", "operator", "C.__contains__"),
    ),
    "sum of objects": (
        "class C:\n    def __add__(self, other): ...\ndef g(c: C): return c + 1",
        ("g", "operator", "C.__add__"),
    ),
    "length": ("class C:\n    def __len__(self): ...\ndef g(c: C): return len(c)", ("g", "operator", "C.__len__")),
    "in a text": ("class C:\n    def __str__(self): ...\ndef g(c: C): return f'{c}'", ("g", "operator", "C.__str__")),
    "only one of that name": ("class C:\n    def do_it(self): ...\ndef g(x): x.do_it()", ("g", "name", "C.do_it")),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_call_is_found_in_both_directions(form: str) -> None:
    text, (source, how, target) = FORMS[form]
    of = project(f"--- app.py\n{text}\n")
    node: Node = ModuleBody(source) if source.endswith(".py") else function(of, source)
    assert (source, how, target) in told(of, of.calls.callees(node))
    again = project(f"--- app.py\n{text}\n")  # no answer of the one direction may help the other
    ref = function(again, target)
    backward = (*again.calls.callers(ref), *again.calls.dependents(ref))
    assert (source, how, target) in told(again, backward)


FITTING = {
    "nothing": ("f()", "", True),
    "too few": ("f()", "a", False),
    "too many": ("f(1)", "", False),
    "default": ("f()", "a=1", True),
    "by name": ("f(a=1)", "a", True),
    "by a name that it has not": ("f(b=1)", "a=1", False),
    "any name": ("f(b=1)", "**rest", True),
    "any number": ("f(1, 2)", "*rest", True),
    "unpacked": ("f(*x)", "a, b", True),
    "by name only": ("f(1)", "*, a", False),
    "by name only, given": ("f(a=1)", "*, a", True),
}


@pytest.mark.parametrize("case", FITTING)
def test_a_call_fits_parameters_or_raises(case: str) -> None:
    call, parameters, fitting = FITTING[case]
    of = project(f"--- app.py\ndef f({parameters}): ...\n{call}\n")
    file = of.facts_of("app.py")
    (made,) = (record for record in file.expressions if isinstance(record, facts.Call))
    assert signatures.fits(made, file.functions[0].parameters, 0) is fitting
    method = project(f"--- app.py\ndef f(self{', ' * bool(parameters)}{parameters}): ...\n").facts_of("app.py")
    assert signatures.fits(made, method.functions[0].parameters, 1) is fitting


CALLED_BY_ANOTHER_NAME = {
    "parameter": "def work(): ...\ndef run(job): job()\nrun(work)",
    "parameter of a callable protocol": "from typing import Protocol\nclass J(Protocol):\n    def __call__(self): ...\n"
    "def work(): ...\ndef run(job: J): job()\nrun(work)",
    "attribute": "def work(): ...\nclass C:\n    def __init__(self):\n        self.job = work\ndef run(c: C): c.job()",
}


@pytest.mark.parametrize("case", CALLED_BY_ANOTHER_NAME)
def test_a_function_is_called_by_the_name_that_it_was_handed_on_as(case: str) -> None:
    of = project(f"--- app.py\n{CALLED_BY_ANOTHER_NAME[case]}\n")
    assert ("run", "call", "work") in told(of, of.calls.callees(function(of, "run")))
    again = project(f"--- app.py\n{CALLED_BY_ANOTHER_NAME[case]}\n")
    assert {edge.how for edge in again.calls.references(function(again, "work"))} == {"reference"}


NO_EDGES = {
    "another function of that name": "--- a.py\ndef f(): ...\n--- b.py\ndef f(): ...\ndef g(): f()",
    "a method of another class": "--- a.py\nclass A:\n    def f(self): ...\n--- b.py\n"
    "class B:\n    def f(self): ...\ndef g(): B().f()",
    "a third-party method": "--- a.py\nclass A:\n    def get_it(self): ...\n--- b.py\n"
    "import x\ndef g(): x.C().get_it()",
    "a short name on something unknown": "--- a.py\nclass A:\n    def run(self): ...\n--- b.py\ndef g(x): x.run()",
    "a comment": "--- a.py\ndef f(): ...\n--- b.py\ndef g():\n    # f()\n    return 'f()'",
    "a test": "--- a.py\ndef f(): ...\n--- tests/test_a.py\nfrom a import f\ndef test_f(): f()",
}


@pytest.mark.parametrize("case", NO_EDGES)
def test_what_is_no_call_of_it_gives_no_edge(case: str) -> None:
    of = project(NO_EDGES[case])
    ref = next(FunctionRef("a.py", index) for index, _ in enumerate(of.facts_of("a.py").functions))
    assert of.calls.callers(ref) == ()


NOT_RUN = {
    "sibling": (
        "class B:\n    def f(self): ...\nclass C(B):\n    def g(self): self.f()\nclass D(B):\n    def f(self): ...",
        "D.f",
    ),
    "subclass of what is made here": (
        "class B:\n    def f(self): ...\nclass C(B):\n    def f(self): ...\ndef g():\n    b = B()\n    b.f()",
        "C.f",
    ),
    "subclass, by super": (
        "class B(Exception):\n    def __init__(self): super().__init__()\n"
        "class C(B):\n    def __init__(self): super().__init__()",
        "C.__init__",
    ),
    "method that a protocol's arguments do not fit": (
        "from typing import Protocol\nclass P(Protocol):\n    def __call__(self, a, *, b): ...\n"
        "class C:\n    def __call__(self, a): ...\ndef g(p: P): p(1, b=2)",
        "C.__call__",
    ),
    "special method of another class": (
        "class C:\n    def __len__(self): ...\nclass D: ...\ndef g(d: D): return len(d), C",
        "C.__len__",
    ),
}


@pytest.mark.parametrize("case", NOT_RUN)
def test_what_cannot_run_gives_no_edge_in_either_direction(case: str) -> None:
    text, target = NOT_RUN[case]
    of = project(f"--- app.py\n{text}\n")
    ref = function(of, target)
    assert of.calls.callers(ref) == ()
    assert ref not in of.calls.reachable(
        FunctionRef("app.py", i) for i, f in enumerate(of.facts_of("app.py").functions) if f.qualname != target
    )


@pytest.mark.parametrize("made", ["f'visit_{k}'", "'visit_' + k", "'visit_%s' % k"])
def test_a_name_made_at_run_time_means_the_methods_that_begin_so(made: str) -> None:
    of = project(
        "--- app.py\nclass V:\n"
        f"    def visit(self, k):\n        found = getattr(self, {made}, None)\n        found(k)\n"
        "    def visit_a(self, k): ...\n    def leave_a(self, k): ...\n    def visit_all(self, k, more): ...\n"
        "class W(V):\n    def visit_b(self, k): ...\n"
    )
    told_of = told(of, of.calls.callees(function(of, "V.visit")))
    assert {("V.visit", "call", "V.visit_a"), ("V.visit", "call", "W.visit_b")} == told_of
    for method in ("V.visit_a", "W.visit_b"):
        assert told(of, of.calls.references(function(of, method))) == {("V.visit", "reference", method)}
    assert of.calls.references(function(of, "V.leave_a")) == ()


REFERENCES = {
    "callback": ("def f(): ...\ndef g(run): run(f)", "reference"),
    "stored": ("def f(): ...\nTABLE = {'f': f}", "reference"),
    "decorator": ("def f(x): return x\n@f\ndef g(): ...", "decorator"),
    "decorator with arguments": ("def f(x): return lambda y: y\n@f(1)\ndef g(): ...", "decorator"),
    "text": ("def f(): ...\ndef g(m): return getattr(m, 'f')", "text"),
    "text of a module": ("def f(): ...\nrun('app:f')", "text"),
    "method as a callback": ("class C:\n    def f(self): ...\n    def g(self, run): run(self.f)", "reference"),
}


@pytest.mark.parametrize("case", REFERENCES)
def test_a_function_that_is_named_without_a_call_is_a_reference(case: str) -> None:
    text, how = REFERENCES[case]
    of = project(f"--- app.py\n{text}\n")
    ref = next(FunctionRef("app.py", i) for i, f in enumerate(of.facts_of("app.py").functions) if f.name == "f")
    assert how in {edge.how for edge in of.calls.references(ref)}


def test_an_import_and_an_export_are_no_references() -> None:
    of = project("--- a.py\n__all__ = ['f']\ndef f(): ...\n--- b.py\nfrom a import f\n")
    assert of.calls.references(function(of, "f")) == ()


CHAIN = """
--- app/deep.py
class Registry:
    pass

def build():
    return Registry()

--- app/middle.py
from app import deep

class Service:
    def start(self):
        return deep.build()

--- app/main.py
from app.middle import Service as S

def main():
    S().start()

--- app/unrelated.py
def build():
    return 1

def start():
    return build()
"""


def test_ways_lead_from_the_start_to_the_target() -> None:
    of = project(CHAIN)
    target = FunctionRef("app/deep.py", 0)
    ways = of.calls.ways_to([target])
    assert [name(of, edge.target) for edge in of.calls.way(function(of, "main"), ways)] == ["Service.start", "build"]
    reached = of.calls.reachable([function(of, "main")], EVERYTHING)
    last = reached[target]
    assert last is not None
    assert [name(of, node) for node in (last.source, last.target)] == ["Service.start", "build"]
    assert FunctionRef("app/unrelated.py", 1) not in ways


def test_only_files_that_may_call_are_parsed() -> None:
    of = project(CHAIN)
    parsed: list[bytes] = []

    def noting(content: bytes) -> facts.FileFacts | facts.Unparsable:
        parsed.append(content)
        return extract(content)

    of.files.read_facts_with(noting)
    of.calls.ways_to([FunctionRef("app/deep.py", 0)])
    assert of.files.corpus.read("app/deep.py") in parsed
    assert of.files.corpus.read("app/unrelated.py") not in parsed


def test_unresolved_calls_are_counted_and_third_party_ones_are_not() -> None:
    of = project(
        "--- app.py\nimport os\ndef g(x):\n    x.what()\n    x.why()\n    os.getcwd()\n    print(1)\n    len(x)\n"
    )
    names = ("what", "getcwd", "print", "len")
    assert len(of.calls.unresolved(function(of, "g"), names)) == 1
    assert len(of.calls.unresolved(function(of, "g"))) == 2


def test_constructions_of_a_class_without_a_constructor_have_callers() -> None:
    of = project("--- app.py\nclass C:\n    pass\ndef g():\n    return C()\n")
    assert {name(of, edge.source) for edge in of.calls.callers_of_class(ClassRef("app.py", 0))} == {"g"}


def test_a_global_of_a_module_has_readers() -> None:
    home = "--- a.py\nX = object()\ndef f(): return X\ndef h():\n    X = 1\n    return X\n"
    others = "--- b.py\nfrom a import X as Y\ndef g(): return Y\n--- c.py\nimport a\ndef k(): return a.X\n"
    of = project(home + others)
    assert {name(of, node) for node in of.calls.readers("a.py", "X")} == {"f", "g", "k"}


def test_callbacks_are_followed_only_where_they_are_asked_for() -> None:
    of = project("--- app.py\ndef f(): ...\ndef g(run): run(f)\n")
    start, target = function(of, "g"), function(of, "f")
    assert start not in of.calls.ways_to([target], DIRECT)
    assert start in of.calls.ways_to([target], EVERYTHING)
