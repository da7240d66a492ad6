"""Chance is the same for the same words and follows the distributions it is given."""

import re

import pytest

from trailbell.simulate._chance import Chance, Quantiles, Wheel


def test_the_same_words_give_the_same_sequence() -> None:
    first, second = Chance("a", 1), Chance("a", 1)

    assert [first.uuid() for _ in range(5)] == [second.uuid() for _ in range(5)]


def test_other_words_give_another_sequence() -> None:
    assert Chance("a", 1).uuid() != Chance("a", 2).uuid()


def test_event_ids_have_the_form_of_a_random_uuid() -> None:
    chance = Chance("ids")
    form = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}")

    assert [found for found in (chance.uuid() for _ in range(500)) if not form.fullmatch(found)] == []


def test_a_wheel_stops_as_often_as_its_weights_say() -> None:
    chance, wheel = Chance("wheel"), Wheel([("often", 9.0), ("seldom", 1.0), ("never", 0.0)])
    stops = [wheel.spin(chance) for _ in range(20_000)]

    assert stops.count("seldom") / len(stops) == pytest.approx(0.1, abs=0.01)
    assert "never" not in stops


def test_whole_numbers_keep_the_mean() -> None:
    chance = Chance("whole")

    assert sum(chance.whole(2.3) for _ in range(20_000)) / 20_000 == pytest.approx(2.3, abs=0.02)


@pytest.mark.parametrize(("share", "value"), [(0, 1), (0.5, 20), (0.75, 40), (1, 80)])
def test_quantiles_pass_through_their_points(share: float, value: float) -> None:
    assert Quantiles([(0, 1), (0.5, 20), (1, 80)]).at(share) == pytest.approx(value)
