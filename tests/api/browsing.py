"""A headless Chromium for tests, and a record of what happens in its tab."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, WebSocket, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = ("--disable-quic", "--disable-background-networking", "--disable-component-update")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine. Skips the test where there is none."""
    path = os.environ.get("PIALA_TEST_CHROMIUM") or next(
        filter(None, map(shutil.which, NAMES)), None
    )
    if path is None:
        pytest.skip("the screen is tested in Chromium: install the package `chromium`")
    # Chromium's sandbox refuses to run as root, which is who containers run as.
    as_root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*OPTIONS, *as_root])
        yield browser
        browser.close()


@dataclass
class Tab:
    """A tab, and all that it has asked for, complained about and been told."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    visits: list[str] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)

    def event_types(self) -> list[str]:
        """What kinds of events the subscription has delivered, in order."""
        return [event["event"]["__typename"] for event in self.events]

    def _watch_socket(self, socket: WebSocket) -> None:
        self.requests.append(socket.url.replace("ws", "http", 1))
        socket.on("framereceived", self._take)

    def _take(self, frame: str | bytes) -> None:
        message = json.loads(frame)
        if message["type"] == "next":
            self.events.append(message["payload"]["data"]["myEvents"])


@contextmanager
def tab(browser: Browser, **options: Any) -> Iterator[Tab]:
    """A fresh tab without memory; `options` are those of a Playwright context."""
    context = browser.new_context(**options)
    page = context.new_page()
    tab = Tab(page)
    page.on("request", lambda request: tab.requests.append(request.url))
    page.on("websocket", tab._watch_socket)
    page.on("pageerror", lambda error: tab.complaints.append(str(error)))
    page.on("framenavigated", lambda frame: tab.visits.append(frame.url))
    page.on(
        "console",
        lambda said: (
            tab.complaints.append(said.text) if said.type in ("error", "warning") else None
        ),
    )
    yield tab
    context.close()
