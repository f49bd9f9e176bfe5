"""An audit in one line, for tests: of sources in memory, or of a folder by the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from registry_lint.audit.presentation import Presentation
from registry_lint.audit.survey import take
from registry_lint.config.settings import Settings
from registry_lint.packs import load_rules
from registry_lint.request import Request, whole
from registry_lint.source.corpus import MemoryCorpus
from tests import warm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry_lint.audit.records import Function, Report

ROOT = Path(__file__).parent.parent
OUTAGE = ROOT / "tests" / "projects" / "outage"
REPAIRED = ROOT / "tests" / "projects" / "outage_repaired"
PLAIN = Presentation()


def sources_of(folder: Path) -> dict[str, bytes]:
    """The Python files of a folder by their paths."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.py"))}


def audited(sources: Mapping[str, str | bytes], settings: Settings | None = None) -> Report:
    """The report on some sources."""
    settings = settings or Settings.default()
    rules = load_rules(settings, root=ROOT, isolated=True)
    return take(Request(Path("project"), settings, rules, gathered=whole(MemoryCorpus(sources))))


def function(report: Report, name: str) -> Function:
    """The only function of that name in the report."""
    (found,) = (each for each in report.functions if each.name == name)
    return found


class Done(NamedTuple):
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def run(folder: Path, *arguments: str, cached: bool = False) -> Done:
    """`registry-lint audit` in a folder."""
    done = warm.run(folder, "audit", *([] if cached else ["--no-cache"]), *arguments, NO_COLOR="1")
    return Done(done.code, done.out.decode(), done.err)
