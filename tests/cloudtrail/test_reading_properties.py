import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from trailbell.cloudtrail import DamagedContentError, Reading, facts_of, read_records

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=10,
)
_KEYS = st.sampled_from(
    [
        *("eventID", "eventTime", "eventName", "eventSource", "errorCode", "userIdentity", "insightDetails"),
        *("Records", "Events", "CloudTrailEvent", "detail", "detail-type", "awslogs", "messageType"),
        *("logEvents", "digestStartTime", "eventVersion", "accountId", "message", "data"),
    ]
)
_OBJECTS = st.dictionaries(_KEYS, _VALUES | st.dictionaries(_KEYS, _VALUES, max_size=3), max_size=6)
_RECORDS = st.dictionaries(
    st.sampled_from(["eventID", "eventName", "userIdentity", "requestParameters"]), _VALUES, max_size=4
)
_PIECES = st.sampled_from(
    [
        *(b'{"Records":[', b"]}", b"{", b"}", b"[", b"]", b",", b":", b"\n", b"\r\n", b" ", b"\xef\xbb\xbf"),
        *(b'"', b"\\", b"\\ud800", b'"eventVersion"', b'"detail":{}', b"\xff", b"\x00", b"1e999", b"null"),
        *(b'{"eventID":"1"}', b'{"CloudTrailEvent":"{}"}', b'{"awslogs":{"data":"H4sI"}}', b"\x1f\x8b"),
    ]
)


def _read(content: bytes) -> Reading | None:
    try:
        return read_records(content)
    except DamagedContentError:
        return None


def _values(reading: Reading | None) -> list[Any] | None:
    return None if reading is None else [json.loads(record.content) for record in reading.records]


@given(st.binary(max_size=60) | st.lists(_PIECES, max_size=14).map(b"".join))
def test_random_bytes_are_read_or_damaged_and_nothing_is_lost_silently(content: bytes) -> None:
    reading = _read(content)

    if reading is not None:
        assert all(isinstance(json.loads(record.content), dict) for record in reading.records)
        assert reading.consumed_bytes == len(content) or (
            reading.lines and b"\n" not in content[reading.consumed_bytes :]
        )


@given(st.binary(max_size=40) | st.lists(_PIECES, max_size=10).map(b"".join))
def test_random_bytes_give_facts(record: bytes) -> None:
    assert facts_of(record).principal.key


@given(_OBJECTS)
def test_any_json_object_gives_facts_that_encode(members: dict[str, Any]) -> None:
    facts = facts_of(json.dumps(members).encode())
    texts = [facts.event_id, facts.call, facts.error_code, facts.address, facts.principal.key]

    assert all(len(text.encode()) <= 4 * 1024 for text in texts)


@given(st.lists(_OBJECTS, max_size=4))
def test_any_objects_are_read_rejected_or_passed_over_in_every_framing(objects: list[dict[str, Any]]) -> None:
    for content in _framings(objects):
        assert read_records(content) is not None


@given(st.lists(_RECORDS, min_size=1, max_size=5))
def test_every_framing_gives_the_same_records(records: list[dict[str, Any]]) -> None:
    for content in _framings(records):
        assert records == _values(read_records(content))


def _framings(objects: list[dict[str, Any]]) -> list[bytes]:
    texts = [json.dumps(one, ensure_ascii=False).encode() for one in objects]
    documents = [
        json.dumps({"Records": objects}).encode(),
        json.dumps(objects, indent=1).encode(),
    ]
    if not texts:
        return documents
    return [*documents, b"\n".join(texts), b"".join(texts), b"\r\n".join(texts) + b"\r\n"]


@given(st.lists(_RECORDS, max_size=4), st.data())
def test_the_shortcut_for_aws_own_key_order_changes_nothing(
    records: list[dict[str, Any]], data: st.DataObject
) -> None:
    # Records that begin with eventVersion are taken unopened; the twin is opened because the key stands last.
    first = [{"eventVersion": "1.08", **record, "Events": []} for record in records]
    last = [{**record, "Events": [], "eventVersion": "1.08"} for record in records]
    separators = data.draw(st.sampled_from([(",", ":"), (", ", ": ")]))
    readings = [
        _values(read_records(json.dumps({"Records": twin}, separators=separators).encode()))
        for twin in (first, last)
    ]

    assert readings[0] == readings[1]


@given(st.lists(_RECORDS, min_size=1, max_size=3), st.integers(0, 200))
def test_a_cut_document_is_damaged_or_whole_but_never_partly_read(
    records: list[dict[str, Any]], missing: int
) -> None:
    content = json.dumps({"Records": records}).encode()
    cut = content[: max(0, len(content) - missing)]

    assert _values(_read(cut)) == (records if cut == content else None)
