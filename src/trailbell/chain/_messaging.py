"""Everything between a message that was promised and its receiver, put together for one server."""

from typing import TextIO

from trailbell.chain._announce import Announcer
from trailbell.chain._clock import Clock
from trailbell.chain._compose import Composer
from trailbell.chain._deliver import Deliverer
from trailbell.chain._delivery_pool import DeliveryPool
from trailbell.chain._first_contact import FirstContact
from trailbell.chain._open_channels import OpenChannels
from trailbell.chain._publisher import Publisher
from trailbell.chain._subscription_book import TOKEN_LIFE_MS, SubscriptionBook
from trailbell.chain._topic_book import TopicBook
from trailbell.chain._trouble import Troubles
from trailbell.channels import (
    Channel,
    ChannelOptions,
    SigningKeys,
    SmtpSettings,
    open_subscription_channel,
)
from trailbell.settings import Settings, is_loopback, parse_address
from trailbell.store import Store
from trailbell.topics import Subscription, SubscriptionState

__all__ = ["Messaging"]

_DELIVERY_SECONDS = 15.0
# Subscribe waits for the first message, and so does a person: an endpoint that takes longer is asked again.
_FIRST_CONTACT_SECONDS = 5.0
_DAY_MS = 86_400_000
_PENDING_LIFE_MS = 3 * _DAY_MS
_DELETED_LIFE_MS = 3 * _DAY_MS
_ORPHAN_LIFE_MS = 2 * _DAY_MS


class Messaging:
    """Topics, subscriptions, publishing, and the delivery of what was published.

    Args:
        settings: What the user asked for.
        store: Where everything is kept.
        clock: The time.
        announcer: Knows the addresses of alarms.
        base_url: Where links in messages begin.
        terminal: Where messages to ``-`` are written.
        troubles: Where trouble with delivering is told.
    """

    def __init__(  # noqa: PLR0913 - the place where the parts are put together
        self,
        settings: Settings,
        store: Store,
        clock: Clock,
        *,
        announcer: Announcer,
        base_url: str,
        terminal: TextIO,
        troubles: Troubles,
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._terminal = terminal
        self.keys = SigningKeys(store.path.parent / "signing", clock.now_ms)
        composer = Composer(store, clock, announcer, self.keys, base_url)
        self._channels = OpenChannels(lambda each: self._opened(each, _DELIVERY_SECONDS))
        self.pool = DeliveryPool(store, clock, Deliverer(store, clock, composer, self._channels), troubles)
        self._first_channels = OpenChannels(lambda each: self._opened(each, _FIRST_CONTACT_SECONDS))
        first_contact = FirstContact(
            store,
            clock,
            settings,
            Deliverer(store, clock, composer, self._first_channels),
            lambda each: self._opened(each, _FIRST_CONTACT_SECONDS),
            self.pool.wake,
        )
        self.topics = TopicBook(store, clock, settings)
        self.subscriptions = SubscriptionBook(store, clock, settings, first_contact)
        self.publisher = Publisher(store, clock, settings, self.pool.wake)

    def open_early(self, subscription: Subscription) -> None:
        """Opens a channel that the settings ask for, so that a refused address is told at the start.

        Whoever subscribed over the API is not there to mend an address: its messages are refused one by one.

        Raises:
            RefusedAddressError: The endpoint may not be sent to.
        """
        if subscription.protocol.is_from_settings:
            self._channels.of(subscription)

    def forget_old(self) -> None:
        """Forgets old tokens, and subscriptions not confirmed, deleted, or whose topic is gone."""
        now_ms = self._clock.now_ms()
        with self._store.write() as transaction:
            transaction.topics.forget_old(SubscriptionState.PENDING, now_ms - _PENDING_LIFE_MS)
            transaction.topics.forget_old(SubscriptionState.DELETED, now_ms - _DELETED_LIFE_MS)
            transaction.topics.forget_orphans(now_ms - _ORPHAN_LIFE_MS)
            transaction.topics.forget_tokens(now_ms - TOKEN_LIFE_MS)

    def close(self) -> None:
        """Lets every connection go."""
        self.pool.close()
        self._first_channels.close()

    def _opened(self, subscription: Subscription, timeout_seconds: float) -> Channel:
        host, _ = parse_address(self._settings.listen)
        options = ChannelOptions(
            stream=self._terminal,
            allow_private=self._settings.allow_private_addresses,
            allow_loopback=is_loopback(host),
            timeout_seconds=timeout_seconds,
            smtp=_smtp(self._settings),
        )
        return open_subscription_channel(subscription, options)


def _smtp(settings: Settings) -> SmtpSettings | None:
    if not settings.smtp_host:
        return None
    return SmtpSettings(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        username=settings.smtp_username,
        password=settings.smtp_password,
        sender=settings.smtp_from,
    )
