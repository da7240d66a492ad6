"""A server killed with SIGKILL a thousand times while it reads a folder: is every record counted once?

Data: files that keep coming over four fifths of the kills: made-up logs of an intruder with records delivered
twice, redeliveries, exact copies, one JSON Lines file that grows, damaged files and files with bad lines.
Method: the server is killed while it starts, while it listens and just after files came, at random moments
(the seed stands below); the last one is left in peace. Its database is compared with that of one server that
reads the same folder undisturbed, and with what a program that shares no code with Trailbell counts.
Recovery is timed on the way: from the start after a kill to listening, and to the last record read.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.machine import percentile
from support.crash_campaign import Campaign, CampaignResult, counted_independently, left_in_peace
from support.crash_outcome import differences

_KILLS = 1000
_SEED = 7
_LOOKS = 250


def run(kills: int = _KILLS) -> None:
    """Prints the figures."""
    with tempfile.TemporaryDirectory() as folder:
        campaign = Campaign(Path(folder) / "killed", kills, _SEED, looked_at_every=-(-kills // _LOOKS))
        result = campaign.run()
        counted = counted_independently(campaign.logs)
        undisturbed = left_in_peace(Path(folder) / "undisturbed", campaign.logs, result.records)
    _tell(result)
    _compare("an independent program", differences(counted, result.outcome))
    _compare("one undisturbed server", differences(msgspec.to_builtins(undisturbed), result.outcome))
    if result.complaints:
        print(f"the servers complained {len(result.complaints)} times, first: {result.complaints[0]}")


def _tell(result: CampaignResult) -> None:
    outcome = result.outcome
    print(f"{result.kills} kills in {result.seconds:.0f} s (seed {_SEED})")
    moments = ", ".join(f"{name} {number}" for name, number in sorted(result.moments.items()))
    print(f"killed with: {moments} ({sum(result.moments.values())} looked at)")
    classes = ", ".join(f"{name} {number}" for name, number in outcome.classes.items())
    total = sum(outcome.classes.values())
    print(f"records: {result.records} delivered = {total} read: {classes}")
    files = ", ".join(f"{name} {number}" for name, number in sorted(outcome.files.items()))
    moves = sum(len(each) for each in outcome.moves.values())
    print(f"files: {files}; events kept: {sum(outcome.events.values())}")
    print(f"alarm moves: {moves}; messages: {sum(outcome.messages.values())}")
    _times("start to listening", result.ready_seconds)
    _times("start to all read", result.caught_up_seconds)


def _times(label: str, values: Sequence[float]) -> None:
    if values:
        parts = ", ".join(f"p{percent} {percentile(values, percent):.2f} s" for percent in (50, 95))
        print(f"{label:<20} {len(values)} times: {parts}, longest {max(values):.2f} s")


def _compare(other: str, told: Sequence[str]) -> None:
    print(f"compared with {other}: {'equal' if not told else f'{len(told)} DIFFERENCES'}")
    for line in told:
        print(f"  {line}")
