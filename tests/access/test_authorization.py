"""What the signing part of an AWS request claims."""

import pytest

from trailbell.access import Authorization, MalformedAuthorizationError, read_authorization

SCOPE = "AKIDEXAMPLE/20261123/us-east-1/monitoring/aws4_request"
HEADER = f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=host;x-amz-date, Signature=0a1b"
PRESIGNED = {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": SCOPE,
    "X-Amz-SignedHeaders": "host",
    "X-Amz-Signature": "0a1b",
}


@pytest.mark.parametrize("header", [HEADER, HEADER.replace(", ", ",")], ids=["blanks", "no blanks"])
def test_a_signed_request_tells_key_region_and_service(header: str) -> None:
    expected = Authorization("AKIDEXAMPLE", "us-east-1", "monitoring")

    assert expected == read_authorization({"authorization": header}, {})


def test_an_access_key_may_hold_slashes() -> None:
    header = HEADER.replace("AKIDEXAMPLE", "team/one")

    assert Authorization("team/one", "us-east-1", "monitoring") == read_authorization(
        {"authorization": header}, {}
    )


def test_a_request_without_signing_material_claims_nothing() -> None:
    assert read_authorization({"host": "localhost"}, {"Action": "ConfirmSubscription", "Token": "t"}) is None


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer token",
        "Basic dTpw",
        "AWS AKIDEXAMPLE:frJIUN8DYpKDtOLCwo=",
        "AWS4-HMAC-SHA256",
        f"AWS4-HMAC-SHA256 Credential={SCOPE}",
        f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=host, Signature=",
        HEADER.replace("aws4_request", "aws2_request"),
        HEADER.replace("20261123", "2026-11-23"),
        HEADER.replace("/us-east-1", ""),
        HEADER.replace("us-east-1", ""),
        HEADER.replace("AKIDEXAMPLE", ""),
    ],
)
def test_a_header_that_is_no_signature_of_version_4_is_refused(header: str) -> None:
    with pytest.raises(MalformedAuthorizationError):
        read_authorization({"authorization": header}, {})


@pytest.mark.parametrize(
    ("headers", "parameters"),
    [
        ({"x-amz-date": "20261123T085456Z"}, {}),
        ({"x-amz-security-token": "t"}, {}),
        ({}, {"X-Amz-Signature": "0a1b"}),
        ({}, {"X-Amz-Credential": SCOPE}),
        # A link on any page could carry a whole one.
        ({}, PRESIGNED),
        ({}, {name.lower(): text for name, text in PRESIGNED.items()}),
        ({}, {"AWSAccessKeyId": "AKIDEXAMPLE", "Signature": "x", "SignatureVersion": "2"}),
    ],
)
def test_a_part_of_a_signature_is_refused_and_not_taken_for_none(
    headers: dict[str, str], parameters: dict[str, str]
) -> None:
    with pytest.raises(MalformedAuthorizationError):
        read_authorization(headers, parameters)
