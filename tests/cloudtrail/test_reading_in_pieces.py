"""Files that do not fit into a piece: what they give, how they are damaged, and where they differ."""

import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from support.pieces import assert_pieces_agree, cut_up, in_pieces, joined, whole
from trailbell.cloudtrail import (
    MAXIMUM_RECORD_BYTES,
    DamagedContentError,
    Reading,
    decompressed,
    read_pieces,
    read_records,
)

_MEBIBYTE = 1024 * 1024
_GOOD = b'{"eventVersion":"1.08","eventID":"good"}'
_DEEP = b'{"eventID":"deep","requestParameters":' + b'{"a":[' * 5_000 + b"1" + b"]}" * 5_000 + b"}"
_DIGEST = "111122223333_CloudTrail-Digest_us-east-1_trail_us-east-1_20260914T054037Z.json.gz"


def _padded(size_bytes: int) -> bytes:
    start, end = b'{"eventVersion":"1.08","eventID":"big","userAgent":"', b'"}'
    return start + b"x" * (size_bytes - len(start) - len(end)) + end


def _document(*records: bytes) -> bytes:
    return b'{"Records":[' + b",".join(records) + b"]}"


def _lines(*lines: bytes) -> bytes:
    return b"\n".join(lines) + b"\n"


def _pieces(content: bytes, piece_bytes: int = 100) -> list[Reading]:
    return list(read_pieces(cut_up(content, [64]), piece_bytes=piece_bytes))


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        pytest.param(_document(*[_GOOD] * 50), False, id="a log file"),
        pytest.param(b"[" + b", ".join([_GOOD] * 50) + b"]", False, id="an array"),
        pytest.param(json.dumps({"z": 1, "Records": [{"a": [1, 2]}] * 50}, indent=2).encode(), False, id="p"),
        pytest.param(_lines(*[_GOOD] * 50), True, id="lines"),
        pytest.param(_GOOD * 50, False, id="records in a row"),
        pytest.param(_document(_GOOD) * 50, False, id="log files in a row"),
    ],
)
def test_a_long_file_comes_in_many_pieces(content: bytes, lines: bool) -> None:
    pieces = _pieces(content)
    consumed = [piece.consumed_bytes for piece in pieces]

    assert len(pieces) > 10
    assert {lines} == {piece.lines for piece in pieces}
    assert sorted(consumed) == consumed
    assert max(len(piece.records) for piece in pieces) < 5
    assert read_records(content) == joined(pieces)


def test_a_file_that_fits_comes_in_one_piece() -> None:
    content = _document(_GOOD, _GOOD)

    assert [read_records(content)] == list(read_pieces([content]))


@pytest.mark.parametrize("chunks", [[], [b""], [b" \n", b"\t"]])
def test_an_empty_file_may_still_be_being_written(chunks: list[bytes]) -> None:
    with pytest.raises(DamagedContentError, match="the file is empty") as caught:
        list(read_pieces(chunks))

    assert caught.value.truncated


def test_a_file_that_is_passed_over_by_its_name_is_read_to_its_end() -> None:
    chunks = iter([b"what", b"ever"])
    (reading,) = read_pieces(chunks, _DIGEST)

    assert ((), (), 8) == (reading.records, reading.rejected, reading.consumed_bytes)
    assert reading.passed_over
    assert list(chunks) == []


def test_that_nothing_is_held_in_a_piece_is_refused() -> None:
    with pytest.raises(ValueError, match="0 bytes"):
        next(read_pieces([_GOOD], piece_bytes=0))


def test_what_comes_before_damage_has_been_handed_out_by_then() -> None:
    pieces = read_pieces(cut_up(_document(*[_GOOD] * 5)[:-2], [64]), piece_bytes=100)

    assert [2, 2] == [len(next(pieces).records), len(next(pieces).records)]
    with pytest.raises(DamagedContentError, match="cut short") as caught:
        next(pieces)
    assert caught.value.truncated


