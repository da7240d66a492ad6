"""An account in a moto server, made by real calls: what moto has not is no part of a state that can be made.

That is other accounts, pending subscriptions, keys of fixed ids, delivery errors, refusals.
"""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import httpx2
import msgspec
from moto.server import ThreadedMotoServer

from support.account_maker import aws_session, put_alarms, put_filters, put_topics, put_trails
from support.account_states import AccountState, is_about_a_pattern, patched
from trailbell.account import Snapshot

__all__ = ["MOTOS", "Moto", "as_motos", "can_be_made_on_moto", "make_on_moto", "moto_server", "reset"]

OURS, MOTOS = "111122223333", "123456789012"


def can_be_made_on_moto(state: AccountState) -> bool:
    """Whether moto has all that a state consists of."""
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


class Moto:
    """A moto server, and clients of it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = aws_session()
        self._clients: dict[tuple[str, str], Any] = {}

    def client(self, service: str, region: str) -> Any:
        """A client of a service in a region."""
        if (service, region) not in self._clients:
            self._clients[service, region] = self.session.create_client(
                service, region_name=region, endpoint_url=self.url
            )
        return self._clients[service, region]

    def close(self) -> None:
        """Lets go of all sockets."""
        for each in self._clients.values():
            each.close()


@contextlib.contextmanager
def moto_server() -> Iterator[Moto]:
    """Runs a moto server."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    running = Moto(f"http://127.0.0.1:{server.get_host_and_port()[1]}")
    try:
        yield running
    finally:
        running.close()
        server.stop()


def as_motos(snapshot: Snapshot) -> Snapshot:
    """The same account under the number that moto gives to everybody."""
    text = msgspec.json.encode(snapshot).replace(OURS.encode(), MOTOS.encode())
    return msgspec.json.decode(text, type=Snapshot)


def reset(moto: Moto) -> None:
    """Forgets all that was made."""
    with httpx2.Client(trust_env=False) as client:
        client.post(f"{moto.url}/moto-api/reset").raise_for_status()


def _subscribe(sns: Any, given: Mapping[str, Any]) -> None:
    sns.subscribe(
        TopicArn=given["TopicArn"],
        Protocol="email",
        # The same address twice would be one subscription.
        Endpoint=f"{given['SubscriptionArn'].rpartition(':')[2]}@example.com",
        Attributes=given["Attributes"],
    )


def make_on_moto(moto: Moto, snapshot: Snapshot) -> None:
    """Makes an account anew."""
    reset(moto)
    moto.client("s3", "us-east-1").create_bucket(Bucket="bucket")
    put_trails(snapshot, moto.client)
    put_filters(snapshot, moto.client)
    put_alarms(snapshot, moto.client)
    put_topics(snapshot, moto.client, _subscribe)
    for hub in snapshot.hubs:
        if hub.is_on:
            moto.client("securityhub", hub.region).enable_security_hub()
