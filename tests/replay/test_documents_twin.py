"""Documents decoded at once give what cutting them into records first gives, or leave it to that."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.records import denial, record
from support.replay_runs import counting, document
from trailbell.cloudtrail import DamagedContentError, read_records
from trailbell.filters import Batch, Documents, FilterSet, LogEvent, MetricFilter, Partial, fold
from trailbell.replay._places import place_in

AT_MS = 1_789_364_405_000

FILTERS = (
    counting("denials"),
    counting("named", '{ $.eventName = "Console*" || $.userIdentity.type = "Root" }', default_value=0.0),
    counting("sizes", "{ $.requestParameters.size > 1 }", value="$.requestParameters.size"),
)

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=6) | st.sampled_from(["AccessDenied"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["eventVersion", "size", "type", "a"]), inner, max_size=3)
    ),
    max_leaves=6,
)
MEMBERS = st.dictionaries(
    st.sampled_from(["errorCode", "eventName", "userIdentity", "requestParameters", "eventID", "é"]), VALUES
)
RECORDS = MEMBERS.map(lambda members: {"eventVersion": "1.11", **members})


def cut_first(text: bytes, filters: FilterSet) -> Partial | None:
    """What the readers of files and `fold` give; None where something is rejected."""
    try:
        reading = read_records(text)
    except DamagedContentError:
        return None
    if reading.rejected or reading.passed_over:
        return None
    events = tuple(LogEvent(AT_MS, each.content, each.offset) for each in reading.records)
    return fold(Batch(events, is_checked=True), filters, exact=True)


def at_once(text: bytes, *filters: MetricFilter) -> Partial | None:
    return Documents(FilterSet(filters or FILTERS), place_in).fold(text, AT_MS)


def test_a_document_as_aws_writes_it_is_decoded_at_once() -> None:
    text = document([record(), denial(), record(eventName="ConsoleLogin"), denial(userAgent="caf\u00e9")])
    partial = at_once(text)

    assert partial is not None
    assert cut_first(text, FilterSet(FILTERS)) == partial
    assert [(0,), (1,), (0,)] == [each.filters for each in partial.matches]
    assert {(1, AT_MS - AT_MS % 60_000): 3} == partial.misses


@given(st.lists(RECORDS, min_size=1, max_size=6), st.sampled_from([b"", b" ", b"\n", b',"x":[]', b',"a":1']))
@settings(deadline=None)
def test_both_ways_agree_whatever_records_hold(records: list[dict[str, Any]], tail: bytes) -> None:
    text = json.dumps({"Records": records}, separators=(",", ":"), ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )
    text = text[:-1] + tail + b"}\n"
    partial = at_once(text)

    assert partial in (None, cut_first(text, FilterSet(FILTERS)))


@given(st.lists(RECORDS, min_size=1, max_size=4), st.data())
@settings(deadline=None)
def test_both_ways_agree_whatever_is_damaged(records: list[dict[str, Any]], data: st.DataObject) -> None:
    text = bytearray(document(records))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text) - 1))
        text[at : at + data.draw(st.integers(0, 2))] = data.draw(
            st.sampled_from([b"", b"}", b"]", b'"', b",", b"{", b"\\", b"\xff", b' {"eventVersion":1},'])
        )
    partial = at_once(bytes(text))

    assert partial in (None, cut_first(bytes(text), FilterSet(FILTERS)))


FORGED = {
    "a": [{"eventVersion": "1"}, {"eventVersion": "2", "errorCode": "AccessDenied"}, {"eventVersion": 3}]
}


def test_objects_inside_a_record_that_look_like_records_are_none() -> None:
    text = document([record(requestParameters=FORGED), denial(requestParameters=FORGED), record()])
    partial = at_once(text)

    assert partial is not None
    assert cut_first(text, FilterSet(FILTERS)) == partial
    assert 1 == len(partial.matches)


@pytest.mark.parametrize(
    "text",
    [
        document([denial()], is_compact=False),
        b"[" + document([denial()]) + b"]",
        document([denial(), {"errorCode": "AccessDenied"}]),
        b'{"Records":[{"eventVersion":"1","errorCode":"AccessDenied"}],"eventVersion":"1"}',
        b'{"Records":[{"eventVersion":"1"},{"errorCode":"AccessDenied","eventVersion":"1"}]}',
        b'{"Records":[{"eventVersion":"1","errorCode":"AccessDenied","x":1e999}]}',
        b'{"Records":[{"eventVersion":"1","errorCode":"AccessDenied","x":"\xff"}]}',
        document([denial(requestParameters="x" * 1_100_000)]),
        document([denial()])[:-1],
    ],
    ids=range(9),
)
def test_what_is_out_of_the_ordinary_is_left_to_the_readers(text: bytes) -> None:
    partial = at_once(text)

    assert partial in (None, cut_first(text, FilterSet(FILTERS)))


def test_patterns_that_read_the_version_or_messages_are_left_to_the_readers() -> None:
    text = document([denial()])

    assert at_once(text, counting("a", '{ $.eventVersion = "1.11" }')) is None
    assert at_once(text, counting("a", "AccessDenied")) is None
    assert at_once(text, counting("a", "{ $.* = 1 }")) is None
