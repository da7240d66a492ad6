"""The chains from one log group: which filters drive which alarm together, and who notifies for it."""

from collections.abc import Mapping, Sequence

import msgspec

from trailbell.account._alarm_definition import Watcher
from trailbell.account._composites import Composites
from trailbell.account._feeds import Feed, Seen, feeds_of, seen_by
from trailbell.account._names import Arn, log_group_arn, read_arn
from trailbell.account._snapshot import FoundAlarm, FoundComposite, Snapshot

__all__ = ["Candidate", "Group"]


class Candidate(msgspec.Struct, frozen=True):
    """Feeds that could drive a notification together.

    ``watchers`` are the metric alarms that see them; ``notifier`` is the alarm whose actions are taken. Both
    are missing where no alarm looks at the metric.
    """

    feeds: tuple[Feed, ...]
    watchers: tuple[Watcher, ...] = ()
    notifier: FoundAlarm | FoundComposite | None = None

    @property
    def patterns(self) -> frozenset[str]:
        """The patterns of all feeds."""
        return frozenset(each.filter.pattern for each in self.feeds)


class Group:
    """A log group with its filters, and the alarms of its account and region."""

    def __init__(self, arn: str, place: Arn, snapshot: Snapshot, watchers: Sequence[Watcher]) -> None:
        self.arn = arn
        self.place = place
        self.filters = tuple(each for each in snapshot.filters if log_group_arn(each.log_group_arn) == arn)
        self.feeds = feeds_of(self.filters, place)
        self._by_key: dict[tuple[str, str], list[Feed]] = {}
        for feed in self.feeds:
            self._by_key.setdefault(feed.key, []).append(feed)
        self._seen: dict[str, tuple[Seen, ...]] = {}
        self._watchers = [each for each in watchers if each.region == place.region]
        self._composites = _composites_by_account(snapshot, self._watchers, place.region)
        self.candidates = tuple(self._candidates())

    def seen(self, watcher: Watcher) -> tuple[Seen, ...]:
        """Returns what a metric alarm makes of the feeds of this group; worked out once."""
        if watcher.found.arn not in self._seen:
            feeds = self._feeds_of(watcher)
            self._seen[watcher.found.arn] = seen_by(watcher, feeds, self.place, self.feeds)
        return self._seen[watcher.found.arn]

    def _candidates(self) -> list[Candidate]:
        found: list[Candidate] = []
        by_composite: dict[str, list[Watcher]] = {}
        composites: dict[str, FoundComposite] = {}
        watched_keys: set[tuple[str, str]] = set()
        for watcher in self._watchers:
            feeds = self._feeds_of(watcher)
            if not feeds:
                continue
            watched_keys.update(each.key for each in feeds)
            found.append(Candidate(feeds, (watcher,), watcher.found))
            for composite in self._composites[watcher.account].ringing_with(watcher.name):
                composites[composite.arn] = composite
                by_composite.setdefault(composite.arn, []).append(watcher)
        for arn, watchers in by_composite.items():
            by_id = {id(feed): feed for each in watchers for feed in self._feeds_of(each)}
            feeds = tuple(by_id.values())
            found.append(Candidate(feeds, tuple(watchers), composites[arn]))
        for key, alone in self._by_key.items():
            if key not in watched_keys:
                found.append(Candidate(tuple(alone)))
        return found

    def _feeds_of(self, watcher: Watcher) -> tuple[Feed, ...]:
        keys = dict.fromkeys(
            (each.metric.namespace, each.metric.name)
            for each in watcher.watched
            if each.account == self.place.account
        )
        return tuple(feed for key in keys for feed in self._by_key.get(key, ()))


def _composites_by_account(
    snapshot: Snapshot, watchers: Sequence[Watcher], region: str
) -> Mapping[str, Composites]:
    names: dict[str, list[str]] = {}
    for each in watchers:
        names.setdefault(each.account, []).append(each.name)
    for composite in snapshot.composites:
        place = read_arn(composite.arn)
        if place is not None:
            names.setdefault(place.account, [])
    return {
        account: Composites(snapshot.composites, given, account, region) for account, given in names.items()
    }
