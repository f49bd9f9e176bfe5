"""`registry-lint server`: an editor's language server, on standard input and output."""

from __future__ import annotations

import gc
import os

import click

from registry_lint.cli import CLEAN
from registry_lint.cli.start import configured
from registry_lint.errors import Mistake, UserError


@click.command()
@click.option("--stdio", is_flag=True, help="Speak on standard input and output, as it does anyway; editors say so.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write what runs leave for the next one.")
@configured
def command(stdio: bool, no_cache: bool, config: tuple[str, ...], isolated: bool, trust_packs: bool) -> int:  # noqa: ARG001 - see --stdio
    """Serve an editor (language server protocol) on standard input and output.

    Findings are shown while code is written, each with its way; fixes are offered where they are, and hovering over
    a finding shows its rule's page. It needs the extra `registry-lint[server]`.
    """
    from registry_lint.packs import TRUST_VARIABLE
    from registry_lint.server.analysis import Options

    try:
        from registry_lint.server.session import serve
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        hint = "`pip install 'pygls>=2'` here brings it, as the extra `registry-lint[server]` does"
        raise UserError(Mistake("the editor's server needs pygls, which is not installed", hint=hint)) from error
    trusted = trust_packs or os.environ.get(TRUST_VARIABLE, "") not in ("", "0")
    gc.enable()  # unlike other commands, it goes on after its first analysis
    serve(Options(config, isolated, trusted, cache=not no_cache))
    return CLEAN
