"""The audit: what it counts, which ways it tells, what it calls changed, and the forms in which it is written."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from functools import cache
from typing import TYPE_CHECKING

import jsonschema
import msgspec
import pytest

from registry_lint.audit import compare, formats, presentation, survey, tables
from registry_lint.audit.graph import graph
from registry_lint.audit.records import Place
from registry_lint.config.contracts import Contracts, SupersededContract
from registry_lint.config.settings import Settings
from registry_lint.errors import UserError
from registry_lint.report.visible import width_of
from tests.auditing import OUTAGE, PLAIN, REPAIRED, audited, function, run, sources_of

if TYPE_CHECKING:
    from pathlib import Path

    from registry_lint.audit.records import Report

REGISTRY = "class ToolRegistry:\n    def register(self, name, tool):\n        self._tools[name] = tool\n"


@cache
def outage() -> Report:
    return audited(sources_of(OUTAGE))


@cache
def repaired() -> Report:
    return audited(sources_of(REPAIRED))


def rows(report: Report, name: str) -> str:
    return "\n".join(formats.writer(name)(report, PLAIN))


# --- the inventory -------------------------------------------------------------------------------------------


def line_of(folder: Path, place: Place) -> str:
    return (folder / place.path).read_text().splitlines()[place.row - 1]


def test_constructions_are_those_that_a_person_finds_by_reading() -> None:
    """Every line that calls a registry class, found with nothing but a pattern and eyes; comments do not count."""
    by_eye = {
        (path.relative_to(OUTAGE).as_posix(), row)
        for path in OUTAGE.rglob("*.py")
        for row, line in enumerate(path.read_text().splitlines(), 1)
        if re.match(r"[^#]*(?<!class )\b(?:ToolRegistry|ServiceRegistry|KeyedRegistry)\(", line)
        and not line.lstrip().startswith("class ")
    }
    assert {(site.place.path, site.place.row) for site in outage().constructions} == by_eye
    assert by_eye


@pytest.mark.parametrize(
    ("path", "standing"),
    [("chat/dispatch.py", "past"), ("chat/request_tools.py", "past"), ("chat/registry.py", "factory")],
)
def test_constructions_stand_where_they_may_or_not(path: str, standing: str) -> None:
    here = [site.standing for site in outage().constructions if site.place.path == path]
    assert set(here) == {standing}


def test_commented_out_code_and_texts_build_nothing() -> None:
    report = audited(
        {
            "app/registry.py": REGISTRY,
            "app/main.py": (
                "from app.registry import ToolRegistry\n"
                "# registry = ToolRegistry()\n"
                '"""registry = ToolRegistry()"""\n'
                "registry = ToolRegistry()  # not ToolRegistry()\n"
            ),
        }
    )
    assert [site.place.row for site in report.constructions] == [4]


def test_registrations_tell_what_is_put_in() -> None:
    found = {
        (one.place.path, report.registries[one.registry].name): (one.held, one.kind, one.method)
        for report in (outage(),)
        for one in report.registrations
    }
    assert found["chat/dispatch.py", "ToolRegistry"] == ("class", "tool", "register")
    assert found["chat/request_tools.py", "ToolRegistry"] == ("instance", "tool", "register")
    assert all(one.held != "class" for one in repaired().registrations)


def test_what_stands_below_a_registering_decorator_is_what_is_registered() -> None:
    report = audited(
        {
            "app/registry.py": (
                "class Registry:\n    def register(self, name):\n        def wrap(thing):\n"
                "            self._things[name] = thing\n            return thing\n        return wrap\n\n"
                "THINGS = Registry()\n"
            ),
            "app/things.py": (
                "from app.registry import THINGS\n\n@THINGS.register('a')\nclass Anvil:\n    pass\n\n"
                "@THINGS.register('b')\ndef bellows():\n    pass\n"
            ),
        }
    )
    assert [(one.key, one.what, one.held) for one in report.registrations] == [
        ("'a'", "Anvil", "class"),
        ("'b'", "bellows()", "function"),
    ]


SHOP = {
    "shop/registry.py": """
