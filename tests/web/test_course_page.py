"""The page of a course."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

from PIL import Image

from portal import courses
from portal.foundation import clock
from portal.foundation.transaction import commit
from tests import factories


def test_course_page_shows_every_field_of_the_state_register(page):
    version = factories.course(
        title_en="Legal drafting",
        summary_en="In one line",
        goal_en="The goal",
        learning_outcomes_en="First outcome\nSecond outcome",
        curriculum_en="Lesson one",
        prerequisite_en="A year in office",
        teaching_method_en="Group work",
        target_categories=["civil_servant", "sakrebulo_member"],
        assessment=[{"name_ka": "ტესტი", "name_en": "Test", "minimum": 10, "maximum": 60}],
        independent_hours=Decimal("4.5"),
        credits=Decimal(2),
        score_percent=60,
        validity_months=36,
    )
    page.language = "en"
    shown = page.get(f"/courses/{version.course.slug}")
    assert shown.h1 == "Legal drafting"
    for words in (
        "In one line", "The goal", "First outcome", "Second outcome", "Lesson one", "A year in office", "Group work", "Professional civil servant",
        "Sakrebulo member", "Test", "10", "60", "4.5", "36 months", "5–30", "attendance of at least 80%, final score of at least 60%",
    ):  # fmt: skip
        assert words in shown.text, words


def test_course_page_lists_its_runs_to_come_and_no_other(page):
    version = factories.course()
    run = factories.run(version)
    factories.run(version, state="draft")
    factories.run(version, starts_at=clock.now() - timedelta(days=30))
    factories.run()
    shown = page.get(f"/courses/{version.course.slug}")
    assert [link.get("href") for link in shown.all(".run-title a")] == [f"/ka/runs/{run.code}"]


def test_course_page_shows_the_next_runs_and_leads_to_the_later_ones(page):
    version = factories.course()
    runs = [factories.run(version, starts_at=clock.now() + timedelta(days=20 + number)) for number in range(10)]
    codes = [f"/ka/runs/{run.code}" for run in runs]
    first = page.get(f"/courses/{version.course.slug}")
    assert [link.get("href") for link in first.all(".run-title a")] == codes[:8]
    assert not first.all("a[rel=prev]")
    later = page.get(f"/courses/{version.course.slug}{first.all('a[rel=next]')[0].get('href')}")
    assert [link.get("href") for link in later.all(".run-title a")] == codes[8:]
    assert not later.all("a[rel=next]")
    back = page.get(f"/courses/{version.course.slug}{later.all('a[rel=prev]')[0].get('href')}")
    assert [link.get("href") for link in back.all(".run-title a")] == codes[:8]


def test_course_without_runs_leads_to_its_topic(page):
    version = factories.course()
    shown = page.get(f"/courses/{version.course.slug}")
    assert shown.all(".empty a")[0].get("href") == f"/ka/courses?topic={version.course.topic.slug}"


def test_archived_unpublished_and_unknown_courses_are_not_found(page):
    archived, hidden = factories.course(), factories.course()
    archived.course.archived = True
    hidden.course.published = False
    for slug in (archived.course.slug, hidden.course.slug, "no-such-course", "²", "%F0%9F%98%80"):
        assert page.get(f"/courses/{slug}").status == 404


def test_course_page_shows_the_newest_version(page):
    old = factories.course()
    factories.run(old)
    factories.course(course_id=old.course_id, number=2, title_ka="ახალი სათაური")
    assert page.get(f"/courses/{old.course.slug}").h1 == "ახალი სათაური"


def picture(size=(40, 20), kind="PNG"):
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


def test_logo_of_a_project_is_served_and_asked_for_again_by_its_tag(page):
    project = factories.funding_project()
    courses.set_logo(project, picture(kind="JPEG"), by=None)
    commit()
    path = f"/projects/{project.id}/logo.png"
    first = page.client.get(path, base_url="https://portal.test")
    assert (first.status_code, first.mimetype) == (200, "image/png")
    assert "max-age=3600" in first.headers["Cache-Control"]
    again = page.client.get(path, base_url="https://portal.test", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_project_without_a_logo_has_no_picture(page):
    project = factories.funding_project()
    commit()
    for number in (project.id, project.id + 1, 999_999_999_999_999):
        assert page.client.get(f"/projects/{number}/logo.png", base_url="https://portal.test").status_code == 404
