"""Drills that cannot be carried out."""

from trailbell._errors import TrailbellError

__all__ = ["DrillError"]


class DrillError(TrailbellError):
    """What cannot be proven, or not like this; the message says why."""
