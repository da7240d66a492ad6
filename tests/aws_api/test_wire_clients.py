"""Real AWS clients over every protocol they speak."""

import datetime
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from support.aws_clients import client
from support.aws_toys import CANNED_ALARM_NAME, HOSTILE_TEXT, Toys, serving
from trailbell._errors import RefusalKind, RequestRefusedError

PROTOCOLS = ["json", "query", "smithy-rpc-v2-cbor"]
NOON = datetime.datetime(2026, 9, 14, 12, tzinfo=datetime.UTC)
NOON_MS = 1789387200000


@pytest.fixture
def toys() -> Toys:
    return Toys()


@pytest.fixture
def url(toys: Toys) -> Iterator[str]:
    with serving(toys) as address:
        yield address


def refused(call: Any, **parameters: Any) -> dict[str, Any]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    response: dict[str, Any] = caught.value.response
    return response


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_answer_reads_the_same_in_every_protocol(url: str, protocol: str) -> None:
    answer = client("cloudwatch", url, protocol).describe_alarms(AlarmNames=["a", "b"])

    [alarm] = answer["MetricAlarms"]
    written = HOSTILE_TEXT
    if protocol == "query":
        written = written.replace("\x00", "\ufffd").replace("\x1b", "\ufffd").replace("\ufffe", "\ufffd")
    moment = datetime.datetime(2026, 9, 14, 5, 57, 47, 551000, tzinfo=datetime.UTC)
    assert [] == answer["CompositeAlarms"]
    assert {
        "AlarmName": CANNED_ALARM_NAME,
        "Threshold": 1.0,
        "Period": 300,
        "OKActions": [],
        "ActionsEnabled": True,
        "AlarmConfigurationUpdatedTimestamp": moment,
        "StateReason": written,
    } == alarm
    assert answer["ResponseMetadata"]["RequestId"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_request_reads_the_same_in_every_protocol(url: str, toys: Toys, protocol: str) -> None:
    datum = {
        "MetricName": "RootUsage",
        "Dimensions": [{"Name": "a", "Value": "ö & = +%"}],
        "Timestamp": NOON,
        "Values": [1.0, 2.5, -3e300],
        "Counts": [1.0, 2.0, 0.5],
        "StorageResolution": 1,
    }
    client("cloudwatch", url, protocol).put_metric_data(Namespace="CIS", MetricData=[datum])

    [read] = toys.last["MetricData"]
    assert {
        "MetricName": "RootUsage",
        "Dimensions": ({"Name": "a", "Value": "ö & = +%"},),
        "Timestamp": NOON_MS,
        "Values": (1.0, 2.5, -3e300),
        "Counts": (1.0, 2.0, 0.5),
        "StorageResolution": 1,
    } == read


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_order_of_long_lists_and_compressed_bodies_are_kept(url: str, toys: Toys, protocol: str) -> None:
    names = [f"metric-{number}" for number in range(300)]
    client("cloudwatch", url, protocol).put_metric_data(
        Namespace="CIS", MetricData=[{"MetricName": name, "Value": 1.0} for name in names]
    )

    assert names == [each["MetricName"] for each in toys.last["MetricData"]]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_empty_list_is_a_list(url: str, toys: Toys, protocol: str) -> None:
    client("cloudwatch", url, protocol).describe_alarms(AlarmNames=[])

    assert () == toys.last["AlarmNames"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    ("kind", "message", "code", "shape", "status"),
    [
        (RefusalKind.NOT_FOUND, "", "ResourceNotFound", "ResourceNotFound", 404),
        (RefusalKind.INVALID_FORMAT, "", "InvalidFormat", "InvalidFormatFault", 400),
        (RefusalKind.VALIDATION, "a <text>", "ValidationError", "ValidationException", 400),
        (RefusalKind.INVALID_COMBINATION, "x", "InvalidParameterCombination", None, 400),
        (RefusalKind.MISSING_PARAMETER, "x", "MissingParameter", "MissingRequiredParameterException", 400),
        (RefusalKind.ACCESS_DENIED, "x", "AccessDenied", "AccessDeniedException", 403),
    ],
)
def test_a_refusal_has_the_code_that_scripts_look_for(
    *,
    url: str,
    toys: Toys,
    protocol: str,
    kind: RefusalKind,
    message: str,
    code: str,
    shape: str | None,
    status: int,
) -> None:
    toys.failure = RequestRefusedError(kind, message)
    response = refused(
        client("cloudwatch", url, protocol).set_alarm_state, AlarmName="a", StateValue="OK", StateReason="x"
    )

    error = response["Error"]
    assert (code, "Sender", message) == (error["Code"], error["Type"], error.get("Message", ""))
    assert status == response["ResponseMetadata"]["HTTPStatusCode"]
    if protocol != "query" and shape is not None:
        assert shape == error["QueryErrorCode"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_error_of_the_program_says_nothing_of_itself(url: str, toys: Toys, protocol: str) -> None:
    toys.failure = ZeroDivisionError("a secret")
    response = refused(client("cloudwatch", url, protocol).delete_alarms, AlarmNames=["a"])

    assert 500 == response["ResponseMetadata"]["HTTPStatusCode"]
    assert ("InternalServiceError", "Receiver") == (response["Error"]["Code"], response["Error"]["Type"])
    assert "secret" not in str(response)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_operation_that_is_not_there_is_refused_once_and_for_all(url: str, protocol: str) -> None:
    response = refused(client("cloudwatch", url, protocol).list_metrics)

    assert 400 == response["ResponseMetadata"]["HTTPStatusCode"]
    assert "InvalidAction" == response["Error"]["Code"]
    assert (
        "Trailbell does not support the operation ListMetrics of cloudwatch." == response["Error"]["Message"]
    )


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_member_that_is_not_supported_is_refused_by_name(url: str, toys: Toys, protocol: str) -> None:
    response = refused(
        client("cloudwatch", url, protocol).put_metric_data,
        Namespace="x",
        MetricData=[{"MetricName": "a"}, {"MetricName": "b", "Unit": "Count"}],
    )

    assert [] == toys.calls
    assert "ValidationError" == response["Error"]["Code"]
    assert "MetricData.2.member.Unit of PutMetricData" in response["Error"]["Message"]


def test_logs_answers_without_output_and_keeps_its_own_status(url: str, toys: Toys) -> None:
    logs = client("logs", url)
    logs.create_log_group(logGroupName="trail", tags={"team": "sec"})
    created = toys.last
    toys.failure = RequestRefusedError(RefusalKind.NOT_FOUND, "The specified log group does not exist.")
    response = refused(logs.create_log_group, logGroupName="trail")

    assert {"logGroupName": "trail", "tags": {"team": "sec"}} == created
    assert 400 == response["ResponseMetadata"]["HTTPStatusCode"]
    assert {
        "Code": "ResourceNotFoundException",
        "Message": "The specified log group does not exist.",
    } == response["Error"]


def test_sns_maps_blobs_and_texts_arrive_whole(url: str, toys: Toys) -> None:
    sns = client("sns", url)
    sns.publish(
        TopicArn="t",
        Message="a & b = c +\n",
        Subject="ö",
        MessageAttributes={
            "k": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
            "x.y": {"DataType": "String", "StringValue": "v"},
        },
    )
    published = toys.last
    attributes = sns.get_topic_attributes(TopicArn="t")["Attributes"]

    assert {
        "TopicArn": "t",
        "Message": "a & b = c +\n",
        "Subject": "ö",
        "MessageAttributes": {
            "k": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
            "x.y": {"DataType": "String", "StringValue": "v"},
        },
    } == published
    assert ["DisplayName", "<"] == list(attributes)


def test_an_operation_learns_who_asked_how(url: str, toys: Toys) -> None:
    answer = client("sns", url).create_topic(Name="t1", Attributes={"DisplayName": "x"})

    [context] = toys.contexts
    assert answer["ResponseMetadata"]["RequestId"] == context.request_id
    assert (True, url) == (context.is_signed, context.base_url)
    assert {"Name": "t1", "Attributes": {"DisplayName": "x"}} == toys.last


@pytest.mark.client
def test_the_command_line_of_aws_reads_alarms(url: str, tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "not-a-secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    done = subprocess.run(
        [
            Path(sys.executable).with_name("aws"),
            "--endpoint-url",
            url,
            *("cloudwatch", "describe-alarms", "--output", "text", "--query", "MetricAlarms[].AlarmName"),
        ],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=False,
    )

    assert (0, CANNED_ALARM_NAME) == (done.returncode, done.stdout.strip()), done.stderr
