"""Tests: a question bank in editions, the tests of courses, attempts with answers, markings and results; a final score can come from a test."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TABLES = (
    "question",
    "question_version",
    "course_test",
    "course_test_question",
    "attempt",
    "attempt_answer",
    "attempt_marking",
    "attempt_result",
)
APPEND_ONLY = ("question_version", "attempt", "attempt_answer", "attempt_marking", "attempt_result")


def upgrade() -> None:
    """Scores so far came from outside. The column is added in place: the guards of the scores stay."""
    op.add_column("final_score", sa.Column("attempt_id", KEY, nullable=True))
    _bank()
    _tests()
    _attempts()
    for table in APPEND_ONLY:
        _guard(table)


def _bank() -> None:
    op.create_table(
        "question",
        sa.Column("id", KEY, nullable=False),
        sa.Column("topic_id", KEY, nullable=True),
        sa.Column("course_id", KEY, nullable=True),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(topic_id IS NULL) <> (course_id IS NULL)", name=op.f("ck_question_one_of_both")),
        *_keys("question", topic_id="topic", course_id="course"),
    )
    op.create_index(op.f("ix_question_topic_id"), "question", ["topic_id"])
    op.create_index(op.f("ix_question_course_id"), "question", ["course_id"])
    op.create_table(
        "question_version",
        sa.Column("id", KEY, nullable=False),
        sa.Column("question_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text_ka", sa.String(), nullable=False),
        sa.Column("text_en", sa.String(), nullable=False),
        sa.Column("options", JSON, nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("tolerance", sa.String(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("made_by", KEY, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint("points > 0", name=op.f("ck_question_version_points")),
        *_keys("question_version", question_id="question", made_by="person"),
        sa.UniqueConstraint("question_id", "number", name=op.f("uq_question_version_question_id_number")),
    )


def _tests() -> None:
    op.create_table(
        "course_test",
        sa.Column("id", KEY, nullable=False),
        sa.Column("course_id", KEY, nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("draw", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("pass_percent", sa.Integer(), nullable=False),
        sa.Column("days_after", sa.Integer(), nullable=False),
        sa.Column("shows_answers", sa.Boolean(), nullable=False),
        sa.CheckConstraint("pass_percent BETWEEN 0 AND 100", name=op.f("ck_course_test_pass_percent")),
        sa.CheckConstraint("attempts > 0", name=op.f("ck_course_test_attempts")),
        *_keys("course_test", course_id="course"),
        sa.UniqueConstraint("course_id", "occasion", name=op.f("uq_course_test_course_id_occasion")),
    )
    op.create_table(
        "course_test_question",
        sa.Column("test_id", KEY, nullable=False),
        sa.Column("question_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *_foreign("course_test_question", test_id="course_test", question_id="question"),
        sa.PrimaryKeyConstraint("test_id", "question_id", name=op.f("pk_course_test_question")),
    )
    op.create_index(op.f("ix_course_test_question_question_id"), "course_test_question", ["question_id"])


def _attempts() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", KEY, nullable=False),
        sa.Column("test_id", KEY, nullable=False),
        sa.Column("enrolment_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seed", KEY, nullable=False),
        sa.Column("versions", JSON, nullable=False),
        sa.Column("pass_percent", sa.Integer(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        *_keys("attempt", test_id="course_test", enrolment_id="enrolment"),
        sa.UniqueConstraint("enrolment_id", "test_id", "number", name=op.f("uq_attempt_enrolment_id_test_id_number")),
    )
    op.create_index(op.f("ix_attempt_test_id"), "attempt", ["test_id"])
    op.create_table(
        "attempt_answer",
        sa.Column("id", KEY, nullable=False),
        sa.Column("attempt_id", KEY, nullable=False),
        sa.Column("form_key", sa.String(), nullable=True),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("handed_in", sa.Boolean(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        *_keys("attempt_answer", attempt_id="attempt"),
        sa.UniqueConstraint("form_key", name=op.f("uq_attempt_answer_form_key")),
    )
    op.create_index("ix_attempt_answer_attempt", "attempt_answer", ["attempt_id", "id"])
    handed_in = sa.text("handed_in")
    op.create_index(
        "uq_attempt_answer_handed_in", "attempt_answer", ["attempt_id"], unique=True, sqlite_where=handed_in, postgresql_where=handed_in
    )
    op.create_table(
        "attempt_marking",
        sa.Column("id", KEY, nullable=False),
        sa.Column("attempt_id", KEY, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("by", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("points >= 0", name=op.f("ck_attempt_marking_points")),
        *_keys("attempt_marking", attempt_id="attempt", version_id="question_version", by="person"),
    )
    op.create_index("ix_attempt_marking_attempt", "attempt_marking", ["attempt_id", "id"])
    op.create_index(op.f("ix_attempt_marking_version_id"), "attempt_marking", ["version_id"])
    op.create_table(
        "attempt_result",
        sa.Column("id", KEY, nullable=False),
        sa.Column("attempt_id", KEY, nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("waits", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("finished_at", MOMENT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_attempt_result_percent")),
        *_keys("attempt_result", attempt_id="attempt"),
    )
    op.create_index("ix_attempt_result_attempt", "attempt_result", ["attempt_id", "id"])


def _foreign(table: str, **to: str) -> list[sa.Constraint]:
    return [sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}")) for name, other in to.items()]


def _keys(table: str, **to: str) -> list[sa.Constraint]:
    return [*_foreign(table, **to), sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))]


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
    """Take the tests away; scores that they made stay."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("final_score", "attempt_id")
