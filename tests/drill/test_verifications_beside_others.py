"""What else happens while a verification runs: it keeps its own, and nothing of it is taken for real."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from support.records import denial
from support.scenario import UNAUTHORIZED, Scenario
from support.verifying import advanced, everything, of_one_control, started
from trailbell.chain import LOG_GROUP, VerificationState
from trailbell.drill import DRILL_NAME
from trailbell.settings import Evaluation


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Scenario]:
    made = of_one_control(tmp_path)
    yield made
    made.close()


def test_log_events_that_got_the_number_of_a_deleted_batch_stay(scenario: Scenario) -> None:
    verification = started(scenario)
    scenario.chain.take_all()
    with scenario.store.write() as transaction:
        group = transaction.log_groups.find(LOG_GROUP)
        assert group is not None
        transaction.log_batches.delete_of_group(group.id, 100)
    scenario.clock.turn(seconds=1)
    scenario.drop("one.json", [denial("mallory")])
    scenario.chain.deliver_all()
    advanced(scenario, verification)

    assert 1 == everything(scenario)["batches"]


def test_a_source_around_the_source_does_not_take_the_event_for_real(tmp_path: Path) -> None:
    scenario = of_one_control(tmp_path)
    scenario.close()
    around, inner = str(tmp_path), str(scenario.logs)
    scenario.settings = replace(scenario.settings, source=(inner, around))
    scenario._open()
    before = everything(scenario)
    verification = started(scenario)
    # The one around reads it first.
    scenario.chain._intakes.reverse()
    scenario.chain.take_all()
    scenario.chain.deliver_all()
    verification = advanced(scenario, verification)

    assert VerificationState.PROVEN == verification.state
    assert before == everything(scenario)
    scenario.close()


def test_a_copy_of_the_file_in_another_folder_counts_for_nothing(scenario: Scenario) -> None:
    verification = started(scenario)
    content = (scenario.logs / verification.file_name).read_bytes()
    scenario.chain.take_all()
    scenario.chain.deliver_all()
    advanced(scenario, verification)
    before = scenario.classes()
    (scenario.logs / "copies").mkdir()
    (scenario.logs / "copies" / verification.file_name).write_bytes(content)
    scenario.chain.take_all()

    assert before == scenario.classes()


@pytest.mark.parametrize("evaluation", list(Evaluation))
@pytest.mark.parametrize("minutes", [2, 30])
def test_a_real_event_rings_however_long_a_dead_process_held_the_alarm(
    tmp_path: Path, evaluation: Evaluation, minutes: int
) -> None:
    scenario = of_one_control(tmp_path, evaluation=evaluation)
    scenario.tick()
    started(scenario)
    scenario.chain.take_all()
    scenario.tick()
    scenario.delivered()
    scenario.drop("one.json", [denial("mallory")])
    scenario.clock.turn(minutes=minutes)
    scenario.restart()
    scenario.tick()
    told = scenario.delivered()
    scenario.tick(20)
    scenario.tick(20)
    state = scenario.state()
    scenario.close()
    messages = told.split(f"ALARM: {UNAUTHORIZED}")

    assert 3 == len(messages)
    assert "mallory" in messages[2]
    assert DRILL_NAME not in messages[2]
    assert "OK" == state


def test_too_few_real_events_do_not_ring_an_alarm_that_is_set_back_late(scenario: Scenario) -> None:
    with scenario.store.write() as transaction:
        stored = transaction.alarms.find(UNAUTHORIZED)
        assert stored is not None
        transaction.alarms.put(replace(stored.definition, threshold=2.0), scenario.clock.now_ms())
    scenario.tick()
    started(scenario)
    scenario.drop("one.json", [denial("mallory")])
    rang = scenario.state()
    scenario.clock.turn(minutes=30)
    scenario.restart()
    scenario.tick()

    assert ("ALARM", "OK") == (rang, scenario.state())
    assert 1 == scenario.delivered().count(f"OK: {UNAUTHORIZED}")


def test_data_is_not_taken_back_between_the_judging_of_an_alarm_and_its_move(scenario: Scenario) -> None:
    verification = started(scenario)
    scenario.chain.take_all()
    scenario.chain.deliver_all()
    taking_back = threading.Thread(target=scenario.chain.verifications.advance)
    with scenario.chain.evaluator.resting():
        taking_back.start()
        taking_back.join(0.2)
        kept = everything(scenario)["events"]
    taking_back.join(10)

    assert (1, 0) == (kept, everything(scenario)["events"])
    assert scenario.chain.verifications.find(verification.id).is_removed
