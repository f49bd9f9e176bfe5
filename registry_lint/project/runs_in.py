"""Which function an expression runs in: one index for each file, made when something there is asked for.

A lambda and a comprehension run in the function that holds them, as far as a call graph is concerned: they are
rarely called elsewhere, and nobody has a name for them. What stands at module or class level runs when the module
is imported. Defaults, annotations and decorators belong to the function that they are written for, since
`Depends(get_db)` and `@retry` take effect when that function is called.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from registry_lint.facts import records as facts
from registry_lint.project.domain import FunctionRef
from registry_lint.project.flow.externals import dispatch_prefix
from registry_lint.project.operators import uses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from registry_lint.project.operators import Use


class ModuleBody(NamedTuple):
    """What runs when a file is imported, or run as a script: its code outside of functions."""

    path: str


Node: TypeAlias = FunctionRef | ModuleBody
Header: TypeAlias = Literal["decorator", "dependency"]


class Dispatch(NamedTuple):
    """A method that is looked up by a name made at run time."""

    prefix: str
    object: facts.ExprId
    at: facts.ExprId


class RunsIn:
    """The calls and loads of one file, by the function that they run in."""

    def __init__(self, path: str, facts_of: Callable[[str], facts.FileFacts]) -> None:
        self.path = path
        self._facts_of = facts_of
        self._nodes: dict[facts.BlockId, Node] = {}

    @property
    def file(self) -> facts.FileFacts:
        """The facts of the file. They are not kept here: an index takes a tenth of their memory."""
        return self._facts_of(self.path)

    def node(self, expr: facts.ExprId) -> Node:
        """The function (or module body) in which an expression is evaluated."""
        return self.node_of_block(self.file.expression_blocks[expr])

    def node_of_block(self, block: facts.BlockId) -> Node:
        """The function (or module body) that a block belongs to; a class body counts as what is around it."""
        known = self._nodes.get(block)
        if known is None:
            known = self._nodes[block] = self._find_node(block)
        return known

    def _find_node(self, block: facts.BlockId) -> Node:
        scope = self.file.blocks[block].scope
        while scope > 0:
            record = self.file.scopes[scope]
            if record.kind == "function" and self.file.functions[record.owner].name != "<lambda>":
                return FunctionRef(self.path, record.owner)
            scope = record.parent
        return ModuleBody(self.path)

    @cached_property
    def calls(self) -> dict[Node, tuple[facts.ExprId, ...]]:
        """Every call by what runs it, in the order of the file."""
        found: defaultdict[Node, list[facts.ExprId]] = defaultdict(list)
        for index, record in enumerate(self.file.expressions):
            if isinstance(record, facts.Call):
                found[self.node(index)].append(index)
        return {node: tuple(calls) for node, calls in found.items()}

    @cached_property
    def loads(self) -> dict[str, tuple[facts.ExprId, ...]]:
        """Every name or attribute that is read without being called, by its last name."""
        called = {record.func for record in self.file.expressions if isinstance(record, facts.Call)}
        found: defaultdict[str, list[facts.ExprId]] = defaultdict(list)
        for index, record in enumerate(self.file.expressions):
            if index not in called:
                match record:
                    case facts.Name(id=name) | facts.Attribute(name=name):
                        found[name].append(index)
        return {name: tuple(exprs) for name, exprs in found.items()}

    @cached_property
    def loads_of(self) -> dict[Node, tuple[facts.ExprId, ...]]:
        """Every name or attribute that is read without being called, by what runs it."""
        found: defaultdict[Node, list[facts.ExprId]] = defaultdict(list)
        for exprs in self.loads.values():
            for expr in exprs:
                found[self.node(expr)].append(expr)
        return {node: tuple(sorted(exprs)) for node, exprs in found.items()}

    @cached_property
    def operators(self) -> dict[str, tuple[Use, ...]]:
        """Every place that may run a special method, by the method's name."""
        return uses(self.file)

    @cached_property
    def operators_of(self) -> dict[Node, tuple[Use, ...]]:
        """The same by what runs it."""
        found: defaultdict[Node, list[Use]] = defaultdict(list)
        for places in self.operators.values():
            for use in places:
                found[self.node(use.at)].append(use)
        return {node: tuple(places) for node, places in found.items()}

    @cached_property
    def dispatches(self) -> tuple[Dispatch, ...]:
        """Every `getattr(x, f"visit_{kind}")`, in the order of the file."""
        found = []
        for call in self.file.calls.get("getattr", ()):
            record = self.file.expressions[call]
            assert isinstance(record, facts.Call)
            positional = [argument.value for argument in record.arguments if argument.name == ""]
            prefix = dispatch_prefix(self.file, positional)
            if prefix:
                found.append(Dispatch(prefix, positional[0], call))
        return tuple(found)

    @cached_property
    def renamed(self) -> dict[str, tuple[str, ...]]:
        """The names that assignments (`run = self.start`) and imports give to something, by its own last name."""
        found: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for binding in self.file.bindings:
            if isinstance(binding, facts.ImportBinding) and binding.member:
                found[binding.member][binding.name] = None
            elif isinstance(binding, facts.ValueBinding) and binding.expr != facts.NONE and not binding.path:
                match self.file.expressions[binding.expr]:
                    case facts.Name(id=name) | facts.Attribute(name=name):
                        found[name][binding.name] = None
        return {name: tuple(names) for name, names in found.items()}

    @cached_property
    def texts(self) -> dict[str, tuple[facts.ExprId, ...]]:
        """Every literal text that is a name, or ends in one behind a dot or colon, by that name."""
        found: defaultdict[str, list[facts.ExprId]] = defaultdict(list)
        for index, record in enumerate(self.file.expressions):
            if isinstance(record, facts.Literal) and isinstance(record.value, str) and len(record.value) < 200:
                last = record.value.replace(":", ".").rpartition(".")[2]
                if last.isidentifier():
                    found[last].append(index)
        return {name: tuple(exprs) for name, exprs in found.items()}

    @cached_property
    def headers(self) -> dict[facts.ExprId, tuple[FunctionRef, Header]]:
        """What stands in the decorators, defaults and annotations of a function: expression → function."""
        found: dict[facts.ExprId, tuple[FunctionRef, Header]] = {}
        for index, function in enumerate(self.file.functions):
            ref = FunctionRef(self.path, index)
            for decorator in function.decorators:
                record = self.file.expressions[decorator]
                arguments = record.arguments if isinstance(record, facts.Call) else ()
                found[record.func if isinstance(record, facts.Call) else decorator] = (ref, "decorator")
                for argument in arguments:
                    found.update((part, (ref, "dependency")) for part in self.parts(argument.value))
            for parameter in function.parameters:
                for expr in (parameter.default, parameter.annotation):
                    if expr != facts.NONE:
                        found.update((part, (ref, "dependency")) for part in self.parts(expr))
        return found

    @cached_property
    def headers_of(self) -> dict[Node, tuple[tuple[facts.ExprId, Header], ...]]:
        """The same by function."""
        found: defaultdict[Node, list[tuple[facts.ExprId, Header]]] = defaultdict(list)
        for expr, (function, header) in self.headers.items():
            found[function].append((expr, header))
        return {function: tuple(sorted(exprs)) for function, exprs in found.items()}

    def parts(self, expr: facts.ExprId) -> Iterator[facts.ExprId]:
        """An expression and all expressions in it, lambdas left out."""
        pending = [expr]
        while pending:
            expr = pending.pop()
            if expr == facts.NONE:
                continue
            yield expr
            match self.file.expressions[expr]:
                case facts.Attribute(base=base) | facts.Starred(value=base):
                    pending.append(base)
                case facts.Subscript(base=base, key=key) | facts.Binary(left=base, right=key):
                    pending.extend((base, key))
                case facts.Comprehension(key=key, value=value):
                    pending.extend((key, value))
                case facts.Call(func=func, arguments=arguments):
                    pending.append(func)
                    pending.extend(argument.value for argument in arguments)
                case facts.Sequence(items=parts) | facts.Choice(options=parts) | facts.Joined(parts=parts):
                    pending.extend(parts)
                case facts.Opaque(parts=parts):
                    pending.extend(parts)
                case facts.Mapping(items=items):
                    pending.extend(part for item in items for part in item)
