"""Edits on real code, checked against the abstract tree: the tree afterwards is the tree before with that one change.

The sources are the standard library's: code of many hands and many years. Each is tried with every kind of line end.
"""

from __future__ import annotations

import ast
import io
import os
import sysconfig
import tokenize
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from registry_lint.suggest.document import Change, Document, UnmendableError, applied
from registry_lint.suggest.surroundings import Answers
from registry_lint.suggest.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry_lint.findings import Span
    from registry_lint.suggest.tree import SourceTree

STANDARD_LIBRARY = Path(sysconfig.get_paths()["stdlib"])
FOLDERS = (
    ".",
    "asyncio",
    "collections",
    "concurrent/futures",
    "email",
    "http",
    "importlib",
    "json",
    "logging",
    "unittest",
)
ODD = [
    f"test/{name}.py" for name in ("test_grammar", "test_fstring", "test_patma", "test_generators", "test_unpack_ex")
]
# The daily run is short and takes small files; REGISTRY_LINT_EXAMPLES=1000 makes it long and takes all.
EXAMPLES = int(os.environ.get("REGISTRY_LINT_EXAMPLES", "15"))
LARGEST = 20_000 if EXAMPLES < 100 else 1_000_000
FILES = sorted(
    path.relative_to(STANDARD_LIBRARY).as_posix()
    for folder in FOLDERS
    for path in (STANDARD_LIBRARY / folder).glob("*.py")
    if 1000 < path.stat().st_size < LARGEST
)
LINE_ENDS = {"LF": "\n", "CR LF": "\r\n", "CR": "\r"}
MANY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@cache
def source(name: str, line_end: str) -> tuple[bytes, ast.Module]:
    content = (STANDARD_LIBRARY / name).read_bytes().replace(b"\r\n", b"\n")
    return content.replace(b"\n", line_end.encode()), ast.parse(content)


@cache
def workshop(name: str, line_end: str) -> Workshop:
    """A workshop whose surroundings keep every import, so that one change stays one."""
    return Workshop(lambda _: source(name, line_end)[0], Answers(is_imported_from=lambda _path, _name: True))


@cache
def document(name: str, line_end: str) -> Document:
    return Document(name, source(name, line_end)[0])


def span_of(name: str, line_end: str, node: Any) -> Span:
    return document(name, line_end).span_of(node)


present = [*FILES, *(name for name in ODD if (STANDARD_LIBRARY / name).is_file())]
places = st.tuples(
    st.sampled_from(present), st.sampled_from(list(LINE_ENDS.values())), st.floats(0, 1, exclude_max=True)
)


class Located:
    """The nodes of a tree that a rule could speak of, with where they hang."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.parents: dict[ast.AST, tuple[ast.AST, str, int | None]] = {}
        for parent in ast.walk(tree):
            for field, value in ast.iter_fields(parent):
                for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
                    if isinstance(child, ast.AST):
                        self.parents[child] = (parent, field, index)

    def put(self, node: ast.AST, *new: ast.AST) -> None:
        """Put other nodes in a node's place."""
        parent, field, index = self.parents[node]
        if index is None:
            setattr(parent, field, new[0])
        else:
            getattr(parent, field)[index : index + 1] = new

    def above(self, node: ast.AST) -> list[ast.AST]:
        found = []
        while node in self.parents:
            node = self.parents[node][0]
            found.append(node)
        return found


@cache
def candidates(name: str, line_end: str, wanted: Callable[[ast.AST, Located], bool]) -> list[tuple[Any, int]]:
    """The nodes that an edit may be tried on, each with its number in `ast.walk`."""
    tree = source(name, line_end)[1]
    located = Located(tree)
    return [(node, index) for index, node in enumerate(ast.walk(tree)) if wanted(node, located)]


def pick(place: tuple[str, str, float], wanted: Callable[[ast.AST, Located], bool]) -> tuple[Any, int, Span]:
    """One of the nodes, its number and its span."""
    name, line_end, fraction = place
    found = candidates(name, line_end, wanted)
    assume(found)
    node, index = found[int(fraction * len(found))]
    value = node.value if isinstance(node, ast.keyword) else node
    return node, index, span_of(name, line_end, value)


def outcome(name: str, line_end: str, do: Callable[[SourceTree], object]) -> tuple[str, str, Span | None] | None:
    """The text before and after a suggestion, both with LF; None where it was refused."""
    tree = workshop(name, line_end).open(name)
    try:
        do(tree)
    except UnmendableError:
        assume(False)  # `(name): int`, which libcst cannot read
    fix = tree.fix("safe", "m")
    if fix is None:
        return None
    before = document(name, line_end)
    after = applied(before.text, [Change(*before.extent(edit.span), edit.content) for edit in fix.edits])
    stray = after.replace(line_end, "")
    assert "\n" not in stray, "a line end of another kind was written"
    assert "\r" not in stray, "a line end of another kind was written"
    return before.text.replace(line_end, "\n"), after.replace(line_end, "\n"), fix.edits[0].span


