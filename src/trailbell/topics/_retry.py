"""When SNS tries again: the phases of a retry policy and its four ways to lengthen the delay.

https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
"""

import enum
from collections.abc import Callable

import msgspec

__all__ = [
    "BACKOFF_NAMES",
    "HTTP_LIFETIME_MS",
    "MAIL_RETRY_POLICY",
    "BackoffFunction",
    "RetryPolicy",
    "retry_delay_ms",
]

HTTP_LIFETIME_MS = 3_600_000
"""How long an http(s) message may live at most, what it waits under a throttle included."""


class BackoffFunction(enum.StrEnum):
    """How delays grow from the smallest to the largest."""

    ARITHMETIC = "arithmetic"
    EXPONENTIAL = "exponential"
    GEOMETRIC = "geometric"
    LINEAR = "linear"


# A list, since what is looked for in it may be any JSON value.
BACKOFF_NAMES = [each.value for each in BackoffFunction]


class RetryPolicy(msgspec.Struct, frozen=True, rename="camel"):
    """How often and when a message is tried again; delays in seconds, from the end of the failed try.

    Some retries come at once, some after the smallest delay, some while it grows, the last after the largest.
    The defaults are SNS's for http(s).
    """

    min_delay_target: int = 20
    max_delay_target: int = 20
    num_retries: int = 3
    num_max_delay_retries: int = 0
    num_no_delay_retries: int = 0
    num_min_delay_retries: int = 0
    backoff_function: BackoffFunction = BackoffFunction.LINEAR

    @property
    def num_backoff_retries(self) -> int:
        """How many retries are left to the growing delay; below none if the policy is not valid."""
        others = self.num_no_delay_retries + self.num_min_delay_retries + self.num_max_delay_retries
        return self.num_retries - others


MAIL_RETRY_POLICY = RetryPolicy(
    min_delay_target=10,
    max_delay_target=600,
    num_retries=50,
    num_min_delay_retries=2,
    num_max_delay_retries=38,
    backoff_function=BackoffFunction.EXPONENTIAL,
)
"""What holds for mail, as for all that SNS sends to servers of its customers; nobody can change it."""


def retry_delay_ms(policy: RetryPolicy, attempts: int) -> int | None:
    """Says how long to wait after the given number of failed tries; None gives up."""
    if attempts > policy.num_retries:
        return None
    left = attempts - policy.num_no_delay_retries
    if left <= 0:
        return 0
    left -= policy.num_min_delay_retries
    if left <= 0:
        return policy.min_delay_target * 1000
    count = policy.num_backoff_retries
    if left > count:
        return policy.max_delay_target * 1000
    if count == 1:
        return policy.min_delay_target * 1000
    lowest, highest = float(policy.min_delay_target), float(policy.max_delay_target)
    return round(_GROWTH[policy.backoff_function](lowest, highest, left - 1, count) * 1000)


def _linear(lowest: float, highest: float, index: int, count: int) -> float:
    return lowest + (highest - lowest) * index / (count - 1)


def _arithmetic(lowest: float, highest: float, index: int, count: int) -> float:
    return lowest + (highest - lowest) * index * (index + 1) / ((count - 1) * count)


def _geometric(lowest: float, highest: float, index: int, count: int) -> float:
    return float(min(highest, lowest * (highest / lowest) ** (index / (count - 1))))


def _exponential(lowest: float, highest: float, index: int, count: int) -> float:
    # The last one is the largest, however few there are.
    return float(highest if index == count - 1 else min(highest, lowest * 2.0**index))


_GROWTH: dict[BackoffFunction, Callable[[float, float, int, int], float]] = {
    BackoffFunction.ARITHMETIC: _arithmetic,
    BackoffFunction.EXPONENTIAL: _exponential,
    BackoffFunction.GEOMETRIC: _geometric,
    BackoffFunction.LINEAR: _linear,
}
