"""What people did that counts towards qualifications, gathered from the domains below as the evidence that the rules decide on.

A course that was completed counts from the last day of its run, as long as its certificate does; where that is revoked or suspended it does
not count. The enrolment says whose it is, so evidence follows a merge.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

import sqlalchemy as sa

from portal import assessment, attendance, certificates, recognition
from portal.certificates.models import CertificateState
from portal.courses.models import Course, CourseRun
from portal.enrolment.models import Enrolment, EnrolmentState
from portal.foundation.database import db
from portal.foundation.formats import to_tbilisi
from portal.qualifications import Evidence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime

    from portal.assessment import PassedTest
    from portal.recognition import Recognised

ENROLMENT: Final = "enrolment"
RECOGNITION: Final = "recognition"
TEST: Final = "test"
_WORTH_NOTHING: Final = frozenset({CertificateState.SUSPENDED, CertificateState.REVOKED})


class _Completed(NamedTuple):
    id: int
    person_id: int
    course_id: int
    topic_id: int
    ended_at: datetime | None


def evidence_of(person_id: int, *, hours: bool = True) -> list[Evidence]:
    """As ``evidence_of_people``, of one person."""
    return evidence_of_people([person_id], hours=hours)[person_id]


def evidence_of_people(person_ids: Collection[int], *, hours: bool = True) -> dict[int, list[Evidence]]:
    """All that these people did, by their ids, the oldest first. Six statements; four, where no rule asks for ``hours``."""
    found: defaultdict[int, list[Evidence]] = defaultdict(list)
    for person_id, one in _of_courses(person_ids, hours=hours):
        found[person_id].append(one)
    for made in recognition.recognised_of(person_ids):
        found[made.person_id].append(_recognised(made))
    for passed in assessment.passes_of(person_ids):
        found[passed.person_id].append(_passed(passed))
    return {person_id: sorted(found[person_id], key=lambda one: (one.on, one.source)) for person_id in person_ids}


def _of_courses(person_ids: Collection[int], *, hours: bool) -> Iterable[tuple[int, Evidence]]:
    rows = [_Completed(*row) for row in db.session.execute(_COMPLETED, {"people": list(person_ids)})]
    worth = certificates.worth_of([row.id for row in rows]) if rows else {}
    attended = attendance.summaries_of_places([row.id for row in rows]) if rows and hours else {}
    for row in rows:
        state, expires_at = worth.get(row.id, (None, None))
        if row.ended_at is not None and state not in _WORTH_NOTHING:
            yield (
                row.person_id,
                Evidence(
                    source=f"{ENROLMENT}:{row.id}",
                    on=to_tbilisi(row.ended_at).date(),
                    until=_last_day(expires_at),
                    course=row.course_id,
                    topic=row.topic_id,
                    hours=attended[row.id].hours if row.id in attended else Decimal(0),
                ),
            )


def _passed(passed: PassedTest) -> Evidence:
    """A test counts from the day on which it was passed."""
    return Evidence(source=f"{TEST}:{passed.test_id}", on=passed.passed_on, test=passed.test_id, percent=passed.percent)


def _recognised(made: Recognised) -> Evidence:
    """Training taken elsewhere counts from its last day, whenever it was recognised."""
    return Evidence(
        source=f"{RECOGNITION}:{made.id}",
        on=made.completed_on,
        until=made.valid_until,
        course=made.course_id,
        topic=made.topic_id,
        hours=made.contact_hours,
        outside=made.outside_code,
    )


_COMPLETED: Final = (
    sa.select(Enrolment.id, Enrolment.person_id, CourseRun.course_id, Course.topic_id, CourseRun.ends_at)
    .join(CourseRun, CourseRun.id == Enrolment.run_id)
    .join(Course, Course.id == CourseRun.course_id)
    .where(
        Enrolment.person_id.in_(sa.bindparam("people", expanding=True)),
        Enrolment.state == EnrolmentState.COMPLETED,
    )
    .order_by(Enrolment.person_id, Enrolment.id)
)


def _last_day(expires_at: datetime | None) -> date | None:
    """The last day on which a certificate counts that ends at a moment."""
    return None if expires_at is None else to_tbilisi(expires_at - timedelta(microseconds=1)).date()
