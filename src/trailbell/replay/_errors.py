"""What a replay is refused for, and what ends one."""

from trailbell._errors import TrailbellError

__all__ = ["ReplayError", "RulesError"]


class ReplayError(TrailbellError):
    """A replay that cannot be carried out, or on."""


class RulesError(TrailbellError):
    """Rules that cannot be replayed.

    Attributes:
        place: Which table, or which key of it.
        reason: What is wrong with it.
    """

    def __init__(self, place: str, reason: str) -> None:
        self.place = place
        self.reason = reason
        super().__init__(f"{place}: {reason}")
