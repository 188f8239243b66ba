"""What other floors ask about people."""

from __future__ import annotations

import re
from datetime import date

import pytest

from portal import enrolment, municipalities, people
from portal.foundation.errors import RefusedError
from portal.people.models import Account, Role
from tests import factories
from tests.plans import plan_of


def test_the_people_of_a_municipality_are_those_who_hold_a_post_there_today(cast):
    moved = factories.person("თამარ", "ბერიძე")
    factories.post(moved, "telavi", ends_on=date(2024, 6, 1))
    telavi = factories.municipality("telavi")
    found = enrolment.own_people([telavi.id]).posts
    assert [post.person.name_by_family("ka") for post in found] == [
        "აბაშიძე ნინო",
        "ბერიძე ეკა",
        "კაპანაძე მაია",
        "მაისურაძე ლევან",
        "წერეთელი ანა",
        "ჯაფარიძე გიგა",
    ]
    assert [post.person_id for post in enrolment.own_people([telavi.id], search="kapan").posts] == [cast.coordinator.id]


def test_whoever_takes_another_name_moves_in_the_list_of_the_coordinator(cast):
    telavi = factories.municipality("telavi")
    names = lambda: [post.person.name_by_family("ka") for post in enrolment.own_people([telavi.id]).posts]  # noqa: E731
    assert names()[0] == "აბაშიძე ნინო"
    details = people.PersonDetails(given_name_ka="ნინო", family_name_ka="ჰიდაშელი", email=cast.learner.email)
    people.change_person(cast.learner, details, by=cast.learner.id)
    assert names()[-1] == "ჰიდაშელი ნინო"


def test_people_are_found_in_the_order_of_lists(cast):
    assert [person.name_by_family("ka") for person in people.search_people("ძე")] == [
        "აბაშიძე ნინო",
        "ბერიძე ეკა",
        "დოლიძე ზურაბ",
        "კაპანაძე მაია",
        "ლომიძე დავით",
        "მაისურაძე ლევან",
        "ჯაფარიძე გიგა",
    ]
    assert len(people.search_people("ძე", limit=2)) == 2


def test_mail_goes_to_the_persons_own_address_and_language(cast):
    to = people.recipient_of(cast.learner)
    assert (to.address, to.language, to.person_id) == ("nino@portal.test", "ka", cast.learner.id)


def test_what_is_no_personal_number_finds_nobody(cast):
    assert people.find_person_by_personal_number("1") is None
    assert people.find_person_by_personal_number("01024056789") is None


def test_the_sixty_four_municipalities_stand_in_order(app):
    listed = municipalities.municipalities_in_order()
    assert [place.tile for place in listed] == list(range(64))
    assert listed[0].region.iso == "GE-TB"
    assert {place.code: place.region.name_en for place in listed}["telavi"] == "Kakheti"


def test_an_account_made_on_the_machine_can_be_an_administrator(app):
    person = people.create_account_directly("გიგა", "ჯაფარიძე", "Giga@Portal.test", "three old bridges")
    people.grant_role(person.id, Role.ADMINISTRATOR, by=None)
    account = people.get_account_of(person.id)
    assert account.email == "giga@portal.test"
    assert people.password_fits("three old bridges", account.password_hash)


@pytest.mark.parametrize(
    ("names", "email", "password"),
    [
        (("Giga", "ჯაფარიძე"), "giga@portal.test", "three old bridges"),
        (("გიგა", "ჯაფარიძე"), "giga", "three old bridges"),
        (("გიგა", "ჯაფარიძე"), "giga@portal.test", "password"),
    ],
)
def test_an_account_made_on_the_machine_follows_the_same_rules(app, names, email, password):
    with pytest.raises(RefusedError):
        people.create_account_directly(*names, email, password)


def test_an_email_opens_one_account_only(cast):
    with pytest.raises(RefusedError):
        people.create_account_directly("ნინო", "აბაშიძე", "nino@portal.test", "three old bridges")


@pytest.mark.parametrize("place", [{}, {"after": 1}, {"before": 1}], ids=str)
def test_a_page_of_the_list_is_found_in_the_index_alone(cast, place):
    plan = plan_of(lambda: people.people_page("ნინო", **place), "ORDER BY person.sort_key")
    assert re.search(r"COVERING INDEX ix_person_sort|Index Only Scan (Backward )?using ix_person_sort", plan), plan
    assert "Seq Scan" not in plan


def test_an_account_is_found_by_the_beginning_of_its_email(cast):
    assert [person.id for person in people.search_people("nino@")] == [cast.learner.id]
    assert Account.email.type.length is None
