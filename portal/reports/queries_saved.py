"""Reports that staff keep."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal import people
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError
from portal.people.models import Account, Role, RoleGrant
from portal.reports.models import Every, SavedReport

if TYPE_CHECKING:
    from collections.abc import Sequence

KEPT = SavedReport.dropped_at.is_(None)


def saved_reports(person_id: int) -> Sequence[SavedReport]:
    """Those of the person, and what others share, the person's first."""
    others = SavedReport.owner_id != person_id
    return db.session.scalars(
        sa.select(SavedReport).where(KEPT, sa.or_(~others, SavedReport.shared)).order_by(others, SavedReport.name, SavedReport.id)
    ).all()


def get_own_report(saved_id: int, person_id: int) -> SavedReport:
    """One of the person's own. Raises ``NotFoundError``."""
    found = db.session.scalars(sa.select(SavedReport).where(KEPT, SavedReport.id == saved_id, SavedReport.owner_id == person_id)).first()
    if found is None:
        raise NotFoundError
    return found


def reports_to_send() -> list[int]:
    """The ids of the kept reports whose week or month has begun since their last mail, of staff who can sign in."""
    today = clock.today()
    begun = {Every.WEEK: today - timedelta(days=today.weekday()), Every.MONTH: today.replace(day=1)}
    due = sa.or_(*(sa.and_(SavedReport.every == every, SavedReport.sent_on < first) for every, first in begun.items()))
    return list(db.session.scalars(sa.select(SavedReport.id).where(KEPT, due, _of_staff()).order_by(SavedReport.id)))


def _of_staff() -> sa.ColumnElement[bool]:
    """Build the SQL condition on ``SavedReport`` that its owner is of the staff today and can sign in."""
    return (
        sa.select(RoleGrant.id)
        .join(Account, sa.and_(Account.person_id == RoleGrant.person_id, Account.active))
        .where(
            RoleGrant.person_id == SavedReport.owner_id,
            RoleGrant.role.in_([Role.STAFF, Role.ADMINISTRATOR]),
            *people.in_force(RoleGrant),
        )
        .exists()
    )
