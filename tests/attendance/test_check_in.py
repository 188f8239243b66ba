"""Checking in by oneself: the code on the wall, who may and when, and what the ledger then holds; heads counted beside the marks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal import attendance, journeys
from portal.attendance import Answer, MarkWish
from portal.attendance.models import AttendanceFact, HeadCount, Mark
from portal.foundation import clock
from portal.foundation.crypto import Keyring, keyring
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError
from portal.foundation.history import HistoryRow
from portal.foundation.transaction import abandon, commit
from tests.attendance.hall import Hall, many

START = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


@pytest.fixture
def hall(cast):
    made = Hall(cast)
    made.trainer = cast.trainer.id
    commit()
    return made


def moment(hall, after):
    """So many minutes after the session began."""
    return hall.session.starts_at + minutes(after)


def check_in(hall, index=0, *, after=0):
    """One of the people of the hall checks in, so many minutes ``after`` the start."""
    at = moment(hall, after)
    with clock.frozen(at):
        session = attendance.get_taught_session(hall.session.id, taught_by=None)
        journeys.check_in(session, hall.people[index].id, at=at)
        commit()


def refusal(hall, index=0, *, after=0):
    with pytest.raises(journeys.CheckInRefusedError) as refused:
        check_in(hall, index, after=after)
    abandon()
    return refused.value.stands


def mark(hall, mark, index=0, *, after=0, **more):
    with clock.frozen(moment(hall, after)):
        wish = MarkWish(hall.keys[index], mark, **more)
        attendance.record_marks(hall.session.id, [wish], by=hall.trainer, seen=10**6)
        commit()


# The code


def codes_every_second(session_id, seconds):
    return [attendance.wall_code(session_id, START + timedelta(seconds=second)) for second in range(seconds)]


@pytest.fixture
def keys(monkeypatch):
    monkeypatch.setattr(keyring, "keys", (b"k" * 32,))


@pytest.mark.usefixtures("keys")
def test_the_code_changes_every_twenty_seconds():
    codes = codes_every_second(7, 60)
    assert len({code.token for code in codes}) == len({code.digits for code in codes}) == 3
    assert [code.seconds_left for code in codes[:3]] == [20, 19, 18]


@pytest.mark.usefixtures("keys")
def test_640_a_code_twenty_one_seconds_old_fails_whenever_it_was_taken():
    for second in range(40):
        shown = START + timedelta(seconds=second)
        token = attendance.wall_code(7, shown).token
        assert attendance.find_session_of_token(token, shown) == 7
        assert attendance.find_session_of_token(token, shown + timedelta(seconds=21)) is None


@pytest.mark.usefixtures("keys")
def test_a_code_of_tomorrow_or_of_another_session_or_key_fails():
    token = attendance.wall_code(7, START).token
    assert attendance.find_session_of_token(token, START - timedelta(seconds=20)) is None
    assert attendance.find_session_of_token(token.replace("7-", "8-", 1), START) is None
    for odd in ("", "7", "7-", "-", "٧-" + token[2:], "07" + token[1:], token + "0", "7-ა", "9" * 40 + token[1:]):
        assert attendance.find_session_of_token(odd, START) is None
    keyring.use((b"o" * 32,))
    assert attendance.find_session_of_token(token, START) is None


@pytest.mark.usefixtures("keys")
def test_the_digits_are_six_and_not_the_link():
    code = attendance.wall_code(7, START)
    assert len(code.digits) == 6
    assert code.digits.isdigit()
    assert code.digits not in code.token
    assert Keyring(keyring.keys).blind_index("7:1", "check-in link") != keyring.blind_index("7:1", "check-in digits")


def test_digits_lead_to_the_own_session_first(hall, cast, monkeypatch):
    other = Hall(cast, many(1))
    monkeypatch.setattr("portal.attendance.wall_codes._digits", lambda *_any: "111111")
    for one in (hall, other):
        assert attendance.find_session_of_digits("111111", one.people[0].id, moment(one, 0)) in {day.id for day in one.sessions}
    assert attendance.find_session_of_digits("111112", hall.people[0].id, moment(hall, 0)) is None


def test_digits_of_a_session_of_others_are_known_only_on_its_day(hall, cast):
    second = hall.sessions[1]
    for at, found in ((second.starts_at, second.id), (second.starts_at - timedelta(days=3), None)):
        digits = attendance.wall_code(second.id, at).digits
        assert attendance.find_session_of_digits(digits, cast.learner.id, at) == found
        assert attendance.find_session_of_digits(digits, hall.people[0].id, at) == second.id


# The ledger


@pytest.mark.parametrize(("after", "late"), [(-30, 0), (0, 0), (10, 0), (10.5, 10), (11, 11), (90.9, 90), (479, 479), (479.9, 479)])
def test_whoever_checks_in_is_there_from_that_minute_to_the_end_with_ten_minutes_of_grace(hall, after, late):
    check_in(hall, after=after)
    (fact,) = hall.facts()
    assert (fact.mark, fact.from_minute, fact.to_minute) == ("present", late, 480)
    assert (fact.source, fact.enrolment_id, fact.recorded_by) == ("code", hall.keys[0], hall.people[0].id)
    assert fact.client_id == f"code:{hall.session.id}:{hall.keys[0]}"
    assert fact.done_at == moment(hall, after)
    assert not fact.device


def test_640_a_second_use_fails_and_says_since_when(hall):
    check_in(hall, after=3)
    stands = refusal(hall, after=5)
    assert (stands.answer, stands.since) == (Answer.CHECKED_IN, moment(hall, 3))
    assert len(hall.facts()) == 1


def test_746_an_early_scan_tells_when_to_come_and_locks_nobody_out(hall):
    stands = refusal(hall, after=-30.5)
    assert (stands.answer, stands.opens_at) == (Answer.EARLY, moment(hall, -30))
    assert hall.facts() == []
    check_in(hall, after=-29)
    assert hall.marks() == [(hall.keys[0], "present")]


def test_after_the_end_nobody_checks_in(hall):
    assert refusal(hall, after=480).answer == Answer.OVER
    check_in(hall, after=479)


def test_only_those_with_a_place_check_in(hall, cast):
    session = attendance.get_taught_session(hall.session.id, taught_by=None)
    for one in (cast.learner, cast.trainer, cast.staff):
        with clock.frozen(moment(hall, 0)), pytest.raises(journeys.CheckInRefusedError) as refused:
            journeys.check_in(session, one.id, at=clock.now())
        assert (refused.value.stands.answer, refused.value.stands.enrolment_id) == (Answer.NO_PLACE, None)
    for state in ("applied", "waiting", "offered", "withdrawn", "rejected", "cancelled"):
        hall.enrolments[0].state = state
        commit()
        assert refusal(hall).answer == Answer.NO_PLACE
    assert hall.facts() == []


def test_whoever_the_trainer_marked_present_need_not_check_in(hall):
    mark(hall, Mark.PRESENT, late=20)
    assert refusal(hall, after=30).answer == Answer.MARKED
    assert len(hall.facts()) == 1


@pytest.mark.parametrize(("seen", "more"), [(Mark.ABSENT, {}), (Mark.EXCUSED, {"reason": "ავადმყოფობა"})])
def test_what_the_trainer_recorded_before_stands_beside_the_check_in_until_a_person_decides(hall, seen, more):
    mark(hall, seen, **more)
    check_in(hall, after=40)
    row = next(row for row in attendance.roll(hall.session.id) if row.enrolment_id == hall.keys[0])
    assert {fact.mark for fact in (row.fact, *row.against)} == {seen, "present"}
    assert refusal(hall, after=41).answer == Answer.DISPUTED
    mark(hall, Mark.PRESENT, after=50, late=40)
    row = next(row for row in attendance.roll(hall.session.id) if row.enrolment_id == hall.keys[0])
    assert (row.fact.mark, row.against) == ("present", ())
    assert refusal(hall, after=51).answer == Answer.CHECKED_IN


def test_a_trainer_who_saw_the_check_in_can_correct_it_and_it_cannot_be_used_again(hall):
    check_in(hall)
    mark(hall, Mark.ABSENT, after=5)
    assert refusal(hall, after=6).answer == Answer.DISPUTED
    assert hall.marks() == [(hall.keys[0], "present"), (hall.keys[0], "absent")]


def test_each_day_is_checked_in_to_by_itself(hall):
    check_in(hall)
    second = attendance.get_taught_session(hall.sessions[1].id, taught_by=None)
    with clock.frozen(second.starts_at):
        journeys.check_in(second, hall.people[0].id, at=second.starts_at)
        commit()
    assert db.session.scalar(sa.select(sa.func.count(AttendanceFact.id))) == 2


def test_the_history_says_that_it_was_by_code_and_nothing_of_the_device(hall):
    check_in(hall)
    row = db.session.scalars(sa.select(HistoryRow).where(HistoryRow.action == "attendance:mark")).one()
    assert row.actor_id == hall.people[0].id
    assert row.change == {"source": "code", "present": 1}


# Heads


def count(hall, people, *, after=0):
    with clock.frozen(moment(hall, after)):
        made = attendance.count_heads(hall.session.id, people, by=hall.trainer)
        commit()
    return made


def head_check(hall):
    return attendance.find_head_check(hall.session.id, attendance.roll(hall.session.id))


def test_before_the_first_count_there_is_nothing_to_compare(hall):
    assert head_check(hall) is None


def test_the_newest_count_counts_and_older_ones_stay(hall, cast):
    count(hall, 5)
    count(hall, 2, after=1)
    assert (head_check(hall).people, head_check(hall).counter("ka")) == (2, cast.trainer.name("ka"))
    assert db.session.scalars(sa.select(HeadCount.people).order_by(HeadCount.id)).all() == [5, 2]


def test_the_database_refuses_to_change_or_delete_a_count(hall):
    count(hall, 5)
    for statement in (sa.update(HeadCount).values(people=6), sa.delete(HeadCount)):
        with pytest.raises(sa.exc.DBAPIError):
            db.session.execute(statement)
        abandon()
    assert head_check(hall).people == 5


def test_nobody_is_counted_before_the_day_or_in_a_session_that_is_not_there(cast):
    coming = Hall(cast, day=1)
    coming.trainer = cast.trainer.id
    with pytest.raises(attendance.TooEarlyError):
        attendance.count_heads(coming.session.id, 5, by=cast.trainer.id)
    with pytest.raises(NotFoundError):
        attendance.count_heads(10**9, 5, by=cast.trainer.id)


@pytest.fixture
def crowd(cast):
    """Thirty people: twenty checked in by code, the trainer marked nine present, and one absent."""
    crowd = Hall(cast, many(30))
    crowd.trainer = cast.trainer.id
    for index in range(20):
        check_in(crowd, index, after=index / 60)
    for index in range(20, 30):
        mark(crowd, Mark.ABSENT if index == 29 else Mark.PRESENT, index)
    return crowd


def test_fewer_heads_than_marks_propose_a_spot_check_among_those_who_came_by_code(crowd):
    count(crowd, 27, after=30)
    check = head_check(crowd)
    assert (check.people, check.present, check.missing) == (27, 29, 2)
    assert len(check.spot_check) == 4
    assert {row.enrolment_id for row in check.spot_check} <= set(crowd.keys[:20])


@pytest.mark.parametrize(("people", "checks"), [(28, 3), (27, 4), (26, 5), (0, 5), (29, 0), (30, 0)])
def test_three_to_five_names_are_proposed_and_none_when_heads_are_enough(crowd, people, checks):
    count(crowd, people, after=30)
    assert len(head_check(crowd).spot_check) == checks


def test_the_names_stay_until_heads_are_counted_again(crowd):
    count(crowd, 27, after=30)
    names = {row.enrolment_id for row in head_check(crowd).spot_check}
    crowd_late = next(index for index in range(20) if crowd.keys[index] not in names)
    mark(crowd, Mark.ABSENT, crowd_late, after=31)
    mark(crowd, Mark.PRESENT, crowd_late, after=32)
    assert {row.enrolment_id for row in head_check(crowd).spot_check} == names
    drawn = set()
    for again in range(6):
        count(crowd, 27, after=33 + again)
        drawn.add(frozenset(row.enrolment_id for row in head_check(crowd).spot_check))
    assert len(drawn) > 1


def test_who_came_after_the_count_is_not_looked_for(crowd, cast):
    late = Hall(cast, many(4))
    late.trainer = cast.trainer.id
    for index in range(3):
        check_in(late, index)
    count(late, 2, after=1)
    check_in(late, 3, after=2)
    assert {row.enrolment_id for row in head_check(late).spot_check} == set(late.keys[:3])


def test_a_disputed_mark_is_not_counted_as_present(hall):
    check_in(hall, 1)
    mark(hall, Mark.ABSENT)
    check_in(hall, 0, after=5)
    count(hall, 1, after=6)
    assert head_check(hall).present == 1
    assert attendance.checked_in(hall.session.id) == 2


def test_the_wall_counts_people_with_a_place_by_code_alone(hall):
    check_in(hall, 0)
    mark(hall, Mark.PRESENT, 1)
    assert attendance.checked_in(hall.session.id) == 1
    hall.enrolments[0].state = "withdrawn"
    commit()
    assert attendance.checked_in(hall.session.id) == 0
