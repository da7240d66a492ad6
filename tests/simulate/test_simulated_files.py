"""Files are named, timed and repeated as CloudTrail does it, and come out the same each time."""

import gzip
import json
from collections import Counter
from typing import Any

import pytest

from support.simulated_traffic import START_MS, records_in, records_of, second_of
from trailbell.cloudtrail import FileKind, object_key, parse_file_name
from trailbell.simulate import (
    Company,
    Delivery,
    DeliveryHabits,
    FileShape,
    Profile,
    TrafficOrderError,
    generate,
)


def order(habits: DeliveryHabits | None = None, *, seconds: float = 900, rate: float = 8) -> list[Delivery]:
    return list(generate(Company(1), Profile.CALM, START_MS, seconds, rate, habits))


def named_ms(delivery: Delivery) -> int:
    name = parse_file_name(delivery.key)
    assert name is not None
    return name.minute_ms


@pytest.mark.parametrize("profile", Profile)
def test_the_same_order_gives_the_same_files_byte_for_byte(profile: Profile) -> None:
    habits = DeliveryHabits(run_id="again", duplicate_share=0.1)
    first, second = (list(generate(Company(3), profile, START_MS, 300, 5, habits)) for _ in range(2))

    assert first == second


@pytest.mark.parametrize(
    ("seed", "run_id", "start_ms"), [(1, "b", START_MS), (2, "a", START_MS), (1, "a", START_MS + 3_600_000)]
)
def test_another_run_or_seed_or_start_has_ids_and_file_names_of_its_own(
    seed: int, run_id: str, start_ms: int
) -> None:
    first = list(generate(Company(1), Profile.CALM, START_MS, 300, 5, DeliveryHabits(run_id="a")))
    other = list(generate(Company(seed), Profile.CALM, start_ms, 300, 5, DeliveryHabits(run_id=run_id)))

    def ids(deliveries: list[Delivery]) -> set[str]:
        records = records_in(deliveries)
        return (
            {r["eventID"] for r in records} | {r["requestID"] for r in records} | {d.key for d in deliveries}
        )

    assert ids(first) & ids(other) == set()


def test_a_key_reads_back_as_what_is_in_the_file() -> None:
    for delivery in order():
        name = parse_file_name(delivery.key)
        assert name is not None
        owners = {(r["recipientAccountId"], r["awsRegion"]) for r in records_of(delivery)}

        assert owners == {(name.account_id, name.region)}
        assert (name.kind, len(name.unique)) == (FileKind.LOG, 16)
        assert object_key(name) == delivery.key


def test_no_two_files_have_the_same_key() -> None:
    keys = [delivery.key for delivery in order(seconds=3600)]

    assert len(set(keys)) == len(keys)


def test_a_file_is_one_object_on_one_line_that_holds_as_many_records_as_it_says() -> None:
    for delivery in order():
        text = gzip.decompress(delivery.content)
        content: dict[str, Any] = json.loads(text)

        assert (list(content), len(content["Records"])) == (["Records"], delivery.records)
        assert text.startswith(b'{"Records":[{')
        assert b"\n" not in text


def test_the_gzip_header_carries_no_time() -> None:
    assert {delivery.content[4:8] for delivery in order()} == {bytes(4)}


def test_files_come_in_the_order_in_which_they_arrive() -> None:
    arrivals = [delivery.delivered_ms for delivery in order(DeliveryHabits(duplicate_share=0.3))]

    assert arrivals == sorted(arrivals)


