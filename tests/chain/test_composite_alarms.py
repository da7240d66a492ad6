"""Composite alarms follow the alarms below them: in the same tick, each once, and the message says who."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.composite_scenario import TOPIC, CompositeScenario
from support.records import denial, record, user
from support.scenario import UNAUTHORIZED, Scenario
from trailbell.alarms import AlarmState, CompositeAlarm
from trailbell.settings import Evaluation
from trailbell.store import EventQuery

IAM = "iam-changes-alarm"
ALARM, OK, UNKNOWN = AlarmState.ALARM, AlarmState.OK, AlarmState.INSUFFICIENT_DATA


def policy_change(name: str) -> dict[str, Any]:
    return record(userIdentity=user(name), eventName="PutRolePolicy", eventSource="iam.amazonaws.com")


@pytest.fixture
def alarms(tmp_path: Path) -> Iterator[CompositeScenario]:
    made = CompositeScenario(tmp_path)
    yield made
    made.close()


def watching(folder: Path, rule: str, **settings: Any) -> Scenario:
    """A chain that reads log files, with one composite alarm on the controls' alarms."""
    scenario = Scenario(folder, **settings)
    scenario.chain.take_all()
    scenario.chain.tick()
    put(scenario, "both", rule)
    return scenario


def put(scenario: Scenario, name: str, rule: str) -> None:
    alarm = CompositeAlarm(name=name, rule=rule, alarm_actions=(TOPIC,))
    scenario.chain.alarms.put_composite(alarm, {})


def moves(scenario: Scenario, name: str) -> list[str]:
    history = scenario.alarm(name).history
    return [each.summary for each in reversed(history) if each.type == "StateUpdate"]


@pytest.mark.parametrize("mode", list(Evaluation))
def test_alarms_that_move_in_one_tick_move_what_stands_on_them_in_the_same_tick_once(
    tmp_path: Path, mode: Evaluation
) -> None:
    rule = f"(ALARM({UNAUTHORIZED}) OR ALARM({IAM})) AND NOT (ALARM({UNAUTHORIZED}) AND OK({IAM}))"
    scenario = watching(tmp_path, rule, evaluation=mode, gather_seconds=0.0)
    scenario.drop("one.json.gz", [denial("mallory"), policy_change("mallory")])
    if mode is Evaluation.AWS:
        scenario.tick()
    since = {scenario.alarm(name).since for name in (UNAUTHORIZED, IAM, "both")}
    said = scenario.delivered()
    scenario.close()

    assert len(since) == 1
    assert said.count("ALARM: both") == 1


def test_alarms_that_move_together_make_no_composite_alarm_flap(tmp_path: Path) -> None:
    # One by one, in the order of their names, they would ring it and end it at once.
    scenario = watching(tmp_path, f"ALARM({IAM}) AND NOT ALARM({UNAUTHORIZED})", evaluation=Evaluation.AWS)
    scenario.drop("one.json.gz", [denial("mallory"), policy_change("mallory")])
    scenario.tick()
    told = (scenario.state(IAM), scenario.state(UNAUTHORIZED), moves(scenario, "both"))
    scenario.close()

    assert ("ALARM", "ALARM", ["Alarm updated from INSUFFICIENT_DATA to OK"]) == told


def test_the_message_names_who_first_and_then_the_rule_and_what_led_to_it(tmp_path: Path) -> None:
    rule = f"ALARM({UNAUTHORIZED}) AND\n ALARM({IAM})"
    scenario = watching(tmp_path, rule)
    scenario.drop("one.json.gz", [denial("mallory")])
    scenario.drop("two.json.gz", [policy_change("bob"), policy_change("bob")])
    scenario.clock.turn(seconds=6)
    text = scenario.delivered().partition("ALARM: both")[2]
    scenario.close()

    parts = [
        "how many   3 calls",
        "     2  arn:aws:iam::111122223333:user/bob (user)",
        "     1  arn:aws:iam::111122223333:user/mallory (user)",
        "state      OK -> ALARM at 2026-09-14 05:40:10 UTC",
        f"rule       ALARM({UNAUTHORIZED}) AND ALARM({IAM})",
        "children   ",
        "what next  ",
        "more       http://127.0.0.1:4747/api/v1/alarms/both",
    ]
    assert sorted(text.index(each) for each in parts) == [text.index(each) for each in parts]
    assert f"{IAM} is ALARM since 2026-09-14 05:40:10 UTC" in text
    assert f"{UNAUTHORIZED} is ALARM since 2026-09-14 05:40:10 UTC" in text


