"""Records inside a file are a little out of order, and none is lost over it."""

from collections import Counter
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from trailbell.simulate._chance import Chance
from trailbell.simulate._ordering import order_like_aws

MOMENTS = st.lists(st.tuples(st.integers(0, 300_000), st.none()), max_size=60)


@settings(max_examples=60)
@given(MOMENTS, st.integers(0, 1000))
def test_the_same_moments_come_out(moments: list[tuple[int, None]], seed: int) -> None:
    assert Counter(order_like_aws(moments, Chance(seed))) == Counter(moments)


@settings(max_examples=60)
@given(MOMENTS, st.integers(0, 1000))
def test_no_step_back_is_longer_than_29_seconds(moments: list[tuple[int, None]], seed: int) -> None:
    seconds = [at_ms // 1000 for at_ms, _ in order_like_aws(moments, Chance(seed))]

    assert [step for step in pairwise(seconds) if step[0] - step[1] > 29] == []


def test_what_comes_with_a_moment_stays_with_it() -> None:
    moments = [(at_ms, f"call at {at_ms}") for at_ms in range(0, 60_000, 700)]

    assert set(order_like_aws(moments, Chance("pairs"))) == set(moments)
