"""What all tests stand on."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from tests.installing import built_wheel, copy_of_what_is_shipped

if TYPE_CHECKING:
    from pathlib import Path


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


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is shipped."""
    return copy_of_what_is_shipped(tmp_path_factory.mktemp("checkout"))


@pytest.fixture(scope="session")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of it, built once for all tests that install one."""
    return built_wheel(checkout, tmp_path_factory.mktemp("dist"))
