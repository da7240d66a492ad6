"""When SNS's retry policies try again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.topics import MAIL_RETRY_POLICY, BackoffFunction, RetryPolicy, retry_delay_ms


@st.composite
def retry_policies(draw: st.DrawFn) -> RetryPolicy:
    lowest = draw(st.integers(1, 3600))
    parts = [draw(st.integers(0, 25)) for _ in range(4)]
    return RetryPolicy(
        min_delay_target=lowest,
        max_delay_target=draw(st.integers(lowest, 3600)),
        num_retries=sum(parts),
        num_max_delay_retries=parts[0],
        num_no_delay_retries=parts[1],
        num_min_delay_retries=parts[2],
        backoff_function=draw(st.sampled_from(BackoffFunction)),
    )


def delays_of(policy: RetryPolicy) -> list[int]:
    """All delays until it is given up; one more than allowed if it never is."""
    delays: list[int] = []
    while len(delays) <= 100 and (delay := retry_delay_ms(policy, len(delays) + 1)) is not None:
        delays.append(delay)
    return delays


@given(retry_policies())
def test_there_are_as_many_retries_as_the_policy_says(policy: RetryPolicy) -> None:
    assert policy.num_retries == len(delays_of(policy))


@given(retry_policies())
def test_retries_come_at_once_then_after_delays_that_grow_within_the_bounds(policy: RetryPolicy) -> None:
    delays = delays_of(policy)
    lowest, highest = policy.min_delay_target * 1000, policy.max_delay_target * 1000
    after_none = delays[policy.num_no_delay_retries :]
    last = len(delays) - policy.num_max_delay_retries

    assert [0] * policy.num_no_delay_retries == delays[: policy.num_no_delay_retries]
    assert [lowest] * policy.num_min_delay_retries == after_none[: policy.num_min_delay_retries]
    assert [highest] * policy.num_max_delay_retries == delays[last:]
    assert sorted(delays) == delays
    assert all(lowest <= delay <= highest for delay in after_none)


@given(retry_policies().filter(lambda policy: policy.num_backoff_retries > 1))
def test_a_growing_delay_begins_at_the_smallest_and_ends_at_the_largest(policy: RetryPolicy) -> None:
    begin = policy.num_no_delay_retries + policy.num_min_delay_retries
    growing = delays_of(policy)[begin : begin + policy.num_backoff_retries]

    assert policy.min_delay_target * 1000 == growing[0]
    assert policy.max_delay_target * 1000 == growing[-1]


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (BackoffFunction.LINEAR, [10, 30, 50, 70, 90]),
        (BackoffFunction.ARITHMETIC, [10, 18, 34, 58, 90]),
        (BackoffFunction.GEOMETRIC, [10, 17.321, 30, 51.962, 90]),
        (BackoffFunction.EXPONENTIAL, [10, 20, 40, 80, 90]),
    ],
)
def test_each_function_grows_in_its_own_way(function: BackoffFunction, expected: list[float]) -> None:
    policy = RetryPolicy(min_delay_target=10, max_delay_target=90, num_retries=5, backoff_function=function)

    assert [round(seconds * 1000) for seconds in expected] == delays_of(policy)


def test_the_documented_linear_example_waits_20_30_and_40_seconds() -> None:
    policy = RetryPolicy(min_delay_target=20, max_delay_target=40)

    assert [20_000, 30_000, 40_000] == delays_of(policy)


def test_without_a_policy_http_is_tried_again_three_times_after_20_seconds() -> None:
    assert [20_000] * 3 == delays_of(RetryPolicy())


def test_mail_is_tried_again_for_over_six_hours() -> None:
    delays = delays_of(MAIL_RETRY_POLICY)

    assert [10, 10, 10, 20, 40, 80, 160, 320, 600, 600, 600, 600] == [each // 1000 for each in delays[:12]]
    assert [600_000] * 38 == delays[12:]
    assert sum(delays) > 6 * 3_600_000