def comments(text: str) -> Counter[str]:
    return Counter(
        token.string for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type == tokenize.COMMENT
    )


def text_of(text: str, span: Span) -> str:
    """The rows of a span."""
    return "\n".join(text.split("\n")[span.row - 1 : span.end_row])


def same(after: str, expected: ast.AST) -> None:
    assert ast.dump(ast.parse(after)) == ast.dump(ast.fix_missing_locations(expected))


def expression(code: str) -> ast.expr:
    return ast.parse(code, mode="eval").body


def is_plain_expression(node: ast.AST, located: Located) -> bool:
    """An expression that stands for itself: no target, no pattern, no part of a string or a subscript's tuple."""
    if not isinstance(node, ast.expr) or isinstance(node, (ast.Starred, ast.Slice)):
        return False
    if not isinstance(getattr(node, "ctx", None) or ast.Load(), ast.Load):
        return False
    parent, field, _ = located.parents[node]
    if isinstance(parent, (ast.JoinedStr, ast.AugAssign)) or (isinstance(parent, ast.Subscript) and field == "slice"):
        return False
    if isinstance(parent, ast.FormattedValue) and field == "format_spec":
        return False
    if isinstance(parent, (ast.AnnAssign, ast.Expr, ast.NamedExpr, ast.arg)):
        return False
    return not any(isinstance(above, (ast.pattern, ast.Delete)) for above in located.above(node))


@pytest.mark.parametrize("code", ["put(1)", "put or other", "put if a else other"])
@MANY
@given(place=places)
def test_replacing_an_expression_changes_that_expression_only(code: str, place: tuple[str, str, float]) -> None:
    name, line_end, _ = place
    node, index, span = pick(place, is_plain_expression)
    result = outcome(name, line_end, lambda opened: opened.replace(span, code))
    expected = ast.parse((STANDARD_LIBRARY / name).read_bytes())
    located = Located(expected)
    place_of = list(ast.walk(expected))[index]
    if result is None:
        assert any(isinstance(above, (ast.JoinedStr, ast.Try)) for above in located.above(place_of)), ast.dump(node)
        return
    located.put(place_of, expression(code))
    same(result[1], expected)


def is_removable(node: ast.AST, located: Located) -> bool:
    if not isinstance(node, (ast.expr, ast.keyword)):
        return False
    parent, field, _ = located.parents[node]
    if isinstance(node, ast.Starred) and isinstance(parent, ast.Set) and len(parent.elts) == 1:
        return False
    if isinstance(parent, ast.Call):
        return field in ("args", "keywords") and not (len(parent.args) == 1 and isinstance(node, ast.GeneratorExp))
    if isinstance(parent, (ast.List, ast.Tuple, ast.Set)):
        above, field, _ = located.parents[parent]
        return (
            not isinstance(above, ast.Subscript)
            and isinstance(getattr(parent, "ctx", None) or ast.Load(), ast.Load)
            and not isinstance(above, (ast.Raise, ast.For, ast.comprehension))
        )
    return False


@MANY
@given(place=places)
def test_removing_an_element_removes_that_element_only(place: tuple[str, str, float]) -> None:
    name, line_end, _ = place
    _node, index, span = pick(place, is_removable)
    result = outcome(name, line_end, lambda opened: opened.remove_element(span))
    assert result is not None
    expected = ast.parse((STANDARD_LIBRARY / name).read_bytes())
    located = Located(expected)
    place_of = list(ast.walk(expected))[index]
    container = located.parents[place_of][0]
    if isinstance(container, ast.Set) and len(container.elts) == 1:
        located.put(container, expression("set()"))
    else:
        located.put(place_of)
    same(result[1], expected)
    lost = comments(result[0]) - comments(result[1])
    inside = text_of(result[0], span).count("#")
    assert sum(lost.values()) <= 1 + inside, "only the comments in it and beside it go"


def is_statement(node: ast.AST, located: Located) -> bool:
    if not isinstance(node, ast.stmt):
        return False
    parent, field, _ = located.parents[node]
    # an `elif` is an `if` only to the abstract tree; the suggestion refuses it, which another test shows
    return not (isinstance(parent, ast.If) and field == "orelse" and isinstance(node, ast.If))


def is_global(node: ast.AST) -> bool:
    return isinstance(node, (ast.Global, ast.Nonlocal))


@MANY
@given(place=places)
def test_removing_a_statement_removes_that_statement_only(place: tuple[str, str, float]) -> None:
    name, line_end, _ = place
    node, index, span = pick(place, is_statement)
    result = outcome(name, line_end, lambda opened: opened.remove_statement(span))
    assert result is not None, f"refused: {ast.unparse(node)}"
    expected = ast.parse((STANDARD_LIBRARY / name).read_bytes())
    located = Located(expected)
    place_of = list(ast.walk(expected))[index]
    parent, field, _ = located.parents[place_of]
    alone = len(getattr(parent, field)) == 1 and not isinstance(parent, ast.Module)
    located.put(place_of, *([ast.Pass()] if alone else []))
    same(result[1], expected)


