"""Configuration: which files hold, what they mean together, and how their mistakes are told."""

from __future__ import annotations

import textwrap
import tomllib
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry_lint.config.contracts import RegisteringMethod, RegistryContract
from registry_lint.config.globs import Globs, rebased
from registry_lint.config.load import CommandLine, Configuration, load
from registry_lint.config.mistakes import _fits
from registry_lint.config.positions import places
from registry_lint.config.schema import json_schema
from registry_lint.config.settings import EXCLUDE, Settings
from registry_lint.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

# --- patterns ------------------------------------------------------------------------------------------------

PATTERNS = [
    ("tests/", "a/tests/b.py", True),
    ("tests/", "tests", False),  # a file of that name is no folder
    ("tests/", "latests/b.py", False),
    ("test_*.py", "a/test_b.py", True),
    ("test_*.py", "a/contest_b.py", False),
    ("a/b.py", "a/b.py", True),
    ("a/b.py", "x/a/b.py", False),  # a slash inside: from the root
    ("/a", "a/x.py", True),
    ("/a", "b/a/x.py", False),
    ("a/*.py", "a/b/c.py", False),  # a star stays in its component
    ("a/**/c.py", "a/c.py", True),
    ("a/**/c.py", "a/b/b/c.py", True),
    ("**/c.py", "a/b/c.py", True),
    ("src/**", "src/x/y.py", True),
    ("[ab].py", "a.py", True),
    ("./gen/x.py", "gen/x.py", True),
    ("*", "anything/at.py", True),
    ("", "a.py", False),
]


@pytest.mark.parametrize(("pattern", "path", "expected"), PATTERNS)
def test_pattern(pattern: str, path: str, expected: bool) -> None:
    assert Globs([pattern]).match(path) is expected


def test_pattern_of_folder_matches_the_folder_itself() -> None:
    assert Globs(["build/"]).match("a/build", folder=True)
    assert not Globs(["build/"]).match("a/build")
    assert not Globs(["src/**"]).match("src", folder=True)


def test_last_matching_pattern_decides() -> None:
    globs = Globs(["gen/", "!gen/keep.py", "gen/keep.py/x"])
    assert globs.match("gen/a.py")
    assert not globs.match("gen/keep.py")


def test_hostile_pattern_does_not_hang() -> None:
    assert not Globs(["*a" * 40 + "b"]).match("a" * 5000)
    assert not Globs(["**/" * 60 + "x/y"]).match("/".join("a" * 200))


@pytest.mark.parametrize(
    ("pattern", "folder", "expected"),
    [("gen/", "sub", "sub/**/gen/"), ("/a/b", "sub", "sub/a/b"), ("!x.py", "s", "!s/**/x.py"), ("a/b", "", "a/b")],
)
def test_rebased(pattern: str, folder: str, expected: str) -> None:
    assert rebased(pattern, folder) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/unit/a.py", True),
        ("a/test_b.py", True),
        ("a/b_test.py", True),
        ("conftest.py", True),
        ("test_framework/fixtures.py", True),
        ("app/latest.py", False),
        ("app/testing.py", False),
        ("app/contest/a.py", False),
    ],
)
def test_default_test_paths(path: str, expected: bool) -> None:
    assert Settings.default().is_test(path) is expected


def test_digest_tells_settings_apart() -> None:
    assert Settings().digest() == Settings.default().digest()
    assert Settings(max_registries=3).digest() != Settings().digest()


# --- positions -----------------------------------------------------------------------------------------------

TOML = """\
# a comment = [not a key]
a = "x # y"
b.c = [ "one", # [
  'two',
]
"quoted.key" = { inner = [{ deep = 1 }], other = '''
[no.header]
''' }
[table.sub]
when = 1979-05-27 07:32:00
[[list]]
name = 1
[[list]]
name = 2
[list.below]
x = ""\"
key = "no"
""\"
"""


def test_places() -> None:
    found = {path: place[:2] for path, place in places(TOML).items()}
    assert found["a",] == (2, 1)
    assert found["b", "c", 1] == (4, 3)
    assert found["quoted.key", "inner", 0, "deep"] == (6, 29)
    assert found["quoted.key", "other"] == (6, 42)
    assert found["table", "sub", "when"] == (10, 1)
    assert found["list", 0] == (11, 1)
    assert found["list", 1, "name"] == (14, 1)
    assert found["list", 1, "below", "x"] == (16, 1)
    assert ("key",) not in found


