"""Commands in processes of their own, which are forked from one that has imported everything already.

A command on a small project spends more than half of its time on imports, and tests start hundreds of them. What is
forked is a process like any other: it has its own folder, environment and streams, dies by signals, and ends as a
program does. What it is no good for: the import of something (it is done), and variables that the interpreter reads as
it begins (PYTHONHASHSEED, PYTHONSAFEPATH).
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent

_PROGRAM = r"""
import gc, importlib, io, json, os, pkgutil, resource, signal, socket, sys
sys.path[:] = [sys.argv[1], *(place for place in sys.path if place not in ("", sys.argv[1]))]
import libcst.metadata, rich.console, tomlkit
import registry_lint
for module in pkgutil.walk_packages(registry_lint.__path__, "registry_lint.", onerror=lambda name: None):
    if not module.name.endswith("__main__"):
        try:
            importlib.import_module(module.name)
        except ModuleNotFoundError:  # of the server without its extra
            pass
from registry_lint.cli import main
from registry_lint.config.settings import Settings
from registry_lint.packs import load_rules
load_rules(Settings.default(), isolated=True)

def command(order, streams):
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["folder"])
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        raw = io.FileIO(number, "w" if number else "r", closefd=False)
        buffer = io.BufferedWriter(raw) if number else io.BufferedReader(raw)
        stream = io.TextIOWrapper(buffer, "utf-8", "backslashreplace" if number == 2 else "strict")
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if order["file_size"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["file_size"], order["file_size"]))
    sys.argv[:] = ["registry-lint", *order["arguments"]]
    exec(compile(order["before"], "<before>", "exec"), {"__name__": "before"})
    return main(order["arguments"])

orders = socket.socket(fileno=int(sys.argv[2]))
signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the keepers
gc.freeze()
while True:
    size, opened, _, _ = socket.recv_fds(orders, 8, 4)
    if len(size) < 8:
        break
    answer, *streams = opened
    if not os.fork():  # the keeper of one command
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        text = b""
        while len(text) < int.from_bytes(size, "big"):
            text += os.read(answer, 65_536)
        child = os.fork()
        if not child:
            orders.close()
            os.close(answer)
            sys.exit(command(json.loads(text), streams))
        for stream in streams:
            os.close(stream)
        os.write(answer, b"%d\n" % child)
        _, status = os.waitpid(child, 0)
        os.write(answer, b"%d\n" % os.waitstatus_to_exitcode(status))
        os._exit(0)
    for one in opened:
        os.close(one)
"""


class Done(NamedTuple):
    """How a command ended."""

    code: int
    out: bytes
    err: str


class Process:
    """A command that has been started. What has `subprocess.Popen`'s names does what it does there."""

    def __init__(self, answer: socket.socket, stdin: int | None, stdout: int, stderr: int) -> None:
        self._answer = answer
        self._answers = answer.makefile("rb")
        self.stdin = None if stdin is None else os.fdopen(stdin, "wb")
        self.stdout, self.stderr = os.fdopen(stdout, "rb"), os.fdopen(stderr, "rb")
        self.pid = int(self._answers.readline())
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code, if it has ended."""
        if self.returncode is None and select.select([self._answer], [], [], 0)[0]:
            self.wait(10)
        return self.returncode

    def wait(self, timeout: float = 120) -> int:
        """The exit code, once it has ended; minus a signal. Raises TimeoutError."""
        if self.returncode is None:
            self._answer.settimeout(timeout)
            self.returncode = int(self._answers.readline())
            self._answers.close()
            self._answer.close()
        return self.returncode

    def kill(self) -> None:
        """End it at once."""
        os.kill(self.pid, signal.SIGKILL)

    def done(self, timeout: float = 120) -> Done:
        """How it ends, and what it says until then. Raises TimeoutError, when it has been killed."""
        said: dict[str, bytes] = {}

        def take(name: str) -> None:
            with getattr(self, name) as stream:
                said[name] = stream.read()

        readers = [threading.Thread(target=take, args=(name,), daemon=True) for name in ("stdout", "stderr")]
        for reader in readers:
            reader.start()
        try:
            code = self.wait(timeout)
        except TimeoutError:
            self.kill()
            raise
        for reader in readers:
            reader.join(timeout)
        return Done(code, said["stdout"], said["stderr"].decode("utf-8", "replace"))


class Warm:
    """The process that the others are forked from."""

    def __init__(self) -> None:
        self._orders, theirs = socket.socketpair()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("REGISTRY_LINT")}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(ROOT), str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            env={**environment, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONSAFEPATH": "1"},
        )
        theirs.close()
        atexit.register(self.close)

    def close(self) -> None:
        """End it."""
        self._orders.close()
        self._process.wait(10)

    def start(self, order: dict[str, object], *, spoken_to: bool) -> Process:
        """Start a command; `spoken_to` through its standard input."""
        text = json.dumps(order).encode()
        ours, theirs = socket.socketpair()
        (read, stdin) = os.pipe() if spoken_to else (os.open(os.devnull, os.O_RDONLY), None)
        (stdout, out), (stderr, err) = os.pipe(), os.pipe()
        socket.send_fds(self._orders, [len(text).to_bytes(8, "big")], [theirs.fileno(), read, out, err])
        theirs.close()
        for end in (read, out, err):
            os.close(end)
        ours.sendall(text)
        return Process(ours, stdin, stdout, stderr)


_warm: list[Warm] = []


def start(
    folder: Path,
    *arguments: str,
    before: str = "",
    file_size: int | None = None,
    spoken_to: bool = False,
    **variables: str,
) -> Process:
    """Start a command in a folder, forked from a process that all tests share.

    `before` is what its process executes first, `file_size` the bytes that a file of it may hold; `spoken_to`, it
    reads what is written to its standard input, and nothing otherwise.
    """
    if not _warm:
        _warm.append(Warm())
    order = {
        "folder": str(folder),
        "arguments": arguments,
        "environment": {**os.environ, **variables},
        "before": before,
        "file_size": file_size,
    }
    return _warm[0].start(order, spoken_to=spoken_to)


def run(
    folder: Path,
    *arguments: str,
    before: str = "",
    file_size: int | None = None,
    timeout: float = 120,
    **variables: str,
) -> Done:
    """Run a command in a folder, and wait for it."""
    return start(folder, *arguments, before=before, file_size=file_size, **variables).done(timeout)
