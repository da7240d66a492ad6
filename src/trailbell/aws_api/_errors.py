"""Every code and HTTP status this door answers with, and what leads to which.

The codes are those of AWS's models. Where there are two, the first is the shape that JSON and CBOR name, the
second what the query protocol and the header `x-amzn-query-error` say.
"""

import enum

import msgspec
import structlog

from trailbell._errors import RefusalKind, RequestRefusedError, TrailbellError
from trailbell.access import MalformedAuthorizationError
from trailbell.alarms import AlarmDefinitionError
from trailbell.patterns import PatternError
from trailbell.store import StoreError

__all__ = ["AwsError", "DoorError", "Fault", "as_aws_error"]

_log = structlog.get_logger(__name__)


class Fault(enum.Enum):
    """What can be wrong with a request before an operation sees it, or with the server."""

    MALFORMED = "malformed body"
    TOO_LARGE = "body too large"
    UNKNOWN_OPERATION = "unknown operation"
    MISSING_AUTHENTICATION = "not signed"
    INCOMPLETE_SIGNATURE = "signed by halves"
    UNAVAILABLE = "storage out of order"
    INTERNAL = "error in the program"


class DoorError(TrailbellError):
    """A request that this door turns away before any operation sees it."""

    def __init__(self, fault: Fault, message: str) -> None:
        super().__init__(fault, message)
        self.fault = fault
        self.message = message

    def __str__(self) -> str:
        return self.message


class AwsError(msgspec.Struct, frozen=True):
    """An error as a client sees it: the name of its shape, its code in the query protocol, and its status.

    `is_of_operation` tells an operation's own errors from those that AWS's front answers with.
    """

    shape: str
    code: str
    status: int
    message: str
    is_of_operation: bool = True

    @property
    def is_sender_fault(self) -> bool:
        """Whether the request is at fault, and not the server."""
        return self.status < 500


class _Code(msgspec.Struct, frozen=True):
    shape: str
    code: str
    status: int = 400


_CORAL = "com.amazon.coral.service#"
_CLOUDWATCH = "com.amazonaws.cloudwatch.v2010_08_01#"


def _plain(code: str, status: int = 400) -> _Code:
    return _Code(code, code, status)


