"""The few facts of a record that evidence, search and notifications are made of."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from trailbell.cloudtrail._json_text import mended_surrogates
from trailbell.cloudtrail._principals import MAXIMUM_TEXT_LENGTH, Principal, principal_of, text_of

__all__ = ["RecordFacts", "facts_of"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_HOST_SUFFIXES = (".amazonaws.com", ".amazonaws.com.cn")


class RecordFacts(msgspec.Struct, frozen=True, gc=False):
    """What one record says; texts are empty where it says nothing, and at most 1,024 characters long.

    Texts are as hostile as the record: control characters are kept, whoever shows them escapes them.

    Attributes:
        event_id: The record's id.
        event_time_ms: When the call was made, None where the record names no usable time.
        account_id: The account that received the record, else the caller's.
        region: The region called.
        call: Service and action, such as `s3:GetObject`; for Insight records, those measured.
        error_code: The error code, empty for a call that succeeded.
        error_message: What the error said.
        address: The source address: an IP address, or the host of a service.
        user_agent: The caller's software.
        principal: Who called.
    """

    event_id: str
    event_time_ms: int | None
    account_id: str
    region: str
    call: str
    error_code: str
    error_message: str
    address: str
    user_agent: str
    principal: Principal


class _Record(msgspec.Struct, gc=False, rename="camel"):
    """The members read, of any JSON type."""

    event_id: Any = msgspec.field(name="eventID", default=None)
    event_time: Any = None
    event_source: Any = None
    event_name: Any = None
    aws_region: Any = None
    error_code: Any = None
    error_message: Any = None
    source_ip_address: Any = msgspec.field(name="sourceIPAddress", default=None)
    user_agent: Any = None
    user_identity: Any = None
    recipient_account_id: Any = None
    insight_details: Any = None


_DECODER = msgspec.json.Decoder(_Record)


def facts_of(record: bytes) -> RecordFacts:
    """Returns the facts of one record; any JSON object gives some, and odd values in it give empty texts."""
    try:
        members = _DECODER.decode(record)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        members = _tolerant(record)
    identity = members.user_identity
    caller_account_id = identity.get("accountId") if isinstance(identity, dict) else None
    return RecordFacts(
        event_id=text_of(members.event_id),
        event_time_ms=_milliseconds(members.event_time),
        account_id=text_of(members.recipient_account_id) or text_of(caller_account_id),
        region=text_of(members.aws_region),
        call=_call(members),
        error_code=text_of(members.error_code),
        error_message=text_of(members.error_message),
        address=text_of(members.source_ip_address),
        user_agent=text_of(members.user_agent),
        principal=principal_of(identity),
    )


def _tolerant(record: bytes) -> _Record:
    """Reads what the fast decoder refuses: numbers beyond its range, half surrogate pairs, broken UTF-8."""
    text = mended_surrogates(record).decode("utf-8", "replace")
    try:
        # Numbers as text, since Python refuses to read integers of some thousand digits.
        members = json.loads(text, strict=False, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return _Record()
    return msgspec.convert(members, _Record) if isinstance(members, dict) else _Record()


def _call(members: _Record) -> str:
    source, name = text_of(members.event_source), text_of(members.event_name)
    if isinstance(members.insight_details, dict):
        source = source or text_of(members.insight_details.get("eventSource"))
        name = name or text_of(members.insight_details.get("eventName"))
    for suffix in _HOST_SUFFIXES:
        source = source.removesuffix(suffix)
    return f"{source}:{name}"[:MAXIMUM_TEXT_LENGTH] if source and name else source or name


def _milliseconds(time: Any) -> int | None:
    if not isinstance(time, str):
        return None
    try:
        instant = datetime.fromisoformat(time.strip())
        # CloudTrail writes UTC; a time without a zone comes from a re-writer that dropped the Z.
        instant = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return (instant - _EPOCH) // _MILLISECOND
