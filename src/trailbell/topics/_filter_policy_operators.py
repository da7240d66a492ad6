"""Reads one entry of a key's list: a plain value, or an object with one operator.

Faults are reported from left to right as AWS does, the first one wins (section "Filter policy constraints").
"""

import re
from collections.abc import Callable
from ipaddress import ip_network
from math import inf
from typing import TypeAlias

from trailbell.topics._filter_policy_json import Members, NumberText, PolicyValue
from trailbell.topics._filter_policy_tree import (
    AnythingBut,
    Cidr,
    Constant,
    EqualsIgnoreCase,
    Exact,
    Exists,
    Numeric,
    Prefix,
    Suffix,
    Test,
    Wildcard,
    refusal,
)

__all__ = ["OPERATOR_NAMES", "parse_entry"]

_MOST_WILDCARDS = 3
_LARGEST_NUMBER = 1e9

_MASK_BITS = re.compile(r"-?[0-9]{1,9}", re.ASCII)

_AnythingButForm: TypeAlias = Prefix | Suffix | Wildcard


def parse_entry(entry: PolicyValue) -> Test:
    """Reads an entry of the list that stands at a key.

    Raises:
        FilterPolicyError: the entry is no value, and no object with one operator and its operand.
    """
    if isinstance(entry, list):
        raise refusal("Match value must be String, number, true, false, or null")
    if isinstance(entry, str):
        return _exact(entry)
    if not isinstance(entry, Members):
        return Constant(entry)
    name, operand = _first_member(entry)
    parse = _OPERATORS.get(name)
    if parse is None:
        raise refusal("Unrecognized match type {}", name)
    test = parse(operand)
    _check_single(entry)
    return test


def _first_member(expression: Members) -> tuple[str, PolicyValue]:
    if not expression:
        raise refusal("Empty objects are not allowed")
    return expression[0]


def _check_single(expression: Members) -> None:
    if len(expression) > 1:
        raise refusal("Only one key allowed in match expression")


def _exact(value: str) -> Exact:
    return Exact(float(value) if isinstance(value, NumberText) else value)


def _text(operand: PolicyValue, name: str) -> str:
    if not isinstance(operand, str) or isinstance(operand, NumberText):
        raise refusal(f"{name} match pattern must be a string")
    return operand


def _prefix(operand: PolicyValue) -> Prefix:
    return Prefix(_text(operand, "prefix"))


def _suffix(operand: PolicyValue) -> Suffix:
    return Suffix(_text(operand, "suffix"))


def _equals_ignore_case(operand: PolicyValue) -> EqualsIgnoreCase:
    return EqualsIgnoreCase(_text(operand, "equals-ignore-case"))


def _wildcard(operand: PolicyValue) -> Wildcard:
    text = _text(operand, "wildcard")
    pieces: list[str] = []
    piece: list[str] = []
    at = 0
    while at < len(text):
        character, following = text[at], text[at + 1 : at + 2]
        if character == "*":
            if following == "*":
                raise refusal(f"Consecutive wildcard characters at pos {_position(text, at)}")
            pieces.append("".join(piece))
            piece = []
        elif character == "\\":
            if following not in ("*", "\\"):
                raise refusal(f"Invalid escape character at pos {_position(text, at)}")
            piece.append(following)
            at += 1
        else:
            piece.append(character)
        at += 1
    if len(pieces) > _MOST_WILDCARDS:
        raise refusal(f"wildcard match pattern can not have more than {_MOST_WILDCARDS} wildcard characters")
    return Wildcard((*pieces, "".join(piece)))


def _position(text: str, at: int) -> int:
    """Counts as AWS does: in bytes, after the quotation mark."""
    return 1 + len(text[:at].encode(errors="replace"))


def _cidr(operand: PolicyValue) -> Cidr:
    # AWS says prefix here, although the operator is cidr.
    text = _text(operand, "prefix")
    if text.count("/") != 1:
        raise refusal("Malformed CIDR, one '/' required")
    address, mask_bits = text.split("/")
    if not _MASK_BITS.fullmatch(mask_bits):
        raise refusal("Malformed CIDR, mask bits must be an integer")
    if mask_bits.startswith("-"):
        raise refusal("Malformed CIDR, mask bits must not be negative")
    try:
        whole = ip_network(address)
    except ValueError:
        raise refusal("Nonstandard IP address: {}", address) from None
    if "%" in address:
        raise refusal("Nonstandard IP address: {}", address)
    if int(mask_bits) > whole.prefixlen:
        raise refusal(f"IPv{whole.version} mask bits must be <= {whole.prefixlen}")
    return Cidr(ip_network((whole.network_address, int(mask_bits)), strict=False))


