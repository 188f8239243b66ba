"""Editions of the public figures."""

from __future__ import annotations

import sqlalchemy as sa

from portal.foundation.database import db
from portal.reports.models import StatisticsEdition


def find_newest_edition() -> StatisticsEdition | None:
    """The public figures as of the last month that was closed."""
    return db.session.scalars(sa.select(StatisticsEdition).order_by(StatisticsEdition.month.desc()).limit(1)).first()
