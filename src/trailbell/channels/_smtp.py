"""Sends messages by mail, each to one address over one SMTP connection."""

import asyncio
import datetime
import socket
import ssl
from email.utils import parseaddr
from pathlib import Path

import aiosmtplib
import msgspec

from trailbell.channels._contract import Outcome, OutcomeKind, OutgoingMessage
from trailbell.channels._mail_message import mail_bytes
from trailbell.settings import SmtpSecurity
from trailbell.topics import is_mail_address

__all__ = ["SmtpChannel", "SmtpSettings"]

_DEFAULT_NAME = "Trailbell"
# What the server says about one mail or its receiver; all other answers are about the connection.
_ABOUT_THE_MAIL = (
    aiosmtplib.SMTPDataError,
    aiosmtplib.SMTPRecipientRefused,
    aiosmtplib.SMTPSenderRefused,
)


class SmtpSettings(msgspec.Struct, frozen=True):
    """The mail server that takes messages, and who they come from.

    ``sender`` is an address, or a name and an address as in ``Alarms <alarms@example.com>``. Nothing is sent
    unencrypted where ``security`` asks for encryption. ``ca_file`` holds the certificates to trust in place
    of the system's.
    """

    host: str
    sender: str
    port: int = 587
    security: SmtpSecurity = SmtpSecurity.STARTTLS
    username: str = ""
    password: str = ""
    timeout_seconds: float = 30.0
    ca_file: Path | None = None

    def __repr__(self) -> str:
        return f"SmtpSettings(host={self.host!r}, port={self.port!r}, security={self.security.value!r})"


class SmtpChannel:
    """One mail address.

    An answer that begins with 4 and every failure of the connection, its encryption or the login are to be
    tried again; an answer that begins with 5 about the mail or its receiver refuses. ``as_json`` sends the
    body for programs in place of the text for people.
    """

    def __init__(self, address: str, settings: SmtpSettings, *, as_json: bool = False) -> None:
        self._address = address
        self._settings = settings
        self._as_json = as_json

    def send(self, message: OutgoingMessage) -> Outcome:
        """Tries once; never raises for what goes wrong on the way."""
        name, sender = parseaddr(self._settings.sender)
        if not is_mail_address(self._address):
            return Outcome(OutcomeKind.REFUSED, "the endpoint is no mail address")
        if not is_mail_address(sender):
            return Outcome(OutcomeKind.RETRY, "the sender in the settings is no mail address")
        mail = mail_bytes(
            message,
            message.body if self._as_json else message.text,
            (message.sender_name or name or _DEFAULT_NAME, sender),
            self._address,
            datetime.datetime.now(datetime.UTC),
        )
        try:
            asyncio.run(self._sent(mail, sender))
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _judged(error.recipients[0])
        except aiosmtplib.SMTPResponseException as error:
            return _judged(error)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return Outcome(OutcomeKind.RETRY, self._failure(error))
        return Outcome(OutcomeKind.DELIVERED, "taken by the mail server", 250)

    def close(self) -> None:
        """Has nothing to give back: a connection lasts for one mail."""

    async def _sent(self, mail: bytes, sender: str) -> None:
        settings = self._settings
        is_encrypted = settings.security is not SmtpSecurity.NONE
        client = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            # The full name would be looked up, which may take longer than the mail.
            local_hostname=socket.gethostname(),
            timeout=settings.timeout_seconds,
            use_tls=settings.security is SmtpSecurity.TLS,
            start_tls=settings.security is SmtpSecurity.STARTTLS,
            tls_context=ssl.create_default_context(cafile=settings.ca_file) if is_encrypted else None,
        )
        async with asyncio.timeout(settings.timeout_seconds):
            await client.connect()
            transport = client.transport
            try:
                async with client:
                    if settings.username:
                        await client.login(settings.username, settings.password)
                    await client.sendmail(sender, [self._address], mail)
            finally:
                if isinstance(transport, asyncio.WriteTransport):
                    # An encrypted connection would wait for the server's farewell, and outlive its loop.
                    transport.abort()
                    await asyncio.sleep(0)

    def _failure(self, error: Exception) -> str:
        """What went wrong in words, with nothing that the server wrote and no secret."""
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return f"the certificate of the mail server is not accepted: {cause.verify_message}"
            if isinstance(cause, ssl.SSLError):
                return f"TLS with the mail server failed: {cause.reason}"
            cause = cause.__cause__ or cause.__context__
        if isinstance(error, TimeoutError):
            return f"no answer from the mail server within {self._settings.timeout_seconds:g} s"
        if isinstance(error, aiosmtplib.SMTPServerDisconnected):
            return "the mail server closed the connection"
        if isinstance(error, aiosmtplib.SMTPConnectError):
            return "the connection to the mail server failed"
        if isinstance(error, OSError):
            return f"the mail server cannot be used: {error.strerror or type(error).__name__}"
        # The library's own words, of which only this tells the two apart.
        missing = "STARTTLS" if "STARTTLS extension" in str(error) else "a way to log in"
        return f"the mail server does not offer {missing}"


def _judged(error: aiosmtplib.SMTPResponseException) -> Outcome:
    is_final = isinstance(error, _ABOUT_THE_MAIL) and error.code >= 500
    kind = OutcomeKind.REFUSED if is_final else OutcomeKind.RETRY
    return Outcome(kind, f"the mail server answered {error.code} to {_step(error)}", error.code)


def _step(error: aiosmtplib.SMTPResponseException) -> str:
    if isinstance(error, aiosmtplib.SMTPRecipientRefused):
        return "the address"
    if isinstance(error, aiosmtplib.SMTPSenderRefused):
        return "the sender"
    if isinstance(error, aiosmtplib.SMTPDataError):
        return "the mail"
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return "the login"
    return "the greeting"
