"""What metrics and alarms cost: judging alone, ten thousand alarms at a tick, three hours of data, listing.

Data: 10,000 alarms in the shape of CIS's (Sum >= 1 over 300 s, missing data not breaching), each on a metric
of its own, in a database on the disk; then 180 minutes of data of each metric.
Method: judging alone is processor time of one core over several rounds, median with the least and the most;
the tick is both processor time and time on the clock, in this process, without a server; memory is that of
this process. The clock is the benchmark's own.
"""

import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import structlog
from msgspec.structs import replace

from benchmarks.machine import spread
from support.aws_server import aws_server
from support.clock import START_MS, ManualClock
from support.memory import peak_bytes
from support.scenario import Scenario
from trailbell.alarms import Alarm, AlarmState, ComparisonOperator, TreatMissingData, evaluate
from trailbell.filters import Contribution, SeriesMinute
from trailbell.metrics import (
    NO_UNIT,
    Datapoint,
    MetricDataQuery,
    MetricKey,
    MetricStat,
    Statistic,
    StatisticSet,
    sum_up,
)
from trailbell.settings import Evaluation
from trailbell.store import Store

_ALARMS = 10_000
_MINUTES = 180
_ROUNDS = 5
_JUDGED = 20_000
_TICKS = 5
_LISTINGS = 3
_MINUTE_MS = 60_000
_MIB = 1024 * 1024
_PERIOD_SECONDS = 300
_METRIC = MetricKey("CISBenchmark", "unauthorized_api_calls_metric")
_ALARM = Alarm(
    name="unauthorized_api_calls_alarm",
    metric=_METRIC,
    statistic=Statistic.SUM,
    period_seconds=_PERIOD_SECONDS,
    evaluation_periods=1,
    threshold=1.0,
    comparison_operator=ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treat_missing_data=TreatMissingData.NOT_BREACHING,
)


def run() -> None:
    """Prints the figures."""
    # Ten thousand moves are ten thousand lines.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    _judge_alone()
    for evaluation in Evaluation:
        with tempfile.TemporaryDirectory() as folder:
            _tick(Path(folder), evaluation)
    with tempfile.TemporaryDirectory() as folder:
        _list(Path(folder))


def _judge_alone() -> None:
    one = [Datapoint(START_MS - 7 * _MINUTE_MS, StatisticSet.of(1.0))]
    every = [Datapoint(START_MS - age * _MINUTE_MS, StatisticSet.of(1.0)) for age in range(1, 16)]
    statistics, histogram = sum_up({float(value): 1.0 for value in range(1, 201)})
    binned = [Datapoint(START_MS - age * _MINUTE_MS, statistics, NO_UNIT, histogram) for age in range(1, 4)]
    percentile = replace(_ALARM, statistic=None, extended_statistic="p90", period_seconds=60)
    other = MetricKey(_METRIC.namespace, "other")
    math = replace(
        _ALARM,
        statistic=None,
        metrics=(
            MetricDataQuery("a", _stat(_METRIC), is_returned=False),
            MetricDataQuery("b", _stat(other), is_returned=False),
            MetricDataQuery("c", expression="a + b"),
        ),
    )
    both = {_METRIC: every, other: every}
    lines: dict[str, Callable[[], object]] = {
        "no data, stays OK": lambda: evaluate(_ALARM, [], AlarmState.OK, START_MS),
        "1 datapoint, stays ALARM": lambda: evaluate(_ALARM, one, AlarmState.ALARM, START_MS),
        "15 datapoints, stays ALARM": lambda: evaluate(_ALARM, every, AlarmState.ALARM, START_MS),
        "15 datapoints, moves": lambda: evaluate(_ALARM, every, AlarmState.OK, START_MS),
        "p90 of 3 x 200 values": lambda: evaluate(percentile, binned, AlarmState.ALARM, START_MS),
        "a + b of 15 datapoints each": lambda: evaluate(math, both, AlarmState.ALARM, START_MS),
    }
    print(f"evaluations a second of one core, {_ROUNDS} rounds of {_JUDGED}")
    rates: dict[str, list[float]] = {name: [] for name in lines}
    for _ in range(_ROUNDS):
        for name, judge in lines.items():
            rates[name].append(_rate(judge))
    for name, found in rates.items():
        print(f"  {name:<28} {spread(found, '/s', 0)}")


