"""From PutLogEvents with one denied call to the signed notification at a hook.

Method: a server process with eager evaluation and a subscribed hook in this process. An alarm tells of its
change into ALARM once, so each measurement has an alarm of its own, on a metric that its own filter feeds: a
match of ``$.case = N``. They are made before the clock starts and rung one after the other.
"""

import json
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.aws_calls import Connection
from benchmarks.machine import percentile
from benchmarks.servers import serving
from support.aws_clients import client
from support.sns_hook import sns_hook

__all__ = ["time_hooks"]

_ALARMS = 100
_GROUP = "bench/hooks"


def time_hooks() -> None:
    """Prints the figures."""
    with tempfile.TemporaryDirectory() as folder, serving("--data", f"{Path(folder)}/data") as server:
        with sns_hook() as hook:
            sns = client("sns", server.url)
            topic = sns.create_topic(Name="bench")["TopicArn"]
            sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=hook.url)
            _make_alarms(server.url, topic)
            seconds = []
            with Connection(server.url) as connection:
                for case in range(_ALARMS):
                    # In the second after a whole minute, eager looks wait for the tick of the minute before:
                    # such a one is the longest below.
                    start = time.perf_counter()
                    connection.send("PutLogEvents", _body(case))
                    posted = hook.next("Notification")
                    seconds.append(time.perf_counter() - start)
                    _check(posted.envelope, case)
        parts = ", ".join(
            f"p{percent} {percentile(seconds, percent) * 1000:.1f} ms" for percent in (50, 95, 99)
        )
        print(f"put to hook, {_ALARMS} alarms: {parts}, longest {max(seconds) * 1000:.0f} ms")


def _check(envelope: dict[str, Any], case: int) -> None:
    """Looks whether the measured message is the one that was waited for, and signed."""
    name = json.loads(envelope["Message"])["AlarmName"]
    if name != f"a{case}" or not envelope["Signature"]:
        raise RuntimeError(f"waited for a signed message of a{case}, and {name} rang")


def _make_alarms(url: str, topic: str) -> None:
    logs: Any = client("logs", url)
    cloudwatch: Any = client("cloudwatch", url)
    logs.create_log_group(logGroupName=_GROUP)
    logs.create_log_stream(logGroupName=_GROUP, logStreamName="s")
    for case in range(_ALARMS):
        metric = {"metricName": f"m{case}", "metricNamespace": "Bench", "metricValue": "1"}
        logs.put_metric_filter(
            logGroupName=_GROUP,
            filterName=f"f{case}",
            filterPattern=f'{{ ($.errorCode = "AccessDenied*") && ($.case = {case}) }}',
            metricTransformations=[metric],
        )
        cloudwatch.put_metric_alarm(
            AlarmName=f"a{case}",
            MetricName=f"m{case}",
            Namespace="Bench",
            Statistic="Sum",
            Period=300,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            AlarmActions=[topic],
        )


def _body(case: int) -> bytes:
    denied = {
        "eventName": "GetObject",
        "eventSource": "s3.amazonaws.com",
        "errorCode": "AccessDenied",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory"},
        "case": case,
    }
    event = {"timestamp": time.time_ns() // 1_000_000, "message": json.dumps(denied)}
    return json.dumps({"logGroupName": _GROUP, "logStreamName": "s", "logEvents": [event]}).encode()
