"""Editions of the public figures."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Add the table; the worker makes the first edition."""
    op.create_table(
        "statistics_edition",
        sa.Column("id", KEY, nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistics_edition")),
        sa.UniqueConstraint("month", name=op.f("uq_statistics_edition_month")),
    )


def downgrade() -> None:
    """Take it away; the figures can be counted again."""
    op.drop_table("statistics_edition")
