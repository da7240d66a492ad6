"""What was read of one account, as frozen values: all that a judgement looks at.

A snapshot may hold parts of other accounts, such as a topic that is shared. Whatever a call did not give is
told by a ``Failure``, so that a judgement can tell what is not there from what was not seen.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

import msgspec

from trailbell._errors import TrailbellError

__all__ = [
    "EventSelection",
    "Failure",
    "FailureKind",
    "FoundAlarm",
    "FoundComposite",
    "FoundFilter",
    "FoundHub",
    "FoundKey",
    "FoundLogGroup",
    "FoundSubscription",
    "FoundTopic",
    "FoundTrail",
    "FoundTransformation",
    "Snapshot",
    "SnapshotError",
    "TrailStatus",
    "merged",
    "read_snapshot",
    "write_snapshot",
]


class SnapshotError(TrailbellError):
    """A file that holds no snapshot of an account; the message says where and why."""


class FailureKind(StrEnum):
    """How a call came to nothing."""

    REFUSED = "refused"
    THROTTLED = "throttled"
    MISSING = "missing"
    FAILED = "failed"


class Failure(msgspec.Struct, frozen=True):
    """A call that did not give what was asked for.

    ``subject`` is the ARN or name that was asked about, or empty for a list of all; ``code`` is AWS's.
    A listing that broke off in the middle is a failure too: what came before it is in the snapshot.
    """

    call: str
    kind: FailureKind
    code: str
    account: str = ""
    region: str = ""
    subject: str = ""

    @property
    def words(self) -> str:
        """The failure as part of a sentence: ``sns:GetTopicAttributes was refused (AuthorizationError)``."""
        said = {
            FailureKind.REFUSED: "was refused",
            FailureKind.THROTTLED: "was throttled until the retries ran out",
            FailureKind.MISSING: "found nothing",
            FailureKind.FAILED: "failed",
        }[self.kind]
        place = f" in {self.region}" if self.region else ""
        return f"{self.call} {said}{place} ({self.code})"


class TrailStatus(msgspec.Struct, frozen=True):
    """What GetTrailStatus says."""

    is_logging: bool
    logs_delivery_error: str = ""
    delivery_error: str = ""


class EventSelection(msgspec.Struct, frozen=True):
    """What GetEventSelectors says, both kinds in AWS's own words."""

    basic: tuple[Mapping[str, Any], ...] = ()
    advanced: tuple[Mapping[str, Any], ...] = ()


class FoundTrail(msgspec.Struct, frozen=True):
    """A trail that sees the account, with its status and selectors where they were read."""

    arn: str
    home_region: str
    is_multi_region: bool
    is_organization: bool = False
    log_group_arn: str = ""
    status: TrailStatus | None = None
    selection: EventSelection | None = None


class FoundLogGroup(msgspec.Struct, frozen=True):
    """A log group that exists."""

    arn: str
    group_class: str = "STANDARD"
    retention_days: int | None = None


class FoundTransformation(msgspec.Struct, frozen=True):
    """A metric transformation; ``dimensions`` are names with the fields that hold their values."""

    namespace: str
    name: str
    value: str = "1"
    default_value: float | None = None
    unit: str | None = None
    dimensions: Mapping[str, str] = {}


class FoundFilter(msgspec.Struct, frozen=True):
    """A metric filter of a log group."""

    log_group_arn: str
    name: str
    pattern: str
    transformations: tuple[FoundTransformation, ...]
    is_on_transformed_logs: bool = False
    field_selection_criteria: str = ""
    system_dimensions: tuple[str, ...] = ()


class FoundAlarm(msgspec.Struct, frozen=True):
    """A metric alarm: ``definition`` has the members of DescribeAlarms that say what it is and watches.

    ``others`` has the members that no judgement looks at, and that putting the alarm anew would drop.
    """

    arn: str
    definition: Mapping[str, Any]
    actions_enabled: bool = True
    alarm_actions: tuple[str, ...] = ()
    state: str = "OK"
    others: Mapping[str, Any] = {}


class FoundComposite(msgspec.Struct, frozen=True):
    """A composite alarm."""

    arn: str
    rule: str
    actions_enabled: bool = True
    alarm_actions: tuple[str, ...] = ()
    suppressor: str = ""
    description: str = ""


class FoundTopic(msgspec.Struct, frozen=True):
    """A topic; an empty policy is the default one."""

    arn: str
    policy: str = ""
    key: str = ""


