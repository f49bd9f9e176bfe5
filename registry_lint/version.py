"""The version of registry-lint. The one in pyproject.toml is the same: a test says so."""

from __future__ import annotations

_VERSION = "0.1.0"


def version() -> str:
    """The version. Written here, since `importlib.metadata` takes as long to import as the rest of the command line."""
    return _VERSION
