"""Which channel a subscription is sent over."""

import io

import pytest

from trailbell.channels import (
    ChannelOptions,
    Outcome,
    OutcomeKind,
    OutgoingMessage,
    RefusedAddressError,
    SmtpChannel,
    SmtpSettings,
    SnsHttpChannel,
    TerminalChannel,
    UnavailableChannel,
    WebhookChannel,
    open_subscription_channel,
)
from trailbell.topics import Protocol, Subscription

SMTP = SmtpSettings("mail.example", "bell@trailbell.example")


def subscription(protocol: Protocol, endpoint: str) -> Subscription:
    return Subscription("arn", "topic", protocol, endpoint)


@pytest.mark.parametrize(
    ("protocol", "endpoint", "kind"),
    [
        (Protocol.TERMINAL, "-", TerminalChannel),
        (Protocol.WEBHOOK, "https://hooks.example/x", WebhookChannel),
        (Protocol.HTTP, "http://user:secret@hooks.example/x", SnsHttpChannel),
        (Protocol.HTTPS, "https://hooks.example/x", SnsHttpChannel),
        (Protocol.EMAIL, "a@example.com", SmtpChannel),
        (Protocol.EMAIL_JSON, "a@example.com", SmtpChannel),
    ],
)
def test_each_protocol_has_its_channel_and_nothing_is_connected(
    protocol: Protocol, endpoint: str, kind: type[object]
) -> None:
    options = ChannelOptions(io.StringIO(), smtp=SMTP)

    channel = open_subscription_channel(subscription(protocol, endpoint), options)
    channel.close()

    assert kind is type(channel)


@pytest.mark.parametrize("protocol", [Protocol.HTTP, Protocol.WEBHOOK])
def test_a_refused_address_is_refused(protocol: Protocol) -> None:
    with pytest.raises(RefusedAddressError, match="a private address"):
        open_subscription_channel(subscription(protocol, "http://10.0.0.1/"), ChannelOptions(io.StringIO()))


def test_without_a_mail_server_mail_waits_and_says_why() -> None:
    channel = open_subscription_channel(
        subscription(Protocol.EMAIL, "a@example.com"), ChannelOptions(io.StringIO())
    )

    assert isinstance(channel, UnavailableChannel)
    assert Outcome(OutcomeKind.RETRY, "no mail server is set") == channel.send(
        OutgoingMessage("1", "", "", "")
    )
