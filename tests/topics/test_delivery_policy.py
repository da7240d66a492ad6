"""When a failed delivery is tried again."""

from trailbell.topics import DEFAULT_POLICY, DeliveryPolicy, delay_ms


def test_delays_double_from_the_smallest_to_the_largest_and_then_end() -> None:
    policy = DeliveryPolicy(minimum_delay_seconds=1, maximum_delay_seconds=5, retries=4)

    assert [1000, 2000, 4000, 5000, None] == [delay_ms(policy, attempts) for attempts in range(1, 6)]


def test_a_receivers_wish_lengthens_the_delay_up_to_the_largest() -> None:
    assert delay_ms(DEFAULT_POLICY, 1, retry_after_seconds=30) == 30_000
    assert delay_ms(DEFAULT_POLICY, 1, retry_after_seconds=86_400) == 300_000


def test_the_default_policy_tries_for_about_two_hours() -> None:
    total = sum(delay_ms(DEFAULT_POLICY, attempts) or 0 for attempts in range(1, DEFAULT_POLICY.retries + 1))

    assert 90 * 60_000 < total < 150 * 60_000
