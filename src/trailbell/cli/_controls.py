"""`trailbell controls`."""

from pathlib import Path
from typing import Any

import click

from trailbell.cli._client import ask, format_option, path_part, url_option
from trailbell.cli._connection_options import endpoint_option, profile_option
from trailbell.cli._tables import print_json, print_lines, print_table

__all__ = ["command"]


@click.group("controls")
def command() -> None:
    """List, show or apply the CIS monitoring controls."""


@command.command("list")
@url_option
@format_option
def list_controls(url: str, output: str) -> None:
    """List the controls with their alarms' states."""
    answer = ask(url, "/api/v1/controls")
    if output == "json":
        print_json(answer)
        return
    print_table(
        ["key", "CIS", "severity", "title", "alarm", "state"],
        [
            (
                each["key"],
                f"{each['id']} ({each['version']})",
                each["severity"],
                each["title"],
                each["alarm_name"] or "no metric filter",
                each["alarm_state"] or "not applied",
            )
            for each in answer["controls"]
        ],
        "No controls.",
    )


@command.command("show")
@click.argument("key")
@url_option
@format_option
def show_control(key: str, url: str, output: str) -> None:
    """Show one control: ids by version, pattern, what it does not see, what to do."""
    answer = ask(url, f"/api/v1/controls/{path_part(key)}")
    if output == "json":
        print_json(answer)
        return
    print_lines(
        [
            ("control", answer["key"]),
            ("title", answer["title"]),
            ("severity", answer["severity"]),
            ("ids", ", ".join(f"{number} in {version}" for version, number in answer["ids"].items())),
            ("pattern", answer["pattern"]),
            ("filter", answer["filter_name"]),
            ("metric", answer["metric_name"]),
            ("alarm", answer["alarm_name"]),
            ("state", answer["alarm_state"] or "not applied"),
            *(("not seen", gap) for gap in answer["gaps"]),
            ("what next", answer["advice"]),
        ]
    )


@command.command("apply")
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@url_option
@endpoint_option
@profile_option
@click.option(
    "--region", multiple=True, metavar="NAME", help="With --endpoint-url: where to look for trails."
)
@click.option(
    "--notify",
    multiple=True,
    metavar="ADDRESS",
    help="Who is subscribed where nobody is told; again for more.",
)
@click.option("--overwrite", is_flag=True, help="Change filters and alarms that are there, rather than add.")
@click.option(
    "--undo-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Keep old values here, for `trailbell remediate undo`.",
)
@format_option
@click.pass_context
def apply_controls(context: click.Context, /, **given: Any) -> None:
    """Make the chains of controls on the running server: of all of them, or of those named.

    It is `trailbell remediate apply` without a question: what reaches somebody already is left alone. With
    --endpoint-url it is done there, with your AWS credentials.
    """
    from trailbell.cli._controls_apply import ApplyOptions, apply_by  # noqa: PLC0415 - only this needs AWS's

    context.exit(apply_by(ApplyOptions(**given)))
