"""Notices that have gone or were stopped, and texts of mails as staff edited them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables; every mail has its standard text so far."""
    op.create_table(
        "mail_text",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("edited_by", KEY, nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mail_text"),
        sa.UniqueConstraint("kind", "language", "number", name="uq_mail_text_kind_language_number"),
    )
    op.create_table(
        "notice",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("run_id", KEY, nullable=True),
        sa.Column("goes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["course_run.id"], name="fk_notice_run_id"),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_notice_decided_by"),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint("key", name="uq_notice_key"),
    )
    op.create_index("ix_notice_goes", "notice", ["goes_at", "id"])
    op.create_index("ix_notice_kind_state", "notice", ["kind", "state", "decided_at"])
    op.create_index("ix_notice_run_id", "notice", ["run_id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("notice")
    op.drop_table("mail_text")