from pydantic import BaseModel

class ToolRegistry:
    def __init__(self, user_id):
        self._tools = {}

    def register(self, name, tool):
        self._tools[name] = tool

    def clear(self):
        self._tools.clear()

class SpecialRegistry(ToolRegistry):
    pass

class SearchTool(BaseModel):
    query: str

class RunTracker:
    def __init__(self):
        self.runs = []

_tracker = None

def get_run_tracker():
    global _tracker
    with _lock:
        if _tracker is None:
            _tracker = RunTracker()
    return _tracker

def get_tools(user_id):
    return ToolRegistry(user_id)
""",
    "shop/web.py": """
from fastapi import FastAPI, WebSocket
from shop.registry import SearchTool, SpecialRegistry, get_tools

app = FastAPI()

@app.websocket("/ws")
async def talk(socket: WebSocket):
    tools = equip(socket)
    tools.register("search", SearchTool)

def equip(socket):
    return get_tools(socket.user)

def forgotten():
    return SpecialRegistry("nobody")
""",
    "tests/test_shop.py": "class MockToolRegistry:\n    pass\n",
}


@cache
def shop() -> Report:
    return audited(SHOP)


@pytest.mark.parametrize(
    ("label", "name", "told"),
    [
        ("POST /things", "make()", "POST /things"),
        ("GET ", "all_things()", "GET all_things()"),
        ("lifespan", "lifespan()", "lifespan app/main.py"),
    ],
)
def test_entry_points_have_labels_that_tell_them_apart(label: str, name: str, told: str) -> None:
    assert survey._label(label, name, "app/main.py") == told


def test_registries_have_family_factories_and_scope() -> None:
    by_name = {registry.name: registry for registry in shop().registries}
    assert [factory.name for factory in by_name["ToolRegistry"].factories] == ["get_tools()"]
    assert by_name["ToolRegistry"].scope == "user_id"
    assert {registry.family for registry in by_name.values()} == {"shop.registry.ToolRegistry"}
    assert by_name["SpecialRegistry"].past_factory == 1


def test_what_stands_around_registries_is_told() -> None:
    report = shop()
    (tracker,) = report.trackers
    assert (tracker.name, tracker.accessor.name, tracker.locked, tracker.guarded) == (
        "RunTracker", "get_run_tracker()", True, False,
    )  # fmt: skip
    assert [(each.name, each.registered) for each in report.lookalikes] == [("SearchTool", True)]
    assert [(each.name, each.of) for each in report.stand_ins] == [("MockToolRegistry", "ToolRegistry")]
    assert "ToolRegistry.clear()" in [release.name for release in report.releases]
    (given,) = report.registrations
    assert (given.key, given.what, given.held, given.kind) == ('"search"', "SearchTool", "class", "schema")


def test_superseded_names_are_listed_where_the_configuration_names_some() -> None:
    contracts = Contracts(superseded=(SupersededContract("get_tools", "tools_of", "older"),))
    report = audited(SHOP, msgspec.structs.replace(Settings.default(), contracts=contracts))
    assert {(use.name, use.how) for use in report.superseded} >= {("get_tools", "call")}
    assert [kept.contract for kept in report.score.contracts if kept.contract == "superseded"]


# --- reachability --------------------------------------------------------------------------------------------


def test_way_leads_from_the_web_socket_to_the_registry_that_it_builds() -> None:
    report = shop()
    built = function(report, "get_tools()")
    assert built.reached == "reached"
    assert report.entry_points[built.entries[0]].label == "websocket /ws"
    assert [hop.name for hop in report.way(built)] == ["equip()", "get_tools()"]
    assert built.sure == len(built.entries)
    assert function(report, "forgotten()").reached == "unreached"
    (entry,) = report.entry_points
    assert [(count.family, count.constructions) for count in entry.families] == [("shop.registry.ToolRegistry", 1)]


def test_way_of_the_outage_is_the_one_that_a_reader_follows() -> None:
    built = function(outage(), "Dispatcher._init_components()")
    assert [hop.name for hop in outage().way(built)] == [
        "serve()",
        "handle_websocket()",
        "Dispatcher.create_for_user()",
        "Dispatcher._create_from_factory()",
        "Dispatcher._init_components()",
    ]
    assert outage().entry_points[built.entries[0]].place.path == "chat/__main__.py"


def test_shortest_way_is_told_where_there_are_two() -> None:
    report = audited(
        {
            "app/registry.py": REGISTRY,
            "app/main.py": """