@pytest.mark.parametrize("where", ["before", "after"])
@MANY
@given(place=places)
def test_inserting_a_statement_changes_nothing_else(where: str, place: tuple[str, str, float]) -> None:
    name, line_end, _ = place
    node, index, span = pick(place, is_statement)
    code = "added = 1"
    result = outcome(
        name,
        line_end,
        lambda opened: opened.insert_before(span, code) if where == "before" else opened.insert_after(span, code),
    )
    expected = ast.parse((STANDARD_LIBRARY / name).read_bytes())
    located = Located(expected)
    place_of = list(ast.walk(expected))[index]
    assert result is not None, f"refused: {ast.unparse(node)}"
    new = ast.parse(code).body[0]
    located.put(place_of, *((new, place_of) if where == "before" else (place_of, new)))
    same(result[1], expected)
    assert comments(result[0]) == comments(result[1])


def is_function(node: ast.AST, _: Located) -> bool:
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))


@pytest.mark.parametrize("keyword_only", [True, False])
@MANY
@given(place=places)
def test_inserting_a_parameter_and_a_guard_changes_nothing_else(
    keyword_only: bool, place: tuple[str, str, float]
) -> None:
    name, line_end, _ = place
    _, index, span = pick(place, is_function)

    def do(opened: SourceTree) -> None:
        opened.insert_parameter(span, "_allowed: bool = False", keyword_only=keyword_only)
        opened.insert_into(span, "if not _allowed:\n    raise RuntimeError('no')")

    result = outcome(name, line_end, do)
    expected = ast.parse((STANDARD_LIBRARY / name).read_bytes())
    function: Any = list(ast.walk(expected))[index]
    assert result is not None, ast.unparse(function)
    parsed: Any = ast.parse(
        "def f(*, _allowed: bool = False):\n    if not _allowed:\n        raise RuntimeError('no')"
    ).body[0]
    if keyword_only:
        function.args.kwonlyargs.append(parsed.args.kwonlyargs[0])
        function.args.kw_defaults.append(parsed.args.kw_defaults[0])
    else:
        function.args.args.append(parsed.args.kwonlyargs[0])
        function.args.defaults.append(parsed.args.kw_defaults[0])
    described = ast.get_docstring(function, clean=False) is not None
    function.body[1 if described else 0 : 1 if described else 0] = parsed.body
    same(result[1], expected)
    assert comments(result[0]) == comments(result[1])


def is_call(node: ast.AST, _: Located) -> bool:
    return isinstance(node, ast.Call) and not any(isinstance(argument, ast.GeneratorExp) for argument in node.args)


@MANY
@given(place=places)
def test_adding_an_argument_changes_that_call_only(place: tuple[str, str, float]) -> None:
    name, line_end, _ = place
    node, index, span = pick(place, is_call)
    result = outcome(name, line_end, lambda opened: opened.add_argument(span, "added=1"))
    assert result is not None, ast.unparse(node)
    expected = ast.parse((STANDARD_LIBRARY / name).read_bytes())
    call: Any = list(ast.walk(expected))[index]
    call.keywords.append(ast.keyword("added", ast.Constant(1)))
    same(result[1], expected)
    assert comments(result[0]) == comments(result[1])


def is_any_call(node: ast.AST, _: Located) -> bool:
    return isinstance(node, ast.Call)


@MANY
@given(place=places)
def test_an_inserted_import_binds_its_name_before_the_use(place: tuple[str, str, float]) -> None:
    name, line_end, _ = place
    _node, index, span = pick(place, is_any_call)
    names: list[str | None] = []

    def do(opened: SourceTree) -> None:
        names.append(opened.import_name("far.away", "quite_new", at=span))
        opened.replace(span, f"{names[0]}()")

    result = outcome(name, line_end, do)
    if result is None:  # a use on the very lines of the first imports, or in an f-string
        assert names == ["quite_new"]
        return
    after = ast.parse(result[1])
    compile(after, name, "exec", dont_inherit=True)  # `__future__` imports are still first; nothing is run
    inserted = [s for s in after.body if isinstance(s, ast.ImportFrom) and s.module == "far.away"]
    assert [[alias.name for alias in statement.names] for statement in inserted] == [["quite_new"]]
    uses = [node for node in ast.walk(after) if isinstance(node, ast.Name) and node.id == "quite_new"]
    assert len(uses) == 1
    above = Located(after).above(uses[0])
    if not any(isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef)) for scope in above):
        assert inserted[0].lineno < uses[0].lineno
    after.body.remove(inserted[0])
    expected = ast.parse((STANDARD_LIBRARY / name).read_bytes())
    located = Located(expected)
    located.put(list(ast.walk(expected))[index], expression("quite_new()"))
    same(ast.unparse(after), ast.parse(ast.unparse(expected)))
    lost = comments(result[0]) - comments(result[1])
    assert sum(lost.values()) <= text_of(result[0], span).count("#"), "only the comments in the replaced call go"
