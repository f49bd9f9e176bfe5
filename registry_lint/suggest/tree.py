"""A file opened to be mended: the node for a span, and the edits that a suggestion pencils in."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

import libcst as cst

from registry_lint.findings import Applicability, Edit, Fix, Span
from registry_lint.suggest import calls, statements
from registry_lint.suggest.calls import Argument
from registry_lint.suggest.concrete import Concrete, Disagreement, Fragment, Kind
from registry_lint.suggest.document import Change, Document, Extent, UnmendableError, applied, edits, merged
from registry_lint.suggest.imports import Imports
from registry_lint.suggest.rewriting import rewritten
from registry_lint.suggest.scopes import ImportedName, Names, uses
from registry_lint.suggest.statements import RefusedError

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Sequence

    from registry_lint.suggest.surroundings import Surroundings


class Source:
    """What is computed once of a file, however many suggestions open it."""

    def __init__(self, document: Document, surroundings: Surroundings) -> None:
        self.document = document
        self.surroundings = surroundings
        self.concrete = Concrete(document)
        self.names = Names(document, surroundings.module_of(document.path))

    @cached_property
    def imported(self) -> frozenset[str]:
        """The names that import statements bind."""
        return frozenset(imported.name for imported in self.names.imported)


class SourceTree:
    """One file, opened for one suggestion.

    Every method that takes a span first makes sure that libcst sees there what the rule saw, and raises Disagreement
    where it does not: a bug of ours. Edits are only pencilled in; `fix` hands them over, or None where one of them
    could not be made without harm (`refusals` says why). Nothing reaches another suggestion: each opens its own tree.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._document = source.document
        self._concrete = source.concrete
        self._imports = Imports(source.names, source.surroundings)
        self._changes: list[Change] = []
        self.refusals: list[str] = []

    @property
    def path(self) -> str:
        """The file's path, POSIX and relative to the project's root."""
        return self._document.path

    # -- reading

    def text(self, span: Span) -> str:
        """The text of a span, as it stands in the file."""
        return self._document.text[slice(*self._document.extent(span))]

    def arguments(self, call: Span) -> tuple[Argument, ...]:
        """The arguments of a call, in order."""
        fragment, node = self._call(call)
        return calls.arguments(self._document, fragment, node)

    def callee(self, call: Span) -> Span:
        """The span of what is called: `registry.register` in `registry.register(tool)`."""
        fragment, node = self._call(call)
        return self._document.span(fragment.outer(node.func))

    def statement(self, span: Span) -> Span:
        """The span of the innermost statement around a span, decorators included."""
        found = self._concrete.statement(span)
        return self._document.span(self._document.whole_extent_of(found.statement))

    def is_statement(self, span: Span) -> bool:
        """Whether an expression is a statement of its own, so that it may be removed as one."""
        return self.statement(span)[1:] == span[1:]

    # -- expressions and calls

    def replace(self, span: Span, code: str) -> None:
        """Put other code in an expression's place; parentheses are added where the code would bind otherwise."""
        fragment, node = self._concrete.expression(span, "expression")
        self._pencil(lambda: [calls.replacement(self._document, fragment, node, code)])

    def replace_callee(self, call: Span, code: str) -> None:
        """Call something else with the same arguments."""
        fragment, node = self._call(call)
        self._pencil(lambda: [calls.replacement(self._document, fragment, node.func, code)])

    def rewrite_arguments(self, call: Span, arguments: Sequence[str]) -> None:
        """Put these arguments in the place of the call's own; its parentheses stay."""
        fragment, node = self._call(call)
        inside = calls.between_parentheses(self._document, fragment, node)
        self._pencil(lambda: [Change(*inside, ", ".join(arguments))])

    def add_argument(self, call: Span, code: str) -> None:
        """Add an argument, `name` or `name=value`, behind the call's others."""
        fragment, node = self._call(call)
        self._pencil(lambda: calls.with_argument(self._document, fragment, node, code))

    def wrap_in_comprehension(self, span: Span, element: str, item: str) -> None:
        """`tools` becomes `[element for item in tools]`; its own text stays as it is."""
        fragment, node = self._concrete.expression(span, "expression")
        self._pencil(lambda: calls.in_comprehension(self._document, fragment, node, element, item))

    def remove_element(self, span: Span) -> None:
        """Remove an element of a list, tuple, set or dictionary, an argument or a base class, with its comma."""
        found, extent = self._concrete.enclosing(span)
        fragment = self._concrete.fragment(found, extent.end)
        if calls.container_of(fragment, extent) is None:
            raise Disagreement(span, "element")
        self._pencil(lambda: calls.without_element(self._document, fragment, extent) or ())

    # -- statements and definitions

    def remove_statement(self, span: Span) -> None:
        """Remove the innermost statement around a span; a suite that would be empty gets a `pass`."""
        found = self._concrete.statement(span)
        self._pencil(lambda: [statements.removal(self._document, found)])

    def replace_statement(self, span: Span, code: str, *, and_rest: bool = False) -> None:
        """Put other statements in the place of the innermost one around a span.

        With `and_rest` they replace what follows it in its suite too, as a `raise` does that nothing can come behind.
        """
        found = self._concrete.statement(span)
        extent = self._document.whole_extent_of(found.statement)
        if and_rest:
            extent = extent._replace(end=self._document.extent_of(found.suite[-1]).end)
        row = self._document.row_of(extent.start)
        start = self._document.row_start(row)
        lines = statements.indented(code, self._document.indentation(row))
        shares = bool(self._document.text[start : extent.start].strip())

        def change() -> list[Change]:
            if shares and len(lines) > 1:
                raise RefusedError("the statement shares its line with others")
            first = lines[0].lstrip()
            return [Change(*extent, self._document.line_end_at(row).join((first, *lines[1:])))]

        self._pencil(change)

    def insert_before(self, span: Span, code: str) -> None:
        """Put statements before the innermost one around a span, above its comments; they are indented as it is."""
        found = self._concrete.statement(span)
        self._pencil(lambda: [statements.insertion_before(self._document, found, code)])

    def insert_after(self, span: Span, code: str) -> None:
        """Put statements behind the innermost one around a span, indented as it is."""
        found = self._concrete.statement(span)
        self._pencil(lambda: [statements.insertion_after(self._document, found, code)])

    def insert_into(self, function: Span, code: str) -> None:
        """Put statements at the beginning of a function's body, behind its docstring."""
        node = self._function(function)
        self._pencil(lambda: [statements.insertion_into(self._document, node, code)])

    def insert_parameter(self, function: Span, code: str, *, keyword_only: bool = False) -> None:
        """Add a parameter, `name: T = default`, as the last that may be passed by position, or by keyword only."""
        found = self._concrete.statement(function, "function")
        fragment, node = self._concrete.node_of(found, "function", function)
        assert isinstance(node, cst.FunctionDef)
        self._pencil(lambda: calls.with_parameter(self._document, fragment, node, code, keyword_only=keyword_only))

    # -- names

    def import_name(self, module: str, name: str | None = None, *, at: Span) -> str | None:
        """The expression that means `module.name` (or the module) at a span; what it needs is imported.

        An existing binding is used where there is one, under whatever name; else the import is merged into one of the
        same module, or inserted: at the top, or in the function where a cycle would arise otherwise. None where the
        name is taken, or cannot be imported here.
        """
        found = self._imports.name(module, name, self._document.extent(at))
        if found is None:
            self.refusals.append(f"`{name or module}` cannot be imported here")
        return found

    # -- handing over

    def fix(self, applicability: Applicability, message: str, *others: SourceTree) -> Fix | None:
        """The edits of this tree, and of the trees of other files, as one fix: all or none.

        Imports that only the replaced code used are removed with it. None where an edit was refused, where nothing
        changes, or where a file would no longer parse.
        """
        together: list[Edit] = []
        for tree in (self, *others):
            if tree.refusals or (changed := tree._settled()) is None:
                return None
            together.extend(edits(tree._document, changed))
        return Fix(applicability, message, tuple(together)) if together else None

    def _settled(self) -> tuple[Change, ...] | None:
        """All changes, imports included, or None (with a refusal) where they do not go together."""
        document, source = self._document, self._source
        gone: set[ImportedName] = set()
        while True:
            try:
                changes = merged((*self._changes, *self._imports.changes(gone)))
                text = applied(document.text, changes)
                after = Document(document.path, document.coding.encode(text))
                if text != after.text:
                    raise RefusedError("the file's encoding would change")
                around = rewritten(document, changes)
                if around is None:
                    _ = after.syntax  # whether it parses at all
                if not changes or not self._may_free_imports(changes):
                    return changes
                if around is None:
                    counts = uses(after.syntax)
                else:
                    counts = source.names.uses - uses(*around.gone) + uses(*around.made)
            except (ValueError, RefusedError, UnmendableError) as error:
                self.refusals.append(str(error))
                return None
            more = set(self._imports.left_behind(source.names.uses, counts)) - gone
            if not more:
                return changes
            gone |= more

    def _may_free_imports(self, changes: Sequence[Change]) -> bool:
        """Whether an imported name was taken out: most edits free none, and need no second look at the file."""
        removed = (self._document.text[change.start : change.end] for change in changes)
        return any(name in self._source.imported for text in removed for name in re.findall(r"\w+", text))

    def _call(self, span: Span) -> tuple[Fragment, cst.Call]:
        fragment, node = self._concrete.expression(span, "call")
        assert isinstance(node, cst.Call)
        return fragment, node

    def _function(self, span: Span) -> ast.FunctionDef | ast.AsyncFunctionDef:
        return self._concrete.statement(span, "function").statement  # type: ignore[return-value]  # confirmed by its kind

    def _pencil(self, make: Callable[[], Sequence[Change]]) -> None:
        try:
            self._changes.extend(make())
        except RefusedError as refusal:
            self.refusals.append(str(refusal))

    def confirm(self, span: Span, kind: Kind) -> None:
        """Raise Disagreement unless libcst sees a node of this kind at a span."""
        if kind in ("call", "expression"):
            self._concrete.expression(span, "call" if kind == "call" else "expression")
        else:
            self._concrete.statement(span, kind)

    def holds(self, span: Span) -> bool:
        """Whether libcst sees anything at all that is exactly this span."""
        return self._concrete.holds(span)


__all__ = ["Argument", "Disagreement", "Extent", "Source", "SourceTree", "UnmendableError"]
