"""From what a user wrote, or subscribed, to the channel it stands for."""

from typing import TextIO

import msgspec

from trailbell.channels._contract import Channel, Outcome, OutcomeKind, OutgoingMessage
from trailbell.channels._smtp import SmtpChannel, SmtpSettings
from trailbell.channels._sns_http import SnsHttpChannel
from trailbell.channels._terminal import TerminalChannel
from trailbell.channels._webhook import WebhookChannel
from trailbell.topics import Protocol, Subscription

__all__ = ["ChannelOptions", "UnavailableChannel", "open_channel", "open_subscription_channel"]


class ChannelOptions(msgspec.Struct, frozen=True):
    """What the server decides for all channels.

    ``stream`` is where ``-`` writes to; ``allow_loopback`` holds only while the server listens on loopback.
    ``smtp`` is the mail server; without one no mail is sent.
    """

    stream: TextIO
    allow_private: bool = False
    allow_loopback: bool = False
    timeout_seconds: float = 15.0
    smtp: SmtpSettings | None = None


class UnavailableChannel:
    """A channel that cannot send now, and says why: messages wait for it as for a receiver that is down."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def send(self, message: OutgoingMessage) -> Outcome:
        """Asks for another try."""
        return Outcome(OutcomeKind.RETRY, self._reason)

    def close(self) -> None:
        """Has nothing to give back."""


def open_channel(endpoint: str, options: ChannelOptions) -> Channel:
    """The channel for ``-`` or an http or https URL; nothing is connected yet.

    Raises:
        RefusedAddressError: the endpoint is neither, or the safety rules refuse it.
    """
    if endpoint == "-":
        return TerminalChannel(options.stream)
    return WebhookChannel(
        endpoint,
        allow_private=options.allow_private,
        allow_loopback=options.allow_loopback,
        timeout_seconds=options.timeout_seconds,
    )


def open_subscription_channel(subscription: Subscription, options: ChannelOptions) -> Channel:
    """The channel for a subscription of any protocol; nothing is connected yet.

    Raises:
        RefusedAddressError: the safety rules refuse the endpoint.
    """
    if subscription.protocol.is_from_settings:
        return open_channel(subscription.endpoint, options)
    if subscription.protocol.is_http:
        return SnsHttpChannel(
            subscription.endpoint,
            allow_private=options.allow_private,
            allow_loopback=options.allow_loopback,
            timeout_seconds=options.timeout_seconds,
        )
    if options.smtp is None:
        return UnavailableChannel("no mail server is set")
    as_json = subscription.protocol is Protocol.EMAIL_JSON
    return SmtpChannel(subscription.endpoint, options.smtp, as_json=as_json)
