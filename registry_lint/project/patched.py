"""Which patch made the mock that a name of a test holds: `with patch(…) as mocked`, decorators, fixtures, `start()`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENTERED = (("enter", 0),)
_DEEPEST = 4  # names, fixtures and `start()` between a mock and its patch


def patches_behind(file: facts.FileFacts, expr: facts.ExprId, depth: int = 0) -> Iterator[facts.ExprId]:
    """The calls of `patch` or `patch.object` whose mock an expression is, as far as its file tells."""
    if expr == facts.NONE or depth > _DEEPEST:
        return
    match file.expressions[expr]:
        case facts.Name(bindings=bindings):
            for index in bindings or ():
                yield from _bound(file, index, depth)
        case facts.Attribute(base=base, name=name) if _is_self(file, base):
            for store in file.attribute_stores:
                if store.name == name and not store.path and _is_self(file, store.base):
                    yield from patches_behind(file, store.expr, depth + 1)
        case facts.Call(func=func, arguments=arguments):
            called = file.expressions[func]
            if is_patch(file, expr):
                yield expr
            elif isinstance(called, facts.Attribute) and called.name == "start":
                yield from patches_behind(file, called.base, depth + 1)
            elif isinstance(called, facts.Attribute) and called.name == "enter_context" and arguments:
                yield from patches_behind(file, arguments[0].value, depth + 1)


def is_patch(file: facts.FileFacts, expr: facts.ExprId) -> bool:
    """Whether an expression is a call of `patch`, `mock.patch`, `mocker.patch` or of their `object`."""
    call = file.expressions[expr]
    func = file.expressions[call.func] if isinstance(call, facts.Call) else None
    if isinstance(func, facts.Attribute) and func.name == "object":
        return file.last_name(func.base) == "patch"
    return isinstance(call, facts.Call) and file.last_name(call.func) == "patch"


def _is_self(file: facts.FileFacts, expr: facts.ExprId) -> bool:
    record = file.expressions[expr]
    return isinstance(record, facts.Name) and record.id == "self"


def _bound(file: facts.FileFacts, index: facts.BindingId, depth: int) -> Iterator[facts.ExprId]:
    match file.bindings[index]:
        case facts.ValueBinding(path=path, expr=expr) if path in ((), _ENTERED):
            yield from patches_behind(file, expr, depth + 1)
        case facts.ParameterBinding(function=function, index=position, name=name):
            injecting = [one for one in reversed(file.functions[function].decorators) if _injects(file, one)]
            own = int(file.functions[function].class_ != facts.NONE)
            if own <= position < own + len(injecting):
                yield injecting[position - own]
            else:
                yield from _of_fixture(file, name, depth)


def _injects(file: facts.FileFacts, decorator: facts.ExprId) -> bool:
    """Whether a decorator hands its mock to the function: it does not where what it puts in is given."""
    call = file.expressions[decorator]
    if not isinstance(call, facts.Call) or not is_patch(file, decorator):
        return False
    given = sum(argument.name == "" for argument in call.arguments)
    by_name = file.last_name(call.func) == "object"
    return given <= 1 + by_name and not any(argument.name == "new" for argument in call.arguments)


def _of_fixture(file: facts.FileFacts, name: str, depth: int) -> Iterator[facts.ExprId]:
    for function in file.functions:
        if function.name == name and function.decorators:
            for handed in (*function.yields, *function.returns):
                yield from patches_behind(file, handed, depth + 1)
