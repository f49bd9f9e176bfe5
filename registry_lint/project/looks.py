"""What the bytes of one file say, without parsing it: pure functions, which `Files.look` asks (see questions.py).

All of them find too much rather than too little: comments and texts are not told from code, the facts decide.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING

from registry_lint.project.questions import look

if TYPE_CHECKING:
    from collections.abc import Iterator

SAYS_ALIAS = re.compile(
    r"\balias\b|\bbackwards?[- ]compat|\bfor compatibility\b|\bcompatibility (?:alias|wrapper|shim|name|class)\b"
    r"|\b(?:old|former|legacy|previous|deprecated) name\b|\brenamed\b",
    re.IGNORECASE,
)

_PATTERNS_KEPT = 500
_LINE_FEED = ord("\n")

_FROM_IMPORT = re.compile(rb"from[ \t]+([.\w]+)[ \t]+import[ \t]*(\([^)]*\)|(?:[^\n\\]|\\\r?\n)*)")
_IMPORTED_FIRST = re.compile(rb"^[ \t]{0,99}(?:from|import)[ \t]+(\.|[\w\x80-\xff]+)", re.MULTILINE)
_IMPORTS_STAND_BEFORE = 20_000  # bytes
_DEFINITION = re.compile(rb"^(?:async\s+def|def|class)\s+(\w+)", re.MULTILINE)
_DEF = re.compile(rb"def[ \t]+(\w+)")
_DEPENDENCY = re.compile(rb"(?:Depends|Security|Provide|Inject)\s*\(([^()]*)")
_WORD = re.compile(rb"\w+")
_WORD_AT_END = re.compile(rb"\w\Z")
_RECEIVER = re.compile(rb"(\w*(?:[\])]|\(\))?)\s*\.\s*\Z")  # of 80 bytes
_TARGET = re.compile(rb"\b(\w{1,100})\s{0,90}(?::|=(?!=)|\bin\b)")
_LONGEST_TARGET = 200  # bytes of a name and what stands between it and its `=`
_LONGEST_LINE = 4_000  # bytes that are looked back through for its beginning: a line may be megabytes long
_LONGEST_ANNOTATION = 300  # bytes before a name in one
_MOST_BLANKS = 99  # between a colon and an annotation
_LONGEST_IMPORT = 500  # bytes of a line before a name
_IMPORTED_BEFORE = re.compile(rb"[\w \t,]*")  # other names of the same import, on the same line


@lru_cache(_PATTERNS_KEPT)
def _pattern(pattern: bytes, flags: int = 0) -> re.Pattern[bytes]:
    return re.compile(pattern, flags)


# --- patterns ---


@look
def occurrences(data: bytes, pattern: bytes, flags: int) -> int:
    """How often a pattern occurs."""
    return len(_pattern(pattern, flags).findall(data))


@look
def holds(data: bytes, text: bytes) -> bool:
    """Whether a text occurs."""
    return text in data


@look
def has_match(data: bytes, pattern: bytes, flags: int) -> bool:
    """Whether a pattern occurs."""
    return _pattern(pattern, flags).search(data) is not None


@look
def captured(data: bytes, pattern: bytes) -> tuple[bytes, ...]:
    """What the one group of a pattern holds, each time."""
    return tuple(_pattern(pattern).findall(data))


# --- functions and who calls them ---


# A word is looked for as plain bytes, and what follows it with one pattern for all words: to compile a pattern for each
# took as long as to look through twenty files.
_BOUNDARY = re.compile(rb"\b")
_CALLED = re.compile(rb"\s*[\(\[]|\s+as\s")
_OPENED = re.compile(rb"\s*[\(\[]")
_AS = re.compile(rb"as\s")
_RENAMED = re.compile(rb"\s+as\s+(\w+)")
_UNCALLED = re.compile(rb"\b(?!\s*[\(=:\"'\[])(?!\s+as\s)(?!\s+import\s)")


def _followed(data: bytes, word: bytes, by: re.Pattern[bytes]) -> Iterator[tuple[int, re.Match[bytes]]]:
    """Where a word (or the end of a longer one) begins that a pattern follows, and the pattern's match."""
    at = data.find(word)
    while at >= 0:
        match = by.match(data, at + len(word))
        if match is not None:
            yield at, match
        at = data.find(word, at + 1 if match is None else match.end())


@look
def times_called(data: bytes, word: bytes) -> int:
    """How often a word is called, subscripted or renamed."""
    return sum(
        start == 0 or _WORD_AT_END.match(data, start - 1, start) is None for start, _ in _followed(data, word, _CALLED)
    )


