"""Certificates that hold: a chain over the register with signed heads, credentials, additions to files, designs, share links, bundles."""

import hashlib
import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
APPEND_ONLY = (
    "register_entry",
    "register_head",
    "certificate_addition",
    "certificate_credential",
    "certificate_picture",
    "certificate_design_version",
)


def upgrade() -> None:
    """Columns are added in place where that keeps the guards of the register."""
    _signing()
    _register()
    _designs()
    _certificates()
    op.add_column("certificate", sa.Column("status_list", sa.Integer(), nullable=True))
    op.add_column("certificate", sa.Column("status_index", sa.Integer(), nullable=True))
    op.create_index("uq_certificate_status_bit", "certificate", ["status_list", "status_index"], unique=True)
    op.add_column("certificate_status", sa.Column("reason_code", sa.String(), server_default="", nullable=False))
    op.add_column("certificate_status", sa.Column("effective_at", MOMENT, nullable=True))
    op.create_index(op.f("ix_letter_pdf_sha256"), "letter", ["pdf_sha256"])
    with op.batch_alter_table("issue_item") as table:
        table.add_column(sa.Column("replaces_id", KEY, nullable=True))
        table.add_column(sa.Column("reason_code", sa.String(), server_default="", nullable=False))
        table.add_column(sa.Column("reason", sa.String(), server_default="", nullable=False))
        table.create_foreign_key(op.f("fk_issue_item_replaces_id"), "certificate", ["replaces_id"], ["id"])
    _begin_chain()
    for table_name in APPEND_ONLY:
        _guard(table_name)


