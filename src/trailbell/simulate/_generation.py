"""Traffic over a stretch of time, cut into files and delivered late, as CloudTrail does."""

from __future__ import annotations

import heapq
import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from operator import attrgetter

import msgspec

from trailbell.simulate._chance import Chance
from trailbell.simulate._company import Company
from trailbell.simulate._errors import TrafficOrderError
from trailbell.simulate._files import Delivery, pack
from trailbell.simulate._habits import RECORDS_PER_FILE, DeliveryHabits
from trailbell.simulate._ordering import order_like_aws
from trailbell.simulate._places import Place
from trailbell.simulate._plans import PlannedCall
from trailbell.simulate._profiles import Profile, traits_of
from trailbell.simulate._shards import Shard, Window, split
from trailbell.simulate._traffic import Traffic

__all__ = ["generate"]

_MINUTE_MS = 60_000
_BURSTINESS = 0.9

# A number is held for each minute, and a writer for some calls each second: two hundred megabytes at most.
_LONGEST_SECONDS = 366 * 24 * 3600
_HIGHEST_RATE = 10_000
# The last day that late files may still reach in the calendar.
_FIRST_MS, _LAST_MS = -62_135_596_800_000, 253_402_128_000_000


class _Job(msgspec.Struct, frozen=True):
    """A file to be made: of the calls in its window, or of records that were delivered before."""

    shard: Shard
    window: Window
    again: tuple[bytes, ...] = ()


def generate(
    company: Company,
    profile: Profile,
    start_ms: int,
    duration_seconds: float,
    rate_per_second: float,
    habits: DeliveryHabits | None = None,
) -> Iterator[Delivery]:
    """Returns the log files of a stretch of time, in the order in which they arrive.

    The same arguments give the same files, byte for byte. They are made one at a time.

    Args:
        company: Whose traffic it is.
        profile: What kind of traffic.
        start_ms: When the calls begin.
        duration_seconds: How long they go on; files arrive up to ten minutes longer.
        rate_per_second: Calls in a second, on average; what the profile plans and duplicates come on top.
        habits: How the files are delivered.

    Raises:
        TrafficOrderError: No traffic can be made from these arguments.
    """
    habits = habits or DeliveryHabits()
    _check(duration_seconds, rate_per_second, habits)
    end_ms = start_ms + round(duration_seconds * 1000)
    if not _FIRST_MS <= start_ms < end_ms <= _LAST_MS:
        raise TrafficOrderError(
            "start_ms", start_ms, "an instant from which the calls end before the year 10000"
        )
    return _Generation(company, profile, (start_ms, end_ms), rate_per_second, habits).deliveries()


def _check(duration_seconds: float, rate_per_second: float, habits: DeliveryHabits) -> None:
    positive = (
        ("duration_seconds", duration_seconds, _LONGEST_SECONDS),
        ("rate_per_second", rate_per_second, _HIGHEST_RATE),
        ("time_scale", habits.time_scale, math.inf),
    )
    for argument, value, most in positive:
        if not (math.isfinite(value) and 0 < value <= most):
            bound = f", at most {most:,}" if value > most else ""
            raise TrafficOrderError(argument, value, f"a number above 0{bound}")
    if not 0 <= habits.duplicate_share <= 1:
        raise TrafficOrderError("duplicate_share", habits.duplicate_share, "a share from 0 to 1")
    try:
        habits.run_id.encode()
    except UnicodeEncodeError as error:
        raise TrafficOrderError("run_id", habits.run_id, "text in UTF-8") from error


