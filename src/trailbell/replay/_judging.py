"""Judges the alarms of a replay over what was read: those on metrics first, then those that stand on them."""

import sqlite3
from collections.abc import Iterator

from trailbell.alarms import (
    Alarm,
    AlarmState,
    CompositeAlarm,
    VerdictCause,
    evaluate,
    evaluation_range,
    tick_interval_seconds,
)
from trailbell.metrics import floor_to
from trailbell.replay._alarm_result import Room, alarm_result
from trailbell.replay._alarm_run import Move, moves_of
from trailbell.replay._composite_run import run_composites
from trailbell.replay._composition import Composition
from trailbell.replay._errors import ReplayError, RulesError
from trailbell.replay._minutes import Minutes
from trailbell.replay._request import ReplayRequest
from trailbell.replay._result import AlarmResult
from trailbell.replay._steps import Step, Steps

__all__ = ["check_alarms", "judged"]

_MINUTE_SECONDS = 60
_MINUTE_MS = 60_000


def check_alarms(request: ReplayRequest) -> None:
    """Checks whether the alarms can be replayed.

    Raises:
        ReplayError: One is never evaluated, or a composite alarm could not be put.
    """
    for alarm in request.alarms:
        if evaluate(alarm, {}, AlarmState.OK, 0).cause is VerdictCause.FAILED:
            raise ReplayError(
                f"the expression of the alarm {alarm.name!r} is never evaluated, as it is too much work: "
                "give fewer evaluation periods, a longer period, or fewer and smaller expressions"
            )
    try:
        Composition(request.alarms, request.composites)
    except RulesError as error:
        raise ReplayError(str(error)) from error


def judged(
    request: ReplayRequest,
    database: sqlite3.Connection,
    minutes: Minutes,
    instants: tuple[int | None, int | None],
) -> tuple[AlarmResult, ...]:
    """Returns what all alarms would have done, in the order of the rules.

    Args:
        request: The alarms, and the time if it is limited.
        database: The work database.
        minutes: The data.
        instants: The first and the last of the records.

    Raises:
        ReplayError: An alarm would have to be judged too often.
    """
    span = _span(request, *instants)
    room = Room()
    composition = Composition(request.alarms, request.composites)
    steps = Steps(database)
    results = []
    for number, alarm in enumerate(request.alarms):
        made = _steps_of(alarm, moves_of(alarm, minutes, *span))
        if alarm.name in composition.needed:
            made = steps.noted(number, made)
        results.append(alarm_result((alarm.name, alarm.watched), made, minutes, span[1], room))
    if not request.composites:
        return tuple(results)
    if span[0] < span[1]:
        run_composites(composition, request.alarms, steps, span)
    numbers = {each.name: number for number, each in enumerate(composition.composites)}
    for composite in request.composites:
        watched = composite.name, composition.metrics_of(composite.name)
        made = steps.of(numbers[composite.name])
        results.append(alarm_result(watched, made, minutes, span[1], room))
    return tuple(results)


def _steps_of(alarm: Alarm, moves: Iterator[Move]) -> Iterator[Step]:
    for move in moves:
        verdict, at_ms = move.verdict, move.at_ms
        states = move.from_state, verdict.state
        if verdict.state is not AlarmState.ALARM:
            yield Step(at_ms, *states, verdict.reason, at_ms)
            continue
        paged_ms = at_ms if alarm.actions_enabled else None
        start_ms = verdict.episode_start(at_ms)
        yield Step(at_ms, *states, verdict.reason, start_ms, verdict.deciding, paged_ms)


def _span(request: ReplayRequest, first_ms: int | None, last_ms: int | None) -> tuple[int, int]:
    """Returns when the alarms are made, and when the replay ends."""
    if first_ms is None and request.from_ms is None and request.to_ms is None:
        # Without any record there is no time in which anything could have happened.
        return 0, 0
    start_ms = request.from_ms
    if start_ms is None and first_ms is not None:
        start_ms = floor_to(first_ms, _MINUTE_SECONDS)
    if start_ms is None:
        start_ms = request.to_ms or 0
    if request.to_ms is not None:
        return start_ms, request.to_ms
    # Until nothing any alarm looks at can change any more, and nothing is held back for a time.
    newest_ms = start_ms if last_ms is None else max(start_ms, last_ms)
    held_ms = max(map(_longest_period_ms, request.composites), default=0)
    return start_ms, newest_ms + max(map(_memory_ms, request.alarms), default=0) + held_ms


def _memory_ms(alarm: Alarm) -> int:
    """Returns how long after data comes an alarm may still move for it."""
    start_ms, end_ms = evaluation_range(alarm, 0)
    return end_ms - start_ms + 2 * tick_interval_seconds(alarm) * 1000 + 2 * _MINUTE_MS


def _longest_period_ms(composite: CompositeAlarm) -> int:
    """Returns how long after the last move the actions of a composite alarm may still be taken."""
    periods = composite.suppressor_wait_seconds, composite.suppressor_extension_seconds
    return max(each or 0 for each in periods) * 1000 if composite.suppressor is not None else 0
