"""A file read in pieces and put together again, to be held against the same file read whole."""

import itertools
from collections.abc import Iterable, Iterator, Sequence

from trailbell.cloudtrail import DamagedContentError, Reading, read_pieces, read_records

__all__ = ["Outcome", "assert_pieces_agree", "cut_up", "in_pieces", "joined", "whole"]

Outcome = Reading | tuple[str, int, bool]
"""A reading, or the reason, the offset and the `truncated` of the damage."""


def cut_up(content: bytes, sizes: Sequence[int]) -> Iterator[bytes]:
    """Cuts the content into chunks of these sizes, over and over; a size of 0 gives an empty chunk."""
    position = 0
    for size in itertools.cycle(sizes):
        if position >= len(content):
            return
        yield content[position : position + size]
        position += size


def whole(content: bytes, *, goes_on: bool = False) -> Outcome:
    """Reads the file whole."""
    try:
        return read_records(content, goes_on=goes_on)
    except DamagedContentError as error:
        return error.reason, error.offset, error.truncated


def in_pieces(
    content: bytes, piece_bytes: int, sizes: Sequence[int] = (7,), *, goes_on: bool = False
) -> Outcome:
    """Reads the file in pieces and joins them."""
    try:
        return joined(read_pieces(cut_up(content, sizes), piece_bytes=piece_bytes, goes_on=goes_on))
    except DamagedContentError as error:
        return error.reason, error.offset, error.truncated


def joined(pieces: Iterable[Reading]) -> Reading:
    """Returns the reading of the whole that the pieces make; only the last may be empty or passed over."""
    readings = list(pieces)
    last = readings[-1]
    assert not any(reading.passed_over for reading in readings[:-1])
    assert all(reading.records or reading.rejected for reading in readings[:-1])
    assert sorted(each.consumed_bytes for each in readings) == [each.consumed_bytes for each in readings]
    return Reading(
        records=tuple(record for reading in readings for record in reading.records),
        rejected=tuple(rejected for reading in readings for rejected in reading.rejected),
        passed_over=last.passed_over,
        lines=last.lines,
        consumed_bytes=last.consumed_bytes,
    )


def assert_pieces_agree(
    content: bytes, piece_bytes: int, sizes: Sequence[int] = (7,), *, goes_on: bool = False
) -> None:
    """Asserts that the file reads the same in pieces, but for the two exceptions that are promised."""
    expected = whole(content, goes_on=goes_on)
    outcome = in_pieces(content, piece_bytes, sizes, goes_on=goes_on)
    if isinstance(outcome, tuple) and "another meaning" in outcome[0]:
        # Two lists of records in one document: the first was handed out before the second was met.
        assert content.count(b'"Records"') + content.count(b'"Events"') > 1 or b'"eventVersion"' in content
    elif not _is_list_before_lines(content, piece_bytes, expected) or goes_on:
        assert expected == outcome
    elif isinstance(outcome, Reading):
        assert _without_places(expected) == _without_places(outcome)


def _is_list_before_lines(content: bytes, piece_bytes: int, expected: Outcome) -> bool:
    """Tells whether lines begin with a list of records that does not fit into a piece.

    It is read as a document then: its records have offsets of their own, and it may be damaged.
    """
    text = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    line_end = len(content) - len(text) + len(text.partition(b"\n")[0])
    has_lines = isinstance(expected, Reading) and expected.lines
    return has_lines and line_end >= piece_bytes and not text.startswith(b'{"eventVersion"')


def _without_places(outcome: Outcome) -> object:
    assert isinstance(outcome, Reading)
    contents = [record.content for record in outcome.records]
    reasons = [rejected.reason for rejected in outcome.rejected]
    return contents, reasons, outcome.passed_over, outcome.lines, outcome.consumed_bytes
