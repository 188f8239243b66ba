"""The signed sheet is typed in by keyboard alone: one key for each row, the eyes on the paper."""

from __future__ import annotations

import re

import pytest

KEYS_A_SECOND = 5
FOCUSED = "document.activeElement.closest('[role=radiogroup]')?.id ?? document.activeElement.type"
MARKS = "[...document.querySelectorAll('.roll-person[role=radiogroup]')].map(row => row.querySelector('input[type=radio]:checked')?.value ?? '')"


class Keyboard:
    """Presses keys and counts them."""

    def __init__(self, page) -> None:
        self.page = page
        self.presses = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.presses += 1


@pytest.fixture
def open_paper(open_page):
    """The entry of the sheet of the run under way, as the trainer finds the way there."""

    def start(**options):
        page = open_page("/ka/teaching", "trainer", **options)
        page.locator(".run", has_text="DEMO-NOW").first.locator(".run-title a").click()
        page.wait_for_url("**/teaching/sessions/*")
        page.locator("a[href$='/from-paper']").click()
        page.wait_for_url("**/from-paper")
        return page

    return start


def to_the_first_row(page):
    """Where the focus begins while nobody is marked; the tests share one run, so others may have marked people."""
    page.locator(".roll-person input[type=radio]").first.focus()


def save_by(page, act):
    with page.expect_navigation():
        act()
    assert page.locator(".flash.tone-good").count() == 1


def test_the_focus_begins_where_nobody_is_marked_yet_and_says_who_is_next(open_paper):
    page = open_paper()
    unmarked = [index for index, mark in enumerate(page.evaluate(MARKS)) if not mark]
    if not unmarked:
        pytest.skip("everybody is marked")
    rows = page.locator(".roll-person[role=radiogroup]")
    assert page.evaluate(FOCUSED) == rows.nth(unmarked[0]).get_attribute("id")
    assert rows.nth(unmarked[0]).locator(".roll-who").inner_text() in page.locator("[role=status][data-paper-next]").inner_text()


def test_thirty_rows_take_one_key_each_and_one_to_save_in_well_under_a_minute(open_paper):
    page = open_paper()
    wanted = ["absent" if number in {4, 17, 29} else "present" for number in range(30)]
    to_the_first_row(page)
    keyboard = Keyboard(page)
    for number, mark in enumerate(wanted):
        keyboard.press("2" if mark == "absent" else ("Enter", "1")[number % 2])
    assert page.evaluate(FOCUSED) == "submit"
    save_by(page, lambda: keyboard.press("Enter"))
    assert page.evaluate(MARKS) == wanted
    assert keyboard.presses == 31
    assert keyboard.presses / KEYS_A_SECOND < 10
    page.goto(page.url.replace("/from-paper", ""))
    assert page.evaluate(MARKS) == wanted


def test_when_nobody_is_unmarked_the_focus_is_in_the_first_row_and_a_key_works_at_once(open_paper):
    page = open_paper()
    for label in page.locator(".segment-present").all():
        label.click()
    save_by(page, page.locator(".bar button").click)
    assert "" not in page.evaluate(MARKS)
    rows = page.locator(".roll-person[role=radiogroup]")
    assert page.evaluate(FOCUSED) == rows.first.get_attribute("id")
    assert rows.first.locator(".roll-who").inner_text() in page.locator("[data-paper-next]").inner_text()
    page.keyboard.press("2")
    assert page.evaluate(MARKS)[:2] == ["absent", "present"]
    assert page.evaluate(FOCUSED) == rows.nth(1).get_attribute("id")


def test_keys_are_taken_as_fast_as_a_clerk_types(open_paper):
    page = open_paper()
    to_the_first_row(page)
    took = page.evaluate(
        """() => { const started = performance.now();
            const key = { key: '1', bubbles: true, cancelable: true };
            for (let row = 0; row < 30; row++) document.activeElement.dispatchEvent(new KeyboardEvent('keydown', key));
            return performance.now() - started; }"""
    )
    assert set(page.evaluate(MARKS)) == {"present"}
    assert took / 30 < 100


