"""Metrics through real AWS clients, in every protocol they speak."""

import datetime
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from support.alarm_runner import records_of
from support.aws_raw import json_call, query_call, xml_error
from support.aws_server import AwsServer, aws_server
from support.clock import START_MS, ManualClock

pytestmark = pytest.mark.client

PROTOCOLS = ("json", "query", "smithy-rpc-v2-cbor")
OPERATIONS = {
    "PutMetricData": "put_metric_data",
    "GetMetricStatistics": "get_metric_statistics",
    "GetMetricData": "get_metric_data",
    "ListMetrics": "list_metrics",
}
CASES = [record for record in records_of("validation") if record["operation"] in OPERATIONS]
START = datetime.datetime.fromtimestamp(START_MS / 1000, datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)
SPAN = {"StartTime": START - 10 * MINUTE, "EndTime": START + 10 * MINUTE}
ONE_METRIC = {"Namespace": "App", "MetricName": "m", "Period": 60, **SPAN}
PUT = "GraniteServiceVersion20100801.PutMetricData"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AwsServer]:
    with aws_server(tmp_path, ManualClock()) as running:
        yield running


@pytest.fixture(params=PROTOCOLS)
def cloudwatch(request: pytest.FixtureRequest, server: AwsServer) -> Any:
    return server.client("cloudwatch", request.param)


def put(cloudwatch: Any, *data: dict[str, Any], namespace: str = "App") -> None:
    given = [{"MetricName": "m", **each} for each in data]
    answer = cloudwatch.put_metric_data(Namespace=namespace, MetricData=given)

    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


def series(query_id: str = "a", name: str = "m", **stat: Any) -> dict[str, Any]:
    metric = {"Namespace": "App", "MetricName": name}
    return {"Id": query_id, "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum", **stat}}


def refused(call: Any, **parameters: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error.get("Message", "")


@pytest.mark.parametrize("case", [pytest.param(record, id=record["id"]) for record in CASES])
def test_a_request_is_refused_as_the_case_says(cloudwatch: Any, case: dict[str, Any]) -> None:
    call = getattr(cloudwatch, OPERATIONS[case["operation"]])

    assert (case["expect_error"]["code"], case["expect_error"]["message"]) == refused(call, **case["params"])


def test_what_was_put_is_told_by_window_and_unit(cloudwatch: Any) -> None:
    put(
        cloudwatch,
        {"Value": 4.0},
        {"Values": [1.0, 2.0], "Counts": [2.0, 1.0], "Timestamp": START + datetime.timedelta(seconds=59)},
        {"StatisticValues": {"SampleCount": 2, "Sum": 6, "Minimum": 1, "Maximum": 5}, "Unit": "Count"},
    )
    statistics = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"]
    told = cloudwatch.get_metric_statistics(
        **ONE_METRIC, Statistics=statistics, ExtendedStatistics=["p0", "p100"]
    )
    by_unit = {each["Unit"]: each for each in told["Datapoints"]}

    assert "m" == told["Label"]
    assert {
        "Timestamp": START,
        "Unit": "None",
        "SampleCount": 4.0,
        "Average": 2.0,
        "Sum": 8.0,
        "Minimum": 1.0,
        "Maximum": 4.0,
        "ExtendedStatistics": {"p0": 1.0, "p100": 4.0},
    } == _in_utc(by_unit["None"])
    assert (2.0, 3.0) == (by_unit["Count"]["SampleCount"], by_unit["Count"]["Average"])


def _in_utc(datapoint: dict[str, Any]) -> dict[str, Any]:
    return {**datapoint, "Timestamp": datapoint["Timestamp"].astimezone(datetime.UTC)}


def test_only_what_was_asked_for_is_told_and_of_one_unit(cloudwatch: Any) -> None:
    put(cloudwatch, {"Value": 4.0}, {"Value": 5.0, "Unit": "Count"})
    [point] = cloudwatch.get_metric_statistics(**ONE_METRIC, Statistics=["Sum"], Unit="Count")["Datapoints"]

    assert {"Timestamp": START, "Unit": "Count", "Sum": 5.0} == _in_utc(point)


def test_a_metric_without_data_has_a_label_and_no_datapoints(cloudwatch: Any) -> None:
    told = cloudwatch.get_metric_statistics(**ONE_METRIC, Statistics=["Sum"])
    data = cloudwatch.get_metric_data(MetricDataQueries=[series()], **SPAN)

    assert ("m", []) == (told["Label"], told["Datapoints"])
    assert [{"Id": "a", "Label": "m", "Timestamps": [], "Values": [], "StatusCode": "Complete"}] == data[
        "MetricDataResults"
    ]
    assert [] == data["Messages"]


def test_series_come_newest_first_with_remarks_on_units_and_accounts(cloudwatch: Any) -> None:
    put(
        cloudwatch,
        {"Value": 1.0, "Unit": "Milliseconds"},
        {"Value": 2.0, "Unit": "Milliseconds", "Timestamp": START - MINUTE},
        {"Value": 3.0, "Unit": "Seconds"},
    )
    data = cloudwatch.get_metric_data(
        MetricDataQueries=[series(), {**series("b", Stat="p100"), "AccountId": "999999999999"}],
        LabelOptions={"Timezone": "+0130"},
        **SPAN,
    )
    mixed, foreign = data["MetricDataResults"]

    assert ("m Sum", [1.0, 2.0], "Complete") == (mixed["Label"], mixed["Values"], mixed["StatusCode"])
    assert [START, START - MINUTE] == mixed["Timestamps"]
    assert [
        {"Code": "MultipleUnits", "Value": "Multiple units returned: '[Milliseconds, Seconds]'"}
    ] == mixed["Messages"]
    assert ("Forbidden", [], "Forbidden") == (
        foreign["StatusCode"],
        foreign["Values"],
        foreign["Messages"][0]["Code"],
    )


def test_the_paginator_brings_all_points_of_all_series(cloudwatch: Any) -> None:
    data = [
        {"MetricName": name, "Value": number, "Timestamp": START - number * MINUTE}
        for name in ("m", "n")
        for number in range(5)
    ]
    put(cloudwatch, *data)
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=[series("a"), series("b", "n")],
        MaxDatapoints=3,
        ScanBy="TimestampAscending",
        **SPAN,
    )
    values: dict[str, list[float]] = {"a": [], "b": []}
    statuses = []
    for page in pages:
        statuses.append([each["StatusCode"] for each in page["MetricDataResults"]])
        for each in page["MetricDataResults"]:
            values[each["Id"]] += each["Values"]

    assert {"a": [4, 3, 2, 1, 0], "b": [4, 3, 2, 1, 0]} == values
    assert [
        ["PartialData", "PartialData"],
        ["Complete", "PartialData"],
        ["Complete", "PartialData"],
        ["Complete", "Complete"],
    ] == statuses


