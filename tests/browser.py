"""A real browser for tests: Chromium without a window, driven over two pipes (Chrome DevTools Protocol).

Nothing but the standard library is needed. `find()` says whether there is a browser at all.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from typing import IO, TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)


def find() -> str | None:
    """The program of a Chromium or Chrome; the variable CHROMIUM names another."""
    named = os.environ.get("CHROMIUM")
    return named if named else next((path for name in NAMES if (path := shutil.which(name))), None)


class Page:
    """One page. `console` holds its errors, `requests` every address that it asked for, `opened` what it opened."""

    def __init__(self, program: str, width: int = 1400, height: int = 1000) -> None:
        self.console: list[str] = []
        self.requests: list[str] = []
        self.dialogs: list[str] = []
        self._number = 0
        self._folder = tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True)
        ours_read, theirs_write = os.pipe()
        theirs_read, ours_write = os.pipe()

        def place_pipes() -> None:
            # the browser reads from descriptor 3 and writes to 4; copies first, since ours may be just these numbers
            reading, writing = os.dup(theirs_read), os.dup(theirs_write)
            os.dup2(reading, 3)
            os.dup2(writing, 4)

        self._process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={self._folder.name}", f"--window-size={width},{height}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            close_fds=False,
            preexec_fn=place_pipes,
        )
        os.close(theirs_read)
        os.close(theirs_write)
        self._to: IO[bytes] = os.fdopen(ours_write, "wb", buffering=0)
        self._from: IO[bytes] = os.fdopen(ours_read, "rb")
        target = self._ask("Target.createTarget", {"url": "about:blank"}, session=None)
        attached = self._ask("Target.attachToTarget", {"targetId": target["targetId"], "flatten": True}, session=None)
        self._session: str = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._ask(f"{domain}.enable", {})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError, AssertionError):
            self._ask("Browser.close", {}, session=None)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pipe in (self._to, self._from):
            with contextlib.suppress(OSError):
                pipe.close()
        self._folder.cleanup()

    # --- asking ---

    def _ask(self, method: str, parameters: dict[str, object], session: str | None = "") -> Any:
        self._number += 1
        number = self._number
        message: dict[str, object] = {"id": number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = self._session
        self._to.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]

    def _next(self) -> dict[str, Any]:
        pieces = bytearray()
        while (byte := self._from.read(1)) != b"\0":
            assert byte, "the browser has gone"
            pieces += byte
        message: dict[str, Any] = json.loads(pieces)
        self._note(message.get("method", ""), message.get("params", {}))
        return message

    def _note(self, event: str, told: dict[str, Any]) -> None:
        if event == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        elif event == "Runtime.exceptionThrown":
            details = told["exceptionDetails"]
            self.console.append(details.get("exception", {}).get("description") or details["text"])
        elif event == "Runtime.consoleAPICalled" and told["type"] in ("error", "warning", "assert"):
            self.console.append(" ".join(str(each.get("value", each)) for each in told["args"]))
        elif event == "Log.entryAdded" and told["entry"]["level"] in ("error", "warning"):
            self.console.append(told["entry"]["text"])
        elif event == "Page.javascriptDialogOpening":
            self.dialogs.append(told["message"])

    # --- what tests do ---

    def open(self, file: Path) -> None:
        """Load a file and wait until it has drawn itself."""
        self._ask("Page.navigate", {"url": file.as_uri()})
        for _ in range(200):
            if self.evaluate("document.readyState === 'complete' && document.body !== null"):
                break
            time.sleep(0.05)
        self.settle()

    def settle(self) -> None:
        """Let timers and frames run."""
        self.evaluate("new Promise(done => setTimeout(() => requestAnimationFrame(() => done(1)), 60))")

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression; promises are waited for."""
        told = self._ask("Runtime.evaluate", {"expression": expression, "returnByValue": True, "awaitPromise": True})
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def press(self, key: str) -> None:
        """Press and release a key by its name, such as Tab, Enter or ArrowDown."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}
        event: dict[str, object] = {"key": key, "code": key, "windowsVirtualKeyCode": codes.get(key, 0)}
        if key == "Enter":
            event["text"] = "\r"
        for kind in ("keyDown", "keyUp"):
            self._ask("Input.dispatchKeyEvent", {"type": kind, **event})
        self.settle()

    def emulate(self, *, dark: bool = False, printed: bool = False) -> None:
        """Dark colours, or paper."""
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self._ask("Emulation.setEmulatedMedia", {"media": "print" if printed else "", "features": features})
        self.settle()

    def screenshot(self, file: Path, *, whole: bool = False) -> None:
        """A picture of what is shown, or of the whole page."""
        told = self._ask("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": whole})
        file.write_bytes(base64.b64decode(told["data"]))

    def printed(self) -> bytes:
        """The page as a PDF."""
        return base64.b64decode(self._ask("Page.printToPDF", {"printBackground": True})["data"])
