"""The settings of a server as one frozen value."""

from enum import StrEnum
from typing import Annotated

import msgspec

__all__ = ["NO_CONTROLS", "Evaluation", "LogFormat", "Settings", "SmtpSecurity", "UnreachableEndpoints"]

NO_CONTROLS = "none"
"""The word that stands alone in ``controls`` and asks for no control at all."""

_DAY_SECONDS = 86_400
_GIBIBYTE = 1 << 30


class Evaluation(StrEnum):
    """When alarms are judged."""

    EAGER = "eager"
    AWS = "aws"


class LogFormat(StrEnum):
    """How the server's own log is written."""

    TEXT = "text"
    JSON = "json"


class SmtpSecurity(StrEnum):
    """How the way to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class UnreachableEndpoints(StrEnum):
    """What Subscribe does with an http or https endpoint where nothing answers."""

    REFUSE = "refuse"
    RETRY = "retry"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a server is told; what each member means stands in ``SETTINGS``.

    ``data`` has no default here because it hangs on the environment: the loader works it out.
    """

    listen: str = "127.0.0.1:4747"
    data: Annotated[str, msgspec.Meta(min_length=1)]
    source: tuple[str, ...] = ()
    from_: str = ""
    evaluation: Evaluation = Evaluation.EAGER
    controls: tuple[str, ...] = ()
    notify: tuple[str, ...] = ()
    account_id: Annotated[str, msgspec.Meta(pattern="^[0-9]{12}\\Z")] = "000000000000"
    region: Annotated[str, msgspec.Meta(pattern="^[a-z]{2,5}(-[a-z]+)+-[0-9]{1,2}\\Z")] = "us-east-1"
    gather_seconds: Annotated[float, msgspec.Meta(ge=0, le=300)] = 5.0
    rescan_seconds: Annotated[float, msgspec.Meta(gt=0, le=_DAY_SECONDS)] = 30.0
    log_format: LogFormat = LogFormat.TEXT
    matched_event_days: Annotated[int, msgspec.Meta(ge=1, le=36_500)] = 90
    matched_event_bytes: Annotated[int, msgspec.Meta(ge=1, le=1 << 62)] = 2 * _GIBIBYTE
    log_event_bytes: Annotated[int, msgspec.Meta(ge=1, le=1 << 62)] = 4 * _GIBIBYTE
    public_url: Annotated[str, msgspec.Meta(pattern="^(https?://[^/?#@\\s]+)?\\Z")] = ""
    unreachable_endpoints: UnreachableEndpoints = UnreachableEndpoints.REFUSE
    allow_private_addresses: bool = False
    smtp_host: str = ""
    smtp_port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 587
    smtp_security: SmtpSecurity = SmtpSecurity.STARTTLS
    smtp_username: str = ""
    smtp_password: str = ""
    smtp_from: Annotated[str, msgspec.Meta(pattern="^[^@\\s]+@[^@\\s]+\\Z")] = "trailbell@localhost"
