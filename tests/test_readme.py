"""The README is true: its commands run, its configuration loads, its table is the rules'."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tests import warm

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COPIED = ("registry_lint", "rules", "tests/projects", ".ci", "pyproject.toml", "README.md", "LICENSE")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """Every command line, without its prompt and comment."""
    lines = [line for block in blocks("console") for line in block.splitlines()]
    assert all(line.startswith("$ ") for line in lines)
    return [line.removeprefix("$ ").partition("  #")[0].strip() for line in lines]


def test_one_command_sets_up_and_runs_on_the_sample(tmp_path: Path) -> None:
    for name in COPIED:
        source, target = ROOT / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", "")])
    done = subprocess.run(
        ["bash", "-c", commands()[0]], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "REG202" in done.stdout
    assert "REG301" in done.stdout
    assert "chat/session.py" in done.stdout


def test_the_other_command_is_there_to_run() -> None:
    assert commands()[1] == ".ci/run"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_every_command_and_option_exists() -> None:
    def asked(*arguments: str) -> str:
        done = warm.run(ROOT, *arguments, "--help")
        assert done.code == 0, done.err
        return done.out.decode()

    subcommands = set(re.findall(r"registry-lint ([a-z]+)\b(?! \()", " ".join(re.findall(r"`([^`\n]+)`", README))))
    subcommands |= {line.split()[1] for line in commands() if line.startswith("registry-lint ")}
    helped = {name: asked(name) for name in sorted(subcommands)}
    helped |= {f"baseline {name}": asked("baseline", name) for name in ("write", "prune", "show")}
    assert "check" in helped
    known = set(re.findall(r"--[a-z][a-z-]+", " ".join(helped.values())))
    mentioned = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README)) - {"--quiet", "--editable"}
    assert mentioned <= known, f"the README promises {sorted(mentioned - known)}"
    assert "baseline write" not in README or "write" in helped["baseline"]


def test_every_named_format_exists_and_none_is_forgotten() -> None:
    from registry_lint.report import FORMATS

    (listed,) = re.findall(r"`--output-format` takes (.*?);", README, re.DOTALL)
    assert re.findall(r"`([a-z-]+)`", listed) == list(FORMATS)


@pytest.mark.parametrize("text", blocks("toml"))
def test_configuration_loads(text: str, tmp_path: Path) -> None:
    from registry_lint.config.load import CommandLine, load

    assert tomllib.loads(text)
    (tmp_path / "pyproject.toml").write_text(text)
    configuration = load(tmp_path, CommandLine())
    assert configuration.path == tmp_path / "pyproject.toml"
    said = tomllib.loads(text)["tool"]["registry-lint"]
    assert len(configuration.settings.contracts.registries) == len(said.get("registries", []))


def test_hooks_of_the_example_exist() -> None:
    (example,) = [block for block in map(yaml.safe_load, blocks("yaml")) if "repos" in block]
    named = [hook["id"] for repository in example["repos"] for hook in repository["hooks"]]
    offered = [hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())]
    assert named == offered


def test_suppressions_of_the_example_suppress(tmp_path: Path) -> None:
    (text,) = (text for text in blocks("python") if "registry-lint: ignore" in text)
    home = "class ToolRegistry: ...\n\n\ndef create_tool_registry():\n    return ToolRegistry()\n"
    (tmp_path / "registry.py").write_text(home)
    command = ["check", "--isolated", "--output-format", "concise", "."]

    def findings(main: str) -> int:
        (tmp_path / "main.py").write_text(f"from registry import ToolRegistry\n\n{main}")
        done = warm.run(tmp_path, *command)
        assert done.code in (0, 1), done.err
        return done.out.count(b"main.py:")

    assert findings(re.sub(r" *# registry-lint.*", "", text)) == 3
    assert findings(text) == 0


def parts_around_the_table() -> tuple[str, str, str]:
    before, line, rest = README.partition("|---|---|---|---|\n")
    table, end, after = rest.partition("<!-- end of rules -->")
    return before + line, table, end + after


def table_of_rules() -> str:
    from registry_lint.config.settings import Settings
    from registry_lint.packs import load_rules

    rules = load_rules(Settings.default(), isolated=True)
    heads = [(*rule.headline(), rule.severity) for rule in rules]
    return "".join(f"| {code} | {name} | {severity} | {sentence} |\n" for code, name, sentence, severity in heads)


def test_table_of_rules_is_the_rules() -> None:
    _, table, _ = parts_around_the_table()
    assert table == table_of_rules(), "`python tests/test_readme.py` writes it anew"


def test_no_machine_is_named() -> None:
    assert not re.findall(r"/tmp/|/work/|/root/|/home/|/opt/|localhost|index-url|file://", README)


def test_links_inside_the_repository_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", README)
    named = re.findall(r"`((?:tests|rules|registry_lint|\.ci)/[\w/.-]+)`", README)
    assert not [link for link in [*links, *named] if not (ROOT / link).exists()]


def test_rule_written_from_scratch_keeps_its_examples(tmp_path: Path) -> None:
    (text,) = (text for text in blocks("python") if "class NoGlobalRegistry" in text)
    (tmp_path / "lint_rules").mkdir()
    (tmp_path / "lint_rules" / "no_global_registry.py").write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "registry_lint", "test", "lint_rules"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, "ACME001 no-global-registry: all good in 2 examples\n"), done.stderr


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    before, _, after = parts_around_the_table()
    (ROOT / "README.md").write_text(before + table_of_rules() + after, encoding="utf-8")
