"""Ten thousand denials by 37 principals over files, periods and a restart: every count is right."""

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

from support.records import denial, record, write_log
from support.scenario import UNAUTHORIZED, Scenario
from trailbell.evidence import to_json

COUNTER = Path(__file__).parents[1] / "support" / "count_denials.py"
DIMENSIONS = ("principals", "calls", "errors", "addresses", "accounts", "regions")
CALLS = [("s3", "GetObject"), ("ec2", "RunInstances"), ("iam", "ListUsers"), ("kms", "Decrypt")]
ERRORS = ["AccessDenied", "AccessDeniedException", "Client.UnauthorizedOperation", "UnauthorizedOperation"]


def some_denial(chance: random.Random, number: int) -> dict[str, Any]:
    service, call = chance.choice(CALLS)
    return denial(
        f"user{min(int(chance.expovariate(0.12)), 36)}",
        eventID=f"denial-{number}",
        eventSource=f"{service}.amazonaws.com",
        eventName=call,
        errorCode=chance.choice(ERRORS),
        sourceIPAddress=f"198.51.100.{chance.randrange(40)}",
        awsRegion=chance.choice(["eu-west-1", "us-east-1", "ap-south-1"]),
        recipientAccountId=chance.choice(["111122223333", "444455556666"]),
    )


def test_every_count_equals_an_independent_programs(tmp_path: Path) -> None:
    chance = random.Random(37)
    denials = [some_denial(chance, number) for number in range(10_000)]
    for number in range(37):
        denials[number] |= {"userIdentity": denial(f"user{number}")["userIdentity"]}
    others = [record(eventID=f"other-{number}") for number in range(2_000)]
    excluded = [denial(eventID=f"head-{number}", eventName="HeadBucket") for number in range(300)]
    redelivered = chance.sample(denials, 900)
    everything = [*denials, *others, *excluded, *redelivered]
    chance.shuffle(everything)

    scenario = Scenario(tmp_path)
    scenario.chain.take_all()
    for number, start in enumerate(range(0, len(everything), 330)):
        write_log(scenario.logs / f"2026/{number}.json.gz", everything[start : start + 330])
        scenario.chain.take_all()
        scenario.tick(1)
        if number == 17:
            scenario.restart()
    [filter_of_alarm] = [each for each in scenario.chain.report.alarms() if each.name == UNAUTHORIZED]
    with scenario.store.read() as transaction:
        stored = transaction.alarms.find(UNAUTHORIZED)
        assert stored is not None
        metric = stored.definition.metric
        found = to_json(transaction.datapoints.evidence_within(metric, [(0, scenario.clock.now_ms())]))
        samples = transaction.datapoints.within(metric, 0, scenario.clock.now_ms())
    classes = scenario.classes()
    scenario.close()
    program = subprocess.run(
        [sys.executable, "-I", str(COUNTER), str(scenario.logs)], capture_output=True, check=True
    )
    expected = json.loads(program.stdout)

    assert filter_of_alarm.state == "ALARM"
    assert expected["total"] == found["total"] == 10_000
    assert len(expected["principals"]) == 37
    for dimension in DIMENSIONS:
        assert expected[dimension] == {each["key"]: each["count"] for each in found[dimension]}
    assert not found["approximate"]
    assert sum(each.statistics.sum for each in samples) == 10_000
    assert len(samples) > 30
    assert (10_000, 2_300, 900, 0) == (
        classes.matched,
        classes.unmatched,
        classes.duplicate,
        classes.rejected,
    )
