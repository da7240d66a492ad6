"""Decodes a log event into plain Python values, exactly (filter-patterns sections 4.2 and 4.4)."""

import json
from decimal import Decimal
from typing import Any, NoReturn

__all__ = ["decode_event"]


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


def _integer(digits: str) -> int | Decimal:
    try:
        return int(digits)
    except ValueError:
        return Decimal(digits)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
