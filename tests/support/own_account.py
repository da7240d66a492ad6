"""An account on Trailbell's own endpoint, made by real calls: what moto has not, as composites and
confirmations."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from support.account_maker import put_alarms, put_filters, put_topics
from support.account_states import AccountState, is_about_a_pattern, patched
from support.aws_server import AwsServer, aws_server
from support.clock import ManualClock
from support.subscribing import closing_receiver, token_of
from trailbell.account import Snapshot

__all__ = ["TRAIL", "as_own", "can_be_made_here", "group_of", "make_here", "own_account"]

ACCOUNT = "111122223333"
REGION = "us-east-1"
TRAIL = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/main"


def can_be_made_here(state: AccountState) -> bool:
    """Whether Trailbell has all that a state consists of."""
    if is_about_a_pattern(state):
        return False
    snapshot = patched(state)
    whole = patched(AccountState("whole", ""))
    return (
        snapshot.trails == whole.trails
        and snapshot.log_groups == whole.log_groups
        and not snapshot.failures
        and all(f":{REGION}:{ACCOUNT}:" in each.arn for each in snapshot.alarms)
        and all(f":{REGION}:" in each.arn and not each.key for each in snapshot.topics)
        and all(len(each.transformations) == 1 for each in snapshot.filters)
        and not any(each.is_on_transformed_logs or each.field_selection_criteria for each in snapshot.filters)
        and all(each.arn != "Deleted" for each in snapshot.subscriptions)
        and state.name not in _NOT_SUPPORTED
    )


_NOT_SUPPORTED = {
    # Patterns and alarms that Trailbell refuses, as AWS does or because it does not evaluate them.
    "invalid-pattern",
    "anomaly-band",
    "metric-math-not-evaluated",
    # A topic of a kind that Trailbell has not.
    "fifo-topic",
    # Composite alarms that mention alarms which are not there.
    "composite-alarm",
}


@contextlib.contextmanager
def own_account(folder: Path) -> Iterator[AwsServer]:
    """Runs a server with a source, and without controls."""
    (folder / "main").mkdir()
    with aws_server(
        folder,
        ManualClock(),
        source=(str(folder / "main"),),
        controls=("none",),
        account_id=ACCOUNT,
    ) as running:
        yield running


def as_own(snapshot: Snapshot, group: str) -> Snapshot:
    """The same account, its log group called as the source's."""
    text = msgspec.json.encode(snapshot).replace(b"CloudTrail/logs", group.encode())
    return msgspec.json.decode(text, type=Snapshot)


def group_of(server: AwsServer) -> str:
    """The log group of the source."""
    [trail] = server.client("cloudtrail").describe_trails()["trailList"]
    name: str = trail["CloudWatchLogsLogGroupArn"].split(":")[6]
    return name


def _subscribe(sns: Any, given: Mapping[str, Any]) -> None:
    """Subscribes a receiver, and follows the link unless the subscription is to stay pending."""
    with closing_receiver() as receiver:
        sns.subscribe(
            TopicArn=given["TopicArn"],
            Protocol="http",
            Endpoint=f"{receiver.url}/hook",
            Attributes=given["Attributes"],
        )
        if given["SubscriptionArn"] != "PendingConfirmation":
            sns.confirm_subscription(TopicArn=given["TopicArn"], Token=token_of(receiver))


def make_here(server: AwsServer, snapshot: Snapshot) -> None:
    """Makes filters, topics and alarms; the trail and its log group are those of the source."""

    def client(service: str, _: str) -> Any:
        return server.client(service)

    put_filters(snapshot, client)
    put_topics(snapshot, client, _subscribe)
    put_alarms(snapshot, client)
