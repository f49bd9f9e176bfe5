"""The command line as a user meets it: options, exit codes, streams, manners."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from registry_lint import cli
from registry_lint.cli import terminal
from tests import warm

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parent.parent

# A rule of the project's own: what these tests say of findings must not change with the built-in rules.
RULE = '''\
"""ACME101 bad-call: `Bad()` is called.

Why
---
Because.
"""

import re

from registry_lint.findings import Finding, Found, Span
from registry_lint.rule import Invalid, Rule


class BadCall(Rule):
    code = "ACME101"
    scope = "both"
    INVALID = [Invalid("Bad()\\n^^^^^ ACME101 bad")]

    def check(self, project):
        for path in project.paths:
            if path.startswith("app"):
                text = project.files.read(path).decode("utf-8", "replace")
                for row, line in enumerate(text.split("\\n"), 1):
                    for match in re.finditer(r"Bad\\(\\)", line):
                        span = Span(path, row, match.start() + 1, row, match.end() + 1)
                        yield Found(Finding(code=self.code, span=span, message="bad"))
'''

CONFIGURATION = 'packs = ["lint_rules"]\nselect = ["ACME", "REG9"]\n'


class Result:
    """What a command said."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def lines(self) -> list[str]:
        """The lines of stdout."""
        return self.out.splitlines()


