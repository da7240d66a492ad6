"""What the tables give back."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.clock import MINUTE_MS, START_MS
from support.ready_store import ready_store
from support.records import denial, user
from trailbell.alarms import AlarmState, StateChange
from trailbell.cloudtrail import facts_of
from trailbell.controls import control_of, provision
from trailbell.evidence import evidence_of
from trailbell.filters import Contribution, MetricFilter, SeriesMinute
from trailbell.metrics import MetricKey, StatisticSet
from trailbell.store import (
    Attempt,
    Bounds,
    DeliveryState,
    EventQuery,
    NewEvent,
    NewMessage,
    RejectedEntry,
    Transaction,
)
from trailbell.topics import NoticeKind, Protocol, Subscription, Topic

DAY_MS = 86_400_000
PROVISION = provision(control_of("unauthorized_api_calls"), "CloudTrail/logs")
METRIC = PROVISION.alarm.metric


@pytest.fixture
def transaction(tmp_path: Path) -> Iterator[Transaction]:
    store = ready_store(tmp_path)
    with store.write() as opened:
        yield opened
    store.close()


def contribution(name: str, value: float = 1.0) -> Contribution:
    facts = facts_of(json.dumps(denial(name)).encode())
    return Contribution(StatisticSet.of(value), evidence_of([facts]))


def add(transaction: Transaction, name: str, value: float, minute: int, unit: str = "None") -> None:
    place = SeriesMinute(METRIC, unit, START_MS + minute * MINUTE_MS)
    transaction.datapoints.add({place: contribution(name, value)})


def test_datapoints_of_a_minute_merge(transaction: Transaction) -> None:
    add(transaction, "alice", 3, 0)
    add(transaction, "bob", -2, 0)
    add(transaction, "bob", 7, 1)
    found = transaction.datapoints.within(METRIC, START_MS, START_MS + 2 * MINUTE_MS)

    assert [StatisticSet(2, 1, -2, 3), StatisticSet(1, 7, 7, 7)] == [each.statistics for each in found]


def test_samples_of_different_units_are_kept_apart(transaction: Transaction) -> None:
    add(transaction, "alice", 1, 0, "Seconds")
    add(transaction, "alice", 2, 0, "Count")
    found = transaction.datapoints.within(METRIC, START_MS, START_MS + MINUTE_MS)

    assert [("Count", 2.0), ("Seconds", 1.0)] == [(each.unit, each.statistics.sum) for each in found]


def test_an_unknown_metric_holds_nothing(transaction: Transaction) -> None:
    assert () == transaction.datapoints.within(MetricKey("no", "such"), 0, START_MS)
    assert transaction.datapoints.evidence_within(MetricKey("no", "such"), [(0, START_MS)]).total == 0


def test_evidence_is_the_same_before_and_after_compaction(transaction: Transaction) -> None:
    for name in ("alice", "bob", "alice"):
        add(transaction, name, 1, 0)
    add(transaction, "carol", 1, 1)
    spans = [(START_MS, START_MS + 2 * MINUTE_MS)]
    before = transaction.datapoints.evidence_within(METRIC, spans)
    compacted = transaction.datapoints.compact(START_MS + 2 * MINUTE_MS)

    assert compacted == 1
    assert before == transaction.datapoints.evidence_within(METRIC, spans)
    assert before.total == 4


def test_a_filter_put_again_replaces_the_first_and_keeps_its_number(transaction: Transaction) -> None:
    transaction.filters.create_group("CloudTrail/logs", START_MS)
    transaction.filters.put(PROVISION.metric_filter, START_MS)
    [first] = transaction.filters.all()
    changed = MetricFilter(
        "CloudTrail/logs", first.definition.name, '{ $.a = "b" }', first.definition.transformation
    )
    transaction.filters.put(changed, START_MS)

    assert [(first.id, changed)] == [(each.id, each.definition) for each in transaction.filters.all()]


def test_an_alarm_put_again_keeps_its_state(transaction: Transaction) -> None:
    transaction.alarms.put(PROVISION.alarm, START_MS)
    stored = transaction.alarms.find(PROVISION.alarm.name)
    again = transaction.alarms.put(PROVISION.alarm, START_MS + 1)

    assert not again
    assert stored is not None
    assert (AlarmState.INSUFFICIENT_DATA, "Unchecked: Initial alarm creation") == (
        stored.state,
        stored.reason,
    )
    assert stored == transaction.alarms.find(PROVISION.alarm.name)


def new_event(name: str, filter_ids: tuple[int, ...], **changes: object) -> NewEvent:
    record = json.dumps(denial(name, **changes)).encode()
    return NewEvent(facts_of(record), START_MS, START_MS, "a.json", record, filter_ids)


@pytest.fixture
def searched(transaction: Transaction) -> Transaction:
    transaction.filters.create_group("CloudTrail/logs", START_MS)
    transaction.filters.put(PROVISION.metric_filter, START_MS)
    [stored] = transaction.filters.all()
    role = {
        "type": "AssumedRole",
        "arn": "arn:aws:sts::111122223333:assumed-role/deploy/ci",
        "sessionContext": {"sessionIssuer": {"arn": "arn:aws:iam::111122223333:role/deploy"}},
    }
    transaction.events.add(
        [
            new_event("alice", (stored.id,), eventTime="2026-09-14T05:00:00Z", eventID="1"),
            new_event(
                "bob", (stored.id,), eventTime="2026-09-14T06:00:00Z", eventID="2", eventName="RunInstances"
            ),
            new_event("x", (stored.id,), userIdentity=role, eventTime="2026-09-14T07:00:00Z", eventID="3"),
            new_event(
                "100%_odd", (), eventTime="2026-09-14T08:00:00Z", eventID="4", sourceIPAddress="203.0.113.9"
            ),
        ]
    )
    return transaction


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (EventQuery(), ["4", "3", "2", "1"]),
        (EventQuery(limit=2), ["4", "3"]),
        (EventQuery(metrics=(METRIC,)), ["3", "2", "1"]),
        (EventQuery(principal=user("alice")["arn"]), ["1"]),
        (EventQuery(principal="alice"), ["1"]),
        (EventQuery(principal="deploy"), ["3"]),
        (EventQuery(principal="*user*"), ["4", "2", "1"]),
        (EventQuery(principal="100%_odd"), ["4"]),
        (EventQuery(principal="100%"), []),
        (EventQuery(call="ec2:RunInstances"), ["2"]),
        (EventQuery(call="RunInstances"), ["2"]),
        (EventQuery(call="ec2:*"), ["4", "3", "2", "1"]),
        (EventQuery(address="203.0.113.*"), ["4"]),
        (EventQuery(event_id="2"), ["2"]),
        (EventQuery(error="Denied"), []),
        (EventQuery(since_ms=START_MS, until_ms=START_MS + 7_200_000), ["3", "2"]),
    ],
)
def test_events_are_found_by_who_what_where_and_when(
    searched: Transaction, query: EventQuery, expected: list[str]
) -> None:
    assert expected == [each.event_id for each in searched.events.find(query)]


def message(number: int, due_ms: int = START_MS) -> NewMessage:
    change = StateChange(
        alarm=PROVISION.alarm,
        old_state=AlarmState.OK,
        new_state=AlarmState.ALARM,
        reason="r",
        reason_data="",
        at_ms=START_MS,
        account_id="000000000000",
        region="us-east-1",
        configuration_updated_ms=START_MS,
    )
    return NewMessage(
        message_id=f"m{number}",
        subscription_arn="arn:s",
        topic_arn="arn:t",
        kind=NoticeKind.CHANGE,
        subject="s",
        body="{}",
        created_ms=START_MS,
        due_ms=due_ms,
        change=change,
    )


def test_a_claimed_message_comes_back_when_its_lease_ends(transaction: Transaction) -> None:
    transaction.outbox.add(message(1))
    first = transaction.outbox.claim("arn:s", START_MS, lease_ms=1000)
    leased = transaction.outbox.claim("arn:s", START_MS + 999, lease_ms=1000)
    second = transaction.outbox.claim("arn:s", START_MS + 1000, lease_ms=1000)

    assert first is not None
    assert second is not None
    assert leased is None
    assert ((first.id, 1), (first.id, 2)) == ((first.id, first.attempts), (second.id, second.attempts))


def test_a_message_ends_delivered_dead_or_due_again(transaction: Transaction) -> None:
    for number, attempt in enumerate(
        [
            Attempt(START_MS, DeliveryState.DELIVERED, "200"),
            Attempt(START_MS, DeliveryState.DEAD, "404"),
            Attempt(START_MS, DeliveryState.PENDING, "503", retry_ms=START_MS + 5),
        ]
    ):
        transaction.outbox.add(message(number))
        claimed = transaction.outbox.claim("arn:s", START_MS, lease_ms=60_000)
        assert claimed is not None
        transaction.outbox.finish(claimed.id, attempt)

    assert {"pending": 1, "delivered": 1, "dead": 1} == transaction.outbox.counts()
    assert transaction.outbox.next_due_ms() == START_MS + 5


def test_a_message_that_is_given_up_during_an_attempt_is_not_tried_again(transaction: Transaction) -> None:
    transaction.outbox.add(message(1))
    claimed = transaction.outbox.claim("arn:s", START_MS, lease_ms=60_000)
    assert claimed is not None
    transaction.outbox.bury_messages([claimed.id], START_MS + 1, "over")
    transaction.outbox.finish(
        claimed.id, Attempt(START_MS + 2, DeliveryState.PENDING, "503", retry_ms=START_MS + 5)
    )

    assert (1, None) == (transaction.outbox.counts()[DeliveryState.DEAD], transaction.outbox.next_due_ms())


def test_messages_of_a_subscription_that_is_gone_are_buried(transaction: Transaction) -> None:
    transaction.outbox.add(message(1))

    assert transaction.outbox.bury_orphans(START_MS) == 1
    assert transaction.outbox.counts()[DeliveryState.DEAD] == 1


def test_a_topic_keeps_only_the_endpoints_it_is_told_to(transaction: Transaction) -> None:
    topic = Topic("arn:t", "t")
    transaction.topics.put(topic, START_MS)
    for name in ("a", "b"):
        transaction.topics.subscribe(
            Subscription(f"arn:t:{name}", "arn:t", Protocol.WEBHOOK, f"http://{name}.example/"), START_MS
        )
    transaction.topics.keep_only("arn:t", ["http://b.example/"])

    assert ["arn:t:b"] == [each.arn for each in transaction.topics.subscriptions("arn:t")]


def test_retention_deletes_by_age_by_number_and_by_bytes(searched: Transaction) -> None:
    now_ms = START_MS + 20 * DAY_MS
    add(searched, "old", 1, 0)
    source = searched.sources.put("/logs", "CloudTrail/logs", START_MS)
    searched.sources.add_rejected(source.id, [RejectedEntry("a", -1, "r", START_MS)])
    searched.sources.remember_counted([b"1" * 16], START_MS - 16 * DAY_MS)
    sizes = [len(each.record) for each in searched.events.find(EventQuery())]

    deleted = searched.retention.enforce(Bounds(matched_event_bytes=sizes[0] + sizes[1]), now_ms)

    assert {"evidence": 1, "counted_identity": 1, "event": 2} == deleted
    assert ["4", "3"] == [each.event_id for each in searched.events.find(EventQuery())]
    assert ["3"] == [each.event_id for each in searched.events.find(EventQuery(metrics=(METRIC,)))]


def test_a_bound_by_rows_drops_the_oldest(searched: Transaction) -> None:
    source = searched.sources.put("/logs", "CloudTrail/logs", START_MS)
    entries = [RejectedEntry(f"{number}", -1, "r", START_MS + number) for number in range(100_005)]
    searched.sources.add_rejected(source.id, entries)
    searched.retention.enforce(Bounds(), START_MS)

    assert ["100004"] == [each.file_name for each in searched.sources.rejected(1)]
    assert len(searched.sources.rejected(200_000)) == 100_000


def test_every_table_that_grows_has_a_bound(transaction: Transaction) -> None:
    defined_by_the_user = {
        "log_group", "metric", "metric_filter", "alarm", "topic", "subscription", "source", "tag",
        "composite_alarm", "composite_reference", "evaluation",
    }  # fmt: skip
    bounded = {each.table for each in transaction.retention.bounds(Bounds())}

    from trailbell.store._schema import METADATA

    assert set(METADATA.tables) - defined_by_the_user == bounded


def test_identities_are_found_again_in_any_number(transaction: Transaction) -> None:
    many = [number.to_bytes(16) for number in range(1200)]
    transaction.sources.remember_counted(many[:700], START_MS)

    assert set(many[:700]) == transaction.sources.counted_before(many)
