"""Records taken out of what others wrap around them: lookups, event buses, subscriptions, Lambda payloads."""

import base64
import binascii
from typing import TypeAlias

import msgspec

from trailbell.cloudtrail._damage import DamagedContentError
from trailbell.cloudtrail._decompression import decompress
from trailbell.cloudtrail._json_text import VALUE, UnreadableJsonError, decode, is_utf8
from trailbell.cloudtrail._records import MAXIMUM_RECORD_BYTES, RawRecord, RejectedRecord

__all__ = ["ELEMENTS", "ENVELOPE", "RECORD_START", "Envelope", "Unwrapping", "too_large"]

_MAXIMUM_DEPTH = 6
_MAXIMUM_PAYLOAD_BYTES = 32 * 1024 * 1024
_MAXIMUM_UNPACKED_BYTES = 128 * 1024 * 1024

# An object that begins like this is a record: AWS writes it first, and no envelope has it.
RECORD_START = b'{"eventVersion"'

_Unset: TypeAlias = msgspec.UnsetType
_Anything: TypeAlias = msgspec.Raw | _Unset
# Any JSON type, so that one odd value does not refuse the whole document it stands in.
_Elements: TypeAlias = list[msgspec.Raw] | dict[str, msgspec.Raw] | str | int | float | bool | _Unset | None


class Envelope(msgspec.Struct, gc=False):
    """The members by which an envelope is told from a record."""

    records: _Elements = msgspec.field(name="Records", default=msgspec.UNSET)
    events: _Elements = msgspec.field(name="Events", default=msgspec.UNSET)
    log_events: _Elements = msgspec.field(name="logEvents", default=msgspec.UNSET)
    message_type: _Anything = msgspec.field(name="messageType", default=msgspec.UNSET)
    looked_up: _Anything = msgspec.field(name="CloudTrailEvent", default=msgspec.UNSET)
    detail: _Anything = msgspec.UNSET
    detail_type: _Anything = msgspec.field(name="detail-type", default=msgspec.UNSET)
    awslogs: _Anything = msgspec.UNSET
    digest_start: _Anything = msgspec.field(name="digestStartTime", default=msgspec.UNSET)
    event_version: _Anything = msgspec.field(name="eventVersion", default=msgspec.UNSET)


class _LogEvent(msgspec.Struct, gc=False):
    message: str


class _Payload(msgspec.Struct, gc=False):
    data: str


ELEMENTS = msgspec.json.Decoder(list[msgspec.Raw])
ENVELOPE = msgspec.json.Decoder(Envelope)
_TEXT = msgspec.json.Decoder(str)
_LOG_EVENT = msgspec.json.Decoder(_LogEvent)
_PAYLOAD = msgspec.json.Decoder(_Payload)

_KINDS = {b'"': "a string", b"[": "an array", b"{": "an object", b"t": "true", b"f": "false", b"n": "null"}


def too_large(size_bytes: int) -> str:
    """Returns the reason to reject a record of that size."""
    return f"a record of {size_bytes:,} bytes, above the limit of {MAXIMUM_RECORD_BYTES:,}"