@look
def renamed(data: bytes, word: bytes) -> tuple[bytes, ...]:
    """The names that a word is given with `as`."""
    return tuple(match[1] for _, match in _followed(data, word, _RENAMED))


@look
def may_make(data: bytes, word: bytes) -> bool:
    """Whether a class may be made by its name: called or subscripted elsewhere than in its header, or renamed (as
    anything is that an `as` stands for)."""
    return any(
        data[max(0, start - 6) : start] != b"class " and _BOUNDARY.match(data, start) is not None
        for start, _ in _followed(data, word, _OPENED)
    ) or any(_BOUNDARY.match(data, found.start()) is not None for found in _AS.finditer(data))


@look
def annotates(data: bytes, word: bytes) -> bool:
    """Whether a word comes behind a colon as in an annotation: blanks, then no comma, bracket or `=` between."""
    for at, _ in _followed(data, word, _BOUNDARY):
        if _BOUNDARY.match(data, at) is None:
            continue
        earliest = max(0, at - _LONGEST_ANNOTATION)
        begin = max([earliest, *(data.rfind(stop, earliest, at) + 1 for stop in (b"\n", b"=", b",", b")"))])
        if data.find(b":", begin, at) >= 0 or data[max(0, begin - _MOST_BLANKS - 1) : begin].rstrip().endswith(b":"):
            return True
    return False


@look
def hands_on(data: bytes, word: bytes) -> bool:
    """Whether a function may be handed on by its name: as an argument, or on the right of `=`."""
    return any(_may_be_handed(data, start, match.end()) for start, match in _followed(data, word, _UNCALLED))


def _may_be_handed(data: bytes, start: int, end: int) -> bool:
    """Whether a name at these bytes may be a function that is handed on: an argument, or the right side of `=`."""
    earliest = max(0, start - _LONGEST_LINE)
    begin = max(data.rfind(b"\n", earliest, start) + 1, earliest)
    line = data[begin : min(start, begin + 200)].lstrip()
    if line.startswith((b"#", b"from ", b"import ", b"@", b"def ", b"class ")):
        return False
    return data[end : end + 1] in (b",", b")", b"\n", b"\r", b" ", b"")


@look
def uses(data: bytes, word: bytes, used: bytes) -> bool:
    """Whether a pattern of use occurs elsewhere than behind `def `, or the word gets another name."""
    return _pattern(re.escape(word) + rb"\s+as\s").search(data) is not None or not all(
        data[max(0, match.start() - 4) : match.start()] == b"def " for match in _pattern(used).finditer(data)
    )


@look
def receivers(data: bytes, called: bytes) -> tuple[bytes | None, ...]:
    """The last word of each receiver of a call; b"" where it is no word, None where it is no method's call."""
    seen: dict[bytes | None, None] = {}
    for match in _pattern(called).finditer(data):
        before = _RECEIVER.search(data[max(0, match.start() - 80) : match.start()])
        seen[before[1] if before else None] = None
    return tuple(seen)


@look
def handed_to_markers(data: bytes) -> tuple[bytes, ...]:
    """The names that are handed to the markers of dependency injection."""
    return tuple(dict.fromkeys(name for given in _DEPENDENCY.findall(data) for name in _WORD.findall(given)))


# --- imports ---


@look
def is_open_to_all(data: bytes) -> bool:
    """Whether names may come from anywhere: by `import *`, or by a module's `__getattr__`."""
    return b"import *" in data or b"__getattr__" in data


@look
def imports_all(data: bytes) -> bool:
    """Whether there is an `import *`."""
    return b"import *" in data


@look
def first_parts_imported(data: bytes) -> tuple[str, ...]:
    """The first part of each module that is imported near the top of a file, and "." for relative imports; sorted."""
    found = set(_IMPORTED_FIRST.findall(data, 0, _IMPORTS_STAND_BEFORE))
    return tuple(sorted(part.decode("utf-8", "replace") for part in found))


@look
def is_dotted(data: bytes, word: bytes) -> bool:
    """Whether a word comes after a dot."""
    at = data.find(word)
    while at >= 0:
        if data[at - 1 : at] == b".":
            return True
        at = data.find(word, at + 1)
    return False


@look
def imported_from(data: bytes, word: bytes) -> tuple[bytes, ...]:
    """The modules that a word is imported from, as they are written."""
    return tuple(
        dict.fromkeys(
            match[1] for match in _FROM_IMPORT.finditer(data) if word in match[2] and word in _WORD.findall(match[2])
        )
    )


