"""Work that has to be put in order before the program ends, whatever signal ends it."""

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

__all__ = ["ended_in_order"]

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def ended_in_order() -> Iterator[None]:
    """Has SIGTERM and a closed terminal interrupt as Ctrl-C does, and each only once.

    A second one would end what the first had put in order.
    """
    before = {each: signal.getsignal(each) for each in _ENDING}
    # Who has a closed terminal ignored, as nohup does, wants the work to go on.
    taken = [each for each in _ENDING if before[each] is not signal.SIG_IGN]

    def interrupt(number: int, frame: FrameType | None) -> NoReturn:
        for each in taken:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each in taken:
        signal.signal(each, interrupt)
    try:
        yield
    finally:
        for each in taken:
            signal.signal(each, before[each])
