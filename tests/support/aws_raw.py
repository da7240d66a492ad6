"""Requests to the AWS door written by hand, for what no client sends."""

import re
from xml.etree import ElementTree

import httpx2

__all__ = ["FORM", "SIGNATURE", "cbor_call", "json_call", "logs_call", "query_call", "xml_error"]

SIGNATURE = (
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/us-east-1/{}/aws4_request, "
    "SignedHeaders=host, Signature=0a1b"
)
FORM = "application/x-www-form-urlencoded"


def json_call(url: str, target: str, body: bytes, **headers: str) -> httpx2.Response:
    service = "logs" if target.startswith("Logs") else "monitoring"
    given = {
        "x-amz-target": target,
        "content-type": f"application/x-amz-json-1.{1 if service == 'logs' else 0}",
        "authorization": SIGNATURE.format(service),
    }
    return httpx2.post(
        url, content=body, headers=given | {n.replace("_", "-"): v for n, v in headers.items()}
    )


def logs_call(url: str, operation: str, body: bytes, **headers: str) -> httpx2.Response:
    return json_call(url, f"Logs_20140328.{operation}", body, **headers)


def query_call(url: str, body: str, service: str = "monitoring", **headers: str) -> httpx2.Response:
    given = {"content-type": FORM, "authorization": SIGNATURE.format(service)} | headers
    return httpx2.post(url, content=body.encode(), headers=given)


def cbor_call(url: str, operation: str, body: bytes, **headers: str) -> httpx2.Response:
    given = {
        "smithy-protocol": "rpc-v2-cbor",
        "content-type": "application/cbor",
        "authorization": SIGNATURE.format("monitoring"),
    }
    path = f"{url}/service/GraniteServiceVersion20100801/operation/{operation}"
    return httpx2.post(path, content=body, headers=given | headers)


def xml_error(answer: httpx2.Response) -> dict[str, str]:
    root = ElementTree.fromstring(answer.content)  # noqa: S314 - of our own server
    return {re.sub("{.*}", "", each.tag): each.text or "" for each in root.iter()}
