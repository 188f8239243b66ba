"""Lists of those whom a municipality nominates for a run: who waits to be sent, in which order, and who was sent."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LIVE = sa.text("dropped_at IS NULL")


def upgrade() -> None:
    """Add the table; no list has been kept so far."""
    op.create_table(
        "nomination",
        sa.Column("id", BigId, nullable=False),
        sa.Column("run_id", BigId, nullable=False),
        sa.Column("municipality_id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("added_by", BigId, nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", BigId, nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("enrolment_id", BigId, nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("drop_reason", sa.String(), nullable=False),
        sa.Column("merged_from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("(sent_at IS NULL) = (enrolment_id IS NULL)", name=op.f("ck_nomination_sent_with_enrolment")),
        sa.ForeignKeyConstraint(["run_id"], ["course_run.id"], name=op.f("fk_nomination_run_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_nomination_municipality_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_nomination_person_id")),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_nomination_added_by")),
        sa.ForeignKeyConstraint(["sent_by"], ["person.id"], name=op.f("fk_nomination_sent_by")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_nomination_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination")),
        sa.UniqueConstraint("enrolment_id", name=op.f("uq_nomination_enrolment_id")),
    )
    op.create_index(
        "uq_nomination_live",
        "nomination",
        ["run_id", "municipality_id", "person_id"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    op.create_index("ix_nomination_municipality", "nomination", ["municipality_id", "run_id"], unique=False)


def downgrade() -> None:
    """Take it away."""
    op.drop_table("nomination")
