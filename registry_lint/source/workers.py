"""Work split among forked processes, where there is fork; whatever a child did not do, the caller does itself."""

from __future__ import annotations

import contextlib
import gc
import os
import selectors
import signal
import threading
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def usable(jobs: int) -> int:
    """How many processes may be forked: `jobs`, or as many as there are processors for 0; 1 means none.

    A process with several threads is not forked: a lock that another thread holds would stay locked in the child.
    """
    if not hasattr(os, "fork") or threading.active_count() > 1:
        return 1
    return (
        jobs if jobs > 0 else len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )


def share_out(
    work: Callable[[int], bytes],
    shares: int,
    processes: int | None = None,
    *,
    apart: bool = False,
    meanwhile: Callable[[], None] | None = None,
) -> list[bytes]:
    """`[work(0), …, work(shares - 1)]`, done in `processes` forked ones (as many as shares, if not told) at a time.

    Each process takes the next share when it is done with one, or, where shares are to be kept `apart`, makes room for
    another that does: begin with the longest. `work` must change nothing outside of itself. A child that fails or is
    killed costs time only: its share is done again here, and what `work` raises there is raised here. `meanwhile` is
    called while they are at work, and not at all where nothing is forked.
    """
    if shares <= 1 or processes == 1:
        return [work(share) for share in range(shares)]
    most = min(processes or shares, shares)
    turns, giving = os.pipe()
    os.write(giving, bytes(range(shares)))
    os.close(giving)
    children = [_Child() for _ in range(shares if apart else most)]
    try:
        begin = partial(_Child.start, work=work, turns=turns, most=1 if apart else shares)
        answers = _collected(children, most, begin, meanwhile)
    finally:
        os.close(turns)
        for child in children:
            child.end()
    return [answers[share] if share in answers else work(share) for share in range(shares)]


def _collected(
    children: list[_Child], most: int, start: Callable[[_Child], None], meanwhile: Callable[[], None] | None
) -> dict[int, bytes]:
    """Start children, `most` at a time; all answers, by share.

    Pipes are read as they fill: a child that waits for its reader takes no further share.
    """
    waiting = iter(children)
    with selectors.DefaultSelector() as selector:

        def start_one() -> None:
            for child in waiting:
                start(child)
                if child.pipe >= 0:
                    selector.register(child.pipe, selectors.EVENT_READ, child)
                    return

        for _ in range(most):
            start_one()
        if meanwhile is not None:
            meanwhile()
        while selector.get_map():
            for key, _ in selector.select():
                if not key.data.read():
                    selector.unregister(key.fd)
                    key.data.end()
                    start_one()
    return {share: answer for child in children for share, answer in child.answers()}


class _Child:
    """One forked process. Its answers come through a pipe: the share, the length and the answer itself, each time."""

    def __init__(self) -> None:
        self.pipe = -1
        self._process = -1
        self._said: list[bytes] = []

    def start(self, work: Callable[[int], bytes], turns: int, most: int) -> None:
        """Fork, to do so many shares at most. Where that is refused (too many processes), there will be no answer."""
        self.pipe, outgoing = os.pipe()
        # An interrupt between the fork and its being noted would leave a child that nobody ends, or one that goes on
        # as if it were the parent.
        earlier = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._process = os.fork()
            if self._process == 0:
                signal.signal(signal.SIGINT, signal.SIG_DFL)
                signal.pthread_sigmask(signal.SIG_SETMASK, earlier)
                _be_child(work, turns, most, outgoing)
        except OSError:
            pass
        finally:
            os.close(outgoing)
            signal.pthread_sigmask(signal.SIG_SETMASK, earlier)  # last: a waiting interrupt is raised here

    def read(self) -> bool:
        """Take in what has come; False where the child has ended."""
        said = os.read(self.pipe, 1 << 20)
        self._said.append(said)
        return bool(said)

    def answers(self) -> Iterator[tuple[int, bytes]]:
        """The shares that the child did, and what they gave; not the one at which it was cut short."""
        said = b"".join(self._said)
        at = 0
        while at + 16 <= len(said):
            share, length = (int.from_bytes(said[i : i + 8], "big") for i in (at, at + 8))
            at += 16 + length
            if at <= len(said):
                yield share, said[at - length : at]

    def end(self) -> None:
        """Leave no process and no descriptor behind, whatever happened."""
        if self.pipe >= 0:
            os.close(self.pipe)
            self.pipe = -1
        if self._process > 0:
            with contextlib.suppress(OSError):
                os.kill(self._process, signal.SIGKILL)  # one that has answered is at its end anyway
            with contextlib.suppress(OSError):
                os.waitpid(self._process, 0)
            self._process = -1


def _be_child(work: Callable[[int], bytes], turns: int, most: int, outgoing: int) -> None:
    """Do shares, answer and end, without the parent's clean-up (its buffers, handlers and temporary files)."""
    code = 1
    try:
        gc.freeze()  # what stands in the parent's memory is never looked through here, and stays shared
        with open(outgoing, "wb") as pipe:
            for _ in range(most):
                turn = os.read(turns, 1)
                if not turn:
                    break
                answer = work(turn[0])
                pipe.write(turn[0].to_bytes(8, "big") + len(answer).to_bytes(8, "big"))
                pipe.write(answer)
                pipe.flush()
        code = 0
    except BaseException:
        pass
    finally:
        os._exit(code)
