"""The records AWS wrote: every count of their table is reproduced, with the event's own clock.

Patterns are those the table lists, in the texts of the control catalogue where it has them.
Expectations hold counts only.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from trailbell.cli import main
from trailbell.cloudtrail import RawRecord, decompress, facts_of, read_records
from trailbell.filters import Batch, FilterSet, LogEvent, MetricFilter, MetricTransformation, fold
from trailbell.metrics import MetricKey, floor_to

CASES = Path(__file__).parents[1] / "cases"
CONTROLS: dict[str, Any] = {
    each["key"]: each for each in json.loads((CASES / "cis-controls.json").read_text())["controls"]
}
EXPECTED: dict[str, Any] = json.loads((CASES / "real-counts.json").read_text())

PERIOD_SECONDS = 300
MAXIMUM_BYTES = 64 * 1024 * 1024

# The one wording the catalogue lacks: both exclusions joined to both error codes.
EXCLUDING = (
    '{ (($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*")) && '
    '($.sourceIPAddress != "delivery.logs.amazonaws.com") && ($.eventName != "HeadBucket") }'
)


def text_of(key: str, version: str, role: str = "remediation") -> str:
    """Find the text a version of the benchmark gives for a control."""
    [found] = [
        each["pattern"]
        for each in CONTROLS[key]["patterns"]
        if version in each["versions"] and role in each["role"]
    ]
    return str(found)


PATTERNS = {
    "4.1a": text_of("unauthorized_api_calls", "1.2.0"),
    "4.1b": EXCLUDING,
    "4.1c": text_of("unauthorized_api_calls", "1.5.0"),
    "4.2a": text_of("console_signin_without_mfa", "7.0.0"),
    "4.2b": text_of("console_signin_without_mfa", "7.0.0", "single sign-on"),
    "4.3": text_of("root_usage", "7.0.0"),
    "4.4a": text_of("iam_policy_changes", "7.0.0"),
    "4.4b": str(CONTROLS["iam_policy_changes"]["security_hub"]["pattern"]),
    "4.5": text_of("cloudtrail_config_changes", "7.0.0"),
    "4.6": text_of("console_auth_failures", "7.0.0"),
    "4.7": text_of("cmk_disable_or_delete", "7.0.0"),
    "4.8": text_of("s3_bucket_policy_changes", "7.0.0"),
    "4.9": text_of("config_changes", "7.0.0"),
    "4.10": text_of("security_group_changes", "4.0.1"),
    "4.11": text_of("nacl_changes", "7.0.0"),
    "4.12": text_of("network_gateway_changes", "7.0.0"),
    "4.13": text_of("route_table_changes", "7.0.0"),
    "4.14": text_of("vpc_changes", "7.0.0"),
    "4.15": text_of("organizations_changes", "7.0.0"),
}


def records_below(folder: Path) -> list[RawRecord]:
    """Read every file of a folder, whatever container it is."""
    found: list[RawRecord] = []
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        reading = read_records(decompress(path.read_bytes(), MAXIMUM_BYTES), path.name)
        assert reading.rejected == ()
        found.extend(reading.records)
    return found


@pytest.mark.realdata
@pytest.mark.parametrize("folder", list(EXPECTED))
def test_matches_and_periods_are_those_of_the_table(real_data: Path, folder: str) -> None:
    filters = FilterSet(
        [
            MetricFilter("real", name, pattern, MetricTransformation(MetricKey("real", name)))
            for name, pattern in PATTERNS.items()
        ]
    )
    records = records_below(real_data / "cloudtrail" / folder)
    # Not as a trail: the table counts every copy of a record.
    partial = fold(Batch(tuple(LogEvent(0, each.content) for each in records), from_trail=False), filters)
    counted: dict[str, list[int | None]] = {name: [] for name in PATTERNS}
    for match in partial.matches:
        event_time_ms = facts_of(match.message).event_time_ms
        for index in match.filters:
            counted[filters.filters[index].name].append(event_time_ms)

    found = {
        name: [
            len(times),
            len({floor_to(each, PERIOD_SECONDS) for each in times if each is not None}),
        ]
        for name, times in counted.items()
    }
    assert EXPECTED[folder]["records"] == len(records)
    assert EXPECTED[folder]["matches"] == found


@pytest.mark.realdata
@pytest.mark.parametrize(
    "words", [("--exact", "--jobs", "1"), ("--jobs", "2")], ids=["exact", "two processes"]
)
@pytest.mark.parametrize("folder", list(EXPECTED))
def test_a_replay_comes_to_the_counts_of_the_table(
    real_data: Path, tmp_path: Path, folder: str, words: tuple[str, ...]
) -> None:
    transformation = '{ metric_name = "m", metric_namespace = "CIS", metric_value = "1" }'
    rules = tmp_path / "rules.toml"
    rules.write_text(
        "".join(
            f"[[filter]]\nfilter_name = {json.dumps(name)}\nfilter_pattern = {json.dumps(pattern)}\n"
            f"metric_transformations = [{transformation}]\n"
            for name, pattern in PATTERNS.items()
        ),
        encoding="utf-8",
    )
    asked = ["--rules", str(rules), "--clock", "event", "--no-deduplicate", "--format", "json", *words]
    done = CliRunner().invoke(main, ["replay", str(real_data / "cloudtrail" / folder), *asked])
    told = json.loads(done.stdout)

    assert EXPECTED[folder]["records"] == told["records"]["read"]
    assert EXPECTED[folder]["matches"] == {
        each["name"]: [each["matches"], each["periods_with_matches"]] for each in told["filters"]
    }
