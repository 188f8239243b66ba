"""What staff do: arrange the questions, and take a text off the pages."""

from __future__ import annotations

import secrets
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from portal.evaluation import queries, queries_results
from portal.evaluation.models import EvaluationEdition, EvaluationRedaction, Kind
from portal.evaluation.questions import Question, Words
from portal.foundation import clock, history
from portal.foundation.database import db, take_turn
from portal.foundation.errors import N_, NotFoundError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.evaluation.models import Round
    from portal.evaluation.queries import Questionnaire
    from portal.evaluation.queries_results import ShownText

CODE_BYTES = 6
LEAST_OPTIONS = 2


class Change(StrEnum):
    """What can be done to a question."""

    UP = "up"
    DOWN = "down"
    ARCHIVE = "archive"
    RESTORE = "restore"


def add_question(round_: Round, kind: Kind, words: Words, options: Iterable[Words] = (), *, seen: int, by: int) -> None:
    """Ask one question more, at the end. ``seen`` is the number of the newest edition that was seen.

    Raises ``RefusedError`` for a choice of fewer than two options, and when somebody else has changed the questionnaire meanwhile.
    """
    given = tuple(options) if kind == Kind.CHOICE else ()
    if kind == Kind.CHOICE and len(given) < LEAST_OPTIONS:
        raise RefusedError(N_("A choice needs at least two options."))
    newest = _in_turn(round_)
    question = Question(secrets.token_hex(CODE_BYTES), kind, words, given)
    if any(replace(one, code=question.code) == question for one in newest.questions):
        return  # sent twice
    if seen != newest.number:
        raise RefusedError(CHANGED)
    _save(newest, [*newest.questions, question], "evaluation:add_question", by)


def change_question(round_: Round, code: str, change: Change, *, seen: int, by: int) -> None:
    """Move a question up or down, archive it or bring it back. Raises ``NotFoundError``, and ``RefusedError`` as ``add_question`` does."""
    newest = _in_turn(round_)
    at = next((number for number, one in enumerate(newest.questions) if one.code == code), None)
    if at is None:
        raise NotFoundError
    if seen != newest.number:
        raise RefusedError(CHANGED)
    questions = list(newest.questions)
    if change in {Change.ARCHIVE, Change.RESTORE}:
        questions[at] = replace(questions[at], archived=change == Change.ARCHIVE)
    else:
        to = at + (1 if change == Change.DOWN else -1)
        questions.insert(min(max(to, 0), len(questions)), questions.pop(at))
    if tuple(questions) != newest.questions:
        _save(newest, questions, f"evaluation:{change}", by)


CHANGED = N_("Somebody has changed the questionnaire meanwhile. Open the page anew to see it.")


def _in_turn(round_: Round) -> Questionnaire:
    take_turn(f"evaluation:{round_}")
    return queries.questionnaire(round_)


def _save(newest: Questionnaire, questions: Iterable[Question], action: str, by: int) -> None:
    edition = EvaluationEdition(
        round=newest.round,
        number=newest.number + 1,
        questions=[one.to_record() for one in questions],
        edited_by=by,
        edited_at=clock.now(),
    )
    db.session.add(edition)
    db.session.flush()
    history.record(action, edition, by=by, change={"round": newest.round, "version": edition.number})


def redact(text: ShownText, reason: str, *, by: int) -> None:
    """Take a text off the pages for good; done already, it stays as it is."""
    take_turn(f"evaluation:{text.id}")
    if queries_results.is_redacted(text.id):
        return
    redaction = EvaluationRedaction(text_id=text.id, run_id=text.run_id, reason=reason, redacted_by=by, redacted_at=clock.now())
    db.session.add(redaction)
    db.session.flush()
    history.record("evaluation:redact", redaction, by=by, change={"reason": reason})
