"""What may be published: SNS's checks of Publish and PublishBatch, and the text each protocol gets."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence

import msgspec

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.topics._message_attributes import (
    MessageAttribute,
    check_message_attributes,
    message_size_bytes,
)
from trailbell.topics._topic import Protocol

__all__ = [
    "BatchEntry",
    "FailedEntry",
    "Publication",
    "PublishRequest",
    "check_publish",
    "check_publish_batch",
]

_MAX_BYTES = 262_144
_LONGEST_SUBJECT = 100
_MOST_ENTRIES = 10
_LONGEST_ENTRY_ID = 80
_PHONE_NUMBER = re.compile(r"\+?[1-9][0-9]{1,14}")
_ENTRY_ID = re.compile(r"[A-Za-z0-9_-]+")
_ARN_PARTS = 6


class PublishRequest(msgspec.Struct, frozen=True):
    """What a caller wants published, as it was sent."""

    message: str | None = None
    subject: str | None = None
    message_structure: str | None = None
    attributes: Mapping[str, MessageAttribute] = {}
    topic_arn: str | None = None
    target_arn: str | None = None
    phone_number: str | None = None
    deduplication_id: str | None = None


class Publication(msgspec.Struct, frozen=True):
    """A message found in order; ``by_protocol`` holds the texts of a structured one, else nothing."""

    message: str
    subject: str | None = None
    attributes: Mapping[str, MessageAttribute] = {}
    by_protocol: Mapping[str, str] = {}

    def message_for(self, protocol: Protocol) -> str:
        """Returns the text for a protocol; what the settings made is told as ``default``."""
        if not self.by_protocol:
            return self.message
        return self.by_protocol.get(protocol.value, self.by_protocol["default"])


class BatchEntry(msgspec.Struct, frozen=True):
    """One message of a batch."""

    id: str
    request: PublishRequest


class FailedEntry(msgspec.Struct, frozen=True):
    """An entry of a batch that is not published, and why; it is the caller's fault."""

    id: str
    message: str


def check_publish(request: PublishRequest) -> tuple[str, Publication]:
    """Returns the topic's ARN as the caller gave it, and what is published to it.

    Raises:
        RequestRefusedError: SNS refuses it, or it is for a phone or a mobile application.
    """
    _check_subject(request)
    if not request.message:
        raise _invalid("Empty message")
    if request.phone_number is not None:
        _refuse_phone(request.phone_number)
    check_message_attributes(request.attributes)
    if message_size_bytes(request.message, request.attributes) > _MAX_BYTES:
        raise _invalid("Message too long")
    arn = _topic_of(request)
    return arn, _publication(request)


def check_publish_batch(entries: Sequence[BatchEntry]) -> list[Publication | FailedEntry]:
    """Returns what becomes of each entry, in order: most mistakes fail the whole call, some only their entry.

    Raises:
        RequestRefusedError: the call is refused as a whole.
    """
    _check_batch(entries)
    for number, entry in enumerate(entries, 1):
        check_message_attributes(
            entry.request.attributes, f"publishBatchRequestEntries.{number}.member.messageAttributes"
        )
    return [_checked_entry(entry) for entry in entries]


def _checked_entry(entry: BatchEntry) -> Publication | FailedEntry:
    request = entry.request
    publication = _publication(request) if request.message else None
    try:
        _check_subject(request)
    except RequestRefusedError as error:
        return FailedEntry(entry.id, error.message)
    if publication is None:
        return FailedEntry(entry.id, "Invalid parameter: Empty message")
    return publication


def _check_batch(entries: Sequence[BatchEntry]) -> None:
    if not entries:
        raise RequestRefusedError(RefusalKind.EMPTY_BATCH, "The batch request doesn't contain any entries.")
    if len(entries) > _MOST_ENTRIES:
        raise RequestRefusedError(
            RefusalKind.TOO_MANY_ENTRIES, "The batch request contains more entries than permissible."
        )
    if len({entry.id for entry in entries}) < len(entries):
        raise RequestRefusedError(
            RefusalKind.ENTRY_IDS_NOT_DISTINCT,
            "Two or more batch entries in the request have the same Id.",
        )
    for entry in entries:
        about = "The Id of a batch entry in the batch request"
        if len(entry.id) > _LONGEST_ENTRY_ID:
            raise RequestRefusedError(RefusalKind.INVALID_ENTRY_ID, f"{about} is too long: {entry.id}")
        if not _ENTRY_ID.fullmatch(entry.id):
            raise RequestRefusedError(
                RefusalKind.INVALID_ENTRY_ID, f"{about} contains an impermissible character: {entry.id}"
            )
    sizes = (message_size_bytes(each.request.message or "", each.request.attributes) for each in entries)
    if sum(sizes) > _MAX_BYTES:
        raise RequestRefusedError(
            RefusalKind.BATCH_TOO_LONG, "The length of all the messages put together is more than the limit."
        )


def _publication(request: PublishRequest) -> Publication:
    if request.deduplication_id is not None:
        raise _invalid(
            "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is "
            "not valid for this topic type"
        )
    message = request.message or ""
    # Any other structure is sent by clients that copied it from examples, and means plain text.
    by_protocol = _texts(message) if request.message_structure == "json" else {}
    return Publication(message, request.subject, request.attributes, by_protocol)


def _texts(message: str) -> dict[str, str]:
    try:
        structure = json.loads(message)
    except (ValueError, RecursionError):
        structure = None
    if not isinstance(structure, dict):
        raise _invalid("Message Structure - JSON message body failed to parse")
    texts = {name: text for name, text in structure.items() if isinstance(text, str)}
    if "default" not in texts:
        raise _invalid("Message Structure - No default entry in JSON message body")
    return texts


def _topic_of(request: PublishRequest) -> str:
    if request.topic_arn is not None:
        return request.topic_arn
    if request.target_arn is None:
        raise _invalid("TopicArn or TargetArn Reason: no value for required parameter")
    parts = request.target_arn.split(":", _ARN_PARTS - 1)
    if len(parts) == _ARN_PARTS and parts[-1].startswith(("endpoint/", "app/")):
        raise _invalid("TargetArn Reason: No endpoint found for the target arn specified")
    return request.target_arn


def _refuse_phone(number: str) -> None:
    if not _PHONE_NUMBER.fullmatch(number):
        raise _invalid(f"PhoneNumber Reason: {number} is not valid to publish to")
    raise RequestRefusedError(
        RefusalKind.UNSUPPORTED,
        "Messages to phones are not supported by this version; publish to a topic with an http, https, "
        "email or email-json subscription.",
    )


def _check_subject(request: PublishRequest) -> None:
    subject = request.subject
    if subject is None:
        return
    # Zl and Zp are the line and paragraph separators, Cs a half of a surrogate pair.
    is_printable = all(unicodedata.category(each) not in {"Cc", "Cs", "Zl", "Zp"} for each in subject)
    if not subject or len(subject) > _LONGEST_SUBJECT or not is_printable:
        raise _invalid("Subject")


def _invalid(text: str) -> RequestRefusedError:
    return RequestRefusedError(RefusalKind.INVALID_PARAMETER, f"Invalid parameter: {text}")
