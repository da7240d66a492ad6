"""An operation of an AWS API: one typed function from request to result, and one line of documentation."""

import typing
from collections.abc import Callable
from typing import Any

import msgspec

from trailbell.chain import Chain

__all__ = ["CamelStruct", "Context", "Operation", "PascalStruct"]


class CamelStruct(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"
):
    """A request, a result or a part of one, as CloudWatch Logs writes its members: ``logGroupName``.

    The members a request has are those that are supported: any other that AWS knows is refused by name.
    Of a result, members that equal their default are left out.
    """


class PascalStruct(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, rename="pascal"
):
    """The same, as CloudWatch, SNS, STS and CloudTrail write their members: ``AlarmName``."""


class Context(msgspec.Struct, frozen=True):
    """Who calls, when, and the running system that answers.

    ``now_ms`` is the instant of the request; ``base_url`` is where links in messages begin; ``is_signed``
    says whether the call carried a signature-shaped ``Authorization`` header.
    """

    chain: Chain
    account_id: str
    region: str
    now_ms: int
    request_id: str
    base_url: str
    is_signed: bool = True


class Operation(msgspec.Struct, frozen=True):
    """One operation.

    ``service`` is botocore's name of the service, ``name`` AWS's name of the operation.
    ``function`` takes a ``CamelStruct`` or ``PascalStruct`` and the context. It returns a result struct, or
    None where AWS's operation has no output, and raises ``RequestRefusedError`` or another
    ``TrailbellError``.
    Instants are milliseconds since the epoch in requests and results, bytes are ``bytes``.

    The JSON of an ``is_hot`` operation is decoded straight into its struct, and the demands of AWS's model
    are only looked at when that fails: all of them must stand in the struct itself, as ``msgspec.Meta``.
    It must have no members whose wire form differs, as that of instants in ``timestamp`` shapes and of bytes.

    ``max_body_bytes`` bounds a request, after decompression, where AWS bounds it as a whole.
    """

    service: str
    name: str
    function: Callable[[Any, Context], Any]
    summary: str
    is_hot: bool = False
    max_body_bytes: int | None = None

    @property
    def request_type(self) -> type[msgspec.Struct]:
        """The struct that the function takes."""
        hints = typing.get_type_hints(self.function)
        request_type: type[msgspec.Struct] = hints["request"]
        return request_type