def test_damage_within_the_compression_comes_through() -> None:
    packed = gzip.compress(_document(*[_GOOD] * 1000))[:-4]
    with pytest.raises(DamagedContentError, match="the gzip stream is cut short"):
        list(read_pieces(decompressed([packed], _MEBIBYTE), piece_bytes=100))


_WIDE = _padded(200_000)

_FITTING: dict[str, bytes] = {
    "a log file": _document(_WIDE, _GOOD, _WIDE),
    "a log file with a newline": _document(_WIDE, _GOOD, _WIDE) + b"\n",
    "an array on several lines": b"[\n" + b"\n,".join([_WIDE, _GOOD, _WIDE]) + b"\n]",
    "lines": _lines(_WIDE, _GOOD, b"oops", _WIDE),
    "lines of log files": _lines(_document(_WIDE, _GOOD), _document(_WIDE)),
    "lines that begin with half a line": _lines(_WIDE[9:], _GOOD, _WIDE),
    "lines of which the last is half": _lines(_WIDE, _GOOD) + _WIDE[:-9],
    "lines behind half a line of an array": _lines(b"[" + _WIDE, _WIDE, _GOOD),
    "records in a row": _WIDE + _GOOD + _WIDE,
    "log files in a row": _document(_WIDE) + _document(_WIDE, _GOOD),
    "a pretty-printed record": json.dumps({"eventID": "x" * 300_000, "a": [1]}, indent=1).encode(),
    "an envelope": b'{"detail-type":"a","detail":' + _WIDE + b',"b":"' + b"x" * 100_000 + b'"}',
    "an object that lists nothing": b'{"Records":7,"a":"' + b"x" * 300_000 + b'"}',
    "a record too deep": _document(_WIDE, _DEEP, _WIDE),
    "a log file that is cut": _document(_WIDE, _WIDE)[:-9],
    "a record that is cut": _padded(300_000)[:-1],
    "a row that is cut": (_WIDE + _WIDE)[:-9],
    "a broken log file": _document(_WIDE, _WIDE, b"{,}"),
    "a row broken in the end": _WIDE + _WIDE + b"{,}",
    "garbage": b"x" * 300_000,
    "zeros": bytes(300_000),
    "white space": b" \n" * 150_000,
}


@pytest.mark.parametrize("content", _FITTING.values(), ids=_FITTING)
@pytest.mark.parametrize("piece_bytes", [_MEBIBYTE, 250_000])
def test_a_larger_file_is_the_same_in_pieces_whether_it_fits_or_not(content: bytes, piece_bytes: int) -> None:
    assert len(content) > 256 * 1024
    assert_pieces_agree(content, piece_bytes, [_MEBIBYTE])
    assert_pieces_agree(b"\xef\xbb\xbf" + content, piece_bytes, [70_000])


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"{}\n" * 200_000, id="lines"),
        pytest.param(b"{}\n" + b"1\n" * 200_000, id="bad lines"),
        pytest.param(b"[" + b"{}," * 200_000 + b"{}]", id="an array"),
        pytest.param(b'{"Records":[' + b"1," * 200_000 + b"1]}", id="numbers"),
        pytest.param(b"{}" * 200_000, id="a row"),
    ],
)
def test_a_flood_of_tiny_records_comes_in_pieces_of_bounded_number(content: bytes) -> None:
    pieces = list(read_pieces([content]))

    assert max(len(piece.records) + len(piece.rejected) for piece in pieces) <= 100_000
    assert len(pieces) >= 2
    assert 200_000 <= sum(len(piece.records) + len(piece.rejected) for piece in pieces) <= 200_001


_WHERE_ELEMENTS_SEEM_TO_END: dict[str, Any] = {
    "in a string": {"userAgent": '},{"eventVersion":"1.08",'},
    "in a string with escapes": {"userAgent": '\\"},{"eventVersion":"1.08","\\'},
    "in an inner array": {"resources": [{"eventVersion": 1}, {"eventVersion": 2}, {"eventVersion": 3}]},
    "in an inner list of records": {"requestParameters": {"Records": [{"eventVersion": 1}, {}]}},
    "in an inner array of arrays": {"requestParameters": [[{}, {}], [{}, {}]]},
}


