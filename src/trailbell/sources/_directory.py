"""A folder that is watched: change events for speed, rescans for certainty."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trailbell.sources._contract import FileContent, FoundFile, SourceError, UnreadableFile
from trailbell.sources._folder import LINK_OUTWARD
from trailbell.sources._logger import log
from trailbell.sources._opened import OpenedFile
from trailbell.sources._places import Place, place_at
from trailbell.sources._reading import open_within, read_whole
from trailbell.sources._seen import LooksDue, SeenFiles
from trailbell.sources._watcher import FolderWatch

__all__ = ["DirectorySource"]

# A watch that broke off begins anew after this, with a rescan, and not at once: that may repeat.
_LOST_SECONDS = 5.0


class DirectorySource:
    """The CloudTrail files of a folder of any depth, or a single file; it keeps the promises of ``Source``.

    Candidates are the names that contain ``.json``.
    Left out are names that end in ``.tmp``, ``.part`` or ``~``, and all that begins with a dot.
    Links to files are followed inside the folder, links to folders never.
    Up to ``remembered`` files are kept in mind, so that a rescan yields only what is new.
    """

    def __init__(self, path: Path, remembered: int = 100_000) -> None:
        # Not resolved: a link that names the folder may be pointed elsewhere while the server runs.
        self.path = path.absolute()
        self._seen = SeenFiles(remembered)
        self._looks_due = LooksDue()
        self._is_gone = False
        self._outward_link: str | None = None
        self._told_link: str | None = None

    def scan(self) -> Iterator[FoundFile | UnreadableFile]:
        """All that is there now, in sorted order per folder, seen before or not.

        Raises:
            SourceError: the place cannot be used at all.
        """
        return place_at(self.path).scan()

    def changes(self, stop: threading.Event, rescan_seconds: float) -> Iterator[FoundFile | UnreadableFile]:
        """All that is there, then all that appears or changes, until ``stop`` is set.

        A file is seen within about 100 ms where the system tells of changes, else by the next rescan.

        Raises:
            SourceError: the place cannot be used at all; raised by the call itself, before the first item.
        """
        place_at(self.path)
        return self._follow(stop, rescan_seconds)

    def find(self, name: str) -> FoundFile | UnreadableFile | None:
        """The file of that name as it is now; None where it is gone. Safe from any thread."""
        place = self._place()
        return None if place is None else place.look(name)

    def look_again(self, found: FoundFile, after_seconds: float) -> None:
        """Has ``changes`` yield the file once more after a while, changed or not; safe from any thread."""
        self._looks_due.add(found.name, time.monotonic() + after_seconds)

    def read_file(self, found: FoundFile, max_size_bytes: int) -> FileContent:
        """The bytes of a file that was found; safe from any thread.

        Raises:
            SourceError: the file is gone, is larger than ``max_size_bytes``, or cannot be read.
        """
        return read_whole(self.open_file(found), found, max_size_bytes)

    @contextmanager
    def open_file(self, found: FoundFile) -> Iterator[OpenedFile]:
        """Opens a file that was found, to be read in chunks whatever its size; safe from any thread.

        Raises:
            SourceError: the file is gone or cannot be read; raised on entering the block, and by the chunks.
        """
        with open_within(place_at(self.path).bounds(found), found) as file:
            yield file

    def _follow(self, stop: threading.Event, rescan_seconds: float) -> Iterator[FoundFile | UnreadableFile]:
        watch = FolderWatch(stop)
        try:
            # Links that lead outside must be known before the watch begins.
            yield from self._rescan(stop)
            while not stop.is_set():
                watch.follow(*self._to_watch())
                # Finds what came before the watch began, and what its events left out.
                yield from self._rescan(stop)
                yield from self._listen(watch, stop, rescan_seconds)
        finally:
            watch.close()

    def _listen(
        self, watch: FolderWatch, stop: threading.Event, seconds: float
    ) -> Iterator[FoundFile | UnreadableFile]:
        until = time.monotonic() + seconds
        while not stop.is_set() and (left := until - time.monotonic()) > 0:
            changed = watch.wait(left)
            if watch.is_lost:
                until = min(until, time.monotonic() + _LOST_SECONDS)
            place = self._place()
            if (place is None) != self._is_gone:
                return
            if place is None:
                continue
            for path in changed:
                yield from self._new_among(place.inspect(path))
            for name in self._looks_due.take(time.monotonic()):
                item = place.look(name)
                if item is not None:
                    self._seen.is_new(item)
                    yield item

    def _rescan(self, stop: threading.Event) -> Iterator[FoundFile | UnreadableFile]:
        place = self._place()
        self._tell_if_gone(is_gone=place is None)
        if place is None:
            return
        self._outward_link = None
        self._seen.begin_scan()
        for item in place.scan():
            if stop.is_set():
                return
            if isinstance(item, UnreadableFile) and item.reason == LINK_OUTWARD:
                self._outward_link = item.name
            if self._seen.is_new(item):
                yield item
        self._seen.end_scan()

    def _new_among(self, items: Iterator[FoundFile | UnreadableFile]) -> Iterator[FoundFile | UnreadableFile]:
        return (item for item in items if self._seen.is_new(item))

    def _place(self) -> Place | None:
        try:
            return place_at(self.path)
        except SourceError:
            return None

    def _to_watch(self) -> tuple[Path | None, bool]:
        """The folder whose events are wanted now, and whether those of its subfolders are."""
        place = self._place()
        if place is None:
            return None, False
        if self._outward_link is not None:
            # The library behind the watch follows links to folders: one to / would have it watch everything.
            self._tell_of_outward_link(self._outward_link)
            return None, False
        return place.watched, place.is_deep

    def _tell_if_gone(self, *, is_gone: bool) -> None:
        if is_gone and not self._is_gone:
            log().warning("the source is gone; it is taken up again when it is back", path=str(self.path))
        if self._is_gone and not is_gone:
            log().info("the source is back", path=str(self.path))
        self._is_gone = is_gone

    def _tell_of_outward_link(self, name: str) -> None:
        if name != self._told_link:
            log().warning(
                "no change events for the source; its files are found by rescans alone",
                path=str(self.path),
                reason=f"{name} is a symbolic link to a folder outside",
            )
        self._told_link = name
