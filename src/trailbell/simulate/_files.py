"""One log file as CloudTrail delivers it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from isal import igzip

from trailbell.cloudtrail import LogFileName, object_key
from trailbell.simulate._chance import Chance
from trailbell.simulate._places import Place

__all__ = ["Delivery", "pack"]

_MINUTE_MS = 60_000
_UNIQUE_LENGTH = 16


class Delivery(msgspec.Struct, frozen=True):
    """A log file on its way to the bucket.

    Attributes:
        key: The object key AWS would give it.
        content: The file, compressed.
        records: How many records it holds.
        delivered_ms: When it arrives.
    """

    key: str
    content: bytes
    records: int
    delivered_ms: int


def pack(
    records: Sequence[bytes], place: Place, named_ms: int, delivered_ms: int, chance: Chance
) -> Delivery:
    """Returns the log file that holds these records.

    Args:
        records: Each as JSON, in the order of the file.
        place: The account and region they are of.
        named_ms: The instant whose minute stands in the name.
        delivered_ms: When the file arrives.
        chance: Where the random part of the name comes from.
    """
    name = LogFileName(
        account_id=place.account_id,
        region=place.region,
        minute_ms=named_ms - named_ms % _MINUTE_MS,
        unique=chance.alphanumeric(_UNIQUE_LENGTH),
    )
    text = b'{"Records":[' + b",".join(records) + b"]}"
    return Delivery(
        key=object_key(name),
        # Without a time in the header the same records give the same bytes.
        content=igzip.compress(text, mtime=0),
        records=len(records),
        delivered_ms=delivered_ms,
    )
