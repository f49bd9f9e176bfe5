"""Rules in several processes, where that pays: a cold run over a large project spends its time in rules.

What all rules need (registries, what reaches them) is computed first; then each process runs a share of the rules
and makes their suggestions, and sends back findings. Findings do not depend on which rules ran before them, so the
report is the same for any number of processes.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from registry_lint.facts.extract import extract
from registry_lint.facts.records import FileFacts, Unparsable
from registry_lint.findings import Finding, Fix, Found
from registry_lint.source import workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from registry_lint.project.model import Project
    from registry_lint.remember import Memory
    from registry_lint.rule import Rule
    from registry_lint.suggest.workshop import Workshop

# Below this number of production files a fork costs more than it gains.
WORTH_A_FORK = 600

_MOST_PROCESSES = 4  # each keeps facts of its own in memory

# Rules that are run together, since they share questions; the longest first (as measured on two large projects).
# Rules that are named nowhere here come by their hundreds, behind these.
_TOGETHER = (("REG401", "REG402", "REG107"), ("REG601",), ("REG106",), ("REG602",))


@dataclass(frozen=True)
class Proposal:
    """A suggestion that another process made already; `doubt` where the concrete tree does not hold the finding."""

    fix: Fix | None
    doubt: str | None

    def __call__(self, workshop: Workshop, /) -> Fix | None:
        """The fix, as a suggestion gives it."""
        del workshop
        return self.fix


class _Answer(msgspec.Struct, frozen=True, array_like=True):
    """What one process found."""

    findings: tuple[tuple[Finding, Fix | None, str | None], ...]
    unparsable: dict[str, Unparsable]
    bounds: tuple[str, ...]
    facts: tuple[tuple[bytes, bytes], ...]  # (content's digest, encoded facts), for the cache


class Shared(NamedTuple):
    """What all processes found together."""

    found: list[Found]
    bounds: tuple[str, ...]
    facts: dict[bytes, bytes]


def pays(project: Project, jobs: int) -> bool:
    """Whether a run over this project is split."""
    asked = project.production if project.reported is None else project.reported.intersection(project.production)
    return len(asked) >= WORTH_A_FORK and workers.usable(jobs) > 1


def run(
    rules: Sequence[type[Rule]],
    project: Project,
    jobs: int,
    find: Callable[[Sequence[type[Rule]]], Iterator[Found]],
    propose: Callable[[Found], tuple[Fix | None, str | None]],
    memory: Memory | None,
) -> Shared:
    """Run rules in shares. `find` runs some rules, `propose` makes a finding's suggestion; facts that `memory` lacks
    are brought back for it."""
    _ = project.registrations.all, project.arrivals.values, project.arrivals.keys
    if any(rule.code.startswith("REG6") for rule in rules):
        project.files.test_sieve.mentioning("Mock")  # the index is kept by this process, and made by several
    split = _split(rules)
    known_facts = memory.kept_facts() if memory is not None else None

    def work(share: int) -> bytes:
        facts: list[tuple[bytes, bytes]] = []
        project.files.read_facts_with(_recording(facts, memory, known_facts))
        known = set(project.unparsable)
        findings = []
        for one in find(split[share]):
            fix, doubt = propose(one)
            finding = msgspec.structs.replace(one.finding, symbol=project.symbol_at(one.finding.span))
            findings.append((finding, fix, doubt))
        unparsable = {path: why for path, why in project.unparsable.items() if path not in known}
        return msgspec.msgpack.encode(_Answer(tuple(findings), unparsable, project.bounds, tuple(facts)))

    decode = msgspec.msgpack.Decoder(_Answer).decode
    answers = [
        decode(answer) for answer in workers.share_out(work, len(split), min(workers.usable(jobs), _MOST_PROCESSES))
    ]
    found = [Found(finding, Proposal(fix, doubt)) for answer in answers for finding, fix, doubt in answer.findings]
    for answer in answers:
        project.files.unparsable.update(answer.unparsable)
    bounds = {bound for answer in answers for bound in answer.bounds}
    return Shared(found, tuple(sorted(bounds)), {key: body for answer in answers for key, body in answer.facts})


def _recording(
    facts: list[tuple[bytes, bytes]],
    memory: Memory | None,
    known_facts: Callable[[bytes], FileFacts | None] | None,
) -> Callable[[bytes], FileFacts | Unparsable]:
    """Takes the facts that an earlier run left, or reads them anew and notes them for the parent's cache."""
    encode = msgspec.msgpack.Encoder().encode

    def read(content: bytes) -> FileFacts | Unparsable:
        known = known_facts(content) if known_facts is not None else None
        if known is not None:
            return known
        found = extract(content)
        if memory is not None and isinstance(found, FileFacts):
            with contextlib.suppress(UnicodeEncodeError, OverflowError):  # lone surrogates, huge numbers
                facts.append((memory.key_of_facts(content), encode(found)))
        return found

    return read


def _split(rules: Sequence[type[Rule]]) -> list[list[type[Rule]]]:
    """Rules in groups that share questions, the longest first."""
    groups: dict[object, list[type[Rule]]] = {together: [] for together in _TOGETHER}
    for rule in rules:
        together = next((codes for codes in _TOGETHER if rule.code in codes), None)
        groups.setdefault(together or rule.code[:-2], []).append(rule)
    return [group for group in groups.values() if group]
