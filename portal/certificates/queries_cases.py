"""What can be asked about certificates whose evidence was corrected."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from portal import attendance, courses
from portal.certificates.facts import CertificateFacts
from portal.certificates.models import Certificate, CertificateCase, CertificateState
from portal.certificates.queries_register import newest_state
from portal.foundation.database import db, locked
from portal.foundation.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_SHOWN = 200
_ALL: Final = 100


@dataclass(frozen=True, slots=True)
class Minutes:
    """Minutes attended: as the certificate says, or as staff knew when they last decided about it; and as recorded now."""

    settled: int
    now: int


@dataclass(frozen=True, slots=True)
class ReadCase:
    """A case with what the certificate says: the facts, the contact time of the run, and the percentage that it needed, if any."""

    case: CertificateCase
    facts: CertificateFacts
    total: int
    needed: int | None

    @property
    def percent_before(self) -> int:
        """Attendance that the certificate rests on, or as of the last decision about it."""
        return self._percent(self.case.attended_before)

    @property
    def percent_after(self) -> int:
        """Attendance as it is recorded now."""
        return self._percent(self.case.attended_after)

    @property
    def still_reached(self) -> bool:
        """Whether what is recorded now is enough."""
        return self.case.attended_after * _ALL >= (self.needed or 0) * self.total

    def _percent(self, minutes: int) -> int:
        return minutes * _ALL // self.total if self.total else 0


def read_case(case: CertificateCase) -> ReadCase:
    """Read the record of the certificate of a ``case``."""
    record = json.loads(case.certificate.record)
    basis = record["basis"]
    return ReadCase(case, CertificateFacts.from_record(record), basis["evidence"]["total_minutes"], basis["needed"]["attendance_percent"])


def numbers_with_case(run_id: int) -> set[str]:
    """The numbers of the certificates of a run of which a case is open. One statement."""
    rows = sa.select(Certificate.number).join(CertificateCase, CertificateCase.certificate_id == Certificate.id)
    return set(
        db.session.scalars(rows.where(Certificate.run_id == run_id, CertificateCase.closed_at.is_(None)).order_by(Certificate.number))
    )


def evidence_now(run_id: int) -> Iterator[tuple[Certificate, Minutes, CertificateCase | None]]:
    """The certificates of a run that are worth something, with their minutes and the case that is open, in the order of their numbers."""
    summaries = attendance.summaries_of_run(run_id)
    cases: dict[int, CertificateCase] = {}
    for case in db.session.scalars(
        sa.select(CertificateCase)
        .join(Certificate, Certificate.id == CertificateCase.certificate_id)
        .where(Certificate.run_id == run_id)
        .order_by(CertificateCase.id)
    ):
        cases[case.certificate_id] = case
    valid = sa.select(Certificate).where(
        Certificate.run_id == run_id, newest_state.not_in([CertificateState.REVOKED, CertificateState.SUPERSEDED])
    )
    for certificate in db.session.scalars(valid.order_by(Certificate.id)):
        summary, last = summaries.get(certificate.enrolment_id), cases.get(certificate.id)
        now = summary.attended_minutes if summary else 0
        settled = json.loads(certificate.record)["basis"]["evidence"]["attended_minutes"] if last is None else last.attended_after
        yield certificate, Minutes(settled, now), last if last is not None and last.closed_at is None else None


def number_of_open_cases() -> int:
    """How many cases wait for staff."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(CertificateCase).where(CertificateCase.closed_at.is_(None))) or 0


def open_cases() -> list[CertificateCase]:
    """The cases that wait for staff, oldest first, with the certificate; the first ``MOST_SHOWN`` of them."""
    waiting = (
        sa.select(CertificateCase)
        .join(CertificateCase.certificate)
        .options(contains_eager(CertificateCase.certificate))
        .where(CertificateCase.closed_at.is_(None))
        .order_by(CertificateCase.opened_at, CertificateCase.id)
        .limit(MOST_SHOWN)
    )
    return list(db.session.scalars(waiting))


def numbers_to_decide_on(run_id: int) -> frozenset[str]:
    """The numbers of the certificates of a run of which a case is open. One statement."""
    waiting = (
        sa.select(Certificate.number)
        .join(CertificateCase, CertificateCase.certificate_id == Certificate.id)
        .where(Certificate.run_id == run_id, CertificateCase.closed_at.is_(None))
        .order_by(Certificate.id)
    )
    return frozenset(db.session.scalars(waiting))


def find_open_case(certificate_id: int) -> CertificateCase | None:
    """The case of a certificate that waits for staff."""
    return db.session.scalar(
        sa.select(CertificateCase).where(CertificateCase.certificate_id == certificate_id, CertificateCase.closed_at.is_(None))
    )


def lock_case(case_id: int) -> CertificateCase:
    """The case, as it is now, locked after its run, as whoever corrects attendance locks them. Raises ``NotFoundError``."""
    run_id = db.session.scalar(sa.select(Certificate.run_id).join(CertificateCase).where(CertificateCase.id == case_id))
    if run_id is None:
        raise NotFoundError
    courses.lock_run(run_id)
    statement: sa.Select[CertificateCase] = locked(sa.select(CertificateCase).where(CertificateCase.id == case_id))
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()
