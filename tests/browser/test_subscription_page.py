"""The page that a mail leads to, used as people use it: in a browser, with its button."""

import re
from pathlib import Path

import pytest

from support.aws_clients import client
from support.chromium import opened_page, running_chromium
from support.mail_server import mail_server
from support.server import running_server
from support.waiting import wait_until

pytestmark = pytest.mark.browser


def test_opening_the_link_confirms_nothing_and_its_button_does(tmp_path: Path) -> None:
    with mail_server() as mails, running_chromium() as browser:
        flags = ["--data", str(tmp_path / "data"), "--controls", "none"]
        flags += ["--smtp-host", "127.0.0.1", "--smtp-port", str(mails.port), "--smtp-security", "none"]
        with running_server(*flags, "--smtp-from", "bell@trailbell.example") as server:
            sns = client("sns", server.url)
            topic = sns.create_topic(Name="security-alarms")["TopicArn"]
            arn = sns.subscribe(
                TopicArn=topic, Protocol="email", Endpoint="ada@example.com", ReturnSubscriptionArn=True
            )["SubscriptionArn"]
            wait_until(lambda: bool(mails.mails))
            [link] = re.findall(r"http://\S+/confirmation\.html\S+", mails.mails[0].text)

            def is_pending() -> bool:
                shown = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
                return bool(shown["PendingConfirmation"] == "true")

            with opened_page(browser, link, "dark", 360) as opened:
                page = opened.page
                looked_at = is_pending()
                pale, overhang = opened.pale_texts(), opened.overhang()
                style = page.locator("main").evaluate("each => getComputedStyle(document.body).maxWidth")
                page.get_by_role("button").click()
                page.get_by_role("heading", name="Subscription confirmed").wait_for()

                assert looked_at
                assert ([], (0, [])) == (pale, overhang)
                assert "none" != style  # the policy of the page lets its own style in
                assert not is_pending()
                assert [] == [each for each in opened.complaints if "favicon" not in each]
                assert {server.url} == {re.sub(r"(://[^/]*)/.*", r"\1", each) for each in opened.requests}
