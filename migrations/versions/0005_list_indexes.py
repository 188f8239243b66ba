"""Indexes: the runs that staff see first (planned, open or under way), certificates by enrolment (replaced ones too), what is to be issued."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CURRENT = sa.text("(state IN ('draft', 'open', 'closed', 'running')) IS TRUE")
DUE = sa.text("done_at IS NULL")


def upgrade() -> None:
    """Add them."""
    op.create_index("ix_course_run_current", "course_run", ["starts_at", "id"], sqlite_where=CURRENT, postgresql_where=CURRENT)
    op.create_index("ix_certificate_enrolment", "certificate", ["enrolment_id"])
    op.create_index("ix_issue_item_due", "issue_item", ["id"], sqlite_where=DUE, postgresql_where=DUE)


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_issue_item_due", "issue_item")
    op.drop_index("ix_certificate_enrolment", "certificate")
    op.drop_index("ix_course_run_current", "course_run")
