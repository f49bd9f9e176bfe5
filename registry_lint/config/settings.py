"""Settings: what one run obeys, after every configuration file and the command line were read.

Frozen and plain: a run with an unchanged configuration takes them from the cache and never imports
pydantic. Paths and patterns are POSIX and relative to the project's root (see config/globs.py).
"""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec

from registry_lint.config.contracts import Contracts
from registry_lint.config.globs import compiled
from registry_lint.findings import Confidence, Severity

Level = Literal["error", "warning", "info", "off"]

TESTS = (
    "tests/",
    "test/",
    "testing/",
    "test_*/",
    "tests_*/",
    "*_test/",
    "*_tests/",
    "__tests__/",
    "e2e/",
    "test_*.py",
    "*_test.py",
    "*_tests.py",
    "tests.py",
    "test.py",
    "conftest.py",
)
"""Where a project's tests are, unless it says otherwise."""

EXCLUDE = (
    # what tools make
    ".git/",
    ".hg/",
    ".svn/",
    ".eggs/",
    ".ipynb_checkpoints/",
    ".mypy_cache/",
    ".nox/",
    ".pytest_cache/",
    ".ruff_cache/",
    ".tox/",
    ".venv/",
    ".vscode/",
    "__pycache__/",
    "__pypackages__/",
    "node_modules/",
    "site-packages/",
    "venv/",
    # copies: a second home of every class, and nobody mends anything there
    "*.egg-info/",
    "_vendor/",
    "_vendored/",
    "backup/",
    "backups/",
    "build/",
    "dist/",
    "third_party/",
    "vendor/",
    "vendored/",
)
"""Folders that are left out, unless a project says otherwise; a run names those that it met."""

COPIES_UNLESS_PACKAGES = ("backup/", "backups/")
"""Those of them that are read where they hold an `__init__.py`: then they are the code that makes backups."""


class PerFileIgnore(msgspec.Struct, frozen=True):
    """Selectors that are silent in the files of one pattern. A leading `!` means every other file."""

    pattern: str
    selectors: tuple[str, ...]

    def covers(self, path: str) -> bool:
        """Whether the file is meant."""
        if self.pattern.startswith("!"):
            return not compiled((self.pattern[1:],)).match(path)
        return compiled((self.pattern,)).match(path)


class Override(msgspec.Struct, frozen=True):
    """Settings for the files of some patterns only; a later override wins over an earlier one."""

    paths: tuple[str, ...]
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    severity: dict[str, Level] = {}
    min_confidence: Confidence | None = None

    def covers(self, path: str) -> bool:
        """Whether the file is meant."""
        return compiled(self.paths).match(path)


class Settings(msgspec.Struct, frozen=True):
    """Everything that a run can be told. Selectors are codes, names, prefixes of codes, or ALL."""

    select: tuple[str, ...] = ("ALL",)  # of the rules whose severity is not `off`
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()  # turns on rules that are off by default, too
    per_file_ignores: tuple[PerFileIgnore, ...] = ()
    overrides: tuple[Override, ...] = ()
    severity: dict[str, Level] = {}  # by code
    min_confidence: Confidence = "likely"
    fail_on: Severity = "info"
    exclude: tuple[str, ...] = EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    tests: tuple[str, ...] = TESTS
    source_roots: tuple[str, ...] = ()  # folders from which modules are imported; empty: found out
    baseline: str = ""
    require_reason: bool = False
    packs: tuple[str, ...] = ()  # folders with rules of the project's own
    max_registries: int = 2
    contracts: Contracts = Contracts()

    @classmethod
    def default(cls) -> Settings:
        """What holds where nothing is configured."""
        return cls()

    def is_test(self, path: str) -> bool:
        """Whether a file is test code, by its path."""
        return compiled(self.tests).match(path)

    def is_excluded(self, path: str, *, folder: bool = False) -> bool:
        """Whether the patterns name a file, or a folder with all that it holds (see also source/excludes.py)."""
        return compiled(self.exclude + self.extend_exclude).match(path, folder=folder)

    def digest(self) -> str:
        """A hash of all settings (64 hexadecimal digits), for caches."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()
