"""Certificates: real ones, drawn and frozen as the portal does, numbered in the order of their issue."""

from __future__ import annotations

import base64
import random
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, undefer

from portal import certificates, credentials
from portal.certificates.models import (
    Certificate,
    CertificateCounter,
    CertificateCredential,
    CertificateFile,
    CertificateState,
    CertificateStatus,
    IssueBatch,
    IssueItem,
)
from portal.courses.models import CourseRun, FundingProject, Venue
from portal.demo.moments import at
from portal.enrolment.models import Enrolment
from portal.foundation.database import db
from portal.foundation.formats import to_tbilisi
from portal.people.models import Person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from portal.demo.world import Run, World

SECRET_BYTES = 18
EACH = timedelta(seconds=2)
WRITE_AFTER = 400


@dataclass(frozen=True, slots=True)
class Award:
    """The certificates of one run: what each of those who completed it reached, by enrolment id, and when staff asked."""

    run: Run
    evidence: dict[int, certificates.Evidence]
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate of the demo, for those who tell of it."""

    id: int
    number: str
    enrolment_id: int
    person_id: int
    issued_at: datetime
    title_ka: str
    title_en: str


class Register:
    """Issues certificates, batch by batch."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._numbers: Counter[int] = Counter()
        self._places = _places()
        self._since_write = 0

    def issue(self, award: Award) -> list[Issued]:
        """Issue the certificates of one run; batches come in the order of time."""
        world, staff = self._world, self._world.office.staff.id
        run, trainer = _run_of(award), _person(award.run.trainer.id)
        finished = award.asked_at + EACH * len(award.evidence)
        batch = world.rows.add(IssueBatch, run_id=run.id, asked_by=staff, asked_at=award.asked_at, finished_at=finished)
        asked = {"run": run.code, "certificates": len(award.evidence)}
        world.past.note(award.asked_at, "certificate:ask", IssueBatch, batch, by=staff, change=asked)
        issued, composition = [], certificates.composition_of(run)
        for number, enrolment in enumerate(_enrolments(award), 1):
            subject = certificates.Subject(enrolment, [trainer], award.evidence[enrolment.id], composition)
            one = self._issue(subject, award.asked_at + EACH * number, staff)
            world.rows.add(IssueItem, batch_id=batch, enrolment_id=enrolment.id, certificate_id=one.id, refusal="", done_at=one.issued_at)
            issued.append(one)
        self._write_now_and_then(len(issued))
        return issued

    def change_state(self, one: Issued, state: CertificateState, reason: str, moment: datetime) -> None:
        """Give a certificate another state, as staff do now and then."""
        world, staff = self._world, self._world.office.staff.id
        before = {CertificateState.REINSTATED: CertificateState.SUSPENDED}.get(state, CertificateState.ISSUED)
        verb = {CertificateState.SUSPENDED: "suspend", CertificateState.REINSTATED: "reinstate", CertificateState.REVOKED: "revoke"}[state]
        world.rows.add(CertificateStatus, certificate_id=one.id, state=state.value, reason=reason, by_id=staff, at=moment)
        change = {"state": [before.value, state.value]}
        world.past.note(moment, f"certificate:{verb}", Certificate, one.id, by=staff, person=one.person_id, change=change, public=True)

    def close(self) -> None:
        """Set the counters to the last numbers, so that the portal goes on from there; all of it begins the chain."""
        for year, last in self._numbers.items():
            self._world.rows.link(CertificateCounter, year=year, last=last)
        self._world.rows.write()
        certificates.note_everything()
        certificates.build_status_lists()

    def _issue(self, subject: certificates.Subject, moment: datetime, staff: int) -> Issued:
        world, person = self._world, subject.enrolment.person
        issued_on = to_tbilisi(moment).date()
        self._numbers[issued_on.year] += 1
        number = certificates.number_of(issued_on.year, self._numbers[issued_on.year])
        secret = base64.urlsafe_b64encode(world.chance.randbytes(SECRET_BYTES)).decode()
        facts = certificates.facts_of(subject, number=number, issued_on=issued_on)
        sealed = certificates.seal(subject, facts, secret, moment, next(self._places))
        key = world.rows.add(Certificate, **certificates.columns_of(subject, facts, sealed, by=staff, at=moment))
        world.rows.link(CertificateFile, certificate_id=key, pdf=sealed.pdf, pdf_sha256=sealed.pdf_sha256)
        world.rows.link(CertificateCredential, certificate_id=key, document=sealed.credential.document, jwt=sealed.credential.jwt)
        world.rows.add(CertificateStatus, certificate_id=key, state=CertificateState.ISSUED.value, reason="", by_id=staff, at=moment)
        change = {"number": number, "record_sha256": sealed.record_sha256, "pdf_sha256": sealed.pdf_sha256}
        world.past.note(moment, "certificate:issue", Certificate, key, by=staff, person=person.id, change=change)
        version = subject.run.version
        return Issued(key, number, subject.enrolment.id, person.id, moment, version.title_ka, version.title_en)

    def _write_now_and_then(self, number: int) -> None:
        self._since_write += number
        if self._since_write > WRITE_AFTER:
            self._world.rows.write()
            self._since_write = 0


def asked_at(world: World, run: Run) -> datetime:
    """When staff ask for the certificates of a run that is over: some days later, in office hours."""
    ended = run.days[-1].ends_at.date()
    day = ended + timedelta(days=world.chance.randint(3, 7))
    return at(day, world.chance.randint(10, 16), world.chance.randint(0, 59))


def _run_of(award: Award) -> CourseRun:
    """The run with all that its certificates print."""
    return db.session.scalars(
        sa.select(CourseRun)
        .where(CourseRun.id == award.run.id)
        .options(
            joinedload(CourseRun.course),
            joinedload(CourseRun.version),
            joinedload(CourseRun.venue).joinedload(Venue.municipality),
            joinedload(CourseRun.funding_project).options(undefer(FundingProject.logo)),
        )
    ).one()


def _enrolments(award: Award) -> list[Enrolment]:
    """The enrolments in the order in which the list asks for them: by family name."""
    statement = (
        sa.select(Enrolment)
        .join(Enrolment.person)
        .where(Enrolment.id.in_(award.evidence))
        .options(joinedload(Enrolment.person), joinedload(Enrolment.municipality))
        .order_by(Person.sort_key, Person.id)
    )
    return list(db.session.scalars(statement))


def _places() -> Iterator[credentials.Place]:
    """Places in status lists, each once. By a chance of their own: they are no part of the story."""
    for number in count(1):
        for index in random.Random(number).sample(range(credentials.PLACES), credentials.PLACES):
            yield credentials.Place(number, index)


def _person(person_id: int) -> Person:
    return db.session.get_one(Person, person_id)