from app.registry import ToolRegistry

def build():
    return ToolRegistry()

def long():
    return build()

def longer():
    return long()

if __name__ == "__main__":
    longer()
    long()
""",
        }
    )
    assert [hop.name for hop in report.way(function(report, "build()"))] == ["long()", "build()"]


def test_global_is_reached_by_whoever_reads_it() -> None:
    report = audited(
        {
            "app/registry.py": (
                "class ToolRegistry:\n    def register(self, name, tool):\n        self._tools[name] = tool\n"
                "\nTOOLS = ToolRegistry()\nOTHER = ToolRegistry()\n"
            ),
            "app/main.py": (
                "from app.registry import TOOLS\n\ndef start():\n    TOOLS.register('a', print)\n\n"
                "if __name__ == '__main__':\n    start()\n"
            ),
        }
    )
    assert function(report, "TOOLS").reached == "reached"
    assert [hop.name for hop in report.way(function(report, "TOOLS"))] == ["start()"]
    assert function(report, "OTHER").reached == "at-import"


def test_way_over_an_overriding_method_is_told_as_perhaps() -> None:
    report = audited(
        {
            "app/registry.py": REGISTRY,
            "app/handlers.py": """
from app.registry import ToolRegistry

class Handler:
    def handle(self, text):
        raise NotImplementedError

class ToolHandler(Handler):
    def handle(self, text):
        return ToolRegistry()

def dispatch(handler: Handler, text):
    return handler.handle(text)

if __name__ == "__main__":
    dispatch(ToolHandler(), "")
""",
        }
    )
    built = function(report, "ToolHandler.handle()")
    assert (built.reached, len(built.entries)) == ("reached", 1)
    assert [hop.how for hop in report.way(built)][-1] in ("override", "call")
    assert built.sure == sum(hop.how != "override" for hop in report.way(built)[-1:])


def test_unresolved_calls_that_may_lead_on_are_counted() -> None:
    report = audited(
        {
            "app/registry.py": REGISTRY,
            "app/bench.py": """
from app.registry import ToolRegistry

class Bench:
    def build(self):
        return ToolRegistry()

def start(boxes):
    Bench().build()
    for box in boxes:
        box.build()
        box.sweep()

if __name__ == "__main__":
    start([])
