"""Rare pages of qualifications, their rules, tracks and goals."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from portal import qualifications
from portal.foundation import clock
from portal.foundation.transaction import commit
from portal.qualifications import CourseDemand, GoalValues, Group, HoursDemand, QualificationValues, RuleValues, StepValues, TrackValues
from tests import factories

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.page_client import Page, PageClient

from tests.browser.rare import scene


def budgeting() -> str:
    """The address of a qualification with two editions: groups, equivalent courses, a part that is deeper than the form, another renewal."""
    first, second = (factories.course().course_id for _ in range(2))
    deep = Group(1, (Group(2, (HoursDemand(Decimal(5)), HoursDemand(Decimal(6)))), HoursDemand(Decimal(7))))
    tree = Group(
        3, (CourseDemand(frozenset([first, second]), 36), Group(1, (HoursDemand(Decimal(8)), HoursDemand(Decimal(4), None, 12))), deep)
    )
    names = QualificationValues(
        name_ka="მუნიციპალური ბიუჯეტირების კვალიფიკაცია", name_en="Municipal budgeting", description_ka="ბიუჯეტი", description_en="Budget"
    )
    row = qualifications.create_qualification(names, by=None)
    for days, requirement in ((-9, HoursDemand(Decimal(16))), (0, tree)):
        day = clock.today() + timedelta(days=days)
        values = {"categories": ("civil_servant", "sakrebulo_member"), "sakrebulo_roles": ("chair",), "validity_months": 24}
        rule = RuleValues(effective_on=day, requirement=requirement, renewal=HoursDemand(Decimal(8)), words="კანონი შეიცვალა", **values)
        qualifications.publish_rule(row.id, rule, by=None)
    commit()
    return f"qualifications/{row.slug}"


@scene
def a_qualification_for_staff(browser: PageClient, cast: Cast) -> Page:
    return browser.sign_in(cast.staff).get(f"/staff/{budgeting()}")


@scene
def a_qualification_to_rename(browser: PageClient, cast: Cast) -> Page:
    return browser.sign_in(cast.staff).get(f"/staff/{budgeting()}/edit")


@scene
def a_qualification_for_learners(browser: PageClient, cast: Cast) -> Page:
    return browser.sign_in(cast.learner).get(f"/{budgeting()}")


@scene
def a_rule_to_change(browser: PageClient, cast: Cast) -> Page:
    return browser.sign_in(cast.staff).get(f"/staff/{budgeting()}/rule/new")


@scene
def a_rule_that_is_refused(browser: PageClient, cast: Cast) -> Page:
    path = f"/staff/{budgeting()}/rule/new"
    return browser.sign_in(cast.staff).post(
        path, {"requirement-groups-0-rows-0-kind": "course", "requirement-groups-1-least": "1", "seen": "2"}
    )


@scene
def a_rule_in_words(browser: PageClient, cast: Cast) -> Page:
    browser.sign_in(cast.staff).get(f"/staff/{budgeting()}/rule/new")
    return browser.submit(effective_on=f"{clock.today() + timedelta(days=1):%d.%m.%Y}")


def induction() -> str:
    """The address of a track with two steps, the second of which is deeper than the form."""
    deep = Group(1, (Group(2, (HoursDemand(Decimal(5)), HoursDemand(Decimal(6)))), HoursDemand(Decimal(7))))
    steps = (
        StepValues(
            title_ka="ადგილობრივი თვითმმართველობის საფუძვლები", title_en="Basics", requirement=HoursDemand(Decimal(8)), within_days=90
        ),
        StepValues(title_ka="ბიუჯეტი", title_en="Budget", requirement=deep),
    )
    names = {"name_ka": "ახლად არჩეული წევრების შესავალი", "name_en": "Induction"}
    values = TrackValues(categories=("sakrebulo_member",), begun_from=clock.today() - timedelta(days=300), steps=steps, **names)
    row = qualifications.create_track(values, by=None)
    commit()
    return f"/staff/tracks/{row.slug}"


@scene
def a_track(browser: PageClient, cast: Cast) -> Page:
    return browser.sign_in(cast.staff).get(induction())


@scene
def a_track_to_change(browser: PageClient, cast: Cast) -> Page:
    return browser.sign_in(cast.staff).get(f"{induction()}/edit")


def goal() -> str:
    """The address of a goal with a share of its own for a municipality."""
    row = qualifications.create_qualification(QualificationValues(name_ka="ეთიკა", name_en="Ethics"), by=None)
    today, shares = clock.today(), {factories.municipality("telavi").id: 40}
    made = qualifications.set_goal(
        row.id, GoalValues(percent=70, starts_on=today, due_on=today + timedelta(days=365), shares=shares), by=None
    )
    commit()
    return f"/staff/goals/{made.id}"


@scene
def a_goal_to_change(browser: PageClient, cast: Cast) -> Page:
    return browser.sign_in(cast.staff).get(f"{goal()}/edit")


@scene
def a_goal_to_end(browser: PageClient, cast: Cast) -> Page:
    return browser.sign_in(cast.staff).get(f"{goal()}/end")
