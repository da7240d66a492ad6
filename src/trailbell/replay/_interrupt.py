"""Ctrl-C as a wish that is looked at between files, so that nothing is left half done."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Protocol

__all__ = ["interruptible"]


class _Stop(Protocol):
    def is_set(self) -> bool: ...


@contextmanager
def interruptible(stop: _Stop | None) -> Iterator[Callable[[], bool]]:
    """Gives a function that says whether to leave off: asked to by ``stop`` or by the first Ctrl-C.

    A second Ctrl-C ends the program as usual. Only the main thread hears of either, and somebody else's
    handler is left alone.
    """
    pressed = threading.Event()

    def is_stopping() -> bool:
        return pressed.is_set() or (stop is not None and stop.is_set())

    def note(_number: int, _frame: FrameType | None) -> None:
        pressed.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    is_ours = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
    if not is_ours:
        yield is_stopping
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield is_stopping
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