_keys = st.text("ab-_", min_size=1, max_size=4)
_values = st.recursive(
    st.integers() | st.booleans() | st.text("a#[]{}\"',= \\", max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(_keys, _values, max_size=4))
def test_every_key_of_any_document_has_its_place(table: dict[str, Any]) -> None:
    import tomlkit

    text = tomlkit.dumps(table)
    found = places(text)
    assert tomllib.loads(text) == table
    for path in _paths(table):
        assert path in found


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    here = [path] if path else []
    return here + [found for key, part in inner for found in _paths(part, (*path, key))]


# --- which files hold ----------------------------------------------------------------------------------------


def project(root: Path, **files: str) -> Path:
    """Write files; `__` in a name stands for a slash."""
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_toml", ".toml").replace("dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
    return root


def loaded(start: Path, *config: str, isolated: bool = False, **values: object) -> Configuration:
    named = {key.replace("_", "-"): value for key, value in values.items()}
    return load(start, CommandLine(config, isolated, named))


def test_without_configuration_the_root_is_the_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "a" / "b").mkdir(parents=True)
    found = loaded(tmp_path / "a" / "b")
    assert (found.root, found.path) == (tmp_path, None)
    assert found.settings == Settings.default()


def test_nearest_file_wins_and_is_the_root(tmp_path: Path) -> None:
    project(tmp_path, a__pyproject_toml="[tool.registry-lint]\n")
    (tmp_path / "registry-lint.toml").write_text('ignore = ["REG1"]')
    found = loaded(tmp_path / "a")
    assert found.root == tmp_path / "a"
    assert found.settings.ignore == ()


@pytest.mark.parametrize("winner", [".registry-lint.toml", "registry-lint.toml", "pyproject.toml"])
def test_order_in_one_folder(tmp_path: Path, winner: str) -> None:
    names = [".registry-lint.toml", "registry-lint.toml", "pyproject.toml"]
    for name in names[names.index(winner) :]:
        header = "[tool.registry-lint]\n" if name == "pyproject.toml" else ""
        (tmp_path / name).write_text(f"{header}baseline = '{name}'\n")
    assert loaded(tmp_path).settings.baseline == winner


def test_pyproject_without_our_table_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "registry-lint.toml").write_text("max-registries = 7")
    project(tmp_path, a__pyproject_toml="[project]\ndependencies = ['registry-lint']\n")
    assert loaded(tmp_path / "a").settings.max_registries == 7


def test_nothing_above_the_repository_is_read(tmp_path: Path) -> None:
    (tmp_path / "registry-lint.toml").write_text("max-registries = 7")
    (tmp_path / "a" / ".git").mkdir(parents=True)
    assert loaded(tmp_path / "a").settings.max_registries == 2


def test_root_false_stands_on_the_next_one_above(tmp_path: Path) -> None:
    (tmp_path / "registry-lint.toml").write_text(
        'max-registries = 7\nignore = ["REG1"]\n[[registries]]\nclass = "a.A"\n[severity]\nREG101 = "info"\n'
    )
    project(
        tmp_path,
        a__pyproject_toml="""\
            [tool.registry-lint]
            root = false
            ignore = ["REG2"]
            extend-exclude = ["gen/", "/top.py"]
            severity = { REG102 = "error" }
            [[tool.registry-lint.registries]]
            class = "b.B"
            """,
    )
    found = loaded(tmp_path / "a")
    assert found.root == tmp_path
    assert found.settings.max_registries == 7
    assert found.settings.ignore == ("REG2",)
    assert found.settings.severity == {"REG101": "info", "REG102": "error"}
    assert [contract.path for contract in found.settings.contracts.registries] == ["a.A", "b.B"]
    assert found.settings.extend_exclude == ("a/**/gen/", "a/top.py")
    assert found.settings.is_excluded("a/x/gen/y.py")
    assert not found.settings.is_excluded("gen/y.py")


def test_extend(tmp_path: Path) -> None:
    project(tmp_path, shared__base_toml='max-registries = 7\nextend-exclude = ["gen/x.py"]\nignore = ["REG1"]')
    (tmp_path / "registry-lint.toml").write_text('extend = "shared/base.toml"\nignore = []\n')
    found = loaded(tmp_path)
    assert found.settings.max_registries == 7
    assert found.settings.ignore == ()
    assert found.settings.is_excluded("gen/x.py")  # counts from the folder of the file that extends
    assert found.origins["max-registries"].endswith("base.toml")


def test_extending_in_a_circle_and_into_nothing(tmp_path: Path) -> None:
    (tmp_path / "registry-lint.toml").write_text('extend = "other.toml"')
    (tmp_path / "other.toml").write_text('extend = "registry-lint.toml"')
    with pytest.raises(ConfigurationError, match="circle"):
        loaded(tmp_path)
    (tmp_path / "other.toml").write_text('extend = "none.toml"')
    with pytest.raises(ConfigurationError, match=r"no file 'none\.toml'"):
        loaded(tmp_path)


