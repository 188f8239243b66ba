"""The roll call under a thumb, on a phone of 360 px: with JavaScript and without."""

from __future__ import annotations

import pytest

PRESENT = ".segments:has(input[value=present]:checked)"
PHONE = {"width": 360, "height": 780, "has_touch": True, "is_mobile": True}


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def roll(request, open_page):
    """The roll call of the run under way, opened from the trainer's list."""
    page = open_page("/ka/teaching", "trainer", **PHONE, java_script_enabled=request.param)
    page.locator(".run", has_text="DEMO-NOW").first.locator(".run-title a").tap()
    page.wait_for_url("**/teaching/sessions/*")
    return page


def save(page):
    with page.expect_navigation():
        page.locator(".bar .button").tap()
    return page.locator(".flash.tone-good")


def test_everyone_present_but_one_takes_five_taps_at_most(roll):
    roll.locator("[data-roll-everyone]").tap()
    roll.wait_for_function("document.querySelectorAll('.segments input:checked').length === 30")
    present = roll.locator(PRESENT).count()
    roll.locator(f"{PRESENT} .segment-absent").first.tap()
    assert save(roll).count() == 1
    assert roll.locator("[data-roll-present]").inner_text() == str(present - 1)
    assert roll.locator("[data-roll-unmarked]").inner_text() == "0"


def test_thirty_people_take_thirty_one_taps_and_each_target_is_large_enough(roll):
    segments = roll.locator(".segments label").evaluate_all("all => all.map(e => [e.offsetWidth, e.offsetHeight])")
    assert min(min(size) for size in segments) >= 44
    for index in range(30):
        roll.locator(".segment-absent" if index % 2 else ".segment-present").nth(index).tap()
    assert save(roll).count() == 1
    assert roll.locator("[data-roll-present]").inner_text() == "15"


def test_the_counters_follow_the_thumb(open_page):
    page = open_page("/ka/teaching", "trainer", **PHONE)
    page.locator(".run", has_text="DEMO-NOW").first.locator(".run-title a").tap()
    page.locator("[data-roll-everyone]").tap()
    present = page.locator(PRESENT).count()
    page.locator(f"{PRESENT} .segment-absent").first.tap()
    assert page.locator("[data-roll-present]").inner_text() == str(present - 1)
    assert page.locator("[data-roll-unsent]").is_visible()


def test_nothing_scrolls_sideways_at_320_pixels(open_page):
    page = open_page("/ka/teaching", "trainer", width=320, height=640)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator(".run", has_text="DEMO-NOW").first.locator(".run-title a").click()
    page.wait_for_url("**/teaching/sessions/*")
    page.locator(".segment-more").first.click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("way", ["", "/from-paper"], ids=["roll call", "entry from paper"])
def test_whoever_leaves_with_unsaved_marks_is_asked_and_whoever_saves_is_not(open_page, way):
    page = open_page("/ka/teaching", "trainer")
    address = page.locator(".run", has_text="DEMO-NOW").first.locator(".run-title a").get_attribute("href") + way
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(address)
    page.goto("/ka/teaching")
    assert asked == []
    page.goto(address)
    page.locator(".segment-absent").first.click()
    page.goto("/ka/teaching")
    assert asked == ["beforeunload"]
    page.goto(address)
    page.locator(".segment-absent").first.click()
    page.locator(".segment-present").first.click()
    assert save_with(page).count() == 1
    assert asked == ["beforeunload"]


def save_with(page):
    with page.expect_navigation():
        page.locator(".bar button[type=submit]").click()
    return page.locator(".flash.tone-good")
