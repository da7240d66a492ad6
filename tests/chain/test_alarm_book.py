"""Alarms put, set, silenced and deleted, and what follows: state, history, messages."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from support.records import denial
from support.scenario import UNAUTHORIZED, Scenario
from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.alarms import AlarmParameters, AlarmState
from trailbell.chain import TOPIC_NAME, AlarmSearch, MetricQuestion
from trailbell.metrics import MetricKey, Statistic
from trailbell.settings import Evaluation
from trailbell.store import AlarmQuery, HistoryQuery, StoredAlarm
from trailbell.topics import topic_arn

TOPIC = topic_arn("us-east-1", "000000000000", TOPIC_NAME)
LOUD = AlarmParameters(
    name="loud",
    metric_name="m",
    namespace="App",
    statistic=Statistic.SUM,
    period_seconds=60,
    evaluation_periods=1,
    threshold=1,
    comparison_operator="GreaterThanOrEqualToThreshold",
    treat_missing_data="notBreaching",
    alarm_actions=(TOPIC,),
)


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Scenario]:
    made = Scenario(tmp_path)
    made.chain.take_all()
    made.chain.tick()
    yield made
    made.close()


def stored(scenario: Scenario, name: str = "loud") -> StoredAlarm:
    [found] = scenario.chain.alarms.page(AlarmSearch(AlarmQuery(names=(name,)))).alarms
    return found


def summaries(scenario: Scenario, name: str = "loud", item_type: str = "") -> list[str]:
    page = scenario.chain.alarms.history(HistoryQuery(name, item_type, is_ascending=True))
    return [each.summary for each in page.items]


def newest_data(scenario: Scenario, name: str = "loud") -> Any:
    return json.loads(scenario.chain.alarms.history(HistoryQuery(name)).items[0].data)


def on_denials(scenario: Scenario, **changes: Any) -> AlarmParameters:
    """An alarm of the test's own on the metric of the unauthorized calls."""
    with scenario.store.read() as transaction:
        found = transaction.alarms.find(UNAUTHORIZED)
    assert found is not None
    metric = found.definition.metric
    return replace(LOUD, metric_name=metric.name, namespace=metric.namespace, **changes)


def test_a_new_alarm_waits_for_its_first_evaluation_with_three_equal_times(scenario: Scenario) -> None:
    scenario.chain.alarms.put(LOUD, {})
    alarm = stored(scenario)

    assert (AlarmState.INSUFFICIENT_DATA, "Unchecked: Initial alarm creation", "") == (
        alarm.state,
        alarm.reason,
        alarm.reason_data,
    )
    assert scenario.clock.now_ms() == alarm.configuration_updated_ms == alarm.state_updated_ms
    assert summaries(scenario) == ['Alarm "loud" created']


def test_an_update_replaces_the_whole_configuration_and_keeps_the_state(scenario: Scenario) -> None:
    scenario.chain.alarms.put(replace(LOUD, actions_enabled=False, description="d"), {})
    scenario.chain.alarms.set_state("loud", AlarmState.ALARM, "drill", '{"by":1}')
    before = stored(scenario)
    scenario.clock.turn(seconds=1)
    scenario.chain.alarms.put(LOUD, {"late": "tag"})
    after = stored(scenario)

    assert (True, None) == (after.definition.actions_enabled, after.definition.description)
    assert after.configuration_updated_ms == scenario.clock.now_ms()
    assert before == replace(
        after, definition=before.definition, configuration_updated_ms=before.configuration_updated_ms
    )
    assert set(newest_data(scenario)["originalUpdatedFields"]) == {
        "alarmDescription",
        "alarmConfigurationUpdatedTimestamp",
        "actionsEnabled",
    }
    assert scenario.chain.alarms.tags(scenario.chain.alarms.arn("loud")) == {}
    assert scenario.delivered() == ""


def test_an_identical_put_moves_the_time_of_the_configuration_alone(scenario: Scenario) -> None:
    scenario.chain.alarms.put(LOUD, {})
    before = stored(scenario)
    scenario.clock.turn(seconds=1)
    scenario.chain.alarms.put(LOUD, {})
    after = stored(scenario)

    assert after == replace(before, configuration_updated_ms=scenario.clock.now_ms())
    assert list(newest_data(scenario)["originalUpdatedFields"]) == ["alarmConfigurationUpdatedTimestamp"]


def test_a_refused_update_changes_nothing(scenario: Scenario) -> None:
    scenario.chain.alarms.put(LOUD, {})
    before = stored(scenario)
    scenario.clock.turn(seconds=1)
    with pytest.raises(RequestRefusedError):
        scenario.chain.alarms.put(replace(LOUD, treat_missing_data="x"), {})

    assert before == stored(scenario)
    assert summaries(scenario) == ['Alarm "loud" created']


def test_an_alarm_put_after_the_data_rings_early(scenario: Scenario) -> None:
    scenario.drop("one.json.gz", [denial("mallory")])
    scenario.chain.alarms.put(on_denials(scenario), {})

    assert scenario.state("loud") == "ALARM"
    assert summaries(scenario, item_type="StateUpdate") == ["Alarm updated from INSUFFICIENT_DATA to ALARM"]


