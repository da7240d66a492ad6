"""Writing plans and what became of them: changes as a diff, with what an account says shown as text."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from trailbell.cli._tables import plural
from trailbell.evidence import shown
from trailbell.remediation import Change, ChangeKind, Left, Outcome, Plan, Report
from trailbell.topics import masked_endpoint

__all__ = ["print_left", "print_plan", "print_report"]

_LONGEST = 2048
_SIGNS = {
    Outcome.DONE: "done",
    Outcome.ALREADY: "as it should be",
    Outcome.KEPT: "kept",
    Outcome.STOPPED: "stopped",
    Outcome.NOT_TRIED: "not tried",
}


def print_plan(plan: Plan) -> None:
    """Writes a plan as a diff, and what it leaves to a person."""
    failing = len({*plan.mended, *(each.control for each in plan.left)})
    click.echo(
        f"account {shown(plan.account, _LONGEST)}, {shown(plan.cis, _LONGEST)}: "
        f"{plural(len(plan.changes), 'change')} to mend "
        f"{len(plan.mended)} of {plural(failing, 'control')} that do not pass; "
        f"{plural(len(plan.passing), 'control')} pass already"
    )
    for each in plan.changes:
        click.echo()
        _print_change(each)
    print_left(plan.left)
    told = [each for each in plan.changes if each.kind is ChangeKind.SUBSCRIPTION]
    for each in told:
        endpoint = shown(masked_endpoint(str(each.after["Endpoint"])), _LONGEST)
        click.echo(f"\n{endpoint} has to confirm the subscription: until then nothing reaches it.")


def print_left(left: Sequence[Left]) -> None:
    """Writes what a person has to decide, one line for each reason."""
    if not left:
        return
    click.echo("\nLeft to a person:")
    by_reason: dict[str, list[str]] = {}
    for each in left:
        by_reason.setdefault(each.reason, []).append(f"{each.id} {each.control}")
    for reason, controls in by_reason.items():
        click.echo(f"  {shown(', '.join(controls), _LONGEST)}\n    {shown(reason, _LONGEST)}")


def print_report(report: Report) -> None:
    """Writes what became of one change."""
    line = f"  {_SIGNS[report.outcome]:<15}  {shown(report.change.words, _LONGEST)}"
    click.echo(f"{line}: {shown(report.message, _LONGEST)}" if report.message else line, err=True)


def _print_change(change: Change) -> None:
    sign = "+" if change.before is None else "~"
    click.echo(f"{sign} {shown(change.words, _LONGEST)} ({shown(change.region, _LONGEST)})")
    if change.why:
        click.echo(f"    # {shown(change.why, _LONGEST)}")
    before = dict(_lines(change.before or {}))
    after = dict(_lines(_public(change.after)))
    for name, value in after.items():
        if change.before is None or before.get(name) != value:
            if name in before:
                click.echo(f"    - {shown(name, _LONGEST)}: {shown(before[name], _LONGEST)}")
            click.echo(f"    + {shown(name, _LONGEST)}: {shown(value, _LONGEST)}")
    for name, value in before.items():
        if name not in after:
            click.echo(f"    - {shown(name, _LONGEST)}: {shown(value, _LONGEST)}")


def _public(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    if "Endpoint" in parameters:
        return {**parameters, "Endpoint": masked_endpoint(str(parameters["Endpoint"]))}
    return parameters


def _lines(parameters: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Gives each member with its value, the statements of a policy one by one."""
    for name, value in parameters.items():
        if name == "Policy":
            yield from _statements(str(value))
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for number, each in enumerate(value):
                for inner, text in each.items():
                    yield f"{name}[{number}].{inner}", _text(text)
        else:
            yield name, _text(value)


def _statements(policy: str) -> Iterable[tuple[str, str]]:
    try:
        document = json.loads(policy)
        statements = document.pop("Statement")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        yield "Policy", policy
        return
    listed = statements if isinstance(statements, list) else [statements]
    sids = [each.get("Sid") if isinstance(each, dict) else None for each in listed]
    yield from ((f"Policy.{name}", _text(value)) for name, value in document.items())
    for number, (sid, each) in enumerate(zip(sids, listed, strict=True)):
        # Two of one name would hide one of them.
        yield f"Statement[{sid if sid and sids.count(sid) == 1 else number}]", _text(each)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
