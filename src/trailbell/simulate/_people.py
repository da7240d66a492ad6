"""The kinds of principal that make calls, and where each of them calls from."""

from __future__ import annotations

from enum import StrEnum

import msgspec

__all__ = ["Caller", "Duty", "IdentityType", "Principal", "Seat"]


class IdentityType(StrEnum):
    """The values of `userIdentity.type` that occur here; `ABSENT` stands for a record without one."""

    ROOT = "Root"
    IAM_USER = "IAMUser"
    ASSUMED_ROLE = "AssumedRole"
    AWS_SERVICE = "AWSService"
    AWS_ACCOUNT = "AWSAccount"
    WEB_IDENTITY_USER = "WebIdentityUser"
    IDENTITY_CENTER_USER = "IdentityCenterUser"
    ABSENT = ""


class Duty(StrEnum):
    """What a principal is there for, which decides the calls it makes."""

    APPLICATION = "application"
    MACHINE = "machine"
    BACKUP = "backup"
    BUILD = "build"
    MONITOR = "monitor"
    PERSON = "person"
    USER = "user"
    PORTAL = "portal"
    ROOT = "root"
    OUTSIDER = "outsider"
    PIPELINE_TOKEN = "pipeline-token"  # noqa: S105 - a duty, not a secret
    SERVICE_ROLE = "service-role"
    SERVICE = "service"
    INTERNAL = "internal"


class Seat(msgspec.Struct, frozen=True):
    """One spot a principal calls from: a machine, a job, a browser.

    Attributes:
        session_name: The role session's name; empty where there is no session.
        address: Source address, or the host of the service that calls on the principal's behalf.
        user_agent: What the caller says it is.
        is_console: Whether it works in the web console.
    """

    session_name: str
    address: str
    user_agent: str
    is_console: bool = False


class Principal(msgspec.Struct, frozen=True):
    """Somebody or something that makes calls.

    Attributes:
        identity_type: What CloudTrail calls it.
        duty: What it is there for.
        name: User or role name, service host, or whatever stands for a name.
        account_id: The account it belongs to; empty for a service.
        seats: Where it calls from.
        principal_id: The unique ID of the user or role.
        arn: The ARN of the user or role itself, not of a session.
        access_key_id: The long-term key of an IAM user; empty where keys are temporary.
        has_mfa: Whether its sessions were opened with a second factor.
    """

    identity_type: IdentityType
    duty: Duty
    name: str
    account_id: str
    seats: tuple[Seat, ...]
    principal_id: str = ""
    arn: str = ""
    access_key_id: str = ""
    has_mfa: bool = False


class Caller(msgspec.Struct, frozen=True, eq=False):
    """A principal on one of its seats; compared by identity, which makes it a cheap key."""

    principal: Principal
    seat: Seat
