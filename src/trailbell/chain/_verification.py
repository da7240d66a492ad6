"""A proof of the chain: the made-up event's way link by link, where it stopped, and what it put in."""

import enum
from collections.abc import Mapping

import msgspec

from trailbell.alarms import AlarmState
from trailbell.metrics import MetricKey
from trailbell.store import StoredVerification

__all__ = [
    "AddedData",
    "FedMetric",
    "Passed",
    "Stopped",
    "Verification",
    "VerificationLink",
    "VerificationState",
    "as_stored",
    "from_stored",
]


class VerificationLink(enum.StrEnum):
    """The links in the order in which an event passes them."""

    SOURCE = "source"
    LOG_GROUP = "log_group"
    FILTER = "filter"
    METRIC = "metric"
    ALARM = "alarm"
    TOPIC = "topic"
    SUBSCRIPTION = "subscription"


class VerificationState(enum.StrEnum):
    """How a verification stands: PROVEN and STOPPED are final."""

    RUNNING = "running"
    PROVEN = "proven"
    STOPPED = "stopped"


class Passed(msgspec.Struct, frozen=True):
    """A link that the event has passed, when, and what else there is to say."""

    link: VerificationLink
    name: str
    at_ms: int
    detail: str = ""


class Stopped(msgspec.Struct, frozen=True):
    """The link that the event did not pass, why, and what to do next."""

    link: VerificationLink
    reason: str
    advice: str


class FedMetric(msgspec.Struct, frozen=True):
    """A filter that matched the event, and the metric it published to; None where it published nothing."""

    filter_name: str
    metric: MetricKey | None


class AddedData(msgspec.Struct, frozen=True, kw_only=True):
    """What was committed with the file, as far as it has to be taken back.

    Attributes:
        at_ms: When that was.
        start_ms: The instant at which datapoints and evidence were put; nothing else stands there.
        fed: The filters that matched.
        metrics: All metrics with a datapoint there, default values included.
        batches: The batches of log events.
        identities: What was remembered as counted.
        states: The alarms on the metrics, with the state each was in.
        newest_message: The row number of the newest message by then.
    """

    at_ms: int
    start_ms: int
    fed: tuple[FedMetric, ...]
    metrics: tuple[MetricKey, ...]
    batches: tuple[int, ...]
    identities: tuple[bytes, ...]
    states: Mapping[str, AlarmState]
    newest_message: int


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """One proof.

    Attributes:
        id: Its own id, which is the event's too.
        control: The key of the control whose event was made.
        filter_name: The control's own filter.
        alarm_name: The control's own alarm; another on what its event fed is followed where that notifies.
        source: The folder the file was put into.
        source_id: Its row number.
        file_name: The file's name.
        started_ms: When it began.
        timeout_ms: How long the event may take.
        state: How it stands.
        passed: The links passed so far, in order.
        stopped: Where it stopped.
        ended_ms: When it was proven or stopped.
        added: What was committed with the file; None until it was read.
        set_back: The alarms that it moved and that are set back, with the instant of their move.
        notes: What else came of it, as sentences.
        left: What could not be taken back, as sentences.
        is_removed: Whether all has been taken back that can be.
    """

    id: str
    control: str
    filter_name: str
    alarm_name: str
    started_ms: int
    timeout_ms: int
    file_name: str
    source: str = ""
    source_id: int | None = None
    state: VerificationState = VerificationState.RUNNING
    passed: tuple[Passed, ...] = ()
    stopped: Stopped | None = None
    ended_ms: int | None = None
    added: AddedData | None = None
    set_back: Mapping[str, int] = {}
    notes: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    is_removed: bool = False

    @property
    def next_link(self) -> VerificationLink | None:
        """The link that the event is to pass next; None behind the last."""
        return next(iter(list(VerificationLink)[len(self.passed) :]), None)


def as_stored(
    verification: Verification, *, is_open: bool, removed_ms: int | None = None
) -> StoredVerification:
    """Makes the row of a verification."""
    return StoredVerification(
        id=verification.id,
        source_id=verification.source_id,
        file_name=verification.file_name,
        started_ms=verification.started_ms,
        is_open=is_open,
        document=msgspec.json.encode(verification),
        removed_ms=removed_ms,
    )


def from_stored(stored: StoredVerification) -> Verification:
    """Reads a row."""
    return msgspec.json.decode(stored.document, type=Verification)
