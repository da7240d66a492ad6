"""`trailbell simulate`."""

import time
from pathlib import Path

import click

from trailbell.chain import parse_instant
from trailbell.simulate import (
    Company,
    DeliveryHabits,
    FileShape,
    Profile,
    generate,
    write_deliveries,
)

__all__ = ["command"]


@click.command("simulate")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="FOLDER",
    help="Where the files go, in AWS's layout.",
)
@click.option(
    "--seed", type=int, default=7, show_default=True, help="Which company; the same seed, the same."
)
@click.option(
    "--profile",
    type=click.Choice([each.value for each in Profile]),
    default=Profile.INTRUDER.value,
    show_default=True,
    help="What kind of traffic.",
)
@click.option("--rate", type=float, default=1.0, show_default=True, help="Calls a second, on average.")
@click.option(
    "--duration",
    type=float,
    default=3600.0,
    show_default=True,
    help="How many seconds of calls, up to a year.",
)
@click.option(
    "--start",
    default="1h",
    show_default=True,
    metavar="WHEN",
    help="When the calls begin: 90s, 15m, 2h, 7d ago, or a date such as 2026-09-14T05:43Z.",
)
@click.option("--run-id", default="1", show_default=True, metavar="TEXT", help="Fresh ids for another text.")
@click.option(
    "--shape",
    type=click.Choice([each.value for each in FileShape]),
    default=FileShape.MEASURED.value,
    show_default=True,
    help="How many records go into a file.",
)
@click.option(
    "--duplicates",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="The share of records that are delivered twice.",
)
@click.option("--live", is_flag=True, help="Deliver within seconds, not minutes, of the calls.")
@click.option(
    "--pace",
    type=float,
    metavar="FACTOR",
    help="Write each file when its time has come, this many times faster; without it, at once.",
)
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    out: Path,
    seed: int,
    profile: str,
    rate: float,
    duration: float,
    start: str,
    run_id: str,
    shape: str,
    duplicates: float,
    live: bool,
    pace: float | None,
) -> None:
    """Write made-up CloudTrail files of a company to a folder.

    The same seed, start and run id give the same files, byte for byte. Nothing in them is real.
    Ctrl-C ends it after the file in hand.
    """
    from trailbell.cli._running import StopSignal  # noqa: PLC0415 - the server's imports are slow

    deliveries = generate(
        Company(seed),
        Profile(profile),
        parse_instant(start, _now_ms()),
        duration,
        rate,
        DeliveryHabits(
            run_id=run_id, lateness=not live, duplicate_share=duplicates, file_shape=FileShape(shape)
        ),
    )
    with StopSignal() as stop:
        written = write_deliveries(deliveries, out, pace=pace, clock=_now_ms, wait=stop.asked.wait)
    click.echo(f"{written.records} records in {written.files} files ({written.size_bytes} bytes) under {out}")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
