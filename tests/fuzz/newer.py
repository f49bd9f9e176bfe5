"""Old files written in newer grammar give the same facts: `python -m tests.fuzz newer --count 5000`.

Real files that `ast` reads are changed to forms of later grammar, and beside that to older forms in which everything
stands on the same row and column. Facts of the one come through libcst, of the other straight from `ast`.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import re
import sys
import time
import tokenize
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from registry_lint.facts.extract import extract
from registry_lint.facts.newer import is_shallow, parse
from registry_lint.facts.older import as_older
from registry_lint.facts.records import TABLES, FileFacts, Joined, Literal, Sequence, Unparsable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

LIBRARY = Path(os.__file__).parent

_DEFINITION = re.compile(r"^([ \t]*(?:async )?(?:def|class) \w+)(?=[(:])")
_EXCEPTIONS = re.compile(r"^([ \t]*except) \(([\w., ]*\w, [\w., ]*)\):$")
_FORMATTED = re.compile(r'f"[^"\\]*"')
_EXPRESSION = re.compile(r"(?<!\{)\{([^{}:!=\"\\]*'[^{}:!=\"\\]*)\}(?!\})")


class Written(NamedTuple):
    """One source in both forms."""

    newer: str
    older: str


def with_type_parameters(source: str) -> Written:
    """Every definition gets parameters; in the older form blanks of the same length."""
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return Written(*(_rewritten(source, definitions, _DEFINITION, new) for new in (r"\1[T: int]", r"\1        ")))


def with_bare_exceptions(source: str) -> Written:
    """`except (A, B):` without its parentheses, and with blanks before its colon."""
    handlers = (ast.ExceptHandler,)
    return Written(*(_rewritten(source, handlers, _EXCEPTIONS, new) for new in (r"\1  \2 \t:", r"\1 (\2)\t:")))


def _rewritten(source: str, kinds: tuple[type[ast.AST], ...], old: re.Pattern[str], new: str) -> str:
    """The source with the rows changed in which a node of some kinds begins: not those of texts that look like code."""
    lines = source.split("\n")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, kinds):
            row: int = node.lineno - 1  # type: ignore[attr-defined]  # the kinds all have one
            lines[row] = old.sub(new, lines[row])
    return "\n".join(lines)


def with_one_kind_of_quote(source: str) -> Written:
    """f-strings in double quotes, with double quotes for the single ones of their expressions."""
    return Written(_with_strings(source, lambda text: _EXPRESSION.sub(_in_double_quotes, text)), source)


def with_templates(source: str) -> Written:
    """t-strings for f-strings."""
    return Written(_with_strings(source, lambda text: f"t{text[1:]}"), source)


def _with_strings(source: str, new: Callable[[str], str]) -> str:
    """A source with its simple f-strings changed, each to one of the same length; chains of strings stay."""
    lines = source.split("\n")
    nodes = list(ast.walk(ast.parse(source)))
    inside = {id(node.format_spec) for node in nodes if isinstance(node, ast.FormattedValue)}
    for node in nodes:
        if not isinstance(node, ast.JoinedStr) or node.lineno != node.end_lineno or id(node) in inside:
            continue
        line = lines[node.lineno - 1]
        text = line[node.col_offset : node.end_col_offset]
        if line.isascii() and _FORMATTED.fullmatch(text):
            lines[node.lineno - 1] = line[: node.col_offset] + new(text) + line[node.end_col_offset :]
    return "\n".join(lines)


def _in_double_quotes(found: re.Match[str]) -> str:
    """An expression with its quotes changed; one that was met only up to a brace in a text of it stays."""
    return found[0].replace("'", '"') if found[0].count("'") % 2 == 0 else found[0]


class Change(NamedTuple):
    """A way to write a file newer, and what a file holds that can be written so."""

    write: Callable[[str], Written]
    holds: re.Pattern[bytes]


_HOLDS_DEFINITION = re.compile(rb"^(def|class) \w", re.MULTILINE)
_HOLDS_EXCEPTIONS = re.compile(rb"^[ \t]*except \([\w., ]*\w, [\w., ]*\):", re.MULTILINE)
_HOLDS_QUOTES = re.compile(rb"""f"[^"\\\n]*\{[^{}:!="\\\n]*'[^{}"\\\n]*\}""")
_HOLDS_FORMATTED = re.compile(rb"""f"[^"\\\n]*\{""")
CHANGES: Final = {
    "type parameters": Change(with_type_parameters, _HOLDS_DEFINITION),
    "bare exceptions": Change(with_bare_exceptions, _HOLDS_EXCEPTIONS),
    "one kind of quote": Change(with_one_kind_of_quote, _HOLDS_QUOTES),
    "templates": Change(with_templates, _HOLDS_FORMATTED),
}


def placed(found: FileFacts, *, aliases: bool = False) -> tuple[object, ...]:
    """Facts to compare. Left out is where a tuple stands, and where an alias's name does: the older forms have brackets
    around exceptions, and the name in front; and, where the interpreter tells more of them, the parts of an f-string.
    """
    unplaced = {
        index
        for index, expression in enumerate(found.expressions)
        if isinstance(expression, Sequence) and expression.kind == "tuple"
    }
    if sys.version_info >= (3, 12):
        joined = {index: one.parts for index, one in enumerate(found.expressions) if isinstance(one, Joined)}
        unplaced |= {
            part for parts in joined.values() for part in parts if isinstance(found.expressions[part], Literal)
        }
        unplaced |= joined.keys()
    places = [None if index in unplaced else found.position(index) for index in range(len(found.expressions))]
    names = [(type(one), one.name, None if aliases else one.position) for one in found.bindings]
    return (
        places,
        names,
        FileFacts(**{name: getattr(found, name) for name in TABLES} | {"packed_places": b"", "bindings": ()}),
    )


def nodes(source: str) -> list[str]:
    """Every expression of a source, with its place (rows from 1, columns in characters from 0).

    Left out are type parameters, and where the texts of an f-string stand: interpreters differ about that.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except SyntaxError as error:
        source, tree = parse(source, error)
    lines = [line.encode() for line in source.split("\n")]
    for node in ast.walk(tree):
        if isinstance(node, ast.expr):
            node.col_offset = len(lines[node.lineno - 1][: node.col_offset].decode())
            node.end_col_offset = len(
                lines[(node.end_lineno or 1) - 1][: node.end_col_offset].decode("utf-8", "replace")
            )
    return sorted(_nodes(tree))


def _nodes(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.expr):
        told = _pieces(node) if isinstance(node, ast.JoinedStr) else getattr(node, "id", getattr(node, "attr", ""))
        place = f"{node.lineno}:{node.col_offset}-{node.end_lineno}:{node.end_col_offset}"
        yield f"{place} {type(node).__name__} {told}".rstrip()
    for field, value in ast.iter_fields(node):
        if field == "type_params":
            continue
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, ast.AST):
                yield from _within_string(inner) if isinstance(node, ast.JoinedStr) else _nodes(inner)


