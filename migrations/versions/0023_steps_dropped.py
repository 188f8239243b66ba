"""Steps of tracks that were dropped."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No step is dropped yet."""
    op.add_column("track_step", sa.Column("dropped", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Steps that were dropped go with the word that they were: without it they would be back on the page."""
    op.execute(sa.text("DELETE FROM track_step WHERE dropped"))
    op.drop_column("track_step", "dropped")
