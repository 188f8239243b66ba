"""Phones of trainers for the tests: contexts of their own, which can be closed and opened again, go offline, and be asked what they keep."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.browser.conftest import CHROMIUM, QUIET, sign_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

SCREEN = {"viewport": {"width": 360, "height": 780}, "has_touch": True, "is_mobile": True, "locale": "ka-GE"}
ROLL = "/ka/teaching/runs/DEMO-NOW/phone"
EXPECTED = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "status of 4")

KEPT = """async () => {
    const found = {};
    for (const { name, version } of await indexedDB.databases()) {
        const base = await new Promise(done => { const asked = indexedDB.open(name, version); asked.onsuccess = () => done(asked.result); });
        for (const store of base.objectStoreNames) {
            found[`${name}/${store}`] = await new Promise(done => {
                const asked = base.transaction(store).objectStore(store).getAll(); asked.onsuccess = () => done(asked.result); });
        }
        base.close();
    }
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const asked of await cache.keys()) {
            const answer = await cache.match(asked);
            found[`cache ${new URL(asked.url).pathname}`] = asked.url.endsWith('woff2')
                ? 'x'.repeat((await answer.arrayBuffer()).byteLength) : await answer.text();
        }
    }
    return found;
}"""


class Phone:
    """A phone with the roll call open, as somebody. ``folder`` is what survives when its browser is closed."""

    def __init__(self, browser: Browser, site: str, folder: Path, who: str | None = "trainer") -> None:
        self.browser, self.site, self.folder = browser, site, folder
        self.complaints: list[str] = []
        self.context: BrowserContext
        self.page: Page
        self.start()
        if who:
            sign_in(self.page, who)
            self.open()
            self.page.wait_for_function("() => navigator.serviceWorker.controller")

    def start(self, *, offline: bool = False) -> None:
        """Open the browser."""
        self.context = self.browser.browser_type.launch_persistent_context(
            str(self.folder), executable_path=CHROMIUM, args=QUIET, base_url=self.site, offline=offline, **SCREEN
        )
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self) -> None:
        """Go to the roll call and wait for its people."""
        self.page.goto(ROLL)
        self.page.wait_for_selector(".roll-person")

    def offline(self, off: bool = True) -> None:  # noqa: FBT001, FBT002  (a switch)
        self.context.set_offline(off)

    def close(self) -> None:
        """Close the browser, and look whether it complained."""
        self.context.close()
        assert [text for text in self.complaints if not any(words in text for words in EXPECTED)] == []

    def tap(self, row: int, mark: str) -> None:
        self.page.locator(f".segment-{mark}").nth(row).tap()

    def unsent(self) -> int:
        """The number that the page shows."""
        return int(self.page.locator("[data-phone-unsent]").inner_text().rpartition(" ")[2])

    def wait_for_unsent(self, number: int) -> None:
        self.page.wait_for_function("n => document.querySelector('[data-phone-unsent]').textContent.endsWith(` ${n}`)", arg=number)

    def kept(self) -> dict[str, object]:
        """All that this phone keeps: rows by store, texts by address."""
        return self.page.evaluate(KEPT)

    def wait_for_runs(self, wanted: Callable[[list[dict[str, object]]], bool]) -> None:
        """Until the runs that it keeps, with their names, are as ``wanted``."""
        deadline = time.monotonic() + 10
        while not wanted(runs := self.kept().get("roll-names/runs", [])):
            assert time.monotonic() < deadline, [run["owner"] for run in runs]
            self.page.wait_for_timeout(100)

    def ledger(self) -> dict[str, object]:
        """What the portal says of the session that is on the page: its newest fact, and what stands of whom."""
        label = self.page.locator(".phone-sessions [aria-current]").get_attribute("href")
        told = self.page.request.get(f"{ROLL}/marks").json()
        return next(one for one in told["sessions"] if label == f"#session-{one['id']}")
