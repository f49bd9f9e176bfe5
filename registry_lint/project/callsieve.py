"""Which files may call a function, by their bytes: parsing is 50 times dearer than looking.

A file that says `f(` need not mean *this* `f`: it defines one itself, imports another one, or calls a method of that
name. For a function the import statements tell; for a method, whether the file mentions the class or any name that
an object of it is bound to anywhere (`self.dispatcher = ToolDispatcher()` makes `dispatcher` such a name, and the
accessor that builds one is another). What is left out could not have been resolved by types either.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassRef, FunctionRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project

_FROM_IMPORT = re.compile(rb"from[ \t]+([.\w]+)[ \t]+import[ \t]*(\([^)]*\)|(?:[^\n\\]|\\\r?\n)*)")
_DEF = re.compile(rb"def[ \t]+(\w+)")
_DEPENDENCY = rb"(?:Depends|Security|Provide|Inject)\s*\([^()]*\b"
_NO_OBJECTS = frozenset({"self", "cls", "return", "type", "None", "Optional", "dict", "list", "Any", "in", "is", "if"})
_NAMES_KEPT = 80  # names that objects of one class are bound to; a class with more is everywhere


class CallSieve:
    """Answers for production files. All answers are memoised."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._production = frozenset(project.production)
        self._mentioning: dict[str, frozenset[str]] = {}
        self._holders: dict[ClassRef, frozenset[str]] = {}
        self._bound: dict[ClassRef, tuple[str, ...]] = {}

    def mentioning(self, word: str) -> frozenset[str]:
        """The production files that hold a word."""
        if word not in self._mentioning:
            self._mentioning[word] = frozenset(self._project.files.mentioning(word)) & self._production
        return self._mentioning[word]

    def calling(self, function: FunctionRef) -> Iterator[str]:
        """The files that may call a function or method by its own name, sorted."""
        record = self._project.function(function)
        word = re.escape(record.name.encode())
        if record.class_ != facts.NONE:
            called = re.compile(rb"(\w*)[\])]*\s*\.\s*" + word + rb"\s*[\(\[]")
            paths = self._calling_method(function, record, called)
        else:
            paths = self._using_function(function, record, re.compile(rb"(?<!def )\b" + word + rb"\s*[\(\[]"))
        yield from paths

    def naming(self, function: FunctionRef) -> Iterator[str]:
        """The files that may refer to a function or method without calling it, sorted."""
        record = self._project.function(function)
        word = re.escape(record.name.encode())
        named = re.compile(rb"\b" + word + rb"\b(?!\s*\()")
        if record.class_ == facts.NONE:
            yield from self._using_function(function, record, named)
            return
        near = self._near(ClassRef(function.path, record.class_))
        for path in sorted(self.mentioning(record.name)):
            if (path == function.path or path in near) and named.search(self._read(path)):
                yield path

    def depending(self, function: FunctionRef) -> Iterator[str]:
        """The files that may hand a function to a dependency marker: `Depends(f)`; sorted."""
        name = self._project.function(function).name
        marked = re.compile(_DEPENDENCY + re.escape(name.encode()) + rb"\b")
        for path in sorted(self.mentioning(name)):
            if marked.search(self._read(path)):
                yield path

    def calling_class(self, ref: ClassRef) -> Iterator[str]:
        """The files that may make an instance of a class by its name, sorted."""
        record = self._project.classes.record(ref)
        called = re.compile(rb"(?<!class )\b" + re.escape(record.name.encode()) + rb"\s*[\(\[]|\bas\s")
        for path in sorted(self.mentioning(record.name)):
            if called.search(self._read(path)) and self._leads_to(path, record.name, ref.path):
                yield path

    def _read(self, path: str) -> bytes:
        return self._project.files.read(path)

    # --- functions ---

    def _using_function(
        self, function: FunctionRef, record: facts.Function, used: re.Pattern[bytes]
    ) -> Iterator[str]:
        if "<locals>" in record.qualname:
            yield function.path
            return
        for path in sorted(self.mentioning(record.name)):
            if path == function.path:
                yield path
            elif self._leads_to(path, record.name, function.path):
                data = self._read(path)
                if used.search(data) or re.search(re.escape(record.name.encode()) + rb"\s+as\s", data):
                    yield path

    def _leads_to(self, path: str, name: str, home: str) -> bool:
        """Whether a name in a file may be the one that another file defines: by import, or through a module."""
        if path == home:
            return True
        data = self._read(path)
        word = name.encode()
        if b"import *" in data or b"__getattr__" in data:
            return True
        at = data.find(word)
        dotted = False
        while at >= 0 and not dotted:
            dotted = data[at - 1 : at] == b"."
            at = data.find(word, at + 1)
        if dotted and self._mentions_module(path, home):
            return True
        whole = re.compile(rb"\b" + re.escape(word) + rb"\b")
        for match in _FROM_IMPORT.finditer(data):
            if whole.search(match[2]) and self._may_export(path, match[1].decode(), name, home):
                return True
        return False

    def _mentions_module(self, path: str, home: str) -> bool:
        for dotted in self._project.names.modules_of.get(home, ()):
            package, _, last = dotted.rpartition(".")
            if path in self.mentioning(last):
                return True
            upper = package.rpartition(".")[2]
            if upper and path in self.mentioning(upper):
                return True
        return False

    def _may_export(self, path: str, module: str, name: str, home: str) -> bool:
        """Whether a module may hand out the name that `home` defines: it is home, or does not define it itself."""
        target = self._project.names.path_of(self._project.names.absolute(path, module), path)
        if target is None:
            return False
        if target == home:
            return True
        if target not in self.mentioning(name):
            return b"import *" in self._read(target)
        defines = re.compile(rb"^(?:async\s+def|def|class)\s+" + re.escape(name.encode()) + rb"\b", re.MULTILINE)
        return defines.search(self._read(target)) is None

    # --- methods ---

    def _calling_method(
        self, function: FunctionRef, record: facts.Function, called: re.Pattern[bytes]
    ) -> Iterator[str]:
        owner = ClassRef(function.path, record.class_)
        near = self._near(owner)
        family: frozenset[str] | None = None
        for path in sorted(self.mentioning(record.name)):
            if path == function.path:
                yield path
                continue
            receivers = {match[1] for match in called.finditer(self._read(path))}
            if not receivers:
                continue
            if receivers <= {b"self", b"cls", b"super", b""}:
                family = self._family(owner) if family is None else family
                if path in family:
                    yield path
            elif path in near:
                yield path

    def _family(self, owner: ClassRef) -> frozenset[str]:
        """The files that hold a class, one of its bases, or a class that may derive from it."""
        classes = self._project.classes
        found = {base.path for base in classes.order(owner) if isinstance(base, ClassRef)}
        found.update(subclass.path for subclass in classes.subclasses(owner))
        return frozenset(found)

    def _near(self, owner: ClassRef) -> frozenset[str]:
        """The files that mention a class, its bases, or a name that an object of it is bound to."""
        known = self._holders.get(owner)
        if known is None:
            found: set[str] = set()
            for name in self._names_for(owner):
                found |= self.mentioning(name)
            known = self._holders[owner] = frozenset(found)
        return known

    def _names_for(self, owner: ClassRef) -> tuple[str, ...]:
        classes = self._project.classes
        family = (*classes.order(owner), *classes.subclasses(owner))
        own = dict.fromkeys(classes.name(one) for one in family if isinstance(one, ClassRef))
        bound: dict[str, None] = dict(own)
        makers: dict[str, None] = {}
        for name in own:
            self._bind(name, bound, makers)
        for maker in list(makers)[:_NAMES_KEPT]:
            if maker not in bound:
                bound[maker] = None
                self._bind(maker, bound, {})
        return tuple(bound)

    def _bind(self, name: str, bound: dict[str, None], makers: dict[str, None]) -> None:
        """Enter what stands to the left of a class or maker on its line, and the functions that call it."""
        word = re.escape(name.encode())
        line = re.compile(rb"^[^\n]*\b" + word + rb"\b", re.MULTILINE)
        for path in sorted(self.mentioning(name)):
            data = self._read(path)
            last_def = [(match.start(), match[1]) for match in _DEF.finditer(data)]
            for match in line.finditer(data):
                if len(bound) > 4 * _NAMES_KEPT:
                    return
                for target in re.findall(rb"(\w+)\s*(?::|=(?!=)|\bin\b)", match.group()):
                    if (text := target.decode("utf-8", "replace")) not in _NO_OBJECTS and len(text) > 1:
                        bound[text] = None
                if data[match.end() : match.end() + 1] in (b"(", b"[") or b"->" in match.group():
                    around = _last_before(last_def, match.end())
                    if around and not around.startswith("__"):
                        makers[around] = None


def _last_before(definitions: list[tuple[int, bytes]], position: int) -> str:
    name = b""
    for start, defined in definitions:
        if start > position:
            break
        name = defined
    return name.decode("utf-8", "replace")
