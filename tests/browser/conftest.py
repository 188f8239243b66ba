"""A real browser on a real portal: granian, SQLite, demo data, the worker; Chromium as the system has it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from portal import demo
from tests.databases import Database, free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROJECT = Path(__file__).resolve().parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"))), None)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
COMES_UP_WITHIN = 60


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser these tests say so and are skipped; in CI that is a failure."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None and not os.environ.get("CI"):
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


@contextmanager
def serving(base_url: str = "", prepare: Callable[[Database], None] | None = None) -> Iterator[str]:
    """A portal with demo data and a worker, as `make serve` starts it, on a database of its own; gives its address.

    Its links and codes lead to ``base_url``, if one is given, else to that address.
    ``prepare`` may change its database first. What went wrong inside fails at the end.
    """
    database, port = Database("sqlite"), free_port()
    environ = os.environ | {
        "PORTAL_ENV": "development",
        "PORTAL_DATABASE_URL": database.url,
        "PORTAL_DATA_DIR": str(database.folder),
        "PORTAL_BASE_URL": base_url or f"http://127.0.0.1:{port}",
        "PORT": str(port),
    }
    log = (database.folder / "log").open("w")
    process = subprocess.Popen([sys.executable, "-m", "portal.serving"], cwd=PROJECT, env=environ, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + COMES_UP_WITHIN
        while True:
            try:
                urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2).close()
                break
            except (URLError, ConnectionError, TimeoutError):
                assert process.poll() is None and time.monotonic() < deadline, (database.folder / "log").read_text()  # noqa: PT018
                time.sleep(0.2)
        if prepare:
            prepare(database)
        yield f"http://127.0.0.1:{port}"
        problems = [line for line in (database.folder / "log").read_text().splitlines() if "Traceback" in line or "request failed" in line]
        assert problems == [], (database.folder / "log").read_text()[-4000:]
    finally:
        process.terminate()
        process.wait(20)
        log.close()
        database.drop()


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of a running portal."""
    with serving() as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    assert CHROMIUM, "no Chromium on this machine"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Open a page as somebody: ``open_page("/ka/my", "learner", width=320)``. Complaints of the browser fail the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def start(path: str, who: str | None = None, *, width: int = 1280, height: int = 900, **options: object) -> Page:
        context = browser.new_context(base_url=site, viewport={"width": width, "height": height}, locale="ka-GE", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda request: complaints.append(f"asked {request.url}") if not request.url.startswith((site, "data:", "blob:")) else None,
        )
        if who:
            sign_in(page, who)
        page.goto(path)
        return page

    yield start
    for context in contexts:
        context.close()
    expected = tuple(f"status of {code}" for code in (403, 404, 410, 422, 429))
    assert [text for text in complaints if not any(words in text for words in expected)] == []


def sign_in(page: Page, who: str) -> None:
    """Through the form, as a person would."""
    page.goto("/ka/sign-in")
    page.fill("main input[type=email]", f"{who}@portal.example")
    page.fill("main input[type=password]", demo.PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url(lambda url: "/sign-in" not in url)
