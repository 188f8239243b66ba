"""Setting the fields of a row while noting what changed, for the history."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from portal.courses.rules import TAKEN, Problem, WrongValuesError
from portal.foundation.database import db

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.foundation.database import Base


def apply(row: Base, values: Mapping[str, Any]) -> dict[str, Any]:
    """Set each of ``values`` that differs on ``row``; returns {field: [before, after]} in plain JSON values."""
    changed: dict[str, Any] = {}
    for field, after in values.items():
        before = getattr(row, field)
        if before != after:
            setattr(row, field, after)
            changed[field] = [plain(before), plain(after)]
    return changed


def apply_unique(row: Base, values: Mapping[str, Any], field: str) -> dict[str, Any]:
    """As ``apply``, where ``field`` must be nobody else's: raises ``WrongValuesError`` then, and the transaction stays usable."""
    try:
        with db.session.begin_nested():
            changed = apply(row, values)
            db.session.flush()
    except sa.exc.IntegrityError as error:
        raise WrongValuesError([Problem(field, TAKEN)]) from error
    return changed


def add_unique(row: Base, field: str) -> None:
    """Add ``row``, whose ``field`` must be nobody else's: raises ``WrongValuesError`` then, and the transaction stays usable."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except sa.exc.IntegrityError as error:
        raise WrongValuesError([Problem(field, TAKEN)]) from error


def plain(value: object) -> object:
    """``value`` as JSON can hold it."""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
