"""Facts of a project's files: each content is read once, however often it is asked for, and whatever is let go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from registry_lint.facts.encoded import RECORD, decode, encode, weight
from registry_lint.facts.extract import extract
from registry_lint.facts.records import FileFacts
from registry_lint.project import files as module
from registry_lint.project.files import Files
from registry_lint.project.lately import Lately
from registry_lint.source.corpus import MemoryCorpus

if TYPE_CHECKING:
    from registry_lint.facts.records import Unparsable

SOURCES = {
    **{f"m{number}.py": f"x{number} = f({number})\n".encode() for number in range(12)},
    "copy.py": b"x3 = f(3)\n",
    "broken.py": b"x = (\n",
    "odd.py": b"# coding: utf-7\nx = '+2AA-'\n",
}


def noting() -> tuple[Files, list[bytes]]:
    """The files of all sources, and the contents that were read for their facts, in that order."""
    read: list[bytes] = []

    def noted(content: bytes) -> FileFacts | Unparsable:
        read.append(content)
        return extract(content)

    return Files(MemoryCorpus(SOURCES), tuple(sorted(SOURCES)), (), noted), read


@pytest.mark.parametrize("at_hand", [0, 600, 16_000_000])
def test_each_content_is_read_once(at_hand: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FACTS_AT_HAND", at_hand)
    files, read = noting()
    alone = {path: extract(content) for path, content in SOURCES.items()}
    order = [*sorted(SOURCES), *sorted(SOURCES, reverse=True), "m3.py", "copy.py", "m3.py"]
    for path in order:
        found = files.facts(path)
        assert found == alone[path] if path in {"copy.py", *(f"m{n}.py" for n in range(12))} else found is None
    assert len(read) == len(set(SOURCES.values()))
    assert set(files.unparsable) == {"broken.py", "odd.py"}


def test_what_weighs_less_than_it_may_is_kept_longer() -> None:
    """Before values are let go, all are weighed as they are by then."""
    keys = "abcdefg"
    weighs = dict.fromkeys("abcdefghi", 2)
    gone: list[str] = []
    plain = Lately[str, str](30)
    weighed = Lately[str, str](30, lambda key, _: gone.append(key), weighs.__getitem__)
    for key in keys:
        plain.put(key, key, 10)
        weighed.put(key, key, 10)
    assert [key for key in keys if plain.get(key)] == ["d", "e", "f", "g"]
    assert [key for key in keys if weighed.get(key)] == list(keys)
    weighs |= dict.fromkeys("abcdefghi", 10)
    weighed.put("h", "h", 10)
    weighed.put("i", "i", 30)
    assert gone == list(keys)


def test_facts_weigh_more_the_more_is_asked_for() -> None:
    body = encode(extract(b"".join(SOURCES[f"m{number}.py"] for number in range(8)) * 20))
    assert body is not None
    found = decode(body)
    assert isinstance(found, FileFacts)
    told = [weight(found)]
    _ = found.expressions[0]
    told.append(weight(found))
    _ = tuple(found.expressions)
    told.append(weight(found))
    assert told == sorted(set(told))
    assert told[0] == len(body)
    assert told[-1] == len(body) + RECORD * len(found.expressions)


def test_what_cannot_be_encoded_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FACTS_AT_HAND", 0)
    monkeypatch.setattr(module, "encode", lambda _: None)
    files, read = noting()
    for path in ("m1.py", "m2.py", "m3.py", "m1.py", "m4.py", "m1.py"):
        assert files.facts(path) == extract(SOURCES[path])
    assert len(read) == 4


def test_what_is_counted_in_a_content_is_counted_once() -> None:
    counted: list[bytes] = []

    def letters(data: bytes) -> dict[bytes, int]:
        counted.append(data)
        return {b"x": data.count(b"x"), b"f": data.count(b"f")}

    files, _ = noting()
    for _ in range(2):
        assert files.counts("m3.py", letters) == {b"x": 1, b"f": 1}
        assert files.counts("copy.py", letters) == {b"x": 1, b"f": 1}
        assert files.counts("broken.py", letters) == {b"x": 1, b"f": 0}
    assert counted == [SOURCES["m3.py"], SOURCES["broken.py"]]
