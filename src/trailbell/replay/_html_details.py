"""What the report says of each alarm, of each move and of the rules, ready to be written."""

from collections.abc import Iterator, Sequence
from heapq import nsmallest

import msgspec

from trailbell.alarms import Alarm, AlarmState, comparison_phrase
from trailbell.evidence import Dimension, Evidence, KeyCount, sentence
from trailbell.metrics import java_double
from trailbell.replay._report_words import duration_text, instant_text, paged_text
from trailbell.replay._request import ReplayRequest
from trailbell.replay._result import AlarmResult, FilterResult, ReplayResult, Transition

__all__ = ["Section", "alarm_rules", "filter_rules", "moves_of", "section_of"]

_MOST_MOVES = 2_000
_MOST_RULES = 200
_MOST_KEYS = 5


class _Caller(msgspec.Struct, frozen=True):
    """A principal with a call; ``share`` is that of the alarm's pages in percent."""

    principal: str
    call: str
    records: int
    pages: int
    share: float


class _Facet(msgspec.Struct, frozen=True):
    """The most frequent values of one dimension of the evidence, and what is left out."""

    name: str
    counts: tuple[KeyCount, ...]
    rest: str


class Section(msgspec.Struct, frozen=True):
    """All about one alarm that would have paged."""

    name: str
    pages: int
    in_alarm: str
    first: str
    last: str
    paged: str
    sentence: str
    callers: tuple[_Caller, ...]
    facets: tuple[_Facet, ...]
    is_approximate: bool


class _Move(msgspec.Struct, frozen=True):
    """One change of an alarm's state."""

    at: str
    alarm: str
    before: str
    after: str
    reason: str
    who: str


class _AlarmRule(msgspec.Struct, frozen=True):
    """An alarm's definition in words."""

    name: str
    condition: str
    treatment: str


def section_of(alarm: AlarmResult) -> Section:
    """Returns what there is to say about an alarm that moved to ALARM at least once."""
    pages = [each.at_ms for each in alarm.transitions if each.to_state == AlarmState.ALARM]
    times = max(alarm.times_in_alarm, 1)
    return Section(
        name=alarm.name,
        pages=alarm.times_in_alarm,
        in_alarm=duration_text(alarm.seconds_in_alarm),
        first=instant_text(min(pages, default=None)),
        last=instant_text(max(pages, default=None)),
        paged=paged_text([alarm]),
        sentence=sentence(alarm.evidence) if alarm.evidence else "",
        callers=tuple(
            _Caller(each.principal, each.call, each.records, each.pages, round(100 * each.pages / times, 1))
            for each in alarm.callers
        ),
        facets=tuple(_facets(alarm.evidence)) if alarm.evidence else (),
        is_approximate=alarm.evidence is not None and alarm.evidence.approximate,
    )


def _facets(evidence: Evidence) -> Iterator[_Facet]:
    dimensions = {
        "errors": evidence.errors,
        "addresses": evidence.addresses,
        "accounts": evidence.accounts,
        "regions": evidence.regions,
    }
    for name, dimension in dimensions.items():
        if dimension.counts:
            yield _Facet(name, dimension.counts[:_MOST_KEYS], _rest(dimension))


def _rest(dimension: Dimension[KeyCount]) -> str:
    if dimension.error_bound:
        return f"and many more; each count may be short by up to {dimension.error_bound:,}"
    left = len(dimension.counts) - _MOST_KEYS
    return f"and {left:,} more" if left > 0 else ""


def moves_of(result: ReplayResult) -> tuple[list[_Move], int]:
    """Returns the first moves of all alarms in the order of time, and how many more there are."""
    number = sum(len(alarm.transitions) for alarm in result.alarms)
    found = (
        (each.at_ms, position, alarm.name, each)
        for position, alarm in enumerate(result.alarms)
        for each in alarm.transitions
    )
    first = nsmallest(_MOST_MOVES, found, key=lambda item: item[:2])
    return [_move(name, transition) for _, _, name, transition in first], number - len(first)


def _move(alarm: str, transition: Transition) -> _Move:
    return _Move(
        at=instant_text(transition.at_ms),
        alarm=alarm,
        before=transition.from_state.value,
        after=transition.to_state.value,
        reason=transition.reason,
        who=sentence(transition.evidence) if transition.evidence else "",
    )


def filter_rules(result: ReplayResult) -> Sequence[FilterResult]:
    """Returns the filters that are listed."""
    return result.filters[:_MOST_RULES]


def alarm_rules(request: ReplayRequest) -> Sequence[_AlarmRule]:
    """Returns the definitions of the alarms that are listed."""
    return [_alarm_rule(alarm) for alarm in request.alarms[:_MOST_RULES]]


def _alarm_rule(alarm: Alarm) -> _AlarmRule:
    watched = "metric math" if alarm.metrics else f"{alarm.statistic_name} of {_metric_name(alarm)}"
    comparison = comparison_phrase(alarm.comparison_operator)
    return _AlarmRule(
        alarm.name,
        f"{watched} {comparison} {java_double(alarm.threshold)} in {alarm.breaches_to_alarm} of "
        f"{alarm.evaluation_periods} x {duration_text(alarm.period_seconds)}",
        alarm.missing_data_treatment.value,
    )


def _metric_name(alarm: Alarm) -> str:
    dimensions = "".join(f", {name}={value}" for name, value in alarm.metric.dimensions)
    return f"{alarm.metric.namespace}/{alarm.metric.name}{dimensions}"