def test_in_aws_mode_an_alarm_put_after_the_data_waits_for_its_tick(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, evaluation=Evaluation.AWS)
    scenario.drop("one.json.gz", [denial("mallory")])
    scenario.chain.alarms.put(on_denials(scenario), {})
    before = scenario.state("loud")
    scenario.tick()
    after = scenario.state("loud")
    scenario.close()

    assert ("INSUFFICIENT_DATA", "ALARM") == (before, after)


def test_a_state_set_by_hand_rings_with_history_and_names_who_was_there(scenario: Scenario) -> None:
    scenario.drop("one.json.gz", [denial("mallory")])
    scenario.chain.alarms.put(on_denials(scenario, threshold=1000), {})
    scenario.chain.alarms.set_state("loud", AlarmState.ALARM, "drill", '{"by" : 1.0}')
    scenario.clock.turn(seconds=10)
    message = scenario.delivered()
    alarm = stored(scenario)

    assert (AlarmState.ALARM, "drill", '{"by" : 1.0}') == (alarm.state, alarm.reason, alarm.reason_data)
    assert summaries(scenario) == [
        'Alarm "loud" created',
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
        f"Successfully executed action {TOPIC}",
    ]
    assert 'ALARM: "loud"' in message or "ALARM: loud" in message
    assert "user/mallory" in message
    [item] = [each for each in scenario.alarm("loud").history if each.type == "StateUpdate"]
    assert item.data["newState"] == {
        "stateValue": "ALARM",
        "stateReason": "drill",
        "stateReasonData": {"by": 1.0},
    }
    assert item.evidence is not None
    assert item.evidence["total"] == 1


@pytest.mark.parametrize("mode", list(Evaluation))
@pytest.mark.parametrize("state", [AlarmState.ALARM, AlarmState.INSUFFICIENT_DATA])
def test_the_next_evaluation_overrides_a_state_set_by_hand(
    tmp_path: Path, mode: Evaluation, state: AlarmState
) -> None:
    scenario = Scenario(tmp_path, evaluation=mode)
    scenario.chain.alarms.put(LOUD, {})
    scenario.tick()
    at_first = scenario.state("loud")
    scenario.chain.alarms.set_state("loud", state, "drill")
    by_hand = scenario.state("loud")
    scenario.tick()
    evaluated = stored(scenario)
    scenario.close()

    assert ("OK", state) == (at_first, by_hand)
    assert evaluated.state == AlarmState.OK
    assert evaluated.reason.startswith("Threshold Crossed: no datapoints were received for 1 period")


def test_setting_the_present_state_is_no_change_at_all(scenario: Scenario) -> None:
    scenario.chain.alarms.put(LOUD, {})
    scenario.chain.alarms.set_state("loud", AlarmState.ALARM, "first", "{}")
    before, history = stored(scenario), summaries(scenario)
    scenario.clock.turn(seconds=1)
    scenario.chain.alarms.set_state("loud", AlarmState.ALARM, "second", "[]")

    assert before == stored(scenario)
    assert history == summaries(scenario)


def test_a_state_set_without_data_drops_the_former_data(scenario: Scenario) -> None:
    scenario.chain.alarms.put(LOUD, {})
    scenario.chain.alarms.set_state("loud", AlarmState.ALARM, "first", "{}")
    scenario.chain.alarms.set_state("loud", AlarmState.OK, "")

    assert ("", "") == (stored(scenario).reason, stored(scenario).reason_data)


@pytest.mark.parametrize("data", ["{", "x", "[" * 2000 + "]" * 2000, '{"a":NaN}', " "])
def test_data_that_is_no_json_or_nested_without_end_is_refused(scenario: Scenario, data: str) -> None:
    scenario.chain.alarms.put(LOUD, {})
    before = stored(scenario)
    with pytest.raises(RequestRefusedError) as caught:
        scenario.chain.alarms.set_state("loud", AlarmState.ALARM, "r", data)

    assert (RefusalKind.INVALID_FORMAT, "") == (caught.value.kind, caught.value.message)
    assert before == stored(scenario)


@pytest.mark.parametrize("data", ["1", '"text"', "null", "[]", '{"a":\n[true]}', "[" * 99 + "]" * 99])
def test_any_json_is_taken_and_kept_as_it_is(scenario: Scenario, data: str) -> None:
    scenario.chain.alarms.put(LOUD, {})
    scenario.chain.alarms.set_state("loud", AlarmState.ALARM, "r", data)

    assert data == stored(scenario).reason_data
    assert len(scenario.alarm("loud").history) == 3


