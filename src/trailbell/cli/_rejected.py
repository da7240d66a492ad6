"""`trailbell rejected`."""

import click

from trailbell.cli._client import ask, format_option, url_option
from trailbell.cli._tables import print_json, print_lines, print_table

__all__ = ["command"]


@click.group("rejected")
def command() -> None:
    """List, show or retry what could not be read."""


@command.command("list")
@click.option("--file", metavar="NAME", help="Only what was rejected of this file.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many.")
@url_option
@format_option
def list_rejected(file: str | None, limit: int, url: str, output: str) -> None:
    """List what could not be read, newest first: file, place, reason."""
    parameters = {"limit": str(limit)} | ({"file": file} if file else {})
    answer = ask(url, "/api/v1/rejected", parameters)
    if output == "json":
        print_json(answer)
        return
    print_table(
        ["#id", "at", "file", "#offset", "reason"],
        [
            (each["id"], each["at"], each["file"], _place(each["offset"]), each["reason"])
            for each in answer["rejected"]
        ],
        "Nothing was rejected.",
    )


@command.command("show")
@click.argument("number", type=int, metavar="ID")
@url_option
@format_option
def show_rejected(number: int, url: str, output: str) -> None:
    """Show one thing that could not be read, with how it begins."""
    answer = ask(url, f"/api/v1/rejected/{number}")
    if output == "json":
        print_json(answer)
        return
    print_lines(
        [
            ("id", answer["id"]),
            ("at", answer["at"]),
            ("file", answer["file"]),
            ("offset", _place(answer["offset"])),
            ("reason", answer["reason"]),
            ("begins", answer["excerpt"]),
        ]
    )


@command.command("retry")
@click.argument("file", default="")
@url_option
@format_option
def retry_rejected(file: str, url: str, output: str) -> None:
    """Try once more what could not be read, of FILE or of all files.

    Files whose content changes are read again by themselves; this is for a version that can read more.
    """
    answer = ask(url, "/api/v1/rejected/retry", body={"file": file})
    if output == "json":
        print_json(answer)
        return
    print_table(
        ["file", "#resolved", "#left", "reason"],
        [(each["file"], each["resolved"], each["left"], each["reason"]) for each in answer["retried"]],
        "Nothing was rejected.",
    )


def _place(offset: int) -> str:
    return "-" if offset < 0 else str(offset)
