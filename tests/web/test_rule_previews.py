"""Before a rule is published, its preview says what it would change; the kinds of demands that there are are offered, and counted."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from portal import courses, qualifications
from portal.foundation import clock
from portal.foundation.transaction import commit
from portal.qualifications import CourseDemand, Group, HoursDemand, OutsideDemand, PassedTestDemand, QualificationValues
from portal.qualifications.models import QualificationAward, QualificationAwardEnd
from portal.recognition.models import OutsideCertificate
from portal.web.qualifications import effects
from tests import factories
from tests.web.test_qualification_pages import NEW, PATH, editions, press, publish, value_of
from tests.web.test_requirement_words import post_test


@pytest.fixture
def budget_course(cast):
    """The learner completed a course, the coordinator did not."""
    run = factories.run(state="completed", starts_at=clock.now() - timedelta(days=40))
    factories.enrolment(run, cast.learner, "completed")
    commit()
    return run.course_id


def test_the_preview_says_who_gains_it_since_when(staff, cast, budgeting, budget_course):
    staff.get(NEW)
    press(staff, "requirement-groups-0:course")
    page = press(staff, "preview", **{"requirement-groups-0-rows-0-courses-0": str(budget_course)})
    assert page.texts(".counts dd") == ["0", "1", "0"]
    assert cast.learner.name("en") in page.texts("#gain-caption + thead + tbody th")[0]
    assert editions() == []


def test_the_preview_says_who_loses_it_and_what_is_missing(staff, cast, budgeting, budget_course):
    publish(budgeting, CourseDemand(frozenset([budget_course])), effective_on=clock.today() - timedelta(days=100))
    staff.get(NEW)
    press(staff, "requirement-groups-0:hours")
    tomorrow = f"{clock.today() + timedelta(days=1):%d.%m.%Y}"
    page = press(staff, "preview", **{"requirement-groups-0-rows-1-hours": "400", "effective_on": tomorrow, "holders": "ask"})
    assert page.texts(".counts dd") == ["1", "0", "0"]
    assert cast.learner.name("en") in page.text
    assert "400 hours of training in any topic" in page.texts("#lose-caption + thead + tbody td")[0]


def test_long_lists_of_the_preview_come_page_by_page(staff, cast, budgeting, budget_course, monkeypatch):
    monkeypatch.setattr(effects, "PAGE", 1)
    run = factories.run(courses.get_current_version(budget_course), state="completed", starts_at=clock.now() - timedelta(days=40))
    factories.enrolment(run, cast.coordinator, "completed")
    staff.get(NEW)
    press(staff, "requirement-groups-0:course")
    names = set()
    values = {"requirement-groups-0-rows-0-courses-0": str(budget_course)}
    for page_number in ("1", "2"):
        page = press(staff, "preview", page=page_number, **values)
        assert page.texts(".counts dd")[1] == "2"
        assert f"Page {page_number} of 2" in page.text
        names.update(page.texts("#gain-caption + thead + tbody th"))
    assert len(names) == 2
    assert press(staff, "publish").status == 303


# -- tests and certificates from elsewhere


def test_a_kind_of_which_there_is_nothing_is_not_offered(staff, budgeting):
    page = staff.get(NEW)
    assert page.texts("#requirement-groups-0 button") == ["Add a course", "Add hours"]


def test_tests_and_certificates_from_elsewhere_are_asked_for(staff, budgeting):
    test = post_test(factories.course())
    factories.add(OutsideCertificate(code="CIPS-4", name_ka="დიპლომი", name_en="Diploma"))
    staff.get(NEW)
    press(staff, "requirement-groups-0:test")
    row = "requirement-groups-0-rows"
    press(staff, "requirement-groups-0:outside", **{f"{row}-0-test": str(test.id), f"{row}-0-percent": "80"})
    page = press(staff, "preview", **{f"{row}-1-outside": "CIPS-4", f"{row}-1-within": "24"})
    assert page.status == 200
    press(staff, "publish")
    (edition,) = editions()
    tree = Group(2, (PassedTestDemand(test.id, 80), OutsideDemand("CIPS-4", 24)))
    assert qualifications.read_document(edition.requirement) == tree
    page = staff.get(NEW)
    assert value_of(page, f"{row}-0-percent") == "80"
    assert value_of(page, f"{row}-1-outside") == "CIPS-4"
    page = press(staff, "preview", **{f"{row}-0-test": "", f"{row}-1-outside": "unheard"})
    assert page.texts(".summary li")[:2] == ["“Test” is required.", "Choose “Certificate from elsewhere” from the list."]


# -- where a course counts


@pytest.mark.parametrize("signed_in", [True, False])
def test_a_course_says_what_it_counts_towards(page, cast, budgeting, signed_in):
    version, topic = factories.course(), factories.topic()
    publish(budgeting, CourseDemand(frozenset([version.course_id])))
    others = {
        "Hours": HoursDemand(Decimal(8), version.course.topic_id),
        "Elsewhere": HoursDemand(Decimal(8), topic.id),
        "Any": HoursDemand(Decimal(8)),
        "Unasked": CourseDemand(frozenset([version.course_id])),
    }
    for name, tree in others.items():
        row = qualifications.create_qualification(QualificationValues(name_ka=f"{name} ა", name_en=name), by=None)
        publish(row, tree, categories=() if name == "Unasked" else ("civil_servant",))
    if signed_in:
        page.sign_in(cast.learner)
    page.language = "en"
    shown = page.get(f"/courses/{version.course.slug}")
    assert shown.texts("aside li a") == ["Any", "Hours", "Budgeting"]


def test_the_list_counts_the_holders(staff, cast, budgeting):
    edition = publish(budgeting)
    common = {"qualification_id": budgeting.id, "version_id": edition.id, "renews": False, "since": clock.today(), "sources": []}
    today, day = clock.today(), timedelta(days=1)
    spans = [
        (cast.learner, today, None),
        (cast.learner, today - day, today),
        (cast.colleague, today - day, today - day),
        (cast.trainer, today + day, None),
    ]
    for person, on, until in spans:
        factories.add(QualificationAward(person_id=person.id, awarded_on=on, expires_on=until, recorded_at=clock.now(), **common))
    ended = factories.add(
        QualificationAward(person_id=cast.neighbour.id, awarded_on=today - day, expires_on=None, recorded_at=clock.now(), **common)
    )
    factories.add(QualificationAwardEnd(award_id=ended.id, ended_on=today, reason="rule_changed", recorded_at=clock.now()))
    assert staff.get(PATH).texts("tbody td.number") == ["1"]
