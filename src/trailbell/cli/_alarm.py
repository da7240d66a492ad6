"""`trailbell alarm`."""

import click

from trailbell.cli._client import Answer, ask, format_option, path_part, url_option
from trailbell.cli._tables import print_json, print_lines, print_table

__all__ = ["command"]


@click.group("alarm")
def command() -> None:
    """List alarms, or show one with who is behind it."""


@command.command("list")
@url_option
@format_option
def list_alarms(url: str, output: str) -> None:
    """List the alarms with state and reason."""
    answer = ask(url, "/api/v1/alarms")
    if output == "json":
        print_json(answer)
        return
    print_table(
        ["alarm", "state", "since", "reason"],
        [(each["name"], each["state"], each["since"], each["reason"]) for each in answer["alarms"]],
        "No alarms.",
    )


@command.command("show")
@click.argument("name")
@url_option
@format_option
def show_alarm(name: str, url: str, output: str) -> None:
    """Show one alarm: state, who is behind its present or last ALARM, history."""
    answer = ask(url, f"/api/v1/alarms/{path_part(name)}")
    if output == "json":
        print_json(answer)
        return
    definition = answer["definition"]
    print_lines(
        [
            ("alarm", answer["name"]),
            ("state", f"{answer['state']} since {answer['since']}"),
            ("reason", answer["reason"]),
            ("about", definition.get("description")),
            (
                "rings when",
                f"{definition['statistic']} {definition['comparison_operator']} {definition['threshold']} "
                f"in {definition['period_seconds']} s, {definition['evaluation_periods']} period(s)",
            ),
            ("metric", f"{definition['metric']['namespace']}/{definition['metric']['name']}"),
        ]
    )
    _print_evidence(answer["evidence"])
    print_table(
        ["at", "type", "summary", "#calls"],
        [
            (each["at"], each["type"], each["summary"], (each["evidence"] or {}).get("total"))
            for each in answer["history"]
        ],
        "No history.",
    )


def _print_evidence(evidence: Answer) -> None:
    if not evidence["total"]:
        return
    rows = [("calls in all", f"{evidence['first']} to {evidence['last']}", evidence["total"])]
    for label, member in (
        ("who", "principals"),
        ("call", "calls"),
        ("error", "errors"),
        ("from", "addresses"),
        ("account", "accounts"),
        ("region", "regions"),
    ):
        rows.extend((label, each["key"], each["count"]) for each in evidence[member])
    rows.extend(("event id", each, None) for each in evidence["examples"])
    print_table(["", "evidence", "#calls"], rows, "")
