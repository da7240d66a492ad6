"""A whole server in this process with AWS's APIs on a free port: its clock may be the test's own."""

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from botocore.config import Config  # type: ignore[import-untyped]

from support.aws_clients import client
from support.clock import ManualClock
from support.ready_store import ready_store
from trailbell.access import hosts_for
from trailbell.aws_api import make_aws_api
from trailbell.chain import Chain, Clock, SystemClock
from trailbell.settings import Settings
from trailbell.web import WebServer, bind, make_app

__all__ = ["AwsServer", "aws_server"]


class AwsServer:
    """A running server; with a clock of the test's own its loops stand still, and the test moves them."""

    def __init__(self, url: str, chain: Chain, clock: Clock, terminal: io.StringIO) -> None:
        self.url = url
        self.chain = chain
        self.clock = clock
        self.terminal = terminal

    def client(self, service: str, protocol: str | None = None, config: Config | None = None) -> Any:
        """A boto3 client of the server."""
        return client(service, self.url, protocol, config)


@contextlib.contextmanager
def aws_server(folder: Path, clock: ManualClock | None = None, **settings: Any) -> Iterator[AwsServer]:
    """Runs a server on a data folder below the given one."""
    store = ready_store(folder / "data")
    opened = bind("127.0.0.1", 0)
    host, port = opened.getsockname()[:2]
    given = Settings(data=str(folder / "data"), **settings)
    url = f"http://{host}:{port}"
    terminal = io.StringIO()
    used = clock or SystemClock()
    chain = Chain(given, store, used, terminal, given.public_url or url)
    aws_api = make_aws_api(chain, used, given, given.public_url or url)
    web = WebServer(make_app(chain, used, hosts_for(host, port), aws_api), opened)
    if clock is None:
        chain.start()
    web.start()
    try:
        yield AwsServer(url, chain, used, terminal)
    finally:
        web.stop()
        chain.stop()
        store.close()
