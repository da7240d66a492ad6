"""The drawings of the report: where bars stand, and that nothing is lost or leaves the picture."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.replay_results import DAY_MS, MINUTE_MS, ROLE, START_MS, made_alarm, made_result, page
from trailbell.cloudtrail import PrincipalKind
from trailbell.replay import Transition
from trailbell.replay._html_timeline import chart_of, timeline_of

PRINCIPALS = [(ROLE, PrincipalKind.ROLE), ("anonymous", PrincipalKind.ANONYMOUS), ("b", PrincipalKind.USER)]


@st.composite
def pages(draw: st.DrawFn) -> list[Transition]:
    minutes = draw(st.lists(st.integers(0, 200_000), max_size=40, unique=True))
    return [
        page(START_MS + minute * 10 * MINUTE_MS, *draw(st.sampled_from(PRINCIPALS)))
        for minute in sorted(minutes)
    ]


def test_a_stay_stands_where_it_was_in_the_time_of_the_replay() -> None:
    result = made_result([made_alarm([page(START_MS + DAY_MS)], stay_ms=DAY_MS)], days=4)
    result_ms = 4 * DAY_MS - MINUTE_MS
    timeline = timeline_of(result)

    assert timeline is not None
    [lane] = timeline.lanes
    [span] = lane.spans
    assert pytest.approx((100 * DAY_MS / result_ms,) * 2, abs=0.01) == (span.left, span.width)
    assert "2026-09-05 00:00, 1 d" == span.label


def test_an_alarm_that_still_rings_is_drawn_to_the_end() -> None:
    timeline = timeline_of(made_result([made_alarm([page(START_MS + DAY_MS)], stay_ms=None)], days=2))

    assert timeline is not None
    [span] = timeline.lanes[0].spans
    assert pytest.approx(100, abs=0.01) == span.left + span.width


def test_stays_that_cannot_be_told_apart_are_drawn_as_one_that_counts_them() -> None:
    near = [page(START_MS + minutes * MINUTE_MS) for minutes in (0, 10, 20)]
    far = page(START_MS + 300 * DAY_MS)
    timeline = timeline_of(made_result([made_alarm([*near, far])], days=365))

    assert timeline is not None
    labels = [span.label for span in timeline.lanes[0].spans]
    assert ["3 times from 2026-09-04 00:00 to 2026-09-04 00:25", "2027-07-01 00:00, 5 min"] == labels


def test_the_busiest_alarms_are_drawn_first_and_the_rest_counted() -> None:
    alarms = [made_alarm((page(START_MS + n * DAY_MS) for n in range(1 + a)), f"a{a}") for a in range(45)]
    timeline = timeline_of(made_result(alarms, days=45))

    assert timeline is not None
    assert ("a44", 40, 5) == (timeline.lanes[0].name, len(timeline.lanes), timeline.left_off)


def test_without_pages_nothing_is_drawn() -> None:
    result = made_result([made_alarm([])])

    assert (None, None) == (timeline_of(result), chart_of(result))


def test_a_bar_is_a_day_and_its_leader_those_pages_that_were_mostly_one_callers() -> None:
    other = page(START_MS + DAY_MS + MINUTE_MS, "arn:aws:iam::1:user/ada", PrincipalKind.USER)
    first_days = [page(START_MS + MINUTE_MS), page(START_MS + DAY_MS), other]
    chart = chart_of(made_result([made_alarm(first_days)], days=4))

    assert chart is not None
    assert [("2026-09-04", 1, 1), ("2026-09-05", 2, 1)] == [
        (bar.label, bar.pages, bar.leader_pages) for bar in chart.bars
    ]
    assert [(0.0, 50.0, 50.0), (25.0, 100.0, 50.0)] == [
        (bar.left, bar.height, bar.leader_height) for bar in chart.bars
    ]


@pytest.mark.parametrize(("days", "days_per_bar"), [(1, 1), (366, 1), (367, 2), (4000, 11)])
def test_a_long_time_has_several_days_in_a_bar(days: int, days_per_bar: int) -> None:
    last = page(START_MS + (days - 1) * DAY_MS)
    chart = chart_of(made_result([made_alarm([page(START_MS), last])], days=days))

    assert chart is not None
    assert days_per_bar == chart.days_per_bar
    assert 2 == sum(bar.pages for bar in chart.bars)


@given(pages(), st.integers(1, 2000))
def test_every_page_is_drawn_once_and_within_the_picture(found: Sequence[Transition], days: int) -> None:
    result = made_result([made_alarm(found)], days=days)
    timeline, chart = timeline_of(result), chart_of(result)

    assert (timeline is None, chart is None) == (not found, not found)
    if timeline is None or chart is None:
        return
    assert len(found) == sum(bar.pages for bar in chart.bars)
    assert all(bar.leader_pages <= bar.pages and bar.leader_height <= bar.height <= 100 for bar in chart.bars)
    assert all(bar.left + bar.width <= 100.1 for bar in chart.bars)
    spans = [span for lane in timeline.lanes for span in lane.spans]
    assert len(spans) <= min(len(found), 401)
    assert all(span.left >= 0 and span.width >= 0 and span.left + span.width <= 100.01 for span in spans)
    assert all(0 <= tick.left <= 100 for tick in (*timeline.ticks, *chart.ticks))
    assert 1 <= len(chart.ticks) <= 7
    assert len(timeline.ticks) <= 7
