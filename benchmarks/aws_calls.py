"""Calls of CloudWatch Logs by plain HTTP, so that the client costs as little as can be, and a moto server."""

import contextlib
import http.client
import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import msgspec

from benchmarks.servers import ServerProcess, ending
from trailbell.cloudtrail import decompress, read_records
from trailbell.simulate import Company, DeliveryHabits, FileShape, Profile, generate

__all__ = ["GROUP", "STREAM", "Batch", "Connection", "batches", "moto_server", "moved"]

GROUP = "CloudTrail/logs"
STREAM = "bench"

_MOST_BYTES = 1_048_576
_OVERHEAD_BYTES = 26
_SECONDS_OF_TRAFFIC = 300
_RATE = 100
_EVENT_MS = 1000 // _RATE
_AGE_MS = 60_000
_AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/us-east-1/logs/aws4_request, "
    "SignedHeaders=host;x-amz-date;x-amz-target, Signature=0"
)


class Batch(msgspec.Struct, frozen=True):
    """The body of one PutLogEvents call; ``size_bytes`` counts messages and overheads as the quota does."""

    body: bytes
    events: int
    size_bytes: int
    last_ms: int

    @property
    def span_ms(self) -> int:
        """How much time the events cover, up to the first of a batch that follows."""
        return self.events * _EVENT_MS


class Connection:
    """A keep-alive connection that signs in shape only."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(str(parts.hostname), parts.port or 80, timeout=120)

    def __enter__(self) -> "Connection":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None
    ) -> None:
        self._connection.close()

    def send(self, operation: str, body: bytes) -> bytes:
        """Sends a body and returns the answer's.

        Raises:
            RuntimeError: The call is refused.
        """
        headers = {
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": f"Logs_20140328.{operation}",
            "x-amz-date": "20261123T000000Z",
            "authorization": _AUTHORIZATION,
        }
        self._connection.request("POST", "/", body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{operation} was refused: {answer.status} {content[:500]!r}")
        return content

    def call(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Sends parameters and returns the result."""
        answer: dict[str, Any] = json.loads(self.send(operation, json.dumps(parameters).encode()) or b"{}")
        return answer


def batches() -> list[Batch]:
    """Makes full batches of made-up traffic, one event in ten milliseconds, the last of them a minute ago."""
    at_ms = time.time_ns() // 1_000_000 - _AGE_MS - _SECONDS_OF_TRAFFIC * 1000
    habits = DeliveryHabits(file_shape=FileShape.MEASURED)
    made: list[Batch] = []
    messages: list[str] = []
    size = 0
    for delivery in generate(Company(7), Profile.CALM, at_ms, _SECONDS_OF_TRAFFIC, _RATE, habits):
        for each in read_records(decompress(delivery.content, 64 * 1024 * 1024)).records:
            weight = len(each.content) + _OVERHEAD_BYTES
            if size + weight > _MOST_BYTES:
                made.append(_batch(messages, size, at_ms))
                at_ms += made[-1].span_ms
                messages, size = [], 0
            messages.append(each.content.decode())
            size += weight
    return made


def moved(batch: Batch, at_ms: int) -> Batch:
    """Returns a batch with the same messages that begins at another instant."""
    messages = [each["message"] for each in json.loads(batch.body)["logEvents"]]
    return _batch(messages, batch.size_bytes, at_ms)


@contextlib.contextmanager
def moto_server() -> Iterator[ServerProcess]:
    """Starts a moto server, and ends it; it answers each request on a connection of its own."""
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    url = f"http://127.0.0.1:{port}"
    with ending(process):
        for _ in range(200):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/moto-api/", timeout=5):  # noqa: S310
                break
            time.sleep(0.1)
        else:
            raise RuntimeError("the moto server did not start")
        yield ServerProcess(process, url)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        return int(opened.getsockname()[1])


def _batch(messages: list[str], size: int, at_ms: int) -> Batch:
    events = [
        {"timestamp": at_ms + number * _EVENT_MS, "message": message}
        for number, message in enumerate(messages)
    ]
    body = json.dumps({"logGroupName": GROUP, "logStreamName": STREAM, "logEvents": events}).encode()
    return Batch(body, len(events), size, at_ms + (len(events) - 1) * _EVENT_MS)
