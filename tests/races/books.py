"""What must be so at every moment of the load, and at its end."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal import enrolment
from portal.certificates.models import Certificate, CertificateCounter
from portal.courses.models import CourseRun, RunQuota
from portal.enrolment import queries_line
from portal.enrolment.models import HOLDS_PLACE, LIVE, TAKES_PLACE, Enrolment, EnrolmentState
from portal.enrolment.rules_line import find_next
from portal.foundation.database import db
from portal.foundation.history import HistoryRow, broken_links
from portal.foundation.outbox import OutboxMessage
from portal.municipalities.models import Municipality
from portal.people.models import Person
from tests.races.actors import OUT, PLACED
from tests.races.stage import DECIDED, QUOTAS, RUNS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.races.browsers import Told
    from tests.races.stage import Stage


def snapshot() -> list[str]:
    """Runs with more people in place, or with an offer, than places; and municipalities and regions above a quota that is in force."""
    taken = (
        sa.select(CourseRun.code, CourseRun.capacity, sa.func.count())
        .join(Enrolment, Enrolment.run_id == CourseRun.id)
        .where(Enrolment.state.in_(TAKES_PLACE))
        .group_by(CourseRun.id)
        .having(sa.func.count() > CourseRun.capacity)
    )
    here = sa.or_(RunQuota.municipality_id == Municipality.id, RunQuota.region_id == Municipality.region_id)
    above = (
        sa.select(CourseRun.code, RunQuota.places, sa.func.count())
        .join(RunQuota, RunQuota.run_id == CourseRun.id)
        .join(Municipality, here)
        .join(Enrolment, sa.and_(Enrolment.run_id == CourseRun.id, Enrolment.municipality_id == Municipality.id))
        .where(CourseRun.quotas_released_at.is_(None), Enrolment.state.in_(TAKES_PLACE))
        .group_by(CourseRun.id, RunQuota.id)
        .having(sa.func.count() > RunQuota.places)
    )
    wrong = [f"{code}: {count} of {capacity}" for code, capacity, count in db.session.execute(taken)]
    return wrong + [f"{code}: {count} of one place, its quota is {places}" for code, places, count in db.session.execute(above)]


def books(told: Told, stage: Stage) -> list[str]:
    """What is wrong in the end."""
    wrong = told.broken + snapshot()
    twice = (
        sa.select(Enrolment.run_id, Enrolment.person_id).where(Enrolment.state.in_(LIVE)).group_by(Enrolment.run_id, Enrolment.person_id)
    ).having(sa.func.count() > 1)
    wrong += [f"two live enrolments: {row}" for row in db.session.execute(twice)]
    for code in RUNS:
        wrong += [f"{code}: {fault}" for fault in run_faults(code, stage.runs[code])]
    if db.session.get_one(CourseRun, stage.runs[QUOTAS]).quotas_released_at is None:
        wrong.append("the quotas were not released")
    wrong += [*unkept(told, stage), *file_faults(told, stage), *mail_faults()]
    wrong += [f"history: {link}" for link in broken_links(db.session.scalars(sa.select(HistoryRow).order_by(HistoryRow.id)))]
    issued = db.session.scalars(sa.select(Certificate.sequence)).all()
    counted = sum(db.session.scalars(sa.select(CertificateCounter.last)))
    return wrong + ([f"{len(issued)} certificates, but the counters say {counted}"] if len(issued) != counted else [])


def run_faults(code: str, run_id: int) -> Iterator[str]:
    """A place that is free for somebody who waits; somebody passed without a rule; a log that leads to another state than there is."""
    waiting = queries_line.waiting_places([run_id])[run_id]
    if following := find_next(waiting, enrolment.seats_of(run_id)):
        yield f"a place is free for enrolment {following.place.enrolment_id}, which waits"
    played, states = enrolment.replay_of(run_id), enrolment.states_in(run_id)
    yield from played.disagreements
    yield from (f"the log says {played.states.get(one)} of enrolment {one}" for one in states if played.states.get(one) != states[one])
    if code != DECIDED:  # an approval comes when it comes
        yield from (f"{passer} got a place before {passed}, who waited longer" for passer, passed in passed_over(run_id))


def passed_over(run_id: int) -> list[tuple[str, str]]:
    """References of those with a place who asked later than one who still waits; with quotas, of the same municipality. Nobody came on the day."""
    placed, waiting, quotas = aliased(Enrolment), aliased(Enrolment), sa.select(RunQuota.id).where(RunQuota.run_id == run_id)
    later = sa.tuple_(placed.queued_at, placed.id) > sa.tuple_(waiting.queued_at, waiting.id)
    one_queue = sa.or_(placed.municipality_id == waiting.municipality_id, ~quotas.exists())
    pairs = (
        sa.select(placed.reference, waiting.reference)
        .join(waiting, sa.and_(waiting.run_id == placed.run_id, later, one_queue))
        .where(placed.run_id == run_id, placed.state.in_(HOLDS_PLACE), waiting.state == EnrolmentState.WAITING)
    )
    return [(passer, passed) for passer, passed in db.session.execute(pairs)]


def unkept(told: Told, stage: Stage) -> Iterator[str]:
    """Whoever was told something, and it is not so. A rejection and the end of an offer send people out who wished to be in."""
    rows = db.session.execute(
        sa.select(Enrolment.run_id, Enrolment.person_id, Enrolment.state, Enrolment.state_reason).order_by(
            Enrolment.changed_at, Enrolment.id
        )
    )
    last: dict[tuple[int, int], tuple[str, str]] = {}
    for run_id, person_id, state, reason in rows:
        if last.get((run_id, person_id), ("", ""))[0] not in LIVE:
            last[run_id, person_id] = (state, reason)
    for (person_id, code), wish in told.wishes.items():
        state, reason = last.get((stage.runs[code], person_id), ("", ""))
        sent_out = wish != PLACED and (state == EnrolmentState.REJECTED or reason == "offer_ended")
        so = state not in LIVE if wish == OUT else state in (HOLDS_PLACE if wish == PLACED else LIVE) or sent_out
        if not so and (person_id, code) not in told.unsure:
            yield f"{code}: person {person_id} was told {wish}, and is {state or 'not there'} ({reason})"


def file_faults(told: Told, stage: Stage) -> Iterator[str]:
    """Spreadsheets of which some rows were carried out and others not, and those that were acknowledged and not carried out."""
    enrolled = sa.select(Person.email, Enrolment.run_id).join(Enrolment, Enrolment.person_id == Person.id)
    there = {(email, run_id) for email, run_id in db.session.execute(enrolled)}
    for code, numbers, confirmed in told.files:
        found = sum((f"nominee{number}@portal.test", stage.runs[code]) in there for number in numbers)
        if found not in {0, len(numbers)} or (confirmed and not found):
            yield f"{code}: of a spreadsheet with {len(numbers)} rows {found} were nominated, confirmed: {confirmed}"


def mail_faults() -> Iterator[str]:
    """Steps of an enrolment of which two mails tell, and mails about a step that never was."""
    steps = {str(one): steps for one, steps in db.session.execute(sa.select(Enrolment.id, Enrolment.steps))}
    keys = [
        key.split(":") for key in db.session.scalars(sa.select(OutboxMessage.event_key).where(OutboxMessage.event_key.like("enrolment:%")))
    ]
    told = Counter((one, int(step)) for _kind, one, step, *_event in keys)
    yield from (f"enrolment {one}: {count} mails about step {step}" for (one, step), count in told.items() if count > 1)
    yield from (f"enrolment {one}: a mail about step {step}, which never was" for one, step in told if step > steps.get(one, -1))
