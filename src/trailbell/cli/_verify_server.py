"""`trailbell verify` on a server: a made-up event passes the chain, and each link is told as it comes."""

import time
from collections.abc import Callable

import click

from trailbell._errors import TrailbellError
from trailbell.cli._client import Answer, ask, path_part
from trailbell.cli._exit_codes import ExitCode
from trailbell.cli._tables import print_json
from trailbell.evidence import shown

__all__ = ["verify_server"]

_LOOK_SECONDS = 0.2
# Taking back may wait for a transaction of others.
_GRACE_SECONDS = 30.0


class _UnendedError(TrailbellError):
    exit_code = ExitCode.VERIFY_STOPPED


def verify_server(url: str, control: str, timeout_seconds: float, output: str) -> ExitCode:
    """Has the server prove its chain; returns 0 only where every link was passed."""
    body = {"control": control, "timeout_seconds": timeout_seconds}
    answer = ask(url, "/api/v1/verifications", body=body)
    click.echo(
        f"Verification {answer['id']}: the event of {answer['control']} is made up, and whoever is "
        "subscribed to its alarm is paged by it.",
        err=True,
    )
    tell = _Teller() if output == "table" else _nothing
    tell(answer)
    answer = _ended(url, answer, tell)
    if output == "json":
        print_json(answer)
    else:
        _conclude(answer)
    return ExitCode.DONE if answer["state"] == "proven" else ExitCode.VERIFY_STOPPED


def _ended(url: str, answer: Answer, tell: Callable[[Answer], None]) -> Answer:
    deadline = time.monotonic() + answer["timeout_seconds"] + _GRACE_SECONDS
    while not answer["is_removed"]:
        if time.monotonic() > deadline:
            raise _UnendedError(
                f"the server does not end verification {answer['id']}: `trailbell status` shows what is in "
                "trouble; what it has put in is taken back at the next start at the latest"
            )
        time.sleep(_LOOK_SECONDS)
        answer = ask(url, f"/api/v1/verifications/{path_part(answer['id'])}")
        tell(answer)
    return answer


def _nothing(answer: Answer) -> None:
    pass


class _Teller:
    """Writes each link once, when it has been passed."""

    def __init__(self) -> None:
        self._told = 0

    def __call__(self, answer: Answer) -> None:
        for each in answer["links"][self._told :]:
            name = shown(str(each["name"]), 256)
            detail = f"  ({shown(str(each['detail']), 512)})" if each["detail"] else ""
            click.echo(f"  {each['link']:<12}  {each['seconds']:>8.3f} s  {name}{detail}")
        self._told = len(answer["links"])


def _conclude(answer: Answer) -> None:
    if answer["state"] == "proven":
        seconds = max((each["seconds"] for each in answer["links"]), default=0.0)
        click.echo(f"PROVEN in {seconds:.3f} s: the event reached a confirmed subscription.")
    else:
        click.echo(f"STOPPED at {answer['stopped_at']}: {shown(str(answer['reason']), 2048)}")
        click.echo(f"  next: {shown(str(answer['advice']), 1024)}")
    for each in answer["notes"]:
        click.echo(f"  note: {shown(str(each), 1024)}")
    for each in answer["left"]:
        click.echo(f"  left: {shown(str(each), 1024)}")
    if not answer["left"]:
        click.echo("  The event and its data were taken back; the alarm's history keeps the drill.")
