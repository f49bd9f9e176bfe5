"""The version of registry-lint, found out only when somebody asks."""

from __future__ import annotations

import functools


@functools.cache
def version() -> str:
    """The installed version; in a checkout that is not installed, the one that its pyproject.toml says."""
    from importlib import metadata

    try:
        return metadata.version("registry-lint")
    except metadata.PackageNotFoundError:
        import tomllib
        from pathlib import Path

        project = Path(__file__).resolve().parent.parent / "pyproject.toml"
        try:
            return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])
        except (OSError, KeyError, ValueError):
            return "0"
