"""The command line: one module a command, and the only place that knows exit codes.

A command's module is imported when it is called, so that `--help` and `version` load neither the engine nor
pydantic, rich or libcst.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import sys
from typing import TYPE_CHECKING, Final

import click

from registry_lint import depth
from registry_lint.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

CLEAN: Final = 0
FINDINGS: Final = 1
MISTAKE: Final = 2
OUR_BUG: Final = 101
INTERRUPTED: Final = 130

_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # of a disk; never a bug of ours

TRACEBACK_VARIABLE: Final = "REGISTRY_LINT_TRACEBACK"
ISSUES: Final = "https://github.com/registry-lint/registry-lint/issues"

# The line that `--help` shows is here, so that listing the commands imports none of them.
COMMANDS: Final = {
    "check": ("check", "Report what is wrong in a project, or in some of its files."),
    "rules": ("rules", "List all rules."),
    "explain": ("explain", "Explain a rule: why, what to do instead, what it cannot see."),
    "config": ("config", "Show the settings that hold here, and where each was said."),
    "baseline": ("baseline", "Write, prune or show the file of known findings."),
    "init": ("init", "Write a first configuration from what the code shows."),
    "test": ("test", "Run the examples of the rules in a folder."),
    "trace": ("trace", "Follow a value through the project."),
    "audit": ("audit", "Make an inventory of a project's registries."),
    "clean": ("clean", "Remove the cache."),
    "server": ("server", "Serve an editor (language server protocol)."),
    "version": ("version", "Say the version."),
}


def _present() -> dict[str, tuple[str, str]]:
    """The commands that there are: those whose module is installed."""
    here = os.path.dirname(__file__)  # noqa: PTH120 - pathlib costs more than this whole module
    return {
        name: entry
        for name, entry in COMMANDS.items()
        if os.path.exists(os.path.join(here, f"{entry[0]}.py"))  # noqa: PTH110, PTH118
    }


class _Commands(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, context: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_present())

    def get_command(self, context: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        if name not in _present():
            return None
        command: click.Command = importlib.import_module(f"registry_lint.cli.{COMMANDS[name][0]}").command
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in _present().items()])

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name in _present() or name.startswith("-"):
            return super().resolve_command(context, args)
        import difflib

        close = difflib.get_close_matches(name, _present(), 1, 0.5)
        if close:
            hint = f" Did you mean `{close[0]}`?"
        else:
            hint = f" To check it, say `registry-lint check {name}`." if os.path.exists(name) else ""  # noqa: PTH110
        raise click.UsageError(f"There is no command {name!r}.{hint}", context)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=True)
@click.option(
    "--version",
    "say_version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda *a: _version(*a),
    help="Say the version.",
)
def group() -> None:
    """Follow objects into registries: across files, with fixes, without running your code."""


def _version(context: click.Context, _parameter: click.Parameter, asked: bool) -> None:
    if asked:
        from registry_lint.version import version

        click.echo(f"registry-lint {version()}")
        context.exit()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line (without the program's name) and return its exit code. Raises nothing."""
    try:
        code = _run(arguments)
    except BrokenPipeError:
        # The reader has gone (`| head`): nobody is left to tell. Commands that report know their code before they
        # write, and have returned it; this is for the others.
        code = CLEAN
    _flush()
    return code


def _run(arguments: Sequence[str] | None) -> int:
    try:
        with depth.frames(depth.WHOLE_RUN):
            result = group.main(
                args=None if arguments is None else list(arguments), prog_name="registry-lint", standalone_mode=False
            )
        return result if isinstance(result, int) else CLEAN
    except click.ClickException as error:  # one of them is the help for no arguments
        with contextlib.suppress(OSError):
            error.show()
        return MISTAKE
    except UserError as error:
        tell(error)
        return MISTAKE
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _FULL:  # click writes the help and the version
            tell(UserError(f"the output cannot be written: {error.strerror}"))
            return MISTAKE
        return _confess(error)


def _say(line: str) -> None:
    """A line to stderr, if it takes any: a code says what happened all the same."""
    with contextlib.suppress(OSError):
        click.echo(line, err=True)


def tell(error: UserError) -> None:
    """Print every mistake that a user must mend to stderr."""
    from registry_lint.report.visible import guarded, visible

    for mistake in error.mistakes:
        said = f"registry-lint: {mistake}" if not mistake.path else str(mistake)
        for line in guarded(visible(part) for part in said.split("\n")):
            _say(line)
    if len(error.mistakes) > 1:
        _say(f"registry-lint: {len(error.mistakes)} mistakes to mend")


def _confess(error: Exception) -> int:
    """One line for a bug of ours; the traceback where it is asked for."""
    if os.environ.get(TRACEBACK_VARIABLE):
        import traceback

        traceback.print_exception(error)
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    where = f" ({os.path.basename(last.tb_frame.f_code.co_filename)}:{last.tb_lineno})" if last else ""  # noqa: PTH119
    said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    _say(
        f"registry-lint: a bug of ours: {said}{where}; please report it at {ISSUES} "
        f"with the traceback that {TRACEBACK_VARIABLE}=1 shows"
    )
    return OUR_BUG


def _flush() -> None:
    """Write what is left, so that the interpreter has nothing to complain of when it ends."""
    for number, stream in ((1, sys.stdout), (2, sys.stderr)):
        if stream is None or stream.closed:
            continue
        try:
            stream.flush()
        except OSError:
            # What is left in the buffer goes nowhere; else the interpreter tries again and says "Exception ignored".
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, number)