class FoundSubscription(msgspec.Struct, frozen=True):
    """A subscription of a topic; ``arn`` may be PendingConfirmation or Deleted, as SNS lists them."""

    topic_arn: str
    arn: str
    protocol: str
    endpoint: str = ""
    filter_policy: str = ""
    filter_policy_scope: str = "MessageAttributes"


class FoundKey(msgspec.Struct, frozen=True):
    """A KMS key by the name that a topic has for it; an empty policy was not read."""

    name: str
    arn: str = ""
    is_customer_managed: bool = True
    state: str = "Enabled"
    policy: str = ""


class FoundHub(msgspec.Struct, frozen=True):
    """Whether Security Hub is on in a region."""

    region: str
    is_on: bool


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One account as it was read at ``at`` (ISO 8601, UTC) by ``caller`` in ``regions``."""

    account: str
    regions: tuple[str, ...]
    at: str = ""
    caller: str = ""
    trails: tuple[FoundTrail, ...] = ()
    log_groups: tuple[FoundLogGroup, ...] = ()
    filters: tuple[FoundFilter, ...] = ()
    alarms: tuple[FoundAlarm, ...] = ()
    composites: tuple[FoundComposite, ...] = ()
    topics: tuple[FoundTopic, ...] = ()
    subscriptions: tuple[FoundSubscription, ...] = ()
    keys: tuple[FoundKey, ...] = ()
    hubs: tuple[FoundHub, ...] = ()
    failures: tuple[Failure, ...] = ()
    calls: Mapping[str, int] = {}
    accounts_read: tuple[str, ...] = ()

    def failure(
        self, call: str, subject: str | None = None, region: str | None = None, account: str | None = None
    ) -> Failure | None:
        """Returns the first failure of a call that leaves something unknown, about a subject or in a place.

        What a call found missing is known: it is not there.
        """
        for each in self.failures:
            if each.call != call or each.kind is FailureKind.MISSING:
                continue
            if subject is not None and each.subject not in ("", subject):
                continue
            if region is not None and each.region not in ("", region):
                continue
            if account is not None and each.account not in ("", account):
                continue
            return each
        return None

    @property
    def readable_accounts(self) -> frozenset[str]:
        """The accounts whose log groups and alarms were read."""
        return frozenset((self.account, *self.accounts_read))


def merged(snapshot: Snapshot, others: Iterable[Snapshot]) -> Snapshot:
    """Returns a snapshot with what is known of other accounts: log groups and all that follows them.

    Trails stay those that see the account itself; of one that was not fully seen from here, the owner's
    reading is taken.
    """
    for other in others:
        if other.account == snapshot.account:
            continue
        known = {each.arn: each for each in other.trails}
        trails = tuple(_better(each, known.get(each.arn)) for each in snapshot.trails)
        snapshot = msgspec.structs.replace(
            snapshot,
            trails=trails,
            log_groups=_united(snapshot.log_groups, other.log_groups),
            filters=_united(snapshot.filters, other.filters),
            alarms=_united(snapshot.alarms, other.alarms),
            composites=_united(snapshot.composites, other.composites),
            topics=_united(snapshot.topics, other.topics),
            subscriptions=_united(snapshot.subscriptions, other.subscriptions),
            keys=_united(snapshot.keys, other.keys),
            failures=_united(snapshot.failures, other.failures),
            accounts_read=(*snapshot.accounts_read, other.account),
        )
    return snapshot


def _better(seen: FoundTrail, owners: FoundTrail | None) -> FoundTrail:
    if owners is None:
        return seen
    return msgspec.structs.replace(
        seen, status=seen.status or owners.status, selection=seen.selection or owners.selection
    )


def _united(ours: tuple[Any, ...], theirs: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*ours, *(each for each in theirs if each not in ours))


def read_snapshot(content: bytes) -> Snapshot:
    """Reads what ``write_snapshot`` wrote.

    Raises:
        SnapshotError: The content is no snapshot.
    """
    try:
        return msgspec.json.decode(content, type=Snapshot)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise SnapshotError(f"not a snapshot of an account: {error}") from error


def write_snapshot(snapshot: Snapshot) -> bytes:
    """Writes a snapshot as JSON."""
    return msgspec.json.format(msgspec.json.encode(snapshot), indent=1) + b"\n"
