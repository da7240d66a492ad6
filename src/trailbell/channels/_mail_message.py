"""A message as the bytes of a mail (RFC 5322, RFC 2045 to 2047).

Header lines are written here and not by the standard library's policies, which break long links into encoded
words that mail programs cannot follow.
"""

import datetime
import email.charset
import email.header
import email.message
import email.policy
import email.utils
import hashlib
import re
import unicodedata

from trailbell.channels._contract import OutgoingMessage
from trailbell.topics import well_formed

__all__ = ["mail_bytes"]

_SEVEN_BIT = email.policy.SMTP.clone(cte_type="7bit")
_NEW_LINE = re.compile(r"\r\n?")
_LONGEST_LINE = 990
_NOT_IN_HEADERS = frozenset({"Cc", "Cf", "Zl", "Zp"})
_LONGEST_HEADER = 900
_UTF_8 = email.charset.Charset("utf-8")
_UTF_8.header_encoding = email.charset.BASE64


def mail_bytes(
    message: OutgoingMessage, text: str, sender: tuple[str, str], recipient: str, at: datetime.datetime
) -> bytes:
    """Writes the mail; ``sender`` is a name and an address.

    The Message-ID is the same at each try and differs between recipients, as what is in the mail does.
    """
    name, address = sender
    lines = [
        f"From: {_mailbox(name, address)}",
        f"To: {recipient}",
        f"Subject: {_encoded(message.subject, 'Subject')}",
        f"Date: {email.utils.format_datetime(at)}",
        f"Message-ID: {_message_id(message.message_id, address, recipient)}",
        "Auto-Submitted: auto-generated",
        *(
            f"{_one_line(header)}: {_one_line(value)}"
            for header, value in message.headers.items()
            if _is_header(header, value)
        ),
    ]
    head = "".join(f"{line}\r\n" for line in lines).encode("ascii")
    return head + _part(text).as_bytes(policy=_SEVEN_BIT)


def _one_line(text: str) -> str:
    """Returns a text that can stand in a header: no line breaks, no control and no invisible characters."""
    kept = (" " if unicodedata.category(each) in _NOT_IN_HEADERS else each for each in well_formed(text))
    return "".join(kept).strip()


def _is_header(name: str, value: str) -> bool:
    # Anything else cannot be a link or a word of ours, and the mail is worth more than the header.
    return re.fullmatch(r"[A-Za-z-]+", name) is not None and value.isascii() and len(value) <= _LONGEST_HEADER


def _mailbox(name: str, address: str) -> str:
    cleaned = _one_line(name)
    if not cleaned:
        return address
    if cleaned.isascii():
        return email.utils.formataddr((cleaned, address))
    return f"{_encoded(cleaned, 'From')} <{address}>"


def _encoded(text: str, header: str) -> str:
    cleaned = _one_line(text)
    # Text that looks encoded is encoded, or it would be shown as something else.
    if cleaned.isascii() and "=?" not in cleaned and len(cleaned) <= _LONGEST_HEADER:
        return cleaned
    return email.header.Header(cleaned, _UTF_8, header_name=header).encode(linesep="\r\n")


def _message_id(message_id: str, sender: str, recipient: str) -> str:
    own = re.sub(r"[^A-Za-z0-9-]", "-", message_id)
    receiver = hashlib.sha256(recipient.encode()).hexdigest()[:16]
    return f"<{own}.{receiver}@{sender.rpartition('@')[2]}>"


def _part(text: str) -> email.message.EmailMessage:
    content = _NEW_LINE.sub("\n", well_formed(text))
    part = email.message.EmailMessage(policy=_SEVEN_BIT)
    is_plain = content.isascii() and all(
        len(line) <= _LONGEST_LINE and line.isprintable() for line in content.replace("\t", " ").split("\n")
    )
    # Mail servers may refuse control characters and break long lines.
    part.set_content(content, charset="utf-8", cte="7bit" if is_plain else "base64")
    return part
