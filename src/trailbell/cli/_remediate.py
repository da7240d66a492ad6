"""`trailbell remediate`."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from trailbell.account import (
    Audit,
    Connection,
    Profile,
    Question,
    UnreadableAccountError,
    audit_document,
    audit_snapshots,
    identify,
    read_account,
)
from trailbell.cli._account_options import controls_of, held_in
from trailbell.cli._audit_formats import FORMATS
from trailbell.cli._connection_options import policy_option
from trailbell.cli._exit_codes import ExitCode
from trailbell.cli._parameter_types import SecondsRange
from trailbell.cli._remediate_options import (
    PlanOptions,
    connection_options,
    connection_to,
    plan_by,
    plan_options,
    refuse_planning,
)
from trailbell.cli._remediate_report import print_plan, print_report
from trailbell.cli._tables import plural, print_json
from trailbell.evidence import shown
from trailbell.remediation import (
    CallFailedError,
    Journal,
    LeftKind,
    Objects,
    Outcome,
    Plan,
    Report,
    WrongAccountError,
    apply_plan,
    check_plan,
    cloudformation_template,
    iam_policy,
    read_plan,
    read_undo_file,
    shell_commands,
    terraform_code,
    undo_changes,
    wait_for_confirmations,
    write_plan,
)

__all__ = ["command"]

_file = click.Path(dir_okay=False, path_type=Path)
_format = click.option(
    "--format",
    "output",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How to tell.",
)
_yes = click.option("--yes", is_flag=True, help="Do it without asking.")


@click.group("remediate")
def command() -> None:
    """Mend an AWS account by a plan that can be undone.

    A plan has the fewest changes after which a control passes: topic, topic policy, subscription, filter,
    alarm. What is there already is not changed unless --overwrite says so.
    """


@command.command("plan")
@plan_options
@click.option("--out", type=_file, metavar="FILE", help="Keep the plan, to be applied or exported.")
@policy_option(iam_policy, "planning, applying and undoing need")
@_format
@click.pass_context
def plan_command(context: click.Context, /, out: Path | None, output: str, **given: Any) -> None:
    """Show the changes that would make failing controls pass; changes nothing."""
    options = PlanOptions(**given)
    with _connected(options) as connection:
        plan = plan_by(connection, options).plan
    if out is not None:
        _keep(out, plan)
    _show(plan, output)
    context.exit(ExitCode.CONTROL_LEFT if plan.left else ExitCode.DONE)


@command.command("apply")
@click.argument("plan_file", type=_file, required=False, metavar="[PLAN]")
@plan_options
@click.option(
    "--undo-file", type=_file, metavar="FILE", help="Where old values are kept; by default beside you."
)
@click.option(
    "--wait",
    type=SecondsRange(min=0),
    default=0.0,
    metavar="SECONDS",
    help="How long to wait for subscriptions to be confirmed.",
)
@_yes
@_format
@click.pass_context
def apply_command(
    context: click.Context,
    /,
    plan_file: Path | None,
    undo_file: Path | None,
    wait: float,
    yes: bool,
    output: str,
    **given: Any,
) -> None:
    """Make the changes of a PLAN, or of one made now, and audit the account.

    It may be interrupted and begun again: what is done is left alone. Old values are kept for `undo`.
    """
    options = PlanOptions(**given)
    if plan_file is not None:
        refuse_planning(context)
    with _connected(options) as connection:
        plan = plan_by(connection, options).plan if plan_file is None else held_in(plan_file, read_plan)
        _check_account(connection, plan.account, "plan")
        # What cannot be audited afterwards is told before anything is changed.
        question = _question(options, plan)
        if output == "table":
            print_plan(plan)
        if plan.changes:
            _ask(f"Make {plural(len(plan.changes), 'change')} in account {plan.account}?", yes=yes)
        path = undo_file or Path(f"trailbell-undo-{plan.account}.json")
        objects = Objects(connection)
        reports = _applied(plan, objects, path)
        with _undo_told(reports, path):
            waiting = () if _is_stopped(reports) else _waited(plan, objects, wait)
            audit = _audited(connection, question)
    _tell_applied(plan, reports, waiting, audit, path, output)
    context.exit(_code(plan, reports, waiting, audit))


@command.command("undo")
@click.argument("undo_file", type=_file, metavar="FILE")
@connection_options
@click.option("--force", is_flag=True, help="Take back even what was changed by others since.")
@_yes
@_format
@click.pass_context
def undo_command(
    context: click.Context, /, undo_file: Path, force: bool, yes: bool, output: str, **given: Any
) -> None:
    """Bring back what was there before the changes that FILE tells of."""
    record = read_undo_file(undo_file)
    options = PlanOptions(
        profile_name="", keys=(), topic="", notify=(), overwrite=False, twin=(), record_to=(), **given
    )
    with _connected(options) as connection:
        _check_account(connection, record.account, "undo file")
        begun = [each for each in record.entries if each.state != "undone"]
        if begun:
            _ask(f"Take back {plural(len(begun), 'change')} in account {record.account}?", yes=yes)
        journal = Journal.open(undo_file, record.account)
        told = print_report
        reports = undo_changes(journal, Objects(connection), told, time.sleep, is_forced=force)
    taken_back = sum(each.outcome is Outcome.DONE for each in reports)
    already = sum(each.outcome is Outcome.ALREADY for each in reports)
    left = len(reports) - taken_back - already
    if output == "json":
        print_json({"account": record.account, "changes": [_document(each) for each in reports]})
    else:
        before = f"{already} as before already, " if already else ""
        click.echo(f"{plural(taken_back, 'change')} taken back, {before}{left} not.")
    context.exit(ExitCode.CHANGE_STOPPED if left else ExitCode.DONE)


@command.command("export")
@click.argument("code", type=click.Choice(["cli", "cloudformation", "terraform", "iam-policy"]))
@click.argument("plan_file", type=_file, metavar="PLAN")
@click.option("--region", metavar="NAME", help="Which region of the plan CloudFormation makes.")
def export_command(code: str, plan_file: Path, region: str | None) -> None:
    """Write a PLAN as code, or the IAM policy that allows it and nothing else."""
    plan = held_in(plan_file, read_plan)
    if region is not None and code != "cloudformation":
        raise click.UsageError("--region is for cloudformation: the others make all regions of the plan")
    # Whoever runs the code has no undo file: what apply would refuse is not written.
    check_plan(plan)
    if code == "iam-policy":
        print_json(iam_policy(plan))
    elif code == "cloudformation":
        click.echo(cloudformation_template(plan, region), nl=False)
    else:
        click.echo({"cli": shell_commands, "terraform": terraform_code}[code](plan), nl=False)


@contextlib.contextmanager
def _connected(options: PlanOptions) -> Iterator[Connection]:
    connection = connection_to(options)
    try:
        yield connection
    finally:
        connection.close()


def _check_account(connection: Connection, account: str, what: str) -> None:
    if not connection.account:
        identify(connection)
    if connection.account != account:
        raise WrongAccountError(
            f"the {what} is of account {account}, and the one connected to is {connection.account}"
        )


def _ask(question: str, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("nobody is there to be asked: say --yes")
    click.confirm(question, abort=True, err=True)


def _applied(plan: Plan, objects: Objects, path: Path) -> tuple[Report, ...]:
    if not plan.changes:
        return ()
    journal = Journal.open(path, plan.account)
    try:
        return apply_plan(plan, objects, journal, print_report, time.sleep)
    except KeyboardInterrupt:
        click.echo(f"Interrupted. Apply again to go on, or `trailbell remediate undo {path}`.", err=True)
        raise


@contextlib.contextmanager
def _undo_told(reports: tuple[Report, ...], path: Path) -> Iterator[None]:
    """Says how changes are taken back where the audit after them comes to nothing."""
    try:
        yield
    except (KeyboardInterrupt, UnreadableAccountError):
        if reports:
            click.echo(
                f"What was changed is not audited. To take it back: trailbell remediate undo {path}",
                err=True,
            )
        raise


def _waited(plan: Plan, objects: Objects, seconds: float) -> tuple[str, ...]:
    """Waits for confirmations; where they cannot be listed, the audit that follows says the same."""
    try:
        return wait_for_confirmations(plan, objects, seconds, time.sleep)
    except CallFailedError as error:
        click.echo(
            f"note: whether subscriptions are confirmed is not known: {shown(str(error), 2048)}", err=True
        )
        return ()


def _is_stopped(reports: tuple[Report, ...]) -> bool:
    return any(each.outcome is Outcome.STOPPED for each in reports)


def _question(options: PlanOptions, plan: Plan) -> Question:
    controls = controls_of(options.keys or plan.controls, plan.cis)
    return Question(profile=Profile(plan.cis), controls=controls, regions=options.regions or plan.regions)


def _audited(connection: Connection, question: Question) -> Audit:
    now = datetime.now(UTC)
    connection.failures.clear()
    snapshot = read_account(connection, question.regions, now, with_hub=question.with_hub)
    return audit_snapshots({snapshot.account: snapshot}, question, now)


def _tell_applied(
    plan: Plan,
    reports: tuple[Report, ...],
    waiting: tuple[str, ...],
    audit: Audit,
    path: Path,
    output: str,
) -> None:
    if output == "json":
        print_json(
            {
                "plan": plan,
                "changes": [_document(each) for each in reports],
                "undo_file": str(path) if reports else None,
                "waiting": waiting,
                "audit": audit_document(audit),
            }
        )
        return
    click.echo()
    FORMATS["table"](audit)
    if waiting:
        click.echo(f"{plural(len(waiting), 'subscription')} waits to be confirmed; audit again after that.")
    if reports:
        click.echo(f"To take it back: trailbell remediate undo {path}")


def _code(plan: Plan, reports: tuple[Report, ...], waiting: tuple[str, ...], audit: Audit) -> ExitCode:
    if _is_stopped(reports):
        return ExitCode.CHANGE_STOPPED
    results = [control for account in audit.accounts for control in account.controls]
    # The audit sees the silent alarm of a twin, and not whether the tuned one pages anybody.
    unheard = [each for each in plan.left if each.control in plan.twins]
    are_told = bool(reports) and not waiting and all(each.kind is LeftKind.CONFIRMATION for each in unheard)
    if (unheard and not are_told) or not all(each.status.is_pass for each in results):
        return ExitCode.CONTROL_LEFT
    return ExitCode.DONE


def _document(report: Report) -> dict[str, Any]:
    change = report.change
    return {
        "kind": change.kind,
        "name": change.name,
        "words": change.words,
        "outcome": report.outcome,
        "message": report.message,
    }


def _keep(out: Path, plan: Plan) -> None:
    try:
        # An address to notify may hold a password.
        with open(out, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(write_plan(plan))
    except OSError as error:
        raise click.ClickException(f"the plan cannot be kept in {out}: {error.strerror}") from error


def _show(plan: Plan, output: str) -> None:
    if output == "json":
        print_json(plan)
    else:
        print_plan(plan)