def _stat(metric: MetricKey) -> MetricStat:
    return MetricStat(metric.namespace, metric.name, metric.dimensions, _PERIOD_SECONDS, "Sum")


def _rate(judge: Callable[[], object]) -> float:
    start = time.process_time()
    for _ in range(_JUDGED):
        judge()
    return _JUDGED / (time.process_time() - start)


def _tick(folder: Path, evaluation: Evaluation) -> None:
    scenario = Scenario(
        folder, ManualClock(START_MS + 5_000), source=(), notify=(), evaluation=evaluation, controls="none"
    )
    try:
        _put_alarms(scenario.store)
        print(f"\n{_ALARMS} alarms, evaluation {evaluation}; memory {_resident()}")
        _timed_ticks(scenario, "all move to OK", 1)
        _timed_ticks(scenario, "none has data", _TICKS)
        _put_minutes(scenario, 1)
        _timed_ticks(scenario, "all move to ALARM", 1)
        _timed_ticks(scenario, "all stay in ALARM", _TICKS)
        print(f"  memory {_resident()}")
        if evaluation is Evaluation.AWS:
            _hold(scenario, folder)
    finally:
        scenario.close()


def _hold(scenario: Scenario, folder: Path) -> None:
    start = time.perf_counter()
    _put_minutes(scenario, _MINUTES)
    seconds = time.perf_counter() - start
    rows = _ALARMS * _MINUTES
    print(
        f"{_ALARMS} metrics x {_MINUTES} minutes of one value put in {seconds:.0f} s, {rows / seconds:.0f}/s"
    )
    _timed_ticks(scenario, "all stay in ALARM", _TICKS)
    size = sum(path.stat().st_size for path in (folder / "data").rglob("*") if path.is_file())
    print(f"  memory {_resident()}; {size / _MIB:.0f} MiB on the disk")


def _put_alarms(store: Store) -> None:
    with store.write() as transaction:
        for number in range(_ALARMS):
            alarm = replace(_ALARM, name=f"alarm-{number:05}", metric=_metric(number))
            transaction.alarms.put(alarm, START_MS)


def _put_minutes(scenario: Scenario, minutes: int) -> None:
    """Puts one sample for each metric in each of the latest minutes that are over."""
    minute_ms = scenario.clock.now_ms() // _MINUTE_MS * _MINUTE_MS
    sample = Contribution(StatisticSet.of(1.0), None)
    for age in range(minutes, 0, -1):
        at_ms = minute_ms - age * _MINUTE_MS
        with scenario.store.write() as transaction:
            transaction.datapoints.add(
                {SeriesMinute(_metric(number), NO_UNIT, at_ms): sample for number in range(_ALARMS)}
            )


def _metric(number: int) -> MetricKey:
    return MetricKey(_METRIC.namespace, f"{_METRIC.name}-{number:05}")


def _timed_ticks(scenario: Scenario, name: str, ticks: int) -> None:
    busy, waited = [], []
    for _ in range(ticks):
        scenario.clock.turn(minutes=1)
        start, start_busy = time.perf_counter(), time.process_time()
        scenario.chain.tick()
        waited.append(time.perf_counter() - start)
        busy.append(time.process_time() - start_busy)
    print(f"  tick, {name:<18} {spread(busy, 's of processor', 2)}; {spread(waited, 's on the clock', 2)}")


def _list(folder: Path) -> None:
    store = Store(folder / "data")
    _put_alarms(store)
    store.close()
    with aws_server(folder, ManualClock(START_MS), controls="none") as server:
        pages = server.client("cloudwatch").get_paginator("describe_alarms")
        times = []
        for _ in range(_LISTINGS):
            start = time.perf_counter()
            found = sum(len(page["MetricAlarms"]) for page in pages.paginate(MaxRecords=100))
            times.append(time.perf_counter() - start)
            if found != _ALARMS:
                raise RuntimeError(f"{found} alarms were listed, not {_ALARMS}")
    print(f"\nDescribeAlarms over {_ALARMS} by boto3, pages of 100: {spread(times, 's', 2)}")


def _resident() -> str:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            now = int(line.split()[1]) * 1024
            return f"{now / _MIB:.0f} MiB, at most {peak_bytes() / _MIB:.0f} MiB so far"
    raise RuntimeError("this system does not tell the memory of a process")
