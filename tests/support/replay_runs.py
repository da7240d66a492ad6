"""Log files as they are delivered, replays of them, and a server that takes the same files by its clock."""

import gzip
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from support.clock import ManualClock
from support.records import ACCOUNT, record
from support.scenario import Scenario
from trailbell.alarms import AlarmParameters, AlarmState, CompositeAlarm, alarm_of
from trailbell.chain import LOG_GROUP
from trailbell.cloudtrail import LogFileName
from trailbell.evidence import Evidence
from trailbell.filters import MetricFilter, MetricTransformation
from trailbell.metrics import MetricKey, Statistic
from trailbell.replay import Limits, ReplayRequest, ReplayResult, Rules, replay, result_json
from trailbell.settings import Evaluation

__all__ = [
    "ACTION",
    "Moved",
    "alarm",
    "counting",
    "deliver",
    "document",
    "file_name",
    "json_of",
    "live_moves",
    "replayed",
    "replayed_moves",
    "timed",
]

ACTION = "arn:aws:sns:us-east-1:000000000000:pages"
"""What alarms do when they ring: there is no such topic, but their history tells of it."""

DENIALS = '{ $.errorCode = "AccessDenied*" }'


class Moved(NamedTuple):
    """A change of state; of moves to ALARM the evidence is known, and when they paged."""

    at_ms: int
    old: str
    new: str
    reason: str
    evidence: Evidence | None
    paged_ms: int | None = None


def counting(
    name: str = "denials", pattern: str = DENIALS, metric: str | None = None, **changes: Any
) -> MetricFilter:
    """Builds a filter that feeds the metric of its own name, or another."""
    transformation = MetricTransformation(MetricKey("App", metric or name), **changes)
    return MetricFilter(LOG_GROUP, name, pattern, transformation)


def alarm(name: str = "denials", **changes: Any) -> AlarmParameters:
    """Builds an alarm on the metric of its own name, or another, as the benchmark wants it."""
    given: dict[str, Any] = {
        "metric_name": name,
        "namespace": "App",
        "statistic": None if "extended_statistic" in changes else Statistic.SUM,
        "period_seconds": 300,
        "evaluation_periods": 1,
        "threshold": 1.0,
        "comparison_operator": "GreaterThanOrEqualToThreshold",
        "treat_missing_data": "notBreaching",
        "alarm_actions": (ACTION,),
    }
    return AlarmParameters(name=name, **given | changes)


def file_name(minute_ms: int, unique: str = "a") -> str:
    """Names a file as CloudTrail does that delivers it in a minute."""
    return LogFileName(ACCOUNT, "eu-west-1", minute_ms, unique).file_name


def document(records: Sequence[Mapping[str, Any]], *, is_compact: bool = True) -> bytes:
    """Writes a document of records, compact as AWS does or with spaces."""
    separators = (",", ":") if is_compact else (", ", ": ")
    return json.dumps({"Records": records}, separators=separators).encode()


def deliver(
    folder: Path,
    minute_ms: int,
    records: Sequence[Mapping[str, Any]],
    unique: str = "a",
    *,
    is_compact: bool = True,
) -> Path:
    """Writes a file that was delivered in a minute."""
    path = folder / file_name(minute_ms, unique)
    path.write_bytes(gzip.compress(document(records, is_compact=is_compact), mtime=0))
    return path


def timed(at_ms: int, **changes: Any) -> dict[str, Any]:
    """Builds a record of a call at an instant of whole seconds."""
    seconds = at_ms // 1000
    days, second = divmod(seconds, 86_400)
    assert days >= 0
    clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    return record(**{"eventTime": f"{_date(days)}T{clock}Z", **changes})


def _date(days: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=days)).strftime("%Y-%m-%d")


def replayed(
    sources: Sequence[Path | str],
    filters: Sequence[MetricFilter] = (),
    alarms: Sequence[AlarmParameters] = (),
    limits: Limits | None = None,
    composites: Sequence[CompositeAlarm] = (),
    **changes: Any,
) -> ReplayResult:
    """Replays files; without filters, with one that counts denials and an alarm on it."""
    rules = Rules(tuple(filters), tuple(map(alarm_of, alarms)))
    if not filters:
        rules = Rules((counting(),), (alarm_of(alarm()),))
    request = ReplayRequest(
        sources=tuple(map(str, sources)),
        filters=rules.filters,
        alarms=rules.alarms,
        composites=tuple(composites),
        **changes,
    )
    return replay(request, limits=limits)


def json_of(result: ReplayResult) -> dict[str, Any]:
    """The result's JSON without what differs from run to run."""
    document = result_json(result)
    del document["seconds"], document["bytes"]
    return document


def replayed_moves(result: ReplayResult) -> dict[str, list[Moved]]:
    """The moves of each alarm of a replay."""
    return {
        each.name: [
            Moved(move.at_ms, move.from_state, move.to_state, move.reason, move.evidence, move.paged_ms)
            for move in each.transitions
        ]
        for each in result.alarms
    }


def live_moves(
    folder: Path,
    delivered: Mapping[int, Sequence[Sequence[Mapping[str, Any]]]],
    rules: tuple[Sequence[MetricFilter], Sequence[AlarmParameters]],
    until_ms: int,
    composites: Sequence[CompositeAlarm] = (),
) -> dict[str, list[Moved]]:
    """Has a server take files in their minutes, judge alarms at its ticks, and tell how they moved.

    The files stay in the folder ``logs``. It begins with the first of the minutes.
    """
    filters, alarms = rules
    clock = ManualClock(min(delivered))
    scenario = Scenario(
        folder, clock, notify=(), evaluation=Evaluation.AWS, controls=("none",), gather_seconds=0
    )
    try:
        for each in filters:
            scenario.chain.metric_filters.put(each)
        for parameters in alarms:
            scenario.chain.alarms.put(parameters, {})
        for composite in composites:
            scenario.chain.alarms.put_composite(composite, {})
        while clock.now_ms() < until_ms:
            minute_ms = clock.now_ms()
            for number, records in enumerate(delivered.get(minute_ms, ())):
                deliver(scenario.logs, minute_ms, records, f"n{number}")
            scenario.chain.take_all()
            _through_the_minute(scenario)
        names = [*(each.name for each in alarms), *(each.name for each in composites)]
        return {name: _history(scenario, name) for name in names}
    finally:
        scenario.close()


def _through_the_minute(scenario: Scenario) -> None:
    """Judges every ten seconds and ends periods every second, as the loops do."""
    offset_seconds = scenario.chain.evaluator.tick_offset_seconds
    for second in range(60):
        scenario.chain.end_periods()
        if second >= offset_seconds and (second - offset_seconds) % 10 == 0:
            scenario.chain.tick_on_time()
        scenario.clock.turn(seconds=1)


def _history(scenario: Scenario, name: str) -> list[Moved]:
    with scenario.store.read() as transaction:
        items = transaction.alarms.history(name, 100_000)
    paged = {
        json.loads(item.data)["stateUpdateTimestamp"]: item.at_ms
        for item in items
        if item.item_type == "Action"
    }
    moves = []
    for item in sorted(items, key=lambda each: each.at_ms):
        if item.item_type != "StateUpdate":
            continue
        data = json.loads(item.data)
        new = data["newState"]
        evidence = item.evidence if new["stateValue"] == AlarmState.ALARM else None
        moves.append(
            Moved(
                item.at_ms,
                data["oldState"]["stateValue"],
                new["stateValue"],
                new["stateReason"],
                evidence,
                paged.get(item.at_ms),
            )
        )
    return moves
