"""Puts a file into a watched folder and takes it away again; readers of a source never do."""

from pathlib import Path

from trailbell.sources._contract import SourceError
from trailbell.sources._folder import why_not

__all__ = ["place_file", "take_file_away"]


def place_file(folder: Path, name: str, content: bytes) -> None:
    """Writes a file that appears whole or not at all.

    Raises:
        SourceError: There is no such folder, or the file cannot be written there.
    """
    if not folder.is_dir():
        raise SourceError(str(folder), "is not a folder, so that no file can be put into it")
    path = folder / name
    unfinished = path.with_name(f".{name}.unfinished")
    try:
        try:
            with unfinished.open("xb") as file:
                file.write(content)
            unfinished.replace(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise SourceError(str(folder), f"cannot be written to: {why_not(error)}") from error


def take_file_away(folder: Path, name: str) -> None:
    """Deletes a file, and what an interrupted writing of it has left; one that is not there is no trouble.

    Raises:
        SourceError: The file cannot be deleted.
    """
    path = folder / name
    try:
        path.with_name(f".{name}.unfinished").unlink(missing_ok=True)
        path.unlink(missing_ok=True)
    except NotADirectoryError:
        return
    except OSError as error:
        raise SourceError(str(path), f"cannot be deleted: {why_not(error)}") from error
