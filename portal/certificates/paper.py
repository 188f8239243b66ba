"""From what is known of a participant to the frozen record and the file. Pure: no database, no clock."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

from portal import credentials, signing
from portal.certificates import issuer, rules, twin
from portal.certificates.designs.rules import PLACEHOLDERS, Composition, fill, gaps_in, placeholders_in
from portal.certificates.drawing import Design, TextTooLongError, draw_certificate
from portal.certificates.facts import CertificateFacts, Form, Record, canonical_json
from portal.certificates.models import Refusal
from portal.foundation.errors import N_, RefusedError
from portal.foundation.formats import to_tbilisi

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from portal.certificates.drawing import Attachment
    from portal.certificates.facts import Pair
    from portal.certificates.rules import Evidence
    from portal.courses.models import CourseRun
    from portal.credentials import IssuedCredential, Place
    from portal.enrolment.models import Enrolment
    from portal.people.models import Person

log = logging.getLogger(__name__)

NO_NUMBER: Final = "—"
NO_SECRET: Final = "preview"  # noqa: S105  (not a secret: a word in its place)
"""What a preview bears in place of number and secret; there is no such certificate."""


class NotPrintableError(RefusedError):
    """A certificate cannot be drawn as its facts stand."""

    refusal = Refusal.NOT_PRINTABLE
    message = N_(
        "This certificate cannot be printed: a letter in the name, the post or the title is unknown to the typeface, or dates are missing."
    )


class EmptyTextError(NotPrintableError):
    """A placeholder in the texts of a certificate is empty for whom it is."""

    refusal = Refusal.EMPTY_TEXT
    message = N_("A text of this certificate has a placeholder that is empty for this person. The list of the run says which.")


class TooLongError(NotPrintableError):
    """The texts of a certificate do not fit on the sheet at a readable size."""

    refusal = Refusal.TOO_LONG
    message = N_("The texts do not fit on the sheet at a readable size. Shorten those of the design, or choose fewer logos or signatories.")


_EMPTY: Final = {
    "ka": N_("The Georgian text of the certificate needs what is empty here: %(what)s"),
    "en": N_("The English text of the certificate needs what is empty here: %(what)s"),
}


@dataclass(frozen=True, slots=True)
class Predecessor:
    """The certificate that another takes the place of because something on it was wrong: its number and record, and why (a ``StateReason``)."""

    number: str
    record: Mapping[str, Any]
    reason: str

    @property
    def valid_until(self) -> date | None:
        """The last day of its validity, which is that of the other too."""
        return CertificateFacts.from_record(self.record).valid_until


@dataclass(frozen=True, slots=True)
class Subject:
    """All that a certificate is made from: the enrolment, who trained, the evidence, and what the designs of its run compose.

    The enrolment comes with run, course, version, venue, project, person and municipality. What ``replaces`` another rests on the same
    decision: rule, requirement and validity are those of the other.
    """

    enrolment: Enrolment
    trainers: Sequence[Person]
    evidence: Evidence
    composition: Composition
    replaces: Predecessor | None = None

    @property
    def run(self) -> CourseRun:
        """The run."""
        return self.enrolment.run

    @property
    def design(self) -> Design:
        """What is drawn besides the facts."""
        return self.composition.drawing

    @property
    def rule(self) -> str:
        """The name of the rule by which it was decided that there is a certificate."""
        return str(self.replaces.record["basis"]["rule"]) if self.replaces else rules.RULE


@dataclass(frozen=True, slots=True)
class Sealed:
    """What the register keeps for good: the secret of the QR, the canonical record, the exact file, and their digests (SHA-256, hexadecimal).

    Also the credential, and the place in a status list that says whether it was revoked.
    """

    secret: str
    record: bytes
    record_sha256: str
    pdf: bytes
    pdf_sha256: str
    credential: IssuedCredential
    place: Place


def facts_of(subject: Subject, *, number: str, issued_on: date) -> CertificateFacts:
    """What is printed for ``subject``. The post is that of the days of the training, as the enrolment kept it.

    Attendance and score are printed where the certificate rests on them. Raises ``NotPrintableError`` for what cannot be said truthfully,
    ``EmptyTextError`` when a placeholder of the texts is empty.
    """
    try:
        facts = _facts(subject, number, issued_on)
    except ValueError as error:
        raise NotPrintableError from error
    texts = subject.composition.texts
    if gaps_in(texts, facts):
        raise EmptyTextError
    return replace(facts, texts=fill(texts, facts))


def gaps_of(subject: Subject, on: date) -> tuple[rules.Reason, ...]:
    """What the texts of the certificate of ``subject`` lack to be filled in, were it issued ``on`` a day. A run without days has other faults."""
    texts = subject.composition.texts
    if not placeholders_in(texts) or subject.run.starts_at is None or subject.run.ends_at is None:
        return ()
    facts = _facts(subject, NO_NUMBER, on)
    return tuple(rules.Reason(_EMPTY[gap.language], (("what", rules.Words(PLACEHOLDERS[gap.name])),)) for gap in gaps_in(texts, facts))


def _facts(subject: Subject, number: str, issued_on: date) -> CertificateFacts:
    enrolment, run, version = subject.enrolment, subject.run, subject.run.version
    person, municipality = enrolment.person, enrolment.municipality
    if run.starts_at is None or run.ends_at is None:
        raise ValueError("a run without sessions")
    return CertificateFacts(
        number=number,
        name_ka=person.name_ka,
        name_latin=person.name_latin,
        municipality_ka=municipality.full_name_ka if municipality else "",
        municipality_en=municipality.full_name_en if municipality else "",
        municipality_tile=municipality.tile if municipality else None,
        post_ka=enrolment.post_title_ka,
        post_en=enrolment.post_title_en,
        course_title_ka=version.title_ka,
        course_title_en=version.title_en,
        form=cast("Form", run.form),
        first_day=to_tbilisi(run.starts_at).date(),
        last_day=to_tbilisi(run.ends_at).date(),
        place_ka=run.venue.municipality.name_ka if run.venue else "",
        place_en=run.venue.municipality.name_en if run.venue else "",
        contact_hours=version.contact_hours,
        independent_hours=version.independent_hours,
        credits=version.credits,
        trainers=tuple((trainer.name_ka, trainer.name_latin) for trainer in subject.trainers),
        projects=_projects(run),
        attendance_percent=None if version.attendance_percent is None else subject.evidence.attendance_percent,
        score_percent=None if version.score_percent is None else subject.evidence.score_percent,
        issued_on=issued_on,
        valid_until=subject.replaces.valid_until if subject.replaces else rules.valid_until(issued_on, version.validity_months),
        signatories=subject.composition.signatories,
        issuer_ka=issuer.ISSUER[0],
        issuer_en=issuer.ISSUER[1],
    )


def _projects(run: CourseRun) -> tuple[Pair, ...]:
    project = run.funding_project
    return ((project.name_ka, project.name_en),) if project else ()


def record_of(subject: Subject, facts: CertificateFacts) -> Record:
    """Every printed fact, and beside them what the certificate rests on: the rule, the course version, the evidence."""
    version, evidence = subject.run.version, subject.evidence
    basis: Record = {
        "rule": subject.rule,
        "course": subject.run.course.slug,
        "course_version": version.number,
        "run": subject.run.code,
        "designs": [{"scope": scope, "version": number} for scope, number in subject.composition.versions],
        "enrolment": subject.enrolment.reference,
        "needed": {"attendance_percent": version.attendance_percent, "score_percent": version.score_percent},
        "evidence": {
            "attended_minutes": evidence.attended_minutes,
            "total_minutes": evidence.total_minutes,
            "score_percent": evidence.score_percent,
        },
    }
    return facts.to_record() | {"basis": basis | _replaced(subject.replaces), "programme": twin.programme_of(version)}


def _replaced(by: Predecessor | None) -> Record:
    """Which certificate is replaced and why, and the evidence on which it was decided that there is one."""
    if by is None:
        return {}
    basis = by.record["basis"]
    return {"needed": basis["needed"], "replaces": {"number": by.number, "reason": by.reason, "evidence": basis["evidence"]}}


def seal(subject: Subject, facts: CertificateFacts, secret: str, at: datetime, place: Place) -> Sealed:
    """Make record, credential and file final, ``at`` a moment; ``place`` is where a revocation would be told.

    The credential goes into the file, then the file is signed, last of all. Raises ``NotPrintableError``, and ``SigningUnavailableError``
    without keys: nothing unsigned is ever final.
    """
    record = canonical_json(record_of(subject, facts))
    credential = _credential(subject, facts, secret, at, place)
    pdf = signing.seal_pdf(_drawn(subject, facts, secret, twin.attached(credential)), at=at)
    return Sealed(secret, record, hashlib.sha256(record).hexdigest(), pdf, hashlib.sha256(pdf).hexdigest(), credential, place)


def columns_of(subject: Subject, facts: CertificateFacts, sealed: Sealed, *, by: int, at: datetime) -> dict[str, Any]:
    """Give the values of the register's row: a first certificate, issued ``by`` somebody ``at`` a moment."""
    person = subject.enrolment.person
    year, sequence = rules.year_and_sequence(facts.number)
    return {
        "number": facts.number,
        "year": year,
        "sequence": sequence,
        "secret": sealed.secret,
        "enrolment_id": subject.enrolment.id,
        "run_id": subject.run.id,
        "person_id": person.id,
        "record": sealed.record,
        "record_sha256": sealed.record_sha256,
        "rule": subject.rule,
        "surname_keys": rules.surname_keys(person.family_name_ka, person.family_name_latin),
        "issued_by": by,
        "issued_at": at,
        "expires_at": rules.end_of_day(facts.valid_until),
        "status_list": sealed.place.number,
        "status_index": sealed.place.index,
    }


def preview(subject: Subject, on: date) -> bytes:
    """Draw the file as it would be issued ``on`` a day, without number and with a QR that leads to no certificate. It is kept nowhere.

    Raises ``NotPrintableError``.
    """
    facts = facts_of(subject, number=NO_NUMBER, issued_on=on)
    return _drawn(subject, facts, NO_SECRET)


def _credential(subject: Subject, facts: CertificateFacts, secret: str, at: datetime, place: Place) -> IssuedCredential:
    try:
        return credentials.issue(twin.badge_of(subject, facts, secret, at, place), at)
    except ValueError as error:
        log.warning("the credential of enrolment %s cannot be signed", subject.enrolment.reference, exc_info=error)
        raise NotPrintableError from error


def _drawn(subject: Subject, facts: CertificateFacts, secret: str, attachment: Attachment | None = None) -> bytes:
    """Draw the file. Whatever is wrong with one, a strange logo for instance, must not hold up everybody else's."""
    try:
        return draw_certificate(facts, issuer.verify_url(secret), subject.design, attachment)
    except TextTooLongError as error:
        raise TooLongError from error
    except Exception as error:
        log.warning("the certificate of enrolment %s cannot be drawn", subject.enrolment.reference, exc_info=error)
        raise NotPrintableError from error
