"""What is installed: one top-level package, the rules inside it, and nothing that a deleted file left behind."""

from __future__ import annotations

import ast
import os
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from registry_lint.version import version
from tests.installing import run

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def folders_with_python(top: Path) -> set[tuple[str, ...]]:
    """Each folder of `top`, itself included, that holds Python files, as the parts below `top`."""
    return {path.relative_to(top).parent.parts for path in top.rglob("*.py")}


def test_the_version_is_that_of_the_package() -> None:
    assert version() == PYPROJECT["project"]["version"]


def test_packages_are_listed_as_the_folders_are() -> None:
    folders = {".".join(("registry_lint", *parts)) for parts in folders_with_python(ROOT / "registry_lint")}
    folders |= {".".join(("registry_lint.rules", *parts)) for parts in folders_with_python(ROOT / "rules")}
    listed = PYPROJECT["tool"]["setuptools"]["packages"]
    assert set(listed) == folders
    assert len(listed) == len(set(listed))
    for folder in sorted(folders):
        parts = folder.split(".")
        source = ROOT / "rules" if parts[1:2] == ["rules"] else ROOT / "registry_lint"
        below = parts[2:] if parts[1:2] == ["rules"] else parts[1:]
        assert source.joinpath(*below, "__init__.py").is_file(), f"{folder} would be installed as a namespace"


def test_wheel_holds_the_package_with_its_rules_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"registry_lint", f"registry_lint-{PYPROJECT['project']['version']}.dist-info"}
    expected = {path.relative_to(ROOT).as_posix() for path in (ROOT / "registry_lint").rglob("*.py")}
    expected |= {f"registry_lint/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "rules").rglob("*.py")}
    assert {name for name in names if name.endswith(".py")} == expected, "a stale or a missing module"
    assert "registry_lint/py.typed" in names
    assets = {path.relative_to(ROOT).as_posix() for path in (ROOT / "registry_lint" / "audit" / "assets").iterdir()}
    assert assets <= set(names), "the page of an audit would be empty"


def test_wheel_passes_check_wheel_contents(wheel: Path) -> None:
    run(sys.executable, "-m", "check_wheel_contents", "--config", ROOT / "pyproject.toml", wheel, cwd=wheel.parent)


def environment_with_dependencies(folder: Path) -> Path:
    """A virtual environment that sees this one's packages, but no registry-lint. Returns its interpreter."""
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    interpreter = folder / ("Scripts" if os.name == "nt" else "bin") / ("python.exe" if os.name == "nt" else "python")
    site = run(interpreter, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).stdout.strip()
    borrowed = folder / "borrowed"
    borrowed.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not entry.name.startswith(("registry_lint", "__editable__")) and entry.suffix != ".pth":
            (borrowed / entry.name).symlink_to(entry)
    (Path(site) / "borrowed.pth").write_text(f"{borrowed}\n")
    return interpreter


@pytest.mark.parametrize("how", ["editable", "wheel"])
def test_installed_program_finds_its_rules_far_from_the_checkout(
    how: str, checkout: Path, wheel: Path, tmp_path: Path
) -> None:
    interpreter = environment_with_dependencies(tmp_path / "environment")
    what = ["--editable", str(checkout)] if how == "editable" else [str(wheel)]
    pip = [sys.executable, "-m", "pip", "--python", str(interpreter), "install", "--no-deps", "--quiet"]
    run(*pip, *what, cwd=tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    program = interpreter.with_name("registry-lint")
    listed = run(program, "rules", cwd=elsewhere, COLUMNS="200").stdout
    modules = [path for path in (ROOT / "rules").glob("*.py") if path.stem != "__init__"]
    codes = {(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split()[0] for path in modules}
    assert codes
    assert all(code in listed for code in codes), listed
    where = "import registry_lint.packs as packs; print(packs.rules_package().__path__[0])"
    place = Path(run(interpreter, "-c", where, cwd=elsewhere).stdout.strip())
    assert place.is_relative_to(checkout if how == "editable" else tmp_path / "environment")
    bare = run(interpreter, "-c", "import importlib.util as u; print(u.find_spec('rules'))", cwd=elsewhere)
    assert bare.stdout.strip() == "None", "a package named `rules` would collide with anybody's"
