"""What is shipped, built and installed as others do it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SHIPPED = ("registry_lint", "rules", "pyproject.toml", "README.md", "LICENSE")


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done


def copy_of_what_is_shipped(place: Path) -> Path:
    """Everything that a distribution is made of, with a stale build folder: a rule that was deleted since."""
    for name in SHIPPED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, place / name)
    stale = place / "build" / "lib" / "registry_lint" / "rules" / "deleted_rule.py"
    stale.parent.mkdir(parents=True)
    stale.write_text("raise RuntimeError('deleted')\n")
    return place


def built_wheel(checkout: Path, folder: Path) -> Path:
    """The wheel, built through the source distribution, as a release is; without a warning that installers show."""
    done = run(sys.executable, "-m", "build", "--outdir", folder, checkout, cwd=folder)
    assert "would be ignored" not in done.stdout + done.stderr, "a folder of the package is not listed"
    (wheel,) = folder.glob("*.whl")
    return wheel
