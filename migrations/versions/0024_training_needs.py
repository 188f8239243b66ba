"""Training needs of municipalities, the runs that serve them, and the money that is planned for training in a year."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Add the tables, empty."""
    op.create_table(
        "training_need",
        sa.Column("id", KEY, nullable=False),
        sa.Column("municipality_id", KEY, nullable=False),
        sa.Column("course_id", KEY, nullable=True),
        sa.Column("topic_id", KEY, nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("categories", JSON, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=True),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("posted_by", KEY, nullable=False),
        sa.Column("posted_at", MOMENT, nullable=False),
        sa.Column("ended", sa.String(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.CheckConstraint("(course_id IS NULL) <> (topic_id IS NULL)", name=op.f("ck_training_need_course_or_topic")),
        sa.CheckConstraint("people > 0", name=op.f("ck_training_need_people")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_training_need_ends_after_start")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_training_need_course_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_training_need_municipality_id")),
        sa.ForeignKeyConstraint(["posted_by"], ["person.id"], name=op.f("fk_training_need_posted_by")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_training_need_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_need")),
    )
    op.create_index("ix_training_need_municipality", "training_need", ["municipality_id", "starts_on"])
    op.create_index("ix_training_need_period", "training_need", ["starts_on", "id"])
    for column in ("course_id", "topic_id", "posted_by"):
        op.create_index(op.f(f"ix_training_need_{column}"), "training_need", [column])
    op.create_table(
        "need_run",
        sa.Column("need_id", KEY, nullable=False),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("planned_by", KEY, nullable=False),
        sa.Column("planned_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["need_id"], ["training_need.id"], name=op.f("fk_need_run_need_id")),
        sa.ForeignKeyConstraint(["planned_by"], ["person.id"], name=op.f("fk_need_run_planned_by")),
        sa.ForeignKeyConstraint(["run_id"], ["course_run.id"], name=op.f("fk_need_run_run_id")),
        sa.PrimaryKeyConstraint("need_id", "run_id", name=op.f("pk_need_run")),
    )
    for column in ("run_id", "planned_by"):
        op.create_index(op.f(f"ix_need_run_{column}"), "need_run", [column])
    op.create_table(
        "training_budget",
        sa.Column("id", KEY, nullable=False),
        sa.Column("municipality_id", KEY, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_training_budget_amount")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_training_budget_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_budget")),
        sa.UniqueConstraint("municipality_id", "year", name=op.f("uq_training_budget_municipality_id_year")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("training_budget")
    op.drop_table("need_run")
    op.drop_table("training_need")