# The kind of a service that is not listed is answered like its VALIDATION.
_KINDS: dict[str, dict[RefusalKind, _Code]] = {
    "logs": {
        RefusalKind.VALIDATION: _plain("ValidationException"),
        RefusalKind.INVALID_PARAMETER: _plain("InvalidParameterException"),
        RefusalKind.INVALID_COMBINATION: _plain("InvalidParameterException"),
        RefusalKind.MISSING_PARAMETER: _plain("InvalidParameterException"),
        RefusalKind.INVALID_FORMAT: _plain("InvalidParameterException"),
        RefusalKind.INVALID_TOKEN: _plain("InvalidParameterException"),
        RefusalKind.PARAMETER_VALUE: _plain("InvalidParameterException"),
        RefusalKind.UNSUPPORTED: _plain("InvalidParameterException"),
        RefusalKind.NOT_FOUND: _plain("ResourceNotFoundException"),
        RefusalKind.RESOURCE_NOT_FOUND: _plain("ResourceNotFoundException"),
        RefusalKind.ALREADY_EXISTS: _plain("ResourceAlreadyExistsException"),
        RefusalKind.LIMIT_EXCEEDED: _plain("LimitExceededException"),
        RefusalKind.TOO_MANY_TAGS: _plain("TooManyTagsException"),
        RefusalKind.ACCESS_DENIED: _plain("AccessDeniedException"),
        RefusalKind.THROTTLED: _plain("ThrottlingException"),
    },
    "cloudwatch": {
        RefusalKind.VALIDATION: _Code("com.amazon.coral.validate#ValidationException", "ValidationError"),
        RefusalKind.INVALID_PARAMETER: _Code(
            f"{_CORAL}InvalidParameterValueException", "InvalidParameterValue"
        ),
        RefusalKind.PARAMETER_VALUE: _Code(
            f"{_CORAL}InvalidParameterValueException", "InvalidParameterValue"
        ),
        RefusalKind.INVALID_COMBINATION: _Code(
            f"{_CORAL}InvalidParameterCombinationException", "InvalidParameterCombination"
        ),
        RefusalKind.MISSING_PARAMETER: _Code(
            f"{_CORAL}MissingRequiredParameterException", "MissingParameter"
        ),
        RefusalKind.INVALID_FORMAT: _Code(f"{_CLOUDWATCH}InvalidFormatFault", "InvalidFormat"),
        RefusalKind.INVALID_TOKEN: _Code(f"{_CLOUDWATCH}InvalidNextToken", "InvalidNextToken"),
        RefusalKind.NOT_FOUND: _Code(f"{_CLOUDWATCH}ResourceNotFound", "ResourceNotFound", 404),
        RefusalKind.RESOURCE_NOT_FOUND: _Code(
            f"{_CLOUDWATCH}ResourceNotFoundException", "ResourceNotFoundException", 404
        ),
        RefusalKind.LIMIT_EXCEEDED: _Code(f"{_CLOUDWATCH}LimitExceededFault", "LimitExceeded"),
        RefusalKind.ACCESS_DENIED: _Code(f"{_CORAL}AccessDeniedException", "AccessDenied", 403),
        RefusalKind.THROTTLED: _Code("com.amazon.coral.availability#ThrottlingException", "Throttling"),
    },
    "sns": {
        RefusalKind.VALIDATION: _plain("ValidationError"),
        RefusalKind.INVALID_PARAMETER: _plain("InvalidParameter"),
        RefusalKind.INVALID_COMBINATION: _plain("InvalidParameter"),
        RefusalKind.MISSING_PARAMETER: _plain("InvalidParameter"),
        RefusalKind.INVALID_FORMAT: _plain("InvalidParameter"),
        RefusalKind.INVALID_TOKEN: _plain("InvalidParameter"),
        RefusalKind.ALREADY_EXISTS: _plain("InvalidParameter"),
        RefusalKind.LIMIT_EXCEEDED: _plain("InvalidParameter"),
        RefusalKind.UNSUPPORTED: _plain("InvalidParameter"),
        RefusalKind.PARAMETER_VALUE: _plain("ParameterValueInvalid"),
        RefusalKind.NOT_FOUND: _plain("NotFound", 404),
        RefusalKind.RESOURCE_NOT_FOUND: _plain("ResourceNotFound", 404),
        RefusalKind.ACCESS_DENIED: _plain("AuthorizationError", 403),
        RefusalKind.TOPIC_LIMIT: _plain("TopicLimitExceeded", 403),
        RefusalKind.SUBSCRIPTION_LIMIT: _plain("SubscriptionLimitExceeded", 403),
        RefusalKind.FILTER_POLICY_LIMIT: _plain("FilterPolicyLimitExceeded", 403),
        RefusalKind.TOO_MANY_TAGS: _plain("TagLimitExceeded"),
        RefusalKind.THROTTLED: _plain("Throttled", 429),
        RefusalKind.TOO_MANY_ENTRIES: _plain("TooManyEntriesInBatchRequest"),
        RefusalKind.ENTRY_IDS_NOT_DISTINCT: _plain("BatchEntryIdsNotDistinct"),
        RefusalKind.INVALID_ENTRY_ID: _plain("InvalidBatchEntryId"),
        RefusalKind.BATCH_TOO_LONG: _plain("BatchRequestTooLong"),
        RefusalKind.EMPTY_BATCH: _plain("EmptyBatchRequest"),
    },
    "sts": {
        RefusalKind.VALIDATION: _plain("ValidationError"),
        RefusalKind.ACCESS_DENIED: _plain("AccessDenied", 403),
        RefusalKind.THROTTLED: _plain("Throttling"),
    },
    "cloudtrail": {
        RefusalKind.VALIDATION: _plain("ValidationException"),
        RefusalKind.INVALID_PARAMETER: _plain("InvalidParameterException"),
        RefusalKind.INVALID_COMBINATION: _plain("InvalidParameterCombinationException"),
        RefusalKind.INVALID_TOKEN: _plain("InvalidNextTokenException"),
        RefusalKind.NOT_FOUND: _plain("TrailNotFoundException"),
        RefusalKind.RESOURCE_NOT_FOUND: _plain("ResourceNotFoundException"),
        RefusalKind.ACCESS_DENIED: _plain("AccessDeniedException"),
        RefusalKind.THROTTLED: _plain("ThrottlingException"),
    },
}

