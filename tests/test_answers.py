"""What is kept of an earlier run changes no report: whatever was edited since, the same is found as without a cache."""

from __future__ import annotations

import ast
import os
import random
import re
import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from registry_lint import answers, run, shares
from registry_lint.config.settings import Settings
from registry_lint.depending import Change, Depending, OfIndex, OfTest
from registry_lint.depending import holds as holds_now
from registry_lint.facts.records import TABLES
from registry_lint.packs import load_rules
from registry_lint.project.mocks import Mocks
from registry_lint.project.registries import Registries
from registry_lint.remember import Memory
from registry_lint.request import Request
from registry_lint.source import states
from registry_lint.source.cache_folder import open_cache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from registry_lint.findings import Outcome

PROJECTS = Path(__file__).parent / "projects"
# Every project, with more edits each, takes some minutes: ANSWERS=all.
THOROUGH = os.environ.get("ANSWERS") == "all"
FOLDERS = sorted((*(PROJECTS / "flows").iterdir(), PROJECTS / "outage", PROJECTS / "outage_repaired"))
CHOSEN = FOLDERS if THOROUGH else FOLDERS[::4]
EDITS = 12 if THOROUGH else 4
RULES = load_rules(Settings.default(), isolated=True)


def check(
    project: Path, cache: Path | None, *, paths: Sequence[Path] = (), unsaved: str | None = None, jobs: int = 1
) -> Outcome:
    """The outcome of a run, with what an earlier one left or with nothing; `unsaved` is a text of other.py."""
    texts = {} if unsaved is None else {"other.py": unsaved.encode()}
    request = Request(project, Settings.default(), RULES, paths=paths, unsaved=texts, jobs=jobs)
    if cache is None:
        return run.check(request)
    opened = open_cache(project, cache)
    assert opened is not None
    with closing(opened):
        return run.check(replace(request, memory=Memory(opened)))


@pytest.fixture(autouse=True)
def _always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep answers in projects of any size, and take a file's state for settled at once."""
    monkeypatch.setattr(run, "_WORTH_KEEPING", 0)
    monkeypatch.setattr(shares, "WORTH_A_FORK", 0)
    monkeypatch.setattr(states, "_SETTLED_AFTER", -(10**18))


