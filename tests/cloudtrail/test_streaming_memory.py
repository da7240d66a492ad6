"""Streams of a hundred mebibytes are read while little of them is held."""

import itertools
import tracemalloc
import zlib
from collections.abc import Callable, Iterable, Iterator

import pytest

from trailbell.cloudtrail import decompressed, read_pieces

pytestmark = pytest.mark.slow

_MEBIBYTE = 1024 * 1024
_STREAM_BYTES = 100 * _MEBIBYTE
_PIECE_BYTES = 4 * _MEBIBYTE

_RECORD = (
    b'{"eventVersion":"1.08","eventName":"GetObject","eventID":"%08d","resources":[{"a":1},{"a":2}],'
    b'"userAgent":"' + b"x" * 900 + b'"}'
)
_RECORD_BYTES = len(_RECORD % 0)
_RECORDS = _STREAM_BYTES // _RECORD_BYTES


def _records(number: int = _RECORDS) -> Iterator[bytes]:
    return (_RECORD % each for each in range(number))


def _separated(records: Iterable[bytes], separator: bytes) -> Iterator[bytes]:
    for number, record in enumerate(records):
        yield separator + record if number else record


def _document() -> Iterator[bytes]:
    return itertools.chain([b'{"Records":['], _separated(_records(), b","), [b"]}"])


def _sorted_document() -> Iterator[bytes]:
    keyed = (b'{"awsRegion":"eu-west-1",' + record[1:] for record in _records())
    return itertools.chain([b'{"A":[1],"Records":['], _separated(keyed, b", "), [b'],"Z":{}}'])


def _lines() -> Iterator[bytes]:
    return (record + b"\n" for record in _records())


def _documents() -> Iterator[bytes]:
    for _ in range(10):
        yield b'{"Records":['
        yield from _separated(_records(_RECORDS // 10), b",")
        yield b"]}"


def _one_long_line() -> Iterator[bytes]:
    yield from (record + b"\n" for record in _records(10))
    yield from itertools.repeat(b'{"a":"' + b"x" * _MEBIBYTE, 100)
    yield b"\n"


def _mixed_array() -> Iterator[bytes]:
    """Gives elements whose end no guess finds, which takes longer."""
    numbered = (b"1," + record for record in _records(_RECORDS // 4))
    return itertools.chain([b"["], _separated(numbered, b","), [b"]"])


_STREAMS: dict[str, tuple[Callable[[], Iterator[bytes]], int]] = {
    "a document": (_document, _RECORDS),
    "a document with other members": (_sorted_document, _RECORDS),
    "lines": (_lines, _RECORDS),
    "records in a row": (_records, _RECORDS),
    "documents in a row": (_documents, _RECORDS // 10 * 10),
    "a line of a hundred mebibytes": (_one_long_line, 10),
    "an array of records and numbers": (_mixed_array, _RECORDS // 4),
}


def _peak_bytes(use: Callable[[], int]) -> tuple[int, int]:
    """Returns what the use gives, and how much memory it took at most."""
    tracemalloc.start()
    try:
        return use(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("stream", "expected"), _STREAMS.values(), ids=_STREAMS)
def test_a_long_stream_is_read_in_a_small_multiple_of_a_piece(
    stream: Callable[[], Iterator[bytes]], expected: int
) -> None:
    def read() -> int:
        return sum(len(piece.records) for piece in read_pieces(stream(), piece_bytes=_PIECE_BYTES))

    records, peak_bytes = _peak_bytes(read)

    assert expected == records
    assert peak_bytes < 6 * _PIECE_BYTES


def _bomb() -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    packed = [packer.compress(bytes(_MEBIBYTE)) for _ in range(100)]
    return b"".join([*packed, packer.flush()])


@pytest.mark.parametrize("chunk_bytes", [1000, _MEBIBYTE])
@pytest.mark.parametrize("members", [1, 3])
def test_a_bomb_is_unpacked_a_little_at_a_time(members: int, chunk_bytes: int) -> None:
    packed = _bomb() * members
    chunks = [packed[start : start + chunk_bytes] for start in range(0, len(packed), chunk_bytes)]

    def unpack() -> int:
        return sum(len(piece) for piece in decompressed(chunks, members * _STREAM_BYTES))

    size_bytes, peak_bytes = _peak_bytes(unpack)

    assert members * _STREAM_BYTES == size_bytes
    assert peak_bytes < 4 * _MEBIBYTE