@pytest.mark.parametrize("odd", _WHERE_ELEMENTS_SEEM_TO_END.values(), ids=_WHERE_ELEMENTS_SEEM_TO_END)
@pytest.mark.parametrize("piece_bytes", [150, 400, 1000])
def test_no_element_is_cut_where_one_only_seems_to_end(odd: dict[str, Any], piece_bytes: int) -> None:
    records = [{"eventVersion": "1.08", "eventID": str(number), **odd} for number in range(40)]
    content = json.dumps({"Records": records}, separators=(",", ":")).encode()
    reading = in_pieces(content, piece_bytes)

    assert isinstance(reading, Reading)
    assert records == [json.loads(record.content) for record in reading.records]
    assert whole(content) == reading


@pytest.mark.parametrize("piece_bytes", [100, 300, 20_000])
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(_document(_GOOD, _DEEP, _GOOD), id="in a document"),
        pytest.param(b'{"a":1,"Records":[' + _DEEP + b", " + _GOOD + b'],"z":[]}', id="among other members"),
        pytest.param(b"[" + b",".join([_GOOD] * 9 + [_DEEP] + [_GOOD] * 9) + b"]", id="in an array"),
        pytest.param(_document(_GOOD, _DEEP) + _document(_GOOD), id="in a row"),
        pytest.param(_document(_GOOD) + _document(_GOOD, _DEEP), id="at the end of a row"),
        pytest.param(_document(_GOOD, _DEEP, b"{,}"), id="before damage"),
        pytest.param(_document(_GOOD, _DEEP)[:-20], id="cut"),
        pytest.param(_lines(_GOOD, _DEEP, _GOOD), id="on a line"),
    ],
)
def test_what_is_nested_too_deeply_is_the_same_in_pieces(content: bytes, piece_bytes: int) -> None:
    assert_pieces_agree(content, piece_bytes, [1000])


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(_document(_GOOD, _padded(MAXIMUM_RECORD_BYTES + 1), _GOOD), id="in a document"),
        pytest.param(_lines(_GOOD, _padded(MAXIMUM_RECORD_BYTES + 1), _GOOD), id="on a line"),
        pytest.param(_GOOD + _padded(MAXIMUM_RECORD_BYTES + 1) + _GOOD, id="in a row"),
        pytest.param(_padded(MAXIMUM_RECORD_BYTES) + b"\n", id="alone"),
    ],
)
def test_a_record_above_the_limit_is_the_same_in_pieces(content: bytes) -> None:
    assert whole(content) == in_pieces(content, 1000, [_MEBIBYTE])


def test_a_list_of_records_on_a_longer_first_line_is_read_as_a_document() -> None:
    content = _lines(_document(_GOOD, b"1", _GOOD), b"", b"oops", _document(_GOOD)) + b'{"eventID":"ha'
    reading, expected = in_pieces(content, 20), whole(content)

    assert isinstance(reading, Reading)
    assert isinstance(expected, Reading)
    assert [record.content for record in expected.records] == [record.content for record in reading.records]
    assert [12, 12 + len(_GOOD) + 3] == [record.offset for record in reading.records[:2]]
    assert [0, 0] == [record.offset for record in expected.records[:2]]
    assert expected.records[2:] == reading.records[2:]
    assert expected.rejected[1:] == reading.rejected[1:]
    assert (True, expected.consumed_bytes) == (reading.lines, reading.consumed_bytes)


@pytest.mark.parametrize("tail", [b'"Records":[]', b'"eventVersion":"1.08"'])
def test_what_is_no_list_of_records_after_all_is_damage(tail: bytes) -> None:
    content = b'{"Records":[' + b",".join([_GOOD] * 10) + b"]," + tail + b"}"
    with pytest.raises(DamagedContentError, match="give the document another meaning") as caught:
        _pieces(content)

    assert not caught.value.truncated


