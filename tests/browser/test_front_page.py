"""What a person sees who opens the server's address in a browser."""

from pathlib import Path

import pytest

from support.chromium import opened_page, running_chromium
from support.server import running_server

pytestmark = pytest.mark.browser


def test_the_address_of_the_server_leads_on(tmp_path: Path) -> None:
    with (
        running_server("--data", str(tmp_path / "data")) as server,
        running_chromium() as browser,
        opened_page(browser, server.url, "dark", 360) as opened,
    ):
        pale, overhang = opened.pale_texts(), opened.overhang()
        headings = opened.page.get_by_role("heading").all_inner_texts()
        opened.page.get_by_role("link", name="/api/v1/status").click()
        opened.page.wait_for_url("**/api/v1/status")
        answer = opened.page.inner_text("body")

    assert ([], (0, [])) == (pale, overhang)
    assert ["Trailbell is running"] == headings
    assert '"alarms"' in answer
