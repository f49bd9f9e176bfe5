"""Rules in several processes, where that pays: a cold run over a large project spends its time in rules.

What all rules need (registries, and the facts of what is looked through file by file) is made first; then each
process runs groups of rules and makes their suggestions, and sends back findings. Findings do not depend on which rules
ran before them, so the report is the same for any number of processes.
"""

from __future__ import annotations

import contextlib
import functools
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from registry_lint import beforehand
from registry_lint.facts.records import Unparsable
from registry_lint.findings import Finding, Fix, Found
from registry_lint.project.files import MANY
from registry_lint.request import Seen
from registry_lint.source import workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from registry_lint.answers import Answers, Codes
    from registry_lint.project.model import Project
    from registry_lint.remember import Memory
    from registry_lint.rule import Rule
    from registry_lint.suggest.workshop import Workshop

# Below this number of production files a fork costs more than it gains.
WORTH_A_FORK = 600

_MOST_PROCESSES = 4  # each keeps facts of its own in memory

# Rules that are run together, since they share questions; the longest first (as measured on two large projects).
# Rules that are named nowhere here come by their hundreds, behind these.
_TOGETHER = (("REG001", "REG2", "REG3"), ("REG401", "REG402", "REG107"), ("REG601",), ("REG106",), ("REG602",))
# The same where answers are kept: what is found together holds together. REG206 asks for the given files only; REG502
# about every class header, so that what it found holds until the next class is written.
_ARRIVALS = ("REG001", "REG201", "REG202", "REG203", "REG204", "REG205", "REG3")
_KEPT = (_ARRIVALS, ("REG107",), ("REG401", "REG402"), ("REG601",), ("REG206",), ("REG106",), ("REG602",), ("REG502",))

_ENCODE = msgspec.msgpack.Encoder().encode


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
    """What a group of rules found."""

    findings: tuple[tuple[Finding, Fix | None, str | None], ...]
    unparsable: dict[str, Unparsable]
    bounds: tuple[str, ...]
    by_reported: bool  # whether anything but suggestions is another where findings are asked for in other files


@functools.cache
def _answer_decoder() -> Callable[[bytes], _Answer]:
    """Made when something is first decoded: what findings look like takes milliseconds to learn."""
    return msgspec.msgpack.Decoder(_Answer).decode


class _Told(msgspec.Struct, frozen=True, array_like=True):
    """What a process sends back of one group of rules."""

    answer: bytes
    depending: bytes | None  # what the answer rests on
    seconds: float
    files: int  # that it was the first to look into, in its process
    facts: tuple[tuple[bytes, bytes], ...]  # that it read anew, where they are not shared (see Files.fresh)


class Shared(NamedTuple):
    """What all processes found together."""

    found: list[Found]
    bounds: tuple[str, ...]
    parts: tuple[Seen, ...]


def pays(project: Project, jobs: int) -> bool:
    """Whether a run over this project is split."""
    return len(project.production) >= WORTH_A_FORK and workers.usable(jobs) > 1


class Doing(NamedTuple):
    """How rules are run: `find` runs some, `propose` makes a finding's suggestion."""

    find: Callable[[Sequence[type[Rule]]], Iterator[Found]]
    propose: Callable[[Found], tuple[Fix | None, str | None]]
    set_up: Callable[[], None]  # what both need first; done once, before several processes would each do it
    jobs: int
    memory: Memory | None  # facts that it lacks are kept for it


def run(rules: Sequence[type[Rule]], project: Project, doing: Doing, answers: Answers | None) -> Shared:
    """Run rules in shares; of what an earlier run found, the answers that still hold are taken."""
    groups = {
        tuple(rule.code for rule in group): group for group in _split(rules, _TOGETHER if answers is None else _KEPT)
    }
    given = {codes: answer for codes, answer in _held(project, answers).items() if codes in groups}
    parts = [Seen(0, f"{', '.join(codes)}: nothing that was asked has changed") for codes in given]
    if len(given) < len(groups):
        if answers is not None:
            project.files.adopt_answers(answers.looks, answers.passing)
        begun, fresh = time.perf_counter(), project.files.fresh
        if _processes(project, doing) > 1:
            fresh.share()
            project.files.counted.share()
        mark = fresh.mark()
        todo = {codes: group for codes, group in groups.items() if codes not in given}
        part = len(todo) > _processes(project, doing) > 1
        # Where rules are going to part into several processes, what they all need is set up while others read.
        knows_facts = doing.memory.knows_facts() if doing.memory is not None else None
        asked = {code for codes in todo for code in codes}
        beforehand.read(project, asked, _processes(project, doing), knows_facts, doing.set_up if part else None)
        parts.append(Seen(project.files.asked.count, "what several of these ask for", time.perf_counter() - begun))
        if answers is not None:
            answers.part()
        if part:
            doing.set_up()
        told = _told(project, todo, doing, answers)
        parts += [Seen(one.files, ", ".join(codes), one.seconds) for codes, one in told.items()]
        given |= {codes: _answer_decoder()(one.answer) for codes, one in told.items()}
        if doing.memory is not None:
            for content, facts in fresh.since(mark):
                doing.memory.keep_facts({content: facts})
        if answers is not None:
            answers.keep((codes, one.depending, one.answer) for codes, one in told.items())
    elif answers is not None:
        answers.keep(())  # the same answers, over what files hold now
    in_order = [given[codes] for codes in groups if codes in given]
    found = [Found(finding, Proposal(fix, doubt)) for answer in in_order for finding, fix, doubt in answer.findings]
    for answer in in_order:
        project.files.unparsable.update(answer.unparsable)
    for codes, group in groups.items():
        if codes not in given:
            found += doing.find(group)  # here, where what it finds need not be told
    bounds = {bound for answer in in_order for bound in answer.bounds}.union(project.bounds)
    return Shared(found, tuple(sorted(bounds)), tuple(parts))


