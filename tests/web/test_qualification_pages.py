"""Qualifications on pages: staff build rules without a script, see them in words, publish them once; learners read what they ask for."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from portal import qualifications
from portal.foundation import clock
from portal.foundation.database import db
from portal.qualifications import CourseDemand, Group, HoursDemand, QualificationValues, RuleValues
from portal.qualifications.models import Qualification, QualificationVersion
from tests import factories
from tests.statements import counting

PATH = "/staff/qualifications"
NEW = f"{PATH}/budgeting/rule/new"


def editions():
    return db.session.scalars(sa.select(QualificationVersion).order_by(QualificationVersion.id)).all()


def publish(row, requirement=None, **values):
    values = {"effective_on": clock.today(), "categories": ("civil_servant",)} | values
    return qualifications.publish_rule(row.id, RuleValues(requirement=requirement or CourseDemand(frozenset([1])), **values), by=None)


def press(staff, button, **values):
    """Press a button of the form that is open, with ``values`` typed before; the form comes back."""
    data = {}
    for name, value in staff.page.form().form_values():
        data.setdefault(name, []).append(value)
    return staff.post(staff.page.response.request.path.removeprefix("/en"), data | values | {"do": button})


def value_of(page, name):
    """What stands in a field of the page."""
    return page.form().fields[name].strip()


def in_words(page):
    return " | ".join(page.texts(".asked, .asked-parts > li"))


# -- the builder


def test_a_rule_is_built_row_by_row_shown_in_words_and_published(staff, budgeting):
    first, second, third = (factories.course(title_en=f"Course {letter}").course_id for letter in "ABC")
    topic = factories.topic()
    staff.get(NEW)
    press(staff, "requirement-groups-0:course")
    press(
        staff,
        "requirement-groups-0:hours",
        **{"requirement-groups-0-rows-0-courses-0": str(first), "requirement-groups-0-rows-0-courses-1": str(second)},
    )
    press(
        staff,
        "requirement:group",
        **{
            "requirement-groups-0-rows-1-hours": "16",
            "requirement-groups-0-rows-1-topic": str(topic.id),
            "requirement-groups-0-rows-1-within": "36",
        },
    )
    press(staff, "requirement-groups-1:course")
    press(staff, "requirement-groups-1:hours", **{"requirement-groups-1-rows-0-courses-0": str(third)})
    page = press(
        staff,
        "preview",
        **{
            "requirement-groups-1-least": "1",
            "requirement-groups-1-rows-1-hours": "8",
            "categories": ["civil_servant"],
            "validity_months": "24",
        },
    )
    assert page.status == 200
    assert editions() == []
    assert "One of these courses" in in_words(page)
    assert f"16 hours of training in the topic: {topic.name_en}, within the last 36 months" in in_words(page)
    assert "One of these:" in in_words(page)
    page = press(staff, "publish")
    assert page.status == 303
    (edition,) = editions()
    assert qualifications.read_document(edition.requirement) == Group(
        3,
        (
            CourseDemand(frozenset([first, second])),
            HoursDemand(Decimal(16), topic.id, 36),
            Group(1, (CourseDemand(frozenset([third])), HoursDemand(Decimal(8)))),
        ),
    )
    assert (edition.categories, edition.validity_months, edition.base, edition.effective_on) == (
        ["civil_servant"],
        24,
        "completion",
        clock.today(),
    )
    assert "Published" in staff.follow().text


def test_a_row_a_course_and_a_group_are_taken_away_and_the_rest_stays(staff, budgeting):
    first, second = factories.course().course_id, factories.course().course_id
    publish(budgeting, Group(2, (CourseDemand(frozenset([first])), HoursDemand(Decimal("7.5")), HoursDemand(Decimal(3)))))
    staff.get(NEW)
    page = press(staff, "requirement-groups-0-rows-0:more")
    assert len(page.all("select[name^=requirement-groups-0-rows-0-courses]")) == 3
    page = press(staff, "requirement-groups-0-rows-1:remove", **{"requirement-groups-0-rows-0-courses-2": str(second), "words": "because"})
    assert [value_of(page, f"requirement-groups-0-rows-0-courses-{number}") for number in (0, 2)] == [str(first), str(second)]
    assert value_of(page, "requirement-groups-0-rows-1-hours") == "3"
    assert value_of(page, "words") == "because"
    press(staff, "requirement:group")
    page = press(staff, "requirement-groups-1:remove")
    assert page.all("#requirement-groups-1") == []
    page = press(staff, "requirement-groups-0-rows-1:remove")
    assert len(page.all(".demand")) == 1
    assert len(editions()) == 1


def test_a_refused_form_keeps_every_row_and_names_what_is_missing(staff, budgeting):
    course = factories.course().course_id
    staff.get(NEW)
    press(staff, "requirement-groups-0:course")
    press(staff, "requirement-groups-0:hours", **{"requirement-groups-0-rows-0-courses-0": str(course)})
    press(staff, "requirement-groups-0:course")
    page = press(staff, "preview", **{"requirement-groups-0-rows-1-hours": "many", "effective_on": "31.02.2027", "words": "why"})
    assert page.status == 422
    assert page.texts(".summary li") == [
        "“Hours” must be a number from 0 to 2000, with at most two decimals.",
        "“Course” is required.",
        "Write “In force from” like this: 08.12.2026.",
    ]
    assert value_of(page, "requirement-groups-0-rows-0-courses-0") == str(course)
    assert value_of(page, "requirement-groups-0-rows-1-hours") == "many"
    assert value_of(page, "effective_on") == "31.02.2027"
    assert value_of(page, "words") == "why"
    assert len(page.all(".demand")) == 3
    assert editions() == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "This group is empty"),
        ({"requirement-groups-0-rows-0-kind": "hours", "requirement-groups-0-rows-0-hours": "0"}, "“Hours” is required."),
        (
            {"requirement-groups-0-rows-0-kind": "hours", "requirement-groups-0-rows-0-hours": "5", "requirement-groups-0-least": "2"},
            "there are only 1",
        ),
        (
            {"requirement-groups-0-rows-0-kind": "course", "requirement-groups-0-rows-0-courses-0": "99999999"},
            "Choose “Course” from the list.",
        ),
        ({"base": "fixed", "fixed_day": "31", "fixed_month": "2"}, "There is no such day in that month."),
        ({"base": "fixed"}, "“Day” is required."),
        ({"renewal_is": "other"}, "This group is empty"),
        ({"validity_months": "0"}, "“Validity in months” must be a whole number"),
    ],
)
def test_what_is_wrong_is_said(staff, budgeting, typed, words):
    staff.get(NEW)
    page = press(staff, "preview", **typed)
    assert page.status == 422
    assert words in " ".join(page.texts(".summary li"))


@pytest.mark.parametrize(
    "junk",
    [
        {"requirement-groups-0-kept": "{"},
        {"requirement-groups-0-kept": '{"least": 9, "of": []}'},
        {"requirement-groups-0-kept": "[" * 10_000},
        {"requirement-groups-0-least": "²"},
        {"requirement-least": "x" * 9},
        {"requirement-groups-0-rows-0-kind": "unheard"},
        {"requirement-groups-0-rows-7-courses-3": "\x00"},
        {"requirement-groups-x-rows-0": "1"},
        {"seen": "²"},
        {"base": "never"},
        {"do": "requirement-groups-9:remove"},
        {"do": ":"},
        {"do": "requirement-groups-0:unheard"},
    ],
)
def test_junk_is_no_error_of_the_portal(staff, budgeting, junk):
    staff.get(NEW)
    assert press(staff, "preview", **junk).status in {200, 422}
    assert editions() == []


def test_the_newest_edition_stands_in_the_form_and_comes_out_the_same(staff, budgeting):
    course, topic = factories.course().course_id, factories.topic()
    tree = Group(1, (Group(2, (CourseDemand(frozenset([course]), 12), HoursDemand(Decimal(8), topic.id))), HoursDemand(Decimal(40))))
    values = {
        "renewal": HoursDemand(Decimal(4)),
        "categories": ("civil_servant", "sakrebulo_member"),
        "sakrebulo_roles": ("chair",),
        "validity_months": 36,
        "window_months": 3,
        "base": qualifications.ExpiryBase.FIXED,
        "fixed_day": (2, 29),
        "grace_months": 4,
        "lead_days": 50,
    }
    publish(budgeting, tree, **values)
    staff.get(NEW)
    later = clock.today() + timedelta(days=7)
    page = press(staff, "preview", effective_on=f"{later:%d.%m.%Y}", holders="ask", words="the law changed")
    assert page.status == 200, page.texts(".summary li")
    press(staff, "publish")
    before, after = (qualifications.as_version(one) for one in editions())
    assert (after.effective_on, after.asks_holders) == (later, True)
    same = ("requirement", "renewal", "validity_months", "window_months", "base", "fixed_day", "audience", "grace_months", "lead_days")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]


def test_a_part_deeper_than_the_form_is_shown_and_kept(staff, budgeting):
    deep = Group(1, (Group(2, (HoursDemand(Decimal(5)), HoursDemand(Decimal(6)))), HoursDemand(Decimal(7))))
    publish(budgeting, Group(2, (HoursDemand(Decimal(8)), deep)))
    page = staff.get(NEW)
    assert "5 hours of training in any topic" in page.text
    press(staff, "requirement-groups-0:hours")
    tomorrow = clock.today() + timedelta(days=1)
    press(staff, "preview", **{"requirement-groups-0-rows-1-hours": "9", "effective_on": f"{tomorrow:%d.%m.%Y}"})
    press(staff, "publish")
    kept = qualifications.read_document(editions()[-1].requirement)
    assert kept == Group(3, (HoursDemand(Decimal(8)), HoursDemand(Decimal(9)), deep))


def test_what_was_built_comes_back_from_the_preview(staff, budgeting):
    staff.get(NEW)
    press(staff, "requirement-groups-0:hours")
    press(staff, "preview", **{"requirement-groups-0-rows-0-hours": "12", "words": "first"})
    page = press(staff, "edit")
    assert value_of(page, "requirement-groups-0-rows-0-hours") == "12"
    assert value_of(page, "words") == "first"


def test_publishing_twice_makes_one_edition(staff, budgeting):
    staff.get(NEW)
    press(staff, "requirement-groups-0:hours")
    preview = press(staff, "preview", **{"requirement-groups-0-rows-0-hours": "12"})
    for _click in range(2):
        staff.page = preview
        assert press(staff, "publish").status == 303
    assert len(editions()) == 1


def test_an_edition_that_somebody_published_meanwhile_is_told_and_nothing_typed_is_lost(staff, budgeting):
    staff.get(NEW)
    press(staff, "requirement-groups-0:hours")
    press(staff, "preview", **{"requirement-groups-0-rows-0-hours": "12"})
    publish(budgeting)
    page = press(staff, "publish")
    assert page.status == 422
    assert "Edition 1 was published meanwhile" in page.text
    assert value_of(page, "requirement-groups-0-rows-0-hours") == "12"


# -- lists and one qualification


def test_a_qualification_is_named_renamed_archived_and_brought_back(staff):
    staff.get(f"{PATH}/new")
    assert staff.submit(name_ka="ეთიკა", name_en="Ethics").status == 303
    assert staff.follow().h1 == "What it asks for"
    staff.get(f"{PATH}/ethics/edit")
    assert staff.submit(name_en="Ethics of office").status == 303
    assert "Ethics of office" in staff.follow().h1
    staff.submit("/archive")
    assert "Archived" in staff.follow().text
    assert "Ethics of office" not in staff.get(PATH).text
    assert "Ethics of office" in staff.get(f"{PATH}?archived=1").text
    staff.get(f"{PATH}/ethics")
    staff.submit("/archive")
    assert db.session.scalars(sa.select(Qualification)).one().archived is False


def test_a_name_left_out_is_asked_for(staff):
    staff.get(f"{PATH}/new")
    page = staff.submit(name_ka="ეთიკა")
    assert page.status == 422
    assert page.texts(".summary li") == ["“Name in English” is required."]


def test_the_editions_stand_with_what_each_changed(staff, budgeting):
    publish(budgeting, HoursDemand(Decimal(8)), validity_months=12)
    publish(budgeting, HoursDemand(Decimal(16)), validity_months=24, effective_on=clock.today() + timedelta(days=5), words="the law")
    page = staff.get(f"{PATH}/budgeting")
    assert page.texts("del") == ["8 hours of training in any topic", "12 months from the day on which it was reached"]
    assert page.texts("ins") == ["16 hours of training in any topic", "24 months from the day on which it was reached"]
    assert "the law" in page.text
    assert "Not in force yet" in page.text


def test_the_list_says_for_whom_and_since_when_in_a_constant_number_of_statements(staff, budgeting):
    publish(budgeting)
    with counting() as few:
        page = staff.get(PATH)
    assert "Professional civil servant" in page.text
    for number in range(5):
        publish(qualifications.create_qualification(QualificationValues(name_ka=f"სხვა {number}", name_en=f"Other {number}"), by=None))
    with counting() as many:
        staff.get(PATH)
    assert len(many) == len(few)


# -- for learners


def test_learners_see_what_posts_call_for_and_the_trainings_that_lead_there(page, cast, budgeting):
    run = factories.run()
    publish(budgeting, CourseDemand(frozenset([run.course_id])), validity_months=12)
    free = qualifications.create_qualification(QualificationValues(name_ka="ნებით", name_en="Free will"), by=None)
    publish(free, categories=())
    page.language = "en"
    listed = page.sign_in(cast.learner).get("/qualifications")
    assert "Budgeting" in listed.text
    assert "Free will" not in listed.text
    shown = page.get("/qualifications/budgeting")
    assert "Course completed:" in shown.text
    assert shown.all(f"a[href$='/runs/{run.code}']")
    assert page.get("/qualifications/free-will").status == 200


def test_what_is_not_in_force_is_not_found(page, cast, budgeting):
    page.sign_in(cast.learner)
    assert page.get("/qualifications/budgeting").status == 404
    publish(budgeting, effective_on=clock.today() + timedelta(days=1))
    assert page.get("/qualifications/budgeting").status == 404
    publish(archived := qualifications.create_qualification(QualificationValues(name_ka="ა", name_en="Gone"), by=None))
    assert page.get("/qualifications/gone").status == 200
    qualifications.archive_qualification(archived, archived=True, by=None)
    assert page.get("/qualifications/gone").status == 404
    assert page.get("/qualifications/none").status == 404
