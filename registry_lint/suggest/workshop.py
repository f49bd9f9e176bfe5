"""Where suggestions are made: files are opened here, each read and parsed once as long as it is asked for.

A rule's suggestion is a function that takes the workshop last of all, bound with `functools.partial`:

    def use_factory(span: Span, factory: Factory, workshop: Workshop) -> Fix | None:
        tree = workshop.open(span.path)
        name = tree.import_name(factory.module, factory.name, at=span)
        tree.replace(span, f"{name}()")
        return tree.fix("unsafe", f"Call {factory.name}")

    yield Found(finding, partial(use_factory, site.span, factory))

What cannot be done without harm (a name that is taken, a statement that shares its line) makes `fix` return None, so
that a suggestion needs no case for it. Several files are mended together with `first.fix(…, second, third)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.suggest.document import Document, UnmendableError
from registry_lint.suggest.surroundings import ALONE, Surroundings

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry_lint.findings import Fix, Span, Suggestion
    from registry_lint.suggest.tree import Source, SourceTree


_CHARACTERS_OPEN = 500_000  # of files that stay open, the last ones first: their trees take 20 to 40 times as much


class Workshop:
    """Opens files for suggestions. `read` gives a file's bytes; `surroundings` answers for the rest of the project."""

    def __init__(self, read: Callable[[str], bytes], surroundings: Surroundings = ALONE) -> None:
        self._read = read
        self._surroundings = surroundings
        self._sources: dict[str, Source] = {}  # the one that was opened last comes last
        self._open = 0  # characters of them

    def set_up(self) -> None:
        """Load what opening a file needs, before forked processes each do: it takes 0.3 s."""
        import registry_lint.suggest.tree

        _ = registry_lint.suggest.tree

    def open(self, path: str) -> SourceTree:
        """A file, ready for the edits of one suggestion.

        Raises OSError where it cannot be read, UnmendableError where this interpreter cannot parse it. (What libcst
        cannot parse raises UnmendableError when the tree is asked.)
        """
        from registry_lint.suggest.tree import Source, SourceTree  # libcst: 0.15 s, only when something is to be said

        source = self._sources.pop(path, None)
        if source is None:
            document = Document(path, self._read(path), self._surroundings.bodies_of(path))
            _ = document.syntax
            source = Source(document, self._surroundings)
            self._open += len(document.text)
        self._sources[path] = source
        while self._open > _CHARACTERS_OPEN and len(self._sources) > 1:
            oldest = next(iter(self._sources))
            self._open -= len(self._sources.pop(oldest).document.text)
        return SourceTree(source)

    def suggest(self, suggestion: Suggestion) -> Fix | None:
        """What a suggestion offers; None where its files cannot be read. Raises Disagreement: a bug of ours."""
        try:
            return suggestion(self)
        except (OSError, UnmendableError):
            return None

    def holds(self, span: Span) -> bool:
        """Whether the concrete tree holds a node that is exactly this span; unread files count as yes."""
        try:
            return self.open(span.path).holds(span)
        except (OSError, UnmendableError):
            return True
