"""Attendance as a ledger that several hands write: what each fact knew, head counts, documents, appeals, policies, materials, cases."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
APPEND_ONLY = ("head_count", "attendance_appeal")


def fact_columns() -> tuple[sa.Column, ...]:
    return (
        sa.Column("source", sa.String(), server_default="roll", nullable=False),
        sa.Column("seen_id", KEY, nullable=True),
        sa.Column("device", sa.String(), nullable=True),
        sa.Column("sequence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
    )


def run_columns() -> tuple[sa.Column, ...]:
    return (
        sa.Column("attendance_base", sa.String(), server_default="every", nullable=False),
        sa.Column("excused_counts", sa.String(), server_default="missed", nullable=False),
        sa.Column("free_absences", sa.Integer(), server_default="0", nullable=False),
        sa.Column("least_percent", sa.Integer(), server_default="0", nullable=False),
    )


def upgrade() -> None:
    """Facts so far knew all before them, and runs count attendance as before. Columns are added in place: the guards of the ledger stay."""
    for column in fact_columns():
        op.add_column("attendance_fact", column)
    for column in run_columns():
        op.add_column("course_run", column)
    op.create_table(
        "head_count",
        sa.Column("id", KEY, nullable=False),
        sa.Column("session_id", KEY, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("counted_by", KEY, nullable=False),
        sa.Column("counted_at", MOMENT, nullable=False),
        sa.CheckConstraint("people >= 0", name=op.f("ck_head_count_people")),
        *_keys("head_count", session_id="course_session", counted_by="person"),
    )
    op.create_index("ix_head_count_session", "head_count", ["session_id", "id"])
    op.create_table(
        "attendance_document",
        sa.Column("id", KEY, nullable=False),
        sa.Column("session_id", KEY, nullable=False),
        sa.Column("enrolment_id", KEY, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", KEY, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.CheckConstraint("(kind = 'excuse') = (enrolment_id IS NOT NULL)", name=op.f("ck_attendance_document_of_one_person")),
        *_keys("attendance_document", session_id="course_session", enrolment_id="enrolment", added_by="person"),
    )
    op.create_index("ix_attendance_document_session", "attendance_document", ["session_id", "id"])
    op.create_index(op.f("ix_attendance_document_enrolment_id"), "attendance_document", ["enrolment_id"])
    op.create_table(
        "attendance_appeal",
        sa.Column("id", KEY, nullable=False),
        sa.Column("session_id", KEY, nullable=False),
        sa.Column("enrolment_id", KEY, nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("fact_id", KEY, nullable=True),
        sa.Column("by", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        *_keys("attendance_appeal", session_id="course_session", enrolment_id="enrolment", fact_id="attendance_fact", by="person"),
    )
    op.create_index("ix_attendance_appeal_of", "attendance_appeal", ["session_id", "enrolment_id", "id"])
    op.create_index(op.f("ix_attendance_appeal_enrolment_id"), "attendance_appeal", ["enrolment_id"])
    op.create_table(
        "run_material",
        sa.Column("id", KEY, nullable=False),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("added_by", KEY, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.CheckConstraint("(link = '') <> (data IS NULL)", name=op.f("ck_run_material_link_or_file")),
        *_keys("run_material", run_id="course_run", added_by="person"),
    )
    op.create_index(op.f("ix_run_material_run_id"), "run_material", ["run_id"])
    op.create_table(
        "certificate_case",
        sa.Column("id", KEY, nullable=False),
        sa.Column("certificate_id", KEY, nullable=False),
        sa.Column("attended_before", sa.Integer(), nullable=False),
        sa.Column("attended_after", sa.Integer(), nullable=False),
        sa.Column("opened_by", KEY, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closed_by", KEY, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        *_keys("certificate_case", certificate_id="certificate", opened_by="person", closed_by="person"),
    )
    op.create_index(op.f("ix_certificate_case_certificate_id"), "certificate_case", ["certificate_id"])
    is_open = sa.text("closed_at IS NULL")
    op.create_index(
        "uq_certificate_case_open", "certificate_case", ["certificate_id"], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )
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
    """Take it away. What two hands recorded against each other is decided by the later one again."""
    for table in ("certificate_case", "run_material", "attendance_appeal", "attendance_document", "head_count"):
        op.drop_table(table)
    for column in reversed(run_columns()):
        op.drop_column("course_run", column.name)
    for column in reversed(fact_columns()):
        op.drop_column("attendance_fact", column.name)
