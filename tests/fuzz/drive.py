"""One case: a project made from a seed, every promise held against it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import shutil
import sys
import xml.dom.minidom
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from registry_lint import cli
from registry_lint.audit.formats import FORMATS as AUDITS
from registry_lint.baseline import DEFAULT_NAME
from registry_lint.facts.extract import extract
from registry_lint.facts.records import Unparsable
from registry_lint.report import FORMATS
from tests.fuzz.grow import grown
from tests.fuzz.mutate import mutated

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parent.parent.parent


class Answer(NamedTuple):
    """What a command said."""

    code: int
    out: bytes
    err: str


class Broken(AssertionError):  # noqa: N818  it is what is told: a promise was broken
    """A promise that did not hold, with all that was asked."""


def sources(folders: Sequence[Path] = (), largest: int = 60_000) -> list[bytes]:
    """What is mutated: our small projects, some of the standard library, and whatever folders are given."""
    paths = sorted((ROOT / "tests" / "projects").rglob("*.py"))
    library = Path(os.__file__).parent
    paths += sorted(library.glob("*.py"))[::4] + sorted((library / "test").glob("test_[a-d]*.py"))[::6]
    for folder in folders:
        found = sorted(path for path in folder.rglob("*.py") if path.is_file())
        paths += random.Random(1).sample(found, min(3_000, len(found)))
    return [data for path in paths if 0 < len(data := path.read_bytes()) < largest]


class Project(NamedTuple):
    """The files of one case, by path."""

    files: dict[str, bytes]
    inputs: int  # how many of them were mutated; an invented project is one


def project_of(seed: int, known: Sequence[bytes]) -> Project:
    """The project of one case: invented, mutated, or both."""
    chance = random.Random(seed)
    kind = chance.random()
    if kind < 0.1:
        return Project(grown(chance), 1)
    if kind < 0.2:
        files = grown(chance)
        some = [*files.values()]
        changed = {path: mutated(chance, some) for path in files if chance.random() < 0.5}
        return Project(files | changed, 1 + len(changed))
    number = chance.choice((1, 4, 16, 24))
    return Project({f"m{number}.py": mutated(chance, known) for number in range(number)}, number)


def run(*arguments: str) -> Answer:
    """A command line in this process, its streams caught."""
    out, err = io.BytesIO(), io.BytesIO()
    streams = [io.TextIOWrapper(stream, "utf-8", write_through=True) for stream in (out, err)]
    kept = (sys.stdout, sys.stderr)
    sys.stdout, sys.stderr = streams
    try:
        code = cli.main(arguments)
    finally:
        sys.stdout, sys.stderr = kept
    for stream in streams:
        with contextlib.suppress(ValueError):
            stream.detach()
    return Answer(code, out.getvalue(), err.getvalue().decode("utf-8", "replace"))


class Asked:
    """One case: a project in a folder, and the commands that are run over it."""

    def __init__(self, seed: int, folder: Path, files: dict[str, bytes]) -> None:
        self.seed = seed
        self.folder = folder
        self.files = files

    def write(self) -> None:
        """Make the folder anew, and go there. Its files are an hour old, so that the cache keeps what it knows."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        (self.folder / "registry-lint.toml").touch()
        for path, content in self.files.items():
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
            os.utime(place, (1_000_000_000, 1_000_000_000))
        os.chdir(self.folder)

    def ask(self, *arguments: str, codes: tuple[int, ...] = (0, 1)) -> Answer:
        """Run a command. Raises Broken where it ends otherwise than it may."""
        answer = run(*arguments)
        if answer.code not in codes:
            raise self.broken(f"{' '.join(arguments)}: exit {answer.code}: {answer.err[-3000:]}")
        return answer

    def broken(self, said: str) -> Broken:
        return Broken(f"seed {self.seed}: {said}")

    def json(self, out: bytes) -> list[dict[str, Any]]:
        try:
            found: list[dict[str, Any]] = json.loads(out)
        except ValueError as error:
            raise self.broken(f"json does not parse: {error}") from error
        return found

    def unchanged(self, said: str) -> None:
        """Raises Broken where a file is not as it was written."""
        if any((self.folder / path).read_bytes() != content for path, content in self.files.items()):
            raise self.broken(said)


