"""The verdict on each control: the best chain of all trails, filters, alarms, topics and subscriptions.

All of them are looked at: stopping at the first match is how wrong results come about (cis-controls
section 3).
"""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import msgspec

from trailbell.account._alarm_definition import watcher_of
from trailbell.account._candidates import Candidate, Group
from trailbell.account._chain_steps import (
    alarm_step,
    delivery_steps,
    event_words,
    filter_step,
    metric_and_alarm_steps,
    metric_step,
    part_steps,
)
from trailbell.account._coverage import Compare, Coverage, CoverageJudge
from trailbell.account._feeds import Seen
from trailbell.account._hub import judge_hub
from trailbell.account._meaning import compare_meaning
from trailbell.account._names import log_group_arn, read_arn
from trailbell.account._result import Blocked, ChainLink, ControlResult, Link, Profile, Status
from trailbell.account._snapshot import FoundTrail, Snapshot
from trailbell.account._steps import Outcome, Step
from trailbell.account._trail_steps import log_group_step, trail_step
from trailbell.controls import Control, control_id, event_sources

__all__ = ["judge_account"]

_MOST_BLOCKED = 10
_LINKS = list(Link)
_TRAILS = "cloudtrail:DescribeTrails"


_Told: TypeAlias = tuple[Candidate, list[Seen], tuple[Step, ...]]
"""A candidate, the feeds that raise its alarm, and how its message gets to somebody."""


class _Chain(msgspec.Struct, frozen=True):
    steps: tuple[Step, ...]
    coverage: Coverage | None = None

    @property
    def broken(self) -> Step | None:
        return next((each for each in self.steps if each.outcome is Outcome.BROKEN), None)

    @property
    def unseen(self) -> Step | None:
        unseen = (Outcome.UNKNOWN, Outcome.ELSEWHERE)
        return next((each for each in self.steps if each.outcome in unseen), None)

    @property
    def found(self) -> tuple[ChainLink, ...]:
        links: list[ChainLink] = []
        for each in self.steps:
            links.extend(each.found)
            if each is self.broken:
                break
        return tuple(links)

    @property
    def rank(self) -> tuple[float, ...]:
        """Orders chains: those that pass, those not seen, those elsewhere, then by how far an event gets."""
        coverage = self.coverage or Coverage(False)
        if self.broken is not None:
            return 0.0, float(_LINKS.index(self.broken.link)), coverage.share
        if self.unseen is not None:
            known = 2.0 if self.unseen.outcome is Outcome.UNKNOWN else 1.0
            return known, float(_LINKS.index(self.unseen.link)), coverage.share
        return 3.0, 0.0 if coverage.needless else 1.0, 0.0 if coverage.missed else 1.0


def judge_account(
    snapshot: Snapshot, profile: Profile, controls: Sequence[Control], compare: Compare = compare_meaning
) -> tuple[ControlResult, ...]:
    """Judges the controls of a profile, in the order given; those that the profile lacks are left out."""
    judge = _Judge(snapshot, profile, compare)
    numbered = ((control, control_id(control, profile.name)) for control in controls)
    return tuple(judge.result(control, number) for control, number in numbered if number is not None)


