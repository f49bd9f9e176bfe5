"""What users were promised, line by line, and the test that shows each; what no other test shows is shown here.

`SHOWN` is that table. `DEPARTURES` are the places where the program does something else than was first written down,
each with its reason.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from registry_lint import cli, examples
from registry_lint.config.load import settings_from
from registry_lint.config.settings import Settings
from registry_lint.housekeeping import CARDS, cards
from registry_lint.packs import load_rules
from registry_lint.project.model import Project
from registry_lint.report import FORMATS, MACHINE_FORMATS
from registry_lint.select import Rulebook
from registry_lint.source.corpus import MemoryCorpus
from registry_lint.suggest.neighbours import Neighbours
from registry_lint.suggest.workshop import Workshop
from tests.test_cli import REGISTRY, Run, git, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry_lint.rule import Rule

__all__ = ["run"]  # a fixture

TESTS = Path(__file__).parent
ROOT = TESTS.parent

CLI, CONFIG, SERVER = "test_cli.py", "test_config.py", "test_server.py"
HERE = "test_conventions.py"

SHOWN: dict[str, tuple[str, ...]] = {
    # commands
    "check, audit, explain, rules, init, baseline, config, clean, server, version": (
        f"{HERE}::test_commands",
        f"{CLI}::test_every_command_is_listed_with_its_line",
    ),
    "every command that prints a report takes --output-format and --output-file": (
        f"{HERE}::test_reports_go_where_they_are_sent",
    ),
    "check takes the options that Ruff's users know, and its own": (f"{HERE}::test_options_of_check",),
    "--config takes a file or one setting; --isolated reads nothing": (
        f"{CONFIG}::test_config_option",
        f"{CONFIG}::test_isolated_reads_nothing",
    ),
    "several formats from one run": (f"{CLI}::test_output_formats_at_once",),
    "--show-fixes, --fix-only, --exit-non-zero-on-fix": (
        f"{CLI}::test_fix_and_diff",
        f"{CLI}::test_exit_codes_of_fixing",
    ),
    "--show-files, --force-exclude": (f"{CLI}::test_show_files",),
    "--stdin-filename": (
        f"{CLI}::test_standard_input_stands_for_a_file",
        f"{CLI}::test_standard_input_is_mended_to_standard_output",
    ),
    "paths limit what is reported, not what is analysed": (f"{CLI}::test_paths_limit_what_is_reported",),
    # exit codes
    "0, 1, 2": (f"{CLI}::test_exit_code",),
    "--exit-zero keeps 2": (f"{HERE}::test_exit_zero_keeps_two",),
    "--diff exits with 1 where it would change something": (f"{CLI}::test_fix_and_diff",),
    "a file that cannot be parsed is a finding and stops no other": (f"{CLI}::test_unparsable_file_costs_no_other",),
    "101 and one line for a bug of ours": (f"{CLI}::test_bug_of_ours_is_one_line_and_101",),
    # codes, names, severity
    "codes and names are accepted everywhere, prefixes and ALL select": (
        f"{HERE}::test_a_rule_by_code_or_name",
        f"{HERE}::test_prefixes_and_all",
        f"{CLI}::test_explain",
        "test_select.py::test_selection",
    ),
    "codes are grouped by hundreds, names are in kebab case": (f"{HERE}::test_codes_and_names",),
    "severity is set in the configuration": ("test_select.py::test_severity_of_an_override_wins_in_its_files",),
    "a finding is certain or likely": ("test_select.py::test_confidence",),
    # machine-readable output
    "the formats": ("test_report_formats.py::test_the_formats_of_the_conventions",),
    "the keys of json are Ruff's and ours": ("test_report_formats.py::test_json_has_the_keys_of_ruff_and_ours",),
    "json-lines: one a line": ("test_report_formats.py::test_json_and_json_lines_say_the_same",),
    "paths are relative, rows and columns count from 1, columns in characters": (
        f"{HERE}::test_places_are_relative_and_count_characters_from_1",
    ),
    "what cut an analysis short is said, and --strict makes it 2": (
        "test_report_formats.py::test_json_ends_with_one_entry_without_a_code_where_the_run_is_incomplete",
        "test_report_formats.py::test_what_was_not_examined_is_in_every_format",
        f"{HERE}::test_strict_makes_a_bound_exit_code_two",
    ),
    "concise is never wrapped": ("test_report_formats.py::test_concise_lines_are_never_wrapped",),
    "text: code frames, trace, suggestion as a diff": (
        "test_report_text.py::test_report_at_80_columns",
        "test_report_text.py::test_suggestion",
    ),
    "SARIF by its schema, and as GitHub reads it": (
        "test_report_schemas.py::test_json_is_valid",
        "test_report_schemas.py::test_sarif_rules_are_found_by_index",
        "test_report_schemas.py::test_sarif_descriptions_fit_what_github_shows",
        "test_report_schemas.py::test_sarif_help_is_the_page_of_the_rule",
        "test_report_schemas.py::test_sarif_regions_stay_on_one_line",
        "test_report_schemas.py::test_sarif_links_lead_to_related_locations",
        "test_report_schemas.py::test_sarif_code_flow_ends_at_the_alert",
        "test_report_schemas.py::test_sarif_fix_takes_out_what_it_replaces",
        "test_report_schemas.py::test_sarif_uris",
        "test_report_schemas.py::test_sarif_category_and_gaps",
    ),
    "GitHub's line hash": (
        "test_report_line_hash.py::test_vectors_derived_by_hand",
        "test_report_line_hash.py::test_equal_lines_are_counted",
    ),
    "GitLab: equal fingerprints get an ordinal": (
        "test_report_formats.py::test_gitlab_fingerprints_differ_where_findings_are_equal",
    ),
    "GitHub annotations: escapes, ten a level, worst first, a table in the step's summary": (
        "test_report_hostile.py::test_github",
        "test_report_formats.py::test_github_worst_first_and_ten_a_level",
        f"{CLI}::test_github_step_summary",
    ),
    "JUnit: one passing case where all is clean": (
        "test_report_schemas.py::test_junit_has_one_passing_case_where_all_is_clean",
        "test_report_schemas.py::test_xml_is_valid",
    ),
    # suppressions
    "line, own line, range, file, noqa": ("test_suppress.py::test_covers",),
    "no blanket form, no loose match; unknown codes are told": ("test_suppress.py::test_complaints",),
    "the fix of an unused one removes our part only": ("test_suppress.py::test_safe_fix_removes_our_part_only",),
    "a missing reason, where one is required": (f"{CLI}::test_reason_is_required",),
    "unused is judged only where the rule ran over everything": (
        "test_suppress.py::test_unused_is_judged_only_where_the_rule_ran",
    ),
    # baseline
    "write, prune, show; counts only fall; a stale entry fails with a hint": (
        f"{CLI}::test_baseline_from_first_to_last",
    ),
    "no line numbers; sorted, one a line": (
        "test_baseline.py::test_lines_may_move",
        "test_baseline.py::test_write_and_read",
    ),
    "reformatted code and renamed files are known again": (
        "test_baseline.py::test_layout_does_not_matter",
        "test_baseline.py::test_renamed_file_is_the_one_with_the_most_similar_path",
    ),
    "writing is refused on a partial run": (f"{CLI}::test_baseline_is_not_written_where_something_was_not_seen",),
    # changed code only
    "--since reports what is new": (f"{CLI}::test_since_reports_what_is_new",),
    "the work tree is never touched": (f"{HERE}::test_since_touches_neither_work_tree_nor_index",),
    "a finding that a change causes elsewhere is found": (
        f"{CLI}::test_finding_that_a_change_causes_elsewhere_is_new",
    ),
    "a shallow clone": (f"{CLI}::test_since_in_a_shallow_clone",),
    # fixes
    "safe, unsafe, display": (
        "test_fix_rounds.py::test_only_the_asked_applicabilities_are_applied",
        f"{HERE}::test_what_is_for_display_is_never_written",
    ),
    "[*] marks what --fix would mend, and the footer counts both": (
        "test_report_formats.py::test_mark_of_what_fix_would_mend",
        "test_report_text.py::test_report_at_80_columns",
    ),
    "overlaps wait for the next round; what does not settle stays, and the rules are named": (
        "test_fix_rounds.py::test_of_two_fixes_that_meet_one_waits",
        "test_fix_rounds.py::test_a_file_that_goes_in_a_circle_stays_and_the_rules_are_named",
    ),
    "whatever a fix writes resolves": (
        "test_suggest_imports.py::test_an_existing_binding_is_reused",
        "test_suggest_imports.py::test_an_import_goes_where_a_person_would_put_it",
        "test_suggest_imports.py::test_a_name_that_is_taken_is_refused",
    ),
    "after a fix the file parses": ("test_fix_rounds.py::test_a_fix_that_would_do_harm_is_refused",),
    "after a fix the finding is gone": (f"{HERE}::test_after_a_fix_the_finding_is_gone",),
    "a second --fix changes nothing": ("test_fix_rounds.py::test_a_second_run_changes_nothing",),
    "--diff prints exactly the bytes that --fix writes": (
        f"{HERE}::test_diff_is_what_fix_writes",
        "test_fix_rounds.py::test_git_makes_the_new_bytes_from_the_diff",
    ),
    "edits of one fix go together or not at all": (
        "test_fix_rounds.py::test_a_fix_that_fails_in_one_file_changes_no_other",
        "test_fix_write.py::test_a_kill_leaves_every_file_old_or_new_and_the_next_run_finishes",
    ),
    "mode, encoding and line ends are kept": (
        "test_fix_write.py::test_the_mode_is_kept",
        "test_fix_write.py::test_bytes_are_written_as_they_are_and_nothing_stays_behind",
        f"{HERE}::test_a_fix_keeps_encoding_and_line_ends",
    ),
    # configuration
    "nearest wins, extend, root, overrides, per-file-ignores, required-version": (
        f"{CONFIG}::test_nearest_file_wins_and_is_the_root",
        f"{CONFIG}::test_order_in_one_folder",
        f"{CONFIG}::test_extend",
        f"{CONFIG}::test_root_false_stands_on_the_next_one_above",
        f"{CONFIG}::test_required_version",
    ),
    "all mistakes at once, each with its place, a frame and the nearest key": (
        f"{CONFIG}::test_mistake",
        f"{CONFIG}::test_all_mistakes_at_once_in_every_file",
    ),
    "entries of ignore and per-file-ignores that matched nothing are reported": (
        f"{CLI}::test_unused_ignore_is_told_where_it_stands",
        f"{CLI}::test_unused_entry_of_ignore_is_told_where_it_stands",
    ),
    "config --schema": (f"{CONFIG}::test_json_schema_accepts_what_we_accept",),
    # pre-commit
    "two hooks, and their keys": (f"{HERE}::test_hooks",),
    "files in batches, stashed changes, excludes, a hook that fixes": (
        "test_precommit.py::test_many_files_are_one_process_and_no_finding_is_lost",
        "test_precommit.py::test_a_neighbour_counts_as_it_is_in_the_index",
        "test_precommit.py::test_excluded_files_stay_excluded_when_named",
        "test_precommit.py::test_a_hook_that_fixes_fails_once_and_passes_then",
    ),
    # terminal
    "NO_COLOR, FORCE_COLOR, --color": (f"{CLI}::test_colour",),
    "machine lines are never wrapped": ("test_report_formats.py::test_machine_formats_know_no_terminal",),
    "progress on stderr, on a terminal only": (f"{CLI}::test_progress_is_shown_on_terminals_only",),
    "| head, a closed stdout, Ctrl-C": (
        f"{CLI}::test_reader_that_goes_away_ends_the_run_quietly",
        f"{CLI}::test_closed_and_full_streams",
        f"{CLI}::test_interrupt_of_a_process_is_quiet",
    ),
    "same bytes for any -j, file order, working folder and cache": (
        f"{CLI}::test_same_findings_for_any_number_of_processes",
        f"{CLI}::test_report_does_not_depend_on_the_working_folder",
        f"{HERE}::test_same_bytes_in_every_format_whatever_the_cache_and_the_hash_seed",
    ),
    # libraries
    "no heavy library on the path of a clean check": ("test_layers.py::test_a_clean_run_loads_no_heavy_library",),
    "no machine format imports rich": (
        "test_report_formats.py::test_a_format_imports_neither_rich_nor_libcst_nor_the_others",
    ),
    "never pickle": ("test_layers.py::test_nothing_that_could_run_or_unpickle_what_it_reads_is_imported",),
    "no upper pin": (f"{HERE}::test_no_dependency_is_pinned_from_above",),
    "pygls is an extra": (f"{SERVER}::test_without_the_extra_it_says_how_to_install_it",),
}

DEPARTURES = {
    "check --output-format html": "`audit --output-format html` is one page with findings, ways and map; a second "
    "writer of HTML would say the same twice",
    "minimum_pre_commit_version 2.9.2": "3.2.0: an older pre-commit refuses the whole file for the stage `pre-push`",
    "NO_COLOR first": "before FORCE_COLOR and the terminal; what a person types (`--color always`) wins over both",
    "helpUri and url of a rule": "rules have no page on the web: the whole page is in help.text and help.markdown, and "
    "a terminal or an editor is led to the rule's own file",
    "a partial run": "a bound that was met is none: every run over that code meets it, and a large project would "
    "never get a baseline",
}


@cache
def functions_in(name: str) -> frozenset[str]:
    tree = ast.parse((TESTS / name).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("line", SHOWN)
def test_every_line_is_shown_by_a_test_that_exists(line: str) -> None:
    assert SHOWN[line]
    missing = [each for each in SHOWN[line] if each.partition("::")[2] not in functions_in(each.partition("::")[0])]
    assert not missing


# --- commands ------------------------------------------------------------------------------------------------


def test_commands(run: Run) -> None:
    told = {"check", "audit", "explain", "rules", "init", "baseline", "config", "clean", "server", "version"}
    assert set(cli._present()) >= told
    assert set(re.findall(r"^  (\w+)  ", run("baseline", "--help").out, re.MULTILINE)) == {"write", "prune", "show"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--trust-packs", "-q", "--exit-zero"),
        ("audit", ".", "--trust-packs", "-q"),
        ("rules", "--trust-packs"),
        ("trace", "app/a.py:2", "--trust-packs"),
        ("baseline", "show", "--trust-packs"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_reports_go_where_they_are_sent(run: Run, arguments: Sequence[str]) -> None:
    assert run("baseline", "write", "--trust-packs").code == 0
    shown = run(*arguments, "--output-format", "json")
    assert shown.code == 0, shown.err
    assert json.loads(shown.out)
    written = run(*arguments, "--output-format", "json", "-o", "report.json")
    assert (written.code, written.out) == (0, "")
    assert (run.root / "report.json").read_text() == shown.out
    assert run(*arguments, "--output-file", "report.txt").code == 0
    assert (run.root / "report.txt").read_text()


def test_options_of_check(run: Run) -> None:
    shown = run("check", "--help").out
    known = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", shown))
    assert known >= {
        *("--fix", "--unsafe-fixes", "--diff", "--fix-only", "--show-fixes", "--select", "--ignore"),
        *("--extend-select", "--per-file-ignores", "--output-format", "-o", "--output-file", "--statistics"),
        *("-e", "--exit-zero", "--exit-non-zero-on-fix", "--force-exclude", "--no-cache", "--cache-dir"),
        *("--stdin-filename", "--config", "--isolated", "--show-files", "--color", "-q", "-v", "-j", "--jobs"),
        *("--exclude", "--extend-exclude", "--baseline", "--since", "--min-confidence", "--fail-on", "--output"),
    }


def test_exit_zero_keeps_two(run: Run) -> None:
    for mistake in (("nowhere.py",), ("--select", "NONE1"), ("--config", "selct = []"), ("--baseline", "nowhere")):
        assert run.check("--exit-zero", *mistake).code == 2
    run.write("app/broken.py", "def f(:\n")
    assert run.check("--exit-zero").code == 0
    assert run.check("--exit-zero", "--strict").code == 2


# --- codes and names -----------------------------------------------------------------------------------------


def test_codes_and_names(run: Run) -> None:
    records = json.loads(run("rules", "--isolated", "--output-format", "json").out)
    for record in records:
        assert re.fullmatch(r"REG[0-69]\d\d", record["code"])
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", record["name"])
        assert record["severity"] in ("error", "warning", "info", "off")
    assert {card.code for card in CARDS} == {each["code"] for each in records if each["code"].startswith("REG9")}
    assert [each["name"] for each in records if each["code"] == "REG001"] == ["forbidden-use"]


@pytest.mark.parametrize("label", ["ACME101", "bad-call", "acme101"])
def test_a_rule_by_code_or_name(run: Run, label: str) -> None:
    assert run.check("--select", label).code == 1
    assert run.check("--ignore", label).code == 0
    assert run.check("--per-file-ignores", f"app/:{label}").code == 0
    assert run.check("--config", f"severity.{label} = 'off'").code == 0
    assert "ACME101" in run("explain", label, "--trust-packs").out
    run.write("app/a.py", f"Bad()  # registry-lint: ignore[{label}]\n")
    assert run.check().code == 0


def test_prefixes_and_all(run: Run) -> None:
    for selector, code in (("ACME1", 1), ("ACME", 1), ("REG9", 0), ("REG", 0)):
        assert run.check("--select", selector).code == code, selector
        assert run.check("--ignore", selector).code == 1 - code, selector
    assert run.check("--select", "ALL").code == 1
    assert run.check("--select", "ALL", "--ignore", "ALL").code == 0


# --- output --------------------------------------------------------------------------------------------------


def test_places_are_relative_and_count_characters_from_1(run: Run) -> None:
    run.write("app/a.py", "")
    (run.root / "app" / "sub").mkdir()
    (run.root / "app" / "sub" / "wide.py").write_bytes("é = '𝔸日'; Bad()\n".encode())
    (record,) = json.loads(run("check", "--trust-packs", "--output-format", "json", str(run.root / "app")).out)
    assert record["filename"] == "app/sub/wide.py"
    assert record["location"] == {"row": 1, "column": 11}
    assert record["end_location"] == {"row": 1, "column": 16}


def test_strict_makes_a_bound_exit_code_two(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry_lint.project.model.Project.bounds", ("callers of one function",))
    assert run.check("app/b.py").code == 0
    assert run.check("app/b.py", "--strict").code == 2
    assert "incomplete: 1 bound met" in run.check("app/b.py").out
    last = json.loads(run("check", "app/b.py", "--trust-packs", "--output-format", "json").out)[-1]
    assert (last["complete"], last["bounds"]) == (False, ["callers of one function"])


def test_same_bytes_in_every_format_whatever_the_cache_and_the_hash_seed(run: Run) -> None:
    """With no cache, with one that is made, with one that is there; and in processes that hash otherwise."""
    for name, text in REGISTRY.items():
        run.write(name, text)
    run.write("registry-lint.toml", "")
    formats = [word for name in FORMATS for word in ("--output", f"{name}=out-{name}")]

    def reports(seed: str, *arguments: str) -> dict[str, bytes]:
        done = subprocess.run(
            [sys.executable, "-m", "registry_lint", "check", "-q", *formats, *arguments],
            cwd=run.root, env={"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed, "PATH": ""}, timeout=120,
            capture_output=True,
        )  # fmt: skip
        assert done.returncode == 1, done.stderr
        return {path.name: path.read_bytes() for path in run.root.glob("out-*")} | {"stdout": done.stdout}

    first = reports("1", "--no-cache")
    assert len(first) == len(FORMATS) + 1
    assert b"REG101" in first["out-concise"]
    assert reports("2") == first
    assert reports("3") == first
    assert {name.removeprefix("out-") for name in first} > MACHINE_FORMATS


# --- changed code only ---------------------------------------------------------------------------------------


def test_since_touches_neither_work_tree_nor_index(run: Run) -> None:
    git(run.root, "init", "-q")
    git(run.root, "add", "-A")
    git(run.root, "commit", "-qm", "base")
    run.write("app/b.py", "Bad()\n")
    run.write("app/fresh.py", "Bad()\n")
    git(run.root, "add", "app/fresh.py")

    def state() -> dict[str, Any]:
        files = [path for path in run.root.rglob("*") if path.is_file() and ".registry_lint_cache" not in path.parts]
        return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}

    before = state()
    result = run.check("--since", "HEAD", "-q")
    assert result.lines == ["app/b.py:1:1: ACME101 bad", "app/fresh.py:1:1: ACME101 bad"]
    assert state() == before


# --- fixes ---------------------------------------------------------------------------------------------------

NEEDS_THOUGHT = {
    "app/__init__.py": "",
    "app/registry.py": "class ToolRegistry:\n    def register(self, name, tool):\n        self.tools[name] = tool\n\n\n"
    "def get_tool_registry(user):\n    return ToolRegistry()\n",
    "app/use.py": "from app.registry import ToolRegistry\n\nregistry = ToolRegistry()\n",
}


def test_what_is_for_display_is_never_written(run: Run) -> None:
    """The factory wants an argument that nobody but a person knows."""
    for name, text in NEEDS_THOUGHT.items():
        run.write(name, text)
    arguments = ("check", "--isolated", "--select", "REG101", "--output-format", "json")
    (record,) = json.loads(run(*arguments).out)
    assert record["fix"] is None or record["fix"]["applicability"] == "display"
    assert "get_tool_registry" in (record["help"] or "") + str(record["fix"])
    (record,) = json.loads(run(*arguments, "--fix", "--unsafe-fixes").out)
    assert record["code"] == "REG101"
    assert (run.root / "app/use.py").read_text() == NEEDS_THOUGHT["app/use.py"]


MENDED = [
    (rule, number)
    for rule in load_rules(Settings.default(), isolated=True)
    for number, example in enumerate(rule.INVALID)
    if example.fixed is not None
]


@pytest.mark.parametrize(("rule", "number"), MENDED, ids=lambda value: getattr(value, "code", value))
def test_after_a_fix_the_finding_is_gone(rule: type[Rule], number: int) -> None:
    """In every example of every rule: what had a fix is gone afterwards, and nothing else came."""
    example = rule.INVALID[number]
    settings = settings_from(example.configuration)

    def mendable(sources: dict[str, str]) -> list[bool]:
        corpus = MemoryCorpus(sources)
        project = Project(corpus, settings)
        workshop = Workshop(corpus.read, Neighbours(project))
        fixes = [workshop.suggest(each.suggest) if each.suggest else None for each in rule().check(project)]
        return [fix is not None and fix.applicability != "display" for fix in fixes]

    sources = examples.parse(example.text).sources
    before = mendable(sources)
    assert example.fixed is not None
    after = mendable(sources | examples.parse(example.fixed).sources)
    assert any(before)
    assert after == [False] * before.count(False)


def test_diff_is_what_fix_writes(run: Run) -> None:
    for name, text in REGISTRY.items():
        run.write(name, text)
    arguments = ("check", "--isolated", "--select", "REG101", "--unsafe-fixes")
    diff = run(*arguments, "--diff").out
    git(run.root, "init", "-q")
    git(run.root, "add", "-A")
    git(run.root, "commit", "-qm", "base")
    subprocess.run(["git", "apply", "-"], cwd=run.root, input=diff.encode(), check=True)
    applied = (run.root / "app/use.py").read_bytes()
    git(run.root, "checkout", "-q", ".")
    assert run(*arguments, "--fix").code == 0
    assert (run.root / "app/use.py").read_bytes() == applied != REGISTRY["app/use.py"].encode()


def test_a_fix_keeps_encoding_and_line_ends(run: Run) -> None:
    before = "# -*- coding: latin-1 -*-\r\nx = 'é'  # registry-lint: ignore[ACME101]\r\ny = 'ü'\r\n"
    (run.root / "app/a.py").write_bytes(before.encode("latin-1"))
    assert run.check("--fix").code == 0
    after = before.replace("  # registry-lint: ignore[ACME101]", "")
    assert (run.root / "app/a.py").read_bytes() == after.encode("latin-1")


# --- pre-commit and dependencies -----------------------------------------------------------------------------


def test_hooks() -> None:
    hooks = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    assert list(hooks) == ["registry-lint", "registry-lint-full"]
    first, full = hooks.values()
    said = {
        "entry": "registry-lint check --force-exclude",
        "language": "python",
        "types_or": ["python", "pyi"],
        "require_serial": True,
        "pass_filenames": True,
        "args": [],
    }
    assert {key: first[key] for key in said} == said
    assert (full["pass_filenames"], full["stages"]) == (False, ["pre-push", "manual"])
    assert {hook["minimum_pre_commit_version"] for hook in hooks.values()} == {"3.2.0"}  # see DEPARTURES


def test_no_dependency_is_pinned_from_above() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = [
        *project["dependencies"],
        *(each for extra in project["optional-dependencies"].values() for each in extra),
    ]
    assert all(re.fullmatch(r"[a-z]+>=[\d.]+", each) for each in needed), needed


def test_every_rule_can_be_named_by_its_code_and_its_name() -> None:
    book = Rulebook(cards(load_rules(Settings.default(), isolated=True)))
    for card in book.cards.values():
        assert book.code_of(card.name) == book.code_of(card.code) == card.code
