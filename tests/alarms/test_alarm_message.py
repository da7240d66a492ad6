import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.alarm_samples import CHANGE, TOPIC, UNAUTHORIZED_CALLS
from trailbell.alarms import (
    Alarm,
    AlarmState,
    StateChange,
    alarm_arn,
    message_body,
    message_subject,
    region_name,
)
from trailbell.metrics import MetricKey, Statistic

PAGE = "https://trailbell.example/alarms/UnauthorizedApiCalls"
MOST_BYTES = 16 * 1024


def change_of(alarm: Alarm, **changes: Any) -> StateChange:
    return msgspec.structs.replace(CHANGE, alarm=alarm, **changes)


def named(name: str) -> Alarm:
    return msgspec.structs.replace(UNAUTHORIZED_CALLS, name=name)


def body_of(change: StateChange, evidence: dict[str, Any] | None = None) -> dict[str, Any]:
    body = json.loads(message_body(change, evidence, PAGE))
    assert isinstance(body, dict)
    return body


def member_bytes(text: str) -> bytes:
    encoded = text.encode()
    return encoded[encoded.index(b'"Trailbell":') : -1]


def test_the_body_is_aws_json_in_aws_order_with_one_member_more() -> None:
    body = message_body(CHANGE, {"calls": [["s3:GetObject", 3]]}, PAGE)
    expected = (
        '{"AlarmName":"UnauthorizedApiCalls","AlarmDescription":"Someone was refused",'
        '"AWSAccountId":"111122223333","AlarmConfigurationUpdatedTimestamp":"2026-09-13T06:13:20.000+0000",'
        f'"NewStateValue":"ALARM","NewStateReason":"{CHANGE.reason}",'
        '"StateChangeTime":"2026-09-14T05:43:07.551+0000",'
        '"Region":"US East (N. Virginia)",'
        '"AlarmArn":"arn:aws:cloudwatch:us-east-1:111122223333:alarm:UnauthorizedApiCalls",'
        f'"OldStateValue":"OK","ActionExecutedAfterMuteWindow":false,"OKActions":[],"AlarmActions":["{TOPIC}"],'
        '"InsufficientDataActions":[],"Trigger":{"MetricName":"UnauthorizedApiCalls","Namespace":"CISBenchmark",'
        '"StatisticType":"Statistic","Statistic":"SUM","Unit":null,"Dimensions":[{"value":"main","name":"Trail"}],'
        '"Period":300,"EvaluationPeriods":1,"ComparisonOperator":"GreaterThanOrEqualToThreshold","Threshold":1.0,'
        '"TreatMissingData":"notBreaching","EvaluateLowSampleCountPercentile":""},'
        f'"Trailbell":{{"version":1,"evidence":{{"calls":[["s3:GetObject",3]]}},"url":"{PAGE}"}}}}'
    )

    assert expected == body


def test_without_evidence_the_last_member_holds_the_page_only() -> None:
    body = body_of(CHANGE)

    assert body["Trailbell"] == {"version": 1, "url": PAGE}


def test_unset_parameters_are_null_or_empty_as_aws_sends_them() -> None:
    bare = msgspec.structs.replace(UNAUTHORIZED_CALLS, treat_missing_data=None, description=None)
    body = body_of(change_of(bare))

    assert body["AlarmDescription"] is None
    assert body["Trigger"]["TreatMissingData"] == ""
    assert "DatapointsToAlarm" not in body["Trigger"]


def test_datapoints_to_alarm_stands_after_the_evaluation_periods() -> None:
    two_of_three = msgspec.structs.replace(UNAUTHORIZED_CALLS, evaluation_periods=3, datapoints_to_alarm=2)
    trigger = list(body_of(change_of(two_of_three))["Trigger"].items())

    assert trigger[7:9] == [("EvaluationPeriods", 3), ("DatapointsToAlarm", 2)]


@pytest.mark.parametrize(
    ("statistic", "expected"),
    [
        (Statistic.SUM, "SUM"),
        (Statistic.AVERAGE, "AVERAGE"),
        (Statistic.MINIMUM, "MINIMUM"),
        (Statistic.MAXIMUM, "MAXIMUM"),
        (Statistic.SAMPLE_COUNT, "SAMPLE_COUNT"),
    ],
)
def test_the_statistic_is_written_in_capitals(statistic: Statistic, expected: str) -> None:
    alarm = msgspec.structs.replace(UNAUTHORIZED_CALLS, statistic=statistic)

    assert expected == body_of(change_of(alarm))["Trigger"]["Statistic"]


@pytest.mark.parametrize(
    ("threshold", "expected"), [(1.0, "1.0"), (1e7, "1.0E7"), (0.0005, "5.0E-4"), (-2.5, "-2.5")]
)
def test_the_threshold_is_written_as_java_writes_a_double(threshold: float, expected: str) -> None:
    alarm = msgspec.structs.replace(UNAUTHORIZED_CALLS, threshold=threshold)
    body = message_body(change_of(alarm), None, PAGE)

    assert f'"Threshold":{expected},' in body
    assert json.loads(body)["Trigger"]["Threshold"] == threshold


def test_a_name_that_is_not_ascii_stays_whole_in_the_body() -> None:
    name = 'Zugriff verweigert \N{LATIN SMALL LETTER U WITH DIAERESIS}ber \N{WARNING SIGN} "Nacht"'
    body = body_of(change_of(named(name)))

    assert (body["AlarmName"], body["AlarmArn"].endswith(name)) == (name, True)


