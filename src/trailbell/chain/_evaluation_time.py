"""When alarms are judged, and as of when; what is known of the evaluation before."""

import msgspec

from trailbell.alarms import Alarm, tick_interval_seconds
from trailbell.chain._clock import Clock
from trailbell.metrics import floor_to
from trailbell.store import Store, StoredAlarm

__all__ = ["EvaluationTime", "Moment", "is_high_resolution"]

_SECOND_MS = 1000
_MINUTE_SECONDS = 60

# By how much a clock may be set back without time going back for alarms. Alarms by the minute look at three
# minutes at least, so that data which comes with the time of such a clock is still looked at.
_HELD_MS = 120_000

_MISSED_TICKS = 2


class Moment(msgspec.Struct, frozen=True):
    """One time of evaluation.

    Attributes:
        now_ms: The time by the clock, which changes are stamped with.
        judged_ms: As of when alarms are judged: the same, unless the clock was just set back a little.
        all_before_ms: As of when all alarms were judged before; None where they never were.
        newest_before_ms: As of when those with a period below a minute were.
        set_back_ms: How far the clock was set back since then, where it was more than a little; else 0.
        offset_seconds: How long after the whole minute alarms are judged.
    """

    now_ms: int
    judged_ms: int
    all_before_ms: int | None
    newest_before_ms: int | None
    set_back_ms: int
    offset_seconds: int

    def is_due(self, stored: StoredAlarm) -> bool:
        """Whether an alarm's own tick has come: of those judged every hour it has not, most minutes.

        An alarm that was put since the evaluation before is judged too, so that it need not wait for an hour.
        """
        interval = tick_interval_seconds(stored.definition)
        if interval <= _MINUTE_SECONDS or self.all_before_ms is None:
            return True
        offset_ms = self.offset_seconds * _SECOND_MS
        this, last = (floor_to(each - offset_ms, interval) for each in (self.judged_ms, self.all_before_ms))
        return this != last or stored.configuration_updated_ms >= self.all_before_ms

    def gap_since(self, stored: StoredAlarm) -> int | None:
        """Returns since when an alarm was not judged, where that is more than two of its ticks; else None."""
        is_often = is_high_resolution(stored.definition)
        before_ms = self.newest_before_ms if is_often else self.all_before_ms
        # What was put or moved since then was not there to be judged, or was judged eagerly.
        if before_ms is None or max(stored.state_updated_ms, stored.configuration_updated_ms) > before_ms:
            return None
        ticks_ms = _MISSED_TICKS * tick_interval_seconds(stored.definition) * _SECOND_MS
        return before_ms if self.judged_ms - before_ms > ticks_ms else None


class EvaluationTime:
    """Remembers when alarms were judged, over restarts too.

    Where the clock is set back a little, time stands still for alarms until it has caught up: they are judged
    as of the latest time there was, so that none ends and rings again for the same data. Where it is set back
    further they are judged by the new time, as nobody knows what the old one was worth.

    Args:
        store: Where the last time is kept.
        clock: The time.
        offset_seconds: How long after the whole minute alarms are judged.
    """

    def __init__(self, store: Store, clock: Clock, offset_seconds: int) -> None:
        self._store = store
        self._clock = clock
        self._offset_seconds = offset_seconds
        self._is_read = False
        self._all_ms: int | None = None
        self._newest_ms: int | None = None
        self._minute_ms: int | None = None
        self._unsaved_ms: int | None = None

    @property
    def is_minute_due(self) -> bool:
        """Whether the tick of the present minute has not been done by this process."""
        return self._minute_ms != self._minute_at(self._clock.now_ms())

    def moment(self) -> Moment:
        """Returns the present moment."""
        if not self._is_read:
            with self._store.read() as transaction:
                self._all_ms = self._newest_ms = transaction.evaluations.last_ms()
            self._is_read = True
        now_ms = self._clock.now_ms()
        latest_ms = now_ms if self._newest_ms is None else max(now_ms, self._newest_ms)
        set_back_ms = latest_ms - now_ms
        if set_back_ms <= _HELD_MS:
            judged_ms, set_back_ms = latest_ms, 0
        else:
            judged_ms = now_ms
        return Moment(now_ms, judged_ms, self._all_ms, self._newest_ms, set_back_ms, self._offset_seconds)

    def done(self, moment: Moment, *, of_all: bool) -> None:
        """Remembers that all alarms, or those judged between the whole minutes, have been judged."""
        self._newest_ms = moment.judged_ms
        if of_all:
            self._all_ms = moment.judged_ms
            self._minute_ms = self._minute_at(moment.now_ms)
        self._unsaved_ms = moment.judged_ms
        self.save()

    def save(self) -> None:
        """Writes down what is not yet: a full disk may have kept it from being written."""
        if self._unsaved_ms is not None:
            with self._store.write() as transaction:
                transaction.evaluations.set_last(self._unsaved_ms)
            self._unsaved_ms = None

    def _minute_at(self, at_ms: int) -> int:
        return floor_to(at_ms - self._offset_seconds * _SECOND_MS, _MINUTE_SECONDS)


def is_high_resolution(alarm: Alarm) -> bool:
    """Says whether an alarm is judged between the whole minutes as well."""
    return tick_interval_seconds(alarm) < _MINUTE_SECONDS
