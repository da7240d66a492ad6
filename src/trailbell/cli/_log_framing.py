"""Whether a file is CloudTrail's or another JSON document, or a log of lines; its first line tells."""

import codecs
import itertools
import re
from collections.abc import Iterator

import msgspec

from trailbell.cloudtrail import MAXIMUM_RECORD_BYTES, DamagedContentError, read_records

__all__ = ["begins_records"]

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

# An object or an array of them as its first line shows it. "[ERROR] down" and "{main} started" are text.
_DOCUMENT = re.compile(rb'(?:\[\s*)?\{\s*(?:"|\Z)|\[\s*(?:\]?\Z|\{\s*\})')

_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])


def begins_records(chunks: Iterator[bytes]) -> tuple[bool, Iterator[bytes]]:
    """Tells whether a text is one that ``read_pieces`` reads, and returns it whole without a byte order mark.

    Where it says no, every line is a log event, JSON or not: what a service logs as JSON Lines is often
    mixed with traces and with lines of others, and may look like an envelope and be none.

    Raises:
        DamagedContentError: The text cannot be unpacked so far.
    """
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) > MAXIMUM_RECORD_BYTES or b"\n" in head.lstrip():
            break
    head = head.removeprefix(codecs.BOM_UTF8)
    first = head.lstrip().partition(b"\n")[0].rstrip()
    # Damage that the reader of records names.
    is_records = head.startswith(_UTF_16) or (_DOCUMENT.match(first) is not None and not _is_log_line(first))
    return is_records, itertools.chain([head], chunks)


def _is_log_line(line: bytes) -> bool:
    """Tells a JSON object that stands for itself from a CloudTrail record, an envelope or part of either."""
    try:
        records = read_records(line).records
        return len(records) == 1 and _is_no_call(line, records[0].content)
    except (DamagedContentError, msgspec.DecodeError, UnicodeDecodeError):
        return False


def _is_no_call(line: bytes, content: bytes) -> bool:
    # What comes out of an envelope is shorter than the line it came in.
    return len(content) == len(line) and "eventVersion" not in _MEMBERS.decode(content)
