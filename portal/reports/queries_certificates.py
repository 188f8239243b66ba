"""What happened to certificates in a period, month by month."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields
from operator import add, attrgetter
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from portal.certificates.models import Certificate, CertificateState, CertificateStatus
from portal.courses.models import Course, CourseRun
from portal.enrolment.models import Enrolment
from portal.foundation.database import db
from portal.municipalities.models import Municipality
from portal.reports.minutes import month_of
from portal.reports.queries_held import from_place, of_course

if TYPE_CHECKING:
    from portal.reports.figures import Scope

LOST = (CertificateState.SUPERSEDED, CertificateState.REVOKED)


@dataclass(frozen=True, slots=True)
class Register:
    """Certificates of one month: issued, of these in place of another, superseded, revoked, and those whose validity ends by itself."""

    issued: int = 0
    corrected: int = 0
    superseded: int = 0
    revoked: int = 0
    ending: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(*map(add, _COUNTS(self), _COUNTS(other)))


_COUNTS = attrgetter(*(field.name for field in fields(Register)))


def register_by_month(scope: Scope) -> dict[str, Register]:
    """What happened in each month of the period, of the certificates for places in scope; months in which nothing did are left out."""
    lost = sa.exists().where(CertificateStatus.certificate_id == Certificate.id, CertificateStatus.state.in_(LOST))
    replaces = Certificate.supersedes_id.is_not(None)
    parts = [
        _counted("issued", Certificate.issued_at, scope),
        _counted("corrected", Certificate.issued_at, scope, replaces),
        *(_counted(state.value, CertificateStatus.at, scope, CertificateStatus.state == state) for state in LOST),
        _counted("ending", Certificate.expires_at, scope, ~lost),
    ]
    found: defaultdict[str, Register] = defaultdict(Register)
    rows: Any = db.session.execute(sa.union_all(*parts))
    for name, month, number in rows:
        found[month] += Register(**{name: number})
    return dict(sorted(found.items()))


def _counted(name: str, moment: Any, scope: Scope, *conditions: sa.ColumnElement[bool]) -> Any:
    """Certificates whose ``moment`` lies in the period, by its month."""
    month = month_of(moment)
    statement: Any = (
        sa.select(sa.literal(name), month, sa.func.count())
        .select_from(Certificate)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(CourseRun, CourseRun.id == Certificate.run_id)
        .join(Course, Course.id == CourseRun.course_id)
        .outerjoin(Municipality, Municipality.id == Enrolment.municipality_id)
    )
    if moment.class_ is CertificateStatus:
        statement = statement.join(CertificateStatus, CertificateStatus.certificate_id == Certificate.id)
    in_period = (moment >= scope.since, moment < scope.until)
    return statement.where(*in_period, *conditions, *of_course(scope), *from_place(scope)).group_by(month)
