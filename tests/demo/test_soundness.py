"""The demo is what the portal itself could have made: its rules hold, and its history and register verify."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict

import pytest
import sqlalchemy as sa

from portal import certificates, courses, demo, enrolment, people
from portal.attendance.models import AttendanceFact, Mark
from portal.certificates.models import Certificate, CertificateCounter, CertificateFile, CertificateStatus
from portal.courses.models import CourseRun, RunState
from portal.enrolment import queries
from portal.enrolment.models import HOLDS_PLACE, LIVE, CourseInterest, Enrolment, EnrolmentState
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.history import HistoryRow, broken_links
from portal.foundation.outbox import OutboxMessage
from portal.people.models import Account, Person, Post
from tests.demo.conftest import trying
from tests.signing import judging

pytestmark = pytest.mark.usefixtures("seeded")


def runs() -> list[CourseRun]:
    return list(db.session.scalars(sa.select(CourseRun).order_by(CourseRun.id)))


def test_two_seeds_at_one_moment_are_equal(seeded):
    assert seeded.first == seeded.second


def test_every_certificate_of_the_demo_is_signed_and_holds():
    files = db.session.scalars(sa.select(CertificateFile.pdf)).all()
    assert len(files) > 100
    assert all(judging.holds(pdf) for pdf in files)
    assert not judging.holds(files[0].replace(b"/P 1\n", b"/P 2\n"))


def test_a_second_seed_adds_nothing():
    with trying():
        before = db.session.scalar(sa.select(sa.func.count()).select_from(HistoryRow))
        assert demo.seed(1) == {}
        assert db.session.scalar(sa.select(sa.func.count()).select_from(HistoryRow)) == before


def test_no_run_is_overbooked_and_nobody_waits_beside_a_place_that_is_free_for_them():
    ids = [run.id for run in runs()]
    assert all(places.taken <= places.capacity for places in enrolment.places_of(ids).values())
    for line in enrolment.read_lines(ids).values():
        assert [rank for rank in line.ranked if line.seats.find_block(rank.place.home) is None] == []


def test_a_person_is_in_a_run_once_and_nowhere_else_at_that_time():
    seen = set()
    for row in db.session.execute(sa.select(Enrolment.run_id, Enrolment.person_id).where(Enrolment.state.in_(LIVE))):
        assert tuple(row) not in seen
        seen.add(tuple(row))
    for run in runs():
        persons = [each.person_id for each in enrolment.live_enrolments_of_run(run.id)]
        assert queries.clashes_of(run.id, persons) == {}


def test_people_are_in_runs_for_their_category_with_the_post_that_they_hold():
    rows = db.session.execute(
        sa.select(Enrolment, Post, CourseRun)
        .join(Post, Post.person_id == Enrolment.person_id)
        .join(CourseRun, CourseRun.id == Enrolment.run_id)
    ).all()
    assert len(rows) == db.session.scalar(sa.select(sa.func.count()).select_from(Enrolment))
    for each, post, run in rows:
        assert each.post_category in run.version.target_categories
        assert (each.municipality_id, each.post_title_ka, each.post_rank) == (post.municipality_id, post.title_ka, post.rank)


def test_an_enrolment_came_within_the_window_or_on_the_first_day():
    for each in db.session.scalars(sa.select(Enrolment)):
        on_the_day = each.state_reason == "on_the_day" or each.queued_at >= each.run.starts_at
        assert on_the_day or each.run.enrolment_opens_at <= each.queued_at <= each.run.enrolment_closes_at
        assert each.changed_at <= clock.now()


@pytest.mark.parametrize("state", sorted(set(EnrolmentState) - {EnrolmentState.REJECTED}))
def test_every_end_that_an_enrolment_can_have_is_there(state):
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Enrolment).where(Enrolment.state == state)) > 2


def test_who_completed_a_run_is_who_the_certificate_rule_says():
    for run in runs():
        if run.state == RunState.COMPLETED:
            for candidate in certificates.candidates_of_run(run):
                assert (candidate.enrolment.state == EnrolmentState.COMPLETED) == candidate.completes


def test_the_ledger_knows_every_mark_and_some_corrections():
    facts = list(db.session.scalars(sa.select(AttendanceFact).order_by(AttendanceFact.id)))
    by_place = defaultdict(list)
    for fact in facts:
        by_place[fact.session_id, fact.enrolment_id].append(fact)
    assert {fact.mark for fact in facts} == set(Mark)
    assert all(fact.reason for fact in facts if fact.mark == Mark.EXCUSED)
    corrected = [chain for chain in by_place.values() if len(chain) > 1]
    assert corrected
    assert all(chain[-1].reason and chain[-1].mark != chain[0].mark for chain in corrected)


def test_only_people_with_a_place_are_marked():
    states = set(db.session.scalars(sa.select(Enrolment.state).join(AttendanceFact, AttendanceFact.enrolment_id == Enrolment.id)))
    assert states <= set(HOLDS_PLACE)


def test_certificates_are_numbered_without_a_gap_in_the_order_of_time():
    years = defaultdict(list)
    for each in db.session.scalars(sa.select(Certificate).order_by(Certificate.issued_at, Certificate.id)):
        assert each.number == f"NALAG-{each.year}-{each.sequence:06}"
        years[each.year].append(each.sequence)
    assert all(sequences == list(range(1, len(sequences) + 1)) for sequences in years.values())
    assert dict(db.session.execute(sa.select(CertificateCounter.year, CertificateCounter.last)).all()) == {
        year: len(sequences) for year, sequences in years.items()
    }


def test_certificates_are_frozen_and_answer_to_their_secret():
    rows = db.session.execute(sa.select(Certificate, CertificateFile).join(CertificateFile)).all()
    assert len(rows) > 100
    for each, file in rows:
        assert hashlib.sha256(each.record).hexdigest() == each.record_sha256
        assert hashlib.sha256(file.pdf).hexdigest() == file.pdf_sha256
        record = certificates.CertificateFacts.from_record(json.loads(each.record))
        assert record.number == each.number
    assert certificates.find_by_secret(rows[0][0].secret) is not None


def test_the_portal_goes_on_counting_where_the_demo_stopped():
    staff = db.session.scalars(sa.select(Account).where(Account.email == "staff@portal.example")).one()
    last = db.session.scalar(sa.select(CertificateCounter.last).where(CertificateCounter.year == clock.today().year)) or 0
    with trying():
        certificates.ask_to_issue(courses.get_run("DEMO-DONE").id, by=staff.person_id)
        db.session.flush()
        assert certificates.issue_next()
        newest = db.session.scalars(sa.select(Certificate).order_by(Certificate.id.desc()).limit(1)).one()
        assert (newest.year, newest.sequence) == (clock.today().year, last + 1)
        assert people.add_person(people.PersonDetails(given_name_ka="ნინო", family_name_ka="აბაშიძე"), by=None).id


def test_certificates_have_every_state_that_staff_give():
    states = set(db.session.scalars(sa.select(CertificateStatus.state)))
    assert states == {"issued", "suspended", "reinstated", "revoked"}


def test_the_history_is_a_whole_chain_in_the_order_of_time():
    rows = list(db.session.scalars(sa.select(HistoryRow).order_by(HistoryRow.id)))
    assert list(broken_links(rows)) == []
    assert [row.at for row in rows] == sorted(row.at for row in rows)
    assert rows[-1].at <= clock.now()


@pytest.mark.parametrize(
    ("model", "action"),
    [
        (Person, "person:add"),
        (Account, "account:create"),
        (CourseRun, "run:create"),
        (Enrolment, "enrolment:%"),
        (CourseInterest, "interest:express"),
        (Certificate, "certificate:issue"),
    ],
)
def test_everything_has_left_a_row_in_the_history(model, action):
    subjects = sa.select(HistoryRow.subject_id).where(HistoryRow.subject_kind == model.__tablename__, HistoryRow.action.like(action))
    assert set(db.session.scalars(subjects)) == {str(key) for key in db.session.scalars(sa.select(model.id))}


def test_mail_was_sent_waits_and_failed_and_goes_to_no_real_address():
    rows = db.session.execute(sa.select(OutboxMessage.state, OutboxMessage.to_address, OutboxMessage.kind)).all()
    assert {row.state for row in rows} == {"sent", "waiting", "failed"}
    assert all(row.to_address.endswith("@portal.example") for row in rows)
    assert len({row.kind for row in rows}) >= 3
    assert all(email.endswith("@portal.example") for email in db.session.scalars(sa.select(Person.email)))


def test_runs_are_found_by_their_words():
    found = courses.list_public_runs(courses.RunFilter(text="უფლებები"), at=clock.now())
    assert "DEMO-OPEN" in {row.code for row in found.runs}
