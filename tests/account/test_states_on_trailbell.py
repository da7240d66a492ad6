"""Account states made on Trailbell's own endpoint: what moto has not, as composites, pages and "
"confirmations."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from support.account_maker import put_alarms, put_filters, put_topics, read_from
from support.account_states import AccountState, is_about_a_pattern, load_states, patched, trimmed, wanted
from support.aws_server import AwsServer, aws_server
from support.clock import ManualClock
from support.subscribing import closing_receiver, token_of
from trailbell.account import Profile, Snapshot, judge_account

pytestmark = pytest.mark.client

ACCOUNT = "111122223333"
REGION = "us-east-1"
TRAIL = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/main"


def can_be_made(state: AccountState) -> bool:
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
        and state.name not in NOT_SUPPORTED
    )


NOT_SUPPORTED = {
    # Patterns and alarms that Trailbell refuses, as AWS does or because it does not evaluate them.
    "invalid-pattern",
    "anomaly-band",
    "metric-math-not-evaluated",
    # A topic of a kind that Trailbell has not.
    "fifo-topic",
    # Composite alarms that mention alarms which are not there.
    "composite-alarm",
}
# Making one takes half a second, so every second is made here, and all that moto has not. The judge is asked
# about all of them.
STATES = [
    each
    for number, each in enumerate(load_states())
    if can_be_made(each) and (number % 2 or patched(each).composites)
]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AwsServer]:
    (tmp_path / "main").mkdir()
    with aws_server(
        tmp_path,
        ManualClock(),
        source=(str(tmp_path / "main"),),
        controls=("none",),
        account_id=ACCOUNT,
    ) as running:
        yield running


def as_own(snapshot: Snapshot, group: str) -> Snapshot:
    """The same account, its log group called as the source's."""
    text = msgspec.json.encode(snapshot).replace(b"CloudTrail/logs", group.encode())
    return msgspec.json.decode(text, type=Snapshot)


def group_of(server: AwsServer) -> str:
    [trail] = server.client("cloudtrail").describe_trails()["trailList"]
    name: str = trail["CloudWatchLogsLogGroupArn"].split(":")[6]
    return name


def subscribe(sns: Any, given: Mapping[str, Any]) -> None:
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


def make(server: AwsServer, snapshot: Snapshot) -> None:
    def client(service: str, _: str) -> Any:
        return server.client(service)

    put_filters(snapshot, client)
    put_topics(snapshot, client, subscribe)
    put_alarms(snapshot, client)


def test_many_states_can_be_made() -> None:
    assert 40 < len(STATES)


@pytest.mark.parametrize("state", STATES, ids=str)
def test_a_state_made_by_calls_gets_the_verdict_it_deserves(server: AwsServer, state: AccountState) -> None:
    snapshot, controls = trimmed(state, as_own(patched(state), group_of(server)))
    make(server, snapshot)

    read = read_from(server.url, with_hub=False)
    results = judge_account(read, Profile(state.cis), [each for each in controls if each.pattern is not None])

    assert [TRAIL] == [each.arn for each in read.trails]
    assert {each.control: wanted(state, each.control) for each in results} == {
        each.control: (each.status.value, each.broken_link and each.broken_link.value) for each in results
    }
