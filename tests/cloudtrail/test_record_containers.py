import base64
import contextlib
import gzip
import json
from typing import Any

import pytest

from support.pieces import assert_pieces_agree
from trailbell.cloudtrail import DamagedContentError, Reading, read_records


def _record(number: int) -> dict[str, Any]:
    return {
        "eventVersion": "1.08",
        "eventTime": "2026-09-14T05:43:07Z",
        "eventName": "GetObject",
        "eventID": f"record-{number}",
        "requestParameters": {"key": 'a "quoted" {brace} [bracket] \\ Zürich 🔔'},
    }


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


_ONE, _TWO, _THREE = _record(1), _record(2), _record(3)
_ALL = [_ONE, _TWO, _THREE]
_BARE = {key: value for key, value in _ONE.items() if key != "eventVersion"}


def _event_bridge(record: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "00000000-0000-0000-0000-000000000001",
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.s3",
        "account": "111122223333",
        "detail": record,
    }


def _looked_up(record: dict[str, Any]) -> dict[str, Any]:
    return {
        "EventId": record["eventID"],
        "EventTime": "2026-09-14T07:43:07+02:00",
        "ReadOnly": "true",
        "CloudTrailEvent": json.dumps(record),
    }


def _subscription(*records: dict[str, Any]) -> dict[str, Any]:
    return {
        "messageType": "DATA_MESSAGE",
        "owner": "111122223333",
        "logGroup": "trail",
        "logStream": "111122223333_CloudTrail_us-east-1",
        "subscriptionFilters": ["all"],
        "logEvents": [
            {"id": str(number), "timestamp": 1, "message": json.dumps(record)}
            for number, record in enumerate(records)
        ],
    }


def _lambda(value: Any) -> dict[str, Any]:
    return {"awslogs": {"data": base64.b64encode(gzip.compress(_dump(value))).decode()}}


_CONTROL = {
    "messageType": "CONTROL_MESSAGE",
    "owner": "CloudwatchLogs",
    "logEvents": [{"id": "", "timestamp": 1, "message": "CWL CONTROL MESSAGE: Checking health"}],
}

_CONTAINERS: dict[str, tuple[bytes, list[dict[str, Any]]]] = {
    "a log file": (_dump({"Records": _ALL}), _ALL),
    "a log file with other members around": (_dump({"a": [1], "Records": _ALL, "z": {"Records": []}}), _ALL),
    "a log file, pretty-printed": (json.dumps({"Records": _ALL}, indent=2).encode(), _ALL),
    "a log file, keys sorted": (json.dumps({"Records": _ALL}, sort_keys=True).encode(), _ALL),
    "a log file with a newline at its end": (_dump({"Records": _ALL}) + b"\n", _ALL),
    "a log file with a byte order mark": (b"\xef\xbb\xbf" + _dump({"Records": _ALL}), _ALL),
    "a log file without records": (b'{"Records":[]}', []),
    "an empty array": (b"[]", []),
    "an array": (_dump(_ALL), _ALL),
    "an array, pretty-printed with CRLF": (
        json.dumps(_ALL, indent=4).replace("\n", "\r\n").encode(),
        _ALL,
    ),
    "a bare record": (_dump(_ONE), [_ONE]),
    "a bare record, pretty-printed": (json.dumps(_ONE, indent=2).encode(), [_ONE]),
    "a bare record that lacks its version": (_dump(_BARE), [_BARE]),
    "lines": (b"\n".join(map(_dump, _ALL)) + b"\n", _ALL),
    "lines, the last without a newline": (b"\n".join(map(_dump, _ALL)), _ALL),
    "lines with CRLF, blank lines and a byte order mark": (
        b"\xef\xbb\xbf\r\n" + b"\r\n\r\n  \r\n".join(map(_dump, _ALL)) + b"\r\n",
        _ALL,
    ),
    "lines of log files": (_dump({"Records": [_ONE, _TWO]}) + b"\n" + _dump({"Records": [_THREE]}), _ALL),
    "lines of arrays": (_dump([_ONE, _TWO]) + b"\n" + _dump(_THREE) + b"\n", _ALL),
    "records in a row": (b"".join(map(_dump, _ALL)), _ALL),
    "pretty-printed records in a row": (
        b"\n".join(json.dumps(record, indent=2).encode() for record in _ALL),
        _ALL,
    ),
    "log files in a row": (_dump({"Records": [_ONE]}) + b" " + _dump({"Records": [_TWO, _THREE]}), _ALL),
    "an EventBridge event": (_dump(_event_bridge(_ONE)), [_ONE]),
    "lines of EventBridge events": (b"\n".join(_dump(_event_bridge(one)) for one in _ALL), _ALL),
    "an array of EventBridge events": (_dump([_event_bridge(one) for one in _ALL]), _ALL),
    "what LookupEvents answers": (_dump({"Events": [_looked_up(one) for one in _ALL]}), _ALL),
    "lines of looked-up events": (b"\n".join(_dump(_looked_up(one)) for one in _ALL) + b"\n", _ALL),
    "an array of looked-up events": (_dump([_looked_up(one) for one in _ALL]), _ALL),
    "a log subscription": (_dump(_subscription(*_ALL)), _ALL),
    "log subscriptions in a row, as Firehose writes them": (
        _dump(_CONTROL) + _dump(_subscription(_ONE)) + _dump(_subscription(_TWO, _THREE)),
        _ALL,
    ),
    "a Lambda payload": (_dump(_lambda(_subscription(*_ALL))), _ALL),
    "lines in a mix of envelopes": (
        b"\n".join(
            [_dump(_event_bridge(_ONE)), _dump(_CONTROL), _dump(_TWO), _dump(_lambda(_subscription(_THREE)))]
        ),
        _ALL,
    ),
    "an array in a mix of envelopes": (
        _dump([_subscription(_ONE), _looked_up(_TWO), _CONTROL, _THREE]),
        _ALL,
    ),
    "a log file in a mix of envelopes": (
        _dump({"Records": [_ONE, _event_bridge(_TWO), _looked_up(_THREE)]}),
        _ALL,
    ),
    "Insight records among others": (
        _dump({"Records": [_ONE, {"eventVersion": "1.07", "eventCategory": "Insight"}]}),
        [_ONE, {"eventVersion": "1.07", "eventCategory": "Insight"}],
    ),
}


