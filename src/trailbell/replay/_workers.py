"""Who reads the files: this process, or several that it starts."""

import contextlib
import gc
import multiprocessing
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkContext, SpawnContext
from multiprocessing.process import BaseProcess

from trailbell.replay._errors import ReplayError
from trailbell.replay._files import ReplayFile
from trailbell.replay._heap import keep_heap
from trailbell.replay._parts import encode
from trailbell.replay._reading import Plan, Reader

__all__ = ["Workers"]

# Small files are handed out together: a message costs as much as a hundred kilobytes of work.
_FILES_AT_ONCE = 16
_BYTES_AT_ONCE = 2 * 1024 * 1024

# While one task is in hand another waits.
_TASKS_EACH = 2

_LOOK_SECONDS = 0.2
# What is in hand is waited for when a replay is stopped, unless it is a very long file.
_PATIENCE_SECONDS = 3.0
_JOIN_SECONDS = 5.0


class Workers:
    """Processes that read files; they end with the block they were started in.

    Args:
        plan: What they do.
        number: How many there are.

    Raises:
        ReplayError: One cannot be started.
    """

    def __init__(self, plan: Plan, number: int) -> None:
        self._in_hand: dict[Connection, list[list[ReplayFile]]] = {}
        self._processes: dict[Connection, BaseProcess] = {}
        context = _context()
        try:
            for _ in range(number):
                ours, theirs = context.Pipe()
                inherited = [*self._processes, ours] if _can_fork() else []
                process = context.Process(target=_work, args=(theirs, plan, inherited), daemon=True)
                process.start()
                theirs.close()
                self._processes[ours] = process
                self._in_hand[ours] = []
        except OSError as error:
            self.end()
            raise ReplayError(f"no process can be started to read files: {error}") from error

    def outcomes(
        self, files: Iterator[ReplayFile], is_stopping: Callable[[], bool]
    ) -> Iterator[tuple[ReplayFile, bytes]]:
        """Yields what came of each file, in any order; asked to stop, only of those in hand.

        Raises:
            ReplayError: A process ended, as it does when the system has no memory left.
        """
        tasks = _tasks(files)
        for connection in self._in_hand:
            self._give(connection, tasks)
        left_off: float | None = None
        while any(self._in_hand.values()):
            if left_off is None and is_stopping():
                left_off = time.monotonic()
            if left_off is not None and time.monotonic() - left_off > _PATIENCE_SECONDS:
                return
            busy = [each for each, in_hand in self._in_hand.items() if in_hand]
            for ready in wait(busy, _LOOK_SECONDS):
                if not isinstance(ready, Connection):
                    continue
                outcomes = self._receive(ready)
                done = self._in_hand[ready].pop(0)
                if not is_stopping():
                    self._give(ready, tasks)
                yield from zip(done, outcomes, strict=True)

    def end(self) -> None:
        """Ends all processes."""
        for connection in self._processes:
            connection.close()
        for process in self._processes.values():
            process.join(_JOIN_SECONDS)
            if process.is_alive():
                process.kill()
                process.join()

    def _give(self, connection: Connection, tasks: Iterator[list[ReplayFile]]) -> None:
        while len(self._in_hand[connection]) < _TASKS_EACH and (task := next(tasks, None)):
            with contextlib.suppress(BrokenPipeError):
                # Its end shows when its answer is waited for.
                connection.send(task)
            self._in_hand[connection].append(task)

    def _receive(self, connection: Connection) -> list[bytes]:
        try:
            outcomes: list[bytes] = connection.recv()
        except (EOFError, ConnectionError) as error:
            process = self._processes[connection]
            process.join(_JOIN_SECONDS)
            name = self._in_hand[connection][0][0].name
            raise ReplayError(
                f"a process ended while it read {name} or what follows it (exit code {process.exitcode})"
            ) from error
        return outcomes


def _context() -> ForkContext | SpawnContext:
    return multiprocessing.get_context("fork") if _can_fork() else multiprocessing.get_context("spawn")


def _can_fork() -> bool:
    """Whether this process may copy itself, so that nothing need be imported again."""
    # Copies of a process with threads are not safe, nor any on macOS.
    return sys.platform.startswith("linux") and threading.active_count() == 1


def _tasks(files: Iterator[ReplayFile]) -> Iterator[list[ReplayFile]]:
    task: list[ReplayFile] = []
    size_bytes = 0
    for file in files:
        if task and (len(task) == _FILES_AT_ONCE or size_bytes + file.size_bytes > _BYTES_AT_ONCE):
            yield task
            task, size_bytes = [], 0
        task.append(file)
        size_bytes += file.size_bytes
    if task:
        yield task


def _work(connection: Connection, plan: Plan, inherited: list[Connection]) -> None:
    """Reads files until the other end is closed."""
    # The one who asked decides when to stop, and tells by closing the connection.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # As a copy of the parent it holds the parent's ends: nobody would ever see one close.
    for each in inherited:
        each.close()
    keep_heap()
    gc.freeze()
    gc.disable()
    reader = Reader(plan)
    while True:
        try:
            task: list[ReplayFile] = connection.recv()
        except (EOFError, ConnectionError):
            return
        outcomes = [encode(outcome) for each in task if (outcome := reader.read(each)) is not None]
        try:
            connection.send(outcomes)
        except (BrokenPipeError, ConnectionError):
            return
