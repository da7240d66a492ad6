"""What metric filters of one log group publish, and which alarms would see it.

Follows rows 5 and 6 of cis-controls section 3: every transformation is read, and a metric is its namespace,
name, dimensions and unit, in one account and region.
"""

import math
import re
from collections.abc import Iterable, Sequence

import msgspec

from trailbell.account._alarm_definition import WatchedMetric, Watcher
from trailbell.account._coverage import narrowed
from trailbell.account._names import Arn
from trailbell.account._raising import Background, Raising, Sample, raising
from trailbell.account._result import Link
from trailbell.account._snapshot import FoundFilter, FoundTransformation
from trailbell.alarms import Alarm, ComparisonOperator
from trailbell.metrics import NO_UNIT, MetricKey

__all__ = ["Feed", "Seen", "feeds_of", "seen_by"]

_CRITERION = re.compile(
    r"""\s*@aws\.(account|region)\s*(!=|=|NOT\s+IN\b|IN\b)\s*(\[[^\]]*\]|["']?[a-z0-9-]+["']?)\s*""",
    re.IGNORECASE,
)
_AND = re.compile(r"(?:&&|\bAND\b)", re.IGNORECASE)
_ACCOUNT_DIMENSION, _REGION_DIMENSION = "@aws.account", "@aws.region"


class Feed(msgspec.Struct, frozen=True):
    """One transformation of one filter; ``problem`` says why its metric cannot be relied on, or is empty.

    ``is_selection_known`` is false where it cannot be told which events the filter's field selection takes.
    """

    filter: FoundFilter
    transformation: FoundTransformation
    problem: str = ""
    is_selection_known: bool = True

    @property
    def metric_name(self) -> str:
        """The metric as it is written in reports."""
        return f"{self.transformation.namespace}/{self.transformation.name}"

    @property
    def key(self) -> tuple[str, str]:
        """Namespace and name: feeds of one key add up."""
        return self.transformation.namespace, self.transformation.name

    @property
    def unit(self) -> str:
        """The unit of what is published."""
        return self.transformation.unit or NO_UNIT

    @property
    def value(self) -> float | None:
        """The number that a match publishes; None where it stands in the event."""
        try:
            number = float(self.transformation.value)
        except ValueError:
            return None
        return number if math.isfinite(number) else None

    @property
    def dimension_names(self) -> frozenset[str]:
        """The names of all dimensions of the metric."""
        return frozenset((*self.transformation.dimensions, *self.filter.system_dimensions))


class Seen(msgspec.Struct, frozen=True):
    """What an alarm makes of a feed.

    ``pattern`` matches the events that the alarm gets to see; it is None where it sees none, and ``link`` and
    ``reason`` say what is at fault. An alarm that sees them but would not be raised has both. ``is_known`` is
    false where the alarm cannot be evaluated here.
    """

    feed: Feed
    pattern: str | None
    link: Link = Link.ALARM
    reason: str = ""
    stays: bool = False
    is_known: bool = True

    @property
    def is_raised(self) -> bool:
        """Whether one event that matches raises the alarm."""
        return self.pattern is not None and not self.reason


def feeds_of(filters: Iterable[FoundFilter], group: Arn) -> tuple[Feed, ...]:
    """Returns the feeds of a log group's filters.

    A filter that takes only the events of another account or region, by field selection, feeds nothing here.
    """
    return tuple(
        Feed(each, transformation, _problem(each, transformation), selected is not None)
        for each in filters
        if (selected := _is_for(each.field_selection_criteria, group)) is not False
        for transformation in each.transformations
    )


def _is_for(criteria: str, group: Arn) -> bool | None:
    """Says whether field selection takes the events of a group's account and region; None: not known."""
    if not criteria.strip():
        return True
    answers = [_meets(each, group) for each in _AND.split(criteria)]
    return False if False in answers else None if None in answers else True


def _meets(criterion: str, group: Arn) -> bool | None:
    found = _CRITERION.fullmatch(criterion)
    if found is None:
        return None
    values = [each.strip(" \t\n\"'") for each in found[3].strip("[]").split(",")]
    own = group.account if found[1].lower() == "account" else group.region
    return (own in values) != found[2].upper().startswith(("!", "NOT"))


def _problem(metric_filter: FoundFilter, transformation: FoundTransformation) -> str:
    value = transformation.value
    if value.startswith("$"):
        return (
            f"filter {metric_filter.name} publishes the value of the field {value}, which most events "
            "lack: let "
            "it publish 1"
        )
    return ""


