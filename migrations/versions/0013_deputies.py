"""Roles that a deputy has: for whom they stand in."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the column; nobody is a deputy yet."""
    with op.batch_alter_table("role_grant") as table:
        table.add_column(sa.Column("deputy_for", KEY, nullable=True))
        table.create_foreign_key(op.f("fk_role_grant_deputy_for"), "person", ["deputy_for"], ["id"])
        table.create_index("ix_role_grant_deputy_for", ["deputy_for"])


def downgrade() -> None:
    """Take it away. A deputy is a coordinator until the last day of it."""
    with op.batch_alter_table("role_grant") as table:
        table.drop_index("ix_role_grant_deputy_for")
        table.drop_constraint(op.f("fk_role_grant_deputy_for"), type_="foreignkey")
        table.drop_column("deputy_for")
