"""What `trailbell verify` was given."""

import msgspec

__all__ = ["VerifyOptions"]


class VerifyOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of the command; those from ``profile`` on are of accounts only."""

    url: str
    output: str
    keys: tuple[str, ...]
    timeout_seconds: float
    is_of_account: bool
    profile: str | None
    regions: tuple[str, ...]
    role_arn: str
    endpoint_url: str | None
    is_drill: bool
    is_confirmed: bool
