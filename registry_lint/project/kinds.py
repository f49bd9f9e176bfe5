"""What kind of thing a class is: a tool, a data schema, a pydantic model, an exception, a typed dict.

Dependencies are often not installed where the linter runs, so well-known third-party bases stand in tables
here. A name is matched whole, and by its package and last part, since packages re-export their bases from
several modules (`langchain_core.tools.base.BaseTool` is `langchain_core.tools.BaseTool`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.callable_fields import carries_callable
from registry_lint.project.classes import TRANSPARENT_BASES
from registry_lint.project.domain import AnyClass, ClassRef, FunctionRef

if TYPE_CHECKING:
    from registry_lint.config.contracts import Contracts
    from registry_lint.project.annotations import Annotations
    from registry_lint.project.classes import Classes
    from registry_lint.project.files import Files


class KnownBase(NamedTuple):
    """A third-party base class: its package, its name, and what deriving from it means."""

    package: str
    name: str
    tool: bool
    pydantic: bool
    fields: tuple[str, ...] = ()  # attributes that an instance has, and a pydantic class has not


_SCHEMAS = (
    KnownBase("pydantic", "BaseModel", tool=False, pydantic=True),
    KnownBase("pydantic", "RootModel", tool=False, pydantic=True),
    KnownBase("pydantic", "BaseSettings", tool=False, pydantic=True),
    KnownBase("pydantic", "GenericModel", tool=False, pydantic=True),
    KnownBase("pydantic_settings", "BaseSettings", tool=False, pydantic=True),
    KnownBase("sqlmodel", "SQLModel", tool=False, pydantic=True),
    KnownBase("ninja", "Schema", tool=False, pydantic=True),
    KnownBase("beanie", "Document", tool=False, pydantic=True),
    KnownBase("msgspec", "Struct", tool=False, pydantic=False),
    KnownBase("marshmallow", "Schema", tool=False, pydantic=False),
)

_NAMED = ("name", "description")
_TOOLS = (
    KnownBase("langchain_core", "BaseTool", tool=True, pydantic=True, fields=_NAMED),
    KnownBase("langchain_core", "StructuredTool", tool=True, pydantic=True, fields=_NAMED),
    KnownBase("langchain_core", "Tool", tool=True, pydantic=True, fields=_NAMED),
    KnownBase("langchain", "BaseTool", tool=True, pydantic=True, fields=_NAMED),
    KnownBase("langchain", "StructuredTool", tool=True, pydantic=True, fields=_NAMED),
    KnownBase("langchain", "Tool", tool=True, pydantic=True, fields=_NAMED),
    KnownBase("langchain_community", "BaseTool", tool=True, pydantic=True, fields=_NAMED),
    KnownBase("crewai", "BaseTool", tool=True, pydantic=True, fields=_NAMED),
    KnownBase("crewai_tools", "BaseTool", tool=True, pydantic=True, fields=_NAMED),
    KnownBase("llama_index", "BaseTool", tool=True, pydantic=False, fields=("metadata",)),
    KnownBase("llama_index", "FunctionTool", tool=True, pydantic=False, fields=("metadata",)),
    KnownBase("smolagents", "Tool", tool=True, pydantic=False, fields=_NAMED),
    KnownBase("transformers", "Tool", tool=True, pydantic=False, fields=_NAMED),
    KnownBase("autogen_core", "BaseTool", tool=True, pydantic=False, fields=_NAMED),
    KnownBase("google", "BaseTool", tool=True, pydantic=False, fields=_NAMED),
    KnownBase("google", "FunctionTool", tool=True, pydantic=False, fields=_NAMED),
    KnownBase("pydantic_ai", "Tool", tool=True, pydantic=False, fields=_NAMED),
    KnownBase("agents", "FunctionTool", tool=True, pydantic=False, fields=_NAMED),
    KnownBase("haystack", "Tool", tool=True, pydantic=False, fields=_NAMED),
    KnownBase("agno", "Toolkit", tool=True, pydantic=False, fields=("name",)),
    KnownBase("phi", "Toolkit", tool=True, pydantic=False, fields=("name",)),
    KnownBase("semantic_kernel", "KernelPlugin", tool=True, pydantic=True, fields=_NAMED),
)

# What makes a class something to run, beside the contract's methods: agent frameworks name it so. A field
# `handler` that may be left out does not: a description of a tool carries one, too (see callable_fields.py).
_RUNNING_METHODS = ("invoke", "ainvoke", "create")
_RUNNING_FIELDS = ("executor", "func", "fn", "coroutine")

_BY_NAME: dict[tuple[str, str], KnownBase] = {(base.package, base.name): base for base in (*_SCHEMAS, *_TOOLS)}

# Methods and attributes that pydantic gives every model class; they are there on the class as well.
_PYDANTIC_CLASS_ATTRIBUTES = frozenset(
    {"model_fields", "model_config", "model_json_schema", "model_validate", "schema", "construct", "copy", "dict"}
)
_EVERY_CLASS_HAS = frozenset(dir(type)) | frozenset(dir(object))


def known_base(dotted: str) -> KnownBase | None:
    """The table's entry for the dotted name of a third-party class."""
    return _BY_NAME.get((dotted.partition(".")[0], dotted.rpartition(".")[2]))


