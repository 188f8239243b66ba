"""A test is taken on a narrow screen by keyboard alone: begun, saved, gone on with, handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

NARROW = 320
MOST_TABS = 120


def tab_to(page: Page, css: str) -> None:
    """Press Tab until the focus is on what matches; it is in sight then."""
    for _step in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("css => document.activeElement.matches(css)", css):
            break
    expect(page.locator(":focus")).to_be_in_viewport()
    assert page.evaluate("css => document.activeElement.matches(css)", css), f"Tab never comes to {css}"


def test_a_test_is_taken_by_keyboard_on_a_narrow_screen(open_page: Callable[..., Page]):
    page = open_page("/ka/runs/DEMO-DONE/enrolment", "learner", width=NARROW, height=640)
    tab_to(page, "a[href$='/test/post']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/test/post")
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/test/post/2")
    tab_to(page, "input[inputmode=decimal]")
    page.keyboard.type("72")
    tab_to(page, "input[type=radio]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    tab_to(page, "input[type=checkbox]")
    page.keyboard.press("Space")
    tab_to(page, "button[value=save]")
    page.keyboard.press("Enter")
    expect(page.locator(".flash")).to_be_visible()
    expect(page.locator("input[inputmode=decimal]").first).to_have_value("72")
    expect(page.locator("input[type=radio]").first).to_be_checked()
    expect(page.locator("input[type=checkbox]").first).to_be_checked()
    tab_to(page, "textarea")
    page.keyboard.type("ასლები აღარ არის საჭირო")
    tab_to(page, "button[value=hand_in]")
    page.keyboard.press("Enter")
    expect(page.locator(".summary")).to_be_focused()  # some questions have no answer
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW
    tab_to(page, "input[name=sure]")
    page.keyboard.press("Space")
    tab_to(page, "button[value=hand_in]")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict h1")).to_have_text("შეფასებას ელოდება")
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW
