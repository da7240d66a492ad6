"""The options of `trailbell remediate`, and what is wished for by them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import click
import msgspec
from click.core import ParameterSource

from trailbell.account import Connection, ConnectionSettings, Profile, connect
from trailbell.cli._account_options import cis_option, control_option, controls_of
from trailbell.cli._connection_options import endpoint_option, profile_option, regions_option
from trailbell.controls import UnknownControlError, control_of
from trailbell.remediation import (
    Planned,
    Wish,
    WishError,
    plan_account,
    recipient_of,
    topic_of,
    tuned_pattern,
)

__all__ = ["PlanOptions", "connection_options", "connection_to", "plan_by", "plan_options", "refuse_planning"]

# What a plan is made by; controls and regions also say what is audited after it.
_PLANNING = frozenset({"profile_name", "topic", "notify", "overwrite", "twin", "record_to"})

_Command = TypeVar("_Command", bound=Callable[..., Any])


class PlanOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan is made by, as it was given."""

    profile: str | None
    regions: tuple[str, ...]
    role_arn: str | None
    endpoint_url: str | None
    profile_name: str
    keys: tuple[str, ...]
    topic: str
    notify: tuple[str, ...]
    overwrite: bool
    twin: tuple[str, ...]
    record_to: tuple[str, ...]


def connection_options(command: _Command) -> _Command:
    """Adds how to connect to an account."""
    for option in (
        endpoint_option,
        click.option("--role-arn", metavar="ARN", help="The role to act by."),
        regions_option,
        profile_option,
    ):
        command = option(command)
    return command


def plan_options(command: _Command) -> _Command:
    """Adds what to plan for."""
    for option in (
        click.option(
            "--record-to",
            multiple=True,
            metavar="ADDRESS",
            help="Who gets what silent twins tell: a mailbox that wakes nobody.",
        ),
        click.option(
            "--twin",
            multiple=True,
            metavar="KEY[=PATTERN]",
            help="Keep this control's own text, silent, beside a tuned filter that pages.",
        ),
        click.option(
            "--overwrite", is_flag=True, help="Change filters and alarms that are there, rather than add."
        ),
        click.option(
            "--notify",
            multiple=True,
            metavar="ADDRESS",
            help="Who is subscribed where nobody is told: a mail address, a URL, a queue's ARN.",
        ),
        click.option("--topic", default="", metavar="NAME|ARN", help="The topic that new alarms notify."),
        control_option,
        cis_option,
        connection_options,
    ):
        command = option(command)
    return command


def refuse_planning(context: click.Context) -> None:
    """Refuses what decides about a plan where one is given that was made before.

    Raises:
        UsageError: One of the options was given.
    """
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if parameter.name in _PLANNING and source is not ParameterSource.DEFAULT:
            raise click.UsageError(f"{parameter.opts[0]} was decided when the plan was made: plan anew")


def _wish_of(options: PlanOptions) -> Wish:
    """Returns what is wished for.

    Raises:
        UsageError: A control, an address or a pattern is not valid.
    """
    try:
        tuned = {control_of(key).key: pattern for key, _, pattern in (_parted(each) for each in options.twin)}
        for key, pattern in tuned.items():
            tuned_pattern(control_of(key), pattern)
        if tuned and not options.record_to:
            raise click.UsageError("--twin needs --record-to: somebody must be told by the silent alarm too")
        controls = controls_of(options.keys, options.profile_name)
        unplanned = tuned.keys() - {each.key for each in controls}
        if unplanned:
            raise click.UsageError(
                f"--twin names {min(unplanned)}, which is none of the controls that are planned for"
            )
        return Wish(
            profile=Profile(options.profile_name),
            controls=controls,
            topic=topic_of(options.topic),
            recipients=tuple(map(recipient_of, options.notify)),
            may_overwrite=options.overwrite,
            tuned=tuned,
            record_to=tuple(map(recipient_of, options.record_to)),
        )
    except (WishError, UnknownControlError) as error:
        raise click.UsageError(str(error)) from error


def _parted(text: str) -> tuple[str, str, str]:
    return text.partition("=")


def connection_to(options: PlanOptions) -> Connection:
    """Connects to the account.

    Raises:
        UnreadableAccountError: There is no way in.
    """
    settings = ConnectionSettings(
        profile=options.profile,
        endpoint_url=options.endpoint_url,
        region=next((each for each in options.regions if each != "all"), None),
    )
    return connect(settings, options.role_arn or "")


def plan_by(connection: Connection, options: PlanOptions) -> Planned:
    """Reads the account and plans.

    Raises:
        UnreadableAccountError: The account cannot be read.
    """
    return plan_account(connection, options.regions, _wish_of(options), datetime.now(UTC))