class Run:
    """Runs commands in a project."""

    def __init__(self, root: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capture = capture

    def __call__(self, *arguments: str) -> Result:
        self._capture.readouterr()
        code = cli.main(arguments)
        return Result(code, *self._capture.readouterr())

    def check(self, *arguments: str) -> Result:
        """`check --output-format concise`, with the project's own rule."""
        return self("check", "--trust-packs", "--output-format", "concise", *arguments)

    def write(self, path: str, text: str) -> None:
        """Write a file of the project."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    project = Run(tmp_path, capfd)
    project.write("registry-lint.toml", CONFIGURATION)
    project.write("lint_rules/bad.py", RULE)
    project.write("app/a.py", "def f():\n    return Bad()\n")
    project.write("app/b.py", "x = 1\n")
    return project


def process(*arguments: str, cwd: Path, **options: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "REGISTRY_LINT_TRUST_PACKS": "1"}
    return subprocess.run(  # type: ignore[call-overload,no-any-return]  # options are passed on as they are
        [sys.executable, "-m", "registry_lint", *arguments],
        cwd=cwd, env=environment, capture_output="stdout" not in options, text=True, timeout=60, **options,
    )  # fmt: skip


# --- exit codes ----------------------------------------------------------------------------------------------

CODES: list[tuple[Sequence[str], int]] = [
    (["check", "--trust-packs"], 1),
    (["check", "--trust-packs", "app/b.py"], 0),
    (["check", "--trust-packs", "--exit-zero"], 0),
    (["check", "--trust-packs", "-e", "--select", "REG9"], 0),
    (["check", "--trust-packs", "--fail-on", "error"], 0),
    (["check", "--trust-packs", "--fail-on", "warning"], 1),
    (["check", "--trust-packs", "--ignore", "ACME101"], 0),
    (["check", "--trust-packs", "--per-file-ignores", "app/:ACME101"], 0),
    (["check", "--trust-packs", "--exclude", "app/"], 0),
    (["check", "--trust-packs", "--config", "severity.ACME101 = 'off'"], 0),
    (["check"], 2),  # packs that nobody trusts
    (["check", "--isolated", "--select", "REG9"], 0),
    (["check", "--trust-packs", "nowhere.py"], 2),
    (["check", "--trust-packs", "app", "/etc/hosts"], 2),  # outside of the project
    (["check", "--trust-packs", "--select", "NONE1"], 2),
    (["check", "--trust-packs", "--config", "selct = []"], 2),
    (["check", "--trust-packs", "--config", "nowhere.toml"], 2),
    (["check", "--no-such-option"], 2),
    (["check", "--output-format", "none"], 2),
    (["check", "--output", "json"], 2),
    (["check", "--trust-packs", "--baseline", "nowhere"], 2),
    (["check", "--trust-packs", "--since", "HEAD"], 2),  # no repository
    (["check", "-", "app/a.py"], 2),
    (["chek"], 2),
    (["explain", "REG1O1"], 2),
    (["explain", "REG901"], 2),  # the configuration is read first
    (["explain", "REG901", "--isolated"], 0),
    (["rules", "--isolated"], 0),
    (["config"], 0),
    (["config", "--schema"], 0),
    (["version"], 0),
    (["--version"], 0),
    (["--help"], 0),
    (["check", "--help"], 0),
]


@pytest.mark.parametrize(("arguments", "code"), CODES, ids=[" ".join(case[0]) for case in CODES])
def test_exit_code(run: Run, arguments: Sequence[str], code: int) -> None:
    result = run(*arguments)
    assert result.code == code, result.out + result.err
    assert (result.err != "") >= (code == cli.MISTAKE)
    assert "Traceback" not in result.err


def test_bug_of_ours_is_one_line_and_101(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("many\nlines")

    monkeypatch.setattr("registry_lint.run.gather", broken)
    result = run.check()
    assert result.code == 101
    assert result.err.count("\n") == 1
    assert "a bug of ours: ZeroDivisionError: many lines" in result.err
    monkeypatch.setenv(cli.TRACEBACK_VARIABLE, "1")
    assert "Traceback" in run.check().err


def test_rule_of_somebody_else_that_raises_is_theirs_to_mend(run: Run) -> None:
    run.write("lint_rules/bad.py", RULE.replace("for path in project.paths:", "for path in project.pats:"))
    result = run.check()
    assert result.code == 2
    assert "ACME101 failed: AttributeError" in result.err


def test_interrupt_is_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("registry_lint.run.gather", interrupted)
    result = run.check()
    assert (result.code, result.out) == (130, "")
    assert "Traceback" not in result.err


def test_all_unknown_selectors_at_once(run: Run) -> None:
    run.write("registry-lint.toml", CONFIGURATION + 'ignore = ["REG9O1"]\n[severity]\nbad-cal = "info"\n')
    result = run.check("--select", "ACME,SOME9", "--extend-select", "none-such")
    assert result.code == 2
    for text in (
        "registry-lint.toml:3:11: there is no rule `REG9O1`",
        "did you mean `REG901`?",
        "registry-lint.toml:5:1: there is no rule `bad-cal`",
        "did you mean `bad-call`?",
        "--select: there is no rule `SOME9`",
        "--extend-select: there is no rule `none-such`",
        "4 mistakes to mend",
    ):
        assert text in result.err


# --- what is reported ----------------------------------------------------------------------------------------


def test_paths_limit_what_is_reported(run: Run) -> None:
    run.write("app/c.py", "Bad()\n")
    assert [line.partition(" ")[0] for line in run.check("-q").lines] == ["app/a.py:2:12:", "app/c.py:1:1:"]
    assert [line.partition(" ")[0] for line in run.check("-q", "app/c.py").lines] == ["app/c.py:1:1:"]
    assert [line.partition(" ")[0] for line in run.check("-q", "app").lines] == ["app/a.py:2:12:", "app/c.py:1:1:"]


def test_report_does_not_depend_on_the_working_folder(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    here = run.check().out
    monkeypatch.chdir(run.root / "app")
    assert run.check().out == here
    assert run.check("../lint_rules").out != here


def test_suppression(run: Run) -> None:
    run.write("app/a.py", "Bad()  # registry-lint: ignore[ACME101] -- why\ny = 1  # registry-lint: ignore[bad-call]\n")
    result = run.check()
    assert result.lines[0].startswith("app/a.py:2:8: REG901 [*] unused suppression")
    assert "1 suppressed" in result.out
    assert "REG901" not in run.check("--select", "REG9").out  # its rule did not run


def test_reason_is_required(run: Run) -> None:
    run.write("app/a.py", "Bad()  # noqa: ACME101\n")
    assert run.check().code == 0
    assert "REG903" in run.check("--config", "require-reason = true").out


def test_unused_ignore_is_told_where_it_stands(run: Run) -> None:
    run.write(
        "registry-lint.toml", CONFIGURATION + '[per-file-ignores]\n"app/a.py" = ["ACME101"]\n"app/b.py" = ["ACME"]\n'
    )
    result = run.check()
    assert result.lines[0].startswith("registry-lint.toml:5:1: REG904 per-file-ignores: `ACME` takes nothing away")
    assert "app/a.py" not in result.out
    assert "REG904" not in run.check("app/a.py").out  # this run does not know
    assert "REG904" not in run.check("--select", "REG9").out


def test_unused_entry_of_ignore_is_told_where_it_stands(run: Run) -> None:
    overrides = '[[overrides]]\npaths = ["app/b.py"]\nignore = ["bad-call"]\n'
    run.write("registry-lint.toml", 'ignore = ["REG602", "ACME101"]\npacks = ["lint_rules"]\n' + overrides)
    assert run.check("-q").lines == [
        "registry-lint.toml:1:11: REG904 ignore: `REG602` takes nothing away",
        "registry-lint.toml:5:11: REG904 ignore: `bad-call` takes nothing away in 'app/b.py'",
    ]
    run.write("registry-lint.toml", 'packs = ["lint_rules"]\n' + overrides.replace("b.py", "a.py"))
    assert run.check("-q").lines == []
    run.write("registry-lint.toml", 'packs = ["lint_rules"]\nignore = ["REG602", "ACME", "REG901", "REG9"]\n')
    assert run.check("-q").lines == []  # what REG9 takes away, REG904 among it, is not counted


def test_entry_of_ignore_is_judged_only_where_its_rules_ran_over_everything(run: Run) -> None:
    run.write("registry-lint.toml", 'ignore = ["REG602"]\n')
    run.write("app/a.py", "")
    assert "REG904" in run.check().out
    for arguments in (("app/b.py",), ("--select", "REG1,REG904"), ("--ignore", "REG6")):
        assert "REG904" not in run.check(*arguments).out
    run.write("registry-lint.toml", "[severity]\nREG602 = 'off'\n")
    assert run.check("--config", "ignore = ['REG601']").lines == run.check().lines  # the command line is not judged
    assert "REG904" not in run.check().out  # a decision about the rule, whatever it finds


def test_ignored_housekeeping_is_no_unused_entry(run: Run) -> None:
    run.write("app/a.py", "x = 1  # registry-lint: ignore[ACME101]\n")
    run.write("registry-lint.toml", CONFIGURATION + '[per-file-ignores]\n"app/a.py" = ["REG901"]\n')
    assert run.check("-q").lines == []


def test_unparsable_file_costs_no_other(run: Run) -> None:
    run.write("app/broken.py", "class ToolRegistry:\n    def (:\n")
    result = run.check("app/a.py", "app/broken.py")
    assert "app/a.py:2:12: ACME101" in result.out
    assert "app/broken.py:2:9: REG900 nothing here is examined: invalid syntax" in result.out
    assert "incomplete: 1 file not examined" in result.out
    assert run.check("app/broken.py", "--ignore", "REG900").code == 0
    assert run.check("app/broken.py", "--ignore", "REG900", "--strict").code == 2
    assert run.check("app/b.py", "--strict").code == 0


def test_same_findings_for_any_number_of_processes(run: Run) -> None:
    for number in range(700):
        run.write(f"app/many/m{number}.py", f"class R{number}Registry:\n    pass\nBad()\n")
    outputs = {run.check("-j", jobs, "--no-cache").out for jobs in ("0", "1", "3")}
    assert len(outputs) == 1
    assert next(iter(outputs)).count("ACME101") == 701


def test_timings_name_the_stages(run: Run) -> None:
    said = [line.split() for line in run.check("--timings").err.splitlines()]
    files = str(len(list(run.root.rglob("*.py"))))
    assert [files, "files", "looking", "for", "files"] in [words[2:] for words in said]
    assert any(words[-2:] == ["ACME101", "bad-call"] and words[3] in {"file", "files"} for words in said)
    assert said[-1][1:] == ["s", "in", "all"]


def test_timings_tell_what_was_taken_from_an_earlier_run(run: Run) -> None:
    for number in range(120):
        run.write(f"app/many/m{number}.py", f"x = {number}\n")
    time.sleep(2.1)  # what was written a moment ago may change unseen
    check = ("check", "--isolated", "--timings", ".")
    taken = "REG101, REG102, REG103, REG104, REG105, REG108: nothing that was asked has changed"
    assert taken not in run(*check).err
    run.write("app/many/m7.py", "y = 7\n")
    assert taken in run(*check).err


def test_output_formats_at_once(run: Run) -> None:
    result = run("check", "--trust-packs", "--output-format", "json", "-o", "one.json", "--output", "concise=two.txt")
    assert result.out == ""
    assert json.loads((run.root / "one.json").read_text())[0]["symbol"] == "f"
    assert (run.root / "two.txt").read_text().startswith("app/a.py:2:12: ACME101 bad\n")
    assert "Found 1 warning" in result.err
    assert sorted(path.name for path in run.root.glob(".*")) == [".registry_lint_cache"]  # no draft is left


def test_report_that_cannot_be_written(run: Run) -> None:
    assert run.check("-o", "nowhere/x").code == 2
    assert run.check("-o", "app").code == 2


def test_machine_formats_keep_the_summary_off_stdout(run: Run) -> None:
    result = run("check", "--trust-packs", "--output-format", "json")
    assert json.loads(result.out)
    assert "Found 1 warning" in result.err
    assert run("check", "--trust-packs", "--output-format", "json", "-q").err == ""


def test_statistics(run: Run) -> None:
    run.write("app/c.py", "Bad()\nBad()\nx = 1  # registry-lint: ignore[REG999]\n")
    table = run.check("--statistics", "-q").lines
    assert [line.split() for line in table] == [
        ["count", "code", "rule", "severity", "fixable"],
        ["3", "ACME101", "bad-call", "warning", "-"],
        ["1", "REG902", "unknown-suppression", "warning", "-"],
    ]
    counted = json.loads(run("check", "--trust-packs", "--statistics", "--output-format", "json").out)
    assert [(row["code"], row["count"]) for row in counted] == [("ACME101", 3), ("REG902", 1)]
    assert run.check("--statistics", "-q", "-o", "table.txt").out == ""
    assert (run.root / "table.txt").read_text().splitlines() == table


def test_statistics_have_no_form_for_other_programs(run: Run) -> None:
    result = run("check", "--trust-packs", "--statistics", "--output-format", "sarif")
    assert (result.code, result.out) == (2, "")
    assert "--statistics is written as a table (text) or as json, not as sarif" in result.err


def test_show_files(run: Run) -> None:
    run.write("build/x.py", "")
    assert run("check", "--trust-packs", "--show-files").lines == ["app/a.py", "app/b.py", "lint_rules/bad.py"]
    assert run("check", "--trust-packs", "--show-files", "app").lines == ["app/a.py", "app/b.py"]
    named = ("check", "--trust-packs", "--show-files", "build/x.py")
    assert run(*named).lines == ["build/x.py"]
    assert run(*named, "--force-exclude").lines == []


def test_verbose_says_what_was_read(run: Run) -> None:
    result = run.check("-v")
    assert f"configuration: {run.root / 'registry-lint.toml'}" in result.err
    assert "ACME101" in result.err


def test_github_step_summary(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(run.root / "summary.md"))
    run.write("app/many.py", "Bad()\n" * 250)
    run("check", "--trust-packs", "--output-format", "github")
    summary = (run.root / "summary.md").read_text()
    assert "ACME101" in summary
    assert "... and 51 more." in summary  # GitHub takes no more than 1 MiB
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(run.root / "nowhere" / "summary.md"))
    result = run("check", "--trust-packs", "--output-format", "github")
    assert result.code == 2
    assert "the step summary cannot be written" in result.err


def test_report_in_a_file_knows_no_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person's terminal, narrow and coloured, does not show in what is written beside."""
    run.write("app/a.py", f"x = {'1 + ' * 40}Bad()\n")
    run("check", "--trust-packs", "-o", "plain.txt")
    monkeypatch.setattr(terminal, "is_terminal", lambda _stream: True)
    monkeypatch.setenv("COLUMNS", "40")
    result = run("check", "--trust-packs", "--output", "text=beside.txt")
    assert "\x1b[" in result.out
    assert max(len(line) for line in re.sub(r"\x1b\[[0-9;]*m", "", result.out).splitlines()) <= 40
    assert (run.root / "beside.txt").read_text() == (run.root / "plain.txt").read_text()


def test_codes_link_to_the_files_of_their_rules(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "is_terminal", lambda _stream: True)
    monkeypatch.setenv("VTE_VERSION", "7000")
    page = (run.root / "lint_rules" / "bad.py").as_uri()
    assert f"\x1b]8;;{page}\x1b\\" in run("check", "--trust-packs").out
    monkeypatch.setenv("VTE_VERSION", "3000")
    assert "\x1b]8;;" not in run("check", "--trust-packs").out


# --- standard input ------------------------------------------------------------------------------------------


def test_standard_input_stands_for_a_file(run: Run) -> None:
    done = process(
        "check", "-", "--stdin-filename", "app/b.py", "--output-format", "concise", "-q", cwd=run.root, input="Bad()\n"
    )
    assert (done.returncode, done.stdout) == (1, "app/b.py:1:1: ACME101 bad\n")
    done = process("check", "-", "--output-format", "concise", "-q", cwd=run.root, input="x = 1\n")
    assert (done.returncode, done.stdout) == (0, "")
    done = process("check", "-", "--stdin-filename", "/elsewhere.py", cwd=run.root, input="")
    assert done.returncode == 2


def test_standard_input_is_mended_to_standard_output(run: Run) -> None:
    text = "x = 1  # registry-lint: ignore[ACME101]\n"
    done = process("check", "-", "--stdin-filename", "app/b.py", "--fix", cwd=run.root, input=text)
    assert (done.returncode, done.stdout) == (0, "x = 1\n")
    assert (run.root / "app/b.py").read_text() == "x = 1\n"


# --- fixes ---------------------------------------------------------------------------------------------------

UNUSED = "x = 1  # registry-lint: ignore[ACME101]\n"


def test_fix_and_diff(run: Run) -> None:
    run.write("app/a.py", UNUSED)
    shown = run.check("--diff")
    assert (shown.code, shown.lines[2:]) == (1, ["@@ -1 +1 @@", f"-{UNUSED.rstrip()}", "+x = 1"])
    assert (run.root / "app/a.py").read_text() == UNUSED
    mended = run.check("--fix", "--show-fixes")
    assert mended.code == 0
    assert mended.lines[:2] == ["Fixed 1:", "  app/a.py: 1 × REG901 (unused-suppression)"]
    assert (run.root / "app/a.py").read_text() == "x = 1\n"
    assert run.check("--fix", "--exit-non-zero-on-fix").code == 0  # a second time nothing changes
    assert run.check("--diff").code == 0


def test_exit_codes_of_fixing(run: Run) -> None:
    run.write("app/a.py", UNUSED + "Bad()\n")
    assert run.check("--fix-only").code == 0
    run.write("app/a.py", UNUSED)
    assert run.check("--fix", "--exit-non-zero-on-fix").code == 1
    run.write("app/a.py", UNUSED + "Bad()\n")
    result = run.check("--fix", "-q")
    assert (result.code, result.lines) == (1, ["app/a.py:2:1: ACME101 bad"])


def test_diff_without_a_safe_fix_tells_of_the_unsafe_ones(run: Run) -> None:
    for name, text in REGISTRY.items():
        run.write(name, text)
    result = run("check", "--select", "REG101", "--isolated", "--diff")
    assert (result.code, result.out) == (0, "")
    assert result.err.splitlines()[-1] == "No fix is safe; 1 fixable with `--fix --unsafe-fixes`."
    result = run("check", "--select", "REG101", "--isolated", "--diff", "--unsafe-fixes")
    assert result.code == 1
    assert "+registry = get_tool_registry()" in result.lines


def test_only_the_given_paths_are_mended(run: Run) -> None:
    run.write("app/a.py", UNUSED)
    run.write("app/b.py", UNUSED)
    run.check("--fix", "app/a.py")
    assert (run.root / "app/b.py").read_text() == UNUSED


# --- baseline ------------------------------------------------------------------------------------------------


def test_baseline_from_first_to_last(run: Run) -> None:
    trust = "--trust-packs"
    run.write("app/c.py", "Bad()\n")
    assert run("baseline", "write", trust).code == 0
    run.write("registry-lint.toml", f'baseline = ".registry-lint-baseline"\n{CONFIGURATION}')
    assert "2 in the baseline" in run.check().out
    # moved lines, other layout, a renamed file: all the same findings
    run.write("app/a.py", "import os\n\n\ndef f():\n    return Bad()  # noted\n")
    (run.root / "app/core").mkdir()
    (run.root / "app/c.py").rename(run.root / "app/core/c.py")
    assert run.check().code == 0
    # a new one is told, and is not taken in by a second `write`
    run.write("app/b.py", "Bad()\n")
    assert [line.partition(" ")[0] for line in run.check("-q").lines] == ["app/b.py:1:1:"]
    refused = run("baseline", "write", trust)
    assert (refused.code, "--grow" in refused.err) == (2, True)
    # a mended one leaves a stale entry, which fails until it is pruned
    run.write("app/b.py", "x = 1\n")
    run.write("app/a.py", "x = 1\n")
    stale = run.check("-q")
    assert (stale.code, "REG905" in stale.out) == (1, True)
    assert run.check("-q", "app/b.py").code == 0  # not asked for
    assert run("baseline", "prune", trust, "--check").code == 1
    assert "1 removed" in run("baseline", "prune", trust).out
    assert run("baseline", "prune", trust, "--check").code == 0
    assert run.check().code == 0
    assert run("baseline", "show", trust).lines == ["app/core/c.py: ACME101", "    1  ACME101"]
    run.write("app/b.py", "Bad()\n")
    assert run("baseline", "write", trust, "--grow").code == 0
    assert run.check().code == 0


def test_baseline_is_not_written_where_something_was_not_seen(run: Run) -> None:
    os.mkfifo(run.root / "app" / "pipe.py")
    result = run("baseline", "write", "--trust-packs")
    assert result.code == 2
    assert "app/pipe.py: not a regular file" in result.err
    assert not (run.root / ".registry-lint-baseline").exists()


def test_baseline_is_written_where_a_bound_was_met(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run over this code meets it: a project that is large enough would never get a baseline."""
    monkeypatch.setattr("registry_lint.project.model.Project.bounds", ("callers of one function",))
    assert run("baseline", "write", "--trust-packs").code == 0
    known = run.check("--baseline", ".registry-lint-baseline")
    assert known.code == 0
    assert "1 in the baseline" in known.out
    assert "incomplete: 1 bound met" in known.out
    run.write("app/a.py", "")
    assert "1 removed." in run("baseline", "prune", "--trust-packs").out


def test_configured_baseline_does_not_follow_a_link_out_of_the_project(
    run: Run, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (run.root / "link").symlink_to(elsewhere)
    run.write("registry-lint.toml", f'baseline = "link/base"\n{CONFIGURATION}')
    assert run("baseline", "write", "--trust-packs").code == 2
    assert list(elsewhere.iterdir()) == []


# --- since ---------------------------------------------------------------------------------------------------


def git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True, timeout=60)


def test_since_reports_what_is_new(run: Run) -> None:
    git(run.root, "init", "-q")
    git(run.root, "add", "-A")
    git(run.root, "commit", "-qm", "base")
    assert run.check("--since", "HEAD").code == 0
    run.write("app/b.py", "Bad()\n")
    run.write("app/a.py", "import os\n\n\ndef f():\n    return Bad()\n")
    result = run.check("--since", "HEAD", "-q")
    assert result.lines == ["app/b.py:1:1: ACME101 bad"]
    git(run.root, "mv", "app/a.py", "app/z.py")
    assert run.check("--since", "HEAD", "-q").lines == ["app/b.py:1:1: ACME101 bad"]
    assert (run.root / "app/z.py").is_file()  # the work tree is as it was
    missing = run.check("--since", "none-such")
    assert (missing.code, "none-such" in missing.err) == (2, True)


def test_since_in_a_shallow_clone(
    run: Run, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(run.root, "init", "-q", "-b", "main")
    git(run.root, "add", "-A")
    git(run.root, "commit", "-qm", "base")
    git(run.root, "tag", "old")
    run.write("app/b.py", "Bad()\n")
    git(run.root, "commit", "-qam", "more")
    clone = tmp_path_factory.mktemp("clone") / "x"
    git(run.root, "clone", "-q", "--depth=1", "--no-tags", f"file://{run.root}", str(clone))
    monkeypatch.chdir(clone)
    missing = run.check("--since", "old")
    assert (missing.code, "shallow clone" in missing.err) == (2, True)
    assert run.check("--since", "HEAD").code == 0
    git(clone, "fetch", "-q", "--depth=1", "origin", "tag", "old")
    assert run.check("--since", "old", "-q").lines == ["app/b.py:1:1: ACME101 bad"]


def test_finding_that_a_change_causes_elsewhere_is_new(run: Run) -> None:
    for name, text in REGISTRY.items():
        run.write(name, text.replace("def get_tool_registry", "def _made"))
    run.write("registry-lint.toml", "select = ['REG101']\n")
    git(run.root, "init", "-q")
    git(run.root, "add", "-A")
    git(run.root, "commit", "-qm", "base")
    assert run("check", "--since", "HEAD").code == 0
    run.write("app/registry.py", REGISTRY["app/registry.py"])
    result = run("check", "--since", "HEAD", "--output-format", "concise", "-q")
    assert [line.partition(" ")[0] for line in result.lines] == ["app/use.py:3:12:"]


# --- other commands ------------------------------------------------------------------------------------------


def test_rules(run: Run) -> None:
    table = run("rules", "--trust-packs").lines
    assert [line for line in table if line.startswith("ACME101")] == [
        line for line in table if "bad-call" in line and "`Bad()` is called." in line
    ]
    records = {
        record["code"]: record for record in json.loads(run("rules", "--trust-packs", "--output-format", "json").out)
    }
    assert records["ACME101"]["severity"] == "warning"
    assert records["REG901"]["fixable"] is True
    assert list(records) == sorted(records)


@pytest.mark.parametrize("label", ["ACME101", "acme101", "bad-call"])
def test_explain(run: Run, label: str) -> None:
    result = run("explain", label, "--trust-packs")
    assert result.lines[0] == "# ACME101 bad-call"
    assert "Because." in result.out
    assert "Bad()" in result.out
    assert "\x1b[" not in result.out
    coloured = run("explain", label, "--trust-packs", "--color", "always").out
    assert "\x1b[" in coloured
    assert not re.search(r"\x1b\[(?:[0-9;]*;)?4[0-9][;m]", coloured)  # no background: terminals are light or dark


def test_config_says_where_each_value_is_from(run: Run) -> None:
    lines = run("config").lines
    assert 'packs = ["lint_rules"]  # registry-lint.toml' in lines
    assert "max-registries = 2  # default" in lines
    assert "max-registries = 3  # --config" in run("config", "--config", "max-registries = 3").lines


def test_config_prints_toml(run: Run) -> None:
    import tomllib

    run.write(
        "registry-lint.toml",
        '[[registries]]\nclass = "a.B"\nmethods = [{ name = "add" }]\n[[overrides]]\npaths = ["x/"]\n'
        'severity = { REG901 = "info" }\n[[forbid]]\npath = "a.C"\n',
    )
    table = tomllib.loads(run("config").out)
    assert table["registries"][0] == {"class": "a.B", "methods": [{"name": "add"}], "holds": "anything"}
    assert table["overrides"][0]["severity"] == {"REG901": "info"}
    assert table["forbid"][0]["path"] == "a.C"
    assert "origin" not in run("config").out


def test_wrong_command_and_option_name_the_nearest(run: Run) -> None:
    assert "Did you mean `check`?" in run("chek").err
    assert "registry-lint check app" in run("app").err
    assert "--select" in run("check", "--selekt", "X").err
    assert "Did you mean 'sarif'?" in run("check", "--output-format", "sarrif").err
    assert "Did you mean 'warning'?" in run("check", "--fail-on", "warn").err
    assert "Did you mean" not in run("check", "--output-format", "none-of-them").err


# --- manners -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flag", "environment", "expected"),
    [
        ("auto", {}, False),
        ("always", {}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
        ("auto", {"FORCE_COLOR": "1"}, True),
        ("auto", {"FORCE_COLOR": "0"}, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("always", {"NO_COLOR": "1"}, True),
    ],
)
def test_colour(
    run: Run, monkeypatch: pytest.MonkeyPatch, flag: terminal.Colour, environment: dict[str, str], expected: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    result = run("check", "--trust-packs", "--color", flag)
    assert ("\x1b[" in result.out) is expected


def test_reader_that_goes_away_ends_the_run_quietly(run: Run) -> None:
    run.write("app/c.py", "Bad()\n" * 3_000)
    command = f"{sys.executable} -m registry_lint check --output-format concise | head -1; exit ${{PIPESTATUS[0]}}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "REGISTRY_LINT_TRUST_PACKS": "1"}
    done = subprocess.run(
        ["bash", "-c", command], cwd=run.root, env=environment, capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stdout) == (1, "app/a.py:2:12: ACME101 bad\n")
    assert "rror" not in done.stderr


@pytest.mark.parametrize(("redirection", "code"), [(">&-", 1), ("2>&-", 1), (">/dev/full", 2)])
def test_closed_and_full_streams(run: Run, redirection: str, code: int) -> None:
    if "full" in redirection and not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "REGISTRY_LINT_TRUST_PACKS": "1"}
    command = f"{sys.executable} -m registry_lint check {redirection}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=run.root, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


# Command lines that write something to stdout or to a file, and their codes in the project of these tests.
EVERY = {
    "check": 1, "check --output-format json": 1, "check --statistics": 1, "check --show-files": 0, "check -o {}": 1,
    "rules": 0, "explain REG101": 0, "config": 0, "config --schema": 0, "baseline show": 2, "trace app/a.py:2": 0,
    "audit": 0, "audit -o {}": 0, "init --dry-run": 0, "version": 0, "--help": 0, "clean": 0, "nothing": 2,
}  # fmt: skip
CLOSED = "os.close({0}); {1} = None"
FULL = "full = os.open('/dev/full', os.O_WRONLY); os.dup2(full, {0})"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110
@pytest.mark.parametrize("arguments", EVERY)
def test_no_command_fails_otherwise_where_nothing_can_be_written(run: Run, tmp_path: Path, arguments: str) -> None:
    """Closed streams take nothing; of a full one the code tells."""
    words = arguments.format(tmp_path / "report").split()

    def code(*streams: str) -> int:
        before = "; ".join(["import os, sys", *streams])
        return warm.run(run.root, *words, before=before, REGISTRY_LINT_TRUST_PACKS="1").code

    usual = EVERY[arguments]
    assert code() == usual
    closed = [CLOSED.format(1, "sys.stdout"), CLOSED.format(2, "sys.stderr")]
    assert code(closed[0]) == code(*closed, CLOSED.format(0, "sys.stdin")) == usual
    to_a_file = "-o" in words
    assert code(FULL.format(1)) == (usual if to_a_file or usual == 2 else 2)
    assert code(FULL.format(2)) in (usual, 2)
    assert to_a_file or code(FULL.format(1), FULL.format(2)) == 2


def test_interrupt_of_a_process_is_quiet(run: Run) -> None:
    run.write(
        "lint_rules/bad.py",
        RULE.replace("for path in project.paths:", "import time; time.sleep(60)\n        for path in project.paths:"),
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "REGISTRY_LINT_TRUST_PACKS": "1"}
    running = subprocess.Popen(
        [sys.executable, "-m", "registry_lint", "check"],
        cwd=run.root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    time.sleep(1.5)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert (out.strip(), err.strip()) == ("", "")


@pytest.mark.parametrize("arguments", [["--help"], ["version"], ["--version"], ["check", "--help"]])
def test_help_and_version_load_little(arguments: list[str]) -> None:
    program = (
        "import sys; from registry_lint.cli import main; main(sys.argv[1:]);"
        "heavy = {'pydantic', 'rich', 'libcst', 'tomlkit', 'registry_lint.project', 'registry_lint.facts'};"
        "print(sorted(heavy & sys.modules.keys()), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr == "[]\n"


def test_every_command_is_listed_with_its_line(run: Run) -> None:
    shown = run("--help").out
    for name in cli._present():
        assert f"  {name} " in shown
        help_text = run(name, "--help").out
        assert "Usage: registry-lint" in help_text


def test_progress_is_shown_on_terminals_only(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with terminal.Progress(quiet=False) as progress:
        progress.stage("anything")
    assert capfd.readouterr().err == ""
    monkeypatch.setattr(terminal, "is_terminal", lambda _stream: True)
    with terminal.Progress(quiet=False) as progress:
        progress.stage("looking")
        time.sleep(1.1)
        progress.stage("reading")
    progress.stage("reporting")
    shown = capfd.readouterr().err
    assert "reporting" not in shown  # a report is on the terminal now
    assert "reading … " in shown
    assert "looking" not in shown  # it began before a second was over
    assert shown.endswith("\r\x1b[K")
    with terminal.Progress(quiet=True) as progress:
        time.sleep(0)
    assert capfd.readouterr().err == ""


# --- rules of one's own --------------------------------------------------------------------------------------


def test_examples_of_a_folder_are_run(run: Run) -> None:
    good = run("test", "lint_rules")
    assert good.code == 1  # its example lies in no folder `app`
    assert "missing" in good.out
    run.write("lint_rules/bad.py", RULE.replace('Invalid("Bad()', 'Invalid("--- app/x.py\\nBad()'))
    result = run("test", "lint_rules")
    assert (result.code, result.lines) == (0, ["ACME101 bad-call: all good in 1 example"])
    run.write("lint_rules/bad.py", RULE.replace("    INVALID = ", "    EXAMPLES = "))
    assert "no INVALID example" in run("test", "lint_rules").out
    assert run("test", "app").code == 2
    assert run("test", "nowhere").code == 2


@pytest.mark.usefixtures("run")
def test_api_gives_scripts_what_check_reports() -> None:
    import registry_lint

    outcome = registry_lint.check_paths("app", trust_packs=True)
    assert [(finding.code, finding.span.row) for finding in outcome.findings] == [("ACME101", 2)]
    assert registry_lint.check_paths("app/b.py", trust_packs=True).findings == ()
    assert registry_lint.check_paths(select=["REG9"], trust_packs=True).findings == ()
    with pytest.raises(registry_lint.UserError):
        registry_lint.check_paths("nowhere.py", trust_packs=True)
    with pytest.raises(registry_lint.UserError, match="SOME9"):
        registry_lint.check_paths(select=["SOME9"], trust_packs=True)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("che", ["plain,check"]),
        ("check --sel", ["plain,--select"]),
        ("check --output-format sar", ["plain,sarif"]),
        ("check app/", ["file,app/"]),  # the shell completes files itself
        ("check --baseline ", ["file,"]),
        ("check --select REG101,reg50", [f"plain,REG101,REG50{n}" for n in range(1, 6)]),
        ("explain class-r", ["plain,class-registered"]),
        ("trace app/", ["file,app/"]),
        ("baseline p", ["plain,prune"]),
    ],
)
def test_shell_completion(run: Run, words: str, expected: list[str]) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "_REGISTRY_LINT_COMPLETE": "bash_complete"}
    environment |= {"COMP_WORDS": f"registry-lint {words}", "COMP_CWORD": str(len(words.split(" ")))}
    command = [sys.executable, "-m", "registry_lint"]
    done = subprocess.run(command, cwd=run.root, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.stdout.splitlines(), done.stderr) == (expected, "")


# --- the cache -----------------------------------------------------------------------------------------------

REGISTRY = {
    "app/__init__.py": "",
    "app/registry.py": "class ToolRegistry:\n    def register(self, name, tool):\n        self.tools[name] = tool\n\n\n"
    "def get_tool_registry():\n    return ToolRegistry()\n",
    "app/use.py": "from app.registry import ToolRegistry\n\nregistry = ToolRegistry()\n",
}


@pytest.fixture
def registry(run: Run) -> Run:
    """A project without rules of its own, whose files have not changed for a while."""
    for path in [*run.root.glob("app/*"), run.root / "registry-lint.toml"]:
        path.unlink()
    for name, text in REGISTRY.items():
        run.write(name, text)
    run.write("registry-lint.toml", 'select = ["REG101"]\n')
    time.sleep(2.2)  # a state counts only when it is older than the coarsest clock's tick
    return run


def forget_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on, whoever analyses anything fails."""

    def analysed(*_: object) -> None:
        raise AssertionError("analysed anew")

    monkeypatch.setattr("registry_lint.run._examine", analysed)


def test_unchanged_project_is_not_analysed_again(registry: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    command = ("check", "--output-format", "json")
    first = registry(*command)
    assert first.code == 1
    forget_the_engine(monkeypatch)
    again = registry(*command)
    assert (again.code, again.out) == (first.code, first.out)
    assert registry(*command, "--no-cache").code == 101
    assert registry(*command, "--select", "REG1").code == 101  # another question
    assert registry(*command, "app/registry.py").code == 101
    registry.write("app/use.py", "")
    assert registry(*command).code == 101


def test_change_of_the_configuration_is_seen(registry: Run) -> None:
    assert registry("check").code == 1
    registry.write("registry-lint.toml", 'select = ["REG101"]\nignore = ["REG1"]\n[severity]\nREG101 = "off"\n')
    assert registry("check").code == 0
    registry.write("registry-lint.toml", "selct = []\n")
    assert registry("check").code == 2
    assert registry("check").code == 2  # a wrong one is not remembered as valid


def test_facts_are_remembered_by_content(registry: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert registry("check").code == 1
    registry.write("app/more.py", "x = 1\n")
    read: list[bytes] = []
    from registry_lint.facts import extract as module

    extract = module.extract
    monkeypatch.setattr(module, "extract", lambda content: read.append(content) or extract(content))
    assert registry("check").code == 1
    assert REGISTRY["app/registry.py"].encode() not in read
    assert registry("check", "--no-cache").code == 1
    assert REGISTRY["app/registry.py"].encode() in read


def test_cache_folder(registry: Run, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("cache")
    registry("check", "--cache-dir", str(folder / "x"))
    assert (folder / "x").is_dir()
    assert not (registry.root / ".registry_lint_cache").exists()
    assert "Removed" in registry("clean", "--cache-dir", str(folder / "x")).out
    registry("check")
    assert (registry.root / ".registry_lint_cache").is_dir()
    registry.write("registry-lint.toml", "this is no TOML")
    assert "Removed" in registry("clean").out
    assert not (registry.root / ".registry_lint_cache").exists()
    assert "There is no cache" in registry("clean").out


def test_damaged_cache_changes_nothing(registry: Run) -> None:
    first = registry("check", "--output-format", "json").out
    rows = registry.root / ".registry_lint_cache" / "rows.sqlite"
    content = rows.read_bytes()
    for damaged in (b"", b"not a database" * 100, content[:5000], content.replace(b"REG101", b"REG1\xff1")):
        rows.write_bytes(damaged)
        assert registry("check", "--output-format", "json").out == first
