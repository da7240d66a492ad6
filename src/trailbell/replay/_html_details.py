"""What the report says of each alarm, of each move and of the rules, ready to be written."""

from collections.abc import Iterator, Sequence
from heapq import nsmallest

import msgspec

from trailbell.alarms import Alarm, AlarmState, CompositeAlarm, comparison_phrase
from trailbell.evidence import Dimension, Evidence, KeyCount, sentence
from trailbell.metrics import MetricDataQuery, MetricStat, java_double
from trailbell.replay._report_words import (
    duration_text,
    instant_text,
    paged_text,
    pages_of,
    unpaged_text,
)
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
    """All about one alarm that stood in ALARM."""

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
    """One change of an alarm's state; ``page`` says what became of its page if not sent at once."""

    at: str
    alarm: str
    before: str
    after: str
    reason: str
    page: str
    who: str


class _AlarmRule(msgspec.Struct, frozen=True):
    """An alarm's definition in words."""

    name: str
    condition: str
    treatment: str


def section_of(alarm: AlarmResult) -> Section:
    """Returns what there is to say about an alarm that moved to ALARM at least once."""
    pages = [paged_ms for paged_ms, _ in pages_of([alarm])]
    number = max(alarm.pages, 1)
    return Section(
        name=alarm.name,
        pages=alarm.pages,
        in_alarm=duration_text(alarm.seconds_in_alarm),
        first=instant_text(min(pages, default=None)),
        last=instant_text(max(pages, default=None)),
        paged=_paged(alarm),
        sentence=sentence(alarm.evidence) if alarm.evidence else "",
        callers=tuple(
            _Caller(each.principal, each.call, each.records, each.pages, round(100 * each.pages / number, 1))
            for each in alarm.callers
            # Who has a part in none of the pages is told of where there is none at all.
            if each.pages or not alarm.pages
        ),
        facets=tuple(_facets(alarm.evidence)) if alarm.evidence else (),
        is_approximate=alarm.evidence is not None and alarm.evidence.approximate,
    )


def _paged(alarm: AlarmResult) -> str:
    unpaged = unpaged_text(alarm)
    if not alarm.pages:
        return f"Would not have paged: {unpaged}"
    return f"Would have {paged_text([alarm])}" + (f"; {unpaged}" if unpaged else "")


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
        page=_page(transition),
        who=sentence(transition.evidence) if transition.evidence else "",
    )


def _page(transition: Transition) -> str:
    if transition.to_state is not AlarmState.ALARM or transition.paged_ms == transition.at_ms:
        return ""
    if transition.paged_ms is None:
        return "without a page"
    return f"paged {instant_text(transition.paged_ms)}"


def filter_rules(result: ReplayResult) -> Sequence[FilterResult]:
    """Returns the filters that are listed."""
    return result.filters[:_MOST_RULES]


def alarm_rules(request: ReplayRequest) -> Sequence[_AlarmRule]:
    """Returns the definitions of the alarms that are listed."""
    rules = [_alarm_rule(alarm) for alarm in request.alarms[:_MOST_RULES]]
    rules += [_composite_rule(composite) for composite in request.composites[:_MOST_RULES]]
    return rules[:_MOST_RULES]


def _alarm_rule(alarm: Alarm) -> _AlarmRule:
    watched = _expression(alarm) if alarm.metrics else _stat_words(alarm.metric_stats[0])
    comparison = comparison_phrase(alarm.comparison_operator)
    return _AlarmRule(
        alarm.name,
        f"{watched} {comparison} {java_double(alarm.threshold)} in {alarm.breaches_to_alarm} of "
        f"{alarm.evaluation_periods} x {duration_text(alarm.period_seconds)}{_silence(alarm)}",
        alarm.missing_data_treatment.value,
    )


def _composite_rule(composite: CompositeAlarm) -> _AlarmRule:
    held = ""
    if composite.suppressor is not None:
        wait, extension = (
            duration_text(each or 0)
            for each in (composite.suppressor_wait_seconds, composite.suppressor_extension_seconds)
        )
        held = f"; held back by {composite.suppressor} (wait {wait}, extension {extension})"
    return _AlarmRule(composite.name, f"{composite.rule}{held}{_silence(composite)}", "-")


def _silence(alarm: Alarm | CompositeAlarm) -> str:
    return "" if alarm.actions_enabled else "; its actions are disabled"


def _expression(alarm: Alarm) -> str:
    """Writes out metric math: what is compared, then all that it uses."""
    [returned] = [each for each in alarm.metrics if each.is_returned]
    used = ", ".join(f"{each.id} = {_query_words(each)}" for each in alarm.metrics if each.id != returned.id)
    words = _query_words(returned)
    return f"{words} (where {used})" if used else words


def _query_words(query: MetricDataQuery) -> str:
    return query.expression or ("" if query.metric_stat is None else _stat_words(query.metric_stat))


def _stat_words(stat: MetricStat) -> str:
    dimensions = "".join(f", {name}={value}" for name, value in stat.dimensions)
    return f"{stat.stat} of {stat.namespace}/{stat.name}{dimensions}"
