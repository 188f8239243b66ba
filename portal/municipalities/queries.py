"""What can be asked about municipalities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from portal.foundation.database import db
from portal.municipalities.models import Municipality

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_BY_IDS = (
    sa.select(Municipality).where(Municipality.id.in_(sa.bindparam("ids", expanding=True))).order_by(Municipality.tile, Municipality.id)
)


def municipalities_in_order() -> Sequence[Municipality]:
    """The active municipalities with their regions, in the order of the mosaic: region by region."""
    return db.session.scalars(
        sa.select(Municipality)
        .join(Municipality.region)
        .options(contains_eager(Municipality.region))
        .where(Municipality.active)
        .order_by(Municipality.tile, Municipality.id)
    ).all()


def municipalities_by_ids(ids: Collection[int]) -> Sequence[Municipality]:
    """These municipalities, in the order of the mosaic."""
    return db.session.scalars(_BY_IDS, {"ids": list(ids)}).all() if ids else []


def regions_by_municipality() -> dict[int, int]:
    """The id of the region of each municipality, by the id of the municipality."""
    rows = db.session.execute(sa.select(Municipality.id, Municipality.region_id).order_by(Municipality.id))
    return {municipality_id: region_id for municipality_id, region_id in rows}  # noqa: C416  (rows are no pairs for mypy)