class Unwrapping:
    """Collects the records of one file, or of a piece of it, from its lines or elements.

    Attributes:
        is_utf8_checked: Whether the text from which values come is known to be UTF-8.
        records: What was taken so far.
        rejected: What was no record.
        passed_over: What was met that rightly holds no records; empty if nothing was.
    """

    def __init__(self) -> None:
        self.is_utf8_checked = False
        self.records: list[RawRecord] = []
        self.rejected: list[RejectedRecord] = []
        self.passed_over = ""
        self._room_bytes = _MAXIMUM_UNPACKED_BYTES

    def reject(self, offset: int, position: int, reason: str) -> None:
        """Counts and names something that is no record."""
        self.rejected.append(RejectedRecord(offset, position, reason))

    def reject_unreadable(self, offset: int, position: int, error: UnreadableJsonError) -> None:
        """Counts and names something that cannot be decoded; the error counts from where it begins."""
        place = "" if error.offset < 0 else f" at its byte {error.offset}"
        self.reject(offset, position, error.reason + place)

    def take_text(self, text: bytes, offset: int, position: int, depth: int = 0) -> None:
        """Takes text that has not been checked yet, as it comes out of a string or a payload."""
        try:
            value = decode(VALUE, text)
        except UnreadableJsonError as error:
            self.reject_unreadable(offset, position, error)
        else:
            self.take(bytes(value), offset, position, depth)

    def take(self, value: bytes, offset: int, position: int, depth: int = 0) -> None:
        """Takes one well-formed JSON value without space around it; an array only where a line is one."""
        if value.startswith(RECORD_START):
            self._keep(value, offset, position)
            return
        try:
            if value.startswith(b"{"):
                self.open(decode(ENVELOPE, value), value, offset, position, depth)
            elif value.startswith(b"[") and depth == 0:
                self._take_each(decode(ELEMENTS, value), offset, position, depth)
            else:
                self.reject(offset, position, f"{_KINDS.get(value[:1], 'a number')} instead of a JSON object")
        except UnreadableJsonError as error:
            self.reject_unreadable(offset, position, error)

    def open(self, envelope: Envelope, value: bytes, offset: int, position: int, depth: int = 0) -> None:
        """Takes what an object holds: the records inside if it is an envelope, else itself.

        Raises:
            UnreadableJsonError: A member that must be a string is none.
        """
        unset = msgspec.UNSET
        if envelope.event_version is not unset:
            self._keep(value, offset, position)
        elif depth > _MAXIMUM_DEPTH:
            self.reject(offset, position, "more envelopes around it than any service writes")
        elif envelope.records is not unset:
            self._take_each(envelope.records, offset, position, depth)
        elif envelope.events is not unset:
            self._take_each(envelope.events, offset, position, depth)
        elif envelope.looked_up is not unset:
            self.take_text(decode(_TEXT, bytes(envelope.looked_up)).encode(), offset, position, depth + 1)
        elif envelope.message_type is not unset and envelope.log_events is not unset:
            kind = decode(_TEXT, bytes(envelope.message_type))
            self._take_subscription(kind, envelope.log_events, offset, position, depth)
        elif envelope.detail_type is not unset and envelope.detail is not unset:
            self.take(bytes(envelope.detail), offset, position, depth + 1)
        elif envelope.awslogs is not unset:
            self._take_payload(bytes(envelope.awslogs), offset, position, depth)
        elif envelope.digest_start is not unset:
            self.passed_over = "a digest file, which lists log files and holds no records"
        else:
            self._keep(value, offset, position)

    def _keep(self, value: bytes, offset: int, position: int) -> None:
        if len(value) > MAXIMUM_RECORD_BYTES:
            self.reject(offset, position, too_large(len(value)))
        elif not self.is_utf8_checked and not is_utf8(value):
            self.reject(offset, position, "not UTF-8 text")
        else:
            self.records.append(RawRecord(value, offset))

    def _take_each(self, elements: _Elements, offset: int, position: int, depth: int) -> None:
        if not isinstance(elements, list):
            self.reject(offset, position, "an envelope whose list of records is no array")
            return
        for element in elements:
            self.take(bytes(element), offset, position, depth + 1)

    def _take_subscription(
        self, kind: str, events: _Elements, offset: int, position: int, depth: int
    ) -> None:
        if kind == "CONTROL_MESSAGE":
            self.passed_over = "a control message, by which CloudWatch Logs tests the way"
        elif kind != "DATA_MESSAGE" or not isinstance(events, list):
            self.reject(offset, position, "a log subscription message of an unknown kind")
        else:
            for event in events:
                self._take_log_event(bytes(event), offset, position, depth)

    def _take_log_event(self, event: bytes, offset: int, position: int, depth: int) -> None:
        try:
            message = decode(_LOG_EVENT, event).message
        except UnreadableJsonError as error:
            self.reject_unreadable(offset, position, error)
        else:
            self.take_text(message.encode(), offset, position, depth + 1)

    def _take_payload(self, awslogs: bytes, offset: int, position: int, depth: int) -> None:
        try:
            packed = base64.b64decode(decode(_PAYLOAD, awslogs).data, validate=True)
            text = decompress(packed, min(self._room_bytes, _MAXIMUM_PAYLOAD_BYTES))
        except (binascii.Error, DamagedContentError) as error:
            reason = error.reason if isinstance(error, DamagedContentError) else f"no base64 ({error})"
            self.reject(offset, position, f"a log payload that cannot be unpacked: {reason}")
            return
        self._room_bytes -= len(text)
        if not is_utf8(text):
            self.reject(offset, position, "a log payload that is not UTF-8 text")
        else:
            self.take_text(text, offset, position, depth + 1)
