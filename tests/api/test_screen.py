"""The progress screen, seen through a real browser on a real server."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api import browsing, serving
from tests.api.browsing import Tab

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "api" / "static" / "screen"
WEB = ROOT / "web"
ALL_BYTES_MAX = 300_000
ELSEWHERE = re.compile(rb"https?://(?!www\.w3\.org/)[a-z0-9.-]+\.[a-z]{2,}", re.IGNORECASE)


@pytest.fixture
def browser() -> Iterator[Browser]:
    with browsing.chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def served_demo(tmp_path_factory) -> Iterator[str]:
    """The address of the demo, served as `make run` serves it."""
    with serving.served(tmp_path_factory.mktemp("demo"), "--demo") as address:
        yield address


@pytest.mark.timeout(400)
def test_the_screen_moves_as_things_happen_without_a_reload(browser, served_demo):
    desk = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"}
    with browsing.tab(browser, **desk) as tab:
        tab.page.goto(f"{served_demo}/")
        _it_shows_where_the_member_stands(tab.page)
        _a_purchase_moves_it(tab)
        _a_donation_moves_the_thermometer(tab)
        _it_speaks_indonesian_too(tab.page)

        assert tab.visits == [f"{served_demo}/"]
        assert tab.complaints == []
        assert {
            url for url in tab.requests if not url.startswith((f"{served_demo}/", "data:"))
        } == set()


@pytest.mark.timeout(400)
def test_the_screen_fits_a_phone(browser, served_demo):
    phone = {"viewport": {"width": 390, "height": 844}, "locale": "id-ID", "color_scheme": "dark"}
    with browsing.tab(browser, **phone) as tab:
        tab.page.goto(f"{served_demo}/")
        expect(tab.page.locator("#balance")).to_be_visible()
        assert tab.page.evaluate("document.documentElement.scrollWidth") == 390
        assert tab.complaints == []


def test_without_a_demo_the_screen_asks_for_a_token(browser, tmp_path):
    with serving.served(tmp_path) as address, browsing.tab(browser, locale="en-GB") as tab:
        tab.page.goto(f"{address}/#token=not-a-token")
        expect(tab.page.get_by_role("heading", name="Open your progress")).to_be_visible()
        expect(tab.page.get_by_role("alert")).to_contain_text("session has ended")
        # A token must not stay where it would be copied and kept.
        assert tab.page.url == f"{address}/"


def test_the_built_files_are_built_from_the_sources_beside_them():
    inputs = [WEB / name for name in ("index.html", "package-lock.json", "vite.config.js")]
    inputs += [path for name in ("public", "src") for path in (WEB / name).rglob("*")]
    digest = hashlib.sha256()
    for path in sorted((path for path in inputs if path.is_file()), key=_name_in_web):
        digest.update(_name_in_web(path).encode() + b"\0" + path.read_bytes() + b"\0")
    built_from = (STATIC / "built-from.txt").read_text().strip()
    assert built_from == digest.hexdigest(), "build the screen again: see web/README.md"


def test_the_built_files_are_small_and_name_no_other_host():
    files = [path for path in STATIC.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < ALL_BYTES_MAX
    loaded = [path for path in files if path.suffix in {".html", ".css", ".svg"}]
    assert {path.name for path in loaded if ELSEWHERE.search(path.read_bytes())} == set()


def _it_shows_where_the_member_stands(page: Page) -> None:
    expect(page.locator("#member-name")).to_have_text(re.compile(r"Good \w+, \w+"))
    expect(page.locator("#balance")).to_have_attribute("data-value", re.compile(r"^\d+$"))
    expect(page.locator("#tier").get_by_role("progressbar")).to_be_visible()
    expect(page.locator("[data-badge][data-won=true]").first).to_be_visible()
    expect(page.locator("[data-badge][data-won=false]").first).to_be_visible()
    expect(page.locator("[data-challenge]").first.get_by_role("progressbar")).to_be_attached()
    expect(page.locator("#streaks .streak-length").first).to_be_visible()
    expect(page.locator("#board .podium li")).to_have_count(3)
    expect(page.locator("[data-campaign]").first.get_by_role("progressbar")).to_be_visible()
    expect(page.locator("#statement .line").first).to_be_visible()
    expect(page.locator("#line")).to_have_attribute("data-line", "live")


def _a_purchase_moves_it(tab: Tab) -> None:
    page = tab.page
    before = _balance(page)
    newest = page.locator("#statement .line").first.inner_text()
    page.get_by_role("textbox", name="Amount").fill("250000")
    page.locator("#record").click()
    expect(page.locator(".receipt")).to_contain_text("250,000")
    expect(page.locator("#balance")).not_to_have_attribute("data-value", str(before))
    assert _balance(page) > before
    expect(page.locator("#statement .line").first).not_to_have_text(newest)
    assert "PointsPosted" in tab.event_types()
    cursors = [event["cursor"] for event in tab.events]
    assert len(cursors) == len(set(cursors))


def _a_donation_moves_the_thermometer(tab: Tab) -> None:
    page = tab.page
    campaign = page.locator("[data-campaign]").first
    thermometer = campaign.get_by_role("progressbar")
    before, told = _balance(page), thermometer.get_attribute("aria-valuetext")
    campaign.get_by_role("button").click()
    sheet = page.get_by_role("dialog")
    given = int(sheet.get_by_role("spinbutton").input_value())
    sheet.get_by_role("button", name="Give").click()
    expect(page.get_by_text("Thank you!")).to_be_visible()
    expect(sheet).to_have_count(0)
    expect(page.locator("#balance")).to_have_attribute("data-value", str(before - given))
    expect(thermometer).not_to_have_attribute("aria-valuetext", told or "")


def _it_speaks_indonesian_too(page: Page) -> None:
    badge = page.locator("[data-badge][data-won=true]").first
    key = badge.get_attribute("data-badge")
    challenge = page.locator("[data-challenge] h3").first
    in_english = challenge.inner_text()
    page.get_by_role("button", name="Bahasa Indonesia").click()
    expect(page.locator("#challenges h2")).to_have_text("Tantangan")
    # The programme's own words come from the API, in the language that was asked for.
    expect(challenge).not_to_have_text(in_english)
    expect(page.locator(f"[data-badge='{key}']")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "id"


def _name_in_web(path: Path) -> str:
    return path.relative_to(WEB).as_posix()


def _balance(page: Page) -> int:
    return int(page.locator("#balance").get_attribute("data-value") or "")
