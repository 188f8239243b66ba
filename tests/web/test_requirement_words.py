"""Requirements in words, in both languages: every kind of demand, every kind of group."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import g

from portal.assessment.models import CourseTest
from portal.qualifications import CourseDemand, Group, HoursDemand, OutsideDemand, PassedTestDemand
from portal.recognition.models import OutsideCertificate
from portal.web.requirement_words import names_in, said
from tests import factories
from tests.statements import counting

ONE, TWO, THREE = (HoursDemand(Decimal(number)) for number in (1, 2, 3))


def post_test(version):
    """A test after the course of ``version``."""
    values = {"attempts": 2, "pass_percent": 60, "days_after": 14, "shows_answers": False}
    return factories.add(CourseTest(course_id=version.course_id, occasion="post", active=True, **values))


@pytest.fixture
def words(app, cast):
    """The lines of a requirement, indented by their depth."""
    budget, ethics = factories.course(title_ka="ბიუჯეტი", title_en="Budget"), factories.course(title_ka="ეთიკა", title_en="Ethics")
    topic = factories.topic(name_ka="ფინანსები", name_en="Finance")
    factories.add(OutsideCertificate(code="CIPS-4", name_ka="შესყიდვების დიპლომი", name_en="Procurement diploma"))
    ids = {"test": post_test(budget).id, "budget": budget.course_id, "ethics": ethics.course_id, "topic": topic.id}

    def read(lang, make):
        tree = make(**ids)
        with app.test_request_context(f"/{lang}/"):
            g.lang = lang
            return ["  " * depth + line for depth, line in said(tree, names_in([tree])).lines()]

    return read


@pytest.mark.parametrize(
    ("make", "en", "ka"),
    [
        (lambda budget, **_: CourseDemand(frozenset([budget])), ["Course completed: Budget"], ["გავლილი კურსი: ბიუჯეტი"]),
        (
            lambda budget, **_: CourseDemand(frozenset([budget]), 36),
            ["Course completed: Budget, within the last 36 months"],
            ["გავლილი კურსი: ბიუჯეტი, ბოლო 36 თვის განმავლობაში"],
        ),
        (
            lambda budget, ethics, **_: CourseDemand(frozenset([budget, ethics]), 1),
            ["One of these courses, within the last 1 month", "  Budget", "  Ethics"],
            ["ერთ-ერთი ამ კურსებიდან, ბოლო 1 თვის განმავლობაში", "  ბიუჯეტი", "  ეთიკა"],
        ),
        (
            lambda topic, **_: HoursDemand(Decimal("7.5"), topic, 36),
            ["7.5 hours of training in the topic: Finance, within the last 36 months"],
            ["7,5 საათი თემაში: ფინანსები, ბოლო 36 თვის განმავლობაში"],
        ),
        (lambda **_: ONE, ["1 hour of training in any topic"], ["1 საათი ნებისმიერ თემაში"]),
        (
            lambda **_: Group(2, (ONE, TWO)),
            ["All of these:", "  1 hour of training in any topic", "  2 hours of training in any topic"],
            ["ყველა ჩამოთვლილი:", "  1 საათი ნებისმიერ თემაში", "  2 საათი ნებისმიერ თემაში"],
        ),
        (
            lambda **_: Group(1, (ONE, Group(2, (ONE, TWO, THREE)))),
            [
                "One of these:",
                "  1 hour of training in any topic",
                "  At least 2 of these 3:",
                "    1 hour of training in any topic",
                "    2 hours of training in any topic",
                "    3 hours of training in any topic",
            ],
            [
                "ერთ-ერთი ჩამოთვლილი:",
                "  1 საათი ნებისმიერ თემაში",
                "  მინიმუმ 2 ამ 3 მოთხოვნიდან:",
                "    1 საათი ნებისმიერ თემაში",
                "    2 საათი ნებისმიერ თემაში",
                "    3 საათი ნებისმიერ თემაში",
            ],
        ),
        (
            lambda test, **_: PassedTestDemand(test, 80, 12),
            ["Test passed: Budget (Post-test), with at least 80 %, within the last 12 months"],
            ["ჩაბარებული ტესტი: ბიუჯეტი (შემაჯამებელი ტესტი), მინიმუმ 80 %, ბოლო 12 თვის განმავლობაში"],
        ),
        (
            lambda test, **_: PassedTestDemand(test),
            ["Test passed: Budget (Post-test)"],
            ["ჩაბარებული ტესტი: ბიუჯეტი (შემაჯამებელი ტესტი)"],
        ),
        (
            lambda **_: OutsideDemand("CIPS-4", 24),
            ["Certificate from elsewhere: Procurement diploma, within the last 24 months"],
            ["სხვაგან მიღებული სერტიფიკატი: შესყიდვების დიპლომი, ბოლო 24 თვის განმავლობაში"],
        ),
        (lambda **_: OutsideDemand("GONE"), ["Certificate from elsewhere: GONE"], ["სხვაგან მიღებული სერტიფიკატი: GONE"]),
        (lambda **_: Group(1, (ONE,)), ["1 hour of training in any topic"], ["1 საათი ნებისმიერ თემაში"]),
    ],
)
def test_every_kind_of_requirement_has_words(words, make, en, ka):
    assert words("en", make) == en
    assert words("ka", make) == ka


def test_a_course_that_visitors_do_not_see_has_no_address(app, cast):
    hidden = factories.course()
    hidden.course.published = False
    tree = CourseDemand(frozenset([hidden.course_id]))
    with app.test_request_context("/en/"):
        assert said(tree, names_in([tree])).href == ""


def test_names_take_two_statements_whatever_is_asked(app, cast):
    trees = [CourseDemand(frozenset([factories.course().course_id])) for _ in range(4)] + [HoursDemand(Decimal(1), factories.topic().id)]
    with app.test_request_context("/en/"), counting() as statements:
        names_in(trees)
    assert len(statements) == 2
