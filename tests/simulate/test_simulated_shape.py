"""Twenty thousand records have the shape that was measured on real traffic (traffic-profile)."""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from support.simulated_traffic import START_MS, records_of, second_of, wire_size
from trailbell.cloudtrail import parse_file_name
from trailbell.simulate import Company, Delivery, Profile, generate

REFUSED = ("UnauthorizedOperation", "AccessDenied", "AccessDeniedException")


class Sample:
    """A stretch of calm traffic, taken apart."""

    def __init__(self, deliveries: list[Delivery]) -> None:
        self.files = [records_of(delivery) for delivery in deliveries]
        self.records = [record for records in self.files for record in records]
        self.sizes = [wire_size(record) for record in self.records]
        self.delays = [
            _named_second(delivery) - second_of(record)
            for delivery, records in zip(deliveries, self.files, strict=True)
            for record in records
        ]
        steps = [
            second_of(before) - second_of(after)
            for records in self.files
            for before, after in pairwise(records)
        ]
        self.steps_back = [step for step in steps if step > 0]
        self.failed = [record for record in self.records if "errorCode" in record]
        self.compressed_bytes = sum(len(delivery.content) for delivery in deliveries)
        self.principals = Counter(_principal(record) for record in self.records)
        self.calls = Counter((record["eventSource"], record["eventName"]) for record in self.records)

    def share(self, holds: Callable[[dict[str, Any]], bool]) -> float:
        return sum(map(holds, self.records)) / len(self.records)

    def top(self, counts: Counter[Any], ranks: int) -> float:
        return sum(count for _, count in counts.most_common(ranks)) / len(self.records)


def _named_second(delivery: Delivery) -> int:
    name = parse_file_name(delivery.key)
    assert name is not None
    return name.minute_ms // 1000


def _principal(record: dict[str, Any]) -> str:
    identity = record["userIdentity"]
    issuer = identity.get("sessionContext", {}).get("sessionIssuer", {})
    return str(issuer.get("arn") or identity.get("arn") or identity.get("invokedBy") or identity)


def _quantile(values: list[int], share: float) -> int:
    return sorted(values)[int(share * (len(values) - 1))]


@pytest.fixture(scope="module")
def sample() -> Sample:
    return Sample(list(generate(Company(1), Profile.CALM, START_MS, 2400, 10)))


MEASURES: list[tuple[str, Callable[[Sample], float], float, float]] = [
    ("records in all", lambda s: len(s.records), 20_000, 30_000),
    ("record bytes, median", lambda s: _quantile(s.sizes, 0.5), 1100, 1350),
    ("record bytes, p90", lambda s: _quantile(s.sizes, 0.9), 1450, 1800),
    ("record bytes, p99", lambda s: _quantile(s.sizes, 0.99), 1800, 2600),
    (
        "records of 4 kB and more",
        lambda s: sum(size >= 4000 for size in s.sizes) / len(s.sizes),
        0.0002,
        0.004,
    ),
    ("top-level keys, median", lambda s: _quantile([len(r) for r in s.records], 0.5), 18, 20),
    ("records in a file, median", lambda s: _quantile([len(f) for f in s.files], 0.5), 10, 28),
    ("records in a file, p90", lambda s: _quantile([len(f) for f in s.files], 0.9), 100, 200),
    ("records in a file, most", lambda s: max(map(len, s.files)), 200, 450),
    ("times smaller by gzip", lambda s: sum(s.sizes) / s.compressed_bytes, 6.0, 10.0),
    ("delay in seconds, p1", lambda s: _quantile(s.delays, 0.01), 35, 75),
    ("delay in seconds, median", lambda s: _quantile(s.delays, 0.5), 180, 300),
    ("delay in seconds, p95", lambda s: _quantile(s.delays, 0.95), 400, 505),
    ("delay in seconds, longest", lambda s: max(s.delays), 500, 600),
    ("earlier than the one before", lambda s: len(s.steps_back) / len(s.records), 0.17, 0.27),
    ("step back in seconds, median", lambda s: _quantile(s.steps_back, 0.5), 1, 2),
    ("step back in seconds, longest", lambda s: max(s.steps_back), 10, 29),
    ("with an error code", lambda s: len(s.failed) / len(s.records), 0.01, 0.03),
    ("refused, of those", lambda s: sum(_is_refusal(r) for r in s.failed) / len(s.failed), 0.1, 0.45),
    ("read only", lambda s: s.share(lambda r: r["readOnly"]), 0.75, 0.88),
    ("requestParameters null", lambda s: s.share(lambda r: r["requestParameters"] is None), 0.08, 0.15),
    ("responseElements null", lambda s: s.share(lambda r: r["responseElements"] is None), 0.82, 0.93),
    (
        "address names a service",
        lambda s: s.share(lambda r: not r["sourceIPAddress"][0].isdigit()),
        0.08,
        0.16,
    ),
    ("without an identity type", lambda s: s.share(lambda r: "type" not in r["userIdentity"]), 0.007, 0.02),
    ("kinds of call", lambda s: len(s.calls), 230, 420),
    ("commonest call", lambda s: s.top(s.calls, 1), 0.04, 0.08),
    ("ten commonest calls", lambda s: s.top(s.calls, 10), 0.28, 0.4),
    ("hundred commonest calls", lambda s: s.top(s.calls, 100), 0.84, 0.94),
    ("busiest principal", lambda s: s.top(s.principals, 1), 0.1, 0.4),
    ("ten busiest principals", lambda s: s.top(s.principals, 10), 0.5, 0.9),
]


def _is_refusal(record: dict[str, Any]) -> bool:
    return bool(record["errorCode"].endswith(REFUSED))


@pytest.mark.parametrize(("name", "measure", "low", "high"), MEASURES, ids=[name for name, *_ in MEASURES])
def test_a_measure_lies_where_real_traffic_has_it(
    sample: Sample, name: str, measure: Callable[[Sample], float], low: float, high: float
) -> None:
    measured = measure(sample)

    assert low <= measured <= high, f"{name}: {measured}"


@pytest.mark.parametrize("service", ["ec2", "ssm", "iam", "s3", "kms", "secretsmanager", "rds"])
def test_the_busiest_services_are_the_measured_ones(sample: Sample, service: str) -> None:
    shares = {"ec2": 31, "ssm": 17, "iam": 14, "s3": 9, "kms": 8, "secretsmanager": 8, "rds": 5}
    measured = 100 * sample.share(lambda record: record["eventSource"] == f"{service}.amazonaws.com")

    assert measured == pytest.approx(shares[service], rel=0.35)


def test_no_two_records_have_the_same_event_id(sample: Sample) -> None:
    ids = [record["eventID"] for record in sample.records]

    assert len(set(ids)) == len(ids)
