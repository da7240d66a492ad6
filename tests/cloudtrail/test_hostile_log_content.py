import base64
import gzip
import json
from typing import Any

import pytest

from support.pieces import assert_pieces_agree
from trailbell.cloudtrail import MAXIMUM_RECORD_BYTES, DamagedContentError, Reading, facts_of, read_records

_GOOD = b'{"eventVersion":"1.08","eventID":"good"}'
_DEEP = b'{"eventID":"deep","requestParameters":' + b'{"a":[' * 5_000 + b"1" + b"]}" * 5_000 + b"}"


def _padded(size_bytes: int) -> bytes:
    start, end = b'{"eventVersion":"1.08","eventID":"big","userAgent":"', b'"}'
    return start + b"x" * (size_bytes - len(start) - len(end)) + end


def _document(*records: bytes) -> bytes:
    return b'{"Records":[' + b",".join(records) + b"]}"


def _lines(*lines: bytes) -> bytes:
    return b"\n".join(lines) + b"\n"


def _lambda(packed: bytes) -> bytes:
    return b'{"awslogs":{"data":"' + base64.b64encode(packed) + b'"}}'


def _bomb() -> bytes:
    return gzip.compress(b" " * (33 * 1024 * 1024), 9)


_UTF16 = json.dumps({"Records": []}).encode("utf-16")

# Content; whether it may still be being written; what the reason has to say.
_DAMAGED: dict[str, tuple[bytes, bool, str]] = {
    "an empty file": (b"", True, "empty"),
    "white space": (b" \r\n\t ", True, "empty"),
    "a byte order mark": (b"\xef\xbb\xbf", True, "empty"),
    "binary garbage": (bytes(range(256)), False, "no JSON"),
    "zeros": (bytes(4096), False, "no JSON"),
    "plain text": (b"GET / HTTP/1.1\n200\n", False, "no JSON"),
    "a web page": (b"<html><body>403</body></html>", False, "no JSON"),
    "a number": (b"12", False, "no JSON"),
    "a string": (b'"{}"', False, "no JSON"),
    "UTF-16": (_UTF16, False, "UTF-16"),
    "a gzip file that was not unpacked": (gzip.compress(_GOOD), False, "no JSON"),
    "a document cut in a record": (_document(_GOOD, _GOOD)[:-20], True, "cut short"),
    "a document cut behind a record": (_document(_GOOD)[:-2], True, "cut short"),
    "a document cut in a string": (b'{"Records":[{"eventID":"x', True, "cut short"),
    "an array cut": (b"[" + _GOOD + b",", True, "cut short"),
    "a pretty-printed document cut": (json.dumps([{"a": {}}], indent=1).encode()[:-4], True, "cut short"),
    "one line cut": (_GOOD[:-1], True, "cut short"),
    "a broken record in a document": (_document(_GOOD, b'{"eventID":}'), False, "no valid JSON"),
    "a number that is none in a document": (_document(_GOOD, b'{"a":NaN}'), False, "no valid JSON"),
    "a control character in a document": (_document(_GOOD, b'{"a":"\0"}'), False, "no valid JSON"),
    "a comma too much": (b"[" + _GOOD + b",]", False, "no valid JSON"),
    "text behind a document": (_document(_GOOD) + b" text", False, "no valid JSON"),
    "records in a row, the last one cut": (_GOOD + _GOOD[:-1], True, "cut short"),
    "a broken record after one too deep": (_document(_DEEP, b'{"eventID":}'), False, "no valid JSON"),
    "nothing but brackets": (b"[" * 100_000, False, "nested too deeply"),
    "a record both too deep and too large": (
        _document(b'{"a":' * 250_000 + b"1" + b"}" * 250_000, _GOOD),
        False,
        "nested too deeply",
    ),
    "one bare record nested too deeply": (_DEEP, False, "nested too deeply"),
}


