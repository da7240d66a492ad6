"""Every case of metric-filter publishing, through a running server and a real AWS client."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config  # type: ignore[import-untyped]
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from support.aws_raw import logs_call
from support.aws_server import AwsServer, aws_server
from support.clock import MINUTE_MS, ManualClock
from support.metric_filter_cases import CASES, Case, PutEvent, PutFilter, Row, comparable

pytestmark = pytest.mark.client

_STATISTICS = ["SampleCount", "Sum", "Minimum", "Maximum"]


def _put(logs: Any, events: list[PutEvent]) -> None:
    if not events:
        return
    ordered = sorted(events, key=lambda each: each.timestamp_ms)
    answer = logs.put_log_events(
        logGroupName="g",
        logStreamName="s",
        logEvents=[{"timestamp": each.timestamp_ms, "message": each.message} for each in ordered],
    )
    assert "rejectedLogEventsInfo" not in answer


def _parameters(name: str, given: PutFilter) -> dict[str, Any]:
    parameters = {
        "logGroupName": "g",
        "filterName": name,
        "filterPattern": given.filter_pattern,
        "metricTransformations": given.metric_transformations,
        "emitSystemFieldDimensions": given.emit_system_field_dimensions,
    }
    return {key: value for key, value in parameters.items() if value or key == "metricTransformations"}


def _can_be_sent(given: PutFilter) -> bool:
    """Says whether the client can write the filter down: it has no null and no text where a number stands."""
    return all(isinstance(each.get("defaultValue", 0), int | float) for each in given.metric_transformations)


def _put_by_hand(url: str, parameters: dict[str, Any]) -> dict[str, str]:
    answer = logs_call(url, "PutMetricFilter", json.dumps(parameters).encode())
    if answer.status_code == 200:
        return {}
    error = answer.json()
    return {"Code": error["__type"].rpartition("#")[2], "Message": error.get("message") or error["Message"]}


def _at(instant_ms: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(instant_ms / 1000, datetime.UTC)


def _published(server: AwsServer, case: Case) -> list[Row]:
    cloudwatch = server.client("cloudwatch")
    rows = []
    for metric in cloudwatch.get_paginator("list_metrics").paginate().search("Metrics[]"):
        found = cloudwatch.get_metric_statistics(
            Namespace=metric["Namespace"],
            MetricName=metric["MetricName"],
            Dimensions=metric["Dimensions"],
            StartTime=_at(case.clock_ms - 600 * MINUTE_MS),
            EndTime=_at(case.clock_ms + 600 * MINUTE_MS),
            Period=60,
            Statistics=_STATISTICS,
        )
        rows += [
            Row(
                metric["Namespace"],
                metric["MetricName"],
                {each["Name"]: each["Value"] for each in metric["Dimensions"]},
                point["Unit"],
                round(point["Timestamp"].timestamp() * 1000),
                *(point[name] for name in _STATISTICS),
            )
            for point in found["Datapoints"]
        ]
    return rows


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in CASES])
def test_what_is_published_is_what_the_case_says(case: Case, tmp_path: Path) -> None:
    settings = {"account_id": case.account, "region": case.region}
    with aws_server(tmp_path, ManualClock(case.clock_ms), **settings) as server:
        logs = server.client("logs", config=Config(parameter_validation=False))
        logs.create_log_group(logGroupName="g")
        logs.create_log_stream(logGroupName="g", logStreamName="s")
        _put(logs, [each for each in case.events if each.before_filters])
        named = case.named_filters()
        refusal: dict[str, str] = {}
        for number, (name, given) in enumerate(named):
            parameters = _parameters(name, given)
            try:
                if _can_be_sent(given):
                    logs.put_metric_filter(**parameters)
                else:
                    refusal = _put_by_hand(server.url, parameters)
            except ClientError as error:
                refusal = error.response["Error"]
            assert not refusal or len(named) - 1 == number
        for batch in case.batches:
            _put(logs, batch)

        expected = "" if case.expect_error is None else case.expect_error.code
        assert expected == refusal.get("Code", ""), case.why
        assert case.expect_error is None or case.expect_error.message in refusal["Message"]
        assert comparable(case.expect or []) == comparable(_published(server, case)), case.why
