"""Expressions, calls and signatures: what libcst knows of brackets and commas, turned into changes of the text."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import libcst as cst

from registry_lint.suggest import pieces
from registry_lint.suggest.document import Change, Document, Extent
from registry_lint.suggest.pieces import Piece
from registry_lint.suggest.statements import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry_lint.findings import Span
    from registry_lint.suggest.concrete import Fragment

# What keeps its meaning wherever an expression may stand.
_TIGHT = (
    ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant, ast.JoinedStr, ast.List, ast.Dict, ast.Set,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip
_ROOMY = (
    cst.Assign, cst.AnnAssign, cst.AugAssign, cst.Return, cst.Expr, cst.Arg, cst.Element, cst.DictElement, cst.Index,
    cst.FormattedStringExpression, cst.Param, cst.Annotation, cst.If, cst.While, cst.AssignTarget,
)  # fmt: skip

Container: TypeAlias = cst.List | cst.Tuple | cst.Set | cst.Dict | cst.Call | cst.ClassDef
_CONTAINERS = (cst.List, cst.Tuple, cst.Set, cst.Dict, cst.Call, cst.ClassDef)


class Argument(NamedTuple):
    """One argument of a call."""

    keyword: str | None
    star: Literal["", "*", "**"]
    text: str  # the value, without keyword and star
    span: Span  # of the value


# -- expressions


def replacement(document: Document, fragment: Fragment, node: cst.CSTNode, code: str) -> Change:
    """Put other code in an expression's place, in parentheses where it would bind otherwise. Raises RefusedError."""
    extent = fragment.extent(node)
    line_end = document.line_end_at(document.row_of(extent.start))
    if not getattr(node, "lpar", ()) and not _is_tight(code) and not _has_room(fragment, node, code):
        code = f"({code})"
    _check_quotes(fragment, node, code)
    return Change(*extent, code.replace("\n", line_end))


def in_comprehension(
    document: Document, fragment: Fragment, node: cst.CSTNode, element: str, item: str
) -> tuple[Change, ...]:
    """`things` becomes `[element for item in things]`, its own text untouched. Raises RefusedError."""
    extent = fragment.outer(node)
    code = document.text[slice(*extent)]
    if any(isinstance(other, ast.Name) and other.id == item for other in ast.walk(_expression(code))):
        raise RefusedError(f"`{item}` is in use here")
    if isinstance(node, cst.GeneratorExp) and not node.lpar:
        raise RefusedError("a generator in the call's own parentheses")
    _check_quotes(fragment, node, element)
    loose = not getattr(node, "lpar", ()) and isinstance(
        node, (cst.IfExp, cst.Lambda, cst.NamedExpr, cst.Yield, cst.Tuple)
    )
    left, right = ("(", ")") if loose else ("", "")
    return (
        Change(extent.start, extent.start, f"[{element} for {item} in {left}"),
        Change(extent.end, extent.end, f"{right}]"),
    )


def _is_tight(code: str) -> bool:
    expression = _expression(code)
    if isinstance(expression, ast.Tuple):
        return code.lstrip().startswith("(") and code.rstrip().endswith(")") and not _opens_early(code)
    if isinstance(expression, ast.Constant) and isinstance(expression.value, (int, float, complex)):
        return False  # `1.name`
    return (isinstance(expression, _TIGHT) and "\n" not in code) or _in_brackets(code)


def _opens_early(code: str) -> bool:
    """Whether the first parenthesis is an element's: `(a), (b)`."""
    try:
        ast.parse(code.strip()[1:-1], mode="eval")
    except SyntaxError:
        return True
    return False


def _in_brackets(code: str) -> bool:
    """Whether a text of several lines reads as one expression without parentheses around it."""
    try:
        ast.parse(code)
    except SyntaxError:
        return False
    return isinstance(_expression(code), _TIGHT)


def _expression(code: str) -> ast.expr:
    """Raises ValueError where a rule's code is no expression: a bug of that rule."""
    try:
        return ast.parse(f"({code}\n)", mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"not an expression: {code!r}") from error