def test_the_paginator_lists_all_metrics(cloudwatch: Any) -> None:
    for first in (0, 500):
        put(
            cloudwatch,
            *(
                {"Value": 1.0, "Dimensions": [{"Name": "n", "Value": f"{number:03}"}]}
                for number in range(first, first + 500)
            ),
        )
    put(cloudwatch, {"MetricName": "other", "Value": 1.0})
    pages = [page["Metrics"] for page in cloudwatch.get_paginator("list_metrics").paginate(Namespace="App")]
    [one] = cloudwatch.list_metrics(Dimensions=[{"Name": "n", "Value": "007"}])["Metrics"]

    assert [500, 500, 1] == [len(page) for page in pages]
    assert {
        "Namespace": "App",
        "MetricName": "m",
        "Dimensions": [{"Name": "n", "Value": "007"}],
    } == one
    assert {"Namespace": "App", "MetricName": "other", "Dimensions": []} == pages[-1][0]


def test_large_requests_come_compressed(server: AwsServer, cloudwatch: Any) -> None:
    sent: list[str | None] = []
    cloudwatch.meta.events.register(
        "before-send.cloudwatch.PutMetricData",
        lambda request, **_: sent.append(_text(request.headers.get("Content-Encoding"))),
    )
    dimensions = [{"Name": f"dimension-{number}", "Value": "value" * 10} for number in range(5)]
    put(cloudwatch, *({"Value": 1.0, "Dimensions": dimensions} for _ in range(80)))
    told = cloudwatch.get_metric_statistics(**ONE_METRIC, Dimensions=dimensions, Statistics=["Sum"])

    assert ["gzip"] == sent
    assert [80.0] == [each["Sum"] for each in told["Datapoints"]]


def _text(header: Any) -> str | None:
    return header.decode() if isinstance(header, bytes) else header


def test_a_body_compressed_by_hand_is_read(server: AwsServer) -> None:
    body = gzip.compress(b'{"Namespace": "App", "MetricData": [{"MetricName": "m", "Value": 1.5}]}')
    answer = json_call(server.url, PUT, body, content_encoding="gzip")
    [point] = server.client("cloudwatch").get_metric_statistics(**ONE_METRIC, Statistics=["Sum"])[
        "Datapoints"
    ]

    assert (200, 1.5) == (answer.status_code, point["Sum"])


