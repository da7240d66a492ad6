"""Security Hub on: the one control of the section that is no metric filter."""

from trailbell.account._result import ControlResult, Status
from trailbell.account._snapshot import Snapshot

__all__ = ["judge_hub"]

_CALL = "securityhub:DescribeHub"


def judge_hub(snapshot: Snapshot, control: str, control_id: str) -> ControlResult:
    """Judges whether Security Hub is on in every region that was audited."""
    states = {each.region: each.is_on for each in snapshot.hubs}
    off = [region for region in snapshot.regions if states.get(region) is False]
    unseen = [region for region in snapshot.regions if region not in states]
    if off:
        message = f"Security Hub is off in {', '.join(off)}: enable it with EnableSecurityHub."
        return ControlResult(control=control, id=control_id, status=Status.FAIL, message=message)
    if unseen:
        failure = snapshot.failure(_CALL, region=unseen[0], account=snapshot.account)
        why = "it was not read" if failure is None else failure.words
        message = f"Whether Security Hub is on in {', '.join(unseen)} is not known: {why}."
        return ControlResult(control=control, id=control_id, status=Status.UNKNOWN, message=message)
    message = f"Security Hub is on in {', '.join(snapshot.regions)}."
    return ControlResult(control=control, id=control_id, status=Status.PASS, message=message)
