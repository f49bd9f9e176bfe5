"""One file, read once: bytes in, facts out. A pure function, so its result can be cached by content."""

from __future__ import annotations

import ast
import gc
import re
import warnings

from registry_lint.depth import frames
from registry_lint.facts.records import FileFacts, Unparsable
from registry_lint.facts.statements import StatementWalker
from registry_lint.facts.tables import Tables, TooIntricateError
from registry_lint.source.text import SourceError, decode

# How deep a tree may be, in frames: Python's parser makes three levels of tree for each, on the C stack, where 900
# take some 300 kB; the walk takes up to three frames for a level. The deepest of 4,000 installed files has 46 levels.
_PARSING_FRAMES = 300
_WALKING_FRAMES = 3_000

# Python's parser takes two to eight seconds and 0.6 GB for a million tokens. The largest file of the standard library
# has 0.2 million, a table of a million numbers two.
_MOST_TOKENS = 2_100_000
_TOKEN = re.compile(rb"[\w\x80-\xff]+|[^\w\s\x80-\xff]")
# Before Python 3.12 the expressions of an f-string were parsed in time that grows with the square of their number:
# 100,000 took 20 seconds.
_MOST_FORMATTED = 10_000
_FORMATTED = re.compile(rb"(?:[fF][rR]?|[rR][fF])(\"\"\"|'''|\"|')")


def extract(data: bytes, *, newer: bool = True) -> FileFacts | Unparsable:
    """The facts of a file, or why it gave none. Never raises for anything that stands in the file.

    `newer` is whether libcst is asked about what does not parse, which takes ten times as long: it may be grammar that
    the running interpreter does not know.
    """
    try:
        source = decode(data)
    except SourceError as error:
        return Unparsable(error.message, error.row, error.column)
    if _is_too_long(data):
        return Unparsable("too long to be parsed in bounded time and memory", 0, 0)
    collecting = gc.isenabled()
    gc.disable()  # a tree has no cycles to collect: parsing is 7 to 22 % faster
    try:
        with frames(_PARSING_FRAMES), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes in the analysed code are not ours to report
            try:
                module = ast.parse(source)
            except SyntaxError as error:
                if not newer:
                    raise
                from registry_lint.facts.newer import parse  # libcst: 0.15 s, only where a file does not parse

                source, module = parse(source, error)
        with frames(_WALKING_FRAMES):
            tables = Tables(source)
            StatementWalker(tables).walk_module(module)
            return tables.freeze()
    except SyntaxError as error:
        return Unparsable(error.msg, error.lineno or 0, error.offset or 0)
    except (RecursionError, MemoryError):
        return Unparsable("nested too deeply to be parsed", 0, 0)
    except TooIntricateError:
        return Unparsable("too many branches over too many names to be read in bounded time", 0, 0)
    except ValueError as error:
        return Unparsable(str(error), 0, 0)
    finally:
        if collecting:
            gc.enable()


def _is_too_long(data: bytes) -> bool:
    """Whether Python's parser would need minutes or gigabytes: asked of large files only."""
    if len(data) > _MOST_TOKENS and sum(1 for _ in _TOKEN.finditer(data)) > _MOST_TOKENS:
        return True
    if len(data) <= 3 * _MOST_FORMATTED or data.count(b"{") <= _MOST_FORMATTED:
        return False
    for start in _FORMATTED.finditer(data):
        end = data.find(start[1], start.end())
        if data.count(b"{", start.end(), end if end >= 0 else len(data)) > _MOST_FORMATTED:
            return True
    return False