@pytest.mark.parametrize(("content", "truncated", "reason"), _DAMAGED.values(), ids=_DAMAGED)
def test_a_file_that_is_no_log_file_is_refused_with_the_reason(
    content: bytes, truncated: bool, reason: str
) -> None:
    with pytest.raises(DamagedContentError) as caught:
        read_records(content)

    assert (truncated, True) == (caught.value.truncated, reason in caught.value.reason)


@pytest.mark.parametrize("piece_bytes", [10, 60, 1000])
@pytest.mark.parametrize("content", [content for content, _, _ in _DAMAGED.values()], ids=_DAMAGED)
def test_a_file_that_is_no_log_file_is_refused_in_pieces_too(content: bytes, piece_bytes: int) -> None:
    assert_pieces_agree(content, piece_bytes, [1000])


@pytest.mark.parametrize(
    ("content", "offset"),
    [
        pytest.param(_document(_GOOD, b"{,}"), 12 + len(_GOOD) + 2, id="in a document"),
        pytest.param(b"\xef\xbb\xbf[{,}]", 5, id="after a byte order mark"),
        pytest.param(_GOOD + b" {,}", len(_GOOD) + 2, id="in the second value of a row"),
        pytest.param(_document(_DEEP, b"{,}"), 12 + len(_DEEP) + 2, id="behind a record too deep"),
        pytest.param(_GOOD[:-1], len(_GOOD) - 1, id="at the end of a cut file"),
    ],
)
def test_the_place_of_the_damage_is_named(content: bytes, offset: int) -> None:
    with pytest.raises(DamagedContentError) as caught:
        read_records(content)

    assert offset == caught.value.offset


