"""What composite alarms would have done: they move with the alarms they mention, by the server's own rules.

What follows from what is ``alarms.follow_moves``; what holds actions back is ``alarms.suppress_change`` and
its kin. A move to ALARM pages when its actions are taken, which a suppressor may put off or prevent.
"""

from collections.abc import Sequence

import msgspec

from trailbell.alarms import (
    LATEST_END_MS,
    Alarm,
    AlarmState,
    ChildState,
    CompositeAlarm,
    CompositeChange,
    CompositeConfiguration,
    DefinitionEvent,
    Suppression,
    SuppressionStep,
    alarm_arn,
    change_after,
    composite_episode_start,
    composite_transition,
    end_period,
    follow_moves,
    follow_suppressor,
    suppress_change,
)
from trailbell.replay._composition import Composition
from trailbell.replay._steps import Moved, Step, Steps

__all__ = ["run_composites"]


class _Leaf(msgspec.Struct):
    """An alarm on a metric as it stands."""

    definition: Alarm
    transitioned_ms: int
    state: AlarmState = AlarmState.INSUFFICIENT_DATA
    episode_start_ms: int | None = None


class _Composite(msgspec.Struct):
    """A composite alarm as it stands; ``held`` is the step whose actions are held back."""

    definition: CompositeAlarm
    number: int
    leaves: Sequence[_Leaf]
    transitioned_ms: int
    state: AlarmState = AlarmState.INSUFFICIENT_DATA
    suppression: Suppression = Suppression()
    held: int | None = None


def run_composites(
    composition: Composition, alarms: Sequence[Alarm], steps: Steps, span: tuple[int, int]
) -> None:
    """Adds the steps of all composite alarms, numbered as they stand in the composition.

    Args:
        composition: They, and what they stand on.
        alarms: The alarms on metrics, by the numbers that were noted.
        steps: What those did, and where what follows is added.
        span: When all are made, and when the replay ends.
    """
    run = _Run(composition, alarms, steps, span[0])
    for at_ms, moved in steps.together():
        # As the server does it: what is due at a tick waits for what the tick brings.
        run.end_periods(at_ms - LATEST_END_MS)
        run.follow(at_ms, moved)
        run.end_periods(at_ms)
    run.end_periods(span[1] - 1)
    steps.close()


class _Run:
    """All composite alarms on their way."""

    def __init__(
        self, composition: Composition, alarms: Sequence[Alarm], steps: Steps, start_ms: int
    ) -> None:
        self._composition = composition
        self._steps = steps
        self._start_ms = start_ms
        self._names = [each.name for each in alarms]
        self._leaves = {each.name: _Leaf(each, start_ms) for each in alarms}
        self._composites: dict[str, _Composite] = {}
        # When periods end that run.
        self._due: dict[str, int] = {}
        for number, each in enumerate(composition.composites):
            leaves = [self._leaves[leaf.name] for leaf in composition.leaves_of(each.name)]
            self._composites[each.name] = _Composite(each, number, leaves, start_ms)
            change = composite_transition(self._configuration(each.name), DefinitionEvent.CREATED, start_ms)
            if change is not None:
                self._move(each.name, change)
                self._suppress(each.name, start_ms)

    def follow(self, at_ms: int, moved: Sequence[Moved]) -> None:
        """Moves all that stands on alarms that have moved together."""
        names = [self._names[each.alarm] for each in moved]
        for name, each in zip(names, moved, strict=True):
            leaf = self._leaves[name]
            leaf.state, leaf.transitioned_ms = each.state, at_ms
            if each.state is AlarmState.ALARM:
                leaf.episode_start_ms = each.start_ms
        done = follow_moves(
            self._composition, names, lambda name, mentioned: self._evaluate(name, mentioned, at_ms)
        )
        for name in done:
            self._suppress(name, at_ms)
        for name in self._composition.suppressed_by({*names, *done}):
            if name not in done:
                composite = self._composites[name]
                suppressor = self._suppressor(name)
                step = follow_suppressor(composite.definition, composite.suppression, suppressor, at_ms)
                self._take(name, step, at_ms)

    def end_periods(self, until_ms: int) -> None:
        """Ends the periods that are over by an instant."""
        over = [(due_ms, name) for name, due_ms in self._due.items() if due_ms <= until_ms]
        for due_ms, name in sorted(over):
            self._take(name, end_period(self._composites[name].suppression, until_ms), due_ms)

    def _evaluate(self, name: str, mentioned: Sequence[str], at_ms: int) -> CompositeChange | None:
        change = change_after(self._configuration(name), mentioned, at_ms)
        if change is not None:
            self._move(name, change)
        return change

    def _move(self, name: str, change: CompositeChange) -> None:
        composite = self._composites[name]
        start_ms = change.at_ms
        if change.new_state is AlarmState.ALARM:
            start_ms = composite_episode_start(composite.leaves, change.at_ms)
        # When all alarms are made there is no data yet.
        seen_ms = change.at_ms + 1 if change.at_ms > self._start_ms else change.at_ms
        spans = ((start_ms, seen_ms),)
        step = Step(change.at_ms, change.old_state, change.new_state, change.reason, start_ms, spans)
        composite.state, composite.transitioned_ms = change.new_state, change.at_ms
        composite.held = self._steps.add(composite.number, step)

    def _suppress(self, name: str, at_ms: int) -> None:
        alarm = self._composites[name].definition
        self._take(name, suppress_change(alarm, self._suppressor(name), at_ms), at_ms)

    def _take(self, name: str, step: SuppressionStep, at_ms: int) -> None:
        composite = self._composites[name]
        composite.suppression = step.suppression
        self._due.pop(name, None)
        if step.suppression.due_ms is not None:
            self._due[name] = step.suppression.due_ms
        if step.takes_actions and composite.held is not None:
            if composite.state is AlarmState.ALARM and composite.definition.actions_enabled:
                self._steps.page(composite.held, at_ms)
            composite.held = None

    def _suppressor(self, name: str) -> ChildState | None:
        suppressor = self._composition.suppressor_of(name)
        return None if suppressor is None else self._child_state(suppressor)

    def _configuration(self, name: str) -> CompositeConfiguration:
        composite, place = self._composites[name], self._composition.place
        return CompositeConfiguration(
            alarm=composite.definition,
            account_id=place.account_id,
            region=place.region,
            configuration_updated_ms=self._start_ms,
            state=composite.state,
            state_updated_ms=composite.transitioned_ms,
            children=tuple(map(self._child_state, self._composition.children[name])),
        )

    def _child_state(self, name: str) -> ChildState:
        place = self._composition.place
        standing = self._leaves.get(name) or self._composites[name]
        return ChildState(
            arn=alarm_arn(place.region, place.account_id, name),
            state=standing.state,
            transitioned_ms=standing.transitioned_ms,
            updated_ms=standing.transitioned_ms,
        )
