"""A made-up event passes the chain link by link, and is taken back with all that it put in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from support.http_receiver import Answer, http_receiver
from support.records import denial, record, write_log
from support.scenario import UNAUTHORIZED, Scenario
from support.verifying import advanced, everything, of_one_control, order, silenced, started, whole
from trailbell.chain import VerificationLink, VerificationState
from trailbell.controls import watched_controls
from trailbell.drill import DRILL_NAME
from trailbell.settings import Evaluation
from trailbell.sources import place_file
from trailbell.store import EventQuery

LINKS = list(VerificationLink)
STOPPED = VerificationState.STOPPED


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Scenario]:
    made = of_one_control(tmp_path)
    yield made
    made.close()


def test_the_event_of_every_control_passes_every_link_and_leaves_nothing(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, gather_seconds=0)
    scenario.tick()
    before = everything(scenario)
    results = [whole(scenario, each.key) for each in watched_controls()]
    after = everything(scenario)
    scenario.close()

    assert [(VerificationState.PROVEN, LINKS)] * len(results) == [
        (each.state, [link.link for link in each.passed]) for each in results
    ]
    assert {(True, ())} == {(each.is_removed, each.left) for each in results}
    assert before == after


def test_each_link_is_named_with_the_time_of_its_passing(scenario: Scenario) -> None:
    verification = started(scenario)
    scenario.clock.turn(seconds=2)
    scenario.chain.take_all()
    scenario.clock.turn(seconds=3)
    scenario.chain.deliver_all()
    passed = advanced(scenario, verification).passed

    assert [2, 2, 2, 2, 2, 2, 5] == [(each.at_ms - verification.started_ms) / 1000 for each in passed]
    assert (str(scenario.logs), "CloudTrail/logs", "unauthorized-api-calls") == tuple(
        each.name for each in passed[:3]
    )
    assert ("CISBenchmark/unauthorized_api_calls_metric", UNAUTHORIZED) == (passed[3].name, passed[4].name)


def test_whoever_is_paged_sees_that_it_is_a_drill_and_is_told_of_its_end(scenario: Scenario) -> None:
    scenario.tick()
    whole(scenario)
    scenario.chain.deliver_all()
    said = scenario.terminal.getvalue()

    assert f"user/{DRILL_NAME}" in said
    assert f"OK: {UNAUTHORIZED}" in said


def test_the_four_classes_stay_balanced(scenario: Scenario) -> None:
    scenario.drop("one.json", [denial(), denial()])
    before = scenario.classes()
    whole(scenario)
    after = scenario.classes()

    assert (before.read + 1, before.matched + 1) == (after.read, after.matched)
    assert after.read == after.matched + after.unmatched + after.duplicate + after.rejected


@pytest.mark.parametrize("is_first", [True, False])
def test_a_real_event_in_the_same_minute_and_batch_stays_and_rings(
    scenario: Scenario, is_first: bool
) -> None:
    name = "111122223333_CloudTrail_eu-west-1_20260914T0540Z_" + ("AAAA" if is_first else "zzzz")
    verification = started(scenario)
    write_log(scenario.logs / f"{name}.json.gz", [denial("mallory")])
    scenario.chain.take_all()
    scenario.chain.deliver_all()
    verification = advanced(scenario, verification)
    scenario.tick()
    alarm = scenario.alarm()
    told = scenario.delivered()
    last = told[told.rindex(f"ALARM: {UNAUTHORIZED}") :]

    assert VerificationState.PROVEN == verification.state
    assert "1 other event came in meanwhile" in verification.notes[0]
    assert "ALARM" == alarm.state
    assert alarm.evidence is not None
    assert (1, "mallory") == (
        alarm.evidence["total"],
        alarm.evidence["principals"][0]["key"].rpartition("/")[2],
    )
    assert DRILL_NAME not in last
    assert ["mallory"] == [
        each.principal.rpartition("/")[2] for each in scenario.chain.report.events(EventQuery())
    ]


def test_a_real_event_of_a_minute_that_was_compacted_meanwhile_stays(scenario: Scenario) -> None:
    with http_receiver(*[Answer(status=503)] * 2) as receiver:
        scenario.close()
        scenario.settings = replace(scenario.settings, notify=(receiver.url,))
        scenario._open()
        verification = started(scenario)
        scenario.chain.take_all()
        scenario.drop("one.json", [denial("mallory")])
        scenario.drop("two.json", [denial("mallory")])
        scenario.clock.turn(minutes=2)
        scenario.chain.tick()
        scenario.chain.deliver_all()
        verification = advanced(scenario, verification)
        scenario.chain.stop()
    alarm = scenario.alarm()

    assert STOPPED == verification.state
    assert alarm.evidence is not None
    assert 2 == alarm.evidence["total"]


def test_by_aws_evaluation_the_event_waits_for_the_tick(tmp_path: Path) -> None:
    scenario = of_one_control(tmp_path, evaluation=Evaluation.AWS)
    verification = started(scenario)
    scenario.chain.take_all()
    waiting = advanced(scenario, verification)
    scenario.tick()
    scenario.chain.deliver_all()
    done = advanced(scenario, verification)
    scenario.close()

    assert (VerificationState.RUNNING, LINKS[:4]) == (waiting.state, [each.link for each in waiting.passed])
    assert VerificationState.PROVEN == done.state


def test_a_file_of_such_a_name_that_nobody_ordered_is_read_as_any_other(scenario: Scenario) -> None:
    place_file(scenario.logs, order(scenario).file_name, order(scenario).content)
    scenario.chain.take_all()

    assert (1, "ALARM") == (scenario.classes().matched, scenario.state())


def wait(scenario: Scenario) -> None:
    pass


def read(scenario: Scenario) -> None:
    scenario.chain.take_all()


def follow(scenario: Scenario) -> None:
    scenario.chain.take_all()
    scenario.chain.verifications.advance()


def deliver(scenario: Scenario) -> None:
    scenario.chain.take_all()
    scenario.clock.turn(seconds=31)
    scenario.chain.deliver_all()


@pytest.mark.parametrize("step", [wait, read, follow, deliver])
def test_what_a_dead_process_left_is_taken_back_at_the_next_start(
    tmp_path: Path, step: Callable[[Scenario], None]
) -> None:
    # People are told late, so that a message is still waiting.
    scenario = of_one_control(tmp_path, gather_seconds=30)
    before = everything(scenario)
    verification = started(scenario)
    step(scenario)
    scenario.restart()
    scenario.chain.take_all()
    after = everything(scenario)
    verification = scenario.chain.verifications.find(verification.id)
    again = whole(scenario)
    scenario.close()

    assert before == after
    assert (STOPPED, True) == (verification.state, verification.is_removed)
    assert verification.stopped is not None
    assert "The server ended" in verification.stopped.reason
    assert VerificationState.RUNNING == again.state


def test_a_server_that_is_stopped_takes_it_back_itself(scenario: Scenario) -> None:
    before = everything(scenario)
    verification = started(scenario)
    scenario.chain.take_all()
    scenario.chain.stop()

    assert before == everything(scenario)
    assert scenario.chain.verifications.find(verification.id).is_removed


def test_the_event_goes_on_by_a_composite_alarm_where_that_notifies(scenario: Scenario) -> None:
    scenario.tick()
    silenced(scenario)
    before = everything(scenario)
    verification = whole(scenario)

    assert VerificationState.PROVEN == verification.state
    assert "by composite alarm above" == verification.passed[5].detail
    assert before == everything(scenario)
    assert "OK" == scenario.chain.report.alarm("above").state


def twin(folder: Path, *, is_verified: bool) -> dict[str, object]:
    """What is kept of real traffic, before, with and after an event of a verification or without one."""
    folder.mkdir()
    scenario = of_one_control(folder)
    scenario.drop("one.json", [denial("mallory", eventID="1"), record()])
    scenario.tick(6)
    verification = started(scenario) if is_verified else None
    write_log(scenario.logs / "two.json", [denial("eve", eventID="2"), record()])
    scenario.chain.take_all()
    scenario.drop("three.json", [denial("mallory", eventID="3")])
    scenario.tick()
    scenario.chain.deliver_all()
    if verification is not None:
        advanced(scenario, verification)
    scenario.drop("four.json", [denial("eve", eventID="4")])
    scenario.tick()
    kept = everything(scenario)
    scenario.close()
    return kept


def test_of_real_traffic_the_same_is_kept_with_and_without_it(tmp_path: Path) -> None:
    without, with_one = (twin(tmp_path / str(each), is_verified=each) for each in (False, True))

    assert without == with_one
