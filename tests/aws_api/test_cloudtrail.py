"""CloudTrail through a real AWS client: the sources are its trails."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from support.aws_server import AwsServer, aws_server
from support.clock import START_MS, ManualClock
from support.records import denial, write_log

pytestmark = pytest.mark.client

ARN = "arn:aws:cloudtrail:us-east-1:000000000000:trail/"
LONG = "l" * 99 + ".more"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsServer]:
    folder = tmp_path_factory.mktemp("server")
    sources = [
        folder / "one" / "logs",
        folder / "two" / "logs",
        folder / "My trail",
        folder / LONG,
        folder / "x",
    ]
    for each in sources:
        each.mkdir(parents=True)
    with aws_server(folder, ManualClock(), source=tuple(map(str, sources)), controls=("none",)) as running:
        write_log(sources[2] / "one.json.gz", [denial()])
        running.chain.take_all()
        yield running


@pytest.fixture(scope="module")
def cloudtrail(server: AwsServer) -> Any:
    return server.client("cloudtrail")


def refused(call: Any, **parameters: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def names(trails: list[dict[str, Any]]) -> list[str]:
    return [each["Name"] for each in trails]


def test_every_source_is_a_trail_with_a_name_of_its_own(cloudtrail: Any) -> None:
    listed = cloudtrail.list_trails()["Trails"]

    assert ["My-trail", "l" * 99, "logs", "logs-2", "source-5"] == names(listed)
    assert [f"{ARN}{name}" for name in names(listed)] == [each["TrailARN"] for each in listed]
    assert {"us-east-1"} == {each["HomeRegion"] for each in listed}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, 5),
        ({"trailNameList": []}, 5),
        ({"trailNameList": ["My-trail"]}, 1),
        ({"trailNameList": [f"{ARN}My-trail", "logs", "not-there"]}, 2),
        ({"trailNameList": ["not-there"]}, 0),
        ({"includeShadowTrails": False}, 5),
    ],
)
def test_the_trails_asked_for_are_described(cloudtrail: Any, asked: dict[str, Any], expected: int) -> None:
    assert expected == len(cloudtrail.describe_trails(**asked)["trailList"])


@pytest.mark.parametrize("name", ["My-trail", f"{ARN}My-trail"])
def test_a_trail_is_described_by_name_and_arn(cloudtrail: Any, name: str) -> None:
    assert {
        "Name": "My-trail",
        "TrailARN": f"{ARN}My-trail",
        "HomeRegion": "us-east-1",
        "IncludeGlobalServiceEvents": True,
        "IsMultiRegionTrail": True,
        "IsOrganizationTrail": False,
        "LogFileValidationEnabled": False,
        "HasCustomEventSelectors": False,
        "HasInsightSelectors": False,
        "CloudWatchLogsLogGroupArn": "arn:aws:logs:us-east-1:000000000000:log-group:CloudTrail/logs:*",
    } == cloudtrail.get_trail(Name=name)["Trail"]


def test_the_status_says_when_files_came_last(cloudtrail: Any) -> None:
    started = datetime.datetime.fromtimestamp(START_MS / 1000, datetime.UTC)
    read = cloudtrail.get_trail_status(Name="My-trail")
    unread = cloudtrail.get_trail_status(Name="logs")

    assert read["IsLogging"] is unread["IsLogging"] is True
    assert started == read["LatestDeliveryTime"] == read["LatestCloudWatchLogsDeliveryTime"]
    assert started == unread["StartLoggingTime"]
    assert "LatestDeliveryTime" not in unread


def test_all_events_are_let_through(cloudtrail: Any) -> None:
    answer = cloudtrail.get_event_selectors(TrailName="logs")

    assert f"{ARN}logs" == answer["TrailARN"]
    assert [
        {
            "ReadWriteType": "All",
            "IncludeManagementEvents": True,
            "DataResources": [],
            "ExcludeManagementEventSources": [],
        }
    ] == answer["EventSelectors"]


@pytest.mark.parametrize(
    ("call", "member"),
    [("get_trail", "Name"), ("get_trail_status", "Name"), ("get_event_selectors", "TrailName")],
)
def test_an_unknown_trail_is_not_found(cloudtrail: Any, call: str, member: str) -> None:
    expected = (
        "TrailNotFoundException",
        f"Unknown trail: {ARN}not-there for the user: 000000000000 in us-east-1",
    )

    assert expected == refused(getattr(cloudtrail, call), **{member: "not-there"})
    assert expected == refused(getattr(cloudtrail, call), **{member: f"{ARN}not-there"})


@pytest.mark.parametrize("name", ["ab", "a" * 129, "-abc", "abc-", "a..b", "a b", "ä-b-c"])
def test_what_is_no_name_is_refused(cloudtrail: Any, name: str) -> None:
    code, message = refused(cloudtrail.get_trail, Name=name)

    assert code in {"InvalidParameterException", "InvalidTrailNameException"}
    assert message.startswith("Trail name ")


@pytest.mark.parametrize("call", ["create_trail", "delete_trail", "stop_logging", "start_logging"])
def test_trails_are_made_by_the_settings_only(cloudtrail: Any, call: str) -> None:
    more = {"S3BucketName": "b"} if call == "create_trail" else {}
    code, message = refused(getattr(cloudtrail, call), Name="logs", **more)

    assert "UnknownOperationException" == code
    assert message.startswith("Trailbell does not support the operation")


def test_no_page_follows_the_only_one(cloudtrail: Any) -> None:
    assert "NextToken" not in cloudtrail.list_trails()
    assert "InvalidNextTokenException" == refused(cloudtrail.list_trails, NextToken="x")[0]
