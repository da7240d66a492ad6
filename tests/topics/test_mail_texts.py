"""What a subscription's mails say."""

from trailbell.topics import Mail, confirmation_mail, notification_mail, unsubscribe_mail

ARN = "arn:aws:sns:us-east-1:000000000000:t"
PAGE = "https://bell.example/unsubscribe.html?x"


def test_a_notification_ends_with_the_way_out() -> None:
    mail = notification_mail("subject", "the message", PAGE)

    assert "subject" == mail.subject
    assert mail.text.startswith("the message\n\n--\n")
    assert f"\n{PAGE}\n" in mail.text


def test_mail_programs_get_a_button_unless_unsubscribing_needs_a_signature() -> None:
    assert {
        "List-Unsubscribe": f"<{PAGE}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    } == notification_mail("", "m", PAGE).headers
    assert {} == notification_mail("", "m", None).headers
    assert "by a signed call of its owner only" in notification_mail("", "m", None).text


def test_without_a_subject_mail_has_sns_s() -> None:
    assert "AWS Notification Message" == notification_mail("", "m", PAGE).subject


def test_both_confirmations_name_what_they_are_about_and_the_page() -> None:
    mails: list[Mail] = [confirmation_mail(ARN, PAGE), unsubscribe_mail(ARN, PAGE)]

    assert [
        "AWS Notification - Subscription Confirmation",
        "AWS Notification - Unsubscribe Confirmation",
    ] == [mail.subject for mail in mails]
    assert all({ARN, PAGE} <= set(mail.text.split("\n")) for mail in mails)
