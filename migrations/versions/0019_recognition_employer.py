"""A request for recognition names the municipality even when nobody there is asked to confirm it."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """So far the municipality stood there only when it was asked."""
    op.add_column("recognition_request", sa.Column("employer_confirms", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute("UPDATE recognition_request SET employer_confirms = (municipality_id IS NOT NULL)")


def downgrade() -> None:
    """Those who were not asked lose their municipality again: it says that they are."""
    op.execute("UPDATE recognition_request SET municipality_id = NULL WHERE NOT employer_confirms")
    op.drop_column("recognition_request", "employer_confirms")
