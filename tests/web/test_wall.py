"""The wall: the code that those who are in the room check in with."""

from __future__ import annotations

import re

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from portal.foundation.transaction import commit
from tests.attendance.hall import Hall
from tests.page_client import PageClient
from tests.web.walls import At, code_of, link

BASE = "https://portal.test"


@pytest.fixture
def hall(cast):
    made = Hall(cast)
    commit()
    return made


@pytest.fixture
def trainer(app, cast):
    return PageClient(app).sign_in(cast.trainer)


@pytest.fixture
def learner(page, hall):
    """The first of the hall, at their phone."""
    return page.sign_in(hall.people[0])


@pytest.fixture
def at(hall):
    return At(hall)


def picture_of(svg):
    """The picture of a QR on a page, drawn with eight dots a module."""
    size = int((svg.get("viewbox") or svg.get("viewBox")).split()[2])
    picture = Image.new("L", (size * 8, size * 8), 255)
    brush = ImageDraw.Draw(picture)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1", svg.cssselect("path")[1].get("d")):
        left, top = (int(x) + 4) * 8, (int(y) + 4) * 8
        brush.rectangle((left, top, left + int(length) * 8 - 1, top + 7), fill=0)
    return picture


def scanned_from(page):
    (code,) = zxingcpp.read_barcodes(picture_of(page.all("svg.qr")[0]))
    return code.text


def test_the_qr_on_the_wall_leads_to_the_configured_address_of_this_portal(trainer, hall, at):
    with at(5):
        shown = trainer.get(f"{hall.path}/check-in")
        assert scanned_from(shown) == f"{BASE}{link(hall)}"
        assert shown.texts(".wall-digits") == [f"{code_of(hall).digits[:3]} {code_of(hall).digits[3:]}"]
        assert "portal.test/check-in" in shown.text


def test_the_wall_changes_every_twenty_seconds_by_the_clock_of_the_portal(trainer, hall, at):
    codes = []
    for seconds in (0, 19.9, 20, 21, 40):
        with at(5, seconds):
            codes.append(scanned_from(trainer.get(f"{hall.path}/check-in")))
    assert codes[0] == codes[1] != codes[2] == codes[3] != codes[4]


def test_the_wall_comes_again_by_itself_without_scripts_and_tells_scripts_when(trainer, hall, at):
    with at(5, 7.5):
        shown = trainer.get(f"{hall.path}/check-in")
    source = shown.response.get_data(as_text=True)
    assert '<noscript><meta http-equiv="refresh" content="13"></noscript>' in source
    assert shown.all("[data-wall]")[0].get("data-wall") == "12.5"
    assert shown.response.headers["Cache-Control"] == "no-store"


def test_the_wall_says_how_many_have_checked_in_and_never_who(trainer, learner, hall, at):
    with at(5):
        assert "კოდით მოინიშნა: 0 / 3" in trainer.get(f"{hall.path}/check-in").text
        learner.get(link(hall))
        learner.submit()
        shown = trainer.get(f"{hall.path}/check-in")
    assert "კოდით მოინიშნა: 1 / 3" in shown.text
    assert not any(person.family_name_ka in shown.text for person in hall.people)


def test_before_check_in_opens_the_wall_shows_no_code_but_when_it_opens_and_then_the_code_by_itself(trainer, hall, at):
    with at(-31):
        shown = trainer.get(f"{hall.path}/check-in")
        digits = code_of(hall).digits
    assert shown.all("svg.qr") == shown.all(".wall-digits") == []
    assert digits[:3] not in shown.text.split()
    assert "09:30" in shown.texts(".wall-early")[0]
    assert float(shown.all("[data-wall]")[0].get("data-wall")) > 0
    with at(-30):
        shown = trainer.get(f"{hall.path}/check-in")
    assert len(shown.all("svg.qr")) == 1
    assert shown.all(".wall-early") == []


def test_after_the_end_the_wall_shows_no_code(trainer, hall, at):
    with at(480):
        shown = trainer.get(f"{hall.path}/check-in")
    assert shown.all("svg.qr") == []
    assert "refresh" not in shown.response.get_data(as_text=True)
    assert shown.all("[data-wall]")[0].get("data-wall") == ""


def test_only_those_who_teach_the_run_and_staff_see_its_wall(app, hall, cast, at):
    path = f"{hall.path}/check-in"
    with at(5):
        for who, status in ((cast.staff, 200), (cast.other_trainer, 404), (cast.learner, 403), (hall.people[0], 403)):
            assert PageClient(app).sign_in(who).get(path).status == status
            assert PageClient(app).sign_in(who).get(f"{hall.path}/head-count").status == status
        assert PageClient(app).get(path).status == 303


def test_the_roll_call_leads_to_the_wall(trainer, hall):
    trainer.get(hall.path)
    assert trainer.page.all(f"a[href$='{hall.path}/check-in']")
