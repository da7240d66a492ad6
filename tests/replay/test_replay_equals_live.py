"""Replay equals live: what a server did when files came in is what a replay says of them afterwards."""

import tempfile
from itertools import zip_longest
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from support.clock import MINUTE_MS, START_MS
from support.made_composites import made_composites
from support.math_alarms import made_metrics
from support.records import denial, record, user
from support.replay_runs import (
    Moved,
    alarm,
    counting,
    json_of,
    live_moves,
    replayed,
    replayed_moves,
)
from trailbell.alarms import LATEST_END_MS, AlarmParameters
from trailbell.metrics import MetricKey, Statistic

FILTERS = (
    counting("denials"),
    counting("logins", '{ $.eventName = "ConsoleLogin" }', default_value=0.0),
    counting("by-region", "{ $.errorCode = * }", dimensions=(("Region", "$.awsRegion"),)),
    counting("sizes", "{ $.additionalEventData.bytes = * }", value="$.additionalEventData.bytes"),
)
METRICS: list[dict[str, Any]] = [
    {"metric_name": "denials"},
    {"metric_name": "logins"},
    {"metric_name": "by-region", "dimensions": (("Region", "eu-west-1"),)},
    {"metric_name": "sizes"},
]
OPERATORS = [
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
]
MINUTES = 40


STATISTICS: list[dict[str, Any]] = [
    *({"statistic": each} for each in Statistic),
    {"extended_statistic": "p90"},
]


def made_watching(chance: Random) -> dict[str, Any]:
    return {
        **chance.choice(METRICS),
        **chance.choice(STATISTICS),
        "period_seconds": chance.choice([10, 60, 60, 120, 300, 900]),
    }


def made_expression(chance: Random) -> dict[str, Any]:
    keys = [MetricKey("App", each["metric_name"], each.get("dimensions", ())) for each in METRICS]
    return made_metrics(chance, keys, chance.choice([10, 60, 60, 120, 300]))


def made_alarm(chance: Random, name: str) -> AlarmParameters:
    periods = chance.randint(1, 4)
    return alarm(
        name,
        **chance.choice([made_expression, made_watching])(chance),
        evaluation_periods=periods,
        datapoints_to_alarm=chance.choice([None, chance.randint(1, periods)]),
        treat_missing_data=chance.choice([None, "missing", "ignore", "breaching", "notBreaching"]),
        threshold=chance.choice([0.0, 1.0, 2.0, 5.0]),
        comparison_operator=chance.choice(OPERATORS),
    )


def made_record(chance: Random) -> dict[str, Any]:
    kind = chance.choice(["fine", "denied", "login", "sized"])
    # Few ids, so that many are delivered twice.
    changes = {
        "awsRegion": chance.choice(["eu-west-1", "us-east-1"]),
        "eventID": f"id-{chance.randint(1, 60)}-{kind}",
    }
    name = chance.choice(["alice", "bob", "mallory"])
    if kind == "denied":
        return denial(name, **changes)
    if kind == "login":
        return record(userIdentity=user(name), eventName="ConsoleLogin", **changes)
    if kind == "sized":
        return record(additionalEventData={"bytes": chance.randint(0, 9)}, **changes)
    return record(**changes)


def made_deliveries(chance: Random) -> dict[int, list[list[dict[str, Any]]]]:
    minutes = chance.sample(range(MINUTES), chance.randint(1, 15))
    return {
        START_MS + minute * MINUTE_MS: [
            [made_record(chance) for _ in range(chance.randint(1, 4))] for _ in range(chance.randint(1, 2))
        ]
        for minute in minutes
    }


