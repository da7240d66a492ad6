"""What a subscription's mails say: the message with a way out, and the two that hold a link to follow."""

import msgspec

__all__ = [
    "DEFAULT_MAIL_SUBJECT",
    "Mail",
    "confirmation_mail",
    "mail_button",
    "notification_mail",
    "unsubscribe_mail",
]

DEFAULT_MAIL_SUBJECT = "AWS Notification Message"
"""The subject of what was published without one, as SNS has it."""


class Mail(msgspec.Struct, frozen=True):
    """A subject and a plain text; ``headers`` are what mail programs need to offer their own button."""

    subject: str
    text: str
    headers: dict[str, str] = {}


def mail_button(page_url: str) -> dict[str, str]:
    """Returns the headers with which mail programs offer their own button to unsubscribe (RFC 8058)."""
    return {"List-Unsubscribe": f"<{page_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def notification_mail(subject: str, message: str, page_url: str | None) -> Mail:
    """Adds the way out below a message.

    Without a page, which works without a signature, only a signed call can unsubscribe.
    """
    way_out = (
        ["This address can be taken from the topic by a signed call of its owner only."]
        if page_url is None
        else ["To get no more messages from this topic, open this page and press its button:", page_url]
    )
    lines = [
        message,
        "",
        "--",
        *way_out,
        "",
        "Nobody reads answers to this address. Whoever runs this Trailbell server can help.",
    ]
    headers = {} if page_url is None else mail_button(page_url)
    return Mail(subject or DEFAULT_MAIL_SUBJECT, "\n".join(lines), headers)


def confirmation_mail(topic_arn: str, page_url: str) -> Mail:
    """Asks an address whether it wants a topic's messages."""
    lines = [
        "Somebody asked Trailbell to send messages of this topic to your address:",
        topic_arn,
        "",
        "To agree, open this page within two days and press its button:",
        page_url,
        "",
        "If you did not expect this, do nothing: without your word no message is sent.",
    ]
    return Mail("AWS Notification - Subscription Confirmation", "\n".join(lines))


def unsubscribe_mail(subscription_arn: str, page_url: str) -> Mail:
    """Tells an address that it gets no more messages, with the way back."""
    lines = [
        "Your address gets no more messages over this subscription:",
        subscription_arn,
        "",
        "If that was not your wish, open this page within two days and press its button to restore it:",
        page_url,
    ]
    return Mail("AWS Notification - Unsubscribe Confirmation", "\n".join(lines))
