"""A plan: the changes that mend an account, in their order, and what a person has to decide.

Follows cis-controls section 4: topic, topic policy, subscription, filter, alarm.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from trailbell._errors import TrailbellError

__all__ = ["Change", "ChangeKind", "Left", "LeftKind", "Plan", "PlanFileError", "read_plan", "write_plan"]


class PlanFileError(TrailbellError):
    """A file that holds no plan; the message says where and why."""


class ChangeKind(StrEnum):
    """What is changed, in the order in which a plan changes it."""

    TOPIC = "topic"
    TOPIC_POLICY = "topic_policy"
    SUBSCRIPTION = "subscription"
    METRIC_FILTER = "metric_filter"
    ALARM = "alarm"
    ALARM_ACTIONS = "alarm_actions"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change, which is one call.

    ``name`` is an ARN: of the topic (``topic``, ``topic_policy``, ``subscription``), of the log group
    (``metric_filter``) or of the alarm (``alarm``, ``alarm_actions``). ``after`` has the parameters of the
    call as AWS names them, ``before`` the same members as they were found; it is None where nothing of this
    name is there. ``controls`` are the keys that the change serves, ``why`` says in one sentence what for.

    ============== ======================= ====================================================
    kind           call                    members of ``after``
    ============== ======================= ====================================================
    topic          sns:CreateTopic         Name, Tags
    topic_policy   sns:SetTopicAttributes  Policy (the whole text)
    subscription   sns:Subscribe           Protocol, Endpoint
    metric_filter  logs:PutMetricFilter    logGroupName, filterName, filterPattern, ...
    alarm          cloudwatch:PutMetricAlarm  AlarmName, MetricName, Namespace, ...
    alarm_actions  cloudwatch:EnableAlarmActions  ActionsEnabled (true)
    ============== ======================= ====================================================
    """

    kind: ChangeKind
    region: str
    name: str
    after: Mapping[str, Any]
    before: Mapping[str, Any] | None = None
    controls: tuple[str, ...] = ()
    why: str = ""

    @property
    def identity(self) -> tuple[str, ...]:
        """What is changed: two changes of one identity are of the same object."""
        inner = (self.after.get(each) for each in ("filterName", "Protocol", "Endpoint"))
        return (self.kind.value, self.region, self.name, *(str(each) for each in inner if each is not None))

    @property
    def words(self) -> str:
        """What is changed, as part of a sentence: ``filter root-usage of CloudTrail/logs``."""
        # Names of alarms may have colons in them.
        last = self.name.split(":", 6 if ":alarm:" in self.name else 5)[-1]
        match self.kind:
            case ChangeKind.TOPIC:
                return f"topic {last}"
            case ChangeKind.TOPIC_POLICY:
                return f"policy of topic {last}"
            case ChangeKind.SUBSCRIPTION:
                return f"subscription of {self.after.get('Protocol')} to topic {last}"
            case ChangeKind.METRIC_FILTER:
                return f"filter {self.after.get('filterName')} of {self.after.get('logGroupName')}"
            case ChangeKind.ALARM:
                return f"alarm {last}"
            case ChangeKind.ALARM_ACTIONS:
                return f"actions of alarm {last}"


class LeftKind(StrEnum):
    """Why a control is not mended by a plan."""

    DECISION = "decision"
    UNSEEN = "unseen"
    ELSEWHERE = "elsewhere"
    NO_RECIPIENT = "no_recipient"
    CONFIRMATION = "confirmation"


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """A control that the plan does not turn into PASS, and what a person has to do about it.

    ``confirmation`` and ``no_recipient`` are of controls whose chain is whole up to its last link.
    """

    control: str
    id: str
    kind: LeftKind
    reason: str


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is changed in one account, in order.

    ``mended`` are the keys of the controls that pass once everything is done and confirmed; ``passing``
    passed before. ``cis`` is the profile planned for, ``at`` when the account was read (ISO 8601, UTC),
    ``regions`` where trails were looked for. ``twins`` are the keys of the controls that get a silent alarm
    and a tuned one.
    """

    account: str
    cis: str
    at: str
    version: str
    changes: tuple[Change, ...]
    mended: tuple[str, ...] = ()
    passing: tuple[str, ...] = ()
    left: tuple[Left, ...] = ()
    regions: tuple[str, ...] = ()
    twins: tuple[str, ...] = ()

    @property
    def controls(self) -> tuple[str, ...]:
        """The keys of the controls that it was made for."""
        return tuple(dict.fromkeys((*self.mended, *self.passing, *(each.control for each in self.left))))


def write_plan(plan: Plan) -> bytes:
    """Writes a plan as JSON."""
    return msgspec.json.format(msgspec.json.encode(plan), indent=1) + b"\n"


def read_plan(content: bytes) -> Plan:
    """Reads what ``write_plan`` wrote.

    Raises:
        PlanFileError: The content is no plan.
    """
    try:
        return msgspec.json.decode(content, type=Plan)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise PlanFileError(f"not a plan: {error}") from error
