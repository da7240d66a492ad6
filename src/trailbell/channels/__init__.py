"""Where messages go: the promise of every channel, each way to send, and which addresses are refused."""

from trailbell.channels._addresses import AddressRules, RefusedAddressError, refusal
from trailbell.channels._contract import Channel, Outcome, OutcomeKind, OutgoingMessage
from trailbell.channels._in_memory import MemoryChannel
from trailbell.channels._opening import (
    ChannelOptions,
    UnavailableChannel,
    open_channel,
    open_subscription_channel,
)
from trailbell.channels._signing import Signed, SigningKeyError, SigningKeys
from trailbell.channels._smtp import SmtpChannel, SmtpSettings
from trailbell.channels._sns_http import SnsHttpChannel
from trailbell.channels._terminal import TerminalChannel
from trailbell.channels._urls import redacted
from trailbell.channels._webhook import WebhookChannel

__all__ = [
    "AddressRules",
    "Channel",
    "ChannelOptions",
    "MemoryChannel",
    "Outcome",
    "OutcomeKind",
    "OutgoingMessage",
    "RefusedAddressError",
    "Signed",
    "SigningKeyError",
    "SigningKeys",
    "SmtpChannel",
    "SmtpSettings",
    "SnsHttpChannel",
    "TerminalChannel",
    "UnavailableChannel",
    "WebhookChannel",
    "open_channel",
    "open_subscription_channel",
    "redacted",
    "refusal",
]