def _exists(operand: PolicyValue) -> Exists:
    if not isinstance(operand, bool):
        raise refusal("exists match pattern must be either true or false.")
    return Exists(operand)


def _anything_but(operand: PolicyValue) -> AnythingBut:
    match operand:
        case Members():
            return AnythingBut((_anything_but_form(operand),))
        case list():
            return AnythingBut(_excluded_values(operand))
        case str():
            return AnythingBut((_exact(operand),))
    raise refusal("Value of anything-but must be an array or single string/number value.")


def _anything_but_form(expression: Members) -> _AnythingButForm:
    name, operand = _first_member(expression)
    parse = _ANYTHING_BUT_FORMS.get(name)
    if parse is None:
        raise refusal("Unsupported anything-but pattern: {}", name)
    form = parse(operand)
    _check_single(expression)
    return form


def _excluded_values(values: list[PolicyValue]) -> tuple[Exact, ...]:
    if not values:
        raise refusal("Empty arrays are not allowed")
    kinds = {value.__class__ for value in values}
    if not kinds <= {str, NumberText}:
        raise refusal("Inside anything but list, start|null|boolean is not supported.")
    if len(kinds) > 1:
        raise refusal(
            "Inside anything but list, either all values are number or string, mixed type is not supported"
        )
    return tuple(_exact(value) for value in values if isinstance(value, str))


def _numeric(operand: PolicyValue) -> Numeric:
    if not isinstance(operand, list):
        raise refusal("Value of numeric must be an array.")
    operator = _item(operand, 0)
    if not _is_text(operator):
        raise refusal("Invalid member in numeric match: {}", _written(operand, 0))
    match operator:
        case "=":
            value = _bound(operand, 1, "equals")
            numeric = Numeric(value, value)
        case "<" | "<=":
            numeric = Numeric(-inf, _bound(operand, 1, operator), includes_top=operator == "<=")
        case ">" | ">=":
            return _range(operand, operator)
        case _:
            raise refusal("Unrecognized numeric range operator: {}", _written(operand, 0))
    if len(operand) > 2:
        raise refusal("Too many elements in numeric expression")
    return numeric


def _range(items: list[PolicyValue], operator: str) -> Numeric:
    bottom = _bound(items, 1, operator)
    if len(items) == 2:
        return Numeric(bottom, inf, includes_bottom=operator == ">=")
    upper = _item(items, 2)
    if not _is_text(upper):
        raise refusal("Bad value in numeric range: {}", _written(items, 2))
    if upper not in ("<", "<="):
        raise refusal("Bad numeric range operator: {}", _written(items, 2))
    top = _bound(items, 3, upper)
    if len(items) > 4:
        raise refusal("Too many terms in numeric range expression")
    if bottom >= top:
        raise refusal("Bottom must be less than top")
    return Numeric(bottom, top, operator == ">=", upper == "<=")


def _item(items: list[PolicyValue], at: int) -> PolicyValue:
    return items[at] if at < len(items) else None


def _is_text(item: PolicyValue) -> bool:
    return isinstance(item, str) and not isinstance(item, NumberText)


def _bound(items: list[PolicyValue], at: int, operator: str) -> float:
    item = _item(items, at)
    if not isinstance(item, NumberText):
        raise refusal(f"Value of {operator} must be numeric")
    number = float(item)
    if abs(number) > _LARGEST_NUMBER:
        raise refusal("Value must be between -1.0E9 and 1.0E9, inclusive")
    return number


def _written(items: list[PolicyValue], at: int) -> str:
    """Writes an item as it begins in the policy; behind the last one comes the bracket."""
    if at >= len(items):
        return "]"
    match items[at]:
        case Members():
            return "{"
        case list():
            return "["
        case None:
            return "null"
        case bool() as constant:
            return str(constant).lower()
        case str() as text:
            return str(text)


_OPERATORS: dict[str, Callable[[PolicyValue], Test]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "equals-ignore-case": _equals_ignore_case,
    "wildcard": _wildcard,
    "cidr": _cidr,
    "numeric": _numeric,
    "exists": _exists,
    "anything-but": _anything_but,
}

_ANYTHING_BUT_FORMS: dict[str, Callable[[PolicyValue], _AnythingButForm]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "wildcard": _wildcard,
}

OPERATOR_NAMES = frozenset(_OPERATORS) | {
    "exactly",
    "=",
    "<",
    "<=",
    ">",
    ">=",
    "regex",
    "not-wildcard",
    "not-equals-ignore-case",
    "date-after",
    "date-on-or-after",
    "date-before",
    "date-on-or-before",
    "in-date-range",
    "ip-address-in-range",
    "ip-address-not-in-range",
}
"""The names that AWS keeps for operators: an object with one of them is no branch of ``$or``."""
