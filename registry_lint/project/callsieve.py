"""Which files may call a function, by their bytes: parsing is 50 times dearer than looking.

A file that says `f(` need not mean *this* `f`: it defines one itself, imports another one, or calls a method of that
name. For a function the import statements tell; for a method, whether the file mentions the class or any name that
an object of it is bound to anywhere (`self.dispatcher = ToolDispatcher()` makes `dispatcher` such a name, and the
accessor that builds one is another). What is left out could not have been resolved by types either.
"""

from __future__ import annotations

import re
from functools import cached_property, partial
from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.project import looks
from registry_lint.project.domain import ClassRef, FunctionRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.project.model import Project

_MARKERS = ("Depends", "Security", "Provide", "Inject")
_OWN_OBJECT = frozenset({b"self", b"cls", b"super()"})
_NO_OBJECTS = frozenset({"self", "cls", "return", "type", "None", "Optional", "dict", "list", "Any", "in", "is", "if"})
_ACCESSOR = re.compile(r"(?:get|create|make|build|new)_\w*[a-z]{3}\w*_\w+")  # two words after the verb: no `get_id`
_COMMON = 40  # files that may call a method; with more, the name is everybody's and the class itself must be mentioned
_HELD = 200  # files that may hold an object of a class; in more of them, its special methods are not looked for
_NAMES_KEPT = 80  # names that objects of one class are bound to; a class with more is everywhere
_NAMES_OF_A_FILE = 8 * _NAMES_KEPT  # some of them are none that count


