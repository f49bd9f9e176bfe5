"""The editor's server, over its standard streams, as an editor meets it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from registry_lint.server.analysis import as_bytes
from tests.editor import Editor
from tests.warm import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("pygls")

REGISTRY = """\
class ToolRegistry:
    def __init__(self):
        self.tools = {}

    def register(self, name, tool):
        self.tools[name] = tool


def get_tool_registry():
    return ToolRegistry()
"""
USE = "from app.registry import ToolRegistry\n\nregistry = ToolRegistry()\n"
MENDED = "from app.registry import get_tool_registry\n\nregistry = get_tool_registry()\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path, text in {
        "registry-lint.toml": 'select = ["REG101", "REG9"]\n',
        "app/__init__.py": "",
        "app/registry.py": REGISTRY,
        "app/use.py": USE,
    }.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


@pytest.fixture
def editor(folder: Path) -> Iterator[Editor]:
    with Editor(folder) as editor:
        yield editor


def codes(found: list[dict[str, Any]]) -> list[str]:
    return [each["code"] for each in found]


def ask_actions(editor: Editor, path: str, row: int, only: list[str] | None = None) -> list[dict[str, Any]]:
    at = {"start": {"line": row, "character": 12}, "end": {"line": row, "character": 12}}
    context = {"diagnostics": []} | ({"only": only} if only else {})
    document = {"uri": editor.uri(path)}
    found: list[dict[str, Any]] | None = editor.ask(
        "textDocument/codeAction", {"textDocument": document, "range": at, "context": context}
    )
    return found or []


def applied(text: str, edits: list[dict[str, Any]]) -> str:
    """What an editor makes of a text (all of it ASCII)."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def offset(position: dict[str, int]) -> int:
        return starts[position["line"]] + position["character"]

    for edit in sorted(edits, key=lambda edit: offset(edit["range"]["start"]), reverse=True):
        start, end = offset(edit["range"]["start"]), offset(edit["range"]["end"])
        text = text[:start] + edit["newText"] + text[end:]
    return text


def test_a_file_that_is_opened_is_reported_as_check_does(editor: Editor) -> None:
    editor.open("app/use.py")
    (finding,) = editor.diagnostics("app/use.py")
    assert (finding["code"], finding["source"], finding["severity"]) == ("REG101", "registry-lint", 1)
    assert finding["range"] == {"start": {"line": 2, "character": 11}, "end": {"line": 2, "character": 25}}
    related = finding["relatedInformation"][-1]
    assert related["location"]["uri"] == editor.uri("app/registry.py")
    page = Path(finding["codeDescription"]["href"].removeprefix("file://"))
    assert page.read_text().startswith('"""REG101 direct-registry-construction')


def test_what_is_typed_counts_before_it_is_saved(editor: Editor) -> None:
    editor.open("app/use.py")
    editor.diagnostics("app/use.py")
    assert editor.diagnostics("app/use.py", editor.change("app/use.py", MENDED)) == []
    assert codes(editor.diagnostics("app/use.py", editor.change("app/use.py", USE))) == ["REG101"]
    (editor.folder / "app/use.py").write_text(MENDED)
    editor.change("app/use.py", MENDED)
    editor.save("app/use.py")
    assert editor.diagnostics("app/use.py", 4) == []


def test_a_change_in_one_file_is_seen_in_another(editor: Editor) -> None:
    """The factory goes, unsaved: nothing is built past it any more."""
    editor.open("app/use.py")
    assert codes(editor.diagnostics("app/use.py")) == ["REG101"]
    editor.open("app/registry.py")
    editor.diagnostics("app/registry.py")
    editor.change("app/registry.py", REGISTRY.partition("\n\ndef get")[0])
    editor.diagnostics("app/registry.py", 2)
    last = [each for each in editor.said if (each.get("params") or {}).get("uri") == editor.uri("app/use.py")][-1]
    assert last["params"]["diagnostics"] == []


