"""`registry-lint` and `python -m registry_lint`."""

from __future__ import annotations

import os
import sys


def _leave_the_working_folder() -> None:
    """Take the working folder off the import path: `python -m` puts it first, and it is what is analysed.

    A `click.py` or a pack's metadata in a hostile project would be run else. In a checkout of ours it stays.
    """
    here = os.getcwd() if sys.path else ""  # noqa: PTH109 - pathlib is not imported yet, and need not be
    ours = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    if sys.path and sys.path[0] in ("", here) and here != ours:
        del sys.path[0]


def main() -> None:
    """Run the command line and end the process with its exit code."""
    import gc

    from registry_lint.cli import main as run

    gc.disable()  # the process ends with its command: walking all that an analysis made took 2 s
    code = run(sys.argv[1:])
    gc.freeze()  # nor does the interpreter walk it when it ends
    sys.exit(code)


if __name__ == "__main__":
    _leave_the_working_folder()
    main()
