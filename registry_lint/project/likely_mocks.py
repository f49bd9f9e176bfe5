"""What tests look like, as bytes, that make a mock where it may fill the place of a registry, a tracker or such.

Three questions, each dearer than the one before: is a mock made anywhere in a place that looks so; is it in one of the
functions; and does a sketch, which holds these functions alone (source/sketch.py), show one that may be filled so.
What names mean is not known to any of them: where that decides, they let a file pass.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.facts.extract import extract
from registry_lint.project.domain import CERTAIN, ClassRef
from registry_lint.project.known_names import plain
from registry_lint.project.mock_forms import MOCKS, Filled, MockForms
from registry_lint.source.sketch import sketch

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from registry_lint.project.known_names import KnownNames

_MADE = re.compile(rb"Mock\(")
_CALLEE = re.compile(rb"\s*(?:\w+\.)*\w*")
_OF_NAMES = bytes(byte for byte in range(256) if byte >= 128 or chr(byte).isalnum() or byte in b"_.")
_LONGEST_CALLEE = 200  # bytes between `=` and `Mock(`
_LONGEST_TARGET = 700  # bytes of a line before its `=`
_ATTRIBUTE = re.compile(rb"\.(?!return_value\b)\w+[^=(\n]{0,300}=")
_RETURNED = re.compile(rb"[(,\s]return_value\s*=\s*\w")
_RETURNING = re.compile(rb"\.return_value\s{0,9}=(?!=)")
_FROM = re.compile(rb"from[ \t]+([.\w]+)[ \t]+import\b")
_IMPORT = re.compile(rb"import[ \t]+([\w., \t]+)")
_SOME = ClassRef("", 0)  # a class of which it is not known which one it is


class LikelyMocks:
    """What the bytes of a test look like where a mock fills the place of such an object.

    Each pattern begins with literal characters, so that `re` looks for it with memchr: one of all of them, as it
    could be written, takes six times as long. Repetitions are bounded: a hostile line may be megabytes long.
    """

    def __init__(self, names: KnownNames, is_of_tests: Callable[[str], bool] | None = None) -> None:
        """`is_of_tests`: whether a module is one of tests, where some tests alone are looked at."""
        self._known = names
        self._is_of_tests = is_of_tests
        self._consumers = frozenset(name.encode() for name in names.consumers)
        classes = _any_of(names.classes)
        roles = _any_of(names.roles)
        self._classes = [name.encode() for name in names.classes]
        self._roles = [role.encode() for role in names.roles]
        # The patch of what hands such an object out, or is called so: `patch("app.tools.get_tool_registry")`.
        handing_out = _any_of(names.roles | names.accessors)
        self._accessor = re.compile(rb"patch(?:\.object)?\([^()]{0,300}(?:" + handing_out + rb")\w{0,99}[\"']")
        self._named = re.compile(rb"(?:" + roles + rb")\w*\s*(?::[^=]{1,300})?\Z")
        self._annotated = re.compile(rb":[^=]{0,300}\b(?:" + classes + rb")\b")
        self._fixture = re.compile(rb"def\s+(?!test)\w{0,99}(?:" + roles + rb")\w*\s*\(")
        self._patches = [
            re.compile(verb + rb"[\w.]*\([^)]{0,999}\b(?:" + classes + rb")\b") for verb in (rb"patch", rb"setattr")
        ]

    def may_hold(self, data: bytes, mentioned: Collection[bytes]) -> bool:
        """Whether the bytes of a test look as if a mock filled such a place; `mentioned` are the takers among its
        words."""
        if self._accessor.search(data) is not None and _RETURNING.search(data) is not None:
            return True
        given = any(name in self._consumers and name + b"(" in data for name in mentioned)
        return (given or self.in_source(data)) and self.in_functions(data, mentioned)

    # --- anywhere ---

    def in_source(self, data: bytes) -> bool:
        """Whether it looks so anywhere: a variable, attribute or argument, a fixture, the target of a patch."""
        if any(self._is_filled(data, made.start()) for made in _MADE.finditer(data)):
            return True
        return bool(self._fixture.search(data)) or self._is_patched(data)

    def _is_patched(self, data: bytes) -> bool:
        return any(patch.search(data) for patch in self._patches)

    def _is_filled(self, data: bytes, at: int) -> bool:
        """Whether a mock that is made here is given to a name with such a role, or one with such an annotation."""
        equals = data.rfind(b"=", max(0, at - _LONGEST_CALLEE), at)
        if equals < 0 or _CALLEE.fullmatch(data, equals + 1, at) is None:
            return False
        earliest = max(0, equals - _LONGEST_TARGET)
        target = data[max(data.rfind(b"\n", earliest, equals) + 1, earliest) : equals]
        return bool(self._named.search(target) or self._annotated.search(target))

    # --- function by function ---

    def in_functions(self, data: bytes, takers: Collection[bytes]) -> bool:
        """Whether it looks so in a function, or outside of all; true where the sketch does not parse, since it is told
        of the file, if it does not either."""
        calls_others = self._calls_others(data, takers)
        kept = False

        def keep(before: bytes, function: bytes) -> bool:
            nonlocal kept
            wanted = self._is_patched(before + function) or (
                b"Mock(" in function
                and (
                    calls_others
                    or any(name in function for name in takers)
                    or (b"patch" in function + before and _RETURNED.search(function + before) is not None)
                    or self._is_role_in(function)
                    or _is_attribute_mocked(function)
                )
            )
            kept |= wanted
            return wanted

        text = sketch(data, keep)
        if not kept and b"Mock(" not in text and not self._is_patched(text):
            return False
        found = extract(text, newer=False)
        if not isinstance(found, facts.FileFacts):
            return True
        imports = any(name in data for name in self._classes)
        called = None if calls_others else self._known.takers
        return any(LikelyPlaces(self._known, found, called, imports=imports).mocks())

    def _is_role_in(self, function: bytes) -> bool:
        lowered = function.lower()  # a class's name ends with its role
        return any(role in lowered for role in self._roles)

    def _calls_others(self, data: bytes, takers: Collection[bytes]) -> bool:
        """Whether a test may call what takes such an object under a name that is not known: since it was given another
        name; or where only some tests are looked at, in a helper of others."""
        if any(_renamed(name).search(data) for name in takers):
            return True
        if self._is_of_tests is None:
            return False
        modules = [*_FROM.findall(data), *(name for names in _IMPORT.findall(data) for name in names.split(b","))]
        found = {module.split()[0].decode("utf-8", "replace") for module in modules if module.strip()}
        return any(map(self._is_of_tests, found))


def _any_of(names: Collection[str]) -> bytes:
    return b"|".join(re.escape(name.encode()) for name in sorted(names)) or rb"(?!)"


@cache
def _renamed(name: bytes) -> re.Pattern[bytes]:
    """A name that is imported as another one, or stored."""
    return re.compile(name + rb"[ \t]+as[ \t]|=[ \t]*(?:\w+\.){0,9}" + name + rb"[ \t]*\n")


def _is_attribute_mocked(function: bytes) -> bool:
    """Whether an attribute is stored where a mock is made; or nothing stands before the mock on its row."""
    for made in _MADE.finditer(function):
        earliest = max(0, made.start() - _LONGEST_TARGET)
        row = max(function.rfind(b"\n", earliest, made.start()) + 1, earliest)
        target = function[row : made.start()].rstrip(_OF_NAMES)  # without what is called
        if not target.strip() or _ATTRIBUTE.search(target):
            return True
    return False


class LikelyPlaces(MockForms):
    """The mocks of a sketch, which is in no project: each that may fill such a place."""

    def __init__(
        self, known: KnownNames, file: facts.FileFacts, takers: Collection[str] | None, *, imports: bool
    ) -> None:
        super().__init__("", file, known.roles)
        self._known = known
        self._takers = takers  # the names of what takes such an object; None where any may
        self._imports = imports

    def _is_mock(self, call: facts.ExprId, name: str) -> bool:
        del call, name
        return True

    def _as_parameter(self, call: facts.Call, value: facts.ExprId) -> Iterator[Filled]:
        del value
        func = self._file.expressions[call.func]
        name = func.name if isinstance(func, facts.Attribute) else func.id if isinstance(func, facts.Name) else ""
        local = isinstance(func, facts.Name) and any(
            not isinstance(self._file.bindings[index], facts.ImportBinding) for index in func.bindings or ()
        )
        if name not in MOCKS and (self._takers is None or local or not name or name in self._takers):
            yield Filled(_SOME, "a parameter", CERTAIN)

    def _annotated(self, annotation: facts.ExprId) -> ClassRef | None:
        return _SOME if annotation != facts.NONE else None

    def _is_returned(self, expr: facts.ExprId) -> bool:
        del expr
        return False

    def _told_around(self, value: facts.ExprId) -> tuple[ClassRef, ...]:
        del value
        return ()  # whichever class it is

    def _attribute_of(self, store: facts.AttributeStore) -> ClassRef | None:
        """Of an object of production code, unless it is a mock itself."""
        base = self._file.expressions[store.base]
        if isinstance(base, facts.Name) and base.bindings:
            return _SOME if not all(map(self._is_bound_to_mock, base.bindings)) else None
        return _SOME

    def _is_bound_to_mock(self, index: facts.BindingId) -> bool:
        binding = self._file.bindings[index]
        if not isinstance(binding, facts.ValueBinding) or binding.path or binding.expr == facts.NONE:
            return False
        return any(binding.expr in self._file.calls.get(name, ()) for name in MOCKS)

    def _by_name(self, name: str, by: str) -> Iterator[Filled]:
        bare = plain(name)
        if bare in self._known.variables or (bare in self._known.roles and self._imports):
            yield Filled(_SOME, by, CERTAIN)

    def _handed_out(self, call: facts.ExprId) -> ClassRef | None:
        del call
        return _SOME

    def _patched(self, call: facts.ExprId) -> ClassRef | None:
        positional = [self._file.expressions[one.value] for one in self._call(call).arguments if not one.name][:2]
        texts = [one.value for one in positional if isinstance(one, facts.Literal) and isinstance(one.value, str)]
        return _SOME if any(text.rpartition(".")[2] in self._known.classes for text in texts) else None
