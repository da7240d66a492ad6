"""From a file that appears in the watched folder to the webhook that is called.

Method: a server process with all controls and eager evaluation, a receiver in this process. An alarm calls
only when its state changes, so each drop is a small log file for another of the fifteen controls, and the
round is repeated on fresh data folders until there are 200 drops, a random part of a second apart.
Reference line: the same kind of POST made directly, with nothing in between.
"""

import gzip
import http.server
import itertools
import json
import os
import queue
import random
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

from benchmarks.machine import percentile
from benchmarks.servers import serving
from trailbell.controls import watched_controls

_DROPS = 200
_PATIENCE_SECONDS = 10.0


class _Hook(http.server.ThreadingHTTPServer):
    """Notes when each message arrives."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.arrivals: queue.Queue[tuple[float, bytes]] = queue.Queue()
        self.url = f"http://127.0.0.1:{self.server_address[1]}/"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        assert isinstance(self.server, _Hook)  # noqa: S101
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.arrivals.put((time.perf_counter(), body))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


_CALLS: dict[str, dict[str, object]] = {
    "unauthorized_api_calls": {"eventName": "GetObject", "errorCode": "AccessDenied"},
    "console_signin_without_mfa": {
        "eventName": "ConsoleLogin",
        "additionalEventData": {"MFAUsed": "No"},
    },
    "root_usage": {"eventName": "DescribeAlarms", "userIdentity": {"type": "Root"}},
    "iam_policy_changes": {"eventName": "PutRolePolicy"},
    "cloudtrail_config_changes": {"eventName": "StopLogging"},
    "console_auth_failures": {"eventName": "ConsoleLogin", "errorMessage": "Failed authentication"},
    "cmk_disable_or_delete": {"eventName": "DisableKey", "eventSource": "kms.amazonaws.com"},
    "s3_bucket_policy_changes": {"eventName": "PutBucketAcl"},
    "config_changes": {"eventName": "DeleteDeliveryChannel", "eventSource": "config.amazonaws.com"},
    "security_group_changes": {"eventName": "CreateSecurityGroup"},
    "nacl_changes": {"eventName": "CreateNetworkAcl"},
    "network_gateway_changes": {"eventName": "CreateInternetGateway"},
    "route_table_changes": {"eventName": "CreateRoute"},
    "vpc_changes": {"eventName": "CreateVpc"},
    "organizations_changes": {"eventName": "CreateAccount", "eventSource": "organizations.amazonaws.com"},
}
_numbers = itertools.count()


def run() -> None:
    """Prints the figures."""
    hook = _Hook()
    chance = random.Random(1)  # noqa: S311 - spreads the drops over the second
    direct = [_direct(hook) for _ in range(_DROPS)]
    taken: list[float] = []
    while len(taken) < _DROPS:
        taken.extend(_round(hook, chance))
    taken = taken[:_DROPS]
    for label, values in (("POST alone", direct), ("file to webhook", taken)):
        parts = ", ".join(
            f"p{percent} {percentile(values, percent) * 1000:.1f} ms" for percent in (50, 95, 99)
        )
        print(f"{label:<16} {len(values)} times: {parts}, longest {max(values) * 1000:.1f} ms")


def _round(hook: _Hook, chance: random.Random) -> list[float]:
    """Drops one file for each control at a fresh server, and returns how long each took in seconds."""
    taken = []
    with tempfile.TemporaryDirectory() as folder:
        logs = Path(folder) / "logs"
        logs.mkdir()
        with serving("--source", str(logs), "--data", f"{folder}/data", "--notify", hook.url):
            for control in watched_controls():
                time.sleep(chance.uniform(0.05, 0.6))
                start = time.perf_counter()
                _drop(logs, _CALLS[control.key])
                arrived, body = hook.arrivals.get(timeout=_PATIENCE_SECONDS)
                taken.append(arrived - start)
                if json.loads(body)["AlarmName"] != control.alarm_name:
                    raise RuntimeError(f"another alarm than {control.alarm_name} rang")
    return taken


def _drop(logs: Path, call: dict[str, object]) -> None:
    """Lets a whole log file appear at once."""
    number = next(_numbers)
    record = {
        "eventVersion": "1.11",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/someone"},
        "eventTime": "2026-09-14T05:40:00Z",
        "eventSource": "s3.amazonaws.com",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "198.51.100.7",
        "eventID": f"drop-{os.getpid()}-{number}",
        "eventType": "AwsApiCall",
        "recipientAccountId": "111122223333",
    }
    hidden = logs / f".{number}.unfinished"
    hidden.write_bytes(gzip.compress(json.dumps({"Records": [record | call]}).encode()))
    hidden.rename(logs / f"{number}.json.gz")


def _direct(hook: _Hook) -> float:
    start = time.perf_counter()
    request = urllib.request.Request(hook.url, data=b"{}", method="POST")  # noqa: S310 - our own receiver
    urllib.request.urlopen(request).read()  # noqa: S310
    arrived, _ = hook.arrivals.get(timeout=_PATIENCE_SECONDS)
    return arrived - start
