"""`trailbell demo`."""

import io
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

import click

from trailbell.account import ConnectionSettings, Profile
from trailbell.cli._logging import configure_log
from trailbell.cli._mending import mend
from trailbell.cli._running import Running, StopSignal, free_port, running_server
from trailbell.controls import VERSIONS, watched_controls
from trailbell.remediation import ChangeKind, Outcome, Wish
from trailbell.settings import NO_CONTROLS, LogFormat, Settings
from trailbell.simulate import Company, demo_traffic, write_deliveries

__all__ = ["command"]

_FIRST_PORT = 4747
_REPORT_SECONDS = 2.0

_OPENING = """\
A made-up company works in the cloud; its CloudTrail files arrive every two seconds.
{alarms} CIS alarms watch them. In a few seconds somebody tries out a leaked access key.
"""

_CLOSING = """
That was the alarm, and it says who. This server stays up until Ctrl-C. In another terminal:

  {command} alarm show unauthorized_api_calls_alarm --url {url}
  {command} events --alarm unauthorized_api_calls_alarm --url {url}
  {command} status --url {url}

To watch real logs (a folder that your trail's bucket is synced to):

  {command} serve --source FOLDER --notify - --notify https://hooks.example.com/alarms
"""


class _Stage(io.StringIO):
    """Standard output that notices when the alarm's message has been written."""

    def __init__(self) -> None:
        super().__init__()
        self.rang = threading.Event()

    def write(self, text: str) -> int:
        """Pass the text on, with room around a message."""
        click.echo(f"\n{text}", nl=False)
        if text.startswith("ALARM: unauthorized_api_calls_alarm"):
            self.rang.set()
        return len(text)

    def flush(self) -> None:
        """Pass it on."""
        sys.stdout.flush()


@click.command("demo")
@click.option("--seed", type=int, default=7, show_default=True, help="Which company it is.")
@click.option("--once", is_flag=True, help="End after the alarm's message.")
def command(seed: int, once: bool) -> None:
    """Watch an intruder probe a made-up company and the alarm say who.

    Everything lives in a temporary folder that is removed at the end. Ctrl-C ends it.
    """
    configure_log(LogFormat.TEXT, level="warning")
    stage = _Stage()
    with tempfile.TemporaryDirectory(prefix="trailbell-demo-") as folder:
        logs = Path(folder) / "logs"
        logs.mkdir()
        settings = Settings(
            listen=f"127.0.0.1:{free_port('127.0.0.1', _FIRST_PORT)}",
            data=str(Path(folder) / "data"),
            source=(str(logs),),
            notify=("-",),
            controls=(NO_CONTROLS,),
        )
        with StopSignal() as stop, running_server(settings, stage) as running:
            click.echo(f"listening on {running.url}", err=True)
            click.echo(_OPENING.format(alarms=_make_chains(running.url)))
            traffic = threading.Thread(target=_write, args=(seed, logs, stop.asked), daemon=True)
            traffic.start()
            _report_until_it_rings(running, stage, stop)
            if not once and not stop.asked.is_set():
                click.echo(_CLOSING.format(command=_own_name(), url=running.url))
                stop.asked.wait()
            stop.asked.set()
            traffic.join()
    click.echo("The demo has ended; nothing is left behind.", err=True)


def _make_chains(url: str) -> int:
    """Makes the chains of the controls by AWS's own calls, as in any account; returns how many alarms."""
    settings = ConnectionSettings(endpoint_url=url, with_any_key=True)
    wish = Wish(profile=Profile(VERSIONS[-1]), controls=watched_controls())
    done = mend(settings, (), wish, lambda report: None)
    stopped = [each.message for each in done.reports if each.outcome is Outcome.STOPPED]
    if stopped:
        raise click.ClickException(stopped[0])
    return sum(each.change.kind is ChangeKind.ALARM for each in done.reports)


def _write(seed: int, logs: Path, stop: threading.Event) -> None:
    deliveries = demo_traffic(Company(seed), _now_ms(), run_id=uuid.uuid4().hex)
    write_deliveries(deliveries, logs, pace=1.0, clock=_now_ms, wait=stop.wait)


def _report_until_it_rings(running: Running, stage: _Stage, stop: StopSignal) -> None:
    """Says every two seconds what has been read, so that one sees the calm before the alarm."""
    shown_read = -1
    while not stage.rang.is_set() and not stop.asked.is_set():
        for source in running.chain.report.status().sources:
            records = source.records
            if records.read != shown_read:
                shown_read = records.read
                clock = time.strftime("%H:%M:%S")
                click.echo(
                    f"  {clock}  {records.read} records read, {records.matched} matched by an alarm's filter"
                )
        stage.rang.wait(_REPORT_SECONDS)


def _own_name() -> str:
    """Names the command as it was called: from a checkout it is `./dev trailbell`."""
    return "./dev trailbell" if sys.argv[0].endswith("__main__.py") else "trailbell"


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
