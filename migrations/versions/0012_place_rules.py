"""Place rules of runs (quotas, invitations, approval, offers), applications with decisions, and links by which people answer."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
LIVE = "state IN ('applied', 'waiting', 'offered', 'confirmed', 'completed', 'not_completed')"
LIVE_BEFORE = "state IN ('waiting', 'confirmed', 'completed', 'not_completed')"


def run_columns() -> tuple[sa.Column, ...]:
    return (
        sa.Column("decided_by", sa.String(), server_default="at_once", nullable=False),
        sa.Column("decision_days", sa.Integer(), server_default="5", nullable=False),
        sa.Column("invited_only", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("freed_places", sa.String(), server_default="given", nullable=False),
        sa.Column("offer_hours", sa.Integer(), server_default="48", nullable=False),
        sa.Column("quotas_end_at", MOMENT, nullable=True),
        sa.Column("quotas_released_at", MOMENT, nullable=True),
    )


def enrolment_columns() -> tuple[sa.Column, ...]:
    return (
        sa.Column("stage", sa.String(), nullable=True),
        sa.Column("decide_by", MOMENT, nullable=True),
        sa.Column("offer_ends_at", MOMENT, nullable=True),
        sa.Column("steps", sa.Integer(), server_default="0", nullable=False),
    )


def upgrade() -> None:
    """Runs give their places at once and to all, as before."""
    for column in run_columns():
        op.add_column("course_run", column)
    _index("ix_course_run_quotas_due", "course_run", ["quotas_end_at"], "quotas_released_at IS NULL")
    for column in enrolment_columns():
        op.add_column("enrolment", column)
    _index("ix_enrolment_to_decide", "enrolment", ["stage", "decide_by", "id"], "state = 'applied'")
    _index("ix_enrolment_offer_end", "enrolment", ["offer_ends_at", "id"], "state = 'offered'")
    op.drop_index("uq_enrolment_live", "enrolment")
    _index("uq_enrolment_live", "enrolment", ["run_id", "person_id"], LIVE, unique=True)
    op.create_table(
        "run_invitation",
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("municipality_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_run_invitation_municipality_id")),
        sa.ForeignKeyConstraint(["run_id"], ["course_run.id"], name=op.f("fk_run_invitation_run_id")),
        sa.PrimaryKeyConstraint("run_id", "municipality_id", name=op.f("pk_run_invitation")),
    )
    op.create_index(op.f("ix_run_invitation_municipality_id"), "run_invitation", ["municipality_id"])
    op.create_table(
        "run_quota",
        sa.Column("id", KEY, nullable=False),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("municipality_id", KEY, nullable=True),
        sa.Column("region_id", KEY, nullable=True),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.CheckConstraint("places > 0", name=op.f("ck_run_quota_places")),
        sa.CheckConstraint("(municipality_id IS NULL) <> (region_id IS NULL)", name=op.f("ck_run_quota_one_of_both")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_run_quota_municipality_id")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_run_quota_region_id")),
        sa.ForeignKeyConstraint(["run_id"], ["course_run.id"], name=op.f("fk_run_quota_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_quota")),
        sa.UniqueConstraint("run_id", "municipality_id", name=op.f("uq_run_quota_run_id_municipality_id")),
        sa.UniqueConstraint("run_id", "region_id", name=op.f("uq_run_quota_run_id_region_id")),
    )
    op.create_table(
        "application_decision",
        sa.Column("id", KEY, nullable=False),
        sa.Column("enrolment_id", KEY, nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("by", KEY, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_application_decision_by")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_application_decision_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_decision")),
    )
    op.create_index("ix_application_decision_enrolment", "application_decision", ["enrolment_id", "id"])
    op.create_table(
        "answer_link",
        sa.Column("id", KEY, nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("enrolment_id", KEY, nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_answer_link_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_link")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_answer_link_token_digest")),
    )
    op.create_index(op.f("ix_answer_link_enrolment_id"), "answer_link", ["enrolment_id"])


def downgrade() -> None:
    """Take them away. Who applied or was offered a place waits again: both were in line."""
    for table in ("answer_link", "application_decision", "run_quota", "run_invitation"):
        op.drop_table(table)
    op.execute("UPDATE enrolment SET state = 'waiting', state_reason = 'all_taken' WHERE state IN ('applied', 'offered')")
    op.drop_index("uq_enrolment_live", "enrolment")
    _index("uq_enrolment_live", "enrolment", ["run_id", "person_id"], LIVE_BEFORE, unique=True)
    for name in ("ix_enrolment_offer_end", "ix_enrolment_to_decide"):
        op.drop_index(name, "enrolment")
    for column in reversed(enrolment_columns()):
        op.drop_column("enrolment", column.name)
    op.drop_index("ix_course_run_quotas_due", "course_run")
    for column in reversed(run_columns()):
        op.drop_column("course_run", column.name)


def _index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
