"""What reading a log file gives: raw records, and what had to be left out and why."""

import msgspec

__all__ = ["MAXIMUM_RECORD_BYTES", "RawRecord", "Reading", "RejectedRecord"]

MAXIMUM_RECORD_BYTES = 1024 * 1024
"""Larger records are rejected; AWS itself caps a record at 256 KB."""


class RawRecord(msgspec.Struct, frozen=True, gc=False):
    r"""One bare CloudTrail record.

    Attributes:
        content: The JSON object as it was delivered, without any envelope, in UTF-8. Unpaired surrogate
            escapes, on which JSON readers disagree, are replaced by `\ufffd`.
        offset: Where the record, or the line or envelope it came in, begins in the file; -1 where not known.
    """

    content: bytes
    offset: int = -1


class RejectedRecord(msgspec.Struct, frozen=True, gc=False):
    """A line or element that is no record.

    Attributes:
        offset: Where it begins in the file; -1 where not known.
        position: Which line or element of the file it is, counted from 1, blank lines included.
        reason: What is wrong with it.
    """

    offset: int
    position: int
    reason: str


class Reading(msgspec.Struct, frozen=True):
    """The records of one file.

    Attributes:
        records: Every record, in the file's order.
        rejected: Every line or element that is none.
        passed_over: Why the file as a whole holds no records to read; empty where it does.
        lines: Whether each line stands for itself, so that a growing file can be read on.
        consumed_bytes: Where to read on. Less than the length only when the last line has no newline yet and
            is no JSON so far; a reader that knows nothing more will come must count that rest as rejected.
    """

    records: tuple[RawRecord, ...]
    rejected: tuple[RejectedRecord, ...]
    passed_over: str
    lines: bool
    consumed_bytes: int
