"""Taking changes back: last first, and only what is still as it was put."""

from collections.abc import Callable, Sequence

from trailbell.remediation._apply import Outcome, Report, has_settled
from trailbell.remediation._journal import Entry, EntryState, Journal, UndoFileError
from trailbell.remediation._objects import CallFailedError, Objects, State, is_same, recipient_listed
from trailbell.remediation._plan import Change, ChangeKind
from trailbell.remediation._soundness import names_one_object

__all__ = ["undo_changes"]


def undo_changes(
    journal: Journal,
    objects: Objects,
    told: Callable[[Report], None],
    pause: Callable[[float], None],
    *,
    is_forced: bool = False,
) -> tuple[Report, ...]:
    """Brings back what was there before the changes of an undo file.

    What somebody has changed since is kept, unless it is forced; the rest is taken back all the same. It may
    be interrupted and begun again. A subscription that waits for its confirmation goes with its topic.

    Raises:
        UndoFileError: What is taken back cannot be noted, or an entry is not of the object that it names.
    """
    reports: list[Report] = []
    entries = journal.record.entries
    for entry in entries:
        if not names_one_object(entry.change, journal.record.account):
            raise UndoFileError(
                f"the undo file's change of {entry.change.name!r} is not of that object in account "
                f"{journal.record.account}: the file was edited, and nothing is taken back"
            )
    waiting = [entry for entry in reversed(entries) if entry.state is not EntryState.UNDONE]
    topics = {each.change.name for each in waiting if each.change.kind is ChangeKind.TOPIC}

    def take_back(entry: Entry) -> Report:
        try:
            return _undo(entry, entries, journal, objects, pause, is_forced=is_forced)
        except CallFailedError as error:
            return Report(entry.change, Outcome.STOPPED, f"{error}.")

    def take(report: Report) -> None:
        reports.append(report)
        told(report)

    with_topic = []
    for entry in waiting:
        report = take_back(entry)
        is_unconfirmed = report.outcome is Outcome.KEPT and entry.change.kind is ChangeKind.SUBSCRIPTION
        if is_unconfirmed and entry.change.name in topics:
            with_topic.append(entry)
        else:
            take(report)
    for entry in with_topic:
        report = take_back(entry)
        take(Report(entry.change, Outcome.DONE) if report.outcome is Outcome.ALREADY else report)
    return tuple(reports)


def _undo(
    entry: Entry,
    entries: Sequence[Entry],
    journal: Journal,
    objects: Objects,
    pause: Callable[[float], None],
    *,
    is_forced: bool,
) -> Report:
    change = entry.change
    found = objects.read(change)
    if is_same(change.kind, found, change.before):
        journal.note(change, EntryState.UNDONE)
        return Report(change, Outcome.ALREADY)
    if found is None:
        return Report(change, Outcome.KEPT, f"The {change.words} is gone, and is not made again.")
    if not is_forced and not is_same(change.kind, found, change.after):
        message = f"The {change.words} was changed since: look at it, or undo with --force."
        return Report(change, Outcome.KEPT, message)
    if change.before is not None:
        objects.put(change, change.before)
    else:
        kept = _remove(entry, entries, found, objects, is_forced=is_forced)
        if kept:
            return Report(change, Outcome.KEPT, kept)
    if not has_settled(change, change.before, objects, pause):
        return Report(change, Outcome.STOPPED, f"The {change.words} does not read back as it was before.")
    journal.note(change, EntryState.UNDONE)
    return Report(change, Outcome.DONE)


def _remove(
    entry: Entry, entries: Sequence[Entry], found: State, objects: Objects, *, is_forced: bool
) -> str:
    """Takes away what a change made; returns why it was kept, or an empty text."""
    change = entry.change
    if change.kind is ChangeKind.TOPIC and not is_forced:
        others = _others(change, entries, objects)
        if others:
            return f"The {change.words} has subscribers of others ({others}): undo with --force deletes it."
    if change.kind is not ChangeKind.SUBSCRIPTION:
        objects.remove(change, entry.made)
        return ""
    arn = str((found or {}).get("SubscriptionArn") or "")
    made = entry.made if entry.made.startswith(f"{change.name}:") else ""
    try:
        objects.remove(change, arn or made)
    except CallFailedError:
        # SNS lets nobody unsubscribe who has not confirmed.
        if arn:
            raise
        return f"The {change.words} waits for its confirmation, and lapses by itself without it."
    return ""


def _others(change: Change, entries: Sequence[Entry], objects: Objects) -> int:
    ours = {
        recipient_listed(each.change.after)
        for each in entries
        if each.change.kind is ChangeKind.SUBSCRIPTION and each.change.name == change.name
    }
    listed = objects.subscriptions(change.name, change.region)
    return sum(
        recipient_listed(each) not in ours and each.get("SubscriptionArn") != "Deleted" for each in listed
    )