@pytest.mark.parametrize(
    ("operation", "parameters", "expected"),
    [
        (
            "put_metric_data",
            {"Namespace": "App"},
            ("MissingParameter", "At least one MetricDatum object must be present in the request."),
        ),
        (
            "put_metric_data",
            {"Namespace": "AWS/EC2", "MetricData": [{"MetricName": "m", "Value": 1}]},
            ("InvalidParameterValue", "The value AWS/ for parameter Namespace is invalid."),
        ),
        (
            "put_metric_data",
            {
                "Namespace": "App",
                "MetricData": [{"MetricName": "m", "Value": 1, "Timestamp": START - 15 * 1440 * MINUTE}],
            },
            (
                "InvalidParameterValue",
                "The parameter MetricData.member.1.Timestamp must specify a time within the past two weeks.",
            ),
        ),
        (
            "put_metric_data",
            {
                "Namespace": "App",
                "EntityMetricData": [{"MetricData": [{"MetricName": "m", "Value": 1}]}],
            },
            (
                "InvalidParameterCombination",
                "Field StrictEntityValidation is required when setting EntityMetricData",
            ),
        ),
        (
            "get_metric_statistics",
            {**ONE_METRIC, "Statistics": ["Median"]},
            (
                "InvalidParameterValue",
                "The parameter Statistics.member.1.<list element> must be a value in the set [SampleCount, "
                "Average, Sum, Minimum, Maximum].",
            ),
        ),
        (
            "get_metric_statistics",
            ONE_METRIC,
            ("InvalidParameterCombination", "Must specify either Statistics or ExtendedStatistics"),
        ),
        (
            "get_metric_data",
            {"MetricDataQueries": [{"Id": "a", "Expression": "1 + 1"}], **SPAN},
            ("ValidationError", "Error in expression 'a': it must give a time series to be returned"),
        ),
        (
            "get_metric_data",
            {"MetricDataQueries": [series()], "LabelOptions": {"Timezone": "CET"}, **SPAN},
            ("ValidationError", "The parameter LabelOptions.Timezone must be of the form +0130."),
        ),
        (
            "list_metrics",
            {"NextToken": "x"},
            ("InvalidParameterValue", "Request parameter NextToken is invalid"),
        ),
        (
            "list_metrics",
            {"IncludeLinkedAccounts": True},
            (
                "ValidationError",
                "Trailbell has one account and no linked ones: leave IncludeLinkedAccounts out.",
            ),
        ),
    ],
)
def test_an_operation_is_refused_with_the_code_and_text_of_aws(
    cloudwatch: Any, operation: str, parameters: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert expected == refused(getattr(cloudwatch, operation), **parameters)


def test_a_bad_token_of_series_is_refused_without_a_word(cloudwatch: Any) -> None:
    told = refused(cloudwatch.get_metric_data, MetricDataQueries=[series()], NextToken="x", **SPAN)

    assert ("InvalidNextToken", "") == told


def test_the_same_error_is_named_in_json_and_in_xml(server: AwsServer) -> None:
    in_json = json_call(server.url, PUT, b'{"Namespace": "App"}', x_amzn_query_mode="true")
    in_xml = query_call(server.url, "Action=PutMetricData&Version=2010-08-01&Namespace=App")
    told = msgspec.json.decode(in_json.content)

    assert (400, 400) == (in_json.status_code, in_xml.status_code)
    assert "com.amazon.coral.service#MissingRequiredParameterException" == told["__type"]
    assert "MissingParameter;Sender" == in_json.headers["x-amzn-query-error"]
    assert ("MissingParameter", "At least one MetricDatum object must be present in the request.") == (
        xml_error(in_xml)["Code"],
        xml_error(in_xml)["Message"],
    )


def test_only_three_hours_are_recent(cloudwatch: Any) -> None:
    assert ("InvalidParameterValue", "Request parameter recentlyActive value is invalid") == refused(
        cloudwatch.list_metrics, RecentlyActive="PT4H"
    )


def test_a_request_beyond_a_mebibyte_is_refused_whole(cloudwatch: Any) -> None:
    dimensions = [{"Name": "d", "Value": "x" * 1024}]
    many = [{"MetricName": f"m{number}", "Dimensions": dimensions, "Value": 1.0} for number in range(1000)]
    code, message = refused(cloudwatch.put_metric_data, Namespace="App", MetricData=many)

    assert "InvalidParameterValue" == code
    assert "takes at most 1048576" in message
    assert [] == cloudwatch.list_metrics()["Metrics"]
