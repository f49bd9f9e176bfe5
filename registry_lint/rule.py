"""What a rule is: one file with a docstring, examples, a `check` and perhaps suggestions.

The module's docstring is the rule's documentation. Its first line reads `REG101 rule-name: one sentence`;
the sections after it say why, what to do instead, when not to use the rule and what it cannot see. `explain`,
the SARIF help and the tests all read that one text.
"""

from __future__ import annotations

import functools
import inspect
import re
import sys
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from registry_lint.findings import Found, Severity
    from registry_lint.project.model import Project

Scope = Literal["production", "tests", "both"]

_HEADLINE = re.compile(r"(?P<code>[A-Z]+\d{3}) (?P<name>[a-z0-9]+(?:-[a-z0-9]+)*): (?P<sentence>.+)")


class Valid(NamedTuple):
    """A small project on which the rule is silent.

    `text` holds one file, or several, each after a line `--- path/to/file.py`.
    `configuration` is TOML, as it stands below `[tool.registry-lint]`.
    """

    text: str
    configuration: str = ""


class Invalid(NamedTuple):
    """A small project with its findings drawn in it.

    Below a line of code, `^^^^ REG101 message` draws one finding: the carets stand under its columns (a
    finding of several lines is drawn to the end of its first line), the message is compared whole. No other
    finding of the rule may exist. `fixed` holds, in the same form, the files that the suggestion changes, as
    they are afterwards; without it the rule may offer no fix but one for display.
    """

    text: str
    fixed: str | None = None
    configuration: str = ""


class Rule(ABC):
    """Base of every rule. A subclass sets the class attributes and writes `check`."""

    code: ClassVar[str]
    severity: ClassVar[Severity | Literal["off"]] = "warning"
    scope: ClassVar[Scope] = "production"
    needs_callers: ClassVar[bool] = True  # False: its findings in a file depend on that file's imports alone
    VALID: ClassVar[Sequence[Valid]] = ()
    INVALID: ClassVar[Sequence[Invalid]] = ()

    @abstractmethod
    def check(self, project: Project) -> Iterator[Found]:
        """Yield what the rule finds. Order does not matter: the run sorts."""

    @classmethod
    def documentation(cls) -> str:
        """The docstring of the rule's module, dedented."""
        return _dedented(sys.modules[cls.__module__].__doc__ or "")

    @classmethod
    def headline(cls) -> tuple[str, str, str]:
        """Code, kebab-case name and the one sentence, from the first line of the documentation.

        Raises TypeError where that line has another form or another code: a broken rule must not load.
        """
        first = cls.documentation().partition("\n\n")[0].replace("\n", " ")
        match = _HEADLINE.fullmatch(first)
        if match is None or match["code"] != cls.code:
            raise TypeError(f"{cls.__module__}: the docstring must begin '{cls.code} rule-name: one sentence'")
        return match["code"], match["name"], match["sentence"]

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        if inspect.isabstract(cls):
            return
        if not re.fullmatch(r"[A-Z]{2,}\d{3}", getattr(cls, "code", "")):
            raise TypeError(f"{cls.__module__}.{cls.__qualname__}: a rule needs a code such as REG101")


@functools.cache  # asked some 180 times in a run, of 30 texts: 10 ms
def _dedented(text: str) -> str:
    return inspect.cleandoc(text)
