"""Somebody came who is not on the list."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.enrolment.models import Enrolment
from portal.foundation.database import db
from portal.people.models import Person, Post
from tests import factories
from tests.attendance.hall import Hall, many
from tests.statements import counting


@pytest.fixture
def hall(cast):
    return Hall(cast)


@pytest.fixture
def trainer(page, cast):
    return page.sign_in(cast.trainer)


NEW = {"family_name": "კვარაცხელია", "given_name": "ხვიჩა", "municipality": "kutaisi", "category": "other", "title": "სპეციალისტი"}


@pytest.mark.parametrize("text", ["ლომ", "lomidze", "ლომიძე და", "Davit Lom"])
def test_a_person_is_found_by_name_and_only_name_and_municipality_are_shown(trainer, cast, hall, text):
    shown = trainer.get(f"{hall.path}/walk-in?q={text}")
    assert shown.texts(".roll-who") == ["ლომიძე დავით"]
    assert shown.texts(".roll-who + span") == ["ქუთაისი"]
    assert "davit@portal.test" not in shown.response.get_data(as_text=True)


@pytest.mark.parametrize("text", ["", "ლ", "ლო", "%", "___", "davit@portal.test", "   ", "x" * 5000])
def test_there_is_no_leafing_through_everyone(trainer, hall, text):
    assert trainer.get(f"{hall.path}/walk-in", query_string={"q": text}).texts(".roll-who") == []


def test_at_most_ten_are_shown(trainer, cast, hall):
    for given, family in many(15):
        factories.person_with_account(given, family)
    assert len(trainer.get(f"{hall.path}/walk-in?q=აბა").texts(".roll-who")) == 10


def test_who_is_found_gets_a_place_and_stands_on_the_roll(trainer, cast, hall):
    trainer.get(f"{hall.path}/walk-in?q=ლომიძე")
    assert trainer.submit().status == 303
    shown = trainer.follow()
    assert "ლომიძე დავით" in shown.texts(".roll-who")
    assert "ლომიძე დავით" in shown.texts(".flash")[0]


def test_who_is_on_the_list_cannot_be_added_again(trainer, hall):
    shown = trainer.get(f"{hall.path}/walk-in?q=აბულაძე")
    assert shown.all("main form[method=post]") == []
    assert shown.texts(".tag")


def test_a_full_run_says_what_to_do(trainer, cast):
    hall = Hall(cast, capacity=3)
    trainer.get(f"{hall.path}/walk-in?q=ლომიძე")
    answer = trainer.submit()
    assert answer.status == 422
    assert answer.all(".verdict")
    assert answer.texts(".roll-who") == ["ლომიძე დავით"]


def test_a_new_person_is_added_with_few_fields(trainer, hall):
    trainer.get(f"{hall.path}/walk-in/new")
    assert trainer.submit(**NEW).status == 303
    assert "კვარაცხელია ხვიჩა" in trainer.follow().texts(".roll-who")
    added = db.session.scalars(sa.select(Person).where(Person.family_name_ka == "კვარაცხელია")).one()
    assert (added.name_latin, added.email) == ("Khvicha Kvaratskhelia", None)
    enrolment = db.session.scalars(sa.select(Enrolment).where(Enrolment.person_id == added.id)).one()
    assert (enrolment.state, enrolment.post_category, enrolment.post_title_ka) == ("confirmed", "other", "სპეციალისტი")


def test_a_new_person_whose_form_is_sent_twice_is_one_person_with_one_place(trainer, hall):
    trainer.get(f"{hall.path}/walk-in/new")
    sent = dict(trainer.page.form().form_values()) | NEW
    answers = [trainer.post(f"{hall.path}/walk-in/new", sent) for _ in range(2)]
    assert [answer.status for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    added = db.session.scalars(sa.select(Person).where(Person.family_name_ka == "კვარაცხელია")).one()
    assert db.session.scalars(sa.select(Enrolment).where(Enrolment.person_id == added.id)).one().state == "confirmed"


def test_two_new_people_of_the_same_name_have_a_form_each(trainer, hall):
    for _ in range(2):
        trainer.get(f"{hall.path}/walk-in/new")
        assert trainer.submit(**NEW).status == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Person).where(Person.family_name_ka == "კვარაცხელია")) == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("family_name", ""),
        ("family_name", "Kvara"),
        ("family_name", "ა" * 500),
        ("given_name", "  "),
        ("municipality", ""),
        ("category", "king"),
        ("title", ""),
    ],
)
def test_a_wrong_field_is_refused_and_the_rest_is_kept(trainer, hall, field, value):
    trainer.get(f"{hall.path}/walk-in/new")
    answer = trainer.post(f"{hall.path}/walk-in/new", NEW | {field: value})
    assert answer.status == 422
    assert answer.all(f".summary a[href='#{field}']")
    kept = "title" if field != "title" else "given_name"
    assert answer.all(f"#{kept}")[0].get("value") == NEW[kept]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Post).where(Post.category == "other")) == 0


def test_nobody_new_is_left_behind_when_the_run_is_full(trainer, cast):
    hall = Hall(cast, capacity=3)
    trainer.get(f"{hall.path}/walk-in/new")
    assert trainer.submit(**NEW).status == 422
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Person).where(Person.family_name_ka == "კვარაცხელია")) == 0


@pytest.mark.parametrize(("day", "who", "status"), [(1, "trainer", 404), (-3, "trainer", 404), (-3, "staff", 200), (1, "staff", 404)])
def test_people_are_added_on_the_day_and_by_staff_afterwards(page, cast, day, who, status):
    hall = Hall(cast, day=day)
    page.sign_in(getattr(cast, who))
    assert page.get(f"{hall.path}/walk-in").status == status
    assert page.get(f"{hall.path}/walk-in/new").status == status
    assert bool(page.get(hall.path).all("a[href$='/walk-in']")) == (status == 200)


@pytest.mark.parametrize("person", ["", "x", "-1", "0", "9" * 40, "²", "999999"])
def test_a_person_who_does_not_exist_is_not_found(trainer, hall, person):
    assert trainer.post(f"{hall.path}/walk-in", {"person": person}).status == 404


def test_the_search_takes_few_statements(trainer, hall):
    # sign-in, session in scope, people
    trainer.get(f"{hall.path}/walk-in?q=აბა")
    with counting() as statements:
        trainer.get(f"{hall.path}/walk-in?q=აბა")
    assert len(statements) == 3, statements