def test_programs_get_awss_members_and_the_merged_evidence(tmp_path: Path) -> None:
    scenario = watching(tmp_path, f"ALARM({UNAUTHORIZED}) AND ALARM({IAM})")
    scenario.drop("one.json.gz", [denial("mallory"), policy_change("bob")])
    with scenario.store.read() as transaction:
        messages = [transaction.outbox.find(number) for number in range(1, 4)]
    told = [json.loads(each.body) for each in messages if each is not None and "both" in each.subject]
    scenario.close()

    [body] = told
    assert list(body) == [
        "AlarmName",
        "AlarmDescription",
        "AWSAccountId",
        "NewStateValue",
        "NewStateReason",
        "StateChangeTime",
        "Region",
        "AlarmArn",
        "OKActions",
        "AlarmActions",
        "InsufficientDataActions",
        "ActionExecutedAfterMuteWindow",
        "OldStateValue",
        "AlarmRule",
        "TriggeringChildren",
        "Trailbell",
    ]
    assert {"arn:aws:iam::111122223333:user/bob": 1, "arn:aws:iam::111122223333:user/mallory": 1} == {
        each["key"]: each["count"] for each in body["Trailbell"]["evidence"]["principals"]
    }
    assert len(body["TriggeringChildren"]) == 2


def test_people_are_told_of_the_end_and_of_newcomers_while_it_lasts(tmp_path: Path) -> None:
    scenario = watching(tmp_path, f"ALARM({UNAUTHORIZED})", gather_seconds=0.0)
    scenario.drop("one.json.gz", [denial("mallory")])
    scenario.tick(minutes=6)
    scenario.drop("two.json.gz", [denial("bob")])
    scenario.tick()
    for _ in range(20):
        scenario.tick()
    said = [line for line in scenario.delivered().splitlines() if line.endswith(": both")]
    scenario.close()

    assert ["ALARM: both", "ALARM goes on: both", "OK: both"] == said


def test_what_is_known_of_a_composite_alarm_is_shown_with_the_alarms_below(tmp_path: Path) -> None:
    scenario = watching(tmp_path, f"ALARM({UNAUTHORIZED}) OR ALARM({IAM})")
    put(scenario, "top", "ALARM(both)")
    scenario.drop("one.json.gz", [denial("mallory"), record(), policy_change("bob")])
    detail, listed = scenario.alarm("top"), scenario.chain.report.alarms()
    events = scenario.chain.report.events(EventQuery(), "top")
    scenario.close()

    assert ("CompositeAlarm", "ALARM", 2) == (detail.type, detail.state, detail.evidence["total"])
    assert [("both", "ALARM")] == [(each.name, each.state) for each in detail.children]
    assert "ALARM(both)" == detail.definition["rule"]
    assert {"bob", "mallory"} == {each.principal.rpartition("/")[2] for each in events}
    assert [each.name for each in listed] == sorted(each.name for each in listed)
    assert {("both", "CompositeAlarm"), (IAM, "MetricAlarm")} <= {(each.name, each.type) for each in listed}


def test_a_composite_alarm_on_composite_alarms_moves_once_after_all_of_them(
    alarms: CompositeScenario,
) -> None:
    alarms.put_metric_alarms("a")
    alarms.put("left", "ALARM(a)")
    alarms.put("right", "NOT ALARM(a)")
    # In any other order it would see both in ALARM, or neither, for a moment.
    alarms.put("top", "ALARM(left) AND ALARM(right) OR NOT ALARM(left) AND NOT ALARM(right)")
    alarms.put("higher", "ALARM(top) OR ALARM(left)")
    alarms.set("a", ALARM)
    alarms.set("a", OK)

    assert ["OK", "ALARM", "OK"] == alarms.moves("left")
    assert ["ALARM", "OK", "ALARM"] == alarms.moves("right")
    assert ["OK"] == alarms.moves("top")
    assert ["OK", "ALARM", "OK"] == alarms.moves("higher")


