"""`trailbell status`."""

import click

from trailbell.cli._client import ask, format_option, url_option
from trailbell.cli._tables import print_json, print_lines, print_table
from trailbell.evidence import shown

__all__ = ["command"]


@click.command("status")
@url_option
@format_option
def command(url: str, output: str) -> None:
    """Show alarms, sources with their record classes, and the store.

    Records read are the sum of matched, unmatched, duplicate and rejected.
    """
    answer = ask(url, "/api/v1/status")
    if output == "json":
        print_json(answer)
        return
    for part, reason in answer["troubles"].items():
        click.echo(f"TROUBLE  {shown(part)}: {shown(reason, 1024)}")
    print_table(
        ["alarm", "state", "since", "reason"],
        [(each["name"], each["state"], each["since"], each["reason"]) for each in answer["alarms"]],
        "No alarms.",
    )
    print_table(
        [
            "source",
            "#files",
            "#read",
            "#matched",
            "#unmatched",
            "#duplicate",
            "#rejected",
            "#waiting",
            "#unreadable",
            "#lag s",
        ],
        [
            (
                each["location"],
                each["files"],
                *(
                    each["records"][name]
                    for name in ("read", "matched", "unmatched", "duplicate", "rejected")
                ),
                each["files_waiting"],
                each["files_unreadable"],
                each["lag_seconds"],
            )
            for each in answer["sources"]
        ],
        "No sources.",
    )
    print_table(
        ["table", "#rows", "#days kept", "#rows kept", "note"],
        [
            (each["table"], each["rows"], each["keeps_days"], each["keeps_rows"], each["note"])
            for each in answer["tables"]
        ],
        "No tables.",
    )
    messages = ", ".join(f"{number} {state}" for state, number in answer["messages"].items())
    print_lines(
        [
            ("messages", messages),
            ("store", f"{answer['store_path']} ({answer['store_bytes']} bytes)"),
            ("account", f"{answer['account_id']} in {answer['region']}"),
            ("evaluation", answer["evaluation"]),
            ("version", answer["version"]),
        ]
    )
