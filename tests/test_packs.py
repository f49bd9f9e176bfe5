"""Where rules come from, and that a rule which does not load stops the run."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from registry_lint import packs
from registry_lint.config.settings import Settings
from registry_lint.errors import UserError

if TYPE_CHECKING:
    from registry_lint.rule import Rule

ROOT = Path(__file__).parent.parent

RULE = '''\
"""{code} {name}: a rule of our own.

Why
---
Because.
"""

from registry_lint.findings import Finding, Found, Span
from registry_lint.rule import Rule


class OurRule(Rule):
    code = "{code}"

    def check(self, project):
        yield from ()
'''


def rule_text(code: str = "ACME101", name: str = "acme-rule") -> str:
    return RULE.format(code=code, name=name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lint_rules").mkdir()
    return tmp_path / "lint_rules"


def load(root: Path, *, trusted: bool = True, isolated: bool = False) -> tuple[type[Rule], ...]:
    return packs.load_rules(Settings(packs=("lint_rules",)), root=root, trusted=trusted, isolated=isolated)


def test_built_in_rules_load_and_are_sorted() -> None:
    rules = packs.load_rules(Settings())
    assert rules
    codes = [rule.code for rule in rules]
    assert codes == sorted(set(codes))
    assert all(rule.__module__.startswith("registry_lint.rules.") for rule in rules)


def test_a_folder_of_the_project_is_loaded_where_it_is_trusted(tmp_path: Path, folder: Path) -> None:
    (folder / "acme.py").write_text(rule_text())
    (folder / "_shared.py").write_text("raise RuntimeError")
    codes = {rule.code for rule in load(tmp_path)}
    assert "ACME101" in codes
    assert len(codes) > 1


def test_a_folder_that_nobody_trusts_is_not_run_and_not_passed_over(tmp_path: Path, folder: Path) -> None:
    (folder / "acme.py").write_text(f"open({str(tmp_path / 'mark')!r}, 'w')\n{rule_text()}")
    with pytest.raises(UserError, match="--trust-packs"):
        load(tmp_path, trusted=False)
    assert all(rule.code != "ACME101" for rule in load(tmp_path, isolated=True))
    assert not (tmp_path / "mark").exists()


BROKEN = [
    ("import none_such", "ModuleNotFoundError", 1),
    ("x = (", "SyntaxError", 1),
    ("\nraise ValueError('x')", "ValueError: x", 2),
    (rule_text().replace("ACME101 ", "ACME102 ", 1), "the docstring must begin 'ACME101", 0),
    (rule_text(name="Acme_Rule"), "the docstring must begin 'ACME101", 0),
    (rule_text(code="101"), "a rule needs a code such as REG101", 12),
    (rule_text().replace("self, project", "self"), "check takes (self, project)", 0),
    (rule_text().replace("def check", "def chek"), "OurRule has no check method", 0),
    (f"{rule_text()}\nclass Second(OurRule):\n    pass\n", "one rule a file", 0),
]


@pytest.mark.parametrize(("text", "message", "row"), BROKEN)
def test_a_broken_rule_stops_the_run(tmp_path: Path, folder: Path, text: str, message: str, row: int) -> None:
    (folder / "acme.py").write_text(text)
    (folder / "other.py").write_text("import none_such_either")
    with pytest.raises(UserError) as caught:
        load(tmp_path)
    first, second = caught.value.mistakes
    assert message in first.message
    assert first.path.endswith("lint_rules/acme.py")
    assert first.row == row
    assert "none_such_either" in second.message


def test_two_rules_of_one_code_or_name(tmp_path: Path, folder: Path) -> None:
    (folder / "a.py").write_text(rule_text())
    (folder / "b.py").write_text(rule_text(name="other-rule"))
    (folder / "c.py").write_text(rule_text(code="ACME103"))
    with pytest.raises(UserError) as caught:
        load(tmp_path)
    assert {mistake.message.split(":")[0] for mistake in caught.value.mistakes} == {
        "two rules are called ACME101",
        "two rules are called acme-rule",
    }


@pytest.mark.parametrize("name", ["nowhere", "../elsewhere"])
def test_folders_that_are_not_there(tmp_path: Path, name: str) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "elsewhere").mkdir()
    with pytest.raises(UserError, match="packs: "):
        packs.load_rules(Settings(packs=(name,)), root=tmp_path / "project", trusted=True)


def test_a_link_that_leads_out_of_the_project_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "acme.py").write_text(rule_text())
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "lint_rules").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError, match="outside the project"):
        load(tmp_path / "project")


def installed(site: Path, group: str = packs.ENTRY_POINTS, value: str = "acme_pack", name: str = "acme") -> None:
    """Install a distribution with an entry point into a folder."""
    metadata = site / f"{name}-1.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text(f"[{group}]\n{name} = {value}\n")


def test_installed_packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "site"
    installed(site)
    (site / "acme_pack").mkdir()
    (site / "acme_pack" / "__init__.py").touch()
    (site / "acme_pack" / "rule.py").write_text(rule_text())
    monkeypatch.syspath_prepend(site)
    assert "ACME101" in {rule.code for rule in packs.load_rules(Settings())}
    assert "ACME101" not in {rule.code for rule in packs.load_rules(Settings(), isolated=True)}


@pytest.mark.parametrize("value", ["none_such_pack", "json:dumps"])
def test_an_installed_pack_that_does_not_load_stops_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    installed(tmp_path, value=value)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(UserError, match="acme"):
        packs.load_rules(Settings())


def test_a_pack_that_lies_in_the_working_folder_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    assert packs.load_rules(Settings())


def test_python_m_does_not_import_from_the_project(tmp_path: Path) -> None:
    """`python -m registry_lint` begins in the project, whose modules must not stand in for our libraries."""
    for name in ("click", "msgspec", "acme_pack"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'mark')!r}, 'w')\n")
    installed(tmp_path)
    program = (
        f"import sys; sys.path.append({str(ROOT)!r}); import runpy; runpy.run_module('registry_lint', {{}}, '__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), "rules"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "REG" in done.stdout
    assert not (tmp_path / "mark").exists()


def test_load_folder_for_tests_of_rules(folder: Path) -> None:
    (folder / "acme.py").write_text(rule_text())
    assert [rule.code for rule in packs.load_folder(folder)] == ["ACME101"]


def test_load_folder_without_rules(folder: Path) -> None:
    with pytest.raises(UserError, match="no rule is in this folder"):
        packs.load_folder(folder)
