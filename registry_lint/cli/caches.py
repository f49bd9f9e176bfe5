"""The cache as commands use it: opened when it is first asked for, closed when the command ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from types import TracebackType

    from registry_lint.remember import Memory, Validated

cache_folder = click.option(
    "--cache-dir",
    type=click.Path(file_okay=False),
    help="Where the cache is, instead of .registry_lint_cache in the project's root.",
)


class Memories:
    """The memory of one project. `folder` is where --cache-dir says."""

    def __init__(self, folder: str | None, *, enabled: bool) -> None:
        self._folder = Path(folder) if folder is not None else None
        self._enabled = enabled
        self._opened: dict[Path, Memory | None] = {}

    def of(self, root: Path) -> Memory | None:
        """The memory of the project at a root; None where there is none to be had."""
        if not self._enabled:
            return None
        if root not in self._opened:
            from registry_lint.remember import Memory
            from registry_lint.source.cache_folder import open_cache

            cache = open_cache(root, self._folder)
            self._opened[root] = Memory(cache) if cache is not None else None
        return self._opened[root]

    @property
    def validated(self) -> Validated | None:
        """Which configurations are known to be valid."""
        from registry_lint.remember import Validated

        return Validated(self.of) if self._enabled else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for memory in self._opened.values():
            if memory is not None:
                memory.cache.close()
