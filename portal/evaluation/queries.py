"""What can be asked about evaluation: which questions are asked, of whom, and who has answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from portal import attendance
from portal.attendance.models import AttendanceFact, Mark
from portal.courses.models import CourseRun, RunState
from portal.enrolment.models import HOLDS_PLACE, Enrolment
from portal.evaluation import rules
from portal.evaluation.models import EvaluationCount, EvaluationEdition, EvaluationReceipt, EvaluationText, Round
from portal.evaluation.questions import Question, arranged
from portal.foundation import clock
from portal.foundation.database import db

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

_OWN = 4
TAKES_PLACE = (RunState.OPEN, RunState.CLOSED, RunState.RUNNING, RunState.COMPLETED)


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """The questions of a round in their order, archived ones too, and the number of the edition, 0 for the standard set."""

    round: Round
    number: int
    questions: tuple[Question, ...]

    @property
    def asked(self) -> list[Question]:
        """The questions that are asked."""
        return [one for one in self.questions if not one.archived]


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who held a place in a run and was there: they are asked. ``answered`` are the rounds in which they have answered."""

    enrolment_id: int
    run_id: int
    person_id: int
    ends_at: datetime
    answered: frozenset[Round]

    def find_open(self, at: datetime) -> Round | None:
        """The round that they can answer at the moment ``at``, if they have not."""
        found = rules.find_open(self.ends_at, at)
        return None if found in self.answered else found


def questionnaire(round_: Round, number: int | None = None) -> Questionnaire:
    """The questionnaire of a round: the newest, or the edition ``number`` if there is one. One statement."""
    mine = sa.select(EvaluationEdition).where(EvaluationEdition.round == round_).order_by(EvaluationEdition.number.desc()).limit(1)
    found = db.session.scalar(mine if number is None else mine.where(EvaluationEdition.number <= number))
    return (
        Questionnaire(round_, found.number, arranged(round_, _questions(found)))
        if found
        else Questionnaire(round_, 0, arranged(round_, ()))
    )


def questions_ever() -> dict[Round, tuple[Question, ...]]:
    """Every question that was ever asked, in the order of now. A question stays in all later editions, so the newest have them all. One statement."""
    newest = sa.select(EvaluationEdition.round, sa.func.max(EvaluationEdition.number)).group_by(EvaluationEdition.round)
    which = sa.tuple_(EvaluationEdition.round, EvaluationEdition.number).in_(newest)
    found = {
        row.round: _questions(row) for row in db.session.scalars(sa.select(EvaluationEdition).where(which).order_by(EvaluationEdition.id))
    }
    return {round_: arranged(round_, found.get(round_, ())) for round_ in Round}


def _questions(edition: EvaluationEdition) -> list[Question]:
    return [Question.from_record(one) for one in edition.questions]


def was_there() -> sa.ColumnElement[bool]:
    """Build the SQL condition on ``Enrolment`` that the person holds a place and was present at least once."""
    present = sa.exists().where(AttendanceFact.enrolment_id == Enrolment.id, AttendanceFact.mark == Mark.PRESENT, attendance.still_stands())
    return sa.and_(Enrolment.state.in_(HOLDS_PLACE), present)


def has_answered(round_: Round) -> sa.ColumnElement[bool]:
    """Build the SQL condition on ``Enrolment`` that there is a receipt."""
    return sa.exists().where(EvaluationReceipt.enrolment_id == Enrolment.id, EvaluationReceipt.round == round_)


def find_asked(enrolment_id: int) -> Asked | None:
    """Whether the holder of an enrolment is asked, once its run is over. One statement."""
    return next(iter(_asked(Enrolment.id == enrolment_id)), None)


def find_open(enrolment_id: int) -> Round | None:
    """The round that the holder of an enrolment can answer now. One statement."""
    asked = find_asked(enrolment_id)
    return asked.find_open(clock.now()) if asked else None


def open_rounds(person_id: int) -> dict[int, Round]:
    """The rounds that a person can answer now, by the ids of enrolments. One statement."""
    now = clock.now()
    return {one.enrolment_id: round_ for one in _asked(Enrolment.person_id == person_id) if (round_ := one.find_open(now))}


def to_ask(round_: Round, run_ids: Collection[int]) -> list[Asked]:
    """Who of these runs is asked in a round and has not answered. One statement."""
    return _asked(Enrolment.run_id.in_(run_ids), ~has_answered(round_))


def _asked(*which: sa.ColumnElement[bool]) -> list[Asked]:
    rounds: list[Any] = [has_answered(round_).label(round_) for round_ in Round]
    rows: Any = db.session.execute(
        sa.select(Enrolment.id, Enrolment.run_id, Enrolment.person_id, CourseRun.ends_at, *rounds)
        .join(CourseRun, CourseRun.id == Enrolment.run_id)
        .where(*which, *is_over(), was_there())
        .order_by(Enrolment.id)
    )
    return [
        Asked(row[0], row[1], row[2], row[3], frozenset(round_ for round_, answered in zip(Round, row[_OWN:], strict=True) if answered))
        for row in rows
    ]


def is_over() -> tuple[sa.ColumnElement[bool], ...]:
    """Build the SQL conditions on ``CourseRun`` that it took place and its last session has ended."""
    return CourseRun.state.in_(TAKES_PLACE), CourseRun.ends_at <= clock.now()


def counts_of_run(run_id: int, round_: Round) -> Sequence[EvaluationCount]:
    """How often each answer was given, as the database has it now."""
    mine = sa.select(EvaluationCount).filter_by(run_id=run_id, round=round_).order_by(EvaluationCount.id)
    return db.session.scalars(mine.execution_options(populate_existing=True)).all()


def texts_of_run(run_id: int, round_: Round) -> list[dict[str, Any]]:
    """The texts of a run, as rows."""
    columns = EvaluationText.__table__.c
    rows = db.session.execute(sa.select(*columns).where(columns.run_id == run_id, columns.round == round_).order_by(columns.id))
    return [dict(row) for row in rows.mappings()]
