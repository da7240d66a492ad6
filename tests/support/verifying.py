"""Verifications of a chain moved by hand, and all that one must leave as it was."""

from pathlib import Path
from typing import Any

from msgspec.structs import replace

from support.clock import START_MS
from support.composite_scenario import TOPIC
from support.records import ACCOUNT
from support.scenario import UNAUTHORIZED, Scenario
from trailbell.alarms import CompositeAlarm
from trailbell.chain import LOG_GROUP, Verification, VerificationOrder
from trailbell.controls import control_of
from trailbell.drill import drill_order

__all__ = ["advanced", "everything", "of_one_control", "order", "silenced", "started", "whole"]

_FAR_MS = 2**53


def order(
    scenario: Scenario, key: str = "unauthorized_api_calls", seconds: float = 180.0
) -> VerificationOrder:
    """An order as the API makes it."""
    return drill_order(control_of(key), ACCOUNT, "eu-west-1", seconds, scenario.clock.now_ms())


def started(scenario: Scenario, key: str = "unauthorized_api_calls", seconds: float = 180.0) -> Verification:
    """A verification whose file has been written and not yet read."""
    return scenario.chain.verifications.start(order(scenario, key, seconds))


def advanced(scenario: Scenario, verification: Verification) -> Verification:
    """What is known after another look."""
    scenario.chain.verifications.advance()
    return scenario.chain.verifications.find(verification.id)


def whole(scenario: Scenario, key: str = "unauthorized_api_calls") -> Verification:
    """Lets an event pass as far as it does, all at once."""
    verification = started(scenario, key)
    scenario.chain.take_all()
    scenario.chain.deliver_all()
    return advanced(scenario, verification)


def everything(scenario: Scenario) -> dict[str, object]:
    """What is kept of events, but for times of streams and the counts of what was read."""
    with scenario.store.read() as transaction:
        group = transaction.log_groups.find(LOG_GROUP)
        filters = transaction.filters.all()
        metrics = sorted({each.definition.transformation.metric for each in filters})
        span = [(0, _FAR_MS)]
        return {
            "events": transaction.events.count(),
            "batches": transaction.log_batches.count(),
            "bytes": None if group is None else group.stored_bytes,
            "datapoints": [transaction.datapoints.within(each, 0, _FAR_MS) for each in metrics],
            "evidence": [transaction.datapoints.evidence_within(each, span) for each in metrics],
            "files": sorted(each.name for each in scenario.logs.iterdir()),
            "states": [(each.definition.name, each.state) for each in transaction.alarms.all()],
        }


def of_one_control(folder: Path, **settings: Any) -> Scenario:
    """A chain that is quickly made."""
    given = {"controls": ("unauthorized_api_calls",), "gather_seconds": 0, **settings}
    return Scenario(folder, **given)


def silenced(scenario: Scenario, rule: str = f'ALARM("{UNAUTHORIZED}")', **more: Any) -> None:
    """Takes the alarm's actions away and puts a composite alarm on it that notifies."""
    with scenario.store.write() as transaction:
        stored = transaction.alarms.find(UNAUTHORIZED)
        assert stored is not None
        transaction.alarms.put(replace(stored.definition, alarm_actions=()), START_MS)
    scenario.chain.alarms.put_composite(
        CompositeAlarm(name="above", rule=rule, alarm_actions=(TOPIC,), **more), {}
    )