class _Generation:
    """One run of `generate`."""

    def __init__(
        self,
        company: Company,
        profile: Profile,
        span_ms: tuple[int, int],
        rate_per_second: float,
        habits: DeliveryHabits,
    ) -> None:
        self._start_ms, self._end_ms = span_ms
        words = (company.seed, habits.run_id, profile, self._start_ms, str(rate_per_second))
        self._chance = Chance("generation", *words)
        self._habits = habits
        self._sizes = RECORDS_PER_FILE[habits.file_shape]
        traits = traits_of(profile)
        self._traffic = Traffic(company, traits, habits.run_id, self._chance)
        self._shards = split(company.places, rate_per_second, habits, self._chance)
        self._planned: dict[Place, list[PlannedCall]] = defaultdict(list)
        for planned in traits.story(company, Chance("story", *words), *span_ms):
            self._planned[planned.place].append(planned)
        minutes = self._end_ms // _MINUTE_MS - self._start_ms // _MINUTE_MS + 1
        self._bursts = [self._chance.random.lognormvariate(0, _BURSTINESS) for _ in range(minutes)]

    def deliveries(self) -> Iterator[Delivery]:
        """Yields the files in the order in which they arrive."""
        jobs = [_Job(shard, shard.first(self._start_ms, self._chance)) for shard in self._shards]
        # The number decides between files of the same instant, which cannot be compared themselves.
        waiting = [(job.window.delivered_ms, number, job) for number, job in enumerate(jobs)]
        number = len(waiting)
        heapq.heapify(waiting)
        while waiting:
            _, _, job = heapq.heappop(waiting)
            records = job.again or self._records(job)
            if records:
                named_ms, delivered_ms = job.window.named_ms, job.window.delivered_ms
                yield pack(records, job.shard.place, named_ms, delivered_ms, self._chance)
            for following in self._following(job, records):
                number += 1
                heapq.heappush(waiting, (following.window.delivered_ms, number, following))

    def _following(self, job: _Job, records: tuple[bytes, ...]) -> Iterator[_Job]:
        if job.again:
            return
        if job.window.closes_ms < self._end_ms:
            yield _Job(job.shard, job.shard.after(job.window, self._chance))
        if self._habits.duplicate_share:
            share = self._habits.duplicate_share
            again = tuple(record for record in records if self._chance.share() < share)
            if again:
                yield _Job(job.shard, job.shard.again(job.window, self._chance), again)

    def _records(self, job: _Job) -> tuple[bytes, ...]:
        shard, window = job.shard, job.window
        opens_ms, closes_ms = max(window.opens_ms, self._start_ms), min(window.closes_ms, self._end_ms)
        wanted = self._sizes.at(self._chance.share()) * shard.fill * (closes_ms - opens_ms) / shard.slot_ms
        moments: list[tuple[int, PlannedCall | None]] = [
            (at_ms, None) for at_ms in self._times(opens_ms, closes_ms, self._chance.whole(wanted))
        ]
        if shard.is_first:
            planned = self._planned.get(shard.place, [])
            low = bisect_left(planned, opens_ms, key=attrgetter("at_ms"))
            high = bisect_left(planned, closes_ms, key=attrgetter("at_ms"))
            moments.extend((call.at_ms, call) for call in planned[low:high])
        return tuple(
            self._traffic.record(shard.place, at_ms) if call is None else self._traffic.planned(call)
            for at_ms, call in order_like_aws(moments, self._chance)
        )

    def _times(self, opens_ms: int, closes_ms: int, count: int) -> list[int]:
        """Returns instants between these two, more of them in the busier minutes."""
        if not count:
            return []
        minute_ms = self._start_ms - self._start_ms % _MINUTE_MS
        first, last = (opens_ms - minute_ms) // _MINUTE_MS, (closes_ms - 1 - minute_ms) // _MINUTE_MS
        edges = [
            opens_ms,
            *(minute_ms + minute * _MINUTE_MS for minute in range(first + 1, last + 1)),
            closes_ms,
        ]
        pieces = list(pairwise(edges))
        weights = [
            self._bursts[first + number] * (end_ms - begin_ms)
            for number, (begin_ms, end_ms) in enumerate(pieces)
        ]
        return [
            self._chance.random.randrange(begin_ms, end_ms)
            for begin_ms, end_ms in self._chance.random.choices(pieces, weights, k=count)
        ]
