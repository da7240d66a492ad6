"""`trailbell alarm`."""

import click

from trailbell.cli._client import Answer, ask, format_option, path_part, url_option
from trailbell.cli._tables import print_json, print_lines, print_table

__all__ = ["command"]

_KINDS = {"MetricAlarm": "metric", "CompositeAlarm": "composite"}


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
        ["alarm", "kind", "state", "since", "reason"],
        [
            (each["name"], _KINDS[each["type"]], each["state"], each["since"], each["reason"])
            for each in answer["alarms"]
        ],
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
    is_composite = answer["type"] == "CompositeAlarm"
    print_lines(
        [
            ("alarm", answer["name"]),
            ("state", f"{answer['state']} since {answer['since']}"),
            ("reason", answer["reason"]),
            ("about", definition.get("description")),
            *(_rule_lines(answer) if is_composite else _metric_lines(definition)),
        ]
    )
    if is_composite:
        print_table(
            ["mentions", "state", "since"],
            [(each["name"], each["state"], each["since"]) for each in answer["children"]],
            "Mentions no alarms.",
        )
    _print_evidence(answer["evidence"])
    print_table(
        ["at", "type", "summary", "#calls"],
        [
            (each["at"], each["type"], _summary(each), (each["evidence"] or {}).get("total"))
            for each in answer["history"]
        ],
        "No history.",
    )


def _metric_lines(definition: Answer) -> list[tuple[str, str | None]]:
    statistic = definition.get("statistic") or definition.get("extended_statistic") or "The expression"
    how_often = f"{definition['period_seconds']} s, {definition['evaluation_periods']} period(s)"
    metric = definition["metric"]
    return [
        (
            "rings when",
            f"{statistic} {definition['comparison_operator']} {definition['threshold']} in {how_often}",
        ),
        ("metric", f"{metric['namespace']}/{metric['name']}"),
    ]


def _rule_lines(answer: Answer) -> list[tuple[str, str | None]]:
    definition = answer["definition"]
    return [
        ("rings when", definition["rule"]),
        ("held back by", definition.get("suppressor")),
        ("actions", answer["actions_suppressed"] or None),
    ]


def _summary(item: Answer) -> str:
    """Returns what happened, with what is to be said of it beside AWS's words."""
    note = item["data"].get("Trailbell", {}).get("note")
    return f"{item['summary']}. {note}" if note else str(item["summary"])


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
