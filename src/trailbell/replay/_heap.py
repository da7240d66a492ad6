"""How a process that reads files uses its memory."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["keep_heap", "without_collection"]

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
# The most that glibc takes for blocks, and more than a file and its records need.
_BLOCK_BYTES = 32 * 1024 * 1024
_FREE_BYTES = 256 * 1024 * 1024


def keep_heap() -> None:
    """Has the C library keep memory that is freed.

    Else each file of some mebibytes is mapped and unmapped anew, page by page. Only glibc has these settings.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, _BLOCK_BYTES)
        mallopt(_TRIM_THRESHOLD, _FREE_BYTES)
    except (AttributeError, OSError, TypeError):
        return


@contextmanager
def without_collection() -> Iterator[None]:
    """Holds the collector back, which finds nothing among records but looks at all of them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
