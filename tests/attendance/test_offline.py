"""Marks of two phones without a network: in whatever order they arrive, the ledger says the same."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import timedelta

import pytest

from portal import attendance
from portal.attendance.models import Mark
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import commit
from tests.attendance.hall import Hall

INTERLEAVINGS, STORIES = 200, 20
WISHES = (
    {"mark": Mark.PRESENT},
    {"mark": Mark.PRESENT, "late": 30},
    {"mark": Mark.PRESENT, "left": 60},
    {"mark": Mark.ABSENT},
    {"mark": Mark.EXCUSED, "reason": "ავად არის"},
)


@pytest.fixture
def hall(cast):
    """Somebody marked the first person in the roll call before the phones lost their network."""
    hall = Hall(cast, day=-1)
    attendance.record_marks(hall.session.id, [attendance.MarkWish(hall.keys[0], Mark.ABSENT)], by=cast.staff.id)
    commit()
    return hall


def story(hall, chance: random.Random) -> list[attendance.Operation]:
    """What two phones did, each in its order: each knew of the mark before or did not, and changed its mind now and then."""
    known = hall.facts()[0].id
    return [
        attendance.Operation(
            client_id=f"{device}-{sequence}",
            device=device,
            sequence=sequence,
            wish=attendance.MarkWish(chance.choice(hall.keys), **chance.choice(WISHES)),
            done_at=hall.session.starts_at + timedelta(minutes=sequence),
            seen_id=chance.choice((0, known)),
        )
        for device in ("one", "two")
        for sequence in range(1, chance.randint(2, 6))
    ]


def arrive(hall, cast, operations, chance: random.Random) -> None:
    """All of them, shuffled, a few at a time; now and then some come again because the answer was lost."""
    waiting = chance.sample(operations, len(operations))
    sent: list[attendance.Operation] = []
    while waiting:
        size = chance.randint(1, 4)
        batch, waiting = waiting[:size], waiting[size:]
        again = chance.sample(sent, chance.randint(0, min(2, len(sent))))
        received = attendance.receive_marks(hall.session.id, [*batch, *again], by=cast.trainer.id)
        assert (received.recorded, received.repeated, received.refused) == (len(batch), len(again), {})
        sent += batch


def ledger(hall) -> list[tuple[object, ...]]:
    """Every fact but for its id and when it arrived."""
    columns = ("enrolment_id", "mark", "from_minute", "to_minute", "reason", "client_id", "device", "sequence", "seen_id", "done_at")
    return sorted((tuple(getattr(fact, name) for name in columns) for fact in hall.facts()), key=str)


def outcome(hall) -> dict[int, tuple[object, ...]]:
    """Of each person: what stands, in whatever order, and the minutes that count."""
    summaries = attendance.summaries_of_run(hall.run.id)
    return {
        row.enrolment_id: (
            {fact.words for fact in (row.fact, *row.against) if fact},
            summaries[row.enrolment_id].attended_minutes,
            bool(summaries[row.enrolment_id].disputed_sessions),
        )
        for row in attendance.roll(hall.session.id)
    }


def expected(hall, operations) -> dict[int, tuple[object, ...]]:
    """The same, worked out by hand: the last word of each phone, and the mark of before unless somebody who marks this person knew of it."""
    last: defaultdict[int, dict[str, attendance.Operation]] = defaultdict(dict)
    knew = {operation.wish.enrolment_id for operation in operations if operation.seen_id}
    for operation in sorted(operations, key=lambda one: one.sequence):
        last[operation.wish.enrolment_id][operation.device] = operation
    found = {}
    for key in hall.keys:
        wishes = [operation.wish for operation in last[key].values()]
        said = {(wish.mark, wish.late, 480 - wish.left) if wish.mark == Mark.PRESENT else (wish.mark, None, None) for wish in wishes}
        if key == hall.keys[0] and key not in knew:
            said.add((Mark.ABSENT, None, None))
        minutes = 0
        if said and all(words[0] == Mark.PRESENT for words in said):
            minutes = min(to for _mark, _from, to in said) - max(start for _mark, start, _to in said)
        found[key] = said, minutes, len(said) > 1
    return found


def test_two_hundred_interleavings_of_two_phones_end_in_the_same_ledger(hall, cast):
    disputes = 0
    for number in range(STORIES):
        operations = story(hall, random.Random(number))
        ends = []
        for order in range(INTERLEAVINGS // STORIES):
            with db.session.begin_nested() as undone:
                arrive(hall, cast, operations, random.Random(f"{number}/{order}"))
                assert len(hall.facts()) == len(operations) + 1
                assert outcome(hall) == expected(hall, operations)
                ends.append(ledger(hall))
                undone.rollback()
            db.session.expire_all()
        assert all(end == ends[0] for end in ends)
        disputes += sum(disputed for _said, _minutes, disputed in expected(hall, operations).values())
    assert disputes > STORIES // 2  # the stories are worth telling


def test_a_phone_keeps_the_sessions_of_these_days_only(cast):
    hall = Hall(cast, day=-2)
    kept = attendance.sessions_to_keep(hall.run.id, clock.today())
    assert [one.id for one in kept] == [hall.sessions[1].id]
    assert [one.id for one in attendance.sessions_to_keep(hall.run.id, clock.today() - timedelta(days=9))] == [hall.sessions[0].id]
    hall.sessions[1].cancelled = True
    db.session.flush()
    assert attendance.sessions_to_keep(hall.run.id, clock.today()) == []


def test_what_a_phone_keeps_takes_as_many_statements_for_three_as_for_many(cast):
    from tests.attendance.hall import many  # noqa: PLC0415
    from tests.statements import counting  # noqa: PLC0415

    counted = []
    for names in (many(3), many(40)):
        hall = Hall(cast, names=names)
        with counting() as statements:
            (first, _second) = attendance.sessions_to_keep(hall.run.id, clock.today())
        counted.append(len(statements))
        assert (len(first.rows), first.newest, first.markable_from.hour) == (len(names), 0, 0)
    assert counted == [3, 3], statements  # the sessions, the roll of each
