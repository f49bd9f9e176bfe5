"""The rules of one .gitignore file, quick for the kinds of rule that are common, and bounded for all.

A name without wildcards, `*.suffix` and a whole path are answered from dictionaries. Whatever else is matched one
component at a time, by expressions that never go back over a star, and `**` by a table: the file belongs to the
project that is analysed, and sixty stars in a row must not hang a run.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_CLASSES = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "blank": r" \t", "cntrl": r"\x00-\x1f\x7f", "digit": "0-9",
    "graph": "!-~", "lower": "a-z", "print": " -~", "punct": r"!-/:-@\[-`{-~", "space": r"\s", "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}  # fmt: skip
_PIECE = re.compile(r"\\(.)|(\*+)|(\?)|\[([!^]?\]?(?:\\.|\[:\w+:\]|[^\]\\])*)\]|([^\\\[])", re.DOTALL)
_MEMBER = re.compile(r"\\(.)|\[:(\w+):\]|(.)", re.DOTALL)


class _Rule(NamedTuple):
    order: int  # the last rule that matches decides
    ignores: bool  # False: a rule that begins with `!`
    folders_only: bool


class _Complex(NamedTuple):
    rule: _Rule
    components: tuple[re.Pattern[str] | None, ...]  # None: any number of them


class Ignores:
    """What one .gitignore file says of the paths below its folder."""

    def __init__(self, folder: str) -> None:
        self._start = len(folder) + 1 if folder else 0
        self._names: dict[str, list[_Rule]] = {}
        self._suffixes: dict[str, list[_Rule]] = {}
        self._paths: dict[str, list[_Rule]] = {}
        self._complex: list[_Complex] = []
        self._last: re.Pattern[str] | None = None  # what the last component must be for any of the complex rules

    def verdict(self, path: str, is_folder: bool) -> bool | None:
        """True: ignored; False: taken back; None: no rule speaks of it. `path` is relative to the project's root."""
        name = path.rpartition("/")[2]
        last = _Rule(-1, False, False)
        _, dot, suffix = name.rpartition(".")
        inner = path[self._start :]
        for rules in (self._names.get(name), self._suffixes.get(suffix) if dot else None, self._paths.get(inner)):
            for rule in rules or ():
                if rule.order > last.order and (is_folder or not rule.folders_only):
                    last = rule
        if self._last is not None and self._last.match(name):
            parts = inner.split("/")
            for rule, components in self._complex:
                if rule.order > last.order and (is_folder or not rule.folders_only) and _matches(components, parts):
                    last = rule
        return None if last.order < 0 else last.ignores

    def add(self, order: int, line: str) -> None:
        """Take in one line of the file."""
        ignores = not line.startswith("!")
        body = line if ignores else line[1:]
        plain = body.removesuffix("/")  # of several, git takes one away, and no path has the others
        rule = _Rule(order, ignores, plain != body)
        anchored = "/" in plain
        if not plain or plain.endswith("/"):
            return  # git passes over a rule that makes no sense, too
        if not any(sign in plain for sign in "*\\[?"):
            if "//" not in plain:
                (self._paths if anchored else self._names).setdefault(plain.removeprefix("/"), []).append(rule)
        elif plain.startswith("*.") and not set(plain[2:]) & set("*.\\[?/"):
            self._suffixes.setdefault(plain[2:], []).append(rule)
        else:
            parts = plain.removeprefix("/").split("/") if anchored else ["**", plain]
            many = [len(part) > 1 and not part.strip("*") for part in parts]
            components = [
                None if any_number else _component(part) for part, any_number in zip(parts, many, strict=True)
            ]
            if "" not in parts and all(any_number or made for any_number, made in zip(many, components, strict=True)):
                self._complex.append(_Complex(rule, tuple(components)))

    def finish(self) -> Ignores:
        """Join the last components into one expression that says quickly that no rule matches."""
        if self._complex:
            last = {made.pattern if (made := rule.components[-1]) is not None else ".*" for rule in self._complex}
            self._last = re.compile("|".join(f"(?:{pattern})" for pattern in sorted(last)), re.DOTALL)
        return self


def parse(text: str, folder: str) -> Ignores:
    """The rules of a .gitignore file that stands in `folder` (relative to the project's root, "" for the root)."""
    ignores = Ignores(folder)
    for order, line in enumerate(text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")):
        if line.strip() and not line.startswith("#"):
            ignores.add(order, line.rstrip(" ") if not line.rstrip(" ").endswith("\\") else line)
    return ignores.finish()


def _matches(components: tuple[re.Pattern[str] | None, ...], parts: list[str]) -> bool:
    """Whether a path is what the components say, no more and no less."""
    at = {0}  # how many parts the components so far can have used up
    for index, expression in enumerate(components, 1):
        if expression is None:  # at the end, `**` means what lies in the folder, not the folder itself
            at = set(range(min(at) + (index == len(components)), len(parts) + 1))
        else:
            at = {used + 1 for used in at if used < len(parts) and expression.match(parts[used])}
        if not at:
            return False
    return len(parts) in at


def _component(text: str) -> re.Pattern[str] | None:
    """The expression of one component; None where it makes no sense.

    All but the last star take as little as they can and never go back: behind each the next piece is looked for from
    the left, and its first place is as good as any.
    """
    pieces = [""]  # between the stars
    at = 0
    while at < len(text):
        found = _PIECE.match(text, at)
        if found is None:
            return None
        at = found.end()
        escaped, stars, any_one, members, plain = found.groups()
        if stars:
            pieces.append("")
        elif members is not None:
            made = _members(members)
            if made is None:
                return None
            pieces[-1] += made
        else:
            pieces[-1] += "." if any_one else re.escape(escaped or plain)
    first, *middle = pieces
    last = f".*{middle.pop()}" if middle else ""
    return re.compile(first + "".join(f"(?>.*?{piece})" for piece in middle) + last + r"\Z", re.DOTALL)


def _members(text: str) -> str | None:
    """A class of characters as `re` writes it; None where a range or a name in it makes no sense."""
    negated = text[:1] in ("!", "^")
    written = ""
    for escaped, named, plain in _MEMBER.findall(text[negated:]):
        if named and named not in _CLASSES:
            return None
        written += _CLASSES[named] if named else "-" if plain == "-" else re.escape(escaped or plain)
    made = f"[{'^' if negated else ''}{written}]"
    try:
        re.compile(made)
    except re.error:
        return None
    return made
