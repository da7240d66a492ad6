"""Histograms: what is kept of the samples of one window beside their statistic set, to tell percentiles from.

The bins are those of metrics-and-alarms section 2.3.
"""

import math
from bisect import bisect_right
from collections.abc import Iterator

import msgspec

from trailbell._errors import TrailbellError
from trailbell.metrics._statistics import StatisticSet

__all__ = ["DamagedHistogramError", "Histogram", "bin_edges"]

# Values below 1.1^-7000 (1.8e-290) share the lowest bin, as they were seen to do on AWS; the highest is that
# of 2^360, the largest value CloudWatch takes. That makes 9,619 bins.
_LOWEST = -7000
_HIGHEST = 2618
# A table and not a logarithm, so that no rounding puts a value outside of its bin.
_EDGES = tuple(1.1**index for index in range(_LOWEST, _HIGHEST + 2))

_VERSION = 1
# All bins, each a step of one byte and a count of nine, and what stands before them.
_MOST_BYTES = (_HIGHEST - _LOWEST + 1) * 10 + 20
# Whole counts up to here are written as integers, without loss.
_MOST_WHOLE = 2.0**53

_DECODER = msgspec.msgpack.Decoder(list[int | float])
_ENCODER = msgspec.msgpack.Encoder()


class DamagedHistogramError(TrailbellError):
    """Bytes that are no histogram; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"These bytes are no histogram of a metric: {self.reason}."


class Histogram(msgspec.Struct, frozen=True):
    """Counts the samples of one window and one unit by the size of their values.

    ``bins`` holds (index, count) by ascending index for the positive samples: bin k is from 1.1^k
    (inclusive) to 1.1^(k+1). ``zeros`` is the count of the samples that are 0. Counts may be fractional, and
    empty bins are left out, so that there are at most 9,619.

    A histogram that is not complete holds nothing: among its samples was a negative one, or a statistic set
    of different values (2.5), and no percentile can be told of the window.
    """

    bins: tuple[tuple[int, float], ...] = ()
    zeros: float = 0.0
    is_complete: bool = True

    @classmethod
    def of(cls, value: float, count: float = 1) -> "Histogram":
        """Returns the histogram of one value that was seen ``count`` times.

        A count of 0 adds nothing, since such a value moves the extremes only (1.10). What the door should
        have refused, NaN or a count below 0, gives a histogram that is not complete.
        """
        if not value >= 0 or not 0 <= count < math.inf:
            return _INCOMPLETE
        if count == 0:
            return _EMPTY
        if value == 0:
            return cls((), float(count))
        return cls(((_bin_of(value), float(count)),))

    @classmethod
    def of_statistics(cls, statistics: StatisticSet) -> "Histogram":
        """Returns the histogram of a statistic set: complete only where all its samples have one value."""
        if not statistics.is_of_one_value:
            return _INCOMPLETE
        return cls.of(statistics.minimum, statistics.sample_count)

    @property
    def sample_count(self) -> float:
        """The count of all samples; 0 where the histogram is not complete."""
        return math.fsum((self.zeros, *(count for _, count in self.bins)))

    def merge(self, *others: "Histogram") -> "Histogram":
        """Returns the histogram of all samples of this one and the others; also `Histogram.merge(*all)`."""
        if not others:
            return self
        counts = dict(self.bins)
        zeros, is_complete = self.zeros, self.is_complete
        for other in others:
            zeros += other.zeros
            is_complete = is_complete and other.is_complete
            for index, count in other.bins:
                counts[index] = counts.get(index, 0.0) + count
        return Histogram(tuple(sorted(counts.items())), zeros) if is_complete else _INCOMPLETE

    def to_bytes(self) -> bytes:
        """Returns the histogram in a compact form: always the same bytes for the same counts.

        They are a MessagePack array: the version of this form, the count of zeros, and for every bin how many
        were skipped before it and its count. The first bin is given by its index, and an array of the version
        alone is a histogram that is not complete.
        One value takes 5 to 15 bytes, and all bins together, each with a fractional count, 96,205.
        """
        if not self.is_complete:
            return _ENCODER.encode([_VERSION])
        numbers: list[int | float] = [_VERSION, _shortest(self.zeros)]
        following = 0
        for index, count in self.bins:
            numbers += (index - following, _shortest(count))
            following = index + 1
        return _ENCODER.encode(numbers)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Histogram":
        """Returns the histogram that `to_bytes` gave these bytes for.

        Raises:
            DamagedHistogramError: They are of no histogram, or of a later version.
        """
        if len(data) > _MOST_BYTES:
            raise DamagedHistogramError(f"{len(data)} bytes are more than the {_MOST_BYTES} it can take")
        try:
            numbers = _DECODER.decode(data)
        except msgspec.DecodeError as error:
            raise DamagedHistogramError("they are no array of numbers") from error
        if not numbers or numbers[0] != _VERSION:
            version = numbers[0] if numbers else "missing"
            raise DamagedHistogramError(f"its version is {version}, and only {_VERSION} is known")
        if len(numbers) == 1:
            return _INCOMPLETE
        if len(numbers) % 2:
            raise DamagedHistogramError("a bin has no count")
        zeros = float(numbers[1])
        if not 0 <= zeros < math.inf:
            raise DamagedHistogramError(f"the count of zeros is {zeros}")
        return cls(tuple(_read_bins(numbers)), zeros)


_EMPTY = Histogram()
_INCOMPLETE = Histogram(is_complete=False)


def bin_edges(index: int) -> tuple[float, float]:
    """Returns where a bin begins (inclusive) and ends (exclusive)."""
    return _EDGES[index - _LOWEST], _EDGES[index - _LOWEST + 1]


def _bin_of(value: float) -> int:
    return min(max(bisect_right(_EDGES, value) - 1 + _LOWEST, _LOWEST), _HIGHEST)


def _shortest(count: float) -> int | float:
    return int(count) if count < _MOST_WHOLE and count.is_integer() else count


def _read_bins(numbers: list[int | float]) -> Iterator[tuple[int, float]]:
    following = 0
    for position in range(2, len(numbers), 2):
        step, count = numbers[position], float(numbers[position + 1])
        is_first = position == 2
        if isinstance(step, float) or (step < 0 and not is_first):
            raise DamagedHistogramError(f"the step to a bin is {step}")
        index = following + step
        if not _LOWEST <= index <= _HIGHEST:
            raise DamagedHistogramError(f"there is no bin {index}")
        if not 0 < count < math.inf:
            raise DamagedHistogramError(f"the count of bin {index} is {count}")
        yield index, count
        following = index + 1
