"""The rules of one .gitignore file, quick for the kinds of rule that are common.

A name without wildcards and `*.suffix` are answered from dictionaries, whatever else by the expressions that pathspec
makes of them (imported where a file has such a rule only).
"""

from __future__ import annotations

import re
from typing import NamedTuple


class _Rule(NamedTuple):
    order: int  # the last rule that matches decides
    ignores: bool  # False: a rule that begins with `!`
    folders_only: bool


class _Complex(NamedTuple):
    order: int
    ignores: bool
    expression: re.Pattern[str]


class Ignores:
    """What one .gitignore file says of the paths below its folder."""

    def __init__(self, folder: str) -> None:
        self._start = len(folder) + 1 if folder else 0
        self._names: dict[str, list[_Rule]] = {}
        self._suffixes: dict[str, list[_Rule]] = {}
        self._complex: list[_Complex] = []
        self._any_complex: re.Pattern[str] | None = None

    def verdict(self, path: str, is_folder: bool) -> bool | None:
        """True: ignored; False: taken back; None: no rule speaks of it. `path` is relative to the project's root."""
        name = path.rpartition("/")[2]
        last = _Rule(-1, False, False)
        _, dot, suffix = name.rpartition(".")
        for rules in (self._names.get(name), self._suffixes.get(suffix) if dot else None):
            for rule in rules or ():
                if rule.order > last.order and (is_folder or not rule.folders_only):
                    last = rule
        order, ignores = last.order, last.ignores
        if self._any_complex is not None:
            inner = path[self._start :] + ("/" if is_folder else "")
            if self._any_complex.match(inner):
                for other in self._complex:
                    if other.order > order and other.expression.match(inner):
                        order, ignores = other.order, other.ignores
        return None if order < 0 else ignores

    def add(self, order: int, line: str) -> None:
        """Take in one line of the file."""
        ignores = not line.startswith("!")
        body = line if ignores else line[1:]
        plain = body.rstrip("/")
        rule = _Rule(order, ignores, plain != body)
        if not plain or any(sign in plain for sign in "/\\[?"):
            self._add_complex(order, line)
        elif "*" not in plain:
            self._names.setdefault(plain, []).append(rule)
        elif plain.startswith("*.") and not set(plain[2:]) & {"*", "."}:
            self._suffixes.setdefault(plain[2:], []).append(rule)
        else:
            self._add_complex(order, line)

    def _add_complex(self, order: int, line: str) -> None:
        from pathspec.patterns.gitignore.base import GitIgnorePatternError  # 15 ms: for files that need it only
        from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

        try:
            expression, ignores = GitIgnoreSpecPattern.pattern_to_regex(line)
        except GitIgnorePatternError:
            return  # git ignores a rule that makes no sense, too
        if expression is not None and ignores is not None:
            self._complex.append(_Complex(order, ignores, re.compile(str(expression), re.DOTALL)))

    def finish(self) -> Ignores:
        """Join the expressions into one that says quickly that none of them matches."""
        if self._complex:
            joined = "|".join(f"(?:{_anonymous(rule.expression.pattern)})" for rule in self._complex)
            self._any_complex = re.compile(joined, re.DOTALL)
        return self


def parse(text: str, folder: str) -> Ignores:
    """The rules of a .gitignore file that stands in `folder` (relative to the project's root, "" for the root)."""
    ignores = Ignores(folder)
    for order, line in enumerate(text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")):
        if line.strip() and not line.startswith("#"):
            ignores.add(order, line.rstrip(" ") if not line.rstrip(" ").endswith("\\") else line)
    return ignores.finish()


def _anonymous(expression: str) -> str:
    """The expression without named groups, which may not stand twice in one."""
    return re.sub(r"\(\?P<\w+>", "(?:", expression)