# Content; ids of the records taken; position and reason of what was rejected.
_REJECTED: dict[str, tuple[bytes, list[str], list[tuple[int, str]]]] = {
    "elements that are no objects": (
        b'{"Records":[1,' + _GOOD + b',"x",null,[{}],true,-1.5]}',
        ["good"],
        [
            (1, "a number instead of a JSON object"),
            (3, "a string instead of a JSON object"),
            (4, "null instead of a JSON object"),
            (5, "an array instead of a JSON object"),
            (6, "true instead of a JSON object"),
            (7, "a number instead of a JSON object"),
        ],
    ),
    "lines that are no JSON": (
        _lines(_GOOD, b"# comment", b"", b'{"a":NaN}', b'"text"', _GOOD),
        ["good", "good"],
        [
            (2, "no valid JSON (invalid character) at its byte 0"),
            (4, "no valid JSON (invalid character) at its byte 5"),
            (5, "a string instead of a JSON object"),
        ],
    ),
    "a line cut in the middle of a file": (
        _lines(_GOOD, _GOOD[:-3], _GOOD),
        ["good", "good"],
        [(2, f"the JSON text is cut short at its byte {len(_GOOD) - 3}")],
    ),
    "a first line that is half a line": (
        _lines(b'ame":"GetObject"}', _GOOD),
        ["good"],
        [(1, "no valid JSON (invalid character) at its byte 0")],
    ),
    "two records on a line": (
        _lines(_GOOD, _GOOD + _GOOD),
        ["good"],
        [(2, f"no valid JSON (trailing characters) at its byte {len(_GOOD)}")],
    ),
    "zeros behind the lines, as a crash leaves them": (
        _lines(_GOOD, bytes(64), _GOOD),
        ["good", "good"],
        [(2, "no valid JSON (invalid character) at its byte 0")],
    ),
    "a record nested too deeply in a document": (
        _document(_GOOD, _DEEP, _GOOD),
        ["good", "good"],
        [(2, "the JSON text is nested too deeply")],
    ),
    "a record nested too deeply in a spaced array": (
        b"[ " + _DEEP + b" ,\n " + _GOOD + b" ]\n",
        ["good"],
        [(1, "the JSON text is nested too deeply")],
    ),
    "a line nested too deeply": (
        _lines(_GOOD, _DEEP),
        ["good"],
        [(2, "the JSON text is nested too deeply")],
    ),
    "a record above the limit in a document": (
        _document(_padded(MAXIMUM_RECORD_BYTES), _padded(MAXIMUM_RECORD_BYTES + 1), _GOOD),
        ["big", "good"],
        [(2, "a record of 1,048,577 bytes, above the limit of 1,048,576")],
    ),
    "a record above the limit on a line": (
        _lines(_GOOD, _padded(MAXIMUM_RECORD_BYTES + 1)),
        ["good"],
        [(2, "a record of 1,048,577 bytes, above the limit of 1,048,576")],
    ),
    "a record that is not UTF-8": (
        _document(_GOOD, b'{"eventVersion":"1","userAgent":"\xff"}', _GOOD),
        ["good", "good"],
        [(2, "not UTF-8 text")],
    ),
    "a line that is not UTF-8": (_lines(_GOOD, b'{"\xed\xa0\x80":1}'), ["good"], [(2, "not UTF-8 text")]),
    "a looked-up event that is no JSON": (
        _lines(_GOOD, b'{"CloudTrailEvent":"{\\"a\\":"}'),
        ["good"],
        [(2, "the JSON text is cut short at its byte 5")],
    ),
    "a looked-up event that is no string": (
        _lines(_GOOD, b'{"CloudTrailEvent":{}}'),
        ["good"],
        [(2, "no valid JSON (Expected `str`, got `object`)")],
    ),
    "a log message that is no JSON": (
        _lines(_GOOD, b'{"messageType":"DATA_MESSAGE","logEvents":[{"message":"START"},{"message":"{}"}]}'),
        ["good", ""],
        [(2, "no valid JSON (invalid character) at its byte 0")],
    ),
    "a log event without a message": (
        _lines(_GOOD, b'{"messageType":"DATA_MESSAGE","logEvents":[{"id":"1"},{"message":"{}"}]}'),
        ["good", ""],
        [(2, "no valid JSON (Object missing required field `message`)")],
    ),
    "a subscription of an unknown kind": (
        _lines(_GOOD, b'{"messageType":"NEWS","logEvents":[]}'),
        ["good"],
        [(2, "a log subscription message of an unknown kind")],
    ),
    "an envelope without a list": (
        b'{"Records":{"a":1}}',
        [],
        [(1, "an envelope whose list of records is no array")],
    ),
    "a payload that is no base64": (
        _lines(_GOOD, b'{"awslogs":{"data":"?"}}'),
        ["good"],
        [(2, "a log payload that cannot be unpacked: no base64 (Only base64 data is allowed)")],
    ),
    "a payload that is cut": (
        _lines(_GOOD, _lambda(gzip.compress(_GOOD)[:-1])),
        ["good"],
        [(2, "a log payload that cannot be unpacked: the gzip stream is cut short")],
    ),
    "a payload that is a bomb": (
        _lines(_GOOD, _lambda(_bomb())),
        ["good"],
        [(2, "a log payload that cannot be unpacked: the gzip stream holds more than may be read at once")],
    ),
    "a payload that is not UTF-8": (
        _lines(_GOOD, _lambda(gzip.compress(b'{"eventVersion":"\xff"}'))),
        ["good"],
        [(2, "a log payload that is not UTF-8 text")],
    ),
}


def _ids(reading: Reading) -> list[str]:
    return [facts_of(record.content).event_id for record in reading.records]


@pytest.mark.parametrize(("content", "ids", "rejected"), _REJECTED.values(), ids=_REJECTED)
def test_one_bad_record_is_named_and_spoils_no_other(
    content: bytes, ids: list[str], rejected: list[tuple[int, str]]
) -> None:
    reading = read_records(content)

    assert (ids, rejected) == (_ids(reading), [(one.position, one.reason) for one in reading.rejected])


