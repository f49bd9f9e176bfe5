"""What all tests stand on.

The daily run is short. These variables make parts of it long, and two commands try what no test has the time for:

    FAULTS=200 pytest tests/test_faults.py                            places for signals and errors in each command
    SOURCES=10000 TREES=FOLDER pytest tests/test_hostile_sources.py   the whole standard library, and more
    LARGE=100 pytest tests/test_hostile_sources.py                    full sizes of large and deep files
    FUZZ_EXAMPLES=2000 pytest tests/test_report_hostile.py            any text in any field of a report
    REGISTRY_LINT_EXAMPLES=1000 pytest tests/test_suggest_properties.py
    REGISTRY_LINT_TEST_STRIDE=1 pytest tests/test_source_cache.py     every byte of a cache, flipped
    ANSWERS=all pytest tests/test_answers.py
    python -m tests.fuzz --count 12000                                mutated and invented projects, every command
    python -m tests.fuzz newer --count 1000                           old files, written in newer grammar
"""

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
