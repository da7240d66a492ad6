"""What a matching event publishes where the value or a dimension stands in the event itself."""

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings

from support.clock import START_MS
from support.pattern_strategies import messages, patterns
from trailbell._errors import RequestRefusedError
from trailbell.filters import (
    Batch,
    FilterSet,
    LogEvent,
    MetricFilter,
    MetricTransformation,
    SeriesLimit,
    check_filter,
    fold,
    settle,
)
from trailbell.metrics import MetricKey
from trailbell.patterns import (
    MISSING,
    IndexStep,
    NameStep,
    Pattern,
    Selector,
    compile_patterns,
    parse_pattern,
    parse_selector,
    selectors,
)

METRIC = MetricKey("App", "m")


def metric_filter(pattern: str, value: str = "1", **dimensions: str) -> MetricFilter:
    transformation = MetricTransformation(METRIC, value, dimensions=tuple(dimensions.items()))
    return MetricFilter("g", "f", pattern, transformation)


def published(
    definition: MetricFilter, *messages: str, limit: SeriesLimit | None = None
) -> dict[object, float]:
    """Returns the Sum of each set of dimensions."""
    check_filter(definition, parse_pattern(definition.pattern))
    filters = FilterSet([definition])
    batch = Batch(tuple(LogEvent(START_MS, each.encode()) for each in messages), from_trail=False)
    settled = settle(fold(batch, filters), filters, (), limit)
    return {place.metric.dimensions: found.statistics.sum for place, found in settled.contributions.items()}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("3", 3.0),
        ("-2.5e3", -2500.0),
        ('"12.5"', 12.5),
        ('"+1e2"', 100.0),
        ("0", 0.0),
        ("1e-400", 0.0),
        (str(2**360), 2.0**360),
    ],
)
def test_a_number_in_the_event_is_the_sample(written: str, value: float) -> None:
    assert {(): value} == published(
        metric_filter("{ $.v = * || $.k = 1 }", "$.v"), f'{{"k":1,"v":{written}}}'
    )


@pytest.mark.parametrize(
    "written",
    [
        '"x"',
        '""',
        '" 1"',
        '"1 "',
        '"0x1"',
        '"\u0661"',
        '"nan"',
        "true",
        "[1]",
        '{"n":1}',
        "1e309",
        "9" * 400,
        '"1e309"',
    ],
)
def test_what_is_no_number_publishes_nothing(written: str) -> None:
    assert {} == published(metric_filter("{ $.k = 1 }", "$.v"), f'{{"k":1,"v":{written}}}')


@pytest.mark.parametrize("written", ["null", "[]", "{}", '""', '"  "', '["a"]', f'"{"x" * 1025}"'])
def test_a_field_that_is_no_text_takes_all_dimensions_away(written: str) -> None:
    definition = metric_filter("{ $.k = 1 }", A="$.a", B="$.b")

    assert {(): 1.0} == published(definition, f'{{"k":1,"a":"x","b":{written}}}')


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ('"é x"', "é x"),
        ("404", "404"),
        ("1.50", "1.5"),
        ("1e7", "1.0E7"),
        ("true", "true"),
        ("false", "false"),
    ],
)
def test_a_dimension_is_the_text_of_a_scalar(written: str, text: str) -> None:
    assert {(("A", text),): 1.0} == published(
        metric_filter("{ $.k = 1 }", A="$.a"), f'{{"k":1,"a":{written}}}'
    )


@pytest.mark.parametrize("written", [r'"x\ud800"', r'"x\udfff"'])
def test_half_a_surrogate_pair_makes_a_dimension_that_can_be_stored(written: str) -> None:
    definition = metric_filter("{ $.k = 1 }", A="$.a")

    assert {(("A", "x\N{REPLACEMENT CHARACTER}"),): 1.0} == published(definition, f'{{"k":1,"a":{written}}}')


def test_words_give_values_and_dimensions_by_name_and_position() -> None:
    definition = metric_filter("[level, ..., size > 0]", "$size", Level="$level", Second="$2")

    assert {(("Level", "INFO"), ("Second", "x")): 7.0, (): 9.0} == published(
        definition, "INFO x 7", "INFO 9", "INFO -"
    )


