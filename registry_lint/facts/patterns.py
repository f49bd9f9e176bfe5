"""Patterns of `match`: the names that they bind, and what they tell of the subject where they fit or do not.

A class pattern is an `isinstance`, `case None` a test for None. The parts of a subject are told apart by their position
in a sequence, their literal key in a mapping, and their field of an object.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from registry_lint.facts.guards import path_of
from registry_lint.facts.literals import literal_key
from registry_lint.facts.records import NONE, ExprId, OpaqueBinding, Path, ValueBinding

if TYPE_CHECKING:
    from registry_lint.facts.statements import StatementWalker


def fit(walker: StatementWalker, pattern: ast.pattern, subject: ast.expr, read: ExprId) -> None:
    """Let a pattern fit the subject of a `match`: bind its names, and let what it tests hold."""
    guard = _guard(walker, pattern, holds=True)
    _bind(walker, pattern, read, (), guard)
    _hold(walker, path_of(subject), guard)


def miss(walker: StatementWalker, pattern: ast.pattern, subject: ast.expr) -> None:
    """Behind a case without a guard of its own: the subject did not fit the pattern."""
    path = path_of(subject)
    if path is not None and _tests_the_class_alone(pattern):
        walker.tables.copied(len(walker.guards))
        walker.guards = dict(walker.guards)
        _hold(walker, path, _guard(walker, pattern, holds=False))


def takes_everything(pattern: ast.pattern) -> bool:
    """Whether a pattern fits anything: `case _`, `case other`."""
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None


def _hold(walker: StatementWalker, path: str | None, guard: int) -> None:
    if path is not None and guard != NONE:
        walker.guards[path] = walker.tables.with_guard(walker.guards.get(path, ()), guard)


def _guard(walker: StatementWalker, pattern: ast.pattern, *, holds: bool) -> int:
    """What a pattern says of what it fits, or with `holds=False` of what it does not fit."""
    while isinstance(pattern, ast.MatchAs) and pattern.pattern is not None:
        pattern = pattern.pattern
    match pattern:
        case ast.MatchClass(cls=class_):
            return walker.tables.guard("isinstance", holds, walker.read(class_), "")
        case ast.MatchOr(patterns=patterns) if all(isinstance(one, ast.MatchClass) for one in patterns):
            classes = [one.cls for one in patterns if isinstance(one, ast.MatchClass)]
            display = ast.copy_location(ast.Tuple(classes, ast.Load()), pattern)
            return walker.tables.guard("isinstance", holds, walker.read(display), "")
        case ast.MatchSingleton(value=None):
            return walker.tables.guard("none", holds, NONE, "")
    return NONE


def _tests_the_class_alone(pattern: ast.pattern) -> bool:
    """Whether nothing but the class (or being None) decides: what does not fit is then none of it."""
    match pattern:
        case ast.MatchAs(pattern=ast.pattern() as inner):
            return _tests_the_class_alone(inner)
        case ast.MatchClass(patterns=patterns, kwd_patterns=named):
            return not patterns and not named
        case ast.MatchOr(patterns=patterns):
            return all(isinstance(one, ast.MatchClass) and _tests_the_class_alone(one) for one in patterns)
    return isinstance(pattern, ast.MatchSingleton)


def _bind(walker: StatementWalker, pattern: ast.pattern, read: ExprId, path: Path | None, guard: int) -> None:
    """Bind the names of a pattern to parts of the subject; to something unknown where `path` is None."""
    match pattern:
        case ast.MatchAs(pattern=inner, name=name):
            if inner is not None:
                _bind(walker, inner, read, path, guard)
            if name is not None:
                _capture(walker, name, pattern, read, path)
                _hold(walker, name, guard)
        case ast.MatchStar(name=name) if name is not None:
            _capture(walker, name, pattern, read, path)
        case ast.MatchSequence(patterns=patterns):
            behind_star = False
            for index, part in enumerate(patterns):
                step = "rest" if isinstance(part, ast.MatchStar) else "item"
                known = path is not None and not behind_star
                behind_star = behind_star or step == "rest"
                _part(walker, part, read, (*path, (step, index)) if known and path is not None else None)
        case ast.MatchOr(patterns=patterns):
            for part in patterns:
                if guard == NONE:
                    _part(walker, part, read, path)
                else:
                    _bind(walker, part, read, path, guard)
        case ast.MatchMapping(keys=keys, patterns=patterns, rest=rest):
            for key, part in zip(keys, patterns, strict=True):
                _part(walker, part, read, _further(path, "item", literal_key(key)))
            if rest is not None:
                _capture(walker, rest, pattern, read, path)
        case ast.MatchClass(patterns=patterns, kwd_attrs=names, kwd_patterns=named):
            path = path if guard == NONE else _further(path, "fits", guard)
            for index, part in enumerate(patterns):
                _part(walker, part, read, _further(path, "field", index))
            for name, part in zip(names, named, strict=True):
                _part(walker, part, read, _further(path, "attribute", name))


def _further(path: Path | None, step: str, part: str | int | None) -> Path | None:
    """The path to a part of what a path leads to."""
    return None if path is None or part is None else (*path, (step, part))


def _part(walker: StatementWalker, pattern: ast.pattern, read: ExprId, path: Path | None) -> None:
    _bind(walker, pattern, read, path, _guard(walker, pattern, holds=True))


def _capture(walker: StatementWalker, name: str, pattern: ast.pattern, read: ExprId, path: Path | None) -> None:
    place = walker.tables.place(pattern)
    binding = (
        OpaqueBinding(name, walker.scope, place, "pattern")
        if path is None
        else ValueBinding(name, walker.scope, place, read, path, NONE)
    )
    walker.rebind(name, walker.tables.bind(binding))
