"""An account on Trailbell's own endpoint whose alarms reach somebody, and a connection to prove it by."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.awsrequest import AWSResponse  # type: ignore[import-untyped]

from support.account_maker import aws_session, connected
from support.aws_server import AwsServer, aws_server
from support.clock import ManualClock
from support.http_receiver import HttpReceiver
from support.subscribing import closing_receiver, token_of
from trailbell.account import Connection, ControlResult, Profile, Snapshot
from trailbell.controls import control_of
from trailbell.drill import AccountProof, AlarmPlan, account_proof, drill_plans

__all__ = ["ACCOUNT", "TOPIC", "Account", "account", "plan_of", "proven", "refusing"]

ACCOUNT = "111122223333"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:security-alarms"
NOW = datetime(2026, 11, 28, 20, tzinfo=UTC)


class Account:
    """A server that stands for an account, and who is subscribed there."""

    def __init__(self, server: AwsServer, clock: ManualClock, receiver: HttpReceiver) -> None:
        self.server = server
        self.clock = clock
        self.receiver = receiver
        self.cloudwatch = server.client("cloudwatch")
        [alarm] = self.cloudwatch.describe_alarms(AlarmNames=["root-usage-alarm"])["MetricAlarms"]
        taken = self.cloudwatch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
        self._first = {name: value for name, value in alarm.items() if name in taken}

    def subscribe(self) -> None:
        """Makes the topic, and confirms the receiver's subscription."""
        sns = self.server.client("sns")
        sns.create_topic(Name="security-alarms")
        sns.subscribe(TopicArn=TOPIC, Protocol="http", Endpoint=f"{self.receiver.url}/hook")
        sns.confirm_subscription(TopicArn=TOPIC, Token=token_of(self.receiver))

    def turn(self) -> None:
        """Turns the clock, so that what comes now can be told from what was."""
        self.clock.turn(seconds=1)

    def mend(self) -> None:
        """Makes all as it was, whatever was done to it."""
        self.turn()
        self.cloudwatch.delete_alarms(AlarmNames=["above"])
        if not self.server.client("sns").list_topics()["Topics"]:
            self.subscribe()
        self.cloudwatch.put_metric_alarm(**self._first)
        self.set_state("root-usage-alarm", "OK", "mended")

    def standing(self, name: str) -> tuple[str, str]:
        """The state and the reason of an alarm."""
        [alarm] = self.cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        return alarm["StateValue"], alarm["StateReason"]

    def set_state(self, name: str, state: str, reason: str) -> None:
        """Moves an alarm as if it had moved."""
        self.cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason=reason)


@contextlib.contextmanager
def account(folder: Path) -> Iterator[Account]:
    """Makes the account, with all controls and a confirmed subscriber; every alarm is OK."""
    (folder / "main").mkdir()
    clock = ManualClock()
    with (
        closing_receiver() as receiver,
        aws_server(folder, clock, source=(str(folder / "main"),), account_id=ACCOUNT) as server,
    ):
        made = Account(server, clock, receiver)
        made.subscribe()
        server.chain.tick()
        yield made


def proven(connection: Connection, *keys: str) -> tuple[AccountProof, Snapshot, tuple[ControlResult, ...]]:
    """The proof without a drill."""
    return account_proof(connection, Profile("7.0.0"), [control_of(each) for each in keys], (), NOW)


def plan_of(connection: Connection, key: str) -> AlarmPlan:
    """The drill of one control."""
    [plan] = drill_plans(connection, *proven(connection, key))
    return plan


@contextlib.contextmanager
def refusing(url: str, operation: str, after: int = 0) -> Iterator[Connection]:
    """A connection for which an operation is refused, once it was made so many times."""
    session = aws_session()
    made: list[Any] = []

    def refuse(request: Any, **_: Any) -> AWSResponse | None:
        made.append(request)
        if len(made) <= after:
            return None
        body = b'{"__type":"AccessDeniedException","message":"no"}'
        raw = _Raw(body)
        headers = {"content-type": "application/x-amz-json-1.1", "x-amzn-errortype": "AccessDenied"}
        return AWSResponse(request.url, 400, headers, raw)

    session.register(f"before-send.*.{operation}", refuse)
    with connected(url, session) as connection:
        yield connection


class _Raw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        """Gives the body."""
        yield self._body
