"""Answering. Nothing here is noted in the history: its moments, beside those of signing in, would tell who said what.

An answer is taken apart: that somebody answered, how often each value was given, and what was written. Everything that a run's round holds is
written anew each time, the texts in the order of their random ids, so that neither the place of a row nor the number of the transaction that wrote it
tells what belongs together.
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from portal import courses
from portal.evaluation import queries, rules
from portal.evaluation.models import EvaluationCount, EvaluationReceipt, EvaluationText, Round
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portal.enrolment.models import Enrolment
    from portal.evaluation.questions import Question

ID_BYTES: Final = 16
Item = tuple[str, int | None]
"""The code of a question, and the trainer whom it is about."""


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody answered to the ``questions`` that they were asked. What was left out is in neither."""

    questions: Iterable[Question]
    values: Mapping[Item, int] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


def answer(enrolment: Enrolment, round_: Round, given: Given) -> None:
    """Take what was answered, once for each enrolment and round: a second answer changes nothing.

    Raises ``RefusedError`` when the round is not open for this person, or nothing was answered.
    """
    courses.lock_run(enrolment.run_id)
    asked = queries.find_asked(enrolment.id)
    if asked is not None and round_ in asked.answered:
        return
    if asked is None or asked.find_open(clock.now()) != round_:
        raise RefusedError(N_("The questionnaire is closed. Your answers were not saved."))
    if not given.values and not given.texts:
        raise RefusedError(N_("Answer at least one question."))
    db.session.add(EvaluationReceipt(enrolment_id=enrolment.id, round=round_))
    _count(enrolment.run_id, round_, given)
    _keep_texts(enrolment.run_id, round_, given.texts)
    db.session.flush()


def _count(run_id: int, round_: Round, given: Given) -> None:
    """Add to the counts. A question has a row for each answer that it can have, from the first on."""
    rows = queries.counts_of_run(run_id, round_)
    known = {(row.question, row.trainer_id, row.value) for row in rows}
    trainers = [trainer.id for trainer in courses.trainers_of(run_id)]
    wanted = [
        (question.code, trainer_id, value)
        for question in given.questions
        for trainer_id in (trainers if question.of_trainer else [None])
        for value in question.values
    ]
    new = [key for key in wanted if key not in known]
    if new:
        names = ("question", "trainer_id", "value")
        fixed = {"run_id": run_id, "round": round_, "waiting": 0, "counted": 0}
        db.session.execute(sa.insert(_COUNTS), [fixed | dict(zip(names, key, strict=True)) for key in new])
        rows = queries.counts_of_run(run_id, round_)
    waiting: Counter[Item] = Counter()
    for row in rows:
        waiting[row.question, row.trainer_id] += row.waiting + (given.values.get((row.question, row.trainer_id)) == row.value)
    db.session.execute(_REWRITE, [_rewritten(row, given, waiting[row.question, row.trainer_id]) for row in rows])


def _rewritten(row: EvaluationCount, given: Given, waiting_of_item: int) -> dict[str, int]:
    waiting = row.waiting + (given.values.get((row.question, row.trainer_id)) == row.value)
    is_enough = waiting_of_item >= rules.FLOOR
    return {"of_id": row.id, "now_waiting": 0 if is_enough else waiting, "now_counted": row.counted + (waiting if is_enough else 0)}


_COUNTS = EvaluationCount.metadata.tables[EvaluationCount.__tablename__]
_TEXTS = EvaluationText.metadata.tables[EvaluationText.__tablename__]
_REWRITE = (
    sa.update(_COUNTS)
    .where(_COUNTS.c.id == sa.bindparam("of_id"))
    .values(waiting=sa.bindparam("now_waiting"), counted=sa.bindparam("now_counted"))
)


def _keep_texts(run_id: int, round_: Round, texts: Mapping[str, str]) -> None:
    """Put the new texts among the others."""
    fixed = {"run_id": run_id, "round": round_, "counted": False}
    new = [fixed | {"id": secrets.token_hex(ID_BYTES), "question": code, "words": words} for code, words in texts.items()]
    rows = [*queries.texts_of_run(run_id, round_), *new]
    if not rows:
        return
    waiting = Counter(row["question"] for row in rows if not row["counted"])
    for row in rows:
        row["counted"] = row["counted"] or waiting[row["question"]] >= rules.FLOOR
    db.session.execute(sa.delete(EvaluationText).where(EvaluationText.run_id == run_id, EvaluationText.round == round_))
    db.session.execute(sa.insert(_TEXTS), sorted(rows, key=lambda row: row["id"]))
