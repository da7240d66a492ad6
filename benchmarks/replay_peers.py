"""Other ways to count matches in files, each a program of its own: ``python -m benchmarks.replay_peers``.

``decompress`` only decompresses, with the library that replay uses, and gives the limit. ``plain`` is what
anybody would write for one condition: ``gzip``, ``json`` and an ``if``. ``closures`` is the same with any
number of conditions as functions of dicts. All but the first print how many matches each pattern has.
"""

import contextlib
import ctypes
import gzip
import json
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from isal import isal_zlib

__all__ = ["main"]

_GZIP_WINDOW_BITS = 31
_LENGTH_BYTES = 4
_CHUNK_FILES = 16
_MMAP_THRESHOLD, _TRIM_THRESHOLD = -3, -1
_HEAP_BYTES = 256 * 1024 * 1024


def main(arguments: list[str]) -> int:
    """Runs one of the programs: NAME FOLDER NUMBER, a number of processes or of patterns."""
    name, folder, number = arguments
    files = sorted(str(path) for path in Path(folder).rglob("*.json.gz"))
    if name == "decompress":
        _decompress_all(files, int(number))
        return 0
    counts = _plain(files) if name == "plain" else _closures(files, int(number))
    print(json.dumps(counts))
    return 0


def _decompress_all(files: list[str], jobs: int) -> None:
    if jobs == 1:
        _decompress(files)
        return
    chunks = [files[at : at + _CHUNK_FILES] for at in range(0, len(files), _CHUNK_FILES)]
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        for _ in pool.map(_decompress, chunks):
            pass


def _decompress(files: Iterable[str]) -> None:
    _keep_heap()
    for name in files:
        packed = Path(name).read_bytes()
        size = int.from_bytes(packed[-_LENGTH_BYTES:], "little")
        isal_zlib.decompressobj(_GZIP_WINDOW_BITS).decompress(packed, size + 1)


def _keep_heap() -> None:
    """Lets what is freed be used again at once: otherwise each large output is mapped anew (glibc alone)."""
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(_MMAP_THRESHOLD, _HEAP_BYTES // 4)
        library.mallopt(_TRIM_THRESHOLD, _HEAP_BYTES)


def _plain(files: Iterable[str]) -> list[int]:
    count = 0
    for name in files:
        with gzip.open(name) as file:
            document = json.load(file)
        for record in document["Records"]:
            code = record.get("errorCode", "")
            if code.endswith("UnauthorizedOperation") or code.startswith("AccessDenied"):
                address, call = record.get("sourceIPAddress"), record.get("eventName")
                is_left_out = address == "delivery.logs.amazonaws.com" or call == "HeadBucket"
                if code.endswith("UnauthorizedOperation") or not is_left_out:
                    count += 1
    return [count]


def _closures(files: Iterable[str], number: int) -> list[int]:
    predicates = _predicates(number)
    counts = [0] * len(predicates)
    for name in files:
        with gzip.open(name) as file:
            document = json.load(file)
        for record in document["Records"]:
            for index, matches in enumerate(predicates):
                if matches(record):
                    counts[index] += 1
    return counts


def _predicates(number: int) -> list[Callable[[dict[str, object]], bool]]:
    from benchmarks.pattern_sets import filter_sets
    from benchmarks.plain_patterns import plain_predicate
    from trailbell.patterns import parse_pattern

    [filters] = [each for each in filter_sets() if len(each) == number]
    return [plain_predicate(parse_pattern(each.pattern)) for each in filters]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