def test_the_limit_takes_dimensions_away_and_no_sample() -> None:
    told: list[int] = []
    limit = SeriesLimit(told.append, most=2)
    definition = metric_filter("{ $.a = * }", A="$.a")
    given_messages = [f'{{"a":"{name}"}}' for name in "xyzxyw"]
    limit.begin(START_MS)
    first = published(definition, *given_messages, limit=limit)
    limit.begin(START_MS + 3_600_000)
    second = published(definition, '{"a":"z"}', limit=limit)

    assert {(("A", "x"),): 2.0, (("A", "y"),): 2.0, (): 2.0} == first
    assert {(("A", "z"),): 1.0} == second
    assert [0] == told


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ("{ $.a = 1 }", "$.b.['c d'][0]"),
        ("{ $.a = 1 }", ".5"),
        ("[a, b]", "$b"),
        ("[a, , b]", "$2"),
        ("[]", "$17"),
        ("[a, ...]", "$1"),
    ],
)
def test_a_value_is_a_number_or_a_field_that_the_pattern_can_give(pattern: str, value: str) -> None:
    check_filter(metric_filter(pattern, value), parse_pattern(pattern))


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ("{ $.a = 1 }", "$.b[*]"),
        ("{ $.a = 1 }", "$b"),
        ("{ $.a = 1 }", "$.b "),
        ("{ $.a = 1 }", "1e400"),
        ("{ $.a = 1 }", "inf"),
        ("{ $.a = 1 }", ""),
        ("ERROR", "$.b"),
        ("%x%", "$1"),
        ("", "$.b"),
        ("[a, b]", "$c"),
        ("[a, b]", "$1"),
        ("[a, , b]", "$3"),
        ("[]", "$0"),
        ("[]", "$01"),
        ("[]", "$²"),
        ("[]", "$"),
        ("[a, ...]", "$..."),
    ],
)
def test_a_value_that_no_event_could_give_is_refused(pattern: str, value: str) -> None:
    with pytest.raises(RequestRefusedError, match="must be a valid number"):
        check_filter(metric_filter(pattern, value), parse_pattern(pattern))


def _walk(message: bytes, selector: Selector) -> object:
    node = json.loads(message)
    for step in selector.steps:
        try:
            node = (
                node[step.name]
                if isinstance(step, NameStep) and isinstance(node, dict)
                else (node[step.index] if isinstance(step, IndexStep) and isinstance(node, list) else MISSING)
            )
        except LookupError:
            return MISSING
        if node is MISSING:
            return MISSING
    return node


def _kind(node: object) -> object:
    if isinstance(node, bool | str) or node is None or node is MISSING:
        return node
    return float(node) if isinstance(node, int | float | Decimal) else "no scalar"


@given(patterns(), patterns(), messages())
@settings(max_examples=150, deadline=None)
def test_a_field_is_read_from_the_decoded_part_as_from_the_whole(
    matched: Pattern, published_by: Pattern, message: bytes
) -> None:
    read = [each for each in selectors(published_by) if not each.has_wildcard]
    compiled = compile_patterns([matched], read)
    record = compiled.decode(message)
    if record is None:
        return
    for selector in read:
        try:
            expected = _kind(_walk(message, selector))
        except (ValueError, OverflowError):
            # Numbers of some thousand digits, which json alone does not read.
            continue

        assert expected == _kind(compiled.reader(selector)(record))


def test_a_field_is_read_where_another_filter_looks_deeper() -> None:
    filters = FilterSet(
        [
            metric_filter("{ $.a = 1 }", "$.a"),
            metric_filter("{ $.a.b = 1 }", "$.a.b.c"),
            metric_filter("x", "2"),
        ]
    )
    batch = Batch((LogEvent(START_MS, b'{"a":1,"x":"x"}'),), from_trail=False)
    [match] = fold(batch, filters).matches

    assert (0, 2) == match.filters
    assert {0: 1.0} == {index: each.value for index, each in match.extracted.items()}
    assert MISSING is compile_patterns([], [parse_selector("$.a")]).reader(parse_selector("$.a"))({})
