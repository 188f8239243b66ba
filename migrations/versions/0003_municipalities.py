"""The regions and municipalities of Georgia, which every installation needs."""

import csv
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

DATA = Path(__file__).resolve().parents[2] / "portal" / "municipalities" / "data"
region = sa.table("region", *(sa.column(name) for name in ("id", "iso", "name_ka", "name_en", "position")))
municipality = sa.table(
    "municipality",
    *(sa.column(name) for name in ("code", "name_ka", "name_en", "full_name_ka", "full_name_en", "kind", "region_id", "tile", "active")),
)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def upgrade() -> None:
    """Load the lists; the municipalities of the occupied territories are inactive."""
    listed = [row | {"active": True} for row in _rows("municipalities.csv")]
    listed += [row | {"active": False, "tile": ""} for row in _rows("municipalities_occupied.csv")]
    regions = {}
    for row in listed:
        regions.setdefault(row["region_iso"], {"iso": row["region_iso"], "name_ka": row["region_ka"], "name_en": row["region_en"]})
    op.bulk_insert(region, [values | {"id": number, "position": number} for number, values in enumerate(regions.values(), 1)])
    ids = {iso: number for number, iso in enumerate(regions, 1)}
    names = ("code", "name_ka", "name_en", "full_name_ka", "full_name_en", "kind", "active")
    op.bulk_insert(
        municipality,
        [
            {name: row[name] for name in names} | {"region_id": ids[row["region_iso"]], "tile": int(row["tile"]) if row["tile"] else None}
            for row in listed
        ],
    )


def downgrade() -> None:
    """Empty the lists."""
    op.execute(municipality.delete())
    op.execute(region.delete())
