"""`trailbell events`."""

import click

from trailbell.cli._client import ask, format_option, url_option
from trailbell.cli._tables import print_json, print_table

__all__ = ["command"]


@click.command("events")
@click.option("--alarm", metavar="NAME", help="Only events counted for this alarm.")
@click.option("--principal", metavar="TEXT", help="Who: a whole ARN or its last part; * is a wildcard.")
@click.option("--call", metavar="TEXT", help="What: such as s3:GetObject, GetObject or s3:*.")
@click.option("--error", metavar="TEXT", help="The error code; * is a wildcard.")
@click.option("--address", metavar="TEXT", help="The source address; * is a wildcard.")
@click.option("--account", metavar="ID", help="The account.")
@click.option("--event-id", metavar="ID", help="The CloudTrail event id.")
@click.option("--since", metavar="WHEN", help="90s, 15m, 2h, 7d ago, or a date such as 2026-09-14T05:43Z.")
@click.option("--until", metavar="WHEN", help="As --since; the instant itself is left out.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many.")
@click.option("--record", is_flag=True, help="With JSON: the raw records too.")
@url_option
@format_option
def command(url: str, output: str, limit: int, record: bool, **asked: str | None) -> None:
    """Search the matched events by who, what, where and when.

    The newest come first.
    """
    parameters = {name: text for name, text in asked.items() if text}
    parameters["limit"] = str(limit)
    if record:
        parameters["record"] = "yes"
    answer = ask(url, "/api/v1/events", parameters)
    if output == "json":
        print_json(answer)
        return
    print_table(
        ["at", "who", "call", "error", "from", "account", "region", "event id"],
        [
            (
                each["at"],
                each["principal"],
                each["call"],
                each["error"],
                each["address"],
                each["account"],
                each["region"],
                each["event_id"],
            )
            for each in answer["events"]
        ],
        "No matched events.",
    )
