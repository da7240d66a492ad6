from collections import Counter
from typing import Any

import pytest

from support.alarm_runner import SEQUENCE_OPERATIONS, alarm_of, records_of, run_sequence, run_table
from trailbell.alarms import AlarmDefinitionError, check_alarm

# These need a request, not an alarm: two statistics, a percentile, an unknown enum value, another operation.
VALIDATED_AT_THE_DOOR = {
    "val-both-stats",
    "val-p101",
    "val-tmd-case",
    "val-pmd-value-values",
    "val-gms-1440",
}


def named(records: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(record, id=record["id"]) for record in records]


def operations_of(record: dict[str, Any]) -> set[str]:
    return {event["op"] for event in record.get("ops", [])}


@pytest.mark.parametrize("record", named(records_of("table")))
def test_an_evaluation_leads_to_the_state_of_the_table(record: dict[str, Any]) -> None:
    verdict = run_table(record)

    assert record["expect_state"] == verdict.state
    assert verdict.changed == (record["previous_state"] != verdict.state)


@pytest.mark.parametrize("record", named(records_of("reason")))
def test_a_decision_is_worded_as_aws_words_it(record: dict[str, Any]) -> None:
    verdict = run_table(record)

    assert (record["expect_state"], record["expect_reason"]) == (verdict.state, verdict.reason)


@pytest.mark.parametrize("record", named(records_of("sequence")))
def test_a_sequence_of_events_leads_to_its_states_and_actions(record: dict[str, Any]) -> None:
    outcomes = list(run_sequence(record))

    assert [(at, expected) for at, expected, _ in outcomes] == [(at, actual) for at, _, actual in outcomes]


@pytest.mark.parametrize(
    "record",
    named([record for record in records_of("validation") if record["id"] not in VALIDATED_AT_THE_DOOR]),
)
def test_a_definition_is_refused_where_aws_refuses_it(record: dict[str, Any]) -> None:
    alarm = alarm_of(record["params"])
    expected = record["expect_error"]

    if expected is None:
        check_alarm(alarm)
        return
    with pytest.raises(AlarmDefinitionError) as caught:
        check_alarm(alarm)
    assert expected.get("message", str(caught.value)) == str(caught.value)


def test_every_record_is_run_here_or_is_one_of_those_counted_as_run_elsewhere() -> None:
    kinds = ("table", "reason", "sequence", "stat", "validation", "composite")
    counts = Counter({kind: len(records_of(kind)) for kind in kinds})
    door = [record for record in records_of("validation") if record["id"] in VALIDATED_AT_THE_DOOR]
    other_operations = [
        record for record in records_of("sequence") if operations_of(record) - SEQUENCE_OPERATIONS
    ]
    percentiles = [record for record in records_of("stat") if not record["stat"].isalpha()]
    # At the door, by test_extended_statistics and by test_rule_evaluation.
    elsewhere = {
        "sequences with other operations": len(other_operations),
        "validation at the door": len(door),
        "percentile and trimmed statistics": len(percentiles),
        "composite": counts["composite"],
    }
    expected = {
        "sequences with other operations": 0,
        "validation at the door": 5,
        "percentile and trimmed statistics": 8,
        "composite": 5,
    }

    assert expected == elsewhere
    assert counts.total() == 156