@look
def may_import(data: bytes, word: bytes) -> bool:
    """Whether a word stands in an import, or where one of many names in brackets may stand."""
    at = data.find(word)
    while at >= 0:
        earliest = max(0, at - _LONGEST_IMPORT)  # to look for a line's beginning through megabytes takes minutes
        before = data[max(data.rfind(b"\n", earliest, at) + 1, earliest) : at]
        if _IMPORTED_BEFORE.fullmatch(before) or b"import" in before:
            return True
        at = data.find(word, at + len(word))
    return False


def definitions(data: bytes) -> frozenset[bytes]:
    """The names of a module's functions and classes."""
    return frozenset(_DEFINITION.findall(data))


@look
def defines(data: bytes, word: bytes) -> bool:
    """Whether a module has a function or a class of this name."""
    return word in definitions(data)


# --- what an object of a class is bound to ---


@look
def bound_beside(data: bytes, word: bytes, most: int) -> tuple[tuple[tuple[bytes, ...], bytes], ...]:
    """For each place of a word, what its line binds to the left of it, and the function around it where the word is
    called there (b"" for none). After `most` names the rest is not looked at."""
    places: list[tuple[tuple[bytes, ...], bytes]] = []
    names: set[bytes] = set()
    definitions: list[tuple[int, bytes]] | None = None
    begin = seen = 0  # of the line; and how far it was looked through, so that a long one is once
    annotated = False
    for start, match in _followed(data, word, _BOUNDARY):
        if len(names) > most:
            break
        line_start = data.rfind(b"\n", seen, start) + 1
        if line_start:
            begin, seen, annotated = line_start, line_start, False
        before = data[max(begin, seen - _LONGEST_TARGET) : start]
        targets = tuple(_TARGET.findall(before))
        names.update(targets)
        annotated = annotated or b"->" in before
        seen = start
        around = b""
        if data[match.end() : match.end() + 1] in (b"(", b"[") or annotated:
            if definitions is None:
                definitions = [(each.start(), each[1]) for each in _DEF.finditer(data)]
            around = _last_before(definitions, match.end())
        if targets or around:
            places.append((targets, around))
    return tuple(places)


def _last_before(definitions: list[tuple[int, bytes]], position: int) -> bytes:
    index = bisect_right(definitions, position, key=lambda definition: definition[0])
    return definitions[index - 1][1] if index else b""


# --- stores ---

_STORED = re.compile(rb"\.(\w+)\s*(?::[^=\n]{0,300})?=(?!=)")  # bounded: a line may be megabytes long
_SET_BY_NAME = re.compile(rb"setattr\([^\n]*")
_KEY_OF_STORE = re.compile(rb"\]\s{0,9}=(?!=)")
_KEY_OF_DEFAULT = re.compile(rb"setdefault\(\s{0,99}[\"']([^\"'\n]{1,200})[\"']")
_LONGEST_KEY = 200  # bytes
_QUOTED = re.compile(rb"[\"'](\w+)[\"']")


def attributes_stored(data: bytes) -> dict[bytes, int]:
    """How often which attribute is stored, but for those of `self` and `cls`."""
    known: dict[bytes, int] = {}
    for match in _STORED.finditer(data):
        if not data[max(0, match.start() - 4) : match.start()].endswith((b"self", b"cls")):
            known[match[1]] = known.get(match[1], 0) + 1
    for line in _SET_BY_NAME.findall(data) if b"setattr" in data else ():
        for name in _QUOTED.findall(line):
            known[name] = known.get(name, 0) + 1
    return known


@look
def times_stored(data: bytes, attribute: bytes) -> int:
    """How often an attribute is stored, but for those of `self` and `cls`."""
    return attributes_stored(data).get(attribute, 0)


def keys_stored(data: bytes) -> frozenset[bytes]:
    """The literal keys that something is stored under: `x["key"] = …`, `x.setdefault("key", …)`."""
    keys = set(_KEY_OF_DEFAULT.findall(data)) if b"setdefault" in data else set()
    for match in _KEY_OF_STORE.finditer(data):
        end = match.start() - 1
        while end > 0 and data[end] in b" \t\r\n":
            end -= 1
        quote = data[end : end + 1]
        if quote in (b'"', b"'"):
            keys.add(data[data.rfind(quote, max(0, end - _LONGEST_KEY), end) + 1 : end])
    return frozenset(keys)


@look
def stores_key(data: bytes, key: bytes) -> bool:
    """Whether something is stored under a literal key."""
    return key in keys_stored(data)


