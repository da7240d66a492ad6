"""A whole server in this process: store, chain and web, put together and taken apart in order."""

import contextlib
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import TextIO
from urllib.parse import urlsplit

import msgspec

from trailbell._errors import TrailbellError
from trailbell.access import check_listen_address, hosts_for
from trailbell.aws_api import make_aws_api
from trailbell.chain import Chain, SystemClock
from trailbell.settings import Settings, parse_address
from trailbell.store import Store
from trailbell.web import WebServer, bind, make_app

__all__ = ["Running", "StopSignal", "free_port", "running_server"]

_PORTS_TRIED = 100


class StopSignal:
    """Turns SIGINT and SIGTERM into an event for as long as it is entered.

    A handler runs between any two steps of the main thread, which may just then hold the event's lock.
    So it only puts a word into a queue made for that, and a thread sets the event.
    """

    def __init__(self) -> None:
        self.asked = threading.Event()
        self._words: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen, name="signals", daemon=True)
        self._before: dict[signal.Signals, Callable[[int, FrameType | None], object] | int | None] = {}

    def __enter__(self) -> "StopSignal":
        self._listener.start()
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, lambda *_: self._words.put(None))
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._words.put(None)
        self._listener.join()

    def _listen(self) -> None:
        self._words.get()
        self.asked.set()


class Running(msgspec.Struct, frozen=True):
    """A server that runs: its address and its chain."""

    url: str
    chain: Chain


def free_port(host: str, first: int) -> int:
    """Finds the first free port from a given one on; where a hundred are taken, let the system choose."""
    for port in range(first, first + _PORTS_TRIED):
        try:
            bind(host, port).close()
        except TrailbellError:
            continue
        return port
    return 0


@contextlib.contextmanager
def running_server(settings: Settings, terminal: TextIO) -> Iterator[Running]:
    """Runs a server; on leaving, finish the transactions in hand.

    Raises:
        TrailbellError: The address, the data folder, a source or a control does not allow it.
    """
    host, port = parse_address(settings.listen)
    check_listen_address(host)
    store = Store(Path(settings.data))
    try:
        opened = bind(host, port)
        real_port = opened.getsockname()[1]
        url = f"http://[{host}]:{real_port}" if ":" in host else f"http://{host}:{real_port}"
        public_url = settings.public_url or url
        clock = SystemClock()
        try:
            chain = Chain(settings, store, clock, terminal, public_url)
        except BaseException:
            opened.close()
            raise
        hosts = hosts_for(host, real_port) | {urlsplit(public_url).netloc}
        aws_api = make_aws_api(chain, clock, settings, public_url)
        web = WebServer(make_app(chain, clock, hosts, aws_api, settings.public_url), opened)
        chain.start()
        web.start()
        try:
            yield Running(url, chain)
        finally:
            web.stop()
            chain.stop()
    finally:
        store.close()