def test_disabled_actions_keep_still_while_the_state_moves_and_enabling_rings_nothing(
    scenario: Scenario,
) -> None:
    scenario.chain.alarms.put(LOUD, {})
    scenario.chain.alarms.set_actions_enabled(["loud", "nobody", "loud"], are_enabled=False)
    scenario.clock.turn(seconds=1)
    scenario.chain.alarms.set_state("loud", AlarmState.ALARM, "drill")
    scenario.clock.turn(seconds=1)
    scenario.chain.alarms.set_actions_enabled(["loud"], are_enabled=True)
    scenario.clock.turn(seconds=30)
    alarm = stored(scenario)

    assert scenario.delivered() == ""
    assert (AlarmState.ALARM, True) == (alarm.state, alarm.definition.actions_enabled)
    assert alarm.configuration_updated_ms - alarm.state_updated_ms == 1000
    assert summaries(scenario) == [
        'Alarm "loud" created',
        'Alarm "loud" updated',
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
        'Alarm "loud" updated',
    ]
    assert newest_data(scenario)["originalUpdatedFields"]["actionsEnabled"] is False


def test_a_deleted_alarm_leaves_its_history_and_comes_back_as_new(scenario: Scenario) -> None:
    alarms = scenario.chain.alarms
    alarms.put(LOUD, {"team": "red"})
    alarms.set_state("loud", AlarmState.OK, "drill")
    alarms.delete(["nobody", "loud", "loud"])
    scenario.clock.turn(seconds=1)
    with pytest.raises(RequestRefusedError) as caught:
        alarms.tags(alarms.arn("loud"))
    alarms.put(LOUD, {})

    assert caught.value.kind == RefusalKind.RESOURCE_NOT_FOUND
    assert alarms.tags(alarms.arn("loud")) == {}
    assert stored(scenario).state == AlarmState.INSUFFICIENT_DATA
    assert summaries(scenario) == [
        'Alarm "loud" created',
        "Alarm updated from INSUFFICIENT_DATA to OK",
        'Alarm "loud" deleted',
        'Alarm "loud" created',
    ]


def test_a_deleted_alarm_is_judged_no_more(scenario: Scenario) -> None:
    scenario.chain.alarms.put(on_denials(scenario), {})
    scenario.chain.alarms.delete(["loud"])
    scenario.drop("one.json.gz", [denial()])
    scenario.tick()

    assert summaries(scenario) == ['Alarm "loud" created', 'Alarm "loud" deleted']


def test_history_is_paged_without_gaps_in_both_orders(scenario: Scenario) -> None:
    for name in ("a", "b", "c", "d", "e"):
        scenario.chain.alarms.put(replace(LOUD, name=name), {})
    for ascending in (True, False):
        query = HistoryQuery(item_type="ConfigurationUpdate", is_ascending=ascending, limit=2)
        seen, token = [], None
        while True:
            page = scenario.chain.alarms.history(query, (), token)
            seen += [each.alarm_name for each in page.items]
            token = page.next_token
            if token is None:
                break
        all_at_once = scenario.chain.alarms.history(replace(query, limit=100)).items

        assert [each.alarm_name for each in all_at_once] == seen


def test_history_is_found_between_two_instants(scenario: Scenario) -> None:
    scenario.chain.alarms.put(LOUD, {})
    second = scenario.clock.turn(seconds=1)
    scenario.chain.alarms.put(LOUD, {})
    scenario.clock.turn(seconds=1)
    scenario.chain.alarms.put(LOUD, {})
    found = scenario.chain.alarms.history(HistoryQuery("loud", start_ms=second, end_ms=second)).items

    assert [second] == [each.at_ms for each in found]


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        ({}, ["a", "b"]),
        ({"statistic": Statistic.SUM}, ["a"]),
        ({"period_seconds": 300}, ["b"]),
        ({"unit": "Count"}, ["b"]),
        ({"unit": "Seconds"}, []),
        ({"extended_statistic": "p90"}, []),
        ({"metric": MetricKey("App", "m", (("d", "1"),))}, ["c"]),
        ({"metric": MetricKey("App", "other")}, []),
    ],
)
def test_the_alarms_on_exactly_one_metric_are_found(
    scenario: Scenario, narrowed: dict[str, Any], found: list[str]
) -> None:
    maximum = replace(LOUD, name="b", statistic=Statistic.MAXIMUM, period_seconds=300, unit="Count")
    for each in (
        maximum,
        replace(LOUD, name="a"),
        replace(LOUD, name="c", dimensions=(("d", "1"),)),
        replace(LOUD, name="d", dimensions=(("d", "1"), ("e", "1"))),
    ):
        scenario.chain.alarms.put(each, {})
    question = MetricQuestion(**{"metric": MetricKey("App", "m"), **narrowed})

    assert found == [each.definition.name for each in scenario.chain.alarms.of_metric(question)]


def test_the_controls_alarms_are_left_alone_by_a_restart(scenario: Scenario) -> None:
    before = stored(scenario, UNAUTHORIZED)
    scenario.clock.turn(seconds=1)
    scenario.restart()

    assert before.configuration_updated_ms == stored(scenario, UNAUTHORIZED).configuration_updated_ms
    assert summaries(scenario, UNAUTHORIZED, "ConfigurationUpdate") == [f'Alarm "{UNAUTHORIZED}" created']
