"""A server that has nothing but a trail: its account is there to be mended."""

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from support.account_maker import read_from
from support.aws_server import AwsServer, aws_server
from support.clock import ManualClock
from support.sample_plans import ACCOUNT, CIS
from trailbell.account import Profile, Status, judge_account
from trailbell.controls import Control

__all__ = ["log_group_of", "statuses", "trail_server"]


@contextlib.contextmanager
def trail_server(folder: Path) -> Iterator[AwsServer]:
    """Runs a server with a watched folder, which is its trail, on a clock that stands still."""
    (folder / "main").mkdir()
    with aws_server(
        folder, ManualClock(), source=(str(folder / "main"),), controls=("none",), account_id=ACCOUNT
    ) as running:
        yield running


def log_group_of(server: AwsServer) -> str:
    """The name of the trail's log group."""
    [trail] = server.client("cloudtrail").describe_trails()["trailList"]
    name: str = trail["CloudWatchLogsLogGroupArn"].split(":")[6]
    return name


def statuses(server: AwsServer, controls: Iterable[Control]) -> set[Status]:
    """What an audit says of some controls."""
    snapshot = read_from(server.url, with_hub=False)
    return {each.status for each in judge_account(snapshot, Profile(CIS), tuple(controls))}
