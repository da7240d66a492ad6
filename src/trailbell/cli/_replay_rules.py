"""Which filters and alarms `trailbell replay` runs, from its options."""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from trailbell._errors import TrailbellError
from trailbell.alarms import TreatMissingData
from trailbell.cli._pattern_argument import read_pattern
from trailbell.evidence import shown
from trailbell.replay import PatternAlarm, Rules, control_rules, pattern_rules, read_rules

__all__ = ["RuleOptions", "rule_options", "rules_of"]

_MAXIMUM_RULES_BYTES = 4 * 1024 * 1024
_REASON_LENGTH = 2048

_OF_PATTERN = (
    "threshold",
    "period",
    "evaluation_periods",
    "datapoints_to_alarm",
    "treat_missing_data",
)
"""The options that say something about the alarm of --pattern."""


class RuleOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options that choose rules, as they were given; ``given`` names those that were typed."""

    controls: tuple[str, ...]
    pattern: str | None
    file: Path | None
    threshold: float
    period: int
    evaluation_periods: int
    datapoints_to_alarm: int | None
    treat_missing_data: str
    given: frozenset[str]


def rule_options(command: Callable[..., None]) -> Callable[..., None]:
    """Adds the options that choose rules; the command takes them as ``rules``."""

    @functools.wraps(command)
    @click.pass_context
    def with_rules(context: click.Context, /, **options: Any) -> None:
        chosen = {name: options.pop(name) for name in RuleOptions.__struct_fields__ if name in options}
        given = frozenset(
            name
            for name in chosen
            if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT
        )
        command(rules=RuleOptions(**chosen, given=given), **options)

    decorated: Callable[..., None] = with_rules
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


_OPTIONS: Sequence[Callable[[Callable[..., None]], Callable[..., None]]] = (
    click.option(
        "--control",
        "controls",
        multiple=True,
        metavar="KEY",
        help="Replay this CIS control; may be given several times.  [default: all]",
    ),
    click.option("--pattern", metavar="PATTERN", help="Replay an alarm on this filter pattern instead."),
    click.option(
        "--threshold",
        type=float,
        default=1.0,
        show_default=True,
        help="With --pattern: so many matches in a period are too many.",
    ),
    click.option(
        "--period",
        type=int,
        default=300,
        show_default=True,
        metavar="SECONDS",
        help="With --pattern: how long a period is.",
    ),
    click.option(
        "--evaluation-periods",
        type=int,
        default=1,
        show_default=True,
        help="With --pattern: how many periods are looked at.",
    ),
    click.option(
        "--datapoints-to-alarm",
        type=int,
        help="With --pattern: how many of them must be over.  [default: all]",
    ),
    click.option(
        "--treat-missing-data",
        type=click.Choice([each.value for each in TreatMissingData]),
        default=TreatMissingData.NOT_BREACHING.value,
        show_default=True,
        help="With --pattern: what a period without matches counts as.",
    ),
    click.option(
        "--rules",
        "file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Replay the filters and alarms of a TOML file instead.",
    ),
)


def rules_of(options: RuleOptions, output: str) -> Rules:
    """Returns the filters and alarms that are asked for.

    Where a pattern is not valid it says what is wrong, as JSON where ``output`` is ``json``, and ends the
    program.

    Raises:
        click.UsageError: Options exclude each other, or one has no valid value.
    """
    _check_choice(options)
    if options.pattern is not None:
        read_pattern(options.pattern, output)
        return _valid("--pattern", pattern_rules, options.pattern, _alarm_of(options))
    if options.file is not None:
        return _valid("--rules", read_rules, _text_of(options.file), place=f"{options.file}: ")
    return _valid("--control", control_rules, options.controls)


def _check_choice(options: RuleOptions) -> None:
    ways = {
        "--control": bool(options.controls),
        "--pattern": options.pattern is not None,
        "--rules": options.file is not None,
    }
    chosen = [name for name, is_chosen in ways.items() if is_chosen]
    if len(chosen) > 1:
        raise click.UsageError(f"{chosen[0]} and {chosen[1]} exclude each other: each says which alarms run.")
    needless = [name for name in _OF_PATTERN if name in options.given]
    if needless and options.pattern is None:
        option = f"--{needless[0].replace('_', '-')}"
        raise click.UsageError(f"{option} needs --pattern: other alarms have their own.")


def _alarm_of(options: RuleOptions) -> PatternAlarm:
    return PatternAlarm(
        threshold=options.threshold,
        period_seconds=options.period,
        evaluation_periods=options.evaluation_periods,
        datapoints_to_alarm=options.datapoints_to_alarm,
        treat_missing_data=options.treat_missing_data,
    )


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_MAXIMUM_RULES_BYTES + 1)
        if len(content) > _MAXIMUM_RULES_BYTES:
            raise click.BadParameter(f"{path} is longer than 4 MiB", param_hint="'--rules'")
        return content.decode()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise click.BadParameter(f"{path}: {reason}", param_hint="'--rules'") from error
    except UnicodeDecodeError as error:
        raise click.BadParameter(f"{path} is not UTF-8", param_hint="'--rules'") from error


def _valid(option: str, build: Callable[..., Rules], *arguments: object, place: str = "") -> Rules:
    try:
        return build(*arguments)
    except TrailbellError as error:
        # What is wrong may repeat text of a file that somebody else wrote.
        reason = shown(f"{place}{error}", _REASON_LENGTH)
        raise click.BadParameter(reason, param_hint=f"'{option}'") from error
