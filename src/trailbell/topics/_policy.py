"""When a failed delivery is tried again, and when it is given up."""

import msgspec

__all__ = ["DEFAULT_POLICY", "DeliveryPolicy", "delay_ms"]


class DeliveryPolicy(msgspec.Struct, frozen=True):
    """Exponential delays between attempts, from the smallest to the largest; seconds."""

    minimum_delay_seconds: float = 1.0
    maximum_delay_seconds: float = 300.0
    retries: int = 30


DEFAULT_POLICY = DeliveryPolicy()
"""Thirty retries within about two hours: a receiver's restart or short outage loses nothing."""


def delay_ms(policy: DeliveryPolicy, attempts: int, retry_after_seconds: float | None = None) -> int | None:
    """Says how long to wait after the given number of failed attempts; None means give up.

    A receiver's own ``Retry-After`` lengthens the wait, up to the policy's largest delay.
    """
    if attempts > policy.retries:
        return None
    # Doubling 64 times passes every sensible maximum; the bound keeps the power finite.
    seconds = min(policy.maximum_delay_seconds, policy.minimum_delay_seconds * 2.0 ** min(attempts - 1, 64))
    if retry_after_seconds is not None:
        seconds = max(seconds, min(retry_after_seconds, policy.maximum_delay_seconds))
    return round(seconds * 1000)
