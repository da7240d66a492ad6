"""Metric filters through a real AWS client."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from support.aws_server import AwsServer, aws_server
from support.clock import START_MS, ManualClock
from support.pattern_cases import CASES

pytestmark = pytest.mark.client

ONE = {"metricName": "Denials", "metricNamespace": "CIS", "metricValue": "1"}
DENIED = '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode=AccessDenied*) }'
MISSING_GROUP = ("ResourceNotFoundException", "The specified log group does not exist.")
LIMIT = ("LimitExceededException", "Resource limit exceeded.")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AwsServer]:
    with aws_server(tmp_path, ManualClock()) as running:
        yield running


@pytest.fixture
def logs(server: AwsServer) -> Any:
    made = server.client("logs")
    for name in ("g", "h"):
        made.create_log_group(logGroupName=name)
    return made


def put(logs: Any, name: str = "f", group: str = "g", pattern: str = DENIED, **transformation: Any) -> None:
    logs.put_metric_filter(
        logGroupName=group,
        filterName=name,
        filterPattern=pattern,
        metricTransformations=[{**ONE, **transformation}],
    )


def refused(call: Any, *arguments: Any, **parameters: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(*arguments, **parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"metricValue": "2.50", "defaultValue": 0.0, "unit": "Count"},
        {"metricNamespace": "A.B-c_d/1#2:x", "unit": "None"},
    ],
)
def test_a_filter_is_described_with_exactly_what_was_given(logs: Any, given: dict[str, Any]) -> None:
    put(logs, pattern=f"  {DENIED} ", **given)
    [found] = logs.describe_metric_filters(logGroupName="g")["metricFilters"]

    assert {
        "filterName": "f",
        "filterPattern": f"  {DENIED} ",
        "metricTransformations": [{**ONE, **given}],
        "creationTime": START_MS,
        "logGroupName": "g",
        "applyOnTransformedLogs": False,
    } == found
    assert 1 == logs.describe_log_groups(logGroupNamePrefix="g")["logGroups"][0]["metricFilterCount"]


def test_a_filter_put_again_is_replaced_and_keeps_when_it_was_made(server: AwsServer, logs: Any) -> None:
    assert isinstance(server.clock, ManualClock)
    put(logs)
    server.clock.turn(minutes=1)
    put(logs, pattern="", metricName="All")
    [found] = logs.describe_metric_filters()["metricFilters"]

    assert ("", "All", START_MS) == (
        found["filterPattern"],
        found["metricTransformations"][0]["metricName"],
        found["creationTime"],
    )


def test_filters_are_listed_by_name_page_by_page(logs: Any) -> None:
    for name, group in (("b", "g"), ("a", "h"), ("a", "g"), ("B", "h")):
        put(logs, name, group)

    def listed(**asked: Any) -> list[list[str]]:
        pages = logs.get_paginator("describe_metric_filters").paginate(
            PaginationConfig={"PageSize": 3}, **asked
        )
        return [
            [each["logGroupName"] + "/" + each["filterName"] for each in page["metricFilters"]]
            for page in pages
        ]

    assert [["h/B", "g/a", "h/a"], ["g/b"]] == listed()
    assert [["g/a", "g/b"]] == listed(logGroupName="g")
    assert [["g/a", "h/a"]] == listed(filterNamePrefix="a")
    assert [["h/B", "g/a", "h/a"], ["g/b"]] == listed(metricName="Denials", metricNamespace="CIS")
    assert [[]] == listed(metricName="none", metricNamespace="CIS")


@pytest.mark.parametrize(
    ("operation", "parameters", "expected"),
    [
        ("describe_metric_filters", {"logGroupName": "no"}, MISSING_GROUP),
        (
            "describe_metric_filters",
            {"metricName": "m"},
            (
                "InvalidParameterException",
                "Describe Metric Filters request must contain both MetricName and MetricNamespace",
            ),
        ),
        (
            "describe_metric_filters",
            {"logGroupName": "g", "metricName": "m", "metricNamespace": "n"},
            (
                "InvalidParameterException",
                "Describe Metric Filters request must contain either logGroupName or metricName and "
                "metricNamespace",
            ),
        ),
        (
            "describe_metric_filters",
            {"nextToken": "x"},
            ("InvalidParameterException", "The specified nextToken is invalid."),
        ),
        ("delete_metric_filter", {"logGroupName": "no", "filterName": "f"}, MISSING_GROUP),
        (
            "delete_metric_filter",
            {"logGroupName": "g", "filterName": "f"},
            ("ResourceNotFoundException", "The specified metric filter does not exist."),
        ),
        (
            "test_metric_filter",
            {"filterPattern": "{ $.a = 1", "logEventMessages": ["x"]},
            ("InvalidParameterException", "If a filter pattern starts with '{' it must end with '}'"),
        ),
    ],
)
def test_what_is_not_there_is_said(
    logs: Any, operation: str, parameters: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert expected == refused(getattr(logs, operation), **parameters)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"filterPattern": "{ $.a = }"}, ""),
        ({"metricTransformations": [ONE, ONE]}, "metricTransformations"),
        (
            {"metricTransformations": [{**ONE, "metricValue": "one"}]},
            "metric value one must be a valid number",
        ),
        (
            {"metricTransformations": [{**ONE, "metricValue": "$.values[*]"}]},
            "metric value $.values[*] must be a valid number",
        ),
        ({"metricTransformations": [{**ONE, "metricValue": "$.value"}]}, "$.value must be a valid number"),
        ({"metricTransformations": [{**ONE, "metricValue": "nan"}]}, "must be a valid number"),
        ({"metricTransformations": [{**ONE, "dimensions": {"a": "$.b"}}]}, "does not support dimensions"),
        ({"emitSystemFieldDimensions": ["@aws.user"]}, "@aws.user"),
        ({"emitSystemFieldDimensions": ["@aws.account", "@aws.account"]}, "dimension name twice"),
        ({"fieldSelectionCriteria": "x"}, "fieldSelectionCriteria"),
        ({"applyOnTransformedLogs": True}, "applyOnTransformedLogs"),
    ],
)
def test_a_filter_that_cannot_be_run_is_refused_and_the_old_one_stays(
    logs: Any, changes: dict[str, Any], word: str
) -> None:
    put(logs)
    given = {
        "logGroupName": "g",
        "filterName": "f",
        "filterPattern": "",
        "metricTransformations": [ONE],
        **changes,
    }
    code, message = refused(logs.put_metric_filter, **given)
    [found] = logs.describe_metric_filters()["metricFilters"]

    assert "InvalidParameterException" == code
    assert word in message
    assert DENIED == found["filterPattern"]


def test_a_filter_never_makes_its_group(logs: Any) -> None:
    assert MISSING_GROUP == refused(put, logs, group="no")
    assert ["g", "h"] == [each["logGroupName"] for each in logs.describe_log_groups()["logGroups"]]


def test_only_standard_groups_have_metric_filters(logs: Any) -> None:
    logs.create_log_group(logGroupName="rare", logGroupClass="INFREQUENT_ACCESS")

    assert "InvalidParameterException" == refused(put, logs, group="rare")[0]


def test_a_group_takes_a_hundred_filters_and_changes_to_them(logs: Any) -> None:
    for number in range(100):
        put(logs, f"f{number}")
    put(logs, "f7", pattern="")

    assert LIMIT == refused(put, logs, "one-more")
    put(logs, "one-more", group="h")


def test_a_group_takes_five_filters_with_regular_expressions(logs: Any) -> None:
    for number in range(5):
        put(logs, f"f{number}", pattern="{ $.a = %x% }")
    too_many = refused(put, logs, "f5", pattern="{ $.b != 1 && $.a = %x% }")
    put(logs, "f0", pattern="{ $.a = x }")
    put(logs, "f5", pattern="{ $.a = %x% }")

    assert LIMIT == too_many


def test_a_deleted_filter_is_gone(logs: Any) -> None:
    put(logs)
    logs.delete_metric_filter(logGroupName="g", filterName="f")

    assert [] == logs.describe_metric_filters()["metricFilters"]


def test_a_filter_with_dimensions_is_described_with_them(logs: Any) -> None:
    dimensions = {"Op": "$.op", "Code": "$.code"}
    logs.put_metric_filter(
        logGroupName="g",
        filterName="f",
        filterPattern=DENIED,
        metricTransformations=[{**ONE, "metricValue": "$.ms", "dimensions": dimensions}],
        emitSystemFieldDimensions=["@aws.region"],
    )
    [found] = logs.describe_metric_filters()["metricFilters"]

    assert [{**ONE, "metricValue": "$.ms", "dimensions": dimensions}] == found["metricTransformations"]
    assert ["@aws.region"] == found["emitSystemFieldDimensions"]


def test_an_event_with_half_a_surrogate_pair_in_a_dimension_is_taken(logs: Any, server: AwsServer) -> None:
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    put(logs, pattern="{ $.a = * }", dimensions={"A": "$.a"})
    messages = [r'{"a":"x\ud800"}', '{"a":"y"}']
    logs.put_log_events(
        logGroupName="g",
        logStreamName="s",
        logEvents=[{"timestamp": START_MS, "message": message} for message in messages],
    )
    found = server.client("cloudwatch").list_metrics(Namespace="CIS")["Metrics"]

    assert {"x\N{REPLACEMENT CHARACTER}", "y"} == {each["Dimensions"][0]["Value"] for each in found}


@pytest.mark.parametrize("syntax", ["terms", "regex", "json", "delimited", "empty"])
def test_every_case_is_answered_by_the_server_as_by_the_service(logs: Any, syntax: str) -> None:
    wrong = []
    for case in CASES:
        if case.syntax != syntax:
            continue
        try:
            answer = logs.test_metric_filter(filterPattern=case.pattern, logEventMessages=[case.message])
        except ClientError as error:
            found: bool | str = "invalid"
            if error.response["Error"]["Code"] != "InvalidParameterException":
                wrong.append((case.id, error.response["Error"]))
        else:
            found = answer["matches"] != []
            if found and case.extract is not None and answer["matches"][0]["extractedValues"] != case.extract:
                wrong.append((case.id, answer))
        if found != case.match:
            wrong.append((case.id, found))

    assert [] == wrong


def test_words_are_extracted_by_name_and_position(logs: Any) -> None:
    given = ["127.0.0.1 - frank 404", "127.0.0.1 x"]
    found = logs.test_metric_filter(filterPattern="[ip, ..., status = 4*]", logEventMessages=given)["matches"]

    assert [
        {
            "eventNumber": 1,
            "eventMessage": given[0],
            "extractedValues": {"$ip": "127.0.0.1", "$2": "-", "$3": "frank", "$status": "404"},
        }
    ] == found


def test_a_pattern_is_tested_against_messages_counted_from_one(logs: Any) -> None:
    given = ['{"errorCode": "AccessDenied"}', "no JSON", '{"errorCode": "Client.UnauthorizedOperation"}']
    found = logs.test_metric_filter(filterPattern=DENIED, logEventMessages=given)["matches"]

    assert [
        {"eventNumber": 1, "eventMessage": given[0], "extractedValues": {}},
        {"eventNumber": 3, "eventMessage": given[2], "extractedValues": {}},
    ] == found
