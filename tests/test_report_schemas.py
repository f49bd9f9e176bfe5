"""Reports that programs read, held against the schemas of those who read them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lxml import etree
from msgspec.structs import replace as altered

from registry_lint.findings import Outcome, Span, Step
from registry_lint.report import FORMATS, RuleCard
from tests.report_samples import CLEAN, CONSTRUCTION, KEY, OUTCOME, PRESENTATION, REGISTRATION

SCHEMAS = Path(__file__).parent / "schemas"
OUTCOMES = [OUTCOME, CLEAN, Outcome((KEY, KEY, CONSTRUCTION), 2)]


def text(name: str, outcome: Outcome) -> str:
    return "\n".join(FORMATS[name](outcome, PRESENTATION))


def sarif_run(outcome: Outcome = OUTCOME) -> dict[str, Any]:
    run: dict[str, Any] = json.loads(text("sarif", outcome))["runs"][0]
    return run


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize(
    ("name", "schema"), [("sarif", "sarif-schema-2.1.0.json"), ("gitlab", "gitlab-code-quality.json")]
)
def test_json_is_valid(name: str, schema: str, outcome: Outcome) -> None:
    jsonschema.Draft7Validator(json.loads((SCHEMAS / schema).read_bytes())).validate(json.loads(text(name, outcome)))


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize(("name", "schema"), [("junit", "junit-10.xsd"), ("checkstyle", "checkstyle.xsd")])
def test_xml_is_valid(name: str, schema: str, outcome: Outcome) -> None:
    etree.XMLSchema(etree.parse(SCHEMAS / schema)).assertValid(etree.fromstring(text(name, outcome).encode()))


def test_the_sarif_schema_can_refuse() -> None:
    log = json.loads(text("sarif", OUTCOME))
    del log["runs"][0]["results"][0]["message"]
    schema = json.loads((SCHEMAS / "sarif-schema-2.1.0.json").read_bytes())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema).validate(log)


def test_sarif_rules_are_found_by_index() -> None:
    run = sarif_run()
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["REG101", "REG202", "REG301"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


def test_sarif_help_is_the_page_of_the_rule() -> None:
    rule = sarif_run()["tool"]["driver"]["rules"][0]
    assert rule["help"]["text"] == PRESENTATION.rules[0].documentation
    assert rule["help"]["markdown"].startswith("**REG101 direct-registry-construction**: A registry is built")
    assert rule["help"]["markdown"].endswith("\n    get_tool_registry()")
    assert rule["fullDescription"]["text"] == (
        "A registry is built outside its factories. Two registries know two halves."
    )
    assert rule["helpUri"] == "https://example.org/rules#REG101"
    assert rule["defaultConfiguration"]["level"] == "error"
    assert rule["properties"] == {
        "tags": ["registry-lint", "construction"],
        "precision": "high",
        "problem.severity": "error",
    }


def test_sarif_help_reads_the_form_in_which_rules_are_written() -> None:
    page = """REG109 rule-name: it is bad.

Why is this bad?
    Because it
    is so.

What to do instead
    Write this:

        a = 1
