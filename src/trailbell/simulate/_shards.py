"""The stretches of time that files are made of: each place has shards, each with one file after another."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from trailbell.simulate._chance import Chance
from trailbell.simulate._habits import LAG_SECONDS, RECORDS_PER_FILE, DeliveryHabits
from trailbell.simulate._places import Place

__all__ = ["Shard", "Window", "split"]

_SLOT_MS = 300_000
_LIVE_SLOT_MS = 10_000
_DELIVERY_SPREAD_MS = 60_000
# Steps of the golden ratio spread over a range evenly, however many of them are taken.
_GOLDEN = 0.6180339887498949


class Window(msgspec.Struct, frozen=True):
    """The calls of one file.

    Attributes:
        opens_ms: First instant.
        closes_ms: The instant behind the last.
        named_ms: The instant the file is named after.
        delivered_ms: When the file arrives.
    """

    opens_ms: int
    closes_ms: int
    named_ms: int
    delivered_ms: int


class Shard(msgspec.Struct, frozen=True, eq=False):
    """One of the writers behind a place's files.

    Attributes:
        place: The place.
        is_first: Whether it is the first of its place, the one that takes the planned calls.
        slot_ms: From one file to the next.
        phase_ms: Where in the slot the files are named.
        lag_ms: From the close of a file to the instant it is named after.
        spread_ms: Longest time from that instant to the arrival.
        fill: Records in a file for each record that its shape asks for.
    """

    place: Place
    is_first: bool
    slot_ms: int
    phase_ms: int
    lag_ms: int
    spread_ms: int
    fill: float

    def first(self, start_ms: int, chance: Chance) -> Window:
        """Returns the first window that closes after this instant."""
        named_ms = (start_ms + self.lag_ms - self.phase_ms) // self.slot_ms * self.slot_ms + self.phase_ms
        return self._named(named_ms + self.slot_ms, chance)

    def after(self, window: Window, chance: Chance) -> Window:
        """Returns the window that follows."""
        return self._named(window.named_ms + self.slot_ms, chance)

    def again(self, window: Window, chance: Chance) -> Window:
        """Returns a second delivery of a window, half the time under the next name."""
        named_ms = window.named_ms + (self.slot_ms if chance.share() < 0.5 else 0)
        delivered_ms = max(named_ms + chance.between(0, self.spread_ms), window.delivered_ms + 1)
        return Window(window.opens_ms, window.closes_ms, named_ms, delivered_ms)

    def _named(self, named_ms: int, chance: Chance) -> Window:
        closes_ms = named_ms - self.lag_ms
        delivered_ms = named_ms + chance.between(0, self.spread_ms)
        return Window(closes_ms - self.slot_ms, closes_ms, named_ms, delivered_ms)


def split(
    places: tuple[Place, ...], rate_per_second: float, habits: DeliveryHabits, chance: Chance
) -> Iterator[Shard]:
    """Yields the shards that together write this rate in files of the wanted shape."""
    slot_ms = max(1, round((_SLOT_MS if habits.lateness else _LIVE_SLOT_MS) * habits.time_scale))
    mean = RECORDS_PER_FILE[habits.file_shape].mean
    turn = chance.share()
    for place in places:
        records_per_slot = rate_per_second * place.share * slot_ms / 1000
        shards = max(1, round(records_per_slot / mean))
        for number in range(shards):
            turn = (turn + _GOLDEN) % 1
            lag_ms = round(LAG_SECONDS.at(turn) * 1000 * habits.time_scale) if habits.lateness else 0
            yield Shard(
                place=place,
                is_first=number == 0,
                slot_ms=slot_ms,
                phase_ms=0 if habits.lateness else int(turn * slot_ms),
                lag_ms=lag_ms,
                spread_ms=int((_DELIVERY_SPREAD_MS - 1) * min(habits.time_scale, 1))
                if habits.lateness
                else 0,
                fill=records_per_slot / (shards * mean),
            )
