"""What a configuration file may say: pydantic models, and their JSON Schema.

Imported only when there is a configuration to validate. The models hold no defaults of their own: what a file
leaves out comes from the next one, and at last from config/settings.py.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from registry_lint.config.contracts import ForbiddenUse, Holding
from registry_lint.config.settings import Level, Settings
from registry_lint.findings import Confidence, Severity

_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


def _dotted(text: str) -> str:
    if not _DOTTED.fullmatch(text):
        raise ValueError("must be a dotted name such as `pkg.module.Name`")
    return text


def _identifier(text: str) -> str:
    if not text.isidentifier():
        raise ValueError("must be a Python name")
    return text


def _inside(text: str) -> str:
    if text.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", text) or ".." in re.split(r"[/\\]", text):
        raise ValueError("must be a path inside the project")
    if not text or any(not character.isprintable() for character in text):
        raise ValueError("must be a path")
    return text


def _pattern(text: str) -> str:
    if not text.strip("/!"):
        raise ValueError("an empty pattern matches nothing")
    return text


def _selector(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*", text):
        raise ValueError("must be a code, a rule's name, a prefix of codes, or ALL")
    return text


def _specifier(text: str) -> str:
    if not re.fullmatch(r"\s*(==|!=|>=|<=|>|<|~=)\s*\d+(\.\d+)*\s*(,\s*(==|!=|>=|<=|>|<|~=)\s*\d+(\.\d+)*\s*)*", text):
        raise ValueError("must be a version specifier such as `>=0.1,<2`")
    return text


DottedName = Annotated[str, AfterValidator(_dotted)]
Identifier = Annotated[str, AfterValidator(_identifier)]
InsidePath = Annotated[str, AfterValidator(_inside)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Selector = Annotated[str, AfterValidator(_selector)]
Specifier = Annotated[str, AfterValidator(_specifier)]


class _Table(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        alias_generator=lambda name: name.replace("_", "-"),
        use_attribute_docstrings=True,
    )


class Method(_Table):
    """A registering method."""

    name: Identifier
    """Its name."""
    key: Identifier = ""
    """The parameter that takes the key; inferred where it is left out."""
    value: Identifier = ""
    """The parameter that takes what is registered; inferred where it is left out."""


class Registry(_Table):
    """A registry class."""

    path: DottedName = Field(alias="class")
    """The class."""
    methods: list[Method] = []
    """Its registering methods; inferred where they are left out."""
    factories: list[DottedName] = []
    """Functions or methods that build it."""
    allowed_in: list[DottedName] = []
    """Modules or packages that may build it as well."""
    scope: Identifier = ""
    """The constructor's parameter that ties it to one user, request or connection."""
    holds: Holding = "anything"
    """What may be registered in it."""
    replacement: str = ""
    """Code to write instead of a construction; may hold `{scope}`."""
    name_helper: DottedName = ""
    """A function that gives a stable name to what is registered."""


class Tools(_Table):
    """What makes an object a tool."""

    bases: list[DottedName] = []
    """Base classes that are tools, beside those that registry-lint knows."""
    methods: list[Identifier] = []
    """Methods of which a tool has one."""
    attributes: list[Identifier] = []
    """Attributes of which a tool has all."""


class Schemas(_Table):
    """What makes a class plain data."""

    bases: list[DottedName] = []
    """Base classes that are schemas, beside those that registry-lint knows."""


class Tracker(_Table):
    """A class that is fetched through an accessor and not built."""

    path: DottedName = Field(alias="class")
    """The class."""
    accessor: DottedName = ""
    """The function or classmethod that hands it out."""
    guard: DottedName = ""
    """The constructor's parameter, or the function, that refuses direct calls."""


class Canonical(_Table):
    """A class of which there is one definition."""

    path: DottedName = Field(alias="class")
    """The class."""
    aliases: list[DottedName] = []
    """Other paths that may lead to it."""


class Superseded(_Table):
    """A name that something newer replaces."""

    name: DottedName
    """The old name."""
    replacement: str
    """What to write instead."""
    reason: str = ""
    """Why; it is part of the message."""


class Contexts(_Table):
    """How to see that a function serves one user, request or connection."""

    types: list[DottedName] = []
    """Types of its parameters or variables."""
    names: list[Identifier] = []
    """Names of its parameters or variables."""


class Forbid(_Table):
    """A use that the project forbids (REG001)."""

    path: DottedName
    """The class or function."""
    kind: ForbiddenUse = "construct"
    """The use."""
    except_in: list[DottedName] = []
    """Modules or packages in which it is allowed."""
    reason: str = ""
    """Why; it is part of the message."""
    replacement: str = ""
    """What to write instead."""


