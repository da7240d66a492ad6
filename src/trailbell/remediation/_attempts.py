"""What could mend one control: sets of changes to its filter and alarm, nearest to what is there first."""

from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.account import (
    Arn,
    ControlResult,
    FoundAlarm,
    FoundComposite,
    FoundFilter,
    FoundTransformation,
    Link,
    Snapshot,
    log_group_arn,
    read_arn,
)
from trailbell.controls import Control
from trailbell.metrics import MetricKey
from trailbell.remediation._parameters import alarm_parameters, filter_parameters
from trailbell.remediation._plan import Change, ChangeKind
from trailbell.remediation._wanted import (
    alarm_change,
    filter_change,
    metric_of,
    wanted_alarm,
    wanted_filter,
)
from trailbell.remediation._wish import Wish

__all__ = ["MOST_FILTERS", "Attempts", "watched_metrics"]

MOST_FILTERS = 100
"""How many metric filters AWS allows for a log group."""

_MOST_NAMES = 100
_MOST_ACTIONS = 5


class Attempts:
    """The changes that could mend a control whose best chain is known up to the link that breaks it.

    ``others`` are the metrics that serve other controls, as reports write them: an alarm that tells of one
    thing is not made to tell of another, even where that would be a change less.

    """

    def __init__(
        self, control: Control, result: ControlResult, snapshot: Snapshot, wish: Wish, others: frozenset[str]
    ) -> None:
        self._control = control
        self._result = result
        self._snapshot = snapshot
        self._wish = wish
        self._others = others
        self.group_arn = self._names(Link.LOG_GROUP)[0]
        place = read_arn(self.group_arn)
        if place is None:
            raise ValueError(f"{self.group_arn} is no ARN")
        self.group = place
        self._filters = [
            each for each in snapshot.filters if log_group_arn(each.log_group_arn) == self.group_arn
        ]

    @property
    def is_full(self) -> bool:
        """Whether the log group has as many metric filters as AWS allows."""
        return len(self._filters) >= MOST_FILTERS

    @property
    def topics(self) -> list[str]:
        """The topics of the chain, where it gets as far."""
        found = [each for link in (Link.ACTION, Link.TOPIC) for each in self._names(link)]
        return list(dict.fromkeys(each for each in found if ":sns:" in each))

    def in_place(self, topic_arn: str) -> Iterator[tuple[Change, ...]]:
        """Gives changes to the filter and the alarms that are there, which then notify a topic."""
        filters = [each for each in (self._mended_filter(each) for each in self._chain_filters()) if each]
        alarms = [
            each for each in (self._mended_alarm(each, topic_arn) for each in self._chain_alarms()) if each
        ]
        for alarm in alarms:
            yield (alarm,)
        for each in filters:
            yield (each,)
        for each in filters:
            for alarm in alarms:
                yield each, alarm
        for each in filters:
            metric = each.after["metricTransformations"][0]
            key = MetricKey(metric["metricNamespace"], metric["metricName"])
            yield each, self._new_alarm(key, topic_arn)

    def enabled(self) -> Iterator[tuple[Change, ...]]:
        """Gives the switching on of actions that are disabled."""
        for each in self._ringing():
            if each.arn in self._names(Link.ALARM) and not each.actions_enabled:
                yield (
                    Change(
                        kind=ChangeKind.ALARM_ACTIONS,
                        region=self.group.region,
                        name=each.arn,
                        before={"ActionsEnabled": False},
                        after={"ActionsEnabled": True},
                        why="Its actions are disabled, so that it tells nobody.",
                    ),
                )

    def filter_for_watched_metric(self) -> Iterator[tuple[Change, ...]]:
        """Gives a new filter that publishes to a metric which an alarm watches already."""
        if self.is_full:
            return
        for metric in dict.fromkeys((*self._chain_metrics(), metric_of(self._control))):
            if not self._serves_others(metric) and any(
                _watches(each, metric) for each in self._snapshot.alarms
            ):
                yield (self._new_filter(metric),)

    def alarm_on_metric(self, topic_arn: str) -> Iterator[tuple[Change, ...]]:
        """Gives a new alarm on a metric that is published already."""
        for metric in self._chain_metrics():
            yield (self._new_alarm(metric, topic_arn),)

    def anew(self, topic_arn: str) -> Iterator[tuple[Change, ...]]:
        """Gives a new filter, and a new alarm on its metric."""
        if self.is_full:
            return
        published = {(t.namespace, t.name) for each in self._snapshot.filters for t in each.transformations}
        endings = ["", *(f"-{number}" for number in range(2, _MOST_NAMES))]
        metrics = [metric_of(self._control, ending) for ending in endings]
        free = next(each for each in metrics if (each.namespace, each.name) not in published)
        for metric in dict.fromkeys((metrics[0], free)):
            yield self._new_filter(metric), self._new_alarm(metric, topic_arn)

    def _ringing(self) -> list[FoundAlarm | FoundComposite]:
        return [*self._snapshot.alarms, *self._snapshot.composites]

    def _names(self, link: Link) -> list[str]:
        return [each.name for each in self._result.chain if each.link is link]

    def _chain_metrics(self) -> list[MetricKey]:
        names = self._names(Link.METRIC)
        # A chain that breaks at its filter has no metric yet, but its filter names one.
        of = self._filters if names else self._chain_filters()
        found = (
            MetricKey(each.namespace, each.name)
            for filtered in of
            for each in filtered.transformations
            if not names or _written(each) in names
        )
        return [each for each in dict.fromkeys(found) if not self._serves_others(each)]

    def _serves_others(self, metric: MetricKey) -> bool:
        return f"{metric.namespace}/{metric.name}" in self._others

    def _chain_filters(self) -> list[FoundFilter]:
        names = self._names(Link.FILTER)
        return [
            each
            for each in self._filters
            if f"{self.group_arn}:metric-filter:{each.name}" in names
            and not any(_written(metric) in self._others for metric in each.transformations)
        ]

    def _chain_alarms(self) -> list[FoundAlarm]:
        names = self._names(Link.ALARM)
        metrics = [*self._chain_metrics(), metric_of(self._control)]
        return [
            each
            for each in self._snapshot.alarms
            if _is_at(each.arn, self.group)
            and (each.arn in names or any(_watches(each, metric) for metric in metrics))
            and not watched_metrics(each) & self._others
        ]

    def _mended_filter(self, found: FoundFilter) -> Change | None:
        if not found.transformations:
            return None
        kept = found.transformations[0]
        after = wanted_filter(
            self._control, self._wish.profile, self.group, found.name, MetricKey(kept.namespace, kept.name)
        )
        if self._result.broken_link is not Link.FILTER:
            after["filterPattern"] = found.pattern
        if kept.default_value is not None:
            after["metricTransformations"][0]["defaultValue"] = kept.default_value
        before = filter_parameters(found)
        return None if before == after else self._filter_change(after, before)

    def _mended_alarm(self, found: FoundAlarm, topic_arn: str) -> Change | None:
        metrics = self._chain_metrics()
        given = found.definition
        own = MetricKey(str(given.get("Namespace")), str(given.get("MetricName")))
        metric = own if own in metrics or not metrics else metrics[0]
        before = alarm_parameters(found)
        after = self._wanted_alarm(before["AlarmName"], metric, topic_arn)
        after["AlarmActions"] = list(dict.fromkeys((*found.alarm_actions, topic_arn)))
        if len(after["AlarmActions"]) > _MOST_ACTIONS:
            return None
        kept = {name: before[name] for name in (*found.others, "AlarmDescription") if name in before}
        after.update(kept)
        return None if before == after else self._alarm_change(after, before)

    def _new_filter(self, metric: MetricKey) -> Change:
        taken = {each.name for each in self._filters}
        name = _free(self._control.filter_name, taken)
        return self._filter_change(
            wanted_filter(self._control, self._wish.profile, self.group, name, metric), None
        )

    def _new_alarm(self, metric: MetricKey, topic_arn: str) -> Change:
        here = (each.arn for each in self._ringing() if _is_at(each.arn, self.group))
        taken = {each.partition(":alarm:")[2] for each in here}
        name = _free(str(self._control.alarm_name), taken)
        return self._alarm_change(self._wanted_alarm(name, metric, topic_arn), None)

    def _wanted_alarm(self, name: str, metric: MetricKey, topic_arn: str) -> dict[str, Any]:
        return wanted_alarm(self._control, name, metric, (topic_arn,))

    def _filter_change(self, after: Mapping[str, Any], before: Mapping[str, Any] | None) -> Change:
        return filter_change(self._control, self.group_arn, after, before, self._result.message)

    def _alarm_change(self, after: Mapping[str, Any], before: Mapping[str, Any] | None) -> Change:
        return alarm_change(self._control, self.group, after, before, self._result.message)


def _free(name: str, taken: set[str]) -> str:
    names = [name, *(f"{name}-{number}" for number in range(2, len(taken) + 3))]
    return next(each for each in names if each not in taken)


def _is_at(arn: str, group: Arn) -> bool:
    place = read_arn(arn)
    return place is not None and (place.account, place.region) == (group.account, group.region)


def _written(transformation: FoundTransformation) -> str:
    return f"{transformation.namespace}/{transformation.name}"


def _watches(alarm: FoundAlarm, metric: MetricKey) -> bool:
    return f"{metric.namespace}/{metric.name}" in watched_metrics(alarm)


def watched_metrics(alarm: FoundAlarm) -> set[str]:
    """Returns the metrics that an alarm watches, each as ``namespace/name``."""
    stats = ((each.get("MetricStat") or {}).get("Metric") for each in alarm.definition.get("Metrics") or ())
    return {
        f"{each['Namespace']}/{each['MetricName']}"
        for each in (alarm.definition, *stats)
        if each and each.get("Namespace") and each.get("MetricName")
    }
