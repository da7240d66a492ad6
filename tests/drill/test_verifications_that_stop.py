"""A made-up event that does not pass a link: which one, why, and nothing is left of it either."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from support.clock import START_MS
from support.composite_scenario import TOPIC
from support.http_receiver import Answer, http_receiver
from support.records import denial, write_log
from support.scenario import UNAUTHORIZED, Scenario
from support.verifying import advanced, everything, of_one_control, order, silenced, started, whole
from trailbell.chain import ChainError, VerificationLink, VerificationState
from trailbell.filters import MetricFilter
from trailbell.sources import place_file
from trailbell.topics import Topic

LINKS = list(VerificationLink)
STOPPED = VerificationState.STOPPED


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Scenario]:
    made = of_one_control(tmp_path)
    yield made
    made.close()


def set_filter(scenario: Scenario, name: str, pattern: str | None) -> None:
    """Gives a filter another pattern, or takes it away."""
    with scenario.store.write() as transaction:
        [kept] = [each for each in transaction.filters.all() if each.definition.name == name]
        definition: MetricFilter = kept.definition
        if pattern is None:
            transaction.filters.delete(definition.log_group, name)
        else:
            transaction.filters.put(replace(definition, pattern=pattern), START_MS)
    scenario.chain.filterings.changed("CloudTrail/logs")


def test_an_alarm_that_rings_already_sends_nothing_and_keeps_ringing(scenario: Scenario) -> None:
    scenario.drop("one.json", [denial("mallory")])
    before = everything(scenario)
    verification = whole(scenario)

    assert (STOPPED, VerificationLink.ALARM) == (
        verification.state,
        verification.stopped and verification.stopped.link,
    )
    assert verification.stopped is not None
    assert "already in ALARM, since 2026-09-14T05:40:10" in verification.stopped.reason
    assert before == everything(scenario)


def test_without_a_subscriber_it_stops_at_the_subscription(tmp_path: Path) -> None:
    scenario = of_one_control(tmp_path, notify=())
    with scenario.store.write() as transaction:
        transaction.topics.put(Topic(TOPIC, "security-alarms"), START_MS)
    before = everything(scenario)
    verification = whole(scenario)
    after = everything(scenario)
    scenario.close()

    assert verification.stopped is not None
    assert (VerificationLink.SUBSCRIPTION, "The topic has no subscription.") == (
        verification.stopped.link,
        verification.stopped.reason,
    )
    assert before == after


def test_without_a_topic_it_stops_at_the_topic(tmp_path: Path) -> None:
    scenario = of_one_control(tmp_path, notify=())
    verification = whole(scenario)
    scenario.close()

    assert verification.stopped is not None
    assert VerificationLink.TOPIC == verification.stopped.link
    assert "does not exist" in verification.stopped.reason


def test_a_receiver_that_refuses_is_told_and_not_tried_again(tmp_path: Path) -> None:
    with http_receiver(Answer(status=503, headers={"connection": "close"})) as receiver:
        scenario = of_one_control(tmp_path, notify=(receiver.url,))
        before = everything(scenario)
        verification = whole(scenario)
        after = everything(scenario)
        with scenario.store.read() as transaction:
            pending = transaction.outbox.count_pending(10)
        scenario.chain.stop()
        scenario.close()

    assert verification.stopped is not None
    assert VerificationLink.SUBSCRIPTION == verification.stopped.link
    assert "503" in verification.stopped.reason
    # The end of the alarm is nobody's action.
    assert 0 == pending
    assert before == after


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [("{ $.eventName = Nothing }", "does not match"), (None, "none is called unauthorized-api-calls")],
)
def test_a_filter_that_does_not_match_is_where_it_stops(
    scenario: Scenario, pattern: str | None, reason: str
) -> None:
    set_filter(scenario, "unauthorized-api-calls", pattern)
    before = everything(scenario)
    verification = whole(scenario)

    assert verification.stopped is not None
    assert VerificationLink.FILTER == verification.stopped.link
    assert reason in verification.stopped.reason
    assert before == everything(scenario)


def test_an_alarm_that_one_event_does_not_raise_is_where_it_stops_in_time(scenario: Scenario) -> None:
    with scenario.store.write() as transaction:
        stored = transaction.alarms.find(UNAUTHORIZED)
        assert stored is not None
        transaction.alarms.put(replace(stored.definition, threshold=5.0), START_MS)
    before = everything(scenario)
    verification = whole(scenario)
    scenario.clock.turn(seconds=181)
    verification = advanced(scenario, verification)

    assert verification.stopped is not None
    assert VerificationLink.ALARM == verification.stopped.link
    assert "did not go to ALARM within 180 s" in verification.stopped.reason
    assert before == everything(scenario)


def test_a_file_that_is_read_when_all_is_over_counts_for_nothing(scenario: Scenario) -> None:
    given = order(scenario)
    verification = scenario.chain.verifications.start(given)
    before = scenario.classes()
    scenario.clock.turn(seconds=181)
    verification = advanced(scenario, verification)
    files = list(scenario.logs.iterdir())
    place_file(scenario.logs, given.file_name, given.content)
    scenario.chain.take_all()

    assert verification.stopped is not None
    assert VerificationLink.SOURCE == verification.stopped.link
    assert [] == files
    assert (before, "INSUFFICIENT_DATA") == (scenario.classes(), scenario.state())


def test_only_one_runs_at_a_time(scenario: Scenario) -> None:
    verification = started(scenario)

    with pytest.raises(ChainError, match=verification.id):
        started(scenario)


@pytest.mark.parametrize("seconds", [0.0, 3601.0])
def test_a_timeout_out_of_bounds_is_refused(scenario: Scenario, seconds: float) -> None:
    with pytest.raises(ChainError, match="timeout"):
        started(scenario, seconds=seconds)


def test_a_source_that_is_no_folder_is_where_it_stops(tmp_path: Path) -> None:
    file = write_log(tmp_path / "one.json.gz", [])
    scenario = of_one_control(tmp_path, source=(str(file),))
    verification = started(scenario)
    is_running = scenario.chain.verifications.advance()
    scenario.close()

    assert verification.stopped is not None
    assert (STOPPED, VerificationLink.SOURCE) == (verification.state, verification.stopped.link)
    assert "is not a folder" in verification.stopped.reason
    assert not is_running


def test_a_server_without_a_source_says_so(tmp_path: Path) -> None:
    scenario = of_one_control(tmp_path, source=())
    verification = started(scenario)
    scenario.close()

    assert verification.stopped is not None
    assert "The server has no source." == verification.stopped.reason


def test_a_composite_alarm_that_rings_already_notifies_of_nothing(scenario: Scenario) -> None:
    scenario.tick()
    silenced(scenario, f'ALARM("{UNAUTHORIZED}") OR TRUE')
    scenario.tick()
    verification = whole(scenario)
    scenario.clock.turn(seconds=181)
    verification = advanced(scenario, verification)

    assert verification.stopped is not None
    assert VerificationLink.TOPIC == verification.stopped.link
    assert "(above: it was in ALARM already)" in verification.stopped.reason


def test_a_clock_that_is_set_back_does_not_prolong_it(scenario: Scenario) -> None:
    verification = started(scenario)
    scenario.clock.turn(seconds=-3600)
    verification = advanced(scenario, verification)

    assert (STOPPED, True) == (verification.state, verification.is_removed)
