"""Whom the rows of a spreadsheet mean: people who are known, who moved here, who may be known, and records that were merged."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal import enrolment, imports, journeys, people
from portal.enrolment.models import Enrolment
from portal.foundation.database import db
from portal.foundation.transaction import commit
from portal.people.models import Post
from tests import factories
from tests.enrolment.mailbox import kinds_to
from tests.imports import sheets
from tests.web.uploads import count, preview, rows_of, traces


@pytest.fixture
def run(app, cast):
    made = factories.run(code="RUN-IMPORT", capacity=25)
    commit()
    return made


@pytest.fixture
def coordinator(page, cast):
    return page.sign_in(cast.coordinator)


def test_two_previews_of_the_same_people_enter_them_once(coordinator, cast, run):
    rows = [sheets.nominee(number, **{"პირადი ნომერი": ""}) for number in range(3)]
    preview(coordinator, run, rows)
    first = coordinator.page.response.request.path
    factories.grant(cast.staff, people.Role.COORDINATOR, municipality="telavi")
    coordinator.sign_in(cast.staff)
    preview(coordinator, run, rows, separator=",")
    second = coordinator.page.response.request.path
    assert first != second
    coordinator.post(f"{first}/confirm", {"left_out": "0"})
    after = traces()
    coordinator.post(f"{second}/confirm", {"left_out": "0"})
    assert "ამასობაში მონაცემები შეიცვალა" in coordinator.follow().text
    assert traces() == after


def test_the_known_are_found_and_left_as_they_are(coordinator, cast, run):
    """By name and municipality; with a number that the portal did not know, the coordinator is asked."""
    nino = {"სახელი": "ნინო", "გვარი": "აბაშიძე", "თანამდებობა": "სხვა თანამდებობა", "ელფოსტა": "new@portal.test"}
    shown = preview(coordinator, run, [sheets.nominee(1, **nino, **{"პირადი ნომერი": ""})])
    assert "უკვე არის პორტალზე" in rows_of(coordinator)["2"]
    before = traces()
    coordinator.submit("/confirm", left_out="0")
    assert traces()[:2] == before[:2]
    db.session.refresh(cast.learner)
    assert cast.learner.email == "nino@portal.test"
    assert shown.all("button[name=left_out]")


@pytest.mark.parametrize("same", [True, False])
def test_possible_doubles_are_asked_about(coordinator, cast, run, same):
    nino = {"სახელი": "ნინო", "გვარი": "აბაშიძე"}
    shown = preview(coordinator, run, [sheets.nominee(1, **nino), sheets.nominee(2)])
    assert shown.texts("input[type=radio]") == ["", ""]
    before = traces()
    assert coordinator.submit("/confirm", left_out="0").status == 422
    assert "შეცდომა:" in coordinator.page.tree.findtext(".//title")
    answer = str(cast.learner.id) if same else "0"
    coordinator.submit("/confirm", left_out="0", **{"row-2": answer})
    assert traces()[0] == before[0] + (1 if same else 2)
    enrolled = set(db.session.scalars(sa.select(Enrolment.person_id)))
    assert (cast.learner.id in enrolled) == same


def test_of_people_elsewhere_nothing_is_shown(coordinator, cast, run):
    """Canary: Davit of Kutaisi has the number that stands in the file, under another name."""
    people.set_personal_number(cast.colleague, sheets.nominee(1)[2], by=cast.administrator.id)
    shown = preview(coordinator, run, [sheets.nominee(1)])
    assert "ერთმანეთს არ ემთხვევა" in rows_of(coordinator)["2"]
    for word in ("დავით", "ლომიძე", "davit@portal.test"):
        assert word not in shown.response.get_data(as_text=True)
    assert not shown.all("button[name=left_out]")


def test_who_moved_here_gets_a_post_and_is_told_of_it(coordinator, cast, run):
    people.set_personal_number(cast.colleague, sheets.nominee(1)[2], by=cast.administrator.id)
    preview(coordinator, run, [sheets.nominee(1, სახელი="დავით", გვარი="ლომიძე")])
    coordinator.submit("/confirm", left_out="0")
    held = db.session.scalars(sa.select(Post.municipality_id).where(Post.person_id == cast.colleague.id)).all()
    assert sorted(held) == sorted([factories.municipality("kutaisi").id, factories.municipality("telavi").id])
    assert count(Enrolment) == 1
    assert kinds_to(cast.colleague) == ["post_added", "nominated"]


@pytest.mark.parametrize("elsewhere", [False, True], ids=["in this run", "at this time"])
def test_what_people_do_elsewhere_is_told_only_once_they_work_here(coordinator, cast, run, elsewhere):
    """Davit of Kutaisi has a place already: the preview does not say so, whoever knows his number and name."""
    people.set_personal_number(cast.colleague, sheets.nominee(1)[2], by=cast.administrator.id)
    factories.enrolment(factories.run(code="RUN-ELSEWHERE") if elsewhere else run, cast.colleague)
    rows = [sheets.nominee(1, სახელი="დავით", გვარი="ლომიძე"), sheets.nominee(2)]
    preview(coordinator, run, rows)
    assert "თქვენს მუნიციპალიტეტში ახალი" in rows_of(coordinator)["2"]
    assert coordinator.submit("/confirm", left_out="0").status == 303
    coordinator.follow()
    assert ("ამ დროს სხვა ტრენინგი აქვს" if elsewhere else "უკვე რეგისტრირებულია") in rows_of(coordinator)["2"]
    assert "RUN-ELSEWHERE" not in coordinator.page.text
    assert "ადგილი დადასტურებულია" in rows_of(coordinator)["3"]


def test_a_run_that_does_not_invite_the_municipality_takes_neither_the_known_nor_the_new(coordinator, cast, run):
    factories.place_rules(run, invited=("kutaisi",))
    known = sheets.nominee(1, სახელი=cast.learner.given_name_ka, გვარი=cast.learner.family_name_ka)
    known[2] = ""
    shown = preview(coordinator, run, [known, sheets.nominee(2)])
    said = rows_of(coordinator)
    assert all("მუნიციპალიტეტი მოწვეული არ არის" in row for row in said.values()), said
    assert not shown.all("button[name=left_out]")


def test_a_post_elsewhere_is_no_way_into_a_run_that_does_not_invite_the_municipality(coordinator, cast, run):
    factories.place_rules(run, invited=("kutaisi",))
    people.set_personal_number(cast.colleague, "01234567890", by=cast.staff.id)
    names = {"სახელი": cast.colleague.given_name_ka, "გვარი": cast.colleague.family_name_ka, "პირადი ნომერი": "01234567890"}
    preview(coordinator, run, [sheets.nominee(1, **names)])
    (said,) = rows_of(coordinator).values()
    assert "მუნიციპალიტეტი მოწვეული არ არის" in said


@pytest.mark.parametrize("numbered", ["both", "merged"])
def test_a_merged_record_is_never_meant_but_the_one_that_stayed(coordinator, cast, run, numbered):
    double = factories.person(cast.learner.given_name_ka, cast.learner.family_name_ka)
    people.set_personal_number(double, "01234567890", by=cast.staff.id)
    if numbered == "both":
        people.set_personal_number(cast.learner, "01234567891", by=cast.staff.id)
    journeys.merge_people(cast.learner.id, double.id, "ერთი პირი", by=cast.staff.id)
    factories.post(double, "telavi")  # somebody gave it to the wrong record
    names = {"სახელი": double.given_name_ka, "გვარი": double.family_name_ka}
    preview(coordinator, run, [sheets.nominee(1, **names, **{"პირადი ნომერი": "01234567890"})])
    coordinator.submit("/confirm", left_out="0")
    assert db.session.scalars(sa.select(Enrolment.person_id)).all() == [cast.learner.id]


def test_a_merged_record_is_not_found_by_name_either(coordinator, cast, run):
    double = factories.person(cast.learner.given_name_ka, cast.learner.family_name_ka)
    journeys.merge_people(cast.learner.id, double.id, "ერთი პირი", by=cast.staff.id)
    factories.post(double, "telavi")
    here = factories.municipality("telavi").id
    assert double.id not in imports.people_here(here)
    assert enrolment.own_posts_of([here], [double.id]) == []
    assert double.id not in {post.person_id for post in enrolment.own_people([here]).posts}
