"""The plan for an account: for each control that fails the fewest changes after which it passes.

Each candidate is tried on what was read: the judge of the audit says whether the control would pass, so that
a plan promises nothing which the audit would not confirm (cis-controls section 4).
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import msgspec

from trailbell._version import __version__
from trailbell.account import ControlResult, Link, Snapshot, Status, judge_account, read_arn
from trailbell.controls import Control, control_of, watched_controls
from trailbell.remediation._attempts import Attempts
from trailbell.remediation._plan import Change, ChangeKind, Left, LeftKind, Plan
from trailbell.remediation._simulation import after_changes
from trailbell.remediation._twins import twin_changes, unheard_twin
from trailbell.remediation._ways import Way, is_listed, ways_to, ways_to_any
from trailbell.remediation._wish import Wish

__all__ = ["make_plan"]

_KINDS = list(ChangeKind)
_BEFORE_THE_FILTER = (Link.TRAIL, Link.LOG_GROUP)
_NO_CHAIN = (
    "Security Hub is not switched on by a plan, as it costs money and starts in the whole region: decide, "
    "and enable it with `aws securityhub enable-security-hub`."
)
_Changes = tuple[Change, ...]


def make_plan(snapshot: Snapshot, wish: Wish) -> Plan:
    """Returns the plan for an account as it was read; planning again after it was carried out finds nothing.

    Only what fails is mended: what is noisy passes, and what could not be seen is left to a person.

    Raises:
        WishError: A pattern that is wished for is not valid.
    """
    return _Planner(snapshot, wish).plan()


class _Planner:
    def __init__(self, snapshot: Snapshot, wish: Wish) -> None:
        self._before = snapshot
        self._now = snapshot
        self._wish = wish
        self._changes: list[Change] = []
        self._left: dict[str, Left] = {}
        self._published: dict[str, set[str]] = {}

    def plan(self) -> Plan:
        first = self._results(self._before, self._wish.controls)
        for result in first:
            control = control_of(result.control)
            if result.control in self._wish.tuned:
                self._twin(control, result)
            elif not result.status.is_pass:
                self._mend(control, result.message)
        changes = sorted(_united(self._changes), key=lambda each: _KINDS.index(each.kind))
        last = self._results(self._now, self._wish.controls)
        passed = {each.control for each in first if each.status.is_pass}
        # A twin may wait for whom its tuned alarm pages, while the silent one makes the control pass.
        unmended = passed | (self._left.keys() & self._wish.tuned.keys())
        mended = [each.control for each in last if each.status.is_pass and each.control not in unmended]
        return Plan(
            account=self._before.account,
            cis=self._wish.profile.name,
            at=self._before.at,
            version=__version__,
            changes=tuple(_serving(each, last) for each in changes),
            mended=tuple(mended),
            passing=tuple(each.control for each in first if each.status.is_pass),
            left=tuple(self._left.values()),
            regions=self._before.regions,
            twins=tuple(sorted(self._wish.tuned)),
        )

    def _results(self, snapshot: Snapshot, controls: Sequence[Control]) -> tuple[ControlResult, ...]:
        return judge_account(snapshot, self._wish.profile, controls)

    def _mend(self, control: Control, why: str) -> None:
        [result] = self._results(self._now, [control])
        if result.status.is_pass:
            return  # What was done for another control has mended this one too.
        left = _not_mendable(result, self._before, self._wish)
        if left is not None:
            self._left[control.key] = left
            return
        attempts = Attempts(control, result, self._now, self._wish, self._metrics_of_others(control))
        candidates = sorted(self._candidates(attempts, result), key=len)
        found = self._best(control, candidates)
        if isinstance(found, Left):
            self._left[control.key] = found
            return
        if found is not None:
            self._take(found, why)
            return
        self._leave(control, result, attempts, candidates, why)

    def _best(self, control: Control, candidates: Iterable[_Changes]) -> _Changes | Left | None:
        noisy: _Changes | None = None
        for each in candidates:
            [result] = self._results(after_changes(self._now, each), [control])
            if result.status is Status.UNKNOWN and noisy is None:
                # Fewer changes may do, which cannot be seen: more would be made on a guess.
                return _unseen(result)
            if result.status.is_pass and not self._harms(each):
                if result.status is Status.PASS:
                    return each
                noisy = each if noisy is None else noisy
        return noisy

    @cached_property
    def _metrics_found(self) -> dict[str, set[str]]:
        """The metrics that serve each control in the account as it was read, of all that there are."""
        found = self._results(self._before, watched_controls())
        return {
            each.control: {link.name for link in each.chain if link.link is Link.METRIC} for each in found
        }

    def _metrics_of_others(self, control: Control) -> frozenset[str]:
        every = (self._metrics_found, self._published)
        others = [names for each in every for key, names in each.items() if key != control.key]
        own = [names for each in every for key, names in each.items() if key == control.key]
        return frozenset[str]().union(*others).difference(*own)

    def _harms(self, changes: _Changes) -> bool:
        """Says whether another control that passes would not any more: only what is overwritten can do so.

        It may be one that nothing is planned for.
        """
        if all(each.before is None for each in changes):
            return False
        after = after_changes(self._now, changes)
        passing = [each for each in self._results(self._now, watched_controls()) if each.status.is_pass]
        controls = [control_of(each.control) for each in passing]
        return any(not each.status.is_pass for each in self._results(after, controls))

    def _candidates(self, attempts: Attempts, result: ControlResult) -> Iterator[_Changes]:
        of_chain = [way for topic in attempts.topics for way in self._ways(topic, attempts)]
        if result.broken_link in (Link.TOPIC, Link.SUBSCRIPTION):
            yield from (way.changes for way in of_chain if way.changes)
        ways = [*of_chain, *ways_to_any(attempts.group, self._now, self._wish)]
        if self._wish.may_overwrite:
            for way in _each_once(ways):
                yield from (_joined(way, each) for each in attempts.enabled())
                yield from (_joined(way, each) for each in attempts.in_place(way.topic_arn))
        for each in attempts.filter_for_watched_metric():
            yield each
            yield from (_joined(way, each) for way in _each_once(ways) if way.changes)
        for way in _each_once(ways):
            yield from (_joined(way, each) for each in attempts.alarm_on_metric(way.topic_arn))
            yield from (_joined(way, each) for each in attempts.anew(way.topic_arn))

    def _ways(self, topic_arn: str, attempts: Attempts) -> list[Way]:
        if self._wish.topic:
            return []
        return ways_to(topic_arn, attempts.group, self._now, self._wish.recipients)

    def _leave(
        self,
        control: Control,
        result: ControlResult,
        attempts: Attempts,
        candidates: Sequence[_Changes],
        why: str,
    ) -> None:
        """Takes the changes that get an event as far as to a topic that nobody is subscribed to."""
        is_whole = result.broken_link is Link.SUBSCRIPTION
        for each in candidates:
            [after] = self._results(after_changes(self._now, each), [control])
            if after.status is Status.UNKNOWN:
                # Whether it would help cannot be seen, and nothing is changed on a guess.
                self._left[control.key] = _unseen(after)
                return
            if after.broken_link is Link.SUBSCRIPTION and not is_whole:
                self._take(each, why)
                result = after
                break
        self._left[control.key] = _left_of(result, attempts, self._now, self._wish)

    def _take(self, changes: _Changes, why: str = "") -> None:
        # What was found at first is the reason, and not what it has become by changes for other controls.
        told = (msgspec.structs.replace(each, why=why) if why and each.controls else each for each in changes)
        served = tuple(dict.fromkeys(key for each in changes for key in each.controls))
        self._changes.extend(
            each if each.controls else msgspec.structs.replace(each, controls=served) for each in told
        )
        for change in changes:
            for each in change.after.get("metricTransformations", ()):
                for control in change.controls:
                    name = f"{each['metricNamespace']}/{each['metricName']}"
                    self._published.setdefault(control, set()).add(name)
        self._now = after_changes(self._now, changes)

    def _twin(self, control: Control, result: ControlResult) -> None:
        left = _not_mendable(result, self._before, self._wish)
        if left is None:
            found = twin_changes(control, result, self._now, self._wish)
            left = found if isinstance(found, Left) else self._unsound(control, found)
            if not isinstance(found, Left) and left is None:
                left = self._take_twin(control, found)
        if left is not None:
            self._left[control.key] = left

    def _take_twin(self, control: Control, changes: _Changes) -> Left | None:
        """Takes a twin, and says what keeps its alarms from telling somebody.

        An alarm that may tell somebody now is not silenced where nobody is paged in its place.
        """
        after = after_changes(self._now, changes)
        [result] = self._results(after, [control])
        left = unheard_twin(result, after, self._wish)
        is_new = all(each.before is None for each in changes)
        if is_new or left is None or left.kind is not LeftKind.NO_RECIPIENT:
            self._take(changes)
        return left

    def _unsound(self, control: Control, changes: _Changes) -> Left | None:
        """Says why a twin is not to be made: its effect cannot be seen, or it would break another control."""
        [after] = self._results(after_changes(self._now, changes), [control])
        if after.status is Status.UNKNOWN:
            return _unseen(after)
        if not self._harms(changes):
            return None
        changed = ", ".join(each.words for each in changes if each.before is not None)
        reason = f"Another control would not pass any more without what is there now: {changed}."
        return Left(control=after.control, id=after.id, kind=LeftKind.DECISION, reason=reason)


def _united(changes: Iterable[Change]) -> list[Change]:
    """Makes one of changes that touch the same object, so that each is read and put once."""
    united: dict[tuple[str, ...], Change] = {}
    for each in changes:
        first = united.get(each.identity)
        united[each.identity] = (
            each
            if first is None
            else msgspec.structs.replace(
                each, before=first.before, controls=tuple(dict.fromkeys((*first.controls, *each.controls)))
            )
        )
    return list(united.values())


def _joined(way: Way, changes: _Changes) -> _Changes:
    return (*way.changes, *changes)


def _each_once(ways: Iterable[Way]) -> list[Way]:
    found = {(each.topic_arn, *(change.identity for change in each.changes)): each for each in ways}
    return list(found.values())


def _not_mendable(result: ControlResult, snapshot: Snapshot, wish: Wish) -> Left | None:
    """Says what a person has to decide before anything can be planned for a control."""
    kind: LeftKind | None = None
    reason = result.message
    account = snapshot.account
    if result.status is Status.UNKNOWN:
        kind = LeftKind.UNSEEN
    elif control_of(result.control).pattern is None:
        kind, reason = LeftKind.DECISION, f"{result.message} {_NO_CHAIN}"
    elif result.status is Status.NOT_HERE or _is_elsewhere(result, account):
        kind = LeftKind.ELSEWHERE
    elif result.broken_link in _BEFORE_THE_FILTER:
        kind = LeftKind.DECISION
    elif _foreign_topic(result, account) and not wish.topic:
        kind = LeftKind.DECISION
        reason = (
            f"{result.message} The topic belongs to another account: ask its owner, or name a topic of this "
            "account with --topic."
        )
    elif _are_alarms_unseen(result, snapshot):
        kind = LeftKind.UNSEEN
        reason = f"{result.message} Which alarms are there is not known: cloudwatch:DescribeAlarms failed."
    if kind is None:
        return None
    return Left(control=result.control, id=result.id, kind=kind, reason=reason)


def _unseen(result: ControlResult) -> Left:
    return Left(control=result.control, id=result.id, kind=LeftKind.UNSEEN, reason=result.message)


def _are_alarms_unseen(result: ControlResult, snapshot: Snapshot) -> bool:
    groups = [read_arn(each.name) for each in result.chain if each.link is Link.LOG_GROUP]
    return any(
        snapshot.failure("cloudwatch:DescribeAlarms", region=each.region, account=each.account) is not None
        for each in groups
        if each is not None
    )


def _is_elsewhere(result: ControlResult, account: str) -> bool:
    groups = [read_arn(each.name) for each in result.chain if each.link is Link.LOG_GROUP]
    return any(each is not None and each.account != account for each in groups)


def _foreign_topic(result: ControlResult, account: str) -> bool:
    if result.broken_link not in (Link.TOPIC, Link.SUBSCRIPTION):
        return False
    topics = [read_arn(each.name) for each in result.chain if each.link is Link.ACTION]
    return any(each is not None and each.account != account for each in topics)


def _left_of(result: ControlResult, attempts: Attempts, snapshot: Snapshot, wish: Wish) -> Left:
    kind, reason = LeftKind.DECISION, result.message
    if result.broken_link is Link.SUBSCRIPTION:
        [topic, *_] = [each.name for each in result.chain if each.link is Link.TOPIC] or [""]
        listed = [each for each in snapshot.subscriptions if each.topic_arn == topic]
        if any(is_listed(topic, each, snapshot) for each in wish.recipients) or _is_waiting(listed):
            kind = LeftKind.CONFIRMATION
        elif not wish.recipients:
            kind = LeftKind.NO_RECIPIENT
            reason = f"{result.message} Name somebody with --notify."
    elif attempts.is_full:
        reason = f"{result.message} The log group has 100 metric filters, which is as many as AWS allows."
    elif wish.topic and not any(ways_to_any(attempts.group, snapshot, wish)):
        reason = (
            f"{result.message} Topic {wish.topic} cannot be used by alarms of {attempts.group.region}: name "
            "another with --topic."
        )
    elif not wish.may_overwrite:
        reason = f"{result.message} Nothing new beside what is there mends it; --overwrite may."
    return Left(control=result.control, id=result.id, kind=kind, reason=reason)


def _is_waiting(listed: Sequence[object]) -> bool:
    return any(getattr(each, "arn", "") == "PendingConfirmation" for each in listed)


def _serving(change: Change, results: Sequence[ControlResult]) -> Change:
    """Adds to a change of a topic the controls whose chains end there."""
    if change.kind in (ChangeKind.METRIC_FILTER, ChangeKind.ALARM):
        return change
    served = (each.control for each in results if any(link.name == change.name for link in each.chain))
    return msgspec.structs.replace(change, controls=tuple(dict.fromkeys((*change.controls, *served))))
