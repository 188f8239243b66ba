"""What staff do to courses and runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from portal import courses
from portal.courses.models import CourseVersion, RunState
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError, RefusedError
from portal.foundation.history import HistoryRow
from portal.foundation.transaction import commit
from tests import factories
from tests.courses.values import course_values, run_values, session_values

pytestmark = pytest.mark.usefixtures("app")


def a_course(**changes):
    return courses.create_course(course_values(factories.topic().id, **changes), by=None)


def a_published_course(**changes):
    course = a_course(**changes)
    courses.publish_course(course, by=None)
    return course


def a_run(**changes):
    days = [session_values(day=14), session_values(day=15)]
    return courses.create_run(
        a_published_course(), run_values(venue_id=factories.venue().id, **changes), capacity=20, sessions=days, by=None
    )


def a_published_run(**changes):
    run = a_run(**changes)
    courses.publish_run(run, by=None)
    return run


def actions():
    commit()
    return list(db.session.scalars(sa.select(HistoryRow.action).order_by(HistoryRow.id)))


def test_course_gets_a_slug_from_its_english_title_and_a_first_version():
    course = a_course(title_en="Public Procurement: the basics")
    assert course.slug == "public-procurement-the-basics"
    assert courses.get_current_version(course.id).number == 1
    assert actions() == ["course:create"]


def test_namesakes_get_slugs_of_their_own():
    assert [a_course().slug for _ in range(3)] == ["public-procurement", "public-procurement-2", "public-procurement-3"]


def test_two_courses_cannot_share_a_slug_and_the_transaction_stays_usable():
    a_course(slug="same")
    with pytest.raises(courses.WrongValuesError) as refused:
        a_course(slug="same")
    assert [problem.field for problem in refused.value.problems] == ["slug"]
    assert a_course(slug="other").id


def test_course_is_changed_in_place_while_only_drafts_use_it():
    run = a_run()
    version = courses.change_course(run.course, course_values(run.course.topic_id, title_ka="ახალი სათაური"), by=None)
    assert version.number == 1
    assert run.version.title_ka == "ახალი სათაური"


def test_published_run_keeps_the_version_it_was_published_with_and_drafts_follow_to_the_new_one():
    run = a_published_run()
    draft = courses.create_run(run.course, run_values(form="online"), capacity=10, by=None)
    courses.change_course(run.course, course_values(run.course.topic_id, contact_hours=Decimal(24)), by=None)
    commit()
    assert courses.get_run(run.code).version.contact_hours == Decimal(16)
    assert courses.get_run(draft.code).version.contact_hours == Decimal(24)
    assert courses.get_run(draft.code).version.number == 2


def test_saving_a_course_unchanged_makes_no_version_and_no_history():
    run = a_published_run()
    before = actions()
    courses.change_course(run.course, course_values(run.course.topic_id), by=None)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CourseVersion)) == 1
    assert actions() == before


def test_course_with_an_open_run_cannot_be_archived():
    run = a_published_run()
    with pytest.raises(RefusedError):
        courses.archive_course(run.course, by=None)
    courses.mark_cancelled(run, by=None, reason="")
    courses.archive_course(run.course, by=None)
    with pytest.raises(NotFoundError):
        courses.get_public_version(run.course.slug)


def test_run_starts_and_ends_with_its_sessions():
    run = a_run()
    assert (run.starts_at, run.ends_at) == (session_values(day=14).starts_at, session_values(day=15).ends_at)
    first, last = courses.sessions_of(run.id)
    courses.move_session(last, *times(day=20), by=None)
    assert run.ends_at == times(day=20)[1]
    courses.cancel_session(first, by=None)
    assert run.starts_at == times(day=20)[0]
    assert courses.sessions_of(run.id) == [last]
    assert courses.sessions_of(run.id, with_cancelled=True) == [first, last]


def times(day):
    values = session_values(day=day)
    return values.starts_at, values.ends_at


def test_calendars_hear_of_moves_but_not_of_titles():
    run = a_published_run()
    session = courses.sessions_of(run.id)[0]
    before = run.calendar_sequence
    same = session_values(day=14)
    assert not courses.change_session(session, replace(same, title_en="Other"), by=None)
    assert run.calendar_sequence == before
    assert courses.move_session(session, same.starts_at + timedelta(hours=1), same.ends_at, by=None)
    assert run.calendar_sequence == before + 1
    assert courses.change_run(run, run_values(venue_id=factories.venue("kutaisi").id), by=None)
    assert run.calendar_sequence == before + 2
    assert run.venue.municipality.code == "kutaisi"
    courses.mark_cancelled(run, by=None, reason="ცოტა მონაწილე")
    assert run.calendar_sequence == before + 3


def test_sessions_of_a_run_may_not_overlap():
    run = a_run()
    with pytest.raises(courses.WrongValuesError) as refused:
        courses.add_session(run, session_values(day=14), by=None)
    assert refused.value.problems[0].field == "starts_at"
    first = courses.sessions_of(run.id)[0]
    courses.move_session(first, first.starts_at + timedelta(hours=1), first.ends_at, by=None)


def test_the_last_day_of_a_published_run_cannot_be_struck_out():
    run = a_published_run()
    first, last = courses.sessions_of(run.id)
    courses.cancel_session(first, by=None)
    with pytest.raises(RefusedError):
        courses.cancel_session(last, by=None)


def test_run_without_a_training_day_cannot_be_published():
    run = courses.create_run(a_published_course(), run_values(form="online"), capacity=5, by=None)
    with pytest.raises(courses.WrongValuesError) as refused:
        courses.publish_run(run, by=None)
    assert [problem.field for problem in refused.value.problems] == ["sessions"]
    assert run.state == RunState.DRAFT


def test_run_of_an_unpublished_course_cannot_be_published():
    run = courses.create_run(a_course(), run_values(form="online"), capacity=5, sessions=[session_values(day=14)], by=None)
    with pytest.raises(courses.WrongValuesError) as refused:
        courses.publish_run(run, by=None)
    assert [problem.field for problem in refused.value.problems] == ["course"]


def test_run_goes_through_its_life():
    run = a_published_run()
    courses.close_run(run, by=None)
    courses.reopen_run(run, by=None)
    with pytest.raises(RefusedError):
        courses.reopen_run(run, by=None)
    courses.start_run(run, by=None)
    with pytest.raises(RefusedError):
        courses.close_run(run, by=None)
    with clock.frozen(run.ends_at):
        courses.mark_completed(run, by=None)
    with pytest.raises(RefusedError):
        courses.mark_cancelled(run, by=None, reason="")
    with pytest.raises(RefusedError):
        courses.set_capacity(run, 5, by=None)
    assert actions()[-5:] == ["run:publish", "run:close", "run:reopen", "run:start", "run:complete"]


def test_run_cannot_be_completed_before_it_begins():
    with pytest.raises(RefusedError):
        courses.mark_completed(a_published_run(), by=None)


def test_run_without_a_code_gets_one_and_a_given_code_is_taken_once():
    assert a_run().code.startswith(f"{clock.today():%y}-")
    a_run(code="SPRING-1")
    with pytest.raises(courses.WrongValuesError) as refused:
        a_run(code="SPRING-1")
    assert refused.value.problems[0].field == "code"


def test_code_of_a_published_run_stays():
    run = a_published_run()
    with pytest.raises(courses.WrongValuesError):
        courses.change_run(run, run_values(code="OTHER", venue_id=run.venue_id), by=None)


def test_an_online_run_with_a_venue_is_refused_and_the_venue_not_silently_dropped():
    with pytest.raises(courses.WrongValuesError) as refused:
        courses.create_run(a_course(), run_values(form="online", venue_id=factories.venue().id), capacity=5, by=None)
    assert [problem.field for problem in refused.value.problems] == ["venue_id"]


def test_draft_is_not_found_by_visitors():
    run = a_run()
    with pytest.raises(NotFoundError):
        courses.get_public_run(run.code)
    courses.publish_run(run, by=None)
    assert courses.get_public_run(run.code) is run


def test_trainers_keep_their_order():
    run = a_run()
    eka, levan = factories.person("ეკა", "ბერიძე"), factories.person("ლევან", "მაისურაძე")
    courses.set_trainers(run, [levan.id, eka.id], by=None)
    assert courses.trainers_of(run.id) == [levan, eka]
    courses.set_trainers(run, [eka.id], by=None)
    assert courses.trainers_of(run.id) == [eka]


def test_venue_that_changes_tells_which_runs_are_concerned():
    run = a_published_run()
    values = courses.VenueValues(
        name_ka="დარბაზი", name_en="Hall", address_ka="ქუჩა 1", address_en="1 Street", municipality_id=factories.municipality("gori").id
    )
    before = run.calendar_sequence
    [(concerned, move)] = courses.change_venue(run.venue, values, by=None)
    assert (concerned.id, move.kind) == (run.id, "place")
    assert run.calendar_sequence == before + 1
    assert courses.get_run(run.code).venue.municipality.code == "gori"


def test_runs_that_have_begun_are_found_for_the_worker():
    run = a_published_run()
    assert courses.ids_of_runs_to_start(clock.now()) == []
    assert courses.ids_of_runs_to_start(run.starts_at) == [run.id]
