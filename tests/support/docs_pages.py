"""Writes what tables of the program say into the pages that document them: ``python -m support.docs_pages``.

A page marks the places. What stands between ``<!-- settings -->`` and ``<!-- end -->`` is written;
the rest is prose.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence

import click

from support.project import DOCS, page_text
from trailbell.aws_api import OPERATIONS
from trailbell.cli import ExitCode, main
from trailbell.settings import SETTINGS, SettingField
from trailbell.web import METRICS, ROUTES

__all__ = ["HOW_TO_WRITE", "PAGES", "commands", "written_anew"]

HOW_TO_WRITE = "PYTHONPATH=tests .venv/bin/python -m support.docs_pages"

_WIDTH = 100


def commands() -> Iterator[tuple[str, click.Command, click.Context]]:
    """Walks through all commands: the words typed, the command, and a context of the documented width."""
    context = click.Context(
        main, info_name="trailbell", terminal_width=_WIDTH, max_content_width=_WIDTH, **main.context_settings
    )
    yield from _below("trailbell", main, context)


def _below(
    words: str, command: click.Command, context: click.Context
) -> Iterator[tuple[str, click.Command, click.Context]]:
    yield words, command, context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _below(f"{words} {name}", inner, click.Context(inner, context, name))


def _command_help() -> str:
    return "\n".join(
        f"## `{words}`\n\n```text\n{command.get_help(context)}\n```\n"
        for words, command, context in commands()
    )


def _exit_codes() -> str:
    return _table(("code", "meaning"), ((str(code.value), code.meaning) for code in ExitCode))


def _settings() -> str:
    head = ("flag", "variable", "key", "default", "allowed", "meaning")
    return _table(head, map(_setting_row, SETTINGS))


def _setting_row(field: SettingField) -> tuple[str, ...]:
    names = (f"`{field.flag}`", f"`{field.variable}`", f"`{field.toml_key}`")
    return (*names, field.default or "empty", field.expected, field.meaning)


def _routes() -> str:
    # Which kind of value a part of a path takes is for the router to know.
    paths = (re.sub(r":\w+}", "}", route.path) for route in ROUTES)
    rows = ((route.method, f"`{path}`", route.summary) for route, path in zip(ROUTES, paths, strict=True))
    return _table(("method", "path", "answer"), rows)


def _metrics() -> str:
    rows = (
        (f"`{field.name}`", field.kind, ", ".join(f"`{label}`" for label in field.labels), field.meaning)
        for field in METRICS
    )
    return _table(("metric", "kind", "labels", "meaning"), rows)


def _operations() -> str:
    rows = (
        (_SERVICES[operation.service], f"`{operation.name}`", operation.summary)
        for operation in sorted(OPERATIONS, key=lambda each: (each.service, each.name))
    )
    return _table(("service", "operation", "what it does"), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    lines.extend(f"| {' | '.join(map(_cell, row))} |" for row in rows)
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


_SERVICES = {
    "cloudtrail": "CloudTrail",
    "cloudwatch": "CloudWatch",
    "logs": "CloudWatch Logs",
    "sns": "SNS",
    "sts": "STS",
}

PAGES: dict[str, dict[str, Callable[[], str]]] = {
    "api.md": {"routes": _routes},
    "aws-apis.md": {"operations": _operations},
    "commands.md": {"commands": _command_help, "exit codes": _exit_codes},
    "metrics.md": {"metrics": _metrics},
    "settings.md": {"settings": _settings},
}
"""The places of each page, and what writes there."""


def written_anew(name: str) -> str:
    """The text of a page with all its places written from the program as it is.

    Raises:
        ValueError: The page lacks a place, or has it more than once.
    """
    text = page_text(name)
    for place, write in PAGES[name].items():
        begin, end = f"<!-- {place} -->\n\n", "\n<!-- end -->\n"
        if text.count(begin) != 1 or end not in text.partition(begin)[2]:
            raise ValueError(f"docs/{name} must have one place between {begin.strip()} and {end.strip()}")
        before, _, rest = text.partition(begin)
        text = before + begin + write() + end + rest.partition(end)[2]
    return text


def _write_pages() -> Iterator[str]:
    for name in PAGES:
        text = written_anew(name)
        if text != page_text(name):
            (DOCS / name).write_text(text, encoding="utf-8")
            yield f"docs/{name}\n"


if __name__ == "__main__":
    sys.stdout.writelines(_write_pages())
