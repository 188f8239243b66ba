"""Courses in the hands of staff: every field of the state register, a preview that saves nothing, versions, publishing."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from portal import courses
from portal.courses.models import Course, CourseVersion
from portal.foundation.database import db
from tests import factories
from tests.statements import counting


@pytest.fixture
def staff(page, cast):
    page.language = "en"
    return page.sign_in(cast.staff)


def typed(topic, **values):
    return {
        "topic_id": str(topic.id),
        "title_ka": "შიდა აუდიტი",
        "title_en": "Internal audit",
        "summary_ka": "მოკლედ",
        "goal_ka": "მიზანი",
        "goal_en": "The goal",
        "learning_outcomes_en": "Plans an audit\nWrites a report",
        "curriculum_en": "Standards\nPractice",
        "target_categories": ["civil_servant", "political_official"],
        "contact_hours": "12,5",
        "independent_hours": "4",
        "credits": "1",
        "minimum_group": "8",
        "maximum_group": "25",
        "attendance_percent": "80",
        "score_percent": "60",
        "validity_months": "36",
        "assessment-0-name_ka": "ტესტი",
        "assessment-0-name_en": "Test",
        "assessment-0-minimum": "0",
        "assessment-0-maximum": "100",
    } | values


def fill(staff, path="/staff/courses/new", **values):
    staff.get(path)
    return staff.submit(**typed(values.pop("topic", None) or factories.topic(), **values))


def preview(staff, topic, path="/staff/courses/new", **values):
    return staff.post(path, typed(topic, **values) | {"action": "preview"})


def only_version():
    return db.session.scalars(sa.select(CourseVersion)).one()


def test_a_course_keeps_every_field(staff):
    assert fill(staff).status == 303
    version = only_version()
    assert (version.title_ka, version.contact_hours, version.independent_hours, version.credits) == (
        "შიდა აუდიტი",
        Decimal("12.5"),
        Decimal(4),
        Decimal(1),
    )
    assert version.assessment == [{"name_ka": "ტესტი", "name_en": "Test", "minimum": 0, "maximum": 100}]
    assert sorted(version.target_categories) == ["civil_servant", "political_official"]
    assert version.learning_outcomes_en == "Plans an audit\nWrites a report"
    assert (version.attendance_percent, version.score_percent, version.validity_months) == (80, 60, 36)
    assert courses.get_course("internal-audit").published is False


def test_what_was_saved_stands_in_the_form_again(staff):
    fill(staff)
    form = staff.get("/staff/courses/internal-audit/edit").form()
    assert (form.fields["contact_hours"], form.fields["title_ka"], form.fields["assessment-0-maximum"]) == ("12.5", "შიდა აუდიტი", "100")
    assert form.fields["assessment-2-name_ka"] == ""
    staff.language = "ka"
    assert staff.get("/staff/courses/internal-audit/edit").form().fields["contact_hours"] == "12,5"
    assert staff.submit().status == 303
    assert only_version().contact_hours == Decimal("12.5")


def test_a_refused_course_says_everything_that_is_wrong_and_keeps_what_was_typed(staff):
    refused = fill(staff, title_ka="  ", contact_hours="a lot", minimum_group="0", **{"assessment-0-maximum": "", "credits": "1,234"})
    assert refused.status == 422
    assert {link.get("href") for link in refused.all("[data-error-summary] a")} == {
        *("#title_ka", "#contact_hours", "#minimum_group", "#credits", "#assessment-0-maximum")
    }
    fields = refused.form().fields
    assert (fields["contact_hours"], fields["title_en"], fields["goal_en"].strip()) == ("a lot", "Internal audit", "The goal")
    assert db.session.scalars(sa.select(Course)).all() == []


def test_rules_between_fields_are_told_beside_a_field(staff):
    refused = fill(
        staff, attendance_percent="", score_percent="", maximum_group="3", **{"assessment-0-minimum": "50", "assessment-0-maximum": "10"}
    )
    assert refused.status == 422
    assert {link.get("href") for link in refused.all("[data-error-summary] a")} == {
        "#maximum_group",
        "#attendance_percent",
        "#assessment-0-name_ka",
    }


def test_two_courses_cannot_have_the_same_address(staff):
    fill(staff, slug="audit")
    refused = fill(staff, slug="audit")
    assert (refused.status, len(refused.all("#slug-error"))) == (422, 1)


def test_the_preview_shows_the_page_and_saves_nothing(staff):
    topic = factories.topic()
    shown = (
        fill(staff, topic=topic, action="preview") if "action" in staff.get("/staff/courses/new").form().fields else preview(staff, topic)
    )
    assert (shown.status, shown.h1) == (200, "Internal audit")
    assert "Plans an audit" in shown.text
    assert "nothing is saved yet" in shown.text
    assert db.session.scalars(sa.select(Course)).all() == []


def test_from_the_preview_one_saves_or_goes_back_with_all_that_was_typed(staff):
    topic = factories.topic()
    shown = preview(staff, topic, goal_ka="ერთი\nორი")
    sent = {one.get("name"): one.get("value") for one in shown.form().cssselect("input[name]")} | {"target_categories": ["civil_servant"]}
    back = staff.post("/staff/courses/new", sent | {"action": "edit"})
    assert (back.status, back.form().fields["title_en"], back.form().fields["goal_ka"].strip()) == (200, "Internal audit", "ერთი\nორი")
    assert staff.post("/staff/courses/new", sent | {"action": "save"}).status == 303
    assert only_version().goal_ka == "ერთი\nორი"


def test_a_preview_of_what_is_wrong_says_so(staff):
    refused = preview(staff, factories.topic(), title_en="")
    assert (refused.status, len(refused.all("[data-error-summary] a"))) == (422, 1)


def test_the_preview_of_a_change_changes_nothing(staff):
    version = factories.course()
    shown = preview(staff, version.course.topic, path=f"/staff/courses/{version.course.slug}/edit", title_en="Another title")
    assert shown.h1 == "Another title"
    assert only_version().title_en == version.title_en


def test_a_course_with_published_runs_gets_a_new_version(staff):
    version = factories.course()
    run = factories.run(version)
    slug = version.course.slug
    assert "Saving makes a new version" in staff.get(f"/staff/courses/{slug}/edit").text
    staff.submit(title_en="A better title")
    shown = staff.follow()
    assert [row.split()[0] for row in shown.texts("tbody th")] == ["2", "1"]
    assert shown.texts("tbody td.number") == ["0", "1"]
    assert courses.get_run(run.code).version.title_en == version.title_en


def test_a_course_is_published_hidden_archived_and_taken_out(staff):
    version = factories.course()
    course = version.course
    course.published = False
    path = f"/staff/courses/{course.slug}"
    for action, published, archived in (
        ("publish", True, False),
        ("unpublish", False, False),
        ("archive", False, True),
        ("archive", False, False),
    ):
        staff.get(path)
        staff.submit(f"/{course.slug}/{action}")
        db.session.expire_all()
        found = courses.get_course(course.slug)
        assert (found.published, found.archived) == (published, archived), action
    assert staff.get("/staff/courses?archived=1").status == 200


def test_a_course_with_open_runs_is_not_hidden(staff):
    version = factories.course()
    factories.run(version)
    staff.post(f"/staff/courses/{version.course.slug}/unpublish")
    assert "runs that are open" in staff.follow().text
    assert courses.get_course(version.course.slug).published


def test_archived_courses_stand_apart(staff):
    factories.course(title_en="In use now")
    factories.course(title_en="Put away").course.archived = True
    assert staff.get("/staff/courses").texts("tbody th") == ["In use now"]
    assert staff.get("/staff/courses?archived=1").texts("tbody th") == ["Put away"]


def test_the_pages_of_courses_take_few_statements(staff):
    version = factories.course()
    for _number in range(12):
        factories.course()
    # sign-in, courses, demand · sign-in, course, versions, demand · sign-in, course, versions, topics
    for path, most in (("", 3), (f"/{version.course.slug}", 4), (f"/{version.course.slug}/edit", 4)):
        with counting() as statements:
            staff.get(f"/staff/courses{path}")
        assert len(statements) <= most, statements


def test_courses_are_closed_to_everybody_else(page, cast):
    slug = factories.course().course.slug
    for nosy in (cast.learner, cast.coordinator, cast.trainer):
        page.sign_in(nosy)
        for path in ("", "/new", f"/{slug}", f"/{slug}/edit"):
            assert page.get(f"/staff/courses{path}").status == 403
        for action in ("publish", "unpublish", "archive"):
            assert page.post(f"/staff/courses/{slug}/{action}").status == 403
    assert page.sign_in(cast.staff).get("/staff/courses/none").status == 404