def test_isolated_reads_nothing(tmp_path: Path) -> None:
    (tmp_path / "registry-lint.toml").write_text("this is not TOML")
    found = loaded(tmp_path, isolated=True, select=("REG1",))
    assert found.settings == Settings(select=("REG1",))


def test_config_option(tmp_path: Path) -> None:
    (tmp_path / "registry-lint.toml").write_text("max-registries = 7")
    (tmp_path / "other.toml").write_text("max-registries = 8")
    assert loaded(tmp_path, str(tmp_path / "other.toml")).settings.max_registries == 8
    found = loaded(tmp_path, "max-registries = 9", "severity.REG101 = 'off'")
    assert (found.settings.max_registries, found.settings.severity) == (9, {"REG101": "off"})
    with pytest.raises(ConfigurationError) as caught:
        loaded(tmp_path, "max = 9", "nowhere.toml")
    assert [mistake.message for mistake in caught.value.mistakes] == [
        "--config: there is no file 'nowhere.toml'",
        "unknown key `max`",
    ]


# --- what they mean ------------------------------------------------------------------------------------------


def test_contracts(tmp_path: Path) -> None:
    project(
        tmp_path,
        pyproject_toml="""\
            [[tool.registry-lint.registries]]
            class = "app.ToolRegistry"
            methods = [{ name = "add", key = "name", value = "tool" }]
            factories = ["app.make"]
            allowed-in = ["app.tests"]
            holds = "tools"
            name-helper = "app.name_of"
            [tool.registry-lint.tools]
            bases = ["app.Tool"]
            [[tool.registry-lint.forbid]]
            path = "app.Old"
            kind = "import"
            except-in = ["app.compat"]
            """,
    )
    contracts = loaded(tmp_path).settings.contracts
    registry = contracts.registries[0]
    assert registry.origin is not None
    assert (registry.origin.row, registry.origin.column) == (1, 1)
    assert registry == RegistryContract(
        path="app.ToolRegistry",
        methods=(RegisteringMethod("add", "name", "tool"),),
        factories=("app.make",),
        allowed_in=("app.tests",),
        holds="tools",
        name_helper="app.name_of",
        origin=registry.origin,
    )
    assert contracts.tools.bases == ("app.Tool",)
    assert contracts.tools.attributes == ("name",)  # what is left out keeps its default
    assert contracts.forbid[0].except_in == ("app.compat",)


def test_command_line_wins(tmp_path: Path) -> None:
    (tmp_path / "registry-lint.toml").write_text('ignore = ["REG1"]\n[per-file-ignores]\n"a.py" = ["REG1"]')
    found = loaded(tmp_path, ignore=("REG2",), per_file_ignores={"b.py": ("REG3",)})
    assert found.settings.ignore == ("REG2",)
    assert [entry.pattern for entry in found.settings.per_file_ignores] == ["a.py", "b.py"]
    assert found.origins["ignore"] == "command line"


def test_where_an_ignore_stands(tmp_path: Path) -> None:
    (tmp_path / "registry-lint.toml").write_text('[per-file-ignores]\n"a.py" = ["REG1"]\n  "b.py" = ["REG1"]\n')
    span = loaded(tmp_path).positions.of_ignore("b.py")
    assert span is not None
    assert span[:3] == ("registry-lint.toml", 3, 3)


# --- mistakes ------------------------------------------------------------------------------------------------

