"""Putting, reading and searching log events through a real AWS client."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from support.aws_server import AwsServer, aws_server
from support.clock import MINUTE_MS, START_MS, ManualClock

pytestmark = pytest.mark.client

HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
AT = {"logGroupName": "g", "logStreamName": "s"}
MISSING_GROUP = ("ResourceNotFoundException", "The specified log group does not exist.")
MISSING_STREAM = ("ResourceNotFoundException", "The specified log stream does not exist.")
BAD_TOKEN = ("InvalidParameterException", "The specified nextToken is invalid.")
MEGABYTE = 1_048_576


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AwsServer]:
    with aws_server(tmp_path, ManualClock()) as running:
        yield running


@pytest.fixture
def logs(server: AwsServer) -> Any:
    made = server.client("logs")
    made.create_log_group(logGroupName="g")
    made.create_log_stream(**AT)
    return made


def refused(call: Any, **parameters: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def events(*instants: int, message: str = "x") -> list[dict[str, Any]]:
    return [{"timestamp": START_MS + each, "message": message} for each in instants]


def messages(found: dict[str, Any]) -> list[str]:
    return [each["message"] for each in found["events"]]


def test_what_was_put_is_read_back_as_it_was(logs: Any) -> None:
    written = ['{"a": "\\u00e9"}', "plain ünïcode \U0001f600", "two\nlines", " "]
    put = [{"timestamp": START_MS + index, "message": each} for index, each in enumerate(written)]
    answer = logs.put_log_events(**AT, logEvents=put, sequenceToken="ignored")
    found = logs.get_log_events(**AT)

    assert answer["nextSequenceToken"]
    assert "rejectedLogEventsInfo" not in answer
    assert [{**each, "ingestionTime": START_MS} for each in put] == found["events"]


def test_the_bytes_of_a_group_count_messages_and_26_each(logs: Any) -> None:
    logs.put_log_events(**AT, logEvents=events(0, 1, message="é"))

    assert 2 * (2 + 26) == logs.describe_log_groups()["logGroups"][0]["storedBytes"]


@pytest.mark.parametrize(
    ("put", "expected"),
    [
        ({"logGroupName": "no"}, MISSING_GROUP),
        ({"logStreamName": "no"}, MISSING_STREAM),
        (
            {"logEvents": events(1, 0)},
            (
                "InvalidParameterException",
                "Log events in a single PutLogEvents request must be in chronological order.",
            ),
        ),
        (
            {"logEvents": events(-DAY_MS, 1)},
            (
                "InvalidParameterException",
                "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
            ),
        ),
        (
            {"logEvents": events(0, 0, message="x" * (MEGABYTE // 2 - 25))},
            (
                "InvalidParameterException",
                f"Upload too large: {MEGABYTE + 2} bytes exceeds limit of {MEGABYTE}",
            ),
        ),
        (
            {"logEvents": events(0, message="x" * MEGABYTE)},
            (
                "InvalidParameterException",
                f"Log event too large: {MEGABYTE + 26} bytes exceeds limit of {MEGABYTE}",
            ),
        ),
        ({"logEvents": events(*range(10_001))}, ("InvalidParameterException", None)),
        ({"logStreamName": "a:b"}, ("InvalidParameterException", None)),
    ],
)
def test_a_call_that_breaks_a_rule_is_refused_whole(
    logs: Any, put: dict[str, Any], expected: tuple[str, str | None]
) -> None:
    found = refused(logs.put_log_events, **{**AT, "logEvents": events(0), **put})

    assert (expected[0], expected[1] or found[1]) == found
    assert [] == logs.filter_log_events(logGroupName="g")["events"]


@pytest.mark.parametrize(
    ("changes", "code", "text"),
    [
        ({"logEvents": []}, "InvalidParameterException", "at 'logEvents' failed to satisfy constraint"),
        ({"logEvents": events(0, message="")}, "InvalidParameterException", "greater than or equal to 1"),
        ({"logEvents": [{"timestamp": -1, "message": "x"}]}, "InvalidParameterException", "timestamp"),
        ({"logEvents": [{"timestamp": "x", "message": "x"}]}, "SerializationException", "Long"),
        ({"logStreamName": None}, "InvalidParameterException", "Member must not be null"),
    ],
)
def test_what_clients_check_by_themselves_is_checked_by_the_server_too(
    server: AwsServer, logs: Any, changes: dict[str, Any], code: str, text: str
) -> None:
    body = json.dumps({**AT, "logEvents": events(0), **changes}).encode()
    scope = "AKIDEXAMPLE/20260914/us-east-1/logs/aws4_request"
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "Logs_20140328.PutLogEvents",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
    }
    error = httpx2.post(f"{server.url}/", content=body, headers=headers, trust_env=False).json()

    assert code == error["__type"]
    assert text in error["message"]


@pytest.mark.parametrize(
    ("size", "instants"), [(MEGABYTE - 26, (0,)), (MEGABYTE // 2 - 26, (0, 0)), (1, range(10_000))]
)
def test_a_call_at_its_limit_is_taken(logs: Any, size: int, instants: tuple[int, ...]) -> None:
    logs.put_log_events(**AT, logEvents=events(*instants, message="x" * size))

    assert (size + 26) * len(instants) == logs.describe_log_groups()["logGroups"][0]["storedBytes"]


@pytest.mark.parametrize(
    ("days", "instants", "kept", "rejected"),
    [
        (None, (-14 * DAY_MS,), 1, None),
        (None, (-14 * DAY_MS - 1,), 0, {"tooOldLogEventEndIndex": 1}),
        (None, (-15 * DAY_MS, -14 * DAY_MS - 1, -1, 0), 2, {"tooOldLogEventEndIndex": 2}),
        (None, (2 * HOUR_MS,), 1, None),
        (None, (0, 2 * HOUR_MS + 1, 3 * HOUR_MS), 1, {"tooNewLogEventStartIndex": 1}),
        (1, (-DAY_MS - 1, -DAY_MS), 1, {"expiredLogEventEndIndex": 1}),
        (
            1,
            (-15 * DAY_MS, -2 * DAY_MS, 0, 4 * HOUR_MS),
            1,
            {"tooOldLogEventEndIndex": 1, "expiredLogEventEndIndex": 2, "tooNewLogEventStartIndex": 3},
        ),
    ],
)
def test_events_out_of_their_time_are_left_out_and_said(
    logs: Any, days: int | None, instants: tuple[int, ...], kept: int, rejected: dict[str, int] | None
) -> None:
    if days is not None:
        logs.put_retention_policy(logGroupName="g", retentionInDays=days)
    answer = logs.put_log_events(**AT, logEvents=events(*instants))

    assert rejected == answer.get("rejectedLogEventsInfo")
    assert answer["nextSequenceToken"]
    assert kept == len(logs.filter_log_events(logGroupName="g")["events"])


def test_an_entity_is_refused_by_itself_and_the_events_are_kept(logs: Any) -> None:
    entity = {"keyAttributes": {"Type": "Service", "Name": "web"}}
    answer = logs.put_log_events(**AT, logEvents=events(0), entity=entity)

    assert {"errorType": "UnsupportedLogGroupType"} == answer["rejectedEntityInfo"]
    assert ["x"] == messages(logs.get_log_events(**AT))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [0, 1, 2, 3]),
        ({"startTime": START_MS + 1}, [1, 2, 3]),
        ({"endTime": START_MS + 2}, [0, 1]),
        ({"limit": 2}, [2, 3]),
        ({"limit": 2, "startFromHead": True}, [0, 1]),
        ({"startTime": START_MS + 9}, []),
    ],
)
def test_a_stream_is_read_from_its_newest_page_unless_told_otherwise(
    logs: Any, asked: dict[str, Any], expected: list[int]
) -> None:
    for at in (2, 0, 1, 3):
        logs.put_log_events(**AT, logEvents=events(at))
    found = logs.get_log_events(**AT, **asked)

    assert expected == [each["timestamp"] - START_MS for each in found["events"]]
    assert found["nextForwardToken"]
    assert found["nextBackwardToken"]


def test_at_an_end_the_token_passed_in_comes_back(logs: Any) -> None:
    logs.put_log_events(**AT, logEvents=events(0, 1, 2))
    newest = logs.get_log_events(**AT, limit=2)
    end = logs.get_log_events(**AT, nextToken=newest["nextForwardToken"])
    older = logs.get_log_events(**AT, limit=2, nextToken=newest["nextBackwardToken"])
    oldest = logs.get_log_events(**AT, nextToken=older["nextBackwardToken"])
    logs.put_log_events(**AT, logEvents=events(3))
    later = logs.get_log_events(**AT, nextToken=end["nextForwardToken"])

    assert ([], newest["nextForwardToken"]) == (end["events"], end["nextForwardToken"])
    assert [START_MS] == [each["timestamp"] for each in older["events"]]
    assert ([], older["nextBackwardToken"]) == (oldest["events"], oldest["nextBackwardToken"])
    assert [START_MS + 3] == [each["timestamp"] for each in later["events"]]


@pytest.mark.parametrize(
    ("operation", "parameters", "expected"),
    [
        ("get_log_events", {**AT, "logGroupName": "no"}, MISSING_GROUP),
        ("get_log_events", {**AT, "logStreamName": "no"}, MISSING_STREAM),
        ("get_log_events", {**AT, "nextToken": "f/made-up"}, BAD_TOKEN),
        ("get_log_events", {**AT, "nextToken": "x"}, BAD_TOKEN),
        ("get_log_events", {**AT, "limit": 10_001}, ("InvalidParameterException", None)),
        ("filter_log_events", {"logGroupName": "no"}, MISSING_GROUP),
        ("filter_log_events", {"logGroupName": "g", "logStreamNames": ["no"]}, MISSING_STREAM),
        ("filter_log_events", {"logGroupName": "g", "nextToken": "x"}, BAD_TOKEN),
        (
            "filter_log_events",
            {"logGroupName": "g", "logStreamNames": ["s"], "logStreamNamePrefix": "s"},
            ("InvalidParameterException", None),
        ),
        (
            "filter_log_events",
            {"logGroupName": "g", "filterPattern": "{ $.a = }"},
            ("InvalidParameterException", None),
        ),
        (
            "filter_log_events",
            {"logGroupName": "g", "startFromHead": False},
            ("InvalidParameterException", None),
        ),
    ],
)
def test_what_cannot_be_read_is_refused(
    logs: Any, operation: str, parameters: dict[str, Any], expected: tuple[str, str | None]
) -> None:
    found = refused(getattr(logs, operation), **parameters)

    assert (expected[0], expected[1] or found[1]) == found


def test_a_token_of_another_operation_is_refused(logs: Any) -> None:
    logs.put_log_events(**AT, logEvents=events(0))
    token = logs.get_log_events(**AT)["nextForwardToken"]

    assert BAD_TOKEN == refused(logs.filter_log_events, logGroupName="g", nextToken=token.removeprefix("f/"))


def test_a_search_goes_through_all_streams_by_time_and_then_as_ingested(logs: Any) -> None:
    logs.create_log_stream(logGroupName="g", logStreamName="t")
    for stream, written in (("s", "third"), ("t", "fourth")):
        logs.put_log_events(logGroupName="g", logStreamName=stream, logEvents=events(5, message=written))
    logs.put_log_events(logGroupName="g", logStreamName="t", logEvents=events(1, message="first"))
    logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=events(2, message="second"))
    pages = list(
        logs.get_paginator("filter_log_events").paginate(logGroupName="g", PaginationConfig={"PageSize": 1})
    )
    found = [each for page in pages for each in page["events"]]

    assert ["first", "second", "third", "fourth"] == [each["message"] for each in found]
    assert ["t", "s", "s", "t"] == [each["logStreamName"] for each in found]
    assert 4 == len({each["eventId"] for each in found})
    assert all([] == page["searchedLogStreams"] for page in pages)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["a0", "b1", "a2"]),
        ({"logStreamNames": ["b"]}, ["b1"]),
        ({"logStreamNamePrefix": "a"}, ["a0", "a2"]),
        ({"startTime": START_MS + 1, "endTime": START_MS + 1}, ["b1"]),
        ({"endTime": START_MS + 1}, ["a0", "b1"]),
        ({"filterPattern": '{ $.name = "a*" }'}, ["a0", "a2"]),
        ({"filterPattern": " "}, ["a0", "b1", "a2"]),
        ({"interleaved": False}, ["a0", "b1", "a2"]),
    ],
)
def test_a_search_finds_what_is_asked(logs: Any, asked: dict[str, Any], expected: list[str]) -> None:
    for at, stream in enumerate(("a", "b", "a")):
        if at < 2:
            logs.create_log_stream(logGroupName="g", logStreamName=stream)
        message = json.dumps({"name": f"{stream}{at}"})
        logs.put_log_events(logGroupName="g", logStreamName=stream, logEvents=events(at, message=message))
    found = logs.filter_log_events(logGroupName="g", **asked)

    assert expected == [json.loads(each)["name"] for each in messages(found)]
    assert "nextToken" not in found


def test_a_page_of_a_search_is_at_most_one_megabyte(logs: Any) -> None:
    for at in range(3):
        logs.put_log_events(**AT, logEvents=events(at, message="x" * 600_000))
    pages = list(logs.get_paginator("filter_log_events").paginate(logGroupName="g"))

    assert [1, 1, 1] == [len(each["events"]) for each in pages if each["events"]]


def test_expired_events_are_not_returned(server: AwsServer, logs: Any) -> None:
    assert isinstance(server.clock, ManualClock)
    logs.put_retention_policy(logGroupName="g", retentionInDays=1)
    logs.put_log_events(**AT, logEvents=events(-MINUTE_MS, 0))
    server.clock.turn(minutes=24 * 60)

    assert [START_MS] == [each["timestamp"] for each in logs.get_log_events(**AT)["events"]]
    assert [START_MS] == [each["timestamp"] for each in logs.filter_log_events(logGroupName="g")["events"]]