@pytest.mark.parametrize(
    ("name", "state", "region", "expected"),
    [
        ("root", "ALARM", "us-east-1", 'ALARM: "root" in US East (N. Virginia)'),
        ("root", "INSUFFICIENT_DATA", "eu-west-1", 'INSUFFICIENT_DATA: "root" in EU (Ireland)'),
        ("root", "OK", "moon-1", 'OK: "root" in moon-1'),
        ("caf\u00e9 \u2603\u2603\u2603!", "OK", "moon-1", 'OK: "caf_ _!" in moon-1'),
        ("a" * 66, "ALARM", "us-east-1", 'ALARM: "' + "a" * 66 + '" in US East (N. Virginia)'),
        ("a" * 67, "ALARM", "us-east-1", 'ALARM: "' + "a" * 63 + '..." in US East (N. Virginia)'),
        ("\u2603" * 255, "ALARM", "us-east-1", 'ALARM: "_" in US East (N. Virginia)'),
    ],
)
def test_the_subject_names_state_alarm_and_region(name: str, state: str, region: str, expected: str) -> None:
    subject = message_subject(change_of(named(name), new_state=AlarmState(state), region=region))

    assert expected == subject


@settings(max_examples=100)
@given(st.text(min_size=1, max_size=255), st.sampled_from(AlarmState), st.text(max_size=120))
def test_a_subject_is_never_over_100_characters(name: str, state: AlarmState, region: str) -> None:
    subject = message_subject(change_of(named(name), new_state=state, region=region))

    assert len(subject) <= 100


def test_evidence_that_fits_is_sent_whole() -> None:
    evidence = {"principals": [{"name": f"role/{number}", "count": number} for number in range(10)]}
    body = body_of(CHANGE, evidence)

    assert body["Trailbell"] == {"version": 1, "evidence": evidence, "url": PAGE}


def test_evidence_that_is_too_large_loses_the_tails_of_its_longest_lists() -> None:
    evidence = {
        "sentence": "3 calls by 2 principals",
        "principals": [{"name": f"role/{number}", "detail": "d" * 100} for number in range(400)],
        "calls": ["s3:GetObject", "kms:Decrypt"],
    }
    text = message_body(CHANGE, evidence, PAGE)
    member = json.loads(text)["Trailbell"]
    kept = member["evidence"]["principals"]

    assert list(member) == ["version", "evidence", "url", "truncated"]
    assert member["truncated"] is True
    assert kept == evidence["principals"][: len(kept)]
    assert member["evidence"]["calls"] == evidence["calls"]
    assert member["evidence"]["sentence"] == evidence["sentence"]
    assert MOST_BYTES - 200 < len(member_bytes(text)) <= MOST_BYTES


def test_one_huge_text_does_not_push_the_other_evidence_out() -> None:
    evidence = {"principals": ["root", "x" * 50_000, "role/a"]}
    principals = body_of(CHANGE, evidence)["Trailbell"]["evidence"]["principals"]

    assert principals == ["root", "x" * 509 + "...", "role/a"]


def test_evidence_that_cannot_be_cut_down_is_left_out_and_said_so() -> None:
    evidence = {f"key {number}": "v" * 100 for number in range(1000)}
    body = body_of(CHANGE, evidence)

    assert body["Trailbell"] == {"version": 1, "evidence": {}, "url": PAGE, "truncated": True}


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=2000),
    lambda children: (
        st.lists(children, max_size=200) | st.dictionaries(st.text(max_size=20), children, max_size=6)
    ),
    max_leaves=40,
)


@settings(max_examples=60)
@given(st.dictionaries(st.text(max_size=20), JSON_VALUES, max_size=8))
def test_the_added_member_is_never_over_16_kib(evidence: dict[str, Any]) -> None:
    heavy = {"first": evidence, "second": [evidence] * 5}
    text = message_body(CHANGE, heavy, PAGE)

    assert len(member_bytes(text)) <= MOST_BYTES
    assert next(reversed(json.loads(text))) == "Trailbell"


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("us-east-1", "arn:aws:cloudwatch:us-east-1:111122223333:alarm:root use"),
        ("cn-north-1", "arn:aws-cn:cloudwatch:cn-north-1:111122223333:alarm:root use"),
        ("us-gov-west-1", "arn:aws-us-gov:cloudwatch:us-gov-west-1:111122223333:alarm:root use"),
    ],
)
def test_an_alarm_arn_names_the_partition_of_its_region(region: str, expected: str) -> None:
    arn = alarm_arn(region, "111122223333", "root use")

    assert expected == arn


@pytest.mark.parametrize(
    ("region", "expected"),
    [("eu-central-1", "EU (Frankfurt)"), ("sa-east-1", "South America (Sao Paulo)"), ("moon-1", "moon-1")],
)
def test_a_region_has_its_long_name_or_stays_a_code(region: str, expected: str) -> None:
    name = region_name(region)

    assert expected == name


def test_an_alarm_without_dimensions_sends_an_empty_list() -> None:
    alarm = msgspec.structs.replace(UNAUTHORIZED_CALLS, metric=MetricKey("CISBenchmark", "m"))

    assert body_of(change_of(alarm))["Trigger"]["Dimensions"] == []