class _Judge:
    def __init__(self, snapshot: Snapshot, profile: Profile, compare: Compare) -> None:
        self._snapshot = snapshot
        self._coverage = CoverageJudge(compare, profile.name, snapshot.account)
        self._trails = list({each.arn: each for each in snapshot.trails}.values())
        watchers = [watcher_of(each) for each in snapshot.alarms]
        self._groups: dict[str, Group] = {}
        for trail in self._trails:
            arn = log_group_arn(trail.log_group_arn)
            place = read_arn(arn)
            if place is not None and arn not in self._groups:
                self._groups[arn] = Group(arn, place, snapshot, watchers)

    def result(self, control: Control, number: str) -> ControlResult:
        if control.pattern is None:
            return judge_hub(self._snapshot, control.key, number)
        chains = [chain for trail in self._trails for chain in self._chains(control, trail)]
        chains.extend(self._without_trails(chains))
        chains.sort(key=lambda each: each.rank, reverse=True)
        return _result(control, number, chains[0], chains[1:])

    def _without_trails(self, chains: Sequence[_Chain]) -> list[_Chain]:
        """Says what it means that no trail was seen, or that not every region could be asked for trails."""
        failures = [
            each
            for each in self._snapshot.failures
            if each.call == _TRAILS and each.account in ("", self._snapshot.account)
        ]
        asked = set(self._snapshot.regions) - {each.region for each in failures}
        # A multi-region trail is seen from every region, so that one answer is enough.
        if failures and not asked:
            message = f"The trails of the account are not known: {failures[0].words}."
            return [_Chain((Step(Link.TRAIL, Outcome.UNKNOWN, message),))]
        if chains:
            return []
        message = (
            "No trail records this account: create a multi-region trail that writes to a CloudWatch Logs "
            "log group."
        )
        return [_Chain((Step(Link.TRAIL, Outcome.BROKEN, message),))]

    def _chains(self, control: Control, trail: FoundTrail) -> Iterable[_Chain]:
        first = trail_step(trail, self._snapshot, event_sources(control))
        if first.outcome is Outcome.BROKEN:
            return [_Chain((first,))]
        second = log_group_step(trail, self._snapshot)
        if second.outcome is Outcome.ELSEWHERE and first.outcome is Outcome.UNKNOWN:
            # Whatever the trail is like, the chain is judged where its log group is.
            first = Step(first.link, Outcome.SOUND, "", first.found, (first.message,))
        group = self._groups.get(log_group_arn(trail.log_group_arn))
        if group is None or second.outcome in (Outcome.BROKEN, Outcome.ELSEWHERE):
            return [_Chain((first, second))]
        before = (first, second)
        every = [self._chain(control, group, before, each) for each in group.candidates]
        # One chain stands for all whose filters have nothing to do with the control.
        near = [each for each in every if each.coverage is None or each.coverage.share > 0.0]
        if not any(each.broken is None for each in near):
            has_one = any(each.coverage is not None and each.coverage.covers for each in near)
            near.extend(self._together(control, group, before, has_one=has_one))
            near.extend(self._unlisted(group, before, tuple(near)))
        return near or [self._chain(control, group, before, Candidate(()))]

    def _chain(
        self, control: Control, group: Group, before: tuple[Step, ...], candidate: Candidate
    ) -> _Chain:
        coverage = self._coverage.coverage(control, candidate.patterns)
        filtered = filter_step(candidate, coverage, group, self._snapshot)
        if not coverage.covers:
            return _Chain((*before, filtered), coverage)
        metric, alarm = metric_and_alarm_steps(candidate, group, self._snapshot, control, self._coverage)
        steps = (*before, filtered, metric, *(() if alarm is None else (alarm,)))
        if alarm is None or alarm.outcome is Outcome.BROKEN:
            return _Chain(steps, coverage)
        return _Chain((*steps, *delivery_steps(candidate, self._snapshot)), coverage)

    def _unlisted(self, group: Group, before: tuple[Step, ...], chains: Sequence[_Chain]) -> Iterable[_Chain]:
        """Says what a filter or an alarm may do that was not listed, where others are broken."""
        if any(each.broken is None for each in chains):
            return
        links = {each.broken.link for each in chains if each.broken is not None}
        for link, call, after in (
            (Link.FILTER, "logs:DescribeMetricFilters", Link.LOG_GROUP),
            (Link.ALARM, "cloudwatch:DescribeAlarms", Link.METRIC),
        ):
            subject = group.arn if link is Link.FILTER else None
            place = group.place
            failure = self._snapshot.failure(call, subject, region=place.region, account=place.account)
            if failure is not None and any(_LINKS.index(each) > _LINKS.index(after) for each in links):
                message = f"The {link.value}s of {place.region} are not all known: {failure.words}."
                yield _Chain((*before, Step(link, Outcome.UNKNOWN, message)))

    def _together(
        self, control: Control, group: Group, before: tuple[Step, ...], *, has_one: bool
    ) -> Iterable[_Chain]:
        """Tries what several chains tell of together, such as one alarm for each event name.

        ``has_one`` says that the filters of one chain alone match everything: then that chain is to blame.
        """
        near = [each for each in group.candidates if self._share(control, each) > 0.0]
        told: list[_Told] = []
        for candidate in near:
            seen = [each for watcher in candidate.watchers for each in group.seen(watcher)]
            raised = [each for each in seen if each.is_raised]
            steps = delivery_steps(candidate, self._snapshot)
            if raised and all(each.outcome is not Outcome.BROKEN for each in steps):
                told.append((candidate, raised, steps))
        sure = [each for each in told if all(step.outcome is Outcome.SOUND for step in each[2])]
        enough = next((each for each in (sure, told) if self._told(control, each).covers), None)
        if enough is not None and len(enough) > 1:
            return [self._united(control, group, before, enough)]
        is_in_parts = len(near) > 1 and enough is None and not has_one
        return self._silent_part(control, group, before, told) if is_in_parts else []

    def _united(
        self, control: Control, group: Group, before: tuple[Step, ...], told: Sequence[_Told]
    ) -> _Chain:
        """Returns the chain of those that are needed among several that tell of everything together."""
        for each in list(told):
            others = [other for other in told if other is not each]
            told = others if self._told(control, others).covers else told
        coverage = self._told(control, told)
        together = list(before)
        for candidate, raised, steps in told:
            filtered = filter_step(candidate, coverage, group, self._snapshot)
            together.extend((filtered, metric_step(candidate), alarm_step(candidate, raised), *steps))
        return _Chain(tuple(together), coverage)

    def _silent_part(
        self, control: Control, group: Group, before: tuple[Step, ...], told: Sequence[_Told]
    ) -> Iterable[_Chain]:
        """Finds the chain that is broken where the filters of all chains together match everything."""
        near = [each for each in group.candidates if self._share(control, each) > 0.0]
        coverage = self._coverage.coverage(control, [text for each in near for text in each.patterns])
        missed = self._told(control, told).missed
        if not coverage.covers or missed is None:
            return []
        silent = [each for each in near if self._coverage.is_matched(missed, each.patterns)]
        return [
            _Chain(
                (
                    *before,
                    filter_step(each, coverage, group, self._snapshot),
                    *part_steps(each, group, self._snapshot),
                ),
                coverage,
            )
            for each in silent
        ]

    def _share(self, control: Control, candidate: Candidate) -> float:
        return self._coverage.coverage(control, candidate.patterns).share

    def _told(self, control: Control, told: Sequence[_Told]) -> Coverage:
        patterns = (each.pattern for _, raised, _ in told for each in raised)
        return self._coverage.coverage(control, [each for each in patterns if each is not None])