def _has_room(fragment: Fragment, node: cst.CSTNode, code: str) -> bool:
    if "\n" in code or isinstance(_expression(code), (ast.Tuple, ast.NamedExpr, ast.Yield, ast.YieldFrom)):
        return False
    parent = next((other for other in fragment.nodes(*_ROOMY) if any(child is node for child in other.children)), None)
    if isinstance(parent, (cst.Arg, cst.Element)):
        return not getattr(parent, "star", "") and isinstance(parent.value, type(node))
    return parent is not None


def _check_quotes(fragment: Fragment, node: cst.CSTNode, code: str) -> None:
    """Before Python 3.12 an f-string's expression may hold neither its quotes nor a backslash. Raises RefusedError."""
    extent = fragment.extent(node)
    for string in fragment.nodes(cst.FormattedString):
        around = fragment.extent(string)
        if around.start < extent.start and extent.end < around.end:
            assert isinstance(string, cst.FormattedString)
            if string.end in code or "\\" in code or "\n" in code or "#" in code or code.lstrip().startswith("{"):
                raise RefusedError("the expression stands in an f-string that cannot hold it")


# -- elements


def container_of(fragment: Fragment, extent: Extent) -> tuple[Container, list[Piece], int] | None:
    """The innermost display, call or class header that has an element of exactly this extent; its pieces; the index."""
    found: tuple[Container, list[Piece], int] | None = None
    for node in fragment.nodes(*_CONTAINERS):
        assert isinstance(node, _CONTAINERS)
        elements = _elements(node)
        for index, element in enumerate(elements):
            if extent in _extents(fragment, element):
                found = node, [_piece(fragment, other) for other in elements], index
    return found


def _elements(node: Container) -> Sequence[cst.CSTNode]:
    if isinstance(node, cst.Call):
        return node.args
    if isinstance(node, cst.ClassDef):
        # libcst sorts keywords behind bases; as written they may be mixed only with stars
        return (*node.bases, *node.keywords)
    return node.elements


def _extents(fragment: Fragment, element: cst.CSTNode) -> tuple[Extent, ...]:
    own = _piece(fragment, element).extent
    value = getattr(element, "value", None)
    if value is None or isinstance(element, cst.DictElement):
        return (own,)
    return own, fragment.extent(value), fragment.outer(value)


def _piece(fragment: Fragment, element: cst.CSTNode) -> Piece:
    comma = getattr(element, "comma", None)
    own = fragment.extent(element)
    value = getattr(element, "value", None)
    # An element's place may leave out the parentheses of what it holds.
    extent = Extent(own.start, max(own.end, fragment.outer(value).end)) if value is not None else own
    key = getattr(element, "key", None)
    if key is not None:
        extent = Extent(min(extent.start, fragment.outer(key).start), extent.end)
    return Piece(extent, fragment.extent(comma) if isinstance(comma, cst.Comma) else None)


def without_element(document: Document, fragment: Fragment, extent: Extent) -> tuple[Change, ...] | None:
    """Remove an element or an argument with its comma; None where no container has it. Raises RefusedError."""
    found = container_of(fragment, extent)
    if found is None:
        return None
    container, elements, index = found
    bracketed = not isinstance(container, cst.Tuple) or bool(container.lpar)
    if len(elements) > 1:
        return pieces.removal(
            document, elements, {index}, bracketed=bracketed, needs_comma=isinstance(container, cst.Tuple)
        )
    if isinstance(container, cst.Set):
        return (Change(*fragment.extent(container), "set()"),)
    if not bracketed:
        return (Change(*fragment.extent(container), "()"),)
    if lines := pieces.own_lines(document, elements[0]):
        return (Change(*lines, ""),)
    return (Change(elements[0].extent.start, elements[0].end, ""),)


# -- calls


def arguments(document: Document, fragment: Fragment, call: cst.Call) -> tuple[Argument, ...]:
    """A call's arguments as they are written."""
    found = []
    for argument in call.args:
        extent = fragment.outer(argument.value)
        found.append(
            Argument(
                argument.keyword.value if argument.keyword else None,
                argument.star,
                document.text[slice(*extent)],
                document.span(extent),
            )
        )
    return tuple(found)


