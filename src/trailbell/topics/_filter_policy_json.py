"""Reads the JSON of filter policies and messages within fixed bounds, however hostile the text is."""

import json
import re
from typing import Any, NoReturn, TypeAlias

__all__ = ["Members", "NumberText", "PolicyValue", "decode_policy", "decode_value"]

_DEEPEST_NESTING = 256

_MARK = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', re.DOTALL)


class NumberText(str):
    """A number as it is written, because AWS's messages quote it so."""

    __slots__ = ()


class Members(tuple[tuple[str, Any], ...]):
    """The members of an object in their order, equal names included."""

    __slots__ = ()


PolicyValue: TypeAlias = Members | list[Any] | NumberText | str | bool | None


def decode_policy(text: str) -> PolicyValue:
    """Decodes the text of a policy.

    Raises:
        ValueError: the text is not JSON, or nests deeper than any valid policy can.
    """
    return _loads(text, parse_int=NumberText, parse_float=NumberText, object_pairs_hook=Members)  # type: ignore[no-any-return]


def decode_value(text: str) -> Any:
    """Decodes a message or an attribute: all numbers are doubles, the last of two equal names wins.

    Raises:
        ValueError: the text is not JSON, or nests deeper than 256 levels.
    """
    # Not int(): it refuses, or takes long over, thousands of digits.
    return _loads(text, parse_int=float)


def _loads(text: str, **options: Any) -> Any:
    if _is_too_deep(text):
        raise ValueError(f"Nesting is deeper than {_DEEPEST_NESTING} levels")
    try:
        return json.loads(text, parse_constant=_refuse, **options)
    except RecursionError as error:
        raise ValueError("Nesting is too deep") from error


def _is_too_deep(text: str) -> bool:
    """Looks before decoding: the depth at which the decoder gives up depends on who called it."""
    if text.count("[") + text.count("{") <= _DEEPEST_NESTING:
        return False
    depth = 0
    for mark in _MARK.finditer(text):
        if text[mark.start()] in "[{":
            depth += 1
            if depth > _DEEPEST_NESTING:
                return True
        elif text[mark.start()] != '"':
            depth -= 1
    return False


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
