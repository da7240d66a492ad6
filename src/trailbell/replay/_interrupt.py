"""Ctrl-C as a wish that is looked at between files, so that nothing is left half done."""

import io
import select
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import BinaryIO, Protocol

__all__ = ["chunks_as_they_come", "interruptible"]

_CHUNK_BYTES = 1024 * 1024
_LOOK_SECONDS = 0.2


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


def chunks_as_they_come(stream: BinaryIO, is_stopping: Callable[[], bool]) -> Iterator[bytes]:
    """Yields what a stream gives until its end, or until it is time to leave off though it is silent."""
    if not isinstance(stream, io.BufferedReader):
        yield from iter(lambda: stream.read(_CHUNK_BYTES), b"")
        return
    while not is_stopping():
        # To read is to wait until something comes: a signal does not end that.
        if not select.select([stream], [], [], _LOOK_SECONDS)[0]:
            continue
        chunk = stream.read1(_CHUNK_BYTES)
        if not chunk:
            return
        yield chunk
