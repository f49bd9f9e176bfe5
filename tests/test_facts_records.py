"""What is kept of a file: places and blocks that are packed, and nothing beside the facts."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from registry_lint.facts import records
from registry_lint.facts.encoded import decode, encode
from registry_lint.facts.extract import extract
from registry_lint.facts.records import FileFacts, Unparsable, packed, unpacked
from registry_lint.remember import Memory
from registry_lint.source.cache import Cache

if TYPE_CHECKING:
    from pathlib import Path

_NESTED = b"""\
class Tools:
    def add(self, *tools):
        for tool in tools:
            if isinstance(tool, Base) and tool.name:
                self.by_name[tool.name] = [lambda: tool, *[other for other in tools if other]]
        return {"count": len(self.by_name)}
"""


def facts_of(source: bytes) -> FileFacts:
    found = extract(source)
    assert isinstance(found, FileFacts)
    return found


@pytest.mark.parametrize(
    ("source", "position"),
    [
        pytest.param(b"tools", (1, 1, 1, 6), id="plain"),
        pytest.param("é = 'é', tools".encode(), (1, 10, 1, 15), id="behind characters of two bytes"),
        pytest.param("'''\u20ac\r\n\u20ac''', tools".encode(), (2, 7, 2, 12), id="behind a line end of two bytes"),
        pytest.param(b"\n" * 70_000 + b"tools", (70_001, 1, 70_001, 6), id="in a row that two bytes cannot say"),
        pytest.param(b"(" + b" " * 70_000 + b"tools)", (1, 70_002, 1, 70_007), id="in a column as far"),
    ],
)
def test_an_expression_stands_where_it_is_written(source: bytes, position: records.Position) -> None:
    found = facts_of(source)
    (expr,) = (index for index, record in enumerate(found.expressions) if record == records.Name("tools", None, ()))
    assert found.position(expr) == position
    assert found.row(expr) == position[0]
    assert found.by_position()[position] == expr


@pytest.mark.parametrize(
    ("source", "name"), [(b"tools", "tools"), (b"app.tools", "tools"), (b"tools()", ""), (b"tools[0]", "")]
)
def test_the_last_name_is_that_of_a_name_or_an_attribute(source: bytes, name: str) -> None:
    found = facts_of(source)
    assert found.last_name(found.by_position()[1, 1, 1, len(source) + 1]) == name


def test_of_expressions_in_one_place_the_outermost_is_found() -> None:
    found = facts_of(b"print(*tools)\n(yield)")
    assert found.by_position() == {found.position(expr): expr for expr in range(len(found.expressions))}


def test_an_expression_stands_in_the_block_that_holds_it() -> None:
    found = facts_of(_NESTED)
    kinds = {
        record.id: found.blocks[found.expression_blocks[expr]].kind
        for expr, record in enumerate(found.expressions)
        if isinstance(record, records.Name)
    }
    expected = {"self": "function", "len": "function", "isinstance": "for", "Base": "for"}
    assert kinds == {**expected, "tools": "if", "tool": "if", "other": "if"}


@pytest.mark.parametrize(
    "annotation",
    [
        pytest.param(b"int", id="a class"),
        pytest.param(b"kind_of(lambda: 0)", id="a lambda without parameters"),
        pytest.param(b"kind_of(lambda first, second: 0)", id="a lambda with others"),
    ],
)
def test_parameters_stand_where_they_are_written_whatever_is_returned(annotation: bytes) -> None:
    """A lambda in the annotation left its own parameters for the function's; the file was not read at all."""
    found = facts_of(b"def run(tool, *, name=None) -> " + annotation + b":\n    return tool\n")
    function = len(found.functions) - 1
    places = {
        binding.name: binding.position
        for binding in found.bindings
        if isinstance(binding, records.ParameterBinding) and binding.function == function
    }
    assert places == {"tool": (1, 9, 1, 13), "name": (1, 18, 1, 22)}


@pytest.mark.parametrize("numbers", [[], [0], [65_535, 1], [65_536, 1], [0, 2**32 - 1]])
def test_numbers_come_out_as_they_were_packed(numbers: list[int]) -> None:
    assert list(unpacked(packed(numbers), len(numbers))) == numbers


def test_reading_a_file_leaves_nothing_that_waits_for_a_garbage_collection() -> None:
    """None comes while a project is analysed: a walker that referred to itself kept its tables, a third of a run's
    memory."""
    facts_of(_NESTED)
    gc.collect()
    gc.disable()
    try:
        facts_of(_NESTED)
        assert gc.collect() == 0
    finally:
        gc.enable()


@pytest.mark.parametrize("source", [_NESTED, b"", b"x = (\n", b"\xff"], ids=["facts", "empty", "broken", "no text"])
def test_what_a_file_gave_comes_out_as_it_was_encoded(source: bytes) -> None:
    found = extract(source)
    body = encode(found)
    assert body is not None
    again = decode(body)
    assert again == found
    assert type(again) is type(found)


def test_what_is_no_text_is_not_encoded() -> None:
    assert encode(Unparsable("\ud800", 0, 0)) is None


@pytest.mark.parametrize("body", [b"", b"\xc1", b"\x93\x01\x02\x03", b"\xa1\xff"])
def test_other_bytes_are_nothing(body: bytes) -> None:
    assert decode(body) is None


def test_why_a_file_gave_nothing_is_kept(tmp_path: Path) -> None:
    asked: list[bytes] = []

    def noting(content: bytes) -> FileFacts | Unparsable:
        asked.append(content)
        return extract(content)

    for _ in range(2):
        with Cache(tmp_path, "test") as cache:
            assert Memory(cache).facts(noting)(b"x = (\n") == extract(b"x = (\n")
    assert asked == [b"x = (\n"]
