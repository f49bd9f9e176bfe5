"""What an expression can be, said so that a person can follow: each value with its confidence and its way."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import (
    LIKELY,
    ClassRef,
    ClassValue,
    DisplayValue,
    EntryOf,
    ExternalValue,
    FunctionValue,
    IdentityValue,
    InstanceValue,
    ItemOf,
    KeyOf,
    MemberOf,
    MetaclassValue,
    ModuleValue,
    NameOfValue,
    NoneValue,
    NumberValue,
    PackageValue,
    StoredValue,
    SuperValue,
    TextValue,
    TypeOfValue,
    UnknownValue,
    Value,
)
from registry_lint.project.flow.traces import trace

if TYPE_CHECKING:
    from registry_lint.findings import Confidence, Span, Step
    from registry_lint.project.model import Project


class Explained(NamedTuple):
    """One thing that an expression can be."""

    description: str
    confidence: Confidence
    steps: tuple[Step, ...]  # source first; empty where the value begins at the expression itself


class Explanation(NamedTuple):
    """All that an expression can be, and whether a bound cut the answer short."""

    span: Span
    values: tuple[Explained, ...]
    complete: bool


def explain(project: Project, path: str, row: int, column: int = 0) -> Explanation | None:
    """What the expression at a place can be; None where no expression stands there.

    With a column the innermost expression that covers it; without, the widest one that begins in the row and is a
    value (not the whole of an assignment's target). Rows and columns count from 1.
    """
    file = project.files.facts(path)
    expr = _expression(file, row, column) if file is not None else facts.NONE
    if expr == facts.NONE:
        return None
    flow = project.flow_for(path)
    node = flow.solve(flow.value_node(path, expr))
    found = []
    for value in sorted(node.values, key=lambda value: (node.values[value], describe(project, value))):
        way = trace(flow, node, value)
        confidence: Confidence = "likely" if node.values[value] == LIKELY else "certain"
        found.append(Explained(describe(project, value), confidence, way.steps if way else ()))
    return Explanation(project.span(path, expr), tuple(found), not flow.gaps(node))


def _expression(file: facts.FileFacts, row: int, column: int) -> facts.ExprId:
    best, best_size = facts.NONE, (0, 0)
    for expr in range(len(file.expressions)):
        top, left, bottom, right = file.position(expr)
        if column:
            if (top, left) <= (row, column) < (bottom, right):
                size = (bottom - top, right - left if top == bottom else 1 << 30)
                if best == facts.NONE or size < best_size:
                    best, best_size = expr, size
        elif top == row:
            size = (top - bottom, left - right if top == bottom else left - (1 << 30))
            if best == facts.NONE or size < best_size:
                best, best_size = expr, size
    return best


def describe(project: Project, value: Value) -> str:
    """A value in words."""
    match value:
        case ClassValue(of=of, declared=declared):
            return f"the class {project.dotted(of)}{' (declared)' if declared else ''}"
        case InstanceValue(of=of, declared=declared):
            return f"an instance of {project.dotted(of)}{' (declared)' if declared else ''}"
        case FunctionValue(of=of, bound=bound):
            return f"{'the bound method' if bound else 'the function'} {project.dotted(of)}"
        case ModuleValue(path=path):
            return f"the module {project.names.module_of(path) or path}"
        case PackageValue(dotted=dotted):
            return f"the package {dotted}"
        case ExternalValue(dotted=dotted):
            return f"the third-party name {dotted}"
        case TextValue(text=str() as text):
            return f"the text {text!r}"
        case TextValue():
            return "a text"
        case NumberValue():
            return "a number or truth value"
        case NoneValue():
            return "None"
        case MetaclassValue(of=of):
            return f"the metaclass ({project.kinds.metaclass_name(of)}) of {project.dotted(of)}"
        case TypeOfValue():
            return "the type of something unknown"
        case NameOfValue(of=of):
            return f"the name of {describe(project, of)}"
        case IdentityValue(how=how):
            return f"an identity that names nothing: {how}"
        case MemberOf(value=inner):
            return f"a collection with {describe(project, inner)} in it"
        case ItemOf(index=index, value=inner):
            return f"something whose [{index!r}] is {describe(project, inner)}"
        case EntryOf(value=inner):
            return f"a mapping to {describe(project, inner)}"
        case KeyOf(value=inner):
            return f"a mapping with the key {describe(project, inner)}"
        case DisplayValue(path=path, expr=expr):
            return f"the dict that is made at {path}:{project.span(path, expr).row}"
        case SuperValue(of=ClassRef() as of):
            return f"super() of {project.dotted(of)}"
        case StoredValue(registry=registry):
            return f"something out of {project.dotted(registry)}"
        case UnknownValue(reason=reason):
            return f"unknown: {reason}"