def test_late_takes_its_minutes_and_goes_on_and_back_corrects(open_paper):
    page = open_paper()
    to_the_first_row(page)
    rows = [row.get_attribute("id") for row in page.locator(".roll-person[role=radiogroup]").all()]
    keyboard = Keyboard(page)
    keyboard.press("1", "3", "1", "2", "Enter")
    assert page.evaluate(MARKS)[:2] == ["present", "other"]
    assert page.locator(f"#{rows[1]} input[type=text]").input_value() == "12"
    assert page.evaluate(FOCUSED) == rows[2]
    keyboard.press("Backspace", "ArrowUp")
    assert page.evaluate(FOCUSED) == rows[0]
    keyboard.press("2")
    assert page.evaluate(MARKS)[0] == "absent"
    keyboard.press("3", "Control+A", "Backspace", "Backspace")
    assert page.evaluate(FOCUSED) == rows[1]
    keyboard.press("1")
    assert page.evaluate(FOCUSED) == rows[2]
    keyboard.press("ArrowDown", "ArrowUp", "ArrowUp")
    assert page.evaluate(MARKS)[:2] == ["absent", "present"]
    assert page.evaluate(FOCUSED) == rows[1]


def test_what_was_marked_and_who_is_next_is_told_in_a_live_region(open_paper):
    page = open_paper()
    to_the_first_row(page)
    names = page.locator(".roll-person[role=radiogroup] .roll-who").all_inner_texts()
    status = page.locator("[role=status][data-paper-next]")
    page.keyboard.press("2")
    assert status.inner_text() == f"1. {names[0]}: არ დაესწრო. შემდეგი: 2. {names[1]}"
    for _row in names[1:]:
        page.keyboard.press("1")
    assert status.inner_text().endswith("ყველა სტრიქონი გავლილია: შეინახეთ.")


def test_a_key_held_down_marks_one_row(open_paper):
    page = open_paper()
    to_the_first_row(page)
    before = page.evaluate(MARKS)
    for _repeat in range(5):
        page.keyboard.down("2")
    page.keyboard.up("2")
    assert page.evaluate(MARKS) == ["absent", *before[1:]]


def test_each_row_says_its_number_and_name_to_a_screen_reader(open_paper):
    page = open_paper()
    name = page.locator(".roll-who").first.inner_text()
    assert page.get_by_role("radiogroup", name=f"1 {name}", exact=True).count() == 1
    row = page.get_by_role("radiogroup").first
    for words in ("^დაესწრო$", "^არა ?, არ დაესწრო$", "^დააგვიანა$"):
        assert row.get_by_role("radio", name=re.compile(words)).count() == 1, words


def test_without_javascript_tab_space_and_arrows_mark_and_enter_saves(open_paper):
    page = open_paper(java_script_enabled=False)
    to_the_first_row(page)
    keyboard = Keyboard(page)
    keyboard.press("Space", "Tab")
    for _press in range(4):  # past the minutes, where they are shown
        if page.evaluate("document.activeElement.type") == "radio":
            break
        keyboard.press("Tab")
    keyboard.press("Space", "ArrowRight")
    save_by(page, lambda: keyboard.press("Enter"))
    assert page.evaluate(MARKS)[0] == "present"


@pytest.mark.parametrize("language", ["ka", "en"])
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_scrolls_sideways_and_a_thumb_hits(open_paper, width, language):
    page = open_paper(width=width, height=700)
    page.goto(page.url.replace("/ka/", f"/{language}/"))
    page.locator(".segment-more").first.click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    sizes = page.locator(".segments label").evaluate_all("all => all.map(e => [e.offsetWidth, e.offsetHeight])")
    assert min(min(size) for size in sizes) >= 44
    page.locator(".segment-present").nth(1).click()
    assert page.evaluate(MARKS)[1] == "present"
    assert re.fullmatch(r"[0-9]+", page.locator("[data-paper-unmarked]").inner_text())
