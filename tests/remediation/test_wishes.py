"""A topic that is wished for has a name that SNS takes, and is where the alarms are."""

import pytest

from support.account_states import patched, state_named
from trailbell.account import ConnectionSettings, Profile, UnreadableAccountError, connect
from trailbell.controls import CATALOGUE
from trailbell.remediation import Wish, WishError, make_plan, topic_of

FAR = "arn:aws:sns:eu-west-1:111122223333:far"


@pytest.mark.parametrize("text", ["", "pager", FAR, "x" * 242])
def test_a_topic_is_wished_for_by_name_or_arn(text: str) -> None:
    assert text == topic_of(text)


@pytest.mark.parametrize(
    "text", ["a b", "x" * 243, "x.fifo", "arn:", "arn:aws:sqs:us-east-1:111122223333:queue", f"{FAR}.fifo"]
)
def test_what_alarms_cannot_notify_is_no_topic(text: str) -> None:
    with pytest.raises(WishError, match="is no topic for alarms: give the ARN of one"):
        topic_of(text)


def test_a_topic_of_another_region_is_the_reason_that_is_told() -> None:
    """And not that overwriting may help, which it does not."""
    snapshot = patched(state_named("no-alarms"))
    plan = make_plan(snapshot, Wish(profile=Profile("7.0.0"), controls=CATALOGUE[2:3], topic=FAR))

    assert () == plan.changes
    assert f"Topic {FAR} cannot be used by alarms of us-east-1" in plan.left[0].reason


def test_an_endpoint_that_is_no_url_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    connection = connect(ConnectionSettings(endpoint_url="nonsense", region="us-east-1"))

    with pytest.raises(UnreadableAccountError, match="there is no way in: Invalid endpoint: nonsense"):
        connection.ask("sts:GetCallerIdentity", "us-east-1")
