"""Account states made on a moto server by real calls and read back get the verdicts they deserve.

Left out is what moto has not: other accounts, pending subscriptions, keys of fixed ids, delivery errors,
refusals.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx2
import msgspec
import pytest
from moto.server import ThreadedMotoServer

from support.account_maker import aws_session, put_alarms, put_filters, put_topics, put_trails, read_from
from support.account_states import AccountState, is_about_a_pattern, load_states, patched, trimmed, wanted
from trailbell._errors import TrailbellError
from trailbell.account import (
    ConnectionSettings,
    FailureKind,
    Profile,
    Snapshot,
    judge_account,
    list_accounts,
)

pytestmark = pytest.mark.client

OURS, MOTOS = "111122223333", "123456789012"


def can_be_made(state: AccountState) -> bool:
    snapshot = patched(state)
    return (
        not is_about_a_pattern(state)
        and not snapshot.failures
        and not snapshot.composites
        and not snapshot.keys
        and not any(each.arn.endswith(".fifo") for each in snapshot.topics)
        and all(f":{OURS}:" in each.arn for each in snapshot.trails)
        and all(f":{OURS}:" in each.arn for each in snapshot.alarms)
        and all(each.selection is not None for each in snapshot.trails)
        and not any(each.status and each.status.logs_delivery_error for each in snapshot.trails)
        and all(each.group_class == "STANDARD" for each in snapshot.log_groups)
        and all(len(each.transformations) == 1 for each in snapshot.filters)
        and len({each.arn for each in snapshot.trails}) == len(snapshot.trails)
        and all(each.arn.startswith("arn:") for each in snapshot.subscriptions)
        and not any(each.is_on_transformed_logs or each.field_selection_criteria for each in snapshot.filters)
    )


# Making one takes half a second, so every second is made here, and the others on Trailbell's endpoint. The
# judge is asked about all of them.
STATES = [each for each in load_states()[::2] if can_be_made(each)]


class Moto:
    """A moto server, and clients of it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = aws_session()
        self._clients: dict[tuple[str, str], Any] = {}

    def client(self, service: str, region: str) -> Any:
        if (service, region) not in self._clients:
            self._clients[service, region] = self.session.create_client(
                service, region_name=region, endpoint_url=self.url
            )
        return self._clients[service, region]

    def close(self) -> None:
        for each in self._clients.values():
            each.close()


@pytest.fixture(scope="module")
def moto() -> Iterator[Moto]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    running = Moto(f"http://127.0.0.1:{server.get_host_and_port()[1]}")
    yield running
    running.close()
    server.stop()


def as_motos(snapshot: Snapshot) -> Snapshot:
    """The same account under the number that moto gives to everybody."""
    text = msgspec.json.encode(snapshot).replace(OURS.encode(), MOTOS.encode())
    return msgspec.json.decode(text, type=Snapshot)


def reset(moto: Moto) -> None:
    with httpx2.Client(trust_env=False) as client:
        client.post(f"{moto.url}/moto-api/reset").raise_for_status()


def subscribe(sns: Any, given: Mapping[str, Any]) -> None:
    sns.subscribe(
        TopicArn=given["TopicArn"],
        Protocol="email",
        # The same address twice would be one subscription.
        Endpoint=f"{given['SubscriptionArn'].rpartition(':')[2]}@example.com",
        Attributes=given["Attributes"],
    )


def test_many_states_can_be_made() -> None:
    assert 40 < len(STATES)


@pytest.mark.parametrize("state", STATES, ids=str)
def test_a_state_made_by_calls_gets_the_verdict_it_deserves(moto: Moto, state: AccountState) -> None:
    snapshot, controls = trimmed(state, as_motos(patched(state)))
    reset(moto)
    moto.client("s3", "us-east-1").create_bucket(Bucket="bucket")
    put_trails(snapshot, moto.client)
    put_filters(snapshot, moto.client)
    put_alarms(snapshot, moto.client)
    put_topics(snapshot, moto.client, subscribe)
    for hub in snapshot.hubs:
        if hub.is_on:
            moto.client("securityhub", hub.region).enable_security_hub()

    read = read_from(moto.url, *snapshot.regions, session=moto.session)
    results = judge_account(read, Profile(state.cis), controls)

    assert {FailureKind.MISSING} >= {each.kind for each in read.failures}
    assert {each.control: wanted(state, each.control) for each in results} == {
        each.control: (each.status.value, each.broken_link and each.broken_link.value) for each in results
    }


def test_an_organization_without_accounts_is_no_reason_to_audit_the_callers_own(
    moto: Moto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    reset(moto)

    with pytest.raises(TrailbellError, match="no active accounts"):
        list_accounts(ConnectionSettings(endpoint_url=moto.url, region="us-east-1"))