def between_parentheses(document: Document, fragment: Fragment, call: cst.Call) -> Extent:
    """The stretch between a call's parentheses."""
    # Nothing but blanks, backslashes and comments may stand before the parenthesis, and a comment only in brackets.
    opening = document.text.index("(", fragment.outer(call.func).end)
    return Extent(opening + 1, fragment.extent(call).end - 1)


def with_argument(document: Document, fragment: Fragment, call: cst.Call, code: str) -> tuple[Change, ...]:
    """Add an argument behind the others, before `**` ones if it is positional or a keyword. Raises RefusedError."""
    if not call.args:
        inside = between_parentheses(document, fragment, call)
        return (Change(inside.start, inside.start, code),)
    if isinstance(call.args[0].value, cst.GeneratorExp) and not call.args[0].value.lpar:
        raise RefusedError("a generator in the call's own parentheses")
    elements = [_piece(fragment, argument) for argument in call.args]
    return pieces.addition_after(document, elements[-1], [code], last=True)


# -- signatures


def with_parameter(
    document: Document, fragment: Fragment, function: cst.FunctionDef, code: str, *, keyword_only: bool
) -> tuple[Change, ...]:
    """Add a parameter: the last that may be passed by position, or by keyword only. Raises RefusedError."""
    parameters = function.params
    positional = [*parameters.posonly_params, *parameters.params]
    star = parameters.star_arg if isinstance(parameters.star_arg, (cst.Param, cst.ParamStar)) else None
    if keyword_only:
        anchor: cst.CSTNode | None = parameters.kwonly_params[-1] if parameters.kwonly_params else star
        if anchor is None:
            code = f"*, {code}"
            anchor = _last_positional(parameters)
    else:
        has_default = "=" in _without_annotation(code)
        if not has_default and any(parameter.default is not None for parameter in positional):
            raise RefusedError("a parameter without a default cannot follow one with a default")
        anchor = _last_positional(parameters)
    if anchor is None:
        following = star or (parameters.kwonly_params or (parameters.star_kwarg,))[0]
        if following is not None:
            return pieces.addition_before(document, _parameter(fragment, following), [code])
        at = document.text.index("(", fragment.extent(function.type_parameters or function.name).end) + 1
        return (Change(at, at, code),)
    last = not _follows(parameters, anchor)
    return pieces.addition_after(document, _parameter(fragment, anchor), [code], last=last)


def _without_annotation(code: str) -> str:
    parsed = ast.parse(f"def f({code}): ...").body[0]
    assert isinstance(parsed, ast.FunctionDef)
    return "=" if parsed.args.defaults else ""


def _last_positional(parameters: cst.Parameters) -> cst.CSTNode | None:
    if parameters.params:
        return parameters.params[-1]
    return parameters.posonly_ind if isinstance(parameters.posonly_ind, cst.ParamSlash) else None


def _follows(parameters: cst.Parameters, anchor: cst.CSTNode) -> bool:
    """Whether a parameter comes behind this one."""
    every = [
        *parameters.posonly_params, parameters.posonly_ind, *parameters.params, parameters.star_arg,
        *parameters.kwonly_params, parameters.star_kwarg,
    ]  # fmt: skip
    written = [node for node in every if isinstance(node, (cst.Param, cst.ParamStar, cst.ParamSlash))]
    return written[-1] is not anchor


def _parameter(fragment: Fragment, node: cst.CSTNode) -> Piece:
    extent = fragment.extent(node)
    if isinstance(node, cst.Param):  # its own place ends with the name where it has no default
        parts = (node.annotation.annotation if node.annotation else None, node.default)
        extent = Extent(extent.start, max([extent.end, *(fragment.outer(part).end for part in parts if part)]))
    comma = getattr(node, "comma", None)
    place = fragment.extent(comma) if isinstance(comma, cst.Comma) else None
    if isinstance(node, (cst.ParamStar, cst.ParamSlash)):
        # libcst counts the comma and its blanks to a bare `*` or `/`
        extent = Extent(extent.start, extent.start + 1)
    return Piece(extent, place)
