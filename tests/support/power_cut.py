"""Cuts the power of a chain in this process: before a chosen statement or commit of its database."""

from types import TracebackType
from typing import Any

from sqlalchemy import Engine, event

from support.ready_store import new_database

__all__ = ["Fuse", "PowerCutError"]


class PowerCutError(BaseException):
    """The power is gone; nothing that catches errors may catch this."""


class Fuse:
    """Counts what any database of this process is about to do, and blows before the given one (from 1 on).

    Once blown, it lets nothing more through until it is taken out.
    """

    def __init__(self, blows_at: int | None = None) -> None:
        self.blows_at = blows_at
        self.passed = 0

    def __enter__(self) -> "Fuse":
        # Made here, it does not count as what a database is about to do.
        new_database()
        event.listen(Engine, "before_cursor_execute", self._pass)
        event.listen(Engine, "commit", self._pass)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None
    ) -> None:
        event.remove(Engine, "before_cursor_execute", self._pass)
        event.remove(Engine, "commit", self._pass)

    def _pass(self, *_: Any) -> None:
        if self.blows_at is not None and self.passed + 1 >= self.blows_at:
            raise PowerCutError
        self.passed += 1
