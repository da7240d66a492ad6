"""Which alarms of some rules stand on which others, and whether all of it could be put."""

from collections.abc import Collection, Iterable, Sequence
from graphlib import CycleError, TopologicalSorter

import msgspec

from trailbell._errors import RequestRefusedError
from trailbell.alarms import (
    MOST_LEAVES,
    Alarm,
    AlarmDefinitionError,
    CompositeAlarm,
    alarm_name_of,
    check_composite_references,
    child_names,
    parse_rule,
    read_reference,
    referenced_alarms,
)
from trailbell.metrics import MetricKey
from trailbell.replay._errors import RulesError

__all__ = ["Composition", "Place"]


class Place(msgspec.Struct, frozen=True):
    """Where alarms live, which their ARNs tell."""

    region: str
    account_id: str


_OF_A_SERVER = Place("us-east-1", "000000000000")
"""Where the alarms of a server live that was told nothing about it."""


class Composition:
    """Composite alarms and those they stand on.

    Args:
        alarms: The alarms on metrics.
        composites: The composite alarms, each valid by itself.

    Attributes:
        place: That of the first ARN in them, else the place of a server that was told none.
        composites: They, in an order in which each follows those that it mentions.
        children: The names of the alarms that the rule of each mentions.
        needed: The names of the alarms on metrics on which any of them depends.

    Raises:
        RulesError: They could not be put, as AWS would refuse one or they depend on one another in a circle.
    """

    def __init__(self, alarms: Sequence[Alarm], composites: Sequence[CompositeAlarm]) -> None:
        self.place = _place_of(composites)
        self._alarms = {each.name: each for each in alarms}
        by_name = {each.name: each for each in composites}
        self.children = {each.name: self._children_of(each) for each in composites}
        self._suppressors = {
            each.name: alarm_name_of(each.suppressor, self.place.region, self.place.account_id)
            for each in composites
            if each.suppressor is not None
        }
        self._parents: dict[str, list[str]] = {}
        for name, children in self.children.items():
            for child in children:
                self._parents.setdefault(child, []).append(name)
        inner = {
            name: [child for child in children if child in self.children]
            for name, children in self.children.items()
        }
        self._inner_children = {name: children for name, children in inner.items() if children}
        for each in composites:
            self._check(each)
        self.composites = tuple(by_name[name] for name in self._in_order())
        mentioned = {child for children in self.children.values() for child in children}
        self.needed = self._alarms.keys() & (mentioned | set(self._suppressors.values()))

    def parents(self, names: Collection[str]) -> dict[str, list[str]]:
        """Lists the composite alarms whose rule mentions any of some alarms, each with those it mentions."""
        found: dict[str, list[str]] = {}
        for name in names:
            for parent in self._parents.get(name, ()):
                found.setdefault(parent, []).append(name)
        return found

    def inner_children(self) -> dict[str, list[str]]:
        """Lists all composite alarms whose rule mentions others, each with those others."""
        return self._inner_children

    def suppressor_of(self, name: str) -> str | None:
        """Returns the name of the alarm that holds the actions of a composite alarm back."""
        return self._suppressors.get(name)

    def suppressed_by(self, names: Collection[str]) -> list[str]:
        """Lists the composite alarms that any of some alarms suppresses."""
        return [name for name, suppressor in self._suppressors.items() if suppressor in names]

    def leaves_of(self, name: str) -> tuple[Alarm, ...]:
        """Returns the alarms on metrics below a composite alarm by name: at most 500."""
        below: dict[str, None] = {}
        waiting = [*self.children[name]]
        while waiting:
            each = waiting.pop()
            if each not in below:
                below[each] = None
                waiting.extend(self.children.get(each, ()))
        return tuple(self._alarms[each] for each in sorted(below) if each in self._alarms)[:MOST_LEAVES]

    def metrics_of(self, name: str) -> tuple[MetricKey, ...]:
        """Returns the metrics that those alarms watch, each once."""
        return tuple(dict.fromkeys(metric for each in self.leaves_of(name) for metric in each.watched))

    def _children_of(self, composite: CompositeAlarm) -> tuple[str, ...]:
        return child_names(parse_rule(composite.rule), self.place.region, self.place.account_id)

    def _check(self, composite: CompositeAlarm) -> None:
        known = self._alarms.keys() | self.children.keys()
        try:
            check_composite_references(
                composite,
                self.place.region,
                self.place.account_id,
                known.__contains__,
                lambda name: sum(parent != composite.name for parent in self._parents.get(name, ())),
            )
        except (AlarmDefinitionError, RequestRefusedError) as error:
            raise RulesError(f"composite alarm {composite.name!r}", str(error)) from error

    def _in_order(self) -> tuple[str, ...]:
        """Returns the names in an order in which AWS would let them be put: after all that they mention."""
        mentioned = {
            name: [each for each in (*children, self._suppressors.get(name)) if each in self.children]
            for name, children in self.children.items()
        }
        try:
            return tuple(TopologicalSorter(mentioned).static_order())
        except CycleError as error:
            # Each is a predecessor of the next.
            circle = [str(each) for each in reversed(error.args[1])]
            raise RulesError(
                f"composite alarm {circle[0]!r}", f"it depends on itself: {' -> '.join(circle)}"
            ) from error


def _place_of(composites: Iterable[CompositeAlarm]) -> Place:
    for composite in composites:
        references = [*referenced_alarms(parse_rule(composite.rule)), composite.suppressor or ""]
        for found in map(read_reference, references):
            if found.region is not None and found.account_id is not None:
                return Place(found.region, found.account_id)
    return _OF_A_SERVER
