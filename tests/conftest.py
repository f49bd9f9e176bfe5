"""What all tests stand on."""

from __future__ import annotations

import os
import signal

import pytest


@pytest.fixture(scope="session", autouse=True)
def interrupts_are_heard() -> None:
    """A shell that runs something in the background lets it ignore SIGINT, and so would all that the tests start."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def installing_is_quick() -> None:
    """Environments that tests make are used once: compiling all of their libraries took a third of the time."""
    os.environ.setdefault("PIP_COMPILE", "0")
    os.environ.setdefault("PIP_DISABLE_PIP_VERSION_CHECK", "1")
