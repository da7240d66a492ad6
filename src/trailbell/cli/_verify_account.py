"""`trailbell verify --account`: announces what a drill will do, carries it out, tells what came of it."""

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import click

from trailbell.account import Connection, ConnectionSettings, Profile, connect
from trailbell.cli._ending import ended_in_order
from trailbell.cli._exit_codes import ExitCode
from trailbell.cli._tables import plural, print_json, print_table
from trailbell.cli._verify_options import VerifyOptions
from trailbell.controls import VERSIONS, Control, UnknownControlError, control_of, watched_controls
from trailbell.drill import (
    AccountProof,
    AlarmPlan,
    AlarmStanding,
    Patience,
    account_proof,
    drill_plans,
    with_drills,
)
from trailbell.evidence import shown

__all__ = ["verify_account"]

_LOOK_SECONDS = 1.0


def verify_account(options: VerifyOptions) -> ExitCode:
    """Proves the chains of an account; returns 0 only where every control asked about is proven."""
    controls = _controls(options.keys)
    region = next((each for each in options.regions if each != "all"), None)
    settings = ConnectionSettings(profile=options.profile, endpoint_url=options.endpoint_url, region=region)
    connection = connect(settings, options.role_arn)
    try:
        proof, snapshot, results = account_proof(
            connection, Profile(VERSIONS[-1]), controls, options.regions, datetime.now(UTC)
        )
        if options.is_drill:
            plans = drill_plans(connection, proof, snapshot, results)
            _announce(proof, plans)
            if any(not each.problem for each in plans) and not options.is_confirmed:
                click.confirm("Ring these alarms now?", abort=True, err=True)
            proof = _drilled(connection, proof, plans, options.timeout_seconds)
    finally:
        connection.close()
    if options.output == "json":
        print_json(proof)
    else:
        _print(proof)
    return ExitCode.DONE if proof.is_proven else ExitCode.VERIFY_STOPPED


def _controls(keys: Sequence[str]) -> tuple[Control, ...]:
    try:
        wanted = tuple(dict.fromkeys(control_of(each) for each in keys)) or watched_controls()
    except UnknownControlError as error:
        raise click.UsageError(str(error)) from error
    without = [each.key for each in wanted if each.pattern is None]
    if without:
        raise click.UsageError(
            f"{without[0]} is watched by no filter and no alarm, so there is no chain to prove"
        )
    return wanted


def _announce(proof: AccountProof, plans: Sequence[AlarmPlan]) -> None:
    """Says what a drill is about to do, and to whom."""
    rung = [each for each in plans if not each.problem]
    _say(
        f"The drill in account {proof.account} will put {plural(len(rung), 'alarm')} into ALARM, one by one:"
        if rung
        else f"The drill in account {proof.account} rings no alarm."
    )
    for each in plans:
        if each.problem or each.before is None:
            _say(f"  {each.name} in {each.region} is left alone. {each.problem}")
            continue
        _say(f"  {each.name} in {each.region}, now {each.before.state}, for {', '.join(each.controls)}")
        _announce_alarm(each, each.before)
    if rung:
        _say(
            "Each is set back to the state it is in now. Other alarms and rules that look at these see them "
            "ring."
        )


def _announce_alarm(plan: AlarmPlan, before: AlarmStanding) -> None:
    """Says what one alarm, and the composite on it that notifies, run when it rings and is set back."""
    standings = {plan.arn: before} if plan.above is None else {plan.arn: before, plan.notifier: plan.above}
    rung = [action for each in standings.values() for action in each.actions["ALARM"]]
    for action in dict.fromkeys((*rung, *plan.actions)):
        _say(f"    runs   {action}")
    if plan.notifier != plan.arn:
        _say(f"    moves  {plan.notifier}")
    for person in plan.told:
        _say(f"    tells  {person}")
    for arn, each in standings.items():
        how = "it is set back" if arn == plan.arn else f"{arn} goes back"
        for action in each.actions.get(each.state, ()):
            _say(f"    runs   {action}, when {how} to {each.state}")


def _drilled(
    connection: Connection, proof: AccountProof, plans: Sequence[AlarmPlan], timeout_seconds: float
) -> AccountProof:
    stopping = threading.Event()
    patience = Patience(timeout_seconds, _LOOK_SECONDS, time.monotonic, stopping.wait)
    with ended_in_order():
        return with_drills(connection, proof, plans, patience, _say)


def _print(proof: AccountProof) -> None:
    click.echo(
        f"account {shown(proof.account)}, {proof.cis}, regions {', '.join(map(shown, proof.regions))}\n"
    )
    print_table(
        ["id", "control", "audit", "proof", "stopped at", "what and why"],
        [
            (
                each.id,
                each.control,
                each.status.value,
                "PROVEN" if each.is_proven else "STOPPED",
                each.stopped_at.value if each.stopped_at else "-",
                each.reason
                or "; ".join(
                    _check_words(check.filter, check.matched, check.events) for check in each.filters
                ),
            )
            for each in proof.controls
        ],
        "No controls.",
    )
    if proof.drills:
        print_table(
            ["alarm", "drill", "what came of it"],
            [
                (
                    each.arn,
                    "PROVEN" if each.is_proven else "STOPPED",
                    each.reason
                    or "; ".join(f"{action.summary} ({action.seconds:.1f} s)" for action in each.actions),
                )
                for each in proof.drills
            ],
            "No alarms.",
        )
    proven = sum(each.is_proven for each in proof.controls)
    click.echo(f"{proven} of {plural(len(proof.controls), 'control')} proven")


def _check_words(name: str, matched: int, events: int) -> str:
    told = f"AWS matches {matched} of {plural(events, 'event')}"
    return f"{told} by filter {name.rpartition(':')[2]}, as predicted"


def _say(text: str) -> None:
    click.echo(shown(text, 2048), err=True)
