"""One editor's session: what is open, when to look at it again, and what the editor is told.

An analysis runs in a thread of its own, one at a time. What changes meanwhile interrupts it, and the next one begins;
what comes out of an analysis that nobody waits for any more is never shown.
"""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from registry_lint.errors import UserError
from registry_lint.server import actions, shown
from registry_lint.server.analysis import Analysis, Options, SupersededError, analyse, as_bytes
from registry_lint.server.places import Places
from registry_lint.version import version

if TYPE_CHECKING:
    from collections.abc import Mapping


TYPING: Final = 0.3  # seconds without a keystroke after which a change is looked at, if looking takes no longer
PATIENCE: Final = 5.0  # seconds that are waited at most where it does: a project of thousands of files
_STACK: Final = 64 * 1024 * 1024  # bytes; a thread's own is 0.5 MB on some systems, and deep code needs more
_WATCHED: Final = ("**/*.py", "**/*.pyi", "**/pyproject.toml", "**/registry-lint.toml", "**/.registry-lint.toml")


class _Opened(NamedTuple):
    """A file that is open, as an analysis sees it."""

    uri: str
    version: int | None
    text: str


class _Told(NamedTuple):
    """What came of one analysis: by project, what was found or why nothing was."""

    opened: Mapping[Path, _Opened]
    analyses: tuple[Analysis, ...]
    complaints: tuple[str, ...]


class Session:
    """What an editor and we know of each other."""

    def __init__(self, server: LanguageServer, options: Options) -> None:
        self._server = server
        self._options = options
        self._timer: asyncio.TimerHandle | None = None
        self._running: threading.Event | None = None  # set: the analysis that runs is to end
        self._took = 0.0  # seconds, of the last analysis that came to its end
        self._analyses: dict[Path, Analysis] = {}  # by the project's root
        self._complaints: tuple[str, ...] = ()

    # --- when ---

    def look_soon(self) -> None:
        """Look at the open files when nothing was typed for a while: as long as looking takes, within bounds."""
        self.look(min(max(self._took, TYPING), PATIENCE))

    def look(self, delay: float = 0.0) -> None:
        """Look at the open files, in so many seconds, unless something happens before."""
        if self._timer is not None:
            self._timer.cancel()
        if self._running is not None:
            self._running.set()
        self._timer = asyncio.get_running_loop().call_later(delay, self._begin)

    def _begin(self) -> None:
        self._timer = None
        if self._running is not None:
            self._running.set()  # its end begins the next one
            return
        opened = self._opened()
        if not opened:
            return
        self._running = threading.Event()
        loop = asyncio.get_running_loop()
        threading.stack_size(_STACK)
        threading.Thread(target=self._work, args=(opened, self._running, loop), daemon=True).start()

    def _work(self, opened: Mapping[Path, _Opened], stop: threading.Event, loop: asyncio.AbstractEventLoop) -> None:
        """In a thread: look at every project that a file is open of."""
        begun = time.monotonic()
        told = _looked_at(opened, self._options, stop)
        if told is not None:
            self._took = time.monotonic() - begun
        gc.collect()  # an analysis leaves circles of millions of objects
        loop.call_soon_threadsafe(self._end, told)

    def _end(self, told: _Told | None) -> None:
        interrupted = self._running is not None and self._running.is_set()
        self._running = None
        if told is not None and not interrupted:
            self._tell(told)
        elif self._timer is None:
            self._begin()

    # --- what ---

    def _opened(self) -> dict[Path, _Opened]:
        """The Python files that are open, by where they really are."""
        found = {}
        for uri, document in self._server.workspace.text_documents.items():
            path = _path_of(uri)
            if path is not None:
                found[path] = _Opened(uri, document.version, document.source)
        return found

    def _tell(self, told: _Told) -> None:
        self._analyses = {analysis.root: analysis for analysis in told.analyses}
        for analysis in told.analyses:
            places = self._places(analysis)
            for path, opened in told.opened.items():
                document = self._server.workspace.text_documents.get(opened.uri)
                if document is None or document.version != opened.version or not path.is_relative_to(analysis.root):
                    continue
                found = analysis.of(path.relative_to(analysis.root).as_posix())
                self._publish(opened.uri, [shown.diagnostic(each, analysis, places) for each in found], opened.version)
        for complaint in told.complaints:
            if complaint not in self._complaints:  # once, and not at every keystroke
                self._server.window_show_message(types.ShowMessageParams(types.MessageType.Error, complaint))
        self._complaints = told.complaints

    def _publish(self, uri: str, found: list[types.Diagnostic], version: int | None = None) -> None:
        self._server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))

    def _places(self, analysis: Analysis) -> Places:
        uris = {
            path.relative_to(analysis.root).as_posix(): opened.uri
            for path, opened in self._opened().items()
            if path.is_relative_to(analysis.root)
        }
        return Places(analysis, self._server.workspace.position_codec, uris)

    def forget(self, uri: str) -> None:
        """A file was closed: nothing is shown of it any more."""
        self._publish(uri, [])
        self.look_soon()

    # --- what is asked ---

    def actions(self, parameters: types.CodeActionParams) -> list[types.CodeAction]:
        """What can be done at a place."""
        found = self._analysis_of(parameters.text_document.uri)
        if found is None:
            return []
        analysis, path = found

        def is_present(path: str) -> bool:
            try:
                return analysis.read(path) == self._present(analysis.root / path)
            except OSError:
                return False

        return actions.actions(analysis, path, parameters, self._places(analysis), is_present)

    def hover(self, parameters: types.HoverParams) -> types.Hover | None:
        """What is told about a place."""
        found = self._analysis_of(parameters.text_document.uri)
        if found is None:
            return None
        analysis, path = found
        return shown.hover(analysis, path, parameters.position, self._places(analysis))

    def _analysis_of(self, uri: str) -> tuple[Analysis, str] | None:
        """The last analysis of a file, and the file's path in it."""
        path = _path_of(uri)
        roots = [root for root in self._analyses if path is not None and path.is_relative_to(root)]
        if path is None or not roots:
            return None
        root = max(roots, key=lambda root: len(root.parts))
        return self._analyses[root], path.relative_to(root).as_posix()

    def _present(self, path: Path) -> bytes | None:
        """The bytes that a file would have if it were saved now."""
        on_disk = path.read_bytes() if path.is_file() else None
        opened = self._opened().get(path)
        return on_disk if opened is None else as_bytes(opened.text, on_disk)


