"""Carrying out `trailbell controls apply`."""

from pathlib import Path

import click
import msgspec

from trailbell.account import ALL_REGIONS, ConnectionSettings, Profile
from trailbell.cli._client import ask
from trailbell.cli._exit_codes import ExitCode
from trailbell.cli._mending import mend
from trailbell.cli._remediate_report import print_left, print_report
from trailbell.cli._tables import plural, print_json
from trailbell.controls import VERSIONS, UnknownControlError, control_of, watched_controls
from trailbell.remediation import LeftKind, Outcome, Wish, WishError, recipient_of

__all__ = ["ApplyOptions", "apply_by"]

# They are no subscriptions of SNS, whose API does not show them.
_OWN_RECEIVERS = (
    "Nobody is subscribed over SNS: only receivers of the server's own setting `notify` are told."
)
_NOBODY_TOLD = (LeftKind.NO_RECIPIENT, LeftKind.CONFIRMATION)


class ApplyOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the command was asked with."""

    keys: tuple[str, ...]
    url: str
    endpoint_url: str | None
    profile: str | None
    region: tuple[str, ...]
    notify: tuple[str, ...]
    overwrite: bool
    undo_file: Path | None
    output: str


def apply_by(options: ApplyOptions) -> ExitCode:
    """Makes the chains of controls; returns the exit code.

    Raises:
        UsageError: A control or an address is not known.
        TrailbellError: The endpoint cannot be read.
    """
    is_ours = options.endpoint_url is None
    if is_ours:
        ask(options.url, "/healthz")
    settings = ConnectionSettings(
        profile=options.profile,
        endpoint_url=options.url if is_ours else options.endpoint_url,
        region=next((each for each in options.region if each != ALL_REGIONS), None),
        with_any_key=is_ours,
    )
    done = mend(settings, options.region, _wish(options), print_report, options.undo_file)
    made = [each.change for each in done.reports if each.outcome is Outcome.DONE]
    if options.output == "json":
        print_json({"changed": [each.words for each in made], "left": done.plan.left})
    else:
        print_left([each for each in done.plan.left if not (is_ours and each.kind is LeftKind.NO_RECIPIENT)])
        if is_ours and any(each.kind is LeftKind.NO_RECIPIENT for each in done.plan.left):
            click.echo(_OWN_RECEIVERS)
        click.echo(f"{plural(len(made), 'change')} made.")
    if any(each.outcome is Outcome.STOPPED for each in done.reports):
        return ExitCode.CHANGE_STOPPED
    # A chain that only lacks somebody to be told is as far as this command can bring it.
    is_left = any(each.kind not in _NOBODY_TOLD for each in done.plan.left)
    return ExitCode.CONTROL_LEFT if is_left else ExitCode.DONE


def _wish(options: ApplyOptions) -> Wish:
    try:
        return Wish(
            profile=Profile(VERSIONS[-1]),
            controls=tuple(map(control_of, options.keys)) or watched_controls(),
            recipients=tuple(map(recipient_of, options.notify)),
            may_overwrite=options.overwrite,
        )
    except (UnknownControlError, WishError) as error:
        raise click.UsageError(str(error)) from error
