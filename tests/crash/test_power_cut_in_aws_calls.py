"""When the power goes in the middle of a call, all of what it asked for is there afterwards, or nothing."""

import contextlib
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from support.clock import START_MS
from support.power_cut import Fuse, PowerCutError
from support.records import denial, record
from support.scenario import Scenario
from trailbell.alarms import AlarmParameters
from trailbell.chain import LogEventsPut, MetricsPut, NewGroup
from trailbell.filters import MetricFilter, MetricTransformation
from trailbell.metrics import MetricDatum, MetricKey, Statistic
from trailbell.topics import Protocol, PublishRequest, Subscription, topic_arn

TOPIC = topic_arn("us-east-1", "000000000000", "t")
METRIC = MetricKey("CIS", "denied")
COUNTED = {
    "batches": "SELECT count(*) FROM log_batch",
    "bytes": "SELECT stored_bytes > 0 FROM log_group WHERE name = 'g'",
    "counted": "SELECT coalesce(sum(sum), 0) FROM datapoint",
    "evidence": "SELECT count(*) FROM evidence",
    "matched": "SELECT count(*) FROM event",
    "messages": "SELECT count(*) FROM outbox WHERE kind = 'published'",
    "metrics": "SELECT count(*) FROM metric WHERE namespace = 'App'",
}


def prepared(folder: Path) -> Scenario:
    """A server with a filter on a log group, and a topic with three receivers."""
    folder.mkdir()
    scenario = Scenario(folder, source=(), notify=())
    chain = scenario.chain
    chain.log_groups.create(NewGroup("g"))
    chain.log_events.streams.create("g", "s")
    chain.metric_filters.put(
        MetricFilter("g", "f", '{ $.errorCode = "AccessDenied*" }', MetricTransformation(METRIC))
    )
    chain.alarms.put(
        AlarmParameters(
            name="a",
            metric_name=METRIC.name,
            namespace=METRIC.namespace,
            statistic=Statistic.SUM,
            period_seconds=300,
            evaluation_periods=1,
            threshold=1.0,
            comparison_operator="GreaterThanOrEqualToThreshold",
            alarm_actions=(TOPIC,),
        ),
        {},
    )
    chain.topics.create("t", {}, ())
    with scenario.store.write() as transaction:
        for number in range(3):
            endpoint = f"a{number}@example.com"
            made = Subscription(f"{TOPIC}:{number}", TOPIC, Protocol.EMAIL, endpoint)
            transaction.topics.subscribe(made, START_MS)
    return scenario


def put_log_events(scenario: Scenario) -> None:
    messages = [json.dumps(each).encode() for each in (denial("mallory"), record(), denial("bob"))]
    instants = [scenario.clock.now_ms()] * len(messages)
    scenario.chain.log_events.put(LogEventsPut("g", "s", instants, messages))


def put_metric_data(scenario: Scenario) -> None:
    scenario.chain.metrics.put(
        MetricsPut("App", [MetricDatum(f"m{number}", value=1.0) for number in range(3)])
    )


def publish(scenario: Scenario) -> None:
    scenario.chain.publisher.publish(PublishRequest(message="m", topic_arn=TOPIC))


def found_in(folder: Path) -> dict[str, float]:
    with contextlib.closing(sqlite3.connect(folder / "data" / "trailbell.db")) as connection:
        return {name: connection.execute(query).fetchone()[0] for name, query in COUNTED.items()}


@pytest.mark.parametrize("call", [put_log_events, put_metric_data, publish])
def test_a_call_is_done_whole_or_not_at_all(call: Callable[[Scenario], None], tmp_path: Path) -> None:
    scenario = prepared(tmp_path / "undisturbed")
    nothing = found_in(tmp_path / "undisturbed")
    fuse = Fuse()
    with fuse:
        call(scenario)
    everything = found_in(tmp_path / "undisturbed")
    scenario.close()
    outcomes = []
    for blows_at in range(1, fuse.passed + 1):
        scenario = prepared(tmp_path / str(blows_at))
        with contextlib.suppress(PowerCutError), Fuse(blows_at):
            call(scenario)
        scenario.close()
        outcomes.append(found_in(tmp_path / str(blows_at)))

    assert nothing != everything
    assert fuse.passed > 5
    assert [] == [each for each in outcomes if each not in (nothing, everything)]
    assert nothing == outcomes[0]