class CallSieve:
    """Answers for production files. All answers are memoised."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._files = project.files
        self._production = frozenset(project.production)
        self._mentioning: dict[str, frozenset[str]] = {}
        self._holders: dict[ClassRef, frozenset[str]] = {}
        self._families: dict[ClassRef, frozenset[str]] = {}
        self._makers: dict[ClassRef, frozenset[str]] = {}
        self._defined: dict[str, frozenset[bytes]] = {}  # path → what its module defines
        self._names: dict[ClassRef, frozenset[str]] = {}

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
            yield from self._calling_method(function, record, word + rb"\s*[\(\[]")
        else:
            yield from self._using_function(function, record, word + rb"\s*[\(\[]")

    def naming(self, function: FunctionRef) -> Iterator[str]:
        """The files that may refer to a function or method without calling it, sorted."""
        record = self._project.function(function)
        word = re.escape(record.name.encode())
        named = rb"\b" + word + rb"\b(?!\s*\()"
        if record.class_ == facts.NONE:
            yield from self._using_function(function, record, named)
            return
        for path in sorted(self._candidates(function, record)):
            if self._files.look(path, looks.has_match, named, 0):
                yield path

    def reading_property(self, function: FunctionRef) -> tuple[str, ...]:
        """The files that may read a property, sorted."""
        return tuple(sorted(self._candidates(function, self._project.function(function))))

    def near(self, function: FunctionRef) -> tuple[str, ...]:
        """The files that may hold an object of a method's class, sorted: it may run there without being named."""
        record = self._project.function(function)
        owner = ClassRef(function.path, record.class_)
        paths = self._near(owner)
        if len(paths) > _COMMON:
            paths = self._mentioning_class(owner)
        return tuple(sorted(paths | {function.path})) if len(paths) <= _HELD else ()

    def looking_up(self, owner: ClassRef, name: str) -> Iterator[str]:
        """The files of a class, its bases and subclasses that may look a method up by the begin of its name, sorted."""
        begin = re.escape(name.encode()[: name.index("_", len(name) - len(name.lstrip("_"))) + 1])
        text = rb"[\"']" + begin
        for path in sorted(self._family(owner) & self.mentioning("getattr")):
            if self._files.look(path, looks.has_match, text, 0) and self._project.files.facts(path) is not None:
                yield path

    def names_of(self, owner: ClassRef) -> frozenset[str]:
        """The names that objects of a class are bound to, as far as a line that mentions it tells."""
        self._near(owner)
        return self._names[owner]

    def depending(self, function: FunctionRef) -> tuple[str, ...]:
        """The files that may hand a function to a dependency marker: `Depends(f)`; sorted."""
        return self._dependencies.get(self._project.function(function).name.encode(), ())

    @cached_property
    def _dependencies(self) -> dict[bytes, tuple[str, ...]]:
        """The names that are handed to dependency markers, with the files that do so."""
        found: dict[bytes, dict[str, None]] = {}
        for path in sorted(frozenset().union(*(self.mentioning(marker) for marker in _MARKERS))):
            for name in self._files.look(path, looks.handed_to_markers):
                found.setdefault(name, {})[path] = None
        return {name: tuple(paths) for name, paths in found.items()}

    def reading(self, home: str, name: str) -> Iterator[str]:
        """The files that may read a global of a module, sorted."""
        for path in sorted(self.mentioning(name)):
            if self._leads_to(path, name, home):
                yield path

    def calling_class(self, ref: ClassRef) -> Iterator[str]:
        """The files that may make an instance of a class by its name, sorted."""
        record = self._project.classes.record(ref)
        word = record.name.encode()
        for path in sorted(self.mentioning(record.name)):
            if self._files.look(path, looks.may_make, word) and self._leads_to(path, record.name, ref.path):
                yield path

    # --- functions ---

    def _using_function(self, function: FunctionRef, record: facts.Function, used: bytes) -> Iterator[str]:
        if "<locals>" in record.qualname:
            yield function.path
            return
        word = record.name.encode()
        for path in sorted(self.mentioning(record.name)):
            if path == function.path or (
                self._files.look(path, looks.uses, word, used) and self._leads_to(path, record.name, function.path)
            ):
                yield path

    def _leads_to(self, path: str, name: str, home: str) -> bool:
        """Whether a name in a file may be the one that another file defines: by import, or through a module."""
        if path == home:
            return True
        word = name.encode()
        if self._files.look(path, looks.is_open_to_all):
            return True
        if self._files.look(path, looks.is_dotted, word) and self._mentions_module(path, home):
            return True
        modules = self._files.look(path, looks.imported_from, word)
        return any(self._may_export(path, module.decode(), name, home) for module in modules)

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
            return self._files.look(target, looks.imports_all)
        word = name.encode()
        return not self._files.told(target, looks.defines, partial(self._defines, target, word), word)

    def _defines(self, path: str, word: bytes) -> bool:
        if path not in self._defined:
            self._defined[path] = looks.definitions(self._files.read_for_looks(path))
        return word in self._defined[path]

    # --- methods ---

    def _calling_method(self, function: FunctionRef, record: facts.Function, called: bytes) -> Iterator[str]:
        owner = ClassRef(function.path, record.class_)
        for path in sorted(self._candidates(function, record)):
            if path == function.path:
                yield path
                continue
            receivers = set(self._files.look(path, looks.receivers, called)) - {None}
            if receivers and (not receivers <= _OWN_OBJECT or path in self._family(owner)):
                yield path

    def _candidates(self, function: FunctionRef, record: facts.Function) -> frozenset[str]:
        """The files that mention a method's name and may hold an object of its class; its own among them."""
        owner = ClassRef(function.path, record.class_)
        mentioning = self.mentioning(record.name)
        paths = mentioning & self._near(owner)
        if len(paths) > _COMMON:
            paths = mentioning & self._mentioning_class(owner)
        return paths | ({function.path} & mentioning)

    def _family(self, owner: ClassRef) -> frozenset[str]:
        """The files that hold a class, one of its bases, or a class that may derive from it."""
        known = self._families.get(owner)
        if known is None:
            classes = self._project.classes
            found = {base.path for base in classes.order(owner) if isinstance(base, ClassRef)}
            found.update(subclass.path for subclass in classes.subclasses(owner))
            known = self._families[owner] = frozenset(found)
        return known

    def _near(self, owner: ClassRef) -> frozenset[str]:
        """The files that mention a class, its bases, or a name that an object of it is bound to."""
        if owner not in self._holders:
            self._hold(owner)
        return self._holders[owner]

    def _mentioning_class(self, owner: ClassRef) -> frozenset[str]:
        """The files that mention a class, its bases and subclasses, or a function that makes one."""
        if owner not in self._makers:
            self._hold(owner)
        return self._makers[owner]

    def _hold(self, owner: ClassRef) -> None:
        classes = self._project.classes
        family = (*classes.order(owner), *classes.subclasses(owner))
        own = dict.fromkeys(classes.name(one) for one in family if isinstance(one, ClassRef))
        bound: dict[str, None] = dict(own)
        makers: dict[str, None] = {}
        for name in own:
            self._bind(name, bound, makers)
        chosen = list(makers)[:_NAMES_KEPT]
        for maker in chosen:
            if maker not in bound:
                bound[maker] = None
                self._bind(maker, bound, {})
        self._names[owner] = frozenset(bound)
        self._holders[owner] = frozenset(path for name in bound for path in self.mentioning(name))
        accessors = [maker for maker in chosen if _ACCESSOR.match(maker)]
        self._makers[owner] = frozenset(path for name in (*own, *accessors) for path in self.mentioning(name))

    def _bind(self, name: str, bound: dict[str, None], makers: dict[str, None]) -> None:
        """Enter what stands to the left of a class or maker on its line, and the functions that call it."""
        word = name.encode()
        for path in sorted(self.mentioning(name)):
            for targets, around in self._files.look(path, looks.bound_beside, word, _NAMES_OF_A_FILE):
                if len(bound) > 4 * _NAMES_KEPT:
                    return
                for target in targets:
                    text = target.decode("utf-8", "replace")
                    if text not in _NO_OBJECTS and len(text) > 1:
                        bound[text] = None
                if around and not around.startswith(b"__"):
                    makers[around.decode("utf-8", "replace")] = None
