"""The wall in a real browser: a camera reads it, it changes by itself, with scripts and without, and what is too old does not stay on it."""

from __future__ import annotations

import io
import re
import sqlite3
from contextlib import closing

import pytest
import zxingcpp
from PIL import Image

from tests.browser.conftest import serving, sign_in

STEP = 20_000
OPEN_NOW = """UPDATE course_session
    SET starts_at = strftime('%Y-%m-%d %H:%M:%S.000000', 'now', '-5 minutes'), ends_at = strftime('%Y-%m-%d %H:%M:%S.000000', 'now', '+6 hours')
    WHERE id = (SELECT max(id) FROM course_session WHERE run_id = (SELECT id FROM course_run WHERE code = 'DEMO-NOW'))"""


@pytest.fixture(scope="module")
def site():
    """A portal of its own, in which a day of the run under way has just begun, at whatever hour these tests run."""

    def begin(database):
        with closing(sqlite3.connect(database.folder / "portal.sqlite3", timeout=10)) as connection, connection:
            connection.execute(OPEN_NOW)

    with serving(prepare=begin) as address:
        yield address


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def wall(request, open_page):
    """The wall of the day that has just begun."""
    return opened(open_page, java_script_enabled=request.param)


def opened(open_page, **options):
    return to_the_wall(open_page("/ka/teaching", "trainer", **options))


def to_the_wall(page):
    days = page.locator(".run", has_text="DEMO-NOW").locator(".run-title a")
    last = max((link.get_attribute("href") for link in days.all()), key=lambda href: int(href.rpartition("/")[2]))
    page.goto(f"{last}/check-in")
    return page


def read_by_camera(page) -> str:
    """What a camera before the screen reads."""
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot())))
    return code.text


def test_a_camera_reads_the_address_of_this_portal_from_the_wall(wall, site):
    assert re.fullmatch(rf"{re.escape(site)}/check-in/[0-9]+-[0-9a-f]{{20}}", read_by_camera(wall))


def test_the_wall_changes_by_itself(wall):
    before, digits = read_by_camera(wall), wall.locator(".wall-digits").inner_text()
    wall.locator(".wall-digits", has_not_text=digits).wait_for(timeout=STEP + 5_000)
    assert read_by_camera(wall) != before


def test_the_code_of_the_wall_opens_the_check_in_to_those_who_have_a_place(wall, open_page, site):
    phone = open_page("/ka/", "learner", width=360, height=780)
    answer = phone.goto(read_by_camera(wall).removeprefix(site))
    assert phone.locator("main form").count() == {200: 1, 403: 0}[answer.status]


def test_without_a_network_an_old_code_leaves_the_wall_and_comes_back_with_it(browser, site):
    context = browser.new_context(base_url=site)
    page = context.new_page()
    sign_in(page, "trainer")
    page.goto("/ka/teaching")
    to_the_wall(page)
    context.set_offline(True)
    page.locator("[data-wall-lost]").wait_for(state="visible", timeout=STEP + 8_000)
    assert page.locator("svg.qr").is_hidden()
    context.set_offline(False)
    page.locator("svg.qr").wait_for(state="visible", timeout=10_000)
    assert page.locator("[data-wall-lost]").is_hidden()
    context.close()
