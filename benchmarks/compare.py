"""How long it takes to decide how two filter patterns relate, over all events there can be.

Data: the variants of the CIS patterns that are met in the field, each against the reference pattern of its
control; and 10,000 pairs of random patterns over ten fields of CloudTrail records, up to nine tests in each.
Method: wall time of one comparison, both directions, both patterns parsed anew and nothing kept between
comparisons; of the variants the median of five rounds, of the random pairs one round. Tables that are built
once in a process are there before the clock starts.
Reference lines: the variants are judged by plain text comparison too, exact and with white space, quotes and
parentheses left out. A tool should accept what matches every event of the reference: equivalent or looser.
"""

import json
import re
import statistics
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

from support.brute_force import PatternMaker
from trailbell.controls import control_of
from trailbell.patterns import (
    NumberLiteral,
    PatternError,
    RegexLiteral,
    Relation,
    TextLiteral,
    compare,
    format_pattern,
    parse_pattern,
    parse_selector,
)

__all__ = ["run"]

_VARIANTS: Final = Path(__file__).parents[1] / "tests" / "cases" / "pattern-variants.jsonl"
_ROUNDS = 5
_PAIRS = 10_000
_SLOWEST = 3
_FIELDS: Final = (
    "$.eventName",
    "$.eventSource",
    "$.errorCode",
    "$.sourceIPAddress",
    "$.userIdentity.type",
    "$.userIdentity.invokedBy",
    "$.readOnly",
    "$.requestParameters.maxResults",
    "$.requestParameters.items[0]",
    "$.resources[*].type",
)
_TEXTS: Final = (
    "ConsoleLogin",
    "CreateRoute",
    "Create*",
    "*Route",
    "*Sec*",
    "s3.amazonaws.com",
    "ec2*",
    "AccessDenied",
    "AccessDenied*",
    "*UnauthorizedOperation",
    "10.*",
    "Root",
    "AssumedRole",
    "*",
    "",
)
_NUMBERS: Final = ("0", "1", "1.5", "100")
_EXPRESSIONS: Final = ("^Delete", "Denied$|Unauthorized", "[A-Z][a-z]+Route")


def run() -> None:
    """Prints the figures."""
    variants = [json.loads(line) for line in _VARIANTS.read_text(encoding="utf-8").splitlines()]
    _judge(variants)
    _time_variants(variants)
    _time_random_pairs()


def _judge(variants: list[dict[str, Any]]) -> None:
    columns: dict[str, Counter[bool]] = {
        "meaning": Counter(),
        "exact text": Counter(),
        "loose text": Counter(),
    }
    wrong: dict[str, list[str]] = {name: [] for name in columns}
    for variant in variants:
        reference = control_of(variant["control"]).pattern or ""
        relation = compare(reference, variant["pattern"]).relation
        covers = (Relation.EQUIVALENT, Relation.LOOSER)
        accepted = {
            "meaning": relation in covers,
            "exact text": variant["pattern"] == reference,
            "loose text": _loose(variant["pattern"]) == _loose(reference),
        }
        for name, is_accepted in accepted.items():
            is_right = is_accepted == (variant["relation_to_reference"] in covers)
            columns[name][is_right] += 1
            if not is_right:
                wrong[name].append(variant["id"])
    print(f"{len(variants)} variants, accepted where they match all that the reference matches:")
    for name, counts in columns.items():
        print(f"  by {name:<11} right {counts[True]:>3}  wrong {counts[False]:>3}  {' '.join(wrong[name])}")


def _loose(text: str) -> str:
    return re.sub(r'[\s"()]', "", text)


def _time_variants(variants: list[dict[str, Any]]) -> None:
    taken: list[tuple[float, str]] = []
    for variant in variants:
        reference = control_of(variant["control"]).pattern or ""
        rounds = [_milliseconds(reference, variant["pattern"])[0] for _ in range(_ROUNDS)]
        taken.append((statistics.median(rounds), variant["id"]))
    taken.sort(reverse=True)
    median = statistics.median(milliseconds for milliseconds, _ in taken)
    print(f"\nvariant against reference: median {median:.1f} ms, slowest:")
    for milliseconds, name in taken[:_SLOWEST]:
        print(f"  {milliseconds:6.1f} ms  {name}")


def _time_random_pairs() -> None:
    values = [TextLiteral(text, quoted=True) for text in _TEXTS]
    maker = PatternMaker(
        1,
        [parse_selector(field).steps for field in _FIELDS],
        [*values, *map(NumberLiteral, _NUMBERS), *map(RegexLiteral, _EXPRESSIONS)],
    )
    relations: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    taken: list[tuple[float, str, str]] = []
    for _ in range(_PAIRS):
        first, second = _drawn(maker), _drawn(maker)
        milliseconds, coverage = _milliseconds(first, second)
        taken.append((milliseconds, first, second))
        relations[coverage.relation] += 1
        if coverage.relation is Relation.UNKNOWN:
            reasons[coverage.reason] += 1
    taken.sort(reverse=True)
    all_taken = sorted(milliseconds for milliseconds, _, _ in taken)
    percentile = all_taken[len(all_taken) * 99 // 100]
    print(
        f"\n{_PAIRS} random pairs: median {statistics.median(all_taken):.1f} ms, "
        f"99th percentile {percentile:.1f} ms, slowest:"
    )
    for milliseconds, first, second in taken[:_SLOWEST]:
        print(f"  {milliseconds:6.1f} ms  {first}\n             {second}")
    for relation, count in relations.most_common():
        print(f"  {relation:<13}{count:>6}  {count / _PAIRS:.2%}")
    for reason, count in reasons.most_common():
        print(f"  unknown, {reason}: {count}")


def _drawn(maker: PatternMaker) -> str:
    """Draws a pattern that AWS takes: one with few enough expressions and wildcards."""
    while True:
        text = format_pattern(maker.pattern())
        try:
            parse_pattern(text)
        except PatternError:
            continue
        return text


def _milliseconds(reference: str, candidate: str) -> tuple[float, Any]:
    start = time.perf_counter()
    coverage = compare(reference, candidate)
    return (time.perf_counter() - start) * 1000, coverage
