"""The outbox of the demo: the newest mails about places and certificates, most of them sent, some still waiting, one that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal import courses, enrolment, people
from portal.courses.models import RunState
from portal.enrolment.models import AnswerPurpose, Enrolment, EnrolmentState
from portal.foundation import clock, outbox
from portal.foundation.addresses import addresses
from portal.foundation.database import db
from portal.foundation.outbox import MessageState, OutboxMessage
from portal.people.models import Person

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portal.courses.models import CourseRun, CourseSession
    from portal.demo.awards import Issued
    from portal.demo.places import Place
    from portal.demo.world import Run, World

NEWEST, STILL_WAITING = 14, 4
LAST_ATTEMPT = 12


def post_about_places(world: World, filled: list[tuple[Run, list[Place]]]) -> None:
    """Post the newest mails about places in the runs that are open; the very newest still wait in the outbox."""
    told = [(place.steps[-1][0], run, place) for run, places in filled if run.plan.state == RunState.OPEN for place in places]
    newest = sorted(told, key=lambda each: (each[0], each[2].id))[-NEWEST:]
    runs: dict[int, tuple[CourseRun, Sequence[CourseSession]]] = {}
    keys = []
    for moment, run, place in newest:
        if run.id not in runs:
            runs[run.id] = courses.get_run_by_id(run.id), courses.sessions_of(run.id)
        with clock.frozen(moment):
            keys.append(_post(place, *runs[run.id]))
    _settle(world, keys[: len(keys) - STILL_WAITING])


def _post(place: Place, run: CourseRun, sessions: Sequence[CourseSession]) -> str:
    """Post what enrolment would have; returns the key of the event."""
    found = db.session.scalars(sa.select(Enrolment).where(Enrolment.id == place.id).options(joinedload(Enrolment.person))).one()
    letter = enrolment.Letter(enrolment=found, person=found.person, run=run, sessions=sessions)
    _moment, state, reason, by = place.steps[-1]
    nominated = place.sender != place.someone.id and reason in {"at_once", "all_taken"}
    has_place = state == EnrolmentState.CONFIRMED
    method: str | None = None
    facts: dict[str, Any] = {"state": state.value, "reason": reason, "by_municipality": True}
    if state == EnrolmentState.WITHDRAWN:
        kind, event, method = "withdrawn", "withdrawn", "CANCEL"
        facts["by_themselves"] = by == place.someone.id
    elif nominated:
        kind = event = "nominated"
        method = "REQUEST" if has_place else None
        facts["answer_url"] = enrolment.new_answer_url(found, AnswerPurpose.NOMINATION, run.withdrawal_ends_at, letter.language)
    elif has_place:
        kind, event = ("place_freed", "place_freed") if reason == "place_freed" else ("place_given", "enrolled")
        method = "REQUEST"
    else:
        kind, event = "waiting_list_joined", "enrolled"
    return enrolment.tell(kind, letter, event=event, method=method, **facts)


def post_about_certificates(world: World, issued: list[Issued]) -> None:
    """Post that certificates are ready; these mails have all left."""
    keys = []
    holders = {
        person.id: person for person in db.session.scalars(sa.select(Person).where(Person.id.in_([one.person_id for one in issued])))
    }
    for one in issued:
        to = people.recipient_of(holders[one.person_id])
        facts = {
            "name": holders[one.person_id].name(to.language),
            "title": one.title_ka if to.language == "ka" else one.title_en,
            "number": one.number,
            "my_url": addresses.page("/my", to.language),
            "verify_url": addresses.page("/verify", to.language),
            "contact": addresses.contact,
        }
        keys.append(f"certificate_ready:{one.number}")
        with clock.frozen(one.issued_at):
            outbox.post("certificate_ready", to, facts, event_key=keys[-1])
    _settle(world, keys)


def _settle(world: World, keys: list[str]) -> None:
    """Let these mails have left within the minute, but for the last, whose server never answered."""
    db.session.flush()
    for message in db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.event_key.in_(keys)).order_by(OutboxMessage.id)):
        _settle_one(world, message, failed=message.event_key == keys[-1] and message.kind != "certificate_ready")


def _settle_one(world: World, message: OutboxMessage, *, failed: bool) -> None:
    left: datetime = message.created_at
    message.attempts = LAST_ATTEMPT if failed else 1
    message.state = MessageState.FAILED if failed else MessageState.SENT
    message.sent_at = None if failed else left
    message.last_error = "TimeoutError" if failed else None
    change = {"kind": message.kind, "attempts": message.attempts, "error": message.last_error or ""}
    world.past.note(left, f"mail:{message.state}", OutboxMessage, message.id, by=None, person=message.person_id, change=change)
