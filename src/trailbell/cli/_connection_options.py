"""How the commands that call AWS are told where and as whom; imports nothing that takes time."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from trailbell.cli._parameter_types import Url
from trailbell.cli._tables import print_json

__all__ = ["endpoint_option", "policy_option", "profile_option", "regions_option"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def profile_option(command: _Command) -> _Command:
    """Adds ``--profile``."""
    return click.option("--profile", metavar="NAME", help="The profile of the AWS configuration to use.")(
        command
    )


def endpoint_option(command: _Command) -> _Command:
    """Adds ``--endpoint-url``."""
    return click.option("--endpoint-url", type=Url(), metavar="URL", help="Where to call instead of AWS.")(
        command
    )


def regions_option(command: _Command) -> _Command:
    """Adds ``--region``."""
    return click.option(
        "--region",
        "regions",
        multiple=True,
        metavar="NAME",
        help="A region to look for trails in, again for more, or `all`; the profile's own by default.",
    )(command)


def policy_option(policy: Callable[[], dict[str, Any]], what_for: str) -> Callable[[_Command], _Command]:
    """Adds ``--print-iam-policy``, which prints a policy instead of doing anything."""

    def show(context: click.Context, _: click.Parameter, is_wanted: bool) -> None:
        if is_wanted and not context.resilient_parsing:
            print_json(policy())
            context.exit()

    return click.option(
        "--print-iam-policy",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=show,
        help=f"Print the IAM policy that {what_for}, and end.",
    )
