"""A suggestion made on one small text, for tests. `«…»` marks the spans that a rule speaks of."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

from registry_lint.facts.extract import extract
from registry_lint.facts.records import Unparsable
from registry_lint.findings import Span
from registry_lint.suggest.document import Change, Document, Extent, applied
from registry_lint.suggest.neighbours import bodies
from registry_lint.suggest.surroundings import ALONE, Answers, Surroundings
from registry_lint.suggest.tree import SourceTree
from registry_lint.suggest.workshop import Workshop

Do = Callable[[SourceTree, Span], object]


def marked(text: str, path: str = "app/module.py", encoding: str = "utf-8") -> tuple[bytes, list[Span]]:
    """The bytes of a text without its marks, and the spans that were marked."""
    plain = re.sub("[«»]", "", text)
    spans = []
    document = Document(path, plain.encode(encoding))
    for found in re.finditer("«(.*?)»", text, re.DOTALL):
        before = len(re.sub("[«»]", "", text[: found.start()]))
        spans.append(document.span(Extent(before, before + len(re.sub("[«»]", "", found[1])))))
    return plain.encode(encoding), spans


def mend(
    text: str,
    do: Do,
    *,
    path: str = "app/module.py",
    surroundings: Surroundings = ALONE,
    encoding: str = "utf-8",
) -> str | None:
    """The text after one suggestion, or None where it refuses; every span is given to `do` in turn."""
    content, spans = marked(text, path, encoding)
    whole = _mended(content, spans, do, path, surroundings)
    # With the bodies of functions left out, the same comes of it.
    assert isinstance(surroundings, Answers)
    found = extract(content)
    if not isinstance(found, Unparsable):
        outlined = dataclasses.replace(surroundings, bodies_of=lambda _path: bodies(found))
        assert _mended(content, spans, do, path, outlined) == whole
    return whole


def _mended(content: bytes, spans: list[Span], do: Do, path: str, surroundings: Surroundings) -> str | None:
    tree = Workshop(lambda _: content, surroundings).open(path)
    for span in spans:
        do(tree, span)
    fix = tree.fix("safe", "mend")
    if fix is None:
        return None
    document = Document(path, content)
    return applied(document.text, [Change(*document.extent(edit.span), edit.content) for edit in fix.edits])
