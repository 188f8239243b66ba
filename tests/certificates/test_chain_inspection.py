"""Whoever changes the register by hand, past the portal and its guards, is found out, and the row is named."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from portal import certificates, signing
from portal.certificates.chain import queries, rules
from portal.certificates.chain.inspection import Inspection
from portal.certificates.chain.models import EntryKind, RegisterEntry, RegisterHead
from portal.certificates.chain.queries_inspection import GUARDED
from portal.certificates.models import (
    Certificate,
    CertificateAddition,
    CertificateCase,
    CertificateCounter,
    CertificateCredential,
    CertificateFile,
    CertificateStatus,
    StateReason,
)
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.history import HistoryRow
from portal.foundation.transaction import abandon, reading, writing
from tests.certificates.tampering import findings, findings_after, register_since

DAY = timedelta(days=1)
MODELS = {
    model.__tablename__: model
    for model in (
        Certificate,
        CertificateFile,
        CertificateCredential,
        CertificateAddition,
        CertificateStatus,
        CertificateCase,
        CertificateCounter,
        RegisterEntry,
        RegisterHead,
    )
}
NAMED = {
    "certificate": "certificate {number}: ",
    "certificate_file": "certificate {number}: ",
    "certificate_credential": "certificate {number}: ",
    "certificate_addition": "addition {id} of certificate {number}: ",
    "certificate_status": "state {id} of certificate {number}: ",
    "certificate_case": "case {id} of certificate {number}: ",
    "certificate_counter": "counter of {year}: ",
    "register_entry": "entry {id}: ",
    "register_head": "head of {day}: ",
}
GONE = NAMED | {
    "certificate": "certificate with id {id}, of entry ",
    "certificate_addition": "addition with id {id}, of entry ",
    "certificate_status": "state with id {id}, of entry ",
    "certificate_case": "case with id {id}, of entry ",
    "register_entry": "entry {id}: taken out",
}


@pytest.fixture
def register(cast):
    """A register that began three days ago; see ``register_since``."""
    now = clock.now()
    return register_since(now - 3 * DAY, now - 2 * DAY, cast.staff)


def test_a_register_that_nobody_touched_holds(register):
    inspection = Inspection()
    with reading():
        assert list(inspection.findings()) == []
    assert (inspection.certificates, inspection.entries, inspection.heads) == (3, 9, 3)


def rows() -> list[tuple[str, dict[str, object]]]:
    """The first row of each table that holds one."""
    empty = [] if db.session.scalar(sa.select(sa.func.count()).select_from(CertificateCredential)) else ["certificate_credential"]
    return [(table, row_of(table)) for table in MODELS if table not in empty]


def row_of(table: str) -> dict[str, object]:
    """The first row of a table, with the number of its certificate."""
    abandon()
    model = MODELS[table].__table__
    row = dict(db.session.execute(sa.select(model).order_by(*model.primary_key).limit(1)).mappings().one())
    whose = row.get("certificate_id", row.get("id"))
    return {"number": db.session.scalar(sa.select(Certificate.number).where(Certificate.id == whose))} | row


def other(value: object) -> object:
    """Something else of the same kind."""
    if isinstance(value, datetime | date):
        return value - DAY
    return value + 100 if isinstance(value, int) else value + ("x" if isinstance(value, str) else b"x")


def where(table: str, row: dict[str, object]) -> sa.ColumnElement[bool]:
    return sa.and_(*(column == row[column.key] for column in MODELS[table].__table__.primary_key))


def test_a_change_of_any_column_of_any_table_is_found_and_named(register):
    missed = [
        (table, column.key, found)
        for table, row in rows()
        for column in MODELS[table].__table__.c
        if not column.primary_key
        for value in [changed(row[column.key], column)]
        for found in [findings_after(partial(change, table, row, column, value))]
        if not any(finding.startswith(names(table, row, column, value)) for finding in found)
    ]
    assert missed == []


def changed(value: object, column: sa.Column) -> object:
    """Something else for ``column``, where nothing stood too."""
    if value is not None:
        return other(value)
    return clock.now() if column.key.endswith("_at") else 7 if isinstance(column.type, sa.Integer) else "x"


def change(table: str, row: dict[str, object], column: sa.Column, value: object) -> None:
    db.session.execute(sa.update(MODELS[table].__table__).where(where(table, row)).values({column.key: value}))


def names(table: str, row: dict[str, object], column: sa.Column, value: object) -> tuple[str, ...]:
    """How a finding about a changed ``column`` may begin."""
    if column.key == "certificate_id":
        kind = NAMED[table].partition(" ")[0]
        return (f"{kind} {row['id']} of certificate ", f"{kind} with id {row['id']}")
    return (NAMED[table].format(**row | {column.key: value} if column.key == "number" else row),)


def test_a_row_deleted_from_any_table_is_named(register):
    missed = [
        (table, found)
        for table, row in rows()
        for found in [findings_after(lambda table=table, row=row: db.session.execute(sa.delete(MODELS[table]).where(where(table, row))))]
        if not any(finding.startswith(GONE[table].format(**row)) for finding in found)
    ]
    assert missed == []


FRESH = {
    "certificate": {"id": 900_000, "sequence": 4, "number": "NALAG-2026-000004", "secret": "x", "status_list": None, "status_index": None},
    "certificate_file": {"certificate_id": 900_000},
    "certificate_credential": {"certificate_id": 900_000},
    "certificate_addition": {"id": 900_000},
    "certificate_status": {"id": 900_000},
    "certificate_case": {"id": 900_000, "closed_at": datetime(2026, 11, 23, tzinfo=UTC)},
    "certificate_counter": {"year": 2019},
    "register_entry": {"id": 900_000, "digest": "x"},
    "register_head": {"day": date(2020, 1, 1)},
}
INSERTED = {
    "certificate": "certificate NALAG-2026-000004: not in the chain",
    "certificate_file": "certificate_file 900000: belongs to no certificate",
    "certificate_credential": "certificate_credential 900000: belongs to no certificate",
    "certificate_addition": "addition 900000 of certificate {number}: not in the chain",
    "certificate_status": "state 900000 of certificate {number}: not in the chain",
    "certificate_case": "case 900000 of certificate {number}: not in the chain",
    "certificate_counter": "counter of 2019: says 3, and the last number is 0",
    "register_entry": "entry 900000: repeats an entry about certificate ",
    "register_head": "head of 2020-01-01: ",
}


def test_a_row_inserted_into_any_table_is_named(register):
    missed = []
    for table, row in rows():
        values = {column.key: row[column.key] for column in MODELS[table].__table__.c} | FRESH[table]
        if table == "certificate":
            values["supersedes_id"] = row["id"]  # an enrolment has one first certificate
        found = findings_after(lambda table=table, values=values: db.session.execute(sa.insert(MODELS[table].__table__).values(values)))
        if not any(finding.startswith(INSERTED[table].format(**row)) for finding in found):
            missed.append((table, found))
    assert missed == []


def test_a_state_dated_back_with_the_chain_put_right_is_named(register):
    """Who computes the digests anew, from the changed row on, makes a chain that holds; the moments and the signed heads do not fit it."""
    suspended = db.session.scalars(sa.select(CertificateStatus).where(CertificateStatus.state == "suspended")).one()
    key, before = suspended.id, suspended.at - 30 * DAY
    change = sa.update(CertificateStatus).where(CertificateStatus.id == key).values(at=before)
    first, *others = findings_after(lambda: db.session.execute(change), rewrite_chain)
    assert [finding.partition(":")[0] for finding in others] == [f"head of {clock.today() - days * DAY}" for days in (2, 1)]
    assert first.startswith(f"state {key} of certificate {register[0]}: back-dated")


def test_a_chain_rewritten_from_a_row_on_does_not_fit_the_heads(register):
    found = findings_after("UPDATE certificate SET surname_keys = 'x'", rewrite_chain)
    assert [finding.partition(":")[0] for finding in found] == [f"head of {clock.today() - days * DAY}" for days in (3, 2, 1)]
    assert all("rewritten" in finding for finding in found)


def rewrite_chain() -> None:
    """Compute every link anew from the rows as they stand."""
    previous = rules.FIRST_LINK
    entry = RegisterEntry.__table__
    for link in db.session.execute(sa.select(entry).order_by(entry.c.id)).all():
        [row] = queries.rows_of(EntryKind(link.kind), [link.row_id])
        content = rules.content_of(link.kind, row)
        digest = rules.link(previous, link.id, link.at, link.kind, link.row_id, content)
        new = {"previous": previous, "content": content, "digest": digest}
        db.session.execute(sa.update(entry).where(entry.c.id == link.id).values(new))
        previous = digest


def test_the_last_certificate_taken_out_without_a_trace_is_missed_by_the_history(cast, register):
    row = row_of("certificate")
    found = findings_after(
        *(f"DELETE FROM {name}" for name in ("register_head", "register_entry", "certificate_case", "certificate_addition")),
        *(f"DELETE FROM {name}" for name in ("certificate_status", "certificate_credential", "certificate_file", "certificate")),
        "DELETE FROM certificate_counter",
    )
    assert f"certificate with id {row['id']}: issued, as the history says, and not in the register; it was deleted" in found


def test_a_head_that_is_forged_with_another_key_is_named(register, monkeypatch, tmp_path):
    signing.use(tmp_path, development=True)
    head = row_of("register_head")
    claims = rules.head_claims("x", head["day"], head["entry_id"], head["digest"], head["signed_at"])
    forged = signing.sign_jws(claims, typ=rules.HEAD_TYPE)
    found = findings_after(f"UPDATE register_head SET statement = '{forged}' WHERE day = '{head['day']}'")
    assert found == [f"head of {head['day']}: the row was changed, or its signature is not by a published key"]


@pytest.mark.parametrize("table", GUARDED)
def test_a_guard_that_was_taken_off_is_named(app, table):
    drop = (
        f"DROP TRIGGER {table}_no_delete"
        if db.engine.dialect.name == "sqlite"
        else f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_change"
    )
    ending = "no_delete" if db.engine.dialect.name == "sqlite" else "no_change"
    with writing():
        db.session.execute(sa.text(drop))
        found = list(Inspection().findings())
        db.session.rollback()
    assert found == [f"database: the trigger {table}_{ending}, which refuses changes, is missing or switched off"]


def test_without_the_bytes_of_files_all_else_is_seen(register):
    assert findings(bytes_of_files=False) == []


def test_the_worker_signs_every_day_that_is_over_once(register):
    with writing():
        assert certificates.sign_heads() == 0
    assert not certificates.heads_are_due()
    with clock.frozen(clock.now() + 2 * DAY):
        assert certificates.heads_are_due()
        with writing():
            assert certificates.sign_heads() == 2
        assert findings() == []


def test_a_register_that_is_empty_needs_no_head(app):
    assert not certificates.heads_are_due()
    assert findings() == []


def test_links_put_before_the_first_hide_no_certificate_that_was_inserted(register):
    """Numbers of links begin at 1; whoever reads from there on would never see what stands before."""
    row = row_of("certificate")
    values = {column.key: row[column.key] for column in Certificate.__table__.c} | FRESH["certificate"] | {"supersedes_id": row["id"]}
    at, same = clock.now(), {"content": "x", "previous": "x"}
    links = [{"id": -number, "at": at, "kind": "certificate", "row_id": 900_000, "digest": f"x{number}"} | same for number in (0, 1)]
    found = findings_after(
        lambda: db.session.execute(sa.insert(Certificate.__table__).values(values)),
        "UPDATE certificate_counter SET last = 4",
        lambda: db.session.execute(sa.insert(RegisterEntry.__table__), links),
    )
    assert found == [
        "certificate NALAG-2026-000004: not in the chain, it was inserted by hand",
        "entry -1: stands before the first of the chain, it was inserted by hand",
        "entry 0: stands before the first of the chain, it was inserted by hand",
    ]


def test_a_revocation_of_today_taken_out_with_its_link_is_missed_by_the_history(cast, register):
    [certificate] = db.session.scalars(sa.select(Certificate.id).where(Certificate.number == register[2]))
    abandon()
    with writing():
        certificates.revoke(certificate, "შეცდომა", by=cast.staff.id, reason=StateReason.ISSUED_IN_ERROR)
    found = findings_after(
        "DELETE FROM register_entry WHERE id = (SELECT max(id) FROM register_entry)",
        "DELETE FROM certificate_status WHERE state = 'revoked'",
    )
    assert found == [f"certificate {register[2]}: revoked, as the history says, and no such state is in the register; it was deleted"]


def test_a_record_changed_in_a_chain_that_was_begun_anew_is_not_what_the_history_says(register):
    """Who takes out all heads and lets the chain begin today leaves no day without a head and nothing back-dated."""
    record = b"{}"
    change = sa.update(Certificate).where(Certificate.number == register[0])
    found = findings_after(
        lambda: db.session.execute(change.values(record=record, record_sha256=rules.sha256_of(record))),
        "DELETE FROM register_head",
        lambda: db.session.execute(sa.update(RegisterEntry).values(at=clock.now())),
        rewrite_chain,
    )
    assert f"certificate {register[0]}: the history says that another record or file was issued" in found


def test_heads_taken_out_and_signed_anew_by_the_worker_are_not_what_the_history_says(register):
    """Whoever rewrites the chain and takes out the heads that do not fit it could else wait for the worker to sign the rest."""
    found = findings_after("UPDATE certificate SET surname_keys = 'x'", rewrite_chain, "DELETE FROM register_head", certificates.sign_heads)
    days = [clock.today() - days * DAY for days in (3, 2, 1)]
    assert found == [f"head of {day}: the history says that another was signed; it was deleted, or signed anew" for day in days]


def test_heads_taken_out_with_a_chain_that_begins_today_are_missed_by_the_history(register):
    anew = sa.update(RegisterEntry).values(at=clock.now())
    found = findings_after(
        "UPDATE certificate SET surname_keys = 'x'", "DELETE FROM register_head", lambda: db.session.execute(anew), rewrite_chain
    )
    days = [clock.today() - days * DAY for days in (3, 2, 1)]
    assert found == [f"head of {day}: the history says that another was signed; it was deleted, or signed anew" for day in days]


def test_a_row_taken_out_of_the_history_is_named_by_the_next_one(register):
    after = db.session.scalar(sa.select(sa.func.min(HistoryRow.id)).where(HistoryRow.id > first_issue()))
    found = findings_after(f"DELETE FROM history WHERE id = {first_issue()}")
    assert f"history {after}: the row was changed, or one before it was deleted" in found


def first_issue() -> int:
    return db.session.scalar(sa.select(sa.func.min(HistoryRow.id)).where(HistoryRow.action == "certificate:issue"))


def test_a_state_of_today_inserted_with_a_link_of_its_own_is_not_told_by_the_history(register):
    state = {"state": "reinstated", "reason": "", "by_id": 1, "reason_code": "", "effective_at": None, "at": clock.now()}
    assert findings_after(lambda: insert_with_link(register[0], state)) == [
        f"certificate {register[0]}: reinstated, of which the history does not tell; it was inserted by hand, or the history was changed"
    ]


def insert_with_link(number: str, state: dict[str, object]) -> None:
    """A state, and the link that its chain would have."""
    of = db.session.scalar(sa.select(Certificate.id).where(Certificate.number == number))
    db.session.execute(sa.insert(CertificateStatus.__table__).values(state | {"id": 900_000, "certificate_id": of}))
    last = queries.last_entry()
    [row] = queries.rows_of(EntryKind.STATE, [900_000])
    values = {"id": last.id + 1, "at": clock.now(), "kind": "state", "row_id": 900_000, "previous": last.digest}
    values["content"] = rules.content_of(EntryKind.STATE, row)
    digest = rules.link(values["previous"], values["id"], values["at"], "state", 900_000, values["content"])
    db.session.execute(sa.insert(RegisterEntry.__table__).values(values | {"digest": digest}))


ODD = {
    "head of 9999-12-31: the row was changed": "INSERT INTO register_head (day, entry_id, digest, statement, signed_at) "
    "SELECT '9999-12-31', entry_id, digest, statement, signed_at FROM register_head LIMIT 1",
    "entry 1: the entry was changed": "UPDATE register_entry SET at = '9999-12-31 23:30:00' WHERE id = 1",
    "head of ": "UPDATE public_key SET public = 'x'",
    "certificate NALAG-2026-000001: the file was changed": "UPDATE certificate_file SET pdf = ''",
    "addition 1 of certificate NALAG-2026-000003: the bytes were changed": "UPDATE certificate_addition SET id = 1, tail = ''",
    "history ": "UPDATE history SET subject_id = 'x' WHERE action = 'certificate:issue'",
    "numbers NALAG-2026-000003 to NALAG-2026-99999999: ": "UPDATE certificate SET sequence = 100000000 WHERE number = 'NALAG-2026-000003'",
}


@pytest.mark.parametrize("finding", ODD)
def test_what_no_program_would_write_is_named_and_stops_nothing(register, finding):
    found = findings_after(ODD[finding])
    assert any(line.startswith(finding) for line in found), found
