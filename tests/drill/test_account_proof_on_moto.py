"""An account on a server that lacks TestMetricFilter: the call is named as what failed."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from moto.server import ThreadedMotoServer

from support.account_maker import aws_session, connected, put_alarms, put_filters, put_topics, put_trails
from support.account_states import patched, state_named
from support.drilled import proven
from trailbell.account import Link, Snapshot, Status

pytestmark = pytest.mark.client


def subscribe(sns: Any, given: Mapping[str, Any]) -> None:
    sns.subscribe(TopicArn=given["TopicArn"], Protocol="email", Endpoint="ada@example.com")


def test_a_call_that_the_endpoint_lacks_is_named() -> None:
    text = msgspec.json.encode(patched(state_named("whole"))).replace(b"111122223333", b"123456789012")
    snapshot = msgspec.json.decode(text, type=Snapshot)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    url = f"http://127.0.0.1:{server.get_host_and_port()[1]}"
    with connected(url, aws_session()) as connection:
        connection.client("s3", "us-east-1").create_bucket(Bucket="bucket")
        for put in (put_trails, put_filters, put_alarms):
            put(snapshot, connection.client)
        put_topics(snapshot, connection.client, subscribe)
        proof, _, _ = proven(connection, "root_usage")
    server.stop()
    [result] = proof.controls

    assert (Status.PASS, False, Link.FILTER) == (result.status, result.is_proven, result.stopped_at)
    assert "logs:TestMetricFilter failed in us-east-1 (" in result.reason
