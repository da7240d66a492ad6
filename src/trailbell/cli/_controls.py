"""`trailbell controls`."""

import click

from trailbell.cli._client import ask, format_option, path_part, url_option
from trailbell.cli._tables import plural, print_json, print_lines, print_table

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
@format_option
def apply_controls(keys: tuple[str, ...], url: str, output: str) -> None:
    """Provision controls on the running server: all of them, or those named."""
    answer = ask(url, "/api/v1/controls", body={"keys": list(keys)})
    if output == "json":
        print_json(answer)
        return
    for name in answer["changed"]:
        click.echo(name)
    click.echo(f"{plural(len(answer['changed']), 'alarm')} made or changed.")
