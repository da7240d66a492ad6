"""How long data is kept by which period, and that a question finds what it is allowed to ask for."""

from hypothesis import given
from hypothesis import strategies as st

from support.clock import START_MS
from trailbell.metrics import KEPT_DAYS, RollUp, is_period, is_period_kept, roll_ups, windows_between

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
PERIODS = [period for period in range(1, 86_401) if is_period(period)]


def test_data_is_kept_by_longer_periods_as_it_ages() -> None:
    assert (
        RollUp(START_MS - START_MS % HOUR_MS - 64 * DAY_MS, 3600),
        RollUp(START_MS - 16 * DAY_MS, 300),
        RollUp(START_MS - 3 * HOUR_MS, 60),
    ) == roll_ups(START_MS)
    assert 455 == KEPT_DAYS


@given(
    st.integers(0, 100_000_000).map(lambda behind: START_MS + behind),
    st.integers(0, 70 * DAY_MS),
    st.sampled_from(PERIODS),
)
def test_no_window_that_may_be_asked_for_begins_inside_of_a_longer_period(
    now_ms: int, age_ms: int, period: int
) -> None:
    start_ms = now_ms - age_ms
    windows = windows_between(start_ms, now_ms, period)
    finest = next((each.period_seconds for each in roll_ups(now_ms) if windows.start_ms < each.before_ms), 1)

    assert not is_period_kept(period, start_ms, now_ms) or period % finest == 0
