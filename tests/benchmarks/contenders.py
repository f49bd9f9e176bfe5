"""Who is measured: registry-lint in six situations, and what other tools do with the nearest equivalent.

None of the others follows a value through a project; each gets the nearest thing that it can do. Patterns and rules
stand here in full, so that a reader can judge how near.
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_MOMENT = 3.0  # seconds after which a change is no longer "a moment ago" for registry-lint

SEEDS = ("Registry", "BaseModel", "register", "__class__", "Tracker")

_AST_GREP_RULES = """\
id: direct-construction
language: python
rule: {pattern: ToolRegistry($$$)}
---
id: metaclass-key
language: python
rule: {pattern: "getattr($X, '__class__', type($X)).__name__.lower()"}
---
id: schema-class
language: python
rule: {pattern: "class $C(BaseModel): $$$BODY"}
---
id: registering
language: python
rule: {pattern: "$R.register($K, $V)"}
"""

_SEMGREP_RULES = """\
rules:
  - {id: direct-construction, languages: [python], severity: ERROR, message: m, pattern: ToolRegistry(...)}
  - id: metaclass-key
    languages: [python]
    severity: ERROR
    message: m
    pattern: getattr($X, '__class__', type($X)).__name__.lower()
  - id: schema-class
    languages: [python]
    severity: ERROR
    message: m
    pattern: |
      class $C(BaseModel):
          ...
  - {id: registering, languages: [python], severity: ERROR, message: m, pattern: "$R.register($K, $V)"}
"""

_FIXIT_RULE = """\
import libcst as cst
from fixit import LintRule, Valid, Invalid


class DirectConstruction(LintRule):
    VALID = [Valid("get_tool_registry()")]
    INVALID = [Invalid("ToolRegistry()")]

    def visit_Call(self, node: cst.Call) -> None:
        if isinstance(node.func, cst.Name) and node.func.value == "ToolRegistry":
            self.report(node, "built past its factory")
