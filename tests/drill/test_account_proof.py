"""AWS is asked about witness events; a drill rings alarms, watches what comes of it and sets them back."""

from collections.abc import Iterator
from typing import Any, NoReturn

import msgspec
import pytest
from msgspec.structs import replace

from support.account_maker import aws_session, connected
from support.drilled import TOPIC, Account, account, plan_of, proven, refusing
from trailbell.account import Connection, Link, Snapshot, iam_policy
from trailbell.controls import watched_controls
from trailbell.drill import (
    DRILL_CALLS,
    AlarmPlan,
    Patience,
    drill_alarm,
    drill_iam_policy,
    drill_plans,
    plan_drills,
    with_drills,
)

pytestmark = pytest.mark.client

ROOT = "root-usage-alarm"


def patience(seconds: float = 0.0) -> Patience:
    """Waits not at all, and gives up at once by default."""
    return Patience(seconds, 0.0, lambda: 0.0, lambda _: None)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with account(tmp_path_factory.mktemp("account")) as running:
        yield running


@pytest.fixture
def made(shared: Account) -> Iterator[Account]:
    """The account as it was made, whatever a test has done to it."""
    yield shared
    shared.mend()


@pytest.fixture
def connection(made: Account, session: Any) -> Iterator[Connection]:
    with connected(made.server.url, session) as opened:
        yield opened


@pytest.fixture(scope="module")
def session() -> Any:
    return aws_session()


def test_aws_matches_the_events_of_every_control_as_predicted(connection: Connection) -> None:
    proof, _, _ = proven(connection, *(each.key for each in watched_controls()))

    assert proof.is_proven
    assert [15, 15] == [len(proof.controls), connection.calls["logs:TestMetricFilter"]]
    assert all(check.matched == check.events for each in proof.controls for check in each.filters)


def test_without_a_drill_nothing_is_changed(made: Account, connection: Connection) -> None:
    proven(connection, "root_usage")

    assert not {each.action for each in DRILL_CALLS if each.is_of_drill} & set(connection.calls)
    assert "OK" == made.standing(ROOT)[0]


def test_where_aws_disagrees_the_event_is_told(made: Account) -> None:
    session = aws_session()

    def lose_one(parsed: Any, **_: Any) -> None:
        parsed["matches"] = parsed["matches"][1:]

    session.register("after-call.cloudwatch-logs.TestMetricFilter", lose_one)
    with connected(made.server.url, session) as connection:
        proof, _, _ = proven(connection, "vpc_changes")
    [result] = proof.controls
    [check] = result.filters

    assert (False, Link.FILTER) == (result.is_proven, result.stopped_at)
    assert "does not match CreateVpc of ec2.amazonaws.com, and by Trailbell it does" in result.reason
    assert [("CreateVpc", False)] == [
        (each.event["eventName"], each.is_matched_by_aws) for each in check.disagreements
    ]


def test_a_refused_call_is_named_and_proves_nothing(made: Account) -> None:
    with refusing(made.server.url, "TestMetricFilter") as connection:
        proof, _, _ = proven(connection, "root_usage")
    [result] = proof.controls

    assert (False, Link.FILTER) == (result.is_proven, result.stopped_at)
    assert "logs:TestMetricFilter failed in us-east-1 (AccessDenied" in result.reason


def test_a_control_that_the_audit_fails_stops_where_the_audit_says(
    made: Account, connection: Connection
) -> None:
    made.cloudwatch.disable_alarm_actions(AlarmNames=[ROOT])
    proof, snapshot, results = proven(connection, "root_usage")
    [result] = proof.controls

    assert (False, Link.ACTION) == (result.is_proven, result.stopped_at)
    assert 0 == connection.calls["logs:TestMetricFilter"]
    assert () == drill_plans(connection, proof, snapshot, results)


def test_a_drill_notifies_with_its_reason_and_sets_the_alarm_back(
    made: Account, connection: Connection
) -> None:
    proof, snapshot, results = proven(connection, "root_usage")
    plans = drill_plans(connection, proof, snapshot, results)
    before = made.standing(ROOT)
    said: list[str] = []
    proof = with_drills(connection, proof, plans, patience(), said.append)
    made.server.chain.deliver_all()
    [drill] = proof.drills
    message = msgspec.json.decode(made.receiver.requests[-1].json["Message"])

    assert ("OK", "OK") == (before[0], made.standing(ROOT)[0])
    assert proof.is_proven
    assert [(TOPIC, True)] == [(each.action, each.is_executed) for each in drill.actions]
    assert (ROOT, "ALARM") == (message["AlarmName"], message["NewStateValue"])
    assert message["NewStateReason"].startswith("DRILL by trailbell verify: nothing has happened.")
    assert [f"Alarm {ROOT} is back in OK."] == said


