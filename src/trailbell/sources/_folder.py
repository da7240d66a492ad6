"""A folder as it lies on the disk: which files are candidates, in which order, and what stands in the way."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from trailbell.sources._contract import FoundFile, UnreadableFile

__all__ = ["LINK_OUTWARD", "Folder", "describe", "why_not"]

LINK_OUTWARD = "a symbolic link to a folder outside, which is not followed"
"""A reason that is asked for by name: the library behind change events would follow such a link."""

_LINK_INWARD = "a symbolic link to a folder, which is not followed"
_UNFINISHED = (".tmp", ".part", "~")


class Folder:
    """A folder of any depth that is looked through without changing anything."""

    is_deep = True

    def __init__(self, path: Path) -> None:
        self.watched = path

    def scan(self, below: str = "") -> Iterator[FoundFile | UnreadableFile]:
        """All candidates in sorted order per folder; ``below`` names a subfolder to keep to.

        One listing per level of depth is held in memory, never the whole tree.
        """
        levels = [self._list(below)]
        while levels:
            item = next(levels[-1], None)
            if item is None:
                levels.pop()
            elif isinstance(item, str):
                levels.append(self._list(item))
            else:
                yield item

    def inspect(self, changed: str) -> Iterator[FoundFile | UnreadableFile]:
        """What there is at a path that a change event names: a candidate, or all those in a new folder."""
        name = self._name_of(changed)
        if name is None:
            return
        path = self.watched / name
        if path.is_dir() and not path.is_symlink():
            yield from self.scan(name)
            return
        item = self.look(name)
        if item is not None:
            yield item

    def look(self, name: str) -> FoundFile | UnreadableFile | None:
        """The candidate of that name as it is now; None where there is none, or the name is not wanted."""
        path = self.watched / name
        try:
            status = path.lstat()
            if stat.S_ISLNK(status.st_mode):
                return self._look_through(path, name)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            return UnreadableFile(name, why_not(error))
        return describe(path, name, status) if _is_wanted(path.name) else None

    def bounds(self, found: FoundFile) -> str:
        """The folder itself."""
        return os.path.realpath(self.watched)

    def _list(self, below: str) -> Iterator[FoundFile | UnreadableFile | str]:
        """The candidates of one folder, and the names of the folders in it."""
        try:
            with os.scandir(self.watched / below) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            yield UnreadableFile(below or ".", why_not(error))
            return
        for entry in entries:
            if not entry.name.startswith("."):
                yield from self._sort_out(entry, f"{below}/{entry.name}" if below else entry.name)

    def _sort_out(self, entry: os.DirEntry[str], name: str) -> Iterator[FoundFile | UnreadableFile | str]:
        try:
            is_folder = entry.is_dir(follow_symlinks=False)
            is_link = entry.is_symlink()
        except OSError as error:
            yield UnreadableFile(name, why_not(error))
            return
        if not (is_folder or is_link or _is_wanted(entry.name)):
            return
        if not _is_text(name):
            yield UnreadableFile(ascii(name), "its name is not UTF-8")
        elif is_folder:
            yield name
        else:
            item = self.look(name)
            if item is not None:
                yield item

    def _look_through(self, link: Path, name: str) -> FoundFile | UnreadableFile | None:
        is_wanted = _is_wanted(link.name)
        try:
            real = Path(os.path.realpath(link, strict=True))
        except OSError as error:
            reason = f"a symbolic link that cannot be followed: {why_not(error)}"
            return UnreadableFile(name, reason) if is_wanted else None
        is_inside = real.is_relative_to(os.path.realpath(self.watched))
        if real.is_dir():
            return UnreadableFile(name, _LINK_INWARD if is_inside else LINK_OUTWARD)
        if not is_wanted:
            return None
        if not is_inside:
            return UnreadableFile(name, "a symbolic link that leads out of the folder, which is not followed")
        return describe(link, name, real.stat())

    def _name_of(self, changed: str) -> str | None:
        """The name of a changed path; None for one that is hidden or lies elsewhere.

        Its folder is resolved first: events may come under the name of a link to it.
        """
        folder, _, last = changed.rpartition("/")
        try:
            inner = Path(os.path.realpath(folder)).relative_to(os.path.realpath(self.watched))
        except ValueError:
            return None
        parts = (*inner.parts, last)
        return None if any(part.startswith(".") for part in parts) else "/".join(parts)


def describe(path: Path, name: str, status: os.stat_result) -> FoundFile | UnreadableFile:
    """A file by its status."""
    if not stat.S_ISREG(status.st_mode):
        return UnreadableFile(name, "not a regular file")
    return FoundFile(path, name, status.st_size, status.st_mtime_ns, status.st_ino)


def why_not(error: OSError) -> str:
    """The system's reason in lower case, to stand within a sentence."""
    return (error.strerror or str(error)).lower()


def _is_wanted(name: str) -> bool:
    # Covers .json, .jsonl and whatever follows them: .gz, .1, a time.
    return ".json" in name.lower() and not name.startswith(".") and not name.lower().endswith(_UNFINISHED)


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