def _signing() -> None:
    op.create_table(
        "public_key",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kid", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("public", sa.String(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        *_keys("public_key"),
        sa.UniqueConstraint("kid", name=op.f("uq_public_key_kid")),
    )
    op.create_table(
        "status_list_document",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("built_at", MOMENT, nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("jwt", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_status_list_document")),
    )


def _register() -> None:
    op.create_table(
        "register_entry",
        sa.Column("id", KEY, autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("row_id", KEY, nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        *_keys("register_entry"),
        sa.UniqueConstraint("digest", name=op.f("uq_register_entry_digest")),
    )
    op.create_index("ix_register_entry_row", "register_entry", ["kind", "row_id"])
    op.create_table(
        "register_head",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("entry_id", KEY, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_register_head")),
    )


def _designs() -> None:
    op.create_table(
        "certificate_design",
        sa.Column("id", KEY, nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("topic_id", KEY, nullable=True),
        sa.Column("project_id", KEY, nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint("topic_id IS NULL OR project_id IS NULL", name=op.f("ck_certificate_design_one_scope")),
        *_keys("certificate_design", topic_id="topic", project_id="funding_project"),
        *(sa.UniqueConstraint(name, name=op.f(f"uq_certificate_design_{name}")) for name in ("scope", "topic_id", "project_id")),
    )
    op.create_table(
        "certificate_design_version",
        sa.Column("id", KEY, nullable=False),
        sa.Column("design_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("parts", JSON, nullable=False),
        sa.Column("made_by", KEY, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        *_keys("certificate_design_version", design_id="certificate_design", made_by="person"),
        sa.UniqueConstraint("design_id", "number", name=op.f("uq_certificate_design_version_design_id_number")),
    )
    op.create_table(
        "certificate_picture",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", KEY, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        *_keys("certificate_picture", added_by="person"),
        sa.UniqueConstraint("kind", "sha256", "name", name=op.f("uq_certificate_picture_kind_sha256_name")),
    )


def _certificates() -> None:
    op.create_table(
        "certificate_credential",
        sa.Column("certificate_id", KEY, nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("jwt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificate.id"], name=op.f("fk_certificate_credential_certificate_id")),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_certificate_credential")),
    )
    op.create_table(
        "certificate_addition",
        sa.Column("id", KEY, nullable=False),
        sa.Column("certificate_id", KEY, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("tail", sa.LargeBinary(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column("added_by", KEY, nullable=True),
        sa.Column("added_at", MOMENT, nullable=False),
        *_keys("certificate_addition", certificate_id="certificate", added_by="person"),
    )
    op.create_index("ix_certificate_addition_certificate", "certificate_addition", ["certificate_id", "kind", "added_at"])
    op.create_index(op.f("ix_certificate_addition_file_sha256"), "certificate_addition", ["file_sha256"])
    op.create_table(
        "certificate_share",
        sa.Column("id", KEY, nullable=False),
        sa.Column("certificate_id", KEY, nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("shows", JSON, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=True),
        *_keys("certificate_share", certificate_id="certificate"),
        sa.UniqueConstraint("token", name=op.f("uq_certificate_share_token")),
    )
    op.create_index("ix_certificate_share_certificate", "certificate_share", ["certificate_id", "id"])
    op.create_table(
        "certificate_bundle",
        sa.Column("id", KEY, nullable=False),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("batch_id", KEY, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("asked_by", KEY, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=True),
        sa.Column("failed_at", MOMENT, nullable=True),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("contents", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        *_keys("certificate_bundle", run_id="course_run", batch_id="issue_batch", asked_by="person"),
    )
    op.create_index("ix_certificate_bundle_run", "certificate_bundle", ["run_id", "batch_id", "kind"])


def _keys(table: str, **to: str) -> list[sa.Constraint]:
    foreign = [sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}")) for name, other in to.items()]
    return [*foreign, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))]


def _table(name: str, *columns: str, moments: tuple[str, ...] = ()) -> sa.TableClause:
    return sa.table(name, *(sa.column(each) for each in columns), *(sa.column(each, MOMENT) for each in moments))


ENTRY = _table("register_entry", "id", "kind", "row_id", "content", "previous", "digest", moments=("at",))
CERTIFICATE = _table(
    "certificate",
    *("id", "number", "year", "sequence", "secret", "enrolment_id", "run_id", "person_id", "record_sha256", "rule", "surname_keys"),
    *("issued_by", "supersedes_id"),
    moments=("issued_at", "expires_at"),
)
FILE = _table("certificate_file", "certificate_id", "pdf_sha256")
STATUS = _table("certificate_status", "id", "certificate_id", "state", "reason", "by_id", moments=("at",))
CASE = _table(
    "certificate_case",
    *("id", "certificate_id", "attended_before", "attended_after", "opened_by", "closed_by", "decision", "words"),
    moments=("opened_at", "closed_at"),
)


def _begin_chain() -> None:
    """Take what the register holds already into its chain, in the order of time; the moment of these links says that they began it."""
    connection, at = op.get_bind(), datetime.now(UTC)
    of_certificate = CERTIFICATE.c.id
    certificates = sa.select(*CERTIFICATE.c, FILE.c.pdf_sha256).select_from(
        CERTIFICATE.outerjoin(FILE, FILE.c.certificate_id == of_certificate)
    )
    states = sa.select(*STATUS.c, CERTIFICATE.c.secret).select_from(STATUS.join(CERTIFICATE, of_certificate == STATUS.c.certificate_id))
    cases = sa.select(*CASE.c, CERTIFICATE.c.secret).select_from(CASE.join(CERTIFICATE, of_certificate == CASE.c.certificate_id))
    found = [
        (getattr(row, moment), rank, row.id, kind, _digest(values(row)))
        for rank, (kind, statement, moment, values) in enumerate(
            (
                ("certificate", certificates, "issued_at", _of_certificate),
                ("state", states, "at", _of_state),
                ("case", cases, "opened_at", _of_case),
            )
        )
        for row in connection.execute(statement)
    ]
    previous, links = "0" * 64, []
    for number, (_moment, _rank, row_id, kind, content) in enumerate(sorted(found), 1):
        values = {"at": _text(at), "content": content, "id": number, "kind": kind, "previous": previous, "row_id": row_id}
        links.append(values | {"at": at, "digest": _digest(values)})
        previous = links[-1]["digest"]
    for first in range(0, len(links), 1_000):
        connection.execute(sa.insert(ENTRY), links[first : first + 1_000])


def _of_certificate(row: sa.Row) -> dict[str, object]:
    names = ("enrolment_id", "issued_by", "person_id", "run_id", "secret", "sequence", "surname_keys", "year")
    same = ("id", "number", "pdf_sha256", "record_sha256", "rule", "secret")
    return {name: getattr(row, name) for name in same} | {
        "document_sha256": None,
        "expires_at": _text(row.expires_at),
        "issued_at": _text(row.issued_at),
        "jwt_sha256": None,
        "kept": _digest({name: getattr(row, name) for name in names}),
        "kind": "certificate",
        "status_index": None,
        "status_list": None,
        "supersedes": row.supersedes_id,
    }


def _of_state(row: sa.Row) -> dict[str, object]:
    return {
        "at": _text(row.at),
        "certificate": row.certificate_id,
        "effective_at": None,
        "id": row.id,
        "kept": _digest({"by_id": row.by_id, "reason": row.reason, "secret": row.secret}),
        "kind": "state",
        "reason_code": "",
        "secret": row.secret,
        "state": row.state,
    }


def _of_case(row: sa.Row) -> dict[str, object]:
    same = ("attended_after", "attended_before", "closed_by", "decision", "id", "opened_by", "secret", "words")
    moments = {"at": _text(row.opened_at), "closed_at": _text(row.closed_at)}
    return {name: getattr(row, name) for name in same} | moments | {"certificate": row.certificate_id, "kind": "case"}


def _text(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="microseconds")


def _digest(values: dict[str, object]) -> str:
    """As ``portal/certificates/chain/rules.py`` computes it, and will for good."""
    canonical = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


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
    """Take it away; certificates issued since keep number, record and file."""
    with op.batch_alter_table("issue_item") as table:
        table.drop_constraint(op.f("fk_issue_item_replaces_id"), type_="foreignkey")
        for name in ("reason", "reason_code", "replaces_id"):
            table.drop_column(name)
    op.drop_index(op.f("ix_letter_pdf_sha256"), "letter")
    op.drop_column("certificate_status", "effective_at")
    op.drop_column("certificate_status", "reason_code")
    op.drop_index("uq_certificate_status_bit", "certificate")
    op.drop_column("certificate", "status_index")
    op.drop_column("certificate", "status_list")
    for name in ("bundle", "share", "addition", "credential", "design_version", "picture", "design"):
        op.drop_table(f"certificate_{name}")
    for name in ("register_head", "register_entry", "status_list_document", "public_key"):
        op.drop_table(name)