@pytest.mark.parametrize(("content", "expected"), _CONTAINERS.values(), ids=_CONTAINERS)
def test_every_container_gives_its_bare_records(content: bytes, expected: list[dict[str, Any]]) -> None:
    reading = read_records(content)

    assert (expected, (), "", len(content)) == (
        [json.loads(record.content) for record in reading.records],
        reading.rejected,
        reading.passed_over,
        reading.consumed_bytes,
    )


@pytest.mark.parametrize("piece_bytes", [1, 60, 250])
@pytest.mark.parametrize("content", [content for content, _ in _CONTAINERS.values()], ids=_CONTAINERS)
def test_every_container_is_the_same_in_pieces(content: bytes, piece_bytes: int) -> None:
    assert_pieces_agree(content, piece_bytes)


@pytest.mark.parametrize("content", [content for content, _ in _CONTAINERS.values()], ids=_CONTAINERS)
def test_offsets_point_at_the_record_or_at_what_it_came_in(content: bytes) -> None:
    reading = read_records(content)
    starts = {content[record.offset : record.offset + 1] for record in reading.records}

    assert starts <= {b"{", b"["}
    assert all(record.offset >= 0 for record in reading.records)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(_dump({"Records": _ALL}), id="compact"),
        pytest.param(json.dumps({"Records": _ALL}, indent=1).encode(), id="pretty-printed"),
        pytest.param(b'{"Records" : [ ' + b" , ".join(map(_dump, _ALL)) + b" ] }", id="spaced"),
        pytest.param(b"\n".join(map(_dump, _ALL)), id="lines"),
        pytest.param(b"  ".join(map(_dump, _ALL)), id="in a row"),
    ],
)
def test_a_bare_record_stands_unchanged_at_its_offset(content: bytes) -> None:
    found = [content[one.offset : one.offset + len(one.content)] for one in read_records(content).records]

    assert [record.content for record in read_records(content).records] == found


def test_a_second_list_of_records_before_the_real_one_does_not_mislead_the_offsets() -> None:
    content = b'{"a":{"Records":[1,2]},"Records":[{"eventVersion":"1"},{"eventVersion":"2"}]}'
    reading = read_records(content)

    assert [record.offset for record in reading.records] == [34, 55]


