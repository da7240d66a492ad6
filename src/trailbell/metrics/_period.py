"""The grid of periods, counted from the epoch."""

__all__ = ["floor_to"]


def floor_to(at_ms: int, period_seconds: int) -> int:
    """Returns the last instant at or before `at_ms` that is a whole multiple of the period, in ms."""
    return at_ms - at_ms % (period_seconds * 1000)
