"""One browser for all tests of the page, and pages in it that tell what they did."""

from __future__ import annotations

import importlib
import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
# What a page under a policy would tell nobody but its own console.
_LISTEN = """
    window.broken = [];
    addEventListener("securitypolicyviolation", (e) => broken.push(`${e.violatedDirective} ${e.blockedURI}`));
"""  # noqa: E501


@pytest.fixture(scope="session")
def chromium(_sealed):
    """A real Chromium without a window; where CI says that it is one, it has to be there."""
    needed = os.environ.get("CI")
    api = (
        importlib.import_module("playwright.sync_api")
        if needed
        else pytest.importorskip("playwright.sync_api")
    )
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    with api.sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(
                executable_path=path, channel=None if path else "chrome", args=_FLAGS
            )
        except api.Error:
            if needed:
                raise
            pytest.skip("there is no Chromium here (on Debian: apt install chromium)")
        yield browser
        browser.close()


@dataclass
class Opened:
    """A page in the browser; `asked` are addresses that it wanted, `said` its console."""

    page: Any
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def broken(self) -> list[str]:
        """What its own policy forbade."""
        return self.page.evaluate("broken")

    def seen(self, css: str) -> bool:
        return self.page.locator(css).first.is_visible()


@pytest.fixture
def open_page(chromium, tmp_path: Path):
    """`open_page(content, fragment)` in a window of that size and colour scheme."""
    contexts = []

    def opened(
        content: bytes, fragment: str = "", *, width: int = 1280, scheme: str = "light",
        script: bool = True,
    ):  # fmt: skip
        file = tmp_path / "report.html"
        file.write_bytes(content)
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce",
            java_script_enabled=script,
        )  # fmt: skip
        contexts.append(context)
        context.add_init_script(_LISTEN)
        page = context.new_page()
        one = Opened(page)
        page.on("request", lambda request: one.asked.append(request.url))
        page.on("console", lambda message: one.said.append(message.text))
        page.on("pageerror", lambda error: one.said.append(str(error)))
        page.goto(f"{file.as_uri()}{fragment}")
        one.asked = [url for url in one.asked if not url.startswith(file.as_uri())]
        return one

    yield opened
    for context in contexts:
        context.close()
