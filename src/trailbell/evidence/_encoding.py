"""Evidence as bytes for the store, and as JSON for everyone else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from trailbell._errors import TrailbellError
from trailbell.evidence._evidence import Dimension, Evidence, KeyCount, PrincipalCount

__all__ = ["UnreadableEvidenceError", "decode", "encode", "to_json"]

_VERSION = 1
_DECODER = msgspec.msgpack.Decoder(Evidence)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIMENSIONS = ("principals", "calls", "errors", "addresses", "accounts", "regions")


class UnreadableEvidenceError(TrailbellError):
    """Bytes that this version cannot read as evidence.

    Attributes:
        version: The version the bytes begin with, None if they are empty.
    """

    def __init__(self, version: int | None, reason: str) -> None:
        super().__init__(
            f"stored evidence of version {version} cannot be read: {reason}; this version of Trailbell reads "
            f"version {_VERSION}, use the one that wrote the data or a newer one"
        )
        self.version = version


def encode(evidence: Evidence) -> bytes:
    """Returns the evidence as bytes: one byte with the version of the form, then MessagePack."""
    return bytes([_VERSION]) + msgspec.msgpack.encode(evidence)


def decode(content: bytes) -> Evidence:
    """Returns the evidence that `encode` wrote.

    Raises:
        UnreadableEvidenceError: The bytes are of another version or damaged.
    """
    version = content[0] if content else None
    if version != _VERSION:
        raise UnreadableEvidenceError(version, "the form is not known")
    try:
        return _DECODER.decode(memoryview(content)[1:])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableEvidenceError(version, str(error)) from error


def to_json(evidence: Evidence, top: int | None = None) -> dict[str, Any]:
    """Returns the evidence in the one JSON form that messages, pages, the API and reports share.

    With `top`, each list is cut to its first entries, and a member `omitted` says how many are missing where
    some are. A member `error_bound` stands there when counts are approximate.
    """
    document: dict[str, Any] = {
        "total": evidence.total,
        "first": _iso(evidence.first_ms),
        "last": _iso(evidence.last_ms),
    }
    omitted, error_bounds = {}, {}
    for name in _DIMENSIONS:
        dimension: Dimension[KeyCount] | Dimension[PrincipalCount] = getattr(evidence, name)
        kept = dimension.counts[:top]
        document[name] = [_entry(count) for count in kept]
        if len(kept) < len(dimension.counts):
            omitted[name] = len(dimension.counts) - len(kept)
        if dimension.error_bound:
            error_bounds[name] = dimension.error_bound
    document["examples"] = list(dict.fromkeys(example.event_id for example in evidence.examples))
    document["approximate"] = evidence.approximate
    if error_bounds:
        document["error_bound"] = error_bounds
    if omitted:
        document["omitted"] = omitted
    return document


def _entry(count: KeyCount | PrincipalCount) -> dict[str, Any]:
    if isinstance(count, PrincipalCount):
        return {"key": count.key, "kind": count.kind.value, "count": count.count}
    return {"key": count.key, "count": count.count}


def _iso(at_ms: int | None) -> str | None:
    if at_ms is None:
        return None
    instant = _EPOCH + timedelta(milliseconds=at_ms)
    text = instant.isoformat(timespec="milliseconds" if at_ms % 1000 else "seconds")
    return text.removesuffix("+00:00") + "Z"
