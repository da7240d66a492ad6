"""Facts of made-up records, for tests of everything that is built from them."""

from hypothesis import strategies as st

from trailbell.cloudtrail import Principal, PrincipalKind, RecordFacts

__all__ = ["NOON_MS", "facts", "facts_strategy"]

NOON_MS = 1_789_387_200_000
"""2026-09-14T12:00:00Z."""

_DEPLOY = Principal(PrincipalKind.ROLE, "arn:aws:iam::111122223333:role/deploy", "run-17")


def facts(number: int = 0, principal: Principal = _DEPLOY, **members: str | int | None) -> RecordFacts:
    """Returns the facts of one record; the number sets its id and its second."""
    values: dict[str, str | int | None] = {
        "event_id": f"event-{number:04d}",
        "event_time_ms": NOON_MS + 1000 * number,
        "account_id": "111122223333",
        "region": "eu-west-1",
        "call": "s3:GetObject",
        "error_code": "AccessDenied",
        "error_message": "Access Denied",
        "address": "198.51.100.7",
        "user_agent": "aws-cli/2.17",
        **members,
    }
    return RecordFacts(principal=principal, **values)  # type: ignore[arg-type]


def facts_strategy() -> st.SearchStrategy[RecordFacts]:
    """Returns a strategy of facts that often share their values."""
    few = st.sampled_from(["", "a", "b", "c", "d", "e", "f", "g"])
    return st.builds(
        RecordFacts,
        event_id=st.sampled_from(["", "e1", "e2", "e3", "e4", "e5", "e6", "e7", "e8", "e9"]),
        event_time_ms=st.none() | st.integers(NOON_MS, NOON_MS + 5),
        account_id=few,
        region=few,
        call=few,
        error_code=few,
        error_message=st.just(""),
        address=few,
        user_agent=st.just(""),
        principal=st.builds(Principal, kind=st.sampled_from(PrincipalKind), key=few.filter(bool)),
    )
