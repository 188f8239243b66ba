"""Standings: how far they were kept up to date."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nothing that is there changes."""
    op.create_table(
        "standing_progress",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("history_id", KEY, nullable=False),
        sa.Column("pass_on", sa.Date(), nullable=False),
        sa.Column("pass_after", KEY, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_progress")),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("standing_progress")
