"""One life of a real server, from its start to whatever ends it; its log goes to a file."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["Life"]

_PATIENCE_SECONDS = 120.0
_LOOK_SECONDS = 0.005
_ENDING_SECONDS = 30.0
_SAID_AT_THE_END = 2_000


class Life:
    """A server process that has just been started.

    Args:
        data: Its data folder.
        logs: The folder it watches.
        log: The file its standard error is added to.
        arguments: Further flags of `serve`.
    """

    def __init__(self, data: Path, logs: Path, log: Path, *arguments: str) -> None:
        self._log = log
        command = [sys.executable, "-P", "-m", "trailbell", "serve", "--listen", "127.0.0.1:0"]
        environment = {name: text for name, text in os.environ.items() if not name.startswith("TRAILBELL_")}
        # Without compiled modules every start would take three times as long.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        with log.open("ab") as standard_error:
            self._log_start = standard_error.tell()
            self._started = time.perf_counter()
            self.process = subprocess.Popen(
                [*command, "--data", str(data), "--source", str(logs), *arguments],
                stdout=subprocess.DEVNULL,
                stderr=standard_error,
                env=environment,
            )

    def __enter__(self) -> "Life":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.kill()

    @property
    def age_seconds(self) -> float:
        """How long ago it was started."""
        return time.perf_counter() - self._started

    @property
    def url(self) -> str | None:
        """Where it listens; None as long as it has not said so."""
        for line in self._said().splitlines(keepends=True):
            if line.startswith("listening on ") and line.endswith("\n"):
                return line.removeprefix("listening on ").strip()
        return None

    def live(self, seconds: float) -> None:
        """Lets it live on for a while; it must not end by itself."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return
        raise AssertionError(f"the server ended by itself with {code}: {self._said()[-_SAID_AT_THE_END:]}")

    def until(self, holds: Callable[[], bool], what: str, every_seconds: float = _LOOK_SECONDS) -> float:
        """Waits until a condition holds; returns the age at which it did, in seconds."""
        deadline = time.perf_counter() + _PATIENCE_SECONDS
        while not holds():
            if time.perf_counter() > deadline:
                raise AssertionError(f"waited in vain until {what}: {self._said()[-_SAID_AT_THE_END:]}")
            self.live(every_seconds)
        return self.age_seconds

    def until_ready(self) -> float:
        """Waits until it listens; returns its age in seconds."""
        return self.until(lambda: self.url is not None, "the server listens")

    def status(self) -> Any:
        """Asks for its status."""
        with urllib.request.urlopen(f"{self.url}/api/v1/status", timeout=_PATIENCE_SECONDS) as answer:  # noqa: S310
            return json.load(answer)

    def kill(self) -> None:
        """Ends it without a warning."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(_ENDING_SECONDS)

    def stop(self) -> None:
        """Asks it to end, and holds it to ending well."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(_ENDING_SECONDS)
        if code != 0:
            raise AssertionError(f"the server ended with {code}: {self._said()[-_SAID_AT_THE_END:]}")

    def _said(self) -> str:
        with self._log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")
