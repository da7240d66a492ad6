"""The services of AWS that are answered for, and what tells a request to one from a request to another."""

import enum

import msgspec

__all__ = [
    "SERVICES",
    "Protocol",
    "Service",
    "service_of_host",
    "service_of_signing_name",
    "service_of_target",
    "service_of_version",
]


class Protocol(enum.Enum):
    """How a request and its answer are written."""

    JSON = "json"
    QUERY = "query"
    CBOR = "smithy-rpc-v2-cbor"


class Service(msgspec.Struct, frozen=True):
    """A service as botocore names it, and its names on the wire.

    `content_type` is that of its answers in JSON.
    """

    name: str
    signing_name: str
    version: str
    protocols: frozenset[Protocol]
    target_prefix: str = ""
    content_type: str = "application/x-amz-json-1.1"
    namespace: str = ""


# These stand here, and not only in botocore's models, so that loading those can wait for the first call.
SERVICES: dict[str, Service] = {
    service.name: service
    for service in (
        Service("logs", "logs", "2014-03-28", frozenset({Protocol.JSON}), "Logs_20140328"),
        Service(
            "cloudwatch",
            "monitoring",
            "2010-08-01",
            frozenset(Protocol),
            "GraniteServiceVersion20100801",
            "application/x-amz-json-1.0",
            "http://monitoring.amazonaws.com/doc/2010-08-01/",
        ),
        Service(
            "sns",
            "sns",
            "2010-03-31",
            frozenset({Protocol.QUERY}),
            namespace="http://sns.amazonaws.com/doc/2010-03-31/",
        ),
        Service(
            "sts",
            "sts",
            "2011-06-15",
            frozenset({Protocol.QUERY}),
            namespace="https://sts.amazonaws.com/doc/2011-06-15/",
        ),
        Service(
            "cloudtrail",
            "cloudtrail",
            "2013-11-01",
            frozenset({Protocol.JSON}),
            "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101",
        ),
    )
}

_BY_TARGET = {service.target_prefix: service for service in SERVICES.values() if service.target_prefix}
_BY_SIGNING_NAME = {service.signing_name: service for service in SERVICES.values()}
_BY_VERSION = {service.version: service for service in SERVICES.values()}


def service_of_target(prefix: str) -> Service | None:
    """Returns the service whose `X-Amz-Target` begins so; CloudTrail's has a namespace or not."""
    return _BY_TARGET.get(prefix) or next(
        (service for target, service in _BY_TARGET.items() if target.rpartition(".")[2] == prefix), None
    )


def service_of_signing_name(name: str) -> Service | None:
    """Returns the service that a credential scope names."""
    return _BY_SIGNING_NAME.get(name)


def service_of_version(version: str) -> Service | None:
    """Returns the service whose API has this version."""
    return _BY_VERSION.get(version)


def service_of_host(host: str) -> Service | None:
    """Returns the service whose endpoint a host is, as in `sns.us-east-1.amazonaws.com`."""
    return _BY_SIGNING_NAME.get(host.partition(".")[0].lower())