def test_names_carry_every_fifth_minute_and_files_arrive_in_it() -> None:
    deliveries = order()

    assert {named_ms(delivery) % 300_000 for delivery in deliveries} == {0}
    assert {(delivery.delivered_ms - named_ms(delivery)) // 60_000 for delivery in deliveries} == {0}


def test_calls_lie_inside_the_ordered_stretch_of_time() -> None:
    seconds = [second_of(record) for record in records_in(order(seconds=700))]

    assert min(seconds) >= START_MS // 1000
    assert max(seconds) < START_MS // 1000 + 700


@pytest.mark.parametrize(("rate", "seconds"), [(0.05, 80_000), (2, 3000), (40, 200)])
def test_the_rate_is_kept(rate: float, seconds: float) -> None:
    records = sum(delivery.records for delivery in order(seconds=seconds, rate=rate))

    assert records == pytest.approx(rate * seconds, rel=0.15)


def test_a_time_scale_shrinks_the_delays() -> None:
    habits = DeliveryHabits(time_scale=0.1)
    delays = [
        delivery.delivered_ms / 1000 - second_of(record)
        for delivery in order(habits)
        for record in records_of(delivery)
    ]

    assert 0 <= min(delays)
    assert 30 < max(delays) < 67


def test_without_lateness_a_call_is_delivered_within_ten_seconds() -> None:
    delays = [
        delivery.delivered_ms / 1000 - second_of(record)
        for delivery in order(DeliveryHabits(lateness=False))
        for record in records_of(delivery)
    ]

    # Records show whole seconds, which adds up to one.
    assert 0 < min(delays)
    assert max(delays) < 11


def test_without_lateness_a_name_carries_the_minute_of_the_arrival() -> None:
    deliveries = order(DeliveryHabits(lateness=False))

    assert {(delivery.delivered_ms - named_ms(delivery)) // 60_000 for delivery in deliveries} == {0}


def test_duplicates_are_whole_records_in_other_files_half_of_them_under_another_minute() -> None:
    deliveries = order(DeliveryHabits(duplicate_share=0.2), seconds=3600)
    seen: dict[str, tuple[dict[str, Any], Delivery]] = {}
    again: list[tuple[int, int]] = []
    for delivery in deliveries:
        in_this_file: Counter[str] = Counter()
        for record in records_of(delivery):
            event_id = record["eventID"]
            in_this_file[event_id] += 1
            if event_id in seen:
                first, where = seen[event_id]
                assert json.dumps(first) == json.dumps(record)
                again.append((named_ms(where), named_ms(delivery)))
            else:
                seen[event_id] = (record, delivery)
        assert set(in_this_file.values()) == {1}

    assert len(again) / len(seen) == pytest.approx(0.2, abs=0.02)
    assert sum(first != second for first, second in again) / len(again) == pytest.approx(0.5, abs=0.15)


def test_nothing_comes_twice_unless_asked_for() -> None:
    ids = [record["eventID"] for record in records_in(order())]

    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("shape", "median", "most"),
    [(FileShape.SMALL, (1, 3), (9, 11)), (FileShape.LARGE, (400, 600), (500, 620))],
)
def test_the_shape_says_how_many_records_go_into_a_file(
    shape: FileShape, median: tuple[int, int], most: tuple[int, int]
) -> None:
    home = Company(1).home
    # At this rate the busiest place has 500 records for each five minutes, enough to fill a large file.
    deliveries = order(DeliveryHabits(file_shape=shape), seconds=3000, rate=5)
    sizes = sorted(d.records for d in deliveries if f"/{home.account_id}/CloudTrail/{home.region}/" in d.key)

    assert median[0] <= sizes[len(sizes) // 2] <= median[1]
    assert most[0] <= sizes[-1] <= most[1]


@pytest.mark.parametrize(
    ("argument", "seconds", "rate", "habits"),
    [
        ("rate_per_second", 60, 0, DeliveryHabits()),
        ("rate_per_second", 60, float("nan"), DeliveryHabits()),
        ("rate_per_second", 60, 1e300, DeliveryHabits()),
        ("duration_seconds", -1, 1, DeliveryHabits()),
        ("duration_seconds", 1e11, 1, DeliveryHabits()),
        ("duration_seconds", float("inf"), 1, DeliveryHabits()),
        ("run_id", 60, 1, DeliveryHabits(run_id="\udcff")),
        ("time_scale", 60, 1, DeliveryHabits(time_scale=0)),
        ("duplicate_share", 60, 1, DeliveryHabits(duplicate_share=1.5)),
    ],
)
def test_an_order_that_makes_no_sense_is_refused_before_the_first_file(
    argument: str, seconds: float, rate: float, habits: DeliveryHabits
) -> None:
    with pytest.raises(TrafficOrderError, match=f"^{argument} is .*must be ") as refused:
        generate(Company(1), Profile.CALM, START_MS, seconds, rate, habits)

    assert refused.value.argument == argument


@pytest.mark.parametrize("start_ms", [-62_135_596_800_001, 253_402_128_000_000, 1 << 62])
def test_calls_outside_the_calendar_are_refused(start_ms: int) -> None:
    with pytest.raises(TrafficOrderError, match="before the year 10000"):
        generate(Company(1), Profile.CALM, start_ms, 60, 1)


def test_the_last_calls_of_the_calendar_are_delivered() -> None:
    deliveries = list(generate(Company(1), Profile.CALM, 253_402_128_000_000 - 60_000, 60, 1))

    assert deliveries
