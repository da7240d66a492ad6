"""When the power goes while a tick moves many alarms, each has moved and been told of once in the end."""

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from support.clock import START_MS, ManualClock
from support.power_cut import Fuse, PowerCutError
from support.scenario import Scenario
from trailbell.alarms import Alarm, ComparisonOperator, TreatMissingData
from trailbell.metrics import MetricKey, Statistic
from trailbell.settings import Evaluation
from trailbell.topics import Protocol, Subscription, topic_arn

TOPIC = topic_arn("us-east-1", "000000000000", "t")
# More than one transaction moves.
ALARMS = 110
CUTS = 12
RINGING = Alarm(
    name="a",
    metric=MetricKey("App", "m"),
    statistic=Statistic.SUM,
    period_seconds=60,
    evaluation_periods=1,
    threshold=1.0,
    comparison_operator=ComparisonOperator.LESS_THAN_THRESHOLD,
    treat_missing_data=TreatMissingData.BREACHING,
    alarm_actions=(TOPIC,),
)
TOLD = {
    "states": "SELECT state, count(*) FROM alarm GROUP BY state",
    "moves": "SELECT count(*), count(DISTINCT alarm_name) FROM alarm_history WHERE item_type = 'StateUpdate'",
    "actions": "SELECT count(*), count(DISTINCT alarm_name) FROM alarm_history WHERE item_type = 'Action'",
    "messages": "SELECT count(*), count(DISTINCT subject) FROM outbox",
    "evaluation": "SELECT * FROM evaluation",
}


def prepared(folder: Path) -> Scenario:
    """A server whose every alarm is about to ring, with one receiver."""
    folder.mkdir()
    clock = ManualClock(START_MS + 5_000)
    scenario = Scenario(folder, clock, source=(), notify=(), evaluation=Evaluation.AWS)
    scenario.chain.topics.create("t", {}, ())
    with scenario.store.write() as transaction:
        transaction.topics.subscribe(
            Subscription(f"{TOPIC}:1", TOPIC, Protocol.EMAIL, "a@example.com"), START_MS
        )
        for number in range(ALARMS):
            transaction.alarms.put(replace(RINGING, name=f"a{number:03}"), START_MS)
    return scenario


def told(folder: Path) -> dict[str, list[Any]]:
    with contextlib.closing(sqlite3.connect(folder / "data" / "trailbell.db")) as connection:
        return {name: connection.execute(query).fetchall() for name, query in TOLD.items()}


def test_every_alarm_moves_and_is_told_of_once_wherever_the_power_goes(tmp_path: Path) -> None:
    scenario = prepared(tmp_path / "undisturbed")
    with Fuse() as fuse:
        scenario.chain.tick()
    scenario.close()
    expected = told(tmp_path / "undisturbed")
    outcomes = []
    for blows_at in range(2, fuse.passed, fuse.passed // CUTS):
        folder = tmp_path / str(blows_at)
        scenario = prepared(folder)
        with contextlib.suppress(PowerCutError), Fuse(blows_at):
            scenario.chain.tick()
        scenario.restart()
        scenario.chain.tick()
        scenario.close()
        outcomes.append(told(folder))

    assert expected["moves"] == expected["messages"] == [(ALARMS, ALARMS)]
    assert [] == [each for each in outcomes if each != expected]
    assert len(outcomes) >= CUTS
