"""Letters that confirm participation and attendance for employers; append-only, as certificates are."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

PERSON = "person.id"


def upgrade() -> None:
    """Make the table, and put its guards on."""
    moment, key = sa.DateTime(timezone=True), sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "letter",
        sa.Column("id", key, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("enrolment_id", key, nullable=False),
        sa.Column("run_id", key, nullable=False),
        sa.Column("person_id", key, nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("facts_sha256", sa.String(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("pdf_sha256", sa.String(), nullable=False),
        sa.Column("issued_at", moment, nullable=False),
        sa.Column("issued_by", key, nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name="fk_letter_enrolment_id"),
        sa.ForeignKeyConstraint(["run_id"], ["course_run.id"], name="fk_letter_run_id"),
        sa.ForeignKeyConstraint(["person_id"], [PERSON], name="fk_letter_person_id"),
        sa.ForeignKeyConstraint(["issued_by"], [PERSON], name="fk_letter_issued_by"),
        sa.PrimaryKeyConstraint("id", name="pk_letter"),
        sa.UniqueConstraint("number", name="uq_letter_number"),
        sa.UniqueConstraint("secret", name="uq_letter_secret"),
        sa.UniqueConstraint("enrolment_id", "kind", "language", "facts_sha256", name="uq_letter_enrolment_id_kind_language_facts_sha256"),
    )
    op.create_index("ix_letter_person_id", "letter", ["person_id"])
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER letter_no_{verb.lower()} BEFORE {verb} ON letter BEGIN SELECT RAISE(ABORT, 'letter is append-only'); END"
            )
        return
    op.execute("CREATE TRIGGER letter_no_change BEFORE UPDATE OR DELETE ON letter FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    op.execute("CREATE TRIGGER letter_no_truncate BEFORE TRUNCATE ON letter FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    """Drop the table; its guards go with it."""
    op.drop_table("letter")
