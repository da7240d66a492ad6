"""The reports of audit and replay, opened in a browser: readable everywhere, and harmless."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from support.audited import HOSTILE as HOSTILE_ACCOUNT
from support.audited import every_status, text_audit
from support.chromium import Opened, Scheme, opened_page, running_chromium
from support.replay_results import DAY_MS, START_MS, made_alarm, made_request, made_result, page
from trailbell import account, replay
from trailbell.replay import FilterResult, RejectedInput

pytestmark = pytest.mark.browser

HOSTILE_LOG = "</title></style></svg>\"'><script>alert(1)</script><img src=x onerror=alert(2)>" + "w" * 200


def replayed(text: str) -> str:
    times = [START_MS + hour * 3_600_000 for hour in range(1, 60, 3)]
    result = made_result(
        [
            made_alarm([page(at_ms, text, call=text, reason=text) for at_ms in times], text),
            made_alarm([page(START_MS + DAY_MS)]),
            made_alarm([], f"quiet {text}"),
        ],
        filters=[FilterResult(text, text, 30, 14, START_MS, START_MS + DAY_MS)],
        rejected=[RejectedInput(f"{text}.json.gz", text)],
        clock_notes=[text],
    )
    return replay.html_report(made_request(text), result)


REPORTS: dict[str, Callable[[], str]] = {
    "audit": lambda: account.html_report(every_status()),
    "audit of a hostile account": lambda: account.html_report(text_audit(HOSTILE_ACCOUNT)),
    "replay": lambda: replayed("arn:aws:iam::111122223333:user/mallory"),
    "replay of hostile logs": lambda: replayed(HOSTILE_LOG),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_chromium() as running:
        yield running


@pytest.fixture(scope="module", params=REPORTS)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    file: Path = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(REPORTS[request.param](), "utf-8")
    return file.as_uri()


def check_harmless(opened: Opened, url: str) -> None:
    assert [url] == opened.requests
    assert [] == opened.complaints
    assert 0 == opened.page.locator("script, img, iframe, form").count()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_a_report_is_readable_on_every_screen(browser: Browser, url: str, scheme: Scheme, width: int) -> None:
    with opened_page(browser, url, scheme, width) as opened:
        opened.unfold()

        assert [] == opened.pale_texts()
        assert (0, []) == opened.overhang()
        check_harmless(opened, url)


def test_a_report_tells_its_parts_to_who_cannot_see_it(browser: Browser, url: str) -> None:
    with opened_page(browser, url) as opened:
        opened.unfold()
        page = opened.page
        unnamed = "all => all.filter(each => !each.ariaLabel && !each.ariaLabelledByElements?.length).length"

        assert "en" == page.locator("html").get_attribute("lang")
        assert 1 == page.get_by_role("heading", level=1).count() == page.get_by_role("main").count()
        assert 0 == page.eval_on_selector_all("section, article, [role=img], [role=region]", unnamed)
        assert 0 < page.get_by_role("columnheader").count()
        assert page.title()


def test_what_is_folded_and_what_is_wide_are_reached_by_keys_alone(browser: Browser, url: str) -> None:
    with opened_page(browser, url) as opened:
        page = opened.page
        first = page.locator("summary").first
        first.focus()
        page.keyboard.press("Enter")
        stops = page.eval_on_selector_all("summary, .scroll", "all => all.map(each => each.tabIndex)")

        assert {0} == set(stops)
        assert first.evaluate("each => each.parentElement.open")


def test_a_report_can_be_printed(browser: Browser, url: str) -> None:
    with opened_page(browser, url) as opened:
        assert opened.page.pdf().startswith(b"%PDF-")
        check_harmless(opened, url)