def test_the_plan_says_what_runs_and_who_is_told(made: Account, connection: Connection) -> None:
    plan = plan_of(connection, "root_usage")

    assert plan.before is not None
    assert ("OK", (TOPIC,), ()) == (
        plan.before.state,
        plan.before.actions["ALARM"],
        plan.before.actions["OK"],
    )
    assert 1 == len(plan.told)
    assert plan.told[0].startswith("http http://127.0.0.1")


def test_an_alarm_that_is_in_alarm_is_left_alone(made: Account, connection: Connection) -> None:
    proof, snapshot, results = proven(connection, "root_usage")
    made.set_state(ROOT, "ALARM", "somebody used root")
    plans = drill_plans(connection, proof, snapshot, results)
    proof = with_drills(connection, proof, plans, patience(), print)
    [result] = proof.controls

    assert (False, Link.ALARM) == (result.is_proven, result.stopped_at)
    assert "already in ALARM" in result.reason
    assert ("ALARM", "somebody used root") == made.standing(ROOT)
    assert 0 == connection.calls["cloudwatch:SetAlarmState"]


def test_an_action_that_fails_is_told_in_awss_words(made: Account, connection: Connection) -> None:
    plan = plan_of(connection, "root_usage")
    made.server.client("sns").delete_topic(TopicArn=TOPIC)
    outcome = drill_alarm(connection, plan, patience(), print)

    assert (False, [False]) == (outcome.is_proven, [each.is_executed for each in outcome.actions])
    assert outcome.reason.startswith(f"Failed to execute action {TOPIC}.")
    assert "OK" == made.standing(ROOT)[0]


def test_an_alarm_that_real_data_raises_before_its_turn_is_left_alone(
    made: Account, connection: Connection
) -> None:
    proof, snapshot, results = proven(connection, "root_usage")
    plans = drill_plans(connection, proof, snapshot, results)
    made.set_state(ROOT, "ALARM", "somebody used root")
    proof = with_drills(connection, proof, plans, patience(), print)
    [result] = proof.controls

    assert (False, Link.ALARM) == (result.is_proven, result.stopped_at)
    assert "already in ALARM" in result.reason
    assert ("ALARM", "somebody used root") == made.standing(ROOT)
    assert 0 == connection.calls["cloudwatch:SetAlarmState"]


def test_an_action_is_not_proven_by_another_whose_name_begins_like_it(
    made: Account, connection: Connection
) -> None:
    plan = replace(plan_of(connection, "root_usage"), actions=(TOPIC.removesuffix("s"),))
    outcome = drill_alarm(connection, plan, patience(), print)

    assert (False, ()) == (outcome.is_proven, outcome.actions)


def unseen(plan: AlarmPlan) -> AlarmPlan:
    """The plan with an action whose outcome never shows."""
    return replace(plan, actions=(f"{TOPIC}-other",))


def test_an_outcome_that_never_shows_is_waited_for_in_vain(made: Account, connection: Connection) -> None:
    outcome = drill_alarm(connection, unseen(plan_of(connection, "root_usage")), patience(), print)

    assert f"The alarm's history tells of no action {TOPIC}-other within 0 s." == outcome.reason
    assert "OK" == made.standing(ROOT)[0]


def test_an_interrupted_drill_sets_the_alarm_back_and_says_so(made: Account, connection: Connection) -> None:
    said: list[str] = []

    def interrupt(_: float) -> NoReturn:
        raise KeyboardInterrupt

    plan = unseen(plan_of(connection, "root_usage"))
    with pytest.raises(KeyboardInterrupt):
        drill_alarm(connection, plan, Patience(60, 1, lambda: 0.0, interrupt), said.append)

    assert "OK" == made.standing(ROOT)[0]
    assert [f"Alarm {ROOT} is back in OK."] == said


@pytest.mark.parametrize(
    ("states", "left"),
    [
        (("OK", "ALARM"), f"Alarm {ROOT} stays in ALARM, as something real has raised it: real"),
        (("OK",), f"Alarm {ROOT} is in OK."),
    ],
)
def test_an_alarm_that_has_moved_meanwhile_stays_as_it_is(
    made: Account, connection: Connection, states: tuple[str, ...], left: str
) -> None:
    times = iter([0.0, 0.0, 2.0])

    def move(_: float) -> None:
        for state in states:
            made.set_state(ROOT, state, "real")

    plan = unseen(plan_of(connection, "root_usage"))
    outcome = drill_alarm(connection, plan, Patience(1, 1, lambda: next(times), move), print)

    assert left == outcome.left
    assert (states[-1], "real") == made.standing(ROOT)


