"""Tracks in the hands of staff: steps are built, moved and taken away without a script, and what they were stays in the history."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from portal import qualifications
from portal.foundation.database import db
from portal.foundation.history import HistoryRow
from portal.foundation.transaction import commit
from portal.qualifications import Group, HoursDemand, StepValues, TrackValues
from portal.qualifications.models import Track, TrackStep
from tests.statements import counting
from tests.web.test_qualification_pages import press, value_of

PATH = "/staff/tracks"


@pytest.fixture
def staff(page, cast):
    page.language = "en"
    return page.sign_in(cast.staff)


def step(number, requirement=None):
    return StepValues(title_ka=f"ნაბიჯი {number}", title_en=f"Part {number}", requirement=requirement or HoursDemand(Decimal(number)))


def values(*steps, **changes):
    return TrackValues(
        **{"name_ka": "ახლად არჩეულები", "name_en": "Induction", "categories": ("sakrebulo_member",), "steps": steps} | changes
    )


@pytest.fixture
def induction(app):
    return qualifications.create_track(values(step(1), step(2), step(3)), by=None)


def titles(row):
    return [one.title_en for one in qualifications.steps_of([row.id]).get(row.id, [])]


def test_a_track_is_made_step_by_step(staff):
    staff.get(f"{PATH}/new")
    press(staff, "steps-0:hours")
    first = {"steps-0-title_ka": "პირველი", "steps-0-title_en": "First", "steps-0-within_days": "90", "steps-0-rows-0-hours": "8"}
    press(staff, "steps:step", **first)
    press(staff, "steps-1:hours")
    second = {"steps-1-title_ka": "მეორე", "steps-1-title_en": "Second", "steps-1-rows-0-hours": "16"}
    about = {"name_ka": "ახლად არჩეულები", "name_en": "Induction", "categories": ["sakrebulo_member"], "begun_from": "25.10.2025"}
    page = press(staff, "save", **second, **about)
    assert page.status == 303
    row = db.session.scalars(sa.select(Track)).one()
    assert (row.slug, row.categories, row.begun_from) == ("induction", ["sakrebulo_member"], date(2025, 10, 25))
    steps = qualifications.steps_of([row.id])[row.id]
    assert [(one.title_en, one.within_days, one.requirement["hours"]) for one in steps] == [("First", 90, "8"), ("Second", None, "16")]
    shown = staff.follow()
    assert "from: 25 October 2025" in shown.text
    assert "Within 90 days of beginning the post" in shown.text
    assert "16 hours of training in any topic" in shown.text


def test_steps_are_moved_and_taken_away_and_nothing_is_deleted(staff, induction):
    staff.get(f"{PATH}/induction/edit")
    press(staff, "steps-2:up")
    page = press(staff, "steps-0:remove")
    assert [value_of(page, f"steps-{number}-title_en") for number in (0, 1)] == ["Part 3", "Part 2"]
    assert press(staff, "save").status == 303
    assert titles(induction) == ["Part 3", "Part 2"]
    assert db.session.scalar(sa.select(sa.func.count(TrackStep.id))) == 3
    (change,) = db.session.scalars(sa.select(HistoryRow.change).where(HistoryRow.action == "track:change"))
    before, after = change["steps"]
    assert [one["title_en"] for one in before] == ["Part 1", "Part 2", "Part 3"]
    assert [one["title_en"] for one in after] == ["Part 3", "Part 2"]
    assert "Part 3" in staff.get("/staff/history").text


def test_a_step_that_was_taken_away_leaves_its_place_to_another(app, induction):
    qualifications.change_track(induction, values(step(1)), by=None)
    assert titles(induction) == ["Part 1"]
    qualifications.change_track(induction, values(step(1), step(7)), by=None)
    assert titles(induction) == ["Part 1", "Part 7"]


def test_a_track_saved_as_it_was_leaves_no_trace(staff, induction):
    staff.get(f"{PATH}/induction/edit")
    assert press(staff, "save").status == 303
    commit()
    assert db.session.scalars(sa.select(HistoryRow.action).where(HistoryRow.action.startswith("track:"))).all() == ["track:create"]


def test_a_step_deeper_than_the_form_is_shown_and_kept(staff, app):
    deep = Group(1, (Group(2, (HoursDemand(Decimal(5)), HoursDemand(Decimal(6)))), HoursDemand(Decimal(7))))
    row = qualifications.create_track(values(step(1, deep)), by=None)
    page = staff.get(f"{PATH}/induction/edit")
    assert "5 hours of training in any topic" in page.text
    press(staff, "save", **{"steps-0-title_en": "Other"})
    (kept,) = qualifications.steps_of([row.id])[row.id]
    assert (kept.title_en, qualifications.read_document(kept.requirement)) == ("Other", deep)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"steps-0-title_en": ""}, "“Title in English” is required."),
        ({"categories": []}, "“Posts that it is for” is required."),
        ({"begun_from": "25.10.2025", "begun_until": "24.10.2025"}, "The period ends before it begins."),
        ({"steps-0-within_days": "0"}, "must be a whole number"),
        ({"steps-0-rows-0-hours": ""}, "“Hours” is required."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(staff, induction, typed, words):
    staff.get(f"{PATH}/induction/edit")
    page = press(staff, "save", **{"name_en": "Renamed"} | typed)
    assert page.status == 422
    assert words in " ".join(page.texts(".summary li"))
    assert value_of(page, "name_en") == "Renamed"
    assert value_of(page, "steps-2-title_en") == "Part 3"
    assert titles(induction) == ["Part 1", "Part 2", "Part 3"]


def test_a_track_without_steps_is_refused(staff, induction):
    staff.get(f"{PATH}/induction/edit")
    for _step in range(3):
        press(staff, "steps-0:remove")
    page = press(staff, "save")
    assert page.status == 422
    assert "A track has at least one step." in page.text


def test_a_track_is_archived_and_brought_back(staff, induction):
    staff.get(f"{PATH}/induction")
    staff.submit("/archive")
    assert "Induction" not in staff.get(PATH).text
    assert "Induction" in staff.get(f"{PATH}?archived=1").text
    staff.get(f"{PATH}/induction")
    staff.submit("/archive")
    assert "Induction" in staff.get(PATH).text


def test_the_list_takes_two_statements_of_its_own(staff, induction):
    with counting() as few:
        staff.get(PATH)
    for number in range(4):
        qualifications.create_track(values(step(1), name_en=f"Other {number}"), by=None)
    with counting() as many:
        page = staff.get(PATH)
    assert len(page.all("tbody tr")) == 5
    assert len(many) == len(few)
