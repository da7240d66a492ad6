"""Which message attributes are valid, and what they weigh."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.topics import MessageAttribute, check_message_attributes, message_size_bytes

TEXT = MessageAttribute("String", "v")
INVALID_TYPE = (
    "The message attribute 'n' has an invalid message attribute type, the set of supported type prefixes is "
    "Binary, Number, and String."
)


def test_valid_attributes_pass() -> None:
    check_message_attributes(
        {
            "n": TEXT,
            "a.b-c_D9": MessageAttribute("String.Array", "[]"),
            "N" * 256: MessageAttribute("Number.int", "1"),
            "blob": MessageAttribute("Binary", binary_value=b"\x00"),
            "png": MessageAttribute("Binary.png", binary_value=b"\x89"),
            "AWS.SNS.SMS.SMSType": TEXT,
        }
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("n" * 257, "Length of message attribute name must be less than 256 bytes."),
        (".n", "Invalid message attribute name starting with character '.' was found."),
        ("n.", "Invalid message attribute name ending with character '.' was found."),
        ("a..b", "Message attribute name can not have successive '.' character."),
        (
            "a^b",
            "Invalid non-alphanumeric character '#x5E' was found in the message attribute name. Can only "
            "include alphanumeric characters, hyphens, underscores, or dots.",
        ),
        (
            "AWS.x",
            "Message attribute name can not start with 'AWS.' or 'Amazon.', which are reserved.",
        ),
        (
            "amazon.x",
            "Message attribute name can not start with 'AWS.' or 'Amazon.', which are reserved.",
        ),
        ("", "The message attribute name must not be empty."),
    ],
)
def test_a_wrong_name_is_refused(name: str, text: str) -> None:
    with pytest.raises(RequestRefusedError) as caught:
        check_message_attributes({name: TEXT})

    assert (RefusalKind.PARAMETER_VALUE, text) == (caught.value.kind, caught.value.message)


@pytest.mark.parametrize(
    ("attribute", "text"),
    [
        (MessageAttribute("Text", "v"), INVALID_TYPE),
        (MessageAttribute("Strings", "v"), INVALID_TYPE),
        (MessageAttribute("String.", "v"), INVALID_TYPE),
        (
            MessageAttribute("String", ""),
            "The message attribute 'n' must contain non-empty message attribute value for message attribute "
            "type 'String'.",
        ),
        (
            MessageAttribute("Number"),
            "The message attribute 'n' must contain non-empty message attribute value for message attribute "
            "type 'Number'.",
        ),
        (
            MessageAttribute("Binary", binary_value=b""),
            "The message attribute 'n' must contain non-empty message attribute value for message attribute "
            "type 'Binary'.",
        ),
        (
            MessageAttribute("String", binary_value=b"v"),
            "The message attribute 'n' with type 'String' must use field 'String'.",
        ),
        (
            MessageAttribute("Binary", "v"),
            "The message attribute 'n' with type 'Binary' must use field 'Binary'.",
        ),
    ],
)
def test_a_wrong_type_or_value_is_refused(attribute: MessageAttribute, text: str) -> None:
    with pytest.raises(RequestRefusedError) as caught:
        check_message_attributes({"n": attribute})

    assert (RefusalKind.PARAMETER_VALUE, text) == (caught.value.kind, caught.value.message)


def test_a_missing_type_is_a_validation_error_that_says_where() -> None:
    with pytest.raises(RequestRefusedError) as caught:
        check_message_attributes({"n": MessageAttribute("", "v")}, "entries.2.member.x")

    assert RefusalKind.VALIDATION is caught.value.kind
    assert (
        "1 validation error detected: Value null at 'entries.2.member.x.n.member.dataType' "
        "failed to satisfy constraint: Member must not be null"
    ) == caught.value.message


@given(st.text(), st.text(), st.binary())
def test_a_message_weighs_its_bytes_and_those_of_all_parts_of_its_attributes(
    message: str, value: str, blob: bytes
) -> None:
    attributes = {
        "ab": MessageAttribute("String", value),
        "cde": MessageAttribute("Binary", binary_value=blob),
    }
    expected = len(message.encode()) + 2 + 6 + len(value.encode()) + 3 + 6 + len(blob)

    assert expected == message_size_bytes(message, attributes)