def test_a_drill_that_may_not_ring_leaves_everything_as_it_was(made: Account) -> None:
    before = made.standing(ROOT)
    said: list[str] = []
    with refusing(made.server.url, "SetAlarmState") as connection:
        outcome = drill_alarm(connection, plan_of(connection, "root_usage"), patience(), said.append)

    assert "cloudwatch:SetAlarmState failed in us-east-1" in outcome.reason
    assert (before, []) == (made.standing(ROOT), said)


def test_an_alarm_that_cannot_be_set_back_is_told_of(made: Account) -> None:
    said: list[str] = []
    with refusing(made.server.url, "SetAlarmState", after=1) as connection:
        outcome = drill_alarm(connection, plan_of(connection, "root_usage"), patience(), said.append)

    assert said == [outcome.left]
    assert outcome.left.startswith(f"Alarm {ROOT} in us-east-1 was left in ALARM, and was in OK:")


def test_an_alarm_of_several_controls_rings_once(connection: Connection) -> None:
    _, snapshot, [result] = proven(connection, "root_usage")
    again = replace(result, control="vpc_changes")
    [plan] = plan_drills(connection, snapshot, [result, again])

    assert ("root_usage", "vpc_changes") == plan.controls


def test_an_alarm_of_another_account_is_not_rung(connection: Connection) -> None:
    _, snapshot, [result] = proven(connection, "root_usage")
    connection.account = "999999999999"
    elsewhere: Snapshot = replace(snapshot, account="999999999999")
    [plan] = plan_drills(connection, elsewhere, [result])

    assert "It is in another account: verify that one." == plan.problem


def silenced(made: Account) -> None:
    """Has a composite alarm notify for the alarm, whose own actions are disabled."""
    made.cloudwatch.put_composite_alarm(
        AlarmName="above",
        AlarmRule=f'ALARM("{ROOT}") OR ALARM("vpc-changes-alarm")',
        AlarmActions=[TOPIC],
        OKActions=[TOPIC],
    )
    made.cloudwatch.disable_alarm_actions(AlarmNames=[ROOT])
    made.turn()


def test_a_silent_alarm_is_drilled_by_the_composite_that_notifies(
    made: Account, connection: Connection
) -> None:
    silenced(made)
    plan = plan_of(connection, "root_usage")
    outcome = drill_alarm(connection, plan, patience(), print)

    assert (ROOT, "above") == (plan.name, plan.notifier.rpartition(":")[2])
    assert [True] == [each.is_executed for each in outcome.actions]
    assert "OK" == made.standing(ROOT)[0]


def test_what_is_disabled_does_not_run_and_what_the_composite_runs_is_said(
    made: Account, connection: Connection
) -> None:
    silenced(made)
    plan = plan_of(connection, "root_usage")

    assert plan.before is not None
    assert plan.above is not None
    assert {"ALARM": (), "OK": (), "INSUFFICIENT_DATA": ()} == plan.before.actions
    assert ((TOPIC,), (TOPIC,)) == (plan.above.actions["ALARM"], plan.above.actions["OK"])


def test_an_alarm_under_a_composite_that_rings_already_is_left_alone(
    made: Account, connection: Connection
) -> None:
    silenced(made)
    planned = plan_of(connection, "root_usage")
    made.set_state("vpc-changes-alarm", "ALARM", "somebody changed a VPC")
    plan = plan_of(connection, "root_usage")
    outcomes = [drill_alarm(connection, each, patience(), print) for each in (planned, plan)]
    made.set_state("vpc-changes-alarm", "OK", "mended")

    assert all("which notifies for it, is already in ALARM" in each.reason for each in outcomes)
    assert outcomes[1].reason == plan.problem
    assert 0 == connection.calls["cloudwatch:SetAlarmState"]


def test_the_policy_has_every_call_and_the_audits_has_none_that_changes() -> None:
    allowed = {action for each in drill_iam_policy()["Statement"] for action in each["Action"]}
    audits = {action for each in iam_policy()["Statement"] for action in each["Action"]}

    assert {each.action for each in DRILL_CALLS} | audits == allowed
    assert "cloudwatch:SetAlarmState" not in audits
