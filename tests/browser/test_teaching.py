"""The numbers of today's session follow what others mark, while somebody looks at the page."""

from __future__ import annotations

import json


def reads(page, name, number):
    """Wait until the page has the number in this place."""
    for _ in range(100):
        if page.locator(f"[data-count={name}]").first.inner_text() == number:
            return True
        page.wait_for_timeout(50)
    return False


def test_the_numbers_follow_by_themselves_and_only_while_they_are_seen(open_page):
    page = open_page("/ka/sign-in", "trainer")
    asked = []

    def answer(route):
        asked.append(route.request.url)
        numbers = {"expected": 30, "present": len(asked), "absent": 2, "unmarked": 28 - len(asked), "disputed": 0}
        route.fulfill(body=json.dumps(numbers), content_type="application/json")

    page.route("**/counts", answer)
    page.clock.install()
    page.goto("/ka/teaching")
    page.clock.run_for(14_000)
    assert asked == []
    page.clock.run_for(2_000)
    assert reads(page, "present", "1")
    assert reads(page, "unmarked", "27")
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    page.clock.run_for(120_000)
    assert len(asked) == 1
    page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    assert reads(page, "present", "2")


def test_when_the_portal_is_away_the_numbers_stay_and_are_asked_for_again(open_page):
    page = open_page("/ka/sign-in", "trainer")
    asked = []

    def answer(route):
        asked.append(route.request.url)
        route.fulfill(status=404 if len(asked) > 1 else 200, body="{}" if len(asked) > 1 else "no numbers")

    page.route("**/counts", answer)
    page.clock.install()
    page.goto("/ka/teaching")
    before = page.locator("[data-count=unmarked]").first.inner_text()
    page.clock.run_for(16_000)
    page.wait_for_timeout(200)
    page.clock.run_for(16_000)
    assert len(asked) == 1  # an answer that cannot be read doubles the pause
    page.clock.run_for(16_000)
    page.wait_for_timeout(200)
    page.clock.run_for(200_000)
    assert len(asked) == 2  # no longer the trainer: nothing more is asked
    assert page.locator("[data-count=unmarked]").first.inner_text() == before
