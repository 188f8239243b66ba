"""Spreadsheets of nominees: uploads that wait to be confirmed, and their rows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "nomination_import",
        sa.Column("id", KEY, nullable=False),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("municipality_id", KEY, nullable=False),
        sa.Column("uploaded_by", KEY, nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("headings", JSON, nullable=False),
        sa.Column("columns", JSON, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("done_rows", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("notice", sa.String(), nullable=False),
        sa.Column("uploaded_at", MOMENT, nullable=False),
        sa.Column("confirmed_by", KEY, nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["confirmed_by"], ["person.id"], name=op.f("fk_nomination_import_confirmed_by")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_nomination_import_municipality_id")),
        sa.ForeignKeyConstraint(["run_id"], ["course_run.id"], name=op.f("fk_nomination_import_run_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["person.id"], name=op.f("fk_nomination_import_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination_import")),
    )
    live = sa.text("state <> 'dropped'")
    op.create_index(
        "uq_nomination_import_file",
        "nomination_import",
        ["run_id", "municipality_id", "fingerprint"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    op.create_index("ix_nomination_import_state", "nomination_import", ["state", "id"])
    op.create_index("ix_nomination_import_uploader", "nomination_import", ["uploaded_by", "id"])
    op.create_table(
        "nomination_import_row",
        sa.Column("import_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cells", sa.LargeBinary(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("candidates", JSON, nullable=False),
        sa.Column("answer", KEY, nullable=True),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["nomination_import.id"], name=op.f("fk_nomination_import_row_import_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_nomination_import_row_person_id")),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_nomination_import_row")),
    )
    op.create_index("ix_nomination_import_row_order", "nomination_import_row", ["import_id", "rank", "number"])
    op.create_index(op.f("ix_nomination_import_row_person_id"), "nomination_import_row", ["person_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("nomination_import_row")
    op.drop_table("nomination_import")