MISTAKES = [
    ('selct = ["REG1"]', 1, 1, "unknown key `selct`", "did you mean `select`?"),
    ('ignore = "REG1"', 1, 1, "`ignore` must be a list, not 'REG1'", ""),
    ("max_registries = 3", 1, 1, "unknown key `max_registries`", "did you mean `max-registries`?"),
    (
        'fail-on = "errors"',
        1,
        1,
        "`fail-on` must be one of error, warning, info, not 'errors'",
        "did you mean `error`?",
    ),
    (
        '\n[severity]\nREG101 = "high"',
        3,
        1,
        "`severity.REG101` must be one of error, warning, info, off, not 'high'",
        "",
    ),
    ('tools = { bases = ["a", 3] }', 1, 25, "`tools.bases[2]` must be a text, not 3", ""),
    ('[[registries]]\nholds = "tools"', 1, 1, "`class` is missing in `registries[1]`", ""),
    ('[[registries]]\nclass = "a b"', 2, 1, "`registries[1].class` must be a dotted name", ""),
    ('[[registries]]\nclass = "a"\n[[registries]]\nclass = "a"', 4, 1, "`registries` speaks of a twice", ""),
    ('baseline = "/etc/passwd"', 1, 1, "`baseline` must be a path inside the project", ""),
    ('packs = ["../evil"]', 1, 10, "`packs[1]` must be a path inside the project", ""),
    ("require-reason = 1", 1, 1, "`require-reason` must be true or false, not 1", ""),
    ('required-version = ">=99"', 1, 1, "this configuration asks for registry-lint >=99", ""),
    ('required-version = "new"', 1, 1, "`required-version` must be a version specifier", ""),
    ("max-registries = 0", 1, 1, "`max-registries`: input should be greater than or equal to 1", ""),
    ('select = ["REG 1"]', 1, 11, "`select[1]` must be a code", ""),
    ("a = [1,\n  2", 2, 4, "not TOML: unclosed array", ""),
    ("a = 1\na = 2", 2, 6, "not TOML: cannot overwrite a value", ""),
    ('per-file-ignores = { "/" = [] }', 1, 22, "an empty pattern matches nothing", ""),
]


@pytest.mark.parametrize(("text", "row", "column", "message", "hint"), MISTAKES)
def test_mistake(tmp_path: Path, text: str, row: int, column: int, message: str, hint: str) -> None:
    (tmp_path / "registry-lint.toml").write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        loaded(tmp_path)
    (mistake,) = caught.value.mistakes
    assert (mistake.row, mistake.column) == (row, column)
    assert message in mistake.message
    assert hint in mistake.hint
    lines = mistake.frame.split("\n")
    assert lines[0].strip() == text.split("\n")[row - 1].strip()
    assert lines[1].index("^") == 4 + column - 1


def test_all_mistakes_at_once_in_every_file(tmp_path: Path) -> None:
    (tmp_path / "registry-lint.toml").write_text('extend = "base.toml"\nselct = []\n[tools]\nbase = []\n')
    (tmp_path / "base.toml").write_text("max-registries = 'many'\n")
    with pytest.raises(ConfigurationError) as caught:
        loaded(tmp_path, "nothing = 1")
    told = [(mistake.path.rpartition("/")[2], mistake.row) for mistake in caught.value.mistakes]
    assert told == [("base.toml", 1), ("registry-lint.toml", 2), ("registry-lint.toml", 4), ("--config", 1)]


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a = " + b"[" * 100_000, b"a = " + b"9" * 10_000])
def test_unreadable_files_are_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "registry-lint.toml").write_bytes(content)
    with pytest.raises(ConfigurationError):
        loaded(tmp_path)


def test_terminal_escapes_in_a_frame_are_harmless(tmp_path: Path) -> None:
    (tmp_path / "registry-lint.toml").write_text('selct = "\\u001b" # \x7f\n'.replace("\x7f", "‮"), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        loaded(tmp_path)
    assert caught.value.mistakes[0].frame.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("version", "specifier", "expected"),
    [
        ("0.1.0", ">=0.1", True),
        ("0.1.0", "==0.1", True),
        ("0.1.0", ">0.1", False),
        ("1.2.3", "~=1.2", True),
        ("2.0", "~=1.2", False),
        ("1.3.0", "~=1.2.0", False),
        ("1.2.dev1", ">=1, <2, !=1.5", True),
    ],
)
def test_required_version(version: str, specifier: str, expected: bool) -> None:
    assert _fits(version, specifier) is expected


# --- the schema ----------------------------------------------------------------------------------------------


def test_json_schema_accepts_what_we_accept() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid({"select": ["REG1"], "registries": [{"class": "a.B", "allowed-in": ["c"]}]})
    assert not validator.is_valid({"selct": ["REG1"]})
    assert not validator.is_valid({"registries": [{"holds": "tools"}]})


def test_every_setting_can_be_configured_and_is_described() -> None:
    properties = json_schema()["properties"]
    fields = {name.replace("_", "-") for name in Settings.__struct_fields__} - {"contracts"}
    contracts = {name.replace("_", "-") for name in type(Settings().contracts).__struct_fields__}
    assert fields | contracts == set(properties) - {"extend", "root", "required-version"}
    assert all("description" in entry or "$ref" in entry for entry in properties.values())
    assert properties["max-registries"]["default"] == Settings().max_registries
    assert properties["exclude"]["default"] == list(EXCLUDE)


def test_default_excludes_are_folders() -> None:
    assert all(pattern.endswith("/") for pattern in EXCLUDE)
