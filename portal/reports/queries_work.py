"""What waits to be done by staff, over all domains."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from portal.certificates.models import Certificate
from portal.courses.models import CourseRun, RunState
from portal.enrolment.models import Enrolment, EnrolmentState
from portal.foundation import clock
from portal.foundation.database import Moment, db

if TYPE_CHECKING:
    from datetime import datetime

CERTIFICATES_WITHIN = timedelta(days=120)
"""A run that began longer ago and has no certificates is no longer called for."""
MOST_COUNTED = 100
"""So far is counted: whoever has a hundred runs to see to needs no exact number."""


class Work(StrEnum):
    """What staff have to do with a run."""

    TO_COMPLETE = "to_complete"
    CERTIFICATES = "certificates"
    WAITING = "waiting"
    DRAFT = "draft"


def runs_with(work: Work) -> list[sa.ColumnElement[bool]]:
    """Build the SQL conditions on ``CourseRun`` that there is ``work`` to do: for the list of runs."""
    now = clock.now()
    return _conditions(work, sa.literal(now, Moment()), sa.literal(now - CERTIFICATES_WITHIN, Moment()))


def work_to_do() -> dict[Work, int]:
    """How many runs wait for each kind of work, ``MOST_COUNTED`` at most, in one statement."""
    now = clock.now()
    return dict(zip(Work, db.session.execute(_counts(), {"now": now, "since": now - CERTIFICATES_WITHIN}).one(), strict=True))


@cache
def _counts() -> sa.Select[Any]:
    """Build the statement once: it stands on the page that staff open most."""
    now, since = sa.bindparam("now", type_=Moment()), sa.bindparam("since", type_=Moment())
    # The number stands in the statement: PostgreSQL plans it once for all values, and would take a value for a tenth of the runs.
    some = (sa.select(CourseRun.id).where(*_conditions(work, now, since)).limit(sa.literal_column(str(MOST_COUNTED))) for work in Work)
    return sa.select(*(sa.select(sa.func.count()).select_from(runs.subquery()).scalar_subquery() for runs in some))


def _conditions(work: Work, now: sa.ColumnElement[datetime], since: sa.ColumnElement[datetime]) -> list[sa.ColumnElement[bool]]:
    if work == Work.TO_COMPLETE:
        return [CourseRun.state.in_([RunState.OPEN, RunState.CLOSED, RunState.RUNNING]), CourseRun.starts_at < now, CourseRun.ends_at < now]
    if work == Work.WAITING:
        waits = sa.exists().where(Enrolment.run_id == CourseRun.id, Enrolment.state == EnrolmentState.WAITING)
        return [CourseRun.state.in_([RunState.OPEN, RunState.CLOSED]), CourseRun.starts_at > now, waits]
    if work == Work.CERTIFICATES:
        earned = sa.exists().where(Enrolment.run_id == CourseRun.id, Enrolment.state == EnrolmentState.COMPLETED)
        issued = sa.exists().where(Certificate.run_id == CourseRun.id)
        return [CourseRun.state == RunState.COMPLETED, CourseRun.starts_at > since, ~issued, earned]
    return [CourseRun.state == RunState.DRAFT]
