"""Qualifications: the editions of their rules, awards, goals, tracks, and the courses that somebody is due to take."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TABLES = (
    "qualification",
    "track",
    "due_course",
    "goal",
    "qualification_version",
    "track_step",
    "goal_share",
    "qualification_award",
    "qualification_award_end",
)
APPEND_ONLY = ("qualification_version", "qualification_award", "qualification_award_end")


def upgrade() -> None:
    """Nothing that is there changes."""
    op.create_table(
        "qualification",
        sa.Column("id", KEY, nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name_ka", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("description_ka", sa.String(), nullable=False),
        sa.Column("description_en", sa.String(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qualification")),
        sa.UniqueConstraint("slug", name=op.f("uq_qualification_slug")),
    )
    op.create_table(
        "track",
        sa.Column("id", KEY, nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name_ka", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("description_ka", sa.String(), nullable=False),
        sa.Column("description_en", sa.String(), nullable=False),
        sa.Column("categories", JSON, nullable=False),
        sa.Column("sakrebulo_roles", JSON, nullable=False),
        sa.Column("begun_from", sa.Date(), nullable=True),
        sa.Column("begun_until", sa.Date(), nullable=True),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_track")),
        sa.UniqueConstraint("slug", name=op.f("uq_track_slug")),
    )
    op.create_table(
        "due_course",
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("qualification_id", KEY, nullable=False),
        sa.Column("course_id", KEY, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_due_course_person_id")),
        sa.ForeignKeyConstraint(["qualification_id"], ["qualification.id"], name=op.f("fk_due_course_qualification_id")),
        sa.PrimaryKeyConstraint("person_id", "qualification_id", "course_id", name=op.f("pk_due_course")),
    )
    op.create_index("ix_due_course_course", "due_course", ["course_id", "person_id"])
    op.create_index("ix_due_course_qualification", "due_course", ["qualification_id"])

    op.create_table(
        "goal",
        sa.Column("id", KEY, nullable=False),
        sa.Column("qualification_id", KEY, nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("set_by", KEY, nullable=True),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.CheckConstraint("due_on > starts_on", name=op.f("ck_goal_due_after_start")),
        sa.CheckConstraint("percent BETWEEN 1 AND 100", name=op.f("ck_goal_percent")),
        sa.ForeignKeyConstraint(["qualification_id"], ["qualification.id"], name=op.f("fk_goal_qualification_id")),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_goal_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
    )
    op.create_index("ix_goal_qualification", "goal", ["qualification_id"])

    op.create_table(
        "qualification_version",
        sa.Column("id", KEY, nullable=False),
        sa.Column("qualification_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("requirement", JSON, nullable=False),
        sa.Column("renewal", JSON, nullable=True),
        sa.Column("categories", JSON, nullable=False),
        sa.Column("sakrebulo_roles", JSON, nullable=False),
        sa.Column("validity_months", sa.Integer(), nullable=True),
        sa.Column("window_months", sa.Integer(), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("fixed_month", sa.Integer(), nullable=True),
        sa.Column("fixed_day", sa.Integer(), nullable=True),
        sa.Column("asks_holders", sa.Boolean(), nullable=False),
        sa.Column("grace_months", sa.Integer(), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("published_by", KEY, nullable=True),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(base = 'fixed') = (fixed_month IS NOT NULL AND fixed_day IS NOT NULL)", name=op.f("ck_qualification_version_fixed_day")
        ),
        sa.CheckConstraint("grace_months >= 0 AND lead_days >= 0", name=op.f("ck_qualification_version_grace_and_lead")),
        sa.CheckConstraint("validity_months > 0", name=op.f("ck_qualification_version_validity_months")),
        sa.CheckConstraint("window_months >= 0", name=op.f("ck_qualification_version_window_months")),
        sa.ForeignKeyConstraint(["published_by"], ["person.id"], name=op.f("fk_qualification_version_published_by")),
        sa.ForeignKeyConstraint(["qualification_id"], ["qualification.id"], name=op.f("fk_qualification_version_qualification_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qualification_version")),
        sa.UniqueConstraint("qualification_id", "effective_on", name=op.f("uq_qualification_version_qualification_id_effective_on")),
        sa.UniqueConstraint("qualification_id", "number", name=op.f("uq_qualification_version_qualification_id_number")),
    )
    op.create_table(
        "track_step",
        sa.Column("id", KEY, nullable=False),
        sa.Column("track_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title_ka", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("requirement", JSON, nullable=False),
        sa.Column("within_days", sa.Integer(), nullable=True),
        sa.CheckConstraint("within_days > 0", name=op.f("ck_track_step_within_days")),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_track_step_track_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_track_step")),
        sa.UniqueConstraint("track_id", "position", name=op.f("uq_track_step_track_id_position")),
    )
    op.create_table(
        "goal_share",
        sa.Column("goal_id", KEY, nullable=False),
        sa.Column("municipality_id", KEY, nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.CheckConstraint("percent BETWEEN 1 AND 100", name=op.f("ck_goal_share_percent")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_share_goal_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_goal_share_municipality_id")),
        sa.PrimaryKeyConstraint("goal_id", "municipality_id", name=op.f("pk_goal_share")),
    )
    op.create_index(op.f("ix_goal_share_municipality_id"), "goal_share", ["municipality_id"])

    op.create_table(
        "qualification_award",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("qualification_id", KEY, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("awarded_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("renews", sa.Boolean(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("sources", JSON, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_qualification_award_person_id")),
        sa.ForeignKeyConstraint(["qualification_id"], ["qualification.id"], name=op.f("fk_qualification_award_qualification_id")),
        sa.ForeignKeyConstraint(["version_id"], ["qualification_version.id"], name=op.f("fk_qualification_award_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qualification_award")),
    )
    op.create_index("ix_qualification_award_expiry", "qualification_award", ["expires_on"])
    op.create_index("ix_qualification_award_held", "qualification_award", ["qualification_id", "awarded_on", "expires_on"])
    op.create_index("ix_qualification_award_person", "qualification_award", ["person_id", "qualification_id", "id"])
    op.create_index("ix_qualification_award_version", "qualification_award", ["version_id"])

    op.create_table(
        "qualification_award_end",
        sa.Column("award_id", KEY, nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["award_id"], ["qualification_award.id"], name=op.f("fk_qualification_award_end_award_id")),
        sa.PrimaryKeyConstraint("award_id", name=op.f("pk_qualification_award_end")),
    )
    for table in APPEND_ONLY:
        _guard(table)


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
    for table in reversed(TABLES):
        op.drop_table(table)
