"""Names and keys of delivered files (CloudTrail User Guide, "Finding your CloudTrail log files")."""

import enum
import re
from datetime import UTC, datetime, timedelta

import msgspec

__all__ = ["FileKind", "LogFileName", "object_key", "parse_file_name"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

# No key in S3 is longer.
_MAXIMUM_NAME_LENGTH = 1024


class FileKind(enum.StrEnum):
    """What a delivered file holds."""

    LOG = "log"
    DIGEST = "digest"
    INSIGHT = "insight"


_FOLDERS = {
    FileKind.LOG: "CloudTrail",
    FileKind.DIGEST: "CloudTrail-Digest",
    FileKind.INSIGHT: "CloudTrail-Insight",
}
_KINDS = {folder: kind for kind, folder in _FOLDERS.items()}

# Archives and hand-made cuts bend the name a little: a dash before the time, no Z, no unique part.
_NAME = re.compile(
    r"""
    (?P<account>[^_\s]+) _ (?P<folder>CloudTrail(?:-[A-Za-z]+)?) _
    (?P<region>[A-Za-z0-9-]+?)
    (?: _ (?P<trail>[A-Za-z0-9._-]+) )?
    [_-] (?P<date>[0-9]{8}) T (?P<clock>[0-9]{4}(?:[0-9]{2})?) Z?
    (?: [_-] (?P<unique>[A-Za-z0-9]+) )?
    [^.]*
    (?: \. (?P<extension>.+) )? \Z
    """,
    re.VERBOSE | re.ASCII,
)


class LogFileName(msgspec.Struct, frozen=True):
    """The parts of a delivered file's name.

    Attributes:
        account_id: The account the records are of.
        region: The region the records are of.
        minute_ms: The delivery time in the name. Log and Insight files name a minute, digests a second.
        unique: The random part; for a digest the trail and its home region, joined by an underscore.
        kind: What the file holds.
        extension: Everything behind the first dot after the name, without that dot.
    """

    account_id: str
    region: str
    minute_ms: int
    unique: str = ""
    kind: FileKind = FileKind.LOG
    extension: str = "json.gz"

    @property
    def file_name(self) -> str:
        """The name as AWS writes it."""
        digest = self.kind is FileKind.DIGEST
        time = _instant(self).strftime("%Y%m%dT%H%M%SZ" if digest else "%Y%m%dT%H%MZ")
        tail = (self.unique, time) if digest else (time, self.unique)
        parts = (self.account_id, _FOLDERS[self.kind], self.region, *tail)
        return "_".join(part for part in parts if part) + (f".{self.extension}" if self.extension else "")


def object_key(name: LogFileName, prefix: str = "", organization_id: str = "") -> str:
    """Returns the key under which CloudTrail delivers the file to its bucket."""
    day = _instant(name).strftime("%Y/%m/%d")
    folder = _FOLDERS[name.kind]
    parts = (
        prefix.strip("/"),
        "AWSLogs",
        organization_id,
        name.account_id,
        folder,
        name.region,
        day,
        name.file_name,
    )
    return "/".join(part for part in parts if part)


def parse_file_name(name: str) -> LogFileName | None:
    """Reads a bare name, a path or a key; None where no delivery time can be read from it."""
    base = re.split(r"[/\\]", name)[-1]
    match = _NAME.search(base) if len(base) <= _MAXIMUM_NAME_LENGTH else None
    if match is None:
        return None
    clock = match["clock"].ljust(6, "0")
    try:
        time = datetime.strptime(match["date"] + clock, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    kind = _KINDS.get(match["folder"], FileKind.LOG)
    unique = match["trail"] if kind is FileKind.DIGEST else match["unique"]
    at_ms = (time - _EPOCH) // _MILLISECOND
    if kind is not FileKind.DIGEST:
        at_ms -= at_ms % 60_000
    return LogFileName(
        account_id=match["account"],
        region=match["region"],
        minute_ms=at_ms,
        unique=unique or "",
        kind=kind,
        extension=match["extension"] or "",
    )


def _instant(name: LogFileName) -> datetime:
    return _EPOCH + timedelta(milliseconds=name.minute_ms)
