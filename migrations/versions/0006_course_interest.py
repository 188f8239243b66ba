"""Who wants to hear when a course runs again: one live wish for each course and person."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LIVE = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Add the table; nobody has asked for anything so far."""
    op.create_table(
        "course_interest",
        sa.Column("id", BIG, nullable=False),
        sa.Column("course_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("municipality_id", BIG, nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.Column("merged_from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_interest_course_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_course_interest_municipality_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_course_interest_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_interest")),
    )
    op.create_index(
        "uq_course_interest_live", "course_interest", ["course_id", "person_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )
    op.create_index("ix_course_interest_person", "course_interest", ["person_id", "id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("course_interest")
