"""Requests the running system cannot carry out."""

from trailbell._errors import TrailbellError

__all__ = ["ChainError", "UnknownAlarmError"]


class ChainError(TrailbellError):
    """What was asked does not fit what is there; the message says what to do first."""


class UnknownAlarmError(ChainError):
    """There is no alarm of this name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"no alarm is called {name!r} (`trailbell alarm list` shows all)")
