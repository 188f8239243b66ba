"""Transcripts of what somebody completed; append-only, as letters are."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

PERSON = "person.id"


def upgrade() -> None:
    """Make the table, and put its guards on."""
    moment, key = sa.DateTime(timezone=True), sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "transcript",
        sa.Column("id", key, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("person_id", key, nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("facts_sha256", sa.String(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("pdf_sha256", sa.String(), nullable=False),
        sa.Column("issued_at", moment, nullable=False),
        sa.Column("issued_by", key, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], [PERSON], name="fk_transcript_person_id"),
        sa.ForeignKeyConstraint(["issued_by"], [PERSON], name="fk_transcript_issued_by"),
        sa.PrimaryKeyConstraint("id", name="pk_transcript"),
        sa.UniqueConstraint("number", name="uq_transcript_number"),
        sa.UniqueConstraint("secret", name="uq_transcript_secret"),
        sa.UniqueConstraint("person_id", "language", "facts_sha256", name="uq_transcript_person_id_language_facts_sha256"),
    )
    op.create_index("ix_transcript_pdf_sha256", "transcript", ["pdf_sha256"])
    op.create_index("ix_transcript_issued_by", "transcript", ["issued_by"])
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER transcript_no_{verb.lower()} BEFORE {verb} ON transcript BEGIN SELECT RAISE(ABORT, 'transcript is append-only'); END"
            )
        return
    op.execute("CREATE TRIGGER transcript_no_change BEFORE UPDATE OR DELETE ON transcript FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    op.execute("CREATE TRIGGER transcript_no_truncate BEFORE TRUNCATE ON transcript FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    """Drop the table; its guards go with it."""
    op.drop_table("transcript")
