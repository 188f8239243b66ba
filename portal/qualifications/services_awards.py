"""What becomes of awards: they are recorded and ended, never changed. Which are due is decided above, where the evidence is known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from portal.foundation import clock, history, jobs
from portal.foundation.database import db
from portal.foundation.transaction import after_commit
from portal.qualifications.models import DueCourse, QualificationAward, QualificationAwardEnd
from portal.qualifications.queries_awards import due_courses
from portal.qualifications.rules import EndReason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

    from portal.qualifications.rules import Award
    from portal.qualifications.rules_awards import Reconciled

WAKE: Final = "keep_standings"


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be recorded and ended of one person and qualification."""

    person_id: int
    qualification_id: int
    reconciled: Reconciled


def write_awards(changes: Iterable[Change]) -> int:
    """Record and end awards; returns how many rows that took. One row of the history each."""
    ends: list[QualificationAwardEnd] = []
    added: list[tuple[QualificationAward, Award]] = []
    moment = clock.now()
    for change in changes:
        ends += [
            QualificationAwardEnd(award_id=one.award_id, ended_on=one.ended_on, reason=one.reason, recorded_at=moment)
            for one in change.reconciled.to_end
        ]
        added += [(_row(change, award), award) for award in change.reconciled.to_record]
    db.session.add_all([row for row, _award in added])
    db.session.flush()
    ends += [
        QualificationAwardEnd(award_id=row.id, ended_on=award.ended_on, reason=EndReason.RULE_CHANGED, recorded_at=moment)
        for row, award in added
        if award.ended_on is not None
    ]
    for row, award in added:
        history.record("award:record", row, by=None, person=row.person_id, change=told_of_award(row.qualification_id, award))
    db.session.add_all(ends)
    db.session.flush()
    for end in ends:
        person_id = db.session.get_one(QualificationAward, end.award_id).person_id
        history.record("award:end", end, by=None, person=person_id, change={"ended_on": end.ended_on.isoformat(), "reason": end.reason})
    return len(added) + len(ends)


def _row(change: Change, award: Award) -> QualificationAward:
    return QualificationAward(
        person_id=change.person_id, qualification_id=change.qualification_id, recorded_at=clock.now(), **columns_of_award(award)
    )


def columns_of_award(award: Award) -> dict[str, object]:
    """What a row says of the award itself."""
    return {
        "version_id": award.version_id,
        "awarded_on": award.on,
        "expires_on": award.until,
        "renews": award.renews,
        "since": award.since,
        "sources": list(award.sources),
    }


def told_of_award(qualification_id: int, award: Award) -> dict[str, object]:
    """What the history says of an award."""
    return {
        "qualification": qualification_id,
        "version": award.version_id,
        "awarded_on": award.on.isoformat(),
        "expires_on": award.until and award.until.isoformat(),
    }


def set_due_courses(person_ids: Collection[int], wanted: Mapping[tuple[int, int, int], date]) -> None:
    """Let these be the courses that the people are due to take, by person, qualification and course, and no others."""
    before = due_courses(person_ids)
    for person_id, qualification_id, course_id in before.keys() - wanted.keys():
        db.session.execute(
            sa.delete(DueCourse).where(
                DueCourse.person_id == person_id, DueCourse.qualification_id == qualification_id, DueCourse.course_id == course_id
            )
        )
    for key in before.keys() & wanted.keys():
        if before[key] != wanted[key]:
            db.session.get_one(DueCourse, key).due_on = wanted[key]
    db.session.add_all(
        DueCourse(person_id=key[0], qualification_id=key[1], course_id=key[2], due_on=wanted[key])
        for key in sorted(wanted.keys() - before.keys())
    )
    db.session.flush()


def wake() -> None:
    """Let the worker look at once who holds what, when this transaction is committed. It looks each minute as well."""
    after_commit(WAKE, partial(jobs.wake, WAKE))
