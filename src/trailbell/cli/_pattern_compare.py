"""`trailbell pattern compare`."""

import json
import sys

import click
import msgspec

from trailbell.cli._exit_codes import ExitCode
from trailbell.cli._pattern_argument import LONGEST_ESCAPE, encodable, output_option, read_pattern
from trailbell.cli._tables import print_json
from trailbell.evidence import shown
from trailbell.patterns import Coverage, Relation, compare

__all__ = ["compare_pattern"]

_SENTENCES = {
    Relation.EQUIVALENT: "equivalent: both match exactly the same events",
    Relation.STRICTER: "stricter: some events of REFERENCE are missed, and none are added",
    Relation.LOOSER: "looser: all events of REFERENCE are matched, and others too",
    Relation.INCOMPARABLE: "incomparable: some events of REFERENCE are missed, and others are added",
    Relation.UNKNOWN: "unknown: this cannot be decided",
}
_STYLES = {
    Relation.EQUIVALENT: "green",
    Relation.LOOSER: "yellow",
    Relation.STRICTER: "red",
    Relation.INCOMPARABLE: "red",
    Relation.UNKNOWN: "magenta",
}
_CODES = {
    Relation.EQUIVALENT: ExitCode.DONE,
    Relation.LOOSER: ExitCode.DONE,
    Relation.STRICTER: ExitCode.PATTERN_MISSES,
    Relation.INCOMPARABLE: ExitCode.PATTERN_MISSES,
    Relation.UNKNOWN: ExitCode.PATTERN_UNDECIDED,
}


@click.command("compare")
@click.argument("reference")
@click.argument("candidate")
@click.option(
    "--union",
    "others",
    multiple=True,
    metavar="PATTERN",
    help="Another pattern whose events count as matched by CANDIDATE too; may be repeated.",
)
@output_option
def compare_pattern(reference: str, candidate: str, others: tuple[str, ...], output: str) -> None:
    """Say over all events there can be how what CANDIDATE matches relates to what REFERENCE matches.

    Where they differ, an event is shown that only one of them matches. The exit code is 0 where every
    event that REFERENCE matches is matched, 9 where some are missed, and 10 where that is unknown.
    """
    patterns = [read_pattern(text, output) for text in (reference, candidate, *others)]
    coverage = compare(*patterns)
    if output == "json":
        _print_json(coverage)
    else:
        _print_text(coverage)
    # That something is missed is known then, whatever else is not.
    is_missed = coverage.only_reference is not None
    sys.exit(ExitCode.PATTERN_MISSES if is_missed else _CODES[coverage.relation])


def _print_json(coverage: Coverage) -> None:
    print_json(
        {
            "relation": coverage.relation.value,
            "only_reference": _event(coverage.only_reference),
            "only_candidate": _event(coverage.only_candidate),
            "plausible": coverage.plausible,
            "reason": encodable(coverage.reason),
        }
    )


def _print_text(coverage: Coverage) -> None:
    click.secho(_SENTENCES[coverage.relation], fg=_STYLES[coverage.relation])
    for title, message in (
        ("Only REFERENCE matches", coverage.only_reference),
        ("Only CANDIDATE matches", coverage.only_candidate),
    ):
        if message is not None:
            click.echo(f"\n{title}:\n{_safe(message)}")
    if coverage.relation is Relation.UNKNOWN:
        click.echo(f"\nNot decided: {_safe(coverage.reason)}")
    elif coverage.plausible is False:
        click.echo(f"\nCloudTrail would hardly write this: {_safe(coverage.reason)}")
    elif coverage.reason:
        click.echo(f"\n{_safe(coverage.reason)}")


def _event(message: str | None) -> object:
    """Returns an event as it stands where it is a JSON object, so that no number changes its form."""
    if message is None:
        return None
    try:
        is_object = isinstance(json.loads(message), dict)
    except ValueError:
        is_object = False
    return msgspec.Raw(message.encode()) if is_object else message


def _safe(text: str) -> str:
    # Values of patterns stand in it, and must not do anything to a terminal.
    return shown(text, LONGEST_ESCAPE * len(text))
