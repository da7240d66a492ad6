"""`trailbell pattern check`."""

import click

from trailbell.cli._pattern_argument import (
    LONGEST_ESCAPE,
    PatternCommand,
    encodable,
    output_option,
    pattern_argument,
    read_pattern,
)
from trailbell.cli._tables import print_json
from trailbell.evidence import shown
from trailbell.patterns import (
    DelimitedPattern,
    EveryEvent,
    JsonPattern,
    Pattern,
    RegexPattern,
    TermsPattern,
    format_pattern,
)

__all__ = ["check_pattern"]

_SYNTAXES: dict[type[Pattern], tuple[str, str]] = {
    EveryEvent: ("empty", "empty, which matches every event"),
    TermsPattern: ("terms", "terms"),
    RegexPattern: ("regular expression", "regular expression"),
    JsonPattern: ("json", "JSON"),
    DelimitedPattern: ("space-delimited", "space-delimited"),
}
"""What each syntax is called, for programs and for people."""


@click.command("check", cls=PatternCommand)
@pattern_argument
@output_option
def check_pattern(pattern: str, output: str) -> None:
    """Say whether PATTERN is valid, and how it is understood.

    A pattern that is not valid is shown with its first error marked, and the exit code is 6.
    """
    parsed = read_pattern(pattern, output)
    name, words = _SYNTAXES[type(parsed.pattern)]
    canonical = format_pattern(parsed.pattern)
    if output == "json":
        fields = [encodable(field) for field in parsed.fields]
        print_json({"valid": True, "syntax": name, "canonical": encodable(canonical), "fields": fields})
        return
    for label, text in (
        ("valid", "yes"),
        ("syntax", words),
        ("canonical", canonical or "-"),
        ("fields", ", ".join(parsed.fields) or "-"),
    ):
        # Whole, whatever its length: a form that was cut would be another pattern.
        click.echo(f"{label:<9}  {shown(text, LONGEST_ESCAPE * len(text))}")
