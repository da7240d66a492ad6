"""Counts by key in bounded space: exact up to a number of keys, heavy hitters with an error bound beyond it.

The summary is Misra and Gries's, in the mergeable form of Agarwal et al., "Mergeable Summaries" (PODS 2012).
"""

from collections import Counter
from collections.abc import Hashable
from typing import Generic, TypeVar

__all__ = ["Tally"]

_KeyT = TypeVar("_KeyT", bound=Hashable)


class Tally(Generic[_KeyT]):
    """A count that is being made.

    The true count of any key stays between its count here, 0 if it was dropped, and that plus the bound.

    Attributes:
        counts: The count of each key kept.
        error_bound: By how much a count may be short; 0 as long as there were never too many keys.
    """

    def __init__(self, maximum_keys: int) -> None:
        self.counts: Counter[_KeyT] = Counter()
        self.error_bound = 0
        self._maximum_keys = maximum_keys

    def add(self, counts: Counter[_KeyT], error_bound: int = 0) -> None:
        """Adds other counts, and the bound of what they lack."""
        self.counts.update(counts)
        self.error_bound += error_bound
        # Some slack, so that a long row of new keys is not sorted again for each of them.
        if len(self.counts) > 2 * self._maximum_keys:
            self.close()

    def close(self) -> None:
        """Cuts the keys down to the most frequent ones if there are too many.

        What the first key left out has is taken from every key, so that no key loses more than that.
        """
        if len(self.counts) <= self._maximum_keys:
            return
        excess = sorted(self.counts.values(), reverse=True)[self._maximum_keys]
        self.counts = Counter({key: count - excess for key, count in self.counts.items() if count > excess})
        self.error_bound += excess
