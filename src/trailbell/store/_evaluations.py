"""As of when alarms were last judged."""

from sqlalchemy import Connection, insert, select, update

from trailbell.store._schema import evaluation

__all__ = ["Evaluations"]


class Evaluations:
    """One instant, kept so that it is known after a restart."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def last_ms(self) -> int | None:
        """Returns as of when alarms were last judged; None if they never were."""
        found = self._connection.execute(select(evaluation.c.at_ms)).scalar()
        return None if found is None else int(found)

    def set_last(self, at_ms: int) -> None:
        """Remembers as of when alarms were judged."""
        if not self._connection.execute(update(evaluation).values(at_ms=at_ms)).rowcount:
            self._connection.execute(insert(evaluation).values(at_ms=at_ms))
