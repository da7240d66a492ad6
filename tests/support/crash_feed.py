"""What arrives in the folder of a server that is killed time and again: every kind of file, some twice."""

import gzip
import json
import os
import random
from collections import deque
from pathlib import Path
from typing import Any

import msgspec

from support.records import ACCOUNT, denial, record
from trailbell.simulate import Company, DeliveryHabits, FileShape, Profile, generate

__all__ = ["Arrival", "Feed"]

_START_MS = 1_789_000_000_000
_STORY_SECONDS = 120
_CALLS_PER_SECOND = 12
_COMPANIES = 50
_FILES_PER_SLOT = 3
_REMEMBERED = 60
_LONG_AGO = 1_577_836_800
_GROWING = "live/app.jsonl"
_BAD_LINES = (b"this is no JSON", b"42", b'{"eventName": "cut', b"\xfe is no text")


class Arrival(msgspec.Struct, frozen=True):
    """A file that appears whole, or one that grows.

    ``reads`` is how much it adds to the records read; ``is_old`` sets the file's time far back, so that
    a damaged one counts at once as no longer being written.
    """

    name: str
    content: bytes
    reads: int
    grows: bool = False
    is_old: bool = False

    def deliver(self, folder: Path) -> None:
        """Puts it into the folder."""
        path = folder / self.name
        path.parent.mkdir(parents=True, exist_ok=True)
        if self.grows:
            with path.open("ab") as growing:
                growing.write(self.content)
            return
        hidden = path.with_name(f".{path.name}.unfinished")
        hidden.write_bytes(self.content)
        if self.is_old:
            os.utime(hidden, (_LONG_AGO, _LONG_AGO))
        hidden.rename(path)


class Feed:
    """Makes the arrivals of one slot of a campaign after the other; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._seed = seed
        self._slot = -1
        self._records: deque[list[dict[str, Any]]] = deque(maxlen=_REMEMBERED)
        self._files: deque[bytes] = deque(maxlen=_REMEMBERED)
        self._unfinished = b""

    def slot(self, *, is_last: bool) -> list[Arrival]:
        """Returns what arrives next, in no particular order; the last slot leaves nothing unfinished."""
        self._slot += 1
        made = [*self._log_files(), self._growth(is_last=is_last)]
        if self._slot % 3 == 1:
            made.append(self._redelivery())
        if self._slot % 4 == 2:
            made.append(Arrival(self._name("copy", ".json.gz"), self._chance.choice(self._files), 0))
        if self._slot % 7 == 3:
            made.append(self._damaged())
        if self._slot % 5 == 4:
            made.append(self._bad_lines())
        self._chance.shuffle(made)
        return made

    def _name(self, kind: str, suffix: str) -> str:
        return f"AWSLogs/{self._slot % 10}/{kind}-{self._chance.randrange(10**6):06}-{self._slot}{suffix}"

    def _log_files(self) -> list[Arrival]:
        """A company's two minutes with an intruder, some records twice, in a few files."""
        company = Company(self._seed * _COMPANIES + self._slot % _COMPANIES)
        habits = DeliveryHabits(
            run_id=str(self._slot), file_shape=FileShape.LARGE, duplicate_share=self._chance.random() / 8
        )
        story = generate(company, Profile.INTRUDER, _START_MS, _STORY_SECONDS, _CALLS_PER_SECOND, habits)
        records = [each for one in story for each in json.loads(gzip.decompress(one.content))["Records"]]
        size = -(-len(records) // _FILES_PER_SLOT)
        made = [self._log_file("log", records[at : at + size]) for at in range(0, len(records), size)]
        self._files.extend(each.content for each in made)
        return made

    def _log_file(self, kind: str, records: list[Any]) -> Arrival:
        self._records.append([each for each in records if isinstance(each, dict)])
        content = gzip.compress(json.dumps({"Records": records}).encode(), compresslevel=1, mtime=0)
        return Arrival(self._name(kind, ".json.gz"), content, len(records))

    def _redelivery(self) -> Arrival:
        """Some records of earlier files once more, in another order and another file; one is none."""
        earlier = [each for records in self._chance.sample(self._records, 3) for each in records]
        again: list[Any] = self._chance.sample(earlier, len(earlier) // 3)
        again.insert(len(again) // 2, 17)
        return self._log_file("again", again)

    def _damaged(self) -> Arrival:
        whole = self._chance.choice(self._files)
        content = self._chance.choice([whole[: len(whole) // 2], b"no log at all", b""])
        return Arrival(self._name("damaged", ".json.gz"), content + bytes([self._slot % 256]), 1, is_old=True)

    def _bad_lines(self) -> Arrival:
        lines = [*self._lines(20), *_BAD_LINES, *self._lines(20)]
        return Arrival(self._name("bad", ".jsonl"), b"\n".join(lines) + b"\n", len(lines))

    def _growth(self, *, is_last: bool) -> Arrival:
        """Lines at the end of the one file that grows; the last of them is left half written."""
        lines = self._lines(12)
        if self._slot % 3 == 2:
            lines.insert(4, self._chance.choice(_BAD_LINES))
        text = self._unfinished + b"\n".join(lines) + b"\n"
        kept_back = 0 if is_last else self._chance.randrange(2, len(lines[-1]))
        text, self._unfinished = text[: len(text) - kept_back], text[len(text) - kept_back :]
        return Arrival(_GROWING, text, text.count(b"\n"), grows=True)

    def _lines(self, number: int) -> list[bytes]:
        made = [self._line(f"line-{self._slot}-{self._chance.getrandbits(64):x}") for _ in range(number)]
        self._records.append(made)
        return [json.dumps(each).encode() for each in made]

    def _line(self, event_id: str) -> dict[str, Any]:
        name = f"user{self._chance.randrange(30)}"
        kind = self._chance.randrange(6)
        if kind == 0:
            # Without an id only the ledger keeps it from being counted twice.
            return denial(name, eventID=None, eventName="ListUsers")
        if kind == 1:
            return denial(name, eventID=event_id, eventName="PutRolePolicy", eventSource="iam.amazonaws.com")
        if kind == 2:
            return record(eventID=event_id, eventName="AttachUserPolicy", eventSource="iam.amazonaws.com")
        if kind == 3:
            return denial(
                name, eventID=event_id, recipientAccountId=self._chance.choice([ACCOUNT, "444455556666"])
            )
        return record(eventID=event_id)