@pytest.fixture
def asked_anew(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The codes of the rules that were run; the others' findings were taken from an earlier run."""
    ran: list[str] = []
    found = run._found

    def noted(rules: list[type], *arguments: object) -> Iterator[object]:
        ran.extend(rule.code for rule in rules)
        return found(rules, *arguments)

    monkeypatch.setattr(run, "_found", noted)
    return ran


# --- edits ------------------------------------------------------------------------------------------------------


def append_a_name(text: str, chance: random.Random) -> str:
    return f"{text}\n_name_{chance.randrange(10**6)} = None\n"


def push_everything_down(text: str, chance: random.Random) -> str:
    return "#\n" * chance.randrange(1, 4) + text


def drop_a_line(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    if lines:
        del lines[chance.randrange(len(lines))]
    return "".join(lines)


def repeat_a_line(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    if lines:
        number = chance.randrange(len(lines))
        lines.insert(number, lines[number])
    return "".join(lines)


def swap_two_words(text: str, chance: random.Random) -> str:
    words = sorted({word for word in text.replace("(", " ").replace(".", " ").split() if word.isidentifier()})
    if len(words) < 2:
        return text
    one, other = chance.sample(words, 2)
    return text.replace(one, "\0").replace(other, one).replace("\0", other)


def call_something(text: str, chance: random.Random) -> str:
    names = sorted({word.partition("(")[0] for word in text.split() if word.partition("(")[0].isidentifier()})
    return f"{text}\nmade = {chance.choice(names)}()\n" if names else text


def add_a_class(text: str, chance: random.Random) -> str:
    names = sorted(set(re.findall(r"[A-Za-z_]\w*", text))) or ["object"]
    name = chance.choice((f"Late{chance.choice(names)}", chance.choice(names), "LateRegistry", "LateManager"))
    return f"{text}\nclass {name}({chance.choice(names)}):\n    pass\n"


def spoil(text: str, chance: random.Random) -> str:
    del chance
    return text + "\n(\n"


def bystanders(sources: list[str], chance: random.Random) -> Iterator[str]:
    """Files that say some of a project's words, and do nothing with them: they are asked about, and not read whole."""
    words = sorted({word for source in sources for word in re.findall(r"\w+", source)})
    for _ in range(8):
        yield f'said = """{" ".join(chance.sample(words, min(len(words), chance.randrange(40))))}"""\n'


def paste(text: str, source: str, chance: random.Random) -> str:
    """A statement or two of another file, behind the text, or in a function at its end."""
    statements = ast.parse(source).body
    first = chance.randrange(len(statements)) if statements else 0
    pasted = "\n".join(ast.unparse(statement) for statement in statements[first : first + chance.randrange(1, 3)])
    if chance.random() < 0.3:
        pasted = "def late():\n" + "\n".join(f"    {line}" for line in pasted.splitlines() or ["pass"])
    return f"{text}\n{pasted}\n"


KINDS: list[Callable[[str, random.Random], str]] = [
    append_a_name,
    push_everything_down,
    drop_a_line,
    repeat_a_line,
    swap_two_words,
    call_something,
    add_a_class,
    spoil,
]


@pytest.mark.parametrize("folder", CHOSEN, ids=lambda folder: folder.name)
def test_edits_change_what_is_found_as_if_nothing_were_kept(folder: Path, tmp_path: Path) -> None:
    project, cache = tmp_path / "project", tmp_path / "cache"
    shutil.copytree(folder, project)
    chance = random.Random(folder.name)
    paths = sorted(project.rglob("*.py"))
    jobs = chance.choice((1, 2))
    assert check(project, cache, jobs=jobs) == check(project, None)
    for _ in range(EDITS):
        path, edit = chance.choice(paths), chance.choice(KINDS)
        before = path.read_text(encoding="utf-8")
        path.write_text(edit(before, chance), encoding="utf-8")
        given = chance.sample(paths, chance.randrange(len(paths)))
        kept_of_given = check(project, cache, paths=given, jobs=jobs)
        assert kept_of_given == check(project, None, paths=given), f"{edit.__name__}, given"
        assert check(project, cache, jobs=jobs) == check(project, None), f"{edit.__name__} in {path.name}"
        if chance.random() < 0.5:
            path.write_text(before, encoding="utf-8")
            kept_of_all = check(project, cache, jobs=jobs)
            assert kept_of_all == check(project, None), f"{edit.__name__} in {path.name}, taken back"


@pytest.mark.parametrize("folder", CHOSEN, ids=lambda folder: folder.name)
def test_what_bystanders_come_to_say_is_seen(folder: Path, tmp_path: Path) -> None:
    project, cache = tmp_path / "project", tmp_path / "cache"
    shutil.copytree(folder, project)
    chance = random.Random(folder.name)
    sources = [path.read_text(encoding="utf-8") for path in sorted(project.rglob("*.py"))]
    places = []
    for number, text in enumerate(bystanders(sources, chance)):
        # Some are tests.
        places.append(project / (f"test_bystander{number}.py" if number % 3 == 0 else f"bystander{number}.py"))
        places[-1].write_text(text, encoding="utf-8")
    check(project, cache)
    for _ in range(EDITS):
        place = chance.choice(places)
        text = place.read_text(encoding="utf-8")
        if chance.random() < 0.7:
            place.write_text(paste(text, chance.choice(sources), chance), encoding="utf-8")
        else:
            place.write_text(drop_a_line(text, chance), encoding="utf-8")
        assert check(project, cache) == check(project, None), place.read_text(encoding="utf-8")


# --- what is taken, and what is not ------------------------------------------------------------------------------

REGISTRY = """
class ToolRegistry:
    def __init__(self):
        self.tools = {}

    def register(self, name, tool):
        if name in self.tools:
            raise ValueError(name)
        self.tools[name] = tool


def get_tool_registry():
    return ToolRegistry()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    place = tmp_path / "project"
    place.mkdir()
    (place / "registry.py").write_text(REGISTRY, encoding="utf-8")
    (place / "user.py").write_text("from registry import ToolRegistry\n\nmade = ToolRegistry()\n", encoding="utf-8")
    (place / "other.py").write_text("def add(a, b):\n    return a + b\n", encoding="utf-8")
    return place


def codes(outcome: Outcome) -> list[tuple[str, str, int]]:
    return [(finding.code, finding.span.path, finding.span.row) for finding in outcome.findings]


def test_a_change_that_no_question_was_about_asks_nothing_anew(
    project: Path, tmp_path: Path, asked_anew: list[str]
) -> None:
    first = check(project, tmp_path / "cache")
    assert codes(first) == [("REG101", "user.py", 3)]
    assert len(asked_anew) == len(RULES)
    asked_anew.clear()
    (project / "other.py").write_text("def add(a, b):\n    return a + b + 1\n", encoding="utf-8")
    assert check(project, tmp_path / "cache") == first
    assert asked_anew == []


def test_files_that_were_written_anew_ask_nothing_anew(project: Path, tmp_path: Path, asked_anew: list[str]) -> None:
    """As a checkout leaves them: other times, other inodes, the same contents."""
    first = check(project, tmp_path / "cache")
    asked_anew.clear()
    for path in project.glob("*.py"):
        copy = path.with_suffix(".new")
        copy.write_bytes(path.read_bytes())
        copy.replace(path)
    assert check(project, tmp_path / "cache") == first
    assert asked_anew == []


def test_files_that_were_just_written_ask_nothing_anew(
    project: Path, tmp_path: Path, asked_anew: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their states may hide a change, their contents do not."""
    monkeypatch.setattr(states, "_SETTLED_AFTER", 10**18)
    first = check(project, tmp_path / "cache")
    asked_anew.clear()
    assert check(project, tmp_path / "cache") == first
    assert asked_anew == []
    hidden = (project / "user.py").stat()
    text = (project / "user.py").read_text(encoding="utf-8")
    (project / "user.py").write_text(text.replace("= ToolRegistry()", "= ToolRegistr_()"), encoding="utf-8")
    os.utime(project / "user.py", ns=(hidden.st_atime_ns, hidden.st_mtime_ns))
    assert codes(check(project, tmp_path / "cache")) == []


def test_a_word_that_was_asked_for_asks_anew(project: Path, tmp_path: Path, asked_anew: list[str]) -> None:
    check(project, tmp_path / "cache")
    asked_anew.clear()
    (project / "other.py").write_text("import registry\n\nmade = registry.ToolRegistry()\n", encoding="utf-8")
    assert ("REG101", "other.py", 3) in codes(check(project, tmp_path / "cache"))
    assert "REG101" in asked_anew


def test_a_file_that_came_asks_anew(project: Path, tmp_path: Path) -> None:
    check(project, tmp_path / "cache")
    (project / "third.py").write_text("import registry\n\nmade = registry.ToolRegistry()\n", encoding="utf-8")
    assert ("REG101", "third.py", 3) in codes(check(project, tmp_path / "cache"))
    (project / "user.py").unlink()
    assert codes(check(project, tmp_path / "cache")) == [("REG101", "third.py", 3)]


def test_where_a_program_runs_may_change(tmp_path: Path) -> None:
    """What bare names mean in a package hangs on what its files import, any of them."""
    texts = {
        "__init__": "",
        "app": "from store import load\n\nload()\n",
        "registry": REGISTRY,
        "store": "from registry import ToolRegistry\n\n\ndef load() -> ToolRegistry:\n    return ToolRegistry()\n",
    }
    project = tmp_path / "project"
    (project / "agent").mkdir(parents=True)
    for name, text in texts.items():
        (project / "agent" / f"{name}.py").write_text(text, encoding="utf-8")
    found = [("REG101", "agent/store.py", 5)]
    assert codes(check(project, tmp_path / "cache")) == found
    for name in ("__init__", "app"):
        (project / "agent" / f"{name}.py").write_text("import agent.store\n", encoding="utf-8")
    assert codes(check(project, tmp_path / "cache")) == []
    (project / "agent" / "app.py").write_text(texts["app"], encoding="utf-8")
    assert codes(check(project, tmp_path / "cache")) == found


def test_given_files_take_what_a_whole_run_left(project: Path, tmp_path: Path, asked_anew: list[str]) -> None:
    check(project, tmp_path / "cache")
    asked_anew.clear()
    assert codes(check(project, tmp_path / "cache", paths=[project / "user.py"])) == [("REG101", "user.py", 3)]
    assert asked_anew == []


def test_what_was_found_for_given_files_serves_the_same_files_again(
    project: Path, tmp_path: Path, asked_anew: list[str]
) -> None:
    test = project / "test_user.py"
    test.write_text("from registry import ToolRegistry\n\nmade = ToolRegistry()\n", encoding="utf-8")
    given, cache = [project / "user.py", test], tmp_path / "cache"
    first = check(project, cache, paths=given)
    assert codes(first) == [("REG101", "user.py", 3)]
    asked_anew.clear()
    (project / "other.py").write_text("def add(a, b):\n    return a + b + 1\n", encoding="utf-8")
    assert check(project, cache, paths=given) == first
    assert asked_anew == []
    mocking = "from unittest.mock import Mock\n\ndef test_it():\n    registry: ToolRegistry = Mock()\n"
    test.write_text(mocking, encoding="utf-8")
    assert check(project, cache, paths=given) == check(project, None, paths=given)
    assert asked_anew != []


def test_tests_are_looked_at_again_only_where_what_is_looked_for_is_new(
    project: Path, tmp_path: Path, asked_anew: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, looked_at = tmp_path / "cache", list[str]()
    for name in ("a", "b", "c"):
        mocking = f"from unittest.mock import Mock\n\ndef test_{name}():\n    keeper_registry = Mock()\n"
        (project / f"test_{name}.py").write_text(mocking, encoding="utf-8")
    (project / "test_d.py").write_text("def test_d():\n    tool_registry = 1\n", encoding="utf-8")
    may_hold = Mocks.may_hold

    def noting(mocks: Mocks, path: str, data: bytes) -> bool:
        looked_at.append(path)
        return may_hold(mocks, path, data)

    monkeypatch.setattr(Mocks, "may_hold", noting)
    found = [("REG101", "user.py", 3)]
    assert codes(check(project, cache)) == found
    assert sorted(looked_at) == ["test_a.py", "test_b.py", "test_c.py"]
    for changed, again in (
        ("import registry\n\ntool = registry.ToolRegistry\n", []),
        ("class KeeperRegistry:\n    def register(self, key, tool):\n        self.kept[key] = tool\n", ["a", "b", "c"]),
    ):
        asked_anew.clear()
        looked_at.clear()
        (project / "other.py").write_text(changed, encoding="utf-8")
        outcome = check(project, cache)
        assert "REG601" in asked_anew
        assert outcome == check(project, None)
        assert sorted(set(looked_at[: len(again)])) == [f"test_{name}.py" for name in again]
        assert len(looked_at) == len(again) + 3  # of the run without a cache
    assert codes(outcome).count(("REG601", "test_a.py", 4)) == 1


def test_a_changed_test_is_looked_at_without_asking_what_registries_there_are(
    project: Path, tmp_path: Path, asked_anew: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The names that tests are looked at for are kept with what was found."""
    test = project / "test_user.py"
    texts = [
        f"from unittest.mock import Mock\n\ndef test_it():\n    {name} = Mock()\n    assert {name} is not None\n"
        for name in ("queue", "stack", "tool_registry")
    ]
    test.write_text(texts[0], encoding="utf-8")
    first = check(project, tmp_path / "cache")
    asked_anew.clear()
    test.write_text(texts[1], encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(Registries, "_examine", None)
        assert check(project, tmp_path / "cache") == first
    assert asked_anew == []
    test.write_text(texts[2], encoding="utf-8")
    assert ("REG601", "test_user.py", 4) in codes(check(project, tmp_path / "cache"))


def test_texts_that_are_not_saved_are_compared_as_files_are(
    project: Path, tmp_path: Path, asked_anew: list[str]
) -> None:
    cache = tmp_path / "cache"
    check(project, cache)
    asked_anew.clear()
    assert codes(check(project, cache, unsaved="def add(a, b):\n    return a - b\n")) == []
    assert asked_anew == []
    direct = "import registry\n\nmade = registry.ToolRegistry()\n"
    assert codes(check(project, cache, unsaved=direct)) == [("REG101", "other.py", 3)]
    assert codes(check(project, cache)) == [("REG101", "user.py", 3)]


@pytest.mark.parametrize(
    ("rests_on", "holds"),
    [
        ({}, True),
        ({"whole": (3,)}, True),
        ({"whole": (3, 7)}, False),
        ({"production": OfIndex(words=("gone", "stays"))}, False),
        ({"production": OfIndex(words=("came",))}, False),
        ({"tests": OfIndex(words=("came",), fragments=("am",), classes=("A",))}, True),
        ({"production": OfIndex(words=("stays", "com"))}, True),
        ({"production": OfIndex(fragments=("tay", "xyz"))}, True),
        ({"production": OfIndex(fragments=("xyz", "am"))}, False),
        ({"production": OfIndex(classes=("B", "Tool"), bases=("A", "To"))}, True),
        ({"production": OfIndex(classes=("B", "A"))}, False),
        ({"production": OfIndex(bases=("Tool", "A"))}, False),
        ({"production": OfIndex(forms=(("B|.", 0),))}, False),
        ({"production": OfIndex(forms=(("a", 0), ("AA", 0)))}, True),
        ({"production": OfIndex(forms=(("a", re.IGNORECASE.value),))}, False),
        ({"matching": (("xyz", rb"import", 0, False), ("ame", rb"came too", 0, False))}, True),
        ({"matching": (("ame", rb"import came", 0, False),)}, False),
        (
            {
                "matching": (("ame", rb"import came", 0, False),),
                "looks": {7: [("occurrences", (b"import came", 0), 1)]},
            },
            True,
        ),
        ({"matching": (("one", rb"gone", 0, False),), "looks": {7: [("occurrences", (b"gone", 0), 1)]}}, False),
        ({"looks": {7: [("defines", (b"f",), True)]}}, True),
        ({"looks": {7: [("defines", (b"f",), True), ("defines", (b"f",), False)]}}, False),
        ({"looks": {6: [("defines", (b"f",), False)]}}, True),
        ({"looks": {7: [("imported_from", (b"came",), (b"m",))]}}, True),
        ({"looks": {7: [("imported_from", (b"came",), ())]}}, False),
        ({"looks": {7: [("no look", (), 1)]}}, False),
        ({"passing": {"long": OfTest((3, 7), (7,), None)}}, True),
        ({"passing": {"long": OfTest((3, 7), (3,), b"")}}, False),
        ({"passing": {"long": OfTest((3,), (3,), b"")}}, True),
        ({"passing": {"nothing of ours": OfTest((7,), (7,), None)}}, False),
    ],
    ids=str,
)
def test_an_answer_holds_while_its_questions_do(rests_on: dict[str, Any], holds: bool) -> None:
    looks = {number: msgspec.msgpack.encode(seen) for number, seen in rests_on.get("looks", {}).items()}
    nothing = {"whole": (), "production": OfIndex(), "tests": OfIndex(), "matching": (), "passing": {}}
    fields: dict[str, Any] = {**nothing, **rests_on, "looks": looks}
    encoded = msgspec.msgpack.encode(Depending(**fields))
    depending = answers._depending(encoded)
    assert depending is not None
    data = b"from m import came\nstays = 1\ndef f(): pass\n"
    headers = frozenset({("A", ("Tool",))})
    change = Change("a.py", 7, False, data, frozenset({b"came", b"gone"}), headers)
    tests = {"long": lambda path, data: path == "a.py" and len(data) > 9}
    assert holds_now(depending, [change], tests.get) is holds


@pytest.mark.parametrize(("times", "holds"), [(0, True), (1, False)])
def test_how_often_a_pattern_occurred_may_have_been_asked_before_groups_parted(times: int, holds: bool) -> None:
    looks = {7: msgspec.msgpack.encode([("occurrences", (b"gone", 0), times)])}
    before = Depending((), OfIndex(), OfIndex(), (), looks, {})
    depending = Depending((), OfIndex(), OfIndex(), (("one", b"gone", 0, False),), {}, {})
    change = Change("a.py", 7, False, b"stays = 1\n", frozenset({b"gone"}), frozenset())
    assert holds_now(depending, [change], {}.get, before) is holds


def test_what_is_kept_may_be_any_bytes(project: Path, tmp_path: Path) -> None:
    """Rows that were not written by us end no run, though their checksum is right."""
    check(project, tmp_path / "cache")
    opened = open_cache(project, tmp_path / "cache")
    assert opened is not None
    ((key, body),) = opened.all("answers").items()
    opened.close()
    for place in range(0, len(body), max(1, len(body) // 60)):
        opened = open_cache(project, tmp_path / "cache")
        assert opened is not None
        with closing(opened):
            opened.put("answers", {key: body[:place] + bytes([body[place] ^ 0x55]) + body[place + 1 :]})
        (project / "other.py").write_text(f"x = {place}\n", encoding="utf-8")
        check(project, tmp_path / "cache")


def test_kept_facts_may_be_any_bytes(project: Path, tmp_path: Path) -> None:
    """A table is decoded in the middle of a rule, and ends neither that nor what is found."""
    outcome = check(project, tmp_path / "cache")
    opened = open_cache(project, tmp_path / "cache")
    assert opened is not None
    with closing(opened):
        kept = opened.all("facts")
    assert kept
    for forged in (b"", msgspec.msgpack.encode([1] * len(TABLES)), b"\xc0", b"\x91"):
        opened = open_cache(project, tmp_path / "cache")
        assert opened is not None
        with closing(opened):
            opened.put("facts", dict.fromkeys(kept, forged))
            opened.remove("answers", opened.all("answers"))
            opened.remove("findings", opened.all("findings"))
        assert check(project, tmp_path / "cache") == outcome, forged
