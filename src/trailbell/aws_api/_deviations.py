"""Where AWS answers otherwise than its own published models say."""

import msgspec

__all__ = [
    "CHOICES",
    "FILLED",
    "NAME_TOO_LONG",
    "PATTERNS",
    "PRINTED_MEMBERS",
    "UNCHECKED_CHOICES",
    "NameLimit",
]

# (service, shape): the pattern that holds instead; None for none.
PATTERNS: dict[tuple[str, str], str | None] = {
    # The published one forbids the colon, which was accepted.
    ("logs", "MetricNamespace"): "[^*$]*",
    # The published one forbids a colon at the start, which was accepted.
    ("cloudwatch", "Namespace"): None,
}

# (service, shape): the order in which AWS lists the values of an enumeration in its texts.
CHOICES: dict[tuple[str, str], tuple[str, ...]] = {
    ("cloudwatch", "StateValue"): ("INSUFFICIENT_DATA", "ALARM", "OK"),
}

# (service, operation, member): an enumeration whose refusal has a text of its own.
UNCHECKED_CHOICES: frozenset[tuple[str, str, str]] = frozenset(
    {
        ("cloudwatch", "GetMetricStatistics", "Statistics"),
        ("cloudwatch", "ListMetrics", "RecentlyActive"),
    }
)

# (service, shape): the order in which AWS prints the members of a structure in its texts.
PRINTED_MEMBERS: dict[tuple[str, str], tuple[str, ...]] = {
    ("logs", "MetricTransformation"): (
        "metricName",
        "metricNamespace",
        "metricValue",
        "defaultValue",
        "unit",
        "dimensions",
    ),
}

# (service, operation, required member): what is put in its place where it is missing, because its absence
# is refused with a text of its own.
FILLED: dict[tuple[str, str, str], object] = {
    ("sns", "Publish", "Message"): "",
    ("sns", "PublishBatch", "PublishBatchRequestEntries"): [],
}


class NameLimit(msgspec.Struct, frozen=True):
    """A length beyond which some members are refused with one text for all of them."""

    members: frozenset[str]
    maximum: int
    message: str


# By service.
NAME_TOO_LONG: dict[str, NameLimit] = {
    "logs": NameLimit(
        members=frozenset({"logGroupName", "logStreamName"}),
        maximum=512,
        message="Invalid LogGroup or LogStream, both must have length less than or equal to 512.",
    )
}
