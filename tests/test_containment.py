"""What is analysed never runs, reaches nobody, writes nowhere, and steers nothing.

The program is watched from inside by Python's own audit events: code that is run from the project, connections,
processes, files opened for writing.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from registry_lint.audit.formats import FORMATS as AUDITS
from registry_lint.report import FORMATS
from tests import warm
from tests.editor import Editor

ROOT = Path(__file__).parent.parent
OUTAGE = ROOT / "tests" / "projects" / "outage"

posix = pytest.mark.skipif(os.name == "nt", reason="shell scripts and modes of files")
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

HOOK = """
import os, sys
project = os.path.realpath(PROJECT)
report = os.open(REPORT, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
inside = project + os.sep

def tell(*words):
    os.write(report, (" ".join(map(str, words)) + "\\n").encode("utf-8", "replace"))

def watch(event, arguments):
    if event == "exec":
        file = arguments[0].co_filename
        if not file.startswith("<") and os.path.realpath(file).startswith(inside):
            tell("exec", file)
    elif event == "import" and arguments[1] and os.path.realpath(str(arguments[1])).startswith(inside):
        tell("import", arguments[1])
    elif event == "open":
        path, _, flags = arguments
        if isinstance(path, (str, bytes)) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            tell("write", os.path.realpath(os.fsdecode(path)))
    elif event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto", "urllib.Request"):
        tell("network", event)
    elif event == "subprocess.Popen":
        tell("process", " ".join(map(str, arguments[1])))
    elif event in ("os.system", "os.exec", "os.posix_spawn", "pickle.find_class", "ctypes.dlopen", "os.startfile"):
        tell(event, arguments[:1])

sys.addaudithook(watch)
"""
# Begun as the console script is: from a file elsewhere, so that the working folder is not on the import path.
WATCHED = f"""
import sys
sys.path.insert(0, sys.argv[1])
PROJECT, REPORT = sys.argv[2:4]
{HOOK}
from registry_lint.cli import main
sys.exit(main(sys.argv[4:]))
"""

BOOBY_TRAP = "with open({mark!r}, 'a') as file:\n    file.write(__file__ + '\\n')\n"
HOSTILE = """
from registry import ToolRegistry, get_tool_registry, mark

@mark("a decorator")
class Tool(metaclass=mark("a metaclass", type)):
    name = mark("a class body", "tool")
    def __init_subclass__(cls, **kwargs): mark("a subclass")
    def __set_name__(self, owner, name): mark("a name")
    def __class_getitem__(cls, item): return mark("an item", cls)
    def run(self, value: mark("an annotation") = mark("a default")): return f"{mark('an f-string')}"

class Derived(Tool["x"], mark("a base", object)): pass

registry = ToolRegistry()
registry.register(type(Tool).__name__.lower(), Tool)
registry.register("a", Derived)  # noqa: REG999
__import__("os").system("touch {mark}")
eval("mark('eval')"); exec("mark('exec')")
"""


class Watched(NamedTuple):
    """What a command did, beside its answer."""

    code: int
    out: str
    err: str
    events: tuple[str, ...]  # "exec …", "import …", "write …", "network …", "process …"

    def of(self, kind: str) -> tuple[str, ...]:
        return tuple(event.removeprefix(kind + " ") for event in self.events if event.startswith(kind + " "))


def _environment(home: Path) -> dict[str, str]:
    ours = ("REGISTRY_LINT", "GIT_", "PYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}


def watched(project: Path, *arguments: str, home: Path, from_nothing: bool = True, **variables: str) -> Watched:
    """Run a command in a project under watch. Never with our checkout's packs or the user's configuration.

    `from_nothing`, it imports all that it needs under watch, too.
    """
    launcher, report = home / "launcher.py", home / "events"
    launcher.write_text(WATCHED)
    report.unlink(missing_ok=True)
    if not from_nothing:
        before = f"PROJECT, REPORT = {str(project)!r}, {str(report)!r}\n{HOOK}"
        told = warm.run(project, *arguments, before=before, HOME=str(home), **variables)
        events = report.read_text("utf-8", "replace").splitlines()
        return Watched(told.code, told.out.decode("utf-8", "replace"), told.err, tuple(events))
    done = subprocess.run(
        [sys.executable, str(launcher), str(ROOT), str(project), str(report), *arguments],
        cwd=project,
        env=_environment(home) | variables,
        capture_output=True,
        timeout=120,
        check=False,
    )
    events = report.read_text("utf-8", "replace").splitlines() if report.exists() else []
    out, err = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    return Watched(done.returncode, out, err, tuple(events))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A project in which whatever is imported, run or loaded leaves a mark."""
    project, mark = tmp_path / "project", tmp_path / "mark"
    project.mkdir()
    trap = BOOBY_TRAP.format(mark=str(mark))
    said = f"def mark(what, value=None):\n    open({str(mark)!r}, 'a').write(what)\n    return value or (lambda x: x)\n"
    outage = (ROOT / "tests/projects/outage/chat/registry.py").read_text()
    (project / "registry.py").write_text(trap + said + outage + "\ndef get_tool_registry(): return ToolRegistry()\n")
    (project / "main.py").write_text(trap + HOSTILE.replace("{mark}", str(mark)))
    # Names that Python, pytest, our libraries and our own program might import.
    ours = ("click", "libcst", "msgspec", "pathspec", "pydantic", "rich", "tomlkit", "registry_lint", "rules", "jinja2")
    for name in sorted(
        {*sys.stdlib_module_names, *ours, "conftest", "setup", "sitecustomize", "usercustomize", "noxfile"}
    ):
        if not (project / f"{name}.py").exists():
            (project / f"{name}.py").write_text(trap)
    for name in ("registry_lint", "rules", "lint_rules"):
        (project / name).mkdir()
        (project / name / "__init__.py").write_text(trap)
        (project / name / "bad.py").write_text(f'{trap}"""ACME101 bad: A rule."""\n')
    (project / "evil.pth").write_text(f"import os; os.system('touch {mark}')\n")
    information = project / "evil.egg-info"
    information.mkdir()
    (information / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1\n")
    (information / "entry_points.txt").write_text(
        "[registry_lint.packs]\nevil = lint_rules\n[pytest11]\nevil = conftest\n"
    )
    (project / "setup.cfg").write_text("[metadata]\nname = evil\n")
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "setup"\n[tool.registry-lint]\n'
    )
    return project


COMMANDS: dict[str, tuple[str, ...]] = {
    "check": ("check", "--no-cache"),
    "check with a cache": ("check",),
    "check with every rule": ("check", "--no-cache", "--select", "ALL"),
    "check one file": ("check", "main.py", "--no-cache"),
    "diff": ("check", "--diff", "--unsafe-fixes"),
    "fix": ("check", "--fix", "--unsafe-fixes", "--show-fixes"),
    "since": ("check", "--since", "HEAD"),
    "files": ("check", "--show-files"),
    "statistics": ("check", "--statistics"),
    "rules": ("rules",),
    "explain": ("explain", "REG101"),
    "config": ("config",),
    "schema": ("config", "--schema"),
    "baseline": ("baseline", "write"),
    "init": ("init",),
    "trace": ("trace", "main.py:16"),
    "audit": ("audit",),
    "clean": ("clean",),
    "version": ("version",),
    "help": ("--help",),
}


@posix
@needs_git
@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_runs_what_it_reads(trap: Path, home: Path, name: str) -> None:
    if name in ("since", "check"):
        for arguments in (
            ("init", "-q"),
            ("add", "."),
            ("-c", "user.name=a", "-c", "user.email=b", "commit", "-qm", "c"),
        ):
            subprocess.run(["git", *arguments], cwd=trap, check=True, capture_output=True)
    result = watched(trap, *COMMANDS[name], home=home)
    assert result.code in (0, 1), result.err
    assert not (trap.parent / "mark").exists(), (trap.parent / "mark").read_text()
    assert not result.of("exec")
    assert not result.of("import")
    assert not result.of("network")
    assert all(command.startswith("git ") for command in result.of("process"))
    assert not [event for event in result.events if event.split()[0] not in ("write", "process")]
    allowed = (str(trap) + os.sep, str(home) + os.sep, os.devnull)
    assert all(path.startswith(allowed) for path in result.of("write")), result.of("write")
    if "--no-cache" in COMMANDS[name] or name in ("rules", "explain", "config", "schema", "version", "help"):
        assert not [path for path in result.of("write") if path.startswith(str(trap) + os.sep)]


def test_the_editors_server_runs_nothing_either(trap: Path, home: Path) -> None:
    pytest.importorskip("pygls")
    launcher, report = home / "launcher.py", home / "events"
    launcher.write_text(WATCHED)
    program = (sys.executable, str(launcher), str(ROOT), str(trap), str(report))
    with Editor(trap, program=program, environment=_environment(home)) as editor:
        editor.open("main.py")
        assert editor.diagnostics("main.py")
    events = report.read_text("utf-8", "replace").splitlines()
    assert not (trap.parent / "mark").exists()
    assert not [event for event in events if event.split()[0] not in ("write", "process")], events
    assert all(event.startswith(("process git ", "write ")) for event in events), events
    places = [event.removeprefix("write ") for event in events if event.startswith("write ")]
    assert all(place.startswith((f"{trap}{os.sep}", f"{home}{os.sep}", os.devnull)) for place in places), places


def test_every_command_is_watched() -> None:
    from registry_lint.cli import _present

    # `test` runs the rules of the folder that it is given: that is its purpose. `server` waits for an editor (above).
    assert {arguments[0] for arguments in COMMANDS.values()} >= set(_present()) - {"test", "server"}


def test_the_watch_sees(tmp_path: Path, home: Path) -> None:
    """What would be told of a program that does what it must not: a pack that was trusted does."""
    project = tmp_path / "project"
    (project / "lint_rules").mkdir(parents=True)
    (project / "registry-lint.toml").write_text('packs = ["lint_rules"]\n')
    (project / "lint_rules" / "bad.py").write_text(
        "import socket, subprocess\n"
        f"open({str(tmp_path / 'mark')!r}, 'w').close()\n"
        "subprocess.run(['true'])\n"
        "s = socket.socket(); s.settimeout(0.01)\n"
        "try:\n    s.connect(('127.0.0.1', 9))\nexcept OSError:\n    pass\n"
    )
    for refused in ((), ("--isolated",), ("--isolated", "--trust-packs")):
        result = watched(project, "check", *refused, home=home)
        assert result.code == (0 if refused else 2), result.err
        assert not result.of("exec")
        assert not (tmp_path / "mark").exists()
    assert "--trust-packs" in watched(project, "check", home=home).err
    named = watched(project, "check", "--isolated", "--trust-packs", "--config", 'packs = ["lint_rules"]', home=home)
    assert not named.of("exec"), "isolated means isolated, whoever names the folder"
    for variables, arguments in (({}, ["--trust-packs"]), ({"REGISTRY_LINT_TRUST_PACKS": "1"}, [])):
        result = watched(project, "check", *arguments, home=home, **variables)
        assert result.of("exec") == (str(project / "lint_rules" / "bad.py"),)
        assert result.of("network")
        assert result.of("process")
        assert str(tmp_path / "mark") in result.of("write")


@pytest.mark.parametrize(
    "configuration",
    [
        'packs = ["../outside"]',
        'packs = ["/"]',
        'baseline = "../outside.json"',
        'baseline = "/etc/registry-lint-was-here"',
        'extend = "../../../../etc/passwd"',
        'extend = "/dev/zero"',
        'exclude = ["' + "a*" * 60 + 'b"]',
        'per-file-ignores = { "' + "**/" * 60 + 'x" = ["REG101"] }',
        '[[forbid]]\npath = "' + "a." * 5_000 + 'b"\nkind = "import"\nreason = "x"',
        '[[registries]]\nclass = "' + "(a+)+" * 20 + '$"',
        'release-names = ["' + "(.*)*" * 20 + 'x"]',
        "select = [" * 2_000,
        'select = ["REG101"' + ', "REG101"' * 10_000 + "]",
    ],
)
def test_no_configuration_reaches_out_or_hangs(tmp_path: Path, home: Path, configuration: str) -> None:
    project = tmp_path / "project"
    shutil.copytree(OUTAGE / "chat", project / "chat")
    (project / ("a" * 120 + ".py")).write_text("x = 1\n")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "rule.py").write_text(BOOBY_TRAP.format(mark=str(tmp_path / "mark")))
    (project / "registry-lint.toml").write_text(configuration + "\n")
    for arguments in (("check", "--no-cache", "--trust-packs"), ("baseline", "write")):
        result = watched(project, *arguments, home=home, from_nothing=False)
        assert result.code in (0, 1, 2), result.err[-500:]
        assert "Traceback" not in result.err
        assert not (tmp_path / "mark").exists()
        assert not (tmp_path / "outside.json").exists()
        inside = (str(project) + os.sep, str(home) + os.sep, os.devnull)
        assert all(path.startswith(inside) for path in result.of("write")), result.of("write")


