"""The first message to a new endpoint: tried while Subscribe waits, since SNS refuses what is not there."""

from collections.abc import Callable

import structlog

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.chain._clock import Clock
from trailbell.chain._deliver import LEASE_MS, Deliverer
from trailbell.channels import Channel, OutcomeKind, RefusedAddressError
from trailbell.settings import Settings, UnreachableEndpoints
from trailbell.store import Store
from trailbell.topics import NoticeKind, Protocol, Subscription, SubscriptionState

__all__ = ["FirstContact"]

_log = structlog.get_logger(__name__)


class FirstContact:
    """Checks endpoints, and tries the confirmation of http and https endpoints at once.

    Args:
        store: Where the outbox is.
        clock: The time.
        settings: Whether there is a mail server, and what to do where nothing answers.
        deliverer: Tries messages, with a short time out.
        open_one: Opens a channel, which refuses an address that may not be sent to.
        wake: Says that something was written to the outbox.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        settings: Settings,
        deliverer: Deliverer,
        open_one: Callable[[Subscription], Channel],
        wake: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._deliverer = deliverer
        self._open_one = open_one
        self.wake = wake

    def check(self, protocol: Protocol, endpoint: str) -> None:
        """Refuses an endpoint that could never be sent to.

        Raises:
            RequestRefusedError: Its address is refused, or there is no mail server.
        """
        if protocol.is_mail and not self._settings.smtp_host:
            raise RequestRefusedError(
                RefusalKind.UNSUPPORTED,
                f"Invalid parameter: Protocol Reason: {protocol.value} needs a mail server: "
                "set smtp_host (--smtp-host, TRAILBELL_SMTP_HOST, or host in the table [smtp])",
            )
        if not protocol.is_http:
            return
        try:
            self._open_one(Subscription("", "", protocol, endpoint)).close()
        except RefusedAddressError as error:
            raise _internal_endpoint(str(error)) from error

    def due_ms(self, kind: NoticeKind, subscription: Subscription, now_ms: int) -> int:
        """Says when the message is due: what is tried at once is not, so that nobody else takes it."""
        is_tried_here = kind is NoticeKind.SUBSCRIBE and subscription.protocol.is_http
        return now_ms + LEASE_MS if is_tried_here else now_ms

    def make(self, subscription: Subscription, message_id: int, *, is_new: bool) -> None:
        """Tries the confirmation once; if nothing is there a new subscription is taken back.

        Raises:
            RequestRefusedError: Nothing answers at the endpoint, or its address is refused.
        """
        if not subscription.protocol.is_http:
            self.wake()
            return
        with self._store.write() as transaction:
            message = transaction.outbox.take(message_id, self._clock.now_ms(), LEASE_MS)
            topic = transaction.topics.find(subscription.topic_arn)
        if message is None:
            return
        outcome = self._deliverer.attempt(message, subscription, topic)
        # Later messages go over a channel with more patience.
        self._deliverer.let_go(subscription)
        if outcome.is_unreachable and self._settings.unreachable_endpoints is UnreachableEndpoints.RETRY:
            return
        # Whoever answers is there, whatever the answer: without a status the address itself was refused.
        is_refused_address = outcome.kind is OutcomeKind.REFUSED and outcome.status is None
        if outcome.is_unreachable or is_refused_address:
            if is_new:
                self._take_back(subscription)
            if is_refused_address:
                raise _internal_endpoint(outcome.detail)
            raise RequestRefusedError(
                RefusalKind.INVALID_PARAMETER, "Invalid parameter: Unreachable Endpoint"
            )
        if outcome.kind is not OutcomeKind.DELIVERED:
            _log.warning("confirmation not taken", subscription=subscription.arn, detail=outcome.detail)

    def _take_back(self, subscription: Subscription) -> None:
        with self._store.write() as transaction:
            present = transaction.topics.subscription(subscription.arn)
            # It may have been confirmed although its answer never came.
            if present is not None and present.state is SubscriptionState.PENDING:
                transaction.topics.forget(subscription.arn)
                transaction.outbox.forget(subscription.arn)


def _internal_endpoint(reason: str) -> RequestRefusedError:
    _log.warning("subscription refused", reason=reason)
    return RequestRefusedError(
        RefusalKind.ACCESS_DENIED, f"Not authorized to subscribe internal endpoints ({reason})"
    )
