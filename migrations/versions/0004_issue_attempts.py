"""Certificates that fail for a reason unforeseen are put aside and tried again: how often they were, and when they are due."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; nothing has failed so far."""
    op.add_column("issue_item", sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
    op.add_column("issue_item", sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("issue_item", "next_attempt_at")
    op.drop_column("issue_item", "attempts")
