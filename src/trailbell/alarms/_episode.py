"""The data that an ALARM rests on, from where it begins: whoever is in it is told to be behind the ALARM."""

from collections.abc import Collection
from typing import Protocol

from trailbell.alarms._alarm import Alarm, AlarmState
from trailbell.alarms._slots import evaluation_range

__all__ = ["MOST_LEAVES", "AlarmEpisode", "composite_episode_start"]

MOST_LEAVES = 500
"""Of how many alarms on metrics, by name, the callers are told behind a composite alarm.

It may stand on thousands, by others; naming who is behind it has to end.
"""


class AlarmEpisode(Protocol):
    """An alarm on a metric, its state, and where the data of its present or last ALARM begins."""

    @property
    def definition(self) -> Alarm: ...

    @property
    def state(self) -> AlarmState: ...

    @property
    def episode_start_ms(self) -> int | None: ...


def composite_episode_start(leaves: Collection[AlarmEpisode], at_ms: int) -> int:
    """Returns where the data begins that a composite alarm's ALARM at an instant rests on.

    That is the data of the alarms below it which are in ALARM themselves. Where none is, as with a rule that
    asks for OK, it is where their evaluation looks back to.
    """
    ringing = [each for each in leaves if each.state is AlarmState.ALARM]
    starts = [each.episode_start_ms for each in ringing if each.episode_start_ms is not None]
    if not starts:
        starts = [evaluation_range(each.definition, at_ms)[0] for each in leaves]
    return min(starts, default=at_ms)
