"""The preview of a design follows what is typed; without the script a button shows it."""

from __future__ import annotations

from playwright.sync_api import expect

ALL = "/en/staff/certificates/designs/all"
PICTURE = "[data-design-picture]"
NO_SCRIPT = {"java_script_enabled": False}


def test_the_picture_follows_what_is_typed_and_the_last_wins(open_page):
    page = open_page(ALL, "staff")
    assert page.locator(PICTURE).evaluate("picture => picture.complete && picture.naturalWidth > 1000")
    page.locator("#note_ka").fill("ბარათი")
    page.locator("#note_en").press_sequentially("a card", delay=5)
    page.wait_for_selector(f"{PICTURE}[src^='data:image/png']:not([aria-busy])")
    with_note = page.locator(PICTURE).get_attribute("src")
    page.locator("#brand").fill("#7a0000")
    expect(page.locator(PICTURE)).not_to_have_attribute("src", with_note)
    page.locator("#note_en").fill("{{ nobody }}")
    expect(page.locator("[data-design-problems]")).to_contain_text("{{ nobody }}")
    page.locator("#note_en").fill("{{ name }}")
    expect(page.locator("[data-design-problems]")).to_be_empty()


def test_without_the_script_a_button_shows_the_preview_and_keeps_what_was_typed(open_page):
    page = open_page(ALL, "staff", width=320, **NO_SCRIPT)
    page.locator("#note_ka").fill("ბარათი")
    page.locator("#note_en").fill("a card")
    page.locator("button[value=preview]").click()
    assert page.locator(PICTURE).get_attribute("src").startswith("data:image/png")
    assert page.locator("#note_ka").input_value() == "ბარათი"
