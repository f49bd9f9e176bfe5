"""An editor for the tests: it starts `registry-lint server` and speaks the language server protocol with it."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Self

from tests import warm

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

Message = dict[str, Any]


class Editor:
    """One session. What the server says of its own accord is kept in `said`, in order."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        capabilities: Message | None = None,
        program: Sequence[str] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.said: list[Message] = []
        self._versions: dict[str, int] = {}
        self._number = 0
        self._process: warm.Process | subprocess.Popen[bytes]
        if program is None:
            self._process = warm.start(folder, "server", "--stdio", *arguments, spoken_to=True)
        else:
            self._process = subprocess.Popen(
                [*program, "server", "--stdio", *arguments],
                cwd=folder,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        self._heard: SimpleQueue[Message | None] = SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()
        self.server = self.ask(
            "initialize",
            {"processId": None, "rootUri": folder.as_uri(), "capabilities": capabilities or {}},
        )
        self.tell("initialized", {})

    # --- speaking ---

    def tell(self, method: str, parameters: Message) -> None:
        self._send({"method": method, "params": parameters})

    def ask(self, method: str, parameters: Message | None) -> Any:
        """The answer to a question. Raises AssertionError with the error that the server answers."""
        self._number += 1
        number = self._number
        self._send({"id": number, "method": method, "params": parameters})
        answer = self.wait(lambda message: message.get("id") == number and "method" not in message)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def uri(self, path: str) -> str:
        return (self.folder / path).as_uri()

    def open(self, path: str, text: str | None = None) -> None:
        said = (self.folder / path).read_text() if text is None else text
        self._versions[path] = 1
        document = {"uri": self.uri(path), "languageId": "python", "version": 1, "text": said}
        self.tell("textDocument/didOpen", {"textDocument": document})

    def change(self, path: str, text: str) -> int:
        """Type; the new version is answered."""
        self._versions[path] += 1
        document = {"uri": self.uri(path), "version": self._versions[path]}
        self.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})
        return self._versions[path]

    def save(self, path: str) -> None:
        self.tell("textDocument/didSave", {"textDocument": {"uri": self.uri(path)}})

    def close(self, path: str) -> None:
        self.tell("textDocument/didClose", {"textDocument": {"uri": self.uri(path)}})

    # --- hearing ---

    def wait(self, wanted: Callable[[Message], bool], seconds: float = 60.0) -> Message:
        """The next message that is wanted; those before it are kept."""
        until = time.monotonic() + seconds
        while True:
            try:
                message = self._heard.get(timeout=max(until - time.monotonic(), 0.01))
            except Empty:
                raise AssertionError(f"nothing came; before: {self.said}") from None
            assert message is not None, self._process.stderr and self._process.stderr.read().decode()
            if message.get("method") == "client/registerCapability":
                self._send({"id": message["id"], "result": None})
            if "method" in message:
                self.said.append(message)
            if wanted(message):
                return message

    def diagnostics(self, path: str, version: int | None = None) -> list[Message]:
        """What is published next for a file (of a version of it)."""
        uri = self.uri(path)

        def wanted(message: Message) -> bool:
            published = message.get("params") or {}
            right = message.get("method") == "textDocument/publishDiagnostics" and published.get("uri") == uri
            return right and (version is None or published.get("version") == version)

        found: list[Message] = self.wait(wanted)["params"]["diagnostics"]
        return found

    def silence(self, seconds: float) -> list[Message]:
        """What the server says in so many seconds."""
        until, heard = time.monotonic() + seconds, []
        while (left := until - time.monotonic()) > 0:
            try:
                message = self._heard.get(timeout=left)
            except Empty:
                break
            assert message is not None
            heard.append(message)
        return heard

    def _send(self, message: Message) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _listen(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while line := stream.readline():
            length = 0
            while line.strip():
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
                line = stream.readline()
            self._heard.put(json.loads(stream.read(length)))
        self._heard.put(None)

    # --- coming and going ---

    def leave(self) -> int:
        """End the session as the protocol says; the process's exit code is answered."""
        self.ask("shutdown", None)
        self.tell("exit", {})
        return self._process.wait(30)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(30)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
