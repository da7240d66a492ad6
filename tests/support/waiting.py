"""Waits for what another thread brings about."""

import threading
import time
from collections.abc import Callable

__all__ = ["wait_until"]

_PATIENCE_SECONDS = 60.0


def wait_until(holds: Callable[[], bool], patience_seconds: float = _PATIENCE_SECONDS) -> None:
    """Returns as soon as the condition holds, and fails where it never does."""
    deadline = time.monotonic() + patience_seconds
    never = threading.Event()
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        never.wait(0.005)
