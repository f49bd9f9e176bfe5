"""What tests look like, as bytes, that may not be able to fail. What is one is never missed: facts confirm it.

A file is looked at function by function. What is left is sketched (source/sketch.py), so that a file is only read
whole where a test in it cannot fail but for what other files say.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry_lint.facts.extract import extract
from registry_lint.source.sketch import sketch

if TYPE_CHECKING:
    from registry_lint.facts.records import FileFacts, Unparsable
    from registry_lint.project.known_names import KnownNames

# Called under such a name, something checks: `assert_called_once`, `verify_isolation`, `pytest.raises`.
CHECKS = re.compile(
    r"_*(?:\w*_)?(?:assert|expect|check|verify|validate|ensure|should|must|require|compare)(?:[A-Z_]\w*|s|ed)?"
    r"|assert\w+|fail\w*|raises|warns|deprecated_call|exit|skip\w*|xfail|approx|match\w*"
)
_TEST = re.compile(rb"\n[ \t]*(?:async[ \t]+)?def[ \t]+test")
# How an expression begins that may be a constant: with a sign, a digit, a quote, its prefix, or so.
_CONSTANT = rb"(?:[^A-Za-z_\s\\]|True\b|[rbufRBUF]{1,2}[\"'])"
_TEXT_IN = rb"[fFrRbBuU]{0,2}(?:\"[^\"\\\n]*+\"|'[^'\\\n]*+')[ \t]+(?:not[ \t]+)?in\b"  # `"search" in registry`
_ASSERTION = re.compile(rb"assert[ \t]++(?:(?!" + _CONSTANT + rb")|(?=" + _TEXT_IN + rb"))([^\n]+)")
# A row that begins with a call of something that checks by its name; assertTrue may check a constant, and
# `assert (x, y)` is no call.
_CHECKING = re.compile(
    rb"\n[ \t]*+(?:await[ \t]++|(?:async[ \t]++)?with[ \t]++)?(?:\w++\.)*+(?!assert(?:True)?\b)(?:"
    + CHECKS.pattern.encode()
    + rb")[ \t]*+\("
)
_TRY = re.compile(rb"\btry\b")
_EXCEPT = re.compile(rb"\bexcept\b")
_OF_CONSTANT = re.compile(rb"assert(?:True\b|[\s\\]*" + _CONSTANT + rb")")
_OR_CONSTANT = re.compile(rb"\bor[\s\\]*" + _CONSTANT)
_PRINTS = re.compile(rb"print\s*\(")
_INDENTED = re.compile(rb"\n([ \t]+)[^\s#]")
_STRING = re.compile(rb"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'")
_BRACKETS = ((b"(", b")"), (b"[", b"]"), (b"{", b"}"))


class LikelyVacuous:
    """Tells by the names of registries, as a test says them."""

    def __init__(self, known: KnownNames) -> None:
        self._roles = tuple(role.encode() for role in known.roles)
        self._classes = tuple(b"Test" + name.encode() for name in known.classes)

    def sketched(self, data: bytes) -> FileFacts | Unparsable | None:
        """A file in which only the tests that may be unable to fail, and the helpers that may make them fail, are more
        than a signature; None where no such test is in it."""
        by_class = any(name in data for name in self._classes)
        emptied = kept = 0

        def keep(before: bytes, function: bytes) -> bool:
            nonlocal emptied, kept
            if not _TEST.match(function):
                return b"assert" in function or b"raise" in function
            wanted = (by_class or self._is_touched(before) or self._is_touched(function)) and may_be_vacuous(function)
            kept += wanted
            emptied += not wanted
            return wanted

        text = sketch(data, keep)
        if not kept and len(_TEST.findall(b"\n" + text)) == emptied:
            return None
        return extract(text, newer=False)

    def _is_touched(self, text: bytes) -> bool:
        lowered = text.lower()
        return any(role in lowered for role in self._roles)


def may_be_vacuous(function: bytes) -> bool:
    """Whether the text of a function (from the row before its `def`, without strings over several rows) is that of
    one that cannot fail, as far as its own assertions tell."""
    handles = _EXCEPT.search(function) is not None
    # Assertions in a `try` may be lost. Those before the first, and those as far left as the body, are in none.
    body = _indentation(function) if handles else 0
    tried = _TRY.search(function) if handles else None
    safe = tried.start() if tried is not None else 0 if handles else len(function)
    if _CHECKING.search(function, 0, safe):
        return False
    for assertion in _ASSERTION.finditer(function):
        row = function.rfind(b"\n", 0, assertion.start())
        before = function[row + 1 : assertion.start()]
        if (
            (len(before) == body or assertion.start() < safe)
            and not before.strip(b" \t")
            and function[row - 1 : row] != b"\\"
            and _may_fail(assertion[1])
        ):
            return False
    return handles or any(sign.search(function) for sign in (_PRINTS, _OF_CONSTANT, _OR_CONSTANT))


def _indentation(function: bytes) -> int:
    """How far right the body of a function stands at least."""
    own = len(function) - len(function.lstrip()) - 1
    indentations = map(len, _INDENTED.findall(function))
    return min((indentation for indentation in indentations if indentation > own), default=0)


def _may_fail(assertion: bytes) -> bool:
    """Whether an assertion can fail; not said of one that goes on in another row, or that may be one of a constant."""
    code = _STRING.sub(b'""', assertion)
    return not (
        code.endswith(b"\\")
        or _OR_CONSTANT.search(assertion)
        or any(code.count(opening) != code.count(closing) for opening, closing in _BRACKETS)
    )
