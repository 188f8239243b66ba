"""What my posts call for, my tracks, and what a coordinator sees of them: in words, with the next run for each gap, one click away."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from portal import qualifications
from portal.enrolment.models import Enrolment
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import commit
from portal.people.models import Post
from portal.qualifications import CourseDemand, Group, HoursDemand, StepValues, TrackValues
from tests import factories
from tests.page_client import PageClient
from tests.standings.scenes import EVER, completed, course_of, qualification
from tests.statements import counting

CALLED = {"categories": ("civil_servant",)}


@pytest.fixture
def mine(app, cast):
    return PageClient(app, "en").sign_in(cast.learner)


def began(person, ago):
    """The person's post began so many days ago."""
    db.session.execute(sa.update(Post).where(Post.person_id == person.id).values(starts_on=clock.today() - timedelta(days=ago)))


def panels(shown):
    return [" ".join(panel.text_content().split()) for panel in shown.all("main .panel")]


def test_what_a_post_calls_for_stands_with_its_term_and_the_next_run_to_enrol_in_with_one_click(mine, cast):
    wanted = factories.course(title_en="Procurement law")
    began(cast.learner, 10)
    qualification(course_of(wanted), **CALLED)
    factories.run(wanted, code="RUN-FULL", capacity=0)
    factories.run(wanted, code="RUN-FREE")
    commit()
    shown = mine.get("/my/qualifications")
    [panel] = panels(shown)
    for words in ("Procurement", "Not yet reached To be reached by", "Course completed: Procurement law", "Next with free places:"):
        assert words in panel, words
    assert [form.get("action") for form in shown.all("main form")] == ["/en/runs/RUN-FREE/enrol"]
    assert mine.submit("/en/runs/RUN-FREE/enrol").status == 303
    [place] = db.session.scalars(sa.select(Enrolment))
    assert (place.person_id, place.state, place.run.code) == (cast.learner.id, "confirmed", "RUN-FREE")
    db.session.remove()
    shown = mine.get("/my/qualifications")
    assert not shown.all("main form")
    assert shown.all("main a[href='/en/runs/RUN-FREE/enrolment']")


def test_an_equivalent_course_closes_the_gap_too_and_runs_for_others_are_not_offered(mine, cast):
    first, second = factories.course(), factories.course(title_en="Equivalent")
    qualification(CourseDemand(frozenset([first.course_id, second.course_id])), **CALLED)
    factories.place_rules(factories.run(first, code="RUN-KUTAISI"), invited=("kutaisi",))
    factories.run(factories.course(target_categories=["sakrebulo_member"]), code="RUN-OTHER")
    factories.run(second, code="RUN-EQUAL")
    commit()
    shown = mine.get("/my/qualifications")
    assert [form.get("action") for form in shown.all("main form")] == ["/en/runs/RUN-EQUAL/enrol"]
    assert ": Equivalent" in panels(shown)[0]


def test_what_is_held_says_until_when_on_which_evidence_and_by_which_rule(mine, cast):
    taken = factories.course(title_en="Procurement law")
    completed(cast.learner, taken, 30)
    qualification(course_of(taken), validity_months=24, window_months=6, **CALLED)
    commit()
    [panel] = panels(mine.get("/my/qualifications"))
    for words in (
        "Held Until",
        "It can be renewed from",
        "By the rule in force since 1 January 2015, on this evidence:",
        "Procurement law,",
    ):
        assert words in panel, words
    assert "What it asks for" not in panel


@pytest.mark.parametrize(
    ("ago", "words"),
    [(700, "Renewal open Until"), (800, "Lapsed Was held until")],
    ids=["renewal open", "lapsed"],
)
def test_an_open_window_and_a_lapse_are_told_with_the_way_to_renew(mine, cast, ago, words):
    taken = factories.course()
    began(cast.learner, 1000)
    completed(cast.learner, taken, ago)
    qualification(course_of(taken), validity_months=24, window_months=6, **CALLED)
    factories.run(taken, code="RUN-AGAIN")
    commit()
    shown = mine.get("/my/qualifications")
    assert words in panels(shown)[0]
    assert [form.get("action") for form in shown.all("main form")] == ["/en/runs/RUN-AGAIN/enrol"]


