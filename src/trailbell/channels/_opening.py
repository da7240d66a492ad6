"""From the text a user writes to the channel it stands for."""

from typing import TextIO

import msgspec

from trailbell.channels._contract import Channel
from trailbell.channels._terminal import TerminalChannel
from trailbell.channels._webhook import WebhookChannel

__all__ = ["ChannelOptions", "open_channel"]


class ChannelOptions(msgspec.Struct, frozen=True):
    """What the server decides for all channels.

    ``stream`` is where ``-`` writes to; ``allow_loopback`` holds only while the server listens on loopback.
    """

    stream: TextIO
    allow_private: bool = False
    allow_loopback: bool = False
    timeout_seconds: float = 15.0


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
