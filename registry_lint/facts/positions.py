"""Where the nodes of a concrete tree stand. Imports libcst: to be imported where one is needed only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from libcst.metadata import MetadataWrapper, PositionProvider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import TypeAlias

    import libcst as cst
    from libcst import BatchableCSTVisitor
    from libcst.metadata import CodeRange

    VisitorMethod: TypeAlias = Callable[[cst.CSTNode], None]


def positions(module: cst.Module) -> Mapping[cst.CSTNode, CodeRange]:
    """The place of every node of a parsed tree: rows from 1, columns in characters from 0."""
    return _Wrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)


class _Wrapper(MetadataWrapper):
    def visit_batched(
        self,
        visitors: Iterable[BatchableCSTVisitor],
        before_visit: VisitorMethod | None = None,
        after_leave: VisitorMethod | None = None,
    ) -> cst.CSTNode:
        """Nothing, where nobody visits: libcst walks the tree then, too, for half of the time of all positions."""
        visiting = list(visitors)
        return super().visit_batched(visiting, before_visit, after_leave) if visiting else self.module
