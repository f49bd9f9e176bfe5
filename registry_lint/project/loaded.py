"""Which modules a file imports while it is loaded: at its top, outside `if TYPE_CHECKING:`.

A look (see questions.py): it is asked of files that nothing else is asked of, so their module level alone is parsed,
which takes a tenth of the time, and what it said is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts import records as facts
from registry_lint.facts.extract import extract
from registry_lint.project.questions import look
from registry_lint.source.sketch import sketch

if TYPE_CHECKING:
    from collections.abc import Iterator


@look
def modules_loaded(data: bytes) -> tuple[str, ...]:
    """The modules, and the members of modules, that are imported when a file is loaded, as they are written: with the
    dots of a relative import, each once."""
    found = extract(sketch(data, lambda _before, _function: False), newer=False)
    if not isinstance(found, facts.FileFacts):
        found = extract(data)
    return tuple(dict.fromkeys(loaded_by(found))) if isinstance(found, facts.FileFacts) else ()


def loaded_by(found: facts.FileFacts) -> Iterator[str]:
    """The same of a file whose facts are at hand."""
    for binding in found.bindings:
        if isinstance(binding, facts.ImportBinding) and not _runs_later(found, binding.block):
            dotted = binding.module.endswith(".")
            yield f"{binding.module}{'' if dotted else '.'}{binding.member}" if binding.member else binding.module
            if binding.submodule:
                yield binding.submodule
    yield from (star.module for star in found.star_imports)


def _runs_later(found: facts.FileFacts, block: facts.BlockId) -> bool:
    """Whether a block is not run when its file is loaded: in a function, or for type checkers only."""
    while block != facts.NONE:
        record = found.blocks[block]
        if record.kind == "function":
            return True
        if record.kind == "if" and any(_is_type_checking(found.expressions[header]) for header in record.headers):
            return True
        block = record.parent
    return False


def _is_type_checking(expression: facts.Expr) -> bool:
    match expression:
        case facts.Name(id="TYPE_CHECKING") | facts.Attribute(name="TYPE_CHECKING"):
            return True
    return False