# Under the empty name: what holds for a service that has nothing of its own, or that is not known.
_FAULTS: dict[str, dict[Fault, _Code]] = {
    "": {
        Fault.MALFORMED: _Code("SerializationException", "MalformedInput"),
        Fault.TOO_LARGE: _Code("RequestEntityTooLargeException", "RequestEntityTooLarge", 413),
        Fault.UNKNOWN_OPERATION: _Code("UnknownOperationException", "InvalidAction"),
        Fault.MISSING_AUTHENTICATION: _Code(
            "MissingAuthenticationTokenException", "MissingAuthenticationToken", 403
        ),
        Fault.INCOMPLETE_SIGNATURE: _Code("IncompleteSignatureException", "IncompleteSignature"),
        Fault.UNAVAILABLE: _Code("ServiceUnavailable", "ServiceUnavailable", 503),
        Fault.INTERNAL: _Code("InternalFailure", "InternalFailure", 500),
    },
    "logs": {Fault.UNAVAILABLE: _plain("ServiceUnavailableException", 500)},
    "cloudwatch": {Fault.INTERNAL: _Code(f"{_CLOUDWATCH}InternalServiceFault", "InternalServiceError", 500)},
    "sns": {Fault.INTERNAL: _plain("InternalError", 500)},
}

_UNAVAILABLE_MESSAGE = "Trailbell's database cannot be used at the moment; the server's log says why."
_INTERNAL_MESSAGE = "An error inside Trailbell; the server's log has it under this request's id."


def as_aws_error(service: str, error: Exception, request_id: str) -> AwsError:
    """Returns what a client of a service is told about an error; the service is empty where it is not known.

    Errors of the server are logged, and nothing of them is shown.
    """
    match error:
        case DoorError():
            return _fault(service, error.fault, error.message)
        case MalformedAuthorizationError():
            return _fault(service, Fault.INCOMPLETE_SIGNATURE, str(error))
        case RequestRefusedError():
            return _refusal(service, error.kind, error.message)
        case PatternError():
            return _refusal(service, RefusalKind.INVALID_PARAMETER, error.message)
        case AlarmDefinitionError():
            return _refusal(service, RefusalKind.VALIDATION, error.message)
        case StoreError():
            _log.error("the database cannot be used", request_id=request_id, reason=str(error))
            return _fault(service, Fault.UNAVAILABLE, _UNAVAILABLE_MESSAGE)
        case TrailbellError():
            return _refusal(service, RefusalKind.INVALID_PARAMETER, str(error))
        case _:
            _log.error("an AWS call failed", request_id=request_id, service=service, exc_info=error)
            return _fault(service, Fault.INTERNAL, _INTERNAL_MESSAGE)


def _refusal(service: str, kind: RefusalKind, message: str) -> AwsError:
    codes = _KINDS[service]
    found = codes.get(kind, codes[RefusalKind.VALIDATION])
    return AwsError(found.shape, found.code, found.status, message)


def _fault(service: str, fault: Fault, message: str) -> AwsError:
    found = _FAULTS.get(service, {}).get(fault, _FAULTS[""][fault])
    return AwsError(found.shape, found.code, found.status, message, is_of_operation=False)
