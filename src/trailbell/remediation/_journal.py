"""The undo file: what was changed, with what was there before, on the disk before each call is made."""

import os
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

import msgspec

from trailbell._errors import TrailbellError
from trailbell.remediation._objects import is_same
from trailbell.remediation._plan import Change

__all__ = ["Entry", "EntryState", "Journal", "UndoFileError", "UndoRecord", "read_undo_file"]


class UndoFileError(TrailbellError):
    """An undo file that cannot be read, written or used; the message says why."""


class EntryState(StrEnum):
    """How far a change got."""

    STARTED = "started"
    DONE = "done"
    UNDONE = "undone"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A change that was begun; ``made`` is the ARN of the subscription that it made."""

    change: Change
    state: EntryState
    made: str = ""


class UndoRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What an undo file holds: the account, and its changes in the order in which they were made."""

    account: str
    entries: tuple[Entry, ...] = ()
    version: int = 1


class Journal:
    """Keeps an undo file: whatever it was told is on the disk when it returns.

    Without a path nothing is kept: what is changed can then be taken back by hand only.
    """

    def __init__(self, path: Path | None, record: UndoRecord) -> None:
        self.path = path
        self.record = record
        self._on_disk = b""

    @classmethod
    def nowhere(cls, account: str) -> "Journal":
        """Begins a journal that is kept in memory alone."""
        return cls(None, UndoRecord(account=account))

    @classmethod
    def open(cls, path: Path, account: str) -> "Journal":
        """Begins an undo file, or goes on with the one that is there.

        Raises:
            UndoFileError: The file there is none, or of another account, or cannot be written.
        """
        record = UndoRecord(account=account)
        # What a link leads to is written, and not the link.
        path = path.resolve()
        if path.exists():
            record = read_undo_file(path)
            if record.account != account:
                raise UndoFileError(
                    f"{path} is the undo file of account {record.account}, and this is {account}: "
                    "name another"
                )
        journal = cls(path, record)
        journal._on_disk = _content(path)
        journal._write()
        return journal

    def note(self, change: Change, state: EntryState, made: str = "") -> None:
        """Notes how far a change got; one that is noted already is noted anew in its place.

        Raises:
            UndoFileError: The file cannot be written.
        """
        entries = list(self.record.entries)
        at = _noted(entries, change)
        if at is None or (state is EntryState.STARTED and _is_by_others(entries[at], change)):
            entries.append(Entry(change=change, state=state, made=made))
        else:
            # What was there before the first of several tries is what undoing must bring back.
            first = entries[at]
            kept = (
                change
                if first.state is EntryState.UNDONE
                else msgspec.structs.replace(change, before=first.change.before)
            )
            entries[at] = Entry(change=kept, state=state, made=made or first.made)
        self.record = msgspec.structs.replace(self.record, entries=tuple(entries))
        self._write()

    def _write(self) -> None:
        if self.path is None:
            return
        content = msgspec.json.format(msgspec.json.encode(self.record), indent=1) + b"\n"
        beside = self.path.with_name(f"{self.path.name}.new")
        if _content(self.path) != self._on_disk:
            raise UndoFileError(
                f"the undo file {self.path} was written by somebody else meanwhile: "
                "wait until they are done, and begin again"
            )
        try:
            # Addresses of subscribers are nobody else's business.
            with os.fdopen(
                os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb"
            ) as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.path)
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise UndoFileError(f"the undo file {self.path} cannot be written: {error.strerror}") from error
        self._on_disk = content


def _noted(entries: Sequence[Entry], change: Change) -> int | None:
    """Returns where a change is noted already; of several of the same object the newest counts."""
    same = [n for n, each in enumerate(entries) if each.change.identity == change.identity]
    exact = [n for n in same if entries[n].change == change]
    return max(exact or same, default=None)


def _is_by_others(noted: Entry, change: Change) -> bool:
    """Whether what a change is about to replace is neither what was noted as put nor what was before it.

    It is then somebody else's, which undoing must bring back.
    """
    ours = (noted.change.before, noted.change.after)
    return noted.state is not EntryState.UNDONE and not any(
        is_same(change.kind, change.before, each) for each in ours
    )


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise UndoFileError(f"the undo file {path} cannot be read: {error.strerror}") from error


def read_undo_file(path: Path) -> UndoRecord:
    """Reads an undo file.

    Raises:
        UndoFileError: It cannot be read, or is none.
    """
    try:
        if path.exists() and not path.is_file():
            # A device or a pipe may never end.
            raise UndoFileError(f"{path} is no undo file, as it is no regular file: name another")
        return msgspec.json.decode(path.read_bytes(), type=UndoRecord)
    except OSError as error:
        raise UndoFileError(f"the undo file {path} cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise UndoFileError(f"{path} is no undo file: {error}") from error
