"""The channels of subscriptions, opened when first needed and kept open between messages."""

import threading
from collections import OrderedDict
from collections.abc import Callable

from trailbell.channels import Channel
from trailbell.topics import Subscription

__all__ = ["OpenChannels"]

# More than can be worked on at once, so that the one used longest ago is idle when it is closed.
_MOST_OPEN = 512


class OpenChannels:
    """Opens a subscription's channel once; the one used longest ago is closed when there are too many."""

    def __init__(self, open_one: Callable[[Subscription], Channel]) -> None:
        self._open_one = open_one
        self._open: OrderedDict[str, Channel] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, subscription: Subscription) -> Channel:
        """Gives the channel of a subscription.

        Raises:
            RefusedAddressError: The endpoint is not one that may be sent to.
        """
        with self._lock:
            channel = self._open.pop(subscription.arn, None)
            if channel is None:
                channel = self._open_one(subscription)
            self._open[subscription.arn] = channel
            surplus = self._open.popitem(last=False)[1] if len(self._open) > _MOST_OPEN else None
        if surplus is not None:
            surplus.close()
        return channel

    def let_go(self, subscription: Subscription) -> None:
        """Closes the channel of a subscription that is not to be sent to soon."""
        with self._lock:
            channel = self._open.pop(subscription.arn, None)
        if channel is not None:
            channel.close()

    def close(self) -> None:
        """Closes all."""
        with self._lock:
            for channel in self._open.values():
                channel.close()
            self._open.clear()