def both(chance: Random) -> tuple[dict[str, list[Moved | None]], dict[str, list[Moved]]]:
    """How alarms moved over made-up files under a server, and in a replay."""
    delivered = made_deliveries(chance)
    watching = [made_alarm(chance, f"alarm {number}") for number in range(12)]
    composites = made_composites(chance, [each.name for each in watching], 6)
    until_ms = max(delivered) + 25 * MINUTE_MS
    with tempfile.TemporaryDirectory() as folder:
        live = live_moves(Path(folder), delivered, (FILTERS, watching), until_ms, composites)
        result = replayed(
            [Path(folder) / "logs"],
            FILTERS,
            watching,
            # In a file they may stand in any order.
            composites=chance.sample(composites, len(composites)),
            to_ms=until_ms,
        )
    moves = replayed_moves(result)
    return {name: [_in_time(*each) for each in zip_longest(live[name], moves[name])] for name in live}, moves


def _in_time(live: Moved | None, moved: Moved | None) -> Moved | None:
    """Takes a page of the server for one of the replay where it comes as late as it may."""
    if live is None or moved is None or live.paged_ms is None or moved.paged_ms is None:
        return live
    is_in_time = 0 <= live.paged_ms - moved.paged_ms <= LATEST_END_MS
    return live._replace(paged_ms=moved.paged_ms) if is_in_time else live


@pytest.mark.parametrize("seed", [1, 2])
def test_states_instants_reasons_and_evidence_are_those_of_a_server(seed: int) -> None:
    live, moves = both(Random(seed))

    assert live == moves
    assert any(moves.values())


@pytest.mark.slow
@given(st.integers(3, 1 << 32))
@settings(deadline=None, max_examples=6, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_whatever_the_traffic_and_the_alarms_a_replay_equals_a_server(seed: int) -> None:
    live, moves = both(Random(seed))

    assert live == moves


@pytest.mark.parametrize("treatment", ["missing", "ignore", "breaching", "notBreaching"])
def test_an_alarm_of_hours_is_judged_every_hour_as_by_a_server(tmp_path: Path, treatment: str) -> None:
    watching = [
        alarm(period_seconds=3600, evaluation_periods=25, datapoints_to_alarm=2, treat_missing_data=treatment)
    ]
    start_ms = START_MS - START_MS % (60 * MINUTE_MS) + 50 * MINUTE_MS
    delivered = {
        start_ms: [[denial()]],
        start_ms + 12 * MINUTE_MS: [[denial("bob")]],
        start_ms + 75 * MINUTE_MS: [[denial("mallory")]],
    }
    until_ms = start_ms + 200 * MINUTE_MS
    live = live_moves(tmp_path, delivered, ([FILTERS[0]], watching), until_ms)
    moves = replayed_moves(replayed([tmp_path / "logs"], [FILTERS[0]], watching, to_ms=until_ms))

    assert live == moves
    assert moves["denials"]


def test_a_copy_of_a_file_adds_nothing_as_with_a_server(tmp_path: Path) -> None:
    watching = [
        alarm("logins", statistic=Statistic.SAMPLE_COUNT, period_seconds=60, treat_missing_data="ignore")
    ]
    same = [record(eventID=None), record()]
    delivered = {START_MS: [same], START_MS + 20 * MINUTE_MS: [same]}
    until_ms = START_MS + 40 * MINUTE_MS
    live = live_moves(tmp_path, delivered, ([FILTERS[1]], watching), until_ms)
    result = replayed([tmp_path / "logs"], [FILTERS[1]], watching, to_ms=until_ms)

    assert live == replayed_moves(result)
    assert 4 == json_of(result)["records"]["unmatched"]


def test_the_evidence_of_a_move_names_who_is_behind_it(tmp_path: Path) -> None:
    delivered = {START_MS: [[denial("mallory"), denial("mallory"), denial("bob")]]}
    live = live_moves(tmp_path, delivered, ([FILTERS[0]], [alarm()]), START_MS + 10 * MINUTE_MS)
    result = replayed([tmp_path / "logs"], [FILTERS[0]], [alarm()])
    [ringing] = [each for each in replayed_moves(result)["denials"] if each.new == "ALARM"]

    assert ringing.evidence is not None
    assert [(2, "mallory"), (1, "bob")] == [
        (each.count, each.key.rpartition("/")[2]) for each in ringing.evidence.principals.counts
    ]
    assert [ringing] == [each for each in live["denials"] if each.new == "ALARM"]