def case(seed: int, known: Sequence[bytes], folder: Path) -> int:
    """Run one case in a folder that is emptied first; the number of inputs tried. Raises Broken.

    Every case goes through check, every format, explain, the baseline and --diff; some through more.
    """
    chance = random.Random(f"asked {seed}")
    project = project_of(seed, known)
    asked = Asked(seed, folder, project.files)
    asked.write()
    found = _formats(asked)
    codes = {finding["code"] for finding in found if finding["code"]}
    if codes:
        asked.ask("explain", chance.choice(sorted(codes)))
    _baseline(asked)
    diff = asked.ask(*EVERYTHING, "--diff", "--unsafe-fixes").out
    asked.unchanged("a command that may not write changes a file")
    match chance.randrange(8):
        case 0 | 1:
            _fix(asked, diff)
        case 2:
            place = chance.choice(found)["location"]["row"] if found else 1
            asked.ask("trace", f"{chance.choice(sorted(asked.files))}:{place}", codes=(0, 1, 2))
        case 3:
            _audit(asked, chance)
        case 4:
            order = list(asked.files)
            chance.shuffle(order)
            if asked.json(asked.ask(*EVERYTHING, "--output-format", "json", *order).out) != found:
                raise asked.broken("the paths' order or the cache changes the answer")
    return project.inputs


EVERYTHING = ("check", "--select", "ALL", "--jobs", "1")


def _formats(asked: Asked) -> list[dict[str, Any]]:
    """Check once, report in every format: each must parse. What was found."""
    reports = asked.folder.with_name("reports")
    reports.mkdir(exist_ok=True)
    outputs = [part for name in FORMATS for part in ("--output", f"{name}={reports / name}")]
    asked.ask(*EVERYTHING, "--no-cache", "--output-format", "concise", *outputs)
    for name in FORMATS:
        content = (reports / name).read_bytes()
        try:
            _parse(name, content)
        except Exception as error:
            raise asked.broken(f"{name} does not parse: {type(error).__name__}: {error}") from error
    return asked.json((reports / "json").read_bytes())


def _parse(name: str, content: bytes) -> None:
    if name in ("json", "sarif", "gitlab"):
        json.loads(content)
    elif name == "json-lines":
        for line in content.splitlines():
            json.loads(line)
    elif name in ("junit", "checkstyle"):
        xml.dom.minidom.parseString(content)
    elif "\x1b" in content.decode("utf-8"):
        raise ValueError("an escape for terminals")


def _baseline(asked: Asked) -> None:
    if asked.ask("baseline", "write", codes=(0, 2)).code == 0:
        left = asked.json(asked.ask("check", "--baseline", DEFAULT_NAME, "--output-format", "json").out)
        left = [finding for finding in left if finding["code"]]  # what is not examined is said all the same
        if left:
            raise asked.broken(f"the baseline does not take away what it was written of: {left[:1]}")


def _audit(asked: Asked, chance: random.Random) -> None:
    name = chance.choice(sorted(AUDITS))
    out = asked.ask("audit", "--output-format", name, codes=(0,)).out
    if name == "json":
        asked.json(out)
    elif "\x1b" in out.decode("utf-8"):
        raise asked.broken(f"the audit as {name} holds an escape for terminals")


def _fix(asked: Asked, diff: bytes) -> None:
    folder, files = asked.folder, asked.files
    asked.ask(*EVERYTHING, "--fix", "--unsafe-fixes")
    changed = {path: data for path, data in files.items() if (folder / path).read_bytes() != data}
    if bool(changed) != bool(diff.strip()):
        raise asked.broken(f"--diff says {len(diff)} bytes, --fix changes {sorted(changed)}")
    for path in changed:
        if isinstance(found := extract((folder / path).read_bytes()), Unparsable):
            raise asked.broken(f"{path} does not parse after --fix: {found}")
    once = {path: (folder / path).read_bytes() for path in files}
    asked.ask(*EVERYTHING, "--fix", "--unsafe-fixes")
    if once != {path: (folder / path).read_bytes() for path in files}:
        raise asked.broken("a second --fix changes something")
