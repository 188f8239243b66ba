"""What can be asked about municipalities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from portal.foundation.database import db
from portal.foundation.errors import NotFoundError
from portal.municipalities.models import Municipality, Region
from portal.municipalities.neighbours import neighbours_of

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


def get_municipality(code: str) -> Municipality:
    """The active municipality ``code`` with its region. Raises ``NotFoundError``."""
    statement = sa.select(Municipality).join(Municipality.region).options(contains_eager(Municipality.region))
    found = db.session.scalar(statement.where(Municipality.code == code, Municipality.active))
    if found is None:
        raise NotFoundError
    return found


def regions_in_order() -> Sequence[Region]:
    """The regions that have active municipalities."""
    active = sa.exists().where(Municipality.region_id == Region.id, Municipality.active)
    return db.session.scalars(sa.select(Region).where(active).order_by(Region.position, Region.id)).all()


def neighbouring_regions() -> dict[int, frozenset[int]]:
    """The ids of the regions that border on each region, by its id."""
    ids = {region.iso: region.id for region in regions_in_order()}
    return {ids[iso]: frozenset(ids[other] for other in neighbours_of(iso)) for iso in ids}
