"""Ownership of a data folder: one server at a time, released by the system when the server dies."""

import fcntl
import os
from pathlib import Path

from trailbell.store._errors import LockedError, StoreError

__all__ = ["FolderLock"]


_RELEASED = -1


class FolderLock:
    """An advisory lock on ``FOLDER/lock``; the file holds the owner's process id for the message only.

    Raises:
        LockedError: Another process holds it.
        StoreError: The folder cannot be made or written.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(f"the data folder {folder} cannot be written: {error.strerror}") from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = os.read(self._descriptor, 32).decode("ascii", "replace").strip()
            os.close(self._descriptor)
            raise LockedError(folder, owner) from error
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, str(os.getpid()).encode())

    def release(self) -> None:
        """Gives the folder up; doing it twice is harmless."""
        # The number may be somebody else's file by the second time.
        descriptor, self._descriptor = self._descriptor, _RELEASED
        if descriptor != _RELEASED:
            os.close(descriptor)
