"""The exceptions file: attestations that something else watches a control, with who says so and until when.

From version 2.0 on the benchmark accepts a monitoring system of another kind instead of the filter and alarm.
"""

import datetime
from collections.abc import Sequence

import msgspec

from trailbell._errors import TrailbellError
from trailbell.account._result import ControlResult, Exemption, Status
from trailbell.controls import UnknownControlError, control_of

__all__ = ["ExceptionsFileError", "StatedException", "expired_notes", "read_exceptions", "with_exceptions"]

_ANY = "*"


class ExceptionsFileError(TrailbellError):
    """An exceptions file that is not valid; the message says where."""


class StatedException(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One attestation; ``account`` may be ``*`` for all. It holds up to and with the day ``expires``."""

    control: str
    account: str
    reason: str
    author: str
    expires: datetime.date

    def is_for(self, account: str, control: str) -> bool:
        """Whether it is about a control of an account."""
        return self.account in (_ANY, account) and control_of(self.control).key == control


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    exception: tuple[StatedException, ...] = ()


def read_exceptions(content: bytes) -> tuple[StatedException, ...]:
    """Reads a TOML file with any number of ``[[exception]]`` tables.

    Raises:
        ExceptionsFileError: It is no such file, lacks a member, or names a control that there is not.
    """
    try:
        found = msgspec.toml.decode(content, type=_File).exception
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ExceptionsFileError(f"the exceptions file is not valid: {error}") from error
    for number, each in enumerate(found, 1):
        blank = [name for name in ("account", "reason", "author") if not getattr(each, name).strip()]
        if blank:
            raise ExceptionsFileError(f"exception {number} of the exceptions file has an empty {blank[0]}")
        try:
            control_of(each.control)
        except UnknownControlError as error:
            raise ExceptionsFileError(f"exception {number} of the exceptions file: {error}") from error
    return found


def with_exceptions(
    results: Sequence[ControlResult], stated: Sequence[StatedException], account: str, today: datetime.date
) -> tuple[ControlResult, ...]:
    """Returns the results with EXCEPTION where one holds and the chain does not."""
    return tuple(_with(each, stated, account, today) for each in results)


def _with(
    result: ControlResult, stated: Sequence[StatedException], account: str, today: datetime.date
) -> ControlResult:
    if result.status.is_pass:
        return result
    held = [each for each in stated if each.is_for(account, result.control) and each.expires >= today]
    if not held:
        return result
    best = max(held, key=lambda each: each.expires)
    exemption = Exemption(best.reason, best.author, best.expires.isoformat())
    message = f"Attested by {best.author} until {exemption.expires}: {best.reason}"
    return msgspec.structs.replace(
        result,
        status=Status.EXCEPTION,
        message=message if message.endswith((".", "!", "?")) else f"{message}.",
        exemption=exemption,
        remarks=(f"Without the exception: {result.status.value}. {result.message}", *result.remarks),
    )


def expired_notes(stated: Sequence[StatedException], account: str, today: datetime.date) -> tuple[str, ...]:
    """Tells of the exceptions for an account that have expired and so do not count."""
    return tuple(
        f"The exception of {each.control} by {each.author} expired on {each.expires.isoformat()} and does "
        "not "
        "count."
        for each in stated
        if each.account in (_ANY, account) and each.expires < today
    )
