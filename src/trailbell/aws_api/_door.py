"""The door through which AWS's clients come: from an HTTP request to an operation and back."""

import uuid
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.access import Authorization, read_authorization
from trailbell.aws_api._answers import Answer, error_answer, result_answer
from trailbell.aws_api._cbor import read_cbor
from trailbell.aws_api._errors import DoorError, Fault, as_aws_error
from trailbell.aws_api._json import read_json
from trailbell.aws_api._models import is_operation_of_aws, operation_model
from trailbell.aws_api._operation import Context, Operation
from trailbell.aws_api._query import read_query
from trailbell.aws_api._request import Call, Head, call_of, unpacked
from trailbell.aws_api._services import Protocol
from trailbell.aws_api._unsupported import unsupported_members
from trailbell.aws_api._validation import validate

__all__ = ["AwsApi"]

_MAX_BODY_BYTES = 16 * 1024 * 1024

# The links in messages, which whoever holds their secret may follow.
_UNSIGNED = frozenset({("sns", "ConfirmSubscription"), ("sns", "Unsubscribe")})


class _Served(msgspec.Struct, frozen=True):
    """An operation with what decodes its requests."""

    operation: Operation
    request_type: type[msgspec.Struct]
    hot_decoder: msgspec.json.Decoder[msgspec.Struct] | None


class AwsApi:
    """Answers `POST /`, `GET /` with an `Action`, and `POST /service/{service}/operation/{operation}`.

    Its `__call__` is an endpoint: `Route("/", api.__call__, methods=["POST"])`.

    Args:
        operations: What can be called; everything else is refused in AWS's own form.
        make_context: Makes what an operation is given besides its request, from the request's id, whether it
            was signed, and the `Host` it came to.
        max_body_bytes: How large a body may be, before and after decompression.
    """

    def __init__(
        self,
        operations: Iterable[Operation],
        make_context: Callable[[str, bool, str], Context],
        max_body_bytes: int = _MAX_BODY_BYTES,
    ) -> None:
        self._served = {(each.service, each.name): _served(each) for each in operations}
        self._make_context = make_context
        self._max_body_bytes = max_body_bytes

    async def __call__(self, request: Request) -> Response:
        """Answers one request; the operation runs in a thread of its own."""
        head = Head(request.method, request.scope["path"], request.scope["query_string"], request.headers)
        try:
            body = await self._read(request)
        except ClientDisconnect:
            return Response(status_code=400)
        answer = await run_in_threadpool(self._answer, head, body)
        return Response(answer.body, answer.status, answer.headers)

    async def _read(self, request: Request) -> bytes | None:
        """Returns the body, or None where it is too large; what is beyond that is not read."""
        chunks, size = [], 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > self._max_body_bytes:
                return None
            chunks.append(chunk)
        return b"".join(chunks)

    def _answer(self, head: Head, body: bytes | None) -> Answer:
        request_id = str(uuid.uuid4())
        service = ""
        try:
            content = unpacked(head, body, self._max_body_bytes)
            authorization = read_authorization(head.headers, head.parameters)
            call = call_of(head, content, authorization)
            service = call.service.name
            return self._carried_out(head, call, content, authorization, request_id)
        except Exception as error:
            # Whatever happened, a client can read it in AWS's form only.
            return error_answer(head, service, as_aws_error(service, error, request_id), request_id)

    def _carried_out(
        self, head: Head, call: Call, content: bytes, authorization: Authorization | None, request_id: str
    ) -> Answer:
        service, name = call.service.name, call.operation
        if authorization is None and (service, name) not in _UNSIGNED:
            raise DoorError(Fault.MISSING_AUTHENTICATION, "Request is missing Authentication Token")
        served = self._served.get((service, name))
        if served is None:
            raise DoorError(Fault.UNKNOWN_OPERATION, _unknown_text(service, name))
        limit = served.operation.max_body_bytes
        if limit is not None and len(content) > limit:
            raise RequestRefusedError(
                RefusalKind.INVALID_PARAMETER,
                f"The request has {len(content)} bytes; {name} takes at most {limit}.",
            )
        context = self._make_context(request_id, authorization is not None, head.headers.get("host", ""))
        request = _hot_request(served, head, content) or _request(served, head, call, content)
        result = served.operation.function(request, context)
        return result_answer(head, operation_model(service, name), result, request_id)


def _served(operation: Operation) -> _Served:
    request_type = operation.request_type
    decoder = msgspec.json.Decoder(request_type) if operation.is_hot else None
    return _Served(operation, request_type, decoder)


def _unknown_text(service: str, name: str) -> str:
    if is_operation_of_aws(service, name):
        return f"Trailbell does not support the operation {name} of {service}."
    return f"The action {name[:100]} is not valid for this web service."


def _hot_request(served: _Served, head: Head, content: bytes) -> msgspec.Struct | None:
    """Decodes a request in one go; None where it cannot be, for whatever reason."""
    if served.hot_decoder is None or head.protocol is not Protocol.JSON:
        return None
    try:
        return served.hot_decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _request(served: _Served, head: Head, call: Call, content: bytes) -> msgspec.Struct:
    """Reads a request by AWS's model of it, and looks at all that the model demands."""
    model = operation_model(served.operation.service, served.operation.name)
    match head.protocol:
        case Protocol.QUERY:
            read = read_query(model.input, call.form)
        case Protocol.CBOR:
            read = read_cbor(model.input, content)
        case Protocol.JSON:
            read = read_json(model.input, content)
    parameters = validate(model, read)
    try:
        return msgspec.convert(parameters, served.request_type, builtin_types=(bytes,))
    except msgspec.ValidationError as error:
        raise _unsupported(served, parameters, error) from error


def _unsupported(served: _Served, parameters: dict[str, Any], error: Exception) -> RequestRefusedError:
    name = served.operation.name
    members = unsupported_members(served.request_type, parameters)
    if members:
        noun = "parameter" if len(members) == 1 else "parameters"
        text = f"Trailbell does not support the {noun} {', '.join(members[:10])} of {name}; leave it out."
    else:
        text = f"Trailbell does not support this value in {name}: {error}."
    return RequestRefusedError(RefusalKind.UNSUPPORTED, text)
