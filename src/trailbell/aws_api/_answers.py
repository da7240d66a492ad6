"""Whole HTTP answers, each in the protocol of its request."""

from typing import Any

import cbor2
import msgspec

from trailbell.aws_api._errors import AwsError
from trailbell.aws_api._request import Head
from trailbell.aws_api._services import SERVICES, Protocol
from trailbell.aws_api._shapes import OperationModel
from trailbell.aws_api._writing import plain_result, write_cbor, write_json
from trailbell.aws_api._xml import write_xml_error, write_xml_result

__all__ = ["Answer", "error_answer", "result_answer"]

_OK = 200
_BAD_REQUEST = 400


class Answer(msgspec.Struct, frozen=True):
    """A status, headers and a body."""

    status: int
    headers: dict[str, str]
    body: bytes


def result_answer(
    head: Head, model: OperationModel, result: msgspec.Struct | None, request_id: str
) -> Answer:
    """Returns what an operation answered."""
    plain = {} if result is None else plain_result(result)
    service, output = SERVICES[model.service], model.output
    match head.protocol:
        case Protocol.QUERY:
            body = write_xml_result(model.name, service.namespace, output, plain, request_id)
        case Protocol.CBOR:
            body = b"" if output is None else write_cbor(output, plain)
        case Protocol.JSON:
            body = b"" if output is None else write_json(output, plain)
    return Answer(_OK, _headers(head, model.service, request_id), body)


def error_answer(head: Head, service: str, error: AwsError, request_id: str) -> Answer:
    """Returns an error to a client of a service; the service is empty where it is not known."""
    headers = _headers(head, service, request_id)
    namespace = SERVICES[service].namespace if service else ""
    if head.protocol is Protocol.QUERY:
        return Answer(error.status, headers, write_xml_error(error, namespace, request_id))
    fields: dict[str, Any] = {"__type": error.shape}
    if error.message:
        fields["message"] = error.message
    status = error.status
    # Codes and statuses of the query protocol are for those who ask for them.
    if service and Protocol.QUERY in SERVICES[service].protocols:
        if head.is_query_mode:
            headers["x-amzn-query-error"] = (
                f"{error.code};{'Sender' if error.is_sender_fault else 'Receiver'}"
            )
        elif error.is_of_operation and error.is_sender_fault:
            status = _BAD_REQUEST
    written = cbor2.dumps(fields) if head.protocol is Protocol.CBOR else msgspec.json.encode(fields)
    return Answer(status, headers, written)


def _headers(head: Head, service: str, request_id: str) -> dict[str, str]:
    common = {"x-amzn-RequestId": request_id}
    match head.protocol:
        case Protocol.QUERY:
            return {**common, "content-type": "text/xml"}
        case Protocol.CBOR:
            return {**common, "content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}
        case Protocol.JSON:
            fallback = SERVICES[service].content_type if service else "application/x-amz-json-1.1"
            return {**common, "content-type": head.json_type or fallback}