_PASSED_OVER: dict[str, tuple[bytes, str]] = {
    "a digest by its content": (
        _dump({"awsAccountId": "111122223333", "digestStartTime": "t", "logFiles": []}),
        "",
    ),
    "a digest by its name": (
        b"whatever",
        "111122223333_CloudTrail-Digest_us-east-1_trail_us-east-1_20260914T054037Z.json.gz",
    ),
    "an Insight file by its name": (
        _dump({"Records": [{"eventCategory": "Insight"}]}),
        "x/111122223333_CloudTrail-Insight_us-east-1_20260914T0540Z_Mu0KsOhtH1ar15ZZ.json.gz",
    ),
    "a control message": (_dump(_CONTROL), ""),
    "a control message for Lambda": (_dump(_lambda(_CONTROL)), ""),
    "control messages in a row": (_dump(_CONTROL) * 2, ""),
}


@pytest.mark.parametrize(("content", "name"), _PASSED_OVER.values(), ids=_PASSED_OVER)
def test_a_file_that_rightly_holds_no_records_is_passed_over(content: bytes, name: str) -> None:
    reading = read_records(content, name)

    assert ((), (), len(content)) == (reading.records, reading.rejected, reading.consumed_bytes)
    assert reading.passed_over


@pytest.mark.parametrize("content", [content for content, name in _PASSED_OVER.values() if not name])
def test_what_is_passed_over_is_the_same_in_pieces(content: bytes) -> None:
    assert_pieces_agree(content, 20)


def test_the_name_of_a_log_file_changes_nothing() -> None:
    name = "111122223333_CloudTrail_us-east-1_20260914T0540Z_Mu0KsOhtH1ar15ZZ.json.gz"
    content = _dump({"Records": _ALL})

    assert read_records(content) == read_records(content, name)


_LINE = b'{"eventVersion":"1.08","eventID":"%d"}\n'


def _ids(reading: Reading) -> list[str]:
    return [json.loads(record.content)["eventID"] for record in reading.records]


@pytest.mark.parametrize(
    ("tail", "ids", "consumed"),
    [
        pytest.param(b"", ["1", "2"], 0, id="nothing"),
        pytest.param(b'{"eventID":"3"}', ["1", "2", "3"], 15, id="a whole record"),
        pytest.param(b'{"eventID":"3"', ["1", "2"], 0, id="half a record"),
        pytest.param(b'{"eventID":"3\xc3', ["1", "2"], 0, id="half a character"),
        pytest.param(b'{"eventID":"\\u00', ["1", "2"], 0, id="half an escape"),
        pytest.param(b"\n \n", ["1", "2"], 3, id="blank lines"),
        pytest.param(b" \t", ["1", "2"], 2, id="white space"),
    ],
)
def test_a_last_line_without_a_newline_waits_until_it_is_whole(
    tail: bytes, ids: list[str], consumed: int
) -> None:
    lines = _LINE % 1 + _LINE % 2
    reading = read_records(lines + tail)

    assert (ids, (), True, len(lines) + consumed) == (
        _ids(reading),
        reading.rejected,
        reading.lines,
        reading.consumed_bytes,
    )


def test_reading_on_from_where_the_last_reading_stopped_gives_every_line_once() -> None:
    content = b"".join(_LINE % number for number in range(20))
    ids: list[str] = []
    position = 0
    for end in range(1, len(content) + 7, 7):
        with contextlib.suppress(DamagedContentError):
            reading = read_records(content[position:end])
            ids += _ids(reading)
            position += reading.consumed_bytes

    assert [str(number) for number in range(20)] == ids


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(_LINE % 1, True, id="the first line of a growing file"),
        pytest.param(_LINE % 1 + _LINE % 2, True, id="two lines"),
        pytest.param(_dump({"Records": []}) + b"\n", False, id="a log file"),
        pytest.param(_dump([_ONE]), False, id="an array"),
        pytest.param(json.dumps(_ONE, indent=2).encode(), False, id="a pretty-printed record"),
        pytest.param(_dump(_ONE) * 2, False, id="records in a row"),
    ],
)
def test_the_reading_tells_whether_each_line_stands_for_itself(content: bytes, expected: bool) -> None:
    assert expected == read_records(content).lines
