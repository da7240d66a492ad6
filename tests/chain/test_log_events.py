"""Log events put into a running chain: what they count, what is kept of them, and for how long."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.clock import MINUTE_MS, START_MS
from support.records import denial, record
from support.scenario import UNAUTHORIZED, Scenario
from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.chain import EventSearch, LogEventsPut, NewGroup, PutAnswer, StreamQuestion
from trailbell.chain._log_commit import LogCommits
from trailbell.chain._log_lookup import existing_group
from trailbell.chain._log_put import accept
from trailbell.filters import MetricFilter, MetricTransformation
from trailbell.metrics import Datapoint, MetricKey
from trailbell.store import EventQuery, GroupQuery, MatchedEvent

GROUP = "CloudTrail/logs"
STREAM = "000000000000_CloudTrail_us-east-1"
DENIED = MetricKey("Test", "Denied")
DAY_MS = 86_400_000


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Scenario]:
    made = Scenario(tmp_path)
    made.chain.log_events.streams.create(GROUP, STREAM)
    yield made
    made.close()


def put(scenario: Scenario, *messages: Any, at_ms: int | None = None, group: str = GROUP) -> PutAnswer:
    written = [(each if isinstance(each, str) else json.dumps(each)).encode() for each in messages]
    instant = scenario.clock.now_ms() if at_ms is None else at_ms
    return scenario.chain.log_events.put(LogEventsPut(group, STREAM, [instant] * len(written), written))


def make_group(scenario: Scenario, *filters: tuple[str, str, float | None], name: str = "app") -> None:
    scenario.chain.log_groups.create(NewGroup(name))
    scenario.chain.log_events.streams.create(name, STREAM)
    for filter_name, pattern, default in filters:
        transformation = MetricTransformation(DENIED, "1", default)
        scenario.chain.metric_filters.put(MetricFilter(name, filter_name, pattern, transformation))


def datapoints(scenario: Scenario, key: MetricKey = DENIED) -> list[tuple[int, float, float]]:
    with scenario.store.read() as transaction:
        found: tuple[Datapoint, ...] = transaction.datapoints.within(key, 0, START_MS * 2)
    return [
        ((each.start_ms - START_MS) // MINUTE_MS, each.statistics.sample_count, each.statistics.sum)
        for each in found
    ]


def matched(scenario: Scenario) -> list[MatchedEvent]:
    with scenario.store.read() as transaction:
        return transaction.events.find(EventQuery())


def messages(scenario: Scenario, group: str = GROUP) -> list[str]:
    found = scenario.chain.log_events.search(EventSearch(group))
    return [each.message.decode() for each in found.events]


def test_a_denial_that_is_put_rings_the_alarm_and_names_the_caller(scenario: Scenario) -> None:
    put(scenario, record(), denial("mallory"))
    scenario.tick()
    scenario.clock.turn(seconds=30)

    assert "ALARM" == scenario.state(UNAUTHORIZED)
    assert "mallory" in scenario.delivered()


def test_a_matched_event_is_kept_with_the_stream_it_came_by(scenario: Scenario) -> None:
    put(scenario, denial("mallory", eventID="e-1"), at_ms=START_MS)
    [event] = matched(scenario)

    assert (STREAM, "e-1", START_MS) == (event.file_name, event.event_id, event.delivered_ms)


def test_events_are_counted_as_given_even_if_given_twice(scenario: Scenario) -> None:
    make_group(scenario, ("denied", '{ $.errorCode = "AccessDenied" }', None))
    same = denial(eventID="same")
    put(scenario, same, same, group="app")
    put(scenario, same, group="app")

    assert [(0, 3.0, 3.0)] == datapoints(scenario)
    assert 3 == len(messages(scenario, "app"))


def test_a_late_event_lands_in_its_own_minute(scenario: Scenario) -> None:
    make_group(scenario, ("denied", "{ $.errorCode = * }", None))
    put(scenario, denial(), at_ms=START_MS - 7 * MINUTE_MS, group="app")

    assert [(-7, 1.0, 1.0)] == datapoints(scenario)


def test_text_that_is_no_json_is_kept_and_counted_by_what_matches_everything(scenario: Scenario) -> None:
    make_group(scenario, ("all", "", None), ("denied", "{ $.errorCode = * }", None))
    put(scenario, "plain text", "[1]", '{"a": 1e999}', "\x00\ufffe", group="app")

    assert [(0, 4.0, 4.0)] == datapoints(scenario)
    assert ["plain text", "[1]", '{"a": 1e999}', "\x00\ufffe"] == messages(scenario, "app")


def test_every_event_that_does_not_match_adds_the_default_value(scenario: Scenario) -> None:
    make_group(scenario, ("denied", "{ $.errorCode = * }", 7.0))
    put(scenario, denial(), record(), "text", group="app")

    assert [(0, 3.0, 15.0)] == datapoints(scenario)


def test_events_that_are_left_out_are_not_counted(scenario: Scenario) -> None:
    make_group(scenario, ("all", "", None))
    old = scenario.clock.now_ms() - 15 * DAY_MS
    answer = put(scenario, "x", at_ms=old, group="app")

    assert 1 == answer.too_old_end
    assert ([], []) == (datapoints(scenario), messages(scenario, "app"))


def test_a_filter_counts_from_when_it_is_put_until_it_is_deleted(scenario: Scenario) -> None:
    make_group(scenario)
    put(scenario, denial(), group="app")
    definition = MetricFilter("app", "f", "{ $.errorCode = * }", MetricTransformation(DENIED))
    scenario.chain.metric_filters.put(definition)
    put(scenario, denial(), denial(), group="app")
    scenario.chain.metric_filters.delete("app", "f")
    put(scenario, denial(), group="app")

    assert [(0, 2.0, 2.0)] == datapoints(scenario)


def test_matched_events_of_a_deleted_filter_are_not_taken_for_those_of_the_next(scenario: Scenario) -> None:
    make_group(scenario, ("old", "{ $.errorCode = * }", None))
    put(scenario, denial(), group="app")
    scenario.chain.metric_filters.delete("app", "old")
    other = MetricKey("Test", "Other")
    scenario.chain.metric_filters.put(MetricFilter("app", "new", "", MetricTransformation(other)))
    with scenario.store.read() as transaction:
        found = transaction.events.find(EventQuery(metrics=(other,)))

    assert [] == found


def test_a_metric_filter_on_the_group_of_a_source_counts_its_files_too(scenario: Scenario) -> None:
    definition = MetricFilter(GROUP, "mine", "{ $.errorCode = * }", MetricTransformation(DENIED))
    scenario.chain.metric_filters.put(definition)
    scenario.drop("111122223333_CloudTrail_eu-west-1_20260914T0540Z_aaaaaaaaaaaaaaaa.json.gz", [denial()])

    assert [(0, 1.0, 1.0)] == datapoints(scenario)


def test_what_was_put_is_there_after_a_restart(scenario: Scenario) -> None:
    put(scenario, "kept")
    scenario.restart()

    assert ["kept"] == messages(scenario)


def test_calls_at_once_are_all_kept_and_counted_once(scenario: Scenario) -> None:
    make_group(scenario, ("all", "", None))
    calls, each_puts = 8, 5

    def work(number: int) -> None:
        for turn in range(each_puts):
            put(scenario, f"{number}-{turn}", group="app")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(calls)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    group = scenario.chain.log_groups.page(_named("app")).groups[0]

    everything = sorted(f"{number}-{turn}" for number in range(calls) for turn in range(each_puts))
    assert everything == sorted(messages(scenario, "app"))
    assert [(0, 40.0, 40.0)] == datapoints(scenario)
    assert 40 * (3 + 26) == group.stored_bytes


def test_a_stream_deleted_on_the_way_refuses_its_own_call_only(scenario: Scenario) -> None:
    make_group(scenario, ("all", "", None))
    told: list[set[MetricKey]] = []
    commits = LogCommits(scenario.store, lambda metrics: told.append(set(metrics)))
    with scenario.store.read() as transaction:
        group = existing_group(transaction, "app")
    now_ms = scenario.clock.now_ms()
    filtering = scenario.chain.filterings.of("app")
    gone = accept(LogEventsPut("app", "gone", [now_ms], [b"x"]), group, filtering, now_ms)
    kept = accept(LogEventsPut("app", STREAM, [now_ms], [b"y"]), group, filtering, now_ms)
    with pytest.raises(RequestRefusedError) as caught:
        commits.commit(gone)
    commits.commit(kept)

    assert RefusalKind.NOT_FOUND is caught.value.kind
    assert ["y"] == messages(scenario, "app")
    assert [{DENIED}] == told


@pytest.mark.parametrize(("days", "kept"), [(None, ["old", "new"]), (30, ["old", "new"]), (1, ["new"])])
def test_batches_are_deleted_when_all_their_events_have_expired(
    scenario: Scenario, days: int | None, kept: list[str]
) -> None:
    make_group(scenario)
    now_ms = scenario.clock.now_ms()
    put(scenario, "old", at_ms=now_ms - 2 * DAY_MS, group="app")
    put(scenario, "new", group="app")
    scenario.chain.log_groups.set_retention("app", days)
    deleted = scenario.chain.log_events.enforce_retention(now_ms)
    scenario.chain.log_groups.set_retention("app", None)

    assert 2 - len(kept) == deleted
    assert kept == messages(scenario, "app")
    assert len(kept) * 29 == scenario.chain.log_groups.page(_named("app")).groups[0].stored_bytes


def test_the_batches_ingested_first_go_when_there_is_no_room(scenario: Scenario) -> None:
    make_group(scenario)
    for number in range(5):
        put(scenario, f"{number}", group="app")
    with scenario.store.read() as transaction:
        total = transaction.log_batches.content_bytes()
    deleted = scenario.chain.log_events.enforce_retention(scenario.clock.now_ms(), total - total // 5 - 1)

    assert 2 == deleted
    assert ["2", "3", "4"] == messages(scenario, "app")


def test_a_backward_page_follows_the_bounds_of_what_is_asked(scenario: Scenario) -> None:
    for number in range(4):
        put(scenario, f"{number}", at_ms=START_MS + number)
    question = StreamQuestion(STREAM, GROUP, start_ms=START_MS + 1, end_ms=START_MS + 3)
    found = scenario.chain.log_events.get(question)

    assert ["1", "2"] == [each.message.decode() for each in found.events]


def _named(prefix: str) -> GroupQuery:
    return GroupQuery(prefix=prefix)
