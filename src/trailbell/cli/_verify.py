"""`trailbell verify`."""

from typing import Any

import click
from click.core import ParameterSource

from trailbell.cli._client import format_option, url_option
from trailbell.cli._connection_options import endpoint_option, policy_option, profile_option, regions_option
from trailbell.cli._parameter_types import SecondsRange
from trailbell.cli._verify_options import VerifyOptions
from trailbell.cli._verify_server import verify_server

__all__ = ["command"]

_CONTROL = "unauthorized_api_calls"
_ACCOUNT_ONLY = {
    "profile": "--profile",
    "regions": "--region",
    "role_arn": "--role-arn",
    "endpoint_url": "--endpoint-url",
    "is_drill": "--drill",
    "is_confirmed": "--yes",
}


def _policy() -> dict[str, Any]:
    from trailbell.drill import drill_iam_policy  # noqa: PLC0415 - the CLI starts without it

    return drill_iam_policy()


@click.command("verify")
@url_option
@format_option
@click.option(
    "--control",
    "keys",
    multiple=True,
    metavar="KEY",
    help=f"Which control's chain: one on a server, {_CONTROL} by default; any number on an account, all by "
    "default.",
)
@click.option(
    "--timeout",
    "timeout_seconds",
    type=SecondsRange(1, 3600),
    default=180.0,
    show_default=True,
    metavar="SECONDS",
    help="How long the event, or each alarm's actions, may take.",
)
@click.option("--account", "is_of_account", is_flag=True, help="Prove the chains of an AWS account instead.")
@profile_option
@regions_option
@click.option("--role-arn", default="", metavar="ARN", help="A role to call by.")
@endpoint_option
@click.option(
    "--drill", "is_drill", is_flag=True, help="Ring the account's alarms too, after saying whom that tells."
)
@click.option("--yes", "is_confirmed", is_flag=True, help="Ring them without asking.")
@policy_option(_policy, "--account and --drill need")
@click.pass_context
def command(context: click.Context, /, **given: Any) -> None:
    """Prove that the chain works, link by link, or say where it stops and why.

    On a server a made-up event passes from a source to a confirmed subscription, whose receiver gets a
    message that names trailbell-verify, and is taken back. On an AWS account made-up events are given to the
    filters; --drill rings its alarms and sets them back.
    """
    options = VerifyOptions(**given)
    if options.is_of_account:
        if context.get_parameter_source("url") is ParameterSource.COMMANDLINE:
            raise click.UsageError("--url names a Trailbell server: with --account it is --endpoint-url")
        from trailbell.cli._verify_account import verify_account  # noqa: PLC0415 - a server needs none of it

        code = verify_account(options)
    else:
        for name, flag in _ACCOUNT_ONLY.items():
            if getattr(options, name):
                raise click.UsageError(f"{flag} goes with --account")
        if len(options.keys) > 1:
            raise click.UsageError("a server proves one control at a time; name one with --control")
        key = options.keys[0] if options.keys else _CONTROL
        code = verify_server(options.url, key, options.timeout_seconds, options.output)
    context.exit(code)
