"""Fields of a class that hold something to call: `entrypoint: Callable[..., str]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.fields import field_call

if TYPE_CHECKING:
    from registry_lint.project.annotations import Annotations, Shape
    from registry_lint.project.domain import ClassRef

# What tools call the function that they run. These may be optional: until it is there, the tool is not complete.
_RUN = frozenset({"entrypoint", "implementation", "function", "callable", "runner"})


def carries_callable(file: facts.FileFacts, ref: ClassRef, annotations: Annotations) -> bool:
    """Whether each object of a class holds a function to run: a field that must be given one, or one that is called
    so and may be given one. A `handler` that may be left out makes no tool: a description carries one, too."""
    for name, bindings in file.scopes[file.classes[ref.id].scope].names.items():
        record = file.bindings[bindings[-1]]
        if not isinstance(record, facts.ValueBinding) or record.annotation == facts.NONE or record.path:
            continue
        optional = name in _RUN
        if not optional and not _is_required(file, record.expr):
            continue
        if _says_callable(annotations.shape(ref.path, record.annotation), optional=optional):
            return True
    return False


def _is_required(file: facts.FileFacts, expr: facts.ExprId) -> bool:
    """`x: T`, `x: T = Field(...)` and `x: T = field(repr=False)`: a constructor must be given one."""
    if expr == facts.NONE:
        return True
    call = field_call(file, expr)
    if call is None or any(a.name in ("*", "**", "default", "default_factory") for a in call.arguments):
        return False
    first = [file.expressions[argument.value] for argument in call.arguments if argument.name == ""]
    return not first or (isinstance(first[0], facts.Literal) and first[0].kind == "other")  # the ellipsis


def _says_callable(shape: Shape, *, optional: bool) -> bool:
    last = shape.name.rpartition(".")[2]
    if last in ("Optional", "Union", "|"):
        options = [argument for argument in shape.arguments if argument.name != "None"]
        if not optional and (len(options) < len(shape.arguments) or last == "Optional"):
            return False
        return bool(options) and all(_says_callable(option, optional=optional) for option in options)
    if last == "Annotated":
        return bool(shape.arguments) and _says_callable(shape.arguments[0], optional=optional)
    return last == "Callable"
