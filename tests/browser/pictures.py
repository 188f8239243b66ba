"""``python -m tests.browser.pictures``: the pictures of the README, made by the portal itself with its demo data."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM, QUIET, serving, sign_in

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"


def main() -> None:
    """Write the pictures into docs/pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with serving("http://training.example") as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_context(base_url=site, viewport={"width": 1200, "height": 900}, locale="ka-GE").new_page()
        page.goto("/ka/courses")
        page.screenshot(path=PICTURES / "catalogue.png")
        sign_in(page, "learner")
        page.goto("/ka/my")
        pdf = page.request.get(page.locator("a[href*='/my/certificates/']").first.get_attribute("href")).body()
        pypdfium2.PdfDocument(pdf)[0].render(scale=1.4).to_pil().quantize(64).save(PICTURES / "certificate.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
