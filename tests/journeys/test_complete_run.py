"""A run is over: what becomes of it and of those who took part."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal import attendance, certificates, courses, enrolment, journeys
from portal.attendance.models import Mark
from portal.enrolment.models import Enrolment
from portal.foundation.database import db
from portal.foundation.errors import RefusedError
from portal.foundation.history import HistoryRow
from portal.foundation.transaction import commit, writing
from tests import factories
from tests.certificates import scenes
from tests.enrolment.mailbox import kinds_to


def complete(run, staff):
    with writing():
        journeys.complete_run(run, by=staff.id)
    return courses.get_run(run.code)


def states(run):
    rows = db.session.execute(sa.select(Enrolment.person_id, Enrolment.state).where(Enrolment.run_id == run.id))
    return dict(rows.all())


def test_each_participant_completed_the_run_or_did_not(cast):
    run = scenes.past_run(cast.staff, [cast.learner])
    scenes.attend(run, factories.enrolment(run, cast.colleague), cast.staff, hours=4)
    factories.enrolment(run, cast.coordinator)  # never marked
    commit()
    assert complete(run, cast.staff).state == "completed"
    assert states(run) == {cast.learner.id: "completed", cast.colleague.id: "not_completed", cast.coordinator.id: "not_completed"}


def test_whoever_still_waits_when_the_run_is_completed_is_told_once_that_no_place_became_free(cast):
    run = scenes.past_run(cast.staff, [cast.learner])
    factories.enrolment(run, cast.colleague, "waiting")
    commit()
    complete(run, cast.staff)
    complete(run, cast.staff)
    assert states(run) == {cast.learner.id: "completed", cast.colleague.id: "cancelled"}
    assert (kinds_to(cast.learner), kinds_to(cast.colleague)) == ([], ["no_place_freed"])


@pytest.mark.parametrize("state", ["closed", "running"])
def test_closed_and_running_runs_are_completed(cast, state):
    run = scenes.past_run(cast.staff, 1, state=state)
    commit()
    assert complete(run, cast.staff).state == "completed"


@pytest.mark.parametrize("state", ["draft", "cancelled"])
def test_what_never_took_place_is_not_completed(cast, state):
    run = scenes.past_run(cast.staff, 1, state=state)
    commit()
    with pytest.raises(RefusedError):
        complete(run, cast.staff)


def test_a_run_with_a_session_to_come_is_not_completed(cast):
    run = factories.run(state="running")
    commit()
    code = run.code
    with pytest.raises(RefusedError):
        complete(run, cast.staff)
    assert courses.get_run(code).state == "running"


def test_completing_leaves_history_and_done_again_changes_nothing(cast):
    run = scenes.past_run(cast.staff, 2)
    commit()
    complete(run, cast.staff)
    rows = db.session.scalars(sa.select(HistoryRow).order_by(HistoryRow.id)).all()
    assert [row.action for row in rows].count("run:complete") == 1
    assert all(row.actor_id == cast.staff.id for row in rows)
    complete(run, cast.staff)
    assert len(db.session.scalars(sa.select(HistoryRow)).all()) == len(rows)


def test_done_again_it_knows_of_corrections_made_since(cast):
    run = scenes.past_run(cast.staff, [cast.learner], hours=2)
    commit()
    complete(run, cast.staff)
    assert states(run) == {cast.learner.id: "not_completed"}
    scenes.attend(run, db.session.scalars(sa.select(Enrolment)).one(), cast.staff)
    commit()
    complete(run, cast.staff)
    assert states(run) == {cast.learner.id: "completed"}


def test_a_course_that_asks_for_nothing_is_completed_by_taking_part(cast):
    run = scenes.past_run(cast.staff, [cast.learner], version=factories.course(attendance_percent=None))
    commit()
    complete(run, cast.staff)
    assert states(run) == {cast.learner.id: "completed"}


def test_after_a_corrected_mark_the_outcome_is_that_of_the_corrected_marks(page, cast):
    run = scenes.past_run(cast.staff, [cast.learner])
    commit()
    complete(run, cast.staff)
    (place,) = enrolment.roster(run.id)
    page.sign_in(cast.staff)
    for session in courses.sessions_of(run.id):
        page.get(f"/teaching/sessions/{session.id}")
        assert page.submit(**{f"mark-{place.id}": "absent", "reason": "signed for a colleague"}).status == 303
    assert states(run) == {cast.learner.id: "not_completed"}


def test_after_a_late_score_whoever_reached_it_completed_the_run(page, cast):
    run = scenes.past_run(cast.staff, [cast.learner], version=factories.course(score_percent=60))
    commit()
    complete(run, cast.staff)
    assert states(run) == {cast.learner.id: "not_completed"}
    (place,) = enrolment.roster(run.id)
    page.sign_in(cast.staff).get(f"/teaching/runs/{run.code}/scores")
    assert page.submit(**{f"score-{place.id}": "75"}).status == 303
    assert states(run) == {cast.learner.id: "completed"}


def test_whoever_holds_a_certificate_completed_the_run_whatever_is_corrected(cast):
    run = scenes.issued_run(cast.staff, [cast.learner])
    (place,) = enrolment.roster(run.id)
    wish = attendance.MarkWish(place.id, Mark.ABSENT)
    with writing():
        for session in courses.sessions_of(run.id):
            journeys.record_marks(run.id, session.id, [wish], by=cast.staff.id, seen=10**9, reason="wrong list")
    assert states(run) == {cast.learner.id: "completed"}


def test_marks_of_a_run_under_way_decide_nothing_yet(cast):
    run = scenes.past_run(cast.staff, [cast.learner])
    commit()
    (place,) = enrolment.roster(run.id)
    wish = attendance.MarkWish(place.id, Mark.ABSENT)
    with writing():
        journeys.record_marks(run.id, courses.sessions_of(run.id)[0].id, [wish], by=cast.staff.id, seen=10**9, reason="wrong list")
    assert states(run) == {cast.learner.id: "confirmed"}


def test_whose_only_certificate_is_revoked_completed_the_run_only_if_their_attendance_says_so(cast):
    run = scenes.issued_run(cast.staff, [cast.learner, cast.colleague])
    place = next(place for place in enrolment.roster(run.id) if place.person_id == cast.learner.id)
    wish = attendance.MarkWish(place.id, Mark.ABSENT)
    with writing():
        for session in courses.sessions_of(run.id):
            journeys.record_marks(run.id, session.id, [wish], by=cast.staff.id, seen=10**9, reason="wrong list")
    with writing():
        for number in scenes.numbers():
            journeys.revoke_certificate(certificates.get_entry(number).id, "forged signature", by=cast.staff.id)
    assert states(run) == {cast.learner.id: "not_completed", cast.colleague.id: "completed"}
