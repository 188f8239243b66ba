"""Awards are facts: recorded when they are due, ended when they turn out never to have been; the rows say what the rules say."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from portal import assessment, certificates, journeys, people, qualifications, recognition, standings
from portal.attendance import MarkWish
from portal.attendance.models import Mark
from portal.courses.models import CourseSession
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.history import HistoryRow
from portal.foundation.transaction import writing
from portal.people import PostDetails
from portal.qualifications import Award, EndReason, Recorded, reconcile
from portal.qualifications.models import DueCourse, QualificationAward, QualificationAwardEnd
from tests import factories
from tests.assessment.bank import ALL_RIGHT, Examined
from tests.assessment.test_attempts import WITHOUT_TEXT
from tests.certificates.scenes import issue_all
from tests.qualifications.timelines import day
from tests.recognition.samples import a_claim, an_award, sent
from tests.standings.scenes import completed, course_of, days_ago, live_awards, qualification, rule, settle, staff

FOR_SERVANTS = {"categories": ("civil_servant",)}
AWARDS = st.builds(
    Award,
    version_id=st.integers(1, 2),
    on=st.sampled_from([day("2026-01-01"), day("2026-02-01")]),
    until=st.sampled_from([None, day("2027-01-01")]),
    renews=st.just(False),
    since=st.just(day("2025-01-01")),
    sources=st.sampled_from([("enrolment:1",), ("enrolment:2",)]),
    ended_on=st.sampled_from([None, day("2026-06-01")]),
)


class Rows:
    """Rows as the database keeps them: awards and ends are only ever added."""

    def __init__(self) -> None:
        self.rows: dict[int, Recorded] = {}

    def take(self, found) -> None:
        for one in found.to_end:
            assert self.rows[one.award_id].award.ended_on is None, "what ended does not end again"
            before = self.rows[one.award_id]
            self.rows[one.award_id] = Recorded(one.award_id, replace(before.award, ended_on=one.ended_on), one.reason)
        for award in found.to_record:
            reason = EndReason.RULE_CHANGED if award.ended_on else None
            self.rows[len(self.rows) + 1] = Recorded(len(self.rows) + 1, award, reason)

    def said(self):
        """What the rows say is due, without what was never due."""
        return [one.award for one in self.rows.values() if one.reason != EndReason.EVIDENCE_CHANGED]


@given(st.lists(st.lists(AWARDS, max_size=4, unique=True), max_size=5))
def test_after_whatever_was_due_in_turn_the_rows_hold_all_that_is_due_now_and_nothing_more_is_held(dues):
    rows = Rows()
    for due in dues:
        rows.take(reconcile(due, rows.rows.values()))
        assert not reconcile(due, rows.rows.values()), "done once, it is done"
        assert set(due) <= set(rows.said())
        lasting = [award for award in rows.said() if award.ended_on is None]
        assert sorted(map(repr, lasting)) == sorted(repr(award) for award in due if award.ended_on is None)


@pytest.fixture
def who(app):
    return factories.person_with_account()


def ends() -> list[tuple[int, str]]:
    return [(end.award_id, end.reason) for end in db.session.scalars(sa.select(QualificationAwardEnd))]


def actions() -> list[str]:
    return list(db.session.scalars(sa.select(HistoryRow.action).where(HistoryRow.action.like("award:%")).order_by(HistoryRow.id)))


def test_the_worker_records_what_is_due_once_with_evidence_and_edition(who):
    version = factories.course()
    asked = qualification(course_of(version), validity_months=24)
    place = completed(who, version, 30)
    assert settle() == 1
    award = db.session.scalars(sa.select(QualificationAward)).one()
    assert (award.person_id, award.qualification_id, award.awarded_on) == (who.id, asked.id, days_ago(30))
    assert (award.version.number, award.sources, award.renews) == (1, [f"enrolment:{place.id}"], False)
    assert settle() == 0
    assert actions() == ["award:record"]


def test_completing_a_run_awards_at_the_next_look(who):
    by, version = staff(), factories.course()
    asked = qualification(course_of(version))
    place = completed(who, version, 30)
    place.state, place.run.state = "confirmed", "running"
    assert settle() == 0
    journeys.complete_run(place.run, by=by.id)
    settle()
    assert live_awards(who.id) == [(asked.id, days_ago(30))]


def test_attendance_corrected_late_ends_what_was_never_due(who):
    by, version = staff(), factories.course()
    qualification(course_of(version))
    place = completed(who, version, 30)
    settle()
    session_id = db.session.scalars(sa.select(CourseSession.id).where(CourseSession.run_id == place.run_id)).one()
    wish = MarkWish(place.id, Mark.ABSENT, reason="არ ესწრებოდა")
    journeys.record_marks(place.run_id, session_id, [wish], by=by.id, seen=10**9, reason="არ ესწრებოდა")
    settle()
    assert live_awards(who.id) == []
    award = db.session.scalars(sa.select(QualificationAward)).one()
    assert ends() == [(award.id, "evidence_changed")]
    assert db.session.scalars(sa.select(QualificationAwardEnd.ended_on)).one() == award.awarded_on
    assert actions() == ["award:record", "award:end"]


def test_a_suspended_certificate_ends_an_award_and_a_reinstated_one_brings_another(who):
    by, version = staff(), factories.course()
    asked = qualification(course_of(version))
    with writing():
        place = completed(who, version, 30)
        certificates.ask_to_issue(place.run_id, by=by.id)
    issue_all()
    settle()
    held = certificates.certificates_of_person(who.id)[0]
    certificates.suspend(held.id, "შემოწმება", by=by.id)
    settle()
    assert live_awards(who.id) == []
    certificates.reinstate(held.id, "შემოწმდა", by=by.id)
    settle()
    assert live_awards(who.id) == [(asked.id, days_ago(30))]
    assert len(ends()) == 1


def test_a_certificate_that_was_issued_to_a_record_merged_since_concerns_the_kept_one(who):
    by, version, other = staff(), factories.course(), factories.official()
    asked = qualification(course_of(version))
    with writing():
        place = completed(other, version, 30)
        certificates.ask_to_issue(place.run_id, by=by.id)
    issue_all()
    settle()
    journeys.merge_people(who.id, other.id, "ერთი პირია", by=by.id)
    settle()
    assert (live_awards(who.id), live_awards(other.id)) == ([(asked.id, days_ago(30))], [])
    journeys.revoke_certificate(certificates.certificates_of_person(who.id)[0].id, "შეცდომა", by=by.id)
    settle()
    assert live_awards(who.id) == []


def test_a_rule_that_asks_holders_ends_their_award_on_its_first_day(who):
    version, other = factories.course(), factories.course()
    asked = qualification(course_of(version))
    completed(who, version, 30)
    settle()
    tomorrow = clock.today() + timedelta(days=1)
    qualifications.publish_rule(asked.id, rule(course_of(other), tomorrow, asks_holders=True), by=None)
    assert settle() == 0
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert settle() == 1
    assert [reason for _award, reason in ends()] == ["rule_changed"]
    assert db.session.scalars(sa.select(QualificationAwardEnd.ended_on)).one() == tomorrow


def test_an_archived_qualification_keeps_its_awards_and_makes_no_new_ones(who):
    version, other = factories.course(), factories.person_with_account()
    asked = qualification(course_of(version), **FOR_SERVANTS)
    completed(who, version, 30)
    settle()
    qualifications.archive_qualification(asked, archived=True, by=None)
    completed(other, version, 20)
    settle()
    assert (len(live_awards(who.id)), live_awards(other.id)) == (1, [])
    assert db.session.scalars(sa.select(DueCourse)).all() == []


def due(person_id):
    return {(row.course_id, row.due_on) for row in db.session.scalars(sa.select(DueCourse).where(DueCourse.person_id == person_id))}


def test_courses_fall_due_by_the_date_alone_and_no_longer_once_the_gap_is_closed(who):
    version, equivalent = factories.course(), factories.course()
    both = qualifications.CourseDemand(frozenset([version.course_id, equivalent.course_id]))
    qualification(both, since=days_ago(0), grace_months=6, lead_days=60, **FOR_SERVANTS)
    settle()
    assert due(who.id) == set()
    with clock.frozen(clock.now() + timedelta(days=150)):
        settle()
        assert {course for course, _day in due(who.id)} == {version.course_id, equivalent.course_id}
        completed(who, version, 3)
        standings.refresh([who.id])
        assert due(who.id) == set()


def test_a_new_post_brings_what_it_calls_for(who):
    version = factories.course()
    qualification(course_of(version), since=days_ago(10), lead_days=400, categories=("political_official",))
    settle()
    assert due(who.id) == set()
    details = PostDetails(
        municipality_id=factories.municipality("telavi").id, title_ka="მერი", category="political_official", starts_on=days_ago(5), unit=""
    )
    people.add_post(who.id, details, by=None)
    settle()
    assert {course for course, _day in due(who.id)} == {version.course_id}


def test_a_worker_that_was_killed_in_between_loses_nothing(who, monkeypatch):
    version = factories.course()
    asked = qualification(course_of(version))
    completed(who, version, 30)
    with monkeypatch.context() as broken:
        broken.setattr("portal.qualifications.write_awards", lambda _changes: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            settle()
    assert live_awards(who.id) == []
    settle()
    assert live_awards(who.id) == [(asked.id, days_ago(30))]


def test_training_recognised_from_elsewhere_counts_until_that_is_revoked(cast):
    who = factories.person_with_account("თეა", "ნოზაძე", municipality=None)
    kind = recognition.create_outside_certificate("ICDL", "ICDL", "ICDL", by=cast.staff.id)
    code = recognition.outside_certificates()[0].code
    asked = qualification(qualifications.OutsideDemand(code))
    request_id = sent(who)
    recognition.recognise(request_id, an_award(outside_id=kind.id), "რადგან", by=cast.staff.id)
    settle()
    assert live_awards(who.id) == [(asked.id, a_claim().ends_on)]
    assert db.session.scalars(sa.select(QualificationAward.sources)).one() == [f"recognition:{request_id}"]
    recognition.revoke_recognition(request_id, "შეცდომა იყო", by=cast.staff.id)
    settle()
    assert live_awards(who.id) == []


def test_a_test_counts_from_the_first_day_on_which_it_was_passed_well_enough(cast):
    exam = Examined(cast, kinds=WITHOUT_TEXT, attempts=3)
    enough = qualification(qualifications.PassedTestDemand(exam.test.id), "Passed")
    well = qualification(qualifications.PassedTestDemand(exam.test.id, percent=90), "Passed well")
    start, who = clock.now(), exam.people[0].id
    days = []
    for number, answers in enumerate(({"single": 0, "multiple": [0, 2]}, ALL_RIGHT)):
        with clock.frozen(start + timedelta(days=number)):
            days.append(clock.today())
            exam.take(**answers)
            settle()
    with clock.frozen(start + timedelta(days=1)):
        results = [one.percent for one in assessment.passes_of([who])]
        assert sorted(results) == [67, 100], results
        assert sorted(live_awards(who)) == sorted([(enough.id, days[0]), (well.id, days[1])])
    assert ends() == []