class Kinds:
    """Judges classes."""

    def __init__(self, files: Files, classes: Classes, annotations: Annotations, contracts: Contracts) -> None:
        self._files = files
        self._classes = classes
        self._annotations = annotations
        self._contracts = contracts
        self._tool_bases = frozenset(contracts.tools.bases)
        self._schema_bases = frozenset(contracts.schemas.bases)

    def is_tool(self, of: AnyClass) -> bool:
        """Whether a class meets the tool contract: a tool's base, or something to run."""
        return self.has_tool_base(of) or self._can_run(of)

    def has_tool_base(self, of: AnyClass) -> bool:
        """Whether a class derives from a base of tools."""
        for base in self._classes.order(of):
            if self._classes.dotted(base) in self._tool_bases:
                return True
            known = known_base(base) if isinstance(base, str) else None
            if known is not None and known.tool:
                return True
        return False

    def _can_run(self, of: AnyClass) -> bool:
        methods = (*self._contracts.tools.methods, *_RUNNING_METHODS)
        for base in self._classes.order(of):
            if isinstance(base, ClassRef):
                if any(self._classes.methods(base, name) for name in methods):
                    return True
                if any(self._classes.members(base, name) for name in _RUNNING_FIELDS):
                    return True
                if carries_callable(self._files.parsed(base.path), base, self._annotations):
                    return True
        return False

    def is_schema(self, of: AnyClass) -> bool:
        """Whether a class is plain data: it derives from a base of schemas and is no tool."""
        return self.has_schema_base(of) and not self.is_tool(of)

    def has_schema_base(self, of: AnyClass) -> bool:
        """Whether a class derives from a base of data schemas."""
        for base in self._classes.order(of):
            if self._classes.dotted(base) in self._schema_bases:
                return True
            known = known_base(base) if isinstance(base, str) else None
            if known is not None and not known.tool:
                return True
        return False

    def is_pydantic(self, of: AnyClass) -> bool:
        """Whether a class is a pydantic model (a tool that is one included)."""
        for base in self._classes.order(of):
            known = known_base(base) if isinstance(base, str) else None
            if known is not None and known.pydantic:
                return True
        return False

    def can_be_built_without_arguments(self, of: AnyClass) -> bool:
        """Whether `Class()` works, as far as that is known: no constructor in the order asks for anything."""
        if isinstance(of, str):
            return False
        given: set[str] = set()  # fields for which a nearer class has a value: `name: str = "x"` over `name: str`
        for base in self._classes.order(of):
            if isinstance(base, str):
                known = known_base(base)
                if base not in TRANSPARENT_BASES and (known is None or not known.pydantic):
                    return False
                continue
            constructors = self._classes.methods(base, "__init__")
            if constructors:
                return all(self._takes_nothing(function) for function in constructors)
            required, valued = self._fields(base)
            if required - given and (self.is_pydantic(of) or self._is_dataclass(base)):
                return False
            given |= valued
        return True

    def _takes_nothing(self, function: FunctionRef) -> bool:
        parameters = self._files.parsed(function.path).functions[function.id].parameters[1:]
        return all(p.default != facts.NONE or p.kind in ("args", "kwargs") for p in parameters)

    def _fields(self, ref: ClassRef) -> tuple[set[str], set[str]]:
        """The names that a class's body only annotates, and those that it gives a value."""
        file = self._files.parsed(ref.path)
        required: set[str] = set()
        valued: set[str] = set()
        for name, bindings in file.scopes[file.classes[ref.id].scope].names.items():
            record = file.bindings[bindings[-1]]
            if not isinstance(record, facts.ValueBinding) or record.expr != facts.NONE:
                valued.add(name)
            elif record.annotation != facts.NONE and not _is_class_variable(file, record.annotation):
                required.add(name)
        return required, valued

    def _is_dataclass(self, ref: ClassRef) -> bool:
        file = self._files.parsed(ref.path)
        for decorator in file.classes[ref.id].decorators:
            record = file.expressions[decorator]
            target = file.expressions[record.func] if isinstance(record, facts.Call) else record
            name = target.id if isinstance(target, facts.Name) else getattr(target, "name", "")
            if name in ("dataclass", "define", "frozen", "attrs", "s"):
                return True
        return False

    def metaclass_name(self, of: AnyClass) -> str:
        """The name of a class's metaclass, as far as it is known: ModelMetaclass, EnumType, ABCMeta, type."""
        if self.is_pydantic(of):
            return "ModelMetaclass"
        order = self._classes.order(of)
        for base in order:
            if isinstance(base, ClassRef):
                for keyword in self._classes.record(base).keywords:
                    if keyword.name == "metaclass":
                        named = self._files.parsed(base.path).expressions[keyword.value]
                        if isinstance(named, facts.Name):
                            return named.id
                        return named.name if isinstance(named, facts.Attribute) else "type"
        if any(base in ("abc.ABC", "typing.Protocol", "typing_extensions.Protocol") for base in order):
            return "ABCMeta"
        if any(isinstance(base, str) and base.startswith("enum.") for base in order):
            return "EnumType"
        return "type"

    def has_attribute(self, of: AnyClass, name: str, *, on_class: bool) -> bool | None:
        """Whether a class (or its instances) has an attribute; None where that cannot be known.

        A pydantic field is no class attribute: `hasattr(Model, "name")` is False with and without a default.
        """
        if name in _EVERY_CLASS_HAS:
            return True
        pydantic = self.is_pydantic(of)
        if pydantic and on_class and name in _PYDANTIC_CLASS_ATTRIBUTES:
            return True
        unknown = False
        for base in self._classes.order(of):
            if isinstance(base, str):
                known = known_base(base)
                if known is not None and name in known.fields:
                    return not (on_class and known.pydantic)
                if known is None and base not in ("builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol"):
                    unknown = True
                continue
            found = self._own_attribute(base, name, on_class=on_class, pydantic=pydantic)
            if found is not None:
                return found
            if self._classes.methods(base, "__getattr__"):
                unknown = True
            if not on_class:
                stored = self._stored(base, name)
                if stored == "always":
                    return True
                unknown = unknown or stored == "somewhere"
        return None if unknown else False

    def _own_attribute(self, ref: ClassRef, name: str, *, on_class: bool, pydantic: bool) -> bool | None:
        if self._classes.methods(ref, name):
            return True
        file = self._files.parsed(ref.path)
        for binding in self._classes.members(ref, name):
            record = file.bindings[binding]
            if not isinstance(record, facts.ValueBinding):
                return True
            if not on_class:
                return True
            if record.annotation == facts.NONE:
                return True
            if _is_class_variable(file, record.annotation):
                return True
            return record.expr != facts.NONE and not pydantic
        return None

    def _stored(self, ref: ClassRef, name: str) -> str:
        """Whether methods of a class store an attribute on `self`: "always" in the constructor, "somewhere" in
        another method (it may not be there yet: `if not hasattr(self, "_cache")`), or "" nowhere."""
        file = self._files.parsed(ref.path)
        found = ""
        for store in file.attribute_stores:
            if store.name == name and self._stores_on_self(file, store, ref):
                scope = file.scopes[file.blocks[store.block].scope]
                if scope.kind == "function" and file.functions[scope.owner].name in ("__init__", "__post_init__"):
                    return "always"
                found = "somewhere"
        return found

    def _stores_on_self(self, file: facts.FileFacts, store: facts.AttributeStore, ref: ClassRef) -> bool:
        base = file.expressions[store.base]
        if not isinstance(base, facts.Name) or not base.bindings:
            return False
        binding = file.bindings[base.bindings[0]]
        if not isinstance(binding, facts.ParameterBinding) or binding.index != 0:
            return False
        return file.functions[binding.function].class_ == ref.id


def _is_class_variable(file: facts.FileFacts, annotation: facts.ExprId) -> bool:
    record = file.expressions[annotation]
    if isinstance(record, facts.Literal) and isinstance(record.value, str):
        return "ClassVar" in record.value
    while isinstance(record, facts.Subscript):
        annotation = record.base
        record = file.expressions[annotation]
    return file.last_name(annotation) == "ClassVar"
