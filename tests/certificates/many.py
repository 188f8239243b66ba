"""A register with many certificates, filled in bulk: nobody took part, only what the register keeps is there."""

from __future__ import annotations

import random
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from portal import certificates, credentials, signing
from portal.certificates import paper
from portal.certificates.chain.services import note_everything
from portal.certificates.models import Certificate, CertificateCounter, CertificateCredential, CertificateFile, CertificateStatus
from portal.enrolment.models import Enrolment
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.history import FIRST_LINK, HistoryRow, link
from portal.foundation.transaction import abandon, writing
from tests.certificates import scenes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from portal.people.models import Person

AT_ONCE = 500
SEALED_ONE_IN = 10
ACTIONS = {
    "issued": "certificate:issue",
    "suspended": "certificate:suspend",
    "reinstated": "certificate:reinstate",
    "revoked": "certificate:revoke",
    "superseded": "certificate:supersede",
}
Rows = dict[type, dict[str, Any]]


def fill(count: int, make: Callable[[int], Rows], states: dict[int, str]) -> None:
    """Write what ``make`` gives for each number from 1 on, and for each its states: issued, then that of ``states``. All of it begins the chain."""
    with nobody_needed(), writing():
        if db.engine.dialect.name == "postgresql":
            db.session.execute(sa.text("SET LOCAL session_replication_role = replica"))
        at, year = clock.now(), clock.today().year
        for first in range(1, count + 1, AT_ONCE):
            made = [make(number) for number in range(first, min(first + AT_ONCE, count + 1))]
            for model in made[0]:
                db.session.execute(sa.insert(model.__table__), [rows[model] for rows in made])
            said = [(rows[Certificate]["id"], state) for rows in made for state in ("issued", states.get(rows[Certificate]["id"])) if state]
            common = {"reason": "", "by_id": 1, "at": at, "reason_code": "", "effective_at": None}
            db.session.execute(
                sa.insert(CertificateStatus.__table__), [common | {"certificate_id": key, "state": state} for key, state in said]
            )
            tell(said)
        db.session.execute(sa.insert(CertificateCounter.__table__), {"year": year, "last": count})
        note_everything()


def tell(states: list[tuple[int, str]]) -> None:
    """Write into the history what it would tell of these ids and states of certificates."""
    table = HistoryRow.__table__
    previous = db.session.scalar(sa.select(table.c.digest).order_by(table.c.id.desc()).limit(1)) or FIRST_LINK
    common = {
        "at": clock.now(),
        "actor_id": 1,
        "subject_kind": "certificate",
        "person_id": None,
        "change": {},
        "personal": None,
        "public": False,
    }
    rows = []
    for key, state in states:
        row = common | {"action": ACTIONS[state], "subject_id": str(key), "previous": previous}
        previous = row["digest"] = link(row)
        rows.append(row)
    db.session.execute(sa.insert(table), rows)


@contextmanager
def nobody_needed() -> Iterator[None]:
    """Connections of SQLite that let rows refer to rows that are not there."""
    abandon()
    db.session.remove()
    if db.engine.dialect.name != "sqlite":
        yield
        return

    def forgive(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA foreign_keys = OFF")

    db.engine.dispose()
    sa.event.listen(db.engine, "connect", forgive)
    try:
        yield
    finally:
        sa.event.remove(db.engine, "connect", forgive)
        db.engine.dispose()


def unsealed(pdf: bytes, *, at: datetime) -> bytes:
    return pdf


def drawn(staff: Person, successors: dict[int, int]) -> Callable[[int], Rows]:
    """Rows of real certificates, drawn and signed, each with its credential; one in ten files bears the seal, which takes longest.

    ``successors`` says which number replaces which: {new: old}.
    """
    with writing():
        signing.publish_keys()
        scenes.past_run(staff, 1, state="completed")
        enrolment_id, by = db.session.scalar(sa.select(sa.func.max(Enrolment.id))), staff.id
    places, at = random.Random(5).sample(range(credentials.PLACES), 2_000), clock.now()
    seal_pdf = signing.seal_pdf

    @cache
    def subject() -> certificates.Subject:
        return certificates.get_subject(enrolment_id)  # within the transaction that fills

    def make(number: int) -> Rows:
        family = scenes.FAMILIES[number % len(scenes.FAMILIES)]
        facts = certificates.facts_of(subject(), number=certificates.number_of(clock.today().year, number), issued_on=clock.today())
        facts = replace(facts, name_ka=f"თამარ {family} {number}")
        paper.signing.seal_pdf = seal_pdf if number % SEALED_ONE_IN == 0 else unsealed
        sealed = certificates.seal(subject(), facts, f"{number:04}abcdefghijklmnopqrst", at, credentials.Place(1, places[number]))
        paper.signing.seal_pdf = seal_pdf
        columns = certificates.columns_of(subject(), facts, sealed, by=by, at=at)
        own = {"id": number, "enrolment_id": successors.get(number, number), "supersedes_id": successors.get(number)}
        twin = sealed.credential
        return {
            Certificate: columns | own,
            CertificateFile: {"certificate_id": number, "pdf": sealed.pdf, "pdf_sha256": sealed.pdf_sha256},
            CertificateCredential: {"certificate_id": number, "document": twin.document, "jwt": twin.jwt},
        }

    return make