@pytest.mark.parametrize("piece_bytes", [60, 1000])
@pytest.mark.parametrize("content", [content for content, _, _ in _REJECTED.values()], ids=_REJECTED)
def test_one_bad_record_is_named_in_pieces_too(content: bytes, piece_bytes: int) -> None:
    assert_pieces_agree(content, piece_bytes, [1000])


@pytest.mark.parametrize("shift", range(4))
def test_characters_of_several_bytes_are_whole_wherever_a_large_file_is_sliced(shift: int) -> None:
    line = b'{"eventVersion":"1.08","eventID":"good","userAgent":"' + "🔔".encode() * 20_000 + b'"}'
    content = b" " * shift + _lines(*[line] * 30)
    reading = read_records(content)

    assert (30, ()) == (len(reading.records), reading.rejected)
    assert len(read_records(content + b"[\xf0\x9f\n").rejected) == 1


def test_a_rejected_line_is_found_at_its_offset() -> None:
    content = _lines(_GOOD, b"", b"oops", _GOOD)
    (rejected,) = read_records(content).rejected

    assert content[rejected.offset :].split(b"\n")[0] == b"oops"


def test_payloads_that_unpack_to_too_much_together_are_refused_one_by_one() -> None:
    packed = gzip.compress(b'{"eventID":"x"}' + b" " * (31 * 1024 * 1024), 9)
    reading = read_records(_lines(*[_lambda(packed)] * 6))

    assert (len(reading.records), len(reading.rejected)) == (4, 2)


def test_envelopes_in_envelopes_end_somewhere() -> None:
    text = _GOOD.decode()
    for _ in range(10):
        text = json.dumps({"CloudTrailEvent": text})
    (rejected,) = read_records(text.encode()).rejected

    assert rejected.reason == "more envelopes around it than any service writes"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(r"a\ud800b", "a\ufffdb", id="a high half alone"),
        pytest.param(r"a\uDFFFb", "a\ufffdb", id="a low half alone"),
        pytest.param(r"\ud83d\ud83d\ude00", "\ufffd😀", id="a half before a pair"),
        pytest.param(r"\ude00\ud83d", "\ufffd\ufffd", id="a pair the wrong way round"),
        pytest.param(r"\\ud800", r"\ud800", id="an escaped backslash is no escape"),
        pytest.param(r"\\\ud800\\", "\\\ufffd\\", id="an escape behind an escaped backslash"),
        pytest.param(r"\ud83d\ude00", "😀", id="a whole pair"),
    ],
)
@pytest.mark.parametrize("framing", ["document", "lines", "row"])
def test_half_a_surrogate_pair_costs_neither_the_file_nor_the_record(
    text: str, expected: str, framing: str
) -> None:
    odd = b'{"eventID":"odd","userAgent":"' + text.encode() + b'"}'
    content = {"document": _document(_GOOD, odd), "lines": _lines(_GOOD, odd), "row": _GOOD + odd}[framing]
    reading = read_records(content)
    agents = [json.loads(record.content).get("userAgent") for record in reading.records]

    assert ([None, expected], ()) == (agents, reading.rejected)
    assert expected == facts_of(reading.records[1].content).user_agent


def test_the_last_of_two_equal_keys_counts_as_in_every_json_reader() -> None:
    content = b'{"Records":[{"eventID":"lost"}],"Records":[{"eventID":"a","eventID":"b"}]}'

    assert _ids(read_records(content)) == ["b"]


def test_an_envelope_key_inside_a_record_opens_nothing() -> None:
    record: dict[str, Any] = {
        "eventVersion": "1.08",
        "eventID": "outer",
        "requestParameters": {"Records": [{"eventID": "inner"}], "CloudTrailEvent": "{}", "detail": {}},
        "awslogs": {"data": "?"},
        "Events": [],
    }
    compact = json.dumps(record).encode()
    key_last = json.dumps(dict(reversed(record.items()))).encode()

    assert _ids(read_records(_lines(compact, key_last))) == ["outer", "outer"]
