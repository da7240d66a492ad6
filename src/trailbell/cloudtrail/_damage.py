"""The error for bytes that cannot be read as a log file."""

from trailbell._errors import TrailbellError

__all__ = ["DamagedContentError"]


class DamagedContentError(TrailbellError):
    """Content that is no log file as a whole; nothing of it was taken.

    Attributes:
        reason: What is wrong.
        offset: The byte it was noticed at, -1 where that is not known.
        truncated: Whether the content simply ends too early, so that it may still be being written;
            otherwise it is broken and will not mend by waiting.
    """

    def __init__(self, reason: str, offset: int = -1, *, truncated: bool = False) -> None:
        place = "" if offset < 0 else f" at byte {offset}"
        advice = (
            "read it again once it is complete"
            if truncated
            else "fetch it again or take it out of the source"
        )
        super().__init__(f"not a readable log file: {reason}{place}; {advice}")
        self.reason = reason
        self.offset = offset
        self.truncated = truncated
