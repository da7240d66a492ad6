"""Log groups, their streams and their tags, through a real AWS client."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from support.aws_server import AwsServer, aws_server
from support.clock import START_MS, ManualClock

pytestmark = pytest.mark.client

ARN = "arn:aws:logs:us-east-1:000000000000:log-group:"
MISSING_GROUP = "The specified log group does not exist."
MISSING_STREAM = "The specified log stream does not exist."


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AwsServer]:
    with aws_server(tmp_path, ManualClock()) as running:
        yield running


@pytest.fixture
def logs(server: AwsServer) -> Any:
    return server.client("logs")


def refused(call: Any, **parameters: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def names(found: list[dict[str, Any]], member: str = "logGroupName") -> list[str]:
    return [each[member] for each in found]


def test_a_log_group_is_described_with_all_that_aws_says_of_it(logs: Any) -> None:
    logs.create_log_group(logGroupName="trail/logs")
    logs.put_retention_policy(logGroupName="trail/logs", retentionInDays=90)
    [group] = logs.describe_log_groups()["logGroups"]

    assert {
        "logGroupName": "trail/logs",
        "arn": f"{ARN}trail/logs:*",
        "logGroupArn": f"{ARN}trail/logs",
        "creationTime": START_MS,
        "metricFilterCount": 0,
        "storedBytes": 0,
        "retentionInDays": 90,
        "logGroupClass": "STANDARD",
        "deletionProtectionEnabled": False,
    } == group


def test_a_retention_that_was_never_set_or_is_deleted_is_not_described(logs: Any) -> None:
    logs.create_log_group(logGroupName="g")
    logs.put_retention_policy(logGroupName="g", retentionInDays=1)
    logs.delete_retention_policy(logGroupName="g")

    assert "retentionInDays" not in logs.describe_log_groups()["logGroups"][0]


def test_log_groups_are_listed_in_ascii_order_page_by_page(logs: Any) -> None:
    for name in ("b", "B", "a1", "_", "a/2"):
        logs.create_log_group(logGroupName=name)
    pages = list(logs.get_paginator("describe_log_groups").paginate(PaginationConfig={"PageSize": 2}))

    assert [["B", "_"], ["a/2", "a1"], ["b"]] == [names(each["logGroups"]) for each in pages]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"logGroupNamePrefix": "app"}, ["app-1", "app/2"]),
        ({"logGroupNamePattern": "pp"}, ["app-1", "app/2"]),
        ({"logGroupNamePattern": "PP"}, ["APP"]),
        ({"logGroupClass": "INFREQUENT_ACCESS"}, ["rare"]),
        ({"logGroupIdentifiers": ["rare", f"{ARN}APP"]}, ["APP", "rare"]),
    ],
)
def test_log_groups_are_found_by_what_is_asked(logs: Any, asked: dict[str, Any], found: list[str]) -> None:
    for name in ("app-1", "app/2", "APP"):
        logs.create_log_group(logGroupName=name)
    logs.create_log_group(logGroupName="rare", logGroupClass="INFREQUENT_ACCESS")

    assert found == names(logs.describe_log_groups(**asked)["logGroups"])


def test_a_search_by_pattern_leaves_out_what_aws_leaves_out(logs: Any) -> None:
    logs.create_log_group(logGroupName="g")
    [group] = logs.describe_log_groups(logGroupNamePattern="g")["logGroups"]

    assert {"storedBytes", "deletionProtectionEnabled"}.isdisjoint(group)


@pytest.mark.parametrize(
    ("operation", "parameters", "code", "message"),
    [
        ("delete_log_group", {"logGroupName": "no"}, "ResourceNotFoundException", MISSING_GROUP),
        (
            "create_log_group",
            {"logGroupName": "g"},
            "ResourceAlreadyExistsException",
            "The specified log group already exists",
        ),
        ("create_log_group", {"logGroupName": "aws/x"}, "InvalidParameterException", None),
        ("create_log_group", {"logGroupName": "h", "kmsKeyId": "k"}, "InvalidParameterException", None),
        (
            "create_log_group",
            {"logGroupName": "h", "tags": {"aws:x": "1"}},
            "InvalidParameterException",
            None,
        ),
        (
            "create_log_group",
            {"logGroupName": "h" * 513},
            "InvalidParameterException",
            "Invalid LogGroup or LogStream, both must have length less than or equal to 512.",
        ),
        (
            "put_retention_policy",
            {"logGroupName": "no", "retentionInDays": 7},
            "ResourceNotFoundException",
            MISSING_GROUP,
        ),
        (
            "put_retention_policy",
            {"logGroupName": "g", "retentionInDays": 8},
            "InvalidParameterException",
            None,
        ),
        ("delete_retention_policy", {"logGroupName": "no"}, "ResourceNotFoundException", MISSING_GROUP),
        (
            "put_log_group_deletion_protection",
            {"logGroupIdentifier": "no", "deletionProtectionEnabled": True},
            "ResourceNotFoundException",
            MISSING_GROUP,
        ),
        (
            "describe_log_groups",
            {"logGroupNamePrefix": "a", "logGroupNamePattern": "b"},
            "InvalidParameterException",
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
        ),
        (
            "describe_log_groups",
            {"nextToken": "made-up"},
            "InvalidParameterException",
            "The specified nextToken is invalid.",
        ),
        ("describe_log_groups", {"includeLinkedAccounts": True}, "InvalidParameterException", None),
        ("describe_log_groups", {"accountIdentifiers": ["0" * 12]}, "InvalidParameterException", None),
        (
            "create_log_stream",
            {"logGroupName": "no", "logStreamName": "s"},
            "ResourceNotFoundException",
            MISSING_GROUP,
        ),
        (
            "create_log_stream",
            {"logGroupName": "g", "logStreamName": "s"},
            "ResourceAlreadyExistsException",
            "The specified log stream already exists",
        ),
        (
            "delete_log_stream",
            {"logGroupName": "no", "logStreamName": "s"},
            "ResourceNotFoundException",
            MISSING_GROUP,
        ),
        (
            "delete_log_stream",
            {"logGroupName": "g", "logStreamName": "no"},
            "ResourceNotFoundException",
            MISSING_STREAM,
        ),
        ("describe_log_streams", {"logGroupName": "no"}, "ResourceNotFoundException", MISSING_GROUP),
        ("describe_log_streams", {}, "ValidationException", None),
        (
            "describe_log_streams",
            {"logGroupName": "g", "logGroupIdentifier": "g"},
            "ValidationException",
            "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
        ),
        ("describe_log_streams", {"logGroupIdentifier": f"{ARN}g:*"}, "InvalidParameterException", None),
        (
            "describe_log_streams",
            {"logGroupIdentifier": "arn:aws:logs:us-east-1:111122223333:log-group:g"},
            "ResourceNotFoundException",
            MISSING_GROUP,
        ),
        (
            "describe_log_streams",
            {"logGroupName": "g", "orderBy": "LastEventTime", "logStreamNamePrefix": "s"},
            "InvalidParameterException",
            "Cannot order by LastEventTime with a logStreamNamePrefix.",
        ),
        (
            "describe_log_streams",
            {"logGroupName": "g", "nextToken": "x"},
            "InvalidParameterException",
            "The specified nextToken is invalid.",
        ),
        (
            "tag_resource",
            {"resourceArn": f"{ARN}no", "tags": {"a": "b"}},
            "ResourceNotFoundException",
            MISSING_GROUP,
        ),
        (
            "tag_resource",
            {"resourceArn": f"{ARN}g", "tags": {f"k{number}": "" for number in range(50)}},
            "TooManyTagsException",
            None,
        ),
        (
            "untag_resource",
            {"resourceArn": f"{ARN}no", "tagKeys": ["a"]},
            "ResourceNotFoundException",
            MISSING_GROUP,
        ),
        ("list_tags_for_resource", {"resourceArn": f"{ARN}no"}, "ResourceNotFoundException", MISSING_GROUP),
        ("list_tags_for_resource", {"resourceArn": "g"}, "InvalidParameterException", None),
        (
            "tag_log_group",
            {"logGroupName": "no", "tags": {"a": "b"}},
            "ResourceNotFoundException",
            MISSING_GROUP,
        ),
        (
            "untag_log_group",
            {"logGroupName": "no", "tags": ["a"]},
            "ResourceNotFoundException",
            MISSING_GROUP,
        ),
        ("list_tags_log_group", {"logGroupName": "no"}, "ResourceNotFoundException", MISSING_GROUP),
    ],
)
def test_what_aws_refuses_is_refused_with_its_code_and_text(
    logs: Any, operation: str, parameters: dict[str, Any], code: str, message: str | None
) -> None:
    logs.create_log_group(logGroupName="g", tags={"one": "1"})
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    found = refused(getattr(logs, operation), **parameters)

    assert (code, found[1] if message is None else message) == found


def test_a_protected_group_is_deleted_only_once_it_is_protected_no_longer(logs: Any) -> None:
    logs.create_log_group(logGroupName="g", deletionProtectionEnabled=True)
    code, _ = refused(logs.delete_log_group, logGroupName="g")
    logs.put_log_group_deletion_protection(logGroupIdentifier=f"{ARN}g", deletionProtectionEnabled=False)
    logs.delete_log_group(logGroupName="g")

    assert "ValidationException" == code
    assert [] == logs.describe_log_groups()["logGroups"]


def test_a_group_made_again_holds_nothing_of_the_one_deleted(server: AwsServer, logs: Any) -> None:
    logs.create_log_group(logGroupName="g", tags={"a": "1"})
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    logs.put_log_events(
        logGroupName="g", logStreamName="s", logEvents=[{"timestamp": START_MS, "message": "x"}]
    )
    logs.put_metric_filter(
        logGroupName="g",
        filterName="f",
        filterPattern="",
        metricTransformations=[{"metricName": "m", "metricNamespace": "n", "metricValue": "1"}],
    )
    logs.delete_log_group(logGroupName="g")
    logs.create_log_group(logGroupName="g")

    assert [] == logs.describe_log_streams(logGroupName="g")["logStreams"]
    assert [] == logs.filter_log_events(logGroupName="g")["events"]
    assert [] == logs.describe_metric_filters(logGroupName="g")["metricFilters"]
    assert {} == logs.list_tags_log_group(logGroupName="g")["tags"]
    assert 0 == logs.describe_log_groups()["logGroups"][0]["storedBytes"]


def test_the_group_that_a_source_feeds_cannot_be_deleted(tmp_path: Path) -> None:
    source = tmp_path / "logs"
    source.mkdir()
    with aws_server(tmp_path, ManualClock(), source=(str(source),)) as running:
        code, message = refused(running.client("logs").delete_log_group, logGroupName="CloudTrail/logs")

    assert "InvalidParameterException" == code
    assert "sources" in message


def test_streams_are_listed_by_name_or_by_their_last_event(logs: Any) -> None:
    logs.create_log_group(logGroupName="g")
    for name, age in (("b", 30), ("a", 20), ("c", 10), ("empty", None)):
        logs.create_log_stream(logGroupName="g", logStreamName=name)
        if age is not None:
            event = {"timestamp": START_MS - age, "message": "x"}
            logs.put_log_events(logGroupName="g", logStreamName=name, logEvents=[event])

    def listed(**asked: Any) -> list[list[str]]:
        pages = logs.get_paginator("describe_log_streams").paginate(
            logGroupName="g", PaginationConfig={"PageSize": 3}, **asked
        )
        return [names(each["logStreams"], "logStreamName") for each in pages]

    assert [["a", "b", "c"], ["empty"]] == listed()
    assert [["empty", "c", "b"], ["a"]] == listed(descending=True)
    assert [["empty", "b", "a"], ["c"]] == listed(orderBy="LastEventTime")
    assert [["c", "a", "b"], ["empty"]] == listed(orderBy="LastEventTime", descending=True)
    assert [["empty"]] == listed(logStreamNamePrefix="emp")


def test_a_stream_is_described_with_the_times_of_its_events(server: AwsServer, logs: Any) -> None:
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    before = logs.describe_log_streams(logGroupIdentifier=f"{ARN}g")["logStreams"][0]
    events = [{"timestamp": START_MS + at, "message": "x"} for at in (-5, 0, 7)]
    logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=events)
    after = logs.describe_log_streams(logGroupName="g")["logStreams"][0]

    named = {
        "logStreamName": "s",
        "arn": f"{ARN}g:log-stream:s",
        "creationTime": START_MS,
        "storedBytes": 0,
    }
    assert named == before
    assert after.pop("uploadSequenceToken")
    assert {
        **named,
        "firstEventTimestamp": START_MS - 5,
        "lastEventTimestamp": START_MS + 7,
        "lastIngestionTime": START_MS,
    } == after


def test_deleting_a_stream_deletes_its_events_and_frees_their_bytes(logs: Any) -> None:
    logs.create_log_group(logGroupName="g")
    for name in ("s", "t"):
        logs.create_log_stream(logGroupName="g", logStreamName=name)
        event = {"timestamp": START_MS, "message": name}
        logs.put_log_events(logGroupName="g", logStreamName=name, logEvents=[event])
    logs.delete_log_stream(logGroupName="g", logStreamName="s")

    assert ["t"] == names(logs.filter_log_events(logGroupName="g")["events"], "message")
    assert 27 == logs.describe_log_groups()["logGroups"][0]["storedBytes"]


def test_both_forms_of_tagging_share_one_set_of_tags(logs: Any) -> None:
    logs.create_log_group(logGroupName="g", tags={"a": "1", "b": "2"})
    logs.tag_log_group(logGroupName="g", tags={"b": "3"})
    logs.tag_resource(resourceArn=f"{ARN}g", tags={"c": ""})
    logs.untag_log_group(logGroupName="g", tags=["a", "none"])
    first = logs.list_tags_for_resource(resourceArn=f"{ARN}g")["tags"]
    logs.untag_resource(resourceArn=f"{ARN}g", tagKeys=["b"])

    assert {"b": "3", "c": ""} == first
    assert {"c": ""} == logs.list_tags_log_group(logGroupName="g")["tags"]
