"""Reads a log event: as text, or as plain Python values, exactly (filter-patterns sections 4.2 and 4.4)."""

import json
from decimal import Decimal
from typing import Any, NoReturn

__all__ = ["decode_event", "message_bytes", "message_text"]


def decode_event(message: bytes | str) -> dict[str, Any] | None:
    """Decodes a message that is one JSON object; None for anything else.

    Integers keep all their digits (as ``Decimal`` where ``int`` refuses the length), decimals become
    doubles and may overflow to infinity, the last of two equal keys wins, half a surrogate pair is text.
    Text that is not UTF-8, and nesting beyond Python's recursion limit, are no JSON object.
    """
    try:
        text = message if isinstance(message, str) else message.decode()
        event = json.loads(text, parse_int=_integer, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None


def message_text(message: bytes | str) -> str:
    """Gives the text of a message; half a surrogate pair is text, other bytes that are none become U+FFFD."""
    if isinstance(message, str):
        return message
    try:
        return message.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return message.decode("utf-8", "replace")


def message_bytes(message: bytes | str) -> bytes:
    """Gives a message in UTF-8, in which half a surrogate pair takes three bytes."""
    return message if isinstance(message, bytes) else message.encode("utf-8", "surrogatepass")


def _integer(digits: str) -> int | Decimal:
    try:
        return int(digits)
    except ValueError:
        return Decimal(digits)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
