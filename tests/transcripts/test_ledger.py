"""The ledger of hours: recomputed from the rows, year by year."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from portal import recognition, transcripts
from portal.attendance.models import AttendanceFact
from portal.enrolment.models import Enrolment
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.papers import Pair
from portal.recognition.models import RecognitionRequest, RecognitionStep
from portal.transcripts import Hours, Within, rules
from tests import factories
from tests.certificates import scenes
from tests.recognition.samples import TITLE, an_award, sent
from tests.statements import counting
from tests.transcripts.samples import ENTRY, FACTS, completed


def test_the_ledger_of_everybody_in_the_demo_is_what_the_rows_say(demo_app):
    """Slowly, fact by fact: the newest mark of a session counts, and only minutes of presence."""
    with demo_app.app_context():
        places = db.session.scalars(sa.select(Enrolment).where(Enrolment.state == "completed")).all()
        newest = {}
        for fact in db.session.scalars(sa.select(AttendanceFact).order_by(AttendanceFact.id)):
            newest[fact.enrolment_id, fact.session_id] = fact
        minutes = Counter()
        for fact in newest.values():
            if fact.mark == "present":
                minutes[fact.enrolment_id] += fact.to_minute - fact.from_minute
        expected = {}
        for place in places:
            version = place.run.version
            year = place.run.ends_at.astimezone(ZoneInfo("Asia/Tbilisi")).year
            so_far = expected.setdefault((place.person_id, year), [0, Decimal(0), Decimal(0)])
            so_far[0] += round(Decimal(minutes[place.id]) / 60, 2)
            so_far[1] += version.independent_hours
            so_far[2] += version.credits or 0
        steps = {step.request_id: step for step in db.session.scalars(sa.select(RecognitionStep).order_by(RecognitionStep.id))}
        for request in db.session.scalars(sa.select(RecognitionRequest)):
            if (decided := steps[request.id]).step == "recognised":
                so_far = expected.setdefault((request.person_id, request.ends_on.year), [0, Decimal(0), Decimal(0)])
                so_far[0] += decided.contact_hours
                so_far[1] += decided.independent_hours
                so_far[2] += decided.credits or 0
        someone = sorted({person_id for person_id, _year in expected})
        assert len(someone) > 100
        found = {(person, year.year): [*year.hours] for person in someone for year in transcripts.by_year(transcripts.entries_of(person))}
        assert found == expected
        db.session.remove()


def test_a_completed_training_stands_with_the_hours_attended_and_those_of_its_edition(cast):
    place = completed(cast.learner, cast.staff, hours=6)
    [one] = transcripts.entries_of(cast.learner.id)
    assert (one.source, one.contact, one.independent, one.credits) == (f"enrolment:{place.id}", 12, 10, Decimal("1.5"))
    assert one.completed_on == place.run.ends_at.astimezone(ZoneInfo("Asia/Tbilisi")).date()


def test_what_was_not_completed_or_is_not_over_does_not_count(cast):
    completed(cast.learner, cast.staff, state="not_completed")
    factories.enrolment(factories.run(), cast.learner)
    assert transcripts.entries_of(cast.learner.id) == ()


def test_attendance_that_was_corrected_counts_as_it_is_now(cast):
    place = completed(cast.learner, cast.staff, hours=6)
    scenes.attend(place.run, place, cast.staff, hours=8)
    assert transcripts.entries_of(cast.learner.id)[0].contact == 16


def test_an_employer_sees_what_was_done_there(cast):
    here = completed(cast.learner, cast.staff)
    elsewhere = completed(cast.learner, cast.staff)
    elsewhere.municipality_id = factories.municipality("kutaisi").id
    db.session.flush()
    within = Within([here.municipality_id], date(2000, 1, 1))
    assert [one.source for one in transcripts.entries_of(cast.learner.id, within)] == [f"enrolment:{here.id}"]
    assert len(transcripts.entries_of(cast.learner.id)) == 2


def test_what_was_recognised_stands_beside_it_until_it_is_revoked(cast):
    taken = sent(cast.learner, ends_on=date(2025, 4, 8))
    assert transcripts.entries_of(cast.learner.id) == ()
    recognition.confirm_request(taken, by=cast.coordinator.id)
    recognition.recognise(taken, an_award(independent_hours=Decimal(4), credits=Decimal(2)), by=cast.staff.id)
    [one] = transcripts.entries_of(cast.learner.id)
    assert (one.source, one.title.said("en"), one.completed_on, one.outside) == (f"recognition:{taken}", TITLE, date(2025, 4, 8), True)
    assert (one.contact, one.independent, one.credits) == (16, 4, 2)
    assert transcripts.entries_of(cast.learner.id, Within([], clock.today())) == (one,)
    assert transcripts.entries_of(cast.learner.id, Within([], clock.today() + timedelta(days=1))) == ()
    recognition.revoke_recognition(taken, "შეცდომა", by=cast.staff.id)
    assert transcripts.entries_of(cast.learner.id) == ()


def test_years_are_those_of_the_last_day_and_their_sums_make_the_whole():
    years = transcripts.by_year(FACTS.entries)
    assert [(year.year, *year.hours) for year in years] == [(2026, Decimal("15.5"), 10, 1), (2025, Decimal("15.5"), 10, 0)]
    assert transcripts.total(FACTS.entries) == Hours(Decimal(31), Decimal(20), Decimal(1))
    assert transcripts.total([]) == Hours(Decimal(0), Decimal(0), Decimal(0))


def test_what_was_added_is_no_change_of_what_a_transcript_says():
    then, more = (ENTRY,), (ENTRY, replace(ENTRY, source="enrolment:2"))
    assert rules.changes(then, then, renamed=False).standing == "current"
    assert rules.changes(then, more, renamed=False) == (1, 0, 0, False)
    assert rules.changes(then, more, renamed=False).standing == "grown"
    for now in ((), (replace(ENTRY, contact=Decimal(12)),), (replace(ENTRY, title=Pair("ა", "a")),)):
        assert rules.changes(then, now, renamed=False).standing == "changed"
    assert rules.changes(then, then, renamed=True).standing == "changed"


def test_the_ledger_takes_as_many_statements_however_long_it_is(cast):
    for _training in range(3):
        completed(cast.learner, cast.staff)
    with counting() as statements:
        assert len(transcripts.entries_of(cast.learner.id)) == 3
    assert len(statements) == 4, statements
