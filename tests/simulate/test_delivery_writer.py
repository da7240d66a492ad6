"""Files appear whole, when their time has come, and until somebody says stop."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.simulated_traffic import START_MS
from trailbell.simulate import (
    Company,
    Delivery,
    Profile,
    TrafficOrderError,
    Written,
    generate,
    write_deliveries,
)


class Clock:
    """A clock that only waiting moves."""

    def __init__(self, now_ms: int, stop_at: int | None = None) -> None:
        self.now_ms = now_ms
        self.waits: list[float] = []
        self.stop_at = stop_at

    def __call__(self) -> int:
        return self.now_ms

    def wait(self, seconds: float) -> bool:
        """Lets the time pass; true once it has been asked often enough."""
        self.waits.append(seconds)
        self.now_ms += round(seconds * 1000)
        return len(self.waits) == self.stop_at


def delivery(number: int, delivered_ms: int) -> Delivery:
    return Delivery(
        key=f"AWSLogs/111122223333/CloudTrail/{number}.json.gz",
        content=b"content %d" % number,
        records=number,
        delivered_ms=delivered_ms,
    )


def test_every_delivery_lies_under_its_key(tmp_path: Path) -> None:
    deliveries = list(generate(Company(1), Profile.CALM, START_MS, 300, 5))
    clock = Clock(START_MS)
    written = write_deliveries(deliveries, tmp_path, pace=None, clock=clock, wait=clock.wait)
    found = {
        str(path.relative_to(tmp_path)): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    }

    assert found == {delivery.key: delivery.content for delivery in deliveries}
    assert written == Written(
        files=len(deliveries),
        records=sum(delivery.records for delivery in deliveries),
        size_bytes=sum(len(delivery.content) for delivery in deliveries),
    )


def test_without_a_pace_nothing_is_waited_for(tmp_path: Path) -> None:
    clock = Clock(START_MS)
    write_deliveries(
        [delivery(1, START_MS), delivery(2, START_MS + 60_000)],
        tmp_path,
        pace=None,
        clock=clock,
        wait=clock.wait,
    )

    assert clock.waits == [0, 0]


@pytest.mark.parametrize(("pace", "waits"), [(1.0, [0, 2, 3]), (10.0, [0, 0.2, 0.3]), (0.5, [0, 4, 6])])
def test_a_feed_that_begins_in_the_past_starts_at_once_and_keeps_its_pace(
    tmp_path: Path, pace: float, waits: list[float]
) -> None:
    clock = Clock(START_MS + 86_400_000)
    deliveries = [delivery(number, START_MS + at_ms) for number, at_ms in enumerate((0, 2000, 5000))]
    write_deliveries(deliveries, tmp_path, pace=pace, clock=clock, wait=clock.wait)

    assert clock.waits == pytest.approx(waits)


def test_a_feed_that_begins_later_waits_for_its_first_file(tmp_path: Path) -> None:
    clock = Clock(START_MS)
    deliveries = [delivery(1, START_MS + 7000), delivery(2, START_MS + 9000)]
    write_deliveries(deliveries, tmp_path, pace=1.0, clock=clock, wait=clock.wait)

    assert clock.waits == [7, 2]


def test_time_spent_on_making_a_file_is_not_waited_for_again(tmp_path: Path) -> None:
    clock = Clock(START_MS)

    def slow() -> Iterator[Delivery]:
        yield delivery(1, START_MS)
        clock.now_ms += 1500
        yield delivery(2, START_MS + 2000)
        clock.now_ms += 5000
        yield delivery(3, START_MS + 4000)

    write_deliveries(slow(), tmp_path, pace=1.0, clock=clock, wait=clock.wait)

    assert clock.waits == [0, 0.5, 0]


@pytest.mark.parametrize("pace", [None, 1.0])
def test_a_wait_that_says_stop_ends_even_an_endless_feed(tmp_path: Path, pace: float | None) -> None:
    def endless() -> Iterator[Delivery]:
        number = 0
        while True:
            yield delivery(number, START_MS + number * 1000)
            number += 1

    clock = Clock(START_MS, stop_at=4)
    written = write_deliveries(endless(), tmp_path, pace=pace, clock=clock, wait=clock.wait)

    assert written.files == 3
    assert len(list(tmp_path.rglob("*.json.gz"))) == 3


def test_a_file_that_is_there_already_is_replaced_whole(tmp_path: Path) -> None:
    clock = Clock(START_MS)
    path = tmp_path / delivery(1, START_MS).key
    path.parent.mkdir(parents=True)
    path.write_bytes(b"much longer content than the new one")
    with path.open("rb") as reader:
        write_deliveries([delivery(1, START_MS)], tmp_path, pace=None, clock=clock, wait=clock.wait)

        # Whoever had the old file open still reads the old file, so the new one was put in its place at once.
        assert reader.read() == b"much longer content than the new one"
    assert path.read_bytes() == b"content 1"


def test_a_file_that_cannot_be_put_in_place_leaves_nothing_behind(tmp_path: Path) -> None:
    clock = Clock(START_MS)
    path = tmp_path / delivery(1, START_MS).key
    path.mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        write_deliveries([delivery(1, START_MS)], tmp_path, pace=None, clock=clock, wait=clock.wait)

    assert list(path.parent.iterdir()) == [path]


def test_an_unfinished_file_begins_with_a_dot_and_does_not_look_like_a_log_file(tmp_path: Path) -> None:
    # A folder in the file's place makes the renaming fail, and the error tells the unfinished file's name.
    clock = Clock(START_MS)
    path = tmp_path / delivery(1, START_MS).key
    path.mkdir(parents=True)
    with pytest.raises(IsADirectoryError) as failed:
        write_deliveries([delivery(1, START_MS)], tmp_path, pace=None, clock=clock, wait=clock.wait)
    unfinished = Path(failed.value.filename)

    assert unfinished.parent == path.parent
    assert unfinished.name.startswith(".")
    assert not unfinished.name.endswith((".json.gz", ".json", ".gz"))


@pytest.mark.parametrize("pace", [0.0, -1.0, float("nan")])
def test_a_pace_that_is_not_above_0_is_refused(tmp_path: Path, pace: float) -> None:
    clock = Clock(START_MS)
    with pytest.raises(TrafficOrderError, match="pace"):
        write_deliveries([delivery(1, START_MS)], tmp_path, pace=pace, clock=clock, wait=clock.wait)

    assert list(tmp_path.iterdir()) == []
