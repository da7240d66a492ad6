"""The one source of randomness: seeded by words, so that the same words give the same traffic."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

__all__ = ["Chance", "Quantiles", "Wheel"]

_T = TypeVar("_T")

_ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_KEY_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_LOWER_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


class Chance:
    """A seeded random source that speaks of CloudTrail's identifiers.

    Args:
        words: What the sequence depends on; text and numbers, joined into one seed.
    """

    __slots__ = ("bits", "random", "share")

    def __init__(self, *words: str | int) -> None:
        self.random = Random("/".join(map(str, words)))  # noqa: S311 - made-up traffic, nothing secret
        self.share = self.random.random
        self.bits = self.random.getrandbits

    def pick(self, choices: Sequence[_T]) -> _T:
        """Returns one of the choices, each as likely as the others."""
        return choices[int(self.share() * len(choices))]

    def favourite(self, choices: Sequence[_T]) -> _T:
        """Returns one of the choices, the first ones far more often than the last."""
        share = self.share()
        return choices[int(share * share * len(choices))]

    def between(self, low: int, high: int) -> int:
        """Returns a whole number from `low` to `high`, both included."""
        return low + int(self.share() * (high - low + 1))

    def whole(self, expected: float) -> int:
        """Returns one of the two whole numbers around `expected`, so that the mean is `expected`."""
        return int(expected + self.share())

    def uuid(self) -> str:
        """Returns an identifier in the form of an event ID."""
        digits = f"{self.bits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def hexadecimal(self, length: int) -> str:
        """Returns that many hexadecimal digits."""
        return f"{self.bits(length * 4):0{length}x}"

    def alphanumeric(self, length: int) -> str:
        """Returns that many letters and digits."""
        return "".join(self.random.choices(_ALPHANUMERIC, k=length))

    def lower(self, length: int) -> str:
        """Returns that many small letters and digits."""
        return "".join(self.random.choices(_LOWER_LETTERS, k=length))

    def unique_id(self, prefix: str, length: int) -> str:
        """Returns an IAM identifier: the prefix, random letters, and EXAMPLE, as in AWS's own examples."""
        return prefix + "".join(self.random.choices(_KEY_LETTERS, k=length - len(prefix) - 7)) + "EXAMPLE"

    def access_key_id(self, prefix: str) -> str:
        """Returns an access key ID of 20 characters that can belong to nobody."""
        return self.unique_id(prefix, 20)


class Wheel(Generic[_T]):
    """Things to choose from, each with its weight."""

    __slots__ = ("_choices", "_cumulative", "_last", "total")

    def __init__(self, weighted: Sequence[tuple[_T, float]]) -> None:
        self._choices = [choice for choice, _ in weighted]
        self._cumulative = list(accumulate(weight for _, weight in weighted))
        self._last = len(weighted) - 1
        self.total = self._cumulative[-1]

    def spin(self, chance: Chance) -> _T:
        """Returns one choice, as often as its weight says."""
        place = bisect_right(self._cumulative, chance.share() * self.total)
        return self._choices[min(place, self._last)]


class Quantiles:
    """A distribution given by its quantiles, with straight lines between them on a logarithmic scale.

    Args:
        points: Pairs of share (0 to 1, rising) and positive value (not falling).
    """

    __slots__ = ("_logarithms", "_shares", "mean")

    def __init__(self, points: Sequence[tuple[float, float]]) -> None:
        self._shares = [share for share, _ in points]
        self._logarithms = [math.log(value) for _, value in points]
        self.mean = sum(self.at((step + 0.5) / 2000) for step in range(2000)) / 2000

    def at(self, share: float) -> float:
        """Returns the value that this share of all values lies below."""
        right = min(max(bisect_right(self._shares, share), 1), len(self._shares) - 1)
        low, high = self._shares[right - 1], self._shares[right]
        bottom, top = self._logarithms[right - 1], self._logarithms[right]
        return math.exp(bottom + (top - bottom) * (share - low) / (high - low))
