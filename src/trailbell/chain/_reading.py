"""What one look at a file's content means, given what is known of the file: a decision, no I/O."""

import enum
import hashlib

import msgspec

from trailbell.cloudtrail import (
    DamagedContentError,
    RawRecord,
    Reading,
    RejectedRecord,
    decompressed,
    read_records,
)
from trailbell.store import FileState, LedgerFile

__all__ = [
    "EXCERPT_BYTES",
    "LARGE_BYTES",
    "MAXIMUM_FILE_BYTES",
    "SETTLED_AFTER_MS",
    "Look",
    "LookKind",
    "Rejected",
    "look_at",
]

LARGE_BYTES = 16 * 1024 * 1024
"""A file or its uncompressed content above this is not held, but read in pieces."""

_DENSE_FROM_BYTES = 1024 * 1024
_BYTES_PER_SEPARATOR = 10
"""Log text has fewer separators; denser text would take a hundred times its size once cut into elements."""

MAXIMUM_FILE_BYTES = 4 * 1024**3
"""The largest file read, and the most it may decompress to."""

EXCERPT_BYTES = 256
"""How much is kept of what is rejected."""

SETTLED_AFTER_MS = 30_000
"""A damaged or cut file counts as perhaps still being written until unchanged this long."""


_GZIP_MAGIC = b"\x1f\x8b"


class LookKind(enum.StrEnum):
    """What to do with the file: count its records, wait, set it aside, or read it in pieces (LARGE)."""

    RECORDS = "records"
    PENDING = "pending"
    DAMAGED = "damaged"
    PASSED_OVER = "passed-over"
    UNCHANGED = "unchanged"
    LARGE = "large"


class Rejected(msgspec.Struct, frozen=True):
    """A place in a file that is no record, why, and how it begins there."""

    offset: int
    reason: str
    excerpt: bytes


class Look(msgspec.Struct, frozen=True):
    """The decision with its reason.

    ``content_hash`` names the bytes the decision covers and ``consumed_bytes`` how many these are;
    ``is_whole`` is False while a last line may still be growing.
    """

    kind: LookKind
    reason: str = ""
    records: tuple[RawRecord, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    content_hash: bytes = b""
    consumed_bytes: int = 0
    offset: int = -1
    excerpt: bytes = b""
    is_whole: bool = True


def look_at(content: bytes, name: str, known: LedgerFile | None, *, is_settled: bool) -> Look:
    """Decide what a file's content asks for.

    Args:
        content: The file as it is on disk, compressed or not.
        name: Its name, which tells digest and Insight files.
        known: What the ledger holds of it: an appended JSON Lines file goes on from its old end.
        is_settled: The file has not changed for long enough to be taken as it is.
    """
    whole_hash = hashlib.sha256(content).digest()
    unchanged = Look(LookKind.UNCHANGED, content_hash=whole_hash, consumed_bytes=len(content))
    if known is not None and known.content_hash == whole_hash and known.state is not FileState.PENDING:
        return unchanged
    start = _old_end(content, known)
    rest = content[start:] if start else content
    if start and not rest.strip():
        return unchanged
    try:
        expanded = _expanded(rest)
        if expanded is None or _is_dense(expanded):
            return Look(LookKind.LARGE)
        plain = expanded
        reading = read_records(plain, name, goes_on=start > 0)
    except DamagedContentError as error:
        if not is_settled:
            return Look(LookKind.PENDING, reason=error.reason)
        if not start:
            return Look(
                LookKind.DAMAGED,
                reason=error.reason,
                content_hash=whole_hash,
                offset=error.offset,
                excerpt=content[:EXCERPT_BYTES],
            )
        # What was read before stays read: only the rest is rejected.
        reading = Reading(
            (), (RejectedRecord(0, -1, error.reason),), "", lines=True, consumed_bytes=len(rest)
        )
        plain = rest
    if reading.passed_over:
        return Look(
            LookKind.PASSED_OVER,
            reason=reading.passed_over,
            content_hash=whole_hash,
            consumed_bytes=len(content),
        )
    rejected = reading.rejected
    # Only a plain file can be read on from the middle of it; a cut line in a compressed one is final.
    is_cut = reading.consumed_bytes < len(plain)
    waits = is_cut and plain is rest and not is_settled
    if is_cut and not waits:
        rejected = (*rejected, RejectedRecord(reading.consumed_bytes, -1, "the last line is cut"))
    consumed = start + reading.consumed_bytes if waits else len(content)
    return Look(
        LookKind.RECORDS,
        records=tuple(RawRecord(each.content, _moved(each.offset, start)) for each in reading.records),
        rejected=tuple(_rejected(each, plain, start) for each in rejected),
        content_hash=hashlib.sha256(content[:consumed]).digest() if waits else whole_hash,
        consumed_bytes=consumed,
        is_whole=not waits,
    )


def _expanded(content: bytes) -> bytes | None:
    """Returns the uncompressed content; None if it is too much to hold."""
    if not content.startswith(_GZIP_MAGIC):
        return content
    parts: list[bytes] = []
    size = 0
    for part in decompressed([content], MAXIMUM_FILE_BYTES):
        parts.append(part)
        size += len(part)
        if size > LARGE_BYTES:
            return None
    return b"".join(parts)


def _is_dense(text: bytes) -> bool:
    """Tells text that consists of many tiny elements, which are too many to be held at once."""
    if len(text) < _DENSE_FROM_BYTES:
        return False
    separators = sum(map(text.count, (b",", b"}", b"]", b"\n")))
    return separators * _BYTES_PER_SEPARATOR > len(text)


def _old_end(content: bytes, known: LedgerFile | None) -> int:
    """Finds where reading goes on: at the end of what was read, if that is still how the file begins."""
    if known is None or not known.consumed_bytes or known.consumed_bytes >= len(content):
        return 0
    if not known.content_hash or known.state not in {FileState.READ, FileState.PENDING}:
        return 0
    if hashlib.sha256(content[: known.consumed_bytes]).digest() != known.content_hash:
        return 0
    return known.consumed_bytes


def _rejected(record: RejectedRecord, plain: bytes, start: int) -> Rejected:
    excerpt = plain[record.offset : record.offset + EXCERPT_BYTES] if record.offset >= 0 else b""
    return Rejected(_moved(record.offset, start), record.reason, excerpt)


def _moved(offset: int, by: int) -> int:
    return offset + by if offset >= 0 else offset
