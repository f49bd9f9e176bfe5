"""One file, read once: bytes in, facts out. A pure function, so its result can be cached by content."""

from __future__ import annotations

import ast
import gc
import sys
import warnings

from registry_lint.facts.records import FileFacts, Unparsable
from registry_lint.facts.statements import StatementWalker
from registry_lint.facts.tables import Tables
from registry_lint.source.text import SourceError, decode

# Deep enough for any code that people write; a chain of thousands of operators is said to be unparsable
# instead of ending the process (the C stack takes about 0.5 kB a level).
_RECURSION_LIMIT = 6_000


def extract(data: bytes) -> FileFacts | Unparsable:
    """The facts of a file, or why it gave none. Never raises for anything that stands in the file."""
    try:
        source = decode(data)
    except SourceError as error:
        return Unparsable(error.message, error.row, error.column)
    collecting = gc.isenabled()
    gc.disable()  # a tree has no cycles to collect: parsing is 7 to 22 % faster
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _RECURSION_LIMIT))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes in the analysed code are not ours to report
            module = ast.parse(source)
        tables = Tables(source)
        StatementWalker(tables).walk_module(module)
        return tables.freeze()
    except SyntaxError as error:
        return Unparsable(error.msg, error.lineno or 0, error.offset or 0)
    except (RecursionError, MemoryError):
        return Unparsable("nested too deeply to be parsed", 0, 0)
    except ValueError as error:
        return Unparsable(str(error), 0, 0)
    finally:
        sys.setrecursionlimit(limit)
        if collecting:
            gc.enable()
