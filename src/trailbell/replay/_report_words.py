"""What a replay found in a sentence, and its times and sizes in words; every report shares them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from trailbell.cloudtrail import PrincipalKind
from trailbell.evidence import Evidence, shown
from trailbell.replay._result import AlarmResult, ReplayResult, Transition

__all__ = [
    "Leader",
    "bytes_text",
    "clock_text",
    "duration_text",
    "headline",
    "instant_text",
    "leader_of",
    "majority_of",
    "moment_of",
    "paged_text",
    "pages_of",
    "quiet_text",
    "ringing",
    "speed_text",
    "unpaged_text",
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MS = (datetime(9999, 12, 31, 23, 59, tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
_EARLIEST_MS = (datetime(1, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)

_KINDS = {
    PrincipalKind.ROLE: "one role",
    PrincipalKind.USER: "one user",
    PrincipalKind.ROOT: "one root user",
    PrincipalKind.IDENTITY_CENTER: "one Identity Center user",
    PrincipalKind.SERVICE: "one AWS service",
    PrincipalKind.ACCOUNT: "one outside account",
    PrincipalKind.FEDERATED: "one federated user",
    PrincipalKind.ANONYMOUS: "anonymous callers",
    PrincipalKind.UNKNOWN: "callers the records do not name",
}
_NAMELESS = {PrincipalKind.ANONYMOUS, PrincipalKind.UNKNOWN}
_CLOCKS = {
    "delivery": "delivery: the minute in each file's name",
    "event": "event: the time of each call (eventTime)",
}
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
_SIZES = ("bytes", "kB", "MB", "GB", "TB", "PB")


class Leader(msgspec.Struct, frozen=True):
    """Who made most of the calls behind some pages, and behind how many."""

    key: str
    kind: PrincipalKind
    pages: int

    @property
    def words(self) -> str:
        """The kind of caller and, where it has one, its name, safe to show."""
        return _KINDS[self.kind] if self.kind in _NAMELESS else f"{_KINDS[self.kind]}: {shown(self.key)}"


def ringing(alarms: Iterable[AlarmResult]) -> list[AlarmResult]:
    """Returns the alarms that stood in ALARM, those with the most pages first."""
    found = (alarm for alarm in alarms if alarm.times_in_alarm)
    return sorted(found, key=lambda alarm: (-alarm.pages, -alarm.times_in_alarm))


def pages_of(alarms: Iterable[AlarmResult]) -> Iterable[tuple[int, Transition]]:
    """Yields every move to ALARM that would have paged, alarm by alarm, each with when it would have."""
    for alarm in alarms:
        for transition in alarm.transitions:
            if transition.paged_ms is not None:
                yield transition.paged_ms, transition


def majority_of(evidence: Evidence | None) -> tuple[str, PrincipalKind] | None:
    """Returns the principal that made more than half of the calls; None where nobody did."""
    if evidence is None or not evidence.principals.counts:
        return None
    first = evidence.principals.counts[0]
    return (first.key, first.kind) if 2 * first.count > evidence.total else None


def leader_of(alarms: Iterable[AlarmResult]) -> Leader | None:
    """Returns the principal that made most of the calls behind most pages; None where there is none."""
    counts = Counter(found for _, page in pages_of(alarms) if (found := majority_of(page.evidence)))
    if not counts:
        return None
    (key, kind), pages = min(counts.items(), key=lambda item: (-item[1], item[0]))
    return Leader(key, kind, pages)


def headline(result: ReplayResult) -> str:
    """Returns the finding in one sentence, without a full stop."""
    pages = sum(alarm.pages for alarm in result.alarms)
    if not result.alarms:
        matches = sum(each.matches for each in result.filters)
        return (
            f"No alarm was asked for; the filters count {matches:,} {'match' if matches == 1 else 'matches'}"
        )
    if not pages:
        return "Would not have paged at all"
    return f"Would have {paged_text(result.alarms)}"


def paged_text(alarms: Sequence[AlarmResult]) -> str:
    """Says how often alarms paged, and who was behind most: ``paged 9 times, all of them mostly one …``."""
    pages = sum(alarm.pages for alarm in alarms)
    times = f"paged {_times(pages)}"
    leader = leader_of(alarms)
    if leader is None:
        return times
    number = "all" if leader.pages == pages else f"{leader.pages:,}"
    share = "" if pages == 1 else f"{number} of them "
    return f"{times}, {share}mostly {leader.words}"


def unpaged_text(alarm: AlarmResult) -> str:
    """Says how often an alarm stood in ALARM and paged nobody; empty where each time was a page."""
    number = alarm.times_in_alarm - alarm.pages
    return f"in ALARM {_times(number)} without a page" if number else ""


def quiet_text(alarm: AlarmResult) -> str:
    """Names an alarm without pages, and says whether it was in ALARM all the same."""
    times = alarm.times_in_alarm
    return f"{alarm.name} (in ALARM {_times(times)})" if times else alarm.name


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"


def clock_text(clock: str) -> str:
    """Says which time of a record counts."""
    return _CLOCKS[clock]


def moment_of(at_ms: int) -> datetime:
    """Returns the date of an instant, or the nearest one: alarms look around records of the year 9999 too."""
    return _EPOCH + timedelta(milliseconds=min(max(at_ms, _EARLIEST_MS), _LATEST_MS))


def instant_text(at_ms: int | None) -> str:
    """Writes an instant in UTC, to the second where it has any; a dash for none."""
    if at_ms is None:
        return "-"
    at = moment_of(at_ms)
    date = f"{at.year:04}-{at.month:02}-{at.day:02}"
    return f"{date} {at:%H:%M}" if at_ms % 60_000 == 0 else f"{date} {at:%H:%M:%S}"


def duration_text(seconds: float) -> str:
    """Writes a duration by its two largest units: ``2 d 3 h``, ``5 min``."""
    left = round(seconds)
    parts: list[str] = []
    for size, unit in _UNITS:
        number, left = divmod(left, size)
        if number:
            parts.append(f"{number:,} {unit}")
        elif parts:
            # What comes after a gap is too little to be told.
            break
        if len(parts) == 2:
            break
    return " ".join(parts) or "0 s"


def bytes_text(number: int) -> str:
    """Writes a size in powers of a thousand: ``2.05 GB``."""
    size = float(number)
    for unit in _SIZES:
        if size < 1000 or unit == _SIZES[-1]:
            break
        size /= 1000
    return f"{number:,} {unit}" if unit == "bytes" else f"{size:.3g} {unit}"


def speed_text(result: ReplayResult) -> str:
    """Writes how fast the replay was; megabytes are those of the uncompressed text."""
    seconds = max(result.seconds, 0.001)
    return f"{result.records.read / seconds:,.0f} records/s, {result.bytes / seconds / 1e6:,.0f} MB/s"
