"""What a path given as a source stands for: a folder or a single file, told apart afresh at every scan."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from trailbell.sources._contract import FoundFile, SourceError, UnreadableFile
from trailbell.sources._folder import Folder, describe, why_not

__all__ = ["Place", "SingleFile", "place_at"]


class Place(Protocol):
    """What both kinds of place can do."""

    @property
    def watched(self) -> Path:
        """The folder whose change events matter."""
        ...

    @property
    def is_deep(self) -> bool:
        """Whether the events of its subfolders matter too."""
        ...

    def scan(self) -> Iterator[FoundFile | UnreadableFile]:
        """Everything there is."""
        ...

    def inspect(self, changed: str) -> Iterator[FoundFile | UnreadableFile]:
        """What there is at a path that a change event names."""
        ...

    def look(self, name: str) -> FoundFile | UnreadableFile | None:
        """The file of that name as it is now."""
        ...

    def bounds(self, found: FoundFile) -> str:
        """The resolved folder that reading the file must not leave."""
        ...


class SingleFile:
    """One file that was named, whatever its name; a link that was named is followed wherever it leads."""

    is_deep = False

    def __init__(self, path: Path) -> None:
        self._path = path
        self.watched = path.parent

    def scan(self) -> Iterator[FoundFile | UnreadableFile]:
        """The file, while it is there."""
        item = self.look(self._path.name)
        if item is not None:
            yield item

    def inspect(self, changed: str) -> Iterator[FoundFile | UnreadableFile]:
        """The file, if the event is about it."""
        if Path(changed).name == self._path.name:
            yield from self.scan()

    def look(self, name: str) -> FoundFile | UnreadableFile | None:
        """The file as it is now."""
        try:
            return describe(self._path, name, self._path.stat())
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            return UnreadableFile(name, why_not(error))

    def bounds(self, found: FoundFile) -> str:
        """The folder of what the path leads to."""
        return str(Path(os.path.realpath(found.path)).parent)


def place_at(path: Path) -> Place:
    """The place at an absolute path.

    Raises:
        SourceError: there is nothing, or it is neither a folder nor a file, or it may not be read.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        raise SourceError(str(path), "there is no such folder or file; make it, or name another") from error
    except OSError as error:
        raise SourceError(str(path), f"cannot be looked at: {why_not(error)}") from error
    is_folder = stat.S_ISDIR(mode)
    if not is_folder and not stat.S_ISREG(mode):
        raise SourceError(str(path), "is neither a folder nor a regular file")
    if not os.access(path, os.R_OK | os.X_OK if is_folder else os.R_OK):
        raise SourceError(str(path), "may not be read by this user; change its permissions")
    return Folder(path) if is_folder else SingleFile(path)
