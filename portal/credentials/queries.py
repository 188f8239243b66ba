"""What can be asked about status lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal.credentials.models import StatusListDocument
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError

if TYPE_CHECKING:
    from datetime import datetime


def get_status_list(number: int) -> StatusListDocument:
    """The list ``number`` as it is served. Raises ``NotFoundError``."""
    found = db.session.get(StatusListDocument, number)
    if found is None:
        raise NotFoundError
    return found


def status_lists_built() -> dict[int, tuple[int, datetime]]:
    """Of each list that is served, by its number: how many changes of a state it knows, and when it was built."""
    row = StatusListDocument
    statement = sa.select(row.number, row.changes, row.built_at).order_by(row.number)
    return {number: (changes, built_at) for number, changes, built_at in db.session.execute(statement)}
