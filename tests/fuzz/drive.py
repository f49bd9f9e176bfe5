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
from typing import TYPE_CHECKING, NamedTuple

from registry_lint import cli
from registry_lint.baseline import DEFAULT_NAME
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


def sources(folders: Sequence[Path] = ()) -> list[bytes]:
    """What is mutated: our small projects, some of the standard library, and whatever folders are given."""
    paths = sorted((ROOT / "tests" / "projects").rglob("*.py"))
    library = Path(os.__file__).parent
    paths += sorted(library.glob("*.py"))[::4] + sorted((library / "test").glob("test_[a-d]*.py"))[::6]
    for folder in folders:
        found = sorted(path for path in folder.rglob("*.py") if path.is_file())
        paths += random.Random(1).sample(found, min(3_000, len(found)))
    return [data for path in paths if 0 < len(data := path.read_bytes()) < 60_000]


def project_of(seed: int, known: Sequence[bytes]) -> dict[str, bytes]:
    """The files of one case: invented, mutated, or both."""
    chance = random.Random(seed)
    kind = chance.random()
    if kind < 0.35:
        files = grown(chance)
    elif kind < 0.5:
        files = grown(chance)
        some = [*files.values()]
        files |= {path: mutated(chance, some) for path in files if chance.random() < 0.5}
    else:
        files = {f"m{number}.py": mutated(chance, known) for number in range(chance.choice((1, 1, 2, 4)))}
    return files


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


def case(seed: int, known: Sequence[bytes], folder: Path) -> int:
    """Run one case in a folder that is emptied first; the number of inputs tried. Raises Broken."""
    chance = random.Random(f"asked {seed}")
    files = project_of(seed, known)
    shutil.rmtree(folder, ignore_errors=True)
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    (folder / "registry-lint.toml").write_text("")
    os.chdir(folder)

    def ask(*arguments: str, codes: tuple[int, ...] = (0, 1)) -> Answer:
        answer = run(*arguments)
        if answer.code not in codes:
            raise Broken(f"seed {seed}: {' '.join(arguments)}: exit {answer.code}: {answer.err[-3000:]}")
        return answer

    everything = ("check", "--no-cache", "--select", "ALL")
    found = _json(seed, ask(*everything, "--output-format", "json"))
    _formats(seed, ask, everything, chance.sample(sorted(FORMATS), 2))
    codes = {str(finding["code"]) for finding in found if finding["code"]}
    if codes:
        ask("explain", chance.choice(sorted(codes)))
    match chance.randrange(5):
        case 0:
            _baseline(seed, ask)
        case 1 | 2:
            _diff_and_fix(seed, ask, everything, folder, files)
        case 3:
            place = chance.choice(found)["location"]["row"] if found else 1
            ask("trace", f"{chance.choice(sorted(files))}:{place}", codes=(0, 1, 2))
        case _:
            order = list(files)
            chance.shuffle(order)
            if _json(seed, ask(*everything, "--output-format", "json", *order)) != found:
                raise Broken(f"seed {seed}: the paths' order changes the answer")
    return 1


def _json(seed: int, answer: Answer) -> list[dict[str, object]]:
    try:
        found: list[dict[str, object]] = json.loads(answer.out)
    except ValueError as error:
        raise Broken(f"seed {seed}: json does not parse: {error}") from error
    return found


def _formats(seed: int, ask: object, everything: tuple[str, ...], names: Sequence[str]) -> None:
    for name in names:
        out = ask(*everything, "--output-format", name).out  # type: ignore[operator]
        try:
            if name in ("json", "sarif", "gitlab"):
                json.loads(out)
            elif name == "json-lines":
                [json.loads(line) for line in out.splitlines()]
            elif name in ("junit", "checkstyle"):
                xml.dom.minidom.parseString(out)
            else:
                text = out.decode("utf-8")
                if "\x1b" in text:
                    raise Broken(f"seed {seed}: {name} holds an escape")
        except Broken:
            raise
        except Exception as error:
            raise Broken(f"seed {seed}: {name} does not parse: {error}") from error


def _baseline(seed: int, ask: object) -> None:
    written = ask("baseline", "write", codes=(0, 2))  # type: ignore[operator]
    if written.code == 0:
        left = _json(seed, ask("check", "--no-cache", "--baseline", DEFAULT_NAME, "--output-format", "json"))  # type: ignore[operator]
        left = [finding for finding in left if finding["code"]]  # what is not examined is said all the same
        if left:
            raise Broken(f"seed {seed}: the baseline does not take away what it was written of: {left[:1]}")


def _diff_and_fix(seed: int, ask: object, everything: tuple[str, ...], folder: Path, files: dict[str, bytes]) -> None:
    import ast
    import warnings

    diff = ask(*everything, "--diff", "--unsafe-fixes").out  # type: ignore[operator]
    if any((folder / path).read_bytes() != data for path, data in files.items()):
        raise Broken(f"seed {seed}: --diff writes")
    ask(*everything, "--fix", "--unsafe-fixes")  # type: ignore[operator]
    changed = {path: data for path, data in files.items() if (folder / path).read_bytes() != data}
    if bool(changed) != bool(diff.strip()):
        raise Broken(f"seed {seed}: --diff says {len(diff)} bytes, --fix changes {sorted(changed)}")
    for path in changed:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                ast.parse((folder / path).read_bytes())
            except (SyntaxError, ValueError) as error:
                raise Broken(f"seed {seed}: {path} does not parse after --fix: {error}") from error
    once = {path: (folder / path).read_bytes() for path in files}
    ask(*everything, "--fix", "--unsafe-fixes")  # type: ignore[operator]
    if once != {path: (folder / path).read_bytes() for path in files}:
        raise Broken(f"seed {seed}: a second --fix changes something")