""",
        }
    )
    assert (report.limits.calls, report.limits.unresolved_calls) == (6, 1)


# --- the score -----------------------------------------------------------------------------------------------


def test_score_counts_the_sites_that_keep_each_contract() -> None:
    kept = {each.contract: (each.kept, each.sites) for each in outage().score.contracts}
    assert kept["factories"] == (3, 5)
    assert kept["values"] == (2, 3)
    assert kept["keys"] == (2, 3)
    assert kept["accessors"] == (1, 2)
    assert kept["guards"] == (0, 1)
    for contract in outage().score.contracts:
        assert len(contract.broken) == contract.sites - contract.kept
    assert outage().score.kept == sum(each.kept for each in outage().score.contracts)


def test_mended_twin_keeps_everything() -> None:
    assert repaired().score.kept == repaired().score.sites > 0


@pytest.mark.parametrize(
    ("kept", "sites", "said"),
    [(0, 0, "-"), (0, 5, "0 %"), (1, 1000, "1 %"), (999, 1000, "99 %"), (5, 5, "100 %"), (2, 3, "67 %")],
)
def test_only_all_is_everything_and_only_none_is_nothing(kept: int, sites: int, said: str) -> None:
    assert tables.percent(kept, sites) == said


# --- comparisons ---------------------------------------------------------------------------------------------


def changes(before: Report, now: Report) -> set[tuple[str, str, str]]:
    earlier = compare.beside(now, before, "then").earlier
    assert earlier is not None
    return {(change.change, change.what, change.text) for change in earlier.changes}


def test_comparison_shows_what_the_repair_changed() -> None:
    found = changes(outage(), repaired())
    assert ("gone", "constructions", "ToolRegistry() in Dispatcher._init_components()") in found
    assert ("gone", "constructions", "ToolRegistry() in prepare_request()") in found
    assert (
        "changed",
        "trackers",
        "ExecutionTracker (open, not locked) → ExecutionTracker (guarded, locked)",
    ) in found
    assert not [change for change in found if change[0] == "added" and change[1] in ("constructions", "findings")]
    assert not changes(outage(), outage())


@pytest.mark.parametrize("name", ["text", "markdown"])
def test_that_nothing_changed_is_said(name: str) -> None:
    said = "Nothing was added, went or moved."
    told = rows(compare.beside(outage(), outage(), "then"), name)
    assert "Since then" in told and said in told  # noqa: PT018
    assert said not in rows(compare.beside(repaired(), outage(), "then"), name) + rows(outage(), name)


BUILDER = "from app.registry import ToolRegistry\n\ndef build():\n    return ToolRegistry()\n"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ({"app/one.py": f"\n\n# further down\n{BUILDER}"}, set()),
        ({"app/two.py": BUILDER}, {"moved"}),
        ({"app/one.py": BUILDER.replace("build", "make")}, {"moved"}),
        ({"app/one.py": BUILDER, "app/two.py": BUILDER}, {"added"}),
        ({"app/one.py": BUILDER.replace("return ToolRegistry()", "pass")}, {"gone"}),
    ],
    ids=["lines moved", "file renamed", "function renamed", "copied", "removed"],
)
def test_site_is_known_again(now: dict[str, str], expected: set[str]) -> None:
    before = audited({"app/registry.py": REGISTRY, "app/one.py": BUILDER})
    found = changes(before, audited({"app/registry.py": REGISTRY, **now}))
    assert {change for change, what, _ in found if what == "constructions"} == expected


def test_revision_is_read_from_git_and_the_work_tree_stays(tmp_path: Path) -> None:
    shutil.copytree(OUTAGE, tmp_path / "work")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]

    def ask(*arguments: str) -> str:
        return subprocess.run(
            [*git, *arguments], cwd=tmp_path / "work", capture_output=True, text=True, check=True
        ).stdout

    ask("init", "-q")
    ask("add", ".")
    ask("commit", "-q", "-m", "before")
    shutil.copytree(REPAIRED, tmp_path / "work", dirs_exist_ok=True)
    (tmp_path / "work" / "chat" / "untracked.py").write_text("x = 1\n")
    state = ask("status", "--porcelain"), ask("rev-parse", "HEAD"), ask("stash", "list")
    done = run(tmp_path / "work", "--compare", "HEAD", "--output-format", "json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["earlier"]["label"].startswith("HEAD (")
    assert ("gone", "constructions") in {(change["change"], change["what"]) for change in told["earlier"]["changes"]}
    assert state == (ask("status", "--porcelain"), ask("rev-parse", "HEAD"), ask("stash", "list"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no JSON", "no report"),
        ("{}", "missing required field"),
        ('{"format": 1, "constructions": 3}', "no report"),
        ("\ud800", "no report"),
    ],
)
def test_what_is_no_report_is_refused(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(UserError, match=said):
        compare.read(tmp_path / "r.json")


def test_report_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    told = json.loads(rows(outage(), "json"))
    told["constructions"][0]["function"] = 10_000
    (tmp_path / "r.json").write_text(json.dumps(told))
    with pytest.raises(UserError, match="function that is not there"):
        compare.read(tmp_path / "r.json")


def test_way_that_never_ends_is_refused(tmp_path: Path) -> None:
    told = json.loads(rows(outage(), "json"))
    reached = next(each for each in told["functions"] if len(each["steps"]) > 1)
    reached["steps"] = [[hop, index] for index, (hop, _) in enumerate(reached["steps"])]
    (tmp_path / "r.json").write_text(json.dumps(told))
    with pytest.raises(UserError, match="contradicts itself"):
        compare.read(tmp_path / "r.json")


# --- outputs -------------------------------------------------------------------------------------------------


def test_json_is_what_its_schema_says_and_can_be_read_again(tmp_path: Path) -> None:
    done = run(tmp_path, "--schema")
    schema = json.loads(done.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    both = compare.beside(repaired(), outage(), "before")
    for report in (outage(), both):
        text = rows(report, "json")
        jsonschema.validate(json.loads(text), schema)
        (tmp_path / "r.json").write_text(text)
        assert compare.read(tmp_path / "r.json") == report
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**json.loads(text), "files": "many"}, schema)


@pytest.mark.parametrize("name", formats.FORMATS)
def test_format_is_the_same_each_time(name: str) -> None:
    assert rows(audited(dict(reversed(sources_of(OUTAGE).items()))), name) == rows(outage(), name)


@pytest.mark.parametrize("width", [80, 100, 140])
def test_tables_fit_the_terminal(width: int) -> None:
    report = compare.beside(repaired(), outage(), "before")
    for each in (report, outage(), shop()):
        lines = list(formats.writer("text")(each, presentation.Presentation(width=width)))
        assert max(map(width_of, lines)) <= width, max(lines, key=width_of)


def test_ways_are_told_in_full_on_narrow_terminals_too() -> None:
    wide, narrow = (
        " ".join(" ".join(formats.writer("text")(outage(), presentation.Presentation(width=width))).split())
        for width in (400, 100)
    )
    building = next(one for one in outage().constructions if one.place.path == "chat/dispatch.py")
    names = [hop.name for hop in outage().way(outage().functions[building.function])]
    assert len(names) > 2
    for text in (wide, narrow):
        assert " › ".join(names) in text
    assert re.search(rf"reached from: \S[^›]*: {re.escape(names[0])} ›", narrow)


def test_text_has_the_most_important_first() -> None:
    text = rows(outage(), "text")
    titles = ["sites keep their contract", "Built past the factory", "Entry points", "Every place that builds"]
    assert [text.index(title) for title in titles] == sorted(text.index(title) for title in titles)
    assert "chat/dispatch.py:42" in text


def test_long_tables_are_cut_unless_all_is_asked_for() -> None:
    sources = {"app/registry.py": REGISTRY}
    sources |= {f"app/m{index:02}.py": BUILDER for index in range(30)}
    report = audited(sources)
    short = rows(report, "text")
    whole = "\n".join(formats.writer("text")(report, presentation.Presentation(everything=True)))
    assert "… and 10 more" in short
    assert "app/m29.py" not in short
    assert "app/m29.py:4" in whole


def test_graph_joins_entry_points_functions_and_registries() -> None:
    drawn = graph(shop())
    labels = {node.id: node.label for node in drawn.nodes}
    told = {(labels[edge.source], edge.kind, labels[edge.target]) for edge in drawn.edges}
    assert told == {
        ("websocket /ws", "leads", "get_tools()"),
        ("websocket /ws", "leads", "talk()"),
        ("get_tools()", "builds", "ToolRegistry"),
        ("forgotten()", "past", "SpecialRegistry"),
        ("talk()", "registers", "ToolRegistry"),
    }


HOSTILE = '"]; a -> b; <script>alert(1)</script> | ` \\ #35; \u202e end'


def hostile_report() -> Report:
    name = json.dumps(HOSTILE)
    return audited(
        {
            "app/registry.py": REGISTRY,
            "app/<img src=x onerror=alert(1)>.py": BUILDER,
            "app/web.py": (
                "from fastapi import FastAPI\nfrom app.registry import ToolRegistry\napp = FastAPI()\n"
                f"@app.get({name})\ndef f():\n    tools = ToolRegistry()\n    tools.register({name}, {name})\n"
            ),
        }
    )


def test_hostile_names_stay_names_in_diagrams_and_markdown() -> None:
    report = hostile_report()
    dot = rows(report, "dot")
    unquoted = re.sub(r'"(?:\\.|[^"\\])*"', "", dot)
    assert "<script" not in unquoted
    assert "a -> b" not in unquoted
    assert re.fullmatch(r"[\w\s\[\]{};=,.>-]*", unquoted), unquoted
    for line in rows(report, "mermaid").splitlines():
        if line.startswith("  e"):
            assert not re.search(r'[<>`\\]|"[^"]*"[^"]*"', line.replace("-->", "")), line
    markdown = rows(report, "markdown")
    assert "<script" not in re.sub(r"`[^`]*`", "", markdown)


def test_file_names_that_are_no_text_break_no_format(tmp_path: Path) -> None:
    report = audited({"app/registry.py": REGISTRY, "app/\udcff.py": BUILDER})
    shown = presentation.Presentation(link_template="https://example.org/{path}")
    for name in formats.FORMATS:
        text = "\n".join(formats.writer(name)(report, shown)).encode("utf-8", "backslashreplace")
        (tmp_path / name).write_bytes(text)
        named = b"udcff" in text.lower() or b"u+dcff" in text.lower()
        assert named or name == "mermaid", name  # which names functions and no files
    assert [site.place.path for site in compare.read(tmp_path / "json").constructions] == ["app/<U+DCFF>.py"]


@pytest.mark.parametrize(
    ("template", "wrong"),
    [
        ("https://example.org/{path}#L{row}", ""),
        ("vscode://file/x/{path}:{row}:{column}", ""),
        ("{path}", ""),
        ("https://example.org/", "no {path}"),
        ("https://example.org/{path}/{line}", "no {line}"),
        ("javascript:alert('{path}')", "javascript"),
        ("data:text/html,{path}", "data"),
        (" javascript:{path}", "javascript"),
    ],
)
def test_template_of_links_is_checked(template: str, wrong: str) -> None:
    said = presentation.template_mistake(template)
    assert (wrong in said) if wrong else said == ""


def test_links_carry_the_place() -> None:
    shown = presentation.Presentation(link_template="https://example.org/{path}#L{row}-{column}")
    assert shown.link(Place("a b/ü.py", 3, 7)) == "https://example.org/a%20b/%C3%BC.py#L3-7"


# --- the command ---------------------------------------------------------------------------------------------


def test_command_writes_what_it_is_asked_for(tmp_path: Path) -> None:
    shutil.copytree(OUTAGE, tmp_path / "work")
    done = run(tmp_path / "work", "--output-format", "html", "-o", "audit.html")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert (tmp_path / "work" / "audit.html").read_text().startswith("<!doctype html>")
    assert "Built past the factory" in run(tmp_path / "work").stdout


def test_report_is_the_same_with_the_cache_and_without(tmp_path: Path) -> None:
    shutil.copytree(OUTAGE, tmp_path / "work")
    cold, filling, warm = (
        run(tmp_path / "work", "--output-format", "json", cached=cached).stdout for cached in (False, True, True)
    )
    assert cold == filling == warm


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--compare", "nowhere"], "nowhere"),
        (["--link-template", "javascript:{path}"], "--link-template"),
        (["missing/folder"], "no such file or folder"),
        (["--output-format", "pdf"], "pdf"),
    ],
)
def test_mistakes_are_told(arguments: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.registry-lint]\n")
    done = run(tmp_path, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_project_without_registries_has_a_report(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.registry-lint]\n")
    (tmp_path / "a.py").write_text("x = 1\n")
    for name in formats.FORMATS:
        done = run(tmp_path, "--output-format", name)
        assert (done.returncode, done.stderr) == (0, ""), name
