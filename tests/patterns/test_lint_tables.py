"""What lint knows of CloudTrail agrees with AWS's own models and with what the project knows elsewhere."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from botocore.loaders import Loader  # type: ignore[import-untyped]

from support.project import page_text
from trailbell.cloudtrail import decompress, read_records
from trailbell.controls import CATALOGUE
from trailbell.patterns import RULES, Severity, lint
from trailbell.patterns._known_calls import (
    WRITTEN_OTHERWISE,
    all_event_names,
    event_names,
    is_known_elsewhere,
    without_version,
)
from trailbell.patterns._known_fields import KNOWN_FIELDS, FieldKind, is_open
from trailbell.patterns._known_sources import MISTAKEN_SOURCES, event_sources
from trailbell.simulate._calls import read_calls, read_rare_calls

MAXIMUM_BYTES = 64 * 1024 * 1024

# By botocore's names of the services.
MODELS = {
    "cloudtrail": ["cloudtrail"],
    "config": ["config"],
    "ec2": ["ec2"],
    "guardduty": ["guardduty"],
    "iam": ["iam"],
    "kms": ["kms"],
    "lambda": ["lambda"],
    "logs": ["logs"],
    "monitoring": ["cloudwatch"],
    "organizations": ["organizations"],
    "rds": ["rds"],
    "s3": ["s3", "s3control"],
    "secretsmanager": ["secretsmanager"],
    "securityhub": ["securityhub"],
    "sns": ["sns"],
    "sts": ["sts"],
}


def operations(service: str) -> set[str]:
    return {
        name
        for model in MODELS[service]
        for name in Loader().load_service_model(model, "service-2")["operations"]
    }


@pytest.mark.parametrize("service", MODELS)
def test_the_calls_of_a_service_are_the_operations_of_its_model(service: str) -> None:
    known = event_names(service)
    assert known is not None
    missing = operations(service) - known

    # A newer model has newer operations; a table that lacks many of them is due to be written anew.
    assert len(missing) <= len(known) // 10
    # Events that no call makes, and names that CloudTrail writes otherwise, are few.
    assert len(known - operations(service)) <= 12


def test_a_call_that_is_written_otherwise_is_an_operation_of_its_service() -> None:
    for (service, name), written in WRITTEN_OTHERWISE.items():
        assert name in operations(service)
        assert written.endswith("*") or written in (event_names(service) or ())


def test_a_name_known_elsewhere_is_none_of_the_table() -> None:
    assert is_known_elsewhere("DeleteVpcEndpoint")
    assert not any(map(is_known_elsewhere, all_event_names()))


def test_every_call_of_the_catalogue_is_known() -> None:
    named = [
        name.rstrip(')" ')
        for control in CATALOGUE
        for name in (control.pattern or "").replace('"', "").replace("!=", "=").split("eventName")[1:]
        for name in [name.split("=")[1].split(")")[0].strip()]
    ]

    assert len(named) > 80
    assert [] == [name for name in named if name not in all_event_names()]


def test_every_simulated_call_is_known() -> None:
    tables = ("common", "controls", "log_delivery", "oversize", "probes")
    calls = [*(call for table in tables for call in read_calls(table)), *read_rare_calls(1.0)]
    unknown = [
        (call.service, call.name)
        for call in calls
        if (names := event_names(call.service)) is not None and without_version(call.name) not in names
    ]

    assert [] == unknown
    assert [] == [call.service for call in calls if call.service not in event_sources()]


def test_a_mistaken_source_is_known_under_its_right_name_alone() -> None:
    assert set(MISTAKEN_SOURCES.values()) <= event_sources()
    assert set() == set(MISTAKEN_SOURCES) & event_sources()


def test_a_field_lies_in_an_object_or_array() -> None:
    for path in KNOWN_FIELDS:
        parent = path.rpartition(".")[0]
        assert parent == "$" or KNOWN_FIELDS[parent].kind.value in ("an object", "an array")


KINDS: dict[FieldKind, type] = {
    FieldKind.TEXT: str,
    FieldKind.BOOLEAN: bool,
    FieldKind.OBJECT: dict,
    FieldKind.ARRAY: list,
    FieldKind.ANY: object,
}


@pytest.mark.realdata
def test_every_field_of_real_records_is_known_with_its_kind_and_its_values(real_data: Path) -> None:
    found: Counter[tuple[str, str]] = Counter()
    records = 0
    for path in sorted(each for each in (real_data / "cloudtrail").rglob("*.json*") if each.is_file()):
        for raw in read_records(decompress(path.read_bytes(), MAXIMUM_BYTES), path.name).records:
            records += 1
            found.update(problem for problem in map(problem_with, fields(msgspec.json.decode(raw.content))))

    assert records > 10_000
    assert set() == set(found) - {("", "")}


def fields(node: object, path: str = "$") -> Iterator[tuple[str, object]]:
    """The known fields of a record, and those that lie beside them."""
    for name, value in node.items() if isinstance(node, dict) else ():
        field = f"{path}.{name}"
        if field in KNOWN_FIELDS or not is_open(field):
            yield field, value
            yield from fields(value, field)


def problem_with(field_and_value: tuple[str, object]) -> tuple[str, str]:
    path, value = field_and_value
    field = KNOWN_FIELDS.get(path)
    if field is None:
        return path, "unknown"
    if value is not None and not isinstance(value, KINDS[field.kind]):
        return path, "of another kind"
    is_listed = not field.values or value is None or value in field.values
    return ("", "") if is_listed else (path, "with another value")


def test_the_page_has_each_rule_as_the_table_has_it() -> None:
    rows = [line for line in page_text("lint.md").splitlines() if line.startswith("| `")]

    meanings = {name: rule.meaning.replace("|", "\\|") for name, rule in RULES.items()}
    assert [f"| `{name}` | {RULES[name].severity.value} | {meanings[name]} |" for name in RULES] == rows
    assert sorted(RULES) == list(RULES)


@pytest.mark.parametrize("key", [control.key for control in CATALOGUE if control.pattern])
def test_the_catalogue_is_without_findings_but_for_the_trap_that_cis_itself_set(key: str) -> None:
    [pattern] = [control.pattern for control in CATALOGUE if control.key == key]
    found = [finding.rule for finding in lint(pattern or "") if finding.severity is not Severity.NOTE]

    assert (["precedence-trap"] if key == "unauthorized_api_calls" else []) == found
