"""The search for literals before decoding changes nothing: matches, counts, defaults and rejects."""

import gzip
import json
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.clock import MINUTE_MS, START_MS
from support.message_strategies import lines, text_patterns
from support.pattern_strategies import json_messages, messages, patterns
from support.records import denial, record
from trailbell.cloudtrail import decompress, read_records
from trailbell.controls import provision, watched_controls
from trailbell.filters import (
    Batch,
    FilterSet,
    LogEvent,
    MetricFilter,
    MetricTransformation,
    Partial,
    fold,
)
from trailbell.metrics import MetricKey
from trailbell.patterns import Pattern, format_pattern

pytest.importorskip("hyperscan", reason="hyperscan is not installed: pip install 'trailbell[fast]'")

FILLER = [b'{"unread":1}'] * 96
DENIED = '{ $.errorCode = "AccessDenied*" || $.eventName = "DeleteTrail" }'


def filter_set(*texts: str, default: float | None = None) -> FilterSet:
    transformation = MetricTransformation(MetricKey("n", "m"), default_value=default)
    return FilterSet(
        [MetricFilter("g", f"f{number}", text, transformation) for number, text in enumerate(texts)]
    )


def batch(given_messages: Sequence[bytes], *, is_checked: bool = True) -> Batch:
    """A batch over several minutes, the given messages strewn among others that match nothing."""
    strewn = list(FILLER)
    for number, message in enumerate(given_messages):
        strewn.insert(number * 7 % len(strewn), message)
    events = tuple(LogEvent(START_MS + at * MINUTE_MS // 8, each, at) for at, each in enumerate(strewn))
    return Batch(events, from_trail=is_checked, is_checked=is_checked)


def both(filters: FilterSet, given_batch: Batch) -> Partial:
    """Folds both ways, and returns what they agree on."""
    exact, searched = fold(given_batch, filters, exact=True), fold(given_batch, filters)

    assert exact == searched
    return searched


@given(
    st.lists(patterns() | text_patterns(), min_size=1, max_size=3),
    st.lists(messages() | lines().map(str.encode), max_size=12),
    st.sampled_from([None, 0.0]),
)
@settings(max_examples=100, deadline=None)
def test_log_events_of_any_kind_fold_alike(
    drawn: list[Pattern], given_messages: list[bytes], default: float | None
) -> None:
    filters = filter_set(*map(format_pattern, drawn), default=default)

    both(filters, batch(given_messages, is_checked=False))


@given(st.lists(patterns(), min_size=1, max_size=3), st.lists(json_messages(), max_size=8), st.booleans())
@settings(max_examples=100, deadline=None)
def test_records_as_the_reader_gives_them_fold_alike(
    drawn: list[Pattern], given_messages: list[bytes], is_document: bool
) -> None:
    texts = [*given_messages, *FILLER]
    if is_document:
        content = b'{"Records":[' + b",".join(texts) + b"]}"
    else:
        content = b"\n".join(each.replace(b"\n", b" ").replace(b"\r", b" ") for each in texts)
    reading = read_records(content)
    events = tuple(LogEvent(START_MS, each.content, each.offset) for each in reading.records)

    partial = both(filter_set(*map(format_pattern, drawn)), Batch(events, is_checked=True))

    assert () == partial.unreadable


def test_the_search_is_really_used() -> None:
    filters = filter_set(DENIED)
    assert filters.prefilter is not None

    assert [0] == filters.prefilter.candidates([b'{"errorCode":"AccessDenied"}', *FILLER])


@pytest.mark.parametrize(
    ("message", "matching"),
    [
        (b'{"errorCode":"AccessDenied"}', True),
        (b'{"errorCode":"\\u0041ccessDenied"}', True),
        (b'{"error\\u0043ode":"AccessDenied"}', True),
        (b'{"errorCode" :\t"AccessDeniedException"}', True),
        (b'{"errorCode":"accessDenied","errorCode":"AccessDenied"}', True),
        (b'{"errorCode":"AccessDenied","errorCode":"x"}', False),
        (b'{"a":[{"errorCode":"AccessDenied"}]}', False),
        (b'{"a":"{\\"errorCode\\":\\"AccessDenied\\"}"}', False),
        (b'{"a":"},{\\"eventVersion\\":1,\\"errorCode\\":\\"AccessDenied"}', False),
        (b'{"a":[{"eventVersion":"1"},{"eventVersion":"1","errorCode":"AccessDenied"}]}', False),
        (b'{"errorCode":"AccessDenied"', False),
        (b'["errorCode","AccessDenied"]', False),
    ],
)
def test_forged_nested_and_escaped_records_count_as_they_do_without_it(
    message: bytes, matching: bool
) -> None:
    partial = both(filter_set(DENIED), batch([message], is_checked=False))

    assert matching == (len(partial.matches) == 1)


def test_a_literal_is_not_found_across_two_records() -> None:
    partial = both(
        filter_set("AccessDenied"), batch([b"Access", b"Denied", b"xAccess\nDenied"], is_checked=False)
    )

    assert () == partial.matches


def test_broken_neighbours_are_rejected_all_the_same() -> None:
    document = b"\n".join(
        [
            *(json.dumps(record()).encode() for _ in range(40)),
            b'{"errorCode":"AccessDenied',
            b"{]",
            b"x",
            json.dumps(denial()).encode(),
        ]
    )
    reading = read_records(decompress(gzip.compress(document), 1 << 20))
    events = tuple(LogEvent(START_MS, each.content, each.offset) for each in reading.records)
    partial = both(filter_set(DENIED), Batch(events, is_checked=True))

    assert 3 == len(reading.rejected)
    assert (1, 40, 0) == (len(partial.matches), partial.unmatched, len(partial.unreadable))


def test_messages_that_nobody_checked_are_all_decoded() -> None:
    events = tuple(LogEvent(START_MS, each) for each in [*FILLER, b"no JSON"])
    partial = fold(Batch(events), filter_set(DENIED))

    assert (len(FILLER), 1) == (partial.unmatched, len(partial.unreadable))


def test_every_watched_control_can_be_searched_for() -> None:
    filters = FilterSet([provision(each, "g").metric_filter for each in watched_controls()])
    given_batch = batch([json.dumps(denial(str(number))).encode() for number in range(9)])

    assert filters.prefilter is not None
    assert 9 == len(both(filters, given_batch).matches)


def test_defaults_are_counted_for_what_is_passed_over() -> None:
    partial = both(filter_set(DENIED, default=7.0), batch([b'{"errorCode":"AccessDenied"}']))

    assert len(FILLER) == sum(partial.misses.values())
