"""A whole chain on a real store and folder, moved by hand: no threads, no waiting."""

import io
from pathlib import Path
from typing import Any

from support.clock import START_MS, ManualClock
from support.ready_store import ready_store
from support.records import write_log
from trailbell.chain import AlarmDetail, Chain, RecordClasses
from trailbell.settings import Settings

__all__ = ["UNAUTHORIZED", "Scenario"]

UNAUTHORIZED = "unauthorized_api_calls_alarm"


class Scenario:
    """Files in, ticks and deliveries by hand, states and messages out."""

    def __init__(self, folder: Path, clock: ManualClock | None = None, **settings: Any) -> None:
        self.folder = folder
        self.logs = folder / "logs"
        self.logs.mkdir(exist_ok=True)
        self.clock = clock or ManualClock(START_MS + 10_000)
        self.terminal = io.StringIO()
        given = {"source": (str(self.logs),), "notify": ("-",), **settings}
        self.settings = Settings(data=str(folder / "data"), **given)
        self._open()

    def _open(self) -> None:
        self.store = ready_store(Path(self.settings.data))
        self.chain = Chain(self.settings, self.store, self.clock, self.terminal, "http://127.0.0.1:4747")

    def restart(self) -> None:
        """Ends the process's view of the world and begin again from the disk."""
        self.close()
        self._open()

    def close(self) -> None:
        self.store.close()

    def drop(self, name: str, records: list[dict[str, Any]]) -> Path:
        """Writes a log file and have it read."""
        path = write_log(self.logs / name, records)
        self.chain.take_all()
        return path

    def tick(self, minutes: float = 1) -> None:
        """Turns the clock and judge."""
        self.clock.turn(minutes=minutes)
        self.chain.tick()

    def alarm(self, name: str = UNAUTHORIZED) -> AlarmDetail:
        return self.chain.report.alarm(name)

    def state(self, name: str = UNAUTHORIZED) -> str:
        return self.alarm(name).state

    def classes(self) -> RecordClasses:
        [source] = self.chain.report.status().sources
        return source.records

    def delivered(self) -> str:
        """Delivers what is due and returns all that the terminal has shown."""
        self.chain.deliver_all()
        return self.terminal.getvalue()
