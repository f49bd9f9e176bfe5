"""`registry-lint version`."""

from __future__ import annotations

import click


@click.command()
def command() -> None:
    """Say the version."""
    from registry_lint.version import version

    click.echo(f"registry-lint {version()}")
