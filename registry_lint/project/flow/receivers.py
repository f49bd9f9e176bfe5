"""The object that a method was called on: `self`, `cls`, or whatever its first parameter is called."""

from __future__ import annotations

from registry_lint.facts import records as facts


def class_of_receiver(file: facts.FileFacts, base: facts.ExprId) -> facts.ClassId:
    """The class whose method's first parameter an expression is; NONE where it is none."""
    record = file.expressions[base]
    if not isinstance(record, facts.Name):
        return facts.NONE
    bindings = record.bindings
    if bindings is None and record.id in ("self", "cls"):
        return _enclosing_class(file, base)
    for index in bindings or ():
        binding = file.bindings[index]
        if isinstance(binding, facts.ParameterBinding) and binding.index == 0:
            return file.functions[binding.function].class_
    return facts.NONE


def _enclosing_class(file: facts.FileFacts, expr: facts.ExprId) -> facts.ClassId:
    """The class around a function that reads an outer method's `self`."""
    scope = file.blocks[file.expression_blocks[expr]].scope
    while scope > 0:
        record = file.scopes[scope]
        if record.kind == "class":
            return record.owner
        scope = record.parent
    return facts.NONE
