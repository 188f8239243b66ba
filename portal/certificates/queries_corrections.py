"""What can be asked about correcting a certificate: what another in its place would say, and which bear a name that their holder no longer has."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.certificates import paper, queries
from portal.certificates.facts import CertificateFacts
from portal.certificates.models import Certificate, IssueItem
from portal.certificates.queries_register import certificates_of_person
from portal.foundation import clock
from portal.foundation.database import db

if TYPE_CHECKING:
    from portal.certificates.models import IssueBatch
    from portal.certificates.paper import Subject
    from portal.certificates.queries_register import Held
    from portal.people.models import Person

# Every certificate has its own of these, or they say how it looks and who signs it: another is not issued for their sake.
_OF_EACH: Final = ("number", "issued_on", "valid_until", "signatories", "issuer_ka", "issuer_en", "texts")


@dataclass(frozen=True, slots=True)
class Correction:
    """What a certificate says, what a corrected one in its place would say today, and all that this one is made from."""

    before: CertificateFacts
    after: CertificateFacts
    subject: Subject

    @property
    def differs(self) -> bool:
        """True when they say something different of the holder or of the training."""
        return replace(self.after, **{name: getattr(self.before, name) for name in _OF_EACH}) != self.before


def correction_of(certificate: Certificate, reason: str = "") -> Correction:
    """What ``certificate`` would say if it were issued today. Raises ``NotPrintableError`` when that cannot be printed."""
    record = json.loads(certificate.record)
    subject = queries.get_subject(certificate.enrolment_id)
    corrected = replace(subject, replaces=paper.Predecessor(certificate.number, record, reason))
    facts = paper.facts_of(corrected, number=paper.NO_NUMBER, issued_on=clock.today())
    return Correction(CertificateFacts.from_record(record), facts, corrected)


def find_waiting_correction(enrolment_id: int) -> IssueBatch | None:
    """The batch in which a certificate for the enrolment waits to be issued."""
    waiting = db.session.scalar(sa.select(IssueItem.batch_id).where(IssueItem.enrolment_id == enrolment_id, IssueItem.done_at.is_(None)))
    return None if waiting is None else queries.get_batch(waiting)


@dataclass(frozen=True, slots=True)
class Kin:
    """The numbers of the certificate whose place one took, and of the one that took its place."""

    replaces: str | None
    replaced_by: str | None


def kin_of(certificate_id: int) -> Kin:
    """What came before a certificate and what after it. One statement."""
    before, after = aliased(Certificate), aliased(Certificate)
    row = db.session.execute(
        sa.select(before.number, after.number)
        .select_from(Certificate)
        .outerjoin(before, before.id == Certificate.supersedes_id)
        .outerjoin(after, after.supersedes_id == Certificate.id)
        .where(Certificate.id == certificate_id)
    ).one()
    return Kin(*row)


def certificates_with_other_name(person: Person) -> list[Held]:
    """The valid certificates of ``person`` on which another name is printed than the person has now, newest first. One statement."""
    names = (person.name_ka, person.name_latin)
    return [held for held in certificates_of_person(person.id) if held.valid and (held.facts.name_ka, held.facts.name_latin) != names]
