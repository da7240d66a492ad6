"""`trailbell audit`."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from trailbell._errors import TrailbellError
from trailbell.account import (
    ALL_REGIONS,
    ConnectionSettings,
    Profile,
    Question,
    Snapshot,
    Target,
    audit_snapshots,
    iam_policy,
    list_accounts,
    read_exceptions,
    read_snapshot,
    read_targets,
    targets_of,
    write_snapshot,
)
from trailbell.cli._account_options import cis_option, control_option, controls_of, held_in
from trailbell.cli._audit_formats import FORMATS
from trailbell.cli._audit_verdict import FAIL_ON, exit_code
from trailbell.cli._connection_options import endpoint_option, policy_option, profile_option, regions_option

__all__ = ["command"]

_ORGANIZATION = "organization"


class _Options(msgspec.Struct, frozen=True, kw_only=True):
    profile: str | None
    regions: tuple[str, ...]
    role_arns: tuple[str, ...]
    accounts: str | None
    endpoint_url: str | None
    profile_name: str
    keys: tuple[str, ...]
    output: str
    fail_on: str
    exceptions_file: Path | None
    folder: Path | None
    snapshots: tuple[Path, ...]


_file = click.Path(path_type=Path)


@click.command("audit")
@profile_option
@regions_option
@click.option(
    "--role-arn",
    "role_arns",
    multiple=True,
    metavar="ARN",
    help="A role to read by; again for more accounts.",
)
@click.option(
    "--accounts",
    metavar="FILE|organization",
    help="Account ids, one a line, or all of the organization; entered by the role of --role-arn.",
)
@endpoint_option
@cis_option
@control_option
@click.option(
    "--format",
    "output",
    type=click.Choice(list(FORMATS)),
    default="table",
    show_default=True,
    help="How to tell.",
)
@click.option(
    "--fail-on",
    type=click.Choice(list(FAIL_ON)),
    default="unknown",
    show_default=True,
    help="From which result on the exit code is not 0.",
)
@click.option(
    "--exceptions", "exceptions_file", type=_file, metavar="FILE", help="Attested exceptions, as TOML."
)
@click.option(
    "--save",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Keep what was read, one file for each account.",
)
@click.option(
    "--from-snapshot",
    "snapshots",
    multiple=True,
    type=_file,
    metavar="FILE",
    help="Judge what --save kept instead of reading; again for more.",
)
@policy_option(iam_policy, "reading needs")
@click.pass_context
def command(context: click.Context, /, **given: Any) -> None:
    """Audit AWS accounts: does each control's event reach somebody?

    Only reads. Patterns are judged by what they match, and every link up to a confirmed subscription is
    looked at. The exit code tells of the worst result.
    """
    options = _Options(**given)
    now = datetime.now(UTC)
    stated = options.exceptions_file
    question = Question(
        profile=Profile(options.profile_name),
        controls=controls_of(options.keys, options.profile_name),
        regions=options.regions,
        exceptions=() if stated is None else held_in(stated, read_exceptions),
    )
    readings = _kept(options.snapshots) if options.snapshots else _read(options, question, now)
    if options.folder is not None:
        _save(options.folder, readings)
    audit = audit_snapshots(readings, question, now)
    FORMATS[options.output](audit)
    context.exit(exit_code(audit, options.fail_on))


def _accounts(given: str | None, settings: ConnectionSettings) -> tuple[str, ...]:
    if given is None:
        return ()
    if given == _ORGANIZATION:
        return list_accounts(settings)
    try:
        lines = Path(given).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"the accounts file {given} cannot be read: {error}") from error
    found = tuple(line.split("#")[0].strip() for line in lines)
    accounts = tuple(each for each in found if each)
    if not accounts:
        raise click.UsageError(f"the accounts file {given} names no account")
    return accounts


def _read(options: _Options, question: Question, now: datetime) -> Mapping[str, Snapshot | TrailbellError]:
    region = next((each for each in options.regions if each != ALL_REGIONS), None)
    settings = ConnectionSettings(profile=options.profile, endpoint_url=options.endpoint_url, region=region)
    targets = targets_of(_accounts(options.accounts, settings), options.role_arns)
    done: list[Target] = []

    def tell(target: Target, reading: Snapshot | TrailbellError) -> None:
        done.append(target)
        if len(targets) > 1:
            how = (
                f"read {reading.account}"
                if isinstance(reading, Snapshot)
                else f"could not read {target.name}"
            )
            click.echo(f"{len(done)} of {len(targets)}: {how}", err=True)

    found = read_targets(targets, settings, question, now, tell)
    return {
        reading.account if isinstance(reading, Snapshot) else target.name: reading
        for target, reading in found.items()
    }


def _kept(files: Sequence[Path]) -> Mapping[str, Snapshot | TrailbellError]:
    snapshots = [held_in(each, read_snapshot) for each in files]
    return {each.account: each for each in snapshots}


def _save(folder: Path, readings: Mapping[str, Snapshot | TrailbellError]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for account, reading in readings.items():
            if isinstance(reading, Snapshot):
                (folder / f"{account}.json").write_bytes(write_snapshot(reading))
    except OSError as error:
        raise click.ClickException(f"what was read cannot be kept in {folder}: {error}") from error