# --- what is shown ---------------------------------------------------------------------------------------------

_OURS = tuple(f"::{level} title={our}" for level in ("error", "warning", "notice") for our in ("REG", "registry-lint"))
_OURS += ("::group::registry-lint: ", "::endgroup::")
ESCAPE = "\x1b]0;owned\x07\x1b[2J\x9b31m"
COMMAND = "::error title=a,file=b::owned\n::add-mask::x\n##[error]owned\n::stop-commands::t"
MARKUP = (
    "[bold red]owned[/] [link=https://evil.example]x[/link] <script>alert(1)</script> ![x](https://evil.example/x.png)"
)
BIDI = "\u202e\u2066x\u2069\u200b"


BESIDE = (*(f"audit as {name}" for name in AUDITS), "files", "baseline", "diff", "trace", "init", "config")


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The reports, in every format, of a project that writes into its names, texts and comments what others obey."""
    base = tmp_path_factory.mktemp("shown")
    project, home = base / "project", base / "home"
    project.mkdir()
    home.mkdir()
    text = repr(COMMAND + MARKUP + BIDI)[1:-1].replace('"', "'")
    source = f'''
class ToolRegistry:
    def __init__(self): self._tools = {{}}
    def register(self, name, tool):
        if name in self._tools: raise ValueError(f"{{name}} already registered")
        self._tools[name] = tool

def get_tool_registry(): return ToolRegistry()

class Tool:
    """{ESCAPE.encode("unicode_escape").decode()}"""
    name = "tool"
    def run(self): return "{BIDI}"

registry = ToolRegistry()  # {MARKUP} {BIDI} \x1b[31m ::error::owned
registry.register("{text}", Tool)  # \x1b]0;owned\x07
registry.register("a", Tool())  # registry-lint: ignore[{MARKUP.replace("]", ")")}]
'''
    for number, name in enumerate(
        ["plain.py", "::error file=x::owned.py", "a\n::error::owned.py", "\x1b[31mred.py", "[bold]x.py", "<b>x&y.py",
         "%0A::error.py", "`|*_x.py", "a,b=c;d.py", "\u202eyp.x.py"]
    ):  # fmt: skip
        (project / name).write_text(source.replace("Tool:", f"Tool{number}:").replace("Tool)", f"Tool{number})"))
    (project / "bad \x1b[31m.py").write_text(f"x = (  # {ESCAPE}\n")
    (project / "pyproject.toml").write_text("[tool.registry-lint]\n")
    out = {}

    def run(*arguments: str) -> Watched:
        return watched(project, *arguments, home=home, from_nothing=False)

    for name in FORMATS:
        result = run("check", "--no-cache", "--select", "ALL", "--output-format", name)
        assert result.code == 1, (name, result.err)
        out[name] = result.out
        assert_harmless(result.err)
    for name in AUDITS:
        out[f"audit as {name}"] = run("audit", "--output-format", name).out
    told = run("init", "--dry-run")
    out["init"] = told.out + told.err
    hostile = json.dumps([f"x{COMMAND}{ESCAPE}{BIDI}"])
    told = run("config", "--config", f"exclude = {hostile}")
    out["config"] = told.out + told.err
    out["files"] = run("check", "--show-files").out
    run("baseline", "write")
    out["baseline"] = run("baseline", "show").out
    out["diff"] = run("check", "--diff", "--unsafe-fixes", "--no-cache").err
    out["trace"] = run("trace", "plain.py:17").out
    return out


def assert_harmless(text: str) -> None:
    for character in ("\x1b", "\x07", "\x9b", "\u202e", "\u2066", "\x00"):
        assert character not in text, (character, text[max(0, text.find(character) - 80) :][:160])


@pytest.mark.parametrize("name", [*FORMATS, *BESIDE])
def test_no_report_holds_a_terminal_escape_or_turns_text_around(shown: dict[str, str], name: str) -> None:
    assert shown[name].strip() or name == "diff"
    assert_harmless(shown[name])


@pytest.mark.parametrize("name", [*FORMATS, *BESIDE])
def test_no_workflow_command_but_our_own(shown: dict[str, str], name: str) -> None:
    """GitHub obeys `::command::` at the beginning of a line (behind blanks), GitLab and Azure `##[command]`."""
    for line in shown[name].splitlines():
        if name == "github" and line.startswith(_OURS):
            assert "owned" not in line.split("::")[0], line
            assert line.count("::") >= 2
            continue
        assert not line.lstrip().startswith(("::", "##[", "##vso[")), line


def test_markup_is_text(shown: dict[str, str]) -> None:
    assert "<script>alert" not in shown["audit as html"]
    assert "<b>x" not in shown["audit as html"]
    assert "![x](https" not in shown["markdown"]
    assert "<script>alert" not in shown["markdown"]
    assert "[bold red)owned[/)" in shown["text"], "Rich's markup is shown as it was written"
    for name in ("junit", "checkstyle"):
        assert "<!DOCTYPE" not in shown[name]
        assert "<!ENTITY" not in shown[name]


def test_paths_come_back_whole(shown: dict[str, str]) -> None:
    names = {finding["filename"] for finding in json.loads(shown["json"])}
    assert {"a\n::error::owned.py", "\x1b[31mred.py", "\u202eyp.x.py"} <= names