def seen_by(watcher: Watcher, feeds: Sequence[Feed], group: Arn, others: Sequence[Feed]) -> tuple[Seen, ...]:
    """Returns what an alarm makes of each feed whose metric it looks at; ``others`` are all of the group."""
    seen = []
    for feed in feeds:
        same = [each for each in watcher.watched if _is_of(each, feed, group)]
        if not same or watcher.region != group.region:
            continue
        tried = [_seen(watcher, each, feed, group, others) for each in same]
        seen.append(next((each for each in tried if each.is_raised), tried[0]))
    return tuple(seen)


def _is_of(watched: WatchedMetric, feed: Feed, group: Arn) -> bool:
    return watched.account == group.account and (watched.metric.namespace, watched.metric.name) == feed.key


def _seen(watcher: Watcher, watched: WatchedMetric, feed: Feed, group: Arn, others: Sequence[Feed]) -> Seen:
    if feed.problem:
        return Seen(feed, None, Link.METRIC, feed.problem)
    given, wanted = feed.dimension_names, frozenset(name for name, _ in watched.metric.dimensions)
    if given != wanted:
        return _split(watcher, feed, wanted)
    if watched.unit is not None and watched.unit != feed.unit:
        reason = (
            f"alarm {watcher.name} reads the unit {watched.unit} and filter {feed.filter.name} publishes "
            f"{feed.unit}: take the unit off the alarm"
        )
        return Seen(feed, None, Link.ALARM, reason)
    pattern = _pattern(feed, watched.metric, group)
    if pattern is None:
        reason = (
            f"alarm {watcher.name} sees only part of what filter {feed.filter.name} splits by dimensions: "
            "let "
            "the filter publish without dimensions"
        )
        return Seen(feed, None, Link.METRIC, reason)
    if watcher.alarm is None:
        return _unevaluated(watcher, feed, pattern)
    told = _raising(watcher.alarm, watched.metric, feed, others)
    if told.is_raised:
        return Seen(feed, pattern, stays=told.stays)
    if feed.value == 0:
        reason = f"filter {feed.filter.name} publishes 0 for each match: let it publish 1"
        return Seen(feed, pattern, Link.METRIC, reason)
    return Seen(feed, pattern, Link.ALARM, f"alarm {watcher.name}: {told.reason}")


def _split(watcher: Watcher, feed: Feed, wanted: frozenset[str]) -> Seen:
    if not feed.dimension_names:
        reason = (
            f"alarm {watcher.name} watches the metric with the dimensions {_names(wanted)}, and filter "
            f"{feed.filter.name} publishes it without: take the dimensions off the alarm"
        )
        return Seen(feed, None, Link.ALARM, reason)
    with_what = f"with {_names(wanted)} only" if wanted else "without dimensions"
    reason = (
        f"filter {feed.filter.name} splits its metric by {_names(feed.dimension_names)}, and alarm "
        f"{watcher.name} "
        f"watches it {with_what}: let the filter publish without dimensions"
    )
    return Seen(feed, None, Link.METRIC, reason)


def _names(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))


def _pattern(feed: Feed, metric: MetricKey, group: Arn) -> str | None:
    """Returns the pattern of the events that land in one series of a metric that is split."""
    pattern: str | None = feed.filter.pattern
    for name, value in metric.dimensions:
        if name in (_ACCOUNT_DIMENSION, _REGION_DIMENSION):
            pattern = pattern if value in (group.account, group.region) else None
        elif pattern is not None:
            pattern = narrowed(pattern, feed.transformation.dimensions[name], value)
    return pattern


def _unevaluated(watcher: Watcher, feed: Feed, pattern: str) -> Seen:
    operator = str(watcher.found.definition.get("ComparisonOperator"))
    if operator not in frozenset[str](ComparisonOperator):
        reason = f"alarm {watcher.name} compares with a band that moves: give it the static threshold >= 1"
        return Seen(feed, pattern, Link.ALARM, reason)
    reason = f"alarm {watcher.name} cannot be evaluated here ({watcher.reason})"
    return Seen(feed, pattern, Link.ALARM, reason, is_known=False)


def _raising(alarm: Alarm, metric: MetricKey, feed: Feed, others: Sequence[Feed]) -> Raising:
    value = feed.value
    if value is None:
        return Raising(False, "the value that is published is no number: let the filter publish 1")
    watched = frozenset(alarm.watched)
    backgrounds = dict.fromkeys(
        Background(MetricKey(*other.key), other.transformation.default_value, other.unit)
        for other in others
        if other.transformation.default_value is not None
        and not other.dimension_names
        and MetricKey(*other.key) in watched
    )
    return raising(alarm, Sample(metric, value, feed.unit), tuple(backgrounds))
