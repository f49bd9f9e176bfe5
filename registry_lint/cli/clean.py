"""`registry-lint clean`."""

from __future__ import annotations

from pathlib import Path

import click

from registry_lint.cli import CLEAN, terminal
from registry_lint.cli.caches import cache_folder
from registry_lint.cli.start import common_folder
from registry_lint.errors import Mistake, UserError


@click.command()
@click.argument("path", default=".", type=click.Path())
@cache_folder
def command(path: str, cache_dir: str | None) -> int:
    """Remove the cache of a project. The next run makes it again."""
    from registry_lint.config.load import project_root
    from registry_lint.source.cache_folder import clean, place

    root = project_root(common_folder([path]))
    folder = place(root, Path(cache_dir) if cache_dir else None)
    try:
        found = clean(root, Path(cache_dir) if cache_dir else None)
    except OSError as error:
        raise UserError(Mistake(f"cannot be removed: {error.strerror}", path=str(folder))) from error
    terminal.tell([f"Removed {folder}" if found else f"There is no cache in {folder}"])
    return CLEAN
