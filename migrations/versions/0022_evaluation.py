"""Evaluation: what is asked, who has answered, and apart from it what was answered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
APPEND_ONLY = ("evaluation_edition", "evaluation_redaction")


def upgrade() -> None:
    """Two tables have no row numbers on SQLite: these would tell in what order people answered."""
    op.create_table(
        "evaluation_edition",
        sa.Column("id", KEY, nullable=False),
        sa.Column("round", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("questions", JSON, nullable=False),
        sa.Column("edited_by", KEY, nullable=False),
        sa.Column("edited_at", MOMENT, nullable=False),
        sa.UniqueConstraint("round", "number", name=op.f("uq_evaluation_edition_round_number")),
        *_keys("evaluation_edition", edited_by="person"),
    )
    op.create_table(
        "evaluation_receipt",
        sa.Column("enrolment_id", KEY, nullable=False),
        sa.Column("round", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_evaluation_receipt_enrolment_id")),
        sa.PrimaryKeyConstraint("enrolment_id", "round", name=op.f("pk_evaluation_receipt")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "evaluation_count",
        sa.Column("id", KEY, nullable=False),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("round", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("trainer_id", KEY, nullable=True),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.CheckConstraint("waiting >= 0 AND counted >= 0", name=op.f("ck_evaluation_count_numbers")),
        *_keys("evaluation_count", run_id="course_run", trainer_id="person"),
    )
    op.create_index("ix_evaluation_count_run", "evaluation_count", ["run_id", "round"])
    op.create_index(op.f("ix_evaluation_count_trainer_id"), "evaluation_count", ["trainer_id"])
    op.create_table(
        "evaluation_text",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("round", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        *_keys("evaluation_text", run_id="course_run"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_evaluation_text_run", "evaluation_text", ["run_id", "round"])
    op.create_table(
        "evaluation_redaction",
        sa.Column("id", KEY, nullable=False),
        sa.Column("text_id", sa.String(), nullable=False),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("redacted_by", KEY, nullable=False),
        sa.Column("redacted_at", MOMENT, nullable=False),
        sa.UniqueConstraint("text_id", name=op.f("uq_evaluation_redaction_text_id")),
        *_keys("evaluation_redaction", run_id="course_run", redacted_by="person"),
    )
    op.create_index(op.f("ix_evaluation_redaction_run_id"), "evaluation_redaction", ["run_id"])
    for table in APPEND_ONLY:
        _guard(table)


def _keys(table: str, **to: str) -> list[sa.Constraint]:
    foreign = [sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}")) for name, other in to.items()]
    return [*foreign, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))]


def _guard(table: str) -> None:
    """The database refuses UPDATE and DELETE."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    """Take it away."""
    for table in ("evaluation_redaction", "evaluation_text", "evaluation_count", "evaluation_receipt", "evaluation_edition"):
        op.drop_table(table)
