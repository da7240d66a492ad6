"""SNS: publishing one message or up to ten."""

from collections.abc import Mapping

import msgspec

from trailbell.aws_api._operation import Context, Operation, PascalStruct
from trailbell.topics import BatchEntry, MessageAttribute, PublishRequest

__all__ = ["OPERATIONS"]


class _MessageAttributeValue(PascalStruct, frozen=True):
    """A message attribute."""

    data_type: str = ""
    string_value: str | None = None
    binary_value: bytes | None = None


class _PublishInput(PascalStruct, frozen=True):
    """A message to publish."""

    topic_arn: str | None = None
    target_arn: str | None = None
    phone_number: str | None = None
    message: str | None = None
    subject: str | None = None
    message_structure: str | None = None
    message_attributes: Mapping[str, _MessageAttributeValue] = {}
    message_deduplication_id: str | None = None
    # On a standard topic it is only passed on to queues, of which there are none.
    message_group_id: str | None = None


class _PublishResult(PascalStruct, frozen=True):
    """The id of what was published."""

    message_id: str


class _PublishBatchRequestEntry(PascalStruct, frozen=True):
    """One message of a batch."""

    id: str
    message: str | None = None
    subject: str | None = None
    message_structure: str | None = None
    message_attributes: Mapping[str, _MessageAttributeValue] = {}
    message_deduplication_id: str | None = None
    message_group_id: str | None = None


class _PublishBatchRequest(PascalStruct, frozen=True):
    """Messages to _publish to one topic."""

    topic_arn: str
    publish_batch_request_entries: tuple[_PublishBatchRequestEntry, ...] = ()


class _PublishBatchResultEntry(PascalStruct, frozen=True):
    """An entry that was published."""

    id: str
    message_id: str


class _BatchResultErrorEntry(PascalStruct, frozen=True):
    """An entry that was not."""

    id: str
    code: str
    message: str
    sender_fault: bool


class _PublishBatchResult(PascalStruct, frozen=True):
    """What became of each entry."""

    successful: tuple[_PublishBatchResultEntry, ...]
    failed: tuple[_BatchResultErrorEntry, ...]


def _publish(request: _PublishInput, context: Context) -> _PublishResult:
    """Publishes a message to a topic."""
    message_id = context.chain.publisher.publish(
        PublishRequest(
            message=request.message,
            subject=request.subject,
            message_structure=request.message_structure,
            attributes=_attributes(request.message_attributes),
            topic_arn=request.topic_arn,
            target_arn=request.target_arn,
            phone_number=request.phone_number,
            deduplication_id=request.message_deduplication_id,
        )
    )
    return _PublishResult(message_id)


def _publish_batch(request: _PublishBatchRequest, context: Context) -> _PublishBatchResult:
    """Publishes up to ten messages to a topic."""
    outcome = context.chain.publisher.publish_batch(
        request.topic_arn,
        [
            BatchEntry(
                each.id,
                PublishRequest(
                    message=each.message,
                    subject=each.subject,
                    message_structure=each.message_structure,
                    attributes=_attributes(each.message_attributes),
                    deduplication_id=each.message_deduplication_id,
                ),
            )
            for each in request.publish_batch_request_entries
        ],
    )
    return _PublishBatchResult(
        tuple(_PublishBatchResultEntry(*each) for each in outcome.published.items()),
        tuple(
            _BatchResultErrorEntry(each.id, "InvalidParameter", each.message, sender_fault=True)
            for each in outcome.failed
        ),
    )


def _attributes(given: Mapping[str, _MessageAttributeValue]) -> dict[str, MessageAttribute]:
    return {
        name: msgspec.convert(each, MessageAttribute, from_attributes=True) for name, each in given.items()
    }


OPERATIONS: tuple[Operation, ...] = (
    Operation("sns", "Publish", _publish, "Publishes a message to a topic."),
    Operation("sns", "PublishBatch", _publish_batch, "Publishes up to ten messages to a topic."),
)
