"""Composite alarms that ring because one metric alarm does: they notify on behalf of silent ones."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TypeAlias

from trailbell.account._names import read_arn
from trailbell.account._snapshot import FoundComposite
from trailbell.alarms import AlarmRuleError, AlarmState, alarm_name_of, evaluate_rule, parse_rule

__all__ = ["Composites"]

_DEEPEST = 100
_StateOf: TypeAlias = Callable[[str], AlarmState | None]


class Composites:
    """The composite alarms of one account and region, with the names of its metric alarms."""

    def __init__(
        self, found: Iterable[FoundComposite], metric_alarms: Iterable[str], account: str, region: str
    ) -> None:
        self._account = account
        self._region = region
        self._metric_alarms = frozenset(metric_alarms)
        self._rules: dict[str, Callable[[_StateOf], bool]] = {}
        self._found: dict[str, FoundComposite] = {}
        for each in found:
            place = read_arn(each.arn)
            if place is None or (place.account, place.region) != (account, region):
                continue
            name = place.resource.partition(":")[2]
            try:
                self._rules[name] = partial(evaluate_rule, parse_rule(each.rule))
            except AlarmRuleError:
                # Such a composite alarm rings for nothing that can be told.
                continue
            self._found[name] = each

    def ringing_with(self, alarm_name: str) -> tuple[FoundComposite, ...]:
        """Returns the composite alarms that are in ALARM while this one metric alarm is, and not else."""
        before, during = self._states(frozenset()), self._states(frozenset([alarm_name]))
        return tuple(
            each
            for name, each in self._found.items()
            if before[name] != AlarmState.ALARM and during[name] == AlarmState.ALARM
        )

    def _states(self, ringing: frozenset[str]) -> Mapping[str, AlarmState]:
        states: dict[str, AlarmState] = {}
        for name in self._rules:
            self._settle(name, ringing, states, 0)
        return states

    def _settle(
        self, name: str, ringing: frozenset[str], states: dict[str, AlarmState], depth: int
    ) -> AlarmState:
        if name in states:
            return states[name]
        if depth > _DEEPEST:
            return AlarmState.OK
        # In a cycle an alarm is OK where it meets itself.
        states[name] = AlarmState.OK

        def state_of(reference: str) -> AlarmState | None:
            other = alarm_name_of(reference, self._region, self._account)
            if other in ringing:
                return AlarmState.ALARM
            if other in self._rules:
                return self._settle(other, ringing, states, depth + 1)
            return AlarmState.OK if other in self._metric_alarms else None

        holds = self._rules[name](state_of)
        states[name] = AlarmState.ALARM if holds else AlarmState.OK
        return states[name]
