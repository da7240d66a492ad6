"""The files that replays are timed on: made by the simulator, the same in every run.

Traffic of one made-up company, 200 calls a second for as long as it takes, with an intruder now and then, in
large gzip files in AWS's layout. The files are dealt out to four folders: what is slow is timed on one.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from trailbell.simulate import Company, DeliveryHabits, FileShape, Profile, generate

__all__ = ["PARTS", "Corpus", "corpus"]

PARTS = 4
_SEED = 7
_START_MS = 1_789_000_000_000
_RATE = 200
_RECORD_BYTES = 1_300
_DEFAULT_MEGABYTES = 2_000
_LENGTH_BYTES = 4


class Corpus(msgspec.Struct, frozen=True):
    """What lies in a folder.

    Attributes:
        folder: The folder.
        files: How many files it holds.
        records: How many records are in them.
        size_bytes: How long they are uncompressed.
        packed_bytes: How long they are as they lie there.
        megabytes: For how much it was made.
    """

    folder: str
    files: int
    records: int
    size_bytes: int
    packed_bytes: int
    megabytes: int

    @property
    def part(self) -> Path:
        """The folder that holds a fourth of the files."""
        return Path(self.folder) / "part-0"


@contextlib.contextmanager
def corpus() -> Iterator[Corpus]:
    """Yields the corpus of BENCH_REPLAY_MB megabytes of JSON (2,000 unless set).

    It is removed at the end, unless BENCH_REPLAY_CORPUS names a folder: there it is made once, and stays.
    """
    megabytes = int(os.environ.get("BENCH_REPLAY_MB", _DEFAULT_MEGABYTES))
    kept = os.environ.get("BENCH_REPLAY_CORPUS")
    if kept:
        yield _kept(Path(kept), megabytes)
        return
    with tempfile.TemporaryDirectory(prefix="trailbell-replay-") as folder:
        yield _make(Path(folder) / "logs", megabytes)


def _kept(folder: Path, megabytes: int) -> Corpus:
    note = folder / "corpus.json"
    logs = folder / "logs"
    if note.is_file():
        found = msgspec.json.decode(note.read_bytes(), type=Corpus)
        if found.megabytes == megabytes and found.folder == str(logs):
            return found
    if logs.exists():
        # Another size, or one that was not finished.
        shutil.rmtree(logs)
    made = _make(logs, megabytes)
    note.write_bytes(msgspec.json.encode(made))
    return made


def _make(logs: Path, megabytes: int) -> Corpus:
    seconds = megabytes * 1e6 / _RECORD_BYTES / _RATE
    habits = DeliveryHabits(file_shape=FileShape.LARGE)
    files = records = size = packed = 0
    for delivery in generate(Company(_SEED), Profile.INTRUDER, _START_MS, seconds, _RATE, habits):
        path = logs / f"part-{files % PARTS}" / delivery.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(delivery.content)
        files += 1
        records += delivery.records
        packed += len(delivery.content)
        # The last bytes of a gzip file tell how much it holds.
        size += int.from_bytes(delivery.content[-_LENGTH_BYTES:], "little")
    return Corpus(str(logs), files, records, size, packed, megabytes)