"""
    written = replace(PRESENTATION, rules=[RuleCard("REG109", "rule-name", "it is bad.", page)])
    rule = json.loads("\n".join(FORMATS["sarif"](CLEAN, written)))["runs"][0]["tool"]["driver"]["rules"][0]
    assert rule["fullDescription"]["text"] == "It is bad. Because it is so."
    assert rule["help"]["text"] == page
    assert rule["help"]["markdown"] == (
        "**REG109 rule-name**: It is bad.\n\n"
        "### Why is this bad?\n\nBecause it\nis so.\n\n"
        "### What to do instead\n\nWrite this:\n\n    a = 1"
    )


def test_sarif_descriptions_fit_what_github_shows() -> None:
    long = replace(PRESENTATION, rules=[RuleCard("REG101", "x", "y" * 2000, "z\n\n" + "y" * 3000)])
    rule = json.loads("\n".join(FORMATS["sarif"](OUTCOME, long)))["runs"][0]["tool"]["driver"]["rules"][0]
    assert [len(rule[key]["text"]) for key in ("shortDescription", "fullDescription")] == [1024, 1024]


def test_sarif_regions_stay_on_one_line() -> None:
    run = sarif_run()
    regions = [location["physicalLocation"]["region"] for result in run["results"] for location in result["locations"]]
    assert all(region["startLine"] == region["endLine"] for region in regions)
    assert regions[2] == {"startLine": 11, "startColumn": 13, "endLine": 11, "endColumn": 31}  # to the line's end


def test_sarif_code_flow_ends_at_the_alert() -> None:
    result = sarif_run()["results"][1]
    steps = [step["location"] for step in result["codeFlows"][0]["threadFlows"][0]["locations"]]
    assert [step["message"]["text"] for step in steps] == [*(step.message for step in KEY.trace), "found here"]
    assert steps[-1]["physicalLocation"] == result["locations"][0]["physicalLocation"]


def test_sarif_links_lead_to_related_locations() -> None:
    result = sarif_run()["results"][1]
    links = re.findall(r"\[([^]]+)\]\((\d+)\)", result["message"]["text"])
    assert links == [("the registry is built here", "1"), ("list of classes built here", "2")]
    assert [str(place["id"]) for place in result["relatedLocations"]] == [number for _, number in links]


def test_sarif_message_that_looks_like_a_link_is_none() -> None:
    message = sarif_run(Outcome((altered(KEY, message="a [b](1) c", related=(), trace=()),), 1))["results"][0][
        "message"
    ]
    assert message["text"] == "a \\[b\\](1) c"


def test_sarif_message_with_brackets_stays_readable() -> None:
    plain = altered(KEY, message="X['Tool']", related=(Step(KEY.span, "X[0] here"),), trace=())
    assert sarif_run(Outcome((plain,), 1))["results"][0]["message"]["text"] == "X['Tool']\nSee [X\\[0\\] here](1)."


def test_sarif_fix_takes_out_what_it_replaces() -> None:
    fix = sarif_run()["results"][0]["fixes"][0]
    assert fix["description"]["text"] == "Call get_tool_registry() (safe)"
    assert [
        (part["deletedRegion"]["startLine"], part["insertedContent"]["text"])
        for part in fix["artifactChanges"][0]["replacements"]
    ] == [(3, "get_tool_registry"), (8, "get_tool_registry()")]


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/ü.py", "a%20b/%C3%BC.py"),
        ("a:b.py", "a%3Ab.py"),  # else `a` would be a scheme
        ("\udcff.py", "%FF.py"),
        ("50%?#.py", "50%25%3F%23.py"),
        ("\ud800.py", "%EF%BF%BD.py"),
    ],
)
def test_sarif_uris(path: str, uri: str) -> None:
    finding = altered(REGISTRATION, span=Span(path, 1, 1, 1, 2), fix=None)
    place = sarif_run(Outcome((finding,), 1))["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": uri, "uriBaseId": "%SRCROOT%"}


def test_sarif_category_and_gaps() -> None:
    run = sarif_run()
    assert run["automationDetails"]["id"] == "registry-lint/"
    assert run["properties"]["complete"] is False
    notes = run["invocations"][0]["toolExecutionNotifications"]
    assert [note["descriptor"]["id"] for note in notes] == ["not-examined", "bound-met"]
    assert sarif_run(CLEAN)["properties"]["complete"] is True


def test_junit_has_one_passing_case_where_all_is_clean() -> None:
    suite = etree.fromstring(text("junit", CLEAN).encode()).find("testsuite")
    assert suite is not None
    assert [len(case) for case in suite.iter("testcase")] == [0]
    assert (suite.get("tests"), suite.get("failures")) == ("1", "0")


def test_junit_counts_what_it_holds() -> None:
    suite = etree.fromstring(text("junit", OUTCOME).encode()).find("testsuite")
    assert suite is not None
    for key, element in (("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped")):
        assert suite.get(key) == str(len(list(suite.iter(element))))
