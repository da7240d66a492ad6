"""Whether AWS sees filter patterns as we do: made-up events of a control by TestMetricFilter."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from trailbell.account import Connection, ControlResult, Link
from trailbell.controls import Control
from trailbell.drill._calls import CallFailedError, make_call
from trailbell.drill._event import control_events
from trailbell.patterns import FilterPattern, PatternError

__all__ = ["Disagreement", "WitnessCheck", "check_witnesses"]

_ACTION = "logs:TestMetricFilter"
# As many as one call takes.
_EVENTS_AT_ONCE = 50


class Disagreement(msgspec.Struct, frozen=True):
    """An event that AWS matches and we do not, or the other way round."""

    event: Mapping[str, Any]
    is_matched_by_aws: bool


class WitnessCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What AWS made of the events of a control by one of its filters.

    Attributes:
        filter: The filter, by the ARN of its log group and its name.
        pattern: Its pattern.
        events: How many events were given.
        matched: How many of them AWS matches.
        disagreements: Those about which it disagrees with us.
        problem: Why it could not be asked, or an empty text.
    """

    filter: str
    pattern: str
    events: int
    matched: int = 0
    disagreements: tuple[Disagreement, ...] = ()
    problem: str = ""


def check_witnesses(
    connection: Connection, control: Control, result: ControlResult
) -> tuple[WitnessCheck, ...]:
    """Asks AWS about every filter of a control's best chain."""
    events = control_events(control, connection.account)
    filters = [each for each in result.chain if each.link is Link.FILTER]
    return tuple(_checked(connection, each.name, each.detail, events) for each in filters)


def _checked(
    connection: Connection, name: str, pattern: str, events: Sequence[Mapping[str, Any]]
) -> WitnessCheck:
    try:
        ours = FilterPattern(pattern)
        by_aws = [
            is_matched for part in _parts(events) for is_matched in _asked(connection, name, pattern, part)
        ]
    except (CallFailedError, PatternError) as error:
        return WitnessCheck(filter=name, pattern=pattern, events=len(events), problem=str(error))
    return WitnessCheck(
        filter=name,
        pattern=pattern,
        events=len(events),
        matched=sum(by_aws),
        disagreements=tuple(
            Disagreement(event, is_matched)
            for event, is_matched in zip(events, by_aws, strict=True)
            if is_matched != ours.matches(event)
        ),
    )


def _asked(
    connection: Connection, name: str, pattern: str, events: Sequence[Mapping[str, Any]]
) -> Iterator[bool]:
    messages = [json.dumps(each, separators=(",", ":")) for each in events]
    region = name.split(":")[3]
    answer = make_call(connection, _ACTION, region, filterPattern=pattern, logEventMessages=messages)
    numbers = {each.get("eventNumber") for each in answer.get("matches") or ()}
    # Events are counted from 1.
    return ((number in numbers) for number in range(1, len(events) + 1))


def _parts(events: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    return (events[first : first + _EVENTS_AT_ONCE] for first in range(0, len(events), _EVENTS_AT_ONCE))
