"""What `trailbell replay` does while it works: it shows how far it is, and listens for Ctrl-C."""

import contextlib
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType

from trailbell.replay import Progress, duration_text

__all__ = ["StopRequest", "progress_bar"]


class StopRequest:
    """Turns the first SIGINT or SIGTERM into a word to end; the second ends the process as usual.

    A handler runs between any two steps of the main thread, so it takes no lock: it only sets a flag.
    """

    def __init__(self) -> None:
        self._is_asked = False
        self._before: dict[signal.Signals, Callable[[int, FrameType | None], object] | int | None] = {}

    def __enter__(self) -> "StopRequest":
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._take)
        return self

    def __exit__(self, *_: object) -> None:
        self._restore()

    def is_set(self) -> bool:
        """Says whether it was asked to end."""
        return self._is_asked

    def _take(self, _number: int, _frame: FrameType | None) -> None:
        self._is_asked = True
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()


@contextlib.contextmanager
def progress_bar() -> Iterator[Callable[[Progress], None] | None]:
    """Yields a function that shows how far the replay has come; None where nobody would see it."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich import progress as bars  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415 - the CLI starts without it

    columns = (
        bars.TextColumn("{task.fields[files]} files"),
        bars.BarColumn(),
        bars.DownloadColumn(),
        bars.TransferSpeedColumn(),
        bars.TextColumn("ETA {task.fields[left]}"),
    )
    # Without a thread that redraws it: where there is only one, processes start by being copied.
    with bars.Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task("replay", total=None, files="0", left="-")

        def show(done: Progress) -> None:
            left = done.left_seconds
            bar.update(
                task,
                completed=done.bytes_done,
                total=done.bytes_total or None,
                files=f"{done.files_done:,}/{done.files_total:,}",
                left="-" if left is None else duration_text(left),
                refresh=True,
            )

        yield show
