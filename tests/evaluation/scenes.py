"""Runs that are over, and people who answer about them as the form lets them."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from portal import evaluation
from portal.evaluation import Given, Round
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import commit, writing
from tests import factories
from tests.certificates import scenes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from portal.courses.models import CourseRun
    from portal.enrolment.models import Enrolment
    from portal.people.models import Person

LATER = timedelta(days=185)


def over(staff: Person, number: int = 6, **values: Any) -> tuple[CourseRun, list[Enrolment]]:
    """A run that ended last week, and the places of ``number`` people who were there."""
    run = scenes.past_run(staff, 0, state="completed", **values)
    places = []
    for one in range(number):
        place = factories.enrolment(run, scenes.participant(one), "completed")
        scenes.attend(run, place, staff)
        places.append(place)
    commit()
    return run, places


@contextmanager
def closed(run: CourseRun) -> Iterator[None]:
    """After the first round of ``run``."""
    with clock.frozen(run.ends_at + timedelta(days=31)):
        yield


def given(round_: Round = Round.AFTER, texts: dict[str, str] | None = None, trainers: dict[int, int] | None = None, **values: int) -> Given:
    """Answers to some of the questions; ``trainers`` are marks by the ids of trainers."""
    marks = {("trainer", person_id): mark for person_id, mark in (trainers or {}).items()}
    items = {(code, None): value for code, value in values.items()}
    return Given(evaluation.questionnaire(round_).asked, items | marks, texts or {})


def answer(place: Enrolment, round_: Round = Round.AFTER, **values: Any) -> None:
    """The holder of ``place`` answers."""
    with writing():
        evaluation.answer(place, round_, given(round_, **values))


def answer_all(places: Sequence[Enrolment], **values: Any) -> None:
    """All of them answer the same."""
    for place in places:
        answer(place, **values)


def shown(run: CourseRun, *, alone: bool = True) -> dict[str, dict[int, int]]:
    """What the pages would show of a run, by question; of its course when not ``alone``."""
    db.session.expunge_all()
    cells = evaluation.cells_of([run.course_id])
    found = evaluation.distributions(evaluation.within(cells, [run.id]) if alone else cells)
    return {code: dict(one.values) for (_round, code), one in found.items()}