def _result(control: Control, number: str, best: _Chain, others: Sequence[_Chain]) -> ControlResult:
    broken, unseen, coverage = best.broken, best.unseen, best.coverage or Coverage(covers=None)
    remarks = tuple(dict.fromkeys(remark for each in best.steps for remark in each.remarks))
    blocked = tuple(_blocked(each) for each in others if each.broken or each.unseen)[:_MOST_BLOCKED]
    status, message, witness, gap = Status.PASS, "", None, False
    if broken is not None:
        status, message = Status.FAIL, broken.message
        witness = coverage.missed if broken.link is Link.FILTER else None
    elif unseen is not None:
        is_elsewhere = unseen.outcome is Outcome.ELSEWHERE
        status, message = Status.NOT_HERE if is_elsewhere else Status.UNKNOWN, unseen.message
    elif coverage.needless is not None:
        status, witness = Status.PASS_NOISY, coverage.needless
        message = (
            f"Every event of this control reaches somebody, and so do many others, such as "
            f"{event_words(witness)}: narrow the filter to the control's pattern."
        )
    else:
        message = "Every event of this control reaches somebody who confirmed the subscription."
        gap, witness = coverage.missed is not None, coverage.missed
    return ControlResult(
        control=control.key,
        id=number,
        status=status,
        message=message,
        broken_link=None if broken is None else broken.link,
        chain=best.found,
        witness_event=witness,
        theoretical_gap=gap,
        blocked=blocked if status is not Status.PASS else (),
        remarks=remarks,
    )


def _blocked(chain: _Chain) -> Blocked:
    step = chain.broken or chain.unseen or chain.steps[-1]
    names = tuple(dict.fromkeys(each.name for each in chain.found))
    return Blocked(names, step.link, step.message)
