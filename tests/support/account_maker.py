"""Makes an account state in a server by real AWS calls, and reads an account back with the audit's own "
"reader."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import botocore.loaders  # type: ignore[import-untyped]
import botocore.session  # type: ignore[import-untyped]

from trailbell.account import Connection, ConnectionSettings, Snapshot, read_account

__all__ = [
    "NOW",
    "ClientOf",
    "aws_session",
    "connected",
    "put_alarms",
    "put_filters",
    "put_topics",
    "put_trails",
    "read_from",
]

ClientOf = Callable[[str, str], Any]
"""Gives a client of a service in a region."""

NOW = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)


@cache
def _shared_loader() -> Any:
    # Reading the service models anew for each session would take longer than most tests.
    return botocore.loaders.create_loader()


def aws_session() -> Any:
    """A session of botocore with made-up credentials, and without anybody's profile."""
    session = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    session.set_credentials("AKIDEXAMPLE", "not-a-secret")
    session.register_component("data_loader", _shared_loader())
    return session


class _KeptClients:
    """A session that makes its clients once: making one takes longer than most calls.

    A client that was closed opens its sockets anew.
    """

    def __init__(self) -> None:
        self._session = aws_session()
        self._url: str | None = None
        self._clients: dict[tuple[str, str, str], Any] = {}

    def create_client(self, service_name: str, **options: Any) -> Any:
        """Makes a client, or gives the one that was made with the same options."""
        if options["endpoint_url"] != self._url:
            self._url = options["endpoint_url"]
            self._clients = {}
        place = (service_name, options["region_name"], str(options["config"].retries))
        if place not in self._clients:
            self._clients[place] = self._session.create_client(service_name, **options)
        return self._clients[place]

    def get_config_variable(self, name: str) -> Any:
        """Reads a setting."""
        return self._session.get_config_variable(name)

    def get_available_regions(self, service_name: str) -> list[str]:
        """Lists the regions that botocore knows."""
        regions: list[str] = self._session.get_available_regions(service_name)
        return regions


@cache
def _kept_clients() -> _KeptClients:
    return _KeptClients()


@contextlib.contextmanager
def connected(url: str, session: Any = None, attempts: int = 1) -> Iterator[Connection]:
    """A connection of the audit to a server of the tests."""
    settings = ConnectionSettings(
        endpoint_url=url, region="us-east-1", attempts=attempts, timeout_seconds=20.0
    )
    connection = Connection(session or _kept_clients(), settings)
    try:
        yield connection
    finally:
        connection.close()


def read_from(url: str, *regions: str, session: Any = None, with_hub: bool = True) -> Snapshot:
    """Reads an account from a server of the tests."""
    with connected(url, session) as connection:
        return read_account(connection, regions, NOW, with_hub=with_hub)


def put_trails(snapshot: Snapshot, client: ClientOf) -> None:
    """Makes log groups and trails, with selectors and the switch that starts them."""
    for group in snapshot.log_groups:
        region = _field(group.arn, 3)
        name = group.arn.split(":")[6]
        client("logs", region).create_log_group(logGroupName=name, logGroupClass=group.group_class)
    for trail in snapshot.trails:
        cloudtrail = client("cloudtrail", trail.home_region)
        name = trail.arn.rpartition("/")[2]
        given = {"CloudWatchLogsLogGroupArn": trail.log_group_arn} if trail.log_group_arn else {}
        cloudtrail.create_trail(
            Name=name, S3BucketName="bucket", IsMultiRegionTrail=trail.is_multi_region, **given
        )
        if trail.status is not None and trail.status.is_logging:
            cloudtrail.start_logging(Name=name)
        if trail.selection is not None and trail.selection.advanced:
            cloudtrail.put_event_selectors(
                TrailName=name, AdvancedEventSelectors=list(trail.selection.advanced)
            )
        elif trail.selection is not None and trail.selection.basic:
            cloudtrail.put_event_selectors(TrailName=name, EventSelectors=list(trail.selection.basic))


def put_filters(snapshot: Snapshot, client: ClientOf) -> None:
    """Puts the metric filters."""
    for each in snapshot.filters:
        client("logs", _field(each.log_group_arn, 3)).put_metric_filter(
            logGroupName=each.log_group_arn.split(":")[6],
            filterName=each.name,
            filterPattern=each.pattern,
            metricTransformations=[_transformation(made) for made in each.transformations],
        )


def _transformation(each: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "metricNamespace": each.namespace,
        "metricName": each.name,
        "metricValue": each.value,
    }
    more = {
        "defaultValue": each.default_value,
        "unit": each.unit,
        "dimensions": dict(each.dimensions) or None,
    }
    return made | {name: value for name, value in more.items() if value is not None}


def put_alarms(snapshot: Snapshot, client: ClientOf) -> None:
    """Puts metric alarms, then the composite alarms on them, the lower ones first."""
    for each in snapshot.alarms:
        client("cloudwatch", _field(each.arn, 3)).put_metric_alarm(
            AlarmName=each.arn.rpartition(":")[2],
            ActionsEnabled=each.actions_enabled,
            AlarmActions=list(each.alarm_actions),
            **each.definition,
        )
        if each.state == "ALARM":
            client("cloudwatch", _field(each.arn, 3)).set_alarm_state(
                AlarmName=each.arn.rpartition(":")[2], StateValue=each.state, StateReason="as found"
            )
    for above in reversed(snapshot.composites):
        client("cloudwatch", _field(above.arn, 3)).put_composite_alarm(
            AlarmName=above.arn.rpartition(":")[2],
            AlarmRule=above.rule,
            ActionsEnabled=above.actions_enabled,
            AlarmActions=list(above.alarm_actions),
            **_suppression(above.suppressor),
        )


def _suppression(suppressor: str) -> dict[str, Any]:
    if not suppressor:
        return {}
    periods = {"ActionsSuppressorWaitPeriod": 60, "ActionsSuppressorExtensionPeriod": 60}
    return {"ActionsSuppressor": suppressor, **periods}


def put_topics(
    snapshot: Snapshot, client: ClientOf, subscribe: Callable[[Any, Mapping[str, str]], None]
) -> None:
    """Makes topics with their policies; ``subscribe`` gets a client and what Subscribe needs of each."""
    for topic in snapshot.topics:
        sns = client("sns", _field(topic.arn, 3))
        arn = sns.create_topic(Name=topic.arn.rpartition(":")[2])["TopicArn"]
        if topic.policy:
            sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=topic.policy)
        if topic.key:
            sns.set_topic_attributes(TopicArn=arn, AttributeName="KmsMasterKeyId", AttributeValue=topic.key)
    for each in snapshot.subscriptions:
        attributes = {}
        if each.filter_policy:
            attributes = {"FilterPolicy": each.filter_policy, "FilterPolicyScope": each.filter_policy_scope}
        given: dict[str, Any] = {
            "TopicArn": each.topic_arn,
            "Attributes": attributes,
            "SubscriptionArn": each.arn,
        }
        subscribe(client("sns", _field(each.topic_arn, 3)), given)


def _field(arn: str, number: int) -> str:
    return arn.split(":")[number]
