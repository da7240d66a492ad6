"""The chain from a dropped file to the message, minute by minute."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.clock import ManualClock, at
from support.records import denial, log_file, record
from support.scenario import UNAUTHORIZED, Scenario
from trailbell.chain import EventSearch
from trailbell.settings import Evaluation


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Scenario]:
    made = Scenario(tmp_path)
    made.chain.take_all()
    made.chain.tick()
    yield made
    made.close()


def test_a_denial_rings_at_once_and_the_message_waits_to_gather_who(scenario: Scenario) -> None:
    scenario.drop("one.json.gz", [denial("mallory")])
    assert scenario.state() == "ALARM"
    assert scenario.delivered() == ""

    scenario.drop("two.json.gz", [denial("bob")])
    scenario.clock.turn(seconds=5)

    message = scenario.delivered()
    assert message.count("ALARM: ") == 1
    assert "user/mallory" in message
    assert "user/bob" in message
    assert "how many   2 calls" in message


def test_in_aws_mode_the_alarm_waits_for_the_tick(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, evaluation=Evaluation.AWS)
    scenario.chain.take_all()
    scenario.chain.tick()
    scenario.drop("one.json.gz", [denial()])
    before = scenario.state()
    scenario.tick()
    after = scenario.state()
    scenario.close()

    assert ("OK", "ALARM") == (before, after)


def test_the_alarm_ends_three_periods_after_the_last_match_and_keeps_its_evidence(scenario: Scenario) -> None:
    scenario.drop("one.json.gz", [denial("mallory")])
    states = []
    for _ in range(16):
        scenario.tick()
        states.append(scenario.state())

    assert (["ALARM"] * 15, ["OK"]) == (states[:15], states[15:])
    message = scenario.delivered()
    assert message.count("OK: unauthorized_api_calls_alarm") == 1
    assert "user/mallory" in message.partition("OK: ")[2]
    newest = scenario.alarm().history[0]
    assert newest.evidence is not None
    assert newest.summary == "Alarm updated from ALARM to OK"
    assert [each["key"] for each in newest.evidence["principals"]] == [
        "arn:aws:iam::111122223333:user/mallory"
    ]


def test_while_it_rings_a_newcomer_is_told_once_a_period_and_nobody_else(scenario: Scenario) -> None:
    scenario.drop("one.json.gz", [denial("mallory")])
    scenario.clock.turn(seconds=10)
    scenario.delivered()
    scenario.drop("two.json.gz", [denial("mallory")])
    scenario.tick(6)
    assert "goes on" not in scenario.delivered()

    scenario.drop("three.json.gz", [denial("trudy")])
    scenario.tick()
    first = scenario.delivered()
    scenario.tick()

    assert first.count("ALARM goes on: unauthorized_api_calls_alarm") == 1
    assert "user/trudy" in first
    assert first == scenario.delivered()


def test_an_excluded_denial_does_not_ring_but_an_excluded_unauthorized_operation_does(
    scenario: Scenario,
) -> None:
    scenario.drop("head.json.gz", [denial(eventName="HeadBucket", eventSource="s3.amazonaws.com")])
    quiet = scenario.state()
    scenario.drop("ec2.json.gz", [denial(eventName="HeadBucket", errorCode="Client.UnauthorizedOperation")])

    assert ("OK", "ALARM") == (quiet, scenario.state())


def test_classes_add_up_over_copies_redelivery_damage_and_bad_records(scenario: Scenario) -> None:
    one, two = denial(), record()
    scenario.drop("a.json.gz", [one, two])
    scenario.drop("renamed.json.gz", [one, two])
    scenario.drop("redelivered.json.gz", [two, one])
    (scenario.logs / "lines.jsonl").write_bytes(b'{"eventName":"A"}\n[1]\nnot json\n')
    (scenario.logs / "cut.json.gz").write_bytes(log_file([denial()])[:-9])
    scenario.clock.turn(minutes=10_000_000)
    scenario.chain.take_all()

    classes = scenario.classes()
    assert (1, 3, 1, 3) == (classes.matched, classes.unmatched, classes.duplicate, classes.rejected)
    assert classes.read == 8
    reasons = scenario.chain.report.rejected()
    assert {"lines.jsonl", "cut.json.gz"} == {each.file for each in reasons}


def test_a_file_still_being_written_waits_and_is_then_read_whole(scenario: Scenario) -> None:
    content = log_file([denial("mallory"), record()])
    path = scenario.logs / "growing.json.gz"
    path.write_bytes(content[:40])
    scenario.clock = _settle_clock(scenario, path)
    scenario.chain.take_all()
    waiting = scenario.chain.report.status().sources[0]
    path.write_bytes(content)
    scenario.chain.take_all()

    assert (1, 0) == (waiting.files_waiting, waiting.records.read)
    assert (2, 0) == (scenario.classes().read, scenario.classes().rejected)


def _settle_clock(scenario: Scenario, path: Path) -> ManualClock:
    """Set the scenario's clock to a moment after the file's own time, but within its settling time."""
    now_ms = path.stat().st_mtime_ns // 1_000_000 + 1000
    scenario.clock.turn(seconds=(now_ms - scenario.clock.now_ms()) / 1000)
    return scenario.clock


def test_an_appended_json_lines_file_goes_on_from_its_old_end(scenario: Scenario) -> None:
    path = scenario.logs / "live.jsonl"
    path.write_bytes(b'{"eventName":"A","eventID":"1"}\n{"eventName":"B"')
    _settle_clock(scenario, path)
    scenario.chain.take_all()
    first = scenario.classes().read
    path.write_bytes(path.read_bytes() + b',"eventID":"2"}\n{"eventName":"C","eventID":"3"}\n')
    scenario.chain.take_all()

    assert (1, 3, 0) == (first, scenario.classes().read, scenario.classes().rejected)


def test_old_files_of_a_first_start_are_searchable_and_never_ring(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path)
    scenario.clock.turn(minutes=0)
    name = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/06/01/"
    name += "111122223333_CloudTrail_eu-west-1_20260601T0915Z_abcdefghijklmnop.json.gz"
    scenario.drop(name, [denial("mallory", eventTime="2026-06-01T09:11:00Z")])
    for _ in range(3):
        scenario.tick()
    state = scenario.state()
    classes = scenario.classes()
    with scenario.store.read() as transaction:
        minutes = transaction.datapoints.within(
            transaction.alarms.all()[-2].definition.metric, 0, scenario.clock.now_ms()
        )
    scenario.close()

    assert (state, classes.matched) == ("OK", 1)
    assert [at("2026-06-01T09:15:00Z")] == [each.start_ms for each in minutes]


@pytest.mark.parametrize(("start", "state"), [("2026-05-31", "ALARM"), ("2026-06-02", "OK"), ("30d", "OK")])
def test_files_made_since_an_instant_ring_at_a_first_start_where_asked(
    tmp_path: Path, start: str, state: str
) -> None:
    scenario = Scenario(tmp_path, from_=start)
    name = "111122223333_CloudTrail_eu-west-1_20260601T0915Z_abcdefghijklmnop.json.gz"
    scenario.drop(name, [denial()])
    scenario.tick()
    found = scenario.state()
    scenario.close()

    assert state == found


@pytest.mark.parametrize(("days", "classes"), [(34, (1, 1)), (36, (2, 0))])
def test_a_record_delivered_again_is_known_for_35_days(
    scenario: Scenario, days: int, classes: tuple[int, int]
) -> None:
    scenario.drop("one.json.gz", [denial("alice", eventID="same")])
    scenario.clock.turn(minutes=days * 24 * 60)
    scenario.chain.enforce_retention()
    scenario.drop("two.json.gz", [denial("alice", eventID="same"), record()])

    assert classes == (scenario.classes().matched, scenario.classes().duplicate)


def test_after_the_first_start_an_old_file_is_news(scenario: Scenario) -> None:
    name = "111122223333_CloudTrail_eu-west-1_20260601T0915Z_abcdefghijklmnop.json.gz"
    scenario.drop(name, [denial()])

    assert scenario.state() == "ALARM"


def test_after_downtime_each_alarm_is_judged_once_for_now(scenario: Scenario) -> None:
    scenario.drop("one.json.gz", [denial()])
    scenario.restart()
    scenario.tick(24 * 60)
    changes = [each for each in scenario.alarm().history if each.type == "StateUpdate"]

    assert ["Alarm updated from ALARM to OK", "Alarm updated from OK to ALARM"] == [
        each.summary for each in changes[:2]
    ]


def test_nothing_exists_without_a_source(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, source=())

    alarms = scenario.chain.report.alarms()
    scenario.close()

    assert [] == alarms


def test_only_the_controls_named_are_set_up(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, controls=("root_usage",))
    at_first = [each.name for each in scenario.chain.report.alarms()]
    scenario.close()

    assert ["root-usage-alarm"] == at_first


def test_no_control_at_all_leaves_an_empty_log_group(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, controls=("none",))
    scenario.drop("one.json.gz", [denial(), record()])
    classes, alarms = scenario.classes(), scenario.chain.report.alarms()
    scenario.close()

    assert ([], 2) == (alarms, classes.unmatched)


def test_a_file_found_twice_at_once_is_read_once(scenario: Scenario) -> None:
    path = scenario.logs / "twice.json.gz"
    path.write_bytes(log_file([denial(), record(), record()]))
    [(source, ingest)] = scenario.chain._intakes
    [found] = [each for each in source.scan() if each.name == path.name]
    ingest.take([found, found], scenario.chain.filterings.of("CloudTrail/logs"))

    assert (1, 2, 3) == (scenario.classes().matched, scenario.classes().unmatched, scenario.classes().read)


def test_what_matches_of_a_source_can_be_read_from_its_log_group(scenario: Scenario) -> None:
    scenario.drop("one.json.gz", [denial("mallory", eventID="m1"), record(), denial("bob", eventID="b1")])
    scenario.drop("again.json.gz", [denial("mallory", eventID="m1")])
    found = scenario.chain.log_events.search(EventSearch(log_group="CloudTrail/logs"))
    kept = [(each.stream, json.loads(each.message)["eventID"]) for each in found.events]

    stream = "000000000000_CloudTrail_us-east-1"
    assert [(stream, "m1"), (stream, "b1")] == kept


def test_more_than_a_batch_may_hold_is_kept_in_several(scenario: Scenario) -> None:
    scenario.drop("many.json.gz", [denial(f"user{number}", note="x" * 1000) for number in range(1500)])
    with scenario.store.read() as transaction:
        batches = transaction.log_batches.count()
        group = transaction.log_groups.find("CloudTrail/logs")

    assert 3 == batches
    assert group is not None
    assert group.stored_bytes > 2_000_000


def test_a_restart_leaves_what_was_changed_by_hand(scenario: Scenario) -> None:
    scenario.chain.alarms.set_actions_enabled([UNAUTHORIZED], are_enabled=False)
    scenario.restart()
    with scenario.store.read() as transaction:
        kept = transaction.alarms.find(UNAUTHORIZED)

    assert kept is not None
    assert not kept.definition.actions_enabled
