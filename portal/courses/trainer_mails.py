"""Mails to the trainers of a run, each with what their calendar needs to follow. Each event is told once, in the trainer's language.

A calendar believes the highest SEQUENCE of a UID. Each of these events but the first has raised the run's sequence; a cancellation outdoes
what was sent with the same one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal import people
from portal.courses import letters, moves, queries
from portal.foundation import clock, outbox
from portal.foundation.addresses import addresses
from portal.foundation.calendar import CANCEL, REQUEST, Guest, calendar_text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from portal.courses.models import CourseRun, CourseSession
    from portal.courses.moves import Move
    from portal.people.models import Person


def tell_given(run: CourseRun, trainers: Collection[Person]) -> int:
    """Tell these people that they train in the run; returns how many were told."""
    return _tell("trainer_given", run, trainers, REQUEST)


def tell_taken_off(run: CourseRun, people_before: Collection[Person]) -> int:
    """Tell these people that they no longer train in the run; returns how many were told."""
    return _tell("trainer_taken_off", run, people_before, CANCEL)


def tell_trainers_moved(run: CourseRun, moved: Sequence[Move]) -> int:
    """Tell the trainers of the run what changed of its days or place, in their language; returns how many were told."""
    concerned = [trainer for trainer in queries.trainers_of(run.id) if moves.moves_in_words(moved, trainer.language)]
    return _tell("trainer_moved", run, concerned, REQUEST, moved=moved)


def tell_trainers_day_cancelled(session: CourseSession) -> int:
    """Tell the trainers of the run that one of its days does not take place; returns how many were told."""
    return _tell("trainer_day_cancelled", session.run, queries.trainers_of(session.run_id), CANCEL, sessions=[session])


def tell_trainers_cancelled(run: CourseRun, reason: str) -> int:
    """Tell the trainers of the run that it does not take place, and why; returns how many were told."""
    return _tell("trainer_run_cancelled", run, queries.trainers_of(run.id), CANCEL, reason=reason)


def _tell(
    kind: str,
    run: CourseRun,
    trainers: Collection[Person],
    method: str,
    *,
    sessions: Sequence[CourseSession] = (),
    moved: Sequence[Move] = (),
    **facts: Any,
) -> int:
    """Post the mail ``kind`` about ``sessions``, or all days of the run."""
    if not trainers:
        return 0
    sessions = sessions or queries.sessions_of(run.id)
    for trainer in trainers:
        language = trainer.language
        outbox.post(
            kind,
            people.recipient_of(trainer),
            letters.mail_facts(run, sessions, language, with_links=method == REQUEST)
            | {"name": trainer.name(language), "teaching_url": _teaching(language), "changes": moves.moves_in_words(moved, language)}
            | facts,
            event_key=f"trainer:{run.id}:{trainer.id}:{kind}:{run.calendar_sequence}",
            calendar=outbox.Calendar(_calendar(run, sessions, trainer, method), method),
        )
    return len(trainers)


def _calendar(run: CourseRun, sessions: Sequence[CourseSession], trainer: Person, method: str) -> str:
    entries = letters.calendar_entries(run, sessions, trainer.language, url=_teaching(trainer.language), owner=f"trainer-{trainer.id}")
    guest = Guest(address=trainer.email or "", name=trainer.name(trainer.language), organizer=addresses.contact)
    sequence = 2 * run.calendar_sequence + (method == CANCEL)
    return calendar_text(entries, method=method, sequence=sequence, at=clock.now(), guest=guest)


def _teaching(language: str) -> str:
    return addresses.page("/teaching", language)