_BIG = 5 * _MEBIBYTE
_MANY = 130_000

_LONG_LINES: dict[str, Callable[[], bytes]] = {
    "a record": lambda: _lines(_GOOD, _padded(_BIG), _GOOD),
    "a record with space around it": lambda: _lines(_GOOD, b"\t" + _padded(_BIG) + b" \r", _GOOD),
    "a record before a last line without a newline": lambda: _lines(_GOOD, _padded(_BIG)) + _GOOD,
    "a record that is not whole yet": lambda: _lines(_GOOD, _GOOD) + _padded(_BIG)[:-1],
    "two records": lambda: _lines(_GOOD, _GOOD + _padded(_BIG), _GOOD),
    "nested too deeply": lambda: _lines(_GOOD, _DEEP + _padded(_BIG), _GOOD),
    "zeros": lambda: _lines(_GOOD, bytes(_BIG), _GOOD),
    "zeros without a newline": lambda: _lines(_GOOD, _GOOD) + bytes(_BIG),
    "a list of records": lambda: _lines(_GOOD, _document(*[_GOOD] * _MANY), _GOOD),
    "a list of records without a newline": lambda: _lines(_GOOD, _GOOD) + _document(*[_GOOD] * _MANY),
    "an array": lambda: _lines(_GOOD, b" [" + b" , ".join([_GOOD] * _MANY) + b"] ", _GOOD),
}


@pytest.mark.parametrize("make", _LONG_LINES.values(), ids=_LONG_LINES)
def test_a_line_too_long_to_be_held_is_the_same_in_pieces(make: Callable[[], bytes]) -> None:
    content = make()
    # Not compared in the assertion: the difference would be a book.
    is_same = whole(content) == in_pieces(content, _MEBIBYTE, [300_000])

    assert len(content) > _BIG
    assert is_same


def test_a_long_line_that_is_no_record_is_rejected_by_its_size() -> None:
    text = b'"' + b"x" * _BIG + b'"'
    reading = in_pieces(_lines(_GOOD, text, _GOOD), _MEBIBYTE, [300_000])

    assert isinstance(reading, Reading)
    assert 2 == len(reading.records)
    assert [(len(_GOOD) + 1, 2, "a line of 5,242,882 bytes that is no whole record")] == [
        (one.offset, one.position, one.reason) for one in reading.rejected
    ]


def test_a_list_of_records_that_breaks_on_a_long_line_is_taken_as_far_as_it_is_whole() -> None:
    records = b",".join([_GOOD] * _MANY)
    broken = b'{"Records":[' + records + b",{]}"
    reading = in_pieces(_lines(_GOOD, broken, _GOOD), _MEBIBYTE, [300_000])

    assert isinstance(reading, Reading)
    assert _MANY + 2 == len(reading.records)
    assert reading.records[-1].offset == len(_GOOD) + len(broken) + 2
    assert [(2, f"no valid JSON (expected '\"') at its byte {len(broken) - 2}")] == [
        (one.position, one.reason) for one in reading.rejected
    ]


def test_a_list_of_records_on_a_long_last_line_that_is_cut_is_damage() -> None:
    content = _lines(_GOOD) + b'{"Records":[' + b",".join([_GOOD] * _MANY)

    assert ("the JSON text is cut short", len(content), True) == in_pieces(content, _MEBIBYTE, [300_000])


def test_a_value_too_large_to_be_held_is_damage() -> None:
    filling = b"x" * _MEBIBYTE

    def chunks(start: bytes) -> Iterator[bytes]:
        yield start
        for _ in range(70):
            yield filling

    for start in (b'{"eventVersion":"1', b'[{"a":"', _GOOD + b'{"a":"', b'{"Records":[],"a":"'):
        with pytest.raises(DamagedContentError, match="a single value of more than 67,108,864 bytes"):
            list(read_pieces(chunks(start)))