def test_changes_on_disk_are_looked_at_when_the_editor_tells_of_them(folder: Path) -> None:
    watching = {"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}}
    with Editor(folder, capabilities=watching) as editor:
        (registration,) = editor.wait(lambda message: message.get("method") == "client/registerCapability")["params"][
            "registrations"
        ]
        assert registration["method"] == "workspace/didChangeWatchedFiles"
        editor.open("app/use.py")
        assert codes(editor.diagnostics("app/use.py")) == ["REG101"]
        (folder / "registry-lint.toml").write_text('ignore = ["REG101"]\n')
        editor.tell(
            "workspace/didChangeWatchedFiles", {"changes": [{"uri": editor.uri("registry-lint.toml"), "type": 2}]}
        )
        assert editor.diagnostics("app/use.py") == []


def test_typing_is_waited_for_and_only_the_last_state_is_told(editor: Editor) -> None:
    editor.open("app/use.py")
    editor.diagnostics("app/use.py")
    for number in range(20):
        editor.change("app/use.py", USE + "#" * number)
        time.sleep(0.01)
    assert codes(editor.diagnostics("app/use.py")) == ["REG101"]
    published = [each for each in editor.said if each.get("method") == "textDocument/publishDiagnostics"]
    assert [each["params"]["version"] for each in published] == [1, 21]


def test_a_file_that_was_never_saved(editor: Editor) -> None:
    editor.open("app/fresh.py", USE)
    assert codes(editor.diagnostics("app/fresh.py")) == ["REG101"]


def test_an_excluded_file_stays_excluded(editor: Editor) -> None:
    (editor.folder / "build").mkdir()
    (editor.folder / "build/use.py").write_text(USE)
    editor.open("build/use.py")
    assert editor.diagnostics("build/use.py") == []
    assert editor.diagnostics("build/use.py", editor.change("build/use.py", USE + "\n")) == []


def test_a_file_that_is_closed_is_told_of_no_more(editor: Editor) -> None:
    editor.open("app/use.py")
    editor.diagnostics("app/use.py")
    editor.close("app/use.py")
    assert editor.diagnostics("app/use.py") == []


def test_a_broken_file_is_reported_and_costs_no_other(editor: Editor) -> None:
    editor.open("app/use.py")
    editor.open("app/broken.py", "def f(:\n")
    assert codes(editor.diagnostics("app/broken.py")) == ["REG900"]
    assert any(codes(each["params"].get("diagnostics", [])) == ["REG101"] for each in editor.said if each.get("params"))


@pytest.mark.parametrize(("encoding", "column"), [(["utf-16"], 14), (["utf-8"], 16), (["utf-32"], 13)])
def test_columns_are_counted_as_the_editor_asks(folder: Path, encoding: list[str], column: int) -> None:
    capabilities = {"general": {"positionEncodings": encoding}}
    with Editor(folder, capabilities=capabilities) as editor:
        editor.open("app/use.py", USE.replace("registry = ", "x = '𝔸'; r = "))
        (finding,) = editor.diagnostics("app/use.py")
        assert finding["range"]["start"] == {"line": 2, "character": column}


def test_a_mistake_in_the_configuration_is_told_once(editor: Editor) -> None:
    (editor.folder / "registry-lint.toml").write_text("selct = []\n")
    editor.open("app/use.py")
    told = editor.wait(lambda message: message.get("method") == "window/showMessage")["params"]["message"]
    assert "registry-lint.toml:1:1: unknown key `selct`" in told
    assert "did you mean `select`?" in told
    editor.change("app/use.py", USE + "\n")
    assert editor.silence(2.0) == []
    (editor.folder / "registry-lint.toml").write_text("")
    assert codes(editor.diagnostics("app/use.py", editor.change("app/use.py", USE))) == ["REG101"]


def test_nothing_of_the_project_runs(folder: Path) -> None:
    """The editor starts it in the project: what has the name of a library is none."""
    mark = folder / "mark"
    for name in ("pygls", "lsprotocol", "attrs", "cattrs", "asyncio", "click", "logging", "json"):
        (folder / f"{name}.py").write_text(f"open({str(mark)!r}, 'w')\n")
    with Editor(folder) as editor:
        editor.open("app/use.py")
        assert codes(editor.diagnostics("app/use.py")) == ["REG101"]
        editor.open("pygls.py")
        editor.diagnostics("pygls.py")
    assert not mark.exists()


# --- fixes ---------------------------------------------------------------------------------------------------


def test_a_fix_is_offered_with_its_applicability(editor: Editor) -> None:
    editor.open("app/use.py")
    editor.diagnostics("app/use.py")
    action, _ = ask_actions(editor, "app/use.py", 2)
    assert action["kind"] == "quickfix"
    assert "REG101, unsafe: may change what the code does" in action["title"]
    assert action["isPreferred"] is False
    assert codes(action["diagnostics"]) == ["REG101"]
    assert applied(USE, action["edit"]["changes"][editor.uri("app/use.py")]) == MENDED
    assert ask_actions(editor, "app/use.py", 0) == []
    assert ask_actions(editor, "app/use.py", 2, ["refactor"]) == []
    assert ask_actions(editor, "app/use.py", 2, ["source.fixAll"]) == []  # no safe one


def test_no_fix_is_offered_for_a_text_that_has_changed(editor: Editor) -> None:
    editor.open("app/use.py")
    editor.diagnostics("app/use.py")
    editor.change("app/use.py", "#\n" + USE)
    assert ask_actions(editor, "app/use.py", 2) == []
    editor.diagnostics("app/use.py", 2)
    assert len(ask_actions(editor, "app/use.py", 3)) == 2


def test_a_finding_can_be_suppressed(editor: Editor) -> None:
    text = USE.replace("registry = ToolRegistry()", "def make():\n    return [\n        ToolRegistry(),\n    ]")
    editor.open("app/use.py", text)
    assert codes(editor.diagnostics("app/use.py")) == ["REG101"]
    action = ask_actions(editor, "app/use.py", 4)[-1]
    assert action["title"] == "Suppress REG101 here, with a reason"
    suppressed = applied(text, action["edit"]["changes"][editor.uri("app/use.py")])
    assert "\n    # registry-lint: ignore[REG101] -- say why this is right\n    return [\n" in suppressed
    assert editor.diagnostics("app/use.py", editor.change("app/use.py", suppressed)) == []


def test_all_safe_fixes_at_once(editor: Editor) -> None:
    text = "x = 1  # registry-lint: ignore[REG101]\r\ny = 2\r\nz = 3  # registry-lint: ignore[REG101] -- no\r\n"
    (editor.folder / "app/idle.py").write_bytes(text.encode())
    editor.open("app/idle.py", text)
    assert codes(editor.diagnostics("app/idle.py")) == ["REG901", "REG901"]
    (action,) = ask_actions(editor, "app/idle.py", 1, ["source.fixAll"])
    assert (action["kind"], action["title"]) == ("source.fixAll.registry-lint", "registry-lint: make 2 safe fixes")
    assert applied(text, action["edit"]["changes"][editor.uri("app/idle.py")]) == "x = 1\r\ny = 2\r\nz = 3\r\n"
    (quick,) = ask_actions(editor, "app/idle.py", 0, ["quickfix"]) or [None]
    assert quick is not None
    assert quick["isPreferred"] is True


def test_hovering_tells_the_page_of_the_rule(editor: Editor) -> None:
    editor.open("app/use.py")
    editor.diagnostics("app/use.py")
    document = {"uri": editor.uri("app/use.py")}
    hover = editor.ask("textDocument/hover", {"textDocument": document, "position": {"line": 2, "character": 13}})
    assert hover["contents"]["kind"] == "markdown"
    assert "REG101 direct-registry-construction" in hover["contents"]["value"]
    assert "### What to do instead" in hover["contents"]["value"]
    nothing = {"textDocument": document, "position": {"line": 1, "character": 0}}
    assert editor.ask("textDocument/hover", nothing) is None


# --- coming and going ----------------------------------------------------------------------------------------


def test_it_leaves_when_the_editor_does(editor: Editor) -> None:
    editor.open("app/use.py")
    editor.diagnostics("app/use.py")
    assert editor.leave() == 0


def test_it_leaves_when_nobody_speaks_any_more(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "registry_lint", "server"],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.DEVNULL, capture_output=True,
        timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_it_leaves_at_once_in_the_middle_of_an_analysis(editor: Editor) -> None:
    for number in range(300):
        (editor.folder / f"app/m{number}.py").write_text(USE * 20)
    editor.open("app/use.py")
    begun = time.monotonic()
    assert editor.leave() == 0
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize(
    ("text", "on_disk", "expected"),
    [
        ("x = 'é'\n", None, "x = 'é'\n".encode()),
        ("# coding: latin-1\nx = 'é'\n", None, "# coding: latin-1\nx = 'é'\n".encode("latin-1")),
        ("# coding: ascii\nx = 'é'\n", None, "# coding: ascii\nx = 'é'\n".encode()),  # its reader says what is wrong
        ("# coding: nothing\n", None, b"# coding: nothing\n"),
        ("x = 1\n", b"\xef\xbb\xbfx = 2\n", b"\xef\xbb\xbfx = 1\n"),
        ("x = '\ud800'\n", None, b"x = '\xed\xa0\x80'\n"),
    ],
)
def test_text_of_an_editor_as_it_would_be_saved(text: str, on_disk: bytes | None, expected: bytes) -> None:
    assert as_bytes(text, on_disk) == expected


def test_without_the_extra_it_says_how_to_install_it() -> None:
    code = (
        "import sys; sys.modules['pygls'] = None; sys.modules['lsprotocol'] = None\n"
        "from registry_lint.cli import main; sys.exit(main(['server']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 2, done.stderr
    assert "the editor's server needs pygls, which is not installed" in done.stderr
    assert "`pip install 'pygls>=2'` here brings it, as the extra `registry-lint[server]` does" in done.stderr
    assert done.stdout == ""
