"""Which code and status each error has."""

from typing import Any

import pytest
from botocore.loaders import Loader  # type: ignore[import-untyped]
from botocore.model import ServiceModel  # type: ignore[import-untyped]
from structlog.testing import capture_logs

from trailbell._errors import RefusalKind, RequestRefusedError, TrailbellError
from trailbell.access import MalformedAuthorizationError
from trailbell.alarms import AlarmDefinitionError
from trailbell.aws_api._errors import DoorError, Fault, as_aws_error
from trailbell.aws_api._services import SERVICES
from trailbell.patterns import PatternError, parse_pattern
from trailbell.store import StoreError

# What AWS's front answers with for every service, so that no model lists it.
COMMON = {"AccessDenied", "AccessDeniedException", "Throttling", "ThrottlingException", "ValidationError"}


def told(service: str, error: Exception) -> tuple[str, str, int, str]:
    found = as_aws_error(service, error, "an-id")
    return found.shape, found.code, found.status, found.message


def models_errors(service: str) -> dict[str, Any]:
    model = ServiceModel(Loader().load_service_model(service, "service-2"), service)
    return {shape.name: shape.metadata.get("error", {}) for shape in model.error_shapes}


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("kind", RefusalKind)
def test_every_kind_of_refusal_has_a_code_that_the_service_has(service: str, kind: RefusalKind) -> None:
    error = as_aws_error(service, RequestRefusedError(kind, "why"), "an-id")

    known = models_errors(service)
    codes = COMMON | known.keys() | {each.get("code") for each in known.values()}
    statuses = {each.get("code"): each.get("httpStatusCode") for each in known.values()}
    assert "why" == error.message
    assert error.code in codes | {"ValidationException"}
    assert statuses.get(error.code) in {None, error.status}


def test_a_filter_pattern_that_is_not_valid_is_refused_in_the_words_of_logs() -> None:
    with pytest.raises(PatternError) as caught:
        parse_pattern("{ $.a = ")

    expected = ("InvalidParameterException", "InvalidParameterException", 400, caught.value.message)
    assert expected == told("logs", caught.value)


@pytest.mark.parametrize(
    ("service", "error", "expected"),
    [
        (
            "cloudwatch",
            AlarmDefinitionError("Period", "a text"),
            ("com.amazon.coral.validate#ValidationException", "ValidationError", 400, "a text"),
        ),
        (
            "cloudwatch",
            RequestRefusedError(RefusalKind.RESOURCE_NOT_FOUND),
            (
                "com.amazonaws.cloudwatch.v2010_08_01#ResourceNotFoundException",
                "ResourceNotFoundException",
                404,
                "",
            ),
        ),
        ("sns", RequestRefusedError(RefusalKind.THROTTLED), ("Throttled", "Throttled", 429, "")),
        ("sns", RequestRefusedError(RefusalKind.NOT_FOUND, "x"), ("NotFound", "NotFound", 404, "x")),
        ("sns", TrailbellError("plain"), ("InvalidParameter", "InvalidParameter", 400, "plain")),
        (
            "logs",
            TrailbellError("plain"),
            ("InvalidParameterException", "InvalidParameterException", 400, "plain"),
        ),
        (
            "logs",
            RequestRefusedError(RefusalKind.UNSUPPORTED, "x"),
            ("InvalidParameterException", "InvalidParameterException", 400, "x"),
        ),
        (
            "",
            MalformedAuthorizationError("how"),
            ("IncompleteSignatureException", "IncompleteSignature", 400, "how"),
        ),
        ("", DoorError(Fault.MALFORMED, "how"), ("SerializationException", "MalformedInput", 400, "how")),
    ],
)
def test_an_error_is_told_by_its_code(
    service: str, error: Exception, expected: tuple[str, str, int, str]
) -> None:
    assert expected == told(service, error)


@pytest.mark.parametrize(
    ("service", "code", "status"),
    [
        ("logs", "ServiceUnavailableException", 500),
        ("cloudwatch", "ServiceUnavailable", 503),
        ("sns", "ServiceUnavailable", 503),
    ],
)
def test_trouble_with_the_database_is_logged_and_not_shown(service: str, code: str, status: int) -> None:
    with capture_logs() as logged:
        _, shown_code, shown_status, message = told(service, StoreError("the disk of /var/secret is full"))

    assert (code, status) == (shown_code, shown_status)
    assert "secret" not in message
    assert ["the disk of /var/secret is full"] == [entry["reason"] for entry in logged]


@pytest.mark.parametrize(
    ("service", "code"),
    [("logs", "InternalFailure"), ("cloudwatch", "InternalServiceError"), ("sns", "InternalError")],
)
def test_an_error_of_the_program_is_logged_and_not_shown(service: str, code: str) -> None:
    error = ZeroDivisionError("a secret")
    with capture_logs() as logged:
        _, shown_code, status, message = told(service, error)

    assert (code, 500) == (shown_code, status)
    assert "secret" not in message
    assert [("an-id", error)] == [(entry["request_id"], entry["exc_info"]) for entry in logged]