def test_of_a_group_what_is_done_is_marked_and_hours_are_counted(mine, cast):
    done, other = factories.course(title_en="Done course"), factories.course(title_en="Other course")
    completed(cast.learner, done, 30, hours=6)
    qualification(Group(2, (course_of(done), Group(2, (course_of(other), HoursDemand(Decimal(20)))))), **CALLED)
    commit()
    [panel] = panels(mine.get("/my/qualifications"))
    assert "Course completed: Done course Done" in panel
    assert "6 of 20 hours so far" in panel
    assert panel.count("No training with free places") == 1


def test_what_no_post_calls_for_and_was_never_held_is_not_shown(mine, cast):
    qualification(course_of(factories.course()), categories=("political_official",))
    commit()
    assert "Your posts call for no qualification" in mine.get("/my/qualifications").text
    assert "Qualifications" not in mine.get("/my").texts("h2")


def a_track(*steps, **values):
    return qualifications.create_track(
        TrackValues(
            name_ka="გზა",
            name_en="Path",
            categories=("civil_servant",),
            steps=tuple(StepValues(title_ka="ნაბიჯი", title_en=title, requirement=asks, within_days=days) for title, asks, days in steps),
            **values,
        ),
        by=None,
    )


def test_a_track_shows_its_steps_with_terms_and_the_way_to_each(mine, cast):
    began(cast.learner, 100)
    courses = [factories.course(title_en=f"Course {number}") for number in range(3)]
    completed(cast.learner, courses[0], 30)
    steps = [(f"Step {number}", course_of(course), days) for number, (course, days) in enumerate(zip(courses, (50, 90, 365), strict=True))]
    a_track(*steps)
    factories.run(courses[2], code="RUN-NEXT")
    commit()
    shown = mine.get("/my/tracks/path")
    first, second, third = panels(shown)
    assert "Step 0 Done Done on" in first
    assert "Late Within 90 days of" in second
    assert "To come Within 365 days of" in third
    assert [form.get("action") for form in shown.all("main form")] == ["/en/runs/RUN-NEXT/enrol"]
    assert "1 of 3 steps done · next: Step 1" in mine.get("/my").text


def test_a_track_of_others_is_not_found(mine, cast):
    a_track(("Step", course_of(factories.course()), 90), begun_from=clock.today())
    commit()
    assert mine.get("/my/tracks/path").status == 404
    assert mine.get("/my/tracks/none").status == 404


def test_the_coordinator_sees_what_is_missing_and_nominates_and_the_neighbour_finds_nobody(app, cast):
    wanted = factories.course(title_en="Procurement law")
    taken = completed(cast.learner, factories.course(title_en="Taken in Kutaisi"), 30)
    taken.municipality_id = factories.municipality("kutaisi").id
    qualification(course_of(wanted), **CALLED)
    qualification(course_of(taken.run.version), "Held", **CALLED)
    factories.run(wanted, code="RUN-FREE")
    commit()
    path = f"/en/municipality/people/{cast.learner.id}/qualifications"
    coordinator = PageClient(app, "en").sign_in(cast.coordinator)
    shown = coordinator.get(path)
    assert shown.all("main a[href='/en/municipality/nominate/RUN-FREE']")
    assert not shown.all("main form")
    assert "Taken in Kutaisi" not in shown.text
    assert coordinator.get("/municipality").all(f"a[href='{path}']")
    assert PageClient(app, "en").sign_in(cast.neighbour).get(path).status == 404
    assert PageClient(app, "en").sign_in(cast.learner).get(path).status == 403


def test_the_pages_take_as_many_statements_however_much_is_asked(mine, cast):
    counts = []
    for _round in range(2):
        for _one in range(3):
            wanted = factories.course()
            completed(cast.learner, wanted, 30)
            missing = factories.course()
            qualification(Group(2, (course_of(wanted), course_of(missing))), f"Q{missing.id}", EVER, **CALLED)
            a_track(("A", course_of(wanted), 30), ("B", course_of(missing), None))
            factories.run(missing)
        commit()
        counted = []
        for path in ("/my", "/my/qualifications", "/my/tracks/path"):
            with counting() as statements:
                assert mine.get(path).status == 200
            counted.append(len(statements))
        counts.append(counted)
    assert counts[0] == counts[1], counts


def test_a_page_with_a_lot_of_qualifications_stays_light(mine, cast):
    for number in range(10):
        wanted = factories.course()
        qualification(course_of(wanted), f"Q{number}", **CALLED)
        factories.run(wanted)
    commit()
    assert len(mine.get("/my/qualifications").response.data) < 40_000
