"""Recognition of training taken elsewhere: requests, their proofs and steps, and the kinds of outside certificates."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nothing was recognised before."""
    op.create_table(
        "outside_certificate",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name_ka", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        *_keys("outside_certificate"),
        sa.UniqueConstraint("code", name=op.f("uq_outside_certificate_code")),
    )
    op.create_table(
        "recognition_request",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("merged_from_id", KEY, nullable=True),
        sa.Column("earlier_id", KEY, nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("organiser", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("contact_hours", sa.Integer(), nullable=False),
        sa.Column("credits", sa.Integer(), nullable=True),
        sa.Column("certificate_number", sa.String(), nullable=False),
        sa.Column("municipality_id", KEY, nullable=True),
        sa.Column("post_title_ka", sa.String(), nullable=False),
        sa.Column("post_title_en", sa.String(), nullable=False),
        sa.Column("post_unit", sa.String(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_recognition_request_days_in_order")),
        sa.CheckConstraint("contact_hours > 0", name=op.f("ck_recognition_request_contact_hours")),
        *_keys("recognition_request", person_id="person", earlier_id="recognition_request", municipality_id="municipality"),
    )
    for column in ("person_id", "earlier_id", "municipality_id"):
        op.create_index(op.f(f"ix_recognition_request_{column}"), "recognition_request", [column])
    op.create_table(
        "recognition_proof",
        sa.Column("id", KEY, nullable=False),
        sa.Column("request_id", KEY, nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        *_keys("recognition_proof", request_id="recognition_request"),
    )
    op.create_index("ix_recognition_proof_request", "recognition_proof", ["request_id", "id"])
    op.create_table(
        "recognition_step",
        sa.Column("id", KEY, nullable=False),
        sa.Column("request_id", KEY, nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("contact_hours", sa.Integer(), nullable=True),
        sa.Column("independent_hours", sa.Integer(), nullable=True),
        sa.Column("credits", sa.Integer(), nullable=True),
        sa.Column("topic_id", KEY, nullable=True),
        sa.Column("course_id", KEY, nullable=True),
        sa.Column("outside_id", KEY, nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("by", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(step = 'recognised') = (contact_hours IS NOT NULL AND independent_hours IS NOT NULL)",
            name=op.f("ck_recognition_step_hours_when_recognised"),
        ),
        *_keys(
            "recognition_step",
            request_id="recognition_request",
            topic_id="topic",
            course_id="course",
            outside_id="outside_certificate",
            by="person",
        ),
    )
    op.create_index("ix_recognition_step_request", "recognition_step", ["request_id", "id"])
    op.create_index("ix_recognition_step_step", "recognition_step", ["step", "id"])
    for column in ("topic_id", "course_id", "outside_id", "by"):
        op.create_index(op.f(f"ix_recognition_step_{column}"), "recognition_step", [column])
    _guard("recognition_step")


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
    for table in ("recognition_step", "recognition_proof", "recognition_request", "outside_certificate"):
        op.drop_table(table)
