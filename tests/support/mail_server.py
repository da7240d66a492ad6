"""A real mail server on a free loopback port that keeps what it is sent."""

import asyncio
import email
import email.policy
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

import msgspec
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

__all__ = ["MailServer", "ReceivedMail", "mail_server"]


class ReceivedMail(msgspec.Struct, frozen=True):
    """One mail as it came in."""

    sender: str
    recipients: list[str]
    content: bytes
    was_encrypted: bool
    login: str | None

    @property
    def message(self) -> EmailMessage:
        """The mail in parts."""
        return email.message_from_bytes(self.content, _class=EmailMessage, policy=email.policy.default)

    @property
    def text(self) -> str:
        """What a reader sees, with plain line feeds."""
        content = self.message.get_content()
        assert isinstance(content, str)
        return content.replace("\r\n", "\n")


class MailServer:
    """What came in so far; ``answers`` holds what is answered to MAIL, RCPT or DATA in place of 250."""

    def __init__(self, answers: Mapping[str, str], login: tuple[str, str] | None) -> None:
        self.mails: list[ReceivedMail] = []
        self.port = 0
        self._answers = answers
        self._login = login

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, how: str, data: Any
    ) -> AuthResult:
        """Compares the login with the only one there is."""
        assert isinstance(data, LoginPassword)
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == self._login, handled=False, auth_data=given[0])

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Takes the sender."""
        envelope.mail_from = address
        return self._answers.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Takes the receiver."""
        envelope.rcpt_tos.append(address)
        return self._answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keeps the mail."""
        content = envelope.original_content or b""
        login = str(session.auth_data) if session.authenticated else None
        self.mails.append(
            ReceivedMail(
                envelope.mail_from or "", list(envelope.rcpt_tos), content, session.ssl is not None, login
            )
        )
        return self._answers.get("DATA", "250 OK")


@contextmanager
def mail_server(
    answers: Mapping[str, str] | None = None,
    *,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    login: tuple[str, str] | None = None,
) -> Iterator[MailServer]:
    """A mail server: plain, with STARTTLS or with TLS from the start, and with a login if one is given."""
    received = MailServer(answers or {}, login)
    loop = asyncio.new_event_loop()

    made: list[SMTP] = []

    def protocol() -> SMTP:
        smtp = SMTP(
            received,
            hostname="mail.example",
            loop=loop,
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=received.authenticate if login is not None else None,
            auth_required=login is not None and starttls is not None,
            # Where TLS began with the connection, the protocol does not know of it.
            auth_require_tls=tls is None,
        )
        made.append(smtp)
        return smtp

    server = loop.run_until_complete(loop.create_server(protocol, "127.0.0.1", 0, ssl=tls))
    received.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield received
    finally:
        asyncio.run_coroutine_threadsafe(_ended(server, made), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _ended(server: asyncio.Server, protocols: Sequence[SMTP]) -> None:
    server.close()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    for each in protocols:
        if isinstance(each.transport, asyncio.WriteTransport):
            # An encrypted connection would wait for the other side's farewell, and outlive its loop.
            each.transport.abort()
    await asyncio.sleep(0)
