"""Where messages go: the promise of every channel, webhook and terminal, and which addresses are refused."""

from trailbell.channels._addresses import AddressRules, RefusedAddressError, refusal
from trailbell.channels._contract import Channel, Outcome, OutcomeKind, OutgoingMessage
from trailbell.channels._in_memory import MemoryChannel
from trailbell.channels._opening import ChannelOptions, open_channel
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
    "TerminalChannel",
    "WebhookChannel",
    "open_channel",
    "redacted",
    "refusal",
]
