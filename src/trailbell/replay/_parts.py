"""What the reading of a file gives, in a form that passes between processes and can be put aside.

A file is read in parts of some mebibytes, nearly always one. Each is settled as if nothing had been counted
before, and names what it counted, so that whoever merges parts can tell whether that holds.
"""

import msgspec

from trailbell.filters import RecordCounts

__all__ = ["Delta", "FileOutcome", "FilterMatches", "Part", "decode_outcome", "decode_part", "encode"]


class Delta(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a part adds to one minute of a series.

    Attributes:
        series: Its index among those that alarms watch.
        minute_ms: The minute's first millisecond.
        sample_count: The statistic set, with the three that follow.
        sum: See there.
        minimum: See there.
        maximum: See there.
        bins: The histogram, None where the statistic set says all there is to say.
        evidence: Who did it, None where only default values came.
        callers: How many records each principal made with each call, in the form of evidence.
    """

    series: int
    minute_ms: int
    sample_count: float
    sum: float
    minimum: float
    maximum: float
    bins: bytes | None
    evidence: bytes | None
    callers: bytes | None


class FilterMatches(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one filter counted in a part; ``periods`` are those of 300 seconds, by number from the epoch."""

    filter: int
    matches: int
    first_ms: int
    last_ms: int
    periods: list[int]


class Part(msgspec.Struct, frozen=True, array_like=True):
    """One part of a file.

    Attributes:
        counts: Its records by class.
        filters: What each filter counted that counted anything.
        dimensions: The sets of dimensions that each filter published, in the order in which they came first.
        deltas: What it adds to watched series.
        identities: What was counted for the first time, each of 16 bytes.
        first_ms: The first instant of a record, None where there is none.
        last_ms: The last one.
        lines: A line of JSON for each record that was counted, where that is wanted.
        untimed: How many records had no usable time of their own.
    """

    counts: RecordCounts
    filters: list[FilterMatches]
    dimensions: list[tuple[int, list[tuple[tuple[str, str], ...]]]]
    deltas: list[Delta]
    identities: bytes
    first_ms: int | None
    last_ms: int | None
    lines: bytes
    untimed: int


class FileOutcome(msgspec.Struct, frozen=True, array_like=True):
    """What came of one file.

    Attributes:
        position: That of the file.
        parts: Its parts; none where they were put into a file of their own, or it could not be read.
        kept_in: That file, empty where there is none.
        rejected: The first reasons why something of it, or it as a whole, was rejected.
        rejected_total: How many there were.
        counts: The records rejected beside those in the parts.
        size_bytes: How much was read, uncompressed.
        fingerprint: Files of the same content have the same.
    """

    position: int
    parts: list[Part]
    kept_in: str
    rejected: list[str]
    rejected_total: int
    counts: RecordCounts
    size_bytes: int
    fingerprint: int


_OUTCOME = msgspec.msgpack.Decoder(FileOutcome)
_PART = msgspec.msgpack.Decoder(Part)
_ENCODER = msgspec.msgpack.Encoder()


def encode(value: FileOutcome | Part) -> bytes:
    """Returns an outcome or a part as bytes."""
    return _ENCODER.encode(value)


def decode_outcome(content: bytes) -> FileOutcome:
    """Reads back an outcome."""
    return _OUTCOME.decode(content)


def decode_part(content: bytes) -> Part:
    """Reads back a part."""
    return _PART.decode(content)
