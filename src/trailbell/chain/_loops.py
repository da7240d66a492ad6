"""The threads that keep the chain moving; each is one small loop over a step that stands elsewhere."""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec
import structlog

from trailbell._errors import TrailbellError
from trailbell.chain._clock import Clock
from trailbell.chain._trouble import Troubles
from trailbell.sources import DirectorySource, FoundFile, UnreadableFile

__all__ = ["Found", "IngestLoop", "Loop", "SecondLoop", "TickLoop", "Timing", "groups_of"]

_log = structlog.get_logger(__name__)

Found = FoundFile | UnreadableFile

_FILES_AT_ONCE = 64
_BYTES_AT_ONCE = 32 * 1024 * 1024
_QUEUED_FILES = 1024
_LOOK_AGAIN_SECONDS = 5.0


class Loop:
    """A thread that runs until it is asked to stop; what fails is logged and tried again."""

    pause_seconds = 1.0

    def __init__(self, name: str, troubles: Troubles) -> None:
        self.name = name
        self.troubles = troubles
        self.stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep_running, name=name, daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def stop(self) -> None:
        """Asks the loop to end after the step in hand."""
        self.stopping.set()

    def join(self, timeout_seconds: float) -> bool:
        """Waits for the end; False if the step in hand goes on."""
        if self._thread.ident is not None:
            self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    def run(self) -> None:
        """Does the work until ``stopping`` is set."""
        raise NotImplementedError

    def _keep_running(self) -> None:
        while not self.stopping.is_set():
            try:
                self.run()
            except TrailbellError as error:
                self.troubles.report(self.name, str(error))
                _log.error("stopped short, will go on", loop=self.name, reason=str(error))
            except Exception as error:
                # A defect in one step must not end the watch over everything else.
                self.troubles.report(self.name, f"{type(error).__name__}: {error}")
                _log.exception("stopped short, will go on", loop=self.name)
            self.stopping.wait(self.pause_seconds)


class Timing(msgspec.Struct, frozen=True):
    """When a step is due: so many seconds after every whole multiple of a length of time."""

    offset_seconds: int
    every_seconds: int = 60


class TickLoop(Loop):
    """Runs a step at a steady distance, some seconds late, so that what it looks at is complete."""

    def __init__(
        self,
        name: str,
        troubles: Troubles,
        clock: Clock,
        step: Callable[[], object],
        timing: Timing,
    ) -> None:
        super().__init__(name, troubles)
        self._clock = clock
        self._step_once = step
        self._offset_ms = timing.offset_seconds * 1000
        self._every_ms = timing.every_seconds * 1000

    def run(self) -> None:
        """Runs the step now (once, after whatever time was missed) and then at every tick."""
        while not self.stopping.is_set():
            self._step_once()
            self.troubles.clear(self.name)
            now_ms = self._clock.now_ms()
            ticks = (now_ms - self._offset_ms) // self._every_ms
            next_ms = (ticks + 1) * self._every_ms + self._offset_ms
            # Waiting in short parts follows a clock that is set while we wait.
            while not self.stopping.is_set() and (left_ms := next_ms - self._clock.now_ms()) > 0:
                if left_ms > self._every_ms:
                    break
                self.stopping.wait(min(left_ms / 1000, 1.0))


class SecondLoop(Loop):
    """Runs a step every second; one that mostly finds nothing to do, and at little cost."""

    def __init__(self, name: str, troubles: Troubles, step: Callable[[], object]) -> None:
        super().__init__(name, troubles)
        self._step_once = step

    def run(self) -> None:
        """Runs the step now and then every second."""
        while not self.stopping.is_set():
            self._step_once()
            self.troubles.clear(self.name)
            self.stopping.wait(1.0)


class IngestLoop(Loop):
    """Feeds one source's files, in groups, to a step; a second thread watches the folder meanwhile."""

    def __init__(
        self,
        source: DirectorySource,
        troubles: Troubles,
        rescan_seconds: float,
        take: Callable[[Sequence[Found]], None],
        caught_up: Callable[[], None],
    ) -> None:
        super().__init__(f"ingest {source.path}", troubles)
        self._source = source
        self._rescan_seconds = rescan_seconds
        self._take_group = take
        self._caught_up = caught_up
        self._found: queue.Queue[Found] = queue.Queue(_QUEUED_FILES)
        self._watching: threading.Thread | None = None

    def run(self) -> None:
        """Takes everything that is there, then everything that comes."""
        for group in groups_of(self._source.scan()):
            if self.stopping.is_set():
                return
            self._take(group)
        self._caught_up()
        self._watching = threading.Thread(target=self._watch, name=f"watch {self._source.path}", daemon=True)
        self._watching.start()
        while not self.stopping.is_set() and self._watching.is_alive():
            for group in groups_of(self._arrived()):
                self._take(group)

    def _watch(self) -> None:
        try:
            for found in self._source.changes(self.stopping, self._rescan_seconds):
                while not self.stopping.is_set():
                    try:
                        self._found.put(found, timeout=1.0)
                    except queue.Full:
                        continue
                    break
        except TrailbellError as error:
            self.troubles.report(self.name, str(error))
            _log.error("the source cannot be watched, will try again", reason=str(error))

    def _arrived(self) -> Iterator[Found]:
        """Yield what has arrived, waiting only for the first."""
        try:
            yield self._found.get(timeout=0.5)
            while True:
                yield self._found.get_nowait()
        except queue.Empty:
            return

    def _take(self, group: Sequence[Found]) -> None:
        try:
            self._take_group(group)
            self.troubles.clear(self.name)
        except TrailbellError as error:
            self.troubles.report(self.name, str(error))
            _log.error("files not taken, will try again", files=len(group), reason=str(error))
            self._look_again(group)
        except Exception as error:
            if len(group) == 1:
                self.troubles.report(self.name, f"{group[0].name}: {type(error).__name__}: {error}")
                _log.exception("file not taken, will try again", file=group[0].name)
                self._look_again(group)
                return
            # One file that trips us must not hold up those that came with it.
            for each in group:
                self._take([each])

    def _look_again(self, group: Iterable[Found]) -> None:
        for each in group:
            if isinstance(each, FoundFile):
                self._source.look_again(each, _LOOK_AGAIN_SECONDS)


def groups_of(found: Iterable[Found]) -> Iterator[list[Found]]:
    """Cuts what was found into groups of bounded number and size, each committed in one transaction."""
    group: list[Found] = []
    size = 0
    for each in found:
        group.append(each)
        size += each.size_bytes if isinstance(each, FoundFile) else 0
        if len(group) >= _FILES_AT_ONCE or size >= _BYTES_AT_ONCE:
            yield group
            group, size = [], 0
    if group:
        yield group
