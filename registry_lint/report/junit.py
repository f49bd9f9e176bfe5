"""JUnit XML: a failed case a finding, a skipped one for what was not examined, one that passes when all is clean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.report.xml_text import DECLARATION, escaped, start_tag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.findings import Finding, Outcome
    from registry_lint.report.presentation import Presentation


def junit(outcome: Outcome, _presentation: Presentation) -> Iterator[str]:
    """The lines of the report."""
    skipped = [(path, f"not examined: {reason}") for path, reason in outcome.unexamined]
    skipped += [("registry-lint", f"analysis was cut short: {bound}") for bound in outcome.bounds]
    failures = len(outcome.findings)
    tests = max(failures + len(skipped), 1)
    counted: dict[str, str | int] = {"name": "registry-lint", "tests": tests, "failures": failures, "errors": 0}
    yield DECLARATION
    yield start_tag("testsuites", counted)
    yield f"  {start_tag('testsuite', {**counted, 'skipped': len(skipped)})}"
    yield "    <properties>"
    for name, value in (("complete", str(outcome.complete).lower()), ("files", outcome.files)):
        yield f"      {start_tag('property', {'name': name, 'value': value}, '/>')}"
    yield "    </properties>"
    for finding in outcome.findings:
        yield from _failed(finding)
    for path, reason in skipped:
        yield f"    {start_tag('testcase', {'classname': path, 'name': 'examined to its end'})}"
        yield f"      {start_tag('skipped', {'message': reason}, '/>')}"
        yield "    </testcase>"
    if not failures and not skipped:
        yield f"    {start_tag('testcase', {'classname': 'registry-lint', 'name': 'no findings'}, '/>')}"
    yield "  </testsuite>"
    yield "</testsuites>"


def _failed(finding: Finding) -> Iterator[str]:
    span = finding.span
    name = f"{finding.code} {finding.name}".rstrip()
    where = f"{span.path}:{span.row}:{span.column}"
    body = [f"{where}: {finding.message}"]
    body += [
        f"{place}. {step.span.path}:{step.span.row}:{step.span.column}: {step.message}"
        for place, step in enumerate(finding.trace, 1)
    ]
    if finding.help:
        body.append(f"help: {finding.help}")
    # The row belongs to the name: two cases of one name count as one to most readers.
    yield f"    {start_tag('testcase', {'classname': span.path, 'name': f'{name} at {span.row}:{span.column}'})}"
    failure = start_tag("failure", {"type": finding.severity, "message": finding.message})
    yield f"      {failure}{escaped(chr(10).join(body))}</failure>"
    yield "    </testcase>"
