"""What may be seen of the answers: counts, texts, and how many were asked. What waits until enough have answered is left out."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from portal.courses.models import CourseRun, CourseVersion, RunTrainer
from portal.enrolment.models import Enrolment
from portal.evaluation import results, rules
from portal.evaluation.models import EvaluationCount, EvaluationRedaction, EvaluationText, Round
from portal.evaluation.queries import has_answered, is_over, was_there
from portal.evaluation.results import Count
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError
from portal.people.models import Person

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from portal.evaluation.results import Cell


@dataclass(frozen=True, slots=True)
class EvaluatedRun:
    """A run that is over, how many are asked about it, and how many have answered in each round. None of that is personal."""

    id: int
    code: str
    course_id: int
    title_ka: str
    title_en: str
    starts_at: datetime
    ends_at: datetime
    people: int
    answered: int
    answered_later: int

    def title(self, language: str) -> str:
        """The title of the course in ``language``."""
        return self.title_ka if language == "ka" else self.title_en

    def asked(self, round_: Round) -> int:
        """How many were asked until now."""
        return self.people if rules.opens_at(round_, self.ends_at) <= clock.now() else 0

    def answers(self, round_: Round) -> int:
        """How many have answered."""
        return self.answered if round_ == Round.AFTER else self.answered_later


@dataclass(frozen=True, slots=True)
class ShownText:
    """What somebody wrote, as it may be shown. ``words`` are None where staff took it off the pages for ``reason``."""

    id: str
    run_id: int
    round: Round
    question: str
    words: str | None
    reason: str | None


def evaluated_runs(*, course_id: int | None = None, run_id: int | None = None) -> list[EvaluatedRun]:
    """The runs that are over, in the order of their ends: all, or those of a course, or one. One statement."""
    conditions = [CourseRun.course_id == course_id] if course_id else [CourseRun.id == run_id] if run_id else []
    places = (
        sa.select(
            Enrolment.run_id,
            sa.func.count().label("people"),
            *(sa.func.sum(sa.case((has_answered(round_), 1), else_=0)).label(round_) for round_ in Round),
        )
        .join(CourseRun, CourseRun.id == Enrolment.run_id)
        .where(*conditions, *is_over(), was_there())
        .group_by(Enrolment.run_id)
        .subquery()
    )
    numbers: tuple[Any, ...] = tuple(sa.func.coalesce(places.c[name], 0) for name in ("people", *Round))
    rows = db.session.execute(
        sa.select(
            CourseRun.id,
            CourseRun.code,
            CourseRun.course_id,
            CourseVersion.title_ka,
            CourseVersion.title_en,
            CourseRun.starts_at,
            CourseRun.ends_at,
            *numbers,
        )
        .join(CourseVersion, CourseVersion.id == CourseRun.version_id)
        .outerjoin(places, places.c.run_id == CourseRun.id)
        .where(*conditions, *is_over())
        .order_by(CourseRun.ends_at, CourseRun.id)
    )
    return [EvaluatedRun(*row) for row in rows]


def cells_of(course_ids: Iterable[int]) -> list[Cell]:
    """The cells of all answers to runs of these courses. One statement."""
    table, now = EvaluationCount, clock.now()
    rows: Any = db.session.execute(
        sa.select(
            table.run_id,
            CourseRun.course_id,
            table.round,
            table.question,
            table.trainer_id,
            table.value,
            table.counted,
            table.waiting,
            CourseRun.ends_at,
        )
        .join(CourseRun, CourseRun.id == table.run_id)
        .where(CourseRun.course_id.in_(sorted(set(course_ids))), *is_over(), table.counted + table.waiting > 0)
        .order_by(CourseRun.ends_at, CourseRun.id, table.id)
    )
    closed: dict[tuple[int, str], bool] = {}
    counts = []
    for run_id, course_id, round_, question, trainer_id, value, counted, waiting, ends_at in rows:
        if (run_id, round_) not in closed:  # asked once, not for every row
            closed[run_id, round_] = rules.closes_at(Round(round_), ends_at) <= now
        number = counted + (waiting if closed[run_id, round_] else 0)
        if number:
            counts.append(Count(run_id, course_id, Round(round_), question, trainer_id, value, number))
    return results.cells_of(counts)


def trainers_of(run_ids: Iterable[int]) -> dict[Person, set[int]]:
    """Who trained in which of the runs, in Georgian order of names. One statement."""
    wanted = set(run_ids)
    rows = db.session.execute(
        sa.select(Person, RunTrainer.run_id)
        .join(RunTrainer, RunTrainer.person_id == Person.id)
        .join(CourseRun, CourseRun.id == RunTrainer.run_id)
        .where(*is_over())
        .order_by(Person.sort_key, Person.id, RunTrainer.run_id)
    )
    found: defaultdict[Person, set[int]] = defaultdict(set)
    for person, run_id in rows:
        if run_id in wanted:
            found[person].add(run_id)
    return dict(found)


def texts_of_course(course_id: int) -> list[tuple[ShownText, frozenset[int]]]:
    """The texts of a course that may be shown, each with the runs of its cell, in the order of their random ids. One statement."""
    table, redaction = EvaluationText, EvaluationRedaction
    rows = db.session.execute(
        sa.select(table.id, table.run_id, table.round, table.question, table.words, redaction.reason, table.counted, CourseRun.ends_at)
        .join(CourseRun, CourseRun.id == table.run_id)
        .outerjoin(redaction, redaction.text_id == table.id)
        .where(CourseRun.course_id == course_id, *is_over())
        .order_by(CourseRun.ends_at, CourseRun.id, table.id)
    ).all()
    now = clock.now()
    visible = [row for row in rows if row.counted or rules.closes_at(Round(row.round), row.ends_at) <= now]
    numbers: defaultdict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for row in visible:
        numbers[row.round, row.question][row.run_id] += 1
    cell_of = {(*item, run_id): frozenset(cell) for item, runs in numbers.items() for cell in rules.cells(runs.items()) for run_id in cell}
    found = []
    for row in sorted(visible, key=lambda row: row.id):
        cell = cell_of.get((row.round, row.question, row.run_id))
        if cell:
            words = row.words if row.reason is None else None
            found.append((ShownText(row.id, row.run_id, Round(row.round), row.question, words, row.reason), cell))
    return found


def get_text(text_id: str) -> ShownText:
    """A text that may be shown. Raises ``NotFoundError`` for one that may not. Two statements."""
    of_text = sa.select(CourseRun.course_id).join(EvaluationText, EvaluationText.run_id == CourseRun.id).where(EvaluationText.id == text_id)
    course_id = db.session.scalar(of_text)
    found = texts_of_course(course_id) if course_id else []
    text = next((text for text, _cell in found if text.id == text_id), None)
    if text is None:
        raise NotFoundError
    return text


def is_redacted(text_id: str) -> bool:
    """Whether staff took the text off the pages."""
    return bool(db.session.scalar(sa.select(sa.exists().where(EvaluationRedaction.text_id == text_id))))
