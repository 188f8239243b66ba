"""Goals in the hands of staff: set, changed and ended; shares of single municipalities."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from portal import qualifications
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import RefusedError
from portal.foundation.history import HistoryRow
from portal.foundation.transaction import commit
from portal.qualifications import GoalValues, QualificationValues
from portal.qualifications.models import Goal
from tests import factories

PATH = "/staff/goals"


@pytest.fixture
def staff(page, cast):
    page.language = "en"
    return page.sign_in(cast.staff)


@pytest.fixture
def ethics(app):
    return qualifications.create_qualification(QualificationValues(name_ka="ეთიკა", name_en="Ethics"), by=None)


def values(percent=70, **changes):
    return GoalValues(**{"percent": percent, "starts_on": date(2026, 1, 1), "due_on": date(2027, 1, 1), "shares": {}} | changes)


def of_telavi():
    return f"share-{factories.municipality('telavi').id}"


def shares(goal):
    return qualifications.shares_of([goal.id]).get(goal.id, {})


def changes():
    commit()
    return db.session.scalars(sa.select(HistoryRow.change).where(HistoryRow.action == "goal:change").order_by(HistoryRow.id)).all()


def test_a_goal_is_set_with_a_share_of_its_own_for_a_municipality(staff, ethics):
    staff.get(f"{PATH}/new")
    typed = {"qualification_id": str(ethics.id), "percent": "70", "starts_on": "01.01.2026", "due_on": "01.01.2027", of_telavi(): "40"}
    assert staff.submit(**typed).status == 303
    goal = db.session.scalars(sa.select(Goal)).one()
    assert (goal.percent, goal.starts_on, goal.due_on) == (70, date(2026, 1, 1), date(2027, 1, 1))
    assert list(shares(goal).values()) == [40]
    (row,) = staff.get(PATH).texts("tbody tr")
    assert "Ethics" in row
    assert "70" in row


def test_the_same_goal_sent_twice_is_set_once(ethics):
    first, second = (qualifications.set_goal(ethics.id, values(), by=None) for _click in range(2))
    assert first is second
    other = qualifications.set_goal(ethics.id, values(80), by=None)
    assert other.id != first.id


def test_a_goal_is_changed_and_a_share_left_empty_is_the_country_s(staff, ethics):
    telavi = factories.municipality("telavi").id
    goal = qualifications.set_goal(ethics.id, values(shares={telavi: 40}), by=None)
    page = staff.get(f"{PATH}/{goal.id}/edit")
    assert page.form().fields[of_telavi()] == "40"
    assert page.all(f"details[open] [name={of_telavi()}]")
    assert staff.submit(percent="75", **{of_telavi(): ""}).status == 303
    assert [one["percent"] for one in changes()] == [[70, 75]]
    assert changes()[-1]["shares"] == [[{"municipality_id": telavi, "percent": 40}], []]
    page = staff.get(f"{PATH}/{goal.id}/edit")
    assert page.form().fields[of_telavi()] == ""
    assert staff.submit(percent="80").status == 303
    assert set(shares(db.session.get_one(Goal, goal.id)).values()) == {80}
    assert "shares" not in changes()[-1]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"percent": "101"}, "“Percent” must be a whole number from 1 to 100."),
        ({"due_on": "01.01.2026"}, "The goal falls due before it begins."),
        ({"qualification_id": ""}, "“Qualification” is required."),
        ({"due_on": ""}, "“To be reached by” is required."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(staff, ethics, typed, words):
    staff.get(f"{PATH}/new")
    sound = {"qualification_id": str(ethics.id), "percent": "70", "starts_on": "01.01.2026", "due_on": "01.01.2027", of_telavi(): "33"}
    page = staff.submit(**sound | typed)
    assert page.status == 422
    assert words in " ".join(page.texts(".summary li"))
    assert page.form().fields[of_telavi()] == "33"
    assert db.session.scalars(sa.select(Goal)).all() == []


def test_a_wrong_share_is_told_at_its_municipality(staff, ethics):
    staff.get(f"{PATH}/new")
    page = staff.submit(
        qualification_id=str(ethics.id), percent="70", starts_on="01.01.2026", due_on="01.01.2027", **{of_telavi(): "a half"}
    )
    assert page.texts(".summary li") == ["“Telavi, percent” must be a whole number from 1 to 100."]
    assert page.all(f"details[open] [name={of_telavi()}]")


def test_a_goal_ends_with_the_reason_and_stays(staff, ethics):
    goal = qualifications.set_goal(ethics.id, values(), by=None)
    staff.get(f"{PATH}/{goal.id}/end")
    assert staff.submit().status == 422
    assert staff.submit(reason="replaced by another").status == 303
    ended = db.session.scalars(sa.select(Goal)).one()
    assert (ended.ended_on, ended.words) == (clock.today(), "replaced by another")
    assert "Ethics" not in staff.get(PATH).text
    assert "Ethics" in staff.get(f"{PATH}?ended=1").text
    staff.get(f"{PATH}/{goal.id}/edit")
    page = staff.submit(percent="10")
    assert page.status == 422
    assert "This goal has ended." in page.text


def test_an_ended_goal_is_neither_changed_nor_ended_again(ethics):
    goal = qualifications.set_goal(ethics.id, values(), by=None)
    qualifications.end_goal(goal, "done", by=None)
    for again in (lambda: qualifications.change_goal(goal, values(), by=None), lambda: qualifications.end_goal(goal, "x", by=None)):
        with pytest.raises(RefusedError, match="ended"):
            again()


@pytest.mark.parametrize("number", ["0", "99999999", "9" * 40, "x", "²"])
def test_a_goal_that_there_is_not_is_not_found(staff, number):
    assert staff.get(f"{PATH}/{number}/edit").status == 404
    assert staff.get(f"{PATH}/{number}/end").status == 404
