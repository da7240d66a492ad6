"""What a subscription filter policy says, as frozen values (SNS "Subscription filter policies")."""

from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from typing import TypeAlias

import msgspec

from trailbell._errors import TrailbellError

__all__ = [
    "AnythingBut",
    "Cidr",
    "Condition",
    "Constant",
    "EqualsIgnoreCase",
    "Exact",
    "Exists",
    "FilterPolicyError",
    "FilterPolicyScope",
    "Numeric",
    "Prefix",
    "Rule",
    "Scalar",
    "Suffix",
    "Test",
    "Wildcard",
    "refusal",
]

Scalar: TypeAlias = str | float | bool | None
"""A value that can be tested; every number is a double."""


class FilterPolicyScope(StrEnum):
    """Which part of a message a filter policy looks at."""

    MESSAGE_ATTRIBUTES = "MessageAttributes"
    MESSAGE_BODY = "MessageBody"


class FilterPolicyError(TrailbellError):
    """A filter policy is not valid; ``message`` is AWS's text behind its ``Invalid parameter: ``."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Exact(msgspec.Struct, frozen=True):
    """The same string, or the same number."""

    value: str | float


class Constant(msgspec.Struct, frozen=True):
    """The same of ``true``, ``false`` and ``null``; not an ``Exact``, as Python's ``True`` equals ``1.0``."""

    value: bool | None


class Prefix(msgspec.Struct, frozen=True):
    """A string that begins with the text."""

    text: str


class Suffix(msgspec.Struct, frozen=True):
    """A string that ends with the text."""

    text: str


class EqualsIgnoreCase(msgspec.Struct, frozen=True):
    """A string that differs from the text in upper and lower case at most."""

    text: str


class Wildcard(msgspec.Struct, frozen=True):
    """A string made of the pieces in order, with anything between them; one piece has no wildcard."""

    pieces: tuple[str, ...]


class Cidr(msgspec.Struct, frozen=True):
    """A string that is an address of the network."""

    network: IPv4Network | IPv6Network


class Numeric(msgspec.Struct, frozen=True):
    """A number between two bounds, which are infinite where the policy names none."""

    bottom: float
    top: float
    includes_bottom: bool = True
    includes_top: bool = True


class Exists(msgspec.Struct, frozen=True):
    """Whether there is a value at all."""

    is_present: bool


class AnythingBut(msgspec.Struct, frozen=True):
    """A value that is none of the excluded ones, or does not fit the one excluded form, of whatever type."""

    excluded: tuple[Exact, ...] | tuple[Prefix | Suffix | Wildcard]


Test: TypeAlias = (
    Exact | Constant | Prefix | Suffix | EqualsIgnoreCase | Wildcard | Cidr | Numeric | Exists | AnythingBut
)


class Condition(msgspec.Struct, frozen=True):
    """The tests of one key, of which one must fit; the names of nested keys are joined by dots."""

    path: str
    tests: tuple[Test, ...]


Rule: TypeAlias = tuple[Condition, ...]
"""Conditions on different paths that must all hold; a policy is a list of alternative rules."""

_LONGEST_QUOTE = 256


def refusal(reason: str, quoted: str = "") -> FilterPolicyError:
    """Builds the error with AWS's text, in which ``{}`` stands for a part of the policy."""
    # What clients wrote goes into answers and logs: bounded, and without half surrogate pairs.
    shown = quoted[:_LONGEST_QUOTE].encode(errors="replace").decode()
    return FilterPolicyError(f"FilterPolicy: {reason.replace('{}', shown)}")