class OverrideTable(_Table):
    """Settings for some files only."""

    paths: list[Pattern] = Field(min_length=1)
    """Patterns of the files."""
    ignore: list[Selector] = []
    """Rules that are off there."""
    extend_select: list[Selector] = []
    """Rules that are on there as well."""
    severity: dict[str, Level] = {}
    """Severities there, by code or name."""
    min_confidence: Confidence | None = None
    """The least confidence of what is reported there."""


class ConfigurationFile(_Table):
    """registry-lint.toml, .registry-lint.toml, or `[tool.registry-lint]` in pyproject.toml."""

    extend: str = ""
    """Another configuration file, relative to this one; what stands here wins."""
    root: bool = True
    """Whether the project's root is here. `false`: what is said further up holds too, and the root is there."""
    required_version: Specifier = ""
    """The versions of registry-lint that may read this, such as `>=0.1,<2`."""
    select: list[Selector] = []
    """Rules that are on: codes, names, prefixes of codes, or ALL."""
    ignore: list[Selector] = []
    """Rules that are off."""
    extend_select: list[Selector] = []
    """Rules that are on as well, those that are off by default included."""
    per_file_ignores: dict[Pattern, list[Selector]] = {}
    """Rules that are off in the files of a pattern."""
    overrides: list[OverrideTable] = []
    """Settings for the files of some patterns; a later entry wins."""
    severity: dict[str, Level] = {}
    """`error`, `warning`, `info` or `off`, by code or name."""
    min_confidence: Confidence = "likely"
    """`certain`: report only what was resolved at every step."""
    fail_on: Severity = "info"
    """The least severity that makes a run fail."""
    exclude: list[Pattern] = []
    """Files and folders that are left out, instead of the default ones."""
    extend_exclude: list[Pattern] = []
    """Files and folders that are left out as well."""
    tests: list[Pattern] = []
    """Files that are tests, instead of the default patterns."""
    source_roots: list[InsidePath] = []
    """Folders from which modules are imported; found out where this is left out."""
    baseline: InsidePath = ""
    """A file of known findings, as `registry-lint baseline write` makes it."""
    require_reason: bool = False
    """Whether every suppression must give its reason."""
    packs: list[InsidePath] = []
    """Folders with rules of this project; loaded only with --trust-packs."""
    max_registries: int = Field(default=2, ge=1)
    """How many registries of one family an entry point may build."""
    registries: list[Registry] = []
    """Registry classes; inferred where this is left out."""
    tools: Tools = Tools()
    """What makes an object a tool."""
    schemas: Schemas = Schemas()
    """What makes a class plain data."""
    trackers: list[Tracker] = []
    """Classes behind an accessor; inferred where this is left out."""
    canonical: list[Canonical] = []
    """Classes of which there is one definition."""
    superseded: list[Superseded] = []
    """Names that something newer replaces."""
    contexts: Contexts = Contexts()
    """How to see that a function serves one user, request or connection."""
    entry_points: list[DottedName] = []
    """Functions from which the program is entered, beside those that are found."""
    release_names: list[Identifier] = []
    """Names of methods that release a registry, beside the usual ones."""
    forbid: list[Forbid] = []
    """Uses that the project forbids."""


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a configuration file."""
    import msgspec

    schema = ConfigurationFile.model_json_schema(by_alias=True)
    defaults = msgspec.json.decode(msgspec.json.encode(Settings()))
    for key, entry in schema["properties"].items():
        entry.pop("title", None)
        if entry.pop("default", None) is not None and isinstance(entry.get("type"), str):
            default = defaults.get(key.replace("-", "_"), True if key == "root" else None)
            if default not in (None, [], {}, "") and key != "per-file-ignores":
                entry["default"] = default
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "registry-lint",
        **{key: value for key, value in schema.items() if key != "title"},
    }


def keys_at(location: tuple[str | int, ...]) -> tuple[str, ...]:
    """The keys that are valid in the table at a location; empty where it is no table of fixed keys."""
    model: Any = ConfigurationFile
    for step in location:
        if isinstance(step, int):
            continue
        fields = {field.alias or name: field.annotation for name, field in getattr(model, "model_fields", {}).items()}
        if step not in fields:
            return ()
        model = _model_in(fields[step])
    return tuple(field.alias or name for name, field in getattr(model, "model_fields", {}).items())


def _model_in(annotation: Any) -> Any:
    """The model in `X` or `list[X]`."""
    arguments = getattr(annotation, "__args__", ())
    return arguments[0] if arguments and getattr(annotation, "__origin__", None) is list else annotation