def _held(project: Project, answers: Answers | None) -> dict[Codes, _Answer]:
    """What was found earlier and still holds."""
    recalled = answers.recall(functools.partial(_test, project)) if answers is not None else {}
    held: dict[Codes, _Answer] = {}
    for codes, body in recalled.items():
        with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError):  # not what we wrote
            answer = _answer_decoder()(body)
            # A run over everything may have met what one over these files would not.
            elsewhere = answer.bounds or answer.unparsable.keys() - (project.reported or ())
            if project.reported is None or not (answer.by_reported and elsewhere):
                held[codes] = answer
    return held


def _processes(project: Project, doing: Doing) -> int:
    return min(workers.usable(doing.jobs), _MOST_PROCESSES) if pays(project, doing.jobs) else 1


def _told(
    project: Project, groups: dict[Codes, list[type[Rule]]], doing: Doing, answers: Answers | None
) -> dict[Codes, _Told]:
    """What groups of rules find, in several processes; not of those that find something in a file whose name is no
    text, which cannot be told from one process to another."""
    memory, fresh, processes = doing.memory, project.files.fresh, _processes(project, doing)
    known_facts = memory.kept_facts() if memory is not None else None
    shares = list(groups.values())

    def work(share: int) -> bytes:
        begun, before, mark = time.perf_counter(), project.files.asked.count, fresh.mark()
        if processes > 1:
            project.files.read_facts_with(beforehand.sharing(fresh, known_facts))
        findings = []
        found = list(doing.find(shares[share]))
        bounds, unparsable = project.bounds, dict(project.unparsable)  # not those that suggestions meet
        by_reported = project.files.asked.by_reported or any(rule.code in beforehand.RULES for rule in shares[share])
        for one in found:
            fix, doubt = doing.propose(one)
            finding = msgspec.structs.replace(one.finding, symbol=project.symbol_at(one.finding.span))
            findings.append((finding, fix, doubt))
        try:
            answer = _ENCODE(_Answer(tuple(findings), unparsable, bounds, by_reported))
        except UnicodeEncodeError:
            return b""
        depending = answers.depending() if answers is not None else None
        files = project.files.asked.count - before
        facts = () if fresh.is_shared else tuple(fresh.since(mark))
        return _ENCODE(_Told(answer, depending, time.perf_counter() - begun, files, facts))

    decode = msgspec.msgpack.Decoder(_Told).decode
    # Apart, for what is kept: what a group rests on, and which bounds it met, must not hang on those that ran before.
    # A process that remembers what it found for one group when it comes to the next takes a tenth less time, but on
    # 25,000 files a quarter more memory.
    apart = answers is not None or len(project.paths) >= MANY
    done = workers.share_out(work, len(shares), processes, apart=apart)
    found = {codes: decode(told) for codes, told in zip(groups, done, strict=True) if told}
    for content, encoded in (row for one in found.values() for row in one.facts):
        fresh.put(content, encoded)
    return found


def _test(project: Project, what: str, basis: bytes | None) -> Callable[[str, bytes], bool] | None:
    """What a file's bytes are tested with, by the name under which the project keeps which files pass: knowing what an
    earlier run knew, or what the project says now. Raises MsgspecError where the former is not what was kept."""
    from registry_lint.project.mocks import Mocks
    from registry_lint.project.singletons import Singletons
    from registry_lint.project.vacuous import VacuousTests

    if what == "singletons":
        return Singletons.may_hold
    tests: dict[str, tuple[type[Mocks | VacuousTests], Callable[[], Mocks | VacuousTests]]] = {
        "mocks": (Mocks, lambda: project.mocks),
        "vacuous tests": (VacuousTests, lambda: project.vacuous_tests),
    }
    if what not in tests:
        return None
    kind, live = tests[what]
    return live().may_hold if basis is None else kind.test(basis)


def _split(rules: Sequence[type[Rule]], together: Sequence[Codes]) -> list[list[type[Rule]]]:
    """Rules in groups by the beginnings of their codes."""
    groups: dict[object, list[type[Rule]]] = {codes: [] for codes in together}
    for rule in rules:
        beginnings = next((codes for codes in together if rule.code.startswith(codes)), None)
        groups.setdefault(beginnings or rule.code[:-2], []).append(rule)
    return [group for group in groups.values() if group]
