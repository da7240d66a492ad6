"""A real Chromium, and what came of a page that was opened in it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Dialog, Page, Request, sync_playwright

__all__ = ["Opened", "Scheme", "opened_page", "running_chromium"]

Scheme = Literal["light", "dark"]

_NAMES = ("chromium", "chromium-browser", "google-chrome")
# Chromium has no sandbox for root, and would ask hosts of its own maker.
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_LEAST_CONTRAST = 4.5

# Every text that is shown with too little contrast to what lies behind it (WCAG 2.2, 1.4.3).
_PALE_TEXTS = """least => {
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const luminance = colour => {
    const [red, green, blue] = channels(colour).map(value => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = element => {
    for (let each = element; each; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if (channels(colour)[3] !== 0) return colour;
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? "rgb(0, 0, 0)" : "rgb(255, 255, 255)";
  };
  const pale = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const words = texts.currentNode.textContent.trim();
    const element = texts.currentNode.parentElement;
    if (!words || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const [one, other] = [element.closest("svg") ? style.fill : style.color, behind(element)].map(luminance);
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < least) pale.push(`${words.slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return pale;
}"""

# How far the page, and each element in it that cannot be moved by itself, stands out on the right.
_OVERHANG = """() => {
  const width = document.documentElement.clientWidth;
  const shown = [...document.querySelectorAll("body *")].filter(each =>
    each.checkVisibility() && !each.closest(".scroll, svg"));
  const out = shown.filter(each => each.getBoundingClientRect().right > width + 1);
  return [document.documentElement.scrollWidth - width, out.map(each => each.outerHTML.slice(0, 80))];
}"""


class Opened:
    """A page, what it asked the network for, and what was wrong with it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", self._take_request)
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", self._take_dialog)

    def unfold(self) -> None:
        """Opens all that is folded."""
        self.page.eval_on_selector_all("details", "all => all.forEach(each => { each.open = true; })")

    def pale_texts(self) -> list[str]:
        """The texts that are hard to read, each with its contrast."""
        found: list[str] = self.page.evaluate(_PALE_TEXTS, _LEAST_CONTRAST)
        return found

    def overhang(self) -> tuple[int, list[str]]:
        """How many pixels are out of sight on the right, and the elements that are to blame."""
        pixels, elements = self.page.evaluate(_OVERHANG)
        return pixels, elements

    def _take_request(self, request: Request) -> None:
        self.requests.append(request.url)

    def _take_dialog(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Starts the browser of the system; skips the test where there is none."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.skip("no Chromium in PATH: apt-get install chromium, or what your system has for it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, headless=True, args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened_page(
    browser: Browser, url: str, scheme: Scheme = "light", width: int = 1280, **context: Any
) -> Iterator[Opened]:
    """Opens an address in a window of its own, that many pixels wide."""
    window = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 800}, locale="en-GB", **context
    )
    try:
        opened = Opened(window.new_page())
        opened.page.goto(url)
        yield opened
    finally:
        window.close()
