"""The pages that links in mail lead to, asked for by browsers, mail scanners and others."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest
from starlette.testclient import TestClient

from support.scenario import Scenario
from support.subscribing import TOPIC, Topic, closing_receiver, token_of
from trailbell.access import hosts_for
from trailbell.aws_api import make_aws_api
from trailbell.web import make_app

BASE = "http://127.0.0.1:4747"
HOSTILE = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>"
SCANNERS = ("GET", "HEAD")


@pytest.fixture
def topic(tmp_path: Path) -> Iterator[Topic]:
    scenario = Scenario(tmp_path, source=(), notify=())
    yield Topic(scenario)
    scenario.chain.stop()
    scenario.close()


@pytest.fixture
def client(topic: Topic) -> Iterator[TestClient]:
    scenario = topic.scenario
    aws_api = make_aws_api(scenario.chain, scenario.clock, scenario.settings, BASE)
    app = make_app(scenario.chain, scenario.clock, hosts_for("127.0.0.1", 4747), aws_api)
    with TestClient(app, base_url=BASE) as opened:
        yield opened


@pytest.fixture
def asked(topic: Topic) -> tuple[str, str]:
    """A subscription that waits for its confirmation, and the token."""
    with closing_receiver() as receiver:
        arn = topic.subscribe(receiver.url)
        return arn, token_of(receiver)


def is_pending(topic: Topic, arn: str) -> bool:
    return topic.shown(arn)["PendingConfirmation"] == "true"


def fields(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in found}


def check_headers(answer: httpx2.Response) -> None:
    headers = answer.headers
    policy = headers["content-security-policy"]
    [nonce] = re.findall(r"style-src 'nonce-([A-Za-z0-9_-]{20,})'", policy)
    assert {
        "default-src 'none'",
        f"style-src 'nonce-{nonce}'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    } == set(policy.split("; "))
    assert ("no-store", "same-origin", "nosniff") == tuple(
        headers[name] for name in ("cache-control", "referrer-policy", "x-content-type-options")
    )
    assert "text/html; charset=utf-8" == headers["content-type"]
    assert not answer.text or f'<style nonce="{nonce}">' in answer.text


def confirmation(topic_arn: str, token: str, endpoint: str = "a@example.com") -> str:
    return f"/confirmation.html?TopicArn={quote(topic_arn)}&Token={quote(token)}&Endpoint={quote(endpoint)}"


def leaving(arn: str) -> str:
    return f"/unsubscribe.html?SubscriptionArn={quote(arn)}&Endpoint=a@example.com"


@pytest.mark.parametrize("method", SCANNERS)
def test_following_the_link_confirms_nothing_and_the_button_does(
    client: TestClient, topic: Topic, asked: tuple[str, str], method: str
) -> None:
    arn, token = asked
    looked = client.request(method, confirmation(TOPIC, token))
    pending = is_pending(topic, arn)
    page = client.get(confirmation(TOPIC, token)).text
    answer = client.post("/confirmation.html", data=fields(page), headers={"origin": BASE})

    assert 200 == looked.status_code
    check_headers(looked)
    assert pending
    assert {"TopicArn": TOPIC, "Token": token} == fields(page)
    assert "a@example.com" in page
    assert 200 == answer.status_code
    check_headers(answer)
    assert "Subscription confirmed" in answer.text
    assert not is_pending(topic, arn)
    assert "false" == topic.shown(arn)["ConfirmationWasAuthenticated"]


@pytest.mark.parametrize("method", SCANNERS)
def test_following_the_link_unsubscribes_nobody_and_the_button_does(
    client: TestClient, topic: Topic, asked: tuple[str, str], method: str
) -> None:
    arn = topic.confirm(asked[1])
    looked = client.request(method, leaving(arn))
    there = topic.shown(arn)["SubscriptionArn"]
    page = client.get(leaving(arn)).text
    answer = client.post("/unsubscribe.html", data=fields(page), headers={"origin": BASE})

    assert 200 == looked.status_code
    check_headers(looked)
    assert arn == there
    assert (200, True) == (answer.status_code, "Unsubscribed" in answer.text)
    assert () == topic.scenario.chain.subscriptions.page("").subscriptions


def test_a_mail_programs_own_button_unsubscribes(
    client: TestClient, topic: Topic, asked: tuple[str, str]
) -> None:
    arn = topic.confirm(asked[1])
    answer = client.post(leaving(arn), data={"List-Unsubscribe": "One-Click"})

    assert 200 == answer.status_code
    assert () == topic.scenario.chain.subscriptions.page("").subscriptions


def test_a_protected_subscription_cannot_be_ended_by_a_page(
    client: TestClient, topic: Topic, asked: tuple[str, str]
) -> None:
    arn = topic.confirm(asked[1], is_signed=True, protects=True)
    answer = client.post("/unsubscribe.html", data={"SubscriptionArn": arn})

    assert 403 == answer.status_code
    check_headers(answer)
    assert "Only a signed call" in answer.text
    assert arn == topic.shown(arn)["SubscriptionArn"]


@pytest.mark.parametrize(
    "path",
    [
        confirmation(HOSTILE, HOSTILE, HOSTILE),
        confirmation("arn:aws:sns:us-east-1:1:t", "ab", HOSTILE),
        leaving(HOSTILE),
        confirmation("{{ 7*7 }}{% for x in y %}", "{{ nonce }}", "\r\nset-cookie: a=b"),
    ],
)
def test_nothing_of_the_address_becomes_part_of_the_page(client: TestClient, path: str) -> None:
    answer = client.get(path)

    assert 200 == answer.status_code
    check_headers(answer)
    assert "<script" not in answer.text
    assert "<img" not in answer.text
    assert "49" not in fields(answer.text).values()
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/confirmation.html", "/unsubscribe.html"])
def test_nothing_of_the_form_becomes_part_of_the_page(client: TestClient, path: str) -> None:
    answer = client.post(path, data={"TopicArn": HOSTILE, "Token": HOSTILE, "SubscriptionArn": HOSTILE})

    assert answer.status_code in {200, 400}
    assert "<script" not in answer.text
    assert "<img" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/confirmation.html",
        f"/confirmation.html?TopicArn={TOPIC}",
        "/confirmation.html?Token=ab",
        "/confirmation.html?TopicArn=&Token=",
        "/unsubscribe.html",
        "/unsubscribe.html?Endpoint=a@example.com",
    ],
)
@pytest.mark.parametrize("method", SCANNERS)
def test_an_incomplete_link_is_told(client: TestClient, path: str, method: str) -> None:
    answer = client.request(method, path)

    assert 400 == answer.status_code
    check_headers(answer)
    assert method == "HEAD" or "The link is not complete" in answer.text


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/confirmation.html", b""),
        ("/confirmation.html", b"\xff\xfe"),
        ("/confirmation.html", b"&".join(b"a=b" for _ in range(50))),
        ("/confirmation.html", f"TopicArn={TOPIC}&Token=ab".encode()),
        ("/confirmation.html", f"TopicArn={TOPIC}&Token=xyz".encode()),
        ("/unsubscribe.html", b""),
        ("/unsubscribe.html", b"SubscriptionArn=x"),
        ("/unsubscribe.html", f"SubscriptionArn={TOPIC}".encode()),
    ],
)
def test_a_wrong_form_is_refused(client: TestClient, path: str, content: bytes) -> None:
    answer = client.post(path, content=content, headers={"content-type": "application/x-www-form-urlencoded"})

    assert 400 == answer.status_code
    check_headers(answer)
    assert "Nothing was changed" in answer.text


def test_a_token_that_is_too_old_is_refused_in_words(
    client: TestClient, topic: Topic, asked: tuple[str, str]
) -> None:
    topic.scenario.clock.turn(minutes=3 * 24 * 60)
    answer = client.post("/confirmation.html", data={"TopicArn": TOPIC, "Token": asked[1]})

    assert 400 == answer.status_code
    assert "A link holds for two days" in answer.text


def test_the_page_of_a_deleted_topic_says_so(
    client: TestClient, topic: Topic, asked: tuple[str, str]
) -> None:
    topic.scenario.chain.topics.delete(TOPIC)
    answer = client.post("/confirmation.html", data={"TopicArn": TOPIC, "Token": asked[1]})

    assert 404 == answer.status_code
    assert "The topic was deleted." in answer.text


@pytest.mark.parametrize("path", ["/confirmation.html", "/unsubscribe.html"])
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_not_allowed(client: TestClient, path: str, method: str) -> None:
    assert 405 == client.request(method, path).status_code


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
        {"host": "evil.example"},
    ],
)
@pytest.mark.parametrize("page", ["confirmation", "unsubscribe"])
def test_a_foreign_page_cannot_press_the_button(
    client: TestClient, topic: Topic, asked: tuple[str, str], headers: dict[str, str], page: str
) -> None:
    arn, token = asked
    if page == "unsubscribe":
        topic.confirm(token)
    before = topic.shown(arn)
    form = {"TopicArn": TOPIC, "Token": token, "SubscriptionArn": arn}
    answer = client.post(f"/{page}.html", data=form, headers=headers)

    assert answer.status_code in {403, 421}
    assert before == topic.shown(arn)


def test_a_link_in_web_mail_opens_the_page(client: TestClient, asked: tuple[str, str]) -> None:
    navigation = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}

    assert 200 == client.get(confirmation(TOPIC, asked[1]), headers=navigation).status_code


def test_every_page_has_a_nonce_of_its_own(client: TestClient) -> None:
    policies = {client.get(leaving("a")).headers["content-security-policy"] for _ in range(5)}

    assert 5 == len(policies)
