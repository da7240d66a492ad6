"""The one place where the running system asks what time it is."""

import time
from typing import Protocol

__all__ = ["Clock", "SystemClock"]


class Clock(Protocol):
    """Something that knows the time; tests hand in one they turn themselves."""

    def now_ms(self) -> int:
        """Returns milliseconds since the epoch, UTC."""


class SystemClock:
    """The machine's clock."""

    def now_ms(self) -> int:
        """Returns milliseconds since the epoch, UTC."""
        return time.time_ns() // 1_000_000
