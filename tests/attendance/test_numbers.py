"""Cases in which peers fail, by the number under which that is known: who moves or is merged keeps what was recorded, where it was recorded."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import attendance, enrolment, journeys
from portal.attendance.models import AttendanceAppeal, AttendanceFact, Mark
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import RefusedError
from portal.foundation.transaction import commit
from tests import factories
from tests.attendance.hall import Hall, morning


def mark(hall, cast, *wishes, session=None):
    journeys.record_marks(hall.run.id, (session or hall.session).id, wishes, by=cast.trainer.id, seen=10**9, reason="გადამოწმდა")


def facts():
    """Every row of the ledger, with every column."""
    return [tuple(row) for row in db.session.execute(sa.select(AttendanceFact.__table__).order_by(AttendanceFact.id))]


def minutes(run):
    """Attended minutes of everyone with a place in the run, by enrolment."""
    return {key: summary.attended_minutes for key, summary in attendance.summaries_of_run(run.id).items()}


@pytest.fixture
def halls(cast):
    """Two groups of one course: one met two days ago and yesterday, the other meets in a week."""
    here = Hall(cast, day=-2)
    there = Hall(cast, [("ლალი", "გოგოლაძე")], version=here.run.version, day=7, state="open")
    return here, there


# #716: when somebody changes the group, the past is not written anew


def test_716_who_was_marked_is_not_moved_away_from_what_they_attended(cast, halls):
    here, there = halls
    mark(here, cast, attendance.MarkWish(here.keys[0], Mark.PRESENT, late=60))
    before = facts()
    with pytest.raises(RefusedError, match="stay in it"):
        journeys.move_enrolment(here.enrolments[0], there.run, by=cast.staff.id, reason="სხვა ჯგუფი")
    assert (facts(), minutes(here.run)[here.keys[0]]) == (before, 420)


def test_716_whoever_goes_on_in_another_group_has_the_hours_of_both_where_they_were_made(cast, halls):
    """What staff do instead of a move: they add the person to the other group; the marks of the first stay as they were."""
    here, there = halls
    mark(here, cast, attendance.MarkWish(here.keys[0], Mark.PRESENT, late=60), attendance.MarkWish(here.keys[1], Mark.ABSENT))
    before, matrix = facts(), minutes(here.run)
    added = enrolment.enrol(there.run.id, here.people[0].id, by=cast.staff.id)
    with clock.frozen(there.session.ends_at):
        mark(there, cast, attendance.MarkWish(added.id, Mark.PRESENT, left=120))
        assert facts()[: len(before)] == before
        assert minutes(here.run) == matrix
        assert minutes(there.run) == {there.keys[0]: 0, added.id: 360}
        mine = attendance.summaries_of_person(here.people[0].id)
    assert {key: summary.attended_minutes for key, summary in mine.items()} == {here.keys[0]: 420, added.id: 360}


def test_716_who_is_moved_unmarked_counts_in_the_new_run_only_from_then_on(cast, halls):
    here, there = halls
    mark(here, cast, attendance.MarkWish(here.keys[1], Mark.PRESENT))
    before = facts()
    moved = journeys.move_enrolment(here.enrolments[0], there.run, by=cast.staff.id, reason="სხვა ჯგუფი")
    assert facts() == before
    assert here.keys[0] not in minutes(here.run)
    assert minutes(here.run) == {here.keys[1]: 480, here.keys[2]: 0}
    with clock.frozen(there.session.ends_at):
        mark(there, cast, attendance.MarkWish(moved.id, Mark.PRESENT))
        assert minutes(there.run)[moved.id] == 480
        assert minutes(here.run) == {here.keys[1]: 480, here.keys[2]: 0}


def test_716_a_phone_that_still_lists_who_was_moved_marks_nobody_else(cast, halls):
    here, there = halls
    moved = journeys.move_enrolment(here.enrolments[0], there.run, by=cast.staff.id, reason="სხვა ჯგუფი")
    operation = attendance.Operation(
        client_id="a-1",
        device="a",
        sequence=1,
        wish=attendance.MarkWish(here.keys[0], Mark.PRESENT),
        done_at=here.session.starts_at,
    )
    received = journeys.receive_marks(here.run.id, here.session.id, [operation], by=cast.trainer.id)
    assert (received.recorded, set(received.refused)) == (0, {"a-1"})
    assert minutes(there.run)[moved.id] == 0


def test_716_a_new_post_in_another_municipality_leaves_the_matrix_as_it_was(cast, halls):
    here, _there = halls
    mark(here, cast, attendance.MarkWish(here.keys[0], Mark.PRESENT))
    before = attendance.attendance_of_run(here.run.id).people
    factories.post(here.people[0], "kutaisi", title_ka="განყოფილების უფროსი")
    db.session.expire_all()
    assert attendance.attendance_of_run(here.run.id).people == before


# #595: a walk-in's record is merged with the real one, and the merge is undone


@pytest.fixture
def walk_in(cast):
    """Somebody was added on the day with a record of their own, though they have one; a day of theirs elsewhere is recorded as well."""
    hall = Hall(cast, day=0)
    known = Hall(cast, [("ანა", "ჭავჭავაძე")], day=-30, state="completed", code="KNOWN")
    post = factories.post(factories.person("ხატია", "ჭავჭავაძე"), "kutaisi")
    with clock.frozen(morning() + (hall.session.ends_at - hall.session.starts_at) / 2):
        came = enrolment.admit_on_the_day(hall.run.id, post.person_id, by=cast.trainer.id)
        mark(hall, cast, attendance.MarkWish(came.id, Mark.PRESENT, late=15), attendance.MarkWish(hall.keys[0], Mark.ABSENT))
    mark(known, cast, attendance.MarkWish(known.keys[0], Mark.PRESENT, left=30))
    commit()
    return hall, known, came


def whole(hall, known, came):
    """All that anybody can read of it: the ledger, both runs' hours, both records' own, the roll, who is whose."""
    db.session.expire_all()
    here, real = came.person_id, known.enrolments[0].person_id
    return {
        "facts": facts(),
        "appeals": [tuple(row) for row in db.session.execute(sa.select(AttendanceAppeal.__table__).order_by(AttendanceAppeal.id))],
        "hours": [minutes(one.run) for one in (hall, known)],
        "own": {person: attendance.summaries_of_person(person) for person in (here, real)},
        "matrix": [attendance.attendance_of_run(one.run.id).people for one in (hall, known)],
        "rolls": [[(row.enrolment_id, row.person_id, row.standing) for row in attendance.roll(one.session.id)] for one in (hall, known)],
    }


def test_595_a_merge_brings_the_hours_of_both_together_and_touches_no_fact(cast, walk_in):
    _hall, known, came = walk_in
    real, double, before = known.people[0].id, came.person_id, whole(*walk_in)
    journeys.merge_people(real, double, "ერთი პირი", by=cast.staff.id)
    commit()
    after = whole(*walk_in)
    assert (after["facts"], after["hours"]) == (before["facts"], before["hours"])
    mine = {key: summary.attended_minutes for key, summary in attendance.summaries_of_person(real).items()}
    assert mine == {known.keys[0]: 450, came.id: 465}
    assert attendance.summaries_of_person(double) == {}


def test_595_undoing_the_merge_brings_attendance_back_exactly(cast, walk_in):
    _hall, known, came = walk_in
    before = whole(*walk_in)
    merge = journeys.merge_people(known.people[0].id, came.person_id, "ერთი პირი", by=cast.staff.id)
    commit()
    assert whole(*walk_in) != before
    journeys.undo_merge(merge, by=cast.staff.id)
    commit()
    assert whole(*walk_in) == before


def test_595_what_was_recorded_and_disputed_in_between_stays_with_whose_it_is(cast, walk_in):
    hall, known, came = walk_in
    double = came.person_id
    merge = journeys.merge_people(known.people[0].id, double, "ერთი პირი", by=cast.staff.id)
    commit()
    db.session.refresh(came)
    with clock.frozen(hall.session.ends_at):
        mark(hall, cast, attendance.MarkWish(came.id, Mark.PRESENT, late=200))
        appeal = attendance.make_appeal(hall.session.id, came, "დროულად მოვედი", by=came.person_id)
        journeys.undo_merge(merge, by=cast.staff.id)
        commit()
        db.session.refresh(came)
        assert (came.person_id, attendance.get_appeal(appeal).person_id) == (double, double)
        assert attendance.summaries_of_person(double)[came.id].attended_minutes == 280
        assert minutes(known.run) == {known.keys[0]: 450}
        attendance.take_back_appeal(appeal, by=double)
    assert not attendance.get_appeal(appeal).open


MARKS = st.lists(st.tuples(st.sampled_from(["present", "absent"]), st.integers(0, 400), st.booleans()), min_size=1, max_size=6)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MARKS)
def test_595_whatever_is_recorded_before_and_during_a_merge_the_hours_are_those_without_it(cast, walk_in, made):
    """Of each mark: what it says, how late, and whether it is made while the records are one."""
    hall, known, came = walk_in
    real, double = known.people[0].id, came.person_id
    before = len(facts())
    with clock.frozen(hall.session.ends_at):
        for while_merged in (False, True):
            merge = journeys.merge_people(real, double, "ერთი პირი", by=cast.staff.id) if while_merged else None
            for kind, late, during in made:
                if during == while_merged:
                    there = kind == "present"
                    mark(hall, cast, attendance.MarkWish(came.id, Mark(kind), late=late if there else 0))
            together = minutes(hall.run)
            if merge is not None:
                journeys.undo_merge(merge, by=cast.staff.id)
                db.session.flush()
            assert minutes(hall.run) == together
        kind, late, _during = [*(one for one in made if not one[2]), *(one for one in made if one[2])][-1]
        assert together[came.id] == (480 - late if kind == "present" else 0)
        assert attendance.summaries_of_person(double)[came.id].attended_minutes == together[came.id]
    assert len(facts()) >= before
    db.session.rollback()
