"""Mails of appeals: to the trainers that there is one, to the learner what came of it.

The mail to the trainers says nothing about who or why: that stands behind the sign-in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal import courses, people
from portal.attendance.models import AppealStep
from portal.foundation import formats, outbox
from portal.foundation.addresses import addresses

if TYPE_CHECKING:
    from portal.attendance.models import AttendanceAppeal
    from portal.attendance.queries_appeals import Appeal
    from portal.attendance.rules import Fact
    from portal.people.models import Person


def tell_trainers(appeal: Appeal, step: AttendanceAppeal) -> None:
    """Ask the trainers of the run for an answer; whoever appeals is not asked."""
    for trainer in courses.trainers_of(appeal.run_id):
        if trainer.id != appeal.person_id:
            _post("appeal_made", trainer, appeal, step, f"/teaching/appeals/{appeal.id}")


def tell_learner(appeal: Appeal, step: AttendanceAppeal, fact: Fact | None) -> None:
    """Tell whoever appealed that a trainer answered, or what staff decided; ``fact`` is the newest of them in the session."""
    kind = "appeal_answered" if step.step == AppealStep.ANSWERED else "appeal_decided"
    facts = {"words": step.words, "upheld": step.step == AppealStep.UPHELD, "mark": fact.mark if fact else "", "total": appeal.minutes}
    minutes = fact.attended(appeal.minutes) if fact else 0
    _post(kind, people.get_person(appeal.person_id), appeal, step, f"/my/runs/{appeal.run_code}/attendance", minutes=minutes, **facts)


def _post(kind: str, person: Person, appeal: Appeal, step: AttendanceAppeal, path: str, **facts: Any) -> None:
    to = people.recipient_of(person)
    day, times = formats.format_date(appeal.starts_at, to.language), formats.format_times(appeal.starts_at, appeal.ends_at)
    about = {
        "name": person.name(to.language),
        "title": appeal.course(to.language),
        "day": f"{day}, {times}",
        "url": addresses.page(path, to.language),
        "contact": addresses.contact,
    }
    outbox.post(kind, to, about | facts, event_key=f"attendance_appeal:{step.id}:{person.id}")
