"""Work split among forked processes, where there is fork; whatever a child did not do, the caller does itself."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def usable(jobs: int) -> int:
    """How many processes may be forked: `jobs`, or as many as there are processors for 0; 1 means none.

    A process with several threads is not forked: a lock that another thread holds would stay locked in the child.
    """
    if not hasattr(os, "fork") or threading.active_count() > 1:
        return 1
    return (
        jobs if jobs > 0 else len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )


def share_out(work: Callable[[int], bytes], shares: int) -> list[bytes]:
    """`[work(0), …, work(shares - 1)]`, each done in a process of its own where `shares` is more than 1.

    `work` must change nothing outside of itself. A child that fails or is killed costs time only: its share is done
    again here, and what `work` raises there is raised here.
    """
    if shares <= 1:
        return [work(share) for share in range(shares)]
    children = [_Child() for _ in range(shares)]
    try:
        for share, child in enumerate(children):
            child.start(work, share)
        answers = [child.answer() for child in children]
    finally:
        for child in children:
            child.end()
    return [work(share) if answer is None else answer for share, answer in enumerate(answers)]


class _Child:
    """One forked process; its answer comes through a pipe, its length in front."""

    def __init__(self) -> None:
        self._process = -1
        self._pipe = -1

    def start(self, work: Callable[[int], bytes], share: int) -> None:
        """Fork. Where that is refused (too many processes), there will be no answer."""
        self._pipe, outgoing = os.pipe()
        # An interrupt between the fork and its being noted would leave a child that nobody ends, or one that goes on
        # as if it were the parent.
        earlier = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._process = os.fork()
            if self._process == 0:
                signal.signal(signal.SIGINT, signal.SIG_DFL)
                signal.pthread_sigmask(signal.SIG_SETMASK, earlier)
                _be_child(work, share, outgoing)
        except OSError:
            pass
        finally:
            os.close(outgoing)
            signal.pthread_sigmask(signal.SIG_SETMASK, earlier)  # last: a waiting interrupt is raised here

    def answer(self) -> bytes | None:
        """What the work gave; None where the child did not get so far."""
        if self._process < 0:
            return None
        with open(self._pipe, "rb", closefd=False) as pipe:
            head = pipe.read(8)
            body = pipe.read()
        return body if len(head) == 8 and len(body) == int.from_bytes(head, "big") else None

    def end(self) -> None:
        """Leave no process and no descriptor behind, whatever happened."""
        if self._pipe >= 0:
            os.close(self._pipe)
            self._pipe = -1
        if self._process > 0:
            with contextlib.suppress(OSError):
                os.kill(self._process, signal.SIGKILL)  # one that has answered is at its end anyway
            with contextlib.suppress(OSError):
                os.waitpid(self._process, 0)
            self._process = -1


def _be_child(work: Callable[[int], bytes], share: int, outgoing: int) -> None:
    """Do the work, answer and end, without the parent's clean-up (its buffers, handlers and temporary files)."""
    code = 1
    try:
        answer = work(share)
        with open(outgoing, "wb") as pipe:
            pipe.write(len(answer).to_bytes(8, "big"))
            pipe.write(answer)
        code = 0
    except BaseException:
        pass
    finally:
        os._exit(code)
