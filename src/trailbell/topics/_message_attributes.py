"""The attributes of a published message: which are valid, and how much they weigh (SNS Publish)."""

import re
from collections.abc import Mapping

import msgspec

from trailbell._errors import RefusalKind, RequestRefusedError

__all__ = ["MessageAttribute", "check_message_attributes", "message_size_bytes"]

_LONGEST_NAME = 256
_FOREIGN_CHARACTER = re.compile(r"[^A-Za-z0-9_.-]")
_TYPE = re.compile(r"(String|Number|Binary)(\..+)?", re.DOTALL)
_RESERVED = ("AWS.", "AMAZON.")
_SMS_NAMES = frozenset({"AWS.SNS.SMS.SenderID", "AWS.SNS.SMS.MaxPrice", "AWS.SNS.SMS.SMSType"})


class MessageAttribute(msgspec.Struct, frozen=True):
    """One named value beside a message; Binary types use ``binary_value``, all others ``string_value``."""

    data_type: str
    string_value: str | None = None
    binary_value: bytes | None = None

    @property
    def is_binary(self) -> bool:
        """Whether the value is bytes."""
        return self.data_type.startswith("Binary")


def check_message_attributes(
    attributes: Mapping[str, MessageAttribute], path: str = "messageAttributes"
) -> None:
    """Refuses attributes that SNS refuses; ``path`` is how a missing type is pointed at.

    Raises:
        RequestRefusedError: a name, a type or a value is not valid.
    """
    for name, attribute in attributes.items():
        _check_name(name)
        _check_value(name, attribute, path)


def message_size_bytes(message: str, attributes: Mapping[str, MessageAttribute]) -> int:
    """Counts the bytes that the limits on a message are about: its text, and each attribute's three parts."""
    return _size(message) + sum(
        _size(name)
        + _size(attribute.data_type)
        + _size(attribute.string_value or "")
        + len(attribute.binary_value or b"")
        for name, attribute in attributes.items()
    )


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _check_name(name: str) -> None:
    if not name:
        raise _invalid("The message attribute name must not be empty.")
    if len(name) > _LONGEST_NAME:
        raise _invalid("Length of message attribute name must be less than 256 bytes.")
    if name.startswith("."):
        raise _invalid("Invalid message attribute name starting with character '.' was found.")
    if name.endswith("."):
        raise _invalid("Invalid message attribute name ending with character '.' was found.")
    if ".." in name:
        raise _invalid("Message attribute name can not have successive '.' character.")
    if found := _FOREIGN_CHARACTER.search(name):
        raise _invalid(
            f"Invalid non-alphanumeric character '#x{ord(found[0]):X}' was found in the message attribute "
            "name. Can only include alphanumeric characters, hyphens, underscores, or dots."
        )
    if name.upper().startswith(_RESERVED) and name not in _SMS_NAMES:
        raise _invalid("Message attribute name can not start with 'AWS.' or 'Amazon.', which are reserved.")


def _check_value(name: str, attribute: MessageAttribute, path: str) -> None:
    data_type = attribute.data_type
    if not data_type:
        raise RequestRefusedError(
            RefusalKind.VALIDATION,
            f"1 validation error detected: Value null at '{path}.{name}.member.dataType' "
            "failed to satisfy constraint: Member must not be null",
        )
    if not _TYPE.fullmatch(data_type):
        raise _invalid(
            f"The message attribute '{name}' has an invalid message attribute type, the set of supported "
            "type prefixes is Binary, Number, and String."
        )
    right: str | bytes | None = attribute.string_value
    wrong: str | bytes | None = attribute.binary_value
    if attribute.is_binary:
        right, wrong = wrong, right
    if right is None and wrong is not None:
        field = "Binary" if attribute.is_binary else "String"
        raise _invalid(f"The message attribute '{name}' with type '{data_type}' must use field '{field}'.")
    if not right:
        raise _invalid(
            f"The message attribute '{name}' must contain non-empty message attribute value for message "
            f"attribute type '{data_type}'."
        )


def _invalid(message: str) -> RequestRefusedError:
    return RequestRefusedError(RefusalKind.PARAMETER_VALUE, message)