def _path_of(uri: str) -> Path | None:
    """Where a Python file really is; None for what is none."""
    path = to_fs_path(uri)
    return Path(os.path.realpath(path)) if path is not None and path.endswith((".py", ".pyi")) else None


def _looked_at(opened: Mapping[Path, _Opened], options: Options, stop: threading.Event) -> _Told | None:
    """What is found in the open files; None where nobody waits for it any more."""
    from registry_lint.config.load import project_root

    projects: dict[Path, dict[Path, str]] = {}
    for path, file in opened.items():
        projects.setdefault(project_root(path.parent), {})[path] = file.text
    analyses, complaints = [], []
    for root, texts in sorted(projects.items()):
        try:
            analyses.append(analyse(root, texts, options, stop.is_set))
        except SupersededError:
            return None
        except UserError as error:
            complaints += [f"registry-lint: {mistake}" for mistake in error.mistakes]
        except Exception as error:
            said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
            complaints.append(f"registry-lint: a bug of ours: {said}")
    return _Told(opened, tuple(analyses), tuple(complaints))


def serve(options: Options) -> None:
    """Serve one editor on standard input and output, until it leaves."""
    server = LanguageServer("registry-lint", version())
    session = Session(server, options)

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(_parameters: types.DidOpenTextDocumentParams) -> None:
        session.look()

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(_parameters: types.DidSaveTextDocumentParams) -> None:
        session.look()

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(_parameters: types.DidChangeTextDocumentParams) -> None:
        session.look_soon()

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(parameters: types.DidCloseTextDocumentParams) -> None:
        session.forget(parameters.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def elsewhere(_parameters: types.DidChangeWatchedFilesParams) -> None:
        session.look_soon()

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=list(actions.KINDS)))
    def code_actions(parameters: types.CodeActionParams) -> list[types.CodeAction]:
        return session.actions(parameters)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(parameters: types.HoverParams) -> types.Hover | None:
        return session.hover(parameters)

    @server.feature(types.INITIALIZED)
    def initialized(_parameters: types.InitializedParams) -> None:
        _watch(server)

    server.start_io()


def _watch(server: LanguageServer) -> None:
    """Ask an editor that can to tell of files which change outside of it: a finding depends on all of them."""
    workspace = server.client_capabilities.workspace
    watched = workspace.did_change_watched_files if workspace is not None else None
    if watched is None or not watched.dynamic_registration:
        return
    patterns = [types.FileSystemWatcher(pattern) for pattern in _WATCHED]
    registration = types.Registration(
        "registry-lint-files",
        types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
        types.DidChangeWatchedFilesRegistrationOptions(patterns),
    )
    server.client_register_capability(types.RegistrationParams([registration]))
