"""The linter's own housekeeping: what a run says of its configuration and of comments, not of the code.

These are no rules with a `check`: they are judged when all findings are known. They are selected, ignored,
explained and reported like any rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.select import Card

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry_lint.rule import Rule

UNPARSABLE = "REG900"
UNUSED_SUPPRESSION = "REG901"
UNKNOWN_SUPPRESSION = "REG902"
REASONLESS_SUPPRESSION = "REG903"
UNUSED_IGNORE = "REG904"
STALE_BASELINE = "REG905"

_TEXTS = {
    UNPARSABLE: """\
REG900 unparsable-file: a file cannot be read as Python, so nothing in it was examined.

Why is this bad?
    What is registered or built in such a file is not seen, neither there nor where it flows to. The other files are
    examined all the same.

What to do instead
    Mend the file; declare its encoding; or exclude it, where it is no source (a template, a test of a parser).

What it cannot see
    A file that names nothing that any rule looks for is not parsed, unless it is given on the command line.""",
    UNUSED_SUPPRESSION: """\
REG901 unused-suppression: a comment suppresses a rule that reports nothing there.

Why is this bad?
    A suppression that outlives its finding hides the next one.

What to do instead
    Remove it; `--fix` does, and leaves the rest of the comment.

What it cannot see
    It is judged only where the rule was on for the file and ran over the whole project, so that a run with
    `--select` never calls the others' suppressions unused.""",
    UNKNOWN_SUPPRESSION: """\
REG902 unknown-suppression: a comment means to suppress something and suppresses nothing.

Why is this bad?
    A misspelt code or form silences nothing, and its author believes that it does.

What to do instead
    Write `# registry-lint: ignore[REG101] -- reason` with codes or names that `registry-lint rules` lists. A
    suppression names each rule: there are no prefixes, and no form that silences everything.""",
    REASONLESS_SUPPRESSION: """\
REG903 reasonless-suppression: a suppression gives no reason, and the project asks for one.

Why is this bad?
    `require-reason = true` in the configuration says that whoever silences a rule tells the next reader why.

What to do instead
    End the comment with `-- ` and the reason.""",
    UNUSED_IGNORE: """\
REG904 unused-ignore: an entry of ignore or per-file-ignores takes nothing away.

Why is this bad?
    Like an unused suppression, it hides the next finding. Most often the file was renamed or mended.

What to do instead
    Remove the entry from the configuration. Where a rule is unwanted whatever it finds, say so with
    `severity.REG101 = "off"`: that is a decision about the rule, and is not judged by what it finds.

What it cannot see
    It is judged only where the rule ran over the whole project, and nothing cut the analysis short. To judge an entry
    of `ignore`, its rules run although nothing of them is reported. Entries on the command line are not judged.""",
    STALE_BASELINE: """\
REG905 stale-baseline-entry: the baseline holds a finding that is no longer there.

Why is this bad?
    Counts only fall: an entry that is left behind would let the same mistake come back unseen.

What to do instead
    Run `registry-lint baseline prune` and commit the smaller file.

What it cannot see
    It is judged only where the rule ran over the whole project.""",
}

CARDS: tuple[Card, ...] = tuple(
    Card(
        code=code,
        name=text.partition(": ")[0].split()[1],
        sentence=text.partition("\n")[0].partition(": ")[2],
        documentation=text,
        severity="error" if code == UNPARSABLE else "warning",
    )
    for code, text in _TEXTS.items()
)


def cards(rules: Sequence[type[Rule]]) -> tuple[Card, ...]:
    """What a run knows of its rules, housekeeping included, sorted by code."""
    own = [Card(*rule.headline(), rule.documentation(), rule.severity, rule.scope) for rule in rules]
    taken = {card.code for card in own}
    return tuple(sorted([*own, *(card for card in CARDS if card.code not in taken)]))