def test_a_long_chain_of_composite_alarms_moves_at_once(alarms: CompositeScenario) -> None:
    alarms.put_metric_alarms("a")
    below = "a"
    for number in range(120):
        alarms.put(f"c{number}", f"ALARM({below})", alarm_actions=())
        below = f"c{number}"
    alarms.set("a", ALARM)

    assert ALARM == alarms.composite(below).state
    assert "c118 transitioned to ALARM" in alarms.composite(below).reason


def test_a_new_composite_alarm_moves_at_once_and_rings(alarms: CompositeScenario) -> None:
    alarms.put_metric_alarms("a")
    alarms.set("a", ALARM)
    alarms.put("p", "ALARM(a)")

    assert ["ALARM: p"] == alarms.said()
    assert [
        'Alarm "p" created',
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
        f"Successfully executed action {TOPIC}",
    ] == alarms.summaries("p")


def test_an_update_is_evaluated_and_moves_those_above(alarms: CompositeScenario) -> None:
    alarms.put_metric_alarms("a")
    alarms.put("p", "FALSE")
    alarms.put("top", "ALARM(p)")
    alarms.clock.turn(seconds=1)
    alarms.put("p", "NOT ALARM(a)")

    assert (ALARM, ALARM) == (alarms.composite("p").state, alarms.composite("top").state)
    assert alarms.composite("p").reason.endswith("p was updated and its new alarm rule evaluates to ALARM")
    assert ["ALARM: p", "ALARM: top"] == sorted(alarms.said())[:2]


def test_an_update_that_changes_no_state_keeps_reason_and_times(alarms: CompositeScenario) -> None:
    alarms.put_metric_alarms("a")
    alarms.put("p", "ALARM(a)")
    before = alarms.composite("p")
    alarms.clock.turn(seconds=1)
    alarms.put("p", "ALARM(a) AND TRUE", description="d")
    after = alarms.composite("p")

    assert ("ALARM(a) AND TRUE", "d") == (after.definition.rule, after.definition.description)
    assert (before.reason, before.state_updated_ms) == (after.reason, after.state_updated_ms)
    assert alarms.clock.now_ms() == after.configuration_updated_ms


def test_disabled_actions_keep_still_while_the_state_moves(alarms: CompositeScenario) -> None:
    alarms.put_metric_alarms("a")
    alarms.put("p", "ALARM(a)")
    alarms.chain.alarms.set_actions_enabled(["p"], are_enabled=False)
    said = alarms.said()
    alarms.set("a", ALARM)
    alarms.chain.alarms.set_actions_enabled(["p"], are_enabled=True)

    assert said == alarms.said()
    assert ALARM == alarms.composite("p").state


def test_a_state_set_by_hand_moves_those_above_and_is_overridden_by_those_below(
    alarms: CompositeScenario,
) -> None:
    alarms.put_metric_alarms("a", "b")
    alarms.put("p", "ALARM(a) OR ALARM(b)")
    alarms.put("top", "ALARM(p)")
    alarms.set("p", ALARM)
    by_hand = (alarms.composite("p").state, alarms.composite("top").state)
    alarms.chain.tick()
    after_a_tick = alarms.composite("p").state
    alarms.set("b", OK)
    overridden = (alarms.composite("p").state, alarms.composite("top").state)
    alarms.set("p", UNKNOWN)

    assert (ALARM, ALARM) == by_hand
    assert ALARM == after_a_tick
    assert (OK, OK) == overridden
    assert ["OK", "ALARM", "OK", "INSUFFICIENT_DATA"] == alarms.moves("p")


def test_alarms_in_a_cycle_keep_still_while_those_outside_go_on(alarms: CompositeScenario) -> None:
    alarms.put_metric_alarms("a")
    alarms.put("c", "ALARM(a)")
    alarms.put("d", "ALARM(c)")
    alarms.put("outside", "ALARM(a)")
    alarms.put("above", "ALARM(d) OR ALARM(a)")
    alarms.put("c", "NOT ALARM(d) OR ALARM(a)")
    alarms.set("a", ALARM)

    assert [OK, OK, ALARM, ALARM] == [alarms.composite(each).state for each in ("c", "d", "outside", "above")]


def test_a_composite_alarm_with_the_name_of_a_controls_alarm_outlives_a_restart(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path)
    scenario.chain.alarms.delete([IAM])
    put(scenario, IAM, "FALSE")
    scenario.restart()
    kind = scenario.alarm(IAM).type
    scenario.close()

    assert kind == "CompositeAlarm"
