"""A bound on the series that the dimensions of metric filters can make.

Dimensions are text from logs. The user guide warns that CloudWatch may disable a filter that makes 1,000
different pairs of name and value within an hour; here only the samples beyond lose their dimensions.
"""

from collections.abc import Callable

__all__ = ["SeriesLimit"]

_HOUR_MS = 3_600_000


class SeriesLimit:
    """Counts the sets of dimensions that each filter of a set has made within the hour.

    Args:
        exceeded: Told the index of a filter when it first goes beyond in an hour.
        most: How many sets a filter may make in an hour.
    """

    def __init__(self, exceeded: Callable[[int], None], most: int = 1000) -> None:
        self._exceeded = exceeded
        self._most = most
        self._hour = -1
        self._made: dict[int, set[tuple[tuple[str, str], ...]]] = {}
        self._told: set[int] = set()

    def begin(self, now_ms: int) -> None:
        """Begins anew where another hour has begun."""
        hour = now_ms // _HOUR_MS
        if hour != self._hour:
            self._hour, self._made, self._told = hour, {}, set()

    def admits(self, index: int, dimensions: tuple[tuple[str, str], ...]) -> bool:
        """Says whether a filter may publish with these dimensions, and remembers them."""
        made = self._made.setdefault(index, set())
        if dimensions in made:
            return True
        if len(made) < self._most:
            made.add(dimensions)
            return True
        if index not in self._told:
            self._told.add(index)
            self._exceeded(index)
        return False