_FILLED = re.compile(
    rb"\s*\.\s*(?:append|appendleft|add|insert|extend|extendleft|update|setdefault|put|put_nowait)\s*\("
    rb"|\s*\[[^\n]{0,300}?\]\s*[+|]?=(?!=)|\s*[+|]="
)
_FILLED_OR_STORED = re.compile(_FILLED.pattern + rb"|\s*=(?!=)")


@look
def fills_imported(data: bytes, word: bytes) -> bool:
    """Whether something may be put into a container that is imported by its name, whatever it is called then."""
    return (any(_followed(data, word, _FILLED)) and may_import(data, word)) or any(_followed(data, word, _RENAMED))


@look
def fills_attribute(data: bytes, word: bytes) -> bool:
    """Whether something may be put into a container that is read, or stored, as an attribute of this name."""
    return any(data[at - 1 : at] == b"." for at, _ in _followed(data, word, _FILLED_OR_STORED) if at)


@look
def fills_of_another(data: bytes, word: bytes) -> bool:
    """Whether something may be put into a container that is an attribute of another object than `self` or `cls`."""
    return any(
        data[at - 1 : at] == b"." and not data[max(0, at - 5) : at - 1].endswith((b"self", b"cls"))
        for at, _ in _followed(data, word, _FILLED)
        if at
    )


# --- classes ---

_SUBCLASS = re.compile(rb"class[ \t]+([\w\x80-\xff]+)\s*\(\s*([\w.\x80-\xff]+)\s*,?\s*\)\s*:")
_TEXT = (
    rb"[rRuUbB]{0,2}(?:"
    rb"\"\"\"(?:[^\"\\]++|\\[\s\S]|\"(?!\"\"))*+\"\"\"|'''(?:[^'\\]++|\\[\s\S]|'(?!''))*+'''"
    rb"|\"(?:[^\"\\\n]++|\\[\s\S])*+\"|'(?:[^'\\\n]++|\\[\s\S])*+')"
)
# What stands in an empty body: docstrings, `pass`, `...`, comments.
_EMPTY_BODY = re.compile(rb"(?:[\s;()]++|#[^\n]*+|pass\b|\.\.\.|" + _TEXT + rb")*+")
_TEXTS = re.compile(_TEXT)
_TOLD = re.compile(rb"\.([\w\x80-\xff]++)|(?<![\w\x80-\xff])([\w\x80-\xff]++)[ \t]++as\b")  # `lib.A`, `A as B`
_BUILTIN_BASES = frozenset(
    b"ArithmeticError AttributeError BaseException ConnectionError Exception ImportError IndexError KeyError"
    b" LookupError NotImplementedError OSError PermissionError RuntimeError TimeoutError TypeError ValueError"
    b" Warning dict list object str".split()
)


@look
def empty_subclasses(data: bytes) -> tuple[tuple[str, str, bool], ...]:
    """The classes of a module that have one base and nothing in their bodies: the name, the base as it is written, and
    whether the class says that it is an alias, or is called as its base is. Not those of a builtin class."""
    found = []
    told: frozenset[bytes] | None = None
    bound: dict[bytes, bool] = {}
    for header in _SUBCLASS.finditer(data):
        if header.start() and data[header.start() - 1] != _LINE_FEED:
            continue  # in a function, a class, or in a branch
        body = _EMPTY_BODY.match(data, header.end())
        assert body is not None  # it may be empty
        row = data.rfind(b"\n", header.end(), body.end()) + 1
        if body.end() < len(data) and (not row or data[row : row + 1] in (b" ", b"\t")):
            continue  # something else stands in it
        name, base = header[1], header[2]
        if base in _BUILTIN_BASES:
            if base not in bound:
                bound[base] = _is_bound(data, base)
            if not bound[base]:
                continue
        if told is None:  # once, not for each class: a file may have thousands
            told = frozenset(name for names in _TOLD.findall(data) for name in names)
        says = (
            base.rpartition(b".")[2] == name
            or SAYS_ALIAS.search(body[0].decode("utf-8", "replace")) is not None
            or b"\\" in body[0]
            or len(_TEXTS.findall(body[0])) > 1  # it may say so in several parts
            or name in told
        )
        found.append((name.decode("utf-8", "replace"), base.decode("utf-8", "replace"), says))
    return tuple(found)


def _is_bound(data: bytes, builtin: bytes) -> bool:
    """Whether a module may give the name of a builtin class to another one."""
    bound = rb"(?:^|import\b[^\n]{0,500}[ \t,(]|\bas[ \t]+|\bclass[ \t]+)[ \t]*%b\b[ \t]*(?![(.])" % builtin
    return b"import *" in data or _pattern(bound, re.MULTILINE).search(data) is not None
