"""Signed messages are accepted by validators that others wrote, and refused once something is changed."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aws_sns_verifier import (  # type: ignore[import-untyped]
    validate_sns_signature,
)
from aws_sns_verifier import validator as verifier
from cryptography import x509
from cryptography.x509.oid import NameOID
from sns_message_validator import (  # type: ignore[import-untyped]
    SignatureVerificationFailureException,
    SNSMessageValidator,
)

from support.certificates import server_and_client_contexts
from support.http_receiver import Answer, http_receiver
from trailbell.channels import SigningKeys
from trailbell.topics import (
    Envelope,
    EnvelopeType,
    MessageAttribute,
    confirmation_text,
    envelope_json,
    string_to_sign,
    subscribe_url,
    unsubscribe_text,
    unsubscribe_url,
)

TOPIC = "arn:aws:sns:us-east-1:000000000000:bell"
SUBSCRIPTION = f"{TOPIC}:11111111-2222-3333-4444-555555555555"
BASE = "https://bell.example"
NOW_MS = 1_785_000_000_000
MESSAGES = {
    "plain": "somebody did something",
    "json": '{"AlarmName":"bell","Trailbell":{"version":1}}',
    "hostile": 'line\r\nline\t"quoted" \\ </script> \x00 \u2028 😀 é \ud83d',
    "empty-lines": "\n\nSubject\nx\n",
    "large": "x" * 262_144,
}


def notification(message: str, subject: str | None = "ALARM: bell") -> Envelope:
    return Envelope(
        type=EnvelopeType.NOTIFICATION,
        message_id="99999999-2222-3333-4444-555555555555",
        topic_arn=TOPIC,
        message=message,
        at_ms=NOW_MS,
        subject=subject,
        attributes={"severity": MessageAttribute("String", "high")},
        unsubscribe_url=unsubscribe_url(BASE, SUBSCRIPTION),
        subscription_arn=SUBSCRIPTION,
    )


def confirmation(kind: EnvelopeType) -> Envelope:
    is_end = kind is EnvelopeType.UNSUBSCRIBE_CONFIRMATION
    return Envelope(
        type=kind,
        message_id="88888888-2222-3333-4444-555555555555",
        topic_arn=TOPIC,
        message=unsubscribe_text(SUBSCRIPTION) if is_end else confirmation_text(TOPIC),
        at_ms=NOW_MS,
        token="2336412f37",  # noqa: S106
        subscribe_url=subscribe_url(BASE, TOPIC, "2336412f37"),
        subscription_arn=SUBSCRIPTION,
    )


ENVELOPES = [
    *(pytest.param(notification(text), id=name) for name, text in MESSAGES.items()),
    pytest.param(confirmation(EnvelopeType.SUBSCRIPTION_CONFIRMATION), id="subscribe"),
    pytest.param(confirmation(EnvelopeType.UNSUBSCRIBE_CONFIRMATION), id="unsubscribe"),
]


# The second validator looks at the real clock.
@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> SigningKeys:
    return SigningKeys(tmp_path_factory.mktemp("data") / "signing", lambda: int(time.time() * 1000))


def sent(keys: SigningKeys, envelope: Envelope, version: str, base_url: str) -> dict[str, Any]:
    """The message as its receiver reads it."""
    signed = keys.sign(string_to_sign(envelope), version)
    body = envelope_json(envelope, version, signed.signature, f"{base_url}/{signed.certificate_name}")
    read: dict[str, Any] = json.loads(body.encode())
    return read


@contextmanager
def certificate_server(keys: SigningKeys, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a server that gives out the certificate over https."""
    server, _ = server_and_client_contexts("localhost", folder)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(folder / "certificate.pem"))
    certificate = keys.certificate(keys.sign("", "1").certificate_name)
    assert certificate is not None
    # A validator that keeps its connection would hold up the end of the test.
    answer = Answer(headers={"connection": "close"}, body=certificate)
    with http_receiver(answer, tls=server) as receiver:
        yield f"https://localhost:{receiver.port}"


@contextmanager
def fetching_validator() -> Iterator[SNSMessageValidator]:
    """A validator that trusts certificates of the test's server, and whose connections end with the test."""
    validator = SNSMessageValidator(
        cert_url_regex=r"^https://localhost:\d+/SimpleNotificationService-[0-9a-f]{32}\.pem$"
    )
    with validator._cert_session:
        yield validator


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_a_validator_that_fetches_the_certificate_accepts_version_1(
    envelope: Envelope, keys: SigningKeys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        certificate_server(keys, tmp_path, monkeypatch) as base_url,
        fetching_validator() as validator,
    ):
        message = sent(keys, envelope, "1", base_url)
        validator.validate_message(message)

        with pytest.raises(SignatureVerificationFailureException, match="Invalid signature"):
            validator.validate_message({**message, "Message": message["Message"] + " "})


class AmazonsCertificate:
    """Our certificate under the only issuer that the second validator trusts."""

    issuer = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Amazon")])

    def __init__(self, pem: bytes) -> None:
        certificate = x509.load_pem_x509_certificate(pem)
        self.not_valid_before_utc = certificate.not_valid_before_utc
        self.not_valid_after_utc = certificate.not_valid_after_utc
        self.public_key = certificate.public_key


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("envelope", ENVELOPES)
def test_a_second_validator_accepts_both_versions(
    envelope: Envelope, version: str, keys: SigningKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    def certificate(url: str) -> AmazonsCertificate:
        pem = keys.certificate(url.rpartition("/")[2])
        assert pem is not None
        return AmazonsCertificate(pem)

    monkeypatch.setattr(verifier, "_get_certificate", certificate)
    message = sent(keys, envelope, version, "https://sns.us-east-1.amazonaws.com")

    validate_sns_signature(message, TOPIC, auto_confirm_subscription=False)

    for key in ("Message", "MessageId", "Timestamp"):
        with pytest.raises(Exception, match="Invalid signature"):
            validate_sns_signature({**message, key: message[key] + "x"}, auto_confirm_subscription=False)


def test_a_notification_without_a_subject_is_accepted(
    keys: SigningKeys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        certificate_server(keys, tmp_path, monkeypatch) as base_url,
        fetching_validator() as validator,
    ):
        validator.validate_message(sent(keys, notification("m", None), "1", base_url))