def _within_string(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FormattedValue):
        yield from _nodes(node.value)
        for inner in node.format_spec.values if isinstance(node.format_spec, ast.JoinedStr) else ():
            yield from _within_string(inner)


def _pieces(node: ast.JoinedStr) -> str:
    """Its texts, with braces for its expressions."""
    pieces = []
    for value in node.values:
        if isinstance(value, ast.Constant):
            pieces.append(repr(value.value))
        elif isinstance(value, ast.FormattedValue):
            specification = value.format_spec
            pieces.append("{:" + _pieces(specification) + "}" if isinstance(specification, ast.JoinedStr) else "{}")
    return " ".join(pieces)


class Compared(NamedTuple):
    """How many files were compared, and those that differ, each with why."""

    files: int
    different: tuple[str, ...]


def readable(path: Path, largest: int, holds: re.Pattern[bytes] | None = None) -> str | None:
    """The text of a file that `ast` parses and that holds something; None of any other."""
    try:
        content = path.read_bytes()
        if len(content) > largest or (holds is not None and not holds.search(content)):
            return None
        with tokenize.open(path) as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            source = file.read()
            ast.parse(source)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return source


def files_of(folders: Iterable[Path], seed: int) -> list[Path]:
    """All sources below some folders, in an order that a seed decides."""
    paths = sorted(path for folder in folders for path in folder.rglob("*.py") if path.is_file())
    random.Random(seed).shuffle(paths)
    return paths


def compared(change: Change, paths: Iterable[Path], most: int, largest: int = 200_000) -> Compared:
    """Write files newer, and compare their facts with those of the older form."""

    def differences() -> Iterator[str | None]:
        for path in paths:
            source = readable(path, largest, change.holds)
            written = change.write(source) if source is not None else None
            if written is None or written.newer == source or not is_shallow(written.newer):
                continue
            found, expected = extract(written.newer.encode()), extract(written.older.encode())
            if isinstance(expected, Unparsable):
                continue  # a text that looks like code
            if isinstance(found, Unparsable):
                yield f"{path}: {found}"
            else:
                yield None if placed(found) == placed(expected) else f"{path}: other facts"

    return _counted(differences(), most)


def nothing_newer(paths: Iterable[Path], most: int, largest: int = 200_000) -> Compared:
    """Where `ast` reads a file, nothing is to be written over: both parsers mean the same by it."""

    def differences() -> Iterator[str | None]:
        for path in paths:
            source = readable(path, largest)
            if source is not None and is_shallow(source):
                yield None if as_older(source) is None else f"{path}: something is taken for newer grammar"

    return _counted(differences(), most)


def _counted(differences: Iterator[str | None], most: int) -> Compared:
    looked = [difference for _, difference in zip(range(most), differences, strict=False)]
    return Compared(len(looked), tuple(difference for difference in looked if difference is not None))


def main(arguments: list[str]) -> int:
    """Compare many files, and say what differs. Exit code 1 where anything does."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz newer", description=__doc__)
    parser.add_argument("--count", type=int, default=1_000, help="files for each form")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sources", type=Path, nargs="*", default=[], help="more folders, beside the standard library")
    parser.add_argument("--write", type=Path, help="a file of sources: write what this interpreter makes of them")
    given = parser.parse_args(arguments)
    if given.write:
        known = json.loads(given.write.read_text(encoding="utf-8"))
        text = json.dumps({source: nodes(source) for source in known}, indent=1, ensure_ascii=False)
        given.write.write_text(f"{text}\n", encoding="utf-8")
        return 0
    paths = files_of([LIBRARY, *given.sources], given.seed)
    broken = False
    for name, change in (*CHANGES.items(), ("nothing newer", None)):
        begun = time.monotonic()
        told = compared(change, paths, given.count) if change else nothing_newer(paths, given.count)
        for line in told.different:
            print(line)
        took = time.monotonic() - begun
        print(f"{name}: {told.files} files, {len(told.different)} differ, {took:.0f} s", flush=True)
        broken = broken or bool(told.different)
    return broken