"""

_RUFF_BAN = 'lint.flake8-tidy-imports.banned-api."app.registry.ToolRegistry".msg = "use the factory"'


class Contender(NamedTuple):
    """One command to measure. `prepare` is called before each run and not measured."""

    name: str
    what: str
    command: tuple[str, ...]
    folder: Path
    prepare: Callable[[], None] = lambda: None
    slow: bool = False  # measured in fewer rounds
    factor: float = 1.0  # from the part of the corpus that it is given to the whole


class Missing(NamedTuple):
    """A tool that is not installed here."""

    name: str


def contenders(corpus: Path, work: Path, *, generated: bool = False) -> list[Contender | Missing]:
    """Everyone, over a corpus that may be written to; `work` is an empty folder for rules and caches. A `generated`
    corpus holds nothing that is left out by default, and needs no configuration."""
    python = sys.executable
    found: list[Contender | Missing] = [
        Contender("python -c pass", "the start of an interpreter", (python, "-c", "pass"), corpus)
    ]
    found += _registry_lint(corpus, work, python, () if generated else ("--config", "exclude = []"))
    found += [
        _ripgrep(corpus),
        *_ruff(corpus, work),
        _ast_grep(corpus, work),
        _semgrep(corpus, work),
        _fixit(corpus, work),
    ]
    return found


def _registry_lint(corpus: Path, work: Path, python: str, configured: Sequence[str]) -> list[Contender]:
    root = Path(__file__).parents[2]
    # Not `-m`, which would put the corpus on the import path; the checkout is measured, not what is installed.
    start = f"import sys; sys.path.insert(0, {str(root)!r}); from registry_lint.__main__ import main; main()"
    program = (python, "-P", "-c", start)
    # Nobody else knows the default excludes: everyone looks at the same files.
    check = (*program, "check", "--isolated", *configured, "--output-format", "concise")
    cached = (*check, "--cache-dir", str(work / "cache"))
    large = _largest(corpus, 40)
    three, one_large = large[:3], large[-1:]
    given = [str(path) for path in three]
    turns = itertools.count()
    drawn = _drawn(corpus)
    anyone, any_three = itertools.cycle(drawn), drawn[-3:]

    def change(paths: Sequence[Path]) -> None:
        """Change files after a run over all: what others changed before is not measured with them."""
        remembered()
        for path in paths:
            with path.open("a", encoding="utf-8") as file:
                file.write(f"\n_changed_{next(turns)} = None\n")

    def remembered() -> None:
        """Others change files. What changed a moment ago is not remembered, since it may change again unseen."""
        time.sleep(_MOMENT)
        subprocess.run((*cached, "."), cwd=corpus, capture_output=True, check=False)

    return [
        Contender("registry-lint cold", "the whole program, no cache", (*check, "--no-cache", "."), corpus),
        Contender("registry-lint warm", "nothing changed", (*cached, "."), corpus, remembered),
        Contender(
            "registry-lint one changed",
            "one file changed (another one each time, drawn at random), all reported",
            (*cached, "."),
            corpus,
            lambda: change([next(anyone)]),
        ),
        Contender(
            "registry-lint large one changed",
            "one of the largest files of production code changed, all reported",
            (*cached, "."),
            corpus,
            lambda: change(one_large),
        ),
        Contender(
            "registry-lint three given",
            "three of the largest files, changed, as a commit hook gives them",
            (*cached, *given),
            corpus,
            lambda: change(three),
        ),
        Contender(
            "registry-lint three drawn",
            "the same with three files that were drawn at random",
            (*cached, *map(str, any_three)),
            corpus,
            lambda: change(any_three),
        ),
        Contender("registry-lint three, no cache", "three files, first run", (*check, "--no-cache", *given), corpus),
        Contender("registry-lint --help", "", (*program, "--help"), corpus),
        Contender("registry-lint version", "", (*program, "version"), corpus),
    ]


def _ripgrep(corpus: Path) -> Contender | Missing:
    program = _found("rg")
    if program is None:
        return Missing("ripgrep")
    patterns = [part for seed in SEEDS for part in ("-e", seed)]
    command = (program, "-uu", "-l", "-F", "-t", "py", *patterns, ".")
    return Contender("ripgrep", f"{len(SEEDS)} literals: the floor of reading", command, corpus)


def _ruff(corpus: Path, work: Path) -> list[Contender | Missing]:
    program = _found("ruff")
    if program is None:
        return [Missing("ruff")]
    check = (
        program,
        "check",
        "--isolated",
        "--no-respect-gitignore",
        "--select",
        "TID251",
        "--config",
        _RUFF_BAN,
        "-q",
    )
    return [
        Contender("ruff --no-cache", "one rule (TID251)", (*check, "--no-cache", "."), corpus),
        Contender("ruff warm", "one rule, nothing changed", (*check, "--cache-dir", str(work / "ruff"), "."), corpus),
    ]


def _ast_grep(corpus: Path, work: Path) -> Contender | Missing:
    program = _found("ast-grep")
    if program is None:
        return Missing("ast-grep")
    rules = work / "ast-grep.yml"
    rules.write_text(_AST_GREP_RULES, encoding="utf-8")
    command = (program, "scan", "--no-ignore", "hidden", "-r", str(rules), "--json=stream", ".")
    return Contender("ast-grep", "four patterns", command, corpus, slow=True)


def _semgrep(corpus: Path, work: Path) -> Contender | Missing:
    program = _found("semgrep")
    if program is None:
        return Missing("semgrep")
    rules = work / "semgrep.yml"
    rules.write_text(_SEMGREP_RULES, encoding="utf-8")
    quiet = ("--metrics=off", "--disable-version-check", "--no-git-ignore", "--quiet", "--json")
    command = (program, "scan", "--config", str(rules), *quiet, ".")
    return Contender("semgrep", "four patterns", command, corpus, slow=True)


def _fixit(corpus: Path, work: Path) -> Contender | Missing:
    """A subset of some hundred files, extrapolated by bytes: all of it would take a quarter of an hour."""
    program = _found("fixit")
    if program is None:
        return Missing("fixit")
    subset = work / "fixit"
    subset.mkdir()
    (subset / "pyproject.toml").write_text(
        '[tool.fixit]\nroot = true\nenable = [".construction"]\ndisable = ["fixit.rules"]\n'
    )
    (subset / "construction.py").write_text(_FIXIT_RULE)
    everything = sorted(corpus.rglob("*.py"))
    taken = everything[:: max(1, len(everything) // 150)]
    for number, path in enumerate(taken):
        shutil.copy(path, subset / f"f{number}.py")
    whole, part = (sum(path.stat().st_size for path in paths) for paths in (everything, taken))
    command = (program, "--quiet", "lint", *(f"f{number}.py" for number in range(len(taken))))
    what = f"one rule, {len(taken)} files, extrapolated by bytes"
    return Contender("fixit", what, command, subset, slow=True, factor=whole / max(part, 1))


def _found(name: str) -> str | None:
    """A program beside this interpreter, else on the path."""
    beside = Path(sys.executable).parent / name
    return str(beside) if os.access(beside, os.X_OK) else shutil.which(name)


def _largest(corpus: Path, count: int) -> Sequence[Path]:
    """The largest files that are no tests: those that a person edits."""
    ranked = sorted(corpus.rglob("*.py"), key=lambda path: (-path.stat().st_size, path))
    return [path for path in ranked if "test" not in str(path.relative_to(corpus))][:count] or ranked[:count]


def _drawn(corpus: Path) -> Sequence[Path]:
    """Files in an order of chance, the same one each time: somebody edits any of them."""
    files = sorted(path for path in corpus.rglob("*.py") if path.is_file() and not path.is_symlink())
    return random.Random(len(files)).sample(files, min(len(files), 100))


def versions() -> dict[str, str]:
    """What each tool says of itself, for the record."""
    import subprocess

    found: dict[str, str] = {"python": sys.version.split()[0]}
    for name in ("rg", "ruff", "ast-grep", "semgrep", "fixit"):
        program = _found(name)
        if program is not None:
            done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=120)
            found[name] = (done.stdout or done.stderr).strip().splitlines()[0]
    return found
